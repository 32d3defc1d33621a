"""kill -9 in the middle of a publication: the repository is whole, and sending it again puts all right."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from comity.bootstrap.hub_publication import order_hub_statements, publish
from comity.hub.statements import AcceptedStatement
from comity.records.audit import verify_audit
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.storage.database_url import open_store
from tests.builders import HOST
from tests.faults.hub_worker import publisher
from tests.server.hub_server import HubServer

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
