"""The purge: what the retention clocks end is destroyed, in batches, with a record of how much.

It may be cut off anywhere and run again: each batch is a transaction of its own, which writes the counts too.
What a colour rests on, or a person still uses, is looked at again under the holder's lock before it goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Final

from comity.domain.colour import Colour
from comity.domain.instant import DAY, HOUR, Instant
from comity.issuance.corrections import Correction, CorrectionEvent
from comity.issuance.declarations import Declaration
from comity.issuance.destruction import DestructionCause, DestructionRecord, act_of, write_counts
from comity.issuance.evidence import EvidenceRow
from comity.issuance.home_inquiries import HomeInquiry
from comity.issuance.issuer import Issuer
from comity.issuance.people import Guardianship
from comity.issuance.records import HolderKey, IssuedPass, Message, Person, Standing
from comity.issuance.retention import CLOCKS, EVIDENCE_KEPT, PERSON_KEPT, RetentionClock
from comity.issuance.standing import assess_all
from comity.records.audit import record_acts
from comity.records.ports import Record, Transaction
from comity.records.search import Where, at_least, at_most, differs, equal, one_of
from comity.records.sessions import Session

PURGE_EVERY: Final = DAY
PURGE_BATCH: Final = 500
"""Records of one transaction."""
_CUT_OFF: Final = HOUR
"""Seconds after which a destruction without end counts as cut off."""
_USES: Final[tuple[tuple[type[Record], tuple[str, ...], tuple[Where, ...]], ...]] = (
    (IssuedPass, ("holder", "carrier"), ()),
    (Session, ("who",), ()),
    (Guardianship, ("guardian", "dependant"), (equal("ended_at", None),)),
    (EvidenceRow, ("holder",), ()),
    (Declaration, ("holder",), ()),
    (Correction, ("holder",), ()),
    (HomeInquiry, ("holder",), ()),
)
"""Whose record somebody is as long as the person is needed: kind, fields, and which records count."""

Step = Callable[[Transaction], Counter[str]]


def purge(issuer: Issuer, *, at: Instant, batch: int = PURGE_BATCH) -> DestructionRecord:
    """Destroy what the clocks end, and give the record of it, which is in the audit too.

    1. A destruction that was cut off is closed with its counts.
    2. Records whose one clock has run out.
    3. Evidence of people who are green.
    4. People of whom nothing else is known.
    5. The record is closed and audited.

    Raises: StoreUnavailable, ClockRefused; what was destroyed until then is counted.
    """
    _close_cut_off(issuer, at=at)  # 1
    work = _Destruction(issuer, at=at, batch=batch)
    for clock in CLOCKS:  # 2
        work.follow(clock)
    work.forget_evidence()  # 3
    work.forget_people()  # 4
    return work.close()  # 5


class _Destruction:
    """A purge under way, and its counts so far."""

    def __init__(self, issuer: Issuer, *, at: Instant, batch: int) -> None:
        self.issuer, self.at, self.batch = issuer, at, batch
        self.counts = Counter[str]()
        self.record = DestructionRecord(
            destruction_id=issuer.new_id(), cause=DestructionCause.RETENTION, began_at=at
        )
        with issuer.store.transaction() as transaction:
            transaction.of(DestructionRecord).add(self.record)

    def follow(self, clock: RetentionClock) -> None:
        """Destroy what one clock ends."""
        name, last = key_field(clock.kind), None
        while True:
            with self.issuer.store.reading() as transaction:
                due = transaction.of(clock.kind).select(
                    *clock.due(self.at), *_after(name, last), limit=self.batch
                )
            if not due:
                return
            keys = [getattr(record, name) for record in due]
            last = keys[-1]
            self._do(partial(_remove_due, clock=clock, keys=keys, at=self.at))

    def forget_evidence(self) -> None:
        """Destroy evidence that ended long ago, of those who are green with nothing to come."""
        cutoff, last = self.at - EVIDENCE_KEPT, None
        while True:
            with self.issuer.store.reading() as transaction:
                rows = transaction.of(EvidenceRow).select(
                    at_most("began_at", cutoff), *_after("ref", last), limit=self.batch
                )
            if not rows:
                return
            last = rows[-1].ref
            holders = sorted({row.holder for row in rows if (row.ended_at or row.began_at) <= cutoff})
            if holders:
                self._do(partial(_remove_evidence, self.issuer, holders=holders, cutoff=cutoff, at=self.at))

    def forget_people(self) -> None:
        """Destroy people of whom nothing else is known, long after they last proved who they are."""
        cutoff, last = self.at - PERSON_KEPT, None
        while True:
            with self.issuer.store.reading() as transaction:
                people = transaction.of(Person).select(
                    at_most("added_at", cutoff), *_after("holder", last), limit=self.batch
                )
            if not people:
                return
            last = people[-1].holder
            idle = [each.holder for each in people if (each.proved_at or each.added_at) <= cutoff]
            if idle:
                self._do(partial(_remove_people, holders=idle))

    def close(self) -> DestructionRecord:
        """End the record and put it in the audit."""
        self.record = replace(self.record, ended_at=self.at)
        with self.issuer.store.transaction() as transaction:
            transaction.of(DestructionRecord).replace(self.record)
            record_acts(transaction, [act_of(self.record, actor="region")], at=self.at)
        return self.record

    def _do(self, step: Step) -> int:
        """Take one step and count it in the same transaction."""
        with self.issuer.store.transaction() as transaction:
            removed = step(transaction)
            if removed.total():
                counts = self.counts + removed
                self.record = replace(self.record, counts=write_counts(counts))
                transaction.of(DestructionRecord).replace(self.record)
        self.counts += removed
        return removed.total()


def _close_cut_off(issuer: Issuer, *, at: Instant) -> None:
    with issuer.store.reading() as transaction:
        open_ones = transaction.of(DestructionRecord).select(
            equal("ended_at", None), at_most("began_at", at - _CUT_OFF)
        )
    for record in open_ones:
        with issuer.store.transaction() as transaction:
            act = act_of(record, actor="region")
            transaction.of(DestructionRecord).replace(replace(record, ended_at=at))
            record_acts(transaction, [act], at=at)


def _remove_due(
    transaction: Transaction, *, clock: RetentionClock, keys: Sequence[str | int], at: Instant
) -> Counter[str]:
    """Remove the records with these keys that are still due, and what goes with them."""
    own = one_of(key_field(clock.kind), keys)
    removed = Counter({clock.kind.TABLE: transaction.of(clock.kind).remove(own, *clock.due(at))})
    if clock.kind is Correction:
        removed[CorrectionEvent.TABLE] = transaction.of(CorrectionEvent).remove(one_of("correction_id", keys))
    return removed


def _remove_evidence(
    issuer: Issuer, transaction: Transaction, *, holders: Sequence[HolderKey], cutoff: Instant, at: Instant
) -> Counter[str]:
    transaction.lock(*(f"holder-{holder}" for holder in holders))
    standings = transaction.of(Standing).select(one_of("holder", holders))
    held = {s.holder for s in standings if s.colour is not Colour.GREEN or s.next_at is not None}
    unseen = sorted(set(holders) - {each.holder for each in standings})  # their findings wait for them
    found = assess_all(transaction, issuer, unseen, at=at).assessments if unseen else {}
    held |= {holder for holder, each in found.items() if each.next_at is not None}
    free = [holder for holder in holders if holder not in held]
    evidence, own = transaction.of(EvidenceRow), one_of("holder", free)
    removed = evidence.remove(own, at_most("began_at", cutoff), equal("ended_at", None))
    removed += evidence.remove(own, at_most("ended_at", cutoff))
    known = {person.holder for person in transaction.of(Person).select(own)}
    known |= {row.holder for row in evidence.select(own)}
    strangers = [holder for holder in free if holder not in known]
    gone = transaction.of(Standing).remove(one_of("holder", strangers))
    return Counter({EvidenceRow.TABLE: removed, Standing.TABLE: gone})


def _remove_people(transaction: Transaction, *, holders: Sequence[HolderKey]) -> Counter[str]:
    transaction.lock(*(f"holder-{holder}" for holder in holders))
    own = one_of("holder", _unneeded(transaction, holders))
    return Counter({kind.TABLE: transaction.of(kind).remove(own) for kind in (Person, Standing, Message)})


def _unneeded(transaction: Transaction, holders: Sequence[HolderKey]) -> list[HolderKey]:
    """Leave out whoever some other record still needs."""
    coloured = transaction.of(Standing).select(one_of("holder", holders), differs("colour", Colour.GREEN))
    left = set(holders) - {standing.holder for standing in coloured}
    for kind, names, where in _USES:
        for name in names:
            found = transaction.of(kind).select(one_of(name, left), *where) if left else []
            left -= {getattr(record, name) for record in found}
    return sorted(left)


def _after(name: str, last: str | int | None) -> tuple[Where, ...]:
    return () if last is None else (at_least(name, last), differs(name, last))


def key_field(kind: type[Record]) -> str:
    """Give the name of the field that is the key of a kind: its first."""
    return fields(kind)[0].name  # type: ignore[arg-type]  # a Record is a dataclass
