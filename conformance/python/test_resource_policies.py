"""Put-, Get-, Delete- and ListResourcePolicies, and what a policy lets another account do."""

import json

import pytest

from evidence import INFERRED, MODEL, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import INVALID_NAME, NOT_FOUND, members, refused

THEIRS = "arn:aws:iam::222233334444:root"


def policy(principal=THEIRS, action="secretsmanager:GetSecretValue", **more):
    """A document with one statement that allows."""
    principal = principal if principal == "*" else {"AWS": principal}
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": "*",
        **more,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture
def attach(sm, secret):
    def attach(document, **more):
        text = document if isinstance(document, str) else json.dumps(document)
        return sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=text, **more)

    return attach


@pytest.fixture
def attached(sm, secret):
    """The policy of `secret`, parsed; None if there is none."""

    def attached():
        text = sm.get_resource_policy(SecretId=secret["ARN"]).get("ResourcePolicy")
        return None if text is None else json.loads(text)

    return attached


@case("SM-272", SNAPSHOT)
def test_put_names_the_secret(name, secret, attach):
    reply = attach(policy())
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], name)
    assert members(reply) <= {"ARN", "Name", "PolicyName"}


@case("SM-273", MODEL)
def test_every_policy_reply_names_the_default_policy(sm, secret, attach):
    assert attach(policy())["PolicyName"] == "default"
    assert sm.get_resource_policy(SecretId=secret["ARN"])["PolicyName"] == "default"
    assert sm.delete_resource_policy(SecretId=secret["ARN"])["PolicyName"] == "default"


@case("SM-274", SNAPSHOT)
def test_get_answers_the_document_that_was_put(attach, attached):
    attach(policy())
    answered = attached()
    assert answered["Version"] == "2012-10-17"
    [statement] = answered["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {"AWS": THEIRS}
    assert statement["Action"] in (
        "secretsmanager:GetSecretValue",
        ["secretsmanager:GetSecretValue"],
    )
    assert statement["Resource"] in ("*", ["*"])


@case("SM-275", MODEL)
def test_the_document_is_answered_as_text(sm, secret, attach):
    attach(policy())
    assert isinstance(sm.get_resource_policy(SecretId=secret["ARN"])["ResourcePolicy"], str)


@case("SM-276", SNAPSHOT)
def test_put_replaces_the_policy(attach, attached):
    attach(policy())
    attach(policy(action="secretsmanager:DescribeSecret"))
    [statement] = attached()["Statement"]
    assert statement["Action"] in (
        "secretsmanager:DescribeSecret",
        ["secretsmanager:DescribeSecret"],
    )


@case("SM-277", INFERRED)
def test_a_secret_without_a_policy_answers_none(name, secret, sm):
    reply = sm.get_resource_policy(SecretId=name)
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], name)
    assert "ResourcePolicy" not in reply


@case("SM-278", SNAPSHOT)
def test_delete_takes_the_policy_away(sm, name, secret, attach, attached):
    attach(policy())
    reply = sm.delete_resource_policy(SecretId=secret["ARN"])
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], name)
    assert attached() is None


@case("SM-279", INFERRED)
def test_delete_without_a_policy_is_no_error(sm, name, secret):
    assert sm.delete_resource_policy(SecretId=secret["ARN"])["Name"] == name


@case("SM-280", SNAPSHOT)
def test_a_policy_for_everybody_is_accepted(attach, attached):
    attach(policy(principal="*"))
    assert attached()["Statement"][0]["Principal"] in ("*", {"AWS": "*"})


@case("SM-281", MODEL)
def test_a_policy_for_everybody_is_refused_when_public_policies_are_blocked(attach, attached):
    with refused("PublicPolicyException"):
        attach(policy(principal="*"), BlockPublicPolicy=True)
    assert attached() is None


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-12345678"}},
        {"StringEquals": {"aws:SourceAccount": "222233334444"}},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:222233334444:topic"}},
    ],
)
@case("SM-282", USER_GUIDE)
def test_a_condition_on_a_fixed_source_makes_a_policy_not_public(attach, condition):
    attach(policy(principal="*", Condition=condition), BlockPublicPolicy=True)


@case("SM-283", MODEL)
def test_a_policy_for_one_account_is_not_public(attach):
    attach(policy(), BlockPublicPolicy=True)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}',
        '{"Version":"2012-10-17"',
    ],
)
@case("SM-284", MODEL)
def test_a_malformed_document_is_refused(attach, attached, text):
    with refused("MalformedPolicyDocumentException"):
        attach(text)
    assert attached() is None


@case("SM-285", MODEL)
def test_an_unknown_version_of_the_language_is_refused(attach):
    with refused("MalformedPolicyDocumentException"):
        attach(policy() | {"Version": "2020-01-01"})


@case("SM-286", TERRAFORM)
def test_a_principal_that_does_not_exist_is_refused(attach):
    with refused(
        "MalformedPolicyDocumentException",
        "This resource policy contains an unsupported principal",
    ):
        attach(policy(principal="arn:aws:iam::123456789012:role/no-such-role-7f3a"))


@case("SM-287", INFERRED)
def test_an_action_of_another_service_is_refused(attach):
    with refused("MalformedPolicyDocumentException"):
        attach(policy(action="s3:GetObject"))


@case("SM-288", INFERRED)
def test_a_policy_names_a_principal(attach):
    document = policy()
    del document["Statement"][0]["Principal"]
    with refused("MalformedPolicyDocumentException"):
        attach(document)


@case("SM-289", MODEL)
def test_another_policy_name_cannot_be_put(attach):
    with refused("InvalidParameterException"):
        attach(policy(), PolicyName="mine")


