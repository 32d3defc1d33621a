"""Does the timed duties of a region, in a process of its own beside the workers: `python -m` this module.

A lock on the data folder lets one process do them. It ends when whoever started it has ended. A duty that
fails is logged and counted, and comes again at its next turn.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, Generic, Protocol, TypeVar

from typing_extensions import override

from comity.bootstrap.region import open_region
from comity.bootstrap.settings import read_settings
from comity.domain.instant import Instant
from comity.errors import ComityError
from comity.issuance.duties import DUTIES, Duty
from comity.issuance.issuer import Issuer
from comity.issuance.key_intents import settle_intents
from comity.issuance.set_aside import count_set_aside
from comity.records.audit_heads import HEADS_EVERY, note_heads
from comity.server.hub_duties import country_duties, hub_duties
from comity.server.logs import configure_logs, log, where
from comity.server.main import open_node
from comity.server.metrics import DUTIES as DONE
from comity.server.node import Node

TICK: Final = 0.5
"""Seconds between two looks at what is due."""
LONG: Final = frozenset({"evidence-imports", "rulebook-sweep", "purge", "vault", "key-reissue"})
"""Duties that may take minutes; they have a thread of their own, so that status lists never wait for them."""
ASSESSING: Final = frozenset({"due-standings", "evidence-imports", "rulebook-sweep"})
"""Duties that assess people, and set aside whom they cannot."""
FAILED: Final = 1


class NodeDuty(Protocol):
    """Something to be done every so many seconds."""

    @property
    def name(self) -> str:
        """What it is called in counts and logs."""
        ...

    @property
    def every_seconds(self) -> int:
        """Seconds from one turn to the next."""
        ...


T = TypeVar("T", bound=NodeDuty)


class NodeDutyRunner(ABC, Generic[T]):
    """Runs each duty when its time has come by the node's clock, the first time at once."""

    def __init__(self, duties: Sequence[T]) -> None:
        self._next: dict[str, Instant] = {}
        self._duties = duties
        self._set_aside = 0

    @abstractmethod
    def look(self) -> Instant:
        """Look whether anything changed for all duties, and read the clock. Raises: ClockRefused."""

    @abstractmethod
    def do(self, duty: T, at: Instant) -> None:
        """Do one duty."""

    def run_due(self) -> list[str]:
        """Run what is due; give the names done. Raises: ClockRefused."""
        at, done = self.look(), list[str]()
        for duty in self._duties:
            due = self._next.get(duty.name, at)
            if at >= due:
                self._next[duty.name] = at + duty.every_seconds
                if self._run(duty, at):
                    done.append(duty.name)
        return done

    def _run(self, duty: T, at: Instant) -> bool:
        try:
            self.do(duty, at)
        except Exception as error:  # noqa: BLE001 - one duty must not stop the others; told without its words
            DONE.labels(duty.name, "failed").inc()
            log().error("duty failed", duty=duty.name, kind=type(error).__name__, where=where(error))
            return False
        DONE.labels(duty.name, "done").inc()
        return True


class DutyRunner(NodeDutyRunner[Duty]):
    """Runs the duties of a region, with the keys of now."""

    def __init__(self, node: Node, duties: Sequence[Duty] = DUTIES) -> None:
        super().__init__(duties)
        self._node = node

    @override
    def look(self) -> Instant:
        """Go on with the keys of now, and read the clock. Raises: ClockRefused."""
        self._node.follow_keys()
        return self._node.clock()

    @override
    def do(self, duty: Duty, at: Instant) -> None:
        """Do one duty."""
        duty.run(self._node.issuer, self._node.published, at)
        if duty.name in ASSESSING:
            self._tell_set_aside()

    def _tell_set_aside(self) -> None:
        """Log when more people than before cannot be assessed; `/metrics` has how many."""
        with suppress(ComityError):
            count = count_set_aside(self._node.store)
            if count > self._set_aside:
                log().error("people set aside", people=count)
            self._set_aside = count


def run_until(ended: Event, runners: Sequence[NodeDutyRunner[Any]], lock: Path) -> None:
    """Run duties until `ended`, holding the lock; each runner has a thread of its own."""
    parent = os.getppid()
    with lock.open("a") as file:
        while not ended.wait(TICK) and os.getppid() == parent:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            beside = [Thread(target=_run_lane, args=(ended, each, parent)) for each in runners]
            for thread in beside:
                thread.start()
            for thread in beside:
                thread.join()


def _run_lane(ended: Event, runner: NodeDutyRunner[Any], parent: int) -> None:
    while not ended.wait(TICK) and os.getppid() == parent:
        try:
            runner.run_due()
        except ComityError as error:
            log().error("duties wait", kind=type(error).__name__)


def main() -> int:
    """Run the duties of the region that the settings name until told to stop."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    settings = read_settings()
    configure_logs(settings.log_level)
    try:
        region = open_region(settings)
    except ComityError as error:
        log().error("duties cannot start", kind=type(error).__name__)
        return FAILED
    node = open_node(region)
    try:
        settle_intents(region.issuer, region.keys, region.keys, at=region.clock())
    except ComityError as error:
        log().error("interrupted changes of keys are not settled", kind=type(error).__name__)
    duties = (*DUTIES, _noting_heads(region.folder.audit_heads))
    lanes = [[duty for duty in duties if (duty.name in LONG) is is_long] for is_long in (False, True)]
    lanes += [list(hub_duties(region)), list(country_duties(region))]
    run_until(ended, [DutyRunner(node, lane) for lane in lanes if lane], region.folder.duties_lock)
    region.close()
    return 0


def _noting_heads(file: Path) -> Duty:
    """Make the duty that notes the heads of the audit, in a file and in the log."""

    def note(issuer: Issuer, folder: Path, at: Instant) -> None:
        with issuer.store.reading() as transaction:
            log().info("audit heads", heads=note_heads(transaction, file, at=at))

    return Duty(name="audit-heads", every_seconds=HEADS_EVERY, run=note)


if __name__ == "__main__":
    sys.exit(main())
