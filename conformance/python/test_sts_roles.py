"""STS: sessions of roles and users, and how long they last."""

from datetime import datetime, timezone
from uuid import uuid4

import pytest

from conftest import ACCOUNT, OTHER_ACCOUNT
from evidence import INFERRED, ISSUE, MODEL, PROTOCOL, SNAPSHOT, USER_GUIDE, case
from expect import members, refused
from identities import allow, document, session, trust


def assume(actor, role, **request):
    return actor.client("sts").assume_role(
        **{"RoleArn": role.arn, "RoleSessionName": "session", **request}
    )


def lasts(reply):
    """How many seconds the credentials are good for."""
    left = reply["Credentials"]["Expiration"] - datetime.now(timezone.utc)
    return left.total_seconds()


def taggable(principal=ACCOUNT):
    return trust(principal, action=["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])


@case("STS-001", SNAPSHOT)
def test_a_role_is_assumed(people):
    role = people.role(Path="/app/")
    reply = assume(people.anybody(), role)
    assert members(reply) == {"Credentials", "AssumedRoleUser"}
    assert reply["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role.id}:session",
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/session",
    }
    keys = reply["Credentials"]
    assert keys["AccessKeyId"].startswith("ASIA") and len(keys["AccessKeyId"]) == 20
    assert len(keys["SecretAccessKey"]) == 40


@case("STS-002", SNAPSHOT)
def test_a_session_knows_who_it_is(people):
    role = people.role()
    actor = role.session("anna")
    identity = actor.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/anna"
    assert identity["UserId"] == f"{role.id}:anna"
    assert identity["Account"] == ACCOUNT


@case("STS-003", MODEL)
def test_a_session_lasts_an_hour_unless_told(people):
    role = people.role(MaxSessionDuration=7200)
    assert 3500 < lasts(assume(people.anybody(), role)) <= 3600
    assert 7100 < lasts(assume(people.anybody(), role, DurationSeconds=7200)) <= 7200
    assert 800 < lasts(assume(people.anybody(), role, DurationSeconds=900)) <= 900


@case("STS-004", INFERRED)
def test_a_session_lasts_no_longer_than_its_role_allows(people):
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ):
        assume(people.anybody(), people.role(), DurationSeconds=3601)


@pytest.mark.parametrize("seconds", [899, 43201])
@case("STS-005", MODEL)
def test_a_duration_out_of_range_is_refused(wire, people, seconds):
    # The SDK would not send the shorter one.
    keys = people.anybody().keys
    form = (
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=session"
        f"&RoleArn={people.role().arn}&DurationSeconds={seconds}"
    )
    reply = wire.query(
        "sts", form, access_key=keys["access_key"], secret_key=keys["secret_key"]
    )
    assert reply.status == 400
    assert b"<Code>ValidationError</Code>" in reply.body


@case("STS-006", ISSUE)
def test_a_chained_session_lasts_an_hour_at_most(people):
    first = people.role(allow("sts:AssumeRole")).session()
    second = people.role(MaxSessionDuration=7200)
    assert assume(first, second)
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining.",
    ):
        assume(first, second, DurationSeconds=3601)


@case("STS-007", ISSUE)
def test_a_session_token_counts_as_chaining(people):
    user = people.anybody()
    reply = user.client("sts").get_session_token()
    actor = session(people.connect, reply, user.arn)
    role = people.role(MaxSessionDuration=7200)
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining.",
    ):
        assume(actor, role, DurationSeconds=3601)


@case("STS-008", ISSUE)
def test_root_assumes_no_role(sts, people):
    with refused("AccessDenied", "Roles may not be assumed by root accounts.", 403):
        sts.assume_role(RoleArn=people.role().arn, RoleSessionName="session")


@case("STS-009", USER_GUIDE)
def test_a_user_named_in_the_trust_policy_needs_no_policy(people):
    user = people.user()
    assert assume(user, people.role(trusts=trust(user.arn)))


@case("STS-010", USER_GUIDE)
def test_a_trusted_account_leaves_the_choice_to_iam(people):
    user, role = people.user(), people.role()
    with refused(
        "AccessDenied",
        f"User: {user.arn} is not authorized to perform: sts:AssumeRole on resource: {role.arn}",
        403,
    ):
        assume(user, role)


@case("STS-011", USER_GUIDE)
def test_a_role_of_another_account_takes_both_sides(people, other_people):
    visitor = other_people.user(allow("sts:AssumeRole"))
    open_role = people.role(trusts=trust(f"arn:aws:iam::{OTHER_ACCOUNT}:root"))
    assert assume(visitor, open_role)["AssumedRoleUser"]["Arn"].split(":")[4] == ACCOUNT
    with refused("AccessDenied", status=403):
        assume(visitor, people.role())
    with refused("AccessDenied", status=403):
        assume(other_people.user(), open_role)


