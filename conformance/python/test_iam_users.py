"""IAM users, access keys and groups, as Terraform makes them."""

import json
from uuid import uuid4

import pytest

from conftest import ACCOUNT
from evidence import INFERRED, MODEL, SECOND_HAND, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import members, refused, soon
from identities import allow, document


@pytest.fixture
def user(iam, people):
    """A user without a key."""
    made = people.user()
    iam.delete_access_key(UserName=made.name, AccessKeyId=made.keys["access_key"])
    return made


@pytest.fixture
def group(iam, unique):
    iam.create_group(GroupName=unique)
    yield unique
    for held in iam.get_group(GroupName=unique)["Users"]:
        iam.remove_user_from_group(GroupName=unique, UserName=held["UserName"])
    for name in iam.list_group_policies(GroupName=unique)["PolicyNames"]:
        iam.delete_group_policy(GroupName=unique, PolicyName=name)
    iam.delete_group(GroupName=unique)


@case("IAM-050", MODEL)
def test_a_new_user_is_answered(iam, people, unique):
    made = iam.create_user(UserName=unique, Path="/team/")["User"]
    people.users.append(unique)
    assert members(made) == {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/{unique}"
    assert made["UserId"].startswith("AIDA") and len(made["UserId"]) == 21


@case("IAM-051", SNAPSHOT)
def test_a_user_who_is_not_there_is_not_found(iam):
    with refused("NoSuchEntity", "The user with name no-such cannot be found.", 404):
        iam.get_user(UserName="no-such")


@case("IAM-052", SECOND_HAND)
def test_a_user_is_made_once(iam, user):
    with refused("EntityAlreadyExists", f"User with name {user.name} already exists.", 409):
        iam.create_user(UserName=user.name)


@case("IAM-053", MODEL)
def test_a_caller_reads_himself_without_a_name(people):
    user = people.user(allow("iam:GetUser"))
    assert user.client("iam").get_user()["User"]["UserName"] == user.name


@case("IAM-054", USER_GUIDE)
def test_root_reads_himself_without_a_name(iam):
    read = iam.get_user()["User"]
    assert read["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert read["UserId"] == ACCOUNT


@case("IAM-055", INFERRED)
def test_a_session_must_name_the_user(people):
    client = people.role(allow("iam:*")).session().client("iam")
    with refused("ValidationError", "Must specify userName when calling with non-User credentials"):
        client.get_user()


@case("IAM-056", MODEL)
def test_a_user_is_renamed_and_moved(iam, people, user):
    renamed = f"user-{uuid4().hex}"
    iam.update_user(UserName=user.name, NewUserName=renamed, NewPath="/new/")
    people.users.append(renamed)
    read = iam.get_user(UserName=renamed)["User"]
    assert read["UserId"] == user.id
    assert read["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/new/{renamed}"
    with refused("NoSuchEntity", status=404):
        iam.get_user(UserName=user.name)


@case("IAM-057", TERRAFORM)
def test_an_access_key_is_made_listed_made_inactive_and_deleted(iam, user):
    key = iam.create_access_key(UserName=user.name)["AccessKey"]
    assert members(key) == {"UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    assert key["AccessKeyId"].startswith("AKIA") and len(key["AccessKeyId"]) == 20
    assert len(key["SecretAccessKey"]) == 40
    iam.update_access_key(
        UserName=user.name, AccessKeyId=key["AccessKeyId"], Status="Inactive"
    )
    [listed] = iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"]
    assert listed["Status"] == "Inactive"
    assert "SecretAccessKey" not in listed
    iam.delete_access_key(UserName=user.name, AccessKeyId=key["AccessKeyId"])
    assert iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"] == []


@case("IAM-058", USER_GUIDE)
def test_a_user_has_two_access_keys_at_most(iam, user):
    iam.create_access_key(UserName=user.name)
    iam.create_access_key(UserName=user.name)
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409):
        iam.create_access_key(UserName=user.name)


@case("IAM-059", SECOND_HAND)
def test_an_access_key_that_is_not_there_is_not_found(iam, user):
    key = "AKIAIOSFODNN7EXAMPLE"
    with refused("NoSuchEntity", f"The Access Key with id {key} cannot be found.", 404):
        iam.delete_access_key(UserName=user.name, AccessKeyId=key)


@case("IAM-060", USER_GUIDE)
def test_a_key_never_used_says_so(iam, user):
    key = iam.create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
    reply = iam.get_access_key_last_used(AccessKeyId=key)
    assert reply["UserName"] == user.name
    assert reply["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}


@case("IAM-061", USER_GUIDE)
def test_a_key_that_was_used_says_for_what(iam, people):
    user = people.user(allow("*"))
    user.client("secretsmanager").list_secrets()

    def last_use():
        key = user.keys["access_key"]
        return iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]

    used = soon(last_use, lambda used: "LastUsedDate" in used)
    assert (used["ServiceName"], used["Region"]) == ("secretsmanager", "us-east-1")
    assert used["LastUsedDate"]


@case("IAM-062", SECOND_HAND)
def test_a_user_with_anything_left_is_not_deleted(iam, people, user, group):
    def conflict():
        return refused("DeleteConflict", status=409)

    key = iam.create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
    with conflict():
        iam.delete_user(UserName=user.name)
    iam.delete_access_key(UserName=user.name, AccessKeyId=key)
    policy = people.policy(allow("s3:*"))
    iam.attach_user_policy(UserName=user.name, PolicyArn=policy)
    with conflict():
        iam.delete_user(UserName=user.name)
    iam.detach_user_policy(UserName=user.name, PolicyArn=policy)
    iam.put_user_policy(
        UserName=user.name, PolicyName="own", PolicyDocument=document(allow("s3:*"))
    )
    with conflict():
        iam.delete_user(UserName=user.name)
    iam.delete_user_policy(UserName=user.name, PolicyName="own")
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    with conflict():
        iam.delete_user(UserName=user.name)
    iam.remove_user_from_group(GroupName=group, UserName=user.name)
    iam.delete_user(UserName=user.name)


@case("IAM-063", MODEL)
def test_users_are_listed_page_by_page(iam, people):
    path = f"/{uuid4().hex}/"
    made = [people.user(Path=path).name for _ in range(3)]
    first = iam.list_users(PathPrefix=path, MaxItems=2)
    assert first["IsTruncated"] and len(first["Users"]) == 2
    last = iam.list_users(PathPrefix=path, MaxItems=2, Marker=first["Marker"])
    names = [user["UserName"] for user in first["Users"] + last["Users"]]
    assert names == sorted(made)


@case("IAM-064", MODEL)
def test_a_user_is_tagged(iam, user):
    iam.tag_user(UserName=user.name, Tags=[{"Key": "a", "Value": "1"}])
    iam.tag_user(UserName=user.name, Tags=[{"Key": "A", "Value": "2"}, {"Key": "b", "Value": ""}])
    tags = iam.list_user_tags(UserName=user.name)["Tags"]
    assert {tag["Value"] for tag in tags if tag["Key"].lower() == "a"} == {"2"}
    iam.untag_user(UserName=user.name, TagKeys=["b"])
    assert len(iam.list_user_tags(UserName=user.name)["Tags"]) == 1


@case("IAM-065", USER_GUIDE)
def test_fifty_tags_are_enough(iam, user):
    iam.tag_user(
        UserName=user.name, Tags=[{"Key": str(number), "Value": ""} for number in range(50)]
    )
    with refused("LimitExceeded", status=409):
        iam.tag_user(UserName=user.name, Tags=[{"Key": "more", "Value": ""}])


@case("IAM-066", MODEL)
def test_a_group_lists_its_users_and_a_user_his_groups(iam, user, group):
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    read = iam.get_group(GroupName=group)
    assert read["Group"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/{group}"
    assert read["Group"]["GroupId"].startswith("AGPA")
    assert [held["UserName"] for held in read["Users"]] == [user.name]
    listed = iam.list_groups_for_user(UserName=user.name)["Groups"]
    assert [one["GroupName"] for one in listed] == [group]


@case("IAM-067", SECOND_HAND)
def test_groups_that_are_there_or_not_are_told(iam, group):
    with refused("EntityAlreadyExists", f"Group with name {group} already exists.", 409):
        iam.create_group(GroupName=group)
    with refused("NoSuchEntity", "The group with name no-such cannot be found.", 404):
        iam.get_group(GroupName="no-such")


@case("IAM-068", SECOND_HAND)
def test_a_group_with_users_is_not_deleted(iam, user, group):
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    with refused("DeleteConflict", status=409):
        iam.delete_group(GroupName=group)


@case("IAM-069", MODEL)
def test_a_groups_inline_policy_comes_back(iam, group):
    text = document(allow("s3:*"))
    iam.put_group_policy(GroupName=group, PolicyName="own", PolicyDocument=text)
    read = iam.get_group_policy(GroupName=group, PolicyName="own")
    assert read["PolicyDocument"] == json.loads(text)


@pytest.mark.parametrize("name", ["with space", "a/b", "x" * 65])
@case("IAM-070", MODEL)
def test_a_name_that_no_user_can_have_is_refused(iam, name):
    with refused("ValidationError"):
        iam.create_user(UserName=name)


@case("IAM-071", USER_GUIDE)
def test_inline_policies_of_a_user_hold_2048_characters(iam, user):
    long = [f"arn:aws:s3:::{'x' * 90}{number}/*" for number in range(22)]
    with refused(
        "LimitExceeded", f"Maximum policy size of 2048 bytes exceeded for user {user.name}", 409
    ):
        iam.put_user_policy(
            UserName=user.name, PolicyName="own", PolicyDocument=document(allow("s3:*", long))
        )


@case("IAM-072", USER_GUIDE)
def test_a_key_names_its_account(sts, iam, user):
    key = iam.create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=key)["Account"] == ACCOUNT
