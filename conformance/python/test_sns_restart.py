"""SNS across a kill: what was published and not delivered is delivered after the next start."""

import configparser
import json
import os
import signal
import subprocess
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config

from evidence import INFERRED, case
from listener import follow, listening
from server import REPOSITORY, wait_until_ready

pytestmark = pytest.mark.skipif(
    "STRONGROOM_ENDPOINT" in os.environ, reason="the server under test is not ours to kill"
)
BINARY = REPOSITORY / os.environ.get("STRONGROOM_BIN", "target/release/strongroom")


@contextmanager
def serving(folder, *flags):
    """A server over the data in `folder`, and its URL."""
    with (folder / "stderr").open("a+") as stderr:
        server = subprocess.Popen(
            [
                BINARY,
                "serve",
                f"--data-dir={folder / 'data'}",
                f"--key-file={folder / 'key'}",
                "--listen=127.0.0.1:0",
                *flags,
            ],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=folder,
        )
        try:
            yield server, wait_until_ready(server, stderr)
        finally:
            server.kill()
            server.wait()


def client(folder, url):
    keys = configparser.ConfigParser()
    [file] = [path for path in (folder / "data").rglob("*credentials*") if path.is_file()]
    keys.read(file)
    return boto3.client(
        "sns",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=keys["default"]["aws_access_key_id"],
        aws_secret_access_key=keys["default"]["aws_secret_access_key"],
        config=Config(retries={"total_max_attempts": 1}),
    )


@case("SNS-050", INFERRED)
def test_nothing_that_was_acknowledged_is_lost_when_the_server_is_killed(tmp_path):
    retries = {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 50}
    policy = json.dumps({"healthyRetryPolicy": retries})
    allowed = "--allowed-networks=127.0.0.0/8"
    with listening() as listener:
        with serving(tmp_path, allowed) as (server, url):
            sns = client(tmp_path, url)
            topic = sns.create_topic(Name="alerts")["TopicArn"]
            sns.subscribe(
                TopicArn=topic,
                Protocol="http",
                Endpoint=listener.url,
                Attributes={"DeliveryPolicy": policy},
            )
            follow(listener.message()["SubscribeURL"])
            listener.fail(*[503] * 15)
            sent = {
                sns.publish(TopicArn=topic, Message=str(number))["MessageId"]
                for number in range(30)
            }
            server.send_signal(signal.SIGKILL)
            server.wait()
        listener.statuses.clear()
        came = set()
        while not listener.came.empty():
            came.add(json.loads(listener.next()[1])["MessageId"])
        with serving(tmp_path, allowed):
            while came != sent:
                # Not verified: the last of the first server name a certificate at its port.
                came.add(json.loads(listener.next(seconds=30)[1])["MessageId"])


@case("SNS-051", INFERRED)
def test_addresses_inside_need_the_operators_consent(tmp_path):
    with listening() as listener:
        with serving(tmp_path) as (_, url):
            sns = client(tmp_path, url)
            topic = sns.create_topic(Name="inside-only")["TopicArn"]
            came = []
            sns.set_topic_attributes(
                TopicArn=topic,
                AttributeName="DeliveryPolicy",
                AttributeValue=json.dumps(
                    {"http": {"defaultHealthyRetryPolicy": {"numRetries": 0}}}
                ),
            )
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.url)
            # Others on this machine may try the port for reasons of their own.
            while not listener.is_silent(seconds=3, keep=came):
                pass
            assert not any(headers.get("x-amz-sns-topic-arn") == topic for headers, _ in came)
            told = subprocess.run(
                [BINARY, "sns", "failures", f"--data-dir={tmp_path / 'data'}", "--json"],
                capture_output=True,
                text=True,
                check=True,
            )
            [failure] = json.loads(told.stdout)
            assert failure["kind"] == "SubscriptionConfirmation"
            assert "not a public address" in failure["reason"]
