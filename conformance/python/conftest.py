"""A server to test against, and clients that talk to it."""

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from connecting import REGION, connecting
from identities import People
from server import running
from wire import Wire

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "222233334444"
REPLICA_REGION = "us-west-2"


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    """The URL under test."""
    with running(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def connect(endpoint):
    """Makes a boto3 client; root of the first account unless told otherwise."""
    return connecting(endpoint)


@pytest.fixture(scope="session")
def sm(connect):
    """Secrets Manager in the first account's home region."""
    return connect("secretsmanager")


@pytest.fixture(scope="session")
def replica_sm(connect):
    """Secrets Manager of the same account in the replica region."""
    return connect("secretsmanager", region=REPLICA_REGION)


@pytest.fixture(scope="session")
def other_account_sm(connect):
    """Secrets Manager as root of another account."""
    return connect("secretsmanager", access_key=OTHER_ACCOUNT)


@pytest.fixture(scope="session")
def sts(connect):
    return connect("sts")


@pytest.fixture(scope="session")
def kms(connect):
    return connect("kms")


@pytest.fixture(scope="session")
def iam(connect):
    return connect("iam")


@pytest.fixture
def people(connect):
    """Makes users and roles of the first account."""
    people = People(connect)
    yield people
    people.remove()


@pytest.fixture
def other_people(connect):
    """Makes users and roles of the other account."""
    people = People(connect, OTHER_ACCOUNT)
    yield people
    people.remove()


@pytest.fixture
def unique():
    """A name nobody else uses."""
    return f"conformance-{uuid4().hex}"


@pytest.fixture(scope="session")
def wire(endpoint):
    """Raw HTTP with the first account's key."""
    return Wire(endpoint, "test", "test")


@pytest.fixture
def name():
    """A secret name nobody else uses, and that cannot be mistaken for one with an ARN suffix."""
    return f"conformance/{uuid4().hex}"


@pytest.fixture
def digits():
    """A unique name prefix without letters, so that word filters never match it."""
    return str(uuid4().int)


@pytest.fixture
def create(sm, name):
    """Creates secrets, named `name` unless told otherwise, and removes them after the test."""
    made = []

    def create(**request):
        reply = sm.create_secret(**{"Name": name, **request})
        made.append(reply["ARN"])
        return reply

    yield create
    for arn in made:
        try:
            sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
        except ClientError:
            pass  # The test has left it in a state that cannot be deleted.


@pytest.fixture
def secret(create):
    """The CreateSecret reply of a secret whose value is "one"."""
    return create(SecretString="one")


@pytest.fixture
def scheduled(sm, secret):
    """The ARN of a secret that waits out its recovery window."""
    sm.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=7)
    return secret["ARN"]
