"""IAM roles and instance profiles, as Terraform makes them."""

import json
from datetime import datetime, timezone
from urllib.parse import quote
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from conftest import ACCOUNT
from evidence import INFERRED, MODEL, PROTOCOL, SECOND_HAND, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import members, refused, soon
from identities import allow, document, trust

TRUST = trust({"Service": "lambda.amazonaws.com"})
CONFLICT = "Cannot delete entity, must "


@pytest.fixture
def role(people):
    return people.role(trusts=TRUST)


@pytest.fixture
def profile(iam, unique):
    iam.create_instance_profile(InstanceProfileName=unique)
    yield unique
    try:
        for held in iam.get_instance_profile(InstanceProfileName=unique)["InstanceProfile"]["Roles"]:
            iam.remove_role_from_instance_profile(
                InstanceProfileName=unique, RoleName=held["RoleName"]
            )
        iam.delete_instance_profile(InstanceProfileName=unique)
    except iam.exceptions.NoSuchEntityException:
        pass


@case("IAM-001", SNAPSHOT)
def test_a_new_role_has_no_longest_session_and_no_last_use(iam, people, unique):
    made = iam.create_role(RoleName=unique, AssumeRolePolicyDocument=TRUST)["Role"]
    people.roles.append(unique)
    assert members(made) == {
        "Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"
    }  # fmt: skip
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/{unique}"
    assert made["Path"] == "/"
    assert made["RoleId"].startswith("AROA") and len(made["RoleId"]) == 21
    assert abs((datetime.now(timezone.utc) - made["CreateDate"]).total_seconds()) < 300


@case("IAM-002", SNAPSHOT)
def test_a_role_that_is_read_has_both(iam, role):
    read = iam.get_role(RoleName=role.name)["Role"]
    assert read["MaxSessionDuration"] == 3600
    assert read["RoleLastUsed"] == {}
    assert read["Arn"] == role.arn


@case("IAM-003", TERRAFORM)
def test_a_trust_policy_comes_back_as_it_was_given(iam, people, unique):
    text = json.dumps(json.loads(TRUST), indent=2)
    iam.create_role(RoleName=unique, AssumeRolePolicyDocument=text)
    people.roles.append(unique)
    assert iam.get_role(RoleName=unique)["Role"]["AssumeRolePolicyDocument"] == json.loads(text)


@case("IAM-004", PROTOCOL)
def test_documents_are_percent_encoded_on_the_wire(wire, role):
    reply = wire.query("iam", f"Action=GetRole&Version=2010-05-08&RoleName={role.name}")
    assert reply.status == 200
    [text] = [
        element.text
        for element in ElementTree.fromstring(reply.body).iter()
        if element.tag.endswith("}AssumeRolePolicyDocument")
    ]
    assert text == quote(TRUST, safe="")


@case("IAM-005", PROTOCOL)
def test_a_document_with_percent_signs_survives(iam, role):
    condition = {"StringEquals": {"aws:PrincipalTag/x": "100%3A%25 +"}}
    text = document(allow("s3:*", Condition=condition))
    iam.put_role_policy(RoleName=role.name, PolicyName="own", PolicyDocument=text)
    read = iam.get_role_policy(RoleName=role.name, PolicyName="own")
    assert read["PolicyDocument"] == json.loads(text)


@case("IAM-006", SECOND_HAND)
def test_a_role_that_is_not_there_is_not_found(iam):
    with refused("NoSuchEntity", "The role with name no-such cannot be found.", 404):
        iam.get_role(RoleName="no-such")


@case("IAM-007", SECOND_HAND)
def test_a_role_is_made_once(iam, role):
    with refused("EntityAlreadyExists", f"Role with name {role.name} already exists.", 409):
        iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=TRUST)


@case("IAM-008", USER_GUIDE)
def test_names_of_roles_differ_in_more_than_case(iam, role):
    with refused("EntityAlreadyExists", status=409):
        iam.create_role(RoleName=role.name.upper(), AssumeRolePolicyDocument=TRUST)


@case("IAM-009", SNAPSHOT)
def test_a_trust_policy_that_is_no_json_is_refused(iam, unique):
    with refused("MalformedPolicyDocument", "This policy contains invalid Json"):
        iam.create_role(RoleName=unique, AssumeRolePolicyDocument="{not json")


@case("IAM-010", SECOND_HAND)
def test_a_trust_policy_names_no_resource(iam, unique):
    text = document(
        allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    )
    with refused("MalformedPolicyDocument", "Has prohibited field Resource"):
        iam.create_role(RoleName=unique, AssumeRolePolicyDocument=text)


@case("IAM-011", TERRAFORM)
def test_a_trust_policy_names_no_unknown_principal(iam, unique):
    gone = f"arn:aws:iam::{ACCOUNT}:user/no-such-user-3c1b"
    with refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{gone}"'):
        iam.create_role(RoleName=unique, AssumeRolePolicyDocument=trust(gone))


