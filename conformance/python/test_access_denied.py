"""Access: what a denied caller is told."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import ACCOUNT, OTHER_ACCOUNT
from evidence import INFERRED, ISSUE, USER_GUIDE, case
from expect import refused
from identities import allow, deny, document, session

READ = "secretsmanager:GetSecretValue"
NO_IDENTITY = f"because no identity-based policy allows the {READ} action"


def told(actor, arn, tail):
    return f"User: {actor.arn} is not authorized to perform: {READ} on resource: {arn} {tail}"


def read(actor, arn):
    return actor.client("secretsmanager").get_secret_value(SecretId=arn)


def attach(sm, arn, *statements):
    sm.put_resource_policy(SecretId=arn, ResourcePolicy=document(*statements))


@case("ACC-030", USER_GUIDE)
def test_a_user_without_a_policy_is_told_so(people, secret):
    user = people.user()
    with refused("AccessDeniedException", told(user, secret["ARN"], NO_IDENTITY)):
        read(user, secret["ARN"])


@case("ACC-031", USER_GUIDE)
def test_a_session_is_named_and_not_its_role(people, secret):
    role = people.role()
    actor = role.session("anna")
    assert actor.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/anna"
    with refused("AccessDeniedException", told(actor, secret["ARN"], NO_IDENTITY)):
        read(actor, secret["ARN"])


@case("ACC-032", USER_GUIDE)
def test_a_deny_of_the_callers_own_policy_is_named(people, secret):
    user = people.user(allow("*"), deny(READ))
    with refused(
        "AccessDeniedException",
        told(user, secret["ARN"], "with an explicit deny in an identity-based policy"),
    ):
        read(user, secret["ARN"])


@case("ACC-033", USER_GUIDE)
def test_a_deny_of_the_resource_is_named(people, sm, secret):
    user = people.user(allow("*"))
    attach(sm, secret["ARN"], deny(READ, Principal={"AWS": user.arn}))
    with refused(
        "AccessDeniedException",
        told(user, secret["ARN"], "with an explicit deny in a resource-based policy"),
    ):
        read(user, secret["ARN"])


@case("ACC-034", USER_GUIDE)
def test_a_boundary_that_leaves_the_action_out_is_named(people, secret):
    boundary = people.policy(allow("s3:*"))
    user = people.user(allow("*"), PermissionsBoundary=boundary)
    with refused(
        "AccessDeniedException",
        told(user, secret["ARN"], f"because no permissions boundary allows the {READ} action"),
    ):
        read(user, secret["ARN"])


@case("ACC-035", USER_GUIDE)
def test_a_deny_of_the_boundary_is_named(people, secret):
    boundary = people.policy(allow("*"), deny(READ))
    user = people.user(allow("*"), PermissionsBoundary=boundary)
    with refused(
        "AccessDeniedException",
        told(user, secret["ARN"], "with an explicit deny in a permissions boundary"),
    ):
        read(user, secret["ARN"])


@case("ACC-036", USER_GUIDE)
def test_a_session_policy_that_leaves_the_action_out_is_named(people, secret):
    actor = people.role(allow("*")).session(Policy=document(allow("s3:*")))
    with refused(
        "AccessDeniedException",
        told(actor, secret["ARN"], f"because no session policy allows the {READ} action"),
    ):
        read(actor, secret["ARN"])


@case("ACC-037", USER_GUIDE)
def test_a_deny_of_the_session_policy_is_named(people, secret):
    actor = people.role(allow("*")).session(Policy=document(allow("*"), deny(READ)))
    with refused(
        "AccessDeniedException",
        told(actor, secret["ARN"], "with an explicit deny in a session policy"),
    ):
        read(actor, secret["ARN"])


@case("ACC-038", ISSUE)
def test_another_account_is_told_that_the_resource_does_not_let_it_in(other_people, secret):
    user = other_people.user(allow("*"))
    with refused(
        "AccessDeniedException",
        told(user, secret["ARN"], f"because no resource-based policy allows the {READ} action"),
    ):
        read(user, secret["ARN"])


@case("ACC-039", ISSUE)
def test_no_resource_is_named_where_there_is_none(people):
    user = people.user()
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: secretsmanager:ListSecrets because no "
        "identity-based policy allows the secretsmanager:ListSecrets action",
    ):
        user.client("secretsmanager").list_secrets()


@case("ACC-040", INFERRED)
def test_creating_names_the_secret_to_be(people, name):
    user = people.user()
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: secretsmanager:CreateSecret on resource: "
        f"{name} because no identity-based policy allows the secretsmanager:CreateSecret action",
    ):
        user.client("secretsmanager").create_secret(Name=name, SecretString="v")


@case("ACC-041", USER_GUIDE)
def test_iam_denies_with_status_403(people):
    user = people.user()
    with refused("AccessDenied", status=403):
        user.client("iam").get_user(UserName=user.name)


@case("ACC-052", ISSUE)
def test_iam_names_what_is_read_by_its_kind_and_name(people):
    user = people.user()
    with refused(
        "AccessDenied",
        f"User: {user.arn} is not authorized to perform: iam:GetUser on resource: user {user.name} "
        "because no identity-based policy allows the iam:GetUser action",
        403,
    ):
        user.client("iam").get_user(UserName=user.name)


@case("ACC-042", USER_GUIDE)
def test_everybody_may_ask_who_he_is(people):
    user = people.user(deny("*"))
    assert user.client("sts").get_caller_identity()["Arn"] == user.arn


@case("ACC-043", ISSUE)
def test_a_role_that_is_missing_and_one_that_does_not_trust_look_alike(people):
    role = people.role(trusts=TRUSTS_NOBODY_HERE)
    caller = people.anybody()
    for arn in [role.arn, f"arn:aws:iam::{ACCOUNT}:role/no-such-role"]:
        with refused("AccessDenied", status=403):
            caller.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")


TRUSTS_NOBODY_HERE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@case("ACC-044", USER_GUIDE)
def test_a_federated_user_without_a_session_policy_may_nothing(people, secret):
    user = people.user(allow("*"))
    reply = user.client("sts").get_federation_token(Name="guest")
    actor = session(people.connect, reply, reply["FederatedUser"]["Arn"])
    with refused(
        "AccessDeniedException",
        told(actor, secret["ARN"], f"because no session policy allows the {READ} action"),
    ):
        read(actor, secret["ARN"])


@pytest.fixture(scope="module")
def organization(connect):
    """The organization of the first account, with service control policies in force."""
    client = connect("organizations")
    try:
        client.create_organization(FeatureSet="ALL")
    except client.exceptions.AlreadyInOrganizationException:
        pass
    [root] = client.list_roots()["Roots"]
    if not root["PolicyTypes"]:
        client.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    return client


@pytest.fixture
def member(organization, connect, people, unique):
    """(id, an administrator's Actor) of a member account."""
    status = organization.create_account(Email=f"{unique}@example.com", AccountName=unique)
    account = status["CreateAccountStatus"]["AccountId"]
    reply = people.anybody().client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole",
        RoleSessionName="admin",
    )
    return account, session(connect, reply, reply["AssumedRoleUser"]["Arn"])


