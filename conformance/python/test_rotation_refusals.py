"""RotateSecret and CancelRotateSecret, as far as they need no function."""

from evidence import INFERRED, SNAPSHOT, case
from expect import INVALID_NAME, MARKED_FOR_DELETION, NOT_FOUND, TOKEN_MISSING, members, refused


@case("SM-332", SNAPSHOT)
def test_a_rotation_needs_a_token(wire, secret):
    # The code is not the one that CreateSecret and PutSecretValue use.
    reply = wire.post("RotateSecret", {"SecretId": secret["ARN"]})
    assert (reply.status, *reply.error) == (400, "InvalidParameterException", TOKEN_MISSING)


@case("SM-333", SNAPSHOT)
def test_a_missing_token_is_noticed_before_a_missing_secret(wire, name):
    reply = wire.post("RotateSecret", {"SecretId": name})
    assert reply.error == ("InvalidParameterException", TOKEN_MISSING)


@case("SM-334", SNAPSHOT)
def test_a_rotation_needs_a_function(sm, secret):
    with refused(
        "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.",
    ):
        sm.rotate_secret(SecretId=secret["ARN"])


@case("SM-335", SNAPSHOT)
def test_a_function_that_does_not_exist_cannot_be_invoked(sm, secret):
    with refused(
        "AccessDeniedException",
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy "
        "grants access to the principal secretsmanager.amazonaws.com.",
    ):
        sm.rotate_secret(
            SecretId=secret["ARN"],
            RotationLambdaARN="arn:aws:lambda:us-east-1:123456789012:function:no-such-function",
            RotationRules={"AutomaticallyAfterDays": 30},
        )


@case("SM-336", SNAPSHOT)
def test_a_refused_rotation_leaves_no_trace(sm, secret):
    with refused("AccessDeniedException"):
        sm.rotate_secret(
            SecretId=secret["ARN"],
            RotationLambdaARN="arn:aws:lambda:us-east-1:123456789012:function:no-such-function",
            RotationRules={"AutomaticallyAfterDays": 30},
        )
    described = sm.describe_secret(SecretId=secret["ARN"])
    assert not {"RotationEnabled", "RotationLambdaARN", "RotationRules"} & members(described)
    assert described["VersionIdsToStages"] == {secret["VersionId"]: ["AWSCURRENT"]}


@case("SM-337", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.rotate_secret(SecretId=name)


@case("SM-338", INFERRED)
def test_an_unknown_secret_is_not_found_by_cancel(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.cancel_rotate_secret(SecretId=name)


@case("SM-339", INFERRED)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.rotate_secret(SecretId="Inv Name")


@case("SM-340", INFERRED)
def test_a_secret_scheduled_for_deletion_is_not_rotated(sm, scheduled):
    with refused("InvalidRequestException", MARKED_FOR_DELETION):
        sm.rotate_secret(SecretId=scheduled)


@case("SM-341", INFERRED)
def test_a_secret_never_rotated_has_no_rotation_to_cancel(sm, secret):
    with refused("InvalidRequestException"):
        sm.cancel_rotate_secret(SecretId=secret["ARN"])
