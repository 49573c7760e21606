"""SNS deliveries: asked, confirmed, signed, filtered, tried again, cancelled."""

import json
import re
import socket
import time
import urllib.error
from email import message_from_bytes
from email.policy import default

import boto3
import pytest
from aiosmtpd.controller import Controller
from botocore.config import Config
from cryptography.exceptions import InvalidSignature

from conftest import ACCOUNT
from evidence import INFERRED, MODEL, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import refused, soon
from listener import follow, listening, verify
from server import running

QUICK = json.dumps(
    {"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 2}}
)


@pytest.fixture(scope="module")
def sns(connect):
    return connect("sns")


@pytest.fixture
def listener():
    with listening() as listener:
        yield listener


@pytest.fixture
def topic(sns, unique):
    arn = sns.create_topic(Name=unique)["TopicArn"]
    yield arn
    sns.delete_topic(TopicArn=arn)


def subscribe(sns, topic, listener, **attributes):
    """A subscription that the listener has agreed to."""
    reply = sns.subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=listener.url,
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    follow(listener.message()["SubscribeURL"])
    return reply["SubscriptionArn"]


@case("SNS-020", SNAPSHOT)
def test_an_endpoint_is_asked_first(sns, topic, listener):
    reply = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url)
    assert reply["SubscriptionArn"] == "pending confirmation"
    [pending] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert pending["SubscriptionArn"] == "PendingConfirmation"
    question = listener.message()
    assert question["Type"] == "SubscriptionConfirmation"
    assert len(question["Token"]) == 288
    xml = follow(question["SubscribeURL"])
    arn = re.search(r"<SubscriptionArn>(.+)</SubscriptionArn>", xml)[1]
    assert arn.startswith(f"{topic}:")
    assert "<ConfirmSubscriptionResponse" in xml
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "false"
    assert attributes["ConfirmationWasAuthenticated"] == "false"
    assert attributes["Owner"] == ACCOUNT
    assert attributes["Endpoint"] == listener.url


@case("SNS-021", SNAPSHOT)
def test_a_wrong_token_confirms_nothing(sns, topic, listener):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url)
    link = listener.message()["SubscribeURL"]
    with pytest.raises(urllib.error.HTTPError) as caught:
        follow(link[:-8] + "00000000")
    assert caught.value.code == 400
    assert b"<Code>InvalidParameter</Code>" in caught.value.read()
    with refused("InvalidParameter", "Invalid token"):
        sns.confirm_subscription(TopicArn=topic, Token="x")
    sns.publish(TopicArn=topic, Message="too early")
    assert listener.is_silent()


@case("SNS-022", USER_GUIDE)
@pytest.mark.parametrize("version", ["1", "2"])
def test_a_notification_is_signed(sns, topic, listener, version):
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version
    )
    arn = subscribe(sns, topic, listener)
    reply = sns.publish(
        TopicArn=topic,
        Message='line\n"two" é',
        Subject="News",
        MessageAttributes={"n": {"DataType": "Number", "StringValue": "7"}},
    )
    message = listener.message()
    assert message["SignatureVersion"] == version
    assert message["MessageId"] == reply["MessageId"]
    assert message["Message"] == 'line\n"two" é'
    assert message["MessageAttributes"] == {"n": {"Type": "Number", "Value": "7"}}
    assert message["UnsubscribeURL"].endswith(f"/?Action=Unsubscribe&SubscriptionArn={arn}")
    assert re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", message["Timestamp"])
    with pytest.raises(InvalidSignature):
        verify({**message, "Message": "forged"})


@case("SNS-023", USER_GUIDE)
def test_a_raw_delivery_is_the_message_alone(sns, topic, listener):
    subscribe(sns, topic, listener, RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="plain")
    headers, body = listener.next()
    assert body == "plain"
    assert headers["x-amz-sns-rawdelivery"] == "true"
    assert headers["user-agent"] == "Amazon Simple Notification Service Agent"


@case("SNS-024", USER_GUIDE)
def test_a_filter_policy_decides(sns, topic, listener):
    policy = {"store": ["shop"], "price": [{"numeric": [">=", 100]}]}
    subscribe(sns, topic, listener, FilterPolicy=json.dumps(policy))

    def publish(message, store, price):
        sns.publish(
            TopicArn=topic,
            Message=message,
            MessageAttributes={
                "store": {"DataType": "String", "StringValue": store},
                "price": {"DataType": "Number", "StringValue": price},
            },
        )

    publish("cheap", "shop", "99.5")
    publish("elsewhere", "market", "100")
    publish("wanted", "shop", "100.0")
    assert listener.message()["Message"] == "wanted"
    assert listener.is_silent()


@case("SNS-025", USER_GUIDE)
def test_a_filter_policy_looks_into_the_body(sns, topic, listener):
    policy = {"detail": {"state": [{"prefix": "ALA"}]}}
    subscribe(
        sns, topic, listener, FilterPolicy=json.dumps(policy), FilterPolicyScope="MessageBody"
    )
    sns.publish(TopicArn=topic, Message=json.dumps({"detail": {"state": "OK"}}))
    sns.publish(TopicArn=topic, Message=json.dumps({"detail": {"state": "ALARM"}}))
    assert json.loads(listener.message()["Message"])["detail"]["state"] == "ALARM"
    assert listener.is_silent()


@case("SNS-026", USER_GUIDE)
def test_a_failed_delivery_is_tried_again(sns, topic, listener):
    subscribe(sns, topic, listener, DeliveryPolicy=QUICK)
    listener.fail(500, 503)
    sns.publish(TopicArn=topic, Message="at last")
    assert listener.message()["Message"] == "at last"


