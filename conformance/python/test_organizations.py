"""Organizations: accounts, units and what binds them."""

import json
from uuid import uuid4

import pytest

from conftest import ACCOUNT
from evidence import INFERRED, MODEL, USER_GUIDE, case
from expect import members, refused
from identities import allow, deny, document, session


@pytest.fixture(scope="module")
def organizations(connect):
    client = connect("organizations")
    try:
        client.create_organization(FeatureSet="ALL")
    except client.exceptions.AlreadyInOrganizationException:
        pass
    [root] = client.list_roots()["Roots"]
    if not root["PolicyTypes"]:
        client.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    return client


@pytest.fixture(scope="module")
def root(organizations):
    [root] = organizations.list_roots()["Roots"]
    return root["Id"]


@pytest.fixture
def account(organizations):
    status = organizations.create_account(
        Email=f"{uuid4().hex}@example.com", AccountName="member"
    )["CreateAccountStatus"]
    return status["AccountId"]


@pytest.fixture
def unit(organizations, root, unique):
    made = organizations.create_organizational_unit(ParentId=root, Name=unique)
    made = made["OrganizationalUnit"]["Id"]
    yield made
    for held in organizations.list_accounts_for_parent(ParentId=made)["Accounts"]:
        organizations.move_account(
            AccountId=held["Id"], SourceParentId=made, DestinationParentId=root
        )
    organizations.delete_organizational_unit(OrganizationalUnitId=made)


@pytest.fixture
def policy(organizations, unique):
    made = organizations.create_policy(
        Name=unique,
        Description="no passwords",
        Type="SERVICE_CONTROL_POLICY",
        Content=document(deny("secretsmanager:GetRandomPassword")),
    )["Policy"]["PolicySummary"]["Id"]
    yield made
    for target in organizations.list_targets_for_policy(PolicyId=made)["Targets"]:
        organizations.detach_policy(PolicyId=made, TargetId=target["TargetId"])
    organizations.delete_policy(PolicyId=made)


def administrator(people, account):
    reply = people.anybody().client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole",
        RoleSessionName="admin",
    )
    return session(people.connect, reply, reply["AssumedRoleUser"]["Arn"])


@case("ORG-001", MODEL)
def test_the_organization_is_described(organizations):
    read = organizations.describe_organization()["Organization"]
    assert read["Id"].startswith("o-")
    assert read["MasterAccountId"] == ACCOUNT
    assert read["FeatureSet"] == "ALL"
    assert read["Arn"] == f"arn:aws:organizations::{ACCOUNT}:organization/{read['Id']}"


@case("ORG-002", MODEL)
def test_an_account_belongs_to_one_organization(organizations):
    with refused("AlreadyInOrganizationException"):
        organizations.create_organization(FeatureSet="ALL")


@case("ORG-003", MODEL)
def test_an_account_without_an_organization_hears_so(connect):
    with refused("AWSOrganizationsNotInUseException"):
        connect("organizations", access_key="222233334444").describe_organization()


@case("ORG-004", MODEL)
def test_an_account_is_made(organizations):
    email = f"{uuid4().hex}@example.com"
    status = organizations.create_account(Email=email, AccountName="payments")
    status = status["CreateAccountStatus"]
    assert status["Id"].startswith("car-")
    assert status["State"] in ("IN_PROGRESS", "SUCCEEDED")
    found = organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])
    found = found["CreateAccountStatus"]
    assert found["State"] == "SUCCEEDED"
    read = organizations.describe_account(AccountId=found["AccountId"])["Account"]
    assert (read["Email"], read["Name"], read["Status"]) == (email, "payments", "ACTIVE")
    assert read["JoinedMethod"] == "CREATED"


