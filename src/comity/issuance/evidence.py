"""Evidence as a region keeps it: rows by holder, risk areas, and what of them is in effect.

The holder is the keyed hash of an identity document, so that evidence is found for somebody who is not
registered yet, and nobody is named here. Rows of an import count only once it was released, all at once; a
row that a correction found wrong is withdrawn and stays on record. What a row means is in `domain.evidence`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from comity.domain.assessment_document import RULE_DAYS
from comity.domain.colour import ColourReason
from comity.domain.evidence import (
    EVENT_REASONS,
    AreaArrival,
    AreaStay,
    Assignment,
    Clearance,
    Evidence,
    EvidenceKind,
    EvidenceSource,
    HealthEvent,
    PresenceRecord,
    RiskArea,
    RiskLevel,
    RiskMap,
)
from comity.domain.instant import DAY, LAST_INSTANT, Instant
from comity.errors import UnknownRecord
from comity.issuance.import_records import PENDING, EvidenceImport
from comity.issuance.records import HolderKey
from comity.records.ports import Record, Records, Search, Transaction
from comity.records.search import at_least, at_most, equal, one_of

REGION_SOURCE: Final = "region:"
"""What the source name of evidence from another region begins with; its code follows."""
PAGE: Final = 1_000
"""Rows looked at in one search."""
RISK_MEMORY: Final = max(RULE_DAYS) * DAY
"""Seconds after its end for which a risk area can still bear on a colour: the longest a rule lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One piece of evidence about one holder; `began_at` is its instant where it has only one.

    `reason` is what a clearance clears, `rule_id` what an assignment or a finding cites; `source_name` the
    list or desk. A finding is one of an assessment run, `hand_over` the number of the hand-over that brought
    it; one without a rule says that the run found nothing.
    """

    ref: str
    holder: HolderKey
    kind: EvidenceKind
    source: EvidenceSource
    source_name: str
    began_at: Instant
    ended_at: Instant | None = None
    area: str | None = None
    record: PresenceRecord | None = None
    reason: ColourReason | None = None
    rule_id: str | None = None
    import_id: str | None = None
    added_at: Instant
    withdrawn_at: Instant | None = None
    hand_over: int | None = None

    TABLE: ClassVar[str] = "evidence"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder",), ("import_id", "ref"), ("area", "ref"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAreaRow:
    """One risk area as listed; a later listing with another end withdraws it."""

    ref: str
    area: str
    level: RiskLevel
    began_at: Instant
    ended_at: Instant | None
    source_name: str
    import_id: str | None
    added_at: Instant
    withdrawn_at: Instant | None = None

    TABLE: ClassVar[str] = "risk_area"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("import_id",), ("area",))

    def as_risk_area(self) -> RiskArea:
        """Give what an assessment needs of it."""
        return RiskArea(area=self.area, level=self.level, began_at=self.began_at, ended_at=self.ended_at)


def read_evidence(row: EvidenceRow) -> Evidence:
    """Turn a row into the evidence it is."""
    match row.kind:
        case EvidenceKind.STAY:
            return AreaStay(
                ref=row.ref,
                source=row.source,
                area=row.area or "",
                record=row.record or PresenceRecord.PLACE_CODE,
                began_at=row.began_at,
                ended_at=row.began_at if row.ended_at is None else row.ended_at,
            )
        case EvidenceKind.ARRIVAL:
            return AreaArrival(ref=row.ref, source=row.source, area=row.area or "", arrived_at=row.began_at)
        case EvidenceKind.CLEARANCE:
            assert row.reason is not None  # noqa: S101 - a clearance is never written without
            return Clearance(ref=row.ref, source=row.source, reason=row.reason, cleared_at=row.began_at)
        case EvidenceKind.ASSIGNMENT:
            return Assignment(
                ref=row.ref,
                source=row.source,
                rule_id=row.rule_id or "",
                began_at=row.began_at,
                ended_at=row.began_at if row.ended_at is None else row.ended_at,
            )
        case EvidenceKind.FINDING:
            return Assignment(
                ref=row.ref,
                source=row.source,
                rule_id=row.rule_id or "",
                began_at=row.began_at,
                ended_at=LAST_INSTANT if row.ended_at is None else row.ended_at,
            )
        case _:
            return HealthEvent(
                ref=row.ref, source=row.source, reason=EVENT_REASONS[row.kind], happened_at=row.began_at
            )


_PENDING_IMPORTS: Final = Search(EvidenceImport, (one_of("state", PENDING),))


def pending_imports(transaction: Transaction) -> frozenset[str]:
    """Give the imports whose rows do not count."""
    return frozenset(each.import_id for each in _PENDING_IMPORTS.of(transaction))


def _rows_of(holders: Sequence[HolderKey]) -> Search[EvidenceRow]:
    return Search(EvidenceRow, (one_of("holder", holders),))


def evidence_searches(holders: Sequence[HolderKey]) -> tuple[Search[Record], ...]:
    """Name the searches of `rows_in_effect`."""
    return _PENDING_IMPORTS, _rows_of(holders)


def rows_in_effect(
    transaction: Transaction, holders: Sequence[HolderKey], *, with_import: str | None = None
) -> dict[HolderKey, list[EvidenceRow]]:
    """Give the rows that count for each holder, and those of one pending import to see what it would do.

    Of the findings of assessment runs those of the newest hand-over about the holder count, and no others.
    """
    pending = pending_imports(transaction) - {with_import}
    found: dict[HolderKey, list[EvidenceRow]] = {holder: [] for holder in holders}
    newest: dict[HolderKey, int] = {}
    for row in _rows_of(holders).of(transaction):
        if row.import_id in pending:
            continue
        found[row.holder].append(row)
        if row.hand_over is not None:
            newest[row.holder] = max(row.hand_over, newest.get(row.holder, 0))
    return {
        holder: [row for row in rows if _is_in_effect(row, newest.get(holder))]
        for holder, rows in found.items()
    }


def _is_in_effect(row: EvidenceRow, hand_over: int | None) -> bool:
    is_outdated = row.hand_over is not None and (row.hand_over != hand_over or row.rule_id is None)
    return row.withdrawn_at is None and not is_outdated


def risk_map(
    transaction: Transaction,
    *,
    at: Instant,
    with_import: str | None = None,
    without: Container[str] = (),
) -> RiskMap:
    """Give the risk areas that count and can still bear on a colour; `without` names rows left out."""
    pending = pending_imports(transaction) - {with_import}
    rows = transaction.of(RiskAreaRow).select(equal("withdrawn_at", None))
    return RiskMap(
        row.as_risk_area()
        for row in rows
        if row.import_id not in pending
        and row.ref not in without
        and (row.ended_at is None or row.ended_at + RISK_MEMORY > at)
    )


def withdraw_evidence(transaction: Transaction, ref: str, *, at: Instant) -> EvidenceRow:
    """Take back a row that was found wrong; then `standing.reassess` its holder. Raises: UnknownRecord."""
    row = transaction.of(EvidenceRow).find(ref)
    if row is None:
        raise UnknownRecord("there is no evidence with this reference")
    withdrawn = replace(row, withdrawn_at=at if row.withdrawn_at is None else row.withdrawn_at)
    transaction.of(EvidenceRow).replace(withdrawn)
    return withdrawn


def holders_by_stay(transaction: Transaction, risk_area: RiskArea) -> Iterator[HolderKey]:
    """Give the holders with a stay that a risk area covers while it was rated; one may come several times."""
    rows = transaction.of(EvidenceRow)
    last = risk_area.area.removesuffix("00").removesuffix("00").ljust(6, "9")
    next_area = risk_area.area
    while True:
        begin = rows.select(
            at_least("area", next_area), at_most("area", last), order=("area", "ref"), limit=1
        )
        if not begin or begin[0].area is None:
            return
        for row in _rows_of_area(rows, begin[0].area):
            evidence = read_evidence(row)
            if isinstance(evidence, AreaStay) and risk_area.last_presence(evidence) is not None:
                yield row.holder
        next_area = begin[0].area + "!"


def _rows_of_area(rows: Records[EvidenceRow], area: str) -> Iterator[EvidenceRow]:
    after = ""
    while True:
        page = rows.select(equal("area", area), at_least("ref", after), order=("area", "ref"), limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].ref + "!"
