"""A built-in function: the process, and the Runtime API that hands it events."""

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from uuid import uuid4

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


class Failed(Exception):
    """What the function reported instead of an answer."""

    def __init__(self, report):
        super().__init__(f"{report['errorType']}: {report['errorMessage']}")
        self.report = report


class Function:
    """One process of the function `name`, which calls Secrets Manager at `endpoint`."""

    def __init__(self, name, endpoint, authority, output, **environment):
        self.events, self.answers = Queue(), Queue()
        self.platform = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.platform.serve_forever, daemon=True).start()
        binary = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")
        self.process = subprocess.Popen(
            [binary, "rotator"],
            stdout=output,
            stderr=output,
            # Nothing of the environment of this run: all that a function has is what it is given.
            env={
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.platform.server_port}",
                "AWS_LAMBDA_FUNCTION_NAME": name,
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_SESSION_TOKEN": "session",
                "SSL_CERT_FILE": str(authority),
                **environment,
            },
        )

    def invoke(self, event):
        """What the function answers, or Failed."""
        self.events.put((str(uuid4()), json.dumps(event).encode()))
        verb, body = self.answers.get(timeout=PATIENCE_SECONDS)
        if verb == "error":
            raise Failed(json.loads(body))
        return json.loads(body)

    def step(self, step, arn, token):
        return self.invoke(
            {
                "Step": step,
                "SecretId": arn,
                "ClientRequestToken": token,
                "RotationToken": "rotation",
            }
        )

    def rotate(self, vault, arn):
        """A whole rotation, as Secrets Manager goes about it."""
        token = vault.begin(arn)
        for step in ["createSecret", "setSecret", "testSecret", "finishSecret"]:
            self.step(step, arn, token)

    def stop(self):
        self.process.kill()
        self.process.wait(timeout=PATIENCE_SECONDS)
        # The handler of a waiting /next ends with its connection.
        self.events.put(None)
        self.platform.shutdown()
        self.platform.server_close()

    def handler(function):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Answers go out in two writes, the second of which would wait for the first's receipt.
            disable_nagle_algorithm = True

            def do_GET(self):
                assert self.path == "/2018-06-01/runtime/invocation/next"
                event = function.events.get()
                if event is None:
                    return
                identity, body = event
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("lambda-runtime-aws-request-id", identity)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                function.answers.put((self.path.rpartition("/")[2], body))
                self.send_response(202)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler
