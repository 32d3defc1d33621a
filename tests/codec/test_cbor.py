"""Deterministic CBOR (RFC 8949 4.2.1, interface section 2): what is read, and each rule that refuses."""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.errors import FormatError

READABLE: list[tuple[str, str, Value]] = [
    ("the greatest integer in one byte", "17", 23),
    ("the least integer in two bytes", "1818", 24),
    ("the greatest integer in two bytes", "18ff", 255),
    ("the least integer in three bytes", "190100", 256),
    ("the least integer in five bytes", "1a00010000", 65_536),
    ("the least integer in nine bytes", "1b0000000100000000", 2**32),
    ("the greatest integer", "1b" + "ff" * 8, 2**64 - 1),
    ("the least integer", "3b" + "ff" * 8, -(2**64)),
    ("the booleans and null", "83f4f5f6", [False, True, None]),
    ("text outside ASCII", "63e5bca0", "张"),
    ("keys in bytewise order, not by length", "a30a001864002000", {10: 0, 100: 0, -1: 0}),
    ("depth 8, arrays", "81" * 7 + "80", [[[[[[[[]]]]]]]]),
    ("depth 8 around an integer", "81" * 8 + "00", [[[[[[[[0]]]]]]]]),
    ("depth 8, maps", "a100" * 7 + "a0", {0: {0: {0: {0: {0: {0: {0: {}}}}}}}}),
]

HOSTILE = [
    ("nothing", ""),
    # lengths and integers longer than needed
    ("23 in two bytes", "1817"),
    ("255 in three bytes", "1900ff"),
    ("65535 in five bytes", "1a0000ffff"),
    ("2**32 - 1 in nine bytes", "1b00000000ffffffff"),
    ("-24 in two bytes", "3817"),
    ("-256 in three bytes", "3900ff"),
    ("a byte string with a long length", "580100"),
    ("a text with a long length", "780161"),
    ("an array with a long length", "980100"),
    ("a map with a long length", "b8010000"),
    ("a nested integer longer than needed", "811817"),
    ("a map key longer than needed", "a1180100"),
    # indefinite lengths
    ("an indefinite byte string", "5f4100ff"),
    ("an indefinite text", "7f6161ff"),
    ("an indefinite array", "9f00ff"),
    ("an indefinite map", "bf0000ff"),
    ("an indefinite array inside", "819fff"),
    ("a break alone", "ff"),
    # maps
    ("a duplicate integer key", "a201000100"),
    ("a duplicate text key", "a2616100616100"),
    ("keys in falling order", "a204000100"),
    ("keys by length first, as in RFC 7049", "a22000186400"),
    ("a nested map out of order", "a100a204000100"),
    ("a map out of order inside an array", "81a204000100"),
    ("the key true", "a1f500"),
    ("the keys 1 and true", "a20100f500"),
    ("the keys 0 and false", "a20000f400"),
    ("the key null", "a1f600"),
    ("a byte string as key", "a1410000"),
    ("an array as key", "a18000"),
    ("a map as key", "a1a000"),
    ("a half-precision float as key", "a1f9440000"),
    ("the float 4.0 as key", "a1fb401000000000000000"),
    ("the keys 4 and 4.0", "a20400fb401000000000000000"),
    ("a tagged key", "a1c10000"),
    # bytes after the item, and items cut off
    ("a byte after the item", "0000"),
    ("a second map after the item", "a0a0"),
    ("a break after the item", "00ff"),
    ("an integer cut off", "19ff"),
    ("a byte string cut off", "4201"),
    ("a text cut off", "6261"),
    ("an array cut off", "8200"),
    ("a map without its last value", "a101"),
    ("a byte string of 2**63 - 1 bytes", "5b7fffffffffffffff"),
    ("a byte string of 2**64 - 1 bytes", "5bffffffffffffffff"),
    ("a text of 2**63 - 1 bytes", "7b7fffffffffffffff"),
    ("an array of 2**32 - 1 items", "9affffffff"),
    ("an array of 2**63 - 1 items", "9b7fffffffffffffff"),
    ("a map of 2**64 - 1 pairs", "bbffffffffffffffff"),
    # types that are not used
    ("a half-precision float", "f93c00"),
    ("a single-precision float", "fa3f800000"),
    ("a double-precision float", "fb3ff0000000000000"),
    ("a float that is no integer", "fb3ff199999999999a"),
    ("a NaN", "f97e00"),
    ("an infinity", "f97c00"),
    ("a float inside an array", "81fb3ff0000000000000"),
    ("undefined", "f7"),
    ("a simple value", "e0"),
    ("a simple value in two bytes", "f820"),
    ("true in two bytes", "f815"),
    ("reserved additional information 28", "1c"),
    ("reserved additional information 30", "5e"),
    ("text that is not UTF-8", "61ff"),
    ("text with a lone surrogate", "63eda080"),
    # tags
    ("tag 0, a date", "c074323032302d30332d31395430303a30303a30305a"),
    ("tag 1, a time", "c100"),
    ("tag 2, a positive bignum", "c24101"),
    ("tag 2, a bignum beyond 64 bits", "c249010000000000000000"),
    ("tag 3, a negative bignum", "c34101"),
    ("tag 4, a decimal fraction", "c4820001"),
    ("tag 6, unassigned", "c600"),
    ("tag 18, COSE_Sign1", "d280"),
    ("tag 24, encoded CBOR", "d8184100"),
    ("tag 25, a string reference", "d81900"),
    ("tag 28, a shared value", "d81c80"),
    ("tag 28 holding a reference to itself", "d81c81d81d00"),
    ("tag 29, a reference", "d81d00"),
    ("tag 35, a regular expression", "d823612e"),
    ("tag 61, CWT", "d83d00"),
    ("tag 258, a set", "d9010280"),
    ("tag 55799, self-described CBOR", "d9d9f700"),
    ("tag 2 inside a map", "a101c24101"),
    # depth
    ("depth 9, arrays", "81" * 9 + "00"),
    ("depth 9, maps", "a100" * 9 + "00"),
    ("depth 9, mixed", "a100" + "81" * 8 + "00"),
    ("depth 2000", "81" * 2_000 + "00"),
    ("depth 100000", "81" * 100_000),
]

