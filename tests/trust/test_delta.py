"""Signed deltas between two status lists: right ones lead on, every mismatch means the full list."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.codec.cbor import Value
from comity.errors import StatementRefused, TrustError, UnreadableStatement
from comity.trust.algorithm import PrivateKey
from comity.trust.delta import apply_delta, write_delta
from comity.trust.keys import KeyEntry, Usage
from comity.trust.statements import Kind, write_statement
from comity.trust.status import StatusArray, StatusList, deflate, pack, write_status_list
from tests.builders import AT, HOME, HOST, key, key_list, list_uri

SIGNER = key(HOME, "status")
KEYS = key_list(HOME)
ENTRY = KeyEntry(key=SIGNER.public, usage=Usage.STATUS)


def version(array: StatusArray, issued_at: int = AT, uri: str = list_uri(HOME)) -> StatusList:
    """One verified version of a list."""
    return StatusList(signer=HOME, key=ENTRY, uri=uri, issued_at=issued_at, array=array)


BEFORE = version(pack({1: 1, 300: 2}, size=4_096))
AFTER = version(pack({1: 1, 2: 3, 4_095: 1}, size=4_096), AT + 60)
DELTA = write_delta(BEFORE, AFTER, SIGNER, is_test=True)
FIELDS: dict[str, Value | None] = {
    "uri": BEFORE.uri,
    "bits": 2,
    "from_iat": AT,
    "to_iat": AT + 60,
    "before": sha256(BEFORE.array.data).digest(),
    "after": sha256(AFTER.array.data).digest(),
}


def delta(changes: bytes | None = None, signer: PrivateKey = SIGNER, **changed: Value | None) -> bytes:
    """A properly signed delta with other fields, from `BEFORE` to itself unless told otherwise."""
    same: dict[str, Value | None] = {"after": FIELDS["before"], "changes": deflate(changes or b"")}
    return write_statement({**FIELDS, **same, **changed}, Kind.STATUS_DELTA, signer, is_test=True)


def test_a_delta_leads_from_one_version_to_the_next() -> None:
    assert apply_delta(DELTA, BEFORE, KEYS, is_test=True) == AFTER


def test_a_delta_of_no_change_leads_to_a_later_list_of_the_same_array() -> None:
    assert apply_delta(delta(), BEFORE, KEYS, is_test=True) == version(BEFORE.array, AT + 60)


@settings(max_examples=30)
@given(
    st.sampled_from([1, 2, 4, 8]),
    st.dictionaries(st.integers(0, 99_999), st.integers(0, 1), max_size=30),
    st.dictionaries(st.integers(0, 99_999), st.integers(0, 1), max_size=30),
)
def test_any_two_arrays_are_joined_by_their_delta(
    bits: int, first: dict[int, int], second: dict[int, int]
) -> None:
    before = version(pack(first, size=100_000, bits=bits))
    after = version(pack(second, size=100_000, bits=bits), AT + 1)
    data = write_delta(before, after, SIGNER, is_test=True)
    assert apply_delta(data, before, KEYS, is_test=True) == after


MISMATCHED = [
    ("a list already later", AFTER),
    ("the same array at another instant", version(BEFORE.array, AT - 1)),
    ("another array at the same instant", version(AFTER.array)),
    ("one bit of the array changed", version(pack({0: 1, 1: 1, 300: 2}, size=4_096))),
    ("a longer array", version(pack({1: 1, 300: 2}, size=4_100))),
    ("a list of another uri", version(BEFORE.array, uri=list_uri(HOME) + "0")),
    ("the same bytes of another width", version(StatusArray(4, BEFORE.array.data))),
    ("a list of another region", replace(BEFORE, signer=HOST)),
]


@pytest.mark.parametrize("base", [row[1] for row in MISMATCHED], ids=[row[0] for row in MISMATCHED])
def test_a_delta_for_another_list_or_version_is_refused(base: StatusList) -> None:
    with pytest.raises(StatementRefused):
        apply_delta(DELTA, base, KEYS, is_test=True)


WRONG_DELTAS = [
    ("nothing", b""),
    ("cut off", DELTA[:-1]),
    ("a byte after it", DELTA + b"\x00"),
    ("a byte altered", DELTA[:80] + bytes((DELTA[80] ^ 1,)) + DELTA[81:]),
    ("a real delta", write_delta(BEFORE, AFTER, SIGNER, is_test=False)),
    ("the full list", write_status_list(AFTER.array, SIGNER, uri=AFTER.uri, issued_at=AT + 60)),
    ("a pass key", write_delta(BEFORE, AFTER, key(HOME, "pass"), is_test=True)),
    ("a statement key", write_delta(BEFORE, AFTER, key(HOME, "statement"), is_test=True)),
    ("another region's status key", write_delta(BEFORE, AFTER, key(HOST, "status"), is_test=True)),
    ("another uri", delta(uri="cm:440000/2")),
    ("other bits", delta(bits=4)),
    ("another start", delta(from_iat=AT - 1)),
    ("another array before", delta(before=bytes(32))),
    ("another array after", delta(after=bytes(32))),
    ("a hash cut short", delta(before=sha256(BEFORE.array.data).digest()[:16])),
    ("no end", delta(to_iat=None)),
    ("an end before the start", delta(to_iat=AT - 1)),
    ("an end at the start", delta(to_iat=AT)),
    ("a field too many", delta(note="x")),
    ("no changes", write_statement(FIELDS, Kind.STATUS_DELTA, SIGNER, is_test=True)),
    ("no uri", delta(uri=None)),
    (
        "changes not deflated",
        write_statement({**FIELDS, "changes": b"x"}, Kind.STATUS_DELTA, SIGNER, is_test=True),
    ),
    ("a change not promised", delta(b"\x00\x01")),
    ("a change promised but not made", delta(after=FIELDS["after"])),
    ("a change outside the array", delta(b"\x80\x08\x01")),
    ("a second change outside the array", delta(b"\xff\x07\x00\x00\x01")),
    ("a skip without its change", delta(b"\x00")),
    ("a skip cut off", delta(b"\x80")),
    ("a skip beyond any array", delta(b"\xff\xff\xff\xff\xff\xff\xff\x7f\x01")),
    ("an endless skip", delta(b"\x80" * 10_000)),
]


@pytest.mark.parametrize("data", [row[1] for row in WRONG_DELTAS], ids=[row[0] for row in WRONG_DELTAS])
def test_a_wrong_delta_is_refused(data: bytes) -> None:
    with pytest.raises((UnreadableStatement, TrustError)):
        apply_delta(data, BEFORE, KEYS, is_test=True)


def test_a_bomb_of_changes_is_refused() -> None:
    with pytest.raises(UnreadableStatement):
        apply_delta(delta(bytes(64 * 2**20 + 1)), BEFORE, KEYS, is_test=True)


UNWRITABLE = [
    ("back in time", AFTER, BEFORE),
    ("to the same instant", BEFORE, version(AFTER.array)),
    ("to another uri", BEFORE, replace(AFTER, uri="cm:440000/2")),
    ("to another width", BEFORE, version(StatusArray(4, AFTER.array.data), AT + 60)),
    ("to another size", BEFORE, version(pack({}, size=8_192), AT + 60)),
]


@pytest.mark.parametrize(
    ("before", "after"), [row[1:] for row in UNWRITABLE], ids=[row[0] for row in UNWRITABLE]
)
def test_a_delta_is_written_only_between_two_versions_of_one_list(
    before: StatusList, after: StatusList
) -> None:
    with pytest.raises(StatementRefused):
        write_delta(before, after, SIGNER, is_test=True)


def test_a_delta_outside_the_window_of_its_key_is_refused() -> None:
    entry = replace(ENTRY, not_after=AT + 60)
    with pytest.raises(StatementRefused):
        apply_delta(DELTA, BEFORE, replace(KEYS, entries=(entry,)), is_test=True)
