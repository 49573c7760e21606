"""CloudWatch Logs as they come: Live Tail, and subscription filters."""

import json
import time

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, MODEL, PROTOCOL, USER_GUIDE, case
from expect import refused
from functions import Functions, until
from identities import allow

# What a function prints of the events that it gets.
PRINT = """
import base64, gzip, json

def handler(event, context):
    print("GOT " + gzip.decompress(base64.b64decode(event["awslogs"]["data"])).decode())
"""


@pytest.fixture(scope="module")
def logs(connect):
    # AWS's address for Live Tail begins with another word, which no local name has.
    return connect("logs", inject_host_prefix=False)


@pytest.fixture
def group(logs, unique):
    logs.create_log_group(logGroupName=unique)
    logs.create_log_stream(logGroupName=unique, logStreamName="stream")
    yield unique
    logs.delete_log_group(logGroupName=unique)


@pytest.fixture
def arn(group):
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"


@pytest.fixture
def put(logs, group):
    def put(*messages):
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": message} for message in messages]
        logs.put_log_events(logGroupName=group, logStreamName="stream", logEvents=events)

    return put


@pytest.fixture
def function(connect, iam):
    functions = Functions(connect("lambda"), iam)
    made = functions.make(PRINT)
    yield made
    functions.clean()


@pytest.fixture
def permit(connect, function, arn):
    """Lets logs call the function for the group."""

    def permit(principal="logs.amazonaws.com", source=f"{arn}:*"):
        connect("lambda").add_permission(
            FunctionName=function["FunctionName"],
            StatementId="logs",
            Action="lambda:InvokeFunction",
            Principal=principal,
            SourceArn=source,
            SourceAccount=ACCOUNT,
        )

    return permit


@pytest.fixture
def subscribe(logs, group, function):
    def subscribe(pattern="", **more):
        return logs.put_subscription_filter(
            logGroupName=group,
            filterName="all",
            filterPattern=pattern,
            destinationArn=function["FunctionArn"],
            **more,
        )

    return subscribe


@case("LOGS-022", PROTOCOL)
def test_a_session_begins_with_what_was_asked_for(logs, arn):
    stream = logs.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="ERROR")[
        "responseStream"
    ]
    begin = next(iter(stream))["sessionStart"]
    stream.close()
    assert begin["logGroupIdentifiers"] == [arn]
    assert begin["logEventFilterPattern"] == "ERROR"
    assert begin["sessionId"] and begin["requestId"]


@case("LOGS-023", USER_GUIDE)
def test_a_session_sees_what_is_put_and_matches(logs, arn, put):
    put("ERROR before")
    stream = logs.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="ERROR")[
        "responseStream"
    ]
    seen = []
    for event in stream:
        if "sessionStart" in event:
            put("ERROR one", "fine", "ERROR two")
            continue
        update = event["sessionUpdate"]
        assert update["sessionMetadata"] == {"sampled": False}
        seen += update["sessionResults"]
        if len(seen) == 2:
            break
    stream.close()
    assert [one["message"] for one in seen] == ["ERROR one", "ERROR two"]
    assert {(one["logStreamName"], one["logGroupIdentifier"]) for one in seen} == {("stream", arn)}
    assert all(one["timestamp"] <= one["ingestionTime"] for one in seen)


@case("LOGS-024", INFERRED)
def test_a_session_that_cannot_be_is_refused(logs, arn):
    with refused("ResourceNotFoundException", "The specified log group does not exist."):
        logs.start_live_tail(logGroupIdentifiers=[f"{arn}-none"])
    with refused("InvalidParameterException"):
        logs.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="{ $.a = ")
    with refused("InvalidParameterException"):
        logs.start_live_tail(
            logGroupIdentifiers=[arn], logStreamNames=["a"], logStreamNamePrefixes=["a"]
        )


@case("LOGS-025", USER_GUIDE)
def test_a_session_needs_the_permission_for_each_group(people, arn):
    somebody = people.user(allow("logs:StartLiveTail", f"{arn}:*"))
    logs = somebody.client("logs", inject_host_prefix=False)
    logs.start_live_tail(logGroupIdentifiers=[arn])["responseStream"].close()
    other = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/cloudtrail/logs"
    with refused("AccessDeniedException"):
        logs.start_live_tail(logGroupIdentifiers=[arn, other])


@case("LOGS-026", USER_GUIDE)
def test_a_function_gets_what_matches_packed_as_aws_packs_it(
    logs, group, arn, put, function, permit, subscribe
):
    permit()
    subscribe("ERROR")
    put("fine", "ERROR here")
    [event] = logs.filter_log_events(logGroupName=group, filterPattern="ERROR")["events"]
    output = f"/aws/lambda/{function['FunctionName']}"

    def got():
        try:
            found = logs.filter_log_events(logGroupName=output, filterPattern="GOT")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return None
        return [json.loads(one["message"].removeprefix("GOT ")) for one in found]

    assert until(got, seconds=30) == [
        {
            "messageType": "DATA_MESSAGE",
            "owner": ACCOUNT,
            "logGroup": group,
            "logStream": "stream",
            "subscriptionFilters": ["all"],
            "logEvents": [
                {"id": event["eventId"], "timestamp": event["timestamp"], "message": "ERROR here"}
            ],
        }
    ]


@case("LOGS-027", USER_GUIDE)
@pytest.mark.parametrize("principal", ["logs.amazonaws.com", f"logs.{REGION}.amazonaws.com"])
def test_the_functions_policy_decides(permit, subscribe, principal):
    told = (
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs"
        " permission to execute your function."
    )
    with refused("InvalidParameterException", told):
        subscribe()
    permit(principal)
    subscribe()


@case("LOGS-028", USER_GUIDE)
def test_a_permission_for_another_group_is_none(permit, subscribe, arn):
    permit(source=f"{arn}-other:*")
    with refused("InvalidParameterException"):
        subscribe()


@case("LOGS-029", MODEL)
def test_a_subscription_filter_is_described_changed_and_deleted(
    logs, group, function, permit, subscribe
):
    permit()
    subscribe("one")
    subscribe("two")
    [found] = logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    assert found.pop("creationTime") > 0
    assert found == {
        "filterName": "all",
        "logGroupName": group,
        "filterPattern": "two",
        "destinationArn": function["FunctionArn"],
        "distribution": "ByLogStream",
        "applyOnTransformedLogs": False,
    }
    logs.delete_subscription_filter(logGroupName=group, filterName="all")
    assert logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"] == []
    told = "The specified subscription filter does not exist."
    with refused("ResourceNotFoundException", told):
        logs.delete_subscription_filter(logGroupName=group, filterName="all")


@case("LOGS-030", USER_GUIDE)
def test_a_batch_as_large_as_may_be_is_taken(logs, group, put):
    # 10,000 events of 78 bytes, each counted with 26 more: just under 1 MiB, and more as JSON.
    put(*["x" * 78] * 10_000)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    assert sum(len(page["events"]) for page in pages) == 10_000
    # Every byte of this one is six in JSON.
    put("\x01" * 900_000)
    with refused("InvalidParameterException"):
        put(*["x" * 79] * 10_000)
