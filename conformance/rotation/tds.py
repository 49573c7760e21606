"""A stand-in for SQL Server, which Debian does not have: logins by TDS, and statements that set passwords.

It checks passwords as they come in LOGIN7, answers a password that is set with DONE, and every other
statement too. No TLS, no rows. Formats: [MS-TDS] 2.2.
"""

import re
import socketserver
import struct
import threading
from contextlib import contextmanager

REPLY, PRELOGIN, LOGIN7, BATCH = 0x04, 0x12, 0x10, 0x01
LOGIN_FAILED, BAD_PASSWORD = 18456, 15151
ALTER = re.compile(
    r"ALTER LOGIN \[((?:[^]]|]])*)] WITH PASSWORD = N?'((?:[^']|'')*)'"
    r" OLD_PASSWORD = N?'((?:[^']|'')*)'"
)


@contextmanager
def serving(passwords):
    """Yields the port; `passwords` are those of the logins, by name."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            while message := receive(self.rfile):
                self.wfile.write(packet(answer(passwords, *message)))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def receive(stream):
    """The kind and the content of a message, which may come in several packets."""
    content = b""
    while head := stream.read(8):
        kind, status, length = struct.unpack(">BBH4x", head)
        content += stream.read(length - 8)
        if status & 1:
            return kind, content
    return None


def packet(content):
    return struct.pack(">BBHHBB", REPLY, 1, len(content) + 8, 0, 1, 0) + content


def answer(passwords, kind, content):
    if kind == PRELOGIN:
        # Its version, and that it has no encryption.
        return b"\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff" + b"\x0f\x00\x00\x00\x00\x00\x02"
    if kind == LOGIN7:
        user, password = credentials(content)
        if passwords.get(user) != password:
            return error(LOGIN_FAILED, f"Login failed for user '{user}'.") + done(2)
        return acknowledgement(content[4:8]) + done()
    assert kind == BATCH, kind
    # Headers come first, with their length.
    statement = content[struct.unpack_from("<I", content)[0] :].decode("utf-16-le")
    if found := ALTER.search(statement):
        user, new, old = (
            found[at].replace(quote * 2, quote) for at, quote in [(1, "]"), (2, "'"), (3, "'")]
        )
        if passwords.get(user) != old:
            return error(BAD_PASSWORD, f"Cannot alter the login '{user}'.") + done(2)
        passwords[user] = new
    return done()


def credentials(login):
    def text(at, unscramble=False):
        offset, characters = struct.unpack_from("<HH", login, at)
        raw = login[offset : offset + 2 * characters]
        if unscramble:
            plain = [byte ^ 0xA5 for byte in raw]
            raw = bytes((byte >> 4 | byte << 4) & 0xFF for byte in plain)
        return raw.decode("utf-16-le")

    return text(40), text(44, unscramble=True)


def acknowledgement(version):
    name = "stand-in".encode("utf-16-le")
    # The version that was asked for, the other way around.
    body = b"\x01" + version[::-1] + bytes([len(name) // 2]) + name + b"\x0f\x00\x00\x00"
    return b"\xad" + struct.pack("<H", len(body)) + body


def error(number, message):
    text = message.encode("utf-16-le")
    body = struct.pack("<iBBH", number, 1, 14, len(message)) + text + b"\x00\x00"
    body += struct.pack("<i", 1)
    return b"\xaa" + struct.pack("<H", len(body)) + body


def done(status=0):
    return b"\xfd" + struct.pack("<HHQ", status, 0, 0)
