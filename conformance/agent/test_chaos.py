"""The agent: what applications see while the server is away, back, or says no, or the agent dies."""

import json
import os
import time

import pytest
from botocore.exceptions import ClientError

from evidence import INFERRED, case
from identities import allow, document, keys_of

from conftest import TOKEN
from test_agent_secrets import config_file
from trouble import Application, eventually, wait_until


def values(application):
    """What it read, without repetitions, and every other answer."""
    seen = []
    for _, status, body in application.answers:
        value = json.loads(body)["SecretString"] if status == 200 else (status, body)
        if not seen or seen[-1] != value:
            seen.append(value)
    return seen


# What is told of changes is told whenever the server comes to it, and what is known to have changed does not
# serve in an outage: where that is not the matter, the agent does not listen.
DEAF = "follow_changes = false\n"


@case("AGT-301", INFERRED)
def test_an_application_reads_on_while_the_server_is_away(agent_of, server, stored):
    agent = agent_of(DEAF + "ttl_seconds = 0")
    assert agent.value(f"/v1/{stored}")["SecretString"] == "one"
    server.kill()
    for _ in range(3):
        assert agent.value(f"/v1/{stored}")["SecretString"] == "one"
    # What was never read cannot be had.
    assert agent.get("/v1/another")[0] == 502
    server.start()
    server.client("secretsmanager").put_secret_value(SecretId=stored, SecretString="two")
    eventually("two", lambda: agent.value(f"/v1/{stored}")["SecretString"])


@case("AGT-302", INFERRED)
def test_what_no_longer_may_be_served_old_is_not(agent_of, server, stored):
    agent = agent_of("ttl_seconds = 0\nignore_transient_errors = false")
    assert agent.get(f"/v1/{stored}")[0] == 200
    server.kill()
    assert agent.get(f"/v1/{stored}")[0] == 502
    server.start()
    assert agent.get(f"/v1/{stored}")[0] == 200


@case("AGT-303", INFERRED)
def test_an_agent_that_starts_in_an_outage_serves_what_it_kept(agent_of, server, stored, tmp_path):
    kept = DEAF + f"[disk_cache]\nfolder = '{tmp_path}/kept'\nkey_file = '{tmp_path}/kept.key'"
    assert agent_of(kept).get(f"/v1/{stored}")[0] == 200
    server.kill()
    agent = agent_of(kept)
    assert agent.value(f"/v1/{stored}")["SecretString"] == "one"
    assert agent.get(f"/v1/{stored}?refreshNow=true")[0] == 200
    for file in (tmp_path / "kept").iterdir():
        assert b"one" not in file.read_bytes() and "prod" not in file.name


@case("AGT-304", INFERRED)
def test_a_right_that_is_taken_away_ends_what_is_served(start, secret, people):
    reader = people.user(allow("secretsmanager:*"))
    agent = start("--config", config_file("ttl_seconds = 0"), keys=reader.keys)
    assert agent.get(f"/v1/{secret}")[0] == 200
    people.iam.delete_user_policy(UserName=reader.name, PolicyName="own")
    status, body = agent.get(f"/v1/{secret}")
    assert status == 400 and "AccessDeniedException" in body


class Workload:
    """A role that an agent serves, on a server of its own."""

    def __init__(self, server, start):
        self.server, self.iam = server, server.client("iam")
        trust = document(
            {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
        )
        role = self.iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust)
        self.arn = role["Role"]["Arn"]
        self.iam.put_role_policy(
            RoleName="app", PolicyName="own", PolicyDocument=document(allow("secretsmanager:*"))
        )
        self.iam.create_user(UserName="host")
        self.iam.put_user_policy(
            UserName="host", PolicyName="own", PolicyDocument=document(allow("sts:AssumeRole"))
        )
        self.keys = keys_of(self.iam.create_access_key(UserName="host")["AccessKey"])
        self.agent = start("--role", self.arn, keys=self.keys, AWS_ENDPOINT_URL=server.url)

    def credentials(self):
        """Those that the agent's instance metadata hands out."""
        ttl = {"X_aws_ec2_metadata_token_ttl_seconds": "60"}
        status, token = self.agent.get("/latest/api/token", method="PUT", **ttl)
        assert status == 200
        path = "/latest/meta-data/iam/security-credentials/app"
        status, body = self.agent.get(path, X_aws_ec2_metadata_token=token)
        assert status == 200, body
        found = json.loads(body)
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "session_token": found["Token"],
        }

    def read(self, name):
        """The secret as the application reads it, or the code with which that is refused."""
        client = self.server.client("secretsmanager", **self.credentials())
        try:
            return client.get_secret_value(SecretId=name)["SecretString"]
        except ClientError as error:
            return error.response["Error"]["Code"]