EXTERNAL = {"Condition": {"StringEquals": {"sts:ExternalId": "ticket-7"}}}


@case("STS-012", USER_GUIDE)
def test_an_external_id_may_be_demanded(people):
    role = people.role(trusts=trust(ACCOUNT, **EXTERNAL))
    assert assume(people.anybody(), role, ExternalId="ticket-7")
    for request in [{}, {"ExternalId": "ticket-8"}]:
        with refused("AccessDenied", status=403):
            assume(people.anybody(), role, **request)


@case("STS-013", USER_GUIDE)
def test_a_session_name_may_be_demanded(people):
    user = people.user(allow("sts:AssumeRole"))
    named = {"Condition": {"StringLike": {"sts:RoleSessionName": "${aws:username}"}}}
    role = people.role(trusts=trust(ACCOUNT, **named))
    assert assume(user, role, RoleSessionName=user.name)
    with refused("AccessDenied", status=403):
        assume(user, role, RoleSessionName="somebody-else")


@case("STS-014", USER_GUIDE)
def test_tags_need_a_permission_of_their_own(people):
    role = people.role(trusts=trust(ACCOUNT))
    with refused("AccessDenied", status=403):
        assume(people.anybody(), role, Tags=[{"Key": "a", "Value": "1"}])
    assert assume(
        people.anybody(), people.role(trusts=taggable()), Tags=[{"Key": "a", "Value": "1"}]
    )


@case("STS-015", SNAPSHOT)
def test_a_transitive_key_is_one_of_the_tags(people):
    with refused(
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    ):
        assume(
            people.anybody(),
            people.role(trusts=taggable()),
            Tags=[{"Key": "a", "Value": "1"}],
            TransitiveTagKeys=["b"],
        )


@case("STS-016", SNAPSHOT)
def test_tag_keys_of_a_session_differ_in_more_than_case(people):
    with refused(
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ):
        assume(
            people.anybody(),
            people.role(trusts=taggable()),
            Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}],
        )


@case("STS-017", SNAPSHOT)
def test_a_transitive_tag_stays_along_the_chain(people):
    first_role = people.role(allow(["sts:AssumeRole", "sts:TagSession"]), trusts=taggable())
    first = first_role.session(
        Tags=[{"Key": "team", "Value": "red"}, {"Key": "desk", "Value": "7"}],
        TransitiveTagKeys=["team"],
    )
    team = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}
    desk = {"Condition": {"StringEquals": {"aws:PrincipalTag/desk": "7"}}}
    second_role = people.role(
        allow("secretsmanager:ListSecrets", **team),
        allow("secretsmanager:GetRandomPassword", **desk),
        trusts=taggable(),
    )
    client = second_role.session(by=first).client("secretsmanager")
    client.list_secrets()
    with refused("AccessDeniedException"):
        client.get_random_password()
    with refused(
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a "
        "transitive tag key from the calling session.",
    ):
        second_role.session(by=first, Tags=[{"Key": "team", "Value": "blue"}])


@case("STS-018", USER_GUIDE)
def test_a_source_identity_stays_along_the_chain(people):
    may = allow(["sts:AssumeRole", "sts:SetSourceIdentity"])
    first_role, second_role = people.role(may, trusts=taggable()), people.role(trusts=taggable())
    reply = assume(people.anybody(), first_role, SourceIdentity="anna")
    assert reply["SourceIdentity"] == "anna"
    first = session(people.connect, reply, reply["AssumedRoleUser"]["Arn"])
    assert assume(first, second_role)["SourceIdentity"] == "anna"
    with refused("AccessDenied", status=403):
        assume(first, second_role, SourceIdentity="bert")


@case("STS-019", MODEL)
def test_a_session_policy_counts_towards_a_size(people):
    reply = assume(people.anybody(), people.role(), Policy=document(allow("s3:*")))
    assert 0 < reply["PackedPolicySize"] <= 100


@case("STS-020", MODEL)
def test_a_session_policy_that_is_flawed_is_refused(people):
    with refused("MalformedPolicyDocument"):
        assume(people.anybody(), people.role(), Policy="{}")


@pytest.mark.parametrize("arn", ["no-arn-at-all-but-long-enough", f"arn:aws:iam::{ACCOUNT}:user/u"])
@case("STS-021", ISSUE)
def test_an_arn_that_is_no_roles_is_invalid(people, arn):
    with refused("ValidationError", f"{arn} is invalid"):
        people.anybody().client("sts").assume_role(RoleArn=arn, RoleSessionName="session")


