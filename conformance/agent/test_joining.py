"""The agent: a host that joins with a token and then has a key of its own."""

import json
import os
import stat
import time

import boto3
import pytest
from botocore.exceptions import ClientError

from evidence import INFERRED, case
from identities import allow, document, trust
from server import running

from conftest import PATIENCE_SECONDS, REGION
from test_agent_credentials import program

METADATA = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
# A host finds no key anywhere.
NO_KEYS = {"access_key": "", "secret_key": ""}
EC2 = trust({"Service": "ec2.amazonaws.com"})


@pytest.fixture
def role(people):
    """A role for hosts that may read secrets."""
    return people.role(
        allow(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]), trusts=EC2
    )


@pytest.fixture
def admin(people):
    """Who may let hosts in and take them out, but may pass no role but those it is told to."""
    return people.user(allow("strongroom:*"), allow("iam:PassRole")).keys


@pytest.fixture
def token_file(strongroom, role, admin, tmp_path):
    """The path of a file with a token for the role."""
    path = tmp_path / "join-token"
    made = strongroom("host", "token", "--role", role.arn, "--name", "web-1", keys=admin)
    assert made.returncode == 0, made.stderr
    path.write_text(made.stdout)
    return path


def host_of(agent):
    """The id under which the agent's host has joined."""
    return json.loads((agent.home / ".local/state/strongroom-agent/host.json").read_text())["HostId"]


def credentials_of(agent, role):
    """The role's credentials, as the host's programs get them."""
    _, token = agent.get(
        "/latest/api/token", method="PUT", X_aws_ec2_metadata_token_ttl_seconds="60"
    )
    path = f"/latest/meta-data/iam/security-credentials/{role.name}"
    found = json.loads(agent.get(path, X_aws_ec2_metadata_token=token)[1])
    return {
        "access_key": found["AccessKeyId"],
        "secret_key": found["SecretAccessKey"],
        "session_token": found["Token"],
    }


@case("AGT-401", INFERRED)
def test_a_host_joins_and_its_programs_read_secrets_as_the_host(
    start, strongroom, token_file, admin, secret, role, endpoint
):
    agent = start("--join-file", str(token_file), keys=NO_KEYS, AWS_REGION="")
    printed = program(
        "import boto3\n"
        f"session = boto3.Session(region_name='{REGION}')\n"
        f"secret = session.client('secretsmanager').get_secret_value(SecretId='{secret}')\n"
        "print(secret['SecretString'], session.get_credentials().method)\n"
        "print(session.client('sts').get_caller_identity()['Arn'])",
        endpoint,
        {METADATA: agent.exports[METADATA]},
    )
    read, arn = printed.splitlines()
    host = host_of(agent)
    assert read == "one iam-role"
    assert arn.endswith(f":assumed-role/{role.name}/{host}")
    # And so does the agent itself.
    assert agent.value(f"/secretsmanager/get?secretId={secret}")["SecretString"] == "one"
    listed = json.loads(strongroom("host", "list", "--json", keys=admin).stdout)
    [found] = [one for one in listed["Hosts"] if one["HostId"] == host]
    assert (found["Label"], found["RoleArn"], found["Region"]) == ("web-1", role.arn, REGION)
    assert found["LastSessionAddress"] == "127.0.0.1"
    key = agent.home / ".local/state/strongroom-agent/host.key"
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600


@case("AGT-402", INFERRED)
def test_a_host_that_has_joined_starts_again_with_its_key(start, token_file, secret):
    agent = start("--join-file", str(token_file), keys=NO_KEYS)
    host, token = host_of(agent), token_file.read_text().strip()
    for options, more in [
        ((), {}),
        (("--join-file", str(token_file)), {}),
        ((), {"STRONGROOM_JOIN_TOKEN": token}),
        (("--join-file", "/nonexistent"), {}),
    ]:
        agent.kill()
        agent = start(*options, keys=NO_KEYS, home=agent.home, exports=3, **more)
        assert host_of(agent) == host
        assert agent.value(f"/secretsmanager/get?secretId={secret}")["SecretString"] == "one"


@case("AGT-403", INFERRED)
def test_a_token_is_good_once(start, strongroom, token_file, tmp_path):
    start("--join-file", str(token_file), keys=NO_KEYS)
    elsewhere = tmp_path / "elsewhere"
    ran = strongroom(
        "agent", "--join-file", str(token_file), "--state-folder", str(elsewhere), keys=NO_KEYS
    )
    assert ran.returncode == 1
    assert "The join token is not valid" in ran.stderr
    assert token_file.read_text().strip() not in ran.stderr
    assert not (elsewhere / "host.json").exists()


