"""Changes: the notes by which every worker forgets what it remembered of a holder, within seconds.

The counter `change` is the generation: it is held to the end of the transaction, so that numbers appear in
the order in which they can be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from comity.domain.instant import DAY, Instant
from comity.issuance.records import Change, HolderKey
from comity.records.counter import Counter
from comity.records.ports import Transaction
from comity.records.search import at_least, at_most

CHANGE_COUNTER: Final = "change"
CHANGE_KEPT: Final = DAY
"""Seconds a change is kept; a worker that was away longer forgets everything."""


def note_changes(transaction: Transaction, holders: Iterable[HolderKey], *, at: Instant) -> None:
    """Note that something of these holders changed; take the holders' locks before.

    Raises: StoreUnavailable.
    """
    changed = list(dict.fromkeys(holders))
    if not changed:
        return
    transaction.lock(CHANGE_COUNTER)
    begin = generation(transaction)
    after = Counter(name=CHANGE_COUNTER, value=begin + len(changed))
    if transaction.of(Counter).find(CHANGE_COUNTER) is None:
        transaction.of(Counter).add(after)
    else:
        transaction.of(Counter).replace(after)
    rows = (Change(number=begin + place, holder=h, at=at) for place, h in enumerate(changed, start=1))
    transaction.of(Change).add(*rows)


def note_everybody(transaction: Transaction) -> None:
    """Let every worker forget everybody: a gap in the numbers, which no change fills."""
    transaction.lock(CHANGE_COUNTER)
    after = Counter(name=CHANGE_COUNTER, value=generation(transaction) + 1)
    if transaction.of(Counter).find(CHANGE_COUNTER) is None:
        transaction.of(Counter).add(after)
    else:
        transaction.of(Counter).replace(after)


def generation(transaction: Transaction) -> int:
    """Give the number of the last change, 0 when there was none."""
    found = transaction.of(Counter).find(CHANGE_COUNTER)
    return 0 if found is None else found.value


def changes_since(transaction: Transaction, number: int, *, limit: int) -> list[Change]:
    """List the changes after `number`, oldest first, at most `limit`."""
    return transaction.of(Change).select(at_least("number", number + 1), order=("number",), limit=limit)


def forget_changes(transaction: Transaction, *, at: Instant) -> int:
    """Remove the changes that every worker has long seen, and say how many."""
    return transaction.of(Change).remove(at_most("at", at - CHANGE_KEPT))
