"""GetCallerIdentity, and how the query protocol says no."""

import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest

from conftest import ACCOUNT, OTHER_ACCOUNT
from evidence import INFERRED, ISSUE, MODEL, PROTOCOL, case
from expect import members, refused

NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"
IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"


def fault(reply):
    """(type, code, message) of an XML error."""
    root = ElementTree.fromstring(reply.body)
    assert root.tag.rpartition("}")[2] == "ErrorResponse"
    texts = {element.tag.rpartition("}")[2]: element.text for element in root.iter()}
    assert texts["RequestId"]
    return texts["Type"], texts["Code"], texts["Message"]


@case("SM-449", MODEL)
def test_the_caller_learns_who_he_is(sts):
    reply = sts.get_caller_identity()
    assert members(reply) == {"UserId", "Account", "Arn"}
    assert reply["Account"] == ACCOUNT


@case("SM-450", PROTOCOL)
def test_root_is_named_by_its_account(sts):
    reply = sts.get_caller_identity()
    assert reply["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert reply["UserId"] == ACCOUNT


@case("SM-451", INFERRED)
def test_an_account_number_as_key_is_root_of_that_account(connect):
    reply = connect("sts", access_key=OTHER_ACCOUNT).get_caller_identity()
    assert reply["Account"] == OTHER_ACCOUNT


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
@case("SM-452", INFERRED)
def test_any_region_may_sign(connect, region):
    assert connect("sts", region=region).get_caller_identity()["Account"] == ACCOUNT


@case("SM-453", PROTOCOL)
def test_a_reply_is_xml_in_the_namespace_of_the_service(wire):
    reply = wire.query("sts", IDENTITY)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(reply.body)
    assert root.tag == NAMESPACE + "GetCallerIdentityResponse"
    assert root.findtext(f"{NAMESPACE}GetCallerIdentityResult/{NAMESPACE}Account") == ACCOUNT
    assert root.findtext(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId")


@case("SM-454", PROTOCOL)
def test_the_request_id_of_the_body_is_in_the_header_too(wire):
    reply = wire.query("sts", IDENTITY)
    root = ElementTree.fromstring(reply.body)
    inside = root.findtext(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId")
    assert reply.headers["x-amzn-requestid"] == inside


@case("SM-455", PROTOCOL)
def test_the_action_may_come_in_the_address(wire):
    # The canonical query is sorted already.
    reply = wire.send("GET", query=IDENTITY, signature=wire.signature(service="sts"))
    assert reply.status == 200
    assert b"<Account>" in reply.body


@case("SM-456", PROTOCOL)
def test_a_presigned_address_proves_an_identity(sts):
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(url, timeout=30) as reply:
        assert f"<Account>{ACCOUNT}</Account>".encode() in reply.read()


@case("SM-457", PROTOCOL)
def test_a_presigned_address_cannot_be_changed(sts):
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), timeout=30)
    assert caught.value.code == 403
    assert b"SignatureDoesNotMatch" in caught.value.read()


@case("SM-458", PROTOCOL)
def test_a_presigned_address_signs_an_extra_header(endpoint, connect):
    # Cluster authenticators bind the address to a cluster this way.
    client = connect("sts")
    client.meta.events.register(
        "before-sign.sts.GetCallerIdentity",
        lambda request, **_: request.headers.add_header("x-k8s-aws-id", "cluster"),
    )
    url = client.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    request = urllib.request.Request(url, headers={"x-k8s-aws-id": "cluster"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        assert reply.status == 200
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(
            urllib.request.Request(url, headers={"x-k8s-aws-id": "other"}), timeout=30
        )
    assert caught.value.code == 403


@case("SM-459", PROTOCOL)
def test_a_wrong_secret_does_not_match(wire):
    reply = wire.query("sts", IDENTITY, secret_key="wrong")
    kind, code, message = fault(reply)
    assert (reply.status, kind, code) == (403, "Sender", "SignatureDoesNotMatch")
    assert message.startswith(
        "The request signature we calculated does not match the signature you provided."
    )


@case("SM-460", PROTOCOL)
def test_an_unknown_key_is_invalid(wire):
    reply = wire.query("sts", IDENTITY, access_key="AKIAIOSFODNN7EXAMPLE")
    kind, code, message = fault(reply)
    assert (reply.status, kind, code) == (403, "Sender", "InvalidClientTokenId")
    assert message == "The security token included in the request is invalid."


@case("SM-461", PROTOCOL)
def test_an_sdk_reads_both_refusals(connect):
    with refused("SignatureDoesNotMatch", status=403):
        connect("sts", secret_key="wrong").get_caller_identity()
    with refused("InvalidClientTokenId", status=403):
        connect("sts", access_key="AKIAIOSFODNN7EXAMPLE").get_caller_identity()


@case("SM-462", PROTOCOL)
def test_no_signature_at_all_is_missing(wire):
    reply = wire.send(
        body=IDENTITY.encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    _, code, message = fault(reply)
    assert (reply.status, code) == (403, "MissingAuthenticationToken")
    assert message == "Request is missing Authentication Token"


@case("SM-463", ISSUE)
def test_a_signature_of_an_hour_ago_has_expired(wire):
    reply = wire.query("sts", IDENTITY, when=datetime.now(timezone.utc) - timedelta(hours=1))
    _, code, message = fault(reply)
    assert (reply.status, code) == (403, "SignatureDoesNotMatch")
    assert message.startswith("Signature expired: ")


@case("SM-464", ISSUE)
def test_a_signature_of_tomorrow_is_not_yet_current(wire):
    reply = wire.query("sts", IDENTITY, when=datetime.now(timezone.utc) + timedelta(days=1))
    _, code, message = fault(reply)
    assert (reply.status, code) == (403, "SignatureDoesNotMatch")
    assert message.startswith("Signature not yet current: ")


@case("SM-465", PROTOCOL)
def test_an_unknown_action_is_invalid(wire):
    reply = wire.query("sts", "Action=MakeCoffee&Version=2011-06-15")
    _, code, message = fault(reply)
    assert (reply.status, code) == (400, "InvalidAction")
    assert message == "Could not find operation MakeCoffee for version 2011-06-15"


@case("SM-466", PROTOCOL)
def test_a_missing_action_is_missing(wire):
    reply = wire.query("sts", "Version=2011-06-15")
    assert reply.status == 400
    assert fault(reply)[1] == "MissingAction"


@case("SM-467", INFERRED)
def test_a_caller_whose_key_is_unknown_gets_xml_even_for_an_unknown_action(wire):
    reply = wire.query(
        "sts", "Action=MakeCoffee&Version=2011-06-15", access_key="AKIAIOSFODNN7EXAMPLE"
    )
    assert fault(reply)[1] == "InvalidClientTokenId"


@pytest.fixture
def session(sts):
    """Credentials from GetSessionToken."""
    return sts.get_session_token(DurationSeconds=900)["Credentials"]


def session_client(connect, service, credentials, **changes):
    keys = {
        "access_key": credentials["AccessKeyId"],
        "secret_key": credentials["SecretAccessKey"],
        "session_token": credentials["SessionToken"],
    }
    return connect(service, **(keys | changes))


@case("SM-468", MODEL)
def test_a_session_has_a_temporary_key_and_an_end(session):
    assert set(session) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert session["AccessKeyId"].startswith("ASIA")
    left = session["Expiration"] - datetime.now(timezone.utc)
    assert abs(left - timedelta(minutes=15)) < timedelta(minutes=1)


@case("SM-469", PROTOCOL)
def test_a_session_calls_as_the_one_who_opened_it(connect, sts, session):
    identity = session_client(connect, "sts", session).get_caller_identity()
    assert identity["Arn"] == sts.get_caller_identity()["Arn"]


@case("SM-470", PROTOCOL)
def test_a_session_reads_secrets(connect, session, secret):
    client = session_client(connect, "secretsmanager", session)
    assert client.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "one"


@case("SM-471", PROTOCOL)
def test_a_temporary_key_without_its_token_is_not_recognized(connect, session):
    with refused("UnrecognizedClientException"):
        session_client(connect, "secretsmanager", session, session_token=None).list_secrets()


@case("SM-472", PROTOCOL)
def test_a_temporary_key_with_another_token_is_not_recognized(connect, session):
    token = session["SessionToken"]
    spoiled = token[:-8] + ("A" * 8 if token[-8:] != "A" * 8 else "B" * 8)
    with refused("UnrecognizedClientException"):
        session_client(connect, "secretsmanager", session, session_token=spoiled).list_secrets()


@case("SM-483", PROTOCOL)
def test_a_presigned_address_ends_when_it_says(sts, monkeypatch):
    an_hour_ago = datetime.now(timezone.utc) - timedelta(hours=1)
    monkeypatch.setattr(
        "botocore.auth.get_current_datetime", lambda **_: an_hour_ago.replace(tzinfo=None)
    )
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, timeout=30)
    # Both are seen for a presigned address that is too old.
    body = caught.value.read()
    assert (caught.value.code, b"SignatureDoesNotMatch" in body) == (403, True) or (
        caught.value.code,
        b"RequestExpired" in body,
    ) == (400, True)


@case("SM-484", PROTOCOL)
def test_a_presigned_address_is_not_bound_to_the_five_minutes_of_a_header(sts, monkeypatch):
    ten_minutes_ago = datetime.now(timezone.utc) - timedelta(minutes=10)
    monkeypatch.setattr(
        "botocore.auth.get_current_datetime", lambda **_: ten_minutes_ago.replace(tzinfo=None)
    )
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=900, HttpMethod="GET")
    with urllib.request.urlopen(url, timeout=30) as reply:
        assert reply.status == 200