@case("AGT-404", INFERRED)
def test_a_revoked_host_s_sessions_end_at_once(
    start, strongroom, connect, token_file, admin, secret, role
):
    agent = start("--join-file", str(token_file), keys=NO_KEYS)
    sm = connect("secretsmanager", **credentials_of(agent, role))
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "one"
    host = host_of(agent)
    revoked = strongroom("host", "revoke", host, keys=admin)
    assert (revoked.returncode, revoked.stdout) == (0, f"{host} is revoked\n")
    with pytest.raises(ClientError) as refused:
        sm.get_secret_value(SecretId=secret)
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"
    # What the agent asks for as the host is refused, too, and so is the next start.
    status, _ = agent.get(f"/secretsmanager/get?secretId={secret}&refreshNow=true")
    assert status != 200
    agent.kill()
    again = strongroom("agent", "--listen", "127.0.0.1:0", keys=NO_KEYS, HOME=str(agent.home))
    assert again.returncode == 1
    assert "The host is not enrolled" in again.stderr
    assert "join with a new token" in again.stderr
    gone = strongroom("host", "revoke", host, keys=admin)
    assert gone.returncode == 1 and "ResourceNotFoundException" in gone.stderr


@case("AGT-405", INFERRED)
def test_a_revoked_host_joins_anew_with_another_token(
    start, strongroom, token_file, admin, secret, role
):
    agent = start("--join-file", str(token_file), keys=NO_KEYS)
    host = host_of(agent)
    strongroom("host", "revoke", host, keys=admin)
    agent.kill()
    made = strongroom("host", "token", "--role", role.arn, "--expires", "2m", "--json", keys=admin)
    token = json.loads(made.stdout)["JoinToken"]
    agent = start(keys=NO_KEYS, home=agent.home, exports=3, STRONGROOM_JOIN_TOKEN=token)
    assert host_of(agent) != host
    assert agent.value(f"/secretsmanager/get?secretId={secret}")["SecretString"] == "one"


@case("AGT-406", INFERRED)
def test_who_makes_a_token_may_pass_the_role(strongroom, people, role):
    clerk = people.user(allow("strongroom:CreateJoinToken")).keys
    made = strongroom("host", "token", "--role", role.arn, keys=clerk)
    assert made.returncode == 1
    assert "iam:PassRole" in made.stderr and made.stdout == ""


@case("AGT-407", INFERRED)
def test_a_role_that_does_not_trust_ec2_is_told(strongroom, people, admin, tmp_path):
    role = people.role()
    made = strongroom("host", "token", "--role", role.arn, keys=admin)
    ran = strongroom(
        "agent",
        keys=NO_KEYS,
        STRONGROOM_JOIN_TOKEN=made.stdout.strip(),
        STATE_DIRECTORY=str(tmp_path / "state"),
    )
    assert ran.returncode == 1
    assert "ec2.amazonaws.com" in ran.stderr


@case("AGT-408", INFERRED)
def test_a_host_joins_in_the_clear_on_its_own_only(strongroom, tmp_path):
    for url, told in [("http://192.0.2.1", "over https only"), ("", "not AWS")]:
        ran = strongroom(
            "agent",
            "--join",
            "srj.123456789012.jt-0123456789abcdef0.x",
            "--state-folder",
            str(tmp_path / "state"),
            keys=NO_KEYS,
            AWS_ENDPOINT_URL=url,
        )
        assert ran.returncode == 1
        assert told in ran.stderr


@case("AGT-409", INFERRED)
def test_a_deleted_token_lets_nobody_in(strongroom, token_file, admin, tmp_path):
    token_id = token_file.read_text().split(".")[2]
    listed = strongroom("host", "list", keys=admin).stdout
    assert token_id in listed
    assert strongroom("host", "revoke", token_id, keys=admin).returncode == 0
    assert token_id not in strongroom("host", "list", keys=admin).stdout
    ran = strongroom(
        "agent", "--join-file", str(token_file), "--state-folder", str(tmp_path), keys=NO_KEYS
    )
    assert ran.returncode == 1 and "The join token is not valid" in ran.stderr


