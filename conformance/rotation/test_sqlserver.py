"""SQL Server is not built in: a function of one's own rotates it, with pymssql in its archive.

It goes about it as AWS's template for one user does; the other side is a stand-in.
"""

import io
import json
import time
import zipfile
from pathlib import Path

import pymssql
import pytest

import tds
from connecting import connecting
from server import running as running_server

CODE = '''
import json

import boto3
import pymssql

sm = boto3.client("secretsmanager")


def handler(event, context):
    step, arn, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
    if step == "where":
        return pymssql.__file__
    current = read(arn, "AWSCURRENT")
    if step == "createSecret":
        try:
            read(arn, "AWSPENDING", VersionId=token)
        except sm.exceptions.ResourceNotFoundException:
            made = sm.get_random_password(ExcludeCharacters="/@\\"\\\\")["RandomPassword"]
            sm.put_secret_value(
                SecretId=arn, ClientRequestToken=token, VersionStages=["AWSPENDING"],
                SecretString=json.dumps({**current, "password": made}),
            )
    elif step == "setSecret":
        pending = read(arn, "AWSPENDING", VersionId=token)
        try:
            connect(pending).close()
            return
        except pymssql.OperationalError:
            connection = connect(current)
        user = current["username"].replace("]", "]]")
        connection.cursor().execute(
            f"ALTER LOGIN [{user}] WITH PASSWORD = %s OLD_PASSWORD = %s",
            (pending["password"], current["password"]),
        )
        connection.commit()
        connection.close()
    elif step == "testSecret":
        connect(read(arn, "AWSPENDING", VersionId=token)).close()
    elif step == "finishSecret":
        stages = sm.describe_secret(SecretId=arn)["VersionIdsToStages"]
        before = next(version for version, at in stages.items() if "AWSCURRENT" in at)
        sm.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT",
            MoveToVersionId=token, RemoveFromVersionId=before,
        )


def read(arn, stage, **version):
    found = sm.get_secret_value(SecretId=arn, VersionStage=stage, **version)
    return json.loads(found["SecretString"])


def connect(members):
    return pymssql.connect(
        server=members["host"], port=str(members["port"]), database="master", login_timeout=5,
        user=members["username"], password=members["password"],
    )
'''
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
PATIENCE_SECONDS = 120


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def archive():
    """The function and the wheel's files beside it, as `pip install -t` leaves them."""
    packages = Path(pymssql.__file__).resolve().parents[1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("app.py", CODE)
        for folder in ["pymssql", "pymssql.libs"]:
            for file in (packages / folder).rglob("*"):
                if file.is_file() and "__pycache__" not in file.parts:
                    zipped.write(file, file.relative_to(packages))
    return out.getvalue()


@pytest.fixture
def connect(tmp_path):
    """Makes boto3 clients of a server."""
    with running_server(tmp_path) as endpoint:
        yield connecting(endpoint)


@pytest.fixture
def function(connect):
    """The ARN of the function, which Secrets Manager may call."""
    iam, functions = connect("iam"), connect("lambda")
    name = f"rotates-{time.time_ns():x}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(TRUST))["Role"]
    may = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document(may))
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="app.handler",
        Role=role["Arn"],
        Code={"ZipFile": archive()},
        Timeout=60,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    functions.add_permission(
        FunctionName=name,
        StatementId="secretsmanager",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )
    yield made["FunctionArn"]
    functions.delete_function(FunctionName=name)
    iam.delete_role_policy(RoleName=name, PolicyName="may")
    iam.delete_role(RoleName=name)


def test_a_function_with_pymssql_in_its_archive_rotates(connect, function):
    where = connect("lambda").invoke(
        FunctionName=function,
        Payload=json.dumps({"Step": "where", "SecretId": "", "ClientRequestToken": ""}),
    )
    assert json.load(where["Payload"]).startswith("/var/task/pymssql/")
    passwords = {"app]user": "First-'password'-1"}
    with tds.serving(passwords) as port:
        sm = connect("secretsmanager")
        first = {"username": "app]user", "password": passwords["app]user"]}
        place = {"engine": "sqlserver", "host": "localhost", "port": port}
        name, value = f"sqlserver-{time.time_ns():x}", json.dumps({**place, **first})
        arn = sm.create_secret(Name=name, SecretString=value)["ARN"]
        for _ in range(2):
            before = passwords["app]user"]
            rotate(sm, arn, function)
            members = json.loads(sm.get_secret_value(SecretId=arn)["SecretString"])
            assert passwords["app]user"] == members["password"] != before
        sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def rotate(sm, arn, function):
    """Rotates, and waits for the end."""
    before = sm.describe_secret(SecretId=arn).get("LastRotatedDate")
    sm.rotate_secret(
        SecretId=arn, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30}
    )
    end = time.monotonic() + PATIENCE_SECONDS
    while (described := sm.describe_secret(SecretId=arn)).get("LastRotatedDate") == before:
        assert time.monotonic() < end, described
        time.sleep(0.1)
