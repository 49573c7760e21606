"""Roles Anywhere: anchors, profiles and revocation lists, and sessions for those who hold certificates."""

import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from certificates import Authority, pem
from conftest import ACCOUNT
from evidence import INFERRED, ISSUE, MODEL, PROTOCOL, USER_GUIDE, case
from expect import refused
from identities import allow, document

SERVICE = "rolesanywhere.amazonaws.com"
ACTIONS = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
REGION = "us-east-1"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def anywhere(connect):
    return connect("rolesanywhere")


@pytest.fixture(scope="session")
def authority():
    return Authority()


def bundle(authority):
    return {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": {"x509CertificateData": pem(authority.certificate)},
    }


def trusting(**condition):
    """A trust policy for Roles Anywhere."""
    more = {"Condition": condition} if condition else {}
    return document(
        {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": ACTIONS, **more}
    )


@pytest.fixture
def make_anchor(anywhere):
    made = []

    def make(authority, **more):
        more = {"name": "hosts", "enabled": True, "source": bundle(authority), **more}
        made.append(anywhere.create_trust_anchor(**more)["trustAnchor"])
        return made[-1]

    yield make
    for anchor in made:
        anywhere.delete_trust_anchor(trustAnchorId=anchor["trustAnchorId"])


@pytest.fixture
def make_profile(anywhere):
    made = []

    def make(*roles, **more):
        arns = [role.arn for role in roles]
        more = {"name": "web", "enabled": True, "roleArns": arns, **more}
        made.append(anywhere.create_profile(**more)["profile"])
        return made[-1]

    yield make
    for profile in made:
        anywhere.delete_profile(profileId=profile["profileId"])


@pytest.fixture
def scene(endpoint, authority, make_anchor, make_profile, people):
    """An anchor, a profile and its role, and how a holder asks for a session of it."""
    role = people.role(allow("secretsmanager:*"), trusts=trusting())
    anchor, profile = make_anchor(authority), make_profile(role)
    arns = {
        "trustAnchorArn": anchor["trustAnchorArn"],
        "profileArn": profile["profileArn"],
        "roleArn": role.arn,
    }

    def ask(holder, body=None, **odd):
        return holder.create_session(endpoint, {**arns, **(body or {})}, **odd)

    return SimpleNamespace(role=role, anchor=anchor, profile=profile, ask=ask)


def assert_denied(answer, message=None):
    status, told = answer
    assert (status, told["__type"]) == (403, "AccessDeniedException"), told
    assert message in (None, told["message"])


@pytest.mark.parametrize("kind", ["rsa", "p256", "p384"])
@case("RA-001", PROTOCOL)
def test_the_holder_of_a_certificate_gets_a_session(scene, authority, connect, kind):
    holder = authority.issue(kind)
    status, told = scene.ask(holder)
    assert status == 201, told
    [one] = told["credentialSet"]
    serial = holder.certificate.serial_number
    name = serial.to_bytes((serial.bit_length() + 7) // 8).hex()
    assert one["assumedRoleUser"]["arn"] == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/{scene.role.name}/{name}"
    )
    assert (one["roleArn"], one["sourceIdentity"]) == (scene.role.arn, "CN=host-1")
    credentials = one["credentials"]
    ends = datetime.fromisoformat(credentials["expiration"])
    assert timedelta(minutes=58) < ends - datetime.now(timezone.utc) <= HOUR
    keys = {
        "access_key": credentials["accessKeyId"],
        "secret_key": credentials["secretAccessKey"],
        "session_token": credentials["sessionToken"],
    }
    assert connect("sts", **keys).get_caller_identity()["Arn"] == one["assumedRoleUser"]["arn"]
    connect("secretsmanager", **keys).list_secrets()
    assert f":{ACCOUNT}:subject/" in told["subjectArn"]


@case("RA-002", PROTOCOL)
def test_certificates_of_other_authorities_get_no_session(scene):
    for name in ("Conformance CA", "Other"):
        assert_denied(scene.ask(Authority(name).issue()), "Untrusted signing certificate")


@case("RA-003", PROTOCOL)
def test_intermediate_authorities_are_shown_by_the_sender(scene, authority):
    middle = Authority("Middle", above=authority)
    holder = Authority("Lower", above=middle).issue()
    assert scene.ask(holder)[0] == 201
    holder.chain.pop()
    assert_denied(scene.ask(holder), "Untrusted signing certificate")


@case("RA-004", ISSUE)
def test_the_signature_is_that_of_the_certificate_s_key(scene, authority):
    holder, other = authority.issue(), authority.issue()
    assert_denied(scene.ask(holder, key=other.key), "Invalid signature")
    assert_denied(scene.ask(holder, serial=1), "Invalid signature")
    assert_denied(scene.ask(holder, payload='{"durationSeconds": 900}'), "Invalid signature")
    assert_denied(scene.ask(holder, algorithm="AWS4-X509-RSA-SHA256"), "Invalid signature")


@case("RA-005", PROTOCOL)
def test_certificate_and_chain_are_signed(scene, authority):
    holder = Authority("Middle", above=authority).issue()
    for name in ("x-amz-x509", "x-amz-x509-chain"):
        status, told = scene.ask(holder, unsigned={name})
        assert (status, told["__type"]) == (403, "InvalidSignatureException")


@case("RA-006", PROTOCOL)
def test_a_request_is_good_for_minutes(scene, authority):
    holder = authority.issue()
    for when in (-HOUR, HOUR):
        status, told = scene.ask(holder, when=datetime.now(timezone.utc) + when)
        assert (status, told["__type"]) == (403, "InvalidSignatureException")


@case("RA-007", PROTOCOL)
def test_a_certificate_counts_while_it_is_valid(scene, authority):
    now = datetime.now(timezone.utc)
    for times in (
        {"begins": now - 2 * HOUR, "ends": now - HOUR},
        {"begins": now + HOUR, "ends": now + 2 * HOUR},
    ):
        assert_denied(scene.ask(authority.issue(**times)))


@case("RA-008", USER_GUIDE)
def test_a_certificate_has_to_be_for_signatures_and_no_authority_s(scene, authority):
    assert_denied(scene.ask(authority.issue(usage=("key_encipherment",))))
    assert_denied(scene.ask(authority.issue(usage=())))
    assert_denied(scene.ask(authority.issue(is_authority=True)))


@case("RA-009", USER_GUIDE)
def test_trust_policies_ask_for_parts_of_the_certificate(scene, authority, people):
    for condition, is_trusted in (
        ({"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "host-1"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "host-2"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "web"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/x509Issuer/CN": "Conformance CA"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/x509SAN/DNS": "host-1.example.com"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/x509SAN/URI": "spiffe://example.com/x"}}, False),
        ({"StringEquals": {"aws:RequestTag/x509Subject/CN": "host-1"}}, True),
        ({"StringEquals": {"sts:SourceIdentity": "CN=host-1"}}, True),
        ({"ArnEquals": {"aws:SourceArn": scene.anchor["trustAnchorArn"]}}, True),
        ({"ArnEquals": {"aws:SourceArn": scene.anchor["trustAnchorArn"] + "x"}}, False),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, True),
    ):
        people.iam.update_assume_role_policy(
            RoleName=scene.role.name, PolicyDocument=trusting(**condition)
        )
        names = [
            x509.DNSName("host-1.example.com"),
            x509.UniformResourceIdentifier("spiffe://example.com/host-1"),
        ]
        answer = scene.ask(authority.issue(names=names))
        if is_trusted:
            assert answer[0] == 201, (condition, answer)
        else:
            assert_denied(answer, f"Unable to assume role for {scene.role.arn}")


