"""PutSecretValue."""

import pytest

from evidence import INFERRED, MODEL, SECOND_HAND, SNAPSHOT, USER_GUIDE, VERIFIED, case
from expect import (
    INVALID_NAME,
    MARKED_FOR_DELETION,
    NOT_FOUND,
    labels,
    members,
    refused,
    token,
)


@pytest.fixture
def put(sm, secret):
    """Puts a value into `secret` and answers the new version's id."""

    def put(value, *stages):
        chosen = {"VersionStages": list(stages)} if stages else {}
        return sm.put_secret_value(SecretId=secret["ARN"], SecretString=value, **chosen)[
            "VersionId"
        ]

    return put


@case("SM-149", SNAPSHOT)
def test_the_reply_names_secret_version_and_labels(sm, name, secret):
    sent = token()
    reply = sm.put_secret_value(SecretId=name, SecretString="two", ClientRequestToken=sent)
    assert members(reply) == {"ARN", "Name", "VersionId", "VersionStages"}
    assert (reply["ARN"], reply["Name"], reply["VersionId"]) == (secret["ARN"], name, sent)
    assert reply["VersionStages"] == ["AWSCURRENT"]


@case("SM-150", SNAPSHOT)
def test_a_new_value_becomes_current_and_the_old_one_previous(sm, secret, put):
    second = put("two")
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT"],
    }


@case("SM-151", SNAPSHOT)
def test_named_labels_are_attached_and_awscurrent_stays(sm, secret, put):
    second = put("two", "AWSPENDING")
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSCURRENT"],
        second: ["AWSPENDING"],
    }


@case("SM-152", SNAPSHOT)
def test_a_custom_label_may_begin_with_aws(sm, secret, put):
    second = put("two", "AWSSOMETHING")
    assert labels(sm, secret["ARN"])[second] == ["AWSSOMETHING"]


@case("SM-153", SNAPSHOT)
def test_awscurrent_among_named_labels_moves_as_usual(sm, secret, put):
    second = put("two", "AWSCURRENT", "PUT0")
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT", "PUT0"],
    }


@case("SM-154", SNAPSHOT)
def test_custom_labels_stay_on_the_version_that_becomes_previous(sm, secret, put):
    second, third = put("two", "AWSCURRENT", "PUT0"), put("three")
    assert labels(sm, secret["ARN"]) == {second: ["AWSPREVIOUS", "PUT0"], third: ["AWSCURRENT"]}


@case("SM-155", SNAPSHOT)
def test_a_custom_label_keeps_a_version_that_was_previous(sm, secret, put):
    second, third, fourth = put("two", "AWSCURRENT", "PUT0"), put("three"), put("four")
    assert labels(sm, secret["ARN"]) == {
        second: ["PUT0"],
        third: ["AWSPREVIOUS"],
        fourth: ["AWSCURRENT"],
    }


@case("SM-156", SNAPSHOT)
def test_moving_a_custom_label_leaves_current_and_previous_alone(sm, secret, put):
    second, third, fourth = put("two"), put("three", "blue"), put("four", "blue")
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT"],
        fourth: ["blue"],
    }
    assert third not in labels(sm, secret["ARN"])


@case("SM-157", SNAPSHOT)
def test_a_version_robbed_of_all_its_labels_is_gone_from_the_list(sm, secret, put):
    second = put("two", "one", "two", "three")
    third = put("three", "one", "two", "three", "four")
    assert second not in labels(sm, secret["ARN"])
    assert labels(sm, secret["ARN"])[third] == ["four", "one", "three", "two"]


@case("SM-158", SNAPSHOT)
def test_a_version_robbed_of_some_labels_keeps_the_rest(sm, secret, put):
    second, third = put("two", "one", "two", "three"), put("three", "one", "two", "four")
    assert labels(sm, secret["ARN"])[second] == ["three"]
    assert labels(sm, secret["ARN"])[third] == ["four", "one", "two"]


@case("SM-159", SNAPSHOT)
def test_the_first_version_is_current(sm, create):
    arn = create()["ARN"]
    assert sm.put_secret_value(SecretId=arn, SecretString="v")["VersionStages"] == ["AWSCURRENT"]
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == "v"


@case("SM-160", MODEL)
def test_the_first_version_is_current_whatever_labels_are_named(sm, create):
    arn = create()["ARN"]
    version = sm.put_secret_value(SecretId=arn, SecretString="v", VersionStages=["blue"])[
        "VersionId"
    ]
    assert labels(sm, arn) == {version: ["AWSCURRENT", "blue"]}


@case("SM-161", SNAPSHOT)
def test_a_pending_label_on_the_current_version_goes_with_the_next_value(sm, secret, put):
    second = put("two", "AWSPENDING")
    sm.update_secret_version_stage(
        SecretId=secret["ARN"],
        VersionStage="AWSCURRENT",
        MoveToVersionId=second,
        RemoveFromVersionId=secret["VersionId"],
    )
    third = put("three")
    assert labels(sm, secret["ARN"]) == {second: ["AWSPREVIOUS"], third: ["AWSCURRENT"]}


