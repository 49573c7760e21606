"""Access: keys, sessions and what limits or ends them."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from conftest import ACCOUNT
from evidence import INFERRED, ISSUE, USER_GUIDE, case
from expect import refused
from identities import allow, deny, document, session, trust

READ = "secretsmanager:GetSecretValue"
INVALID_TOKEN = "The security token included in the request is invalid."


def read(actor, arn):
    return actor.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]


@case("ACC-100", USER_GUIDE)
def test_a_boundary_and_a_policy_must_both_allow(people, secret):
    boundary = people.policy(allow(READ))
    user = people.user(allow("secretsmanager:*"), PermissionsBoundary=boundary)
    assert read(user, secret["ARN"]) == "one"
    with refused("AccessDeniedException"):
        user.client("secretsmanager").describe_secret(SecretId=secret["ARN"])


@case("ACC-101", USER_GUIDE)
def test_a_boundary_alone_allows_nothing(people, secret):
    user = people.user(PermissionsBoundary=people.policy(allow("*")))
    with refused("AccessDeniedException"):
        read(user, secret["ARN"])


@case("ACC-102", USER_GUIDE)
def test_taking_the_boundary_away_sets_the_policy_free(people, secret):
    user = people.user(allow(READ), PermissionsBoundary=people.policy(allow("s3:*")))
    with refused("AccessDeniedException"):
        read(user, secret["ARN"])
    people.iam.delete_user_permissions_boundary(UserName=user.name)
    assert read(user, secret["ARN"]) == "one"


@case("ACC-103", USER_GUIDE)
def test_a_boundary_binds_the_sessions_of_a_role(people, secret):
    role = people.role(allow("*"), PermissionsBoundary=people.policy(allow("s3:*")))
    with refused("AccessDeniedException"):
        read(role.session(), secret["ARN"])


@case("ACC-104", USER_GUIDE)
def test_a_resource_policy_for_the_role_does_not_pass_its_boundary(people, sm, secret):
    role = people.role(PermissionsBoundary=people.policy(allow("s3:*")))
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(allow(READ, Principal={"AWS": role.arn})),
    )
    with refused("AccessDeniedException"):
        read(role.session(), secret["ARN"])


@case("ACC-105", USER_GUIDE)
def test_a_resource_policy_for_the_session_passes_the_boundary(people, sm, secret):
    role = people.role(PermissionsBoundary=people.policy(allow("s3:*")))
    actor = role.session("named")
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(allow(READ, Principal={"AWS": actor.arn})),
    )
    assert read(actor, secret["ARN"]) == "one"
    with refused("AccessDeniedException"):
        read(role.session("another"), secret["ARN"])


@case("ACC-106", USER_GUIDE)
def test_a_resource_policy_for_the_role_lets_all_its_sessions_in(people, sm, secret):
    role = people.role()
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(allow(READ, Principal={"AWS": role.arn})),
    )
    assert read(role.session("one"), secret["ARN"]) == "one"
    assert read(role.session("two"), secret["ARN"]) == "one"


@case("ACC-107", USER_GUIDE)
def test_a_resource_policy_for_the_user_needs_no_policy_of_his(people, sm, secret):
    user = people.user()
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(allow(READ, Principal={"AWS": user.arn})),
    )
    assert read(user, secret["ARN"]) == "one"


@case("ACC-108", USER_GUIDE)
def test_a_resource_policy_for_the_account_leaves_the_choice_to_iam(people, sm, secret):
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(
            allow(READ, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
        ),
    )
    with refused("AccessDeniedException"):
        read(people.user(), secret["ARN"])


@case("ACC-109", USER_GUIDE)
def test_a_session_may_be_less_than_its_role(people, secret):
    actor = people.role(allow("secretsmanager:*")).session(Policy=document(allow(READ)))
    assert read(actor, secret["ARN"]) == "one"
    with refused("AccessDeniedException"):
        actor.client("secretsmanager").describe_secret(SecretId=secret["ARN"])


@case("ACC-110", USER_GUIDE)
def test_a_session_is_never_more_than_its_role(people, secret):
    actor = people.role(allow("s3:*")).session(Policy=document(allow("*")))
    with refused("AccessDeniedException"):
        read(actor, secret["ARN"])


@case("ACC-111", USER_GUIDE)
def test_a_session_may_be_limited_by_managed_policies(people, secret):
    limit = people.policy(allow(READ))
    actor = people.role(allow("secretsmanager:*")).session(PolicyArns=[{"arn": limit}])
    assert read(actor, secret["ARN"]) == "one"
    with refused("AccessDeniedException"):
        actor.client("secretsmanager").describe_secret(SecretId=secret["ARN"])


@case("ACC-112", USER_GUIDE)
def test_a_federated_user_has_what_the_user_and_the_session_policy_allow(people, secret):
    user = people.user(allow("*"))
    reply = user.client("sts").get_federation_token(Name="guest", Policy=document(allow(READ)))
    actor = session(people.connect, reply, reply["FederatedUser"]["Arn"])
    assert read(actor, secret["ARN"]) == "one"
    with refused("AccessDeniedException"):
        actor.client("secretsmanager").describe_secret(SecretId=secret["ARN"])


@case("ACC-113", USER_GUIDE)
def test_a_session_token_of_a_user_has_the_users_rights(people, secret):
    user = people.user(allow(READ))
    reply = user.client("sts").get_session_token()
    actor = session(people.connect, reply, user.arn)
    assert actor.client("sts").get_caller_identity()["Arn"] == user.arn
    assert read(actor, secret["ARN"]) == "one"


def revoking(before):
    """The statement that the console adds to revoke sessions."""
    stamp = before.strftime("%Y-%m-%dT%H:%M:%SZ")
    return deny("*", Condition={"DateLessThan": {"aws:TokenIssueTime": stamp}})


@case("ACC-114", USER_GUIDE)
def test_sessions_older_than_a_time_are_revoked(people, secret):
    role = people.role(allow(READ))
    old = role.session()
    assert read(old, secret["ARN"]) == "one"
    # A second on, as times in policies have no smaller parts.
    soon = datetime.now(timezone.utc) + timedelta(seconds=1)
    people.iam.put_role_policy(
        RoleName=role.name,
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=document(revoking(soon)),
    )
    with refused(
        "AccessDeniedException",
        f"User: {old.arn} is not authorized to perform: {READ} on resource: {secret['ARN']} "
        "with an explicit deny in an identity-based policy",
    ):
        read(old, secret["ARN"])


@case("ACC-115", USER_GUIDE)
def test_sessions_younger_than_the_time_go_on(people, secret):
    role = people.role(allow(READ))
    people.iam.put_role_policy(
        RoleName=role.name,
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=document(revoking(datetime.now(timezone.utc) - timedelta(minutes=1))),
    )
    assert read(role.session(), secret["ARN"]) == "one"


@case("ACC-116", USER_GUIDE)
def test_a_long_term_key_has_no_time_of_issue(people, secret):
    soon = datetime.now(timezone.utc) + timedelta(hours=1)
    user = people.user(allow(READ), revoking(soon))
    assert read(user, secret["ARN"]) == "one"


@case("ACC-117", USER_GUIDE)
def test_the_sessions_of_a_deleted_role_may_nothing(people, secret):
    role = people.role(allow(READ))
    actor = role.session()
    assert read(actor, secret["ARN"]) == "one"
    people.remove_role(role.name)
    with pytest.raises(actor.client("sts").exceptions.ClientError) as caught:
        read(actor, secret["ARN"])
    assert caught.value.response["Error"]["Code"] in (
        "AccessDeniedException",
        "UnrecognizedClientException",
    )


@case("ACC-118", USER_GUIDE)
def test_a_role_made_anew_does_not_revive_old_sessions(people, secret):
    role = people.role(allow(READ))
    actor = role.session()
    people.remove_role(role.name)
    people.iam.create_role(
        RoleName=role.name, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{ACCOUNT}:root")
    )
    people.iam.put_role_policy(
        RoleName=role.name, PolicyName="own", PolicyDocument=document(allow(READ))
    )
    with pytest.raises(actor.client("sts").exceptions.ClientError) as caught:
        read(actor, secret["ARN"])
    assert caught.value.response["Error"]["Code"] in (
        "AccessDeniedException",
        "UnrecognizedClientException",
    )


@case("ACC-119", USER_GUIDE)
def test_a_change_of_the_roles_policy_reaches_its_sessions(people, secret):
    role = people.role()
    actor = role.session()
    with refused("AccessDeniedException"):
        read(actor, secret["ARN"])
    people.iam.put_role_policy(
        RoleName=role.name, PolicyName="own", PolicyDocument=document(allow(READ))
    )
    assert read(actor, secret["ARN"]) == "one"


def key_id(user):
    return user.keys["access_key"]


@case("ACC-120", ISSUE)
def test_an_inactive_key_is_no_key(people, secret):
    user = people.user(allow("*"))
    people.iam.update_access_key(
        UserName=user.name, AccessKeyId=key_id(user), Status="Inactive"
    )
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        user.client("sts").get_caller_identity()
    with refused("UnrecognizedClientException", INVALID_TOKEN):
        read(user, secret["ARN"])


@case("ACC-121", USER_GUIDE)
def test_a_key_made_active_again_works(people):
    user = people.user(allow("*"))
    for status in ["Inactive", "Active"]:
        people.iam.update_access_key(
            UserName=user.name, AccessKeyId=key_id(user), Status=status
        )
    assert user.client("sts").get_caller_identity()["Arn"] == user.arn


@case("ACC-122", ISSUE)
def test_a_deleted_key_is_no_key(people):
    user = people.user(allow("*"))
    people.iam.delete_access_key(UserName=user.name, AccessKeyId=key_id(user))
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        user.client("sts").get_caller_identity()


@case("ACC-123", USER_GUIDE)
def test_the_sessions_of_a_deleted_user_end(people, secret):
    user = people.user(allow("*"))
    reply = user.client("sts").get_session_token()
    actor = session(people.connect, reply, user.arn)
    assert read(actor, secret["ARN"]) == "one"
    people.remove_user(user.name)
    with pytest.raises(actor.client("sts").exceptions.ClientError) as caught:
        read(actor, secret["ARN"])
    assert caught.value.response["Error"]["Code"] in (
        "AccessDeniedException",
        "UnrecognizedClientException",
    )


@case("ACC-124", USER_GUIDE)
def test_a_wrong_secret_key_does_not_sign(people, connect):
    user = people.user(allow("*"))
    wrong = connect("sts", access_key=key_id(user), secret_key="wrong")
    with refused("SignatureDoesNotMatch", status=403):
        wrong.get_caller_identity()


@case("ACC-125", ISSUE)
def test_temporary_keys_without_their_token_are_no_keys(people, connect):
    actor = people.role(allow("*")).session()
    keys = {**actor.keys, "session_token": None}
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        connect("sts", **keys).get_caller_identity()


@case("ACC-126", ISSUE)
def test_a_token_that_was_altered_is_refused(people, connect):
    actor = people.role(allow("*")).session()
    token = actor.keys["session_token"]
    middle = len(token) // 2
    other = "A" if token[middle] != "A" else "B"
    keys = {**actor.keys, "session_token": token[:middle] + other + token[middle + 1 :]}
    with refused("InvalidClientTokenId", INVALID_TOKEN, 403):
        connect("sts", **keys).get_caller_identity()


@case("ACC-127", USER_GUIDE)
def test_a_group_gives_its_users_its_policies(people, secret, unique):
    iam = people.iam
    user = people.user()
    iam.create_group(GroupName=unique)
    iam.put_group_policy(GroupName=unique, PolicyName="own", PolicyDocument=document(allow(READ)))
    with refused("AccessDeniedException"):
        read(user, secret["ARN"])
    iam.add_user_to_group(GroupName=unique, UserName=user.name)
    assert read(user, secret["ARN"]) == "one"
    iam.remove_user_from_group(GroupName=unique, UserName=user.name)
    with refused("AccessDeniedException"):
        read(user, secret["ARN"])
    iam.delete_group_policy(GroupName=unique, PolicyName="own")
    iam.delete_group(GroupName=unique)


@case("ACC-128", USER_GUIDE)
def test_the_default_version_of_a_managed_policy_counts(people, secret):
    arn = people.policy(allow(READ))
    user = people.user()
    people.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
    assert read(user, secret["ARN"]) == "one"
    people.iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document(allow("s3:*")), SetAsDefault=True
    )
    with refused("AccessDeniedException"):
        read(user, secret["ARN"])
    people.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert read(user, secret["ARN"]) == "one"
    people.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")


@case("ACC-129", USER_GUIDE)
def test_aws_managed_policies_may_be_attached(people, secret):
    user = people.user()
    people.iam.attach_user_policy(
        UserName=user.name, PolicyArn="arn:aws:iam::aws:policy/SecretsManagerReadWrite"
    )
    assert read(user, secret["ARN"]) == "one"


@case("ACC-130", INFERRED)
def test_the_root_user_is_limited_by_no_identity_policy(sm, secret):
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"


@case("ACC-131", ISSUE)
def test_a_session_token_makes_no_iam_calls(people):
    user = people.user(allow("*"))
    reply = user.client("sts").get_session_token()
    actor = session(people.connect, reply, user.arn)
    with refused("InvalidClientTokenId", status=403):
        actor.client("iam").list_users()


@case("ACC-132", INFERRED)
def test_a_federated_user_makes_no_iam_calls(people):
    user = people.user(allow("*"))
    reply = user.client("sts").get_federation_token(Name="guest", Policy=document(allow("*")))
    actor = session(people.connect, reply, reply["FederatedUser"]["Arn"])
    with refused("InvalidClientTokenId", status=403):
        actor.client("iam").list_users()


PUBLIC = [
    ("everybody", "*", None),
    ("every principal", {"AWS": "*"}, None),
    ("a pattern in the condition", "*", {"StringLike": {"aws:SourceAccount": "*"}}),
    ("not this account", "*", {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}),
    ("by name of client", "*", {"StringEquals": {"aws:UserAgent": "curl"}}),
    ("if it exists", "*", {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-12345678"}}),
]
NOT_PUBLIC = [
    ("an account", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, None),
    ("the caller's account", "*", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
    ("an organization", "*", {"StringEquals": {"aws:PrincipalOrgID": "o-abcde12345"}}),
    (
        "a role's ARN",
        "*",
        {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/some-role"}},
    ),
    ("an endpoint", "*", {"StringEquals": {"aws:SourceVpce": "vpce-12345678"}}),
]


@pytest.mark.parametrize(
    ("principal", "condition"), [one[1:] for one in PUBLIC], ids=[one[0] for one in PUBLIC]
)
@case("ACC-133", USER_GUIDE)
def test_a_policy_for_anybody_is_blocked(sm, secret, principal, condition):
    with refused("PublicPolicyException"):
        put_blocking(sm, secret, principal, condition)


@pytest.mark.parametrize(
    ("principal", "condition"), [one[1:] for one in NOT_PUBLIC], ids=[one[0] for one in NOT_PUBLIC]
)
@case("ACC-134", USER_GUIDE)
def test_a_policy_for_somebody_is_not_blocked(sm, secret, principal, condition):
    put_blocking(sm, secret, principal, condition)


@case("ACC-135", USER_GUIDE)
def test_a_deny_for_everybody_is_not_public(sm, secret):
    policy = document(
        deny(
            READ,
            Principal="*",
            Condition={"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
        )
    )
    sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=policy, BlockPublicPolicy=True)


def put_blocking(sm, secret, principal, condition):
    statement = allow(READ, Principal=principal)
    if condition:
        statement["Condition"] = condition
    sm.put_resource_policy(
        SecretId=secret["ARN"], ResourcePolicy=document(statement), BlockPublicPolicy=True
    )


@pytest.mark.parametrize("kind", ["user", "role"])
@case("ACC-136", USER_GUIDE)
def test_a_principal_that_does_not_exist_cannot_be_let_in(sm, secret, kind):
    gone = f"arn:aws:iam::{ACCOUNT}:{kind}/nobody-of-that-name"
    with refused(
        "MalformedPolicyDocumentException",
        "This resource policy contains an unsupported principal",
    ):
        sm.put_resource_policy(
            SecretId=secret["ARN"],
            ResourcePolicy=document(allow(READ, Principal={"AWS": gone})),
        )


def principal_of(sm, arn):
    policy = json.loads(sm.get_resource_policy(SecretId=arn)["ResourcePolicy"])
    [statement] = policy["Statement"]
    return statement["Principal"]["AWS"]


@pytest.mark.parametrize(("kind", "prefix"), [("user", "AIDA"), ("role", "AROA")])
@case("ACC-137", USER_GUIDE)
def test_a_policy_shows_the_id_of_a_principal_that_is_gone(sm, people, secret, kind, prefix):
    made = getattr(people, kind)()
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(allow(READ, Principal={"AWS": made.arn})),
    )
    assert principal_of(sm, secret["ARN"]) in (made.arn, [made.arn])
    getattr(people, f"remove_{kind}")(made.name)
    shown = principal_of(sm, secret["ARN"])
    assert shown in (made.id, [made.id])
    assert made.id.startswith(prefix)


@case("ACC-138", USER_GUIDE)
def test_a_user_made_anew_is_not_let_in_by_an_old_policy(sm, people, secret):
    user = people.user()
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(allow(READ, Principal={"AWS": user.arn})),
    )
    people.remove_user(user.name)
    people.iam.create_user(UserName=user.name)
    key = people.iam.create_access_key(UserName=user.name)["AccessKey"]
    client = people.connect(
        "secretsmanager", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"]
    )
    with refused("AccessDeniedException"):
        client.get_secret_value(SecretId=secret["ARN"])
