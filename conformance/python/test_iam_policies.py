"""IAM managed policies, their versions and the documents in them."""

import json
from uuid import uuid4

import pytest

from conftest import ACCOUNT
from evidence import (
    INFERRED,
    MODEL,
    PUBLIC_OUTPUT,
    SECOND_HAND,
    SNAPSHOT,
    TERRAFORM,
    USER_GUIDE,
    case,
)
from expect import members, refused
from identities import allow, deny, document


@pytest.fixture
def policy(people):
    return people.policy(allow("s3:GetObject"))


@case("IAM-080", MODEL)
def test_a_new_policy_is_answered(iam, people, unique):
    made = iam.create_policy(
        PolicyName=unique, Path="/team/", Description="d", PolicyDocument=document(allow("s3:*"))
    )["Policy"]
    people.policies.append(made["Arn"])
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:policy/team/{unique}"
    assert made["PolicyId"].startswith("ANPA") and len(made["PolicyId"]) == 21
    assert made["DefaultVersionId"] == "v1"
    assert (made["AttachmentCount"], made["PermissionsBoundaryUsageCount"]) == (0, 0)
    assert made["IsAttachable"] is True
    assert iam.get_policy(PolicyArn=made["Arn"])["Policy"]["Description"] == "d"


@case("IAM-081", SECOND_HAND)
def test_a_policy_is_made_once(iam, policy):
    name = policy.rpartition("/")[2]
    with refused(
        "EntityAlreadyExists",
        f"A policy called {name} already exists. Duplicate names are not allowed.",
        409,
    ):
        iam.create_policy(PolicyName=name, PolicyDocument=document(allow("s3:*")))


@case("IAM-082", SNAPSHOT)
def test_a_policy_that_is_not_there_is_not_found(iam):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/no-such"
    with refused("NoSuchEntity", f"Policy {arn} was not found.", 404):
        iam.get_policy(PolicyArn=arn)


@case("IAM-083", SNAPSHOT)
def test_an_arn_that_is_none_is_refused(iam):
    with refused("ValidationError", "Invalid ARN:  Could not be parsed!"):
        iam.get_policy(PolicyArn="this-is-no-arn-at-all")


@case("IAM-084", TERRAFORM)
def test_versions_are_made_read_and_deleted(iam, policy):
    text = document(allow("s3:PutObject"))
    made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=text, SetAsDefault=True)
    assert made["PolicyVersion"]["VersionId"] == "v2"
    assert made["PolicyVersion"]["IsDefaultVersion"] is True
    assert iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"] == "v2"
    read = iam.get_policy_version(PolicyArn=policy, VersionId="v2")["PolicyVersion"]
    assert read["Document"] == json.loads(text)
    listed = iam.list_policy_versions(PolicyArn=policy)["Versions"]
    assert {one["VersionId"]: one["IsDefaultVersion"] for one in listed} == {
        "v1": False,
        "v2": True,
    }
    iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
    again = iam.create_policy_version(PolicyArn=policy, PolicyDocument=text)["PolicyVersion"]
    assert again["VersionId"] == "v3"
    iam.delete_policy_version(PolicyArn=policy, VersionId="v3")


@case("IAM-085", SECOND_HAND)
def test_a_policy_has_five_versions_at_most(iam, policy):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(allow("s3:*")))
    with refused(
        "LimitExceeded",
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.",
        409,
    ):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(allow("s3:*")))
    for number in range(2, 6):
        iam.delete_policy_version(PolicyArn=policy, VersionId=f"v{number}")


@case("IAM-086", SECOND_HAND)
def test_the_default_version_is_not_deleted_alone(iam, policy):
    with refused("DeleteConflict", "Cannot delete the default version of a policy.", 409):
        iam.delete_policy_version(PolicyArn=policy, VersionId="v1")


@case("IAM-087", SECOND_HAND)
def test_a_version_that_is_not_there_is_not_found(iam, policy):
    with refused(
        "NoSuchEntity", f"Policy {policy} version v9 does not exist or is not attachable.", 404
    ):
        iam.get_policy_version(PolicyArn=policy, VersionId="v9")


@case("IAM-088", SECOND_HAND)
def test_an_attached_policy_is_not_deleted(iam, people, policy):
    role = people.role()
    iam.attach_role_policy(RoleName=role.name, PolicyArn=policy)
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    with refused("DeleteConflict", "Cannot delete a policy attached to entities.", 409):
        iam.delete_policy(PolicyArn=policy)


@case("IAM-089", MODEL)
def test_a_policy_lists_who_has_it(iam, people, policy):
    role, user = people.role(), people.user()
    iam.attach_role_policy(RoleName=role.name, PolicyArn=policy)
    iam.attach_user_policy(UserName=user.name, PolicyArn=policy)
    reply = iam.list_entities_for_policy(PolicyArn=policy)
    assert reply["PolicyRoles"] == [{"RoleName": role.name, "RoleId": role.id}]
    assert reply["PolicyUsers"] == [{"UserName": user.name, "UserId": user.id}]
    assert reply["PolicyGroups"] == []


