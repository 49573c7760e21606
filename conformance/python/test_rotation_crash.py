"""A server that is killed in the middle of a rotation goes on with it."""

import configparser
import os
import signal
import subprocess
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config

from conftest import REGION
from evidence import USER_GUIDE, case
from expect import labels, soon
from identities import People
from rotators import Deployed, SLEEPING
from server import REPOSITORY, wait_until_ready

STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]


@contextmanager
def server(directory):
    """A server that keeps its data in `directory`, and its process."""
    binary = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
    with (directory / "stderr").open("a+") as stderr:
        process = subprocess.Popen(
            [binary, "serve", "--data-dir", directory / "data", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=directory,
        )
        try:
            yield process, wait_until_ready(process, stderr)
        finally:
            process.terminate()
            process.wait(timeout=30)


def connecting(directory, endpoint):
    """Makes clients of the server with the root key that it wrote."""
    keys = configparser.ConfigParser()
    keys.read(directory / "data" / "credentials")
    root = keys["default"]
    session = boto3.Session()

    def connect(service, region=REGION, **_):
        return session.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=root["aws_access_key_id"],
            aws_secret_access_key=root["aws_secret_access_key"],
            config=Config(ignore_configured_endpoint_urls=True),
        )

    return connect


@pytest.mark.skipif("STRONGROOM_ENDPOINT" in os.environ, reason="a server of its own is killed")
@pytest.mark.parametrize("step", STEPS)
@case("SM-618", USER_GUIDE)
def test_a_rotation_cut_off_in_any_step_comes_to_its_end(tmp_path, step):
    with server(tmp_path) as (process, endpoint):
        connect = connecting(tmp_path, endpoint)
        functions = Deployed(connect, People(connect))
        if not functions.offered:
            pytest.skip("functions are not offered")
        sm = connect("secretsmanager")
        function = functions.function(SLEEPING.replace("STEP", step))
        made = sm.create_secret(Name="db", SecretString="one")
        asked = sm.rotate_secret(SecretId="db", RotationLambdaARN=function)
        is_there = soon(
            lambda: sm.describe_secret(SecretId="db"), lambda reply: "Tags" in reply, seconds=60
        )
        assert is_there["Tags"] == [{"Key": "step", "Value": step}]
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    with server(tmp_path) as (process, endpoint):
        sm = connecting(tmp_path, endpoint)("secretsmanager")
        described = soon(
            lambda: sm.describe_secret(SecretId="db"),
            lambda reply: "LastRotatedDate" in reply,
            seconds=60,
        )
        assert "LastRotatedDate" in described
        assert labels(sm, "db") == {
            made["VersionId"]: ["AWSPREVIOUS"],
            asked["VersionId"]: ["AWSCURRENT", "AWSPENDING"],
        }
        assert "one" in sm.get_secret_value(SecretId="db")["SecretString"]
