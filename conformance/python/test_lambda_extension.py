"""AWS's extension layer: secrets at localhost:2773, inside the function."""

import json

import pytest

from evidence import INFERRED, TUTORIAL, USER_GUIDE, case
from functions import Functions

LAYER = "arn:aws:lambda:us-east-1:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension:11"
PORT = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"

# The tutorial's function as printed, with its imports, and a handler around it.
PRINTED = '''
import json
import urllib.request
import os

def get_secret_from_extension(secret_name):
    headers = {"X-Aws-Parameters-Secrets-Token": os.environ['AWS_SESSION_TOKEN']}
    url = f"http://localhost:2773/secretsmanager/get?secretId={secret_name}"

    req = urllib.request.Request(url, headers=headers)
    response = urllib.request.urlopen(req)

    return json.loads(response.read())['SecretString']

def handler(event, context):
    return get_secret_from_extension(event)
'''

# Anything may be asked, and refusals are told. Where another program of this machine has the port,
# the variable names the one that is served.
ASKING = '''
import json
import os
import urllib.error
import urllib.request

def handler(event, context):
    port = os.environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773")
    token = event.get("token", os.environ["AWS_SESSION_TOKEN"])
    headers = {"X-Aws-Parameters-Secrets-Token": token}
    request = urllib.request.Request(f"http://localhost:{port}{event['path']}", headers=headers)
    try:
        with urllib.request.urlopen(request) as reply:
            return {"status": reply.status, "body": json.load(reply)}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read().decode()}
'''

@pytest.fixture(scope="module")
def functions(connect, iam):
    made = Functions(connect("lambda"), iam)
    yield made
    made.clean()


@pytest.fixture
def reader(functions):
    """Makes functions with the layer whose role may do these things."""

    def make(code, *actions, **more):
        role = functions.role(*actions)
        return functions.make(code, role=role, Layers=[LAYER], **more)["FunctionName"]

    return make


@case("LAMBDA-150", TUTORIAL)
def test_the_printed_function_reads_a_secret_at_localhost(functions, reader, create):
    secret = create(SecretString='{"password": "hunter2"}')
    port = functions.call(reader(f"import os\ndef handler(*_): return os.getenv('{PORT}')\n"))[0]
    # If an agent or another server of this machine has 2773, the variable says where to ask.
    printed = PRINTED.replace("localhost:2773", f"localhost:{port or 2773}")
    name = reader(printed, "secretsmanager:GetSecretValue")
    assert functions.call(name, secret["Name"])[0] == '{"password": "hunter2"}'


@case("LAMBDA-151", USER_GUIDE)
def test_a_secret_has_the_members_of_get_secret_value(functions, reader, create):
    secret = create(SecretString="hunter2")
    name = reader(ASKING, "secretsmanager:GetSecretValue")
    answer, _ = functions.call(name, {"path": f"/secretsmanager/get?secretId={secret['ARN']}"})
    assert answer["status"] == 200
    body = answer["body"]
    assert (body["ARN"], body["Name"]) == (secret["ARN"], secret["Name"])
    assert (body["SecretString"], body["VersionId"]) == ("hunter2", secret["VersionId"])
    assert body["VersionStages"] == ["AWSCURRENT"]
    assert "ResultMetadata" in body


@case("LAMBDA-152", USER_GUIDE)
def test_each_function_reads_as_its_own_role_and_no_other(functions, reader, create):
    secret = create(SecretString="hunter2")
    path = f"/secretsmanager/get?secretId={secret['Name']}"
    may, may_not = reader(ASKING, "secretsmanager:GetSecretValue"), reader(ASKING)
    allowed = functions.call(may, {"path": path})[0]
    assert allowed["status"] == 200
    denied = functions.call(may_not, {"path": path})[0]
    assert denied["status"] == 400
    assert json.loads(denied["body"])["__type"] == "AccessDeniedException"
    assert functions.call(may_not, {"path": path, "token": "guessed"})[0]["status"] == 401
    assert functions.call(may, {"path": path})[0]["status"] == 200


@case("LAMBDA-153", USER_GUIDE)
def test_a_value_is_kept_for_a_while_unless_a_fresh_one_is_asked_for(
    functions, reader, create, sm
):
    secret = create(SecretString="first")
    name = reader(ASKING, "secretsmanager:GetSecretValue")
    path = f"/secretsmanager/get?secretId={secret['Name']}"
    value = lambda path: functions.call(name, {"path": path})[0]["body"]["SecretString"]
    assert value(path) == "first"
    sm.put_secret_value(SecretId=secret["Name"], SecretString="second")
    assert value(path) == "first"
    assert value(f"{path}&refreshNow=true") == "second"
    uncached = reader(
        ASKING,
        "secretsmanager:GetSecretValue",
        Environment={"Variables": {"SECRETS_MANAGER_TTL": "0"}},
    )
    value = lambda path: functions.call(uncached, {"path": path})[0]["body"]["SecretString"]
    assert value(path) == "second"
    sm.put_secret_value(SecretId=secret["Name"], SecretString="third")
    assert value(path) == "third"


@case("LAMBDA-154", USER_GUIDE)
def test_parameters_are_served_as_well(functions, reader, connect):
    ssm = connect("ssm")
    ssm.put_parameter(Name="/extension/plain", Value="v", Type="String", Overwrite=True)
    name = reader(ASKING, "ssm:GetParameter")
    path = "/systemsmanager/parameters/get?name=%2Fextension%2Fplain"
    answer, _ = functions.call(name, {"path": path})
    assert answer["status"] == 200
    assert answer["body"]["Parameter"]["Value"] == "v"
    ssm.delete_parameter(Name="/extension/plain")


@case("LAMBDA-155", INFERRED)
def test_without_the_layer_nobody_is_served(functions, reader, create):
    secret = create(SecretString="hunter2")
    path = f"/secretsmanager/get?secretId={secret['Name']}"
    # Somebody else's extension is there.
    reading = reader(ASKING, "secretsmanager:GetSecretValue")
    assert functions.call(reading, {"path": path})[0]["status"] == 200
    role = functions.role("secretsmanager:GetSecretValue")
    name = functions.make(ASKING, role=role)["FunctionName"]
    answer, reply = functions.call(name, {"path": path})
    assert reply.get("FunctionError") or answer["status"] == 401