@pytest.fixture
def control(organization, member, unique):
    """Attaches a service control policy to the member account."""
    made = []

    def control(*statements):
        policy = organization.create_policy(
            Name=unique,
            Description="",
            Type="SERVICE_CONTROL_POLICY",
            Content=document(*statements),
        )["Policy"]["PolicySummary"]["Id"]
        organization.attach_policy(PolicyId=policy, TargetId=member[0])
        made.append(policy)
        return policy

    yield control
    for policy in made:
        try:
            organization.detach_policy(PolicyId=policy, TargetId=member[0])
        except organization.exceptions.PolicyNotAttachedException:
            pass
        organization.delete_policy(PolicyId=policy)


@case("ACC-045", USER_GUIDE)
def test_a_deny_of_the_organization_is_named(member, control, unique):
    _, admin = member
    sm = admin.client("secretsmanager")
    arn = sm.create_secret(Name=unique, SecretString="v")["ARN"]
    control(deny(READ))
    with refused(
        "AccessDeniedException",
        told(admin, arn, "with an explicit deny in a service control policy"),
    ):
        sm.get_secret_value(SecretId=arn)
    sm.describe_secret(SecretId=arn)


@case("ACC-046", USER_GUIDE)
def test_what_the_organization_leaves_out_is_worded_as_a_deny(organization, member, control, unique):
    account, admin = member
    sm = admin.client("secretsmanager")
    arn = sm.create_secret(Name=unique, SecretString="v")["ARN"]
    control(allow("kms:*"))
    organization.detach_policy(PolicyId="p-FullAWSAccess", TargetId=account)
    try:
        with refused(
            "AccessDeniedException",
            told(admin, arn, "with an explicit deny in a service control policy"),
        ):
            sm.get_secret_value(SecretId=arn)
    finally:
        organization.attach_policy(PolicyId="p-FullAWSAccess", TargetId=account)


