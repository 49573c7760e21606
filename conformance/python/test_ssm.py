"""SSM Parameter Store: parameters, versions, paths, SecureStrings, and secrets read as parameters."""

import base64
import json

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, MODEL, SECOND_HAND, TERRAFORM, USER_GUIDE, VERIFIED, case
from expect import members, refused, soon
from identities import allow

SECRET = "/aws/reference/secretsmanager/"


@pytest.fixture(scope="module")
def ssm(connect):
    return connect("ssm")


@pytest.fixture
def root(ssm, unique):
    """A path of the test's own; whatever stands below it goes afterwards."""
    path = f"/{unique}"
    yield path
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    names = [parameter["Name"] for page in pages for parameter in page["Parameters"]]
    for start in range(0, len(names), 10):
        ssm.delete_parameters(Names=names[start : start + 10])


@pytest.fixture
def put(ssm, root):
    def put(name, value="value", **more):
        more.setdefault("Type", "String")
        return ssm.put_parameter(Name=f"{root}/{name}", Value=value, **more)

    return put


def arn(name):
    return f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}"


def names(reply):
    return [parameter["Name"] for parameter in reply["Parameters"]]


@case("SSM-001", VERIFIED)
def test_a_parameter_is_put_and_read(ssm, root, put):
    reply = put("db", "one")
    assert (reply["Version"], reply["Tier"]) == (1, "Standard")
    parameter = ssm.get_parameter(Name=f"{root}/db")["Parameter"]
    assert set(parameter) == {
        "Name", "Type", "Value", "Version", "LastModifiedDate", "ARN", "DataType",
    }  # fmt: skip
    assert parameter["Name"] == f"{root}/db"
    assert (parameter["Type"], parameter["Value"], parameter["Version"]) == ("String", "one", 1)
    assert parameter["ARN"] == arn(f"{root}/db")
    assert parameter["DataType"] == "text"
    assert ssm.get_parameter(Name=parameter["ARN"])["Parameter"] == parameter


@case("SSM-002", VERIFIED)
def test_a_name_is_given_once_unless_overwritten(ssm, root, put):
    put("db", "one")
    with refused(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the "
        "request to true.",
    ):
        put("db", "two")
    assert put("db", "two", Overwrite=True)["Version"] == 2
    assert ssm.get_parameter(Name=f"{root}/db")["Parameter"]["Value"] == "two"


@case("SSM-003", SECOND_HAND)
def test_a_missing_parameter_or_version_is_said_so(ssm, root, put):
    put("db")
    with refused("ParameterNotFound"):
        ssm.get_parameter(Name=f"{root}/missing")
    with refused(
        "ParameterVersionNotFound",
        f"Systems Manager could not find version 9 of {root}/db. "
        "Verify the version and try again.",
    ):
        ssm.get_parameter(Name=f"{root}/db:9")


@case("SSM-004", USER_GUIDE)
def test_a_secure_string_is_encrypted_by_kms_for_its_arn(ssm, kms, root, put):
    put("db", "PLANTED-hunter2-VALUE", Type="SecureString")
    name = f"{root}/db"
    clear = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert clear["Value"] == "PLANTED-hunter2-VALUE"
    sealed = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    assert "hunter2" not in sealed
    [described] = ssm.describe_parameters(
        ParameterFilters=[{"Key": "Name", "Values": [name]}]
    )["Parameters"]
    assert described["KeyId"] == "alias/aws/ssm"
    assert kms.describe_key(KeyId="alias/aws/ssm")["KeyMetadata"]["KeyManager"] == "AWS"


@case("SSM-005", USER_GUIDE)
def test_the_ciphertext_of_a_standard_parameter_opens_with_its_context(ssm, kms, root, put):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    put("db", "in clear", Type="SecureString", KeyId=key)
    sealed = ssm.get_parameter(Name=f"{root}/db")["Parameter"]["Value"]
    opened = kms.decrypt(
        CiphertextBlob=base64.b64decode(sealed),
        EncryptionContext={"PARAMETER_ARN": arn(f"{root}/db")},
    )
    assert opened["Plaintext"] == b"in clear"
    kms.disable_key(KeyId=key)
    with refused("InvalidKeyId"):
        ssm.get_parameter(Name=f"{root}/db", WithDecryption=True)


