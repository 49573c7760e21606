"""Access: conditions on tags and on what a request says."""

import json
from uuid import uuid4

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, USER_GUIDE, case
from expect import refused
from identities import allow, deny, document

READ = "secretsmanager:GetSecretValue"


def when(operator, **keys):
    """A condition; `__` stands for the colon of a key, and `_t_` for its slash."""
    return {"Condition": {operator: {spelled(key): value for key, value in keys.items()}}}


def spelled(key):
    return key.replace("__", ":").replace("_t_", "/")


@pytest.fixture
def acting(people):
    """Secrets Manager as a fresh user with the statements."""

    def acting(*statements, **request):
        return people.user(*statements, **request).client("secretsmanager")

    return acting


def tags(**pairs):
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


DENIED = "AccessDeniedException"


@case("ACC-060", USER_GUIDE)
def test_a_tag_on_the_secret_lets_in(acting, create):
    arn = create(SecretString="v", Tags=tags(team="red"))["ARN"]
    acting(allow(READ, **when("StringEquals", aws__ResourceTag_t_team="red"))).get_secret_value(
        SecretId=arn
    )


@case("ACC-061", USER_GUIDE)
def test_another_value_of_the_tag_keeps_out(acting, create):
    arn = create(SecretString="v", Tags=tags(team="blue"))["ARN"]
    with refused(DENIED):
        acting(allow(READ, **when("StringEquals", aws__ResourceTag_t_team="red"))).get_secret_value(
            SecretId=arn
        )


@case("ACC-062", USER_GUIDE)
def test_a_secret_without_the_tag_keeps_out(acting, secret):
    with refused(DENIED):
        acting(allow(READ, **when("StringEquals", aws__ResourceTag_t_team="red"))).get_secret_value(
            SecretId=secret["ARN"]
        )


@case("ACC-063", USER_GUIDE)
def test_secrets_manager_has_its_own_name_for_the_tag(acting, create):
    arn = create(SecretString="v", Tags=tags(team="red"))["ARN"]
    own = when("StringEquals", secretsmanager__ResourceTag_t_team="red")
    acting(allow(READ, **own)).get_secret_value(SecretId=arn)


@case("ACC-064", USER_GUIDE)
def test_retagging_a_secret_changes_who_reads_it(acting, sm, create):
    arn = create(SecretString="v", Tags=tags(team="red"))["ARN"]
    client = acting(allow(READ, **when("StringEquals", aws__ResourceTag_t_team="red")))
    client.get_secret_value(SecretId=arn)
    sm.tag_resource(SecretId=arn, Tags=tags(team="blue"))
    with refused(DENIED):
        client.get_secret_value(SecretId=arn)


@case("ACC-139", USER_GUIDE)
@pytest.mark.parametrize("change", ["retag", "untag"])
def test_nobody_tags_the_own_access_away(acting, sm, create, change):
    arn = create(SecretString="v", Tags=tags(team="red"))["ARN"]
    change_tags = ["secretsmanager:TagResource", "secretsmanager:UntagResource"]
    client = acting(allow(change_tags, **when("StringEquals", aws__ResourceTag_t_team="red")))
    with refused(DENIED):
        if change == "retag":
            client.tag_resource(SecretId=arn, Tags=tags(team="blue"))
        else:
            client.untag_resource(SecretId=arn, TagKeys=["team"])
    assert sm.describe_secret(SecretId=arn)["Tags"] == tags(team="red")
    client.tag_resource(SecretId=arn, Tags=tags(colour="green"))


SAME_TEAM = when("StringEquals", aws__ResourceTag_t_team="${aws:PrincipalTag/team}")


@case("ACC-065", USER_GUIDE)
def test_the_callers_tag_matches_the_secrets(acting, create):
    arn = create(SecretString="v", Tags=tags(team="red"))["ARN"]
    acting(allow(READ, **SAME_TEAM), Tags=tags(team="red")).get_secret_value(SecretId=arn)
    with refused(DENIED):
        acting(allow(READ, **SAME_TEAM), Tags=tags(team="blue")).get_secret_value(SecretId=arn)
    with refused(DENIED):
        acting(allow(READ, **SAME_TEAM)).get_secret_value(SecretId=arn)


@case("ACC-066", USER_GUIDE)
def test_a_session_tag_counts_as_the_callers(people, create):
    arn = create(SecretString="v", Tags=tags(team="red"))["ARN"]
    role = people.role(allow(READ, **SAME_TEAM), trusts=tagging_trust())
    red = role.session(Tags=tags(team="red"))
    assert red.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == "v"
    blue = role.session(Tags=tags(team="blue"))
    with refused(DENIED):
        blue.client("secretsmanager").get_secret_value(SecretId=arn)