@case("IAM-012", SNAPSHOT)
def test_an_account_number_in_a_trust_policy_stays_as_it_was(iam, people):
    role = people.role(trusts=trust(ACCOUNT))
    read = iam.get_role(RoleName=role.name)["Role"]["AssumeRolePolicyDocument"]
    assert read["Statement"][0]["Principal"] == {"AWS": ACCOUNT}


@case("IAM-013", USER_GUIDE)
def test_a_trust_policy_shows_the_id_of_a_user_who_is_gone(iam, people):
    user = people.user()
    role = people.role(trusts=trust(user.arn))
    people.remove_user(user.name)
    read = iam.get_role(RoleName=role.name)["Role"]["AssumeRolePolicyDocument"]
    assert read["Statement"][0]["Principal"] == {"AWS": user.id}


@case("IAM-014", TERRAFORM)
def test_a_role_is_changed_in_place(iam, people, role):
    iam.update_role(RoleName=role.name, Description="app", MaxSessionDuration=7200)
    iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trust(ACCOUNT))
    boundary = people.policy(allow("*"))
    iam.put_role_permissions_boundary(RoleName=role.name, PermissionsBoundary=boundary)
    iam.tag_role(RoleName=role.name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_role(RoleName=role.name, TagKeys=["a"])
    read = iam.get_role(RoleName=role.name)["Role"]
    assert (read["Description"], read["MaxSessionDuration"]) == ("app", 7200)
    assert read["AssumeRolePolicyDocument"] == json.loads(trust(ACCOUNT))
    assert read["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": boundary,
    }
    assert read["Tags"] == [{"Key": "b", "Value": "2"}]
    iam.delete_role_permissions_boundary(RoleName=role.name)
    assert "PermissionsBoundary" not in iam.get_role(RoleName=role.name)["Role"]


@case("IAM-015", MODEL)
def test_the_description_alone_may_be_changed(iam, role):
    changed = iam.update_role_description(RoleName=role.name, Description="new")["Role"]
    assert changed["Description"] == "new"


@case("IAM-016", TERRAFORM)
def test_an_inline_policy_is_put_read_listed_and_deleted(iam, role):
    text = document(allow("s3:GetObject"))
    iam.put_role_policy(RoleName=role.name, PolicyName="own", PolicyDocument=text)
    assert iam.list_role_policies(RoleName=role.name)["PolicyNames"] == ["own"]
    read = iam.get_role_policy(RoleName=role.name, PolicyName="own")
    assert (read["RoleName"], read["PolicyName"]) == (role.name, "own")
    assert read["PolicyDocument"] == json.loads(text)
    iam.delete_role_policy(RoleName=role.name, PolicyName="own")
    assert iam.list_role_policies(RoleName=role.name)["PolicyNames"] == []
    with refused("NoSuchEntity", "The role policy with name own cannot be found.", 404):
        iam.get_role_policy(RoleName=role.name, PolicyName="own")


@case("IAM-017", TERRAFORM)
def test_a_managed_policy_is_attached_listed_and_detached(iam, people, role):
    arn = people.policy(allow("s3:*"))
    iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName=role.name)["AttachedPolicies"]
    assert attached == [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}]
    iam.detach_role_policy(RoleName=role.name, PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName=role.name)["AttachedPolicies"] == []
    with refused("NoSuchEntity", status=404):
        iam.detach_role_policy(RoleName=role.name, PolicyArn=arn)


@case("IAM-018", SNAPSHOT)
def test_a_policy_that_is_not_there_cannot_be_attached(iam, role):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/no-such"
    with refused("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404):
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)


@case("IAM-019", SECOND_HAND)
def test_a_role_in_use_is_not_deleted(iam, people, role, profile):
    arn = people.policy(allow("s3:*"))
    iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    with refused("DeleteConflict", CONFLICT + "detach all policies first.", 409):
        iam.delete_role(RoleName=role.name)
    iam.detach_role_policy(RoleName=role.name, PolicyArn=arn)
    iam.put_role_policy(
        RoleName=role.name, PolicyName="own", PolicyDocument=document(allow("s3:*"))
    )
    with refused("DeleteConflict", CONFLICT + "delete policies first.", 409):
        iam.delete_role(RoleName=role.name)
    iam.delete_role_policy(RoleName=role.name, PolicyName="own")
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role.name)
    with refused("DeleteConflict", CONFLICT + "remove roles from instance profile first.", 409):
        iam.delete_role(RoleName=role.name)
    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role.name)
    iam.delete_role(RoleName=role.name)
    with refused("NoSuchEntity", status=404):
        iam.get_role(RoleName=role.name)


