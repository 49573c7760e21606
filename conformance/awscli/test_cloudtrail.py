"""Who read a secret, asked with the AWS CLI."""

import json
import time

from evidence import CLI_EXAMPLE, case

NAME = "prod/looked-up"
LOOKUP = r"""
aws cloudtrail lookup-events \
  --lookup-attributes AttributeKey=ResourceName,AttributeValue=prod/looked-up \
  --max-items 10
"""


@case("CT-30", CLI_EXAMPLE)
def test_lookup_events_shows_who_read_a_secret(shell):
    made = shell(f"aws secretsmanager create-secret --name {NAME} --secret-string hunter2")
    assert made.returncode == 0, made.stderr
    assert shell(f"aws secretsmanager get-secret-value --secret-id {NAME}").returncode == 0
    events = []
    for _ in range(20):
        done = shell(LOOKUP)
        assert done.returncode == 0, done.stderr
        events = json.loads(done.stdout)["Events"]
        if len(events) >= 2:
            break
        time.sleep(0.2)
    names = [event["EventName"] for event in events]
    assert names[:2] == ["GetSecretValue", "CreateSecret"]
    assert events[0]["Username"] == "root"
    assert "hunter2" not in done.stdout
