"""Roles for those whom an identity provider vouches for; its keys come from its URL or from a file."""

import base64
import json
import ssl
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from botocore import UNSIGNED
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from conftest import ACCOUNT
from connecting import connecting
from evidence import USER_GUIDE, case
from expect import refused
from server import running

AUDIENCE = "sts.amazonaws.com"
IN_A_FILE = "https://cluster.internal"


class Provider:
    """An OpenID Connect provider on this machine."""

    def __init__(self, folder):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.asked = []
        certificate, key = self.certificate()
        (folder / "tls.pem").write_bytes(certificate + key)
        self.authorities = folder / "ca.pem"
        self.authorities.write_bytes(certificate)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "tls.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.issuer = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def certificate():
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
        now = datetime.now(timezone.utc)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
            )
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return made.public_bytes(serialization.Encoding.PEM), private

    def handler(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked.append(self.path)
                pages = {
                    "/.well-known/openid-configuration": {
                        "issuer": provider.issuer,
                        "jwks_uri": f"{provider.issuer}/keys",
                    },
                    "/keys": provider.keys(),
                }
                body = json.dumps(pages.get(self.path, {})).encode()
                self.send_response(200 if self.path in pages else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def keys(self):
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256"}
        key["n"] = encoded(numbers.n.to_bytes(256, "big"))
        key["e"] = encoded(numbers.e.to_bytes(3, "big"))
        return {"keys": [key]}

    def token(self, key=None, **claims):
        now = int(time.time())
        head = {"alg": "RS256", "typ": "JWT", "kid": "one"}
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "system:serviceaccount:shop:api",
            "iat": now,
            "exp": now + 600,
            **claims,
        }
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        signature = (key or self.key).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encoded(signature)}"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    made = Provider(tmp_path_factory.mktemp("provider"))
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def client(provider, tmp_path_factory):
    """Clients of a server that trusts the provider's certificate."""
    folder = tmp_path_factory.mktemp("web-identity")
    (folder / "jwks.json").write_text(json.dumps({IN_A_FILE: provider.keys()}))
    flags = ["--outbound-ca", provider.authorities, "--jwks-file", folder / "jwks.json"]
    with running(folder, *flags) as endpoint:
        yield connecting(endpoint)


@pytest.fixture(scope="module")
def role(client, provider):
    """A role that trusts a service account of the provider, and one of the cluster in the file."""
    iam = client("iam")
    statements = []
    for issuer in (provider.issuer, IN_A_FILE):
        host = issuer.removeprefix("https://")
        made = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[AUDIENCE])
        statements.append(
            {
                "Effect": "Allow",
                "Principal": {"Federated": made["OpenIDConnectProviderArn"]},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{host}:aud": AUDIENCE,
                        f"{host}:sub": "system:serviceaccount:shop:api",
                    }
                },
            }
        )
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return iam.create_role(RoleName="shop-api", AssumeRolePolicyDocument=document)["Role"]["Arn"]


@pytest.fixture
def assume(client, role):
    sts = client("sts", signature_version=UNSIGNED)

    def assume(token):
        return sts.assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="api", WebIdentityToken=token
        )

    return assume


@case("STS-080", USER_GUIDE)
def test_a_providers_keys_come_from_where_it_says(assume, provider):
    reply = assume(provider.token())
    assert reply["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-api/api"
    assert reply["SubjectFromWebIdentityToken"] == "system:serviceaccount:shop:api"
    assert provider.asked[:2] == ["/.well-known/openid-configuration", "/keys"]
    asked = len(provider.asked)
    assume(provider.token())
    assert len(provider.asked) == asked, "the keys are kept for a while"


@case("STS-081", USER_GUIDE)
def test_an_issuer_without_a_public_address_is_known_by_a_file(assume, provider):
    reply = assume(provider.token(iss=IN_A_FILE))
    assert reply["Provider"].endswith("cluster.internal")


@case("STS-082", USER_GUIDE)
def test_a_token_signed_by_another_key_is_refused(assume, provider):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with refused("InvalidIdentityToken"):
        assume(provider.token(key=other))


@case("STS-083", USER_GUIDE)
def test_another_subject_is_not_trusted(assume, provider):
    with refused("AccessDenied", status=403):
        assume(provider.token(sub="system:serviceaccount:shop:other"))