@pytest.mark.parametrize("name", ["with space", "a/b", "x" * 65])
@case("STS-022", MODEL)
def test_a_name_that_no_session_can_have_is_refused(people, name):
    with refused("ValidationError"):
        assume(people.anybody(), people.role(), RoleSessionName=name)


@case("STS-023", USER_GUIDE)
def test_a_session_token_is_made_for_a_user(people):
    user = people.user()
    reply = user.client("sts").get_session_token()
    assert members(reply) == {"Credentials"}
    assert 43100 < lasts(reply) <= 43200
    assert reply["Credentials"]["AccessKeyId"].startswith("ASIA")


@case("STS-024", USER_GUIDE)
def test_a_session_token_of_root_lasts_an_hour(sts):
    assert 3500 < lasts(sts.get_session_token()) <= 3600


@case("STS-025", USER_GUIDE)
def test_a_session_gets_no_session_token(people):
    actor = people.role(allow("*")).session()
    with refused("AccessDenied", "Cannot call GetSessionToken with session credentials", 403):
        actor.client("sts").get_session_token()


@case("STS-026", SNAPSHOT)
def test_a_federated_user_is_made(people):
    user = people.user(allow("sts:GetFederationToken"))
    reply = user.client("sts").get_federation_token(Name="guest", Policy=document(allow("*")))
    assert members(reply) == {"Credentials", "FederatedUser", "PackedPolicySize"}
    assert reply["FederatedUser"] == {
        "FederatedUserId": f"{ACCOUNT}:guest",
        "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/guest",
    }
    assert 43100 < lasts(reply) <= 43200
    actor = session(people.connect, reply, reply["FederatedUser"]["Arn"])
    identity = actor.client("sts").get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (actor.arn, f"{ACCOUNT}:guest")


@case("STS-027", USER_GUIDE)
def test_a_session_federates_nobody(people):
    actor = people.role(allow("*")).session()
    with refused("AccessDenied", status=403):
        actor.client("sts").get_federation_token(Name="guest")


@case("STS-028", MODEL)
def test_a_key_names_its_account(people, other_people):
    client = people.user(allow("sts:GetAccessKeyInfo")).client("sts")
    key = other_people.user().keys["access_key"]
    assert client.get_access_key_info(AccessKeyId=key)["Account"] == OTHER_ACCOUNT


@case("STS-029", MODEL)
def test_the_key_of_a_session_names_its_account(people):
    key = people.role().session().keys["access_key"]
    client = people.user(allow("sts:GetAccessKeyInfo")).client("sts")
    assert client.get_access_key_info(AccessKeyId=key)["Account"] == ACCOUNT


@case("STS-030", MODEL)
def test_a_message_that_nobody_encoded_is_refused(sts):
    with refused("InvalidAuthorizationMessageException"):
        sts.decode_authorization_message(EncodedMessage="nobody-wrote-this")


@case("STS-031", PROTOCOL)
def test_a_web_identity_needs_no_signature(wire, people):
    role = people.role()
    form = (
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=session"
        f"&RoleArn={role.arn}&WebIdentityToken=no-token"
    )
    reply = wire.send(
        body=form.encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert reply.status == 400
    assert b"<Code>InvalidIdentityToken</Code>" in reply.body


@case("STS-032", USER_GUIDE)
def test_a_role_may_name_one_of_its_own_sessions(people):
    first = people.role(allow("sts:AssumeRole"))
    actor = first.session("named")
    second = people.role(trusts=trust(actor.arn))
    assert assume(actor, second)
    with refused("AccessDenied", status=403):
        assume(first.session("another"), second)


@case("STS-033", USER_GUIDE)
def test_a_role_may_trust_another_role(people):
    first = people.role()
    second = people.role(trusts=trust(first.arn))
    assert assume(first.session(), second)


@case("STS-034", USER_GUIDE)
def test_a_trust_policy_may_deny(people):
    user = people.user(allow("sts:AssumeRole"))
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": {"AWS": user.arn}, "Action": "sts:AssumeRole"},
    ]
    role = people.role(trusts=document(*statements))
    with refused("AccessDenied", status=403):
        assume(user, role)
    assert assume(people.anybody(), role)


@case("STS-035", INFERRED)
def test_a_role_that_is_not_there_is_denied_and_not_missing(people):
    arn = f"arn:aws:iam::{ACCOUNT}:role/{uuid4().hex}"
    user = people.anybody()
    with refused(
        "AccessDenied",
        f"User: {user.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
        403,
    ):
        user.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")
