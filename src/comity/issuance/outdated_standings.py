"""Standings that are outdated: an import counts since its release, and its people are not all assessed yet.

Between the two a colour on record may be an old one, so that whoever gives a colour assesses first (settled
rules 7 and 8). It costs one search, which finds nothing as long as no import is under way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from comity.domain.instant import Instant
from comity.issuance.changes import note_changes, note_everybody
from comity.issuance.import_records import UNDER_WAY, EvidenceImport, ImportHolder, ImportState
from comity.issuance.records import HolderKey, Standing
from comity.records.ports import Search, Transaction
from comity.records.search import equal, one_of

NOTED_ONE_BY_ONE: Final = 1_000
"""People of an import whom workers forget one by one; of more, they forget everybody."""
IMPORTS_UNDER_WAY: Final = Search(EvidenceImport, (one_of("state", UNDER_WAY),))
"""The first search of `find_outdated`."""


def find_outdated(transaction: Transaction, standings: Iterable[Standing]) -> frozenset[HolderKey]:
    """Find whose standings are older than a released import that may touch them."""
    known = list(standings)
    if not known:
        return frozenset()
    found = set[HolderKey]()
    for given in IMPORTS_UNDER_WAY.of(transaction):
        released_at = given.released_at or given.touched_at
        before = [standing.holder for standing in known if standing.assessed_at <= released_at]
        if given.state is ImportState.RELEASED:  # whom it touches is not noted yet
            found.update(before)
        elif before:
            marks = [f"{given.import_id}-{holder}" for holder in before]
            found.update(each.holder for each in transaction.of(ImportHolder).select(one_of("mark", marks)))
    return frozenset(found)


def note_release(transaction: Transaction, given: EvidenceImport, *, is_noted: bool, at: Instant) -> None:
    """Let every worker forget whom a release touches: everybody where it is not noted whom."""
    marks: list[ImportHolder] = []
    if is_noted:
        marks = transaction.of(ImportHolder).select(
            equal("import_id", given.import_id), limit=NOTED_ONE_BY_ONE + 1
        )
    if not is_noted or len(marks) > NOTED_ONE_BY_ONE:
        note_everybody(transaction)
    else:
        note_changes(transaction, [each.holder for each in marks], at=at)
