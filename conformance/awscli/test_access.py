"""A published tutorial's policies, put to work with the AWS CLI."""

import json
import shlex
from uuid import uuid4

import pytest

from evidence import CLI_EXAMPLE, TUTORIAL, USER_GUIDE, case
from test_tutorial import CREATE_WITH_KEY, SHARE

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "secretsmanager:GetSecretValue"
      ],
      "Resource": [
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "kms:Decrypt"
      ],
      "Resource": [
        "arn:aws:kms:us-east-1:123456789012:key/*"
      ],
      "Condition": {
        "StringEquals": {
          "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"
        }
      }
    }
  ]
}
"""

TRUST = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
      "Action": "sts:AssumeRole"
    }
  ]
}
"""

ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@pytest.fixture
def run(shell):
    def run(script):
        done = shell(script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def named(run):
    """A name of the test's own for a user, a role and a policy, removed afterwards."""
    name = f"cli-{uuid4().hex}"
    yield name
    arn = f"arn:aws:iam::123456789012:policy/{name}"
    run(
        f"""
        aws iam detach-role-policy --role-name {name} --policy-arn {arn}
        aws iam delete-role --role-name {name}
        aws iam delete-policy --policy-arn {arn}
        aws iam delete-user-policy --user-name {name} --policy-name all
        for key in $(aws iam list-access-keys --user-name {name} \
            --query 'AccessKeyMetadata[].AccessKeyId' --output text); do
          aws iam delete-access-key --user-name {name} --access-key-id $key
        done
        aws iam delete-user --user-name {name}
        """
    )


@pytest.fixture
def reader(run, named):
    """Exports that make a shell a session of a role that holds the tutorial's policy."""
    return run(
        f"""
        set -e
        aws iam create-policy --policy-name {named} --policy-document {shlex.quote(POLICY)} >&2
        aws iam create-role --role-name {named} \
            --assume-role-policy-document {shlex.quote(TRUST)} >&2
        aws iam attach-role-policy --role-name {named} \
            --policy-arn arn:aws:iam::123456789012:policy/{named}
        aws iam create-user --user-name {named} >&2
        aws iam put-user-policy --user-name {named} --policy-name all \
            --policy-document {shlex.quote(ALL)}
        keys=$(aws iam create-access-key --user-name {named} \
            --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)
        export AWS_ACCESS_KEY_ID=$(cut -f1 <<< "$keys") AWS_SECRET_ACCESS_KEY=$(cut -f2 <<< "$keys")
        aws sts assume-role --role-arn arn:aws:iam::123456789012:role/{named} \
            --role-session-name app --output text \
            --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' |
          while IFS=$'\\t' read id secret token; do
            echo "export AWS_ACCESS_KEY_ID='$id' AWS_SECRET_ACCESS_KEY='$secret'"
            echo "export AWS_SESSION_TOKEN='$token'"
          done
        """
    )


@pytest.fixture
def postgres(run):
    """The tutorial's secret under a key of its own."""
    run(
        "aws secretsmanager delete-secret --secret-id prod/database/postgres "
        "--force-delete-without-recovery"
    )
    run(
        "aws kms list-aliases --query 'Aliases[].AliasName' --output text | "
        "grep -q alias/secrets-key || "
        "aws kms create-alias --alias-name alias/secrets-key "
        "--target-key-id $(aws kms create-key --query KeyMetadata.KeyId --output text)"
    )
    return json.loads(run(CREATE_WITH_KEY))


GET = "aws secretsmanager get-secret-value --query SecretString --output text --secret-id "


@case("CLI-019", TUTORIAL)
def test_a_role_with_the_tutorials_policy_reads_secrets_of_production(run, reader, postgres):
    assert "MySecurePassword123!" in run(reader + GET + "prod/database/postgres")


@case("CLI-020", TUTORIAL)
def test_the_role_is_refused_elsewhere(run, shell, reader):
    name = f"test/{uuid4().hex}"
    run(f"aws secretsmanager create-secret --name {name} --secret-string v")
    done = shell(reader + GET + name)
    assert done.returncode != 0
    assert "(AccessDeniedException) when calling the GetSecretValue operation" in done.stderr
    assert (
        "because no identity-based policy allows the secretsmanager:GetSecretValue action"
        in done.stderr
    )
    run(f"aws secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery")


@case("CLI-021", TUTORIAL)
def test_the_role_is_refused_by_kms_directly(run, shell, reader, postgres):
    sealed = run(
        "aws kms encrypt --key-id alias/secrets-key --plaintext c2VjcmV0 "
        "--query CiphertextBlob --output text"
    ).strip()
    done = shell(
        reader + f"aws kms decrypt --ciphertext-blob fileb://<(base64 -d <<< '{sealed}')"
    )
    assert done.returncode != 0
    assert "(AccessDeniedException) when calling the Decrypt operation" in done.stderr


THEIR_KEYS = "export AWS_ACCESS_KEY_ID=222233334444 AWS_SECRET_ACCESS_KEY=test\n"

SHARED_KEY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
      "Action": "kms:*",
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::222233334444:root"},
      "Action": "kms:Decrypt",
      "Resource": "*"
    }
  ]
}
"""


@pytest.fixture
def shared(run):
    """The ARN of the tutorial's shared secret, under a key that is shared as well."""
    run(
        "aws secretsmanager delete-secret --secret-id prod/shared/api-key "
        "--force-delete-without-recovery"
    )
    key = run(
        f"aws kms create-key --policy {shlex.quote(SHARED_KEY)} "
        "--query KeyMetadata.KeyId --output text"
    ).strip()
    created = json.loads(
        run(
            "aws secretsmanager create-secret --name prod/shared/api-key "
            f"--secret-string shared --kms-key-id {key}"
        )
    )
    run(SHARE)
    yield created["ARN"]
    run(
        "aws secretsmanager delete-secret --secret-id prod/shared/api-key "
        "--force-delete-without-recovery"
    )
    run(f"aws kms schedule-key-deletion --key-id {key} --pending-window-in-days 7")


@case("CLI-022", TUTORIAL)
def test_the_other_account_reads_the_shared_secret_by_arn(run, shared):
    assert run(THEIR_KEYS + GET + shared) == "shared\n"


@case("CLI-023", USER_GUIDE)
def test_the_other_account_does_nothing_else(shell, shared):
    for command in ["describe-secret", "delete-secret", "list-secret-version-ids"]:
        done = shell(THEIR_KEYS + f"aws secretsmanager {command} --secret-id {shared}")
        assert done.returncode != 0
        assert "AccessDeniedException" in done.stderr
    done = shell(THEIR_KEYS + GET + "prod/shared/api-key")
    assert "ResourceNotFoundException" in done.stderr


@case("CLI-024", CLI_EXAMPLE)
def test_an_account_is_made(run):
    run("aws organizations describe-organization || aws organizations create-organization")
    made = json.loads(
        run(
            f"aws organizations create-account --email {uuid4().hex}@example.com "
            '--account-name "Production Account"'
        )
    )["CreateAccountStatus"]
    assert made["State"] in ("IN_PROGRESS", "SUCCEEDED")
    assert made["Id"].startswith("car-")
    assert made["AccountName"] == "Production Account"