@case("ACC-067", USER_GUIDE)
def test_a_session_tag_replaces_the_roles(people, create):
    arn = create(SecretString="v", Tags=tags(team="red"))["ARN"]
    role = people.role(allow(READ, **SAME_TEAM), trusts=tagging_trust(), Tags=tags(team="red"))
    role.session().client("secretsmanager").get_secret_value(SecretId=arn)
    with refused(DENIED):
        role.session(Tags=tags(team="blue")).client("secretsmanager").get_secret_value(SecretId=arn)


def tagging_trust():
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                }
            ],
        }
    )


@case("ACC-068", USER_GUIDE)
def test_the_case_of_a_tag_key_in_a_condition_does_not_matter(acting, create):
    arn = create(SecretString="v", Tags=tags(Team="red"))["ARN"]
    acting(allow(READ, **when("StringEquals", aws__resourcetag_t_tEAM="red"))).get_secret_value(
        SecretId=arn
    )


@case("ACC-069", USER_GUIDE)
def test_the_users_name_stands_in_a_resource(people, create):
    user = people.user(
        allow(READ, "arn:aws:secretsmanager:*:*:secret:home/${aws:username}/*")
    )
    mine = create(Name=f"home/{user.name}/key", SecretString="mine")["ARN"]
    other = create(Name=f"home/{uuid4().hex}/key", SecretString="other")["ARN"]
    client = user.client("secretsmanager")
    assert client.get_secret_value(SecretId=mine)["SecretString"] == "mine"
    with refused(DENIED):
        client.get_secret_value(SecretId=other)


CREATE = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]


@case("ACC-070", USER_GUIDE)
def test_a_secret_must_be_made_with_the_tag(acting, create, name):
    client = acting(allow(CREATE, **when("StringEquals", aws__RequestTag_t_team="red")))
    with refused(DENIED):
        client.create_secret(Name=name, SecretString="v")
    with refused(DENIED):
        client.create_secret(Name=name, SecretString="v", Tags=tags(team="blue"))
    arn = client.create_secret(Name=name, SecretString="v", Tags=tags(team="red"))["ARN"]
    assert arn


@case("ACC-071", USER_GUIDE)
def test_only_listed_tag_keys_may_be_given(acting, secret):
    client = acting(
        allow(
            "secretsmanager:TagResource",
            **when("ForAllValues:StringEquals", aws__TagKeys=["team", "stage"]),
        )
    )
    client.tag_resource(SecretId=secret["ARN"], Tags=tags(team="red", stage="prod"))
    with refused(DENIED):
        client.tag_resource(SecretId=secret["ARN"], Tags=tags(team="red", owner="anna"))


@case("ACC-072", USER_GUIDE)
def test_a_protected_tag_key_cannot_be_taken_away(acting, sm, secret):
    sm.tag_resource(SecretId=secret["ARN"], Tags=tags(team="red", stage="prod"))
    client = acting(
        allow("secretsmanager:UntagResource"),
        deny(
            "secretsmanager:UntagResource",
            **when("ForAnyValue:StringEquals", aws__TagKeys=["team"]),
        ),
    )
    client.untag_resource(SecretId=secret["ARN"], TagKeys=["stage"])
    with refused(DENIED):
        client.untag_resource(SecretId=secret["ARN"], TagKeys=["team"])


@case("ACC-073", USER_GUIDE)
def test_tagging_while_creating_needs_its_own_permission(acting, name):
    client = acting(allow("secretsmanager:CreateSecret"))
    with refused(DENIED):
        client.create_secret(Name=name, SecretString="v", Tags=tags(team="red"))


@case("ACC-074", USER_GUIDE)
def test_a_version_stage_may_be_all_that_is_read(acting, sm, secret):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")
    client = acting(allow(READ, **when("StringEquals", secretsmanager__VersionStage="AWSPREVIOUS")))
    reply = client.get_secret_value(SecretId=secret["ARN"], VersionStage="AWSPREVIOUS")
    assert reply["SecretString"] == "one"
    with refused(DENIED):
        client.get_secret_value(SecretId=secret["ARN"], VersionStage="AWSCURRENT")


@case("ACC-075", USER_GUIDE)
def test_a_version_id_may_be_all_that_is_read(acting, sm, secret):
    two = sm.put_secret_value(SecretId=secret["ARN"], SecretString="two")["VersionId"]
    client = acting(
        allow(READ, **when("StringEquals", secretsmanager__VersionId=secret["VersionId"]))
    )
    client.get_secret_value(SecretId=secret["ARN"], VersionId=secret["VersionId"])
    with refused(DENIED):
        client.get_secret_value(SecretId=secret["ARN"], VersionId=two)


