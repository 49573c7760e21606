"""UpdateSecret."""

import time

from evidence import INFERRED, MODEL, SECOND_HAND, SNAPSHOT, VERIFIED, case
from expect import (
    INVALID_NAME,
    MARKED_FOR_DELETION,
    NOT_FOUND,
    labels,
    members,
    refused,
    token,
)


@case("SM-176", SNAPSHOT)
def test_a_new_value_answers_its_version(sm, name, secret):
    sent = token()
    reply = sm.update_secret(SecretId=name, SecretString="two", ClientRequestToken=sent)
    assert members(reply) == {"ARN", "Name", "VersionId"}
    assert (reply["ARN"], reply["Name"], reply["VersionId"]) == (secret["ARN"], name, sent)


@case("SM-177", SNAPSHOT)
def test_a_new_value_moves_the_labels(sm, secret):
    second = sm.update_secret(SecretId=secret["ARN"], SecretString="two")["VersionId"]
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT"],
    }
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "two"


@case("SM-178", SNAPSHOT)
def test_nothing_to_change_is_no_error(sm, secret):
    assert members(sm.update_secret(SecretId=secret["ARN"])) == {"ARN", "Name"}
    assert labels(sm, secret["ARN"]) == {secret["VersionId"]: ["AWSCURRENT"]}


@case("SM-179", SNAPSHOT)
def test_a_description_alone_makes_no_version(sm, secret):
    reply = sm.update_secret(SecretId=secret["ARN"], Description="d")
    assert members(reply) == {"ARN", "Name"}
    assert sm.describe_secret(SecretId=secret["ARN"])["Description"] == "d"
    assert labels(sm, secret["ARN"]) == {secret["VersionId"]: ["AWSCURRENT"]}


@case("SM-180", SNAPSHOT)
def test_a_description_alone_advances_the_changed_date(sm, secret):
    before = sm.describe_secret(SecretId=secret["ARN"])["LastChangedDate"]
    time.sleep(0.01)  # Dates have milliseconds.
    sm.update_secret(SecretId=secret["ARN"], Description="d")
    assert sm.describe_secret(SecretId=secret["ARN"])["LastChangedDate"] > before


@case("SM-181", INFERRED)
def test_a_token_without_a_value_is_ignored(sm, secret):
    # SDKs send a token with every update, so this one is in use for the first version.
    reply = sm.update_secret(
        SecretId=secret["ARN"], Description="d", ClientRequestToken=secret["VersionId"]
    )
    assert members(reply) == {"ARN", "Name"}


@case("SM-182", INFERRED)
def test_an_empty_description_takes_it_away(sm, create):
    arn = create(SecretString="v", Description="d")["ARN"]
    sm.update_secret(SecretId=arn, Description="")
    assert "Description" not in sm.describe_secret(SecretId=arn)


@case("SM-183", MODEL)
def test_value_and_description_change_together(sm, secret):
    sm.update_secret(SecretId=secret["ARN"], SecretString="two", Description="d")
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "two"
    assert sm.describe_secret(SecretId=secret["ARN"])["Description"] == "d"


@case("SM-184", MODEL)
def test_a_value_alone_leaves_the_description(sm, create):
    arn = create(SecretString="one", Description="d")["ARN"]
    sm.update_secret(SecretId=arn, SecretString="two")
    assert sm.describe_secret(SecretId=arn)["Description"] == "d"


@case("SM-185", MODEL)
def test_a_binary_value_replaces_a_string(sm, secret):
    sm.update_secret(SecretId=secret["ARN"], SecretBinary=b"two")
    reply = sm.get_secret_value(SecretId=secret["ARN"])
    assert reply["SecretBinary"] == b"two" and "SecretString" not in reply


@case("SM-186", SNAPSHOT)
def test_the_same_value_with_a_new_token_is_a_new_version(sm, secret):
    second = sm.update_secret(SecretId=secret["ARN"], SecretString="one")["VersionId"]
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT"],
    }


@case("SM-187", VERIFIED)
def test_a_repeat_with_the_same_token_and_value_answers_its_version(sm, secret):
    request = {"SecretId": secret["ARN"], "SecretString": "two", "ClientRequestToken": token()}
    sm.update_secret(**request)
    before = labels(sm, secret["ARN"])
    assert sm.update_secret(**request)["VersionId"] == request["ClientRequestToken"]
    assert labels(sm, secret["ARN"]) == before


@case("SM-188", VERIFIED)
def test_the_same_token_with_another_value_is_refused(sm, secret):
    with refused(
        "ResourceExistsException",
        f"You can't use ClientRequestToken {secret['VersionId']} because that value is already in use "
        f"for a version of secret {secret['ARN']}.",
    ):
        sm.update_secret(
            SecretId=secret["ARN"], SecretString="two", ClientRequestToken=secret["VersionId"]
        )


@case("SM-189", SNAPSHOT)
def test_a_value_for_an_empty_secret_becomes_current(sm, create):
    arn = create()["ARN"]
    version = sm.update_secret(SecretId=arn, SecretString="v")["VersionId"]
    assert labels(sm, arn) == {version: ["AWSCURRENT"]}


@case("SM-190", SECOND_HAND)
def test_both_kinds_of_value_at_once_are_refused(sm, secret):
    with refused(
        "InvalidParameterException",
        "You can't specify both a binary secret value and a string secret value in the same secret.",
    ):
        sm.update_secret(SecretId=secret["ARN"], SecretString="v", SecretBinary=b"v")


@case("SM-191", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.update_secret(SecretId=name, SecretString="v")


@case("SM-192", SNAPSHOT)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.update_secret(SecretId="Inv Name", SecretString="v")


@case("SM-193", INFERRED)
def test_a_secret_scheduled_for_deletion_is_not_changed(sm, scheduled):
    for change in [{"SecretString": "two"}, {"Description": "d"}]:
        with refused("InvalidRequestException", MARKED_FOR_DELETION):
            sm.update_secret(SecretId=scheduled, **change)