@case("RA-010", USER_GUIDE)
def test_a_role_must_let_tags_and_source_identity_be_set(scene, authority, people):
    for left_out in ACTIONS:
        actions = [action for action in ACTIONS if action != left_out]
        policy = document(
            {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": actions}
        )
        people.iam.update_assume_role_policy(RoleName=scene.role.name, PolicyDocument=policy)
        assert_denied(scene.ask(authority.issue()))


@case("RA-011", PROTOCOL)
def test_what_is_imported_as_revoked_gets_no_session(scene, authority, anywhere):
    good, bad = authority.issue(), authority.issue()
    crl = anywhere.import_crl(
        name="revoked",
        crlData=authority.revoke(bad),
        trustAnchorArn=scene.anchor["trustAnchorArn"],
        enabled=True,
    )["crl"]
    assert scene.ask(good)[0] == 201
    assert_denied(scene.ask(bad))
    anywhere.disable_crl(crlId=crl["crlId"])
    assert scene.ask(bad)[0] == 201
    anywhere.enable_crl(crlId=crl["crlId"])
    other = authority.revoke(good)
    anywhere.update_crl(crlId=crl["crlId"], crlData=other)
    assert scene.ask(bad)[0] == 201
    assert_denied(scene.ask(good))
    assert [one["crlId"] for one in anywhere.list_crls()["crls"]] == [crl["crlId"]]
    assert anywhere.get_crl(crlId=crl["crlId"])["crl"]["crlData"] == other
    anywhere.delete_crl(crlId=crl["crlId"])
    assert scene.ask(good)[0] == 201


@case("RA-012", INFERRED)
def test_a_list_of_the_anchor_s_authority_bears_its_signature(scene, authority, anywhere):
    arn = scene.anchor["trustAnchorArn"]
    for data in (Authority().revoke(), b"nothing", b"-----BEGIN X509 CRL-----"):
        with refused("ValidationException"):
            anywhere.import_crl(name="forged", crlData=data, trustAnchorArn=arn, enabled=True)


@case("RA-031", INFERRED)
def test_lists_of_authorities_below_the_anchor_count_as_well(scene, authority, anywhere):
    """Who signed such a list is known only with the chain: in doubt, the sender is refused."""
    middle = Authority("Middle", above=authority)
    good, bad = middle.issue(), middle.issue()
    arn = scene.anchor["trustAnchorArn"]

    def listed(data):
        imported = anywhere.import_crl(name="x", crlData=data, trustAnchorArn=arn, enabled=True)
        answers = scene.ask(good), scene.ask(bad)
        anywhere.delete_crl(crlId=imported["crl"]["crlId"])
        return answers

    first, second = listed(middle.revoke(bad))
    assert first[0] == 201
    assert_denied(second, "Certificate revoked")
    for answer in listed(authority.revoke(SimpleNamespace(certificate=middle.certificate))):
        assert_denied(answer, "Certificate revoked")
    for answer in listed(Authority("Middle").revoke()):
        assert_denied(answer, "Untrusted signing certificate")


@case("RA-013", USER_GUIDE)
def test_anchor_and_profile_can_be_turned_off(scene, authority, anywhere):
    holder = authority.issue()
    anchor = {"trustAnchorId": scene.anchor["trustAnchorId"]}
    profile = {"profileId": scene.profile["profileId"]}
    assert anywhere.disable_trust_anchor(**anchor)["trustAnchor"]["enabled"] is False
    assert_denied(scene.ask(holder))
    anywhere.enable_trust_anchor(**anchor)
    assert anywhere.disable_profile(**profile)["profile"]["enabled"] is False
    assert_denied(scene.ask(holder))
    assert anywhere.enable_profile(**profile)["profile"]["enabled"] is True
    assert scene.ask(holder)[0] == 201


@case("RA-014", USER_GUIDE)
def test_only_roles_of_the_profile_are_reached(scene, authority, people):
    other = people.role(trusts=trusting())
    answer = scene.ask(authority.issue(), {"roleArn": other.arn})
    assert_denied(answer, f"Unable to assume role for {other.arn}")


@case("RA-015", USER_GUIDE)
def test_a_session_lasts_no_longer_than_the_profile_says(scene, authority, anywhere):
    anywhere.update_profile(profileId=scene.profile["profileId"], durationSeconds=1800)

    def minutes(body):
        status, told = scene.ask(authority.issue(), body)
        assert status == 201, told
        ends = told["credentialSet"][0]["credentials"]["expiration"]
        left = datetime.fromisoformat(ends) - datetime.now(timezone.utc)
        return round(left.total_seconds() / 60)

    assert minutes({}) == 30
    assert minutes({"durationSeconds": 900}) == 15
    assert minutes({"durationSeconds": 3600}) == 30
    status, told = scene.ask(authority.issue(), {"durationSeconds": 899})
    assert (status, told["__type"]) == (400, "ValidationException")


@case("RA-016", USER_GUIDE)
def test_a_session_is_named_by_the_request_if_the_profile_accepts_it(scene, authority, anywhere):
    holder = authority.issue()
    assert_denied(scene.ask(holder, {"roleSessionName": "night"}))
    anywhere.update_profile(profileId=scene.profile["profileId"], acceptRoleSessionName=True)
    status, told = scene.ask(holder, {"roleSessionName": "night"})
    assert status == 201
    [one] = told["credentialSet"]
    assert one["assumedRoleUser"]["arn"].endswith(f":assumed-role/{scene.role.name}/night")


@case("RA-017", USER_GUIDE)
def test_the_profile_limits_what_sessions_may_do(scene, authority, anywhere, connect):
    policy = document(allow("secretsmanager:ListSecrets"))
    anywhere.update_profile(profileId=scene.profile["profileId"], sessionPolicy=policy)
    status, told = scene.ask(authority.issue())
    assert status == 201
    credentials = told["credentialSet"][0]["credentials"]
    sm = connect(
        "secretsmanager",
        access_key=credentials["accessKeyId"],
        secret_key=credentials["secretAccessKey"],
        session_token=credentials["sessionToken"],
    )
    sm.list_secrets()
    with refused("AccessDeniedException"):
        sm.create_secret(Name="x", SecretString="y")


@case("RA-018", USER_GUIDE)
def test_the_profile_says_which_parts_become_tags(scene, authority, anywhere, people):
    profile = {"profileId": scene.profile["profileId"]}
    mappings = anywhere.get_profile(**profile)["profile"]["attributeMappings"]
    assert {one["certificateField"] for one in mappings} == {"x509Subject", "x509Issuer", "x509SAN"}
    people.iam.update_assume_role_policy(
        RoleName=scene.role.name,
        PolicyDocument=trusting(StringEquals={"aws:PrincipalTag/x509Subject/OU": "web"}),
    )
    anywhere.put_attribute_mapping(
        **profile, certificateField="x509Subject", mappingRules=[{"specifier": "CN"}]
    )
    assert_denied(scene.ask(authority.issue()))
    anywhere.put_attribute_mapping(
        **profile,
        certificateField="x509Subject",
        mappingRules=[{"specifier": "CN"}, {"specifier": "OU"}],
    )
    assert scene.ask(authority.issue())[0] == 201
    left = anywhere.delete_attribute_mapping(
        **profile, certificateField="x509Subject", specifiers=["OU"]
    )["profile"]["attributeMappings"]
    assert {"certificateField": "x509Subject", "mappingRules": [{"specifier": "CN"}]} in left
    assert_denied(scene.ask(authority.issue()))


@case("RA-019", USER_GUIDE)
def test_tags_of_the_certificate_go_with_the_session(scene, authority, people, connect):
    people.iam.put_role_policy(
        RoleName=scene.role.name,
        PolicyName="own",
        PolicyDocument=document(
            allow(
                "secretsmanager:ListSecrets",
                Condition={"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "host-7"}},
            )
        ),
    )
    for name, may in (("host-7", True), ("host-8", False)):
        status, told = scene.ask(authority.issue(subject={"CN": name}))
        assert status == 201
        credentials = told["credentialSet"][0]["credentials"]
        sm = connect(
            "secretsmanager",
            access_key=credentials["accessKeyId"],
            secret_key=credentials["secretAccessKey"],
            session_token=credentials["sessionToken"],
        )
        if may:
            sm.list_secrets()
        else:
            with refused("AccessDeniedException"):
                sm.list_secrets()


@case("RA-020", MODEL)
def test_who_came_by_is_remembered(scene, authority, anywhere):
    holder = authority.issue(subject={"CN": "remembered"})
    arn = scene.ask(holder, {"instanceProperties": {"rack": "7"}})[1]["subjectArn"]
    assert scene.ask(holder)[1]["subjectArn"] == arn
    subject = anywhere.get_subject(subjectId=arn.split("/")[1])["subject"]
    assert (subject["x509Subject"], subject["enabled"]) == ("CN=remembered", True)
    [seen] = subject["credentials"]
    assert seen["serialNumber"] == str(holder.certificate.serial_number)
    assert seen["x509CertificateData"] == pem(holder.certificate)
    assert [one["properties"] for one in subject["instanceProperties"]] == [{"rack": "7"}]
    pages = anywhere.get_paginator("list_subjects").paginate(pageSize=1)
    listed = [one["subjectArn"] for page in pages for one in page["subjects"]]
    assert listed.count(arn) == 1


@case("RA-021", MODEL)
def test_an_anchor_is_made_described_changed_and_removed(anywhere, authority, people):
    made = anywhere.create_trust_anchor(name="first", source=bundle(authority))["trustAnchor"]
    assert made["enabled"] is False
    assert made["trustAnchorArn"] == (
        f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:trust-anchor/{made['trustAnchorId']}"
    )
    assert isinstance(made["createdAt"], datetime)
    by_arn = anywhere.get_trust_anchor(trustAnchorId=made["trustAnchorArn"])["trustAnchor"]
    assert by_arn == made
    other = Authority("Other")
    changed = anywhere.update_trust_anchor(
        trustAnchorId=made["trustAnchorId"], name="second", source=bundle(other)
    )["trustAnchor"]
    assert (changed["name"], changed["source"]) == ("second", bundle(other))
    arn = made["trustAnchorArn"]
    anywhere.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "data"}])
    assert anywhere.list_tags_for_resource(resourceArn=arn)["tags"] == [
        {"key": "team", "value": "data"}
    ]
    anywhere.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert anywhere.list_tags_for_resource(resourceArn=arn)["tags"] == []
    anywhere.delete_trust_anchor(trustAnchorId=made["trustAnchorId"])
    with refused("ResourceNotFoundException", status=404):
        anywhere.get_trust_anchor(trustAnchorId=made["trustAnchorId"])
    with refused("AccessDeniedException", status=403):
        people.user().client("rolesanywhere").get_trust_anchor(trustAnchorId=made["trustAnchorId"])


