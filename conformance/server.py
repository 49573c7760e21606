"""The server a suite runs against: one that is there already, or one started for the run."""

import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

REPOSITORY = Path(__file__).resolve().parents[1]
READY = re.compile(r"https?://127\.0\.0\.1:\d+")
PATIENCE_SECONDS = 30


@contextmanager
def running(directory, *flags):
    """Yields the URL under test; a server started here logs into `directory` and ends with it."""
    given = os.environ.get("STRONGROOM_ENDPOINT")
    if given:
        yield given.rstrip("/")
        return
    binary = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
    with (directory / "stderr").open("w+") as stderr:
        server = subprocess.Popen(
            [binary, "serve", "--dev", "--listen", "127.0.0.1:0", *flags],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=directory,
            env=environment(),
        )
        try:
            yield wait_until_ready(server, stderr)
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_SECONDS)


def environment():
    """Ours, with this Python for functions: it has what AWS's has."""
    return {"STRONGROOM_LAMBDA_PYTHON": sys.executable, **os.environ}


def wait_until_ready(server, stderr):
    """The address in the line that says the server is ready."""
    lines = Queue()

    def read():
        # Reads on after the ready line, lest a full pipe stop the server.
        for line in server.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    said = []
    while True:
        try:
            said.append(lines.get(timeout=PATIENCE_SECONDS))
        except Empty:
            said.append("")
        ready = READY.search(said[-1])
        if ready:
            return ready.group()
        if not said[-1]:
            stderr.seek(0)
            raise RuntimeError(f"the server did not start\n{''.join(said)}{stderr.read()}")
