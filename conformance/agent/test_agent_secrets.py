"""The agent: secrets over the interface of AWS's agent and Lambda extension."""

import json
import os
import socket
import subprocess
import sys
import time

from evidence import INFERRED, PROTOCOL, TUTORIAL, case

from conftest import PATIENCE_SECONDS, TOKEN, environment

# The tutorial's "Access via local HTTP endpoint", as it stands there; `json` comes from its page.
TUTORIAL_SAMPLE = '''
import json
import urllib.request
import os

def get_secret_from_extension(secret_name):
    headers = {"X-Aws-Parameters-Secrets-Token": os.environ['AWS_SESSION_TOKEN']}
    url = f"http://localhost:2773/secretsmanager/get?secretId={secret_name}"

    req = urllib.request.Request(url, headers=headers)
    response = urllib.request.urlopen(req)

    return json.loads(response.read())['SecretString']
'''


@case("AGT-001", TUTORIAL)
def test_the_tutorial_s_sample_reads_a_secret(start, secret, people, endpoint):
    from identities import allow

    role = people.role(allow(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]))
    session = role.session().keys
    # As in a function: the session's token is what callers show.
    start(listen="127.0.0.1:2773", keys=session, AWS_TOKEN="")
    sample = f"{TUTORIAL_SAMPLE}\nprint(get_secret_from_extension({secret!r}))"
    ran = subprocess.run(
        [sys.executable, "-c", sample],
        capture_output=True,
        text=True,
        env=environment(endpoint, **session),
    )
    assert ran.stdout == "one\n", ran.stderr


@case("AGT-002", PROTOCOL)
def test_a_secret_is_read_by_query_and_by_path(start, sm, secret):
    agent = start()
    arn = sm.describe_secret(SecretId=secret)["ARN"]
    for target in (
        f"/secretsmanager/get?secretId={secret}",
        f"/secretsmanager/get?secretId={secret.replace('/', '%2F')}",
        f"/secretsmanager/get?secretId={arn}",
        f"/v1/{secret}",
        f"/v1/{secret}?versionStage=AWSCURRENT",
    ):
        value = agent.value(target)
        assert value["SecretString"] == "one"
        assert (value["ARN"], value["Name"]) == (arn, secret)
        assert float(value["CreatedDate"]) > 1_700_000_000
        assert value["VersionStages"] == ["AWSCURRENT"]


@case("AGT-003", PROTOCOL)
def test_the_extension_s_form_is_that_of_the_go_sdk(start, secret):
    agent = start(PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED="true")
    value = agent.value(f"/secretsmanager/get?secretId={secret}")
    assert value["ResultMetadata"] == {}
    assert value["CreatedDate"].endswith("Z") and "T" in value["CreatedDate"]


@case("AGT-004", PROTOCOL)
def test_a_value_is_remembered_until_it_is_refreshed(start, sm, secret):
    # Without the change feed, which would tell of the change at once.
    agent = start("--config", config_file("follow_changes = false"))
    assert agent.value(f"/v1/{secret}")["SecretString"] == "one"
    sm.put_secret_value(SecretId=secret, SecretString="two")
    assert agent.value(f"/v1/{secret}")["SecretString"] == "one"
    assert agent.value(f"/v1/{secret}?refreshNow=true")["SecretString"] == "two"
    assert agent.value(f"/v1/{secret}")["SecretString"] == "two"
    assert agent.value(f"/v1/{secret}?versionStage=AWSPREVIOUS")["SecretString"] == "one"


@case("AGT-005", PROTOCOL)
def test_the_wrong_token_reads_nothing(start, secret):
    agent = start()
    target = f"/v1/{secret}"
    assert agent.get(target, X_Aws_Parameters_Secrets_Token="wrong") == (403, "Bad Token")
    assert agent.get(target, X_Aws_Parameters_Secrets_Token="") == (403, "Bad Token")
    vault = {"X_Aws_Parameters_Secrets_Token": "", "X_Vault_Token": TOKEN}
    assert agent.get(target, **vault)[0] == 200
    assert agent.get("/ping", X_Aws_Parameters_Secrets_Token="") == (200, "healthy")


