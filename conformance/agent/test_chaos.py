"""The agent: what applications see while the server is away, slow, back, or says no."""

import socket
import subprocess
import time

import boto3
import pytest
from botocore.config import Config

from evidence import INFERRED, case
from identities import allow
from server import wait_until_ready

from conftest import BINARY, PATIENCE_SECONDS, REGION
from test_agent_secrets import config_file


class Server:
    """A server with data that outlive it, always at the same address."""

    def __init__(self, home):
        self.home = home
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = "127.0.0.1:%d" % free.getsockname()[1]
        self.url = f"http://{self.address}"
        self.start()

    def start(self):
        self.stderr = (self.home / "stderr").open("a+")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data-dir", "data", "--listen", self.address],
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            text=True,
            cwd=self.home,
        )
        wait_until_ready(self.process, self.stderr)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def keys(self):
        lines = (self.home / "data/credentials").read_text().splitlines()
        pairs = dict(line.split(" = ", 1) for line in lines if " = " in line)
        return pairs["aws_access_key_id"], pairs["aws_secret_access_key"]

    def client(self, service):
        key, secret = self.keys()
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(ignore_configured_endpoint_urls=True),
        )


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def stored(server):
    """The name of a secret on that server whose value is "one"."""
    server.client("secretsmanager").create_secret(Name="prod/db", SecretString="one")
    return "prod/db"


@pytest.fixture
def agent_of(start, server):
    def agent_of(text):
        key, secret = server.keys()
        keys = {"access_key": key, "secret_key": secret}
        return start("--config", config_file(text), keys=keys, AWS_ENDPOINT_URL=server.url)

    return agent_of


def eventually(expected, ask):
    """Asks until the answer is as expected."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (answer := ask()) != expected:
        assert time.monotonic() < until, answer
        time.sleep(0.1)


@case("AGT-301", INFERRED)
def test_an_application_reads_on_while_the_server_is_away(agent_of, server, stored):
    agent = agent_of("ttl_seconds = 0")
    assert agent.value(f"/v1/{stored}")["SecretString"] == "one"
    server.kill()
    for _ in range(3):
        assert agent.value(f"/v1/{stored}")["SecretString"] == "one"
    # What was never read cannot be had.
    assert agent.get("/v1/another")[0] == 502
    server.start()
    server.client("secretsmanager").put_secret_value(SecretId=stored, SecretString="two")
    eventually("two", lambda: agent.value(f"/v1/{stored}")["SecretString"])


@case("AGT-302", INFERRED)
def test_what_no_longer_may_be_served_old_is_not(agent_of, server, stored):
    agent = agent_of("ttl_seconds = 0\nignore_transient_errors = false")
    assert agent.get(f"/v1/{stored}")[0] == 200
    server.kill()
    assert agent.get(f"/v1/{stored}")[0] == 502
    server.start()
    assert agent.get(f"/v1/{stored}")[0] == 200


@case("AGT-303", INFERRED)
def test_an_agent_that_starts_in_an_outage_serves_what_it_kept(agent_of, server, stored, tmp_path):
    kept = f"[disk_cache]\nfolder = '{tmp_path}/kept'\nkey_file = '{tmp_path}/kept.key'"
    assert agent_of(kept).get(f"/v1/{stored}")[0] == 200
    server.kill()
    agent = agent_of(kept)
    assert agent.value(f"/v1/{stored}")["SecretString"] == "one"
    assert agent.get(f"/v1/{stored}?refreshNow=true")[0] == 200
    for file in (tmp_path / "kept").iterdir():
        assert b"one" not in file.read_bytes() and "prod" not in file.name


@case("AGT-304", INFERRED)
def test_a_right_that_is_taken_away_ends_what_is_served(start, secret, people):
    reader = people.user(allow("secretsmanager:*"))
    agent = start("--config", config_file("ttl_seconds = 0"), keys=reader.keys)
    assert agent.get(f"/v1/{secret}")[0] == 200
    people.iam.delete_user_policy(UserName=reader.name, PolicyName="own")
    status, body = agent.get(f"/v1/{secret}")
    assert status == 400 and "AccessDeniedException" in body


@case("AGT-305", INFERRED)
def test_credentials_serve_on_while_the_server_is_away(start, server, stored):
    iam = server.client("iam")
    trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}'
    role = iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.create_user(UserName="host")
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}'
    iam.put_user_policy(UserName="host", PolicyName="own", PolicyDocument=policy)
    key = iam.create_access_key(UserName="host")["AccessKey"]
    keys = {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
    agent = start("--role", role, keys=keys, AWS_ENDPOINT_URL=server.url)
    token = open(agent.exports["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
    before = agent.get("/credentials", Authorization=token)
    server.kill()
    assert agent.get("/credentials", Authorization=token) == before
    server.start()
