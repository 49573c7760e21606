"""What tests say about replies: which error it was, which labels a secret carries."""

import time
from contextlib import contextmanager
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

NOT_FOUND = "Secrets Manager can't find the specified secret."
MARKED_FOR_DELETION = (
    "You can't perform this operation on the secret because it was marked for deletion."
)
INVALID_NAME = (
    "Invalid name. Must be a valid name containing alphanumeric characters, "
    "or any of the following: -/_+=.@!"
)
TOKEN_MISSING = "You must provide a ClientRequestToken value. We recommend a UUID-type value."
ON_A_REPLICA = (
    "Operation not permitted on a replica secret. Call must be made in primary secret's region."
)


def soon(ask, is_answer, seconds=10):
    """Asks until the answer is one; for what AWS, too, tells a little later."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if is_answer(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.2)


@contextmanager
def refused(code, message=None, status=400):
    """Expects the call inside to fail with this code, text and HTTP status."""
    with pytest.raises(ClientError) as caught:
        yield
    reply = caught.value.response
    assert reply["Error"]["Code"] == code
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == status
    if message is not None:
        assert reply["Error"]["Message"] == message


def token():
    """A fresh ClientRequestToken, which becomes a version id."""
    return str(uuid4())


def members(reply):
    """The members of a reply, without what the SDK adds."""
    return set(reply) - {"ResponseMetadata"}


def labels(client, secret_id):
    """Staging labels by version id, each list sorted: AWS promises no order."""
    versions = client.describe_secret(SecretId=secret_id).get("VersionIdsToStages", {})
    return {version: sorted(stages) for version, stages in versions.items()}


def names(reply):
    """The names in a ListSecrets reply, in the order of the reply."""
    return [entry["Name"] for entry in reply["SecretList"]]