@case("SM-162", SNAPSHOT)
def test_the_next_pending_version_takes_the_label_from_the_current_one(sm, secret, put):
    second = put("two", "AWSPENDING")
    sm.update_secret_version_stage(
        SecretId=secret["ARN"],
        VersionStage="AWSCURRENT",
        MoveToVersionId=second,
        RemoveFromVersionId=secret["VersionId"],
    )
    third = put("three", "AWSPENDING")
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT"],
        third: ["AWSPENDING"],
    }


@case("SM-163", USER_GUIDE)
def test_a_new_current_value_takes_the_pending_label_off_a_third_version(sm, secret, put):
    put("two", "AWSPENDING")
    third = put("three")
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        third: ["AWSCURRENT"],
    }


@case("SM-164", SNAPSHOT)
def test_string_and_binary_values_may_follow_each_other(sm, secret):
    sm.put_secret_value(SecretId=secret["ARN"], SecretBinary=b"two")
    current = sm.get_secret_value(SecretId=secret["ARN"])
    assert current["SecretBinary"] == b"two" and "SecretString" not in current
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="three")
    current = sm.get_secret_value(SecretId=secret["ARN"])
    assert current["SecretString"] == "three" and "SecretBinary" not in current


@case("SM-165", VERIFIED)
def test_a_repeat_with_the_same_token_and_value_changes_nothing(sm, secret):
    request = {"SecretId": secret["ARN"], "SecretString": "two", "ClientRequestToken": token()}
    first, again = sm.put_secret_value(**request), sm.put_secret_value(**request)
    assert {key: first[key] for key in members(first)} == {
        key: again[key] for key in members(again)
    }
    assert len(sm.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]) == 2


@case("SM-166", VERIFIED)
def test_a_repeat_answers_the_labels_of_today(sm, secret, put):
    reply = sm.put_secret_value(
        SecretId=secret["ARN"], SecretString="two", ClientRequestToken=(sent := token())
    )
    assert reply["VersionStages"] == ["AWSCURRENT"]
    put("three")
    again = sm.put_secret_value(SecretId=secret["ARN"], SecretString="two", ClientRequestToken=sent)
    assert again["VersionStages"] == ["AWSPREVIOUS"]


@case("SM-167", INFERRED)
def test_a_repeat_with_other_labels_moves_none(sm, secret):
    sent = token()
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two", ClientRequestToken=sent)
    before = labels(sm, secret["ARN"])
    sm.put_secret_value(
        SecretId=secret["ARN"], SecretString="two", ClientRequestToken=sent, VersionStages=["blue"]
    )
    assert labels(sm, secret["ARN"]) == before


@case("SM-168", VERIFIED)
def test_the_same_token_with_another_value_is_refused(sm, secret):
    with refused(
        "ResourceExistsException",
        f"You can't use ClientRequestToken {secret['VersionId']} because that value is already in use "
        f"for a version of secret {secret['ARN']}.",
    ):
        sm.put_secret_value(
            SecretId=secret["ARN"], SecretString="two", ClientRequestToken=secret["VersionId"]
        )


@case("SM-169", SNAPSHOT)
def test_the_same_value_with_a_new_token_is_a_new_version(sm, secret, put):
    second = put("one")
    assert labels(sm, secret["ARN"]) == {
        secret["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT"],
    }


@case("SM-170", INFERRED)
def test_no_value_at_all_is_refused(sm, secret):
    with refused("InvalidRequestException"):
        sm.put_secret_value(SecretId=secret["ARN"])


@case("SM-171", SECOND_HAND)
def test_both_kinds_of_value_at_once_are_refused(sm, secret):
    with refused(
        "InvalidParameterException",
        "You can't specify both a binary secret value and a string secret value in the same secret.",
    ):
        sm.put_secret_value(SecretId=secret["ARN"], SecretString="v", SecretBinary=b"v")


@case("SM-172", USER_GUIDE)
def test_twenty_labels_fit_on_a_secret_and_no_more(sm, secret, put):
    put("two", *(f"label-{number}" for number in range(19)))
    with refused("LimitExceededException"):
        put("three", "one-too-many")


@case("SM-173", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.put_secret_value(SecretId=name, SecretString="v")


@case("SM-174", SNAPSHOT)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.put_secret_value(SecretId="Inv Name", SecretString="v")


@case("SM-175", INFERRED)
def test_a_secret_scheduled_for_deletion_takes_no_value(sm, scheduled):
    with refused("InvalidRequestException", MARKED_FOR_DELETION):
        sm.put_secret_value(SecretId=scheduled, SecretString="two")
