"""An HTTP endpoint of the test's own, which checks signatures as AWS documents it."""

import base64
import json
import re
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}
CERTIFICATE = re.compile(r"^https?://[^/]+/SimpleNotificationService-[0-9a-f]{32}\.pem$")


class Listener:
    """What came in, oldest first."""

    def __init__(self, url):
        self.url = url
        self.came = Queue()
        self.statuses = []

    def next(self, seconds=10):
        """The headers and the body of the next message."""
        try:
            return self.came.get(timeout=seconds)
        except Empty:
            raise AssertionError(f"nothing came within {seconds} seconds") from None

    def message(self, seconds=10):
        """The next message, read and verified."""
        headers, body = self.next(seconds)
        message = json.loads(body)
        assert headers["x-amz-sns-message-type"] == message["Type"]
        assert headers["x-amz-sns-message-id"] == message["MessageId"]
        assert headers["x-amz-sns-topic-arn"] == message["TopicArn"]
        verify(message)
        return message

    def is_silent(self, seconds=2, keep=None):
        """Whether nothing more comes for a while; what comes is put into `keep`."""
        try:
            came = self.came.get(timeout=seconds)
        except Empty:
            return True
        if keep is not None:
            keep.append(came)
        return False

    def fail(self, *statuses):
        """Answers the next messages with these, and keeps none of them."""
        self.statuses.extend(statuses)


@contextmanager
def listening():
    """A listener on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            status = listener.statuses.pop(0) if listener.statuses else 200
            if status == 200:
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.came.put((headers, body))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(f"http://127.0.0.1:{server.server_port}/hook")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()


def verify(message):
    """Raises InvalidSignature unless the message is as it was signed."""
    assert CERTIFICATE.match(message["SigningCertURL"])
    with urllib.request.urlopen(message["SigningCertURL"], timeout=10) as reply:
        certificate = x509.load_pem_x509_certificate(reply.read())
    names = NOTIFICATION if message["Type"] == "Notification" else CONFIRMATION
    signed = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    certificate.public_key().verify(
        base64.b64decode(message["Signature"]),
        signed.encode(),
        padding.PKCS1v15(),
        HASHES[message["SignatureVersion"]],
    )


def follow(link):
    """The XML behind an unsigned link."""
    with urllib.request.urlopen(link, timeout=10) as reply:
        assert reply.headers["content-type"] == "text/xml"
        return reply.read().decode()
