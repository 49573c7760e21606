"""KMS: keys, their states, aliases, and what is encrypted with them."""

import base64
import json
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from conftest import ACCOUNT, REGION
from evidence import INFERRED, MODEL, SNAPSHOT, TERRAFORM, USER_GUIDE, case
from expect import members, refused

KEYS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/"
CONTEXT = {"purpose": "test", "Stage": "1"}


@pytest.fixture
def make(kms):
    """Makes keys that are deleted after the test."""
    made = []

    def make(**request):
        metadata = kms.create_key(**request)["KeyMetadata"]
        made.append(metadata["KeyId"])
        return metadata

    yield make
    for key in made:
        try:
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        except kms.exceptions.KMSInvalidStateException:
            pass


@pytest.fixture
def key(make):
    return make()


@pytest.fixture
def blob(kms, key):
    return kms.encrypt(KeyId=key["KeyId"], Plaintext=b"secret", EncryptionContext=CONTEXT)[
        "CiphertextBlob"
    ]


@pytest.fixture
def alias(kms, key):
    name = f"alias/conformance-{uuid4().hex}"
    kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    yield name
    kms.delete_alias(AliasName=name)


@case("KMS-001", SNAPSHOT)
def test_a_new_key_is_symmetric_and_enabled(make):
    key = make(Description="mine", Tags=[{"TagKey": "a", "TagValue": "1"}])
    assert key["Arn"] == KEYS + key["KeyId"]
    assert key["AWSAccountId"] == ACCOUNT
    expected = {
        "Enabled": True,
        "Description": "mine",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }
    assert {name: key.get(name) for name in expected} == expected


@pytest.mark.parametrize("form", ["id", "ARN", "alias", "alias ARN"])
@case("KMS-002", USER_GUIDE)
def test_a_key_is_named_in_four_ways(kms, key, alias, form):
    name = {
        "id": key["KeyId"],
        "ARN": key["Arn"],
        "alias": alias,
        "alias ARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:{alias}",
    }[form]
    assert kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == key["Arn"]
    assert kms.encrypt(KeyId=name, Plaintext=b"x")["KeyId"] == key["Arn"]


@case("KMS-003", SNAPSHOT)
def test_what_is_encrypted_decrypts_without_naming_the_key(kms, key):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"secret")
    assert members(blob) == {"CiphertextBlob", "KeyId", "EncryptionAlgorithm"}
    reply = kms.decrypt(CiphertextBlob=blob["CiphertextBlob"])
    assert reply["Plaintext"] == b"secret"
    assert reply["KeyId"] == key["Arn"]
    assert reply["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"


@case("KMS-004", USER_GUIDE)
def test_the_order_of_the_context_does_not_matter(kms, blob):
    turned = dict(reversed(CONTEXT.items()))
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=turned)["Plaintext"] == b"secret"


@pytest.mark.parametrize(
    "context",
    [{}, {"purpose": "test"}, {**CONTEXT, "more": "x"}, {"purpose": "Test", "Stage": "1"},
     {"Purpose": "test", "Stage": "1"}],
)  # fmt: skip
@case("KMS-005", SNAPSHOT)
def test_another_context_does_not_decrypt(kms, blob, context):
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)


@case("KMS-006", SNAPSHOT)
def test_an_altered_ciphertext_does_not_decrypt(kms, blob):
    for altered in [blob[:-1] + bytes([blob[-1] ^ 1]), blob[:-5], b"not a ciphertext", blob + b"x"]:
        with refused("InvalidCiphertextException"):
            kms.decrypt(CiphertextBlob=altered, EncryptionContext=CONTEXT)


@case("KMS-007", SNAPSHOT)
def test_another_key_does_not_decrypt(kms, make, blob):
    with refused(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    ):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, KeyId=make()["KeyId"])


@case("KMS-008", SNAPSHOT)
def test_a_plaintext_has_4096_bytes_at_most(kms, wire, key):
    kms.encrypt(KeyId=key["KeyId"], Plaintext=bytes(4096))
    body = {"KeyId": key["KeyId"], "Plaintext": base64.b64encode(bytes(4097)).decode()}
    reply = wire.send(
        body=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "TrentService.Encrypt",
        },
        signature=wire.signature(service="kms"),
    )
    assert reply.error == (
        "ValidationException",
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member "
        "must have length less than or equal to 4096",
    )


