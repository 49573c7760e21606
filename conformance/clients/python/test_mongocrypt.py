"""libmongocrypt: MongoDB's field encryption, which signs and reads KMS messages by itself."""

import socket
from urllib.parse import urlsplit

import bson
import pytest
from pymongocrypt.errors import MongoCryptError
from pymongocrypt.options import MongoCryptOptions
from pymongocrypt.synchronous.explicit_encrypter import ExplicitEncrypter
from pymongocrypt.synchronous.state_machine import MongoCryptCallback

from evidence import MODEL, case

ALGORITHM = "AEAD_AES_256_CBC_HMAC_SHA_512-Random"


class Vault(MongoCryptCallback):
    """Keeps data keys in memory, and takes KMS messages to the server under test."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.keys = []

    def kms_request(self, kms_context):
        # libmongocrypt would have TLS here; the message inside is the same.
        address = urlsplit(self.endpoint)
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            connection.sendall(kms_context.message)
            while kms_context.bytes_needed > 0:
                data = connection.recv(kms_context.bytes_needed)
                if not data:
                    raise OSError("the server hung up")
                kms_context.feed(data)

    def insert_data_key(self, data_key):
        self.keys.append(bytes(data_key))
        return bson.decode(self.keys[-1])["_id"]

    def fetch_keys(self, filter):
        yield from self.keys

    def collection_info(self, *_):
        raise NotImplementedError

    mark_command = collection_info

    def bson_encode(self, doc):
        return bson.encode(doc)

    def close(self):
        pass


@pytest.fixture
def vault(endpoint):
    return Vault(endpoint)


@pytest.fixture
def encrypter(vault):
    def encrypter(secret="test"):
        providers = {"aws": {"accessKeyId": "test", "secretAccessKey": secret}}
        return ExplicitEncrypter(vault, MongoCryptOptions(providers))

    return encrypter


def data_key(encrypter, key):
    return encrypter.create_data_key("aws", master_key={"region": "us-east-1", "key": key})


def encrypt(encrypter, key_id):
    value = bson.encode({"v": "secret"})
    return bson.decode(encrypter.encrypt(value, ALGORITHM, key_id=bytes(key_id)))["v"]


@case("PY-020", MODEL)
def test_a_field_is_encrypted_and_decrypted(encrypter, key):
    key_id = data_key(encrypter(), key)
    sealed = encrypt(encrypter(), key_id)
    # Another encrypter has no data key yet, and must have KMS decrypt it.
    opened = encrypter().decrypt(bson.encode({"v": sealed}))
    assert bson.decode(opened) == {"v": "secret"}


@case("PY-021", MODEL)
def test_a_wrong_secret_key_is_told_to_mongodb(encrypter, key):
    with pytest.raises(MongoCryptError, match="SignatureDoesNotMatch|InvalidSignature|signature"):
        data_key(encrypter("wrong"), key)


@case("PY-022", MODEL)
def test_a_disabled_key_opens_no_field(encrypter, kms, key):
    key_id = data_key(encrypter(), key)
    kms.disable_key(KeyId=key)
    with pytest.raises(MongoCryptError, match="is disabled"):
        encrypt(encrypter(), key_id)
    kms.enable_key(KeyId=key)
