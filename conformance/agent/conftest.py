"""A server, agents before it, and clients that know of neither."""

import json
import os
import queue
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from uuid import uuid4

import pytest

from connecting import REGION, connecting
from identities import People
from server import running
from trouble import BINARY, PATIENCE_SECONDS, Server, Wire

TOKEN = "sesame"
READY = re.compile(r"ready at (http://\S+)")


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    with running(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def binary():
    return BINARY


@pytest.fixture(scope="session")
def connect(endpoint):
    return connecting(endpoint)


@pytest.fixture(scope="session")
def sm(connect):
    return connect("secretsmanager")


@pytest.fixture
def people(connect):
    people = People(connect)
    yield people
    people.remove()


@pytest.fixture
def name():
    return f"conformance/{uuid4().hex}"


@pytest.fixture
def secret(sm, name):
    """The name of a secret whose value is "one"."""
    sm.create_secret(Name=name, SecretString="one")
    yield name
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


class Agent:
    """A running agent."""

    def __init__(self, process, url, exports, home):
        self.process = process
        self.url = url
        self.home = home
        self.exports = exports

    @property
    def address(self):
        return self.url.removeprefix("http://")

    def kill(self):
        self.process.kill()
        assert self.process.wait() == -signal.SIGKILL

    def get(self, target, method="GET", **headers):
        """Status and body. The token is shown unless told otherwise."""
        headers = {"X_Aws_Parameters_Secrets_Token": TOKEN, **headers}
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value}
        request = urllib.request.Request(self.url + target, headers=headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE_SECONDS) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def value(self, target, **headers):
        status, body = self.get(target, **headers)
        assert status == 200, body
        return json.loads(body)


def environment(endpoint, access_key="test", secret_key="test", session_token=None, **more):
    """What a program finds: the endpoint and a key, and nothing of who runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    keys = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key}
    if session_token:
        keys["AWS_SESSION_TOKEN"] = session_token
    return {**kept, "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, **keys, **more}


@pytest.fixture
def start(endpoint, tmp_path):
    """Starts agents; each ends with its test."""
    started = []

    def start(*options, listen="127.0.0.1:0", keys=None, home=None, exports=0, **more):
        home = home or tmp_path / uuid4().hex
        home.mkdir(exist_ok=True)
        variables = environment(
            endpoint, **(keys or {}), **{"AWS_TOKEN": TOKEN, "HOME": str(home), **more}
        )
        agent = subprocess.Popen(
            [BINARY, "agent", "--listen", listen, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in variables.items() if value},
        )
        started.append(agent)
        with_role = {"--role", "--instance-profile", "--join", "--join-file"}
        exports = 3 if with_role & set(options) else exports
        return wait_until_ready(agent, home, exports)

    yield start
    for agent in started:
        if agent.returncode == -signal.SIGKILL:
            continue
        agent.terminate()
        assert agent.wait(timeout=PATIENCE_SECONDS) == 0


def wait_until_ready(agent, home, exports):
    lines = queue.Queue()

    def read():
        for line in agent.stderr:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    said = []
    while True:
        line = lines.get(timeout=PATIENCE_SECONDS)
        if line is None:
            raise RuntimeError("the agent did not start\n" + "".join(said))
        said.append(line)
        ready = READY.search(line)
        if ready:
            break
    shown = [agent.stdout.readline().strip() for _ in range(exports)]
    pairs = dict(line.removeprefix("export ").split("=", 1) for line in shown)
    return Agent(agent, ready[1], pairs, home)


@pytest.fixture
def strongroom(endpoint, tmp_path):
    """Runs a command of the binary to its end."""

    def strongroom(*arguments, keys=None, **more):
        return subprocess.run(
            [BINARY, *arguments],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            env=environment(endpoint, **(keys or {}), **{"HOME": str(tmp_path), **more}),
        )

    return strongroom


@pytest.fixture
def server(tmp_path):
    """A server of the test's own, which may be killed."""
    server = Server(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def wire(server):
    """A way to that server which may hold back."""
    wire = Wire(server.address)
    yield wire
    wire.close()


@pytest.fixture
def stored(server):
    """The name of a secret on that server whose value is "one"."""
    server.client("secretsmanager").create_secret(Name="prod/db", SecretString="one")
    return "prod/db"


@pytest.fixture
def agent_of(start, server, tmp_path):
    """Starts an agent before that server, or before another `url`, with such a configuration."""

    def agent_of(text, *options, url=None, keys=None, **more):
        file = tmp_path / f"{uuid4().hex}.toml"
        file.write_text(text)
        url = url or server.url
        keys = keys or server.keys()
        return start("--config", str(file), *options, keys=keys, AWS_ENDPOINT_URL=url, **more)

    return agent_of