@case("ORG-005", MODEL)
def test_an_email_address_is_taken_once(organizations):
    email = f"{uuid4().hex}@example.com"
    organizations.create_account(Email=email, AccountName="one")
    status = organizations.create_account(Email=email, AccountName="two")["CreateAccountStatus"]
    status = organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])
    status = status["CreateAccountStatus"]
    assert (status["State"], status["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")


@case("ORG-006", USER_GUIDE)
def test_a_new_account_has_a_role_for_the_management_account(people, account):
    admin = administrator(people, account)
    assert admin.client("sts").get_caller_identity()["Account"] == account
    read = admin.client("iam").get_role(RoleName="OrganizationAccountAccessRole")["Role"]
    assert read["Arn"] == f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"


@case("ORG-007", MODEL)
def test_accounts_are_listed_page_by_page(organizations, account):
    pages = organizations.get_paginator("list_accounts").paginate(
        PaginationConfig={"PageSize": 1}
    )
    listed = [one["Id"] for page in pages for one in page["Accounts"]]
    assert {ACCOUNT, account} <= set(listed)
    assert len(listed) == len(set(listed))


@case("ORG-008", MODEL)
def test_an_account_that_is_no_member_is_not_found(organizations):
    with refused("AccountNotFoundException"):
        organizations.describe_account(AccountId="999999999999")


@case("ORG-009", USER_GUIDE)
def test_members_do_not_administer_the_organization(people, account):
    client = administrator(people, account).client("organizations")
    assert client.describe_organization()["Organization"]["MasterAccountId"] == ACCOUNT
    with refused("AccessDeniedException"):
        client.list_accounts()


@case("ORG-010", MODEL)
def test_a_unit_is_made_renamed_and_read(organizations, root, unit):
    assert unit.startswith("ou-")
    organizations.update_organizational_unit(OrganizationalUnitId=unit, Name="renamed-" + unit)
    read = organizations.describe_organizational_unit(OrganizationalUnitId=unit)
    assert read["OrganizationalUnit"]["Name"] == "renamed-" + unit
    [parent] = organizations.list_parents(ChildId=unit)["Parents"]
    assert parent == {"Id": root, "Type": "ROOT"}


@case("ORG-011", MODEL)
def test_names_of_units_are_taken_once_under_a_parent(organizations, root, unit, unique):
    with refused("DuplicateOrganizationalUnitException"):
        organizations.create_organizational_unit(ParentId=root, Name=unique)


@case("ORG-012", MODEL)
def test_an_account_moves_into_a_unit(organizations, root, unit, account):
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    [parent] = organizations.list_parents(ChildId=account)["Parents"]
    assert parent == {"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}
    with refused("OrganizationalUnitNotEmptyException"):
        organizations.delete_organizational_unit(OrganizationalUnitId=unit)


@case("ORG-013", MODEL)
def test_a_policy_is_read_changed_and_listed(organizations, policy, unique):
    read = organizations.describe_policy(PolicyId=policy)["Policy"]
    assert read["PolicySummary"]["Name"] == unique
    assert json.loads(read["Content"])["Statement"][0]["Effect"] == "Deny"
    organizations.update_policy(PolicyId=policy, Description="new")
    listed = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert {one["Id"]: one["Description"] for one in listed}[policy] == "new"


@case("ORG-014", MODEL)
def test_a_policy_that_is_attached_is_not_deleted(organizations, policy, account):
    organizations.attach_policy(PolicyId=policy, TargetId=account)
    with refused("PolicyInUseException"):
        organizations.delete_policy(PolicyId=policy)
    with refused("DuplicatePolicyAttachmentException"):
        organizations.attach_policy(PolicyId=policy, TargetId=account)


@case("ORG-015", MODEL)
def test_a_flawed_policy_is_refused(organizations, unique):
    with refused("MalformedPolicyDocumentException"):
        organizations.create_policy(
            Name=unique, Description="", Type="SERVICE_CONTROL_POLICY", Content="{}"
        )


@case("ORG-016", USER_GUIDE)
def test_every_account_begins_with_full_access(organizations, account):
    listed = organizations.list_policies_for_target(
        TargetId=account, Filter="SERVICE_CONTROL_POLICY"
    )["Policies"]
    assert [one["Id"] for one in listed] == ["p-FullAWSAccess"]


@case("ORG-017", USER_GUIDE)
def test_a_policy_on_a_unit_binds_its_accounts(organizations, root, unit, account, policy, people):
    client = administrator(people, account).client("secretsmanager")
    client.get_random_password()
    organizations.attach_policy(PolicyId=policy, TargetId=unit)
    client.get_random_password()
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    with refused("AccessDeniedException"):
        client.get_random_password()
    organizations.detach_policy(PolicyId=policy, TargetId=unit)
    client.get_random_password()


@case("ORG-018", USER_GUIDE)
def test_the_last_policy_of_a_target_stays(organizations, account):
    with refused("ConstraintViolationException"):
        organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=account)


@case("ORG-019", USER_GUIDE)
def test_the_organization_of_the_caller_is_a_condition(organizations, people, account, create, sm):
    organization = organizations.describe_organization()["Organization"]["Id"]
    arn = create(SecretString="v")["ARN"]
    sm.put_resource_policy(
        SecretId=arn,
        ResourcePolicy=document(
            allow(
                "secretsmanager:DescribeSecret",
                Principal="*",
                Condition={"StringEquals": {"aws:PrincipalOrgID": organization}},
            )
        ),
        BlockPublicPolicy=True,
    )
    described = administrator(people, account).client("secretsmanager").describe_secret(SecretId=arn)
    assert described["ARN"] == arn


@case("ORG-020", USER_GUIDE)
def test_who_is_outside_of_the_organization_is_kept_out(
    organizations, other_account_sm, create, sm
):
    organization = organizations.describe_organization()["Organization"]["Id"]
    arn = create(SecretString="v")["ARN"]
    sm.put_resource_policy(
        SecretId=arn,
        ResourcePolicy=document(
            allow(
                "secretsmanager:DescribeSecret",
                Principal="*",
                Condition={"StringEquals": {"aws:PrincipalOrgID": organization}},
            )
        ),
    )
    with refused("AccessDeniedException"):
        other_account_sm.describe_secret(SecretId=arn)


@case("ORG-021", MODEL)
def test_an_account_is_tagged(organizations, account):
    organizations.tag_resource(ResourceId=account, Tags=[{"Key": "a", "Value": "1"}])
    tags = organizations.list_tags_for_resource(ResourceId=account)["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]
    organizations.untag_resource(ResourceId=account, TagKeys=["a"])
    assert organizations.list_tags_for_resource(ResourceId=account)["Tags"] == []


@case("ORG-022", USER_GUIDE)
def test_a_closed_account_lets_nobody_in(organizations, account, people):
    admin = administrator(people, account)
    organizations.close_account(AccountId=account)
    status = organizations.describe_account(AccountId=account)["Account"]["Status"]
    assert status in ("SUSPENDED", "PENDING_CLOSURE")
    with pytest.raises(admin.client("sts").exceptions.ClientError):
        admin.client("secretsmanager").list_secrets()


@case("ORG-023", INFERRED)
def test_the_root_lists_what_is_below_it(organizations, root, unit, account):
    units = organizations.list_organizational_units_for_parent(ParentId=root)
    assert unit in [one["Id"] for one in units["OrganizationalUnits"]]
    pages = organizations.get_paginator("list_children").paginate(ParentId=root, ChildType="ACCOUNT")
    children = [child for page in pages for child in page["Children"]]
    assert account in [one["Id"] for one in children]
    assert members(units) <= {"OrganizationalUnits", "NextToken"}


@case("ORG-025", USER_GUIDE)
def test_the_organization_of_the_resource_is_a_condition(organizations, people, create):
    organization = organizations.describe_organization()["Organization"]["Id"]
    arn = create(SecretString="v")["ARN"]
    for wanted, may in [(organization, True), ("o-anotherone", False)]:
        user = people.user(
            allow(
                "secretsmanager:DescribeSecret",
                Condition={"StringEquals": {"aws:ResourceOrgID": wanted}},
            ),
            deny(
                "secretsmanager:DescribeSecret",
                Condition={"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
            ),
        )
        sm = user.client("secretsmanager")
        if may:
            assert sm.describe_secret(SecretId=arn)["ARN"] == arn
        else:
            with refused("AccessDeniedException"):
                sm.describe_secret(SecretId=arn)