@case("IAM-090", MODEL)
def test_policies_are_listed_by_scope_and_path(iam, people):
    path = f"/{uuid4().hex}/"
    made = sorted(people.policy(allow("s3:*"), Path=path) for _ in range(3))
    assert sorted(p["Arn"] for p in iam.list_policies(PathPrefix=path)["Policies"]) == made
    assert iam.list_policies(PathPrefix=path, Scope="AWS")["Policies"] == []
    first = iam.list_policies(PathPrefix=path, MaxItems=2)
    assert first["IsTruncated"]
    last = iam.list_policies(PathPrefix=path, MaxItems=2, Marker=first["Marker"])
    assert sorted(p["Arn"] for p in first["Policies"] + last["Policies"]) == made
    assert iam.list_policies(PathPrefix=path, OnlyAttached=True)["Policies"] == []


@pytest.mark.parametrize(
    "name",
    [
        "AdministratorAccess",
        "ReadOnlyAccess",
        "SecretsManagerReadWrite",
        "service-role/AWSLambdaBasicExecutionRole",
        "IAMReadOnlyAccess",
        "AWSKeyManagementServicePowerUser",
    ],
)
@case("IAM-091", USER_GUIDE)
def test_aws_managed_policies_are_there(iam, name):
    arn = f"arn:aws:iam::aws:policy/{name}"
    read = iam.get_policy(PolicyArn=arn)["Policy"]
    assert read["PolicyName"] == name.rpartition("/")[2]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=read["DefaultVersionId"])
    assert version["PolicyVersion"]["Document"]["Statement"]


@case("IAM-092", USER_GUIDE)
def test_aws_managed_policies_cannot_be_changed(iam):
    with refused("AccessDenied", status=403):
        iam.delete_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")