@case("ACC-076", USER_GUIDE)
def test_a_condition_on_a_member_that_is_not_sent_does_not_match(acting, secret):
    client = acting(
        allow(READ, **when("StringEquals", secretsmanager__VersionId=secret["VersionId"]))
    )
    with refused(DENIED):
        client.get_secret_value(SecretId=secret["ARN"])


@case("ACC-077", USER_GUIDE)
def test_if_exists_lets_a_member_be_left_out(acting, secret):
    client = acting(
        allow(READ, **when("StringEqualsIfExists", secretsmanager__VersionId=secret["VersionId"]))
    )
    client.get_secret_value(SecretId=secret["ARN"])


@case("ACC-078", USER_GUIDE)
def test_the_name_of_a_secret_to_be_is_checked(acting, sm):
    client = acting(allow(CREATE, **when("StringLike", secretsmanager__Name="team-red/*")))
    arn = client.create_secret(Name=f"team-red/{uuid4().hex}", SecretString="v")["ARN"]
    sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    with refused(DENIED):
        client.create_secret(Name=f"team-blue/{uuid4().hex}", SecretString="v")


@case("ACC-079", USER_GUIDE)
def test_a_recovery_window_may_be_demanded(acting, secret, sm):
    client = acting(
        allow(
            "secretsmanager:DeleteSecret",
            **when("NumericGreaterThanEquals", secretsmanager__RecoveryWindowInDays="14"),
        )
    )
    with refused(DENIED):
        client.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=7)
    client.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=14)
    sm.restore_secret(SecretId=secret["ARN"])


@case("ACC-080", USER_GUIDE)
def test_deletion_by_force_may_be_forbidden(acting, secret, sm):
    client = acting(
        allow("secretsmanager:DeleteSecret"),
        deny(
            "secretsmanager:DeleteSecret",
            **when("Bool", secretsmanager__ForceDeleteWithoutRecovery="true"),
        ),
    )
    with refused(DENIED):
        client.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
    client.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=7)
    sm.restore_secret(SecretId=secret["ARN"])


@pytest.fixture
def key(kms):
    metadata = kms.create_key()["KeyMetadata"]
    yield metadata
    kms.schedule_key_deletion(KeyId=metadata["KeyId"], PendingWindowInDays=7)


