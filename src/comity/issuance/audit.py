"""The audit: every act that changes a colour, a rule, a key or an account, chained so that tampering shows.

Rows stand in a few lanes, so that transactions seldom wait for each other; each row's chain value is the
SHA-256 of the one before it in its lane and of its own content. The row is written in the transaction of the
act: there is no act without it. It also keeps time: nothing is recorded before what is already there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from comity.codec import cbor
from comity.domain.instant import Instant, rfc3339
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import ClockRefused
from comity.issuance.ports import Transaction
from comity.issuance.records import AuditHead, AuditRow
from comity.issuance.search import equal

AUDIT_LANES: Final = 8
_START: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done: by whom (`officer:ID`, `holder`, `region`, `import:ID`), what, to what."""

    actor: str
    act: str
    subject: str
    detail: Mapping[str, str | int | bool | None] | None = None


def record_acts(transaction: Transaction, acts: Iterable[Act], *, at: Instant) -> None:
    """Append acts to the audit: the last thing a transaction does, since it holds the lane from here on.

    Raises: ClockRefused when `at` is more than 60 s before what the lane already has, StoreUnavailable.
    """
    lanes: dict[int, list[Act]] = {}
    for act in acts:
        lanes.setdefault(lane_of(act.subject), []).append(act)
    transaction.lock(*(f"audit-{lane}" for lane in lanes))
    for lane, own in sorted(lanes.items()):
        _append(transaction, lane, own, at)


def lane_of(subject: str) -> int:
    """Give the lane in which acts on a subject stand."""
    return sha256(subject.encode()).digest()[0] % AUDIT_LANES


def _append(transaction: Transaction, lane: int, acts: list[Act], at: Instant) -> None:
    heads = transaction.of(AuditHead)
    known = heads.find(lane)
    head = known or AuditHead(lane=lane, number=-1, at=at, chained=_START)
    if at < head.at - CLOCK_LEEWAY:
        raise ClockRefused(f"the clock says {rfc3339(at)}, but an act of {rfc3339(head.at)} is recorded")
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
    transaction.of(AuditRow).add(*rows)
    after = AuditHead(lane=lane, number=number, at=max(at, head.at), chained=chained)
    if known is None:
        heads.add(after)
    else:
        heads.replace(after)


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


def verify_audit(transaction: Transaction) -> tuple[int, tuple[AuditFault, ...]]:
    """Check every lane from its first row: how many rows hold, and the first fault of each lane."""
    count, faults = 0, list[AuditFault]()
    rows = transaction.of(AuditRow).select()
    for lane in range(AUDIT_LANES):
        own = [row for row in rows if row.place % AUDIT_LANES == lane]
        fault = _first_fault(lane, own, transaction.of(AuditHead).select(equal("lane", lane)))
        count += len(own)
        if fault is not None:
            faults.append(fault)
    return count, tuple(faults)


def _first_fault(lane: int, rows: list[AuditRow], heads: list[AuditHead]) -> AuditFault | None:
    chained = _START
    for number, row in enumerate(rows):
        expected = number * AUDIT_LANES + lane
        if row.place != expected:
            return AuditFault(lane=lane, place=expected, what="a row is missing")
        chained = chain(chained, row)
        if row.chained != chained:
            return AuditFault(lane=lane, place=row.place, what="a row was altered")
    last = heads[0].number if heads else -1
    if last != len(rows) - 1 or (heads and heads[0].chained != chained):
        return AuditFault(lane=lane, place=len(rows) * AUDIT_LANES + lane, what="rows at the end are missing")
    return None
