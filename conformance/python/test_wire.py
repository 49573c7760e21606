"""What goes over the wire: envelopes, headers, body forms, missing tokens."""

import base64
import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest

from evidence import INFERRED, MODEL, PROTOCOL, SNAPSHOT, case
from expect import INVALID_NAME, NOT_FOUND, TOKEN_MISSING, token
from wire import JSON

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@case("SM-368", MODEL)
def test_a_reply_is_json_of_the_aws_kind(wire, secret):
    reply = wire.post("DescribeSecret", {"SecretId": secret["ARN"]})
    assert reply.status == 200
    assert reply.headers["content-type"] == JSON


@case("SM-369", MODEL)
def test_every_reply_has_a_request_id_of_its_own(wire, secret):
    ids = [
        wire.post("DescribeSecret", {"SecretId": secret["ARN"]}).headers["x-amzn-requestid"]
        for _ in range(2)
    ]
    assert all(UUID.fullmatch(made) for made in ids)
    assert ids[0] != ids[1]


@case("SM-370", MODEL)
def test_an_error_has_a_request_id(wire, name):
    assert UUID.fullmatch(
        wire.post("DescribeSecret", {"SecretId": name}).headers["x-amzn-requestid"]
    )


@case("SM-371", PROTOCOL)
def test_the_date_header_is_right(wire, secret):
    # SDKs correct their clocks by it.
    said = parsedate_to_datetime(
        wire.post("DescribeSecret", {"SecretId": secret["ARN"]}).headers["date"]
    )
    assert abs(datetime.now(timezone.utc) - said) < timedelta(minutes=1)


@case("SM-372", SNAPSHOT)
def test_an_error_envelope_has_a_bare_type_and_a_capital_message(wire, name):
    reply = wire.post("CreateSecret", {"Name": name, "SecretString": "v"})
    assert reply.status == 400
    assert reply.json["__type"] == "InvalidRequestException"
    assert reply.json["Message"] == TOKEN_MISSING


@case("SM-373", MODEL)
def test_a_modelled_error_spells_message_with_a_capital(wire, name):
    reply = wire.post("DescribeSecret", {"SecretId": name})
    assert reply.status == 400
    assert reply.json["__type"] == "ResourceNotFoundException"
    assert reply.json["Message"] == NOT_FOUND


@case("SM-374", PROTOCOL)
def test_an_error_is_json_of_the_aws_kind(wire, name):
    assert wire.post("DescribeSecret", {"SecretId": name}).headers["content-type"] == JSON


@case("SM-375", MODEL)
def test_timestamps_are_numbers_with_milliseconds_at_most(wire, secret):
    described = wire.post("DescribeSecret", {"SecretId": secret["ARN"]}).json
    read = wire.post("GetSecretValue", {"SecretId": secret["ARN"]}).json
    for stamp in [described["CreatedDate"], described["LastChangedDate"], read["CreatedDate"]]:
        assert isinstance(stamp, (int, float))
        assert round(stamp, 3) == stamp
        assert abs(datetime.now(timezone.utc).timestamp() - stamp) < 60


@case("SM-376", MODEL)
def test_a_timestamp_is_written_as_a_plain_decimal(wire, secret):
    body = wire.post("DescribeSecret", {"SecretId": secret["ARN"]}).body.decode()
    assert re.search(r'"CreatedDate":\s*\d{10}(\.\d{1,3})?[,}\s]', body)


@case("SM-377", MODEL)
def test_a_deletion_date_is_a_number(wire, secret):
    reply = wire.post("DeleteSecret", {"SecretId": secret["ARN"]})
    assert isinstance(reply.json["DeletionDate"], (int, float))


@case("SM-378", MODEL)
def test_null_is_never_sent(wire, secret):
    for operation in [
        "DescribeSecret",
        "GetSecretValue",
        "ListSecretVersionIds",
        "GetResourcePolicy",
    ]:
        assert b"null" not in wire.post(operation, {"SecretId": secret["ARN"]}).body


@case("SM-379", SNAPSHOT)
def test_a_binary_value_is_base64(wire, name, create):
    create(SecretBinary=b"footest")
    assert wire.post("GetSecretValue", {"SecretId": name}).json["SecretBinary"] == "Zm9vdGVzdA=="


@case("SM-380", PROTOCOL)
def test_a_binary_value_is_taken_as_base64(wire, sm, secret):
    value = bytes(range(256))
    reply = wire.post(
        "PutSecretValue",
        {
            "SecretId": secret["ARN"],
            "SecretBinary": base64.b64encode(value).decode(),
            "ClientRequestToken": token(),
        },
    )
    assert reply.status == 200
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretBinary"] == value


@case("SM-381", INFERRED)
def test_a_binary_value_that_is_not_base64_is_refused(wire, secret):
    reply = wire.post(
        "PutSecretValue",
        {"SecretId": secret["ARN"], "SecretBinary": "***", "ClientRequestToken": token()},
    )
    assert reply.status == 400
    assert reply.error[0] == "SerializationException"


@pytest.mark.parametrize("operation", ["TagResource", "UntagResource"])
@case("SM-382", SNAPSHOT)
def test_operations_without_output_answer_nothing_or_an_empty_object(wire, secret, operation):
    reply = wire.post(
        operation,
        {"SecretId": secret["ARN"], "Tags": [{"Key": "k", "Value": "v"}], "TagKeys": ["k"]},
    )
    assert reply.status == 200
    assert reply.body in (b"", b"{}")


