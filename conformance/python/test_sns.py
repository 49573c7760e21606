"""SNS topics: what they tell, who may do what with them, and how they are changed."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import ACCOUNT, OTHER_ACCOUNT
from evidence import ISSUE, MODEL, SECOND_HAND, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import refused
from identities import allow, document


@pytest.fixture(scope="module")
def sns(connect):
    return connect("sns")


@pytest.fixture
def topic(sns, unique):
    arn = sns.create_topic(Name=unique)["TopicArn"]
    yield arn
    sns.delete_topic(TopicArn=arn)


@case("SNS-001", SNAPSHOT)
def test_a_topic_is_created_once(sns, unique, topic):
    assert topic == f"arn:aws:sns:us-east-1:{ACCOUNT}:{unique}"
    assert sns.create_topic(Name=unique)["TopicArn"] == topic
    with refused(
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
    ):
        sns.create_topic(Name=unique, Attributes={"DisplayName": "other"})
    with refused(
        "InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists with different tags"
    ):
        sns.create_topic(Name=unique, Tags=[{"Key": "a", "Value": "b"}])


@case("SNS-002", SNAPSHOT)
def test_a_name_that_cannot_be_is_refused(sns):
    for name in ("a b", "a/b", "x" * 257, "a.fif"):
        with refused("InvalidParameter", "Invalid parameter: Topic Name"):
            sns.create_topic(Name=name)


@case("SNS-003", SNAPSHOT)
def test_a_new_topic_tells_its_attributes(sns, topic):
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    policy = json.loads(attributes.pop("Policy"))
    effective = json.loads(attributes.pop("EffectiveDeliveryPolicy"))
    assert attributes == {
        "DisplayName": "",
        "Owner": ACCOUNT,
        "SubscriptionsConfirmed": "0",
        "SubscriptionsDeleted": "0",
        "SubscriptionsPending": "0",
        "TopicArn": topic,
    }
    assert policy == {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [
                    "SNS:GetTopicAttributes",
                    "SNS:SetTopicAttributes",
                    "SNS:AddPermission",
                    "SNS:RemovePermission",
                    "SNS:DeleteTopic",
                    "SNS:Subscribe",
                    "SNS:ListSubscriptionsByTopic",
                    "SNS:Publish",
                ],
                "Resource": topic,
                "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
            }
        ],
    }
    assert effective["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 3


@case("SNS-004", MODEL)
def test_a_topic_that_is_not_there_is_not_found(sns, unique):
    missing = f"arn:aws:sns:us-east-1:{ACCOUNT}:{unique}"
    for ask in (
        lambda: sns.get_topic_attributes(TopicArn=missing),
        lambda: sns.publish(TopicArn=missing, Message="x"),
        lambda: sns.list_subscriptions_by_topic(TopicArn=missing),
    ):
        with refused("NotFound", "Topic does not exist", 404):
            ask()
    sns.delete_topic(TopicArn=missing)


@case("SNS-005", SNAPSHOT)
def test_an_arn_that_is_none_is_refused(sns):
    with refused(
        "InvalidParameter",
        "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
    ):
        sns.get_topic_attributes(TopicArn="topic")
    with refused("InvalidParameter", "Invalid parameter: TopicArn"):
        sns.get_topic_attributes(TopicArn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:x")


@case("SNS-006", ISSUE)
def test_a_denial_spells_the_action_in_capitals(people, topic):
    user = people.user()
    client = user.client("sns")
    with refused(
        "AuthorizationError",
        f"User: {user.arn} is not authorized to perform: SNS:Publish on resource: {topic} because "
        "no identity-based policy allows the SNS:Publish action",
        403,
    ):
        client.publish(TopicArn=topic, Message="x")
    with refused("AuthorizationError", status=403):
        client.list_topics()


@case("SNS-007", USER_GUIDE)
def test_a_permission_lets_another_account_publish(sns, connect, topic):
    other = connect("sns", access_key=OTHER_ACCOUNT)
    with refused("AuthorizationError", status=403):
        other.publish(TopicArn=topic, Message="x")
    sns.add_permission(
        TopicArn=topic, Label="partner", AWSAccountId=[OTHER_ACCOUNT], ActionName=["Publish"]
    )
    other.publish(TopicArn=topic, Message="x")
    with refused("InvalidParameter", "Invalid parameter: Statement already exists"):
        sns.add_permission(
            TopicArn=topic, Label="partner", AWSAccountId=[OTHER_ACCOUNT], ActionName=["Publish"]
        )
    sns.remove_permission(TopicArn=topic, Label="partner")
    with refused("AuthorizationError", status=403):
        other.publish(TopicArn=topic, Message="x")


@case("SNS-008", SNAPSHOT)
def test_a_policy_of_another_service_is_refused(sns, topic):
    statement = allow("s3:GetObject", topic, Principal="*")
    with refused(
        "InvalidParameter", "Invalid parameter: Policy statement action out of service scope!"
    ):
        sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=document(statement)
        )


@case("SNS-009", TERRAFORM)
def test_attributes_are_set_one_by_one(sns, topic):
    for name, value in (("DisplayName", "Alerts"), ("SignatureVersion", "2")):
        sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
        assert sns.get_topic_attributes(TopicArn=topic)["Attributes"][name] == value
    with refused("InvalidParameter", "Invalid parameter: AttributeName"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Colour", AttributeValue="red")


@case("SNS-010", MODEL)
def test_tags_come_and_go(sns, topic):
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    sns.untag_resource(ResourceArn=topic, TagKeys=["a"])
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "b", "Value": ""}]
    missing = topic + "x"
    with refused("ResourceNotFound", status=404):
        sns.list_tags_for_resource(ResourceArn=missing)


@case("SNS-011", MODEL)
def test_every_topic_is_listed_once(connect, unique):
    sns = connect("sns", access_key="777788889999")
    made = {sns.create_topic(Name=f"{unique}-{n}")["TopicArn"] for n in range(101)}
    pages = list(sns.get_paginator("list_topics").paginate())
    assert [len(page["Topics"]) for page in pages] == [100, 1]
    assert {topic["TopicArn"] for page in pages for topic in page["Topics"]} == made


@case("SNS-012", SNAPSHOT)
def test_a_message_that_cannot_be_is_refused(sns, topic):
    for request, code, message in (
        ({"Message": ""}, "InvalidParameter", "Invalid parameter: Empty message"),
        ({"Message": "x" * 262145}, "InvalidParameter", "Invalid parameter: Message too long"),
        ({"Message": "x", "Subject": "y" * 101}, "InvalidParameter", "Invalid parameter: Subject"),
        ({"Message": "x", "Subject": "a\nb"}, "InvalidParameter", "Invalid parameter: Subject"),
        (
            {"Message": '{"email": "x"}', "MessageStructure": "json"},
            "InvalidParameter",
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
    ):
        with refused(code, message):
            sns.publish(TopicArn=topic, **request)


@case("SNS-013", SECOND_HAND)
def test_a_batch_says_what_became_of_each_entry(sns, topic):
    reply = sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[{"Id": "1", "Message": "x"}, {"Id": "2", "Message": ""}],
    )
    assert [entry["Id"] for entry in reply["Successful"]] == ["1"]
    [failed] = reply["Failed"]
    assert (failed["Id"], failed["SenderFault"]) == ("2", True)
    with refused("BatchEntryIdsNotDistinct"):
        sns.publish_batch(
            TopicArn=topic,
            PublishBatchRequestEntries=[{"Id": "1", "Message": "x"}, {"Id": "1", "Message": "y"}],
        )
    with refused("TooManyEntriesInBatchRequest"):
        sns.publish_batch(
            TopicArn=topic,
            PublishBatchRequestEntries=[{"Id": str(n), "Message": "x"} for n in range(11)],
        )


@case("SNS-014", MODEL)
def test_what_is_not_offered_is_refused_by_name(sns):
    with pytest.raises(ClientError) as caught:
        sns.create_platform_application(Name="a", Platform="GCM", Attributes={})
    error = caught.value.response["Error"]
    assert error["Code"] == "InvalidAction"
    assert "CreatePlatformApplication" in error["Message"]
