"""The contract of `issuance.ports.Store`: memory, SQLite and PostgreSQL keep it alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.domain.colour import Colour, ColourReason
from comity.errors import DuplicateRecord, UnknownRecord
from comity.issuance.records import HolderKey, Person, Standing
from comity.officers.officers import Officer
from comity.records.counter import Counter
from comity.records.ports import Search, Store
from comity.records.search import Where, at_least, at_most, differs, equal, one_of
from comity.records.sessions import Session, SessionKind
from comity.storage.database_url import open_store
from comity.storage.memory import MemoryStore


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = (
        MemoryStore()
        if request.param == "memory"
        else open_store(request.getfixturevalue(f"{request.param}_url"))
    )
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each kind, with empty tables."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def a_counter(number: int) -> Counter:
    return Counter(name=f"n{number:06}", value=number)


def standing(holder: str, *, until: int | None, reason: ColourReason | None = None) -> Standing:
    return Standing(
        holder=HolderKey(holder),
        colour=Colour.GREEN if reason is None else Colour.YELLOW,
        reason=reason,
        rule=None,
        rulebook_version=1,
        basis=None,
        until=until,
        next_at=until,
        origin=None,
        since=5,
        assessed_at=5,
        changes=0,
    )


def add(store: Store, *records: object) -> None:
    with store.transaction() as transaction:
        for record in records:
            transaction.of(type(record)).add(record)  # type: ignore[type-var]


def test_what_a_transaction_wrote_is_there_when_it_has_ended(store: Store) -> None:
    add(store, a_counter(1))

    with store.reading() as transaction:
        assert transaction.of(Counter).find("n000001") == a_counter(1)


def test_a_transaction_reads_what_it_wrote(store: Store) -> None:
    with store.transaction() as transaction:
        counters = transaction.of(Counter)
        counters.add(a_counter(1))
        counters.replace(Counter(name="n000001", value=7))
        assert counters.find("n000001") == Counter(name="n000001", value=7)
        assert counters.remove(equal("value", 7)) == 1
        assert counters.find("n000001") is None


def test_a_transaction_that_ends_with_an_exception_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction() as transaction:  # noqa: PT012
        transaction.of(Counter).add(a_counter(1))
        raise ZeroDivisionError

    with store.reading() as transaction:
        assert transaction.of(Counter).select() == []


def test_the_store_goes_on_after_an_exception(store: Store) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), store.transaction():
            raise ZeroDivisionError

    add(store, a_counter(1))

    with store.reading() as transaction:
        assert transaction.of(Counter).select() == [a_counter(1)]


def test_a_duplicate_is_refused_and_the_transaction_goes_on_without_it(store: Store) -> None:
    add(store, a_counter(1))

    with store.transaction() as transaction:
        with pytest.raises(DuplicateRecord):
            transaction.of(Counter).add(Counter(name="n000001", value=9))
        transaction.of(Counter).add(a_counter(2))

    with store.reading() as transaction:
        assert transaction.of(Counter).select() == [a_counter(1), a_counter(2)]


@pytest.mark.parametrize("count", [3, 2_000])
def test_after_a_duplicate_among_several_nothing_is_kept(store: Store, count: int) -> None:
    add(store, a_counter(1))

    with pytest.raises(DuplicateRecord), store.transaction() as transaction:  # noqa: PT012
        transaction.of(Counter).add(a_counter(999_999))
        with pytest.raises(DuplicateRecord):
            transaction.of(Counter).add(*(a_counter(n) for n in reversed(range(count))))

    with store.reading() as transaction:
        assert transaction.of(Counter).select() == [a_counter(1)]


def test_replacing_what_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(UnknownRecord), store.transaction() as transaction:
        transaction.of(Counter).replace(a_counter(1))


def test_a_transaction_that_reads_refuses_to_write(store: Store) -> None:
    with store.reading() as transaction:
        counters = transaction.of(Counter)
        with pytest.raises(RuntimeError):
            counters.add(a_counter(1))
        with pytest.raises(RuntimeError):
            counters.replace(a_counter(1))
        with pytest.raises(RuntimeError):
            counters.remove()
        with pytest.raises(RuntimeError):
            transaction.lock("holder-1")


def test_a_transaction_inside_a_transaction_is_refused(store: Store) -> None:
    with store.transaction(), pytest.raises(RuntimeError), store.transaction():
        pass


def test_every_kind_of_field_comes_back_as_it_was(store: Store) -> None:
    kept = (
        Person(
            holder=HolderKey("a1"),
            sealed=bytes(range(256)) * 40,
            vault_key="v",
            division="150100",
            added_at=2**40,
        ),
        Officer(
            officer_id="o1",
            display_name="呼和浩特 ᠬᠥᠬᠡᠬᠣᠲᠠ 🙂 '\"\\ %s ? :x",
            roles=("supervisor", 'two, "words"'),
            division="150000",
            is_active=False,
            added_at=-1,
        ),
        Officer(officer_id="o2", display_name="", roles=(), division="", is_active=True, added_at=0),
        Session(token_hash="t", kind=SessionKind.OFFICER, who="o1", began_at=1, ends_at=2),
        standing("a1", until=None),
        standing("a2", until=3, reason=ColourReason.SYMPTOMS),
    )
    add(store, *kept)

    with store.reading() as transaction:
        found = [
            record
            for kind in (Person, Officer, Session, Standing)
            for record in transaction.of(kind).select()
        ]
    assert found == list(kept)
    assert [type(each) for each in (found[3].kind, found[5].reason)] == [SessionKind, ColourReason]  # type: ignore[attr-defined]
    assert type(found[1].is_active) is bool  # type: ignore[attr-defined]


SEARCHES: list[tuple[str, tuple[Where, ...], list[str]]] = [
    ("nothing asked", (), ["a", "b", "c", "d"]),
    ("equal", (equal("until", 10),), ["b"]),
    ("equal to no value", (equal("until", None),), ["a", "d"]),
    ("differs takes in no value", (differs("until", 10),), ["a", "c", "d"]),
    ("has a value", (differs("until", None),), ["b", "c"]),
    ("at most", (at_most("until", 10),), ["b"]),
    ("at least", (at_least("until", 10),), ["b", "c"]),
    ("one of", (one_of("until", [10, 20, 30]),), ["b", "c"]),
    ("one of, where no value is none of them", (one_of("until", [None, 20]),), ["c"]),
    ("one of nothing", (one_of("until", []),), []),
    ("one of many", (one_of("holder", [f"{n}" for n in range(40_000)] + ["c"]),), ["c"]),
    ("a word", (equal("colour", Colour.YELLOW),), ["c"]),
    ("a word as text", (equal("colour", "yellow"),), ["c"]),
    ("one of some words", (one_of("colour", [Colour.RED, Colour.GREEN]),), ["a", "b", "d"]),
    ("several together", (equal("colour", "green"), at_least("until", 1), differs("holder", "a")), ["b"]),
    ("a text that is SQL", (equal("holder", "a' OR '1'='1"),), []),
]


@pytest.mark.parametrize(
    ("where", "expected"), [row[1:] for row in SEARCHES], ids=[row[0] for row in SEARCHES]
)
def test_a_search_finds_what_meets_every_condition(
    store: Store, where: tuple[Where, ...], expected: list[str]
) -> None:
    add(
        store,
        standing("d", until=None),
        standing("b", until=10),
        standing("c", until=20, reason=ColourReason.SYMPTOMS),
        standing("a", until=None),
    )

    with store.reading() as transaction:
        assert [each.holder for each in transaction.of(Standing).select(*where)] == expected
    with store.transaction() as transaction:
        assert transaction.of(Standing).remove(*where) == len(expected)


def test_bytes_are_searched_too(store: Store) -> None:
    people = [
        Person(holder=HolderKey(f"{n}"), sealed=bytes([n]), vault_key="v", division="1", added_at=0)
        for n in range(4)
    ]
    with store.transaction() as transaction:
        transaction.of(Person).add(*people)
        found = transaction.of(Person).select(one_of("sealed", [b"\x01", b"\x03", b"\x09"]))
        assert transaction.of(Person).select(equal("sealed", b"\x02")) == [people[2]]
        assert transaction.of(Person).select(one_of("sealed", [])) == []
    assert found == [people[1], people[3]]


def test_what_has_no_value_comes_first_and_last_when_newest_first(store: Store) -> None:
    add(
        store,
        standing("a", until=2),
        standing("b", until=None),
        standing("c", until=1),
        standing("d", until=2),
    )

    with store.reading() as transaction:
        standings = transaction.of(Standing)
        assert [each.holder for each in standings.select(order=["until"])] == ["b", "c", "a", "d"]
        assert [each.holder for each in standings.select(order=["until"], newest_first=True)] == list("dacb")
        assert [each.holder for each in standings.select(order=["until"], limit=2)] == ["b", "c"]
        assert [each.holder for each in standings.select(newest_first=True, limit=1)] == ["d"]
        assert standings.select(limit=0) == []


def test_texts_are_ordered_by_code_point(store: Store) -> None:
    names = ["Z", "a", "é", "呼", "A", "ä", "_", "10", "9", "🙂", "\uffee"]
    add(store, *(Counter(name=name, value=0) for name in names))

    with store.reading() as transaction:
        assert [each.name for each in transaction.of(Counter).select()] == sorted(names)
        assert [each.name for each in transaction.of(Counter).select(at_least("name", "ä"))] == sorted(
            name for name in names if name >= "ä"
        )


@pytest.mark.parametrize("count", [2, 999, 5_000])
def test_many_records_are_added_at_once(store: Store, count: int) -> None:
    officers = [
        Officer(
            officer_id=f"{n:06}",
            display_name="名\t\n\\N" if n % 2 else "",
            roles=("supervisor",) * (n % 3),
            division="150000",
            is_active=n % 2 == 0,
            added_at=n * 2**33,
        )
        for n in range(count)
    ]
    standings = [standing(f"{n:06}", until=n if n % 2 else None) for n in range(count)]

    with store.transaction() as transaction:
        transaction.of(Officer).add(*officers)
        transaction.of(Standing).add(*standings)
        transaction.of(Standing).add()

    with store.reading() as transaction:
        assert transaction.of(Officer).select() == officers
        assert transaction.of(Standing).select() == standings


def test_reading_sees_one_state_and_waits_for_no_writer(store: Store) -> None:
    add(store, a_counter(1))
    with store.reading() as reading:
        assert len(reading.of(Counter).select()) == 1
        done = threading.Thread(target=add, args=(store, a_counter(2), a_counter(3)))
        done.start()
        done.join()
        assert len(reading.of(Counter).select()) == 1

    with store.reading() as reading:
        assert len(reading.of(Counter).select()) == 3


def test_reading_sees_nothing_of_a_transaction_that_has_not_ended(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.of(Counter).add(a_counter(1))
        with store.reading() as reading:
            assert reading.of(Counter).select() == []


def test_a_lock_lets_one_transaction_through_at_a_time(store: Store) -> None:
    add(store, Counter(name="places", value=0))

    def take() -> None:
        for _ in range(25):
            with store.transaction() as transaction:
                transaction.lock("places", "other")
                counters = transaction.of(Counter)
                found = counters.find("places")
                assert found is not None
                counters.replace(replace(found, value=found.value + 1))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as transaction:
        assert transaction.of(Counter).find("places") == Counter(name="places", value=100)


@pytest.mark.parametrize("count", [1, 2, 40, 120])
def test_what_is_written_later_is_read_and_kept(store: Store, count: int) -> None:
    with store.transaction() as transaction:
        counters = transaction.of(Counter)
        counters.add(*(a_counter(number) for number in range(count)), later=True)
        counters.replace(Counter(name="n000000", value=7), later=True)
        found = counters.find("n000000")
        counters.replace(Counter(name="n000000", value=8), later=True)

    assert found == Counter(name="n000000", value=7)
    with store.reading() as transaction:
        kept = transaction.of(Counter).select()
    assert kept == [Counter(name="n000000", value=8), *(a_counter(number) for number in range(1, count))]


@pytest.mark.parametrize("and_then", ["nothing", "reads", "locks", "writes"])
def test_what_cannot_be_written_later_leaves_nothing(store: Store, and_then: str) -> None:
    add(store, a_counter(1))

    with pytest.raises(DuplicateRecord), store.transaction() as transaction:  # noqa: PT012 - when is open
        counters = transaction.of(Counter)
        counters.add(a_counter(2))
        counters.add(a_counter(1), later=True)
        match and_then:
            case "reads":
                counters.find("n000002")
            case "locks":
                transaction.lock("name")
            case "writes":
                counters.add(a_counter(3))
    with pytest.raises(UnknownRecord), store.transaction() as transaction:
        transaction.of(Counter).replace(a_counter(9), later=True)

    with store.reading() as transaction:
        assert transaction.of(Counter).select() == [a_counter(1)]
    add(store, a_counter(4))


def test_what_is_read_ahead_is_what_is_found_once_the_names_are_held(store: Store) -> None:
    counters, sessions = Search(Counter, (), ("value",)), Search(Session, (equal("who", "nobody"),))
    add(store, a_counter(2), a_counter(1))

    with store.transaction() as transaction:
        transaction.lock("first", ahead=(counters, sessions))
        transaction.of(Counter).add(a_counter(3))
        after_writing = counters.of(transaction)
        transaction.lock("second", ahead=(counters,))
        transaction.of(Counter).remove(equal("value", 1))
        found = [counters.of(transaction) for _ in range(2)]

        assert sessions.of(transaction) == []
    assert after_writing == [a_counter(1), a_counter(2), a_counter(3)]
    assert found == [[a_counter(2), a_counter(3)]] * 2


def test_what_another_changed_while_a_name_was_waited_for_is_read_ahead_as_changed(store: Store) -> None:
    add(store, a_counter(1))
    counters, found = Search(Counter, ()), list[Counter]()

    def wait() -> None:
        with store.transaction() as transaction:
            transaction.lock("name", ahead=(counters,))
            found.extend(counters.of(transaction))

    waiting = threading.Thread(target=wait)
    with store.transaction() as transaction:
        transaction.lock("name")
        waiting.start()
        transaction.of(Counter).replace(Counter(name="n000001", value=7))
    waiting.join()

    assert found == [Counter(name="n000001", value=7)]


def test_two_threads_that_add_the_same_record_are_told_apart(store: Store) -> None:
    outcomes: list[str] = []

    def take() -> None:
        try:
            add(store, a_counter(1))
            outcomes.append("added")
        except DuplicateRecord:
            outcomes.append("duplicate")

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["added", "duplicate", "duplicate", "duplicate"]


def test_a_store_opened_again_has_what_was_kept(url: str) -> None:
    first = open_store(url)
    add(first, a_counter(1))
    first.close()
    first.close()

    second = open_store(url)
    with second.reading() as transaction:
        assert transaction.of(Counter).select() == [a_counter(1)]
    second.close()


def test_two_stores_on_one_database_see_each_other(url: str) -> None:
    first, second = open_store(url), open_store(url)

    add(first, a_counter(1))
    add(second, a_counter(2))

    with first.reading() as transaction:
        assert len(transaction.of(Counter).select()) == 2
    first.close()
    second.close()


def test_a_store_that_was_closed_opens_again_when_it_is_used(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    add(store, a_counter(1))
    store.close()

    add(store, a_counter(2))

    store.close()