@case("SM-383", SNAPSHOT)
def test_create_with_a_value_needs_a_token(wire, name):
    reply = wire.post("CreateSecret", {"Name": name, "SecretString": "v"})
    assert (reply.status, *reply.error) == (400, "InvalidRequestException", TOKEN_MISSING)


@case("SM-384", SNAPSHOT)
def test_put_needs_a_token(wire, secret):
    reply = wire.post("PutSecretValue", {"SecretId": secret["ARN"], "SecretString": "v"})
    assert (reply.status, *reply.error) == (400, "InvalidRequestException", TOKEN_MISSING)


@case("SM-385", SNAPSHOT)
def test_update_with_a_value_needs_a_token(wire, secret):
    reply = wire.post("UpdateSecret", {"SecretId": secret["ARN"], "SecretString": "v"})
    assert (reply.status, *reply.error) == (400, "InvalidRequestException", TOKEN_MISSING)


@case("SM-386", INFERRED)
def test_update_of_a_description_needs_no_token(wire, secret):
    assert wire.post("UpdateSecret", {"SecretId": secret["ARN"], "Description": "d"}).status == 200


@pytest.mark.parametrize("operation", ["PutSecretValue", "UpdateSecret"])
@case("SM-387", SNAPSHOT)
def test_a_missing_token_is_noticed_before_a_missing_secret(wire, name, operation):
    reply = wire.post(operation, {"SecretId": name, "SecretString": "v"})
    assert reply.error == ("InvalidRequestException", TOKEN_MISSING)


@case("SM-388", INFERRED)
def test_an_invalid_name_is_noticed_before_a_missing_token(wire):
    reply = wire.post("PutSecretValue", {"SecretId": "Inv Name", "SecretString": "v"})
    assert reply.error == ("ValidationException", INVALID_NAME)


@case("SM-389", PROTOCOL)
def test_unknown_members_are_ignored(wire, secret):
    reply = wire.post(
        "DescribeSecret", {"SecretId": secret["ARN"], "NoSuchMember": {"deep": [1, None]}}
    )
    assert reply.status == 200


@case("SM-390", PROTOCOL)
def test_a_null_member_is_an_absent_one(wire, secret):
    reply = wire.post(
        "GetSecretValue", {"SecretId": secret["ARN"], "VersionId": None, "VersionStage": None}
    )
    assert reply.status == 200


@case("SM-391", PROTOCOL)
def test_an_empty_body_is_an_empty_object(wire):
    assert wire.post("ListSecrets", b"").status == 200


@case("SM-392", PROTOCOL)
def test_member_names_heed_case(wire, secret):
    reply = wire.post("DescribeSecret", {"secretid": secret["ARN"]})
    assert reply.error[0] == "ValidationException"


@case("SM-393", PROTOCOL)
def test_a_character_set_in_the_content_type_is_no_matter(wire, secret):
    reply = wire.post(
        "DescribeSecret", {"SecretId": secret["ARN"]}, {"Content-Type": JSON + "; charset=utf-8"}
    )
    assert reply.status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b"[]",
        b'"text"',
        b"17",
        b"\xff\xfe",
        b'{"SecretId": "\xff"}',
    ],
)
@case("SM-394", PROTOCOL)
def test_a_body_that_is_no_json_object_is_refused(wire, body):
    reply = wire.post("DescribeSecret", body)
    assert reply.status == 400
    assert reply.error[0] == "SerializationException"


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("DescribeSecret", {"SecretId": 17}),
        ("DescribeSecret", {"SecretId": ["x"]}),
        ("DescribeSecret", {"SecretId": {"a": "b"}}),
        ("DescribeSecret", {"SecretId": True}),
        ("ListSecrets", {"MaxResults": "many"}),
        ("ListSecrets", {"Filters": "x"}),
        ("ListSecrets", {"Filters": [17]}),
        ("ListSecrets", {"IncludePlannedDeletion": "perhaps"}),
        ("TagResource", {"SecretId": "x", "Tags": {"k": "v"}}),
    ],
)
@case("SM-395", PROTOCOL)
def test_a_member_of_the_wrong_type_is_refused(wire, operation, body):
    reply = wire.post(operation, body)
    assert reply.status == 400
    assert reply.error[0] == "SerializationException"


@case("SM-396", INFERRED)
def test_a_body_nested_without_end_is_refused(wire):
    reply = wire.post(
        "DescribeSecret", b'{"SecretId":"x","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    )
    assert reply.status == 400
    assert reply.error[0] == "SerializationException"


@case("SM-397", PROTOCOL)
def test_an_unknown_operation_is_named_so(wire):
    reply = wire.post("MakeCoffee", {})
    assert reply.status in (400, 404)
    assert reply.error[0] == "UnknownOperationException"


@pytest.mark.parametrize(
    "target", ["secretsmanager", "secretsmanager.", "nobody.ListSecrets", ".", ""]
)
@case("SM-398", PROTOCOL)
def test_an_unknown_target_is_an_unknown_operation(wire, target):
    reply = wire.post("ListSecrets", {}, {"X-Amz-Target": target})
    assert reply.status in (400, 404)
    assert reply.error[0] == "UnknownOperationException"


@case("SM-399", PROTOCOL)
def test_a_missing_target_is_an_unknown_operation(wire):
    reply = wire.send(body=b"{}", headers={"Content-Type": JSON}, signature=wire.signature())
    assert reply.status in (400, 404)
    assert reply.error[0] == "UnknownOperationException"