WRONG_VALUES = [
    ("a float", 1.5),
    ("a float of a whole number", 4.0),
    ("an integer above 64 bits", 2**64),
    ("an integer below 64 bits", -(2**64) - 1),
    ("a tuple", (1, 2)),
    ("a set", {1}),
    ("a key that is true", {True: 0}),
    ("a key of bytes", {b"a": 0}),
    ("a key that is null", {None: 0}),
    ("a float deep inside", {1: [{"a": 0.5}]}),
]


def values() -> st.SearchStrategy[Value]:
    keys = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=4)
    plain = st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=9)
    leaves: st.SearchStrategy[Value] = plain | st.text(max_size=9)
    inner: st.SearchStrategy[Value] = st.lists(leaves, max_size=4) | st.dictionaries(keys, leaves, max_size=4)
    return leaves | inner | st.dictionaries(keys, inner, max_size=4) | st.lists(inner, max_size=4)


@pytest.mark.parametrize(("spelling", "value"), [r[1:] for r in READABLE], ids=[r[0] for r in READABLE])
def test_a_value_has_this_one_spelling(spelling: str, value: Value) -> None:
    assert cbor.read(bytes.fromhex(spelling)) == value
    assert cbor.write(value).hex() == spelling


@pytest.mark.parametrize("spelling", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_anything_but_one_deterministic_item_is_refused(spelling: str) -> None:
    with pytest.raises(FormatError):
        cbor.read(bytes.fromhex(spelling))


@pytest.mark.parametrize("innermost", ["80", "a0"], ids=["an empty array", "an empty map"])
def test_an_empty_container_counts_towards_the_depth(innermost: str) -> None:
    with pytest.raises(FormatError):
        cbor.read(bytes.fromhex("81" * 8 + innermost))


@pytest.mark.parametrize("value", [row[1] for row in WRONG_VALUES], ids=[row[0] for row in WRONG_VALUES])
def test_a_value_that_could_not_be_read_is_not_written(value: Value) -> None:
    with pytest.raises(FormatError):
        cbor.write(value)


def test_true_is_not_one_and_false_is_not_zero() -> None:
    spelling = bytes.fromhex("84f501f400")
    assert cbor.write([True, 1, False, 0]) == spelling
    read = cbor.read(spelling)
    assert isinstance(read, list)
    assert [type(each) for each in read] == [bool, int, bool, int]


@given(values())
def test_what_is_written_is_read_back(value: Value) -> None:
    assert cbor.read(cbor.write(value)) == value


@given(st.binary(max_size=40))
def test_any_bytes_are_refused_or_are_the_one_spelling_of_their_value(data: bytes) -> None:
    try:
        value = cbor.read(data)
    except FormatError:
        return
    assert cbor.write(value) == data


def test_keys_are_written_in_bytewise_order_whatever_order_they_come_in() -> None:
    keys: list[int | str] = ["b", "aa", -1, 100, 10, -65_537, 65_535]
    written = cbor.write(dict.fromkeys(keys, 0))
    assert list(cbor2.loads(written)) == [10, 100, 65_535, -1, -65_537, "b", "aa"]


def test_a_map_is_told_from_other_items() -> None:
    assert cbor.read_map(b"\xa1\x01\x02") == {1: 2}
    with pytest.raises(FormatError):
        cbor.read_map(b"\x80")


HOSTILE_STRINGS = [
    ("a text", "6161"),
    ("an integer", "01"),
    ("a length longer than needed", "580100"),
    ("an indefinite length", "5f4100ff"),
    ("cut off", "4401"),
    ("cut off within the length", "59"),
    ("2**64 - 1 bytes", "5b" + "ff" * 8),
    ("null", "f6"),
    ("nothing", ""),
]


@pytest.mark.parametrize("data", [r[1] for r in HOSTILE_STRINGS], ids=[r[0] for r in HOSTILE_STRINGS])
def test_only_a_whole_definite_byte_string_is_read_as_one(data: str) -> None:
    with pytest.raises(FormatError):
        cbor.read_byte_string(bytes.fromhex(data), 0)


HOSTILE_TEXTS = [
    ("bytes", "4161"),
    ("an integer", "01"),
    ("a length longer than needed", "780161"),
    ("an indefinite length", "7f6161ff"),
    ("cut off", "6461"),
    ("2**64 - 1 bytes", "7b" + "ff" * 8),
    ("not UTF-8", "61ff"),
    ("an overlong UTF-8 spelling", "62c0af"),
    ("a lone surrogate", "63eda080"),
    ("a character beyond Unicode", "64f4908080"),
    ("half a character", "61e5"),
    ("nothing", ""),
]


@pytest.mark.parametrize("data", [r[1] for r in HOSTILE_TEXTS], ids=[r[0] for r in HOSTILE_TEXTS])
def test_only_a_whole_definite_text_of_utf_8_is_read_as_one(data: str) -> None:
    with pytest.raises(FormatError):
        cbor.read_text_string(bytes.fromhex(data), 0)


@pytest.mark.parametrize("length", [0, 23, 24, 255, 256, 65_535, 65_536])
def test_a_byte_string_of_any_length_is_read_back(length: int) -> None:
    written = cbor.write_byte_string(bytes(length))
    assert written == cbor2.dumps(bytes(length))
    assert cbor.read_byte_string(b"\x00" + written + b"\x00", 1) == (bytes(length), 1 + len(written))


def test_a_head_beyond_64_bits_is_not_written() -> None:
    with pytest.raises(FormatError):
        cbor.write_head(cbor.UNSIGNED, 2**64)
