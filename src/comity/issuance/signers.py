"""What workers remember of who may sign requests, and by which number they know that it changed.

Gates and access applications share one generation: it rises in the transaction that lets one in, suspends it
or puts it out. A worker that sees another number forgets every key it remembered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.records.counter import Counter
from comity.records.ports import Transaction

SIGNERS: Final = "signers"
"""Name of the counter, and of the lock to take before `next_generation`."""


def signer_generation(transaction: Transaction) -> int:
    """Give the present generation."""
    counter = transaction.of(Counter).find(SIGNERS)
    return 0 if counter is None else counter.value


def next_generation(transaction: Transaction) -> None:
    """Begin the next generation; the lock SIGNERS is held."""
    counters = transaction.of(Counter)
    known = counters.find(SIGNERS)
    if known is None:
        counters.add(Counter(name=SIGNERS, value=1))
    else:
        counters.replace(replace(known, value=known.value + 1))
