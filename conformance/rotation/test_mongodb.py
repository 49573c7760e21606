"""What is particular to MongoDB: where users live, how they log in, and what `ssl` says."""

import json
import secrets
import socket
import threading
from contextlib import contextmanager, suppress

import pymongo
import pymongo.errors
import pytest

import servers
from function import Failed

SINGLE = "SecretsManagerMongoDBRotationSingleUser"
MULTI = "SecretsManagerMongoDBRotationMultiUser"
FIRST = "First-password-1"


@pytest.fixture
def connect(running):
    """Logs in with the members of a secret, and looks itself up."""

    def connect(members):
        home = members.get("dbname", "admin")
        with pymongo.MongoClient(
            "127.0.0.1",
            running.mongodb,
            username=members["username"],
            password=members["password"],
            authSource=home,
            directConnection=True,
        ) as client:
            return client[home].command("usersInfo", members["username"])["users"][0]

    return connect


@pytest.fixture
def works(connect):
    """Whether the members of a secret log in."""

    def works(members):
        try:
            return connect(members)["user"] == members["username"]
        except pymongo.errors.OperationFailure as error:
            assert error.code == 18, error
            return False

    return works


@pytest.fixture
def stored(vault, running, database):
    """A user, and the ARN of its secret; the superuser's is its master."""

    def stored(begin="u", password=FIRST, mechanisms=None, **members):
        user = f"{begin}{secrets.token_hex(4)}"
        limits = {"mechanisms": mechanisms} if mechanisms else {}
        with database("mongo").connect(servers.ADMIN, servers.ADMIN_PASSWORD) as admin:
            home = admin[members.get("dbname", "admin")]
            home.command("createUser", user, pwd=password, roles=[], **limits)
        place = {"engine": "mongo", "host": "localhost", "port": running.mongodb, "ssl": False}
        superuser = {"username": servers.ADMIN, "password": servers.ADMIN_PASSWORD}
        master = vault.create("master", **{**place, **superuser})
        value = {"username": user, "password": password, "masterarn": master}
        return vault.create("app", **{**place, **value, **members})

    return stored


def change(vault, arn, **members):
    """Overwrites members of the current version."""
    with vault.lock:
        version = vault.stages[arn]["AWSCURRENT"]
    value = {**vault.read(arn), **members}
    with vault.lock:
        vault.values[arn][version] = json.dumps(value)


def failed(rotator, vault, arn):
    """The report of a rotation that has to fail."""
    with pytest.raises(Failed) as failed:
        rotator.rotate(vault, arn)
    report = failed.value.report
    told = "\n".join([report["errorMessage"], *report["stackTrace"]])
    assert FIRST not in told and not any(password in told for password in vault.passwords)
    return told


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256"])
def test_a_user_of_one_mechanism_is_rotated_by_it(mechanism, vault, function, stored, works):
    # A comma or an equals sign FerretDB lets nobody log in with.
    arn = stored("o'd/d\\$ \u00fc", mechanisms=[mechanism])
    before = vault.read(arn)
    function(SINGLE, EXCLUDE_CHARACTERS="").rotate(vault, arn)
    assert works(vault.read(arn)) and not works(before)


def test_a_password_is_prepared_as_the_server_prepares_it(vault, function, stored, works):
    # A soft hyphen, which counts for nothing, and a Roman nine, which is an I and an X.
    arn = stored(password="Pa\u00adss-\u2168-w\u00f6rd", mechanisms=["SCRAM-SHA-256"])
    assert works(vault.read(arn))
    function(SINGLE).rotate(vault, arn)
    assert works(vault.read(arn))


def test_users_of_a_database_of_their_own_are_changed_there(vault, function, stored, connect):
    arn = stored(dbname="shop")
    rotator = function(MULTI)
    user = vault.read(arn)["username"]
    for expected in [f"{user}_clone", user]:
        rotator.rotate(vault, arn)
        found = connect(vault.read(arn))
        assert (found["user"], found["db"]) == (expected, "shop")
    function(SINGLE).rotate(vault, arn)
    assert connect(vault.read(arn))["db"] == "shop"


