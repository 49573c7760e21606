"""Values that were planted are found nowhere: not in the data, the trail, the logs or the errors."""

import base64
import json
import os
import secrets
import urllib.parse

import pytest
from botocore.exceptions import ClientError


def forms(value):
    """A value in every dress in which it might lie around."""
    shapes = {value, value[::-1]}
    # Base64 of a text within a text: whichever way its bytes fall, the middle is one of these.
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value)
        shapes.add(encoded[4 if shift else 0 : -4])
    shapes.add(value.hex().encode())
    shapes.add(value.hex().upper().encode())
    shapes.add(urllib.parse.quote_from_bytes(value).encode())
    shapes.add(json.dumps(list(value)).encode())
    shapes.add(value.decode().encode("utf-16-le"))
    return shapes


def found(home, values, spare=()):
    """Where under `home` any form of any value is."""
    places = []
    for folder, _, names in os.walk(home):
        for name in names:
            path = os.path.join(folder, name)
            if path in spare or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                content = file.read()
            for what, value in values.items():
                places += [f"{what} in {path}" for form in forms(value) if form in content]
    return places


def plant(server):
    """Sends values on every way in; answers them by what they were."""
    planted = {}

    def value(what):
        planted[what] = f"planted+{secrets.token_hex(12)}/x".encode()
        return planted[what].decode()

    sm, kms = server.client("secretsmanager"), server.client("kms")
    sm.create_secret(Name="text", SecretString=value("SecretString"))
    sm.create_secret(Name="bytes", SecretBinary=value("SecretBinary").encode())
    sm.put_secret_value(SecretId="text", SecretString=value("PutSecretValue"))
    sm.update_secret(SecretId="text", SecretString=value("UpdateSecret"))
    sm.create_secret(
        Name="json", SecretString=json.dumps({"username": "admin", "password": value("JSON")})
    )
    refused(sm.create_secret, Name="text", SecretString=value("a name that is taken"))
    refused(sm.create_secret, Name="a b", SecretString=value("a name that is none"))
    refused(sm.put_secret_value, SecretId="none", SecretString=value("a secret that is none"))
    for name in ("text", "bytes", "json"):
        sm.get_secret_value(SecretId=name)
    sm.batch_get_secret_value(SecretIdList=["text", "json"])
    planted["GetRandomPassword"] = sm.get_random_password(PasswordLength=64, ExcludePunctuation=True)[
        "RandomPassword"
    ].encode()

    key = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=value("Encrypt").encode())["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=blob)
    planted["the root access key"] = server.environment()["AWS_SECRET_ACCESS_KEY"].encode()
    sm.delete_secret(SecretId="bytes", ForceDeleteWithoutRecovery=True)
    return planted


def refused(call, **request):
    with pytest.raises(ClientError) as refusal:
        call(**request)
    text = str(refusal.value)
    assert request["SecretString"] not in text, text


def credentials(server):
    """The one file that holds the root access key, for the operator."""
    files = [path for path in server.data.rglob("*") if path.name.endswith("credentials")]
    assert len(files) == 1, files
    assert files[0].stat().st_mode & 0o077 == 0
    return [str(files[0])]


def test_a_planted_value_is_found_by_this_very_search(tmp_path):
    (tmp_path / "log").write_bytes(b'{"x": "' + base64.b64encode(b"ab planted-value cd") + b'"}')
    assert found(tmp_path, {"it": b"planted-value"})


def test_nothing_planted_is_found_while_the_server_runs_or_after_it_stopped(server):
    planted = plant(server)
    spare = credentials(server)
    assert found(server.home, planted, spare) == []
    server.stop()
    assert found(server.home, planted, spare) == []


def test_nothing_planted_is_found_after_a_kill_and_a_restart(server):
    planted = plant(server)
    spare = credentials(server)
    server.kill()
    assert found(server.home, planted, spare) == []
    server.start()
    sm = server.client("secretsmanager")
    assert sm.get_secret_value(SecretId="text")["SecretString"].encode() == planted["UpdateSecret"]
    assert found(server.home, planted, spare) == []


def test_nothing_planted_is_told_to_who_does_not_sign(server):
    planted = plant(server)
    for path in ("/", "/_strongroom/metrics", "/_strongroom/health", "/?Action=GetSecretValue"):
        reply = server.get(path)
        assert not any(form in reply for value in planted.values() for form in forms(value)), path


def test_key_files_and_data_are_for_their_owner_alone(server):
    plant(server)
    for path in server.home.rglob("*"):
        ours = path.is_relative_to(server.data) or path.name.endswith(".key")
        if ours and path.is_file():
            assert path.stat().st_mode & 0o077 == 0, path
