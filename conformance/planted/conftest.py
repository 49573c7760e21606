"""A server with a data directory, logging all it can, that can be stopped and started."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
READY = re.compile(r"http://127\.0\.0\.1:\d+")
PATIENCE_SECONDS = 30


class Server:
    """One data directory; a process over it, as often as wanted."""

    def __init__(self, home):
        self.home = home
        self.data = home / "data"
        self.process = None
        self.url = None
        self.starts = 0

    def start(self):
        options = ["--data-dir", "data", "--listen", "127.0.0.1:0", "--log-level", "trace"]
        with (self.home / "stdout").open("a") as out, (self.home / "stderr").open("a") as err:
            self.process = subprocess.Popen(
                [BINARY, "serve", *options, "--metrics-listen", "127.0.0.1:0"],
                stdout=out,
                stderr=err,
                cwd=self.home,
            )
        for _ in range(PATIENCE_SECONDS * 20):
            lines = (self.home / "stdout").read_text().splitlines()
            ready = [READY.search(line) for line in lines if "is ready" in line]
            if len(ready) > self.starts:
                self.starts = len(ready)
                self.url = ready[-1].group()
                return
            try:
                self.process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        raise RuntimeError(f"the server did not start\n{(self.home / 'stderr').read_text()}")

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=PATIENCE_SECONDS) == 0

    def kill(self):
        self.process.kill()
        self.process.wait()

    def environment(self):
        """What `strongroom env` says of the root access key."""
        reply = subprocess.run(
            [BINARY, "env", "--data-dir", "data", "--json"],
            cwd=self.home,
            capture_output=True,
            check=True,
        )
        return json.loads(reply.stdout)

    def client(self, service):
        environment = self.environment()
        return boto3.Session().client(
            service,
            region_name="us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True),
        )

    def get(self, path):
        """An unsigned request, as a curious neighbour would send it."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=PATIENCE_SECONDS) as reply:
                return reply.read()
        except urllib.error.HTTPError as refusal:
            return refusal.read()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    if server.process.poll() is None:
        server.kill()
