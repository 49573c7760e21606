"""AWS Secrets Manager caching client: values kept and refreshed."""

import json

import pytest
from aws_secretsmanager_caching import (
    InjectKeywordedSecretString,
    InjectSecretString,
    SecretCache,
    SecretCacheConfig,
)

from evidence import MODEL, USER_GUIDE, case


@pytest.fixture
def cache(sm):
    return SecretCache(config=SecretCacheConfig(), client=sm)


@case("PY-010", USER_GUIDE)
def test_a_value_is_read(cache, secret):
    assert json.loads(cache.get_secret_string(secret))["password"] == "one"


@case("PY-011", USER_GUIDE)
def test_a_value_is_kept(cache, sm, secret):
    first = cache.get_secret_string(secret)
    sm.put_secret_value(SecretId=secret, SecretString="two")
    assert cache.get_secret_string(secret) == first


@case("PY-012", USER_GUIDE)
def test_a_value_is_refreshed_when_asked_to(cache, sm, secret):
    cache.get_secret_string(secret)
    sm.put_secret_value(SecretId=secret, SecretString="two")
    assert cache.refresh_secret_now(secret)
    assert cache.get_secret_string(secret) == "two"


@case("PY-013", USER_GUIDE)
def test_a_stage_is_read(cache, sm, secret):
    sm.put_secret_value(SecretId=secret, SecretString="two")
    assert "one" in cache.get_secret_string(secret, version_stage="AWSPREVIOUS")


@case("PY-014", MODEL)
def test_bytes_are_read(cache, sm, secret):
    sm.put_secret_value(SecretId=secret, SecretBinary=b"\x00\xff")
    assert cache.get_secret_binary(secret) == b"\x00\xff"


@case("PY-015", USER_GUIDE)
def test_a_function_is_given_the_value(cache, secret):
    @InjectSecretString(secret, cache)
    def whole(value):
        return json.loads(value)["user"]

    @InjectKeywordedSecretString(secret, cache, name="user", word="password")
    def parts(name, word):
        return name, word

    assert whole() == "anna"
    assert parts() == ("anna", "one")


@case("PY-016", MODEL)
def test_a_missing_secret_is_told(cache, sm):
    with pytest.raises(sm.exceptions.ResourceNotFoundException):
        cache.get_secret_string("conformance/no-such-secret")
