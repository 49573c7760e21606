"""Real databases to rotate passwords in, started on loopback for one run: Debian's, and FerretDB for
MongoDB's protocol, whose program the variable FERRETDB names.

    python3 servers.py COMMAND...    runs the command with their addresses in its environment
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# FerretDB takes minutes to build, so that most runs go without it.
HAS_MONGODB = "FERRETDB" in os.environ
# The superuser of each of them.
ADMIN = "admin"
ADMIN_PASSWORD = "Admin-password-1"
PATIENCE_SECONDS = 60


@dataclass
class Servers:
    """Where they listen, and whose certificates they show."""

    postgresql: int
    mariadb: int
    redis: int
    redis_tls: int
    mongodb: int
    mongodb_tls: int
    authority: Path

    def environment(self):
        """What a program needs to know to use them."""
        return {
            "ROTATION_POSTGRESQL": str(self.postgresql),
            "ROTATION_MARIADB": str(self.mariadb),
            "ROTATION_REDIS": str(self.redis),
            "ROTATION_REDIS_TLS": str(self.redis_tls),
            "ROTATION_MONGODB": str(self.mongodb),
            "ROTATION_MONGODB_TLS": str(self.mongodb_tls),
            "ROTATION_AUTHORITY": str(self.authority),
            "ROTATION_ADMIN": ADMIN,
            "ROTATION_ADMIN_PASSWORD": ADMIN_PASSWORD,
        }


@contextmanager
def running():
    """Yields the servers; they and what they wrote end with it."""
    with tempfile.TemporaryDirectory(prefix="rotation-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        authority = certificates(directory)
        processes = []
        try:
            postgresql = start_postgresql(directory, processes)
            mariadb = start_mariadb(directory, processes)
            redis, redis_tls = start_redis(directory, processes)
            mongodb, mongodb_tls = 0, 0
            if HAS_MONGODB:
                mongodb, mongodb_tls = start_ferretdb(directory, processes, postgresql)
            yield Servers(
                postgresql, mariadb, redis, redis_tls, mongodb, mongodb_tls, authority
            )
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=PATIENCE_SECONDS)


def certificates(directory):
    """Makes an authority and a certificate for loopback; gives the authority's file."""
    tls = directory / "tls"
    tls.mkdir()

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=tls, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    ca = ["-addext", "basicConstraints=critical,CA:TRUE"]
    openssl(
        "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem",
        "-days", "2", "-subj", "/CN=rotation tests", *ca,
    )
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (tls / "extensions").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n"
    )
    openssl(
        "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", "server.pem",
    )
    return tls / "ca.pem"


def start_postgresql(directory, processes):
    place = Place(directory, "postgresql", "postgres")
    binaries = postgresql_binaries()
    secret = place.file("password", ADMIN_PASSWORD)
    place.run(
        binaries / "initdb", "-D", place.path / "data", "-U", ADMIN, "--pwfile", secret,
        "--auth=scram-sha-256", "--no-sync", "-E", "UTF8",
    )
    port = free_port()
    place.start(
        processes,
        binaries / "postgres", "-D", place.path / "data", "-p", port, "-k", place.path,
        "-c", "listen_addresses=127.0.0.1,127.0.0.2", "-c", "fsync=off", "-c", "ssl=on",
        "-c", "max_connections=200", "-c", "log_statement=all",
        "-c", f"ssl_cert_file={place.certificate}", "-c", f"ssl_key_file={place.key}",
    )
    wait_for(port)
    # It listens before it lets anybody in, and says so at once.
    until(lambda: place.run(binaries / "pg_isready", "-h", "127.0.0.1", "-p", port), RuntimeError)
    return port


def postgresql_binaries():
    return max(Path("/usr/lib/postgresql").glob("*/bin"))


