"""Certificate authorities, and requests that the key of a certificate signs as AWS publishes it."""

import base64
import hashlib
import http.client
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

NAMES = {"CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME}
USAGES = (
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
    "key_cert_sign crl_sign encipher_only decipher_only"
).split()


def key_of(kind):
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1}[kind]())


def named(**parts):
    return x509.Name([x509.NameAttribute(NAMES[name], text) for name, text in parts.items()])


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def base64_der(certificate):
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


@dataclass
class Holder:
    """Who has a certificate, its key and what leads to its anchor."""

    certificate: object
    key: object
    chain: list

    def pem_key(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def create_session(self, endpoint, body, region="us-east-1", when=None, **odd):
        """Status and reply of CreateSession; `odd` makes one thing of the request wrong."""
        when = when or datetime.now(timezone.utc)
        arns = {k: body.pop(k) for k in ("profileArn", "roleArn", "trustAnchorArn") if k in body}
        query = "&".join(f"{k}={quote(v, safe='')}" for k, v in sorted(arns.items()))
        payload = json.dumps(body)
        host = urlsplit(endpoint).netloc
        headers = {
            "content-type": "application/json",
            "host": host,
            "x-amz-date": when.strftime("%Y%m%dT%H%M%SZ"),
            "x-amz-x509": base64_der(self.certificate),
        }
        if self.chain:
            headers["x-amz-x509-chain"] = ",".join(map(base64_der, self.chain))
        signed = ";".join(sorted(set(headers) - odd.get("unsigned", set())))
        lines = "".join(f"{name}:{headers[name]}\n" for name in signed.split(";"))
        canonical = f"POST\n/sessions\n{query}\n{lines}\n{signed}\n{digest(payload)}"
        is_rsa = isinstance(self.key, rsa.RSAPrivateKey)
        algorithm = odd.get("algorithm", f"AWS4-X509-{'RSA' if is_rsa else 'ECDSA'}-SHA256")
        scope = f"{headers['x-amz-date'][:8]}/{region}/rolesanywhere/aws4_request"
        text = f"{algorithm}\n{headers['x-amz-date']}\n{scope}\n{digest(canonical)}".encode()
        key = odd.get("key", self.key)
        if isinstance(key, rsa.RSAPrivateKey):
            signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        else:
            signature = key.sign(text, ec.ECDSA(hashes.SHA256()))
        serial = odd.get("serial", self.certificate.serial_number)
        headers["authorization"] = (
            f"{algorithm} Credential={serial}/{scope}, SignedHeaders={signed}, "
            f"Signature={signature.hex()}"
        )
        headers |= odd.get("headers", {})
        connection = http.client.HTTPConnection(host)
        payload = odd.get("payload", payload)
        connection.request("POST", f"/sessions?{query}", payload, headers)
        reply = connection.getresponse()
        told = json.loads(reply.read())
        kind = reply.getheader("x-amzn-errortype", "")
        return reply.status, {"__type": kind, **told} if reply.status >= 400 else told


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Authority:
    """A certificate authority; one below another if `above` is given."""

    def __init__(self, name="Conformance CA", above=None, kind="p256", **odd):
        self.above = above
        self.name = named(O="Conformance", CN=name)
        self.key = key_of(kind)
        issuer = above or self
        self.certificate = issuer.sign(
            self.name,
            self.key.public_key(),
            is_authority=odd.pop("is_authority", True),
            usage=("key_cert_sign", "crl_sign"),
            **odd,
        )

    def sign(self, subject, public_key, is_authority=False, usage=("digital_signature",), **more):
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(more.get("begins", now - timedelta(hours=1)))
            .not_valid_after(more.get("ends", now + timedelta(days=1)))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )
        if usage:
            usages = {name: name in usage for name in USAGES}
            builder = builder.add_extension(x509.KeyUsage(**usages), critical=True)
        if "names" in more:
            names = x509.SubjectAlternativeName(more["names"])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, kind="p256", subject=None, **more):
        """A Holder of a certificate of this authority; the chain ends below the topmost one."""
        key = key_of(kind)
        certificate = self.sign(named(**(subject or {"OU": "web", "CN": "host-1"})), key.public_key(), **more)
        chain, authority = [], self
        while authority.above:
            chain.append(authority.certificate)
            authority = authority.above
        return Holder(certificate, key, chain)

    def revoke(self, *holders):
        """A revocation list, as PEM."""
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=1))
        )
        for holder in holders:
            revoked = (
                x509.RevokedCertificateBuilder()
                .serial_number(holder.certificate.serial_number)
                .revocation_date(now - timedelta(minutes=5))
            )
            builder = builder.add_revoked_certificate(revoked.build())
        signed = builder.sign(self.key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)
