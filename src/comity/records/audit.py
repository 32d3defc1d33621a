"""The audit: every act that changes a colour, a rule, a key or an account, chained so that tampering shows.

Rows stand in a few lanes, so that transactions seldom wait for each other; each row's chain value is the
SHA-256 of the one before it in its lane and of its own content. The row is written in the transaction of the
act: there is no act without it. It also keeps time, for a node whose clock file is gone: nothing is recorded
long before what is already there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from comity.codec import cbor
from comity.domain.instant import MINUTE, Instant, rfc3339
from comity.errors import ClockRefused
from comity.records.audit_records import AuditHead, AuditRow
from comity.records.ports import Search, Transaction
from comity.records.search import at_least, equal

AUDIT_LANES: Final = 8
AUDIT_BATCH: Final = 2_000
"""Rows held in memory while the audit is verified."""
LONGEST_WORK: Final = 15 * MINUTE
"""Seconds for which work goes on with the time it began at, such as an import: the limit of its request."""
_START: Final = bytes(32)
_HEADS: Final = Search(AuditHead, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done: by whom (`officer:ID`, `holder`, `region`, `import:ID`), what, to what."""

    actor: str
    act: str
    subject: str
    detail: Mapping[str, str | int | bool | None] | None = None


def record_acts(transaction: Transaction, acts: Iterable[Act], *, at: Instant) -> None:
    """Append acts to the audit: the last thing a transaction does, since it holds the lane from here on.

    Raises: ClockRefused when `at` lies more than LONGEST_WORK before what any lane has, StoreUnavailable.
    """
    lanes: dict[int, list[Act]] = {}
    for act in acts:
        lanes.setdefault(lane_of(act.subject), []).append(act)
    transaction.lock(*(f"audit-{lane}" for lane in lanes), ahead=(_HEADS,))
    heads = {head.lane: head for head in _HEADS.of(transaction)}
    newest = max((head.at for head in heads.values()), default=at)
    if at < newest - LONGEST_WORK:
        raise ClockRefused(f"the clock says {rfc3339(at)}, but an act of {rfc3339(newest)} is recorded")
    for lane, own in sorted(lanes.items()):
        _append(transaction, lane, heads.get(lane), own, at)


def lane_of(subject: str) -> int:
    """Give the lane in which acts on a subject stand."""
    return sha256(subject.encode()).digest()[0] % AUDIT_LANES


def _append(
    transaction: Transaction, lane: int, known: AuditHead | None, acts: list[Act], at: Instant
) -> None:
    head = known or AuditHead(lane=lane, number=-1, at=at, chained=_START)
    rows: list[AuditRow] = []
    number, chained = head.number, head.chained
    for act in acts:
        number += 1
        row = AuditRow(
            place=number * AUDIT_LANES + lane,
            at=at,
            actor=act.actor,
            act=act.act,
            subject=act.subject,
            detail=json.dumps(dict(act.detail or {}), sort_keys=True, separators=(",", ":")),
            chained=b"",
        )
        chained = chain(chained, row)
        rows.append(_with_chain(row, chained))
    transaction.of(AuditRow).add(*rows, later=True)
    after = AuditHead(lane=lane, number=number, at=max(at, head.at), chained=chained)
    heads = transaction.of(AuditHead)
    if known is None:
        heads.add(after)
    else:
        heads.replace(after, later=True)


def chain(before: bytes, row: AuditRow) -> bytes:
    """Give the chain value of a row that follows `before`, 32 bytes."""
    content: list[cbor.Value] = [before, row.place, row.at, row.actor, row.act, row.subject, row.detail]
    return sha256(cbor.write(content)).digest()


def _with_chain(row: AuditRow, chained: bytes) -> AuditRow:
    return AuditRow(
        place=row.place,
        at=row.at,
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        detail=row.detail,
        chained=chained,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFault:
    """Where the audit does not hold: the place of the first row in its lane that is wrong, and how."""

    lane: int
    place: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCheck:
    """What a check of the whole audit found; `heads` is the chain value at the end of each lane.

    Heads kept elsewhere show what no chain can show by itself: that a whole lane was written anew.
    """

    rows: int
    faults: tuple[AuditFault, ...]
    heads: tuple[bytes, ...]


@dataclass(slots=True)
class _LaneCheck:
    """One lane on the way through the audit, up to its first fault."""

    lane: int
    number: int = 0
    chained: bytes = _START
    fault: AuditFault | None = None

    def follow(self, row: AuditRow) -> None:
        """Check the next row of the lane."""
        if self.fault is not None:
            return
        expected = self.number * AUDIT_LANES + self.lane
        chained = chain(self.chained, row)
        if row.place != expected:
            self.fail(expected, "a row is missing")
        elif row.chained != chained:
            self.fail(expected, "a row was altered")
        else:
            self.number, self.chained = self.number + 1, chained

    def finish(self, head: AuditHead | None) -> None:
        """Compare the end of the lane with its head."""
        last, chained = (-1, _START) if head is None else (head.number, head.chained)
        place = self.number * AUDIT_LANES + self.lane
        if self.fault is not None:
            return
        if last >= self.number:
            self.fail(place, "rows at the end are missing")
        elif last < self.number - 1:
            self.fail((last + 1) * AUDIT_LANES + self.lane, "a row was added past the head")
        elif chained != self.chained:
            self.fail(place - AUDIT_LANES, "the head was altered")

    def fail(self, place: int, what: str) -> None:
        """Keep the first fault."""
        self.fault = AuditFault(lane=self.lane, place=place, what=what)


def verify_audit(transaction: Transaction, *, batch: int = AUDIT_BATCH) -> AuditCheck:
    """Check every lane from its first row, `batch` rows at a time: the first fault of each lane."""
    lanes = [_LaneCheck(lane) for lane in range(AUDIT_LANES)]
    count, after = 0, -1
    while True:
        rows = read_audit(transaction, after=after, limit=batch)
        for row in rows:
            lanes[row.place % AUDIT_LANES].follow(row)
        count += len(rows)
        if len(rows) < batch:
            break
        after = rows[-1].place
    heads = transaction.of(AuditHead)
    for lane in lanes:
        lane.finish(heads.find(lane.lane))
    return AuditCheck(
        rows=count,
        faults=tuple(lane.fault for lane in lanes if lane.fault is not None),
        heads=tuple(lane.chained for lane in lanes),
    )


def read_audit(
    transaction: Transaction, *, after: int = -1, limit: int, subject: str | None = None
) -> list[AuditRow]:
    """List up to `limit` rows after a place, in order of place; those on one subject where it is given."""
    own = () if subject is None else (equal("subject", subject),)
    return transaction.of(AuditRow).select(at_least("place", after + 1), *own, order=("place",), limit=limit)
