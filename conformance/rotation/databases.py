"""Logging into the databases of a run, as an application does."""

import pg8000.exceptions
import pg8000.native
import pymongo
import pymongo.errors
import pymysql
import redis

import servers


class Database:
    # What secrets say besides.
    members = {}


class PostgreSQL(Database):
    engine = "postgres"
    names = "SecretsManagerRDSPostgreSQLRotation"

    def __init__(self, running):
        self.port = running.postgresql

    def can(self, user, password):
        """Whether they log in."""
        try:
            self.connect(user, password).close()
            return True
        except pg8000.exceptions.DatabaseError as error:
            assert error.args[0]["C"] == "28P01", error
            return False

    def connect(self, user, password):
        return pg8000.native.Connection(
            user,
            host="127.0.0.1",
            port=self.port,
            password=password,
            database="postgres",
            ssl_context=False,
        )

    def create(self, user, password):
        admin = self.connect(servers.ADMIN, servers.ADMIN_PASSWORD)
        admin.run(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        admin.close()


class MariaDB(Database):
    engine = "mariadb"
    names = "SecretsManagerRDSMariaDBRotation"

    def __init__(self, running):
        self.port = running.mariadb

    def can(self, user, password):
        """Whether they log in."""
        try:
            self.connect(user, password).close()
            return True
        except pymysql.err.OperationalError as error:
            assert error.args[0] == 1045, error
            return False

    def connect(self, user, password):
        return pymysql.connect(host="127.0.0.1", port=self.port, user=user, password=password)

    def create(self, user, password):
        admin = self.connect(servers.ADMIN, servers.ADMIN_PASSWORD)
        admin.cursor().execute(f"CREATE USER {user} IDENTIFIED BY '{password}'")
        admin.close()


class Redis(Database):
    engine = "redis"
    names = "SecretsManagerRedis"

    def __init__(self, running):
        self.port = running.redis

    def can(self, user, password):
        """Whether they log in."""
        try:
            return self.connect(user, password).ping()
        except redis.exceptions.AuthenticationError:
            return False

    def connect(self, user, password):
        return redis.Redis("127.0.0.1", self.port, username=user, password=password)

    def create(self, user, password):
        admin = self.connect(servers.ADMIN, servers.ADMIN_PASSWORD)
        admin.execute_command("ACL", "SETUSER", user, "on", f">{password}", "+ping")
        admin.close()


class MongoDB(Database):
    engine = "mongo"
    names = "SecretsManagerMongoDBRotation"
    # FerretDB keeps whoever greets it by TLS waiting.
    members = {"ssl": False}

    def __init__(self, running):
        self.port = running.mongodb

    def can(self, user, password):
        """Whether they log in."""
        try:
            with self.connect(user, password) as client:
                client.admin.command("usersInfo", user)
            return True
        except pymongo.errors.OperationFailure as error:
            assert error.code == 18, error
            return False

    def connect(self, user, password):
        return pymongo.MongoClient(
            "127.0.0.1", self.port, username=user, password=password, directConnection=True
        )

    def create(self, user, password):
        with self.connect(servers.ADMIN, servers.ADMIN_PASSWORD) as admin:
            admin.admin.command("createUser", user, pwd=password, roles=[])
