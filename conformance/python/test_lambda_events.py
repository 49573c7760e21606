"""Lambda: what is asked of events, and who is told what came of them."""

import json
import re
from uuid import uuid4

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, ISSUE, SNAPSHOT, USER_GUIDE, case
from expect import refused
from functions import Functions, until
from listener import listening
from test_sns_delivery import subscribe

FAILS = "def handler(event, context):\n    raise ValueError('no \\u00fc')\n"
ECHO = "def handler(event, context):\n    return event\n"


@pytest.fixture(scope="module")
def functions(connect, iam):
    made = Functions(connect("lambda"), iam)
    yield made
    made.clean()


@pytest.fixture(scope="module")
def client(functions):
    return functions.client


@pytest.fixture
def sns(connect):
    return connect("sns")


@pytest.fixture
def listener():
    with listening() as listener:
        yield listener


@pytest.fixture
def topic(sns, unique, listener):
    """A topic that the listener hears."""
    arn = sns.create_topic(Name=unique)["TopicArn"]
    subscribe(sns, arn, listener)
    yield arn
    sns.delete_topic(TopicArn=arn)


def send(client, name, payload):
    """Hands the function an event; the id of the invocation."""
    reply = client.invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps(payload).encode()
    )
    assert reply["StatusCode"] == 202
    return reply["ResponseMetadata"]["RequestId"]


@case("LAMBDA-160", SNAPSHOT)
def test_what_is_asked_of_events_is_put_changed_and_taken_back(functions, client):
    name = functions.make(ECHO)["FunctionName"]
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:$LATEST"
    put = client.put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=1, MaximumEventAgeInSeconds=3600
    )
    assert put["FunctionArn"] == arn
    assert put["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    assert put["LastModified"].year >= 2026
    updated = client.update_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    assert (updated["MaximumRetryAttempts"], updated["MaximumEventAgeInSeconds"]) == (0, 3600)
    got = client.get_function_event_invoke_config(FunctionName=name, Qualifier="$LATEST")
    [listed] = client.list_function_event_invoke_configs(FunctionName=name)[
        "FunctionEventInvokeConfigs"
    ]
    for shown in (got, listed):
        assert shown["MaximumRetryAttempts"] == 0
        assert shown["FunctionArn"] == arn
    client.delete_function_event_invoke_config(FunctionName=name)
    missing = f"The function {arn} doesn't have an EventInvokeConfig"
    for ask in (
        client.get_function_event_invoke_config,
        client.delete_function_event_invoke_config,
    ):
        with refused("ResourceNotFoundException", missing, status=404):
            ask(FunctionName=name)


@case("LAMBDA-161", SNAPSHOT)
def test_what_cannot_be_asked_is_refused(functions, client):
    name = functions.make(ECHO)["FunctionName"]
    put = client.put_function_event_invoke_config
    queue = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/none"
    own = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    for destination, message in [
        ("", "You must specify at least one of error handling or destination setting."),
        (own, "You can't specify the function as a destination for itself."),
        (own + "-none", f"The destination ARN {own}-none is invalid."),
        (
            queue,
            "The provided destination config DestinationConfig(onSuccess=null, "
            f"onFailure=OnFailure(destination={queue})) is invalid.",
        ),
    ]:
        more = {"DestinationConfig": {"OnFailure": {"Destination": destination}}}
        with refused("InvalidParameterValueException", message):
            put(FunctionName=name, **(more if destination else {}))
    with refused("ResourceNotFoundException", "The function doesn't exist.", status=404):
        put(FunctionName=f"{name}-none", MaximumRetryAttempts=0)


@case("LAMBDA-162", USER_GUIDE)
def test_after_the_last_try_a_topic_gets_the_record_of_the_invocation(
    functions, client, topic, listener
):
    name = functions.make(FAILS, role=functions.role("sns:Publish"))["FunctionName"]
    client.put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": topic}},
    )
    id = send(client, name, {"order": 7})
    record = json.loads(listener.message(30)["Message"])
    assert record["version"] == "1.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["timestamp"])
    assert record["requestContext"] == {
        "requestId": id,
        "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 1,
    }
    assert record["requestPayload"] == {"order": 7}
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorType"] == "ValueError"


