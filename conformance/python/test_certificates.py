"""Certificates of the server itself: a renewal is seen without a restart, and a broken one changes nothing."""

import http.client
import os
import signal
import ssl
import subprocess
import time
from contextlib import contextmanager

import pytest
from cryptography import x509

from certificates import Authority, pem
from evidence import INFERRED, case
from server import PATIENCE_SECONDS, REPOSITORY, wait_until_ready

pytestmark = pytest.mark.skipif(
    "STRONGROOM_ENDPOINT" in os.environ, reason="the files of the server under test are not ours"
)
BINARY = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
HEALTH = "/_strongroom/health"


class Scene:
    """A server with certificate files, and what clients see of it."""

    def __init__(self, folder):
        self.folder = folder
        self.files = folder / "server.pem", folder / "server-key.pem"
        self.put(self.pair())

    def pair(self):
        """Certificate and key as PEM, of an authority of their own."""
        holder = Authority().issue()
        return pem(holder.certificate), holder.pem_key()

    def put(self, pair):
        for path, text in zip(self.files, pair):
            if text is not None:
                beside = path.with_suffix(".new")
                beside.write_text(text)
                beside.rename(path)

    @contextmanager
    def serving(self):
        certificate, key = self.files
        with (self.folder / "stderr").open("w+") as stderr:
            server = subprocess.Popen(
                [BINARY, "serve", "--dev", "--listen=127.0.0.1:0"]
                + [f"--tls-cert={certificate}", f"--tls-key={key}"],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                cwd=self.folder,
            )
            try:
                url = wait_until_ready(server, stderr)
                self.port = int(url.rsplit(":", 1)[1])
                yield server
            finally:
                server.kill()
                server.wait()

    def connect(self):
        """A connection that trusts whatever it is shown."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context)
        connection.timeout = PATIENCE_SECONDS
        connection.connect()
        return connection

    def shown(self):
        """The certificate that a new connection is shown, as PEM."""
        connection = self.connect()
        der = connection.sock.getpeercert(binary_form=True)
        connection.close()
        return pem(x509.load_der_x509_certificate(der))

    def until(self, is_so):
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < end, (self.folder / "stderr").read_text()
            time.sleep(0.1)

    def complaints(self):
        text = (self.folder / "stderr").read_text()
        return text.count("the certificate in use stays, the new one is refused")


def is_well(connection):
    connection.request("GET", HEALTH)
    reply = connection.getresponse()
    reply.read()
    return reply.status == 200


@case("TLS-001", INFERRED)
def test_a_renewed_certificate_is_shown_to_new_connections_and_disturbs_no_other(tmp_path):
    scene = Scene(tmp_path)
    with scene.serving():
        connection = scene.connect()
        socket = connection.sock
        assert is_well(connection)
        second = scene.pair()
        scene.put(second)
        # Nobody tells the server: it looks by itself.
        scene.until(lambda: scene.shown() == second[0])
        assert is_well(connection)
        assert connection.sock is socket


@case("TLS-002", INFERRED)
def test_a_pair_that_is_no_good_keeps_the_old_one_until_it_is_whole(tmp_path):
    scene = Scene(tmp_path)
    with scene.serving() as server:
        first, second = scene.shown(), scene.pair()
        scene.put((second[0], None))
        server.send_signal(signal.SIGHUP)
        scene.until(lambda: scene.complaints() >= 1)
        assert scene.shown() == first
        half = second[0][: len(second[0]) // 2]
        scene.put((half, second[1]))
        said = scene.complaints()
        server.send_signal(signal.SIGHUP)
        scene.until(lambda: scene.complaints() > said)
        assert scene.shown() == first
        scene.put(second)
        server.send_signal(signal.SIGHUP)
        scene.until(lambda: scene.shown() == second[0])
        assert server.poll() is None