@pytest.fixture
def workload(server, start):
    return Workload(server, start)


@case("AGT-305", INFERRED)
def test_credentials_serve_on_while_the_server_is_away(workload, server, stored):
    assert workload.read(stored) == "one"
    before = workload.credentials()
    server.kill()
    assert workload.credentials() == before
    server.start()
    # Sessions outlive the server that gave them.
    assert workload.read(stored) == "one"
    assert workload.credentials() == before


@case("AGT-306", INFERRED)
def test_no_read_fails_while_the_server_is_killed_and_started_again(agent_of, server, stored):
    agent = agent_of(DEAF + "ttl_seconds = 1")
    target = f"/v1/{stored}"
    agent.value(target)
    with Application(agent, target) as application:
        for _ in range(2):
            application.goes_on()
            server.kill()
            application.goes_on()
            server.start()
        application.goes_on()
        server.client("secretsmanager").put_secret_value(SecretId=stored, SecretString="two")
        wait_until(lambda: values(application)[-1] == "two", lambda: values(application))
        application.goes_on()
    # The new value came once, and the old one never again.
    assert values(application) == ["one", "two"]


@case("AGT-307", INFERRED)
def test_an_old_value_serves_no_longer_than_its_bound(agent_of, server, stored):
    agent = agent_of(DEAF + "ttl_seconds = 0\nmax_stale_seconds = 2")
    target = f"/v1/{stored}"
    agent.value(target)
    with Application(agent, target) as application:
        application.goes_on(5)
        server.kill()
        killed = time.monotonic()
        refused = lambda: [answer[1] for answer in application.answers if answer[1] != 200]
        wait_until(lambda: len(refused()) >= 5)
        # Nobody has confirmed the value since.
        late = [answer for answer in application.answers if answer[0] > killed + 2]
        assert {status for _, status, _ in late} == {502}
        assert set(refused()) == {502}
        between = [answer for answer in application.answers if killed < answer[0]]
        assert between[0][1] == 200, "the old value serves at first"
        server.start()
        eventually(200, lambda: application.answers[-1][1])
        server.client("secretsmanager").put_secret_value(SecretId=stored, SecretString="two")
        eventually("two", lambda: values(application)[-1])


@case("AGT-308", INFERRED)
def test_a_role_without_its_policy_reads_no_more(agent_of, workload, server, stored):
    agent = agent_of("ttl_seconds = 0", keys=workload.keys)
    target = f"/v1/{stored}?roleArn={workload.arn}"
    assert agent.value(target)["SecretString"] == "one"
    assert workload.read(stored) == "one"
    workload.iam.delete_role_policy(RoleName="app", PolicyName="own")
    status, body = agent.get(target)
    assert (status, json.loads(body)["__type"]) == (400, "AccessDeniedException")
    assert workload.read(stored) == "AccessDeniedException"
    # The value is forgotten: no outage brings it back.
    server.kill()
    assert agent.get(target)[0] == 502
    server.start()


@case("AGT-309", INFERRED)
def test_a_role_that_is_deleted_ends_what_its_sessions_may(agent_of, workload, server, stored):
    agent = agent_of("ttl_seconds = 0", keys=workload.keys)
    target = f"/v1/{stored}?roleArn={workload.arn}"
    assert agent.value(target)["SecretString"] == "one"
    held = workload.credentials()
    workload.iam.delete_role_policy(RoleName="app", PolicyName="own")
    workload.iam.delete_role(RoleName="app")
    for asked in (target + "&refreshNow=true", target, target):
        status, body = agent.get(asked)
        assert (status, json.loads(body)["__type"]) == (403, "AccessDeniedException")
    # The session that was handed out is handed out until it is to be renewed; it is good for nothing.
    assert workload.credentials() == held
    assert workload.read(stored) != "one"
    server.kill()
    assert agent.get(target)[0] == 502
    server.start()


