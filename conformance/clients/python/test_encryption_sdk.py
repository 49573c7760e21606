"""AWS Encryption SDK: messages under a key of KMS."""

import aws_encryption_sdk
import pytest
from aws_encryption_sdk import (
    CommitmentPolicy,
    DiscoveryAwsKmsMasterKeyProvider,
    StrictAwsKmsMasterKeyProvider,
)
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
from aws_encryption_sdk.identifiers import Algorithm

from evidence import USER_GUIDE, case

CONTEXT = {"purpose": "conformance"}


@pytest.fixture
def client():
    return aws_encryption_sdk.EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    )


@pytest.fixture
def message(client, key):
    sealed, _ = client.encrypt(
        source=b"secret",
        key_provider=StrictAwsKmsMasterKeyProvider(key_ids=[key]),
        encryption_context=CONTEXT,
    )
    return sealed


@case("PY-001", USER_GUIDE)
def test_a_message_opens_under_its_key(client, key, message):
    opened, header = client.decrypt(
        source=message, key_provider=StrictAwsKmsMasterKeyProvider(key_ids=[key])
    )
    assert opened == b"secret"
    assert header.encryption_context["purpose"] == "conformance"


@case("PY-002", USER_GUIDE)
def test_a_message_tells_which_key_opens_it(client, message):
    opened, _ = client.decrypt(source=message, key_provider=DiscoveryAwsKmsMasterKeyProvider())
    assert opened == b"secret"


@case("PY-003", USER_GUIDE)
def test_another_key_does_not_open_it(client, kms, message):
    other = kms.create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(AWSEncryptionSDKClientError):
        client.decrypt(source=message, key_provider=StrictAwsKmsMasterKeyProvider(key_ids=[other]))


@case("PY-004", USER_GUIDE)
def test_one_of_two_keys_is_enough(client, kms, key):
    other = kms.create_key()["KeyMetadata"]["Arn"]
    sealed, _ = client.encrypt(
        source=b"secret", key_provider=StrictAwsKmsMasterKeyProvider(key_ids=[key, other])
    )
    kms.disable_key(KeyId=key)
    opened, _ = client.decrypt(
        source=sealed, key_provider=StrictAwsKmsMasterKeyProvider(key_ids=[other])
    )
    assert opened == b"secret"
    kms.enable_key(KeyId=key)


@case("PY-005", USER_GUIDE)
def test_a_disabled_key_opens_nothing(client, kms, key, message):
    kms.disable_key(KeyId=key)
    with pytest.raises(AWSEncryptionSDKClientError):
        client.decrypt(source=message, key_provider=StrictAwsKmsMasterKeyProvider(key_ids=[key]))
    kms.enable_key(KeyId=key)


@pytest.mark.parametrize(
    "algorithm",
    [
        Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
        Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
    ],
)
@case("PY-006", USER_GUIDE)
def test_every_committing_algorithm_works(client, key, algorithm):
    provider = StrictAwsKmsMasterKeyProvider(key_ids=[key])
    sealed, _ = client.encrypt(source=b"x" * 10_000, key_provider=provider, algorithm=algorithm)
    opened, _ = client.decrypt(source=sealed, key_provider=provider)
    assert opened == b"x" * 10_000
