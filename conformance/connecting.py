"""boto3 clients of the server under test."""

import boto3
from botocore.config import Config

REGION = "us-east-1"


def connecting(endpoint):
    """What makes boto3 clients of `endpoint`: the root user of the first account unless told otherwise."""
    # One session, because each of its own would read the models anew.
    session = boto3.Session()

    def connect(
        service,
        region=REGION,
        access_key="test",
        secret_key="test",
        session_token=None,
        **config,
    ):
        return session.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=session_token,
            # A retry would hide an error that comes once.
            config=Config(
                retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True, **config
            ),
        )

    return connect
