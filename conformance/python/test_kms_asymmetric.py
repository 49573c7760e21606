"""KMS: signatures, MACs, imported material and keys in several regions."""

import hashlib
import os
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from conftest import ACCOUNT, REGION, REPLICA_REGION
from evidence import MODEL, SNAPSHOT, USER_GUIDE, case
from expect import refused

MESSAGE = b"what is signed"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


@pytest.fixture
def make(kms):
    made = []

    def make(**request):
        metadata = kms.create_key(**request)["KeyMetadata"]
        made.append(metadata["KeyId"])
        return metadata

    yield make
    for key in made:
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


def public_key(kms, key):
    reply = kms.get_public_key(KeyId=key["KeyId"])
    assert reply["KeySpec"] == key["KeySpec"]
    return serialization.load_der_public_key(reply["PublicKey"])


def check_rsa(public, algorithm, signature, message, hashed=None):
    digest = HASHES[algorithm[-3:]]
    scheme = (
        padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
        if "PSS" in algorithm
        else padding.PKCS1v15()
    )
    public.verify(signature, message, scheme, Prehashed(digest) if hashed else digest)


RSA = [
    f"{scheme}_SHA_{size}"
    for scheme in ("RSASSA_PSS", "RSASSA_PKCS1_V1_5")
    for size in ("256", "384", "512")
]