@case("RA-022", USER_GUIDE)
def test_an_anchor_is_of_authorities_only(anywhere, authority):
    leaf = authority.issue()
    for source in (
        {
            "sourceType": "CERTIFICATE_BUNDLE",
            "sourceData": {"x509CertificateData": pem(leaf.certificate)},
        },
        {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "nothing"}},
        {"sourceType": "CERTIFICATE_BUNDLE"},
        {"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": "arn:aws:acm-pca:::x"}},
    ):
        with refused("ValidationException"):
            anywhere.create_trust_anchor(name="odd", source=source)
    with refused("ValidationException"):
        anywhere.create_trust_anchor(name="a/b", source=bundle(authority))


@case("RA-023", MODEL)
def test_lists_go_on_from_page_to_page(anywhere, make_profile, people):
    role = people.role(trusts=trusting())
    made = {make_profile(role, name=f"p{number}")["profileId"] for number in range(3)}
    pages = list(anywhere.get_paginator("list_profiles").paginate(pageSize=2))
    assert all(len(page["profiles"]) <= 2 for page in pages)
    listed = [one["profileId"] for page in pages for one in page["profiles"]]
    assert made <= set(listed) and len(listed) == len(set(listed))
    with refused("ValidationException"):
        anywhere.list_profiles(nextToken="?")