def start_mariadb(directory, processes):
    place = Place(directory, "mariadb", "mysql")
    data = place.path / "data"
    place.run(
        "mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
        "--auth-root-authentication-method=normal", f"--user={place.user}",
    )
    port = free_port()
    start = place.file(
        "start.sql",
        f"CREATE USER '{ADMIN}'@'%' IDENTIFIED BY '{ADMIN_PASSWORD}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{ADMIN}'@'%' WITH GRANT OPTION;\n"
        "DROP USER IF EXISTS ''@'localhost';\n"
        "CREATE DATABASE shop;\n",
    )
    place.start(
        processes,
        shutil.which("mariadbd", path="/usr/sbin:/usr/bin"), "--no-defaults",
        f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1,127.0.0.2",
        f"--socket={place.path}/socket", f"--pid-file={place.path}/pid", f"--init-file={start}",
        f"--ssl-cert={place.certificate}", f"--ssl-key={place.key}", "--skip-name-resolve",
        "--innodb-flush-log-at-trx-commit=0", f"--user={place.user}", "--max-connections=200",
        f"--general-log=1", f"--general-log-file={place.path}/general.log",
    )
    wait_for(port)
    return port


def start_redis(directory, processes):
    place = Place(directory, "redis", "redis")
    users = place.file(
        "users.acl",
        f"user default off\nuser {ADMIN} on >{ADMIN_PASSWORD} ~* &* +@all\n",
    )
    port, tls = free_port(), free_port()
    place.start(
        processes,
        "redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", place.path,
        "--save", "", "--aclfile", users, "--tls-port", tls, "--tls-auth-clients", "no",
        "--tls-cert-file", place.certificate, "--tls-key-file", place.key,
        "--tls-ca-cert-file", place.certificate,
    )
    wait_for(port)
    return port, tls


def start_ferretdb(directory, processes, postgresql):
    """MongoDB's protocol and users; what it stores is in PostgreSQL."""
    place = Place(directory, "ferretdb", "nobody")
    # In a database of its own: it makes a schema called as the superuser is.
    address = f"postgres://{ADMIN}:{ADMIN_PASSWORD}@127.0.0.1:{postgresql}"
    create = postgresql_binaries() / "createdb"
    place.run(create, f"--maintenance-db={address}/postgres", "ferretdb")
    # Where the program was built, that user may not be able to go.
    program = Path(shutil.copy(os.environ["FERRETDB"], place.path))
    port, tls = free_port(), free_port()
    place.start(
        processes,
        program, "--handler=postgresql", "--state-dir=-", "--debug-addr=-", "--telemetry=disable",
        f"--postgresql-url={address}/ferretdb",
        "--test-enable-new-auth", "--setup-database=admin",
        f"--setup-username={ADMIN}", f"--setup-password={ADMIN_PASSWORD}",
        f"--listen-addr=127.0.0.1:{port}", f"--listen-tls=127.0.0.1:{tls}",
        f"--listen-tls-cert-file={place.certificate}", f"--listen-tls-key-file={place.key}",
    )
    wait_for(port)
    wait_for(tls)
    return port, tls


class Place:
    """A folder of its own for a server, which runs as a user of its own where it can."""

    def __init__(self, directory, name, user):
        self.path = directory / name
        self.path.mkdir()
        self.certificate = Path(shutil.copy(directory / "tls" / "server.pem", self.path))
        self.key = Path(shutil.copy(directory / "tls" / "server.key", self.path))
        self.key.chmod(0o600)
        self.user = user if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.prefix = ["runuser", "-u", user, "--"] if os.getuid() == 0 else []
        self.environment = {**os.environ, "TMPDIR": str(self.path), "HOME": str(self.path)}
        for path in [self.path, self.certificate, self.key]:
            self.own(path)

    def own(self, path):
        if self.prefix:
            shutil.chown(path, self.user)

    def file(self, name, text):
        path = self.path / name
        path.write_text(text)
        path.chmod(0o600)
        self.own(path)
        return path

    def run(self, *command):
        done = subprocess.run(
            [*self.prefix, *map(str, command)],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed\n{done.stdout}{done.stderr}")

    def start(self, processes, *command):
        # Not through runuser, which would be what is ended instead of the server.
        account = pwd.getpwnam(self.user) if self.prefix else None
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with (self.path / "log").open("w") as log:
            processes.append(
                subprocess.Popen(
                    [*map(str, command)],
                    stdout=log,
                    stderr=log,
                    cwd=self.path,
                    env=self.environment,
                    **(identity if account else {}),
                )
            )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    until(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close(), OSError)


def until(attempt, not_yet):
    """Attempts it until it does not fail."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except not_yet:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    with running() as servers:
        environment = {**os.environ, **servers.environment()}
        sys.exit(subprocess.run(sys.argv[1:], env=environment).returncode)