FLAWS = [
    ("{", "Syntax errors in policy."),
    ('{"Version": "2012-10-17"}', None),
    ('{"Version": "2020-01-01", "Statement": []}', None),
    (document({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
    (
        document({"Effect": "Allow", "Action": "s3:*"}),
        "Policy statement must contain resources.",
    ),
    (
        document(allow("GetObject")),
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ),
    (
        document(allow("s3:*", "bucket")),
        'Resource bucket must be in ARN format or "*".',
    ),
    (
        document({**allow("s3:*"), "Sid": "A"}, {**allow("s3:*"), "Sid": "A"}),
        "Statement IDs (SID) in a single policy must be unique.",
    ),
    (document({**allow("s3:*"), "Principal": "*"}), None),
    (document({**allow("s3:*"), "Effect": "allow"}), None),
    (document({**allow("s3:*"), "Condition": {"StringSame": {"aws:username": "a"}}}), None),
]


@pytest.mark.parametrize(("text", "message"), FLAWS, ids=range(len(FLAWS)))
@case("IAM-093", SECOND_HAND)
def test_a_flawed_document_is_refused(iam, unique, text, message):
    with refused("MalformedPolicyDocument", message):
        iam.create_policy(PolicyName=unique, PolicyDocument=text)


@case("IAM-094", USER_GUIDE)
def test_white_space_does_not_count(iam, people, unique):
    text = document(allow("s3:*", [f"arn:aws:s3:::{'x' * 90}{n}/*" for n in range(50)]))
    arn = iam.create_policy(PolicyName=unique, PolicyDocument=text.replace(", ", ",\n" + " " * 40))
    people.policies.append(arn["Policy"]["Arn"])


@case("IAM-095", USER_GUIDE)
def test_a_policy_holds_6144_characters(iam, unique):
    text = document(allow("s3:*", [f"arn:aws:s3:::{'x' * 90}{n}/*" for n in range(60)]))
    with refused("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409):
        iam.create_policy(PolicyName=unique, PolicyDocument=text)


@case("IAM-096", MODEL)
def test_a_policy_is_tagged(iam, policy):
    iam.tag_policy(PolicyArn=policy, Tags=[{"Key": "a", "Value": "1"}])
    assert iam.list_policy_tags(PolicyArn=policy)["Tags"] == [{"Key": "a", "Value": "1"}]
    iam.untag_policy(PolicyArn=policy, TagKeys=["a"])
    assert iam.list_policy_tags(PolicyArn=policy)["Tags"] == []


@case("IAM-097", INFERRED)
def test_an_operation_that_iam_does_not_have_is_told_by_name(wire):
    reply = wire.query("iam", "Action=MakeCoffee&Version=2010-05-08")
    assert reply.status == 400
    assert b"<Code>InvalidAction</Code>" in reply.body
    assert b"MakeCoffee" in reply.body


@case("IAM-098", USER_GUIDE)
def test_a_boundary_counts_its_uses(iam, people, policy):
    people.user(PermissionsBoundary=policy)
    assert iam.get_policy(PolicyArn=policy)["Policy"]["PermissionsBoundaryUsageCount"] == 1


URL = "https://id.example.com/path"
PRINT = "a" * 40


@pytest.fixture
def provider(iam):
    url = f"https://{uuid4().hex}.example.com/path"
    arn = iam.create_open_id_connect_provider(
        Url=url, ClientIDList=["one"], ThumbprintList=[PRINT]
    )["OpenIDConnectProviderArn"]
    yield arn, url
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


@case("IAM-099", TERRAFORM)
def test_a_provider_is_read_without_its_scheme(iam, provider):
    arn, url = provider
    host = url.removeprefix("https://")
    assert arn == f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"
    read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert members(read) <= {"Url", "ClientIDList", "ThumbprintList", "CreateDate", "Tags"}
    assert (read["Url"], read["ClientIDList"], read["ThumbprintList"]) == (host, ["one"], [PRINT])
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert {"Arn": arn} in listed


@case("IAM-100", TERRAFORM)
def test_a_provider_is_changed(iam, provider):
    arn, _ = provider
    given = {"OpenIDConnectProviderArn": arn}
    iam.add_client_id_to_open_id_connect_provider(**given, ClientID="two")
    iam.remove_client_id_from_open_id_connect_provider(**given, ClientID="one")
    iam.update_open_id_connect_provider_thumbprint(**given, ThumbprintList=["b" * 40])
    iam.tag_open_id_connect_provider(**given, Tags=[{"Key": "a", "Value": "1"}])
    read = iam.get_open_id_connect_provider(**given)
    assert (read["ClientIDList"], read["ThumbprintList"]) == (["two"], ["b" * 40])
    assert read["Tags"] == [{"Key": "a", "Value": "1"}]


@case("IAM-101", SECOND_HAND)
def test_providers_that_are_there_or_not_are_told(iam, provider):
    arn, url = provider
    with refused("EntityAlreadyExists", f"Provider with url {url} already exists.", 409):
        iam.create_open_id_connect_provider(Url=url)
    gone = arn.replace("/path", "/gone")
    with refused("NoSuchEntity", f"OpenIDConnect Provider not found for arn {gone}", 404):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=gone)


@case("IAM-102", SECOND_HAND)
def test_a_provider_speaks_https(iam):
    with refused("ValidationError", "Invalid Open ID Connect Provider URL"):
        iam.create_open_id_connect_provider(Url=URL.replace("https", "http"))


@case("IAM-103", PUBLIC_OUTPUT)
def test_a_managed_policy_is_of_the_present_version(iam, people, unique):
    for document_ in [
        {"Statement": allow("s3:*")},
        {"Version": "2008-10-17", "Statement": allow("s3:*")},
    ]:
        text = json.dumps(document_)
        with refused(
            "MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater."
        ):
            iam.create_policy(PolicyName=unique, PolicyDocument=text)
        # Inline policies are taken in both versions.
        iam.put_user_policy(UserName=people.user().name, PolicyName="p", PolicyDocument=text)
    with refused("MalformedPolicyDocument", "Syntax errors in policy."):
        unknown = json.dumps({"Version": "2013-10-17", "Statement": allow("s3:*")})
        iam.create_policy(PolicyName=unique, PolicyDocument=unknown)


@case("IAM-104", TERRAFORM)
def test_a_policy_that_aws_does_not_have_is_not_found(iam):
    gone = "arn:aws:iam::aws:policy/NoSuchAccess"
    with refused("NoSuchEntity", f"Policy {gone} was not found.", 404):
        iam.get_policy(PolicyArn=gone)


@case("IAM-105", PUBLIC_OUTPUT)
def test_a_simulation_tells_of_each_resource_named(iam):
    arns = [f"arn:aws:s3:::{name}/x" for name in ("good", "bad", "other")]
    policies = [document(allow("s3:GetObject", arns[0]), deny("s3:GetObject", arns[1]))]
    [one] = iam.simulate_custom_policy(
        PolicyInputList=policies, ActionNames=["s3:GetObject"], ResourceArns=arns[:1]
    )["EvaluationResults"]
    assert (one["EvalResourceName"], one["EvalDecision"]) == (arns[0], "allowed")
    assert one["EvalDecisionDetails"] == {}
    [specific] = one["ResourceSpecificResults"]
    assert (specific["EvalResourceName"], specific["EvalResourceDecision"]) == (arns[0], "allowed")
    assert specific["MatchedStatements"] == one["MatchedStatements"] != []

    [all_] = iam.simulate_custom_policy(
        PolicyInputList=policies, ActionNames=["s3:GetObject"], ResourceArns=arns
    )["EvaluationResults"]
    assert (all_["EvalDecision"], all_["MatchedStatements"]) == ("explicitDeny", [])
    decisions = [one["EvalResourceDecision"] for one in all_["ResourceSpecificResults"]]
    assert decisions == ["allowed", "explicitDeny", "implicitDeny"]
