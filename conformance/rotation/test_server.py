"""The whole server: RotateSecret with the functions that come with it, against real databases."""

import json
import time

import pytest
from botocore.exceptions import ClientError

import servers
from connecting import connecting
from server import running as running_server

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:{}"
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def connect(tmp_path_factory):
    """Makes boto3 clients of a server that was started for this module."""
    with running_server(tmp_path_factory.mktemp("server")) as endpoint:
        yield connecting(endpoint)


@pytest.fixture
def sm(connect):
    return connect("secretsmanager")


@pytest.fixture
def stored(sm):
    """A user in a database, and the ARN of its secret; the superuser's is its master."""
    made = []

    def stored(database, **members):
        user = f"s{time.time_ns():x}"
        database.create(user, "First-password-1")
        place = {"engine": database.engine, "host": "localhost", "port": database.port}
        place |= database.members
        admin = {"username": servers.ADMIN, "password": servers.ADMIN_PASSWORD}
        master = create(f"{user}/master", {**place, **admin})
        return create(
            f"{user}/app",
            {
                **place,
                "username": user,
                "password": "First-password-1",
                "masterarn": master,
                **members,
            },
        )

    def create(name, value):
        made.append(sm.create_secret(Name=name, SecretString=json.dumps(value))["ARN"])
        return made[-1]

    yield stored
    for arn in made:
        sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def read(sm, arn, stage="AWSCURRENT"):
    return json.loads(sm.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"])


def rotate(sm, arn, function):
    """Rotates, and waits for the end."""
    before = sm.describe_secret(SecretId=arn).get("LastRotatedDate")
    token = sm.rotate_secret(
        SecretId=arn,
        RotationLambdaARN=FUNCTION.format(function),
        RotationRules={"AutomaticallyAfterDays": 30},
    )["VersionId"]
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        described = sm.describe_secret(SecretId=arn)
        is_current = "AWSCURRENT" in described["VersionIdsToStages"].get(token, [])
        # The label moves first; the date says that the rotation is complete.
        if is_current and described.get("LastRotatedDate", before) != before:
            return described
        time.sleep(0.1)
    raise AssertionError(f"no rotation within {PATIENCE_SECONDS} s: {described}")


def await_event(trail, name, arn):
    """The record of an event about a secret, as JSON."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = trail.lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}]
        )
        for event in found["Events"]:
            if arn in event["CloudTrailEvent"]:
                return event["CloudTrailEvent"]
        time.sleep(0.2)
    raise AssertionError(f"no {name} within {PATIENCE_SECONDS} s")


def works(database, members):
    return database.can(members["username"], members["password"])


@pytest.mark.parametrize(
    "engine, function",
    [
        ("postgres", "SecretsManagerRDSPostgreSQLRotation"),
        ("mariadb", "SecretsManagerRDSMariaDBRotationSingleUser"),
        ("mongo", "SecretsManagerMongoDBRotationSingleUser"),
    ],
)
def test_after_rotate_secret_only_the_new_password_logs_in(
    engine, function, sm, stored, database
):
    database = database(engine)
    arn = stored(database)
    before = read(sm, arn)
    described = rotate(sm, arn, function)
    after = read(sm, arn)
    assert works(database, after) and not works(database, before)
    assert described["RotationEnabled"] and described["NextRotationDate"]


@pytest.mark.parametrize(
    "engine, function",
    [
        ("postgres", "SecretsManagerRDSPostgreSQLRotationMultiUser"),
        ("mariadb", "SecretsManagerRDSMariaDBRotationMultiUser"),
        ("mongo", "SecretsManagerMongoDBRotationMultiUser"),
        ("redis", "SecretsManagerElasticacheUserRotation"),
    ],
)
def test_with_two_passwords_the_one_before_still_logs_in(engine, function, sm, stored, database):
    database = database(engine)
    arn = stored(database)
    for _ in range(3):
        before = read(sm, arn)
        rotate(sm, arn, function)
        assert works(database, before) and works(database, read(sm, arn))


def test_the_functions_are_there_without_having_been_created(connect):
    functions = connect("lambda")
    shown = functions.get_function(FunctionName="SecretsManagerRDSPostgreSQLRotation")
    assert shown["Configuration"]["State"] == "Active"
    with pytest.raises(ClientError) as refused:
        functions.get_function(FunctionName="SecretsManagerRDSDb2RotationSingleUser")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_failed_step_is_on_record_and_leaves_the_current_password(connect, sm, stored, database):
    database = database("postgres")
    arn = stored(database, port=1)
    token = sm.rotate_secret(
        SecretId=arn,
        RotationLambdaARN=FUNCTION.format("SecretsManagerRDSPostgreSQLRotation"),
        RotationRules={"AutomaticallyAfterDays": 30},
    )["VersionId"]
    told = await_event(connect("cloudtrail"), "RotationFailed", arn)
    assert "setSecret" in told
    stages = sm.describe_secret(SecretId=arn)["VersionIdsToStages"]
    assert stages[token] == ["AWSPENDING"]
    assert works(database, read(sm, arn))


def test_invoke_tells_an_error_as_lambda_does(connect, sm, stored, database):
    arn = stored(database("postgres"))
    reply = connect("lambda").invoke(
        FunctionName="SecretsManagerRDSPostgreSQLRotation",
        Payload=json.dumps({"Step": "setSecret", "SecretId": arn, "ClientRequestToken": "x" * 32}),
    )
    assert reply["FunctionError"] == "Unhandled"
    assert json.load(reply["Payload"])["errorType"] == "ValueError"


def test_a_rehearsal_finds_nothing_wrong(connect, stored, database):
    arn = stored(database("postgres"))
    reply = connect("lambda").invoke(
        FunctionName="SecretsManagerRDSPostgreSQLRotationMultiUser",
        Payload=json.dumps({"Step": "rehearse", "SecretId": arn}),
    )
    found = json.load(reply["Payload"])
    assert found["Passed"], found