@case("ACC-081", USER_GUIDE)
def test_a_key_may_be_demanded(acting, create, key, name, sm):
    client = acting(
        allow(CREATE, **when("StringEquals", secretsmanager__KmsKeyId=key["Arn"])),
        allow("kms:*"),
    )
    with refused(DENIED):
        client.create_secret(Name=name, SecretString="v")
    arn = client.create_secret(Name=name, SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@case("ACC-082", USER_GUIDE)
def test_a_key_is_known_by_its_arn_however_it_was_named(acting, key, name, sm):
    client = acting(
        allow(CREATE, **when("ArnEquals", secretsmanager__KmsKeyArn=key["Arn"])),
        allow("kms:*"),
    )
    arn = client.create_secret(Name=name, SecretString="v", KmsKeyId=key["KeyId"])["ARN"]
    sm.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@case("ACC-083", USER_GUIDE)
def test_a_description_is_checked(acting, secret):
    client = acting(
        allow(
            "secretsmanager:UpdateSecret",
            **when("StringEquals", secretsmanager__Description="reviewed"),
        )
    )
    client.update_secret(SecretId=secret["ARN"], Description="reviewed")
    with refused(DENIED):
        client.update_secret(SecretId=secret["ARN"], Description="mine")


@case("ACC-084", USER_GUIDE)
def test_public_policies_may_be_forbidden_to_pass(acting, secret):
    client = acting(
        allow(
            "secretsmanager:PutResourcePolicy",
            **when("Bool", secretsmanager__BlockPublicPolicy="true"),
        )
    )
    policy = document(allow(READ, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    client.put_resource_policy(
        SecretId=secret["ARN"], ResourcePolicy=policy, BlockPublicPolicy=True
    )
    with refused(DENIED):
        client.put_resource_policy(
            SecretId=secret["ARN"], ResourcePolicy=policy, BlockPublicPolicy=False
        )


@case("ACC-085", USER_GUIDE)
def test_a_secret_is_named_by_its_arn(acting, secret, create):
    other = create(Name=f"conformance/{uuid4().hex}", SecretString="v")["ARN"]
    client = acting(allow(READ, **when("ArnEquals", secretsmanager__SecretId=secret["ARN"])))
    client.get_secret_value(SecretId=secret["ARN"])
    client.get_secret_value(SecretId=secret["Name"])
    with refused(DENIED):
        client.get_secret_value(SecretId=other)


@case("ACC-086", USER_GUIDE)
def test_replica_regions_may_be_limited(acting, name, sm):
    client = acting(
        allow([*CREATE, "secretsmanager:ReplicateSecretToRegions"]),
        deny(
            "secretsmanager:*",
            **when("ForAnyValue:StringNotEquals", secretsmanager__AddReplicaRegions=["eu-west-1"]),
        ),
    )
    with refused(DENIED):
        client.create_secret(
            Name=name, SecretString="v", AddReplicaRegions=[{"Region": "us-west-2"}]
        )


@case("ACC-087", USER_GUIDE)
def test_a_region_may_be_demanded(people, secret):
    user = people.user(allow("*", **when("StringEquals", aws__RequestedRegion="eu-west-1")))
    with refused(DENIED):
        user.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])
    user.client("secretsmanager", region="eu-west-1").list_secrets()


@case("ACC-088", USER_GUIDE)
def test_the_callers_address_is_checked(acting, secret):
    acting(allow(READ, **when("IpAddress", aws__SourceIp="127.0.0.0/8"))).get_secret_value(
        SecretId=secret["ARN"]
    )
    with refused(DENIED):
        acting(allow(READ, **when("IpAddress", aws__SourceIp="203.0.113.0/24"))).get_secret_value(
            SecretId=secret["ARN"]
        )


@case("ACC-089", USER_GUIDE)
def test_a_time_may_be_demanded(acting, secret):
    past, future = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    acting(allow(READ, **when("DateLessThan", aws__CurrentTime=future))).get_secret_value(
        SecretId=secret["ARN"]
    )
    with refused(DENIED):
        acting(allow(READ, **when("DateLessThan", aws__CurrentTime=past))).get_secret_value(
            SecretId=secret["ARN"]
        )


@case("ACC-090", USER_GUIDE)
def test_the_role_behind_a_session_is_its_principal_arn(people, sm, secret):
    role = people.role(Path="/app/")
    sm.put_resource_policy(
        SecretId=secret["ARN"],
        ResourcePolicy=document(
            allow(
                READ,
                Principal={"AWS": "*"},
                **when("ArnEquals", aws__PrincipalArn=f"arn:aws:iam::{ACCOUNT}:role/app/{role.name}"),
            )
        ),
    )
    client = role.session().client("secretsmanager")
    assert client.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"
    with refused(DENIED):
        people.user().client("secretsmanager").get_secret_value(SecretId=secret["ARN"])


@case("ACC-091", USER_GUIDE)
def test_the_kind_of_principal_is_checked(people, secret):
    users_only = allow(READ, **when("StringEquals", aws__PrincipalType="User"))
    people.user(users_only).client("secretsmanager").get_secret_value(SecretId=secret["ARN"])
    with refused(DENIED):
        people.role(users_only).session().client("secretsmanager").get_secret_value(
            SecretId=secret["ARN"]
        )


@case("ACC-092", USER_GUIDE)
def test_a_multi_factor_login_may_be_demanded(people, secret):
    with_mfa = allow(READ, **when("Bool", aws__MultiFactorAuthPresent="true"))
    for actor in [people.user(with_mfa), people.role(with_mfa).session()]:
        with refused(DENIED):
            actor.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])


@case("ACC-093", USER_GUIDE)
def test_the_suffix_may_be_written_as_six_question_marks(acting, secret, create):
    longer = create(Name=secret["Name"] + "-copy", SecretString="v")["ARN"]
    pattern = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{secret['Name']}-??????"
    client = acting(allow(READ, pattern))
    client.get_secret_value(SecretId=secret["ARN"])
    with refused(DENIED):
        client.get_secret_value(SecretId=longer)


@case("ACC-094", INFERRED)
def test_a_batch_needs_the_right_to_each_secret(people, secret, create):
    other = create(Name=f"conformance/{uuid4().hex}", SecretString="v")["ARN"]
    client = people.user(
        allow("secretsmanager:BatchGetSecretValue"), allow(READ, secret["ARN"])
    ).client("secretsmanager")
    reply = client.batch_get_secret_value(SecretIdList=[secret["ARN"], other])
    assert [value["ARN"] for value in reply["SecretValues"]] == [secret["ARN"]]
    [error] = reply["Errors"]
    assert error["ErrorCode"] == DENIED
