"""Databases, a vault, and built-in functions between them."""

import secrets
from pathlib import Path

import pytest

import databases
import servers
from function import Function
from vault import Vault, serving

KINDS = [databases.PostgreSQL, databases.MariaDB, databases.Redis, databases.MongoDB]


def pytest_collection_modifyitems(items):
    """Leaves out what needs FerretDB, which takes minutes to build, where there is none."""
    if not servers.HAS_MONGODB:
        without = pytest.mark.skip(reason="needs FERRETDB: ./test conformance-mongodb")
        for item in items:
            if "mongo" in item.nodeid.lower():
                item.add_marker(without)


@pytest.fixture(scope="session")
def running():
    """Real servers."""
    with servers.running() as running:
        yield running


@pytest.fixture
def vault():
    return Vault()


@pytest.fixture
def output(tmp_path):
    """What functions have written."""
    return tmp_path / "output"


@pytest.fixture
def function(vault, running, output):
    """Starts built-in functions."""
    started = []
    with serving(vault) as endpoint, output.open("w") as written:

        def start(name, **environment):
            started.append(Function(name, endpoint, running.authority, written, **environment))
            return started[-1]

        yield start
        for function in started:
            function.stop()


@pytest.fixture
def database(running):
    """One kind of database, by its engine."""
    kinds = {kind.engine: kind for kind in KINDS}
    return lambda engine: kinds[engine](running)


@pytest.fixture
def account(vault, running):
    """A user in a database, and the ARN of its secret; the superuser's is its master."""

    def account(database, **members):
        user = f"u{secrets.token_hex(4)}"
        database.create(user, "First-password-1")
        place = {"engine": database.engine, "host": "localhost", "port": database.port}
        place |= database.members
        master = vault.create(
            "master", **place, username=servers.ADMIN, password=servers.ADMIN_PASSWORD
        )
        value = {"username": user, "password": "First-password-1", "masterarn": master}
        return vault.create("app", **{**place, **value, **members})

    return account


@pytest.fixture
def logs(running):
    """All that the databases have logged, told to log every statement."""

    def logs():
        home = Path(running.authority).parents[1]
        files = [home / "postgresql" / "log", home / "redis" / "log"]
        return "".join(file.read_text(errors="replace") for file in files)

    return logs
