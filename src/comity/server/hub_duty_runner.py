"""Does the timed duties of the hub, in a process of its own beside the workers: `python -m` this module."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Final

from typing_extensions import override

from comity.bootstrap.hub import OpenHub, open_hub
from comity.bootstrap.hub_publication import finish_publications, order_hub_statements
from comity.bootstrap.settings import read_settings
from comity.distribution.repository import KEPT
from comity.domain.instant import DAY, HOUR, MINUTE, Instant
from comity.errors import ComityError, NotPossibleNow
from comity.hub.purge import purge_hub
from comity.server.duty_runner import FAILED, NodeDutyRunner, run_until
from comity.server.logs import configure_logs, log


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDuty:
    """Something the hub does every so many seconds."""

    name: str
    every_seconds: int
    run: Callable[[OpenHub, Instant], object]


def _renew(opened: OpenHub, at: Instant) -> None:
    try:
        opened.repository.renew(at=at)
    except ComityError:
        if opened.folder.repository.exists():
            raise


def _order(opened: OpenHub, at: Instant) -> None:
    try:
        finish_publications(opened)
        order_hub_statements(opened)
    except NotPossibleNow:
        return  # before the ceremony of the root there is nothing to order in


def _prune(opened: OpenHub, at: Instant) -> None:
    if opened.folder.repository.exists():
        opened.repository.prune(older_than=time.time() - KEPT)


def _purge(opened: OpenHub, at: Instant) -> None:
    purge_hub(opened.hub, at=at)


HUB_DUTIES: Final[tuple[HubDuty, ...]] = (
    HubDuty(name="repository", every_seconds=5 * MINUTE, run=_renew),
    HubDuty(name="hub-statements", every_seconds=MINUTE, run=_order),
    HubDuty(name="old-files", every_seconds=DAY, run=_prune),
    HubDuty(name="purge", every_seconds=HOUR, run=_purge),
)
"""Every duty of the hub."""


class HubDutyRunner(NodeDutyRunner[HubDuty]):
    """Runs each duty of the hub when its time has come."""

    def __init__(self, opened: OpenHub, duties: Sequence[HubDuty] = HUB_DUTIES) -> None:
        super().__init__(duties)
        self._opened = opened

    @override
    def look(self) -> Instant:
        """Read the clock. Raises: ClockRefused."""
        return self._opened.clock()

    @override
    def do(self, duty: HubDuty, at: Instant) -> None:
        """Do one duty."""
        duty.run(self._opened, at)


def main() -> int:
    """Run the duties of the hub that the settings name until told to stop."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    settings = read_settings()
    configure_logs(settings.log_level)
    try:
        opened = open_hub(settings)
    except ComityError as error:
        log().error("duties cannot start", kind=type(error).__name__)
        return FAILED
    try:
        if opened.folder.repository.exists():
            opened.repository.reconcile(at=opened.clock())
            finish_publications(opened)
    except ComityError as error:
        log().error("the repository is not reconciled", kind=type(error).__name__)
    run_until(ended, [HubDutyRunner(opened)], opened.folder.duties_lock)
    opened.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
