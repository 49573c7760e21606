"""CreateSecret."""

import re
import time
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from evidence import (
    INFERRED,
    MODEL,
    PUBLIC_OUTPUT,
    SECOND_HAND,
    SNAPSHOT,
    USER_GUIDE,
    VERIFIED,
    case,
)
from expect import INVALID_NAME, members, refused, token


@case("SM-001", SNAPSHOT)
def test_a_secret_with_a_value_answers_arn_name_and_version(sm, name, create):
    reply = create(SecretString="s3cr3t")
    assert members(reply) == {"ARN", "Name", "VersionId"}
    assert reply["Name"] == name


@case("SM-002", SNAPSHOT)
def test_a_secret_without_a_value_answers_no_version(create):
    assert members(create()) == {"ARN", "Name"}


@case("SM-003", SNAPSHOT)
def test_a_token_without_a_value_makes_no_version(create):
    assert "VersionId" not in create(ClientRequestToken=token())


@case("SM-004", SNAPSHOT)
def test_a_secret_created_without_a_value_describes_no_versions(sm, create):
    assert "VersionIdsToStages" not in sm.describe_secret(SecretId=create()["ARN"])


@case("SM-005", SNAPSHOT)
def test_the_arn_is_the_name_and_six_random_characters(name, create):
    arn = create(SecretString="v")["ARN"]
    pattern = (
        rf"arn:aws:secretsmanager:us-east-1:\d{{12}}:secret:{re.escape(name)}-[A-Za-z0-9]{{6}}"
    )
    assert re.fullmatch(pattern, arn)


@case("SM-006", MODEL)
def test_the_version_id_is_the_token(create):
    sent = token()
    assert create(SecretString="v", ClientRequestToken=sent)["VersionId"] == sent


@case("SM-007", PUBLIC_OUTPUT)
def test_a_token_need_not_be_a_uuid(create):
    sent = "terraform-20260122031246442400000001"
    assert create(SecretString="v", ClientRequestToken=sent)["VersionId"] == sent


@case("SM-008", MODEL)
def test_a_binary_value_is_kept_byte_for_byte(sm, create):
    value = bytes(range(256))
    arn = create(SecretBinary=value)["ARN"]
    assert sm.get_secret_value(SecretId=arn)["SecretBinary"] == value


@case("SM-009", MODEL)
def test_a_string_value_is_kept_character_for_character(sm, create):
    value = ' {"not": json,\n\t"tail": "äöü 🗝"} '
    arn = create(SecretString=value)["ARN"]
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == value


@case("SM-010", MODEL)
def test_a_value_may_be_65536_bytes_long(sm, create):
    value = "x" * 65536
    arn = create(SecretString=value)["ARN"]
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == value


@case("SM-011", SECOND_HAND)
def test_both_kinds_of_value_at_once_are_refused(create):
    with refused(
        "InvalidParameterException",
        "You can't specify both a binary secret value and a string secret value in the same secret.",
    ):
        create(SecretString="v", SecretBinary=b"v")


@case("SM-012", SNAPSHOT)
def test_a_taken_name_is_refused(name, secret, create):
    with refused(
        "ResourceExistsException",
        f"The operation failed because the secret {name} already exists.",
    ):
        create(SecretString="one")


@case("SM-013", SNAPSHOT)
def test_the_name_of_a_secret_scheduled_for_deletion_is_refused(scheduled, create):
    with refused(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    ):
        create(SecretString="two")


@pytest.mark.parametrize("bad", ["Inv Name", " Inv Name", " Inv*Name? ", r" Inv *?!]Name\-"])
@case("SM-014", SNAPSHOT)
def test_a_name_with_other_characters_is_refused(create, bad):
    with refused("ValidationException", INVALID_NAME):
        create(Name=bad, SecretString="v")


@case("SM-015", INFERRED)
def test_a_name_that_looks_like_an_arn_is_refused(create):
    with refused("ValidationException", INVALID_NAME):
        create(Name="arn:aws:secretsmanager:us-east-1:123456789012:secret:x", SecretString="v")


@pytest.mark.parametrize("tail", ["-a1b2", "-a1b2c3", "-a1b2c3-", "/_+=.@-"])
@case("SM-016", SNAPSHOT)
def test_every_legal_character_may_be_in_a_name(name, create, tail):
    assert create(Name=name + tail, SecretString="v")["Name"] == name + tail


@case("SM-017", USER_GUIDE)
def test_a_name_may_begin_with_a_slash(name, create):
    assert create(Name="/" + name, SecretString="v")["Name"] == "/" + name


@case("SM-018", USER_GUIDE)
def test_names_differ_by_case(name, create):
    upper, lower = (
        create(Name=name + "A", SecretString="A"),
        create(Name=name + "a", SecretString="a"),
    )
    assert upper["ARN"] != lower["ARN"]


