"""A server, and the environment in which other people's libraries find it."""

from uuid import uuid4

import boto3
import pytest

from server import running


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    with running(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(autouse=True)
def environment(monkeypatch, endpoint):
    """What a user of these libraries would set, and nothing of the machine's."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def kms():
    return boto3.client("kms")


@pytest.fixture
def key(kms):
    """The ARN of a fresh symmetric key."""
    metadata = kms.create_key()["KeyMetadata"]
    yield metadata["Arn"]
    kms.schedule_key_deletion(KeyId=metadata["KeyId"], PendingWindowInDays=7)


@pytest.fixture
def sm():
    return boto3.client("secretsmanager")


@pytest.fixture
def secret(sm):
    """The name of a secret whose value is {"user": "anna", "password": "one"}."""
    name = f"conformance/{uuid4().hex}"
    sm.create_secret(Name=name, SecretString='{"user": "anna", "password": "one"}')
    yield name
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
