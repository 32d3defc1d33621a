"""What this region says now of passes whose holder's colour changed after the last status list (rule 8).

A list follows a change within 60 s; until then a gate that asks online learns of it here: `issuer_says` of
`verify`. Only recent changes are kept, by pass id, so that the hot route pays a look-up in memory.
"""

from __future__ import annotations

from typing import Final

from comity.domain.colour import Colour
from comity.domain.instant import HOUR, Instant
from comity.errors import StoreUnavailable
from comity.issuance.ports import Store
from comity.issuance.records import Change, HolderKey, IssuedPass, Standing
from comity.issuance.search import at_least, one_of

CHANGES_KEPT: Final = HOUR
"""Seconds for which a change is remembered: the longest a status list may take to follow."""
_OVERLAP: Final = 10
_MAX_CHANGES: Final = 50_000
_HOLDERS: Final = 500


class RecentChanges:
    """Present colours by pass id, for passes that were signed with another one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._colours: dict[str, tuple[Colour, Instant]] = {}
        self._read_to: Instant | None = None

    def find(self, pass_id: bytes) -> Colour | None:
        """Find what this region says now, where it differs from what it signed and is at hand."""
        if not self._colours:
            return None
        known = self._colours.get(pass_id.hex())
        return None if known is None else known[0]

    def refresh(self, *, at: Instant) -> None:
        """Read the changes since the last time; with the records out of reach, nothing changes."""
        since = at - CHANGES_KEPT if self._read_to is None else self._read_to - _OVERLAP
        try:
            with self._store.reading() as transaction:
                changes = transaction.of(Change).select(at_least("at", since), limit=_MAX_CHANGES)
                holders = list(dict.fromkeys(change.holder for change in changes))
                standings: dict[HolderKey, Colour] = {}
                passes: list[IssuedPass] = []
                for start in range(0, len(holders), _HOLDERS):
                    some = one_of("holder", holders[start : start + _HOLDERS])
                    standings |= {each.holder: each.colour for each in transaction.of(Standing).select(some)}
                    passes += transaction.of(IssuedPass).select(some, at_least("expires_at", at))
        except StoreUnavailable:
            return
        colours = {pass_id: known for pass_id, known in self._colours.items() if known[1] > at - CHANGES_KEPT}
        for issued in passes:
            colour = standings.get(issued.holder, issued.colour)
            if colour is issued.colour:
                colours.pop(issued.pass_id, None)
            else:
                colours[issued.pass_id] = colour, at
        self._colours, self._read_to = colours, at


def present_colour(store: Store, pass_id: bytes) -> Colour | None:
    """Find the colour of a pass's holder as recorded now. Raises: StoreUnavailable."""
    with store.reading() as transaction:
        issued = transaction.of(IssuedPass).find(pass_id.hex())
        standing = None if issued is None else transaction.of(Standing).find(issued.holder)
    return None if standing is None else standing.colour
