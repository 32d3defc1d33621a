"""Identity documents by GB 11643 and by form; no refusal repeats a number (settled rule 15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.domain.identity import DocumentKind, IdentityDocument, check_character, read_identity
from comity.errors import InvalidInput
from tests.builders import instant
from tests.people import resident, resident_number

RESIDENT = DocumentKind.RESIDENT_ID


def numbered(first: str) -> str:
    return first + check_character(first)


# The two examples are those printed in GB 11643-1999 itself.
@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_check_characters_of_the_standards_own_examples_come_out(number: str) -> None:
    assert check_character(number[:-1]) == number[-1]


ACCEPTED = [
    ("a resident ID", RESIDENT, "11010519491231002X", "11010519491231002X"),
    ("a resident ID with a small x", RESIDENT, "11010519491231002x", "11010519491231002X"),
    ("a residence permit of a Hong Kong resident", RESIDENT, *[numbered("81000019900101001")] * 2),
    ("a leap day", RESIDENT, *[numbered("15010020000229001")] * 2),
    ("a Chinese passport", DocumentKind.PASSPORT, "E12345678", "E12345678"),
    ("a Chinese passport with its state", DocumentKind.PASSPORT, "CHN-e12345678", "E12345678"),
    ("a foreign passport with its state", DocumentKind.PASSPORT, "gbr-123456789", "GBR-123456789"),
    ("a German passport", DocumentKind.PASSPORT, "D-C01X00T47", "D-C01X00T47"),
    ("a Hong Kong permit", DocumentKind.HONG_KONG_MACAO_PERMIT, "H12345678", "H12345678"),
    ("a Macao permit", DocumentKind.HONG_KONG_MACAO_PERMIT, "m12345678", "M12345678"),
    ("a permit with its renewals", DocumentKind.HONG_KONG_MACAO_PERMIT, "H1234567803", "H12345678"),
    ("a Taiwan permit", DocumentKind.TAIWAN_PERMIT, "01234567", "01234567"),
    ("a permanent resident card", DocumentKind.PERMANENT_RESIDENT_CARD, "usa110090010112", "USA110090010112"),
]


@pytest.mark.parametrize(
    ("kind", "number", "spelled"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED]
)
def test_a_good_number_is_read_in_its_one_spelling(kind: DocumentKind, number: str, spelled: str) -> None:
    document = read_identity(kind, number)

    assert document == IdentityDocument(kind=kind, number=spelled)
    assert document.last4 == spelled[-4:]
    assert read_identity(kind.value, document.number) == document


REFUSED = [
    ("nothing", RESIDENT, ""),
    ("17 digits", RESIDENT, "11010519491231002"),
    ("19 characters", RESIDENT, "11010519491231002X0"),
    ("the old 15 digits", RESIDENT, "110105491231002"),
    ("X before the end", RESIDENT, "1101051949123100X2"),
    ("a letter at the end", RESIDENT, "11010519491231002Y"),
    ("full-width digits", RESIDENT, "11010519491231002X".translate({ord("1"): "１"})),
    ("a space before it", RESIDENT, " 1010519491231002X"),
    ("a sign", RESIDENT, "+1010519491231002X"),
    ("a wrong check character", RESIDENT, "110105194912310021"),
    ("two digits changed places", RESIDENT, "11010519491213002X"),
    ("a prefix that no division has", RESIDENT, numbered("00010519491231002")),
    ("a foreigner's prefix of later years", RESIDENT, numbered("91010519491231002")),
    ("a month 13", RESIDENT, numbered("11010519491331002")),
    ("30 February", RESIDENT, numbered("11010519490230002")),
    ("29 February of a common year", RESIDENT, numbered("11010519490229002")),
    ("a birth before 1900", RESIDENT, numbered("11010518991231002")),
    ("the year 0", RESIDENT, numbered("11010500001231002")),
    ("a test number", RESIDENT, resident_number(1)),
    ("a passport of 4", DocumentKind.PASSPORT, "E123"),
    ("a passport of 10", DocumentKind.PASSPORT, "E123456789"),
    ("a passport without digits", DocumentKind.PASSPORT, "ABCDEFGH"),
    ("a passport with two states", DocumentKind.PASSPORT, "CHN-CHN-E1234567"),
    ("a passport of a state of two letters", DocumentKind.PASSPORT, "GB-123456789"),
    ("a permit of another letter", DocumentKind.HONG_KONG_MACAO_PERMIT, "K12345678"),
    ("a permit of 10", DocumentKind.HONG_KONG_MACAO_PERMIT, "H123456780"),
    ("a permit with letters for renewals", DocumentKind.HONG_KONG_MACAO_PERMIT, "H12345678AB"),
    ("a Taiwan permit of 7", DocumentKind.TAIWAN_PERMIT, "1234567"),
    ("a card of two letters", DocumentKind.PERMANENT_RESIDENT_CARD, "US1110090010112"),
]


@pytest.mark.parametrize(("kind", "number"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_number_that_is_none_is_refused_without_being_repeated(kind: DocumentKind, number: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_identity(kind, number)

    assert refused.value.field == "number"
    assert not number or number not in str(refused.value)


def test_an_unknown_kind_is_refused_by_its_field() -> None:
    with pytest.raises(InvalidInput, match="known are resident_id, passport") as refused:
        read_identity("library_card", "12345678")

    assert refused.value.field == "kind"


def test_a_test_number_is_read_in_a_test_federation_only() -> None:
    number = resident_number(7)

    assert read_identity(RESIDENT, number, allow_test=True).is_test
    with pytest.raises(InvalidInput, match="for tests"):
        read_identity(RESIDENT, number)


def test_real_numbers_are_no_test_numbers() -> None:
    assert not read_identity(RESIDENT, "11010519491231002X", allow_test=True).is_test
    assert not read_identity(DocumentKind.TAIWAN_PERMIT, "99123456", allow_test=True).is_test


def test_a_birthday_counts_from_the_day_in_the_regions_legal_time() -> None:
    number = resident_number(1, born="20200320")
    before, on_it = instant("2020-03-19T23:59:59+08:00"), instant("2020-03-20T00:00:00+08:00")

    assert read_identity(RESIDENT, number, at=on_it, allow_test=True).number == number
    with pytest.raises(InvalidInput, match="has been"):
        read_identity(RESIDENT, number, at=before, allow_test=True)


def test_a_document_shown_in_a_trace_shows_no_number() -> None:
    document = resident(1)

    assert document.number not in repr(document)


@given(st.integers(0, 9_999_999), st.dates().filter(lambda day: day.year >= 1900))
def test_every_number_made_for_tests_is_good(order: int, day: object) -> None:
    born = str(day).replace("-", "")

    assert resident(order, born=born).number == resident_number(order, born=born)


@given(st.integers(0, 9_999_999), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_no_single_slip_goes_unnoticed(order: int, place: int, slip: str) -> None:
    number = resident_number(order)
    wrong = number[:place] + slip + number[place + 1 :]

    if wrong != number:
        with pytest.raises(InvalidInput):
            read_identity(RESIDENT, wrong, allow_test=True)


@given(st.sampled_from(DocumentKind), st.text(max_size=20))
def test_any_text_is_read_or_refused_and_reading_is_stable(kind: DocumentKind, text: str) -> None:
    try:
        document = read_identity(kind, text, allow_test=True)
    except InvalidInput:
        return
    assert read_identity(kind, document.number, allow_test=True) == document
