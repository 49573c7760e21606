"""AWS's signing helper, as it is, gets credentials from Roles Anywhere."""

import json
import os
import subprocess

import pytest

from certificates import Authority, pem
from connecting import connecting
from evidence import PROTOCOL, case
from identities import People, allow, document
from server import running

HELPER = os.environ["SIGNING_HELPER"]
PATIENCE_SECONDS = 60
TRUST = document(
    {
        "Effect": "Allow",
        "Principal": {"Service": "rolesanywhere.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": {"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "host-1"}},
    }
)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    with running(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def scene(endpoint):
    """An authority, and the options that name anchor, profile and role."""
    connect = connecting(endpoint)
    anywhere, people, authority = connect("rolesanywhere"), People(connect), Authority()
    role = people.role(allow("secretsmanager:ListSecrets"), trusts=TRUST)
    source = {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": {"x509CertificateData": pem(authority.certificate)},
    }
    anchor = anywhere.create_trust_anchor(name="hosts", source=source, enabled=True)["trustAnchor"]
    profile = anywhere.create_profile(name="web", roleArns=[role.arn], enabled=True)["profile"]
    options = ["--trust-anchor-arn", anchor["trustAnchorArn"], "--role-arn", role.arn]
    options += ["--profile-arn", profile["profileArn"], "--endpoint", endpoint]
    yield connect, authority, options
    anywhere.delete_profile(profileId=profile["profileId"])
    anywhere.delete_trust_anchor(trustAnchorId=anchor["trustAnchorId"])
    people.remove()


def helped(holder, options, folder):
    (folder / "host.pem").write_text(pem(holder.certificate))
    (folder / "host.key").write_text(holder.pem_key())
    files = ["--certificate", folder / "host.pem", "--private-key", folder / "host.key"]
    if holder.chain:
        (folder / "chain.pem").write_text("".join(map(pem, holder.chain)))
        files += ["--intermediates", folder / "chain.pem"]
    return subprocess.run(
        [HELPER, "credential-process", *files, *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        env={"HOME": str(folder), "PATH": os.environ["PATH"], "NO_PROXY": "*"},
    )


@pytest.mark.parametrize("below", [False, True], ids=["of the anchor", "of one below"])
@pytest.mark.parametrize("kind", ["rsa", "p256", "p384"])
@case("GO-001", PROTOCOL)
def test_the_helper_gets_a_session(scene, tmp_path, kind, below):
    connect, authority, options = scene
    issuer = Authority("Below", above=authority, kind="rsa") if below else authority
    ran = helped(issuer.issue(kind), options, tmp_path)
    assert ran.returncode == 0, ran.stderr
    printed = json.loads(ran.stdout)
    assert printed["Version"] == 1
    sm = connect(
        "secretsmanager",
        access_key=printed["AccessKeyId"],
        secret_key=printed["SecretAccessKey"],
        session_token=printed["SessionToken"],
    )
    sm.list_secrets()


@case("GO-002", PROTOCOL)
def test_the_helper_tells_a_refusal(scene, tmp_path):
    _, _, options = scene
    ran = helped(Authority().issue(), options, tmp_path)
    assert ran.returncode != 0
    assert "AccessDeniedException: Untrusted signing certificate" in ran.stderr
