"""Base45 (RFC 9285): its own examples, every length, and each way a text can be wrong."""

from __future__ import annotations

import base45 as other_base45
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.codec.base45 import ALPHABET, decode, encode
from comity.errors import UnreadableText

EXAMPLES = [
    ("RFC 9285 4.3 example 1", b"AB", b"BB8"),
    ("RFC 9285 4.3 example 2", b"Hello!!", b"%69 VD92EX0"),
    ("RFC 9285 4.3 example 3", b"base-45", b"UJCLQE7W581"),
    ("RFC 9285 4.4 example", b"ietf!", b"QED8WEX0"),
    ("nothing", b"", b""),
    ("the greatest pair of bytes", b"\xff\xff", b"FGW"),
    ("the greatest single byte", b"\xff", b"U5"),
    ("leading zero bytes", b"\x00\x00\x00", b"00000"),
]

HOSTILE = [
    ("a group of 65536", b"GGW"),
    ("the greatest group", b":::"),
    ("a good group, then one of 65536", b"FGWGGW"),
    ("a group of 65536, then good ones", b"GGWBB8BB8"),
    ("a last pair of 256", b"V5"),
    ("the greatest last pair", b"::"),
    ("a good group, then a last pair of 256", b"BB8V5"),
    ("one character", b"B"),
    ("four characters", b"BB8B"),
    ("lower case", b"bb8"),
    ("a character outside the alphabet", b"B_8"),
    ("a comma", b"BB,"),
    ("a line feed inside", b"BB\n"),
    ("a null byte", b"BB\x00"),
    ("a byte above 127", b"BB\xff"),
    ("a bad character in the last pair", b"BB8B="),
]


@pytest.mark.parametrize(("data", "text"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES])
def test_an_example_is_written_and_read_as_published(data: bytes, text: bytes) -> None:
    assert encode(data) == text
    assert decode(text) == data


@pytest.mark.parametrize("text", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_text_that_is_no_base45_is_refused(text: bytes) -> None:
    with pytest.raises(UnreadableText):
        decode(text)


@given(st.binary(max_size=1_500))
def test_what_is_written_is_read_back_and_is_what_another_encoder_writes(data: bytes) -> None:
    text = encode(data)
    assert decode(text) == data
    assert text == other_base45.b45encode(data)


@given(st.lists(st.sampled_from(list(ALPHABET)), max_size=64).map(bytes))
def test_what_can_be_read_has_exactly_one_spelling(text: bytes) -> None:
    try:
        data = decode(text)
    except UnreadableText:
        return
    assert encode(data) == text


@pytest.mark.parametrize("number", [0, 44, 45, 2_024, 2_025, 32_767, 32_768, 65_534, 65_535])
def test_every_digit_boundary_of_a_group_is_split_rightly(number: int) -> None:
    data = number.to_bytes(2, "big")
    expected = bytes(ALPHABET[number // 45**place % 45] for place in range(3))
    assert encode(data) == expected
    assert decode(expected) == data