@pytest.mark.parametrize(
    ("request_", "size"),
    [({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 64}, 64)],
)
@case("KMS-009", MODEL)
def test_a_data_key_comes_in_the_clear_and_encrypted(kms, key, request_, size):
    reply = kms.generate_data_key(KeyId=key["KeyId"], EncryptionContext=CONTEXT, **request_)
    assert len(reply["Plaintext"]) == size
    opened = kms.decrypt(CiphertextBlob=reply["CiphertextBlob"], EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == reply["Plaintext"]


@case("KMS-010", MODEL)
def test_a_data_key_may_come_encrypted_only(kms, key):
    reply = kms.generate_data_key_without_plaintext(KeyId=key["KeyId"], KeySpec="AES_256")
    assert "Plaintext" not in reply
    assert len(kms.decrypt(CiphertextBlob=reply["CiphertextBlob"])["Plaintext"]) == 32


@case("KMS-011", INFERRED)
def test_a_data_key_has_one_size(kms, key):
    for request in [{}, {"KeySpec": "AES_256", "NumberOfBytes": 32}]:
        with refused("ValidationException"):
            kms.generate_data_key(KeyId=key["KeyId"], **request)


@case("KMS-012", MODEL)
def test_a_ciphertext_moves_to_another_key(kms, key, make, blob):
    other = make()
    reply = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=other["KeyId"],
        DestinationEncryptionContext={"new": "context"},
    )
    assert (reply["SourceKeyId"], reply["KeyId"]) == (key["Arn"], other["Arn"])
    opened = kms.decrypt(
        CiphertextBlob=reply["CiphertextBlob"], EncryptionContext={"new": "context"}
    )
    assert opened["Plaintext"] == b"secret"


@case("KMS-013", SNAPSHOT)
def test_random_bytes_need_a_number(kms):
    assert len(kms.generate_random(NumberOfBytes=48)["Plaintext"]) == 48
    with refused("ValidationException", "NumberOfBytes is required."):
        kms.generate_random()


@case("KMS-014", USER_GUIDE)
def test_a_disabled_key_does_nothing(kms, key, blob):
    kms.disable_key(KeyId=key["KeyId"])
    described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert (described["Enabled"], described["KeyState"]) == (False, "Disabled")
    for call in [
        lambda: kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x"),
        lambda: kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT),
        lambda: kms.generate_data_key(KeyId=key["KeyId"], KeySpec="AES_256"),
        lambda: kms.enable_key_rotation(KeyId=key["KeyId"]),
    ]:
        with refused("DisabledException", f"{key['Arn']} is disabled."):
            call()
    kms.enable_key(KeyId=key["KeyId"])
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == b"secret"


@case("KMS-015", TERRAFORM)
def test_a_key_pending_deletion_does_nothing(kms, key, blob):
    reply = kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    assert (reply["KeyId"], reply["KeyState"]) == (key["Arn"], "PendingDeletion")
    assert reply["PendingWindowInDays"] == 7
    left = reply["DeletionDate"] - datetime.now(timezone.utc)
    assert timedelta(days=6.9) < left < timedelta(days=7.1)
    for call in [
        lambda: kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT),
        lambda: kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x"),
        lambda: kms.enable_key(KeyId=key["KeyId"]),
        lambda: kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "a", "TagValue": "1"}]),
        lambda: kms.schedule_key_deletion(KeyId=key["KeyId"]),
    ]:
        with refused("KMSInvalidStateException", f"{key['Arn']} is pending deletion."):
            call()


@case("KMS-016", USER_GUIDE)
def test_a_cancelled_deletion_leaves_the_key_disabled(kms, key):
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    assert kms.cancel_key_deletion(KeyId=key["KeyId"])["KeyId"] == key["Arn"]
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Disabled"
    with refused("KMSInvalidStateException", f"{key['Arn']} is not pending deletion."):
        kms.cancel_key_deletion(KeyId=key["KeyId"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fake-key-id", "Invalid keyId 'fake-key-id'"),
        (
            "134f2428-cec1-4b25-a1ae-9048164dba47",
            f"Key '{KEYS}134f2428-cec1-4b25-a1ae-9048164dba47' does not exist",
        ),
        (
            "arn:aws:kms:us-west-2:123456789012:key/134f2428-cec1-4b25-a1ae-9048164dba47",
            "Invalid arn us-west-2",
        ),
        (
            "alias/no-such-alias",
            f"Alias arn:aws:kms:{REGION}:{ACCOUNT}:alias/no-such-alias is not found.",
        ),
    ],
)
@case("KMS-017", SNAPSHOT)
def test_a_key_that_is_not_there_is_not_found(kms, name, message):
    with refused("NotFoundException", message):
        kms.describe_key(KeyId=name)