@case("SNS-027", USER_GUIDE)
def test_a_delivery_is_given_up_after_its_last_attempt(sns, topic, listener):
    subscribe(sns, topic, listener, DeliveryPolicy=QUICK)
    listener.fail(500, 500, 500)
    sns.publish(TopicArn=topic, Message="lost")
    assert listener.is_silent(seconds=5)
    assert listener.statuses == []


@case("SNS-028", USER_GUIDE)
def test_a_client_error_is_not_tried_again(sns, topic, listener):
    subscribe(sns, topic, listener, DeliveryPolicy=QUICK)
    listener.fail(404)
    sns.publish(TopicArn=topic, Message="refused")
    assert listener.is_silent(seconds=3)


@case("SNS-029", SNAPSHOT)
def test_a_link_cancels_a_subscription_and_another_restores_it(sns, topic, listener):
    arn = subscribe(sns, topic, listener)
    sns.publish(TopicArn=topic, Message="x")
    xml = follow(listener.message()["UnsubscribeURL"])
    assert "<UnsubscribeResponse" in xml
    with refused("NotFound", "Subscription does not exist", 404):
        sns.get_subscription_attributes(SubscriptionArn=arn)
    farewell = listener.message()
    assert farewell["Type"] == "UnsubscribeConfirmation"
    assert farewell["Message"].startswith(f"You have chosen to deactivate subscription {arn}.\n")
    follow(farewell["SubscribeURL"])
    sns.publish(TopicArn=topic, Message="back")
    assert listener.message()["Message"] == "back"


@case("SNS-030", MODEL)
def test_a_subscription_that_asks_for_signatures_keeps_its_links_out(sns, topic, listener):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url)
    token = listener.message()["Token"]
    arn = sns.confirm_subscription(
        TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true"
    )["SubscriptionArn"]
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["ConfirmationWasAuthenticated"] == "true"
    sns.publish(TopicArn=topic, Message="x")
    with pytest.raises(urllib.error.HTTPError) as caught:
        follow(listener.message()["UnsubscribeURL"])
    assert caught.value.code == 403
    sns.unsubscribe(SubscriptionArn=arn)


@case("SNS-031", TERRAFORM)
def test_a_pending_subscription_cannot_be_cancelled(sns, topic):
    arn = sns.subscribe(
        TopicArn=topic,
        Protocol="email",
        Endpoint="anna@example.com",
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    with refused("InvalidParameter"):
        sns.unsubscribe(SubscriptionArn=arn)


@case("SNS-032", SNAPSHOT)
def test_other_attributes_are_another_subscription(sns, topic, listener):
    arn = subscribe(sns, topic, listener)
    again = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url)
    assert again["SubscriptionArn"] == arn
    with refused(
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Subscription already exists with different "
        "attributes",
    ):
        sns.subscribe(
            TopicArn=topic,
            Protocol="http",
            Endpoint=listener.url,
            Attributes={"RawMessageDelivery": "true"},
        )


@case("SNS-033", INFERRED)
def test_a_listener_that_is_not_there_holds_nobody_up(sns, topic, listener):
    subscribe(sns, topic, listener)
    with listening() as gone:
        subscribe(sns, topic, gone)
    started = time.monotonic()
    for number in range(20):
        sns.publish(TopicArn=topic, Message=str(number))
    came = sorted(int(listener.message()["Message"]) for _ in range(20))
    assert came == list(range(20))
    assert time.monotonic() - started < 15


@case("SNS-034", INFERRED)
def test_nothing_else_is_open_to_those_who_sign_nothing(endpoint, topic):
    for action in ("Publish", "ListTopics", "Subscribe", "GetTopicAttributes"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            follow(f"{endpoint}/?Action={action}&TopicArn={topic}&Version=2010-03-31")
        assert caught.value.code in (400, 403)
    with pytest.raises(urllib.error.HTTPError) as caught:
        follow(f"{endpoint}/SimpleNotificationService-{'0' * 32}.pem")
    assert caught.value.code == 404


class Mailbox:
    """A relay that keeps what it is given."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=default)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, mail))
        return "250 OK"

    def next(self):
        mails = soon(lambda: list(self.mails), lambda mails: mails)
        assert mails, "no mail came"
        return self.mails.pop(0)


@pytest.fixture(scope="module")
def mailbox():
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        mailbox.port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    yield mailbox
    controller.stop()


@case("SNS-040", USER_GUIDE)
def test_a_mail_is_asked_for_confirmed_and_sent(tmp_path, mailbox):
    flags = (f"--smtp-url=smtp://127.0.0.1:{mailbox.port}", "--smtp-from=alerts@example.com")
    with running(tmp_path, *flags) as url:
        sns = boto3.client(
            "sns",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
        topic = sns.create_topic(Name="mails", Attributes={"DisplayName": "Alerts"})["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="anna@example.com")
        sender, recipients, mail = mailbox.next()
        assert (sender, recipients) == ("alerts@example.com", ["anna@example.com"])
        assert mail["subject"] == "AWS Notification - Subscription Confirmation"
        assert mail["from"] == "Alerts <alerts@example.com>"
        follow(re.search(r"http://\S+", mail.get_content())[0])
        sns.publish(TopicArn=topic, Message="Grüße", Subject="Hello")
        _, _, mail = mailbox.next()
        assert mail["subject"] == "Hello"
        assert mail.get_content().startswith("Grüße\r\n")
        link = re.search(r"http://\S+Unsubscribe\S+", mail.get_content())[0]
        assert mail["list-unsubscribe"] == f"<{link}>"
        follow(link)
        assert sns.list_subscriptions()["Subscriptions"] == []
