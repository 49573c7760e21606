"""ListSecrets: what an entry holds, order and pages. Filters are in test_list_secrets_filters.py."""

import time

import pytest

from evidence import INFERRED, MODEL, SNAPSHOT, VERIFIED, case
from expect import members, names, refused


@pytest.fixture
def family(create, name):
    """Three secrets created in an order that is neither alphabetical nor its reverse."""
    made = []
    for part in ["b", "a", "c"]:
        made.append(create(Name=f"{name}/{part}", SecretString=part))
        time.sleep(0.01)  # Dates have milliseconds.
    return made


@pytest.fixture
def list_family(sm, name):
    """ListSecrets, narrowed to this test's secrets."""

    def list_family(**request):
        return sm.list_secrets(Filters=[{"Key": "name", "Values": [name]}], **request)

    return list_family


def parts(reply):
    return [listed.rpartition("/")[2] for listed in names(reply)]


@case("SM-085", SNAPSHOT)
def test_an_entry_names_versions_as_list_secrets_does(list_family, secret):
    [entry] = list_family()["SecretList"]
    assert set(entry) == {"ARN", "Name", "CreatedDate", "LastChangedDate", "SecretVersionsToStages"}
    assert entry["ARN"] == secret["ARN"]
    assert entry["SecretVersionsToStages"] == {secret["VersionId"]: ["AWSCURRENT"]}


@case("SM-086", MODEL)
def test_an_entry_shows_description_and_tags(list_family, create):
    create(SecretString="v", Description="d", Tags=[{"Key": "k", "Value": "v"}])
    [entry] = list_family()["SecretList"]
    assert entry["Description"] == "d"
    assert entry["Tags"] == [{"Key": "k", "Value": "v"}]


@case("SM-087", MODEL)
def test_an_entry_never_shows_a_value(list_family, secret):
    [entry] = list_family()["SecretList"]
    assert not {"SecretString", "SecretBinary"} & set(entry)


@case("SM-088", SNAPSHOT)
def test_a_secret_without_a_value_is_listed_without_versions(list_family, create):
    create()
    [entry] = list_family()["SecretList"]
    assert "SecretVersionsToStages" not in entry


@case("SM-089", MODEL)
def test_an_access_date_is_listed_after_a_read(sm, list_family, secret):
    sm.get_secret_value(SecretId=secret["ARN"])
    [entry] = list_family()["SecretList"]
    assert "LastAccessedDate" in entry


@case("SM-090", SNAPSHOT)
def test_a_secret_scheduled_for_deletion_is_hidden(list_family, scheduled):
    assert list_family()["SecretList"] == []


@case("SM-091", SNAPSHOT)
def test_a_secret_scheduled_for_deletion_is_listed_on_request(list_family, scheduled):
    [entry] = list_family(IncludePlannedDeletion=True)["SecretList"]
    assert entry["ARN"] == scheduled
    assert "DeletedDate" in entry


@case("SM-092", SNAPSHOT)
def test_a_restored_secret_is_listed_again(sm, list_family, scheduled):
    sm.restore_secret(SecretId=scheduled)
    [entry] = list_family()["SecretList"]
    assert "DeletedDate" not in entry


@case("SM-093", MODEL)
def test_the_last_page_has_no_token(list_family, secret):
    assert members(list_family()) == {"SecretList"}


@case("SM-094", VERIFIED)
def test_the_default_order_is_that_of_creation(list_family, family):
    assert parts(list_family()) == ["b", "a", "c"]


@case("SM-095", MODEL)
def test_the_order_can_be_turned_around(list_family, family):
    assert parts(list_family(SortOrder="desc")) == ["c", "a", "b"]


@case("SM-096", MODEL)
def test_created_date_is_a_sort_key(list_family, family):
    assert parts(list_family(SortBy="created-date", SortOrder="asc")) == ["b", "a", "c"]


@case("SM-097", MODEL)
def test_name_is_a_sort_key(list_family, family):
    assert parts(list_family(SortBy="name", SortOrder="asc")) == ["a", "b", "c"]
    assert parts(list_family(SortBy="name", SortOrder="desc")) == ["c", "b", "a"]


@case("SM-098", MODEL)
def test_last_changed_date_is_a_sort_key(sm, name, list_family, family):
    sm.update_secret(SecretId=f"{name}/b", Description="changed last")
    assert parts(list_family(SortBy="last-changed-date", SortOrder="asc")) == ["a", "c", "b"]


@case("SM-099", MODEL)
def test_last_accessed_date_is_a_sort_key(sm, list_family, family):
    for made in family:
        sm.get_secret_value(SecretId=made["ARN"])
    # All three were read on the same day, so any order among them is right.
    assert sorted(parts(list_family(SortBy="last-accessed-date"))) == ["a", "b", "c"]


@case("SM-100", MODEL)
def test_pages_together_hold_every_secret_once_and_in_order(sm, name, family):
    pages = list(
        sm.get_paginator("list_secrets").paginate(
            Filters=[{"Key": "name", "Values": [name]}],
            SortBy="name",
            SortOrder="asc",
            PaginationConfig={"PageSize": 1},
        )
    )
    assert all(len(page["SecretList"]) <= 1 for page in pages)
    assert [part for page in pages for part in parts(page)] == ["a", "b", "c"]


@case("SM-101", INFERRED)
def test_a_secret_created_while_paging_repeats_no_other(sm, name, create, list_family, family):
    first = list_family(MaxResults=2, SortBy="name", SortOrder="asc")
    create(Name=f"{name}/aa", SecretString="v")
    rest = list_family(MaxResults=2, SortBy="name", SortOrder="asc", NextToken=first["NextToken"])
    seen = parts(first) + parts(rest)
    assert len(seen) == len(set(seen))
    assert {"a", "b", "c"} <= set(seen)


@case("SM-102", MODEL)
def test_a_page_holds_no_more_than_asked_for(list_family, family):
    reply = list_family(MaxResults=2)
    assert len(reply["SecretList"]) <= 2
    assert reply["NextToken"]


@case("SM-103", MODEL)
def test_a_token_nobody_gave_out_is_refused(list_family):
    with refused("InvalidNextTokenException"):
        list_family(NextToken="never-given-out")


@case("SM-104", SNAPSHOT)
def test_another_account_does_not_see_the_secret(other_account_sm, name, secret):
    reply = other_account_sm.list_secrets(Filters=[{"Key": "name", "Values": [name]}])
    assert reply["SecretList"] == []


@case("SM-105", MODEL)
def test_another_region_does_not_see_the_secret(replica_sm, name, secret):
    reply = replica_sm.list_secrets(Filters=[{"Key": "name", "Values": [name]}])
    assert reply["SecretList"] == []


@case("SM-475", INFERRED)
def test_a_page_holds_a_hundred_secrets_by_default(name, create, list_family):
    for number in range(101):
        create(Name=f"{name}/{number:03}")
    first = list_family()
    assert len(first["SecretList"]) == 100
    rest = list_family(NextToken=first["NextToken"])
    assert len(rest["SecretList"]) == 1
    assert "NextToken" not in rest
