"""The text of a QR code (interface section 2): prefix, length, what is stripped, typ, and nesting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.codec import base45
from comity.codec.qrtext import (
    MAX_CHARACTERS,
    PASS_TYP,
    PREFIX,
    PRESENTATION_TYP,
    UnverifiedPass,
    UnverifiedPresentation,
    read_text,
    write_text,
)
from comity.domain.claims import PassClaims
from comity.domain.colour import PassClass
from comity.errors import FormatError, UnreadableText
from comity.trust.algorithm import PrivateKey
from comity.trust.signing import sign_message
from tests.builders import (
    AT,
    HOME,
    PHONE,
    TEST_PASS_TYP,
    TEST_PRESENTATION_TYP,
    altered,
    claims,
    present_bytes,
    sign_pass,
)
from tests.builders import key as made_key

Rewrite: TypeAlias = Callable[[str], str]

SIGNER: Final = made_key(HOME, "pass")
PAPER: Final = sign_pass(claims())
DEVICE: Final = sign_pass(claims(PassClass.DEVICE))
SHOWN: Final = present_bytes(DEVICE)
TEXT: Final = write_text(PAPER)


def presentation_of(payload: object, *, phone: PrivateKey = PHONE) -> bytes:
    """A properly signed presentation of any payload."""
    data = payload if isinstance(payload, bytes) else cbor2.dumps(payload)
    return sign_message(data, phone, typ=TEST_PRESENTATION_TYP, with_kid=False)


def with_issuer_of_length(total: int) -> PassClaims:
    """Claims whose signed pass has this many bytes."""
    for length in range(total):
        given = altered(claims(PassClass.ONLINE), issuer="4" * length)
        if len(sign_pass(given, SIGNER)) == total:
            return given
    raise AssertionError("no such length")


def test_a_pass_is_read_bare_and_a_presentation_with_its_pass() -> None:
    bare, shown = read_text(TEXT, is_test=True), read_text(write_text(SHOWN), is_test=True)
    assert isinstance(bare, UnverifiedPass)
    assert bare.claims == claims()
    assert isinstance(shown, UnverifiedPresentation)
    assert (shown.shown_at, shown.inner.claims) == (AT, claims(PassClass.DEVICE))


STRIPPED: list[tuple[str, Rewrite]] = [
    ("nothing", lambda text: text),
    ("a line feed", lambda text: text + "\n"),
    ("carriage return and line feed", lambda text: text + "\r\n"),
    ("line feed and carriage return", lambda text: text + "\n\r"),
    ("many of them", lambda text: text + "\r\n" * 2_000),
]

NOT_STRIPPED: list[tuple[str, Rewrite]] = [
    ("a line feed in front", lambda text: "\n" + text),
    ("a carriage return in front", lambda text: "\r" + text),
    ("a space in front", lambda text: " " + text),
    ("a byte order mark in front", lambda text: "\ufeff" + text),
    ("a line feed after the prefix", lambda text: text[:4] + "\n" + text[4:]),
    ("a line feed inside", lambda text: text[:40] + "\n" + text[40:]),
    ("a tab at the end", lambda text: text + "\t"),
    ("a null at the end", lambda text: text + "\x00"),
    ("a form feed at the end", lambda text: text + "\f"),
    ("a line separator at the end", lambda text: text + "\u2028"),
    ("a next-line character at the end", lambda text: text + "\x85"),
    ("a line feed before a tab at the end", lambda text: text + "\n\t"),
    ("a full-width letter", lambda text: text[:20] + "\uff21" + text[21:]),
    ("a lone surrogate", lambda text: text[:20] + "\ud800" + text[21:]),
    ("lower case", str.lower),
    ("a lower case prefix", lambda text: "cm1:" + text[4:]),
    ("another version", lambda text: "CM2:" + text[4:]),
    ("no colon", lambda text: "CM1" + text[4:]),
    ("the prefix twice", lambda text: "CM1:" + text),
    ("the prefix alone", lambda _: "CM1:"),
    ("no prefix", lambda text: text[4:]),
    ("the last character missing", lambda text: text[:-1]),
    ("the last three characters missing", lambda text: text[:-3]),
    ("the text twice", lambda text: text + text[4:]),
]


@pytest.mark.parametrize("rewrite", [row[1] for row in STRIPPED], ids=[row[0] for row in STRIPPED])
def test_line_ends_at_the_end_are_stripped(rewrite: Rewrite) -> None:
    assert read_text(rewrite(TEXT), is_test=True) == read_text(TEXT, is_test=True)


@pytest.mark.parametrize("rewrite", [row[1] for row in NOT_STRIPPED], ids=[row[0] for row in NOT_STRIPPED])
def test_nothing_else_is_stripped_or_repaired(rewrite: Rewrite) -> None:
    with pytest.raises(UnreadableText):
        read_text(rewrite(TEXT), is_test=True)


def test_a_trailing_space_is_a_base45_character_and_not_stripped() -> None:
    for spaces in (" ", "  ", "   "):
        with pytest.raises(UnreadableText):
            read_text(TEXT + spaces, is_test=True)


FOREIGN = [
    ("", "empty"),
    ("\r\n", "empty"),
    ("   ", "empty"),
    ("https://example.org/", "web_address"),
    ("HTTP://EXAMPLE.ORG/", "web_address"),
    ("www.example.org", "web_address"),
    ("HC1:6BFOXN", "eu_certificate"),
    ("WIFI:S:x;;", "other_code"),
    ("健康码", "other_code"),
]


@pytest.mark.parametrize(("text", "found"), FOREIGN)
def test_a_foreign_text_is_told_for_what_it_is(text: str, found: str) -> None:
    with pytest.raises(UnreadableText) as refused:
        read_text(text, is_test=True)
    assert refused.value.found == found


def test_the_longest_text_a_pass_can_have_is_read() -> None:
    text = write_text(sign_pass(with_issuer_of_length(1_362), SIGNER))
    assert len(text) == MAX_CHARACTERS - 1  # 2,048 characters leave base45 a length no bytes can have
    assert isinstance(read_text(text, is_test=True), UnverifiedPass)


def test_a_good_pass_of_2049_characters_is_too_long_to_write_or_read() -> None:
    data = sign_pass(with_issuer_of_length(1_363), SIGNER)
    text = PREFIX + base45.encode(data).decode()
    assert len(text) == MAX_CHARACTERS + 1
    with pytest.raises(UnreadableText) as refused:
        read_text(text, is_test=True)
    assert refused.value.found == "too_long"
    with pytest.raises(FormatError):
        write_text(data)


@pytest.mark.parametrize(("length", "found"), [(2_048, None), (2_049, "too_long")])
def test_the_limit_is_2048_characters_prefix_included(length: int, found: str | None) -> None:
    text = PREFIX + "0" * (length - len(PREFIX))
    for ending in ("", "\r\n"):
        with pytest.raises(UnreadableText) as refused:
            read_text(text + ending, is_test=True)
        assert refused.value.found == found


@pytest.mark.parametrize("data", [PAPER, SHOWN], ids=["a pass", "a presentation"])
def test_a_test_text_is_unreadable_at_a_real_checkpoint(data: bytes) -> None:
    with pytest.raises(UnreadableText) as refused:
        read_text(write_text(data), is_test=False)
    assert refused.value.found == "test_pass"


@pytest.mark.parametrize("is_presented", [False, True], ids=["a pass", "a presentation"])
def test_a_real_text_is_unreadable_at_a_test_checkpoint(is_presented: bool) -> None:
    data = sign_pass(claims(PassClass.DEVICE), is_test=False)
    text = write_text(present_bytes(data, is_test=False) if is_presented else data)
    assert read_text(text, is_test=False)
    with pytest.raises(UnreadableText) as refused:
        read_text(text, is_test=True)
    assert refused.value.found == "production_pass"


def typed(typ: int | str, *, with_kid: bool = True) -> bytes:
    """Good claims under any typ."""
    return sign_message(read_payload(PAPER), SIGNER, typ=typ, with_kid=with_kid)


def read_payload(data: bytes) -> bytes:
    """The payload of a message."""
    payload = cbor2.loads(data).value[2]
    assert isinstance(payload, bytes)
    return payload


REAL_INNER = sign_pass(claims(PassClass.DEVICE), is_test=False)
NOT_CANONICAL_TIME = b"\x82\x1b" + AT.to_bytes(8, "big") + cbor2.dumps(DEVICE)

HOSTILE = [
    # typ and kid
    ("typ of a membership", typed(65_111)),
    ("typ of a bundle", typed(65_118)),
    ("typ 0", typed(0)),
    ("typ negative", typed(-65_101)),
    ("typ of the other test number, 65100", typed(65_100)),
    ("typ as text", typed("65101")),
    ("typ of a status list", typed("application/statuslist+cwt")),
    ("a pass without kid", typed(TEST_PASS_TYP, with_kid=False)),
    ("a pass under the typ of a presentation", typed(TEST_PRESENTATION_TYP, with_kid=False)),
    ("a presentation under the typ of a pass", sign_message(read_payload(SHOWN), SIGNER, typ=TEST_PASS_TYP)),
    ("a presentation with kid", sign_message(read_payload(SHOWN), PHONE, typ=TEST_PRESENTATION_TYP)),
    # what a presentation carries
    ("a presentation in a presentation", presentation_of([AT, SHOWN])),
    ("a presentation thrice nested", presentation_of([AT, presentation_of([AT, SHOWN])])),
    ("a real pass in a test presentation", presentation_of([AT, REAL_INNER])),
    ("a statement in a presentation", presentation_of([AT, typed(65_113)])),
    ("a pass without kid inside", presentation_of([AT, typed(TEST_PASS_TYP, with_kid=False)])),
    ("a pass with a byte after it inside", presentation_of([AT, DEVICE + b"\x00"])),
    ("a pass cut off inside", presentation_of([AT, DEVICE[:-1]])),
    ("the pass not as bytes", presentation_of(b"\x82" + cbor2.dumps(AT) + DEVICE)),
    ("the pass as text", presentation_of([AT, "pass"])),
    ("no pass inside", presentation_of([AT, b""])),
    ("the pass null", presentation_of([AT, None])),
    # the shape of [t, pass]
    ("one place", presentation_of([AT])),
    ("three places", presentation_of([AT, DEVICE, 0])),
    ("no place", presentation_of([])),
    ("places the other way round", presentation_of([DEVICE, AT])),
    ("a map", presentation_of({0: AT, 1: DEVICE})),
    ("a byte after the array", presentation_of(cbor2.dumps([AT, DEVICE]) + b"\x00")),
    ("an array length in two bytes", presentation_of(b"\x98\x02" + cbor2.dumps(AT) + cbor2.dumps(DEVICE))),
    ("an indefinite array", presentation_of(b"\x9f" + cbor2.dumps(AT) + cbor2.dumps(DEVICE) + b"\xff")),
    (
        "an indefinite pass",
        presentation_of(b"\x82" + cbor2.dumps(AT) + b"\x5f" + cbor2.dumps(DEVICE) + b"\xff"),
    ),
    ("an empty payload", presentation_of(b"")),
    ("the array head alone", presentation_of(b"\x82")),
    # t
    ("t longer than needed", presentation_of(NOT_CANONICAL_TIME)),
    ("t negative", presentation_of([-1, DEVICE])),
    ("t a float", presentation_of([float(AT), DEVICE])),
    ("t true", presentation_of([True, DEVICE])),
    ("t text", presentation_of([str(AT), DEVICE])),
    ("t null", presentation_of([None, DEVICE])),
    ("t a tagged time", presentation_of([cbor2.CBORTag(1, AT), DEVICE])),
    # around the message
    ("no message", b""),
    ("a message with a byte after it", PAPER + b"\x00"),
    ("two messages", PAPER + PAPER),
    ("tag 61 in front", b"\xd8\x3d" + PAPER),
    ("tag 55799 in front", b"\xd9\xd9\xf7" + PAPER),
    ("tag 18 missing", PAPER[1:]),
    ("a compressed message", b"\x78\x9c" + PAPER),
]


@pytest.mark.parametrize("data", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_anything_but_one_pass_or_presentation_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableText):
        read_text(PREFIX + base45.encode(data).decode(), is_test=True)


def test_the_typ_numbers_are_those_of_the_interface() -> None:
    assert (PASS_TYP, PRESENTATION_TYP, TEST_PASS_TYP, TEST_PRESENTATION_TYP) == (
        65_001,
        65_002,
        65_101,
        65_102,
    )


@given(st.text(max_size=80) | st.text(max_size=80).map(PREFIX.__add__))
def test_no_text_raises_anything_but_unreadable(text: str) -> None:
    with pytest.raises(UnreadableText):
        read_text(text, is_test=True)


@given(st.integers(0, len(SHOWN) - 1), st.integers(1, 255))
def test_one_changed_byte_is_read_or_unreadable_and_nothing_else(place: int, change: int) -> None:
    data = bytearray(SHOWN)
    data[place] ^= change
    try:
        read = read_text(write_text(bytes(data)), is_test=True)
    except UnreadableText:
        return
    assert isinstance(read, UnverifiedPresentation)
