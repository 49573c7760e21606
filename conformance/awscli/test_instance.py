"""The tutorial's "Access Secrets from EC2": credentials of an instance profile, and a login with what was read."""

import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

import servers
from evidence import TUTORIAL, case
from server import REPOSITORY, running

BINARY = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
PATIENCE_SECONDS = 60
EXPORT = re.compile(r"export (AWS_EC2_METADATA_SERVICE_ENDPOINT)=(\S+)")

# As it stands there.
SCRIPT = """
export DB_PASSWORD=$(aws secretsmanager get-secret-value \\
  --secret-id prod/database/postgres \\
  --query 'SecretString' \\
  --output text | jq -r '.password')

export PGPASSWORD=$DB_PASSWORD
psql -h $DB_HOST -U admin -d production -Atc 'SELECT current_user'
"""

# What the operator of the host does beforehand.
SET_UP = """
set -e
aws iam create-user --user-name host
aws iam create-role --role-name web --assume-role-policy-document "$TRUST"
aws iam put-role-policy --role-name web --policy-name read --policy-document "$READ"
aws iam create-instance-profile --instance-profile-name web
aws iam add-role-to-instance-profile --instance-profile-name web --role-name web
aws iam put-user-policy --user-name host --policy-name own --policy-document "$HOST"
aws secretsmanager create-secret --name prod/database/postgres --secret-string "$SECRET"
"""


def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture
def postgresql():
    """The port of a PostgreSQL with the tutorial's user and database."""
    with tempfile.TemporaryDirectory(prefix="rotation-") as name:
        directory, processes = Path(name), []
        directory.chmod(0o755)
        servers.certificates(directory)
        try:
            port = servers.start_postgresql(directory, processes)
            made = psql(port, "CREATE DATABASE production", PGPASSWORD=servers.ADMIN_PASSWORD)
            assert made.returncode == 0, made.stderr
            yield port
        finally:
            for process in processes:
                process.terminate()
                process.wait(timeout=PATIENCE_SECONDS)


def psql(port, statement, **environment):
    return subprocess.run(
        ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", servers.ADMIN]
        + ["-d", "postgres", "-c", statement],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
    )


@contextmanager
def instance(environment):
    """The variables that an agent prints for a shell."""
    agent = subprocess.Popen(
        [BINARY, "agent", "--listen", "127.0.0.1:0", "--instance-profile", "web"],
        stdout=subprocess.PIPE,
        text=True,
        env={"AWS_TOKEN": "sesame", **environment},
    )
    try:
        printed = [agent.stdout.readline() for _ in range(3)]
        yield dict(found.groups() for found in map(EXPORT.match, printed) if found)
    finally:
        agent.terminate()
        agent.wait(timeout=PATIENCE_SECONDS)


@case("CLI-063", TUTORIAL)
def test_psql_logs_in_with_the_password_that_the_instance_s_role_reads(tmp_path, postgresql):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with running(tmp_path) as url:
        place = {
            "PATH": path,
            "HOME": str(tmp_path),
            "LC_ALL": "C.UTF-8",
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        root = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        value = {"username": "admin", "password": servers.ADMIN_PASSWORD}
        documents = {
            "TRUST": policy(
                Action="sts:AssumeRole", Principal={"AWS": "arn:aws:iam::123456789012:user/host"}
            ),
            "READ": policy(Action="secretsmanager:GetSecretValue", Resource="*"),
            "HOST": policy(Action=["sts:AssumeRole", "iam:GetInstanceProfile"], Resource="*"),
            "SECRET": json.dumps(value),
        }

        def shell(script, **environment):
            ran = subprocess.run(
                ["bash", "-o", "pipefail", "-c", script],
                env={**place, **environment},
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
            )
            assert ran.returncode == 0, ran.stderr
            return ran.stdout

        shell(SET_UP, **root, **documents)
        key = json.loads(shell("aws iam create-access-key --user-name host", **root))["AccessKey"]
        host = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        with instance({**place, **host}) as exports:
            printed = shell(SCRIPT, DB_HOST="127.0.0.1", PGPORT=str(postgresql), **exports)
        assert printed == "admin\n"
