"""Lambda: what functions see, what they return, and what becomes of those that fail."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, MODEL, SNAPSHOT, TUTORIAL, USER_GUIDE, case
from expect import refused
from functions import Functions, archive, until

ECHO = "def handler(event, context):\n    return event\n"


@pytest.fixture(scope="module")
def functions(connect, iam):
    made = Functions(connect("lambda"), iam)
    yield made
    made.clean()


@pytest.fixture(scope="module")
def client(functions):
    return functions.client


@case("LAMBDA-101", MODEL)
def test_an_event_comes_back(functions):
    name = functions.make(ECHO)["FunctionName"]
    event = {"text": "ü", "list": [1, None, True], "deep": {"a": {}}}
    answer, reply = functions.call(name, event)
    assert answer == event
    assert reply["StatusCode"] == 200
    assert "FunctionError" not in reply
    assert reply["ExecutedVersion"] == "$LATEST"


@case("LAMBDA-102", SNAPSHOT)
def test_the_log_has_start_end_and_report(functions):
    code = "def handler(event, context):\n    print('hello from', context.aws_request_id)\n"
    name = functions.make(code)["FunctionName"]
    answer, reply = functions.call(name)
    assert answer is None
    id = reply["ResponseMetadata"]["RequestId"]
    lines = reply["Log"].splitlines()
    assert lines[0] == f"START RequestId: {id} Version: $LATEST"
    assert f"hello from {id}" in lines
    assert lines[-2] == f"END RequestId: {id}"
    assert lines[-1].startswith(f"REPORT RequestId: {id}\tDuration: ")
    assert "\tMemory Size: 256 MB\tMax Memory Used: " in lines[-1]
    assert "\tInit Duration: " in lines[-1]
    assert "Init Duration" not in functions.call(name)[1]["Log"]


@case("LAMBDA-103", SNAPSHOT)
def test_an_exception_is_told_with_its_trace(functions):
    code = "def handler(event, context):\n    raise ValueError('no ' + event['x'])\n"
    name = functions.make(code)["FunctionName"]
    error, reply = functions.call(name, {"x": "way"})
    assert reply["StatusCode"] == 200
    assert reply["FunctionError"] == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no way")
    assert error["requestId"] == reply["ResponseMetadata"]["RequestId"]
    assert 'File "/var/task/app.py", line 2, in handler' in error["stackTrace"][0]
    # The instance lives on.
    assert functions.call(name, {"x": "way"})[0]["errorType"] == "ValueError"


@case("LAMBDA-104", SNAPSHOT)
def test_a_handler_that_is_not_there_is_told(functions):
    for handler, kind in (
        ("nothing.handler", "Runtime.ImportModuleError"),
        ("app.nothing", "Runtime.HandlerNotFound"),
    ):
        name = functions.make(ECHO, handler=handler)["FunctionName"]
        error, reply = functions.call(name)
        assert (reply["FunctionError"], error["errorType"]) == ("Unhandled", kind)
    name = functions.make("def handler(:\n")["FunctionName"]
    assert functions.call(name)[0]["errorType"] == "Runtime.UserCodeSyntaxError"


@case("LAMBDA-105", SNAPSHOT)
def test_what_is_no_json_cannot_be_returned(functions):
    name = functions.make("def handler(event, context):\n    return {1, 2}\n")["FunctionName"]
    assert functions.call(name)[0]["errorType"] == "Runtime.MarshalError"


@case("LAMBDA-106", USER_GUIDE)
def test_a_function_that_takes_too_long_is_ended(functions):
    code = (
        "import subprocess, time\n"
        "def handler(event, context):\n"
        "    if event:\n"
        "        subprocess.Popen(['sleep', '300'])\n"
        "        time.sleep(300)\n"
        "    return 'quick'\n"
    )
    name = functions.make(code, Timeout=1)["FunctionName"]
    error, reply = functions.call(name, True)
    id = reply["ResponseMetadata"]["RequestId"]
    assert reply["FunctionError"] == "Unhandled"
    assert error == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {id} Error: Task timed out after 1.00 seconds",
    }
    assert "Task timed out after 1.00 seconds" in reply["Log"]
    assert functions.call(name, False)[0] == "quick"


@case("LAMBDA-107", SNAPSHOT)
def test_a_function_that_exits_is_told(functions):
    code = "import os\ndef handler(event, context):\n    os._exit(event)\n"
    name = functions.make(code)["FunctionName"]
    error, reply = functions.call(name, 3)
    id = reply["ResponseMetadata"]["RequestId"]
    assert error == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {id} Error: Runtime exited with error: exit status 3",
    }
    error, _ = functions.call(name, 0)
    assert error["errorMessage"].endswith("Runtime exited without providing a reason")


@case("LAMBDA-108", USER_GUIDE)
def test_a_function_that_uses_too_much_memory_is_killed(functions):
    code = "def handler(event, context):\n    return len([bytearray(1 << 20) for _ in range(2000)])\n"
    name = functions.make(code, MemorySize=128)["FunctionName"]
    error, reply = functions.call(name)
    assert reply["FunctionError"] == "Unhandled"
    assert error["errorType"] in ("Runtime.ExitError", "MemoryError")


@case("LAMBDA-109", USER_GUIDE)
def test_an_answer_can_be_too_large(functions, client):
    code = "def handler(event, context):\n    return 'x' * event\n"
    name = functions.make(code)["FunctionName"]
    error, _ = functions.call(name, 7_000_000)
    assert error["errorType"] == "Function.ResponseSizeTooLarge"
    assert len(functions.call(name, 6_000_000)[0]) == 6_000_000
    with refused("RequestTooLargeException", status=413):
        client.invoke(FunctionName=name, Payload=b'"' + b"x" * 6_291_456 + b'"')
    with refused("InvalidRequestContentException"):
        client.invoke(FunctionName=name, Payload=b"{")


@case("LAMBDA-110", USER_GUIDE)
def test_a_warm_instance_keeps_what_it_knows(functions):
    code = (
        "import functools, os\n"
        "@functools.lru_cache\n"
        "def expensive():\n"
        "    return os.urandom(8).hex()\n"
        "def handler(event, context):\n"
        "    return expensive()\n"
    )
    name = functions.make(code)["FunctionName"]
    first, second = functions.call(name)[0], functions.call(name)[0]
    assert first == second
    functions.client.update_function_configuration(FunctionName=name, Timeout=9)
    assert functions.call(name)[0] != first


@case("LAMBDA-111", USER_GUIDE)
def test_the_environment_is_that_of_aws(functions):
    code = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"
    made = functions.make(code, Environment={"Variables": {"MINE": "1"}})
    name = made["FunctionName"]
    seen = functions.call(name)[0]
    expected = {
        "MINE": "1",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "LAMBDA_TASK_ROOT": "/var/task",
        "_HANDLER": "app.handler",
    }
    assert {key: seen.get(key) for key in expected} == expected
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert seen["AWS_SESSION_TOKEN"]


@case("LAMBDA-112", TUTORIAL)
def test_a_function_reads_a_secret_as_its_role(functions, sm):
    secret = f"function-{uuid4().hex[:8]}"
    sm.create_secret(Name=secret, SecretString="hunter2")
    code = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    who = boto3.client('sts').get_caller_identity()['Arn']\n"
        "    value = boto3.client('secretsmanager').get_secret_value(SecretId=event)\n"
        "    return who, value['SecretString']\n"
    )
    try:
        role = functions.role("secretsmanager:GetSecretValue")
        name = functions.make(code, role=role)["FunctionName"]
        who, value = functions.call(name, secret)[0]
        assert value == "hunter2"
        assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.split('/')[-1]}/{name}"
        name = functions.make(code)["FunctionName"]
        error = functions.call(name, secret)[0]
        assert "AccessDeniedException" in error["errorMessage"]
    finally:
        sm.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)


@case("LAMBDA-113", INFERRED)
def test_a_function_reaches_this_machine_and_not_its_files(functions):
    code = (
        "import os, socket\n"
        "def handler(event, context):\n"
        "    with socket.create_connection(('127.0.0.1', event['port'])) as there:\n"
        "        heard = there.recv(5).decode()\n"
        "    def tries(action):\n"
        "        try:\n"
        "            action()\n"
        "            return True\n"
        "        except OSError:\n"
        "            return False\n"
        "    return {\n"
        "        'heard': heard,\n"
        "        'root': os.getuid() == 0,\n"
        "        'writes code': tries(lambda: open('/var/task/x', 'w')),\n"
        "        'writes root': tries(lambda: open('/x', 'w')),\n"
        "        'writes usr': tries(lambda: open('/usr/x', 'w')),\n"
        "        'writes dev': tries(lambda: open('/dev/x', 'w')),\n"
        "        'reads shadow': tries(lambda: open('/etc/shadow')),\n"
        "        'sees data': tries(lambda: os.listdir(event['folder'])),\n"
        "        'writes tmp': tries(lambda: open('/tmp/x', 'w')),\n"
        "        'processes': len([one for one in os.listdir('/proc') if one.isdigit()]),\n"
        "        'becomes root': tries(lambda: os.setuid(0)),\n"
        "    }\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            there, _ = server.accept()
            with there:
                there.sendall(b"hello")

        threading.Thread(target=serve, daemon=True).start()
        name = functions.make(code)["FunctionName"]
        port = server.getsockname()[1]
        seen, _ = functions.call(name, {"port": port, "folder": __file__.rsplit("/", 1)[0]})
    assert seen.pop("processes") < 5
    assert seen == {
        "heard": "hello",
        "root": False,
        "writes code": False,
        "writes root": False,
        "writes usr": False,
        "writes dev": False,
        "reads shadow": False,
        "sees data": False,
        "writes tmp": True,
        "becomes root": False,
    }


@case("LAMBDA-114", INFERRED)
def test_functions_that_misbehave_harm_nobody(functions, client):
    fork = (
        "import os, time\n"
        "def handler(event, context):\n"
        "    children = 0\n"
        "    while True:\n"
        "        try:\n"
        "            if os.fork() == 0:\n"
        "                time.sleep(60)\n"
        "                os._exit(0)\n"
        "            children += 1\n"
        "        except OSError:\n"
        "            return children\n"
    )
    name = functions.make(fork, Timeout=15, MemorySize=2048)["FunctionName"]
    answer, reply = functions.call(name)
    assert reply.get("FunctionError") or answer <= 1024
    client.delete_function(FunctionName=name)
    fill = (
        "def handler(event, context):\n"
        "    written = 0\n"
        "    try:\n"
        "        with open('/tmp/x', 'wb') as file:\n"
        "            while True:\n"
        "                written += file.write(b'x' * (1 << 20))\n"
        "    except OSError as error:\n"
        "        return written\n"
    )
    name = functions.make(fill, MemorySize=1024)["FunctionName"]
    answer, reply = functions.call(name)
    assert reply.get("FunctionError") or answer <= 512 << 20
    chatty = "def handler(event, context):\n    for n in range(100_000):\n        print('x' * 100, n)\n"
    name = functions.make(chatty)["FunctionName"]
    _, reply = functions.call(name)
    assert "FunctionError" not in reply
    assert len(reply["Log"].encode()) <= 4096
    assert "x 99999" in reply["Log"]


@case("LAMBDA-115", INFERRED)
def test_the_runtime_api_of_one_function_answers_no_other(functions):
    spy = (
        "import http.client, os, re, urllib.request\n"
        "def handler(event, context):\n"
        "    mine = int(os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')[1])\n"
        "    heard = []\n"
        "    for line in open('/proc/net/tcp').read().splitlines()[1:]:\n"
        "        fields = line.split()\n"
        "        host, port = fields[1].split(':')\n"
        "        port = int(port, 16)\n"
        "        if fields[3] != '0A' or host != '0100007F' or port in (mine, event):\n"
        "            continue\n"
        "        url = f'http://127.0.0.1:{port}/2018-06-01/runtime/init/error'\n"
        "        try:\n"
        "            with urllib.request.urlopen(url, b'{}', timeout=1) as reply:\n"
        "                heard.append((port, reply.status))\n"
        # Whatever else listens on the machine need not speak HTTP.
        "        except (OSError, http.client.HTTPException):\n"
        "            pass\n"
        "    return [status for _, status in heard if status == 202]\n"
    )
    victim = functions.make(ECHO)["FunctionName"]
    assert functions.call(victim, 1)[0] == 1
    name = functions.make(spy)["FunctionName"]
    port = int(functions.client.meta.endpoint_url.rsplit(":", 1)[1])
    assert functions.call(name, port)[0] == []
    assert functions.call(victim, 2)[0] == 2


@case("LAMBDA-116", MODEL)
def test_a_dry_run_runs_nothing_and_an_event_runs_later(functions, client, sm):
    secret = f"function-{uuid4().hex[:8]}"
    code = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    boto3.client('secretsmanager').create_secret(Name=event, SecretString='ran')\n"
    )
    role = functions.role("secretsmanager:CreateSecret")
    name = functions.make(code, role=role)["FunctionName"]
    payload = json.dumps(secret).encode()
    dry = client.invoke(FunctionName=name, InvocationType="DryRun", Payload=payload)
    assert dry["StatusCode"] == 204
    event = client.invoke(FunctionName=name, InvocationType="Event", Payload=payload)
    assert (event["StatusCode"], event["Payload"].read()) == (202, b"")

    def there():
        filters = [{"Key": "name", "Values": [secret]}]
        return sm.list_secrets(Filters=filters)["SecretList"]

    assert len(until(there)) == 1
    sm.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)


@case("LAMBDA-117", SNAPSHOT)
def test_concurrency_can_be_bounded(functions, client):
    code = "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'done'\n"
    name = functions.make(code)["FunctionName"]
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)

    def outcome(_):
        try:
            return functions.call(name, 4)[0]
        except client.exceptions.TooManyRequestsException as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 429
            return error.response["Reason"]

    with ThreadPoolExecutor(4) as beside:
        outcomes = list(beside.map(outcome, range(4)))
    assert set(outcomes) == {"done", "ReservedFunctionConcurrentInvocationLimitExceeded"}
    client.delete_function_concurrency(FunctionName=name)
    with ThreadPoolExecutor() as beside:
        calls = [beside.submit(functions.call, name, 1) for _ in range(4)]
        assert [one.result()[0] for one in calls] == ["done"] * 4


@case("LAMBDA-118", USER_GUIDE)
def test_node_functions_run(functions):
    code = archive(
        **{
            "index_mjs": (
                "let calls = 0;\n"
                "export const handler = async (event, context) => {\n"
                "  if (event === 'throw') throw new TypeError('no way');\n"
                "  console.log('hello');\n"
                "  return { event, calls: ++calls, id: context.awsRequestId };\n"
                "};\n"
            )
        }
    )
    name = functions.make(code, runtime="nodejs20.x", handler="index.handler")["FunctionName"]
    answer, reply = functions.call(name, {"a": 1})
    assert answer == {"event": {"a": 1}, "calls": 1, "id": reply["ResponseMetadata"]["RequestId"]}
    assert "hello" in reply["Log"]
    assert functions.call(name, 2)[0]["calls"] == 2
    error, reply = functions.call(name, "throw")
    assert reply["FunctionError"] == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("TypeError", "no way")
    assert error["trace"][0] == "TypeError: no way"
    common = archive(**{"index_js": "exports.handler = (event, context, done) => done(null, 'old');\n"})
    name = functions.make(common, runtime="nodejs22.x", handler="index.handler")["FunctionName"]
    assert functions.call(name)[0] == "old"


@case("LAMBDA-119", USER_GUIDE)
def test_a_bootstrap_of_ones_own_runs(functions):
    script = (
        "#!/usr/bin/python3\n"
        "import os, urllib.request\n"
        "api = 'http://' + os.environ['AWS_LAMBDA_RUNTIME_API'] + '/2018-06-01/runtime/invocation/'\n"
        "while True:\n"
        "    with urllib.request.urlopen(api + 'next') as event:\n"
        "        id = event.headers['Lambda-Runtime-Aws-Request-Id']\n"
        "        body = event.read()\n"
        "    urllib.request.urlopen(api + id + '/response', b'{\"got\":' + body + b'}').close()\n"
    )
    code = archive(executable=("bootstrap",), bootstrap=script)
    name = functions.make(code, runtime="provided.al2023", handler="any")["FunctionName"]
    assert functions.call(name, [1])[0] == {"got": [1]}
    missing = archive(nothing_txt="")
    name = functions.make(missing, runtime="provided.al2023", handler="any")["FunctionName"]
    error, reply = functions.call(name)
    assert (reply["FunctionError"], error["errorType"]) == ("Unhandled", "Runtime.ExitError")


@case("LAMBDA-120", MODEL)
def test_a_client_context_reaches_the_function(functions, client):
    import base64

    code = "def handler(event, context):\n    return context.client_context.custom\n"
    name = functions.make(code)["FunctionName"]
    told = base64.b64encode(json.dumps({"custom": {"a": "1"}}).encode()).decode()
    assert functions.call(name, ClientContext=told)[0] == {"a": "1"}
