"""Places in status lists: every device and paper pass takes a fresh one at random, none is given twice.

A counter only rises; a keyed permutation turns its numbers into the indexes of one list, so that neighbours
in a list say nothing about who applied when (Token Status List, unlinkability). A worker takes numbers in
blocks: a crash loses some and repeats none. A full list is followed by the next. See docs/adr/0010.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import isqrt
from typing import ClassVar, Final

from comity.domain.instant import HOUR, Instant
from comity.records.counter import Counter
from comity.records.ports import Store, Transaction

LIST_SIZE: Final = 25_000_000
"""Entries of one list: the people of a large region, 6.25 MB before it is deflated."""
BLOCK: Final = 256
"""Places a worker takes at once: what a crash loses at most."""
RESERVED_FOR: Final = HOUR
"""Seconds after which places that were reserved and not used are dropped."""
PLACE_COUNTER: Final = "status-place"
_SEED_LENGTH: Final = 32
_ROUNDS: Final = 8
"""Twice the four rounds that make a Feistel network a strong permutation (Luby and Rackoff)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusShard:
    """One status list of the region: `first` is the first counter number in it, `seed` keys its order.

    `retired_at` is set when every pass in it has expired; its number is not used again.
    """

    number: int
    seed: bytes
    first: int
    size: int
    opened_at: Instant
    retired_at: Instant | None = None

    TABLE: ClassVar[str] = "status_shard"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the status of one pass stands: number of the list and zero-based index in it."""

    list_number: int
    index: int


def list_uri(region: str, list_number: int) -> str:
    """Give the name of a list as it stands in passes, such as `cm:150000/1`."""
    return f"cm:{region}/{list_number}"


def permuted(number: int, *, size: int, seed: bytes) -> int:
    """Turn 0 <= number < size into another such number, one to one, by a seed of 32 bytes.

    A Feistel network over pairs of digits to the base of the root of `size`, rounded up; a result outside
    is sent through again until it lies inside (cycle walking: Black and Rogaway, 2002).
    """
    side = isqrt(size - 1) + 1 if size > 1 else 1
    while True:
        high, low = divmod(number, side)
        for turn in range(_ROUNDS):
            digest = blake2b(low.to_bytes(8, "big"), digest_size=8, key=seed, salt=bytes((turn,))).digest()
            high, low = low, (high + int.from_bytes(digest, "big")) % side
        number = high * side + low
        if number < size:
            return number


def reserve_places(
    transaction: Transaction, count: int, *, list_size: int, draw: Callable[[int], bytes], at: Instant
) -> list[Place]:
    """Take the next `count` places, opening a new list where the last is full; they are used up by it.

    Holds the counter to the end of the transaction. Raises: StoreUnavailable.
    """
    transaction.lock(PLACE_COUNTER)
    counters = transaction.of(Counter)
    known = counters.find(PLACE_COUNTER)
    begin = 0 if known is None else known.value
    after = Counter(name=PLACE_COUNTER, value=begin + count)
    if known is None:
        counters.add(after)
    else:
        counters.replace(after)
    shards = transaction.of(StatusShard)
    last = next(iter(shards.select(order=("number",), newest_first=True, limit=1)), None)
    places: list[Place] = []
    for number in range(begin, begin + count):
        if last is None or number >= last.first + last.size:
            last = _next_shard(last, draw(_SEED_LENGTH), size=list_size, at=at)
            shards.add(last)
        index = permuted(number - last.first, size=last.size, seed=last.seed)
        places.append(Place(last.number, index))
    return places


def leave_last_list(transaction: Transaction) -> int | None:
    """Give no place of the last list any more, and say which list that is; None where there is none.

    After a restore nobody knows which of its places were given since the backup.
    """
    transaction.lock(PLACE_COUNTER)
    last = transaction.of(StatusShard).select(order=("number",), newest_first=True, limit=1)
    if not last:
        return None
    transaction.of(Counter).replace(Counter(name=PLACE_COUNTER, value=last[0].first + last[0].size))
    return last[0].number


def _next_shard(last: StatusShard | None, seed: bytes, *, size: int, at: Instant) -> StatusShard:
    number, first = (1, 0) if last is None else (last.number + 1, last.first + last.size)
    return StatusShard(number=number, seed=seed, first=first, size=size, opened_at=at)


class PlaceReserve:
    """The places one process has taken and not yet used; safe for several threads, empty after a fork.

    What is an hour old is dropped, so that nobody comes late with a place in a list that was retired.
    """

    def __init__(self, *, list_size: int = LIST_SIZE, block: int = BLOCK) -> None:
        self.list_size = list_size
        self._block = block
        self._owner = os.getpid()
        self._places: list[Place] = []
        self._reserved_at: Instant = 0
        self._lock = threading.Lock()

    def claim(self, store: Store, count: int, *, draw: Callable[[int], bytes], at: Instant) -> list[Place]:
        """Give `count` places; what is missing is reserved in a transaction of its own.

        Call it before another transaction begins, and give back what was not used. Raises: StoreUnavailable.
        """
        places = self._taken(count, at)
        missing = count - len(places)
        if missing:
            with store.transaction() as transaction:
                fresh = reserve_places(
                    transaction, max(missing, self._block), list_size=self.list_size, draw=draw, at=at
                )
            places += fresh[:missing]
            with self._lock:
                self._own(at).extend(fresh[missing:])
        return places

    def give_back(self, places: Sequence[Place]) -> None:
        """Have places at hand again that stand in no pass, not even in one that came to nothing."""
        with self._lock:
            self._own(self._reserved_at).extend(places)

    def claim_within(
        self, transaction: Transaction, count: int, *, draw: Callable[[int], bytes], at: Instant
    ) -> list[Place]:
        """Give `count` places, from those at hand, and the rest by this transaction.

        What the transaction reserves is for it alone, since it may yet come to nothing, and its counter with
        it. Raises: StoreUnavailable.
        """
        places = self._taken(count, at)
        if len(places) < count:
            places += reserve_places(
                transaction, count - len(places), list_size=self.list_size, draw=draw, at=at
            )
        return places

    def _taken(self, count: int, at: Instant) -> list[Place]:
        with self._lock:
            own = self._own(at)
            cut = max(len(own) - count, 0)
            places = own[cut:]
            del own[cut:]
        return places

    def _own(self, at: Instant) -> list[Place]:
        if self._owner != os.getpid() or at > self._reserved_at + RESERVED_FOR:
            self._owner, self._places, self._reserved_at = os.getpid(), [], at
        return self._places
