"""CloudWatch Logs: groups, streams, events and how they are found."""

import time

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, MODEL, PROTOCOL, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import refused, soon
from identities import allow

NO_GROUP = "The specified log group does not exist."
NO_STREAM = "The specified log stream does not exist."


@pytest.fixture(scope="module")
def logs(connect):
    return connect("logs")


@pytest.fixture
def group(logs, unique):
    logs.create_log_group(logGroupName=unique)
    yield unique
    try:
        logs.delete_log_group(logGroupName=unique)
    except logs.exceptions.ResourceNotFoundException:
        pass


@pytest.fixture
def stream(logs, group):
    logs.create_log_stream(logGroupName=group, logStreamName="stream")
    return "stream"


@pytest.fixture
def now():
    return int(time.time() * 1000)


@pytest.fixture
def put(logs, group, now):
    """Puts messages, a millisecond apart, the last of them now."""

    def put(stream, *messages):
        first = now - len(messages) + 1
        events = [
            {"timestamp": first + place, "message": message}
            for place, message in enumerate(messages)
        ]
        return logs.put_log_events(
            logGroupName=group, logStreamName=stream, logEvents=events
        )

    return put


def texts(reply):
    return [event["message"] for event in reply["events"]]


def described(logs, name):
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    [found] = [one for one in groups if one["logGroupName"] == name]
    return found


@case("LOGS-001", SNAPSHOT)
def test_a_group_is_described(logs, group):
    found = described(logs, group)
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    assert found["arn"] == f"{arn}:*"
    assert found["logGroupArn"] == arn
    assert found["logGroupClass"] == "STANDARD"
    assert found["metricFilterCount"] == 0
    assert found["storedBytes"] == 0
    assert "retentionInDays" not in found


@case("LOGS-002", SNAPSHOT)
def test_a_name_is_given_once(logs, group, stream):
    with refused("ResourceAlreadyExistsException", "The specified log group already exists"):
        logs.create_log_group(logGroupName=group)
    with refused("ResourceAlreadyExistsException", "The specified log stream already exists"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)


@case("LOGS-003", SNAPSHOT)
def test_what_is_not_there_is_said_so(logs, group, unique):
    with refused("ResourceNotFoundException", NO_GROUP):
        logs.filter_log_events(logGroupName=f"{unique}-missing")
    with refused("ResourceNotFoundException", NO_STREAM):
        logs.get_log_events(logGroupName=group, logStreamName="missing")
    with refused("ResourceNotFoundException", NO_STREAM):
        logs.put_log_events(
            logGroupName=group,
            logStreamName="missing",
            logEvents=[{"timestamp": 1, "message": "x"}],
        )


@case("LOGS-004", SNAPSHOT)
def test_a_limit_beyond_the_model_is_an_invalid_parameter(logs, group, stream):
    with refused(
        "InvalidParameterException",
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 10000",
    ):
        logs.get_log_events(logGroupName=group, logStreamName=stream, limit=10001)


@case("LOGS-005", SNAPSHOT)
def test_prefix_and_pattern_exclude_each_other(logs):
    with refused(
        "InvalidParameterException",
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    ):
        logs.describe_log_groups(logGroupNamePrefix="a", logGroupNamePattern="b")


@case("LOGS-006", TERRAFORM)
def test_retention_is_set_and_taken_back(logs, group):
    logs.put_retention_policy(logGroupName=group, retentionInDays=7)
    assert described(logs, group)["retentionInDays"] == 7
    with refused("InvalidParameterException"):
        logs.put_retention_policy(logGroupName=group, retentionInDays=8)
    logs.delete_retention_policy(logGroupName=group)
    assert "retentionInDays" not in described(logs, group)


@case("LOGS-007", TERRAFORM)
def test_tags_are_read_by_the_arn_without_a_star(logs, group):
    arn = described(logs, group)["logGroupArn"]
    logs.tag_resource(resourceArn=arn, tags={"team": "payments", "stage": "test"})
    logs.untag_resource(resourceArn=arn, tagKeys=["stage"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "payments"}
    assert logs.list_tags_log_group(logGroupName=group)["tags"] == {"team": "payments"}


@case("LOGS-008", MODEL)
def test_groups_and_streams_are_paged_through(logs, unique):
    names = [f"{unique}/{n}" for n in range(5)]
    for name in names:
        logs.create_log_group(logGroupName=name)
    pages = logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix=f"{unique}/", PaginationConfig={"PageSize": 2}
    )
    assert [one["logGroupName"] for page in pages for one in page["logGroups"]] == names
    for name in names:
        logs.delete_log_group(logGroupName=name)
    assert logs.describe_log_groups(logGroupNamePrefix=f"{unique}/")["logGroups"] == []


