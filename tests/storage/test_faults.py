"""What the records survive: kill -9, a full disk, a database server that restarts under load.

`COMITY_KILLS` sets how often a writer is killed (20; `make soak` takes 200).
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
import pytest

from comity.errors import StoreUnavailable
from comity.issuance.records import HolderKey, Person
from comity.records.ports import Store
from comity.storage.database_url import open_store, path_of, read_url
from comity.storage.migration import upgrade
from tests.databases import PostgresqlServer
from tests.storage.writing import nursery, require_whole, write_one

KILLS: Final = int(os.environ.get("COMITY_KILLS", "20"))
MEBIBYTE: Final = 2**20


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each kind, with empty tables."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def test_kill_9_at_any_point_loses_nothing_confirmed_and_leaves_nothing_half(url: str) -> None:
    drawn = random.Random(20200319)
    confirmed: set[int] = set()
    with nursery() as writers:
        for round_number in range(KILLS):
            writer = writers.start(url, round_number * 1_000_000)
            writers.listen(writer, until=drawn.randrange(4))
            time.sleep(drawn.random() * 0.01)
            os.kill(writer.pid, signal.SIGKILL)
            writers.listen_to_the_end(writer)
            confirmed |= writer.confirmed

    store = open_store(url)
    there = require_whole(store, confirmed)
    assert len(confirmed) <= there <= len(confirmed) + KILLS
    write_one(store, 999_999_999)
    store.close()


def test_a_full_disk_is_refused_clearly_and_a_restart_is_clean(sqlite_url: str) -> None:
    path = path_of(read_url(sqlite_url))
    with nursery() as writers:
        writer = writers.start(sqlite_url, 0, limit=path.stat().st_size + MEBIBYTE)
        writers.listen_to_the_end(writer)

    assert "disk" in writer.refused
    assert len(writer.confirmed) > 10
    store = open_store(sqlite_url)
    assert require_whole(store, writer.confirmed) == len(writer.confirmed)
    write_one(store, 999_999_999)
    store.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_full_disk_of_the_server_is_refused_clearly_and_a_restart_is_clean(
    own_server: PostgresqlServer,
) -> None:
    """The server may write no file longer than its own log's: no table grows beyond 16 MiB."""
    url = own_server.create()
    upgrade(url)
    with longest_file(16 * MEBIBYTE):
        own_server.control("restart", "-m", "fast")
    store = open_store(url)
    write_one(store, 1)

    written = 0
    with pytest.raises(StoreUnavailable):  # noqa: PT012 - the one that fills it
        while written < 20:
            write_much(store, written)
            written += 1

    assert written > 0
    own_server.control("restart", "-m", "immediate")
    with store.reading() as transaction:
        assert len(transaction.of(Person).select()) == written * 1_000 + 1
    write_one(store, 2)
    write_much(store, written)
    store.close()


@contextmanager
def longest_file(limit: int) -> Iterator[None]:
    """Let processes started meanwhile write no longer files, in bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_much(store: Store, number: int) -> None:
    """Write 4 MB that no compression makes smaller."""
    drawn = random.Random(number)
    people = [
        Person(
            holder=HolderKey(f"{number}-{n}"),
            sealed=drawn.randbytes(4_000),
            vault_key="v",
            division="1",
            added_at=0,
        )
        for n in range(1_000)
    ]
    with store.transaction() as transaction:
        transaction.of(Person).add(*people)


def test_a_server_that_restarts_under_load_loses_nothing_confirmed(own_server: PostgresqlServer) -> None:
    url = own_server.create()
    upgrade(url)
    load = Load(open_store(url))
    load.start()
    for how in ("immediate", "fast"):
        load.wait_for_more()
        own_server.control("restart", "-m", how)
    load.wait_for_more()
    load.stop()

    assert load.strange == []
    store = open_store(url)
    there = require_whole(store, load.confirmed)
    assert there <= len(load.confirmed) + load.refused
    store.close()


class Load:
    """Four threads that write, and go on after being refused."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(4)]
        self.confirmed: set[int] = set()
        self.refused = 0
        self.strange: list[BaseException] = []

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_for_more(self) -> None:
        """Wait until 40 more transactions were confirmed."""
        target, deadline = len(self.confirmed) + 40, time.monotonic() + 60
        while len(self.confirmed) < target and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.confirmed) >= target

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._store.close()

    def _write(self, thread: int) -> None:
        number = thread * 1_000_000
        while not self._over.is_set():
            number += 1
            try:
                write_one(self._store, number)
                self.confirmed.add(number)
            except StoreUnavailable:
                self.refused += 1
                time.sleep(0.01)
            except BaseException as error:  # noqa: BLE001 - told to the test
                self.strange.append(error)
                return


@pytest.mark.parametrize(
    ("refusal", "word"),
    [
        (psycopg.errors.DiskFull, "disk"),
        (psycopg.errors.AdminShutdown, "stopped"),
        (psycopg.errors.CannotConnectNow, "reached"),
        (psycopg.errors.ReadOnlySqlTransaction, "writing"),
        (psycopg.errors.DeadlockDetected, "waited"),
        (psycopg.errors.TooManyConnections, "connection"),
        (psycopg.errors.InternalError_, "refused"),
    ],
)
def test_every_refusal_of_the_server_is_told_in_a_sentence(refusal: type[psycopg.Error], word: str) -> None:
    from comity.storage.postgresql_database import told

    error = told(refusal("secret detail"))

    assert isinstance(error, StoreUnavailable)
    assert word in str(error)
    assert "secret" not in str(error)
