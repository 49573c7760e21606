"""What can happen between an application and its secrets: servers that die, networks that hold back."""

import os
import re
import socket
import subprocess
import threading
import time
from contextlib import suppress

import boto3
from botocore.config import Config

from connecting import REGION
from server import REPOSITORY, wait_until_ready

BINARY = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
PATIENCE_SECONDS = 60


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
        """The root access key, as arguments of `connect` and `start`."""
        lines = (self.home / "data/credentials").read_text().splitlines()
        pairs = dict(line.split(" = ", 1) for line in lines if " = " in line)
        return {
            "access_key": pairs["aws_access_key_id"],
            "secret_key": pairs["aws_secret_access_key"],
        }

    def client(self, service, access_key=None, secret_key=None, session_token=None):
        keys = self.keys()
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=access_key or keys["access_key"],
            aws_secret_access_key=secret_key or keys["secret_key"],
            aws_session_token=session_token,
            config=Config(ignore_configured_endpoint_urls=True),
        )


class Wire:
    """A way to the server that can hold back answers, or everything, without a word."""

    def __init__(self, address):
        host, port = address.split(":")
        self.server = (host, int(port))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.questions = threading.Event()
        self.answers = threading.Event()
        self.lock = threading.Lock()
        self.seen = []
        self.let_go()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold_answers(self):
        """The server is slow: it hears every question."""
        self.answers.clear()

    def hold_everything(self):
        """Packets are lost, and nobody says so."""
        self.questions.clear()
        self.answers.clear()

    def let_go(self):
        self.questions.set()
        self.answers.set()

    def asked(self, operation):
        """How often the agent has asked for it, whether or not the server heard."""
        with self.lock:
            return self.seen.count(operation)

    def close(self):
        self.let_go()
        self.socket.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near):
        with suppress(OSError):
            far = socket.create_connection(self.server)
            back = threading.Thread(target=self._carry, args=(far, near, self.answers), daemon=True)
            back.start()
            self._carry(near, far, self.questions, self._note)
            return
        near.close()

    def _carry(self, source, target, gate, note=lambda text: text):
        rest = b""
        with suppress(OSError):
            while data := source.recv(65536):
                rest = note(rest + data)
                gate.wait()
                target.sendall(data)
        # Whichever end is gone, so is the other.
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _note(self, data):
        found = [match for match in OPERATION.finditer(data)]
        with self.lock:
            self.seen += [(match[1] or match[2]).decode() for match in found]
        return data[found[-1].end() :] if found else data[-200:]


OPERATION = re.compile(rb"x-amz-target: [a-zA-Z]+\.(\w+)\r\n|Action=(\w+)&")


class Application:
    """Reads a secret over and over in threads of its own, and remembers what came."""

    def __init__(self, agent, target, threads=2):
        self.answers = []
        self.agent, self.target = agent, target
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self._read) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *failure):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _read(self):
        while not self.is_over.is_set():
            asked = time.monotonic()
            try:
                answer = self.agent.get(self.target)
            except OSError as error:
                answer = (0, str(error))
            self.answers.append((asked, *answer))
            time.sleep(0.005)

    def goes_on(self, reads=50):
        """Waits until it has read as often again."""
        wanted = len(self.answers) + reads
        wait_until(lambda: len(self.answers) >= wanted)


def wait_until(is_so, say=lambda: ""):
    """Waits for a condition, far longer than it takes."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, say()
        time.sleep(0.02)


def eventually(expected, ask):
    """Asks until the answer is as expected."""
    answers = []
    wait_until(lambda: answers.append(ask()) or answers[-1] == expected, lambda: answers[-1])
