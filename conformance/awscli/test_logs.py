"""CloudWatch Logs, as typed in a shell."""

import json
import time

import pytest

from evidence import MODEL, TUTORIAL, case

SECRET_ACCESS = r"""
# CloudTrail query for secret access
aws logs filter-log-events \
  --log-group-name /aws/cloudtrail/logs \
  --filter-pattern '{ $.eventSource = "secretsmanager.amazonaws.com" }' \
  --start-time $(date -d '1 day ago' +%s000)
"""


@pytest.fixture
def run(shell):
    """Runs a command that must succeed and answers its output."""

    def run(script):
        done = shell(script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def tail(run):
    """`aws logs tail`, which only the second version of the CLI has."""
    if run("aws --version").startswith("aws-cli/1."):
        pytest.skip("this AWS CLI has no `aws logs tail`")
    return lambda arguments: run(f"aws logs tail {arguments}")


def soon(ask, seconds=5):
    """Asks until there is an answer."""
    end = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.2)
    return answer


@case("CLI-LOGS-001", TUTORIAL)
def test_the_tutorial_finds_who_used_secrets(run):
    run("aws secretsmanager get-random-password --query RandomPassword --output text")

    def calls():
        found = json.loads(run(SECRET_ACCESS))["events"]
        records = [json.loads(event["message"]) for event in found]
        return [one for one in records if one["eventName"] == "GetRandomPassword"]

    [record] = soon(calls)[:1]
    assert record["eventSource"] == "secretsmanager.amazonaws.com"
    assert record["recipientAccountId"] == "123456789012"
    assert "sequence" not in record


@case("CLI-LOGS-002", MODEL)
def test_tail_prints_what_was_put(run, tail):
    run("aws logs create-log-group --log-group-name /app/tail")
    run("aws logs create-log-stream --log-group-name /app/tail --log-stream-name one")
    run(
        "aws logs put-log-events --log-group-name /app/tail --log-stream-name one"
        " --log-events timestamp=$(date +%s000),message='hello there'"
    )
    lines = tail("/app/tail --format short --since 1h").splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["hello there"]
    run("aws logs delete-log-group --log-group-name /app/tail")


@case("CLI-LOGS-003", MODEL)
def test_tail_reads_the_trail_with_a_pattern(run, tail):
    run("aws kms list-aliases")
    arguments = "/aws/cloudtrail/logs --since 1h --filter-pattern '{ $.eventName = ListAliases }'"
    assert "kms.amazonaws.com" in soon(lambda: tail(arguments))


@case("CLI-LOGS-004", MODEL)
def test_live_tail_prints_calls_as_they_come(shell):
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudtrail/logs"
    told = shell(
        # Without AWS's own prefix of the host, which no local name has.
        "export AWS_DISABLE_HOST_PREFIX_INJECTION=true\n"
        "while sleep 1; do aws kms list-aliases; done >/dev/null 2>&1 &\n"
        f"timeout 40 aws logs start-live-tail --log-group-identifiers {arn}"
        " --log-event-filter-pattern '{ $.eventName = ListAliases }' | head -n 1\n"
        "kill $!"
    )
    assert json.loads(told.stdout.splitlines()[0])["eventName"] == "ListAliases"
