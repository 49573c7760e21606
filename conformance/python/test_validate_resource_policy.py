"""ValidateResourcePolicy."""

import json

import pytest

from evidence import CLI_EXAMPLE, INFERRED, MODEL, SNAPSHOT, case
from expect import INVALID_NAME, NOT_FOUND, members, refused


def document(principal):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": "*",
                }
            ],
        }
    )


GOOD = document({"AWS": "arn:aws:iam::123456789012:root"})


@case("SM-303", CLI_EXAMPLE)
def test_a_good_policy_passes_with_no_findings(sm):
    reply = sm.validate_resource_policy(ResourcePolicy=GOOD)
    assert members(reply) == {"PolicyValidationPassed", "ValidationErrors"}
    assert reply["PolicyValidationPassed"] is True
    assert reply["ValidationErrors"] == []


@case("SM-304", MODEL)
def test_a_good_policy_passes_for_a_secret(sm, secret):
    assert sm.validate_resource_policy(SecretId=secret["ARN"], ResourcePolicy=GOOD)[
        "PolicyValidationPassed"
    ]


@case("SM-305", MODEL)
def test_a_policy_for_everybody_does_not_pass(sm):
    reply = sm.validate_resource_policy(ResourcePolicy=document("*"))
    assert reply["PolicyValidationPassed"] is False
    assert all(
        set(finding) == {"CheckName", "ErrorMessage"} for finding in reply["ValidationErrors"]
    )
    assert reply["ValidationErrors"]


@case("SM-306", MODEL)
def test_validating_attaches_nothing(sm, secret):
    sm.validate_resource_policy(SecretId=secret["ARN"], ResourcePolicy=GOOD)
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret["ARN"])


@pytest.mark.parametrize("text", ["not json", '{"Version":"2012-10-17"'])
@case("SM-307", INFERRED)
def test_a_malformed_policy_does_not_pass(sm, text):
    try:
        assert sm.validate_resource_policy(ResourcePolicy=text)["PolicyValidationPassed"] is False
    except sm.exceptions.MalformedPolicyDocumentException:
        pass  # The model declares this answer too.


@case("SM-308", INFERRED)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.validate_resource_policy(SecretId=name, ResourcePolicy=GOOD)


@case("SM-309", SNAPSHOT)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.validate_resource_policy(SecretId="Inv Name", ResourcePolicy=GOOD)
