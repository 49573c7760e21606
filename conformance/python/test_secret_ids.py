"""How a SecretId finds its secret: names, ARNs and partial ARNs."""

import pytest

from evidence import INFERRED, SNAPSHOT, USER_GUIDE, case
from expect import INVALID_NAME, NOT_FOUND, refused


def partial(arn):
    return arn[:-7]


@case("SM-342", USER_GUIDE)
def test_a_name_finds_its_secret(sm, name, secret):
    assert sm.get_secret_value(SecretId=name)["ARN"] == secret["ARN"]


@case("SM-343", USER_GUIDE)
def test_an_arn_finds_its_secret(sm, secret):
    assert sm.get_secret_value(SecretId=secret["ARN"])["ARN"] == secret["ARN"]


@case("SM-344", USER_GUIDE)
def test_an_arn_without_its_suffix_finds_its_secret(sm, secret):
    assert sm.get_secret_value(SecretId=partial(secret["ARN"]))["ARN"] == secret["ARN"]


@pytest.mark.parametrize("tail", ["-a1b2", "-a1b2c3-"])
@case("SM-345", SNAPSHOT)
def test_a_name_that_ends_almost_like_a_suffix_is_found_by_partial_arn(sm, name, create, tail):
    arn = create(Name=name + tail, SecretString="v")["ARN"]
    assert sm.get_secret_value(SecretId=partial(arn))["ARN"] == arn


@case("SM-346", SNAPSHOT)
def test_a_name_that_ends_like_a_suffix_is_not_found_by_partial_arn(sm, name, create):
    arn = create(Name=name + "-a1b2c3", SecretString="v")["ARN"]
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=partial(arn))


@case("SM-347", SNAPSHOT)
def test_a_name_that_ends_like_a_suffix_is_found_by_name_and_by_arn(sm, name, create):
    arn = create(Name=name + "-a1b2c3", SecretString="v")["ARN"]
    assert sm.get_secret_value(SecretId=name + "-a1b2c3")["ARN"] == arn
    assert sm.get_secret_value(SecretId=arn)["ARN"] == arn


@case("SM-348", USER_GUIDE)
def test_a_name_with_the_suffix_is_not_found(sm, name, secret):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=name + secret["ARN"][-7:])


@case("SM-349", INFERRED)
def test_an_arn_with_another_suffix_is_not_found(sm, secret):
    other = "AAAAAA" if secret["ARN"][-6:] != "AAAAAA" else "BBBBBB"
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=secret["ARN"][:-6] + other)


@case("SM-350", INFERRED)
def test_the_beginning_of_a_name_is_not_found(sm, name, secret):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=name[:-1])


@case("SM-351", USER_GUIDE)
def test_a_name_in_another_case_is_not_found(sm, name, secret):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=name.upper())


@case("SM-352", USER_GUIDE)
def test_a_name_is_looked_up_in_the_callers_account(other_account_sm, name, secret):
    with refused("ResourceNotFoundException", NOT_FOUND):
        other_account_sm.get_secret_value(SecretId=name)


@case("SM-353", USER_GUIDE)
def test_a_name_is_looked_up_in_the_callers_region(replica_sm, name, secret):
    with refused("ResourceNotFoundException", NOT_FOUND):
        replica_sm.get_secret_value(SecretId=name)


@case("SM-354", INFERRED)
def test_an_arn_of_another_region_is_not_found(replica_sm, secret):
    with refused("ResourceNotFoundException", NOT_FOUND):
        replica_sm.get_secret_value(SecretId=secret["ARN"])


@case("SM-355", USER_GUIDE)
def test_accounts_may_use_the_same_name(sm, other_account_sm, name, secret):
    theirs = other_account_sm.create_secret(Name=name, SecretString="theirs")
    try:
        assert ":222233334444:" in theirs["ARN"]
        assert sm.get_secret_value(SecretId=name)["SecretString"] == "one"
        assert other_account_sm.get_secret_value(SecretId=name)["SecretString"] == "theirs"
    finally:
        other_account_sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize("bad", ["Inv Name", " Inv Name", " Inv*Name? ", r" Inv *?!]Name\-"])
@case("SM-356", SNAPSHOT)
def test_a_malformed_name_is_refused_before_it_is_looked_up(sm, bad):
    with refused("ValidationException", INVALID_NAME):
        sm.describe_secret(SecretId=bad)
