"""Functions for tests: archives, roles, and calling them."""

import base64
import io
import json
import time
import zipfile
from uuid import uuid4

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


def archive(executable=(), **files):
    """A zip of files; `app_py="…"` becomes app.py, and `bootstrap="…"` bootstrap."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            place = name.replace("_", ".", 1)
            entry = zipfile.ZipInfo(place)
            entry.external_attr = (0o755 if place in executable else 0o644) << 16
            zipped.writestr(entry, content)
    return out.getvalue()


class Functions:
    """Makes functions and roles, and deletes them afterwards."""

    def __init__(self, client, iam):
        self.client = client
        self.iam = iam
        self.made = []
        self.roles = []

    def role(self, *actions, trust=TRUST):
        name = f"function-{uuid4().hex[:12]}"
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
        self.roles.append(name)
        if actions:
            policy = {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"},
            }
            self.iam.put_role_policy(
                RoleName=name, PolicyName="does", PolicyDocument=json.dumps(policy)
            )
        return made["Arn"]

    def make(self, code, runtime="python3.12", handler="app.handler", role=None, **more):
        name = more.pop("FunctionName", f"function-{uuid4().hex[:12]}")
        if isinstance(code, str):
            code = archive(app_py=code)
        made = self.client.create_function(
            FunctionName=name,
            Runtime=runtime,
            Handler=handler,
            Role=role or self.role(),
            Code={"ZipFile": code},
            **{"Timeout": 20, "MemorySize": 256, **more},
        )
        self.made.append(name)
        return made

    def call(self, name, payload=None, **more):
        """What the function returned, and the whole reply."""
        reply = self.client.invoke(
            FunctionName=name, Payload=json.dumps(payload).encode(), LogType="Tail", **more
        )
        reply["Log"] = base64.b64decode(reply.get("LogResult", "")).decode()
        return json.loads(reply["Payload"].read() or b"null"), reply

    def clean(self):
        for name in self.made:
            try:
                self.client.delete_function(FunctionName=name)
            except self.client.exceptions.ResourceNotFoundException:
                pass
        for name in self.roles:
            for policy in self.iam.list_role_policies(RoleName=name)["PolicyNames"]:
                self.iam.delete_role_policy(RoleName=name, PolicyName=policy)
            self.iam.delete_role(RoleName=name)


def until(ask, seconds=10):
    """Asks until the answer is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.2)
    return ask()