@case("SM-290", MODEL)
def test_another_policy_name_is_not_found(sm, secret):
    with refused("ResourceNotFoundException"):
        sm.get_resource_policy(SecretId=secret["ARN"], PolicyName="mine")


@case("SM-291", MODEL)
def test_another_policy_name_cannot_be_deleted(sm, secret):
    with refused("InvalidParameterException"):
        sm.delete_resource_policy(SecretId=secret["ARN"], PolicyName="mine")


@case("SM-292", MODEL)
def test_the_default_policy_is_listed(sm, secret, attach):
    attach(policy())
    reply = sm.list_resource_policies(SecretId=secret["ARN"])
    assert members(reply) == {"ResourcePolicies"}
    assert reply["ResourcePolicies"] == [{"PolicyName": "default"}]


@case("SM-293", MODEL)
def test_no_policy_lists_as_an_empty_list(sm, secret):
    assert sm.list_resource_policies(SecretId=secret["ARN"])["ResourcePolicies"] == []


@case("SM-294", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    for call in [
        lambda: sm.get_resource_policy(SecretId=name),
        lambda: sm.delete_resource_policy(SecretId=name),
        lambda: sm.put_resource_policy(SecretId=name, ResourcePolicy=json.dumps(policy())),
        lambda: sm.list_resource_policies(SecretId=name),
    ]:
        with refused("ResourceNotFoundException", NOT_FOUND):
            call()


@case("SM-295", INFERRED)
def test_an_invalid_name_is_refused(sm):
    for call in [
        lambda: sm.get_resource_policy(SecretId="Inv Name"),
        lambda: sm.delete_resource_policy(SecretId="Inv Name"),
        lambda: sm.put_resource_policy(SecretId="Inv Name", ResourcePolicy=json.dumps(policy())),
    ]:
        with refused("ValidationException", INVALID_NAME):
            call()


@case("SM-296", INFERRED)
def test_another_account_is_denied_without_a_policy(other_account_sm, secret):
    with refused("AccessDeniedException"):
        other_account_sm.describe_secret(SecretId=secret["ARN"])


@case("SM-297", SNAPSHOT)
def test_another_account_describes_a_secret_its_policy_shares(other_account_sm, secret, attach):
    attach(policy(action="secretsmanager:*"))
    assert other_account_sm.describe_secret(SecretId=secret["ARN"])["ARN"] == secret["ARN"]


@case("SM-298", SNAPSHOT)
def test_another_account_cannot_read_a_secret_under_the_default_key(
    other_account_sm, secret, attach
):
    attach(policy(action="secretsmanager:*"))
    text = (
        "You can't access a secret from a different AWS account if you encrypt the secret "
        "with the default KMS service key."
    )
    with refused("InvalidRequestException", text):
        other_account_sm.get_secret_value(SecretId=secret["ARN"])
    with refused("InvalidRequestException", text):
        other_account_sm.put_secret_value(SecretId=secret["ARN"], SecretString="theirs")


@case("SM-299", SNAPSHOT)
def test_another_account_works_on_what_needs_no_key(other_account_sm, secret, attach):
    attach(policy(action="secretsmanager:*"))
    arn = secret["ARN"]
    other_account_sm.list_secret_version_ids(SecretId=arn)
    other_account_sm.tag_resource(SecretId=arn, Tags=[{"Key": "k", "Value": "v"}])
    other_account_sm.untag_resource(SecretId=arn, TagKeys=["k"])
    other_account_sm.get_resource_policy(SecretId=arn)
    other_account_sm.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    other_account_sm.restore_secret(SecretId=arn)


@case("SM-300", SNAPSHOT)
def test_a_shared_secret_is_not_in_the_other_accounts_list(other_account_sm, name, attach):
    attach(policy(action="secretsmanager:*"))
    reply = other_account_sm.list_secrets(Filters=[{"Key": "name", "Values": [name]}])
    assert reply["SecretList"] == []


@case("SM-301", USER_GUIDE)
def test_a_deny_in_the_policy_beats_the_callers_own_rights(sm, secret, attach):
    deny = policy(principal="*", action="secretsmanager:GetSecretValue")
    deny["Statement"][0]["Effect"] = "Deny"
    attach(deny)
    with refused("AccessDeniedException"):
        sm.get_secret_value(SecretId=secret["ARN"])
    sm.describe_secret(SecretId=secret["ARN"])


@case("SM-302", INFERRED)
def test_a_denied_caller_is_told_what_denied_him(sm, secret, attach):
    deny = policy(principal="*", action="secretsmanager:GetSecretValue")
    deny["Statement"][0]["Effect"] = "Deny"
    attach(deny)
    with refused(
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:root is not authorized to perform: secretsmanager:GetSecretValue "
        f"on resource: {secret['ARN']} with an explicit deny in a resource-based policy",
    ):
        sm.get_secret_value(SecretId=secret["ARN"])


@case("SM-478", USER_GUIDE)
def test_another_account_may_leave_the_suffix_off_the_arn(other_account_sm, secret, attach):
    attach(policy(action="secretsmanager:DescribeSecret"))
    described = other_account_sm.describe_secret(SecretId=secret["ARN"][:-7])
    assert described["ARN"] == secret["ARN"]


@case("SM-479", USER_GUIDE)
def test_another_account_may_do_only_what_the_policy_names(other_account_sm, secret, attach):
    attach(policy(action="secretsmanager:DescribeSecret"))
    with refused("AccessDeniedException"):
        other_account_sm.list_secret_version_ids(SecretId=secret["ARN"])