@pytest.mark.parametrize("algorithm", RSA)
@case("KMS-040", MODEL)
def test_an_rsa_signature_is_one_for_everybody(kms, make, algorithm):
    key = make(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    public = public_key(kms, key)
    given = {"KeyId": key["KeyId"], "SigningAlgorithm": algorithm}
    signature = kms.sign(Message=MESSAGE, **given)["Signature"]
    check_rsa(public, algorithm, signature, MESSAGE)
    with pytest.raises(InvalidSignature):
        check_rsa(public, algorithm, signature, b"something else")
    assert kms.verify(Message=MESSAGE, Signature=signature, **given)["SignatureValid"] is True


@case("KMS-041", MODEL)
def test_a_digest_is_signed_as_its_message(kms, make):
    key = make(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    given = {"KeyId": key["KeyId"], "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    digest = hashlib.sha256(MESSAGE).digest()
    signature = kms.sign(Message=digest, MessageType="DIGEST", **given)["Signature"]
    check_rsa(public_key(kms, key), "RSASSA_PSS_SHA_256", signature, digest, hashed=True)
    assert kms.verify(Message=MESSAGE, Signature=signature, **given)["SignatureValid"]
    with refused(
        "ValidationException", "Digest is invalid length for algorithm RSASSA_PSS_SHA_256."
    ):
        kms.sign(Message=b"short", MessageType="DIGEST", **given)


CURVES = [
    ("ECC_NIST_P256", "ECDSA_SHA_256"),
    ("ECC_NIST_P384", "ECDSA_SHA_384"),
    ("ECC_NIST_P521", "ECDSA_SHA_512"),
    ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
]


@pytest.mark.parametrize(("spec", "algorithm"), CURVES)
@case("KMS-042", MODEL)
def test_an_ecdsa_signature_is_one_for_everybody(kms, make, spec, algorithm):
    key = make(KeySpec=spec, KeyUsage="SIGN_VERIFY")
    given = {"KeyId": key["KeyId"], "SigningAlgorithm": algorithm}
    signature = kms.sign(Message=MESSAGE, **given)["Signature"]
    scheme = ec.ECDSA(HASHES[algorithm[-3:]])
    public_key(kms, key).verify(signature, MESSAGE, scheme)
    assert kms.verify(Message=MESSAGE, Signature=signature, **given)["SignatureValid"]


@case("KMS-043", SNAPSHOT)
def test_a_wrong_signature_is_an_error_and_not_false(kms, make):
    key = make(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    given = {"KeyId": key["KeyId"], "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(Message=MESSAGE, **given)["Signature"]
    with refused("KMSInvalidSignatureException"):
        kms.verify(Message=b"something else", Signature=signature, **given)


@pytest.mark.parametrize(
    ("algorithm", "digest"), [("SHA_1", hashes.SHA1()), ("SHA_256", hashes.SHA256())]
)
@case("KMS-044", MODEL)
def test_what_others_encrypt_to_an_rsa_key_is_decrypted(kms, make, algorithm, digest):
    key = make(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    scheme = padding.OAEP(padding.MGF1(digest), digest, None)
    blob = public_key(kms, key).encrypt(MESSAGE, scheme)
    reply = kms.decrypt(
        KeyId=key["KeyId"], CiphertextBlob=blob, EncryptionAlgorithm=f"RSAES_OAEP_{algorithm}"
    )
    assert reply["Plaintext"] == MESSAGE


@case("KMS-045", SNAPSHOT)
def test_an_rsa_key_encrypts_what_fits(kms, make):
    key = make(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    given = {"KeyId": key["KeyId"], "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    kms.encrypt(Plaintext=bytes(190), **given)
    with refused(
        "ValidationException",
        "Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 "
        "bytes.",
    ):
        kms.encrypt(Plaintext=bytes(191), **given)


@case("KMS-046", SNAPSHOT)
def test_a_signing_key_encrypts_nothing(kms, make):
    key = make(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    with refused(
        "InvalidKeyUsageException",
        f"{key['Arn']} key usage is SIGN_VERIFY which is not valid for Encrypt.",
    ):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")


@case("KMS-047", SNAPSHOT)
def test_a_mac_is_checked(kms, make):
    key = make(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    given = {"KeyId": key["KeyId"], "MacAlgorithm": "HMAC_SHA_256"}
    mac = kms.generate_mac(Message=MESSAGE, **given)["Mac"]
    assert len(mac) == 32
    assert kms.verify_mac(Message=MESSAGE, Mac=mac, **given)["MacValid"] is True
    with refused("KMSInvalidMacException"):
        kms.verify_mac(Message=b"something else", Mac=mac, **given)
    with refused(
        "InvalidKeyUsageException", "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256."
    ):
        kms.generate_mac(KeyId=key["KeyId"], Message=MESSAGE, MacAlgorithm="HMAC_SHA_512")


@case("KMS-048", SNAPSHOT)
def test_a_key_spec_needs_a_usage(kms):
    with refused(
        "ValidationException",
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    ):
        kms.create_key(KeySpec="RSA_2048")
    with refused(
        "ValidationException",
        "KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_P256",
    ):
        kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="ENCRYPT_DECRYPT")


@case("KMS-049", MODEL)
def test_a_data_key_pair_fits_together(kms, make):
    key = make()
    pair = kms.generate_data_key_pair(KeyId=key["KeyId"], KeyPairSpec="ECC_NIST_P256")
    private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)
    public = serialization.load_der_public_key(pair["PublicKey"])
    assert private.public_key().public_numbers() == public.public_numbers()
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])
    assert opened["Plaintext"] == pair["PrivateKeyPlaintext"]


@case("KMS-050", MODEL)
def test_both_sides_agree_on_a_shared_secret(kms, make):
    key = make(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
    mine = ec.generate_private_key(ec.SECP256R1())
    theirs = mine.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    reply = kms.derive_shared_secret(
        KeyId=key["KeyId"], KeyAgreementAlgorithm="ECDH", PublicKey=theirs
    )
    assert reply["SharedSecret"] == mine.exchange(ec.ECDH(), public_key(kms, key))


@pytest.fixture
def imported(kms, make):
    """(key, its material, import parameters) of a key whose material came from elsewhere."""
    key = make(Origin="EXTERNAL")
    material = os.urandom(32)
    import_material(kms, key, material)
    return key, material


def import_material(kms, key, material, **request):
    given = kms.get_parameters_for_import(
        KeyId=key["KeyId"], WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    wrapping = serialization.load_der_public_key(given["PublicKey"])
    assert isinstance(wrapping, rsa.RSAPublicKey)
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    request.setdefault("ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    return kms.import_key_material(
        KeyId=key["KeyId"],
        ImportToken=given["ImportToken"],
        EncryptedKeyMaterial=wrapping.encrypt(material, scheme),
        **request,
    )


@case("KMS-051", USER_GUIDE)
def test_a_key_without_material_waits_for_it(kms, make):
    key = make(Origin="EXTERNAL")
    assert (key["KeyState"], key["Origin"]) == ("PendingImport", "EXTERNAL")
    with refused("KMSInvalidStateException", f"{key['Arn']} is pending import."):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")


@case("KMS-052", USER_GUIDE)
def test_imported_material_is_used(kms, imported):
    key, _ = imported
    described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert described["KeyState"] == "Enabled"
    assert described["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


@case("KMS-053", USER_GUIDE)
def test_deleted_material_comes_back_by_another_import(kms, imported):
    key, material = imported
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    kms.delete_imported_key_material(KeyId=key["KeyId"])
    with refused("KMSInvalidStateException", f"{key['Arn']} is pending import."):
        kms.decrypt(CiphertextBlob=blob)
    import_material(kms, key, material)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


@case("KMS-054", USER_GUIDE)
def test_other_material_is_refused(kms, imported):
    key, _ = imported
    kms.delete_imported_key_material(KeyId=key["KeyId"])
    with refused("IncorrectKeyMaterialException"):
        import_material(kms, key, os.urandom(32))


@case("KMS-055", SNAPSHOT)
def test_material_that_expires_says_when(kms, make):
    key = make(Origin="EXTERNAL")
    with refused(
        "ValidationException",
        "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES",
    ):
        import_material(kms, key, os.urandom(32), ExpirationModel="KEY_MATERIAL_EXPIRES")
    until = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=1)
    import_material(
        kms, key, os.urandom(32), ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=until
    )
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["ValidTo"] == until


@case("KMS-056", MODEL)
def test_material_of_our_own_cannot_be_imported(kms, make):
    with refused("UnsupportedOperationException"):
        kms.get_parameters_for_import(
            KeyId=make()["KeyId"],
            WrappingAlgorithm="RSAES_OAEP_SHA_256",
            WrappingKeySpec="RSA_2048",
        )


@pytest.fixture
def there(connect):
    return connect("kms", region=REPLICA_REGION)


@pytest.fixture
def replicated(kms, there, make):
    """The metadata of a key that has a replica."""
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]
    kms.replicate_key(KeyId=key["KeyId"], ReplicaRegion=REPLICA_REGION)
    yield key
    there.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)


@case("KMS-057", USER_GUIDE)
def test_a_replica_has_the_same_id_and_material(kms, there, replicated):
    assert replicated["KeyId"].startswith("mrk-")
    replica = there.describe_key(KeyId=replicated["KeyId"])["KeyMetadata"]
    assert replica["Arn"] == f"arn:aws:kms:{REPLICA_REGION}:{ACCOUNT}:key/{replicated['KeyId']}"
    regions = replica["MultiRegionConfiguration"]
    assert regions["MultiRegionKeyType"] == "REPLICA"
    assert regions["PrimaryKey"] == {"Arn": replicated["Arn"], "Region": REGION}
    blob = kms.encrypt(KeyId=replicated["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert there.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    blob = there.encrypt(KeyId=replicated["KeyId"], Plaintext=b"y")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"y"


@case("KMS-058", SNAPSHOT)
def test_a_replica_is_not_replicated(there, replicated):
    with refused("UnsupportedOperationException"):
        there.replicate_key(KeyId=replicated["KeyId"], ReplicaRegion="eu-west-1")


@case("KMS-059", USER_GUIDE)
def test_a_primary_waits_for_its_replicas_to_go(kms, there):
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key, ReplicaRegion=REPLICA_REGION)
    reply = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert reply["KeyState"] == "PendingReplicaDeletion"
    there.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


@case("KMS-060", USER_GUIDE)
def test_the_primary_moves_to_another_region(kms, there, replicated):
    key = replicated["KeyId"]
    kms.update_primary_region(KeyId=key, PrimaryRegion=REPLICA_REGION)
    for client, kind in [(kms, "REPLICA"), (there, "PRIMARY")]:
        regions = client.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
        assert regions["MultiRegionKeyType"] == kind
    there.update_primary_region(KeyId=key, PrimaryRegion=REGION)


@case("KMS-061", USER_GUIDE)
def test_an_ordinary_key_is_not_replicated(kms, make):
    with refused("UnsupportedOperationException"):
        kms.replicate_key(KeyId=make()["KeyId"], ReplicaRegion=REPLICA_REGION)
