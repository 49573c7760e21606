"""The agent: what applications see while the server is slow, or silent."""

import json
import socket
import time

from evidence import INFERRED, case

from conftest import PATIENCE_SECONDS, TOKEN
from trouble import Application, eventually, wait_until

CALLERS = 40


def ask(agent, target):
    """A connection on which a question has been sent."""
    host, port = agent.address.split(":")
    connection = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
    head = f"host: localhost\r\nx-aws-parameters-secrets-token: {TOKEN}\r\nconnection: close\r\n"
    connection.sendall(f"GET {target} HTTP/1.1\r\n{head}\r\n".encode())
    return connection


def answer(connection):
    """Everything that comes on it."""
    with connection:
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()


def two(server, name):
    server.client("secretsmanager").put_secret_value(SecretId=name, SecretString="two")


@case("AGT-321", INFERRED)
def test_a_slow_server_slows_down_nobody_who_can_be_served(agent_of, server, wire, stored):
    agent = agent_of("follow_changes = false", url=wire.url)
    agent.value(f"/v1/{stored}")
    wire.hold_answers()
    waiting = ask(agent, "/v1/other")
    wait_until(lambda: wire.asked("GetSecretValue") == 2)
    # The other question is still on its way while these are answered.
    with Application(agent, f"/v1/{stored}") as application:
        application.goes_on(100)
    assert {status for _, status, _ in application.answers} == {200}
    wire.let_go()
    assert "ResourceNotFoundException" in answer(waiting)


@case("AGT-322", INFERRED)
def test_a_question_that_nobody_answers_ends_with_504_in_its_time(agent_of, wire, stored):
    agent = agent_of("timeout_millis = 1000", url=wire.url)
    agent.get("/ping")
    wire.hold_answers()
    asked = time.monotonic()
    status, body = agent.get(f"/v1/{stored}")
    # The default would be 61 s.
    assert 1 <= time.monotonic() - asked < 30
    assert (status, "TimeoutError" in body) == (504, True)
    wire.let_go()
    eventually(200, lambda: agent.get(f"/v1/{stored}")[0])


@case("AGT-323", INFERRED)
def test_many_who_ask_a_slow_server_make_one_request(agent_of, wire, stored):
    # The feed's beginning lets those who come after it ask anew.
    agent = agent_of("follow_changes = false", url=wire.url)
    wire.hold_answers()
    waiting = [ask(agent, f"/v1/{stored}") for _ in range(CALLERS)]
    wait_until(lambda: wire.asked("GetSecretValue") >= 1)
    wire.let_go()
    for connection in waiting:
        assert '"SecretString":"one"' in answer(connection)
    assert wire.asked("GetSecretValue") == 1


@case("AGT-324", INFERRED)
def test_an_expired_value_serves_while_the_server_is_slow(agent_of, server, wire, stored):
    agent = agent_of("ttl_seconds = 1\nfollow_changes = false", url=wire.url)
    target = f"/v1/{stored}"
    agent.value(target)
    wire.hold_answers()
    two(server, stored)
    with Application(agent, target) as application:
        wait_until(lambda: wire.asked("DescribeSecret") >= 1)
        application.goes_on(20)
        assert {status for _, status, _ in application.answers} == {200}
        # Asked again every five seconds, not at every read.
        assert wire.asked("DescribeSecret") + wire.asked("GetSecretValue") <= 4
        wire.let_go()
        eventually("two", lambda: agent.value(target)["SecretString"])


@case("AGT-325", INFERRED)
def test_the_role_of_a_slow_server_is_waited_for_no_longer_than_a_value(
    agent_of, wire, stored
):
    agent = agent_of("timeout_millis = 1000", url=wire.url)
    wire.hold_answers()
    role = "arn:aws:iam::123456789012:role/app"
    waiting = [ask(agent, f"/v1/{number}?roleArn={role}") for number in range(3)]
    for connection in waiting:
        assert answer(connection).startswith("HTTP/1.1 504 ")
    wire.let_go()


@case("AGT-326", INFERRED)
def test_a_server_that_falls_silent_costs_nobody_who_can_be_served(agent_of, server, wire, stored):
    agent = agent_of("follow_changes = false\ntimeout_millis = 2000", url=wire.url)
    target = f"/v1/{stored}"
    agent.value(target)
    with Application(agent, target) as application:
        application.goes_on()
        wire.hold_everything()
        two(server, stored)
        assert agent.get("/v1/other")[0] == 504
        application.goes_on()
        assert {status for _, status, _ in application.answers} == {200}
        wire.let_go()
        now = target + "?refreshNow=true"
        eventually("two", lambda: agent.value(now)["SecretString"])
    assert {status for _, status, _ in application.answers} == {200}


@case("AGT-328", INFERRED)
def test_what_a_silent_server_had_to_tell_is_heard_when_it_speaks_again(
    agent_of, server, wire, stored
):
    agent = agent_of("timeout_millis = 2000", url=wire.url)
    target = f"/v1/{stored}"
    agent.value(target)
    wire.hold_everything()
    two(server, stored)
    wire.let_go()
    # Long before the five minutes for which the value before is good.
    eventually("two", lambda: json.loads(agent.get(target)[1]).get("SecretString"))


@case("AGT-327", INFERRED)
def test_those_beyond_what_is_asked_at_once_wait_no_longer_than_the_others(
    agent_of, wire, stored
):
    limits = {"PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS": "1"}
    agent = agent_of("timeout_millis = 1500", url=wire.url, **limits)
    wire.hold_answers()
    asked = time.monotonic()
    waiting = [ask(agent, f"/v1/{number}") for number in range(CALLERS)]
    for connection in waiting:
        assert answer(connection).startswith("HTTP/1.1 504 ")
    # One after the other they would wait a minute.
    assert time.monotonic() - asked < 30
    wire.let_go()
