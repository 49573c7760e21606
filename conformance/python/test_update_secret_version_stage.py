"""UpdateSecretVersionStage."""

import pytest

from evidence import INFERRED, MODEL, SNAPSHOT, TERRAFORM, USER_GUIDE, VERIFIED, case
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
def first(secret):
    return secret["VersionId"]


@pytest.fixture
def second(sm, secret):
    """A second version that holds AWSPENDING only."""
    return sm.put_secret_value(
        SecretId=secret["ARN"], SecretString="two", VersionStages=["AWSPENDING"]
    )["VersionId"]


@pytest.fixture
def stage(sm, secret):
    """UpdateSecretVersionStage on `secret`."""

    def stage(label, to=None, away_from=None):
        request = {"SecretId": secret["ARN"], "VersionStage": label}
        request |= {"MoveToVersionId": to} if to else {}
        request |= {"RemoveFromVersionId": away_from} if away_from else {}
        return sm.update_secret_version_stage(**request)

    return stage


@case("SM-194", SNAPSHOT)
def test_the_reply_names_the_secret(name, secret, first, stage):
    reply = stage("blue", to=first)
    assert members(reply) == {"ARN", "Name"}
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], name)


@case("SM-195", MODEL)
def test_an_unused_label_is_attached(sm, secret, first, stage):
    stage("blue", to=first)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT", "blue"]}


@case("SM-196", VERIFIED)
def test_a_label_moves_when_its_holder_is_named(sm, secret, first, second, stage):
    stage("blue", to=first)
    stage("blue", to=second, away_from=first)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"], second: ["AWSPENDING", "blue"]}


@case("SM-197", VERIFIED)
def test_a_label_does_not_move_unless_its_holder_is_named(sm, secret, first, second, stage):
    with refused(
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached "
        f"to version {first}, so you must explicitly reference that version in RemoveFromVersionId.",
    ):
        stage("AWSCURRENT", to=second)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"], second: ["AWSPENDING"]}


@case("SM-198", INFERRED)
def test_a_label_does_not_move_from_a_version_that_lacks_it(sm, secret, first, second, stage):
    third = sm.put_secret_value(
        SecretId=secret["ARN"], SecretString="three", VersionStages=["blue"]
    )["VersionId"]
    with refused("InvalidParameterException"):
        stage("blue", to=first, away_from=second)
    assert labels(sm, secret["ARN"])[third] == ["blue"]


@case("SM-199", SNAPSHOT)
def test_moving_awscurrent_drags_awsprevious(sm, secret, first, second, stage):
    stage("AWSCURRENT", to=second, away_from=first)
    assert labels(sm, secret["ARN"])[first] == ["AWSPREVIOUS"]


@case("SM-200", SNAPSHOT)
def test_awspending_stays_on_the_version_that_becomes_current(sm, secret, first, second, stage):
    stage("AWSCURRENT", to=second, away_from=first)
    assert labels(sm, secret["ARN"])[second] == ["AWSCURRENT", "AWSPENDING"]


@case("SM-201", SNAPSHOT)
def test_rolling_back_swaps_current_and_previous(sm, secret, first, stage):
    later = sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")["VersionId"]
    stage("AWSCURRENT", to=first, away_from=later)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"], later: ["AWSPREVIOUS"]}
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"


@case("SM-202", SNAPSHOT)
def test_the_former_previous_version_loses_the_label(sm, secret, first, stage):
    two = sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")["VersionId"]
    three = sm.put_secret_value(
        SecretId=secret["ARN"], SecretString="three", VersionStages=["AWSPENDING"]
    )["VersionId"]
    stage("AWSCURRENT", to=three, away_from=two)
    assert labels(sm, secret["ARN"]) == {two: ["AWSPREVIOUS"], three: ["AWSCURRENT", "AWSPENDING"]}


@case("SM-203", SNAPSHOT)
def test_a_label_is_taken_off(sm, secret, first, second, stage):
    stage("AWSPENDING", away_from=second)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"]}


@case("SM-204", SNAPSHOT)
def test_a_custom_label_is_taken_off(sm, secret, first, stage):
    stage("blue", to=first)
    stage("blue", away_from=first)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"]}


@case("SM-205", TERRAFORM)
def test_awscurrent_is_never_taken_off(sm, secret, first, stage):
    with refused(
        "InvalidParameterException",
        "You can only move staging label AWSCURRENT to a different secret version. "
        "It can\N{RIGHT SINGLE QUOTATION MARK}t be completely removed.",
    ):
        stage("AWSCURRENT", away_from=first)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"]}


@case("SM-206", INFERRED)
def test_moving_a_label_to_where_it_is_changes_nothing(sm, secret, first, stage):
    stage("AWSCURRENT", to=first, away_from=first)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"]}


@case("SM-207", INFERRED)
def test_a_version_without_labels_can_be_labelled_again(sm, secret, first, stage):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    current = sm.put_secret_value(SecretId=secret["ARN"], SecretString="three")["VersionId"]
    stage("AWSCURRENT", to=first, away_from=current)
    assert labels(sm, secret["ARN"]) == {first: ["AWSCURRENT"], current: ["AWSPREVIOUS"]}


@case("SM-208", INFERRED)
def test_neither_version_is_refused(stage):
    with refused("InvalidParameterException"):
        stage("blue")


@case("SM-209", INFERRED)
def test_an_unknown_version_is_not_found(stage):
    with refused("ResourceNotFoundException"):
        stage("blue", to=token())


@case("SM-210", USER_GUIDE)
def test_the_twenty_first_label_is_refused(first, stage):
    for number in range(19):
        stage(f"label-{number}", to=first)
    with refused("LimitExceededException"):
        stage("one-too-many", to=first)


@case("SM-211", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.update_secret_version_stage(SecretId=name, VersionStage="blue", MoveToVersionId=token())


@case("SM-212", INFERRED)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.update_secret_version_stage(
            SecretId="Inv Name", VersionStage="blue", MoveToVersionId=token()
        )


@case("SM-213", INFERRED)
def test_a_secret_scheduled_for_deletion_keeps_its_labels(first, scheduled, stage):
    with refused("InvalidRequestException", MARKED_FOR_DELETION):
        stage("blue", to=first)
