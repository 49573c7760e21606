"""Access: a published tutorial's policies, and what they let whom do."""

import json
from uuid import uuid4

import pytest

from conftest import ACCOUNT
from evidence import INFERRED, ISSUE, TUTORIAL, USER_GUIDE, case
from expect import refused
from identities import People, allow, document, keys_of

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "secretsmanager:GetSecretValue"
      ],
      "Resource": [
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "kms:Decrypt"
      ],
      "Resource": [
        "arn:aws:kms:us-east-1:123456789012:key/*"
      ],
      "Condition": {
        "StringEquals": {
          "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"
        }
      }
    }
  ]
}"""


@pytest.fixture
def key(kms):
    metadata = kms.create_key(Description="secrets-key")["KeyMetadata"]
    yield metadata
    kms.schedule_key_deletion(KeyId=metadata["KeyId"], PendingWindowInDays=7)


@pytest.fixture
def reader(people):
    """A session of a role that holds the tutorial's policy."""
    role = people.role()
    arn = people.iam.create_policy(PolicyName=f"read-{uuid4().hex}", PolicyDocument=POLICY)
    people.policies.append(arn["Policy"]["Arn"])
    people.iam.attach_role_policy(RoleName=role.name, PolicyArn=arn["Policy"]["Arn"])
    return role.session("app")


@case("ACC-001", TUTORIAL)
def test_the_role_reads_secrets_of_production(reader, create):
    arn = create(Name=f"prod/{uuid4().hex}", SecretString="v")["ARN"]
    assert reader.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == "v"


@case("ACC-002", TUTORIAL)
def test_the_role_reads_a_secret_by_its_name(reader, create):
    name = f"prod/{uuid4().hex}"
    create(Name=name, SecretString="v")
    assert reader.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"] == "v"


@case("ACC-003", TUTORIAL)
def test_the_role_reads_a_secret_under_ones_own_key(reader, create, key):
    arn = create(Name=f"prod/{uuid4().hex}", SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    assert reader.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == "v"


@case("ACC-004", TUTORIAL)
def test_the_role_reads_no_other_secret(reader, create):
    arn = create(Name=f"test/{uuid4().hex}", SecretString="v")["ARN"]
    with refused(
        "AccessDeniedException",
        f"User: {reader.arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: "
        f"{arn} because no identity-based policy allows the secretsmanager:GetSecretValue action",
    ):
        reader.client("secretsmanager").get_secret_value(SecretId=arn)


@case("ACC-005", TUTORIAL)
def test_the_role_changes_no_secret(reader, create):
    arn = create(Name=f"prod/{uuid4().hex}", SecretString="v")["ARN"]
    sm = reader.client("secretsmanager")
    for call in [
        lambda: sm.put_secret_value(SecretId=arn, SecretString="w"),
        lambda: sm.describe_secret(SecretId=arn),
        lambda: sm.delete_secret(SecretId=arn),
        lambda: sm.list_secrets(),
    ]:
        with refused("AccessDeniedException"):
            call()


@case("ACC-006", TUTORIAL)
def test_the_role_cannot_decrypt_directly(reader, kms, key):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"v")["CiphertextBlob"]
    with refused(
        "AccessDeniedException",
        f"User: {reader.arn} is not authorized to perform: kms:Decrypt on resource: {key['Arn']} "
        "because no identity-based policy allows the kms:Decrypt action",
    ):
        reader.client("kms").decrypt(CiphertextBlob=blob, KeyId=key["Arn"])


@case("ACC-007", USER_GUIDE)
def test_without_the_keys_statement_the_secret_stays_closed(people, create, key):
    arn = create(Name=f"prod/{uuid4().hex}", SecretString="v", KmsKeyId=key["Arn"])["ARN"]
    user = people.user(allow("secretsmanager:GetSecretValue"))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        user.client("secretsmanager").get_secret_value(SecretId=arn)


@case("ACC-008", USER_GUIDE)
def test_the_default_key_needs_no_statement(people, create):
    arn = create(SecretString="v")["ARN"]
    user = people.user(allow("secretsmanager:GetSecretValue"))
    assert user.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == "v"


@case("ACC-009", INFERRED)
def test_a_missing_secret_looks_denied_where_it_may_not_be_read(reader):
    with refused("AccessDeniedException"):
        reader.client("secretsmanager").get_secret_value(SecretId=f"test/{uuid4().hex}")


@case("ACC-010", INFERRED)
def test_a_missing_secret_is_not_found_where_it_may_be_read(reader):
    with refused("ResourceNotFoundException"):
        reader.client("secretsmanager").get_secret_value(SecretId=f"prod/{uuid4().hex}")


@pytest.fixture(scope="module")
def organization(connect):
    client = connect("organizations")
    try:
        client.create_organization(FeatureSet="ALL")
    except client.exceptions.AlreadyInOrganizationException:
        pass
    return client


