"""RestoreSecret."""

import pytest

from evidence import INFERRED, SNAPSHOT, case
from expect import INVALID_NAME, NOT_FOUND, members, refused


@case("SM-230", SNAPSHOT)
def test_the_reply_names_the_secret(sm, name, secret, scheduled):
    reply = sm.restore_secret(SecretId=name)
    assert members(reply) == {"ARN", "Name"}
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], name)


@case("SM-231", SNAPSHOT)
def test_the_deleted_date_is_gone(sm, scheduled):
    sm.restore_secret(SecretId=scheduled)
    assert "DeletedDate" not in sm.describe_secret(SecretId=scheduled)


@case("SM-232", SNAPSHOT)
def test_the_value_is_readable_again(sm, scheduled):
    sm.restore_secret(SecretId=scheduled)
    assert sm.get_secret_value(SecretId=scheduled)["SecretString"] == "one"


@case("SM-233", INFERRED)
def test_tags_policy_and_versions_survive(sm, create):
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Principal":{"AWS":"arn:aws:iam::123456789012:root"},'
        '"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'
    )
    arn = create(SecretString="one", Description="d", Tags=[{"Key": "k", "Value": "v"}])["ARN"]
    sm.put_secret_value(SecretId=arn, SecretString="two")
    sm.put_resource_policy(SecretId=arn, ResourcePolicy=policy)
    before = sm.describe_secret(SecretId=arn)
    sm.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    sm.restore_secret(SecretId=arn)
    after = sm.describe_secret(SecretId=arn)
    for member in ["Description", "Tags", "VersionIdsToStages"]:
        assert after[member] == before[member]
    assert "ResourcePolicy" in sm.get_resource_policy(SecretId=arn)


@case("SM-234", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.restore_secret(SecretId=name)


@case("SM-235", INFERRED)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.restore_secret(SecretId="Inv Name")


@case("SM-236", INFERRED)
def test_a_secret_deleted_by_force_does_not_come_back(sm, secret):
    sm.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
    with pytest.raises(
        (sm.exceptions.ResourceNotFoundException, sm.exceptions.InvalidRequestException)
    ):
        sm.restore_secret(SecretId=secret["ARN"])
