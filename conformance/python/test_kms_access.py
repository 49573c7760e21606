"""KMS: key policies, grants and conditions."""

import json

import pytest

from conftest import ACCOUNT, OTHER_ACCOUNT, REGION
from evidence import INFERRED, ISSUE, MODEL, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import refused
from identities import User, allow, deny, document, keys_of

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
CONTEXT = {"stage": "1", "team": "red"}
DENIED = "AccessDeniedException"


@pytest.fixture
def make(kms):
    made = []

    def make(*statements):
        request = {"Policy": document(*statements)} if statements else {}
        metadata = kms.create_key(**request)["KeyMetadata"]
        made.append(metadata["KeyId"])
        return metadata

    yield make
    for key in made:
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


@pytest.fixture
def key(make):
    return make()


def encrypts(actor, key, **request):
    return actor.client("kms").encrypt(KeyId=key["Arn"], Plaintext=b"x", **request)


@case("KMS-070", USER_GUIDE)
def test_a_key_is_made_with_the_default_policy(kms, key):
    reply = kms.get_key_policy(KeyId=key["KeyId"])
    assert reply["PolicyName"] == "default"
    assert json.loads(reply["Policy"]) == {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": ROOT,
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    assert kms.list_key_policies(KeyId=key["KeyId"])["PolicyNames"] == ["default"]


@case("KMS-071", USER_GUIDE)
def test_the_default_policy_leaves_the_choice_to_iam(people, key):
    encrypts(people.user(allow("kms:Encrypt", key["Arn"])), key)
    user = people.user()
    with refused(
        DENIED,
        f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {key['Arn']} "
        "because no identity-based policy allows the kms:Encrypt action",
    ):
        encrypts(user, key)


@case("KMS-072", USER_GUIDE)
def test_iam_gives_nothing_when_the_key_policy_does_not_ask_it(people, make):
    admin = allow(["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"], Principal=ROOT)
    key = make(admin)
    with refused(DENIED):
        encrypts(people.user(allow("kms:*")), key)


@case("KMS-073", USER_GUIDE)
def test_a_user_in_the_key_policy_needs_no_policy(people, make):
    user = people.user()
    key = make(allow("kms:*", Principal=ROOT), allow("kms:Encrypt", Principal={"AWS": user.arn}))
    encrypts(user, key)
    with refused(DENIED):
        user.client("kms").describe_key(KeyId=key["Arn"])


@case("KMS-074", USER_GUIDE)
def test_a_deny_in_the_key_policy_wins(people, make):
    user = people.user(allow("kms:*"))
    key = make(allow("kms:*", Principal=ROOT), deny("kms:Encrypt", Principal={"AWS": user.arn}))
    with refused(
        DENIED,
        f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {key['Arn']} "
        "with an explicit deny in a resource-based policy",
    ):
        encrypts(user, key)


@case("KMS-075", ISSUE)
def test_nobody_locks_himself_out_of_a_key(kms, people):
    user = people.user()
    with refused(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    ):
        kms.create_key(Policy=document(allow("kms:Encrypt", Principal={"AWS": user.arn})))


@case("KMS-076", USER_GUIDE)
def test_a_principal_that_does_not_exist_is_refused(kms):
    gone = f"arn:aws:iam::{ACCOUNT}:user/no-such-user-5d2e"
    with refused("MalformedPolicyDocumentException"):
        kms.create_key(
            Policy=document(
                allow("kms:*", Principal=ROOT), allow("kms:Encrypt", Principal={"AWS": gone})
            )
        )


@case("KMS-077", USER_GUIDE)
def test_a_context_may_be_demanded(people, key):
    user = people.user(
        allow(
            "kms:Encrypt",
            Condition={"StringEquals": {"kms:EncryptionContext:team": "red"}},
        )
    )
    encrypts(user, key, EncryptionContext=CONTEXT)
    for context in [{}, {"team": "blue"}]:
        with refused(DENIED):
            encrypts(user, key, EncryptionContext=context)


@case("KMS-078", USER_GUIDE)
def test_the_keys_of_a_context_may_be_limited(people, key):
    limited = {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["team"]}}
    user = people.user(allow("kms:Encrypt", Condition=limited))
    encrypts(user, key, EncryptionContext={"team": "red"})
    with refused(DENIED):
        encrypts(user, key, EncryptionContext=CONTEXT)


