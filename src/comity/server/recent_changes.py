"""What this region says now of passes whose holder's colour changed after the last status list (rule 8).

A list follows a change within 60 s; until then a gate that asks online learns of it here: `issuer_says` of
`verify`. Only recent changes are kept, by pass id, so that the hot route pays a look-up in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from comity.domain.colour import Colour
from comity.domain.instant import HOUR, Instant
from comity.errors import StoreUnavailable
from comity.issuance.changes import changes_since, generation
from comity.issuance.outdated_standings import find_outdated
from comity.issuance.records import Change, HolderKey, IssuedPass, Standing
from comity.records.ports import Store, Transaction
from comity.records.search import at_least, one_of

CHANGES_KEPT: Final = HOUR
"""Seconds for which a change is remembered: the longest a status list may take to follow."""
_MAX_CHANGES: Final = 10_000
"""Changes read at one look; the rest at the next, a second later."""
_HOLDERS: Final = 500


class RecentChanges:
    """Present colours by pass id, for passes that were signed with another one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._colours: dict[str, tuple[Colour, Instant]] = {}
        self._number: int | None = None

    def find(self, pass_id: bytes) -> Colour | None:
        """Find what this region says now, where it differs from what it signed and is at hand."""
        if not self._colours:
            return None
        known = self._colours.get(pass_id.hex())
        return None if known is None else known[0]

    def refresh(self, *, at: Instant) -> None:
        """Read the changes since the last time; with the records out of reach, nothing changes."""
        try:
            with self._store.reading() as transaction:
                changes, number = self._new_changes(transaction, at)
                holders = list(dict.fromkeys(change.holder for change in changes))
                found = [_colours(transaction, some, at) for some in _in_parts(holders)]
        except StoreUnavailable:
            return
        kept = {name: known for name, known in self._colours.items() if known[1] > at - CHANGES_KEPT}
        for signed, present in (pair for part in found for pair in part.items()):
            kept.pop(signed, None)
            if present is not None:
                kept[signed] = present, at
        self._colours = kept
        self._number = number

    def _new_changes(self, transaction: Transaction, at: Instant) -> tuple[list[Change], int]:
        if self._number is None:
            number = generation(transaction)
            return transaction.of(Change).select(at_least("at", at - CHANGES_KEPT)), number
        changes = changes_since(transaction, self._number, limit=_MAX_CHANGES)
        return changes, changes[-1].number if changes else self._number


def _in_parts(holders: list[HolderKey]) -> Iterator[list[HolderKey]]:
    return (holders[start : start + _HOLDERS] for start in range(0, len(holders), _HOLDERS))


def _colours(transaction: Transaction, holders: list[HolderKey], at: Instant) -> dict[str, Colour | None]:
    """Give by pass id the present colour where it is another than was signed, else None."""
    some = one_of("holder", holders)
    standings = {each.holder: each.colour for each in transaction.of(Standing).select(some)}
    passes = transaction.of(IssuedPass).select(some, at_least("expires_at", at))
    present = ((issued, standings.get(issued.holder, issued.colour)) for issued in passes)
    return {issued.pass_id: None if colour is issued.colour else colour for issued, colour in present}


def present_colour(store: Store, pass_id: bytes) -> Colour | None:
    """Find the colour of a pass's holder as recorded now.

    Raises: StoreUnavailable, also while a released import may make another of it, or it cannot be assessed.
    """
    with store.reading() as transaction:
        issued = transaction.of(IssuedPass).find(pass_id.hex())
        standing = None if issued is None else transaction.of(Standing).find(issued.holder)
        if standing is None:
            return None
        if standing.set_aside_at is not None or find_outdated(transaction, [standing]):
            raise StoreUnavailable("this colour is being assessed at the moment")
    return standing.colour
