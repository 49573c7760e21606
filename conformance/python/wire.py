"""Requests no SDK would send: any body, any header, any signature.

The signer is written out here because the tests need to be wrong in one place
at a time: a day, a scope, a terminator. SDK-made signatures are exercised by
every other test.
"""

import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

JSON = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass
class Reply:
    """What came back, with nothing interpreted."""

    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """(code, message), whatever namespace and letter case they came in."""
        body = self.json
        message = body.get("Message", body.get("message"))
        return body["__type"].rpartition("#")[2], message


@dataclass
class Signature:
    """Everything that goes into a version 4 signature and can be wrong."""

    access_key: str
    secret_key: str
    region: str = "us-east-1"
    service: str = "secretsmanager"
    terminator: str = "aws4_request"
    when: datetime | None = None
    scope_day: str | None = None
    session_token: str | None = None

    def headers(self, method, path, query, body, headers):
        """The given headers plus date and Authorization."""
        when = self.when or datetime.now(timezone.utc)
        stamp = when.strftime("%Y%m%dT%H%M%SZ")
        day = self.scope_day or stamp[:8]
        signed = {**headers, "X-Amz-Date": stamp}
        if self.session_token is not None:
            signed["X-Amz-Security-Token"] = self.session_token
        canonical = {key.lower(): " ".join(value.split()) for key, value in signed.items()}
        listed = ";".join(sorted(canonical))
        request = "\n".join(
            [
                method,
                quote(path, safe="/-_.~"),
                query,
                *(f"{key}:{canonical[key]}" for key in sorted(canonical)),
                "",
                listed,
                hashlib.sha256(body).hexdigest(),
            ]
        )
        scope = "/".join([day, self.region, self.service, self.terminator])
        to_sign = "\n".join(
            ["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()]
        )
        key = b"AWS4" + self.secret_key.encode()
        for part in [day, self.region, self.service, self.terminator, to_sign]:
            key = hmac.digest(key, part.encode(), "sha256")
        signed["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, "
            f"SignedHeaders={listed}, Signature={key.hex()}"
        )
        return signed


class Wire:
    """A connection to one endpoint that sends exactly what it is told."""

    def __init__(self, endpoint, access_key, secret_key):
        self.host = urlsplit(endpoint).netloc
        self.access_key = access_key
        self.secret_key = secret_key

    def signature(self, **changes):
        """The right signature, but for what the test changes."""
        return Signature(**{"access_key": self.access_key, "secret_key": self.secret_key} | changes)

    def send(self, method="POST", path="/", query="", body=b"", headers=None, signature=None):
        """Sends one request; without a signature it goes out unsigned."""
        headers = {"Host": self.host, **(headers or {})}
        if signature is not None:
            headers = signature.headers(method, path, query, body, headers)
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            target = f"{path}?{query}" if query else path
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for key, value in headers.items():
                connection.putheader(key, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(
                answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()

    def post(self, operation, body, headers=None, **signature):
        """A signed Secrets Manager call; `body` is bytes as they are, or an object for JSON."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {
            "Content-Type": JSON,
            "X-Amz-Target": f"secretsmanager.{operation}",
            **(headers or {}),
        }
        return self.send(body=body, headers=headers, signature=self.signature(**signature))

    def query(self, service, form, **signature):
        """A signed call in the query protocol, as IAM and STS speak it."""
        return self.send(
            body=form.encode(),
            headers={"Content-Type": FORM},
            signature=self.signature(service=service, **signature),
        )