@case("SSM-006", USER_GUIDE)
def test_an_advanced_parameter_holds_eight_kilobytes(ssm, root, put):
    long = "x" * 8192
    with refused("ValidationException"):
        put("db", long, Type="SecureString")
    put("db", long, Type="SecureString", Tier="Advanced")
    clear = ssm.get_parameter(Name=f"{root}/db", WithDecryption=True)
    assert clear["Parameter"]["Value"] == long
    assert put("it", "x" * 4097, Tier="Intelligent-Tiering")["Tier"] == "Advanced"
    assert put("it2", "x", Tier="Intelligent-Tiering")["Tier"] == "Standard"


@case("SSM-007", MODEL)
def test_several_are_read_and_the_missing_are_listed(ssm, root, put):
    put("a", "1")
    put("b", "2")
    reply = ssm.get_parameters(Names=[f"{root}/b", f"{root}/missing", f"{root}/a"])
    assert sorted(names(reply)) == [f"{root}/a", f"{root}/b"]
    assert reply["InvalidParameters"] == [f"{root}/missing"]


@case("SSM-008", VERIFIED)
def test_a_path_is_read_by_level_or_all_the_way(ssm, root, put):
    for name in ("a", "b", "deep/c", "deep/er/d"):
        put(name)
    flat = ssm.get_parameters_by_path(Path=root)
    assert names(flat) == [f"{root}/a", f"{root}/b"]
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path=root, Recursive=True, PaginationConfig={"PageSize": 1}
    )
    found = [name for page in pages for name in names(page)]
    assert found == [f"{root}/{name}" for name in ("a", "b", "deep/c", "deep/er/d")]


@case("SSM-009", VERIFIED)
def test_labels_name_versions(ssm, root, put):
    put("db", "one")
    put("db", "two", Overwrite=True)
    name = f"{root}/db"
    reply = ssm.label_parameter_version(Name=name, ParameterVersion=1, Labels=["live", "9no"])
    assert reply["InvalidLabels"] == ["9no"]
    parameter = ssm.get_parameter(Name=f"{name}:live")["Parameter"]
    assert (parameter["Value"], parameter["Selector"]) == ("one", ":live")
    ssm.label_parameter_version(Name=name, Labels=["live"])
    history = ssm.get_parameter_history(Name=name)["Parameters"]
    assert [version["Labels"] for version in history] == [[], ["live"]]
    reply = ssm.unlabel_parameter_version(Name=name, ParameterVersion=2, Labels=["live", "x"])
    assert (reply["RemovedLabels"], reply["InvalidLabels"]) == (["live"], ["x"])


@case("SSM-010", VERIFIED)
def test_names_of_awss_own_are_refused(ssm, unique):
    with refused(
        "AccessDeniedException", f"No access to reserved parameter name: /aws/{unique}."
    ):
        ssm.put_parameter(Name=f"/aws/{unique}", Value="x", Type="String")
    with refused(
        "ValidationException",
        'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    ):
        ssm.put_parameter(Name=f"AWS{unique}", Value="x", Type="String")
    with refused("ValidationException", "Parameter name must be a fully qualified name."):
        ssm.put_parameter(Name=f"{unique}/x", Value="x", Type="String")


@case("SSM-011", USER_GUIDE)
def test_a_pattern_is_kept_to(ssm, put):
    put("number", "12", AllowedPattern=r"\d{1,4}")
    with refused(
        "ParameterPatternMismatchException",
        r"Parameter value, cannot be validated against allowedPattern: \d{1,4}",
    ):
        put("number", "twelve", Overwrite=True)


@case("SSM-012", TERRAFORM)
def test_tags_are_added_listed_and_removed(ssm, root, put):
    put("db", Tags=[{"Key": "team", "Value": "red"}])
    named = {"ResourceType": "Parameter", "ResourceId": f"{root}/db"}
    ssm.add_tags_to_resource(**named, Tags=[{"Key": "env", "Value": "prod"}])
    ssm.remove_tags_from_resource(**named, TagKeys=["team"])
    tags = ssm.list_tags_for_resource(**named)["TagList"]
    assert tags == [{"Key": "env", "Value": "prod"}]
    with refused("InvalidResourceId"):
        ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=f"{root}/missing")


