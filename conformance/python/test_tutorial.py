"""A published tutorial's Python samples, run as they stand there."""

import json
import subprocess
import sys

import pytest

from evidence import TUTORIAL, case

GET_SECRET = """
import boto3
import json

def get_secret(secret_name, region_name="us-east-1"):
    client = boto3.client('secretsmanager', region_name=region_name)

    response = client.get_secret_value(SecretId=secret_name)

    if 'SecretString' in response:
        return json.loads(response['SecretString'])
    else:
        # Binary secret
        return response['SecretBinary']

# Usage
db_creds = get_secret('prod/database/postgres')
print(f"Connecting as {db_creds['username']}")
"""

ON_AN_INSTANCE = """
import boto3
import json

client = boto3.client('secretsmanager', region_name='us-east-1')
response = client.get_secret_value(SecretId='prod/database/postgres')
secret = json.loads(response['SecretString'])
"""


@pytest.fixture
def sample(endpoint, sm, create):
    """Runs a sample with the endpoint and the keys in its environment only."""
    sm.delete_secret(SecretId="prod/database/postgres", ForceDeleteWithoutRecovery=True)
    value = {"username": "admin", "password": "MySecurePassword123!"}
    create(Name="prod/database/postgres", SecretString=json.dumps(value))
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }

    def sample(script):
        return subprocess.run(
            [sys.executable, "-c", script],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    return sample


@case("SM-485", TUTORIAL)
def test_the_sample_reads_a_secret(sample):
    assert sample(GET_SECRET) == "Connecting as admin\n"


@case("SM-486", TUTORIAL)
def test_the_sample_for_an_instance_reads_a_secret(sample):
    assert sample(ON_AN_INSTANCE + "print(secret['password'])") == "MySecurePassword123!\n"
