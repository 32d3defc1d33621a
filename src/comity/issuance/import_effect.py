"""The effect of an evidence import: whom its rows touch, and what becomes of their colours if they count.

Exactly the people are touched for whom a row can make a difference, now or later; the others' rows are kept
and cost nothing. Nothing here makes a row count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, TypeAlias, TypeVar

from comity.domain.assessment import assess
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.colour import Colour
from comity.domain.evidence import AreaStay, Clearance, EvidenceKind, RiskMap
from comity.domain.instant import Instant
from comity.issuance.evidence import EvidenceRow, RiskAreaRow, holders_by_stay, read_evidence, risk_map
from comity.issuance.import_records import EvidenceImport, ImportHolder, ImportKind
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, Person, Standing
from comity.issuance.standing import assess_all
from comity.records.ports import Transaction
from comity.records.search import at_least, equal, one_of

SEARCH: Final = 1_000
"""Keys asked for in one search."""
PEOPLE: Final = 500
"""People assessed at once."""

T = TypeVar("T")
Progress: TypeAlias = Callable[[str, int], None]
"""Told what is being done and how many rows or people of it are done."""


def silent(what: str, count: int) -> None:
    """Tell nobody."""


def bears(row: EvidenceRow, risks: RiskMap, rulebook: AssessmentRulebook, *, at: Instant) -> bool:
    """Say whether a row alone can change its holder's colour; a clearance and what a run found may."""
    if row.kind is EvidenceKind.FINDING:
        return True
    evidence = read_evidence(row)
    if isinstance(evidence, Clearance):
        return True
    covering = risks.covering((evidence,)) if isinstance(evidence, AreaStay) else ()
    if isinstance(evidence, AreaStay) and not covering:
        return False
    found = assess((evidence,), covering, rulebook, at=at)
    return found.next_at is not None


def mark_holders(transaction: Transaction, import_id: str, holders: Iterable[HolderKey]) -> None:
    """Note who has to be assessed when an import is released; who is noted already stays so."""
    for some in blocks(sorted(set(holders)), SEARCH):
        marks = {f"{import_id}-{holder}": holder for holder in some}
        known = {each.mark for each in transaction.of(ImportHolder).select(one_of("mark", list(marks)))}
        transaction.of(ImportHolder).add(
            *(
                ImportHolder(mark=mark, import_id=import_id, holder=holder)
                for mark, holder in marks.items()
                if mark not in known
            )
        )


def find_effect(
    issuer: Issuer, given: EvidenceImport, *, at: Instant, progress: Progress = silent
) -> EvidenceImport:
    """Assess everybody an import touches as if it counted, and note how many turn, and how many turn back."""
    if given.kind is ImportKind.RISK_AREAS:
        mark_stays(issuer, given)
    affected = turns = clears = 0
    after = ""
    with issuer.store.reading() as transaction:
        replaced = {row.ref for row in replaced_areas(transaction, given)}
        risks = risk_map(transaction, at=at, with_import=given.import_id, without=replaced)
        while marks := marked(transaction, given.import_id, after=after):
            holders = people_of(transaction, given.kind, [each.holder for each in marks])
            before = {s.holder: s.colour for s in transaction.of(Standing).select(one_of("holder", holders))}
            found = assess_all(
                transaction, issuer, holders, at=at, with_import=given.import_id, risks=risks
            ).assessments
            for holder in holders:
                was_green = before.get(holder, Colour.GREEN) is Colour.GREEN
                is_green = found[holder].colour is Colour.GREEN
                turns += was_green and not is_green
                clears += is_green and not was_green
            affected += len(holders)
            after = marks[-1].mark + "!"
            progress("effect", affected)
    return replace(given, affected=affected, turns=turns, clears=clears)


def people_of(transaction: Transaction, kind: ImportKind, holders: Sequence[HolderKey]) -> list[HolderKey]:
    """Leave out whom a run is about and nobody here knows: their findings wait until they apply."""
    if kind is not ImportKind.FINDINGS:
        return list(holders)
    known = {each.holder for each in transaction.of(Person).select(one_of("holder", holders))}
    known |= {each.holder for each in transaction.of(Standing).select(one_of("holder", holders))}
    return [holder for holder in holders if holder in known]


def marked(transaction: Transaction, import_id: str, *, after: str = "") -> list[ImportHolder]:
    """Give the next people who wait for an import, in order of their marks."""
    return transaction.of(ImportHolder).select(
        equal("import_id", import_id),
        at_least("mark", after),
        order=("import_id", "mark"),
        limit=PEOPLE,
    )


def mark_stays(issuer: Issuer, given: EvidenceImport) -> None:
    """Note who stayed in one of the areas that the import lists, or in one whose listing it replaces."""
    with issuer.store.reading() as transaction:
        rows = transaction.of(RiskAreaRow).select(equal("import_id", given.import_id))
        replaced = replaced_areas(transaction, given)
        touched = {
            holder
            for row in (*rows, *replaced)
            for holder in holders_by_stay(transaction, row.as_risk_area())
        }
    with issuer.store.transaction() as transaction:
        mark_holders(transaction, given.import_id, touched)


def replaced_areas(transaction: Transaction, given: EvidenceImport) -> list[RiskAreaRow]:
    """Give earlier listings that the import gives another end: of the same source, area, level and begin."""
    if given.kind is not ImportKind.RISK_AREAS:
        return []
    new = transaction.of(RiskAreaRow).select(equal("import_id", given.import_id))
    begun = {(row.area, row.level, row.began_at) for row in new}
    old: list[RiskAreaRow] = []
    for areas in blocks({row.area for row in new}, SEARCH):
        old += transaction.of(RiskAreaRow).select(one_of("area", areas), equal("withdrawn_at", None))
    return [
        row
        for row in old
        if row.import_id != given.import_id
        and row.source_name == given.source_name
        and (row.area, row.level, row.began_at) in begun
    ]


def blocks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give the items in lists of at most `size`."""
    iterator = iter(items)
    while block := list(islice(iterator, size)):
        yield block