@case("LOGS-009", MODEL)
def test_events_are_read_from_both_ends(logs, group, stream, put):
    reply = put(stream, "one", "two", "three")
    assert reply["nextSequenceToken"]
    request = {"logGroupName": group, "logStreamName": stream, "limit": 2}
    assert texts(logs.get_log_events(**request)) == ["two", "three"]
    first = logs.get_log_events(**request, startFromHead=True)
    assert texts(first) == ["one", "two"]
    assert first["nextForwardToken"].startswith("f/")
    rest = logs.get_log_events(**request, nextToken=first["nextForwardToken"])
    assert texts(rest) == ["three"]
    end = logs.get_log_events(**request, nextToken=rest["nextForwardToken"])
    assert texts(end) == []
    assert end["nextForwardToken"] == rest["nextForwardToken"]


@case("LOGS-010", SNAPSHOT)
def test_a_token_that_is_none_is_refused(logs, group, stream):
    with refused("InvalidParameterException", "The specified nextToken is invalid."):
        logs.get_log_events(logGroupName=group, logStreamName=stream, nextToken="foobar")


@case("LOGS-011", SNAPSHOT)
def test_events_out_of_order_are_refused(logs, group, stream, now):
    with refused(
        "InvalidParameterException",
        "Log events in a single PutLogEvents request must be in chronological order.",
    ):
        logs.put_log_events(
            logGroupName=group,
            logStreamName=stream,
            logEvents=[
                {"timestamp": now, "message": "later"},
                {"timestamp": now - 1, "message": "earlier"},
            ],
        )


@case("LOGS-012", USER_GUIDE)
def test_events_too_old_and_too_new_are_left_out(logs, group, stream, now):
    day = 86_400_000
    old = logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now - 15 * day, "message": "old"}],
    )
    assert old["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    new = logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[
            {"timestamp": now, "message": "now"},
            {"timestamp": now + 3 * 3_600_000, "message": "new"},
        ],
    )
    assert new["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    assert texts(logs.filter_log_events(logGroupName=group)) == ["now"]


@case("LOGS-013", USER_GUIDE)
def test_a_search_mixes_the_streams_of_a_group(logs, group, stream, put):
    logs.create_log_stream(logGroupName=group, logStreamName="other")
    put(stream, "ERROR a", "INFO b")
    put("other", "ERROR c", "ERROR d", "ERROR e")
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, filterPattern="ERROR", PaginationConfig={"PageSize": 2}
    )
    events = [event for page in pages for event in page["events"]]
    assert sorted(event["message"] for event in events) == [
        "ERROR a",
        "ERROR c",
        "ERROR d",
        "ERROR e",
    ]
    assert events == sorted(events, key=lambda event: event["timestamp"])
    assert len({event["eventId"] for event in events}) == 4
    only = logs.filter_log_events(logGroupName=group, logStreamNames=["other"])
    assert texts(only) == ["ERROR c", "ERROR d", "ERROR e"]


@case("LOGS-014", USER_GUIDE)
@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ('{ $.code = "Access*" }', ["denied"]),
        ("{ $.count > 3 && $.user.name = bob }", ["denied"]),
        ("{ ($.count = 1) || ($.code NOT EXISTS && $.gone IS NULL) }", ["one", "null"]),
        ("{ $.ok IS TRUE }", ["one"]),
        ("{ $.code = %^Acc.*ed$% }", ["denied"]),
        ("{ $.list[1] = b }", ["one"]),
        ("[ip, user, status = 4*, bytes > 1000]", ["access"]),
        ("[..., bytes = 1534]", ["access"]),
        ("?GET ?nothing", ["access"]),
        ('"quick brown" -lazy', ["words"]),
    ],
)
def test_patterns_find_what_they_mean(logs, group, stream, put, pattern, found):
    messages = {
        "denied": '{"code":"AccessDenied","count":5,"user":{"name":"bob"}}',
        "one": '{"count":1,"ok":true,"list":["a","b"]}',
        "null": '{"gone":null,"ok":false}',
        "access": '127.0.0.1 "GET /" 404 1534',
        "words": "the quick brown fox",
    }
    put(stream, *messages.values())
    reply = logs.filter_log_events(logGroupName=group, filterPattern=pattern)
    named = {text: name for name, text in messages.items()}
    assert [named[text] for text in texts(reply)] == found


