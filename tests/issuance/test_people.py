"""People: registered once, sealed, found by keyed hash, opened by the vault alone (settled rule 15)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import InvalidInput, UnknownRecord
from comity.issuance.people import (
    MAX_NAME,
    PersonDetails,
    get_person,
    holder_of,
    move_person,
    open_person,
    read_division,
    read_name,
    register_person,
    rename_person,
    require_carrier,
)
from comity.issuance.records import Person
from tests.builders import AT
from tests.people import name, resident
from tests.region import make_issuer

DIVISION = "150102"


def test_a_person_is_registered_once_and_opened_by_the_vault() -> None:
    region = make_issuer()
    with region.store.transaction() as transaction:
        first = register_person(transaction, region, resident(1), name(1), DIVISION, at=AT)
    with region.store.transaction() as transaction:
        again = register_person(transaction, region, resident(1), name(2), "150000", at=AT + 1)

    assert first == again
    assert (first.division, first.added_at, first.vault_key) == (DIVISION, AT, "vault-1")
    assert open_person(region, first) == PersonDetails(name=name(1), document=resident(1))


def test_settled_rule_15_neither_name_nor_number_stands_in_a_record_or_a_trace() -> None:
    region = make_issuer()
    with region.store.transaction() as transaction:
        person = register_person(transaction, region, resident(1), name(1), DIVISION, at=AT)

    details = open_person(region, person)
    number = resident(1).number
    for place in (repr(person), repr(details), person.holder):
        assert number not in place
        assert name(1) not in place
    for secret in (number, number[-4:], name(1)):
        assert secret.encode() not in person.sealed


def test_two_people_have_two_keys_and_two_seals_of_the_same_differ() -> None:
    region = make_issuer()
    with region.store.transaction() as transaction:
        one = register_person(transaction, region, resident(1), name(1), DIVISION, at=AT)
        other = register_person(transaction, region, resident(2), name(1), DIVISION, at=AT)

    assert one.holder != other.holder
    assert one.sealed != other.sealed
    assert holder_of(region, resident(1)) == one.holder


def test_the_person_of_a_key_is_given_or_unknown() -> None:
    region = make_issuer()
    with region.store.transaction() as transaction:
        person = register_person(transaction, region, resident(1), name(1), DIVISION, at=AT)
        assert get_person(transaction, person.holder) == person
        with pytest.raises(UnknownRecord):
            get_person(transaction, holder_of(region, resident(2)))


def test_a_renamed_person_keeps_document_and_key() -> None:
    region = make_issuer()
    with region.store.transaction() as transaction:
        person = register_person(transaction, region, resident(1), name(1), DIVISION, at=AT)
        renamed = rename_person(transaction, region, person, name(3))
        assert transaction.of(Person).find(person.holder) == renamed

    assert open_person(region, renamed) == PersonDetails(name=name(3), document=resident(1))


def test_a_person_who_moves_lives_elsewhere_and_the_act_says_so() -> None:
    region = make_issuer()
    with region.store.transaction() as transaction:
        person = register_person(transaction, region, resident(1), name(1), DIVISION, at=AT)
        moved, act = move_person(transaction, person, "150602")
        assert get_person(transaction, person.holder) == moved

    assert moved.division == "150602"
    assert (act.act, act.subject, act.detail) == ("move", person.holder, {"division": "150602"})


def test_everybody_acts_for_themselves_and_for_nobody_else() -> None:
    region = make_issuer()
    with region.store.reading() as transaction:
        own, other = (holder_of(region, resident(order)) for order in (1, 2))
        require_carrier(transaction, own, own)
        with pytest.raises(UnknownRecord):
            require_carrier(transaction, own, other)


NAMES = [
    ("Chinese", "张伟", "张伟"),
    ("with a middle dot", "买买提·阿不都拉", "买买提·阿不都拉"),
    ("spaces around and between", "  Zhang \u3000 San ", "Zhang San"),
    ("decomposed", "Rene\u0301", "Ren\u00e9"),
    ("Mongolian", "ᠪᠠᠭᠠᠲᠤᠷ", "ᠪᠠᠭᠠᠲᠤᠷ"),
    ("hyphen and apostrophe", "Anne-Marie O'Neill", "Anne-Marie O'Neill"),
    ("the longest", "王" * MAX_NAME, "王" * MAX_NAME),
]


@pytest.mark.parametrize(("text", "read"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
def test_a_name_is_normalised(text: str, read: str) -> None:
    assert read_name(text) == read


WRONG_NAMES = [
    ("nothing", ""),
    ("spaces", " \u3000 "),
    ("only a dot", "·"),
    ("digits", "张伟1"),
    ("markup", "<b>张伟</b>"),
    ("a control character", "张\x00伟"),
    ("a character that turns the direction", "张\u202e伟"),
    ("a private character", "张\ue000"),
    ("half a surrogate pair", "张\ud800"),
    ("too long", "王" * (MAX_NAME + 1)),
    ("long by its spaces", "A" + " " * 300 + "B"),
    ("far too long", "王" * 100_000),
]


@pytest.mark.parametrize("text", [row[1] for row in WRONG_NAMES], ids=[row[0] for row in WRONG_NAMES])
def test_a_name_that_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_name(text)

    assert refused.value.field == "name"
    assert not text.strip() or text.strip("·") == "" or text not in str(refused.value)


@given(st.text(max_size=80))
def test_a_name_once_read_reads_the_same(text: str) -> None:
    try:
        read = read_name(text)
    except InvalidInput:
        return
    assert read_name(read) == read
    assert unicodedata.is_normalized("NFC", read)


@pytest.mark.parametrize("code", ["150000", "150102", "440100", "110101"])
def test_a_division_of_any_region_may_be_home(code: str) -> None:
    assert read_division(code) == code


@pytest.mark.parametrize("code", ["", "15010", "1501021", "990000", "710000", "15010a", "１50102", "15010 "])
def test_a_division_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_division(code)

    assert (refused.value.field, refused.value.clause) == ("division", "C0")
