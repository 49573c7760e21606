"""A stand-in for Secrets Manager: the five calls that a rotation function makes, over HTTP.

It keeps the rules that rotators rely on: a pending version has no value until it gets one, a moved
AWSCURRENT leaves AWSPREVIOUS behind, and what is not there is ResourceNotFoundException.
"""

import json
import secrets
import string
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"


class Refused(Exception):
    """Answered as AWS answers: a code and a message."""


class Vault:
    """Secrets by ARN, and every password that was ever made."""

    def __init__(self):
        self.lock = threading.Lock()
        self.values = {}
        self.stages = {}
        self.passwords = []
        self.calls = []

    def create(self, name, **members):
        """The ARN of a new secret."""
        arn = f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-{uuid4().hex[:6]}"
        with self.lock:
            version = str(uuid4())
            self.values[arn] = {version: json.dumps(members)}
            self.stages[arn] = {CURRENT: version}
        return arn

    def begin(self, arn):
        """Registers a version without a value, as the service does; gives its id."""
        token = str(uuid4())
        with self.lock:
            self.stages[arn][PENDING] = token
        return token

    def read(self, arn, stage=CURRENT):
        """The members of the version at a stage."""
        with self.lock:
            return json.loads(self.values[arn][self.stages[arn][stage]])

    def answer(self, operation, request):
        with self.lock:
            self.calls.append(operation)
            return getattr(self, operation)(**request)

    def DescribeSecret(self, SecretId):
        stages = self.known(SecretId)
        versions = {}
        for stage, version in stages.items():
            versions.setdefault(version, []).append(stage)
        return {"ARN": SecretId, "RotationEnabled": True, "VersionIdsToStages": versions}

    def GetSecretValue(self, SecretId, VersionStage, VersionId=None):
        version = self.known(SecretId).get(VersionStage)
        value = self.values[SecretId].get(version)
        if value is None or VersionId not in (None, version):
            raise Refused("ResourceNotFoundException", "there is no such version")
        return {"ARN": SecretId, "VersionId": version, "SecretString": value}

    def GetRandomPassword(self, PasswordLength, ExcludeCharacters, ExcludePunctuation, **_):
        alphabet = string.ascii_lowercase
        if not ExcludePunctuation:
            alphabet += string.ascii_uppercase + string.digits + string.punctuation
        alphabet = [one for one in alphabet if one not in ExcludeCharacters]
        password = "".join(secrets.choice(alphabet) for _ in range(PasswordLength))
        if not ExcludePunctuation:
            self.passwords.append(password)
        return {"RandomPassword": password}

    def PutSecretValue(
        self, SecretId, ClientRequestToken, SecretString, VersionStages, RotationToken
    ):
        assert VersionStages == [PENDING] and RotationToken
        stages = self.known(SecretId)
        self.values[SecretId][ClientRequestToken] = SecretString
        stages[PENDING] = ClientRequestToken
        return {}

    def UpdateSecretVersionStage(
        self, SecretId, VersionStage, MoveToVersionId=None, RemoveFromVersionId=None
    ):
        stages = self.known(SecretId)
        if stages.get(VersionStage) != RemoveFromVersionId:
            raise Refused("InvalidParameterException", "the label is somewhere else")
        stages.pop(VersionStage)
        if MoveToVersionId:
            stages[VersionStage] = MoveToVersionId
            if VersionStage == CURRENT:
                stages[PREVIOUS] = RemoveFromVersionId
        return {}

    def known(self, arn):
        if arn not in self.stages:
            raise Refused(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
            )
        return self.stages[arn]


@contextmanager
def serving(vault):
    """Yields the URL of the vault."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Answers go out in two writes, the second of which would wait for the first's receipt.
        disable_nagle_algorithm = True

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            operation = self.headers["x-amz-target"].removeprefix("secretsmanager.")
            assert "/us-east-1/secretsmanager/aws4_request" in self.headers["authorization"]
            assert self.headers["x-amz-security-token"] == "session"
            try:
                self.reply(200, vault.answer(operation, json.loads(body)))
            except Refused as error:
                code, message = error.args
                self.reply(400, {"__type": code, "Message": message})

        def reply(self, status, answer):
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
