"""An SDK with its default configuration takes credentials from the agent and reads a secret."""

import os
import subprocess

import pytest

from evidence import PROTOCOL, case
from identities import allow

PATIENCE_SECONDS = 60


@pytest.fixture
def role(people):
    return people.role(allow("secretsmanager:GetSecretValue"))


@pytest.fixture
def profile(people, role):
    """The name of an instance profile with the role."""
    people.iam.create_instance_profile(InstanceProfileName=role.name)
    people.iam.add_role_to_instance_profile(InstanceProfileName=role.name, RoleName=role.name)
    yield role.name
    people.iam.remove_role_from_instance_profile(
        InstanceProfileName=role.name, RoleName=role.name
    )
    people.iam.delete_instance_profile(InstanceProfileName=role.name)


@pytest.fixture
def keys(people):
    return people.user(allow(["sts:AssumeRole", "iam:GetInstanceProfile"])).keys


def ran(program, secret, endpoint, tmp_path, exports):
    """What the program prints in an environment without keys."""
    kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME") if name in os.environ}
    settings = {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-east-1", "HOME": str(tmp_path)}
    done = subprocess.run(
        [*program, secret],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        env={**kept, **settings, "NO_PROXY": "*", **exports},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def only(agent, part):
    return {name: value for name, value in agent.exports.items() if part in name}


@case("SDK-001", PROTOCOL)
def test_from_instance_metadata(program, start, profile, keys, secret, endpoint, tmp_path):
    agent = start("--instance-profile", profile, keys=keys)
    value, arn = ran(program, secret, endpoint, tmp_path, only(agent, "EC2_METADATA"))
    assert value == "one" and f":assumed-role/{profile}/i-" in arn


@case("SDK-002", PROTOCOL)
def test_from_the_container_endpoint(program, start, role, keys, secret, endpoint, tmp_path):
    agent = start("--role", role.arn, keys=keys)
    value, arn = ran(program, secret, endpoint, tmp_path, only(agent, "CONTAINER"))
    assert value == "one" and f":assumed-role/{role.name}/i-" in arn


@case("SDK-003", PROTOCOL)
def test_from_a_process(program, binary, role, keys, secret, endpoint, tmp_path):
    names = {"access_key": "aws_access_key_id", "secret_key": "aws_secret_access_key"}
    own = "".join(f"{name} = {keys[key]}\n" for key, name in names.items())
    config = tmp_path / "config"
    command = f"/usr/bin/env AWS_PROFILE=host {binary} credentials --role {role.arn}"
    config.write_text(f"[default]\ncredential_process = {command}\n[profile host]\n{own}")
    value, arn = ran(program, secret, endpoint, tmp_path, {"AWS_CONFIG_FILE": str(config)})
    assert value == "one" and f":assumed-role/{role.name}/" in arn
