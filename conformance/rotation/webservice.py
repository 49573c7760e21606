"""A web service with users and keys, over TLS, which checks every credential.

    PUT    /users/NAME/password   {"new": PASSWORD}    as the user, or as admin
    GET    /users/NAME                                 as the user
    POST   /keys                  {"label": LABEL}     with a key; gives {"key": …, "id": …}
    GET    /keys/mine                                  with a key
    DELETE /keys/ID, /keys?label=LABEL                 with a key
"""

import base64
import hmac
import json
import secrets
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class Service:
    """What the service knows."""

    def __init__(self):
        self.lock = threading.Lock()
        self.users = {"admin": "Admin-password-1"}
        # The label of each key, and its id.
        self.keys = {}
        self.made = 0
        # Answers to POST that get lost.
        self.lost = 0

    def user(self, name, password):
        with self.lock:
            self.users[name] = password

    def issue(self, label):
        with self.lock:
            self.made += 1
            key = secrets.token_urlsafe(30)
            self.keys[key] = (label, str(self.made))
            return {"key": key, "id": str(self.made)}

    def accepts(self, members):
        """Whether a secret's credential works."""
        with self.lock:
            if "key" in members:
                return members["key"] in self.keys
            known = self.users.get(members["username"], "")
            return hmac.compare_digest(known.encode(), members["password"].encode())

    def who(self, authorization):
        kind, _, value = (authorization or "").partition(" ")
        if kind == "Basic":
            name, _, password = base64.b64decode(value).decode().partition(":")
            is_known = name in self.users and self.accepts({"username": name, "password": password})
            return name if is_known else None
        return "a key" if kind == "Bearer" and self.accepts({"key": value}) else None

    def answer(self, method, path, query, who, said):
        match [method, *map(unquote, path.split("/")[1:])]:
            case ["GET", "users", name] if who == name:
                return 200, {"name": name}
            case ["PUT", "users", name, "password"] if who in (name, "admin"):
                if list(said) != ["new"]:
                    return 400, None
                self.user(name, said["new"])
                return 204, None
            case ["GET", "keys", "mine"] if who == "a key":
                return 200, {}
            case ["POST", "keys"] if who == "a key":
                return 201, self.issue(said["label"])
            case ["DELETE", "keys"] if who == "a key":
                return self.remove(lambda label, _: label == query["label"][0])
            case ["DELETE", "keys", identity] if who == "a key":
                return self.remove(lambda _, known: known == identity)
        return 401, None

    def remove(self, is_meant):
        with self.lock:
            before = len(self.keys)
            self.keys = {key: about for key, about in self.keys.items() if not is_meant(*about)}
            return (204 if len(self.keys) < before else 404), None


@contextmanager
def serving(service, certificate, key):
    """Yields the URL of the service."""

    class Handler(BaseHTTPRequestHandler):
        def any(self):
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            url = urlsplit(self.path)
            status, answer = service.answer(
                self.command,
                url.path,
                parse_qs(url.query),
                service.who(self.headers["authorization"]),
                json.loads(body) if body else None,
            )
            if self.command == "POST" and service.lost:
                service.lost -= 1
                return
            body = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = any

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # The handshake is the handler's business, so that nobody keeps others waiting.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