@case("SSM-013", VERIFIED)
def test_descriptions_are_filtered(ssm, root, put):
    put("a", Type="StringList", Description="some")
    put("deep/b")
    by_path = {"Key": "Path", "Option": "Recursive", "Values": [root]}
    reply = ssm.describe_parameters(ParameterFilters=[by_path])
    assert names(reply) == [f"{root}/a", f"{root}/deep/b"]
    by_type = {"Key": "Type", "Values": ["StringList"]}
    [found] = ssm.describe_parameters(ParameterFilters=[by_path, by_type])["Parameters"]
    assert found["Description"] == "some"
    assert found["LastModifiedUser"] == f"arn:aws:iam::{ACCOUNT}:root"
    with refused("InvalidFilterKey"):
        ssm.describe_parameters(ParameterFilters=[{"Key": "Label", "Values": ["x"]}])


@case("SSM-014", USER_GUIDE)
def test_a_secret_is_read_as_a_parameter(ssm, sm, unique):
    secret = sm.create_secret(Name=unique, SecretString="PLANTED-hunter2-VALUE")
    name = f"{SECRET}{unique}"
    with refused(
        "ValidationException",
        "WithDecryption flag must be True for retrieving a Secret Manager secret.",
    ):
        ssm.get_parameter(Name=name)
    parameter = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert parameter["Value"] == "PLANTED-hunter2-VALUE"
    assert (parameter["Name"], parameter["ARN"]) == (name, secret["ARN"])
    assert (parameter["Type"], parameter["Version"]) == ("SecureString", 0)
    source = json.loads(parameter["SourceResult"])
    assert source["versionId"] == secret["VersionId"]
    sm.put_secret_value(SecretId=unique, SecretString="new")
    for selector in ("AWSPREVIOUS", secret["VersionId"]):
        old = ssm.get_parameter(Name=f"{name}:{selector}", WithDecryption=True)
        assert old["Parameter"]["Value"] == "PLANTED-hunter2-VALUE"
    reply = ssm.get_parameters(Names=[name, f"{name}-missing"], WithDecryption=True)
    assert names(reply) == [name]
    assert reply["InvalidParameters"] == [f"{name}-missing"]


@case("SSM-015", SECOND_HAND)
def test_a_missing_secret_is_a_missing_parameter(ssm, unique):
    name = f"{SECRET}{unique}"
    with refused(
        "ParameterNotFound",
        "An error occurred (ParameterNotFound) when referencing Secrets Manager: "
        f"Secret {name} not found.",
    ):
        ssm.get_parameter(Name=name, WithDecryption=True)


@case("SSM-016", USER_GUIDE)
def test_reading_a_secret_takes_both_permissions(sm, people, unique):
    sm.create_secret(Name=unique, SecretString="PLANTED-hunter2-VALUE")
    half = people.user(allow("ssm:GetParameter")).client("ssm")
    with refused("AccessDeniedException"):
        half.get_parameter(Name=f"{SECRET}{unique}", WithDecryption=True)
    both = people.user(allow("ssm:GetParameter"), allow("secretsmanager:GetSecretValue"))
    reply = both.client("ssm").get_parameter(Name=f"{SECRET}{unique}", WithDecryption=True)
    assert reply["Parameter"]["Value"] == "PLANTED-hunter2-VALUE"


@case("SSM-017", USER_GUIDE)
def test_who_may_read_a_path_may_read_below_it(root, put, people):
    put("a/b")
    reader = people.user(allow("ssm:GetParametersByPath", arn(f"{root}/a"))).client("ssm")
    assert names(reader.get_parameters_by_path(Path=f"{root}/a")) == [f"{root}/a/b"]
    with refused("AccessDeniedException"):
        reader.get_parameters_by_path(Path=root, Recursive=True)
    with refused("AccessDeniedException"):
        reader.get_parameter(Name=f"{root}/a/b")