@case("LAMBDA-163", USER_GUIDE)
def test_another_function_is_told_of_success(functions, client, sm):
    told = f"function-{uuid4().hex[:8]}"
    code = (
        "import boto3, json\n"
        "def handler(event, context):\n"
        "    client = boto3.client('secretsmanager')\n"
        f"    client.create_secret(Name='{told}', SecretString=json.dumps(event))\n"
    )
    listening = functions.make(code, role=functions.role("secretsmanager:CreateSecret"))
    name = functions.make(ECHO, role=functions.role("lambda:InvokeFunction"))["FunctionName"]
    client.put_function_event_invoke_config(
        FunctionName=name,
        DestinationConfig={"OnSuccess": {"Destination": listening["FunctionArn"]}},
    )
    send(client, name, {"order": "ü"})
    filters = [{"Key": "name", "Values": [told]}]
    assert until(lambda: sm.list_secrets(Filters=filters)["SecretList"], 30)
    record = json.loads(sm.get_secret_value(SecretId=told)["SecretString"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["responsePayload"] == record["requestPayload"] == {"order": "ü"}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    sm.delete_secret(SecretId=told, ForceDeleteWithoutRecovery=True)


@case("LAMBDA-164", USER_GUIDE)
def test_dead_letters_are_the_event_with_its_error(functions, client, topic, listener):
    role = functions.role("sns:Publish")
    made = functions.make(FAILS, role=role, DeadLetterConfig={"TargetArn": topic})
    assert made["DeadLetterConfig"] == {"TargetArn": topic}
    name = made["FunctionName"]
    client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    id = send(client, name, {"order": 7})
    message = listener.message(30)
    assert json.loads(message["Message"]) == {"order": 7}
    assert message["MessageAttributes"] == {
        "RequestID": {"Type": "String", "Value": id},
        "ErrorCode": {"Type": "Number", "Value": "200"},
        "ErrorMessage": {"Type": "String", "Value": "no ü"},
    }


@case("LAMBDA-165", ISSUE)
def test_the_role_has_to_be_allowed_to_tell(functions, client, topic):
    message = "The provided execution role does not have permissions to call {} on {}"
    name = functions.make(ECHO)["FunctionName"]
    other = functions.make(ECHO)["FunctionArn"]
    for destination, words in [(topic, ("Publish", "SNS")), (other, ("InvokeFunction", "Lambda"))]:
        with refused("InvalidParameterValueException", message.format(*words)):
            client.put_function_event_invoke_config(
                FunctionName=name, DestinationConfig={"OnFailure": {"Destination": destination}}
            )
    with refused("InvalidParameterValueException", message.format("Publish", "SNS")):
        client.update_function_configuration(
            FunctionName=name, DeadLetterConfig={"TargetArn": topic}
        )


@case("LAMBDA-166", INFERRED)
def test_a_role_that_may_not_any_more_tells_nobody(
    connect, functions, client, iam, topic, listener
):
    role = functions.role("sns:Publish")
    name = functions.make(FAILS, role=role, DeadLetterConfig={"TargetArn": topic})["FunctionName"]
    client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    iam.delete_role_policy(RoleName=role.rpartition("/")[2], PolicyName="does")
    send(client, name, 1)
    trail = connect("cloudtrail")
    by_name = [{"AttributeKey": "EventName", "AttributeValue": "Publish"}]

    def denied():
        events = trail.lookup_events(LookupAttributes=by_name)["Events"]
        records = [json.loads(event["CloudTrailEvent"]) for event in events]
        return [record for record in records if name in record["userIdentity"].get("arn", "")]

    [record] = until(denied, 30)
    assert record["errorCode"] == "AccessDenied"
    assert listener.is_silent(1)
