"""The topic that the tutorial's alarm publishes to, with the AWS CLI."""

import json

import pytest

from evidence import MODEL, TUTORIAL, case

TOPIC = "arn:aws:sns:us-east-1:123456789012:security-alerts"


@pytest.fixture
def run(shell):
    """Runs a command that must succeed."""

    def run(script):
        done = shell(script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    shell(f"aws sns delete-topic --topic-arn {TOPIC}")


@case("CLI-060", TUTORIAL)
def test_the_topic_of_the_alarm_has_the_arn_of_the_tutorial(run):
    created = json.loads(run("aws sns create-topic --name security-alerts"))
    assert created == {"TopicArn": TOPIC}
    assert json.loads(run("aws sns list-topics"))["Topics"] == [{"TopicArn": TOPIC}]


@case("CLI-061", MODEL)
def test_somebody_subscribes_and_something_is_published(run):
    run("aws sns create-topic --name security-alerts")
    asked = run(
        f"aws sns subscribe --topic-arn {TOPIC} --protocol email "
        "--notification-endpoint security@example.com"
    )
    assert json.loads(asked) == {"SubscriptionArn": "pending confirmation"}
    listed = json.loads(run(f"aws sns list-subscriptions-by-topic --topic-arn {TOPIC}"))
    assert listed["Subscriptions"] == [
        {
            "SubscriptionArn": "PendingConfirmation",
            "Owner": "123456789012",
            "Protocol": "email",
            "Endpoint": "security@example.com",
            "TopicArn": TOPIC,
        }
    ]
    published = run(f"aws sns publish --topic-arn {TOPIC} --subject ALARM --message 'it went off'")
    assert len(json.loads(published)["MessageId"]) == 36


@case("CLI-062", MODEL)
def test_a_topic_that_is_not_there_is_not_found(shell):
    done = shell(f"aws sns publish --topic-arn {TOPIC}-gone --message x")
    assert done.returncode != 0
    assert "An error occurred (NotFound) when calling the Publish operation" in done.stderr
    assert "Topic does not exist" in done.stderr
