"""read(write(x)) = x, for everything Comity writes; and what is read has one spelling only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from comity.codec import base45, cbor, cose
from comity.codec.cose import Header, Kid
from comity.codec.cwt import read_claims, write_claims
from comity.codec.qrtext import (
    PASS_TYP,
    TEST_OFFSET,
    UnverifiedPass,
    UnverifiedPresentation,
    read_text,
    write_text,
)
from comity.domain.claims import PassClaims
from comity.domain.rulebook import MeasureRow, Rulebook
from comity.domain.rulebook_document import read_rulebook, words_of, write_rulebook
from comity.errors import FormatError, PublicationRefused
from comity.trust.issue import present
from comity.trust.signing import sign_message
from tests.laws.situation import key
from tests.laws.strategies import INSTANTS, INTEGERS, cbor_values, claims, rows, rulebooks

MANY = settings(max_examples=200, deadline=None)
SOME = settings(max_examples=60, deadline=None)
SIGNATURES = st.binary(min_size=64, max_size=64)
HEADERS = st.builds(
    Header,
    alg=INTEGERS,
    kid=st.none() | st.binary(min_size=4, max_size=4).map(Kid),
    typ=INTEGERS | st.text(max_size=30),
)


@MANY
@given(st.binary(max_size=1_500))
@example(b"")
@example(b"\xff" * 1_363)
def test_base45_reads_the_bytes_it_wrote(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@MANY
@given(st.text(base45.ALPHABET.decode(), max_size=60))
@example(":::")
@example("::")
@example("FGW")
@example("GGW")
def test_base45_text_that_can_be_read_is_the_one_spelling_of_its_bytes(text: str) -> None:
    try:
        data = base45.decode(text.encode())
    except FormatError:
        return
    assert base45.encode(data) == text.encode()


@MANY
@given(cbor_values())
def test_cbor_reads_the_value_it_wrote(value: cbor.Value) -> None:
    assert cbor.read(cbor.write(value)) == value


@MANY
@given(st.binary(max_size=24))
@example(b"\x18\x17")
@example(b"\xa2\x01\x00\x01\x00")
@example(b"\xa2\x02\x00\x01\x00")
@example(b"\xf9\x3c\x00")
def test_cbor_that_can_be_read_is_the_one_spelling_of_its_value(data: bytes) -> None:
    try:
        value = cbor.read(data)
    except FormatError:
        return
    assert cbor.write(value) == data


@MANY
@given(HEADERS, st.binary(max_size=300), SIGNATURES)
def test_cose_reads_the_message_it_wrote(header: Header, payload: bytes, signature: bytes) -> None:
    protected = cose.write_header(header)

    message = cose.read_sign1(cose.write_sign1(protected, payload, signature))

    assert message.header == header
    assert (message.protected, message.payload, message.signature) == (protected, payload, signature)


@MANY
@given(claims())
def test_claims_are_read_as_they_were_written(written: PassClaims) -> None:
    assert read_claims(write_claims(written)) == written


@MANY
@given(claims(), st.data())
def test_claims_that_can_be_read_are_in_the_one_spelling_they_have(
    written: PassClaims, data: st.DataObject
) -> None:
    payload = bytearray(write_claims(written))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))

    try:
        read = read_claims(bytes(payload))
    except FormatError:
        return
    assert write_claims(read) == payload


@SOME
@given(claims(), st.booleans())
def test_a_text_gives_back_the_pass_in_it(written: PassClaims, is_test: bool) -> None:
    signed = sign_message(write_claims(written), key("issuer"), typ=PASS_TYP + TEST_OFFSET * is_test)

    shown = read_text(write_text(signed), is_test=is_test)

    assert isinstance(shown, UnverifiedPass)
    assert shown.claims == written
    assert shown.message == cose.read_sign1(signed)


@SOME
@given(claims(), INSTANTS, st.booleans())
def test_a_text_gives_back_the_presentation_in_it(written: PassClaims, shown_at: int, is_test: bool) -> None:
    signed = sign_message(write_claims(written), key("issuer"), typ=PASS_TYP + TEST_OFFSET * is_test)

    shown = read_text(
        write_text(present(signed, key("phone"), shown_at=shown_at, is_test=is_test)), is_test=is_test
    )

    assert isinstance(shown, UnverifiedPresentation)
    assert (shown.shown_at, shown.inner.claims) == (shown_at, written)
    assert shown.inner.message == cose.read_sign1(signed)


@SOME
@given(rulebooks())
def test_a_rulebook_document_gives_back_the_rulebook(rulebook: Rulebook) -> None:
    assert read_rulebook(write_rulebook(rulebook)) == rulebook


@SOME
@given(rows(), rulebooks())
def test_a_row_without_words_of_its_own_is_written_with_the_built_in_ones(
    row: MeasureRow, rulebook: Rulebook
) -> None:
    wordless = replace(row, text=None)

    read = read_rulebook(write_rulebook(replace(rulebook, rows=(wordless,))))

    assert read.rows == (replace(wordless, text=words_of(wordless)),)


@SOME
@given(rulebooks(), st.sampled_from(["green", "GREEN", "blue", "", None, 0]))
def test_c2_3_no_rulebook_document_can_name_green(rulebook: Rulebook, colour: object) -> None:
    assume(rulebook.rows)
    document = write_rulebook(rulebook)
    first = document["rows"]
    assert isinstance(first, list)
    first[0]["colour"] = colour

    with pytest.raises(PublicationRefused) as refused:
        read_rulebook(document)

    assert refused.value.clause == ("C2.3" if colour == "green" else "C2.2")
