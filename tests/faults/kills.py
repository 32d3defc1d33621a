"""Workers killed at random moments and started again on the same data, and what is looked at each time.

Two processes work at once, as under the server; both die by SIGKILL at the same moment, now and then before
they have begun. The moments follow from a seed; what the workers are doing then does not.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from comity.distribution.status_index import DELTAS_FOLDER
from comity.domain.instant import DAY, Instant
from comity.issuance.due_standings import reassess_due
from comity.issuance.import_release import LAPSES_AFTER, go_on_with_imports
from comity.issuance.status_publication import publish_status
from comity.records.published_files import STATUS_FOLDER
from comity.storage.database_url import open_store
from comity.trust.delta import apply_delta
from comity.trust.status import StatusList, read_status_list
from tests.builders import HOME, key_list
from tests.faults.nursery import Nursery
from tests.faults.office import Promises, begin_of, open_issuer, read_promises

WORK: Final = (("passes", "duties"), ("passes", "colours", "imports"))
"""What each worker does."""
LONGEST: Final = 0.6
"""Seconds for which workers that are ready live at most."""
STILLBORN: Final = 0.15
"""Share of the lives that end within the first `BIRTH` seconds, ready or not."""
BIRTH: Final = 0.2
START: Final = 30.0
"""Seconds within which a worker is ready."""
TOLD_EVERY: Final = 3.0
"""Seconds between two lines of progress."""


@dataclass(slots=True)
class Workers:
    """The workers on one database, life after life; `promises` is what they promised in all of them."""

    url: str
    folder: Path
    seed: int
    list_size: int
    lives: int = 0
    promises: Promises = field(default_factory=Promises)
    seen: dict[tuple[str, Instant], StatusList] = field(default_factory=dict)

    @property
    def published(self) -> Path:
        """Where the lists are published."""
        return self.folder / "published"

    def live_and_die(self, nursery: Nursery) -> Promises:
        """Start the workers, kill them at a random moment, and give what they promised meanwhile."""
        lots = Random(f"{self.seed}/{self.lives}")
        outs = [self.folder / f"promised-{self.lives}-{number}" for number in range(len(WORK))]
        children = [nursery.start(out, self._words(work)) for work, out in zip(WORK, outs, strict=True)]
        try:
            if lots.random() < STILLBORN:
                time.sleep(lots.uniform(0, BIRTH))
            else:
                _await_ready(outs)
                time.sleep(lots.uniform(0, LONGEST))
        finally:
            for child in children:
                os.kill(child, signal.SIGKILL)
        assert nursery.ended() == [-signal.SIGKILL] * len(WORK), "a worker ended by itself"
        self.lives += 1
        lines = [
            line for out in outs if out.exists() for line in out.read_text("utf-8").splitlines(keepends=True)
        ]
        promised = read_promises(lines)
        self.promises.add(promised)
        return promised

    def _words(self, work: tuple[str, ...]) -> list[str]:
        seed = f"{self.seed}/{self.lives}/{work}"
        begin = str(begin_of(self.lives))
        return [self.url, str(self.published), begin, seed, *work, "--list-size", str(self.list_size)]

    def check_published(self) -> None:
        """Hold that every published file can be read, and that deltas lead from list to list."""
        keys = key_list(HOME)
        lying: dict[str, StatusList] = {}
        for path in sorted((self.published / STATUS_FOLDER).glob(f"{HOME}-*.cbor")):
            found = read_status_list(path.read_bytes(), (keys,))
            newest = max((at for stem, at in self.seen if stem == path.stem), default=0)
            assert found.issued_at >= newest, "an older list took the place of a newer one"
            lying[path.stem] = self.seen[path.stem, found.issued_at] = found
        for path in sorted((self.published / DELTAS_FOLDER).glob(f"{HOME}-*.cbor")):
            stem, _, from_iat = path.stem.rpartition("-")
            before = self.seen.get((stem, int(from_iat)))
            if before is None:
                continue
            after = apply_delta(path.read_bytes(), before, keys, is_test=True)
            assert after.issued_at > before.issued_at
            same = self.seen.get((stem, after.issued_at))
            assert same is None or same.array == after.array, (
                "a delta leads to another list than was published"
            )

    def settle(self) -> Instant:
        """Let the duties of a fresh process put an end to whatever was under way; gives the time then.

        A day later everything that nobody released has lapsed.
        """
        store = open_store(self.url)
        issuer = open_issuer(store, list_size=self.list_size)
        at = begin_of(self.lives) + max(LAPSES_AFTER, DAY)
        for _ in range(2):
            go_on_with_imports(issuer, at=at)
            reassess_due(issuer, at=at)
            publish_status(issuer, self.published, at=at)
        store.close()
        return at


def _await_ready(outs: list[Path]) -> None:
    end = time.monotonic() + START
    while not all(out.exists() and out.read_bytes().startswith(b"ready\n") for out in outs):
        assert time.monotonic() < end, "no worker was ready in time"
        time.sleep(0.005)


def tell(workers: Workers, kills: int, began: float) -> None:
    """Tell how far a long run is."""
    seconds = time.monotonic() - began
    left = seconds / workers.lives * (kills - workers.lives)
    promised = len(workers.promises.passes)
    print(
        f"kills: {workers.lives} of {kills}, {promised:,} passes promised, {left:,.0f} s left",
        file=sys.stderr,
    )


def kills_asked() -> int:
    """How many kills each database takes: COMITY_KILLS, or few."""
    return int(os.environ.get("COMITY_KILLS", "6"))
