"""exec and get: secrets for programs and scripts."""

import json
import os
import signal
import subprocess
import sys

import pytest

from evidence import INFERRED, case

from conftest import BINARY, PATIENCE_SECONDS, environment


@pytest.fixture
def database(sm, name):
    """The name of a secret that is JSON."""
    name += "-database"
    sm.create_secret(Name=name, SecretString=json.dumps({"username": "admin", "port": 5432}))
    yield name
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


@case("AGT-201", INFERRED)
def test_get_prints_a_secret_or_one_key(strongroom, secret, database):
    assert strongroom("get", secret).stdout == "one\n"
    assert strongroom("get", database, "--key", "username").stdout == "admin\n"
    assert strongroom("get", database, "--key", "port").stdout == "5432\n"
    assert json.loads(strongroom("get", secret, "--json").stdout)["SecretString"] == "one"


@case("AGT-202", INFERRED)
def test_get_says_what_is_wrong_and_fails(strongroom, database, name):
    ran = strongroom("get", name + "-missing")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "ResourceNotFoundException" in ran.stderr
    ran = strongroom("get", database, "--key", "password")
    assert ran.returncode == 1 and "has no key password" in ran.stderr
    assert "admin" not in ran.stderr


@case("AGT-203", INFERRED)
def test_exec_gives_json_keys_and_mapped_keys_as_variables(strongroom, secret, database):
    ran = strongroom(
        "exec", "--secret", database, "--env", f"PGUSER={database}#username",
        "--env", f"WHOLE={secret}", "--", "sh", "-c", "echo $USERNAME $PORT $PGUSER $WHOLE",
    )
    assert ran.stdout == "admin 5432 admin one\n", ran.stderr


@case("AGT-204", INFERRED)
def test_exec_passes_the_exit_code_on(strongroom, secret):
    assert strongroom("exec", "--env", f"A={secret}", "--", "sh", "-c", "exit 7").returncode == 7
    with_file = ("exec", "--file", f"A={secret}", "--")
    assert strongroom(*with_file, "sh", "-c", "exit 7").returncode == 7
    assert strongroom(*with_file, "sh", "-c", "kill -TERM $$").returncode == 143
    assert strongroom("exec", "--", "/nonexistent").returncode == 1


@case("AGT-205", INFERRED)
def test_exec_gives_files_in_memory_and_takes_them_away(strongroom, secret):
    script = "cat $CERT; echo; stat -c %a $CERT; stat -f -c %T $CERT; echo $CERT"
    ran = strongroom("exec", "--file", f"CERT={secret}", "--", "sh", "-c", script)
    content, mode, kind, path = ran.stdout.split()
    assert (content, mode, kind) == ("one", "600", "tmpfs")
    assert not os.path.exists(path)


@case("AGT-206", INFERRED)
def test_exec_passes_signals_on(endpoint, secret):
    script = "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.1; done"
    program = subprocess.Popen(
        [BINARY, "exec", "--file", f"A={secret}", "--", "sh", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(endpoint),
    )
    assert program.stdout.readline() == "ready\n"
    program.send_signal(signal.SIGTERM)
    assert program.stdout.readline() == "got\n"
    assert program.wait(timeout=PATIENCE_SECONDS) == 3


@case("AGT-207", INFERRED)
def test_exec_starts_the_program_again_when_a_secret_changes(endpoint, sm, secret):
    script = "echo $A; exec sleep 100"
    program = subprocess.Popen(
        [BINARY, "exec", "--on-change", "restart", "--poll", "1", "--env", f"A={secret}",
         "--", "sh", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(endpoint),
    )
    assert program.stdout.readline() == "one\n"
    sm.put_secret_value(SecretId=secret, SecretString="two")
    assert program.stdout.readline() == "two\n"
    program.terminate()
    assert program.wait(timeout=PATIENCE_SECONDS) == 143


@case("AGT-208", INFERRED)
def test_exec_tells_the_program_with_a_signal_when_a_file_changes(endpoint, sm, secret):
    script = "import os, signal, time\n" \
        "show = lambda *_: os.write(1, open(os.environ['A'], 'rb').read() + b'\\n')\n" \
        "signal.signal(signal.SIGHUP, show)\nshow()\nwhile True: time.sleep(1)"
    program = subprocess.Popen(
        [BINARY, "exec", "--on-change", "HUP", "--poll", "1", "--file", f"A={secret}",
         "--", sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(endpoint),
    )
    assert program.stdout.readline() == "one\n"
    sm.put_secret_value(SecretId=secret, SecretString="two")
    assert program.stdout.readline() == "two\n"
    program.terminate()
    program.wait(timeout=PATIENCE_SECONDS)
