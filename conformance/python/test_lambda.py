"""Lambda: functions, how they are shown and changed, versions, aliases, layers and permissions."""

import base64
import hashlib
import json
import urllib.error
import urllib.request
from uuid import uuid4

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, ISSUE, MODEL, SNAPSHOT, TERRAFORM, case
from expect import refused
from functions import TRUST, Functions, archive

ECHO = "def handler(event, context):\n    return event\n"


@pytest.fixture
def functions(connect, iam):
    made = Functions(connect("lambda"), iam)
    yield made
    made.clean()


@pytest.fixture
def client(functions):
    return functions.client


@case("LAMBDA-001", SNAPSHOT)
def test_a_new_function_is_pending_and_then_active(functions, client):
    code = archive(app_py=ECHO)
    made = functions.make(code, Description="echo", Environment={"Variables": {"A1": "b"}})
    name = made["FunctionName"]
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert made["FunctionArn"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    assert made["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()
    assert made["CodeSize"] == len(code)
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert made["Version"] == "$LATEST"
    assert made["TracingConfig"] == {"Mode": "PassThrough"}
    assert made["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    shown = client.get_function(FunctionName=name)
    assert shown["Configuration"]["LastUpdateStatus"] == "Successful"
    assert shown["Configuration"]["Environment"] == {"Variables": {"A1": "b"}}
    assert shown["Code"]["RepositoryType"] == "S3"


@case("LAMBDA-002", SNAPSHOT)
def test_a_function_that_is_not_there_is_not_found(client):
    message = f"Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:none"
    with refused("ResourceNotFoundException", message, 404):
        client.get_function(FunctionName="none")
    with refused("ResourceNotFoundException", status=404):
        client.delete_function(FunctionName="none")
    # Invoke alone says which version it meant.
    with refused("ResourceNotFoundException", f"{message}:$LATEST", 404):
        client.invoke(FunctionName="none")


@case("LAMBDA-003", SNAPSHOT)
def test_a_function_is_named_by_name_partial_and_whole_arn(functions, client):
    made = functions.make(ECHO)
    name = made["FunctionName"]
    for one in (name, f"{ACCOUNT}:function:{name}", made["FunctionArn"], f"{name}:$LATEST"):
        assert client.get_function_configuration(FunctionName=one)["FunctionName"] == name
    elsewhere = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}"
    message = f"Functions from 'eu-west-1' are not reachable in this region ('{REGION}')"
    with refused("ResourceNotFoundException", message, 404):
        client.get_function(FunctionName=elsewhere)
    message = "The derived qualifier from the function name does not match the specified qualifier."
    with refused("InvalidParameterValueException", message):
        client.get_function(FunctionName=f"{name}:1", Qualifier="2")


@case("LAMBDA-004", SNAPSHOT)
def test_an_archive_that_is_none_is_refused(functions):
    message = "Could not unzip uploaded file. Please check your file, then try to upload again."
    with refused("InvalidParameterValueException", message):
        functions.make(b"no archive")


@case("LAMBDA-005", ISSUE)
def test_a_role_has_to_trust_lambda(functions):
    message = "The role defined for the function cannot be assumed by Lambda."
    other = TRUST.replace("lambda.amazonaws.com", "ec2.amazonaws.com")
    with refused("InvalidParameterValueException", message):
        functions.make(ECHO, role=functions.role(trust=other))


@case("LAMBDA-006", ISSUE)
def test_a_name_is_taken_once(functions):
    name = functions.make(ECHO)["FunctionName"]
    with refused("ResourceConflictException", f"Function already exist: {name}", 409):
        functions.make(ECHO, FunctionName=name)


@case("LAMBDA-007", ISSUE)
def test_variables_of_the_runtime_cannot_be_set(functions):
    message = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: AWS_REGION"
    )
    with refused("InvalidParameterValueException", message):
        functions.make(ECHO, Environment={"Variables": {"AWS_REGION": "x"}})


@case("LAMBDA-008", SNAPSHOT)
def test_code_and_settings_change(functions, client):
    made = functions.make(ECHO)
    name = made["FunctionName"]
    changed = client.update_function_code(
        FunctionName=name, ZipFile=archive(app_py="def handler(event, context):\n    return 2\n")
    )
    assert changed["CodeSha256"] != made["CodeSha256"]
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    assert functions.call(name)[0] == 2
    with refused("PreconditionFailedException", status=412):
        client.update_function_configuration(
            FunctionName=name, Timeout=9, RevisionId=made["RevisionId"]
        )
    changed = client.update_function_configuration(FunctionName=name, Timeout=9)
    assert (changed["Timeout"], changed["MemorySize"]) == (9, 256)


@case("LAMBDA-009", SNAPSHOT)
def test_versions_have_numbers_and_stay_as_they_are(functions, client):
    name = functions.make(ECHO)["FunctionName"]
    first = client.publish_version(FunctionName=name)
    assert first["Version"] == "1"
    assert first["FunctionArn"].endswith(f":{name}:1")
    assert client.publish_version(FunctionName=name)["Version"] == "1"
    code = archive(app_py="def handler(event, context):\n    return 'new'\n")
    assert client.update_function_code(FunctionName=name, ZipFile=code, Publish=True)["Version"] == "2"
    assert functions.call(f"{name}:1", 7)[0] == 7
    answer, reply = functions.call(name, 7, Qualifier="2")
    assert (answer, reply["ExecutedVersion"]) == ("new", "2")
    listed = client.list_versions_by_function(FunctionName=name)["Versions"]
    assert [one["Version"] for one in listed] == ["$LATEST", "1", "2"]


@case("LAMBDA-010", MODEL)
def test_an_alias_leads_to_a_version(functions, client):
    name = functions.make(ECHO)["FunctionName"]
    client.publish_version(FunctionName=name)
    made = client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    assert made["AliasArn"].endswith(f":function:{name}:live")
    assert functions.call(f"{name}:live", 1)[1]["ExecutedVersion"] == "1"
    changed = client.update_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
    assert changed["RevisionId"] != made["RevisionId"]
    assert client.get_alias(FunctionName=name, Name="live")["FunctionVersion"] == "$LATEST"
    assert [one["Name"] for one in client.list_aliases(FunctionName=name)["Aliases"]] == ["live"]
    client.delete_alias(FunctionName=name, Name="live")
    with refused("ResourceNotFoundException", status=404):
        client.get_alias(FunctionName=name, Name="live")


@case("LAMBDA-011", SNAPSHOT)
def test_permissions_are_statements_of_a_policy(functions, client):
    made = functions.make(ECHO)
    name = made["FunctionName"]
    with refused("ResourceNotFoundException", "The resource you requested does not exist.", 404):
        client.get_policy(FunctionName=name)
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
    request = dict(
        FunctionName=name,
        StatementId="rotation",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
        SourceArn=secret,
        SourceAccount=ACCOUNT,
    )
    statement = json.loads(client.add_permission(**request)["Statement"])
    assert statement == {
        "Sid": "rotation",
        "Effect": "Allow",
        "Principal": {"Service": "secretsmanager.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": made["FunctionArn"],
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": ACCOUNT},
            "ArnLike": {"AWS:SourceArn": secret},
        },
    }
    with refused("ResourceConflictException", status=409):
        client.add_permission(**request)
    policy = json.loads(client.get_policy(FunctionName=name)["Policy"])
    assert (policy["Id"], policy["Statement"]) == ("default", [statement])
    message = "Statement other is not found in resource policy."
    with refused("ResourceNotFoundException", message, 404):
        client.remove_permission(FunctionName=name, StatementId="other")
    client.remove_permission(FunctionName=name, StatementId="rotation")
    with refused("ResourceNotFoundException", status=404):
        client.get_policy(FunctionName=name)


@case("LAMBDA-012", SNAPSHOT)
def test_a_principal_that_is_none_is_refused(functions, client):
    name = functions.make(ECHO)["FunctionName"]
    message = "The provided principal was invalid. Please check the principal and try again."
    with refused("InvalidParameterValueException", message):
        client.add_permission(
            FunctionName=name, StatementId="x", Action="lambda:InvokeFunction", Principal="nobody"
        )


@case("LAMBDA-013", MODEL)
def test_functions_are_tagged_and_listed(functions, client):
    made = functions.make(ECHO, Tags={"team": "data"})
    client.tag_resource(Resource=made["FunctionArn"], Tags={"a": "1", "b": "2"})
    client.untag_resource(Resource=made["FunctionArn"], TagKeys=["a", "team"])
    assert client.list_tags(Resource=made["FunctionArn"])["Tags"] == {"b": "2"}
    pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
    names = [one["FunctionName"] for page in pages for one in page["Functions"]]
    assert made["FunctionName"] in names


@case("LAMBDA-014", TERRAFORM)
def test_what_terraform_reads_of_every_function_is_there(functions, client):
    name = functions.make(ECHO)["FunctionName"]
    signing = client.get_function_code_signing_config(FunctionName=name)
    assert "CodeSigningConfigArn" not in signing
    client.get_function_concurrency(FunctionName=name)
    client.get_runtime_management_config(FunctionName=name)
    client.get_function_recursion_config(FunctionName=name)
    assert client.get_account_settings()["AccountLimit"]["CodeSizeZipped"] == 52428800


@case("LAMBDA-019", SNAPSHOT)
def test_code_can_be_fetched_from_where_it_is_said_to_be(functions, client):
    code = archive(app_py="def handler(event, context): pass\n")
    name = functions.make(code)["FunctionName"]
    told = client.get_function(FunctionName=name)["Code"]
    assert told["RepositoryType"] == "S3"
    with urllib.request.urlopen(told["Location"]) as reply:
        assert reply.read() == code
    spoiled = told["Location"][:-1] + ("A" if told["Location"][-1] != "A" else "B")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(spoiled)
    client.delete_function(FunctionName=name)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(told["Location"])


@case("LAMBDA-015", MODEL)
def test_a_layer_is_under_opt(functions, client):
    layer = f"layer-{uuid4().hex[:8]}"
    content = archive(**{"python/shared_py": "VALUE = 'from the layer'\n"})
    published = client.publish_layer_version(LayerName=layer, Content={"ZipFile": content})
    code = "import shared\ndef handler(event, context):\n    return shared.VALUE\n"
    name = functions.make(code, Layers=[published["LayerVersionArn"]])["FunctionName"]
    assert functions.call(name)[0] == "from the layer"
    told = client.get_layer_version(LayerName=layer, VersionNumber=1)
    assert told["Version"] == 1
    with urllib.request.urlopen(told["Content"]["Location"]) as reply:
        assert reply.read() == content
    listed = client.list_layer_versions(LayerName=layer)["LayerVersions"]
    assert [one["Version"] for one in listed] == [1]
    client.delete_layer_version(LayerName=layer, VersionNumber=1)


@case("LAMBDA-016", SNAPSHOT)
def test_a_denied_caller_learns_nothing(functions, connect, iam):
    name = functions.make(ECHO)["FunctionName"]
    user = f"user-{uuid4().hex[:8]}"
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    denied = connect("lambda", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    try:
        for one in (name, "none"):
            with refused("AccessDeniedException", status=403):
                denied.invoke(FunctionName=one)
    finally:
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
        iam.delete_user(UserName=user)


@case("LAMBDA-017", INFERRED)
def test_a_signature_that_is_wrong_is_refused_with_403(connect):
    wrong = connect("lambda", secret_key="wrong")
    with refused("InvalidSignatureException", status=403):
        wrong.list_functions()
