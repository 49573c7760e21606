"""GetSecretValue."""

from datetime import datetime, timedelta, timezone

import pytest

from evidence import INFERRED, ISSUE, MODEL, SNAPSHOT, case
from expect import INVALID_NAME, MARKED_FOR_DELETION, NOT_FOUND, members, refused, token


def no_label(label):
    return f"Secrets Manager can't find the specified secret value for staging label: {label}"


@case("SM-032", SNAPSHOT)
def test_a_string_value_comes_with_its_version(sm, name, secret):
    reply = sm.get_secret_value(SecretId=name)
    assert members(reply) == {
        "ARN",
        "Name",
        "VersionId",
        "SecretString",
        "VersionStages",
        "CreatedDate",
    }
    assert reply["ARN"] == secret["ARN"]
    assert reply["Name"] == name
    assert reply["VersionId"] == secret["VersionId"]
    assert reply["SecretString"] == "one"
    assert reply["VersionStages"] == ["AWSCURRENT"]


@case("SM-033", SNAPSHOT)
def test_a_binary_value_comes_without_a_string(sm, create):
    reply = sm.get_secret_value(SecretId=create(SecretBinary=b"\x00\xff")["ARN"])
    assert reply["SecretBinary"] == b"\x00\xff"
    assert "SecretString" not in reply


@case("SM-034", MODEL)
def test_the_default_stage_is_awscurrent(sm, secret):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "two"


@case("SM-035", MODEL)
def test_a_stage_selects_the_version(sm, secret):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    reply = sm.get_secret_value(SecretId=secret["ARN"], VersionStage="AWSPREVIOUS")
    assert reply["SecretString"] == "one"
    assert reply["VersionId"] == secret["VersionId"]


@case("SM-036", MODEL)
def test_a_version_id_selects_the_version_whatever_its_labels(sm, secret):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    reply = sm.get_secret_value(SecretId=secret["ARN"], VersionId=secret["VersionId"])
    assert reply["SecretString"] == "one"
    assert reply["VersionStages"] == ["AWSPREVIOUS"]


@case("SM-037", MODEL)
def test_all_labels_of_the_version_are_answered(sm, secret):
    version = sm.put_secret_value(
        SecretId=secret["ARN"], SecretString="two", VersionStages=["AWSCURRENT", "blue"]
    )
    reply = sm.get_secret_value(SecretId=secret["ARN"], VersionId=version["VersionId"])
    assert sorted(reply["VersionStages"]) == ["AWSCURRENT", "blue"]


@case("SM-038", MODEL)
def test_the_created_date_is_that_of_the_version(sm, secret):
    first = sm.get_secret_value(SecretId=secret["ARN"])["CreatedDate"]
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    current = sm.get_secret_value(SecretId=secret["ARN"])
    previous = sm.get_secret_value(SecretId=secret["ARN"], VersionStage="AWSPREVIOUS")
    assert previous["CreatedDate"] == first
    assert current["CreatedDate"] >= first
    assert abs(datetime.now(timezone.utc) - current["CreatedDate"]) < timedelta(minutes=1)


@case("SM-039", SNAPSHOT)
def test_version_and_stage_together_must_agree(sm, secret):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    with refused(
        "InvalidRequestException",
        "You provided a VersionStage that is not associated to the provided VersionId.",
    ):
        sm.get_secret_value(
            SecretId=secret["ARN"], VersionId=secret["VersionId"], VersionStage="AWSCURRENT"
        )


@case("SM-040", SNAPSHOT)
def test_version_and_stage_that_agree_are_answered(sm, secret):
    reply = sm.get_secret_value(
        SecretId=secret["ARN"], VersionId=secret["VersionId"], VersionStage="AWSCURRENT"
    )
    assert reply["SecretString"] == "one"


@case("SM-041", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=name)


@case("SM-042", SNAPSHOT)
def test_a_secret_without_a_value_lacks_awscurrent(sm, create):
    with refused("ResourceNotFoundException", no_label("AWSCURRENT")):
        sm.get_secret_value(SecretId=create()["ARN"])


@pytest.mark.parametrize("label", ["AWSPREVIOUS", "AWSPENDING", "blue"])
@case("SM-043", SNAPSHOT)
def test_a_label_on_no_version_is_not_found(sm, secret, label):
    with refused("ResourceNotFoundException", no_label(label)):
        sm.get_secret_value(SecretId=secret["ARN"], VersionStage=label)


@case("SM-044", SNAPSHOT)
def test_an_unknown_version_is_not_found(sm, secret):
    unknown = token()
    with refused(
        "ResourceNotFoundException",
        f"Secrets Manager can't find the specified secret value for VersionId: {unknown}",
    ):
        sm.get_secret_value(SecretId=secret["ARN"], VersionId=unknown)


@case("SM-045", INFERRED)
def test_an_unknown_version_with_a_stage_is_not_found(sm, secret):
    with refused("ResourceNotFoundException"):
        sm.get_secret_value(SecretId=secret["ARN"], VersionId=token(), VersionStage="AWSCURRENT")


@case("SM-046", SNAPSHOT)
def test_labels_differ_by_case(sm, secret):
    with refused("ResourceNotFoundException", no_label("awscurrent")):
        sm.get_secret_value(SecretId=secret["ARN"], VersionStage="awscurrent")


@case("SM-047", SNAPSHOT)
def test_an_invalid_name_is_refused_before_existence(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.get_secret_value(SecretId="Inv Name")


@case("SM-048", ISSUE)
def test_a_secret_scheduled_for_deletion_is_not_read(sm, scheduled):
    with refused("InvalidRequestException", MARKED_FOR_DELETION):
        sm.get_secret_value(SecretId=scheduled)


@case("SM-049", INFERRED)
def test_a_deprecated_version_is_still_read_by_its_id(sm, secret):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="three")
    reply = sm.get_secret_value(SecretId=secret["ARN"], VersionId=secret["VersionId"])
    assert reply["SecretString"] == "one"
    assert not reply.get("VersionStages")


@case("SM-050", SNAPSHOT)
def test_a_secret_never_read_has_no_access_date(sm, secret):
    assert "LastAccessedDate" not in sm.describe_secret(SecretId=secret["ARN"])


@case("SM-051", MODEL)
def test_reading_sets_the_access_date_to_midnight_utc(sm, secret):
    sm.get_secret_value(SecretId=secret["ARN"])
    accessed = sm.describe_secret(SecretId=secret["ARN"])["LastAccessedDate"].astimezone(
        timezone.utc
    )
    assert (accessed.hour, accessed.minute, accessed.second, accessed.microsecond) == (0, 0, 0, 0)
    assert timedelta(0) <= datetime.now(timezone.utc) - accessed < timedelta(days=1, minutes=1)


@case("SM-052", MODEL)
def test_reading_sets_the_access_date_of_the_version(sm, secret):
    sm.get_secret_value(SecretId=secret["ARN"])
    [version] = sm.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]
    assert (
        version["LastAccessedDate"]
        == sm.describe_secret(SecretId=secret["ARN"])["LastAccessedDate"]
    )


@case("SM-053", MODEL)
def test_a_failed_read_leaves_no_access_date(sm, secret):
    with refused("ResourceNotFoundException"):
        sm.get_secret_value(SecretId=secret["ARN"], VersionStage="blue")
    assert "LastAccessedDate" not in sm.describe_secret(SecretId=secret["ARN"])