@case("KMS-079", USER_GUIDE)
def test_a_service_may_be_demanded(people, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    via = {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}
    user = people.user(
        allow("secretsmanager:GetSecretValue"),
        allow(["kms:Decrypt", "kms:Encrypt"], Condition=via),
    )
    assert user.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == "v"
    with refused(DENIED):
        encrypts(user, key)


@case("KMS-080", USER_GUIDE)
def test_another_service_is_not_the_one_demanded(people, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    via = {"StringEquals": {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"}}
    user = people.user(
        allow("secretsmanager:GetSecretValue"), allow("kms:Decrypt", Condition=via)
    )
    with refused(DENIED, "Access to KMS is not allowed"):
        user.client("secretsmanager").get_secret_value(SecretId=arn)


@case("KMS-081", USER_GUIDE)
def test_a_secrets_arn_is_the_context_of_its_values(people, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]

    def reader(pattern):
        condition = {"StringLike": {"kms:EncryptionContext:SecretARN": pattern}}
        return people.user(
            allow("secretsmanager:GetSecretValue"), allow("kms:Decrypt", Condition=condition)
        ).client("secretsmanager")

    assert reader(arn).get_secret_value(SecretId=arn)["SecretString"] == "v"
    with refused(DENIED, "Access to KMS is not allowed"):
        reader("arn:*:secret:other*").get_secret_value(SecretId=arn)


@case("KMS-082", USER_GUIDE)
def test_an_alias_may_be_demanded(kms, people, key, unique):
    alias = f"alias/{unique}"
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    user = people.user(
        allow("kms:Encrypt", Condition={"StringEquals": {"kms:RequestAlias": alias}}),
        allow(
            "kms:GenerateDataKey",
            Condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}},
        ),
    )
    client = user.client("kms")
    client.encrypt(KeyId=alias, Plaintext=b"x")
    with refused(DENIED):
        client.encrypt(KeyId=key["Arn"], Plaintext=b"x")
    client.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256")
    kms.delete_alias(AliasName=alias)
    with refused(DENIED):
        client.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256")


@case("KMS-083", USER_GUIDE)
def test_a_tag_of_the_key_may_be_demanded(kms, people, key):
    user = people.user(
        allow("kms:Encrypt", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}})
    )
    with refused(DENIED):
        encrypts(user, key)
    kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "team", "TagValue": "red"}])
    encrypts(user, key)


@case("KMS-084", MODEL)
def test_a_grant_lets_in_and_a_revoked_one_does_not(kms, people, key):
    user = people.user()
    grant = kms.create_grant(
        KeyId=key["KeyId"], GranteePrincipal=user.arn, Operations=["Encrypt"]
    )
    assert len(grant["GrantId"]) == 64
    encrypts(user, key)
    [listed] = kms.list_grants(KeyId=key["KeyId"])["Grants"]
    assert (listed["GrantId"], listed["Operations"]) == (grant["GrantId"], ["Encrypt"])
    with refused(DENIED):
        user.client("kms").generate_data_key(KeyId=key["Arn"], KeySpec="AES_256")
    kms.revoke_grant(KeyId=key["KeyId"], GrantId=grant["GrantId"])
    with refused(DENIED):
        encrypts(user, key)


@case("KMS-085", USER_GUIDE)
def test_a_grant_to_a_role_is_one_to_its_sessions(kms, people, key):
    role = people.role()
    kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=role.arn, Operations=["Encrypt"])
    encrypts(role.session(), key)


@case("KMS-086", USER_GUIDE)
def test_a_grant_may_demand_a_context(kms, people, key):
    exact, part = people.user(), people.user()
    for user, kind, context in [
        (exact, "EncryptionContextEquals", CONTEXT),
        (part, "EncryptionContextSubset", {"team": "red"}),
    ]:
        kms.create_grant(
            KeyId=key["KeyId"],
            GranteePrincipal=user.arn,
            Operations=["Encrypt"],
            Constraints={kind: context},
        )
    encrypts(exact, key, EncryptionContext=CONTEXT)
    encrypts(part, key, EncryptionContext=CONTEXT)
    encrypts(part, key, EncryptionContext={"team": "red"})
    for user, context in [(exact, {"team": "red"}), (part, {"stage": "1"})]:
        with refused(DENIED):
            encrypts(user, key, EncryptionContext=context)


@case("KMS-087", USER_GUIDE)
def test_a_grant_does_not_beat_a_deny(kms, people, make):
    user = people.user()
    key = make(allow("kms:*", Principal=ROOT), deny("kms:Encrypt", Principal={"AWS": user.arn}))
    kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=user.arn, Operations=["Encrypt"])
    with refused(DENIED):
        encrypts(user, key)


@case("KMS-088", USER_GUIDE)
def test_a_retiring_principal_ends_a_grant(kms, people, key):
    grantee, retirer = people.user(), people.user()
    grant = kms.create_grant(
        KeyId=key["KeyId"],
        GranteePrincipal=grantee.arn,
        RetiringPrincipal=retirer.arn,
        Operations=["Encrypt"],
    )
    with refused(DENIED):
        grantee.client("kms").retire_grant(KeyId=key["Arn"], GrantId=grant["GrantId"])
    retirer.client("kms").retire_grant(KeyId=key["Arn"], GrantId=grant["GrantId"])
    assert kms.list_grants(KeyId=key["KeyId"])["Grants"] == []