@case("RA-024", USER_GUIDE)
def test_a_profile_takes_roles_that_its_maker_may_pass(people, connect):
    role = people.role(trusts=trusting())
    clerk = people.user(allow("rolesanywhere:*")).client("rolesanywhere")
    with refused("AccessDeniedException", status=403):
        clerk.create_profile(name="web", roleArns=[role.arn])
    passing = allow(
        "iam:PassRole", role.arn, Condition={"StringEquals": {"iam:PassedToService": SERVICE}}
    )
    clerk = people.user(allow("rolesanywhere:*"), passing).client("rolesanywhere")
    made = clerk.create_profile(name="web", roleArns=[role.arn])["profile"]
    assert (made["durationSeconds"], made["createdBy"]) == (3600, ACCOUNT)
    clerk.delete_profile(profileId=made["profileId"])


@case("RA-025", PROTOCOL)
def test_instance_properties_can_be_required(scene, authority, make_profile):
    profile = make_profile(scene.role, requireInstanceProperties=True)
    arn = {"profileArn": profile["profileArn"]}
    assert scene.ask(authority.issue(), arn)[0] == 400
    told = {**arn, "instanceProperties": {"rack": "7"}}
    assert scene.ask(authority.issue(), told)[0] == 201


@case("RA-026", PROTOCOL)
def test_anchor_and_profile_that_are_not_there_are_told(scene, authority):
    gone = "0f0e0d0c-0b0a-4908-8706-050403020100"
    for name in ("trustAnchorArn", "profileArn"):
        kind = {"trustAnchorArn": "trust-anchor", "profileArn": "profile"}[name]
        arn = f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:{kind}/{gone}"
        status, told = scene.ask(authority.issue(), {name: arn})
        assert (status, told["__type"]) == (404, "ResourceNotFoundException")


