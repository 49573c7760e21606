"""Who may call at all: signatures that are wrong in one place."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from evidence import INFERRED, ISSUE, PROTOCOL, case
from expect import refused
from wire import JSON

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)


def now():
    return datetime.now(timezone.utc)


def listed(wire, **signature):
    return wire.post("ListSecrets", {"MaxResults": 1}, **signature)


@case("SM-424", PROTOCOL)
def test_a_right_signature_is_accepted(wire):
    assert listed(wire).status == 200


@case("SM-425", ISSUE)
def test_a_wrong_secret_is_a_mismatch(wire):
    reply = listed(wire, secret_key="wrong")
    assert (reply.status, *reply.error) == (400, "InvalidSignatureException", MISMATCH)


@case("SM-426", PROTOCOL)
def test_a_wrong_secret_is_a_mismatch_for_an_sdk(connect):
    with refused("InvalidSignatureException", MISMATCH):
        connect("secretsmanager", secret_key="wrong").list_secrets()


@case("SM-427", PROTOCOL)
def test_an_unknown_key_is_not_recognized(wire):
    reply = listed(wire, access_key="AKIAIOSFODNN7EXAMPLE")
    code, message = reply.error
    assert (reply.status, code) == (400, "UnrecognizedClientException")
    # AWS sends it with and without the full stop.
    assert message.rstrip(".") == "The security token included in the request is invalid"


@case("SM-428", INFERRED)
def test_a_session_token_nobody_gave_out_is_not_recognized(wire):
    reply = listed(wire, access_key="ASIAIOSFODNN7EXAMPLE", session_token="bm9uc2Vuc2U=")
    assert (reply.status, reply.error[0]) == (400, "UnrecognizedClientException")


@case("SM-429", PROTOCOL)
def test_no_signature_at_all_is_missing(wire):
    reply = wire.send(
        body=b"{}", headers={"Content-Type": JSON, "X-Amz-Target": "secretsmanager.ListSecrets"}
    )
    assert reply.status == 400
    assert reply.error == ("MissingAuthenticationTokenException", "Missing Authentication Token")


@case("SM-430", ISSUE)
def test_a_signature_of_an_hour_ago_has_expired(wire):
    when = now() - timedelta(hours=1)
    reply = listed(wire, when=when)
    code, message = reply.error
    assert (reply.status, code) == (400, "InvalidSignatureException")
    assert re.fullmatch(
        rf"Signature expired: {when:%Y%m%dT%H%M%SZ} is now earlier than \d{{8}}T\d{{6}}Z "
        r"\(\d{8}T\d{6}Z - 5 min\.\)",
        message,
    )


@case("SM-431", ISSUE)
def test_a_signature_of_tomorrow_is_not_yet_current(wire):
    when = now() + timedelta(days=1)
    reply = listed(wire, when=when)
    code, message = reply.error
    assert (reply.status, code) == (400, "InvalidSignatureException")
    assert re.fullmatch(
        rf"Signature not yet current: {when:%Y%m%dT%H%M%SZ} is still later than \d{{8}}T\d{{6}}Z "
        r"\(\d{8}T\d{6}Z \+ 5 min\.\)",
        message,
    )


@pytest.mark.parametrize("minutes", [-4, 4])
@case("SM-432", ISSUE)
def test_a_clock_may_be_four_minutes_off(wire, minutes):
    assert listed(wire, when=now() + timedelta(minutes=minutes)).status == 200


@pytest.mark.parametrize("minutes", [-6, 6])
@case("SM-433", ISSUE)
def test_a_clock_may_not_be_six_minutes_off(wire, minutes):
    assert (
        listed(wire, when=now() + timedelta(minutes=minutes)).error[0]
        == "InvalidSignatureException"
    )


@case("SM-434", ISSUE)
def test_the_scope_is_of_the_day_of_the_request(wire):
    reply = listed(wire, scope_day="20200101")
    code, message = reply.error
    assert (reply.status, code) == (400, "InvalidSignatureException")
    assert message.startswith(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != "
    )


@case("SM-435", ISSUE)
def test_the_scope_is_of_the_service_called(wire):
    reply = listed(wire, service="kms")
    code, message = reply.error
    assert (reply.status, code) == (400, "InvalidSignatureException")
    assert "Credential should be scoped to correct service: 'secretsmanager'." in message


@case("SM-436", ISSUE)
def test_the_scope_ends_with_the_terminator(wire):
    reply = listed(wire, terminator="aws5_request")
    code, message = reply.error
    assert (reply.status, code) == (400, "InvalidSignatureException")
    assert (
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."
        in message
    )


@case("SM-437", INFERRED)
def test_an_unknown_key_is_reported_before_a_wrong_date(wire):
    reply = listed(wire, access_key="AKIAIOSFODNN7EXAMPLE", when=now() - timedelta(hours=1))
    assert reply.error[0] == "UnrecognizedClientException"


@case("SM-438", INFERRED)
def test_a_wrong_signature_is_reported_before_a_wrong_body(wire):
    reply = wire.post("DescribeSecret", b"not json", secret_key="wrong")
    assert reply.error[0] == "InvalidSignatureException"


def altered(wire, change):
    """Signs a request and changes its headers after that."""
    headers = wire.signature().headers(
        "POST",
        "/",
        "",
        b"{}",
        {"Host": wire.host, "Content-Type": JSON, "X-Amz-Target": "secretsmanager.ListSecrets"},
    )
    change(headers)
    return wire.send(body=b"{}", headers=headers)


@case("SM-439", PROTOCOL)
def test_a_signed_header_cannot_be_changed(wire):
    reply = altered(
        wire, lambda headers: headers.update({"X-Amz-Target": "secretsmanager.GetRandomPassword"})
    )
    assert (reply.status, reply.error[0]) == (400, "InvalidSignatureException")


@case("SM-440", PROTOCOL)
def test_the_body_cannot_be_changed(wire):
    headers = wire.signature().headers(
        "POST",
        "/",
        "",
        b"{}",
        {"Host": wire.host, "Content-Type": JSON, "X-Amz-Target": "secretsmanager.ListSecrets"},
    )
    reply = wire.send(body=b'{"MaxResults":1}', headers=headers)
    assert (reply.status, reply.error[0]) == (400, "InvalidSignatureException")


@case("SM-441", PROTOCOL)
def test_a_signed_header_cannot_be_left_out(wire):
    reply = altered(wire, lambda headers: headers.pop("Content-Type"))
    assert (reply.status, reply.error[0]) == (400, "InvalidSignatureException")


@pytest.mark.parametrize("part", ["Credential", "SignedHeaders", "Signature"])
@case("SM-442", ISSUE)
def test_an_authorization_without_one_of_its_parts_is_incomplete(wire, part):
    def cut(headers):
        scheme, _, rest = headers["Authorization"].partition(" ")
        kept = [piece for piece in rest.split(", ") if not piece.startswith(part + "=")]
        headers["Authorization"] = f"{scheme} {', '.join(kept)}"

    reply = altered(wire, cut)
    code, message = reply.error
    assert (reply.status, code) == (400, "IncompleteSignatureException")
    assert f"Authorization header requires '{part}' parameter." in message


@case("SM-443", ISSUE)
def test_a_signature_without_a_date_is_incomplete(wire):
    reply = altered(wire, lambda headers: headers.pop("X-Amz-Date"))
    code, message = reply.error
    assert (reply.status, code) == (400, "IncompleteSignatureException")
    assert (
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        in message
    )


@case("SM-444", ISSUE)
def test_an_authorization_of_another_form_is_incomplete(wire):
    reply = altered(
        wire, lambda headers: headers.update({"Authorization": "AWS4-HMAC-SHA256 nonsense"})
    )
    code, message = reply.error
    assert (reply.status, code) == (400, "IncompleteSignatureException")
    assert "not a valid key=value pair (missing equal-sign) in Authorization header" in message


@case("SM-445", PROTOCOL)
def test_an_authorization_without_blanks_after_its_commas_is_fine(wire):
    def squeeze(headers):
        headers["Authorization"] = headers["Authorization"].replace(", ", ",")

    assert altered(wire, squeeze).status == 200


@case("SM-446", PROTOCOL)
def test_the_parts_of_an_authorization_come_in_any_order(wire):
    def turn(headers):
        scheme, _, rest = headers["Authorization"].partition(" ")
        headers["Authorization"] = f"{scheme} {', '.join(reversed(rest.split(', ')))}"

    assert altered(wire, turn).status == 200


@case("SM-447", INFERRED)
def test_any_region_may_be_called(wire):
    assert listed(wire, region="us-west-2").status == 200


@case("SM-448", INFERRED)
def test_a_wrong_secret_is_told_nothing_about_the_secret_asked_for(wire, secret, name):
    known = wire.post("GetSecretValue", {"SecretId": secret["ARN"]}, secret_key="wrong")
    unknown = wire.post("GetSecretValue", {"SecretId": name + "/missing"}, secret_key="wrong")
    assert known.error == unknown.error
