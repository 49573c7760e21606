"""CloudTrail: what was done is looked up, and trails are kept."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from conftest import ACCOUNT, OTHER_ACCOUNT, REGION, REPLICA_REGION
from evidence import INFERRED, MODEL, SECOND_HAND, TERRAFORM, USER_GUIDE, case
from expect import refused
from identities import allow

PATIENCE_SECONDS = 10


@pytest.fixture(scope="module")
def trail(connect):
    return connect("cloudtrail")


@pytest.fixture
def look(trail):
    """Looks events up until there are as many as expected, since they come a moment later."""

    def look(key, value, count=1, client=trail, **more):
        asked = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}], **more}
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            events = client.lookup_events(**asked)["Events"]
            if len(events) >= count or time.monotonic() > end:
                assert len(events) >= count, f"{key}={value}: {events}"
                return events
            time.sleep(0.1)

    return look


@pytest.fixture
def audit(trail, unique):
    name = unique[:32]
    made = trail.create_trail(Name=name, S3BucketName="conformance-logs")
    yield made
    try:
        trail.delete_trail(Name=name)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "TrailNotFoundException"


@case("CT-01", MODEL)
def test_a_read_of_a_secret_is_found_by_its_name(sm, look, name):
    sm.create_secret(Name=name, SecretString="hunter2")
    sm.get_secret_value(SecretId=name)
    [read, created] = look("ResourceName", name, count=2)
    assert (read["EventName"], created["EventName"]) == ("GetSecretValue", "CreateSecret")
    assert (read["ReadOnly"], created["ReadOnly"]) == ("true", "false")
    assert read["EventSource"] == "secretsmanager.amazonaws.com"
    assert read["EventTime"] >= created["EventTime"]
    assert {"ResourceType": "AWS::SecretsManager::Secret", "ResourceName": name} in read[
        "Resources"
    ]


@case("CT-02", USER_GUIDE)
def test_the_record_is_there_as_json_without_the_value(sm, look, name):
    sm.create_secret(Name=name, SecretString="hunter2")
    [event] = look("ResourceName", name)
    record = json.loads(event["CloudTrailEvent"])
    assert "hunter2" not in event["CloudTrailEvent"]
    assert record["eventID"] == event["EventId"]
    assert record["requestParameters"]["name"] == name
    assert record["responseElements"]["arn"].startswith("arn:aws:secretsmanager:")
    assert record["awsRegion"] == REGION
    assert record["recipientAccountId"] == ACCOUNT
    assert record["eventType"] == "AwsApiCall"
    assert record["eventCategory"] == "Management"
    assert "sequence" not in record


@case("CT-03", MODEL)
def test_an_event_is_found_by_every_attribute(people, sm, look, name):
    user = people.user(allow("secretsmanager:*"))
    user.client("secretsmanager").create_secret(Name=name, SecretString="x")
    [event] = look("ResourceName", name)
    for key, value in [
        ("EventId", event["EventId"]),
        ("EventName", "CreateSecret"),
        ("ReadOnly", "false"),
        ("Username", event["Username"]),
        ("ResourceType", "AWS::SecretsManager::Secret"),
        ("EventSource", "secretsmanager.amazonaws.com"),
        ("AccessKeyId", event["AccessKeyId"]),
    ]:
        assert event["EventId"] in {one["EventId"] for one in look(key, value)}, key


@case("CT-04", MODEL)
def test_pages_follow_each_other_newest_first(trail, sm, look, name):
    sm.create_secret(Name=name, SecretString="x")
    for _ in range(4):
        sm.describe_secret(SecretId=name)
    look("ResourceName", name, count=5)
    pages = trail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": name}],
        PaginationConfig={"PageSize": 2},
    )
    events = [event for page in pages for event in page["Events"]]
    assert len({event["EventId"] for event in events}) == 5
    times = [event["EventTime"] for event in events]
    assert times == sorted(times, reverse=True)


@case("CT-05", SECOND_HAND)
def test_a_page_has_at_most_50_events(trail):
    expected = "A max results value of 51 is invalid. Specify max results between 1 and 50."
    with refused("InvalidMaxResultsException", expected):
        trail.lookup_events(MaxResults=51)


@case("CT-06", MODEL)
def test_the_start_of_a_time_is_before_its_end(trail):
    now = datetime.now(UTC)
    with refused("InvalidTimeRangeException"):
        trail.lookup_events(StartTime=now, EndTime=now - timedelta(hours=1))


@case("CT-07", MODEL)
def test_a_token_is_good_for_nothing_but_its_own_question(trail, sm, look, name):
    sm.create_secret(Name=name, SecretString="x")
    sm.describe_secret(SecretId=name)
    look("ResourceName", name, count=2)
    asked = [{"AttributeKey": "ResourceName", "AttributeValue": name}]
    token = trail.lookup_events(LookupAttributes=asked, MaxResults=1)["NextToken"]
    assert trail.lookup_events(LookupAttributes=asked, MaxResults=1, NextToken=token)["Events"]
    for wrong in [token, "AAAA"]:
        with refused("InvalidNextTokenException"):
            trail.lookup_events(NextToken=wrong)


@case("CT-08", USER_GUIDE)
def test_events_of_another_region_or_account_are_not_shown(connect, sm, look, name):
    sm.create_secret(Name=name, SecretString="x")
    [event] = look("ResourceName", name)
    asked = [{"AttributeKey": "EventId", "AttributeValue": event["EventId"]}]
    for client in [
        connect("cloudtrail", region=REPLICA_REGION),
        connect("cloudtrail", access_key=OTHER_ACCOUNT),
    ]:
        assert client.lookup_events(LookupAttributes=asked)["Events"] == []


@case("CT-09", USER_GUIDE)
def test_events_of_global_services_are_in_us_east_1(connect, iam, look, unique):
    connect("iam", region=REPLICA_REGION).create_user(UserName=unique)
    try:
        [event] = look("ResourceName", unique)
        assert json.loads(event["CloudTrailEvent"])["awsRegion"] == "us-east-1"
    finally:
        iam.delete_user(UserName=unique)


@case("CT-10", USER_GUIDE)
def test_a_denied_call_is_on_record_with_its_reason(people, sm, look, name):
    sm.create_secret(Name=name, SecretString="x")
    user = people.user()
    with refused("AccessDeniedException"):
        user.client("secretsmanager").get_secret_value(SecretId=name)
    events = look("ResourceName", name, count=2)
    record = json.loads(events[0]["CloudTrailEvent"])
    assert record["errorCode"] == "AccessDenied"
    assert "is not authorized to perform: secretsmanager:GetSecretValue" in record["errorMessage"]
    assert record["userIdentity"]["type"] == "IAMUser"


@case("CT-11", USER_GUIDE)
def test_a_call_across_accounts_is_on_record_in_both(connect, sm, look, name):
    arn = sm.create_secret(Name=name, SecretString="x")["ARN"]
    foreign = connect("secretsmanager", access_key=OTHER_ACCOUNT)
    with refused("AccessDeniedException"):
        foreign.get_secret_value(SecretId=arn)
    theirs = connect("cloudtrail", access_key=OTHER_ACCOUNT)
    [own] = look("ResourceName", arn, client=theirs)
    mine = [
        json.loads(event["CloudTrailEvent"])
        for event in look("ResourceName", arn, count=2)
        if event["EventName"] == "GetSecretValue"
    ]
    own = json.loads(own["CloudTrailEvent"])
    assert mine[0]["sharedEventID"] == own["sharedEventID"]
    assert mine[0]["eventID"] != own["eventID"]
    assert (mine[0]["recipientAccountId"], own["recipientAccountId"]) == (ACCOUNT, OTHER_ACCOUNT)
    assert mine[0]["userIdentity"]["type"] == "AWSAccount"
    assert mine[0]["userIdentity"]["accountId"] == OTHER_ACCOUNT


@case("CT-12", USER_GUIDE)
def test_the_key_that_kms_used_is_among_the_resources(kms, look):
    metadata = kms.create_key()["KeyMetadata"]
    try:
        kms.encrypt(KeyId=metadata["KeyId"], Plaintext=b"x")
        events = look("ResourceName", metadata["Arn"])
        record = json.loads(events[0]["CloudTrailEvent"])
        assert record["resources"] == [
            {"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": metadata["Arn"]}
        ]
        assert record["responseElements"] is None
    finally:
        kms.schedule_key_deletion(KeyId=metadata["KeyId"], PendingWindowInDays=7)


@case("CT-13", MODEL)
def test_a_trail_is_made_shown_and_not_logging(trail, audit):
    assert audit["TrailARN"] == f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{audit['Name']}"
    shown = trail.get_trail(Name=audit["TrailARN"])["Trail"]
    assert shown["HomeRegion"] == REGION
    assert shown["S3BucketName"] == "conformance-logs"
    assert trail.get_trail_status(Name=audit["Name"])["IsLogging"] is False


@case("CT-14", TERRAFORM)
def test_a_trail_is_described_by_its_arn_and_started(trail, audit):
    [described] = trail.describe_trails(trailNameList=[audit["TrailARN"]])["trailList"]
    assert described["Name"] == audit["Name"]
    trail.start_logging(Name=audit["TrailARN"])
    status = trail.get_trail_status(Name=audit["TrailARN"])
    assert status["IsLogging"] is True
    trail.stop_logging(Name=audit["TrailARN"])
    assert trail.get_trail_status(Name=audit["TrailARN"])["IsLogging"] is False


@case("CT-15", MODEL)
def test_selectors_are_the_default_until_others_are_put(trail, audit):
    default = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
    name = audit["Name"]
    assert trail.get_event_selectors(TrailName=name)["EventSelectors"] == [default]
    other = {**default, "ReadWriteType": "WriteOnly"}
    trail.put_event_selectors(TrailName=name, EventSelectors=[other])
    assert trail.get_event_selectors(TrailName=name)["EventSelectors"] == [other]
    with refused("InsightNotEnabledException"):
        trail.get_insight_selectors(TrailName=name)


@case("CT-16", MODEL)
def test_trails_are_tagged(trail, audit):
    arn = audit["TrailARN"]
    trail.add_tags(ResourceId=arn, TagsList=[{"Key": "team", "Value": "red"}])
    [listed] = trail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    assert listed == {"ResourceId": arn, "TagsList": [{"Key": "team", "Value": "red"}]}
    trail.remove_tags(ResourceId=arn, TagsList=[{"Key": "team"}])
    [listed] = trail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    assert listed["TagsList"] == []


@case("CT-17", SECOND_HAND)
def test_what_is_no_trail_is_refused(trail, audit):
    with refused("TrailNotFoundException", f"Unknown trail: no-such for the user: {ACCOUNT}"):
        trail.get_trail(Name="no-such")
    with refused("TrailAlreadyExistsException"):
        trail.create_trail(Name=audit["Name"], S3BucketName="conformance-logs")
    with refused("InvalidTrailNameException"):
        trail.create_trail(Name="a", S3BucketName="conformance-logs")


@case("CT-18", INFERRED)
def test_looking_up_is_itself_on_record(trail, look):
    trail.lookup_events(MaxResults=1)
    look("EventName", "LookupEvents")