@case("LOGS-015", USER_GUIDE)
def test_a_pattern_that_cannot_be_read_is_refused(logs, group):
    with refused("InvalidParameterException", "Invalid filter pattern"):
        logs.filter_log_events(logGroupName=group, filterPattern="{ $.a == 1 }")


@case("LOGS-016", USER_GUIDE)
def test_a_pattern_is_tried_on_messages(logs):
    reply = logs.test_metric_filter(
        filterPattern="[ip, identity, user, timestamp, request, status = 404, size]",
        logEventMessages=[
            '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /a HTTP/1.0" 404 1534'
        ],
    )
    [match] = reply["matches"]
    assert match["eventNumber"] == 1
    assert match["extractedValues"]["$request"] == "GET /a HTTP/1.0"
    assert match["extractedValues"]["$timestamp"] == "10/Oct/2000:13:25:15 -0700"


@case("LOGS-017", TERRAFORM)
def test_a_metric_filter_is_put_described_and_deleted(logs, group):
    transformation = {
        "metricName": "Denied",
        "metricNamespace": "App",
        "metricValue": "1",
        "defaultValue": 0.0,
        "unit": "Count",
    }
    logs.put_metric_filter(
        logGroupName=group,
        filterName="denied",
        filterPattern='{ $.errorCode = "AccessDenied*" }',
        metricTransformations=[transformation],
    )
    [found] = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
    assert found["filterName"] == "denied"
    assert found["metricTransformations"] == [transformation]
    by_metric = logs.describe_metric_filters(metricName="Denied", metricNamespace="App")
    assert found in by_metric["metricFilters"]
    assert described(logs, group)["metricFilterCount"] == 1
    logs.delete_metric_filter(logGroupName=group, filterName="denied")
    assert logs.describe_metric_filters(logGroupName=group)["metricFilters"] == []
    with refused("ResourceNotFoundException"):
        logs.delete_metric_filter(logGroupName=group, filterName="denied")


@case("LOGS-018", MODEL)
def test_an_arn_names_a_group_as_well(logs, group, stream, put):
    put(stream, "hello")
    arn = described(logs, group)["logGroupArn"]
    assert texts(logs.filter_log_events(logGroupIdentifier=arn)) == ["hello"]
    streams = logs.describe_log_streams(logGroupIdentifier=arn, orderBy="LastEventTime")
    assert [one["logStreamName"] for one in streams["logStreams"]] == [stream]
    with refused(
        "ValidationException",
        "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    ):
        logs.filter_log_events(logGroupName=group, logGroupIdentifier=arn)


@case("LOGS-019", INFERRED)
def test_calls_are_delivered_to_the_log_group_of_the_trail(logs, sm, secret):
    arn = secret["ARN"]
    sm.get_secret_value(SecretId=arn)
    pattern = f'{{ $.eventName = "GetSecretValue" && $.requestParameters.secretId = "{arn}" }}'

    def found():
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName="/aws/cloudtrail/logs", filterPattern=pattern
        )
        return [event for page in pages for event in page["events"]]

    [event] = soon(found, bool, seconds=5)
    assert event["logStreamName"] == f"{ACCOUNT}_CloudTrail_{REGION}"


@case("LOGS-020", USER_GUIDE)
def test_policies_on_groups_are_obeyed(logs, people, group, stream):
    arn = described(logs, group)["arn"]
    reader = people.user(allow("logs:FilterLogEvents", arn)).client("logs")
    assert texts(reader.filter_log_events(logGroupName=group)) == []
    with refused("AccessDeniedException"):
        reader.delete_log_group(logGroupName=group)
    with refused("AccessDeniedException"):
        reader.filter_log_events(logGroupName="/aws/cloudtrail/logs")


@case("LOGS-021", PROTOCOL)
def test_following_a_group_sees_every_event_once(logs, group, stream, put, now):
    """The calls that `aws logs tail --follow` makes: page by page, then from the last time on."""
    seen = {}
    request = {"logGroupName": group, "startTime": now - 60_000, "interleaved": True, "limit": 2}

    def look():
        new = []
        while True:
            page = logs.filter_log_events(**request)
            for event in page["events"]:
                if event["eventId"] not in seen:
                    seen[event["eventId"]] = event["timestamp"]
                    new.append(event["message"])
            if "nextToken" not in page:
                request.pop("nextToken", None)
                request["startTime"] = max(seen.values(), default=now)
                return new
            request["nextToken"] = page["nextToken"]

    put(stream, "a", "b", "c")
    assert look() == ["a", "b", "c"]
    assert look() == []
    put(stream, "d")
    assert look() == ["d"]