@case("SM-019", INFERRED)
def test_a_name_of_512_characters_is_answered_in_full(sm, name, create):
    long = name.ljust(512, "n")
    assert create(Name=long, SecretString="v")["Name"] == long
    assert sm.describe_secret(SecretId=long)["Name"] == long


@case("SM-020", SNAPSHOT)
def test_the_description_is_kept(sm, create):
    arn = create(SecretString="v", Description="Stripe API keys")["ARN"]
    assert sm.describe_secret(SecretId=arn)["Description"] == "Stripe API keys"


@case("SM-021", SNAPSHOT)
def test_an_empty_description_is_no_description(sm, create):
    arn = create(SecretString="v", Description="")["ARN"]
    assert "Description" not in sm.describe_secret(SecretId=arn)


@case("SM-022", MODEL)
def test_tags_are_kept(sm, create):
    tags = [{"Key": "env", "Value": "prod"}, {"Key": "team", "Value": ""}]
    arn = create(SecretString="v", Tags=tags)["ARN"]
    assert sorted(sm.describe_secret(SecretId=arn)["Tags"], key=lambda tag: tag["Key"]) == tags


@case("SM-023", INFERRED)
def test_a_tag_key_given_twice_is_refused(create):
    with refused("InvalidParameterException"):
        create(SecretString="v", Tags=[{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}])


@case("SM-024", VERIFIED)
def test_a_repeat_with_the_same_token_and_value_answers_the_same(create):
    sent = token()
    first = create(SecretString="v", ClientRequestToken=sent)
    again = create(SecretString="v", ClientRequestToken=sent)
    assert {key: first[key] for key in members(first)} == {
        key: again[key] for key in members(again)
    }


@case("SM-025", VERIFIED)
def test_a_repeat_with_the_same_token_and_another_value_is_refused(create):
    sent = token()
    arn = create(SecretString="v", ClientRequestToken=sent)["ARN"]
    with refused(
        "ResourceExistsException",
        f"You can't use ClientRequestToken {sent} because that value is already in use "
        f"for a version of secret {arn}.",
    ):
        create(SecretString="w", ClientRequestToken=sent)


@case("SM-026", VERIFIED)
def test_a_repeat_with_a_new_token_and_the_same_value_is_refused(name, create):
    create(SecretString="v", ClientRequestToken=token())
    with refused(
        "ResourceExistsException",
        f"The operation failed because the secret {name} already exists.",
    ):
        create(SecretString="v", ClientRequestToken=token())


@case("SM-027", INFERRED)
def test_a_repeat_with_another_description_changes_nothing(sm, create):
    sent = token()
    arn = create(SecretString="v", ClientRequestToken=sent, Description="first")["ARN"]
    create(SecretString="v", ClientRequestToken=sent, Description="second")
    assert sm.describe_secret(SecretId=arn)["Description"] == "first"


@case("SM-028", INFERRED)
def test_the_same_bytes_as_string_and_as_binary_are_different_values(create):
    sent = token()
    create(SecretString="v", ClientRequestToken=sent)
    with refused("ResourceExistsException"):
        create(SecretBinary=b"v", ClientRequestToken=sent)


@case("SM-029", INFERRED)
def test_created_and_changed_dates_start_equal(sm, secret):
    described = sm.describe_secret(SecretId=secret["ARN"])
    assert described["LastChangedDate"] - described["CreatedDate"] < timedelta(seconds=1)
    assert abs(datetime.now(timezone.utc) - described["CreatedDate"]) < timedelta(minutes=1)


@case("SM-030", USER_GUIDE)
def test_a_name_used_again_after_deletion_gets_another_arn(sm, name, create):
    first = create(SecretString="v")["ARN"]
    sm.delete_secret(SecretId=first, ForceDeleteWithoutRecovery=True)
    assert create_once_free(create)["ARN"] != first


def create_once_free(create, attempts=60):
    """Creates again as soon as the deleted secret's name is free; AWS takes some seconds."""
    for _ in range(attempts):
        try:
            return create(SecretString="v")
        except ClientError as error:
            if "already scheduled for deletion" not in str(error):
                raise
            time.sleep(0.5)
    pytest.fail("the name was not set free")


@case("SM-031", INFERRED)
def test_a_value_over_65536_bytes_is_refused_though_it_has_fewer_characters(create):
    # With which code is not published.
    with pytest.raises(ClientError) as caught:
        create(SecretString="ä" * 40000)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@case("SM-473", INFERRED)
def test_a_type_nobody_knows_is_refused(create):
    with refused("InvalidParameterException"):
        create(SecretString="{}", Type="NoSuchPartner")


@case("SM-487", INFERRED)
def test_an_exclamation_mark_may_be_in_a_name(name, create):
    # The error text counts it among the legal characters; the documentation does not.
    assert create(Name=name + "!x", SecretString="v")["Name"] == name + "!x"
