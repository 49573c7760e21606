"""Built-in functions as processes of their own, between a vault and real databases."""

import pytest

import servers
from function import Failed

SINGLE = [
    ("postgres", "SecretsManagerRDSPostgreSQLRotation"),
    ("postgres", "SecretsManagerRDSPostgreSQLRotationSingleUser"),
    ("mariadb", "SecretsManagerRDSMariaDBRotationSingleUser"),
    ("mongo", "SecretsManagerMongoDBRotationSingleUser"),
]
MULTI = [
    ("postgres", "SecretsManagerRDSPostgreSQLRotationMultiUser"),
    ("mariadb", "SecretsManagerRDSMariaDBRotationMultiUser"),
    ("mongo", "SecretsManagerMongoDBRotationMultiUser"),
]


def here(functions):
    """Those whose databases run."""
    return [one for one in functions if one[0] != "mongo" or servers.HAS_MONGODB]


def works(database, members):
    return database.can(members["username"], members["password"])


@pytest.mark.parametrize("engine, name", SINGLE)
def test_after_a_rotation_only_the_new_password_logs_in(
    engine, name, vault, function, database, account
):
    database = database(engine)
    arn = account(database)
    before = vault.read(arn)
    function(name).rotate(vault, arn)
    after = vault.read(arn)
    assert after == {**before, "password": vault.passwords[-1]}
    assert works(database, after) and not works(database, before)


@pytest.mark.parametrize("engine, name", MULTI)
def test_two_users_take_turns(engine, name, vault, function, database, account):
    database = database(engine)
    arn = account(database)
    rotator = function(name)
    user = vault.read(arn)["username"]
    for expected in [f"{user}_clone", user, f"{user}_clone"]:
        before = vault.read(arn)
        rotator.rotate(vault, arn)
        after = vault.read(arn)
        assert after["username"] == expected
        assert works(database, before) and works(database, after)


def test_a_redis_password_stays_valid_until_the_one_after(vault, function, database, account):
    database = database("redis")
    arn = account(database)
    rotator = function("SecretsManagerElasticacheUserRotation")
    first = vault.read(arn)
    rotator.rotate(vault, arn)
    second = vault.read(arn)
    assert len(second["password"]) == 20
    assert works(database, first) and works(database, second)
    rotator.rotate(vault, arn)
    assert not works(database, first) and works(database, second)


def test_the_environment_says_what_passwords_are_made_of(vault, function, database, account):
    arn = account(database("postgres"))
    rotator = function(
        "SecretsManagerRDSPostgreSQLRotation", PASSWORD_LENGTH="40", EXCLUDE_CHARACTERS="abc"
    )
    rotator.rotate(vault, arn)
    password = vault.read(arn)["password"]
    assert len(password) == 40 and not set(password) & set("abc")


def test_a_failed_step_is_told_as_lambda_tells_it(vault, function, database, account):
    arn = account(database("postgres"), password="guessed")
    with pytest.raises(Failed) as failed:
        function("SecretsManagerRDSPostgreSQLRotation").rotate(vault, arn)
    report = failed.value.report
    assert report["errorType"] == "ValueError"
    assert report["errorMessage"] == (
        "Unable to log into database with previous, current, or pending secret of "
        f"secret arn {arn}"
    )
    assert any("28P01" in line for line in report["stackTrace"])


def test_a_failed_step_is_followed_by_others(vault, function, database, account):
    rotator = function("SecretsManagerRDSPostgreSQLRotation")
    for event in [{}, {"Step": "setSecret", "SecretId": "nowhere", "ClientRequestToken": "x"}, 7]:
        with pytest.raises(Failed):
            rotator.invoke(event)
    arn = account(database("postgres"))
    token = vault.begin(arn)
    with pytest.raises(Failed) as failed:
        rotator.step("dropSecret", arn, token)
    assert failed.value.report["errorMessage"] == (
        f"Invalid step parameter dropSecret for secret {arn}"
    )
    rotator.rotate(vault, arn)


def test_a_function_may_die_between_any_two_steps(vault, function, database, account):
    database = database("postgres")
    arn = account(database)
    token = vault.begin(arn)
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"]:
        for _ in range(2):
            rotator = function("SecretsManagerRDSPostgreSQLRotation")
            rotator.step(step, arn, token)
    assert len(vault.passwords) == 1
    assert works(database, vault.read(arn))


def test_a_rehearsal_leaves_everything_as_it_is(vault, function, database, account):
    for engine, name in here(MULTI):
        arn = account(database(engine))
        before = vault.read(arn)
        found = function(name).invoke({"Step": "rehearse", "SecretId": arn})
        assert found["Passed"], found
        assert vault.read(arn) == before and works(database(engine), before)
    assert "PutSecretValue" not in vault.calls


def test_no_password_is_written_anywhere(vault, function, database, account, output, logs):
    for engine, name in here(SINGLE + MULTI):
        arn = account(database(engine))
        rotator = function(name)
        rotator.rotate(vault, arn)
        rotator.rotate(vault, arn)
        rotator.invoke({"Step": "rehearse", "SecretId": arn})
    written = output.read_text()
    assert "finishSecret: Successfully set AWSCURRENT stage" in written
    logged = logs()
    assert "ALTER USER" in logged and "SCRAM-SHA-256$" in logged
    for password in vault.passwords:
        assert password not in written
        assert password not in logged
