"""Places in status lists: random to look at, and none is given twice, whoever takes them."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.domain.instant import HOUR
from comity.issuance.status_places import (
    PLACE_COUNTER,
    Place,
    PlaceReserve,
    StatusShard,
    leave_last_list,
    permuted,
)
from comity.records.counter import Counter
from comity.storage.memory import MemoryStore
from tests.builders import AT
from tests.pass_office import drawing


@given(size=st.integers(1, 3_000), seed=st.binary(min_size=32, max_size=32))
def test_the_permutation_gives_every_place_once(size: int, seed: bytes) -> None:
    assert {permuted(n, size=size, seed=seed) for n in range(size)} == set(range(size))


def test_neighbours_in_time_are_no_neighbours_in_the_list() -> None:
    places = [permuted(n, size=25_000_000, seed=b"s" * 32) for n in range(2_000)]

    assert len(set(places)) == 2_000
    assert sum(abs(a - b) < 1_000 for a, b in pairwise(places)) < 5
    assert max(places) > 24_900_000
    assert min(places) < 100_000


def claim(reserve: PlaceReserve, store: MemoryStore, count: int, *, at: int = AT) -> list[Place]:
    return reserve.claim(store, count, draw=drawing("places"), at=at)


def test_workers_that_take_places_at_the_same_time_never_get_the_same() -> None:
    store, taken, lock = MemoryStore(), list[Place](), threading.Lock()

    def work() -> None:
        reserve = PlaceReserve(list_size=500, block=7)
        for count in (1, 3, 20, 1, 50):
            places = claim(reserve, store, count)
            with lock:
                taken.extend(places)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 8 * 75
    assert len(set(taken)) == len(taken)


def test_threads_that_share_a_reserve_never_get_the_same() -> None:
    store, taken, lock = MemoryStore(), list[Place](), threading.Lock()
    reserve = PlaceReserve(list_size=5_000, block=16)

    def work() -> None:
        for _ in range(100):
            places = claim(reserve, store, 1)
            with lock:
                taken.extend(places)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(taken)) == len(taken) == 400


def test_a_full_list_is_followed_by_the_next() -> None:
    store = MemoryStore()
    places = claim(PlaceReserve(list_size=10, block=1), store, 25)

    assert [sum(place.list_number == number for place in places) for number in (1, 2, 3)] == [10, 10, 5]
    with store.reading() as transaction:
        assert [shard.first for shard in transaction.of(StatusShard).select(order=("number",))] == [0, 10, 20]


def test_a_transaction_that_comes_to_nothing_takes_its_places_back_from_nobody_else() -> None:
    store, reserve = MemoryStore(), PlaceReserve(list_size=100, block=4)
    lost = list[Place]()

    def lose() -> None:
        with store.transaction() as transaction:
            lost.extend(reserve.claim_within(transaction, 3, draw=drawing("a"), at=AT))
            raise RuntimeError("the end of it")

    with pytest.raises(RuntimeError):
        lose()
    kept = claim(reserve, store, 6)

    assert len(set(kept)) == 6
    with store.reading() as transaction:
        assert transaction.of(Counter).find(PLACE_COUNTER) == Counter(name=PLACE_COUNTER, value=6)


def test_places_given_back_are_given_again_and_old_ones_are_dropped() -> None:
    store, reserve = MemoryStore(), PlaceReserve(list_size=100, block=4)
    first = claim(reserve, store, 2)
    reserve.give_back(first)

    again = claim(reserve, store, 4)
    reserve.give_back(again)
    later = claim(reserve, store, 4, at=AT + HOUR + 1)

    assert set(first) <= set(again)
    assert not set(again) & set(later)


def test_after_a_restore_no_place_given_since_the_backup_is_given_again() -> None:
    store = MemoryStore()
    claim(PlaceReserve(list_size=100, block=4), store, 4)
    with store.reading() as transaction:
        counter, shards = transaction.of(Counter).select(), transaction.of(StatusShard).select()
    lost = claim(PlaceReserve(list_size=100, block=4), store, 4)
    restored = MemoryStore()
    with restored.transaction() as transaction:
        transaction.of(Counter).add(*counter)
        transaction.of(StatusShard).add(*shards)
        assert leave_last_list(transaction) == 1

    given = claim(PlaceReserve(list_size=100, block=4), restored, 40)

    assert not set(lost) & set(given)
    assert {place.list_number for place in given} == {2}
    empty = MemoryStore()
    with empty.transaction() as transaction:
        assert leave_last_list(transaction) is None