@case("IAM-020", MODEL)
def test_listed_roles_have_their_longest_session_and_no_tags(iam, people):
    path = f"/{uuid4().hex}/"
    role = people.role(Path=path, Tags=[{"Key": "a", "Value": "1"}])
    [listed] = iam.list_roles(PathPrefix=path)["Roles"]
    assert listed["Arn"] == role.arn == f"arn:aws:iam::{ACCOUNT}:role{path}{role.name}"
    assert listed["MaxSessionDuration"] == 3600
    assert "Tags" not in listed and "RoleLastUsed" not in listed


@case("IAM-021", MODEL)
def test_roles_are_listed_page_by_page(iam, people):
    path = f"/{uuid4().hex}/"
    made = {people.role(Path=path).name for _ in range(3)}
    first = iam.list_roles(PathPrefix=path, MaxItems=2)
    assert first["IsTruncated"] and len(first["Roles"]) == 2
    last = iam.list_roles(PathPrefix=path, MaxItems=2, Marker=first["Marker"])
    assert not last["IsTruncated"] and "Marker" not in last
    assert {role["RoleName"] for role in first["Roles"] + last["Roles"]} == made
    pages = iam.get_paginator("list_roles").paginate(
        PathPrefix=path, PaginationConfig={"PageSize": 1}
    )
    assert {role["RoleName"] for page in pages for role in page["Roles"]} == made


@case("IAM-022", INFERRED)
def test_a_marker_of_nobody_is_refused(iam):
    with refused("ValidationError"):
        iam.list_roles(Marker="not-a-marker")


@pytest.mark.parametrize("seconds", [3599, 43201])
@case("IAM-023", MODEL)
def test_the_longest_session_is_between_one_and_twelve_hours(wire, role, seconds):
    # The SDK would not send it.
    form = f"Action=UpdateRole&Version=2010-05-08&RoleName={role.name}&MaxSessionDuration={seconds}"
    reply = wire.query("iam", form)
    assert reply.status == 400
    assert b"<Code>ValidationError</Code>" in reply.body


@case("IAM-024", SNAPSHOT)
def test_tag_keys_differ_in_more_than_case(iam, role):
    with refused(
        "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    ):
        iam.tag_role(
            RoleName=role.name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
        )


@case("IAM-025", TERRAFORM)
def test_an_instance_profile_holds_one_role(iam, people, role, profile):
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role.name)
    read = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert read["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/{profile}"
    assert read["InstanceProfileId"].startswith("AIPA")
    assert [held["Arn"] for held in read["Roles"]] == [role.arn]
    listed = iam.list_instance_profiles_for_role(RoleName=role.name)["InstanceProfiles"]
    assert [one["InstanceProfileName"] for one in listed] == [profile]
    second = people.role(trusts=TRUST)
    with refused(
        "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409
    ):
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=second.name)


@case("IAM-026", SECOND_HAND)
def test_instance_profiles_that_are_there_or_not_are_told(iam, profile):
    with refused("EntityAlreadyExists", f"Instance Profile {profile} already exists.", 409):
        iam.create_instance_profile(InstanceProfileName=profile)
    with refused("NoSuchEntity", "Instance Profile no-such cannot be found.", 404):
        iam.get_instance_profile(InstanceProfileName="no-such")


@case("IAM-027", SECOND_HAND)
def test_an_instance_profile_with_a_role_is_not_deleted(iam, role, profile):
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role.name)
    with refused("DeleteConflict", status=409):
        iam.delete_instance_profile(InstanceProfileName=profile)


@case("IAM-028", USER_GUIDE)
def test_a_role_takes_ten_managed_policies(iam, people, role):
    for _ in range(10):
        iam.attach_role_policy(RoleName=role.name, PolicyArn=people.policy(allow("s3:*")))
    with refused("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10", 409):
        iam.attach_role_policy(RoleName=role.name, PolicyArn=people.policy(allow("s3:*")))


@case("IAM-029", USER_GUIDE)
def test_inline_policies_of_a_role_hold_10240_characters(iam, role):
    long = [f"arn:aws:s3:::{'x' * 90}{number}/*" for number in range(110)]
    with refused(
        "LimitExceeded", f"Maximum policy size of 10240 bytes exceeded for role {role.name}", 409
    ):
        iam.put_role_policy(
            RoleName=role.name, PolicyName="own", PolicyDocument=document(allow("s3:*", long))
        )


@case("IAM-030", MODEL)
def test_a_role_that_was_used_says_when(iam, people):
    role = people.role(allow("secretsmanager:ListSecrets"))
    role.session().client("secretsmanager").list_secrets()
    used = soon(lambda: iam.get_role(RoleName=role.name)["Role"]["RoleLastUsed"], bool)
    assert used["Region"] == "us-east-1"
    assert abs((datetime.now(timezone.utc) - used["LastUsedDate"]).total_seconds()) < 300