@case("AGT-410", INFERRED)
def test_the_trail_tells_of_all_of_it_and_of_no_token(
    start, strongroom, connect, token_file, admin
):
    agent = start("--join-file", str(token_file), keys=NO_KEYS)
    host = host_of(agent)
    strongroom("host", "revoke", host, keys=admin)
    token = token_file.read_text().strip()
    trail = connect("cloudtrail")

    def told():
        """The host's and its token's events by name, as far as the index has come."""
        found = {}
        for name in ("CreateJoinToken", "JoinHost", "CreateHostSession", "DeleteHost"):
            attribute = {"AttributeKey": "EventName", "AttributeValue": name}
            for event in trail.lookup_events(LookupAttributes=[attribute])["Events"]:
                text = event["CloudTrailEvent"]
                assert token.rsplit(".", 1)[1] not in text
                if host in text or token.split(".")[2] in text:
                    found[name] = json.loads(text)
        return found

    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(events := told()) < 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert set(events) == {"CreateJoinToken", "JoinHost", "CreateHostSession", "DeleteHost"}
    assert events["CreateHostSession"]["userIdentity"]["userName"] == host
    assert events["JoinHost"]["responseElements"]["hostId"] == host


@case("AGT-411", INFERRED)
def test_a_host_joins_over_tls_under_the_names_of_the_certificate(start, strongroom, tmp_path):
    made = strongroom("tls", "init", "--data-dir", str(tmp_path / "data"), "--listen", "127.0.0.1:0")
    assert made.returncode == 0, made.stderr
    tls = tmp_path / "data" / "tls"
    flags = [f"--tls-cert={tls / 'server.pem'}", f"--tls-key={tls / 'server-key.pem'}"]
    log = tmp_path / "log"
    log.mkdir()
    with running(log, *flags) as url:
        there = {"AWS_ENDPOINT_URL": url, "AWS_CA_BUNDLE": str(tls / "ca.pem")}
        iam = boto3.client(
            "iam",
            endpoint_url=url,
            verify=str(tls / "ca.pem"),
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        role = iam.create_role(RoleName="web", AssumeRolePolicyDocument=EC2)["Role"]["Arn"]
        for name in (url, url.replace("127.0.0.1", "localhost")):
            there["AWS_ENDPOINT_URL"] = name
            token = strongroom("host", "token", "--role", role, **there).stdout.strip()
            agent = start(keys=NO_KEYS, exports=3, STRONGROOM_JOIN_TOKEN=token, **there)
            assert host_of(agent).startswith("i-")
            agent.kill()


@pytest.fixture
def invite(strongroom, server):
    """Makes tokens on a server that may be killed, for a role that may read secrets."""
    iam = server.client("iam")
    role = iam.create_role(RoleName="web", AssumeRolePolicyDocument=EC2)["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="web",
        PolicyName="own",
        PolicyDocument=document(
            allow(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"])
        ),
    )
    return lambda: strongroom(
        "host", "token", "--role", role, keys=server.keys(), AWS_ENDPOINT_URL=server.url
    ).stdout.strip()


@case("AGT-412", INFERRED)
def test_a_host_that_has_joined_starts_while_the_server_is_away(start, server, stored, invite):
    there = {"keys": NO_KEYS, "AWS_ENDPOINT_URL": server.url, "exports": 3}
    agent = start(**there, STRONGROOM_JOIN_TOKEN=invite())
    agent.kill()
    server.kill()
    agent = start(**there, home=agent.home)
    target = f"/secretsmanager/get?secretId={stored}"
    assert agent.get(target)[0] >= 500
    server.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := agent.get(target))[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert json.loads(answer[1])["SecretString"] == "one"


@case("AGT-413", INFERRED)
def test_who_has_joined_or_was_revoked_stays_so_when_the_server_is_killed(
    start, strongroom, server, stored, invite, tmp_path
):
    there = {"keys": NO_KEYS, "AWS_ENDPOINT_URL": server.url, "exports": 3}
    token = invite()
    kept = start(**there, STRONGROOM_JOIN_TOKEN=token)
    lost = start(**there, STRONGROOM_JOIN_TOKEN=invite())
    admin = {"keys": server.keys(), "AWS_ENDPOINT_URL": server.url}
    assert strongroom("host", "revoke", host_of(lost), **admin).returncode == 0
    for agent in (kept, lost):
        agent.kill()
    server.kill()
    server.start()
    for folder, more in [
        (lost.home / ".local/state/strongroom-agent", {}),
        (tmp_path / "another", {"STRONGROOM_JOIN_TOKEN": token}),
    ]:
        ran = strongroom(
            "agent", "--state-folder", str(folder), keys=NO_KEYS, AWS_ENDPOINT_URL=server.url, **more
        )
        assert ran.returncode == 1 and "AccessDeniedException" in ran.stderr
    kept = start(**there, home=kept.home)
    assert kept.value(f"/secretsmanager/get?secretId={stored}")["SecretString"] == "one"
    # No token lies anywhere in what the server has written.
    written = [file for file in server.home.rglob("*") if file.is_file()]
    assert any(file.name == "store.db" for file in written)
    for file in written:
        assert token.rsplit(".", 1)[1].encode() not in file.read_bytes(), file
