"""The whole server: RotateSecret with SecretsManagerHTTPSRotation, against a service over TLS."""

import json
import time

import pytest

import servers
from connecting import connecting
from server import running as running_server
from test_server import FUNCTION, PATIENCE_SECONDS, await_event, read, rotate
from webservice import Service, serving

NAME = "SecretsManagerHTTPSRotation"


@pytest.fixture(scope="module")
def connect(tmp_path_factory):
    """Makes boto3 clients of a server that was started for this module."""
    with running_server(tmp_path_factory.mktemp("server")) as endpoint:
        yield connecting(endpoint)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """The file of an authority; the certificate that it gave stands beside it."""
    return servers.certificates(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def service(authority):
    service = Service()
    tls = authority.parent
    with serving(service, tls / "server.pem", tls / "server.key") as url:
        service.url = url
        service.authority = authority.read_text()
        yield service


@pytest.fixture
def sm(connect):
    return connect("secretsmanager")


@pytest.fixture
def create(sm):
    """Creates secrets for one test."""
    made = []

    def create(value):
        name = f"https/{time.time_ns():x}"
        made.append(sm.create_secret(Name=name, SecretString=json.dumps(value))["ARN"])
        return made[-1]

    yield create
    for arn in made:
        sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def password(service, setter="current"):
    """The recipe of a password that the user, or `setter`, sets."""
    basic = {"basic": {"username": f"{{{setter}.username}}", "password": f"{{{setter}.password}}"}}
    return {
        "set": {
            "method": "PUT",
            "url": f"{service.url}/users/{{current.username}}/password",
            "auth": basic,
            "json": {"new": "{pending.password}"},
        },
        "test": {
            "url": f"{service.url}/users/{{this.username}}",
            "auth": {"basic": {"username": "{this.username}", "password": "{this.password}"}},
        },
        "authority": service.authority,
    }


def key(service, when="finish"):
    """The secret of a key that makes the one after it."""
    bearer = {"bearer": "{current.key}"}
    made = service.issue("first")
    return {
        "key": made["key"],
        "key_id": made["id"],
        "rotation": {
            "create": {
                "url": f"{service.url}/keys",
                "auth": bearer,
                "json": {"label": "rotation-{token}"},
                "take": {"key": "/key", "key_id": "/id"},
            },
            "discard": {
                "method": "DELETE",
                "url": f"{service.url}/keys?label=rotation-{{token}}",
                "auth": bearer,
            },
            "test": {"url": f"{service.url}/keys/mine", "auth": {"bearer": "{this.key}"}},
            "revoke": {
                "method": "DELETE",
                "url": f"{service.url}/keys/{{this.key_id}}",
                "auth": bearer,
                "when": when,
            },
            "authority": service.authority,
        },
    }


def test_after_rotate_secret_only_the_new_password_is_accepted(sm, create, service):
    # A name that would go elsewhere in a path and end a text in JSON.
    user = 'o\'"dd/..%2f?x=1&#\\{} ü'
    service.user(user, "First-password-1")
    arn = create({"username": user, "password": "First-password-1", "rotation": password(service)})
    for _ in range(2):
        before = read(sm, arn)
        described = rotate(sm, arn, NAME)
        after = read(sm, arn)
        assert service.accepts(after) and not service.accepts(before)
        assert after["rotation"] == before["rotation"]
        assert described["RotationEnabled"] and described["NextRotationDate"]


def test_a_master_sets_the_password_of_whoever_can_log_in(connect, sm, create, service):
    admin = {"username": "admin", "password": "Admin-password-1"}
    master = create({**admin, "rotation": password(service, "master")})
    service.user("app", "First-password-1")
    arn = create({"username": "app", "password": "First-password-1", "masterarn": master})
    before = read(sm, arn)
    rotate(sm, arn, NAME)
    assert service.accepts(read(sm, arn)) and not service.accepts(before)
    # Nobody comes by somebody else's account.
    service.user("victim", "Theirs")
    thief = create({"username": "victim", "password": "guessed", "masterarn": master})
    begin(sm, thief)
    await_event(connect("cloudtrail"), "RotationFailed", thief)
    assert service.accepts({"username": "victim", "password": "Theirs"})


def test_a_key_is_made_and_the_one_before_is_revoked(sm, create, service):
    arn = create(key(service))
    for _ in range(2):
        before = read(sm, arn)
        rotate(sm, arn, NAME)
        after = read(sm, arn)
        assert service.accepts(after)
        # Revoking comes after the key is the current one.
        await_that(lambda: not service.accepts(before))
        assert len(service.keys) == 1


def test_the_key_before_stays_valid_until_the_next_rotation(sm, create, service):
    arn = create(key(service, when="next"))
    first = read(sm, arn)
    rotate(sm, arn, NAME)
    second = read(sm, arn)
    assert service.accepts(first) and service.accepts(second)
    rotate(sm, arn, NAME)
    assert not service.accepts(first)
    assert service.accepts(second) and service.accepts(read(sm, arn))


def test_a_key_whose_answer_is_lost_is_not_left_behind(sm, create, service):
    arn = create(key(service))
    service.lost = 1
    # The second attempt comes by itself, a quarter of a minute after the first.
    rotate(sm, arn, NAME)
    assert service.accepts(read(sm, arn))
    await_that(lambda: len(service.keys) == 1)
    assert service.made == 3


def test_a_refused_certificate_is_on_record_and_leaves_the_password(
    connect, sm, create, service, tmp_path
):
    service.user("app", "First-password-1")
    recipe = {**password(service), "authority": servers.certificates(tmp_path).read_text()}
    arn = create({"username": "app", "password": "First-password-1", "rotation": recipe})
    token = begin(sm, arn)
    told = await_event(connect("cloudtrail"), "RotationFailed", arn)
    assert "setSecret" in told and "First-password-1" not in told
    assert sm.describe_secret(SecretId=arn)["VersionIdsToStages"][token] == ["AWSPENDING"]
    assert service.accepts(read(sm, arn))


def test_a_rehearsal_changes_nothing(connect, sm, create, service):
    service.user("app", "First-password-1")
    arn = create(
        {"username": "app", "password": "First-password-1", "rotation": password(service)}
    )
    for arn in (arn, create(key(service))):
        event = {"Step": "rehearse", "SecretId": arn}
        reply = connect("lambda").invoke(FunctionName=NAME, Payload=json.dumps(event))
        found = json.load(reply["Payload"])
        assert found["Passed"], found
    assert service.accepts({"username": "app", "password": "First-password-1"})
    assert service.made == len(service.keys) == 1


def test_no_value_is_written_into_the_log(connect, sm, create, service):
    arn = create(key(service))
    values = [read(sm, arn)["key"]]
    for _ in range(2):
        rotate(sm, arn, NAME)
        values.append(read(sm, arn)["key"])
    service.user("app", "First-password-1")
    wrong = {"username": "app", "password": "Wrong-password-1", "rotation": password(service)}
    failing = create(wrong)
    begin(sm, failing)
    await_event(connect("cloudtrail"), "RotationFailed", failing)
    logs = connect("logs")

    def written():
        pages = logs.get_paginator("filter_log_events")
        pages = pages.paginate(logGroupName=f"/aws/lambda/{NAME}")
        return "".join(event["message"] for page in pages for event in page["events"])

    refused = f"refuses the previous, current and pending value of secret arn {failing}"
    await_that(lambda: refused in written())
    await_that(lambda: written().count("stage to version") >= 2)
    text = written()
    for value in [*values, "First-password-1", "Wrong-password-1"]:
        assert value not in text


def begin(sm, arn):
    """Begins a rotation, and does not wait for it."""
    rules = {"AutomaticallyAfterDays": 30}
    arguments = {"RotationLambdaARN": FUNCTION.format(NAME), "RotationRules": rules}
    return sm.rotate_secret(SecretId=arn, **arguments)["VersionId"]


def await_that(is_so):
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
