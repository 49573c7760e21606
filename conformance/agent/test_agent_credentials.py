"""The agent: credentials of a role for SDKs that know nothing of it."""

import json
import os
import subprocess
import sys

import pytest

from evidence import INFERRED, PROTOCOL, TUTORIAL, case
from identities import allow

from conftest import REGION

# The tutorial's "Access Secrets from EC2", as it stands there.
TUTORIAL_SAMPLE = """
import boto3
import json

client = boto3.client('secretsmanager', region_name='us-east-1')
response = client.get_secret_value(SecretId='prod/database/postgres')
secret = json.loads(response['SecretString'])
"""


@pytest.fixture
def database(sm):
    """The tutorial's secret."""
    value = json.dumps({"username": "admin", "password": "pass-word"})
    sm.create_secret(Name="prod/database/postgres", SecretString=value)
    yield
    sm.delete_secret(SecretId="prod/database/postgres", ForceDeleteWithoutRecovery=True)


@pytest.fixture
def profile(people):
    """An instance profile whose role may read secrets."""
    role = people.role(allow("secretsmanager:GetSecretValue"))
    people.iam.create_instance_profile(InstanceProfileName=role.name)
    people.iam.add_role_to_instance_profile(InstanceProfileName=role.name, RoleName=role.name)
    yield role
    people.iam.remove_role_from_instance_profile(
        InstanceProfileName=role.name, RoleName=role.name
    )
    people.iam.delete_instance_profile(InstanceProfileName=role.name)


@pytest.fixture
def keys(people):
    """Who the agent is: may assume roles and read instance profiles."""
    return people.user(allow(["sts:AssumeRole", "iam:GetInstanceProfile"])).keys


def program(text, endpoint, exports):
    """Runs Python in an environment without keys, as on an instance."""
    kept = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": endpoint, "NO_PROXY": "*"}
    ran = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, env={**kept, **exports}
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@case("AGT-101", TUTORIAL)
def test_the_tutorial_s_instance_reads_its_secret(start, profile, keys, database, endpoint):
    agent = start("--instance-profile", profile.name, keys=keys)
    name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    printed = program(
        f"{TUTORIAL_SAMPLE}\nprint(secret['password'], client._request_signer._credentials.method)",
        endpoint,
        {name: agent.exports[name]},
    )
    assert printed == "pass-word iam-role\n"


@case("AGT-102", PROTOCOL)
def test_botocore_takes_credentials_from_the_container_endpoint(start, profile, keys, endpoint):
    agent = start("--role", profile.arn, keys=keys)
    exports = {name: value for name, value in agent.exports.items() if "CONTAINER" in name}
    printed = program(
        "import boto3\n"
        "session = boto3.Session(region_name='us-east-1')\n"
        "print(session.get_credentials().method)\n"
        "print(session.client('sts').get_caller_identity()['Arn'])",
        endpoint,
        exports,
    )
    method, arn = printed.split()
    assert method == "container-role"
    assert f":assumed-role/{profile.name}/i-" in arn


@case("AGT-103", PROTOCOL)
def test_the_container_endpoint_wants_its_token(start, profile, keys):
    agent = start("--role", profile.arn, keys=keys)
    for token in ("", "wrong"):
        status, body = agent.get("/credentials", Authorization=token)
        assert status == 401
        assert set(json.loads(body)) == {"code", "message"}


@case("AGT-104", PROTOCOL)
def test_the_handshake_is_that_of_version_2(start, profile, keys):
    agent = start("--instance-profile", profile.name, keys=keys)
    ttl = {"X_aws_ec2_metadata_token_ttl_seconds": "60"}
    status, token = agent.get("/latest/api/token", method="PUT", **ttl)
    assert status == 200
    roles = "/latest/meta-data/iam/security-credentials/"
    with_token = {"X_aws_ec2_metadata_token": token}
    assert agent.get(roles, **with_token) == (200, profile.name)
    document = json.loads(agent.get(roles + profile.name, **with_token)[1])
    assert document["Code"] == "Success" and document["Type"] == "AWS-HMAC"
    assert document["AccessKeyId"].startswith("ASIA")
    info = json.loads(agent.get("/latest/meta-data/iam/info", **with_token)[1])
    assert info["InstanceProfileArn"].endswith(f":instance-profile/{profile.name}")
    identity = json.loads(agent.get("/latest/dynamic/instance-identity/document", **with_token)[1])
    assert identity["region"] == REGION
    assert agent.get("/latest/meta-data/placement/region", **with_token) == (200, REGION)
    assert agent.get(roles)[0] == 401
    assert agent.get(roles, X_aws_ec2_metadata_token="wrong")[0] == 401
    assert agent.get(roles + "other", **with_token)[0] == 404
    assert agent.get("/latest/api/token", method="PUT")[0] == 400
    assert agent.get("/latest/api/token", **ttl)[0] == 405
    assert agent.get("/latest/api/token", method="PUT", X_Forwarded_For="10.0.0.1", **ttl)[0] == 403


@case("AGT-105", PROTOCOL)
def test_a_process_prints_credentials(strongroom, profile, keys, endpoint, connect):
    ran = strongroom("credentials", "--role", profile.arn, keys=keys)
    printed = json.loads(ran.stdout)
    assert printed["Version"] == 1
    sts = connect(
        "sts",
        access_key=printed["AccessKeyId"],
        secret_key=printed["SecretAccessKey"],
        session_token=printed["SessionToken"],
    )
    assert f":assumed-role/{profile.name}/" in sts.get_caller_identity()["Arn"]


@case("AGT-106", INFERRED)
def test_a_role_that_may_not_be_assumed_is_told(strongroom, people):
    role = people.role()
    stranger = people.user().keys
    ran = strongroom("credentials", "--role", role.arn, keys=stranger)
    assert ran.returncode == 1
    assert "AccessDenied" in ran.stderr