@case("KMS-018", TERRAFORM)
def test_an_alias_moves_from_key_to_key(kms, make, key, alias):
    second = make()
    kms.update_alias(AliasName=alias, TargetKeyId=second["KeyId"])
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"] == second["Arn"]
    [listed] = kms.list_aliases(KeyId=second["KeyId"])["Aliases"]
    assert listed["AliasName"] == alias
    assert listed["AliasArn"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:{alias}"
    assert listed["TargetKeyId"] == second["KeyId"]
    assert kms.list_aliases(KeyId=key["KeyId"])["Aliases"] == []


@case("KMS-019", MODEL)
def test_an_alias_is_taken_once(kms, key, alias):
    with refused("AlreadyExistsException"):
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])


@case("KMS-020", MODEL)
def test_names_of_aliases_have_a_form(kms, key):
    with refused("ValidationException"):
        kms.create_alias(AliasName="no-prefix", TargetKeyId=key["KeyId"])
    with refused("NotAuthorizedException"):
        kms.create_alias(AliasName="alias/aws/mine", TargetKeyId=key["KeyId"])


@case("KMS-021", USER_GUIDE)
def test_management_takes_no_alias(kms, alias):
    with refused("NotFoundException"):
        kms.disable_key(KeyId=alias)


@case("KMS-022", TERRAFORM)
def test_rotation_is_switched_on_and_off(kms, key):
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key["KeyId"], RotationPeriodInDays=90)
    status = kms.get_key_rotation_status(KeyId=key["KeyId"])
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 90)
    kms.disable_key_rotation(KeyId=key["KeyId"])
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is False


@case("KMS-023", USER_GUIDE)
def test_old_ciphertexts_decrypt_after_a_rotation(kms, key, blob):
    kms.rotate_key_on_demand(KeyId=key["KeyId"])
    newer = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"newer")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == b"secret"
    assert kms.decrypt(CiphertextBlob=newer)["Plaintext"] == b"newer"


@case("KMS-024", TERRAFORM)
def test_tags_are_put_listed_and_taken_away(kms, key):
    kms.tag_resource(
        KeyId=key["KeyId"],
        Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}],
    )
    kms.untag_resource(KeyId=key["KeyId"], TagKeys=["a"])
    assert kms.list_resource_tags(KeyId=key["KeyId"])["Tags"] == [{"TagKey": "b", "TagValue": "2"}]
    with refused("TagException"):
        kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "aws:x", "TagValue": "1"}])


@case("KMS-025", MODEL)
def test_keys_are_listed_page_by_page(kms, make):
    made = {make()["KeyId"] for _ in range(3)}
    pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2})
    listed = [key["KeyId"] for page in pages for key in page["Keys"]]
    assert made <= set(listed)
    assert len(listed) == len(set(listed))


@case("KMS-026", SNAPSHOT)
def test_a_dry_run_says_that_it_would_have_worked(kms, key):
    with refused(
        "DryRunOperationException",
        "The request would have succeeded, but the DryRun option is set.",
    ):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", DryRun=True)


@case("KMS-027", TERRAFORM)
def test_the_description_is_changed(kms, key):
    kms.update_key_description(KeyId=key["KeyId"], Description="new")
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"] == "new"


@case("KMS-028", USER_GUIDE)
def test_the_default_key_of_secrets_manager_appears_with_its_first_use(kms, secret):
    aliases = kms.get_paginator("list_aliases").paginate()
    found = {one["AliasName"]: one for page in aliases for one in page["Aliases"]}
    key = kms.describe_key(KeyId=found["alias/aws/secretsmanager"]["TargetKeyId"])["KeyMetadata"]
    assert key["KeyManager"] == "AWS"
    for call in [kms.disable_key, kms.schedule_key_deletion]:
        with pytest.raises(kms.exceptions.ClientError):
            call(KeyId=key["KeyId"])
