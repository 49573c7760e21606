"""ListSecretVersionIds."""

import pytest

from evidence import INFERRED, MODEL, SNAPSHOT, case
from expect import INVALID_NAME, NOT_FOUND, members, refused


@pytest.fixture
def three_versions(sm, secret):
    """A secret whose first version lost its labels; the version ids, oldest first."""
    ids = [secret["VersionId"]]
    for value in ["two", "three"]:
        ids.append(sm.put_secret_value(SecretId=secret["ARN"], SecretString=value)["VersionId"])
    return ids


@case("SM-136", SNAPSHOT)
def test_the_reply_names_the_secret(sm, name, secret):
    reply = sm.list_secret_version_ids(SecretId=name)
    assert members(reply) == {"ARN", "Name", "Versions"}
    assert (reply["ARN"], reply["Name"]) == (secret["ARN"], name)


@case("SM-137", SNAPSHOT)
def test_a_version_never_read_has_four_members(sm, secret):
    [version] = sm.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]
    assert set(version) == {"VersionId", "VersionStages", "CreatedDate", "KmsKeyIds"}
    assert version["VersionId"] == secret["VersionId"]
    assert version["VersionStages"] == ["AWSCURRENT"]


@case("SM-138", SNAPSHOT)
def test_the_default_key_goes_by_a_name_of_its_own(sm, secret):
    [version] = sm.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]
    assert version["KmsKeyIds"] == ["DefaultEncryptionKey"]


@case("SM-139", SNAPSHOT)
def test_a_version_without_labels_is_hidden(sm, secret, three_versions):
    versions = sm.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]
    assert {version["VersionId"] for version in versions} == set(three_versions[1:])


@case("SM-140", SNAPSHOT)
def test_a_version_without_labels_is_listed_on_request(sm, secret, three_versions):
    versions = sm.list_secret_version_ids(SecretId=secret["ARN"], IncludeDeprecated=True)[
        "Versions"
    ]
    assert {version["VersionId"] for version in versions} == set(three_versions)


@case("SM-141", SNAPSHOT)
def test_a_version_without_labels_has_no_stages_member(sm, secret, three_versions):
    versions = sm.list_secret_version_ids(SecretId=secret["ARN"], IncludeDeprecated=True)[
        "Versions"
    ]
    [deprecated] = [version for version in versions if version["VersionId"] == three_versions[0]]
    assert "VersionStages" not in deprecated


@case("SM-142", INFERRED)
def test_versions_are_listed_oldest_first(sm, secret, three_versions):
    versions = sm.list_secret_version_ids(SecretId=secret["ARN"], IncludeDeprecated=True)[
        "Versions"
    ]
    assert [version["VersionId"] for version in versions] == three_versions


@case("SM-143", INFERRED)
def test_a_secret_without_a_value_lists_no_versions(sm, create):
    assert sm.list_secret_version_ids(SecretId=create()["ARN"]).get("Versions", []) == []


@case("SM-144", MODEL)
def test_pages_together_hold_every_version_once(sm, secret, three_versions):
    request = {"SecretId": secret["ARN"], "IncludeDeprecated": True, "MaxResults": 2}
    seen = []
    while True:
        reply = sm.list_secret_version_ids(**request)
        assert len(reply["Versions"]) <= 2
        seen += [version["VersionId"] for version in reply["Versions"]]
        if "NextToken" not in reply:
            break
        request["NextToken"] = reply["NextToken"]
    assert sorted(seen) == sorted(three_versions)


@case("SM-145", MODEL)
def test_a_token_nobody_gave_out_is_refused(sm, secret):
    with refused("InvalidNextTokenException"):
        sm.list_secret_version_ids(SecretId=secret["ARN"], NextToken="never-given-out")


@case("SM-146", MODEL)
def test_a_secret_scheduled_for_deletion_lists_its_versions(sm, secret, scheduled):
    [version] = sm.list_secret_version_ids(SecretId=scheduled)["Versions"]
    assert version["VersionId"] == secret["VersionId"]


@case("SM-147", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.list_secret_version_ids(SecretId=name)


@case("SM-148", SNAPSHOT)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.list_secret_version_ids(SecretId=" Inv Name")
