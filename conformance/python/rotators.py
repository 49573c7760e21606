"""Rotation functions, deployed as a user deploys them."""

import io
import time
import zipfile

from botocore.exceptions import ClientError, UnknownServiceError

from identities import allow, trust

# A secret that no database knows, rotated as AWS's template does it.
OBEDIENT = """
import json
import boto3

client = boto3.client("secretsmanager")


def handler(event, context):
    step, secret, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
    if step == "createSecret":
        current = client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")
        try:
            client.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
        except client.exceptions.ResourceNotFoundException:
            client.put_secret_value(
                SecretId=secret, ClientRequestToken=token, VersionStages=["AWSPENDING"],
                SecretString=json.dumps({"after": current["SecretString"], "keys": sorted(event)}),
            )
    elif step == "finishSecret":
        stages = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
        current = next(id for id, labels in stages.items() if "AWSCURRENT" in labels)
        client.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT",
            MoveToVersionId=token, RemoveFromVersionId=current,
        )
"""

# The same, but the first time that it comes to STEP it says so and stays there.
SLEEPING = OBEDIENT.replace(
    "def handler(event, context):",
    """
def handler(event, context):
    if event["Step"] == "STEP":
        described = client.describe_secret(SecretId=event["SecretId"])
        if "Tags" not in described:
            client.tag_resource(
                SecretId=event["SecretId"], Tags=[{"Key": "step", "Value": "STEP"}]
            )
            import time

            time.sleep(25)
    return take(event)


def take(event):""",
)

THROWING = """
def handler(event, context):
    raise ValueError("the password is hunter2")
"""


class Deployed:
    """Functions of the first account; `offered` is whether it can have any."""

    def __init__(self, connect, people):
        self.people = people
        self.made = []
        try:
            self.client = connect("lambda")
            self.client.list_functions()
            self.offered = True
        except (ClientError, UnknownServiceError):
            self.offered = False

    def function(self, code, permitted=True):
        """The ARN of a new Python function."""
        role = self.people.role(
            allow("secretsmanager:*"), trusts=trust({"Service": "lambda.amazonaws.com"})
        )
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("main.py", code)
        name = f"rotate-{len(self.made)}-{time.time_ns()}"
        made = self.client.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="main.handler",
            Role=role.arn,
            Code={"ZipFile": archive.getvalue()},
            Timeout=30,
        )
        self.made.append(name)
        self.client.get_waiter("function_active_v2").wait(FunctionName=name)
        if permitted:
            self.client.add_permission(
                FunctionName=name,
                StatementId="rotation",
                Action="lambda:InvokeFunction",
                Principal="secretsmanager.amazonaws.com",
                SourceAccount=made["FunctionArn"].split(":")[4],
            )
        return made["FunctionArn"]

    def remove(self):
        for name in self.made:
            self.client.delete_function(FunctionName=name)