@case("AGT-006", PROTOCOL)
def test_a_forwarded_request_is_refused(start, secret):
    agent = start()
    assert agent.get(f"/v1/{secret}", X_Forwarded_For="10.0.0.1") == (400, "Forwarded")
    assert agent.get("/ping", X_Forwarded_For="10.0.0.1") == (400, "Forwarded")


@case("AGT-007", INFERRED)
def test_a_foreign_host_is_refused(start, secret):
    agent = start()
    assert agent.get(f"/v1/{secret}", Host="evil.example") == (403, "Bad Host")


@case("AGT-008", PROTOCOL)
def test_what_cannot_be_is_refused_in_aws_s_words(start, secret):
    agent = start()
    for target, answer in {
        "/other": (404, "Not found"),
        "/secretsmanager/get": (400, "missing parameter secretId"),
        "/secretsmanager/get?secretId=a&x=1": (400, "unknown parameter: x"),
        "/v1/": (400, "missing secret ID"),
        "/v1/a?refreshNow=maybe": (400, "invalid refreshNow value"),
    }.items():
        assert agent.get(target) == answer
    assert agent.get(f"/v1/{secret}", method="POST") == (405, "Not allowed")


@case("AGT-009", PROTOCOL)
def test_the_service_s_refusal_is_passed_on(start, name):
    status, body = start().get(f"/v1/{name}")
    assert status == 400
    assert json.loads(body)["__type"] == "ResourceNotFoundException"


@case("AGT-010", INFERRED)
def test_tricks_with_paths_lead_nowhere(start, secret):
    agent = start()
    for target in (
        f"/v1/../secretsmanager/get?secretId={secret}",
        "/v1/%2e%2e/%2e%2e/etc/passwd",
        "/v1//etc/passwd",
        "/v1/%00",
        "/v1/a%0d%0aX-Injected:1",
        "/./ping",
    ):
        status, body = agent.get(target)
        assert status in (400, 404), (target, status)
        assert "one" not in body
    assert agent.get("/ping")[0] == 200


@case("AGT-011", INFERRED)
def test_a_request_too_long_is_refused_and_the_agent_lives(start):
    agent = start()
    host, port = agent.url.removeprefix("http://").split(":")
    for text in (f"GET /v1/{'a' * 100_000} HTTP/1.1\r\n", f"GET / HTTP/1.1\r\nx: {'a' * 100_000}\r\n"):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            try:
                connection.sendall(text.encode() + b"host: localhost\r\n\r\n")
                answer = connection.recv(100)
            except ConnectionError:
                answer = b""
            assert answer == b"" or answer.split()[1] in (b"414", b"431"), answer
    assert agent.get("/ping") == (200, "healthy")


@case("AGT-012", PROTOCOL)
def test_a_role_is_assumed_for_the_caller(start, secret, people):
    from identities import allow

    reader = people.role(allow("secretsmanager:*"))
    other = people.role()
    agent = start(keys=people.anybody().keys)
    assert agent.value(f"/v1/{secret}?roleArn={reader.arn}")["SecretString"] == "one"
    status, body = agent.get(f"/v1/{secret}?roleArn={other.arn}")
    assert json.loads(body)["__type"] == "AccessDeniedException"
    missing = reader.arn + "-missing"
    status, body = agent.get(f"/v1/{secret}?roleArn={missing}")
    assert status == 403
    assert json.loads(body) == {
        "__type": "AccessDeniedException",
        "message": f"Failed to create caching client from role: {missing}",
    }


@case("AGT-013", INFERRED)
def test_a_client_reads_what_its_list_allows(start, sm, secret, tmp_path):
    (tmp_path / "token").write_text("its-own")
    rules = f"[[clients]]\nname = 'one'\ntoken_file = '{tmp_path}/token'\nallow = ['{secret}']\n"
    agent = start("--config", config_file(rules))
    own = {"X_Aws_Parameters_Secrets_Token": "its-own"}
    arn = sm.describe_secret(SecretId=secret)["ARN"]
    assert agent.get(f"/v1/{secret}", **own)[0] == 200
    assert agent.get(f"/v1/{arn}", **own)[0] == 200
    assert agent.get("/v1/another", **own)[0] == 403
    assert agent.get(f"/v1/{secret}x", **own)[0] == 403


def config_file(text):
    """A configuration file that lasts as long as the process."""
    import tempfile

    file = tempfile.NamedTemporaryFile("w", suffix=".toml", delete=False)
    file.write(text)
    file.close()
    return file.name