@case("AGT-310", INFERRED)
def test_a_value_that_is_fresh_is_not_asked_for_when_a_right_is_taken_away(
    agent_of, workload, stored
):
    agent = agent_of(DEAF, keys=workload.keys)
    target = f"/v1/{stored}?roleArn={workload.arn}"
    assert agent.value(target)["SecretString"] == "one"
    workload.iam.delete_role_policy(RoleName="app", PolicyName="own")
    assert agent.value(target)["SecretString"] == "one"
    assert agent.get(target + "&refreshNow=true")[0] == 400
    assert agent.get(target)[0] == 400


@case("AGT-311", INFERRED)
def test_an_agent_that_is_killed_is_there_again_under_its_address_and_token(
    start, server, stored, tmp_path
):
    socket = tmp_path / "agent.sock"
    more = {"keys": server.keys(), "home": tmp_path / "home", "AWS_ENDPOINT_URL": server.url}
    more |= {"AWS_TOKEN": "", "XDG_RUNTIME_DIR": ""}
    options = ["--unix-socket", str(socket)]
    agent = start(*options, **more)
    token_file = tmp_path / "home/.cache/strongroom-agent/token"
    token = {"X_Aws_Parameters_Secrets_Token": token_file.read_text()}
    target = f"/v1/{stored}"
    assert agent.get(target, **token)[0] == 200
    agent.kill()
    assert socket.exists()
    again = start(*options, listen=agent.address, **more)
    assert agent.get(target, **token)[0] == 200
    assert agent.get(target, X_Aws_Parameters_Secrets_Token=TOKEN)[0] == 403
    assert again.address == agent.address and os.stat(token_file).st_mode & 0o777 == 0o600


@case("AGT-312", INFERRED)
def test_an_application_waits_out_the_death_of_its_agent_in_an_outage(
    agent_of, server, stored, tmp_path
):
    kept = DEAF + f"[disk_cache]\nfolder = '{tmp_path}/kept'\nkey_file = '{tmp_path}/kept.key'"
    agent = agent_of(kept)
    target = f"/v1/{stored}"
    agent.value(target)
    with Application(agent, target) as application:
        application.goes_on(10)
        server.kill()
        agent.kill()
        application.goes_on(10)
        agent_of(kept, listen=agent.address)
        eventually(200, lambda: application.answers[-1][1])
        application.goes_on(10)
        server.start()
        server.client("secretsmanager").put_secret_value(SecretId=stored, SecretString="two")
        wait_until(lambda: values(application)[-1] == "two")
    # While there is no agent nothing answers; it never says anything wrong.
    told = {value for value in values(application) if isinstance(value, str)}
    assert told == {"one", "two"}
    assert {value[0] for value in values(application) if isinstance(value, tuple)} == {0}


@case("AGT-313", INFERRED)
def test_an_agent_that_is_killed_hands_out_credentials_again(workload, start, server, stored):
    before = workload.credentials()
    agent = workload.agent
    old = open(agent.exports["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
    agent.kill()
    again = start(
        "--role",
        workload.arn,
        listen=agent.address,
        home=agent.home,
        keys=workload.keys,
        AWS_ENDPOINT_URL=server.url,
    )
    assert again.exports == agent.exports
    # A session of its own; that of before goes on until it ends.
    assert workload.credentials() != before
    assert workload.read(stored) == "one"
    sts = server.client("sts", **before)
    assert ":assumed-role/app/" in sts.get_caller_identity()["Arn"]
    new = open(agent.exports["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
    assert again.get("/credentials", Authorization=new)[0] == 200
    assert again.get("/credentials", Authorization=old)[0] == 401


@case("AGT-314", INFERRED)
def test_a_server_that_is_back_tells_of_changes_again(agent_of, server, stored):
    agent = agent_of("")
    target = f"/v1/{stored}"
    agent.value(target)
    for value in ("two", "three"):
        server.kill()
        server.start()
        server.client("secretsmanager").put_secret_value(SecretId=stored, SecretString=value)
        # The value before is good for five minutes if nobody tells of the change.
        eventually(value, lambda: agent.value(target)["SecretString"])
