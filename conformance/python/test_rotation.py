"""RotateSecret and CancelRotateSecret with functions that rotate."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from evidence import (
    CLI_EXAMPLE,
    INFERRED,
    MODEL,
    PUBLIC_OUTPUT,
    SNAPSHOT,
    TERRAFORM,
    USER_GUIDE,
    VERIFIED,
    case,
)
from expect import labels, members, refused, soon, token
from rotators import OBEDIENT, THROWING, Deployed

INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted."
CANNOT_INVOKE = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy "
    "grants access to the principal secretsmanager.amazonaws.com."
)
NO_SUCH_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:no-such-function"
MONTHLY = {"AutomaticallyAfterDays": 30}


@pytest.fixture
def functions(connect, people):
    """Makes functions, where the server can have any."""
    functions = Deployed(connect, people)
    if not functions.offered:
        pytest.skip("functions are not offered")
    yield functions
    functions.remove()


def rotated(sm, secret):
    """The description of the secret once it has been rotated."""
    described = soon(
        lambda: sm.describe_secret(SecretId=secret["ARN"]),
        lambda reply: "LastRotatedDate" in reply,
        seconds=60,
    )
    assert "LastRotatedDate" in described
    return described


@pytest.mark.parametrize(
    "expression",
    [
        "rate(3 hours)",
        "rate(1000 days)",
        "rate(5 minutes)",
        "cron(0 8 * * ?)",
        "cron(30 8 * * ? *)",
        "cron(0 8 * * * *)",
        "cron(0 8 ? * ? *)",
        "cron(0 8 * * ? 2030)",
        "cron(0 0/2 * * ? *)",
        "cron(0 8 30 2 ? *)",
        "every day",
    ],
)
@case("SM-601", INFERRED)
def test_a_schedule_that_is_none_is_refused(sm, secret, expression):
    with refused("InvalidParameterException"):
        sm.rotate_secret(
            SecretId=secret["ARN"],
            RotationLambdaARN=NO_SUCH_FUNCTION,
            RotationRules={"ScheduleExpression": expression},
        )


@case("SM-602", TERRAFORM)
def test_days_and_an_expression_exclude_each_other(sm, secret):
    with refused(
        "InvalidParameterException",
        "You cannot specify both rotation frequency and schedule expression together.",
    ):
        sm.rotate_secret(
            SecretId=secret["ARN"],
            RotationLambdaARN=NO_SUCH_FUNCTION,
            RotationRules={"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(1 day)"},
        )


@pytest.mark.parametrize(
    ("expression", "duration"),
    [
        ("cron(0 23 * * ? *)", "2h"),
        ("rate(10 hours)", "3h"),
        ("cron(0 0/6 * * ? *)", "7h"),
        ("rate(1 day)", "25h"),
    ],
)
@case("SM-603", INFERRED)
def test_a_window_stays_within_its_day_and_before_the_next(sm, secret, expression, duration):
    with refused("InvalidParameterException"):
        sm.rotate_secret(
            SecretId=secret["ARN"],
            RotationLambdaARN=NO_SUCH_FUNCTION,
            RotationRules={"ScheduleExpression": expression, "Duration": duration},
        )


@pytest.mark.parametrize(
    "rules",
    [
        {"AutomaticallyAfterDays": 0},
        {"AutomaticallyAfterDays": 1001},
        {"ScheduleExpression": "rate(1 day);"},
        {"AutomaticallyAfterDays": 1, "Duration": "two"},
    ],
)
@case("SM-604", MODEL)
def test_rules_keep_to_the_model(wire, secret, rules):
    reply = wire.post(
        "RotateSecret",
        {
            "SecretId": secret["ARN"],
            "ClientRequestToken": token(),
            "RotationLambdaARN": NO_SUCH_FUNCTION,
            "RotationRules": rules,
        },
    )
    assert (reply.status, reply.error[0]) == (400, "ValidationException")


@case("SM-605", SNAPSHOT)
def test_a_rotation_is_answered_with_its_token(sm, functions, secret):
    function = functions.function(OBEDIENT)
    asked = token()
    reply = sm.rotate_secret(
        SecretId=secret["Name"],
        ClientRequestToken=asked,
        RotationLambdaARN=function,
        RotationRules=MONTHLY,
    )
    assert members(reply) == {"ARN", "Name", "VersionId"}
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], secret["Name"])
    assert reply["VersionId"] == asked
    rotated(sm, secret)


@case("SM-606", SNAPSHOT)
def test_a_rotated_secret_shows_function_rules_and_dates(sm, functions, secret):
    function = functions.function(OBEDIENT)
    sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function, RotationRules=MONTHLY)
    described = rotated(sm, secret)
    assert described["RotationEnabled"] is True
    assert described["RotationLambdaARN"] == function
    assert described["RotationRules"] == MONTHLY
    listed = sm.list_secrets(Filters=[{"Key": "name", "Values": [secret["Name"]]}])
    for member in ("RotationEnabled", "RotationRules", "LastRotatedDate", "NextRotationDate"):
        assert listed["SecretList"][0][member] == described[member]


@case("SM-607", PUBLIC_OUTPUT)
def test_the_next_date_is_the_end_of_a_day(sm, functions, secret):
    function = functions.function(OBEDIENT)
    sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function, RotationRules=MONTHLY)
    described = rotated(sm, secret)
    day = described["LastRotatedDate"].astimezone(timezone.utc) + timedelta(days=30)
    end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=timezone.utc)
    assert described["NextRotationDate"] == end


@case("SM-608", PUBLIC_OUTPUT)
def test_days_are_worked_out_of_a_weekly_expression(sm, functions, secret):
    function = functions.function(OBEDIENT)
    rules = {"ScheduleExpression": "cron(0 0 ? * 2 *)"}
    sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function, RotationRules=rules)
    described = rotated(sm, secret)
    assert described["RotationRules"] == {**rules, "AutomaticallyAfterDays": 7}
    end = described["NextRotationDate"].astimezone(timezone.utc)
    assert (end.weekday(), end.hour, end.minute, end.second) == (0, 23, 59, 59)


@case("SM-609", VERIFIED)
def test_the_new_version_is_current_and_the_old_one_previous(sm, functions, secret):
    function = functions.function(OBEDIENT)
    reply = sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function)
    rotated(sm, secret)
    after = labels(sm, secret["ARN"])
    assert after[secret["VersionId"]] == ["AWSPREVIOUS"]
    assert after[reply["VersionId"]] == ["AWSCURRENT", "AWSPENDING"]
    value = json.loads(sm.get_secret_value(SecretId=secret["ARN"])["SecretString"])
    assert value["after"] == "one"


@case("SM-610", USER_GUIDE)
def test_the_event_has_step_secret_token_and_rotation_token(sm, functions, secret):
    function = functions.function(OBEDIENT)
    sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function)
    rotated(sm, secret)
    value = json.loads(sm.get_secret_value(SecretId=secret["ARN"])["SecretString"])
    assert value["keys"] == ["ClientRequestToken", "RotationToken", "SecretId", "Step"]


@case("SM-611", SNAPSHOT)
def test_the_stored_function_serves_the_next_rotation(sm, functions, secret):
    function = functions.function(OBEDIENT)
    first = sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function)
    rotated(sm, secret)
    second = sm.rotate_secret(SecretId=secret["ARN"])
    assert first["VersionId"] != second["VersionId"]
    after = soon(
        lambda: labels(sm, secret["ARN"]),
        lambda labels: "AWSCURRENT" in labels.get(second["VersionId"], []),
        seconds=60,
    )
    assert "AWSCURRENT" in after[second["VersionId"]]


@case("SM-612", USER_GUIDE)
def test_a_function_must_be_open_to_the_service(sm, functions, secret):
    function = functions.function(OBEDIENT, permitted=False)
    with refused("AccessDeniedException", CANNOT_INVOKE):
        sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function)
    assert "RotationEnabled" not in sm.describe_secret(SecretId=secret["ARN"])


@case("SM-613", TERRAFORM)
def test_a_rotation_that_failed_is_in_the_way_and_harms_nothing(sm, functions, secret):
    function = functions.function(THROWING)
    reply = sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function)
    with refused("InvalidRequestException", INCOMPLETE):
        sm.rotate_secret(SecretId=secret["ARN"])
    assert labels(sm, secret["ARN"])[reply["VersionId"]] == ["AWSPENDING"]
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"
    with refused("ResourceNotFoundException"):
        sm.get_secret_value(SecretId=secret["ARN"], VersionStage="AWSPENDING")


@case("SM-614", CLI_EXAMPLE)
def test_cancelling_keeps_function_and_rules(sm, functions, secret):
    function = functions.function(OBEDIENT)
    sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function, RotationRules=MONTHLY)
    rotated(sm, secret)
    reply = sm.cancel_rotate_secret(SecretId=secret["ARN"])
    assert members(reply) == {"ARN", "Name"}
    described = sm.describe_secret(SecretId=secret["ARN"])
    assert described["RotationEnabled"] is False
    assert described["RotationLambdaARN"] == function
    assert described["RotationRules"] == MONTHLY
    assert not {"LastRotatedDate", "NextRotationDate"} & members(described)


@case("SM-615", MODEL)
def test_cancelling_a_rotation_in_progress_names_its_version(sm, functions, secret):
    function = functions.function(THROWING)
    started = sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function)
    reply = sm.cancel_rotate_secret(SecretId=secret["ARN"])
    assert reply["VersionId"] == started["VersionId"]
    assert labels(sm, secret["ARN"])[started["VersionId"]] == ["AWSPENDING"]


@case("SM-616", VERIFIED)
def test_not_immediately_leaves_the_value_alone(sm, functions, secret):
    function = functions.function(OBEDIENT)
    sm.rotate_secret(
        SecretId=secret["ARN"],
        RotationLambdaARN=function,
        RotationRules=MONTHLY,
        RotateImmediately=False,
    )
    after = soon(
        lambda: labels(sm, secret["ARN"]),
        lambda labels: "AWSPENDING" not in sum(labels.values(), []),
        seconds=60,
    )
    assert after == {secret["VersionId"]: ["AWSCURRENT"]}
    described = sm.describe_secret(SecretId=secret["ARN"])
    assert described["RotationEnabled"] is True
    assert "LastRotatedDate" not in described
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"


@case("SM-617", USER_GUIDE)
def test_a_value_put_by_hand_abandons_the_rotation(sm, functions, secret):
    function = functions.function(THROWING)
    started = sm.rotate_secret(SecretId=secret["ARN"], RotationLambdaARN=function)
    put = sm.put_secret_value(SecretId=secret["ARN"], SecretString="by hand")
    after = labels(sm, secret["ARN"])
    assert started["VersionId"] not in after
    assert after[put["VersionId"]] == ["AWSCURRENT"]


@case("SM-619", USER_GUIDE)
def test_a_built_in_rotator_needs_no_deployment(sm, functions, create):
    secret = create(SecretString=json.dumps({"username": "app", "password": "old"}))
    sm.rotate_secret(
        SecretId=secret["ARN"],
        RotationLambdaARN=NO_SUCH_FUNCTION.replace(
            "no-such-function", "SecretsManagerRotationTemplate"
        ),
        RotationRules=MONTHLY,
    )
    rotated(sm, secret)
    value = json.loads(sm.get_secret_value(SecretId=secret["ARN"])["SecretString"])
    assert value["username"] == "app"
    assert value["password"] != "old"