@case("ACC-047", USER_GUIDE)
def test_the_organization_binds_the_root_user_of_a_member_too(member, control, connect):
    account, _ = member
    control(deny("secretsmanager:ListSecrets"))
    root = connect("secretsmanager", access_key=account)
    try:
        root.describe_secret(SecretId="none")
    except root.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "UnrecognizedClientException":
            pytest.skip("the server has no root key for accounts made later")
    with refused("AccessDeniedException"):
        root.list_secrets()


@case("ACC-048", USER_GUIDE)
def test_the_organization_does_not_bind_its_management_account(organization, sm, unique):
    policy = organization.create_policy(
        Name=unique,
        Description="",
        Type="SERVICE_CONTROL_POLICY",
        Content=document(deny("secretsmanager:ListSecrets")),
    )["Policy"]["PolicySummary"]["Id"]
    organization.attach_policy(PolicyId=policy, TargetId=ACCOUNT)
    try:
        sm.list_secrets()
    finally:
        organization.detach_policy(PolicyId=policy, TargetId=ACCOUNT)
        organization.delete_policy(PolicyId=policy)


@case("ACC-049", USER_GUIDE)
def test_a_deny_beats_every_allow(people, sm, secret):
    user = people.user(allow("*"))
    attach(
        sm,
        secret["ARN"],
        allow(READ, Principal={"AWS": user.arn}),
        deny(READ, Principal="*"),
    )
    with refused(
        "AccessDeniedException",
        told(user, secret["ARN"], "with an explicit deny in a resource-based policy"),
    ):
        read(user, secret["ARN"])


@case("ACC-050", USER_GUIDE)
def test_a_deny_that_leaves_the_account_out_spares_it(people, sm, other_account_sm, secret):
    user = people.user(allow("*"))
    everybody_else = {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}
    theirs = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    attach(
        sm,
        secret["ARN"],
        allow("secretsmanager:DescribeSecret", Principal={"AWS": theirs}),
        deny("secretsmanager:*", Principal="*", Condition=everybody_else),
    )
    read(user, secret["ARN"])
    with refused("AccessDeniedException"):
        other_account_sm.describe_secret(SecretId=secret["ARN"])


@case("ACC-051", INFERRED)
def test_a_denied_caller_changes_nothing(people, sm, secret):
    user = people.user(allow("secretsmanager:DescribeSecret"))
    with refused("AccessDeniedException"):
        user.client("secretsmanager").put_secret_value(SecretId=secret["ARN"], SecretString="two")
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"


@case("ACC-140", INFERRED)
def test_a_denial_is_explained_to_who_may_decode_it(people, connect, secret):
    user = people.user(allow("*"), deny(READ, Sid="NoReading"))
    with pytest.raises(ClientError) as denied:
        read(user, secret["ARN"])
    headers = denied.value.response["ResponseMetadata"]["HTTPHeaders"]
    message = {"EncodedMessage": headers["x-strongroom-authorization-message"]}
    decoded = user.client("sts").decode_authorization_message(**message)["DecodedMessage"]
    told = json.loads(decoded)
    assert (told["allowed"], told["explicitDeny"]) == (False, True)
    [statement] = told["matchedStatements"]["items"]
    assert statement["statementId"] == "NoReading"
    context = told["context"]
    assert context["principal"]["arn"] == user.arn
    assert (context["action"], context["resource"]) == (READ, secret["ARN"])

    with refused("AccessDenied", status=403):
        people.user().client("sts").decode_authorization_message(**message)
    with refused("InvalidAuthorizationMessageException"):
        connect("sts", access_key=OTHER_ACCOUNT).decode_authorization_message(**message)