@case("AGT-014", PROTOCOL)
def test_a_configuration_with_unknown_keys_is_refused(strongroom):
    ran = strongroom("agent", "--config", config_file("http_prot = 2773"), AWS_TOKEN=TOKEN)
    assert ran.returncode == 1
    assert "http_prot" in ran.stderr


@case("AGT-015", INFERRED)
def test_other_hosts_cannot_connect(strongroom):
    ran = strongroom("agent", "--listen", "0.0.0.0:0", AWS_TOKEN=TOKEN)
    assert ran.returncode == 1
    assert "loopback" in ran.stderr


@case("AGT-016", INFERRED)
def test_without_a_token_in_the_environment_one_is_made(start, secret):
    agent = start(AWS_TOKEN="", XDG_RUNTIME_DIR="")
    path = os.path.join(agent.home, ".cache/strongroom-agent/token")
    assert os.stat(path).st_mode & 0o777 == 0o600
    token = open(path).read()
    assert agent.get(f"/v1/{secret}", X_Aws_Parameters_Secrets_Token=token)[0] == 200
    assert agent.get(f"/v1/{secret}", X_Aws_Parameters_Secrets_Token="sesame")[0] == 403


@case("AGT-017", INFERRED)
def test_a_changed_value_is_served_long_before_its_time_is_over(start, sm, secret):
    agent = start()
    assert agent.value(f"/v1/{secret}")["SecretString"] == "one"
    for value in ("two", "three"):
        sm.put_secret_value(SecretId=secret, SecretString=value)
        # A fifth of the time for which the agent may remember what nobody tells it of.
        until = time.monotonic() + PATIENCE_SECONDS
        while agent.value(f"/v1/{secret}")["SecretString"] != value:
            assert time.monotonic() < until, "the agent does not follow changes"
            time.sleep(0.02)


@case("AGT-018", PROTOCOL)
def test_parameters_come_from_the_parameter_store(start, connect, name):
    ssm, agent = connect("ssm"), start()
    plain, sealed = f"/{name}/plain", f"/{name}/sealed"
    ssm.put_parameter(Name=plain, Value="one", Type="String")
    ssm.put_parameter(Name=sealed, Value="hidden", Type="SecureString")
    ssm.put_parameter(Name=plain, Value="two", Type="String", Overwrite=True)
    ssm.label_parameter_version(Name=plain, ParameterVersion=1, Labels=["old"])

    def parameter(query):
        return agent.value(f"/systemsmanager/parameters/get?{query}")["Parameter"]

    read = parameter(f"name={plain}")
    assert (read["Name"], read["Value"], read["Version"]) == (plain, "two", 2)
    assert (read["Type"], read["DataType"]) == ("String", "text")
    assert parameter(f"name={plain.replace('/', '%2F')}&version=1")["Value"] == "one"
    assert parameter(f"name={plain}&label=old")["Value"] == "one"
    assert parameter(f"name={sealed}&withDecryption=true")["Value"] == "hidden"
    assert parameter(f"name={sealed}")["Value"] != "hidden"
    status, body = agent.get(f"/systemsmanager/parameters/get?name={plain}x")
    assert status == 400 and "ParameterNotFound" in body
    for gone in (plain, sealed):
        ssm.delete_parameter(Name=gone)


@case("AGT-019", PROTOCOL)
def test_a_secret_is_read_as_a_parameter(start, secret):
    agent = start()
    path = f"/aws/reference/secretsmanager/{secret}"
    read = agent.value(f"/systemsmanager/parameters/get?name={path}&withDecryption=true")
    assert read["Parameter"]["Value"] == "one"


@case("AGT-020", INFERRED)
def test_a_changed_value_is_there_long_before_the_old_one_s_time_is_over(start, sm, secret):
    """Normally within milliseconds; a value is good for five minutes if nobody tells of a change."""
    agent = start()
    target = f"/secretsmanager/get?secretId={secret}"
    for number in range(10):
        agent.value(target)
        sm.put_secret_value(SecretId=secret, SecretString=str(number))
        end = time.monotonic() + PATIENCE_SECONDS
        while agent.value(target)["SecretString"] != str(number):
            assert time.monotonic() < end
            time.sleep(0.01)
