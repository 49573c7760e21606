"""Accounts that the operator makes: in the organization of the first account from their first moment."""

import configparser
import json
import os
import subprocess
from contextlib import contextmanager

import pytest

from connecting import connecting
from evidence import INFERRED, case
from expect import refused
from server import REPOSITORY, wait_until_ready

pytestmark = pytest.mark.skipif(
    "STRONGROOM_ENDPOINT" in os.environ, reason="this needs the command line of the server under test"
)
BINARY = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
FIRST, RUNNING, STOPPED, EARLIER = "123456789012", "222233334444", "333344445555", "444455556666"
NO_NEW_SECRETS = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Action": "secretsmanager:CreateSecret", "Resource": "*"},
}


@contextmanager
def serving(folder):
    """A server over the data in `folder`, and what makes clients of it."""
    with (folder / "stderr").open("a+") as stderr:
        server = subprocess.Popen(
            command(folder, "serve", "--listen=127.0.0.1:0"),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        try:
            connect = connecting(wait_until_ready(server, stderr))

            def client(service, account="default"):
                keys = configparser.ConfigParser()
                keys.read(folder / "data" / "credentials")
                keys = keys[account]
                return connect(
                    service,
                    access_key=keys["aws_access_key_id"],
                    secret_key=keys["aws_secret_access_key"],
                )

            yield client
        finally:
            server.terminate()
            server.wait(timeout=30)


def command(folder, *words):
    return [BINARY, *words, f"--data-dir={folder / 'data'}"]


def order(folder, *words):
    """What the operator is told."""
    done = subprocess.run(command(folder, *words), capture_output=True, text=True, timeout=60)
    return done.stdout if done.returncode == 0 else done.stderr


@case("ORG-024", INFERRED)
def test_accounts_of_the_operator_are_bound_by_the_organization(tmp_path):
    with serving(tmp_path) as client:
        # Before there is an organization, accounts stand alone.
        assert "organization" not in order(tmp_path, "account", "create", f"--id={EARLIER}")
        told = order(tmp_path, "account", "enroll", f"--id={EARLIER}")
        assert told.startswith(f"error: account {FIRST} manages no organization\n")

        organizations = client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
        policy = organizations.create_policy(
            Name="no-new-secrets",
            Description="",
            Type="SERVICE_CONTROL_POLICY",
            Content=json.dumps(NO_NEW_SECRETS),
        )["Policy"]["PolicySummary"]["Id"]
        organizations.attach_policy(PolicyId=policy, TargetId=root)

        told = order(
            tmp_path, "account", "create", f"--id={RUNNING}", "--name=payments", "--email=p@example.com"
        )
        assert "and in the organization" in told
        account = organizations.describe_account(AccountId=RUNNING)["Account"]
        assert (account["Name"], account["Email"]) == ("payments", "p@example.com")
        with refused("AccessDeniedException"):
            client("secretsmanager", RUNNING).create_secret(Name="a", SecretString="v")

        taken = order(tmp_path, "account", "create", f"--id={STOPPED}", "--email=P@example.com")
        assert taken.startswith(f"error: account {STOPPED} cannot join: DuplicateAccountException")
        assert STOPPED not in order(tmp_path, "account", "list")

        told = order(tmp_path, "account", "create", f"--id={EARLIER}")
        assert f"`strongroom account enroll --id {EARLIER}`" in told
        client("secretsmanager", EARLIER).create_secret(Name="a", SecretString="v")
        assert "is in the organization" in order(tmp_path, "account", "enroll", f"--id={EARLIER}")
        with refused("AccessDeniedException"):
            client("secretsmanager", EARLIER).create_secret(Name="b", SecretString="v")
        told = order(tmp_path, "account", "enroll", f"--id={EARLIER}")
        assert "AlreadyInOrganizationException" in told

    assert "and in the organization" in order(tmp_path, "account", "create", f"--id={STOPPED}")
    with serving(tmp_path) as client:
        organizations = client("organizations")
        accounts = [account["Id"] for account in organizations.list_accounts()["Accounts"]]
        assert sorted(accounts) == [FIRST, RUNNING, STOPPED, EARLIER]
        with refused("AccessDeniedException"):
            client("secretsmanager", STOPPED).create_secret(Name="a", SecretString="v")

        sm = client("secretsmanager")
        arn = sm.create_secret(Name="shared", SecretString="v")["ARN"]
        inside = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "secretsmanager:DescribeSecret",
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "aws:PrincipalOrgID": organizations.describe_organization()["Organization"]["Id"]
                }
            },
        }
        sm.put_resource_policy(
            SecretId=arn, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": inside})
        )
        for account in (RUNNING, STOPPED, EARLIER):
            assert client("secretsmanager", account).describe_secret(SecretId=arn)["ARN"] == arn
