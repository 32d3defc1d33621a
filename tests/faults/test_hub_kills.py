"""kill -9 in the middle of a publication: the repository is whole, and sending it again puts all right."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from comity.bootstrap.hub_publication import finish_publications, order_hub_statements, publish
from comity.distribution.publication import read_publication
from comity.distribution.repository import RepositoryChange
from comity.domain.instant import DAY
from comity.errors import PublicationRefused
from comity.hub.publication_intents import waiting_regions
from comity.hub.statements import AcceptedStatement
from comity.records.audit import verify_audit
from comity.records.ports import Store
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.storage.database_url import open_store
from tests.builders import HOST
from tests.faults.hub_worker import publisher
from tests.hub_office import rulebook
from tests.server.hub_server import HubServer, Publisher

MOMENTS = (0.0, 0.011, 0.023, 0.047)
"""Seconds after a publication has begun at which its process is killed."""


@pytest.mark.slow
def test_a_publisher_that_is_killed_leaves_a_whole_repository(tmp_path: Path, sqlite_url: str) -> None:
    folder = tmp_path / "hub"
    store = open_store(sqlite_url)
    hub = HubServer(folder, store=store)
    hub.admit(HOST)
    order_hub_statements(hub.opened)
    for moment in MOMENTS:
        begun = _killed(folder, sqlite_url, moment)

        hub.opened.repository.reconcile(at=hub.at)
        standing = hub.opened.repository.version_of(HOST)
        assert begun - 1 <= standing <= begun
        publish(hub.opened, publisher(begun).body())

        assert hub.opened.repository.version_of(HOST) == begun
        with store.reading() as transaction:
            kept = transaction.of(AcceptedStatement).select(equal("kind", StatementKind.RULEBOOK))
            assert sorted(row.version for row in kept) == list(range(1, begun + 1))
            assert not verify_audit(transaction).faults
    store.close()


def _killed(folder: Path, url: str, moment: float) -> int:
    """Let a process publish, kill it, and give the version it was at."""
    words = [sys.executable, "-m", "tests.faults.hub_worker", str(folder), url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        begun = [process.stdout.readline() for _ in range(3)]
        time.sleep(moment)
        process.kill()
        begun += process.stdout.readlines()
    return int([line for line in begun if line.endswith("\n")][-1])


STEPS = ("*.region-150000.json", "timestamp.json")
"""Files of which the first, or the last, is written after the records were kept."""


@pytest.mark.parametrize("file", STEPS)
def test_killed_between_records_and_repository_the_next_start_puts_it_in_order(
    tmp_path: Path, sqlite_url: str, file: str
) -> None:
    folder, store = tmp_path / "hub", open_store(sqlite_url)
    hub = HubServer(folder, store=store)
    hub.admit(HOST)
    order_hub_statements(hub.opened)
    _kill_at(folder, sqlite_url, file)
    with store.reading() as transaction:
        assert waiting_regions(transaction) == [HOST]
    assert hub.opened.repository.version_of(HOST) == 0

    hub.at += 8 * DAY
    hub.opened.repository.reconcile(at=hub.at)
    assert finish_publications(hub.opened) == 1

    assert hub.opened.repository.version_of(HOST) == 1
    assert finish_publications(hub.opened) == 0
    store.close()


@pytest.mark.parametrize("file", STEPS)
def test_killed_between_them_nothing_accepted_is_dropped_by_what_is_published_next(
    tmp_path: Path, sqlite_url: str, file: str
) -> None:
    folder, store = tmp_path / "hub", open_store(sqlite_url)
    hub = HubServer(folder, store=store)
    hub.admit(HOST)
    order_hub_statements(hub.opened)
    _kill_at(folder, sqlite_url, file)

    with pytest.raises(PublicationRefused, match="left out"):
        publish(hub.opened, Publisher(HOST).body())
    again = publish(hub.opened, publisher(1).body())
    after = publisher(2)
    after.history = [rulebook(HOST, 1)]
    publish(hub.opened, after.body())

    assert again == (HOST, [])
    assert hub.opened.repository.version_of(HOST) == 2
    store.close()


def test_killed_after_the_repository_was_changed_nothing_is_done_twice(
    tmp_path: Path, sqlite_url: str
) -> None:
    folder, store = tmp_path / "hub", open_store(sqlite_url)
    hub = HubServer(folder, store=store)
    hub.admit(HOST)
    order_hub_statements(hub.opened)
    _kill_at(folder, sqlite_url, STEPS[0])
    sent = read_publication(publisher(1).body())
    hub.opened.repository.publish(RepositoryChange(publications=(sent,)), at=hub.at)
    before = (hub.opened.folder.repository / "metadata" / "timestamp.json").read_bytes()

    assert finish_publications(hub.opened) == 1

    assert (hub.opened.folder.repository / "metadata" / "timestamp.json").read_bytes() == before
    store.close()


def _kill_at(folder: Path, url: str, file: str) -> None:
    """Let a process publish up to a file of the repository, and kill it there."""
    words = [sys.executable, "-m", "tests.faults.hub_worker", str(folder), url, file]
    store = open_store(url)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not _is_accepted(store):
            time.sleep(0.01)
        time.sleep(0.2)
        process.kill()
    store.close()


def _is_accepted(store: Store) -> bool:
    with store.reading() as transaction:
        return bool(transaction.of(AcceptedStatement).select(equal("kind", StatementKind.RULEBOOK)))