@pytest.fixture
def second(organization, connect, people):
    """(id, People) of a second account made by the organization."""
    status = organization.create_account(
        Email=f"{uuid4().hex}@example.com", AccountName="second"
    )["CreateAccountStatus"]
    assert status["State"] == "SUCCEEDED"
    account = status["AccountId"]
    credentials = people.anybody().client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole",
        RoleSessionName="admin",
    )["Credentials"]
    theirs = People.__new__(People)
    theirs.connect = connect
    theirs.iam = connect("iam", **keys_of(credentials))
    theirs.account, theirs.one = account, None
    theirs.users, theirs.roles, theirs.policies = [], [], []
    yield account, theirs
    theirs.remove()


def sharing(account):
    """The tutorial's policy, for an account."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": "*",
                }
            ],
        }
    )


@pytest.fixture
def shared(sm, kms, create, key, second):
    """The ARN of a secret whose key and policy let the second account in."""
    account, _ = second
    kms.put_key_policy(
        KeyId=key["KeyId"],
        PolicyName="default",
        Policy=document(
            allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
            allow("kms:Decrypt", Principal={"AWS": f"arn:aws:iam::{account}:root"}),
        ),
    )
    name = f"prod/shared/{uuid4().hex}"
    arn = create(Name=name, SecretString="shared", KmsKeyId=key["Arn"])["ARN"]
    sm.put_resource_policy(SecretId=name, ResourcePolicy=sharing(account))
    return arn


READ = [allow("secretsmanager:*"), allow("kms:*")]


@case("ACC-011", TUTORIAL)
def test_the_second_account_reads_the_shared_secret_by_arn(second, shared):
    client = second[1].user(*READ).client("secretsmanager")
    assert client.get_secret_value(SecretId=shared)["SecretString"] == "shared"


@case("ACC-012", TUTORIAL)
def test_the_second_account_does_nothing_else_with_it(second, shared):
    client = second[1].user(*READ).client("secretsmanager")
    for call in [
        lambda: client.describe_secret(SecretId=shared),
        lambda: client.put_secret_value(SecretId=shared, SecretString="x"),
        lambda: client.delete_secret(SecretId=shared),
        lambda: client.get_resource_policy(SecretId=shared),
    ]:
        with refused("AccessDeniedException"):
            call()


@case("ACC-013", USER_GUIDE)
def test_the_second_account_does_not_find_it_by_name(second, shared):
    client = second[1].user(*READ).client("secretsmanager")
    with refused("ResourceNotFoundException"):
        client.get_secret_value(SecretId=shared.split(":secret:")[1][:-7])
    assert client.list_secrets()["SecretList"] == []


@case("ACC-014", TUTORIAL)
def test_the_second_account_reads_no_secret_that_is_not_shared(second, shared, create):
    other = create(Name=f"prod/{uuid4().hex}", SecretString="v")["ARN"]
    user = second[1].user(*READ)
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: "
        f"{other} because no resource-based policy allows the secretsmanager:GetSecretValue action",
    ):
        user.client("secretsmanager").get_secret_value(SecretId=other)


@case("ACC-015", USER_GUIDE)
def test_sharing_with_an_account_gives_its_users_nothing_by_itself(second, shared):
    user = second[1].user()
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: "
        f"{shared} because no identity-based policy allows the secretsmanager:GetSecretValue action",
    ):
        user.client("secretsmanager").get_secret_value(SecretId=shared)


@case("ACC-016", USER_GUIDE)
def test_the_second_account_needs_the_key_too(second, shared):
    user = second[1].user(allow("secretsmanager:*"))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        user.client("secretsmanager").get_secret_value(SecretId=shared)


@case("ACC-017", USER_GUIDE)
def test_a_key_policy_that_leaves_the_account_out_keeps_the_secret_closed(
    second, shared, kms, key
):
    kms.put_key_policy(
        KeyId=key["KeyId"],
        PolicyName="default",
        Policy=document(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    )
    client = second[1].user(*READ).client("secretsmanager")
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        client.get_secret_value(SecretId=shared)


@case("ACC-018", ISSUE)
def test_a_secret_under_the_default_key_is_not_read_from_the_second_account(second, sm, create):
    arn = create(Name=f"prod/shared/{uuid4().hex}", SecretString="v")["ARN"]
    sm.put_resource_policy(SecretId=arn, ResourcePolicy=sharing(second[0]))
    client = second[1].user(*READ).client("secretsmanager")
    with refused(
        "InvalidRequestException",
        "You can't access a secret from a different AWS account if you encrypt the secret with the "
        "default KMS service key.",
    ):
        client.get_secret_value(SecretId=arn)


@case("ACC-019", TUTORIAL)
def test_a_role_of_the_second_account_reads_the_shared_secret(second, shared):
    client = second[1].role(*READ).session("app").client("secretsmanager")
    assert client.get_secret_value(SecretId=shared)["SecretString"] == "shared"


@case("ACC-020", USER_GUIDE)
def test_taking_the_policy_away_ends_the_sharing(second, shared, sm):
    client = second[1].user(*READ).client("secretsmanager")
    client.get_secret_value(SecretId=shared)
    sm.delete_resource_policy(SecretId=shared)
    with refused("AccessDeniedException"):
        client.get_secret_value(SecretId=shared)
