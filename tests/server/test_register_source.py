"""The register follows the records: what the hub accepted is seen within a second, and read once."""

from __future__ import annotations

import pytest

from comity.domain.instant import MINUTE
from comity.domain.region import INNER_MONGOLIA
from comity.errors import InvalidInput
from comity.hub.pair_state import PairStep
from comity.hub.statements import AcceptedStatement
from comity.server import register_source
from comity.server.register_source import RegisterSource, read_as_of, stored_register
from comity.storage.memory import MemoryStore
from tests.builders import HUB, instant
from tests.register_seed import EFFECT, GUANGDONG, JOINED_AT, NOW, Book


def keep(store: MemoryStore, book: Book) -> None:
    """Put into the store what it does not hold yet."""
    with store.transaction() as transaction:
        records = transaction.of(AcceptedStatement)
        records.add(*(each for each in book.statements if records.find(each.statement_id) is None))


def source_of(store: MemoryStore) -> RegisterSource:
    return stored_register(store, clock=lambda: NOW, hub=HUB.public, url="https://hub.example", is_test=True)


def step(source: RegisterSource) -> PairStep:
    return source.current().state_of(INNER_MONGOLIA, GUANGDONG, NOW).step


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for news at every question."""
    monkeypatch.setattr(register_source, "LOOKS_EVERY", 0.0)


@pytest.mark.usefixtures("eager")
def test_what_is_accepted_is_seen_without_a_restart() -> None:
    store, book = MemoryStore(), Book()
    for region in (INNER_MONGOLIA, GUANGDONG):
        book.join(region, JOINED_AT)
    keep(store, book)
    source = source_of(store)
    before = source.current()
    assert step(source) is PairStep.NONE
    assert source.current() is before, "nothing new, nothing read again"

    book.recognise(INNER_MONGOLIA, GUANGDONG, EFFECT)
    keep(store, book)

    assert step(source) is PairStep.IN_FORCE


@pytest.mark.usefixtures("eager")
def test_what_was_accepted_earlier_and_kept_later_is_seen_too() -> None:
    store, book, late = MemoryStore(), Book(), Book()
    for region in (INNER_MONGOLIA, GUANGDONG):
        book.join(region, EFFECT)
    keep(store, book)
    source = source_of(store)
    assert step(source) is PairStep.NONE

    late.recognise(INNER_MONGOLIA, GUANGDONG, EFFECT - 10 * MINUTE)
    keep(store, late)

    assert len(source.current().entries) + source.current().left_out == len(book.statements) + 1


def test_between_two_looks_the_records_are_left_alone() -> None:
    store, book = MemoryStore(), Book()
    source = source_of(store)
    assert source.current().entries == ()

    book.join(INNER_MONGOLIA, JOINED_AT)
    keep(store, book)

    assert source.current().entries == ()


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2020-03-18", "2020-03-18T23:59:59+08:00"),
        ("2020-03-19T00:00:00+08:00", "2020-03-19T00:00:00+08:00"),
        ("2020-03-18T16:00:00Z", "2020-03-19T00:00:00+08:00"),
        ("2020-04-02", "2020-04-02T10:30:00+08:00"),
    ],
)
def test_a_date_means_its_end_and_today_means_now(written: str, at: str) -> None:
    assert read_as_of(written, NOW) == instant(at)


@pytest.mark.parametrize(
    "written", ["2020-13-01", "2020-03-19T00:00", "now", "9999-12-31", "1969-01-01", "0" * 99]
)
def test_what_is_no_instant_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        read_as_of(written, NOW)
