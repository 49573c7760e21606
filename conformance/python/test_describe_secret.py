"""DescribeSecret."""

import time

from evidence import INFERRED, MODEL, SNAPSHOT, case
from expect import INVALID_NAME, NOT_FOUND, labels, members, refused


@case("SM-072", SNAPSHOT)
def test_a_fresh_secret_has_five_members(sm, name, secret):
    reply = sm.describe_secret(SecretId=name)
    assert members(reply) == {"ARN", "Name", "CreatedDate", "LastChangedDate", "VersionIdsToStages"}
    assert reply["ARN"] == secret["ARN"]
    assert reply["VersionIdsToStages"] == {secret["VersionId"]: ["AWSCURRENT"]}


@case("SM-073", SNAPSHOT)
def test_rotation_is_absent_before_it_was_ever_configured(sm, secret):
    reply = sm.describe_secret(SecretId=secret["ARN"])
    assert not {
        "RotationEnabled",
        "RotationRules",
        "LastRotatedDate",
        "NextRotationDate",
    } & members(reply)


@case("SM-074", SNAPSHOT)
def test_the_default_key_is_not_named(sm, secret):
    assert "KmsKeyId" not in sm.describe_secret(SecretId=secret["ARN"])


@case("SM-075", INFERRED)
def test_the_default_key_named_explicitly_is_not_named_either(sm, create):
    arn = create(SecretString="v", KmsKeyId="alias/aws/secretsmanager")["ARN"]
    assert "KmsKeyId" not in sm.describe_secret(SecretId=arn)


@case("SM-076", MODEL)
def test_a_secret_without_replicas_has_no_primary_region(sm, secret):
    assert not {"PrimaryRegion", "ReplicationStatus"} & members(
        sm.describe_secret(SecretId=secret["ARN"])
    )


@case("SM-077", MODEL)
def test_a_secret_of_ones_own_has_no_owning_service(sm, secret):
    assert "OwningService" not in sm.describe_secret(SecretId=secret["ARN"])


@case("SM-078", SNAPSHOT)
def test_a_version_without_labels_is_left_out(sm, secret):
    second = sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")["VersionId"]
    third = sm.put_secret_value(SecretId=secret["ARN"], SecretString="three")["VersionId"]
    assert labels(sm, secret["ARN"]) == {second: ["AWSPREVIOUS"], third: ["AWSCURRENT"]}


@case("SM-079", SNAPSHOT)
def test_a_secret_scheduled_for_deletion_is_described_with_its_versions(sm, secret, scheduled):
    reply = sm.describe_secret(SecretId=scheduled)
    assert "DeletedDate" in reply
    assert reply["VersionIdsToStages"] == {secret["VersionId"]: ["AWSCURRENT"]}


@case("SM-080", SNAPSHOT)
def test_an_active_secret_has_no_deleted_date(sm, secret):
    assert "DeletedDate" not in sm.describe_secret(SecretId=secret["ARN"])


@case("SM-081", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.describe_secret(SecretId=name)


@case("SM-082", SNAPSHOT)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.describe_secret(SecretId=" Inv*Name? ")


@case("SM-083", MODEL)
def test_a_new_value_advances_the_changed_date(sm, secret):
    before = sm.describe_secret(SecretId=secret["ARN"])
    time.sleep(0.01)  # Dates have milliseconds.
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    after = sm.describe_secret(SecretId=secret["ARN"])
    assert after["LastChangedDate"] > before["LastChangedDate"]
    assert after["CreatedDate"] == before["CreatedDate"]


@case("SM-084", MODEL)
def test_reading_does_not_change_the_changed_date(sm, secret):
    before = sm.describe_secret(SecretId=secret["ARN"])
    sm.get_secret_value(SecretId=secret["ARN"])
    assert (
        sm.describe_secret(SecretId=secret["ARN"])["LastChangedDate"] == before["LastChangedDate"]
    )