@case("KMS-089", USER_GUIDE)
def test_the_same_named_grant_is_made_once(kms, people, key):
    given = {
        "KeyId": key["KeyId"],
        "GranteePrincipal": people.user().arn,
        "Operations": ["Encrypt"],
        "Name": "once",
    }
    first, second = kms.create_grant(**given), kms.create_grant(**given)
    assert first["GrantId"] == second["GrantId"]
    assert len(kms.list_grants(KeyId=key["KeyId"])["Grants"]) == 1


@case("KMS-090", USER_GUIDE)
def test_another_account_takes_both_sides(other_people, make):
    theirs = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
    key = make(allow("kms:*", Principal=ROOT), allow("kms:Encrypt", Principal=theirs))
    encrypts(other_people.user(allow("kms:Encrypt")), key)
    with refused(DENIED):
        encrypts(other_people.user(), key)
    with refused(DENIED):
        encrypts(other_people.user(allow("kms:*")), make())


@case("KMS-091", ISSUE)
def test_another_account_is_told_that_the_key_does_not_let_it_in(other_people, key):
    user = other_people.user(allow("kms:*"))
    with refused(
        DENIED,
        f"User: {user.arn} is not authorized to perform: kms:DescribeKey on resource: {key['Arn']} "
        "because no resource-based policy allows the kms:DescribeKey action",
    ):
        user.client("kms").describe_key(KeyId=key["Arn"])


@case("KMS-092", USER_GUIDE)
def test_a_disabled_key_makes_its_secrets_unreadable_at_once(kms, people, key, create):
    arn = create(SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    client = people.user(allow("*")).client("secretsmanager")
    assert client.get_secret_value(SecretId=arn)["SecretString"] == "v"
    kms.disable_key(KeyId=key["KeyId"])
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied|DecryptionFailure"):
        client.get_secret_value(SecretId=arn)


@case("KMS-093", USER_GUIDE)
def test_a_policy_shows_the_id_of_a_user_who_is_gone(kms, people, make):
    user = people.user()
    key = make(allow("kms:*", Principal=ROOT), allow("kms:Encrypt", Principal={"AWS": user.arn}))
    people.remove_user(user.name)
    policy = json.loads(kms.get_key_policy(KeyId=key["KeyId"])["Policy"])
    assert policy["Statement"][1]["Principal"] == {"AWS": user.id}


@case("KMS-094", SNAPSHOT)
def test_constraints_are_for_operations_with_a_context(kms, people, key):
    with refused("ValidationException"):
        kms.create_grant(
            KeyId=key["KeyId"],
            GranteePrincipal=people.user().arn,
            Operations=["DescribeKey"],
            Constraints={"EncryptionContextEquals": CONTEXT},
        )


@case("KMS-095", TERRAFORM)
def test_nobody_is_granted_anything(kms, people, key):
    gone = f"arn:aws:iam::{ACCOUNT}:role/nobody-{people.user().name}"
    given = {"KeyId": key["KeyId"], "Operations": ["Encrypt"]}
    for principals in [
        {"GranteePrincipal": gone},
        {"GranteePrincipal": people.user().arn, "RetiringPrincipal": gone},
    ]:
        with refused("InvalidArnException", f"ARN does not refer to a valid principal: {gone}"):
            kms.create_grant(**given, **principals)
    assert kms.list_grants(KeyId=key["KeyId"])["Grants"] == []


@case("KMS-096", INFERRED)
def test_who_takes_the_name_of_a_grantee_takes_nothing_else(kms, people, key):
    user = people.user()
    kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=user.arn, Operations=["Encrypt"])
    people.remove_user(user.name)
    people.iam.create_user(UserName=user.name)
    access_key = people.iam.create_access_key(UserName=user.name)["AccessKey"]
    heir = User(user.connect, user.arn, keys_of(access_key), user.name, "")
    with refused(DENIED):
        encrypts(heir, key)


@case("KMS-097", MODEL)
def test_the_last_use_of_a_key_is_told(kms, people, key):
    unused = kms.get_key_last_usage(KeyId=key["Arn"])
    assert (unused["KeyId"], unused["KeyLastUsage"]) == (key["KeyId"], {})
    assert unused["TrackingStartDate"] == unused["KeyCreationDate"] == key["CreationDate"]
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    assert kms.get_key_last_usage(KeyId=key["KeyId"])["KeyLastUsage"]["Operation"] == "Encrypt"
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])
    last = kms.get_key_last_usage(KeyId=key["KeyId"])["KeyLastUsage"]
    assert last["Operation"] == "Decrypt"
    assert last["KmsRequestId"] == opened["ResponseMetadata"]["RequestId"]
    assert len(last["CloudTrailEventId"]) == 36
    assert last["Timestamp"] >= key["CreationDate"]
    with refused(DENIED):
        people.user().client("kms").get_key_last_usage(KeyId=key["KeyId"])
