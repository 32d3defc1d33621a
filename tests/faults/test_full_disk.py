"""A disk that fills while a worker works: it refuses clearly, and goes on by itself when there is room again.

The worker may write no file longer than a byte for a while (RLIMIT_FSIZE). With SQLite everything is refused
then; with PostgreSQL, which has its own disk, only what is published (`tests/storage` fills that disk).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import pytest

from comity.errors import StoreUnavailable
from comity.records.published_files import STATUS_FOLDER
from comity.storage.database_url import open_store
from tests.builders import HOME
from tests.faults.kills import Workers
from tests.faults.ledger import (
    check_codes,
    check_colours,
    check_imports,
    check_places,
    check_promises,
    check_standings,
)
from tests.faults.nursery import ROOT
from tests.faults.office import begin_of, open_issuer, read_promises

LIST_SIZE: Final = 2_000
PATIENCE: Final = 30.0
"""Seconds within which a worker does what is waited for."""


class Observed:
    """One worker that does everything, and what it has told so far."""

    def __init__(self, url: str, published: Path) -> None:
        words = [url, str(published), str(begin_of(0)), "disk", "passes", "colours", "imports", "duties"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", *words, "--list-size", str(LIST_SIZE)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._reader.start()

    def _read(self, out: IO[str]) -> None:
        with out:
            self.lines.extend(out)

    def limit(self, longest_file: int) -> None:
        """Let it write no longer files, in bytes."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (longest_file, resource.RLIM_INFINITY))

    def wait_for_more(self, *words: str, more: int = 1) -> None:
        """Wait until it has told so many more lines that begin with each of the words."""
        begun, end = len(self.lines), time.monotonic() + PATIENCE
        for word in words:
            while sum(line.startswith(word) for line in self.lines[begun:]) < more:
                assert time.monotonic() < end, f"no more '{word}': {self.lines[-5:]}"
                assert self._process.poll() is None, "the worker ended by itself"
                time.sleep(0.01)

    def end(self) -> None:
        """Kill it and read the rest."""
        self._process.kill()
        self._reader.join()
        self._process.wait()


@pytest.fixture(params=["sqlite", "postgresql"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Workers:
    """Each kind of database, to be looked at afterwards."""
    url = str(request.getfixturevalue(f"{request.param}_url"))
    return Workers(url=url, folder=tmp_path, seed=1, list_size=LIST_SIZE, lives=1)


@pytest.fixture
def observed(workers: Workers) -> Iterator[Observed]:
    worker = Observed(workers.url, workers.published)
    yield worker
    worker.end()


@pytest.mark.slow
def test_a_disk_that_fills_is_told_and_a_worker_goes_on_when_there_is_room(
    workers: Workers, observed: Observed
) -> None:
    is_sqlite = workers.url.startswith("sqlite")
    everything = ("pass", "colour", "import", "lists")
    observed.wait_for_more(*everything, more=3)

    observed.limit(1)
    refused = ("passes", "colours", "imports", "duties") if is_sqlite else ("duties",)
    observed.wait_for_more(*(f"refused {work} {StoreUnavailable.code}" for work in refused), more=2)
    if not is_sqlite:
        observed.wait_for_more("pass", "colour", "import")
    workers.check_published()
    observed.limit(resource.RLIM_INFINITY)
    observed.wait_for_more(*everything, more=3)
    observed.end()

    promises = read_promises(observed.lines)
    wrong = [line for line in promises.refusals if StoreUnavailable.code not in line]
    assert wrong == [], "something else was told than that the store cannot write"
    word = "disk" if is_sqlite else "cannot be published"
    assert all(word in line for line in promises.refusals)
    names = [path.name for path in (workers.published / STATUS_FOLDER).iterdir()]
    store = open_store(workers.url)
    at = workers.settle()
    check_promises(store, promises)
    check_places(store)
    check_colours(store)
    check_imports(store)
    issuer = open_issuer(store, list_size=LIST_SIZE)
    check_standings(issuer, at=at)
    workers.check_published()
    check_codes(issuer, workers.published, promises, at=at)
    store.close()
    assert names == [name for name in names if name.startswith(HOME)]
