"""The register as it is served: read from the records when the hub has accepted something, kept until then.

Pages, feeds and API ask one source. A worker looks for news at most once a second; a statement is seen
everywhere within that. Only what was accepted lately is looked through, since nothing is ever removed. What
was known at past instants is kept for the last few that were asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from threading import Lock
from time import monotonic
from typing import Final

from comity.domain.instant import BEIJING, MINUTE, Instant, instant_of
from comity.errors import InvalidInput
from comity.hub.register import Register, read_register
from comity.hub.statements import AcceptedStatement
from comity.records.ports import Store
from comity.records.search import at_least
from comity.trust.algorithm import PublicKey

LOOKS_EVERY: Final = 1.0
"""Seconds between two looks for news."""
OVERLAP: Final = 15 * MINUTE
"""Seconds before the newest statement that are looked through again: work under way may end that late."""
_MOST_PAST: Final = 32
_DATE_LENGTH: Final = len("2020-03-19")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """The register for one question: what was known, the instant asked about, and whether that is now."""

    register: Register
    at: Instant
    now: Instant
    is_now: bool


@dataclass(slots=True, kw_only=True)
class RegisterSource:
    """Where the register comes from.

    `load` gives the statements accepted at or after an instant, `roots` the files of the repository's roots,
    oldest first. `hub` is the hub's root key, `url` where people reach the hub, without a slash at its end.
    """

    load: Callable[[Instant], Iterable[AcceptedStatement]]
    clock: Callable[[], Instant]
    hub: PublicKey
    url: str
    is_test: bool
    roots: Callable[[], tuple[bytes, ...]] = tuple
    _register: Register | None = None
    _statements: dict[str, AcceptedStatement] = field(default_factory=dict)
    _newest: Instant = 0
    _looked: float = 0.0
    _past: OrderedDict[int, Register] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def current(self) -> Register:
        """Give the register with everything accepted so far."""
        with self._lock:
            return self._current()

    def view(self, as_of: str | None) -> RegisterView:
        """Give the register for a question about `as_of`: a date, an RFC 3339 time, or None for now.

        A date means its end in +08:00, today's means now. Raises: InvalidInput.
        """
        now = self.clock()
        at = now if as_of is None or not as_of.strip() else read_as_of(as_of.strip(), now)
        with self._lock:
            register = self._current()
            if at < now and (register.changed_at or 0) > at:
                register = self._known_at(register, at)
        return RegisterView(register=register, at=at, now=now, is_now=at == now)

    def _current(self) -> Register:
        looked = monotonic()
        if self._register is not None and looked - self._looked < LOOKS_EVERY:
            return self._register
        news = [
            statement
            for statement in self.load(max(self._newest - OVERLAP, 0))
            if statement.statement_id not in self._statements
        ]
        if self._register is None or news:
            self._statements |= {statement.statement_id: statement for statement in news}
            self._newest = max([self._newest, *(statement.accepted_at for statement in news)])
            self._register = read_register(self._statements.values(), hub=self.hub, is_test=self.is_test)
            self._past.clear()
        self._looked = looked
        return self._register

    def _known_at(self, register: Register, at: Instant) -> Register:
        known = bisect_right(register.entries, at, key=lambda entry: entry.accepted_at)
        found = self._past.get(known)
        if found is None:
            found = self._past[known] = register.as_known_at(at)
            if len(self._past) > _MOST_PAST:
                self._past.popitem(last=False)
        self._past.move_to_end(known)
        return found


def read_as_of(written: str, now: Instant) -> Instant:
    """Read the instant a question is about. Raises: InvalidInput."""
    try:
        if len(written) == _DATE_LENGTH:
            day = date.fromisoformat(written)
            end = datetime.combine(day + timedelta(days=1), time(), BEIJING)
            is_today = day == datetime.fromtimestamp(now, BEIJING).date()
            return now if is_today else instant_of(end) - 1
        return instant_of(datetime.fromisoformat(written))
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            "as_of is no date such as 2020-03-19, nor a time such as 2020-03-19T12:00:00+08:00",
            field="as_of",
            next_step="Give a date, or a time with its offset; in an address + is written %2B.",
        ) from error


def stored_register(
    store: Store,
    *,
    clock: Callable[[], Instant],
    hub: PublicKey,
    url: str,
    is_test: bool,
    roots: Callable[[], tuple[bytes, ...]] = tuple,
) -> RegisterSource:
    """Give the register of what a store holds."""

    def load(since: Instant) -> Iterable[AcceptedStatement]:
        with store.reading() as transaction:
            return transaction.of(AcceptedStatement).select(
                at_least("accepted_at", since), order=("accepted_at",)
            )

    return RegisterSource(load=load, clock=clock, hub=hub, url=url, is_test=is_test, roots=roots)