@case("SSM-018", INFERRED)
def test_policies_of_parameters_are_refused_rather_than_ignored(put):
    policy = [{"Type": "Expiration", "Version": "1.0", "Attributes": {}}]
    with refused("InvalidPolicyTypeException"):
        put("db", Tier="Advanced", Policies=json.dumps(policy))
    put("db", Tier="Advanced", Policies="[{}]")


@case("SSM-019", MODEL)
def test_deleting_says_what_was_not_there(ssm, root, put):
    put("a")
    put("b")
    reply = ssm.delete_parameters(Names=[f"{root}/a", f"{root}/missing"])
    assert reply["DeletedParameters"] == [f"{root}/a"]
    assert reply["InvalidParameters"] == [f"{root}/missing"]
    assert members(ssm.delete_parameter(Name=f"{root}/b")) == set()
    with refused("ParameterNotFound"):
        ssm.delete_parameter(Name=f"{root}/b")


@case("SSM-020", USER_GUIDE)
def test_the_trail_says_who_read_a_secret_through_ssm_and_no_value(connect, ssm, sm, put, unique):
    sm.create_secret(Name=unique, SecretString="PLANTED-hunter2-VALUE")
    ssm.get_parameter(Name=f"{SECRET}{unique}", WithDecryption=True)
    put("db", "PLANTED-hunter2-VALUE", Type="SecureString")

    def events(key, value):
        found = connect("cloudtrail").lookup_events(
            LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}]
        )["Events"]
        return [json.loads(event["CloudTrailEvent"]) for event in found]

    def reads():
        found = events("EventName", "GetSecretValue")
        return [event for event in found if unique in json.dumps(event["requestParameters"])]

    [read] = soon(reads, bool)
    assert read["userIdentity"]["invokedBy"] == "ssm.amazonaws.com"
    assert read["sourceIPAddress"] == "ssm.amazonaws.com"
    name = f"/{unique}/db"

    def written():
        found = events("EventName", "PutParameter")
        return [event for event in found if (event["requestParameters"] or {}).get("name") == name]

    [put_event] = soon(written, bool)
    assert put_event["eventSource"] == "ssm.amazonaws.com"
    assert "hunter2" not in json.dumps([read, put_event])


@case("SSM-021", USER_GUIDE)
def test_decrypting_takes_the_right_to_the_key(kms, root, put, people):
    key = kms.create_key()["KeyMetadata"]
    put("db", "in clear", Type="SecureString", KeyId=key["KeyId"])
    half = people.user(allow("ssm:GetParameter")).client("ssm")
    name = f"{root}/db"
    assert half.get_parameter(Name=name)["Parameter"]["Value"] != "in clear"
    with refused("InvalidKeyId"):
        half.get_parameter(Name=name, WithDecryption=True)
    only_via = {"StringEquals": {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"}}
    both = people.user(
        allow("ssm:GetParameter"), allow("kms:Decrypt", key["Arn"], Condition=only_via)
    )
    reply = both.client("ssm").get_parameter(Name=name, WithDecryption=True)
    assert reply["Parameter"]["Value"] == "in clear"


@case("SSM-022", USER_GUIDE)
def test_the_oldest_of_a_hundred_versions_goes_unless_it_is_labelled(ssm, root, put):
    for number in range(101):
        put("db", str(number), Overwrite=True)
    name = f"{root}/db"
    with refused("ParameterVersionNotFound"):
        ssm.get_parameter(Name=f"{name}:1")
    ssm.label_parameter_version(Name=name, ParameterVersion=2, Labels=["keep"])
    with refused("ParameterMaxVersionLimitExceeded"):
        put("db", "more", Overwrite=True)
    assert ssm.get_parameter(Name=f"{name}:keep")["Parameter"]["Value"] == "1"
