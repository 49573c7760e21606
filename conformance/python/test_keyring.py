"""Renewing the keys that seal stored values, while the server is killed again and again."""

import configparser
import os
import random
import subprocess
import time
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config

from evidence import INFERRED, case
from server import PATIENCE_SECONDS, REPOSITORY, wait_until_ready

pytestmark = pytest.mark.skipif(
    "STRONGROOM_ENDPOINT" in os.environ, reason="the server under test is not ours to kill"
)
BINARY = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
SECRETS = 500
ROUNDS = 5


class Scene:
    """Data with its keys, and the server over it."""

    def __init__(self, folder):
        self.folder = folder
        self.flags = [f"--data-dir={folder / 'data'}", f"--key-file={folder / 'key'}"]

    @contextmanager
    def serving(self):
        with (self.folder / "stderr").open("a+") as stderr:
            server = subprocess.Popen(
                [BINARY, "serve", "--listen=127.0.0.1:0", *self.flags],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                cwd=self.folder,
            )
            try:
                self.url = wait_until_ready(server, stderr)
                yield server
            finally:
                server.kill()
                server.wait()

    def command(self, *words):
        return subprocess.run(
            [BINARY, *words, *self.flags], capture_output=True, text=True, cwd=self.folder
        )

    def client(self, service, key=None):
        if key is None:
            file = configparser.ConfigParser()
            file.read(self.folder / "data" / "credentials")
            profile = file["default"]
            key = profile["aws_access_key_id"], profile["aws_secret_access_key"]
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=key[0],
            aws_secret_access_key=key[1],
            config=Config(retries={"total_max_attempts": 1}),
        )

    def generations(self):
        """How many records need each generation."""
        listed = self.command("keyring", "list")
        assert listed.returncode == 0, listed.stderr
        rows = [line.split() for line in listed.stdout.splitlines()]
        return {int(row[0]): int(row[2]) for row in rows}

    def values(self):
        """Every secret's value, by name."""
        client = self.client("secretsmanager")
        names = [f"kept/{number}" for number in range(SECRETS)]
        values = {}
        for start in range(0, SECRETS, 20):
            found = client.batch_get_secret_value(SecretIdList=names[start : start + 20])
            assert not found["Errors"], found["Errors"]
            values |= {one["Name"]: one["SecretString"] for one in found["SecretValues"]}
        return values


@case("KEY-001", INFERRED)
def test_records_are_sealed_anew_through_kills_and_the_old_keys_can_go(tmp_path):
    scene = Scene(tmp_path)
    dice = random.Random(7)
    with scene.serving():
        client = scene.client("secretsmanager")
        expected = {f"kept/{number}": f"value {number}" for number in range(SECRETS)}
        for name, value in expected.items():
            client.create_secret(Name=name, SecretString=value)
        before = client.describe_secret(SecretId="kept/7")
        made = scene.client("iam").create_access_key()["AccessKey"]
        key = made["AccessKeyId"], made["SecretAccessKey"]
    for _ in range(ROUNDS):
        with scene.serving():
            assert scene.command("keyring", "rotate").returncode == 0
            # At any point of counting and sealing anew.
            time.sleep(dice.random())
    last = ROUNDS + 1
    with scene.serving() as server:
        end = time.monotonic() + PATIENCE_SECONDS * 2
        while True:
            left = scene.generations()
            if not any(left[number] for number in range(1, last)):
                break
            assert time.monotonic() < end, (left, (tmp_path / "stderr").read_text())
            time.sleep(0.2)
        early = scene.command("keyring", "retire", "1")
        assert early.returncode == 1
        assert "sessions made under generation 1 may be in use until" in early.stderr
        server.terminate()
        assert server.wait(timeout=PATIENCE_SECONDS) == 0
    for number in range(1, last):
        retired = scene.command("keyring", "retire", str(number), "--at-once")
        assert retired.returncode == 0, retired.stderr
    refused = scene.command("keyring", "retire", str(last), "--at-once")
    assert refused.returncode == 1
    with scene.serving():
        assert list(scene.generations()) == [last]
        assert scene.values() == expected
        assert scene.client("sts", key).get_caller_identity()["Arn"].endswith(":root")
        after = scene.client("secretsmanager").describe_secret(SecretId="kept/7")
        for reply in (before, after):
            # By day, and noted at any time.
            reply.pop("LastAccessedDate", None)
            reply.pop("ResponseMetadata")
        assert after == before
    proved = scene.command("trail", "verify")
    assert proved.returncode == 0, proved.stdout + proved.stderr
