"""Secrets under a key of one's own."""

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from conftest import ACCOUNT, OTHER_ACCOUNT
from evidence import INFERRED, ISSUE, MODEL, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import labels, members, refused

pytestmark = pytest.mark.needs_kms


@pytest.fixture
def key(kms):
    """The metadata of a fresh symmetric key."""
    metadata = kms.create_key(Description="conformance")["KeyMetadata"]
    yield metadata
    kms.schedule_key_deletion(KeyId=metadata["KeyId"], PendingWindowInDays=7)


@pytest.fixture
def alias(kms, key):
    name = f"alias/conformance-{uuid4().hex}"
    kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    yield name
    kms.delete_alias(AliasName=name)


@pytest.mark.parametrize("form", ["KeyId", "Arn"])
@case("SM-357", MODEL)
def test_the_key_is_described_as_it_was_given(sm, key, create, form):
    arn = create(SecretString="v", KmsKeyId=key[form])["ARN"]
    assert sm.describe_secret(SecretId=arn)["KmsKeyId"] == key[form]
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == "v"


@case("SM-358", MODEL)
def test_an_alias_names_a_key(sm, alias, create):
    arn = create(SecretString="v", KmsKeyId=alias)["ARN"]
    assert sm.describe_secret(SecretId=arn)["KmsKeyId"]
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == "v"


@case("SM-359", SNAPSHOT)
def test_a_version_lists_its_key(sm, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    [version] = sm.list_secret_version_ids(SecretId=arn)["Versions"]
    assert [listed.rpartition("/")[2] for listed in version["KmsKeyIds"]] == [key["KeyId"]]


@case("SM-360", MODEL)
def test_the_key_changes_without_a_new_version(sm, key, secret):
    reply = sm.update_secret(SecretId=secret["ARN"], KmsKeyId=key["Arn"])
    assert members(reply) == {"ARN", "Name"}
    assert labels(sm, secret["ARN"]) == {secret["VersionId"]: ["AWSCURRENT"]}
    assert sm.describe_secret(SecretId=secret["ARN"])["KmsKeyId"] == key["Arn"]
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"


@case("SM-361", MODEL)
def test_an_empty_key_id_goes_back_to_the_default_key(sm, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    sm.update_secret(SecretId=arn, KmsKeyId="")
    assert "KmsKeyId" not in sm.describe_secret(SecretId=arn)


@case("SM-362", USER_GUIDE)
def test_a_disabled_key_makes_its_secrets_unreadable(sm, kms, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    kms.disable_key(KeyId=key["KeyId"])
    with pytest.raises(ClientError, match="AccessDeniedException|DecryptionFailure"):
        sm.get_secret_value(SecretId=arn)
    kms.enable_key(KeyId=key["KeyId"])
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == "v"


@case("SM-363", USER_GUIDE)
def test_metadata_needs_no_key(sm, kms, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    kms.disable_key(KeyId=key["KeyId"])
    sm.describe_secret(SecretId=arn)
    sm.list_secret_version_ids(SecretId=arn)
    sm.tag_resource(SecretId=arn, Tags=[{"Key": "k", "Value": "v"}])
    kms.enable_key(KeyId=key["KeyId"])


@case("SM-364", ISSUE)
def test_a_key_that_does_not_exist_is_denied(create):
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        create(SecretString="v", KmsKeyId=f"arn:aws:kms:us-east-1:123456789012:key/{uuid4()}")


@case("SM-365", TERRAFORM)
def test_an_alias_without_its_prefix_is_refused(create):
    with refused(
        "InvalidParameterException",
        "The operation failed because of an invalid KMS key: Invalid keyId",
    ):
        create(SecretString="v", KmsKeyId="secrets-key")


@case("SM-366", USER_GUIDE)
def test_an_asymmetric_key_is_refused(kms, create):
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
    with pytest.raises(
        ClientError, match="InvalidParameterException|InvalidRequestException|EncryptionFailure"
    ):
        create(SecretString="v", KmsKeyId=key)


@case("SM-367", INFERRED)
def test_a_refused_key_leaves_no_secret_behind(sm, name, create):
    with refused("AccessDeniedException"):
        create(SecretString="v", KmsKeyId=f"arn:aws:kms:us-east-1:123456789012:key/{uuid4()}")
    with refused("ResourceNotFoundException"):
        sm.describe_secret(SecretId=name)


@pytest.fixture
def other_key(kms):
    """A second key to move to."""
    metadata = kms.create_key(Description="conformance")["KeyMetadata"]
    yield metadata
    kms.schedule_key_deletion(KeyId=metadata["KeyId"], PendingWindowInDays=7)


@case("SM-480", USER_GUIDE)
def test_after_a_change_of_keys_the_built_in_labels_need_only_the_new_one(
    sm, kms, key, other_key, create
):
    arn = create(SecretString="one", KmsKeyId=key["Arn"])["ARN"]
    sm.put_secret_value(SecretId=arn, SecretString="two")
    sm.update_secret(SecretId=arn, KmsKeyId=other_key["Arn"])
    kms.disable_key(KeyId=key["KeyId"])
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == "two"
    previous = sm.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")
    assert previous["SecretString"] == "one"


@case("SM-481", USER_GUIDE)
def test_after_a_change_of_keys_a_custom_label_still_needs_the_old_one(
    sm, kms, key, other_key, create
):
    arn = create(SecretString="one", KmsKeyId=key["Arn"])["ARN"]
    sm.put_secret_value(SecretId=arn, SecretString="two", VersionStages=["blue"])
    sm.update_secret(SecretId=arn, KmsKeyId=other_key["Arn"])
    kms.disable_key(KeyId=key["KeyId"])
    with pytest.raises(ClientError, match="AccessDeniedException|DecryptionFailure"):
        sm.get_secret_value(SecretId=arn, VersionStage="blue")


@case("SM-482", SNAPSHOT)
def test_another_account_reads_and_writes_under_a_key_it_may_use(
    sm, kms, other_account_sm, key, create
):
    theirs = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
    mine = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    arn = create(SecretString="one", KmsKeyId=key["Arn"])["ARN"]
    sm.put_resource_policy(SecretId=arn, ResourcePolicy=allow((theirs, "secretsmanager:*")))
    kms.put_key_policy(
        KeyId=key["KeyId"],
        PolicyName="default",
        Policy=allow((mine, "kms:*"), (theirs, ["kms:Decrypt", "kms:GenerateDataKey"])),
    )
    assert other_account_sm.get_secret_value(SecretId=arn)["SecretString"] == "one"
    other_account_sm.put_secret_value(SecretId=arn, SecretString="two")
    assert sm.get_secret_value(SecretId=arn)["SecretString"] == "two"


def allow(*grants):
    """A policy that allows each principal its actions."""
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
        for principal, action in grants
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
