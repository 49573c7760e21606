"""DeleteSecret and what a secret scheduled for deletion still does."""

from datetime import datetime, timedelta, timezone

import pytest

from evidence import INFERRED, MODEL, SECOND_HAND, SNAPSHOT, case
from expect import INVALID_NAME, MARKED_FOR_DELETION, NOT_FOUND, members, refused


def now():
    return datetime.now(timezone.utc)


@case("SM-214", MODEL)
def test_the_reply_names_the_secret_and_the_date(sm, name, secret):
    reply = sm.delete_secret(SecretId=name)
    assert members(reply) == {"ARN", "Name", "DeletionDate"}
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], name)


@case("SM-215", MODEL)
def test_the_recovery_window_is_thirty_days_by_default(sm, secret):
    date = sm.delete_secret(SecretId=secret["ARN"])["DeletionDate"]
    assert abs(date - now() - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize("days", [7, 8, 30])
@case("SM-216", MODEL)
def test_the_recovery_window_is_as_long_as_asked_for(sm, secret, days):
    date = sm.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=days)["DeletionDate"]
    assert abs(date - now() - timedelta(days=days)) < timedelta(minutes=1)


@pytest.mark.parametrize("days", [-1, 0, 1, 6, 31, 2**40])
@case("SM-217", SECOND_HAND)
def test_another_recovery_window_is_refused(sm, secret, days):
    with refused(
        "InvalidParameterException",
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    ):
        sm.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=days)
    assert "DeletedDate" not in sm.describe_secret(SecretId=secret["ARN"])


@case("SM-218", SECOND_HAND)
def test_force_and_a_recovery_window_exclude_each_other(sm, secret):
    with refused(
        "InvalidParameterException",
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    ):
        sm.delete_secret(
            SecretId=secret["ARN"], RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=True
        )


@case("SM-219", INFERRED)
def test_force_set_to_false_goes_with_a_recovery_window(sm, secret):
    sm.delete_secret(
        SecretId=secret["ARN"], RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=False
    )
    assert "DeletedDate" in sm.describe_secret(SecretId=secret["ARN"])


@case("SM-220", MODEL)
def test_force_deletes_as_of_now(sm, secret):
    date = sm.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)["DeletionDate"]
    assert abs(date - now()) < timedelta(minutes=1)


@case("SM-221", SNAPSHOT)
def test_force_makes_the_value_unreadable_at_once(sm, secret):
    sm.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
    with pytest.raises(
        (sm.exceptions.ResourceNotFoundException, sm.exceptions.InvalidRequestException)
    ):
        sm.get_secret_value(SecretId=secret["ARN"])


@case("SM-222", SNAPSHOT)
def test_force_on_an_unknown_name_succeeds(sm, name):
    reply = sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert members(reply) == {"ARN", "Name", "DeletionDate"}
    assert reply["Name"] == name
    assert f":secret:{name}" in reply["ARN"]


@case("SM-223", SNAPSHOT)
def test_force_on_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.delete_secret(SecretId="Inv Name", ForceDeleteWithoutRecovery=True)


@case("SM-224", SNAPSHOT)
def test_force_ends_a_recovery_window(sm, scheduled):
    date = sm.delete_secret(SecretId=scheduled, ForceDeleteWithoutRecovery=True)["DeletionDate"]
    assert abs(date - now()) < timedelta(minutes=1)


@case("SM-225", SNAPSHOT)
def test_an_unknown_secret_is_not_found_without_force(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.delete_secret(SecretId=name)


@case("SM-226", INFERRED)
def test_an_invalid_name_is_refused_without_force(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.delete_secret(SecretId="Inv Name")


@case("SM-227", INFERRED)
def test_a_deletion_date_is_described_as_deleted_date(sm, secret):
    date = sm.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=7)["DeletionDate"]
    described = sm.describe_secret(SecretId=secret["ARN"])["DeletedDate"]
    assert abs(described - date) < timedelta(seconds=1)


@case("SM-228", INFERRED)
def test_every_write_is_refused_while_scheduled(sm, scheduled):
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Principal":{"AWS":"arn:aws:iam::123456789012:root"},'
        '"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'
    )
    for call in [
        lambda: sm.put_secret_value(SecretId=scheduled, SecretString="v"),
        lambda: sm.update_secret(SecretId=scheduled, SecretString="v"),
        lambda: sm.get_resource_policy(SecretId=scheduled),
        lambda: sm.put_resource_policy(SecretId=scheduled, ResourcePolicy=policy),
        lambda: sm.delete_resource_policy(SecretId=scheduled),
        lambda: sm.replicate_secret_to_regions(
            SecretId=scheduled, AddReplicaRegions=[{"Region": "us-west-2"}]
        ),
    ]:
        with refused("InvalidRequestException", MARKED_FOR_DELETION):
            call()


@case("SM-229", INFERRED)
def test_a_version_is_not_read_by_id_while_scheduled(sm, secret, scheduled):
    with refused("InvalidRequestException", MARKED_FOR_DELETION):
        sm.get_secret_value(SecretId=scheduled, VersionId=secret["VersionId"])
