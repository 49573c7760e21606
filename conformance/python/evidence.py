"""Where an expectation comes from, strongest first, and the marker that says so."""

import pytest

SNAPSHOT = "LocalStack AWS-validated snapshot"
VERIFIED = "moto test verified against AWS"
MODEL = "botocore model"
API_GUIDE = "AWS API reference"
USER_GUIDE = "AWS user guide"
CLI_EXAMPLE = "AWS CLI example output"
ISSUE = "AWS reply quoted in a public issue"
TERRAFORM = "Terraform AWS provider"
PUBLIC_OUTPUT = "AWS output published by a user"
PROTOCOL = "AWS protocol documentation"
SECOND_HAND = "third-party test that quotes AWS"
INFERRED = "inferred"


def case(number, source):
    """Marks a test with its case number and the source of what it expects."""
    return pytest.mark.case(number, source)
