"""Logins with the current secret while it is being rotated, again and again."""

import os
import threading

import pytest

ROTATIONS = int(os.environ.get("ROTATIONS", "200"))
CLIENTS = 4


class Client(threading.Thread):
    """Logs in with the secret's current version, and counts."""

    def __init__(self, vault, arn, database):
        super().__init__(daemon=True)
        self.vault, self.arn, self.database = vault, arn, database
        self.rounds, self.failures, self.is_over = 0, 0, False
        self.beat = threading.Condition()
        self.broken = None

    def run(self):
        try:
            while not self.is_over:
                members = self.vault.read(self.arn)
                if not self.database.can(members["username"], members["password"]):
                    self.failures += 1
                with self.beat:
                    self.rounds += 1
                    self.beat.notify_all()
        except Exception as error:
            self.broken = error

    def await_rounds(self, count):
        """Waits until it has read the secret, and logged in, that many times more."""
        with self.beat:
            wanted = self.rounds + count
            self.beat.wait_for(lambda: self.rounds >= wanted or self.broken, timeout=60)
        assert self.broken is None, self.broken


@pytest.mark.parametrize(
    "engine, strategy, rotations",
    [
        ("postgres", "MultiUser", ROTATIONS),
        # Enough to see that the engine makes no difference.
        ("mariadb", "MultiUser", ROTATIONS // 10),
        ("mongo", "MultiUser", ROTATIONS // 20),
        ("postgres", "SingleUser", ROTATIONS // 10),
        ("redis", "UserRotation", ROTATIONS // 10),
    ],
)
def test_logins_go_on_during_rotations(
    engine, strategy, rotations, vault, function, database, account
):
    database = database(engine)
    arn = account(database)
    rotator = function(f"{database.names}{strategy}")
    clients = [Client(vault, arn, database) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(rotations):
        rotator.rotate(vault, arn)
        # Nobody holds on to a secret for more than one rotation: two rounds, because the first may
        # have begun before this rotation's end.
        for client in clients:
            client.await_rounds(2)
    for client in clients:
        client.is_over = True
    for client in clients:
        client.join(timeout=60)
    logins = sum(client.rounds for client in clients)
    failures = sum(client.failures for client in clients)
    print(f"note: {engine} {strategy}: {rotations} rotations, {logins} logins, {failures} failed")
    # One user has but one password, and whoever reads the secret between setSecret and finishSecret
    # has the one before.
    assert failures == 0 or strategy == "SingleUser"
