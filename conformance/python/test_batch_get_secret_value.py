"""BatchGetSecretValue."""

import pytest

from evidence import CLI_EXAMPLE, INFERRED, MODEL, SECOND_HAND, case
from expect import MARKED_FOR_DELETION, NOT_FOUND, members, refused


@pytest.fixture
def family(create, name):
    """Three secrets that share the prefix `name`."""
    return [create(Name=f"{name}/{part}", SecretString=part) for part in ["a", "b", "c"]]


def values(reply):
    return {entry["Name"]: entry["SecretString"] for entry in reply["SecretValues"]}


@case("SM-054", MODEL)
def test_values_are_answered_by_id(sm, name, family):
    reply = sm.batch_get_secret_value(SecretIdList=[f"{name}/a", family[1]["ARN"]])
    assert values(reply) == {f"{name}/a": "a", f"{name}/b": "b"}


@case("SM-055", MODEL)
def test_an_entry_is_what_get_secret_value_answers(sm, secret):
    single = sm.get_secret_value(SecretId=secret["ARN"])
    [entry] = sm.batch_get_secret_value(SecretIdList=[secret["ARN"]])["SecretValues"]
    assert entry == {key: single[key] for key in members(single)}


@case("SM-056", CLI_EXAMPLE)
def test_no_errors_is_an_empty_list(sm, secret):
    assert sm.batch_get_secret_value(SecretIdList=[secret["ARN"]])["Errors"] == []


@case("SM-057", MODEL)
def test_a_binary_value_is_answered_as_binary(sm, create):
    arn = create(SecretBinary=b"\x01\x02")["ARN"]
    [entry] = sm.batch_get_secret_value(SecretIdList=[arn])["SecretValues"]
    assert entry["SecretBinary"] == b"\x01\x02"


@case("SM-058", MODEL)
def test_an_unknown_secret_is_an_entry_in_errors(sm, name, secret):
    missing = name + "/missing"
    reply = sm.batch_get_secret_value(SecretIdList=[missing, secret["ARN"]])
    assert reply["Errors"] == [
        {"SecretId": missing, "ErrorCode": "ResourceNotFoundException", "Message": NOT_FOUND}
    ]
    assert values(reply) == {name: "one"}


@case("SM-059", INFERRED)
def test_no_values_is_an_empty_list(sm, name):
    assert sm.batch_get_secret_value(SecretIdList=[name])["SecretValues"] == []


@case("SM-060", INFERRED)
def test_a_secret_scheduled_for_deletion_is_an_entry_in_errors(sm, scheduled):
    reply = sm.batch_get_secret_value(SecretIdList=[scheduled])
    assert reply["Errors"] == [
        {
            "SecretId": scheduled,
            "ErrorCode": "InvalidRequestException",
            "Message": MARKED_FOR_DELETION,
        }
    ]


@case("SM-061", INFERRED)
def test_a_secret_without_a_value_is_an_entry_in_errors(sm, create):
    arn = create()["ARN"]
    [error] = sm.batch_get_secret_value(SecretIdList=[arn])["Errors"]
    assert error["SecretId"] == arn
    assert error["ErrorCode"] == "ResourceNotFoundException"


@case("SM-062", INFERRED)
def test_values_come_in_the_order_of_the_ids(sm, name, family):
    ids = [f"{name}/c", f"{name}/a", f"{name}/b"]
    reply = sm.batch_get_secret_value(SecretIdList=ids)
    assert [entry["Name"] for entry in reply["SecretValues"]] == ids


@case("SM-063", INFERRED)
def test_an_id_given_twice_is_answered_once(sm, secret):
    reply = sm.batch_get_secret_value(SecretIdList=[secret["ARN"], secret["ARN"]])
    assert len(reply["SecretValues"]) == 1


@case("SM-064", MODEL)
def test_filters_select_secrets(sm, name, family):
    reply = sm.batch_get_secret_value(Filters=[{"Key": "name", "Values": [name + "/"]}])
    assert values(reply) == {f"{name}/{part}": part for part in ["a", "b", "c"]}


@case("SM-065", INFERRED)
def test_filters_pass_over_secrets_scheduled_for_deletion(sm, name, family):
    sm.delete_secret(SecretId=f"{name}/b", RecoveryWindowInDays=7)
    reply = sm.batch_get_secret_value(Filters=[{"Key": "name", "Values": [name + "/"]}])
    assert values(reply) == {f"{name}/a": "a", f"{name}/c": "c"}
    assert reply["Errors"] == []


@case("SM-066", MODEL)
def test_pages_together_hold_every_secret_once(sm, name, family):
    request = {"Filters": [{"Key": "name", "Values": [name + "/"]}], "MaxResults": 2}
    seen = []
    while True:
        reply = sm.batch_get_secret_value(**request)
        assert len(reply["SecretValues"]) <= 2
        seen += [entry["Name"] for entry in reply["SecretValues"]]
        if "NextToken" not in reply:
            break
        request["NextToken"] = reply["NextToken"]
    assert sorted(seen) == [f"{name}/{part}" for part in ["a", "b", "c"]]


@case("SM-067", SECOND_HAND)
def test_ids_and_filters_together_are_refused(sm, name):
    with refused(
        "InvalidParameterException",
        "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
    ):
        sm.batch_get_secret_value(SecretIdList=[name], Filters=[{"Key": "name", "Values": [name]}])


@case("SM-068", SECOND_HAND)
def test_neither_ids_nor_filters_is_refused(sm):
    with refused(
        "InvalidParameterException",
        "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
    ):
        sm.batch_get_secret_value()


@case("SM-069", SECOND_HAND)
def test_a_page_size_without_filters_is_refused(sm, secret):
    with refused(
        "InvalidParameterException",
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
    ):
        sm.batch_get_secret_value(SecretIdList=[secret["ARN"]], MaxResults=5)


@case("SM-070", MODEL)
def test_a_token_nobody_gave_out_is_refused(sm, name):
    with refused("InvalidNextTokenException"):
        sm.batch_get_secret_value(
            Filters=[{"Key": "name", "Values": [name]}], NextToken="never-given-out"
        )


@case("SM-071", MODEL)
def test_reading_in_a_batch_sets_the_access_date(sm, secret):
    sm.batch_get_secret_value(SecretIdList=[secret["ARN"]])
    assert "LastAccessedDate" in sm.describe_secret(SecretId=secret["ARN"])
