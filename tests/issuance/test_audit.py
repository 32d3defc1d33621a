"""The audit: chained rows, a clock that cannot go back, and tampering that shows where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from comity.domain.instant import HOUR
from comity.errors import ClockRefused
from comity.records.audit import (
    AUDIT_LANES,
    LONGEST_WORK,
    Act,
    AuditFault,
    lane_of,
    read_audit,
    record_acts,
    verify_audit,
)
from comity.records.audit_records import AuditHead, AuditRow
from comity.records.ports import Store, Transaction
from comity.records.search import equal
from comity.storage.memory import MemoryStore
from tests.builders import AT

SUBJECT: Final = "0123456789abcdef"
LANE: Final = lane_of(SUBJECT)
ROWS: Final = 7


def place(number: int) -> int:
    """The place of a row by its number in the lane."""
    return number * AUDIT_LANES + LANE


def act(number: int) -> Act:
    return Act(actor="region", act="tested", subject=SUBJECT, detail={"number": number})


@pytest.fixture
def store() -> Store:
    """An audit with seven rows in one lane and one in each of some others."""
    store = MemoryStore()
    for number in range(ROWS):
        with store.transaction() as transaction:
            record_acts(transaction, [act(number)], at=AT + number)
    with store.transaction() as transaction:
        others = [Act(actor="region", act="tested", subject=str(n)) for n in range(20)]
        record_acts(transaction, others, at=AT + ROWS)
    return store


def row(transaction: Transaction, number: int) -> AuditRow:
    found = transaction.of(AuditRow).find(place(number))
    assert found is not None
    return found


def alter(transaction: Transaction) -> None:
    transaction.of(AuditRow).replace(replace(row(transaction, 3), detail='{"number":9}'))


def alter_time(transaction: Transaction) -> None:
    transaction.of(AuditRow).replace(replace(row(transaction, 3), at=AT))


def delete(transaction: Transaction) -> None:
    transaction.of(AuditRow).remove(equal("place", place(3)))


def delete_first(transaction: Transaction) -> None:
    transaction.of(AuditRow).remove(equal("place", place(0)))


def insert(transaction: Transaction) -> None:
    transaction.of(AuditRow).add(replace(row(transaction, 6), place=place(ROWS + 30)))


def append(transaction: Transaction) -> None:
    """Add a row with a right chain value, past the head."""
    last = row(transaction, 6)
    forged = MemoryStore()
    with forged.transaction() as other:
        for number in range(ROWS):
            record_acts(other, [act(number)], at=AT + number)
        record_acts(other, [act(ROWS)], at=AT + ROWS)
        found = other.of(AuditRow).find(place(ROWS))
    assert found is not None
    assert found.chained != last.chained
    transaction.of(AuditRow).add(found)


def reorder(transaction: Transaction) -> None:
    second, third = row(transaction, 2), row(transaction, 3)
    transaction.of(AuditRow).replace(replace(second, place=third.place))
    transaction.of(AuditRow).replace(replace(third, place=second.place))


def truncate(transaction: Transaction) -> None:
    for number in (5, 6):
        transaction.of(AuditRow).remove(equal("place", place(number)))


def empty_lane(transaction: Transaction) -> None:
    for number in range(ROWS + 20):
        transaction.of(AuditRow).remove(equal("place", place(number)))


def alter_head(transaction: Transaction) -> None:
    head = transaction.of(AuditHead).find(LANE)
    assert head is not None
    transaction.of(AuditHead).replace(replace(head, chained=bytes(32)))


@pytest.mark.parametrize(
    ("tamper", "number", "what"),
    [
        (alter, 3, "a row was altered"),
        (alter_time, 3, "a row was altered"),
        (delete, 3, "a row is missing"),
        (delete_first, 0, "a row is missing"),
        (reorder, 2, "a row was altered"),
    ],
)
@pytest.mark.parametrize("batch", [1, 3, 1_000])
def test_tampering_with_a_row_is_located(
    store: Store, tamper: Callable[[Transaction], None], number: int, what: str, batch: int
) -> None:
    with store.transaction() as transaction:
        tamper(transaction)

        found = verify_audit(transaction, batch=batch)

    assert found.faults == (AuditFault(lane=LANE, place=place(number), what=what),)


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (insert, "a row is missing"),
        (append, "a row was added past the head"),
        (truncate, "rows at the end are missing"),
        (empty_lane, "rows at the end are missing"),
        (alter_head, "the head was altered"),
    ],
)
def test_tampering_with_the_end_of_a_lane_is_located(
    tamper: Callable[[Transaction], None], what: str
) -> None:
    store = MemoryStore()
    for number in range(ROWS):
        with store.transaction() as transaction:
            record_acts(transaction, [act(number)], at=AT + number)
    with store.transaction() as transaction:
        tamper(transaction)

        (fault,) = verify_audit(transaction).faults

    assert (fault.lane, fault.what) == (LANE, what)


def test_an_audit_nobody_touched_holds_in_every_batch_size(store: Store) -> None:
    with store.reading() as transaction:
        checks = [verify_audit(transaction, batch=batch) for batch in (1, 2, 27, 28, 1_000)]

    assert all(check.faults == () and check.rows == ROWS + 20 for check in checks)
    assert len({check.heads for check in checks}) == 1


def test_pages_of_the_audit_give_every_row_once_and_in_order(store: Store) -> None:
    places: list[int] = []
    with store.reading() as transaction:
        while page := read_audit(transaction, after=places[-1] if places else -1, limit=4):
            places += [row.place for row in page]
        own = read_audit(transaction, limit=100, subject=SUBJECT)

    assert places == sorted(set(places))
    assert len(places) == ROWS + 20
    assert [row.place for row in own] == [place(number) for number in range(ROWS)]


def other_lane() -> str:
    """A subject whose acts stand in another lane."""
    return next(name for name in map(str, range(99)) if lane_of(name) != LANE)


@pytest.mark.parametrize("subject", [SUBJECT, other_lane()])
def test_nothing_is_recorded_an_hour_before_what_any_lane_has(store: Store, subject: str) -> None:
    with store.transaction() as transaction, pytest.raises(ClockRefused):
        record_acts(transaction, [replace(act(8), subject=subject)], at=AT - HOUR)


def test_work_that_began_a_quarter_of_an_hour_ago_is_still_recorded(store: Store) -> None:
    with store.transaction() as transaction:
        record_acts(transaction, [act(8)], at=AT + ROWS - LONGEST_WORK)

    with store.reading() as transaction:
        assert verify_audit(transaction).faults == ()