@case("RA-027", INFERRED)
def test_what_is_no_certificate_is_refused(scene, authority):
    holder = authority.issue()
    for header in ("", "AAAA", "!", "QUJD" * 8000):
        status, _ = scene.ask(holder, headers={"x-amz-x509": header})
        assert 400 <= status < 500


@case("RA-028", PROTOCOL)
def test_a_weak_key_signs_nothing(scene, authority):
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    holder = authority.issue()
    holder.certificate = authority.sign(holder.certificate.subject, weak.public_key())
    holder.key = weak
    assert_denied(scene.ask(holder))


@case("RA-030", INFERRED)
def test_a_certificate_signs_no_other_call(endpoint):
    date = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    request = urllib.request.Request(
        endpoint,
        b"{}",
        {
            "x-amz-target": "secretsmanager.ListSecrets",
            "x-amz-date": date,
            "authorization": "AWS4-X509-ECDSA-SHA256 "
            f"Credential=1/{date[:8]}/{REGION}/secretsmanager/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=00",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert "AWS4-X509-ECDSA-SHA256" in caught.value.read().decode()


@case("RA-029", PROTOCOL)
def test_sessions_and_their_assume_role_are_on_record(scene, authority, connect):
    scene.ask(authority.issue(subject={"CN": "on-record"}))
    events = connect("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateSession"}]
    )["Events"]
    assert any(scene.profile["profileArn"] in one["CloudTrailEvent"] for one in events)
    assert not any("sessionToken\":\"" in one["CloudTrailEvent"] for one in events)