def test_the_user_changes_itself_where_no_superuser_is_named(vault, function, stored, works):
    arn = stored(masterarn=None)
    before = vault.read(arn)
    function(SINGLE).rotate(vault, arn)
    assert works(vault.read(arn)) and not works(before)


def test_every_step_may_come_twice(vault, function, stored, works):
    for name in [SINGLE, MULTI]:
        arn = stored()
        made = len(vault.passwords)
        rotator, token = function(name), vault.begin(arn)
        for step in ["createSecret", "setSecret", "testSecret", "finishSecret"]:
            rotator.step(step, arn, token)
            rotator.step(step, arn, token)
        assert len(vault.passwords) == made + 1
        assert works(vault.read(arn))


def test_a_wrong_password_is_told_from_nobody_there(vault, function, stored):
    rotator = function(SINGLE)
    arn = stored()
    change(vault, arn, password="guessed")
    told = failed(rotator, vault, arn)
    assert "error 18, AuthenticationFailed" in told
    assert "cannot be reached" in failed(rotator, vault, stored(port=1))


def test_a_wrong_superuser_changes_nothing(vault, function, stored, works):
    arn = stored()
    before = vault.read(arn)
    change(vault, before["masterarn"], password="guessed")
    for name in [SINGLE, MULTI]:
        told = failed(function(name), vault, arn)
        assert "Unable to log into database using credentials in master secret" in told
    assert vault.read(arn) == before and works(before)


def test_the_superuser_does_nothing_for_whom_the_database_does_not_know(
    vault, function, stored, works
):
    arn = stored()
    user = vault.read(arn)["username"]
    change(vault, arn, password="guessed")
    told = failed(function(MULTI), vault, arn)
    assert "Unable to log into database using current credentials" in told
    assert not works({"username": f"{user}_clone", "password": vault.passwords[-1]})


def test_ssl_true_needs_tls_and_a_certificate_for_the_host(vault, function, running, stored):
    rotator = function(SINGLE)
    tls = {"ssl": True, "port": running.mongodb_tls, "masterarn": None}
    rotator.rotate(vault, stored(**tls))
    without = stored(ssl="TRUE", masterarn=None)
    found = rotator.invoke({"Step": "rehearse", "SecretId": without})["Findings"][-1]
    assert found["Outcome"] == "Failed" and "no trusted TLS" in found["Detail"]
    # The certificate is for localhost and 127.0.0.1.
    with elsewhere(running.mongodb_tls) as port:
        other = stored(**{**tls, "host": "127.0.0.2", "port": port})
        assert "no trusted TLS" in failed(rotator, vault, other)


def test_where_ssl_says_nothing_both_are_good_enough(vault, function, running, stored, works):
    rotator = function(SINGLE)
    for port in [running.mongodb, running.mongodb_tls]:
        arn = stored(port=port, ssl=None, masterarn=None)
        rotator.rotate(vault, arn)
        assert works(vault.read(arn))


def test_ssl_false_is_without_tls(vault, function, running, stored):
    rotator = function(SINGLE)
    rotator.rotate(vault, stored(ssl="false", masterarn=None))
    failed(rotator, vault, stored(ssl=False, port=running.mongodb_tls, masterarn=None))


@pytest.mark.parametrize("name", [SINGLE, MULTI])
def test_a_rehearsal_leaves_no_user_behind(name, vault, function, stored, works, database):
    arn = stored()
    before = vault.read(arn)
    found = function(name).invoke({"Step": "rehearse", "SecretId": arn})
    outcomes = {finding["Check"]: finding["Outcome"] for finding in found["Findings"]}
    assert found["Passed"] and outcomes["testSecret"] == "Passed", found
    assert vault.read(arn) == before and works(before)
    with database("mongo").connect(servers.ADMIN, servers.ADMIN_PASSWORD) as admin:
        users = admin.admin.command("usersInfo", 1)["users"]
    assert not [user for user in users if user["user"].startswith("rehearsal")]


@contextmanager
def elsewhere(port):
    """The port at 127.0.0.2 behind which the one at 127.0.0.1 is."""

    def pass_on(source, sink):
        with suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def accept():
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
                for pair in [(near, far), (far, near)]:
                    threading.Thread(target=pass_on, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.2", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
