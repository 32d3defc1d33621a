"""The Token Status List: bits, order of bits, bounded inflate, strict token, and whose list it is."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.codec.cbor import Value
from comity.domain.claims import StatusReference
from comity.errors import FormatError, StatementRefused, UnreadableStatement
from comity.trust.algorithm import PrivateKey
from comity.trust.keys import KeyEntry, Usage
from comity.trust.signing import sign_message
from comity.trust.status import (
    MAX_ARRAY,
    TYP,
    StatusArray,
    StatusLists,
    deflate,
    inflate,
    pack,
    read_array,
    read_status_list,
    write_status_list,
)
from tests.builders import AT, HOME, HOST, INDEX, key, key_list, list_uri, pass_entry

SIGNER = key(HOME, "status")
URI = list_uri(HOME)
LISTS = (key_list(HOST), key_list(HOME))
ARRAY = pack({INDEX: 1}, size=64)
TOKEN = write_status_list(ARRAY, SIGNER, uri=URI, issued_at=AT)
CLAIMS: dict[object, object] = {
    2: URI,
    4: AT + 9,
    6: AT,
    65_533: {"lst": deflate(ARRAY.data), "bits": 2},
    65_534: 3_600,
}


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_entries_are_packed_from_the_least_significant_bit(bits: int) -> None:
    for index in range(3 * 8 // bits):
        array = pack({index: 1}, size=24 // bits, bits=bits)
        assert int.from_bytes(array.data, "little") == 1 << (index * bits)
        assert array.size == 24 // bits


def test_the_example_of_one_bit_of_the_draft_is_read() -> None:
    # draft-ietf-oauth-status-list, section 4.1: 16 entries of 1 bit are the bytes b9 a3
    array = StatusArray(1, bytes.fromhex("b9a3"))
    expected = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    assert [array.find(index) for index in range(16)] == expected
    read = read_array({"bits": 1, "lst": bytes.fromhex("78dadbb918000217015d")})
    assert read == array


def test_the_example_of_two_bits_of_the_draft_is_read() -> None:
    # draft-ietf-oauth-status-list, section 4.1: 12 entries of 2 bits are the bytes c9 44 f9
    array = StatusArray(2, bytes.fromhex("c944f9"))
    expected = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    assert [array.find(index) for index in range(12)] == expected


@given(st.sampled_from([1, 2, 4, 8]), st.lists(st.integers(0, 255), min_size=1, max_size=40))
def test_what_is_packed_is_found_again(bits: int, wide: list[int]) -> None:
    statuses = [value % 2**bits for value in wide]
    array = pack(dict(enumerate(statuses)), size=len(statuses), bits=bits)
    assert [array.find(index) for index in range(len(statuses))] == statuses
    assert read_array({"bits": bits, "lst": deflate(array.data)}) == array


@pytest.mark.parametrize("index", [64, 65, 2**31, 2**63, 2**64 - 1])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_an_index_outside_the_array_finds_nothing(bits: int, index: int) -> None:
    assert pack({}, size=64, bits=bits).find(index) is None
    assert StatusArray(bits, b"").find(0) is None


WRONG_PACKS: list[tuple[str, Mapping[int, int], int]] = [
    ("an index at the size", {64: 1}, 2),
    ("a negative index", {-1: 1}, 2),
    ("a status of three bits", {0: 4}, 2),
    ("a negative status", {0: -1}, 2),
    ("three bits an entry", {0: 1}, 3),
    ("no bits an entry", {0: 1}, 0),
    ("sixteen bits an entry", {0: 1}, 16),
]


@pytest.mark.parametrize(
    ("statuses", "bits"), [row[1:] for row in WRONG_PACKS], ids=[row[0] for row in WRONG_PACKS]
)
def test_what_does_not_fit_an_array_is_not_packed(statuses: Mapping[int, int], bits: int) -> None:
    with pytest.raises(ValueError, match=r"array|bits"):
        pack(statuses, size=64, bits=bits)


WRONG_STREAMS = [
    ("nothing", b""),
    ("no zlib stream", b"status"),
    ("raw deflate without zlib head", deflate(bytes(64))[2:-4]),
    ("gzip", b"\x1f\x8b" + deflate(bytes(64))),
    ("a byte after the stream", deflate(bytes(64)) + b"\x00"),
    ("two streams", deflate(bytes(64)) * 2),
    ("a wrong checksum", deflate(bytes(64))[:-1] + b"\xff"),
    ("without its checksum", deflate(bytes(64))[:-4]),
    ("cut off", deflate(bytes(range(64)))[:-8]),
    ("one byte above the limit", deflate(bytes(65))),
    ("a bomb", deflate(bytes(10_000_000))),
    ("a bomb without its end", deflate(bytes(10_000_000))[:-4]),
    ("a stream with a dictionary", b"\x78\xbb\x00\x00\x00\x01" + deflate(bytes(8))[2:]),
]


@pytest.mark.parametrize("data", [row[1] for row in WRONG_STREAMS], ids=[row[0] for row in WRONG_STREAMS])
def test_inflating_is_strict_and_bounded(data: bytes) -> None:
    with pytest.raises(UnreadableStatement):
        inflate(data, limit=64)


@pytest.mark.parametrize("length", [0, 1, 63, 64])
def test_a_stream_up_to_the_limit_is_inflated(length: int) -> None:
    assert inflate(deflate(bytes(length)), limit=64) == bytes(length)


def test_a_list_that_would_inflate_beyond_the_bound_is_unreadable() -> None:
    stream = zlib.compressobj(9)
    block = bytes(2**20)
    bomb = b"".join(stream.compress(block) for _ in range(MAX_ARRAY // len(block)))
    bomb += stream.compress(b"\x00") + stream.flush()
    with pytest.raises(UnreadableStatement):
        read_array({"bits": 2, "lst": bomb})


WRONG_ARRAYS: list[tuple[str, Value]] = [
    ("null", None),
    ("an array", []),
    ("no bits", {"lst": deflate(b"\x00")}),
    ("no lst", {"bits": 2}),
    ("bits 0", {"bits": 0, "lst": deflate(b"\x00")}),
    ("bits 3", {"bits": 3, "lst": deflate(b"\x00")}),
    ("bits 16", {"bits": 16, "lst": deflate(b"\x00")}),
    ("bits true, which equals 1", {"bits": True, "lst": deflate(b"\x00")}),
    ("bits as text", {"bits": "2", "lst": deflate(b"\x00")}),
    ("lst as text", {"bits": 2, "lst": "eNrb"}),
    ("lst not deflated", {"bits": 2, "lst": b"\x00"}),
    ("lst null", {"bits": 2, "lst": None}),
    ("something unknown", {"bits": 2, "lst": deflate(b"\x00"), "x": 1}),
]


@pytest.mark.parametrize("value", [row[1] for row in WRONG_ARRAYS], ids=[row[0] for row in WRONG_ARRAYS])
def test_a_status_list_claim_of_any_other_form_is_unreadable(value: Value) -> None:
    with pytest.raises(FormatError):
        read_array(value)


def test_an_aggregation_uri_is_passed_over() -> None:
    assert read_array({"bits": 2, "lst": deflate(b"\x01"), "aggregation_uri": "u"}).data == b"\x01"


def test_a_list_is_read_as_it_was_written_and_knows_its_signer() -> None:
    read = read_status_list(TOKEN, LISTS)
    assert (read.signer, read.uri, read.issued_at, read.array) == (HOME, URI, AT, ARRAY)
    assert read.key.usage is Usage.STATUS


def token(
    claims: object = CLAIMS, *, typ: int | str = TYP, signer: PrivateKey = SIGNER, kid: bool = True
) -> bytes:
    """A properly signed token with any claims."""
    payload = claims if isinstance(claims, bytes) else cbor2.dumps(claims)
    return sign_message(payload, signer, typ=typ, with_kid=kid)


def without(number: int) -> dict[object, object]:
    """The claims but one."""
    return {name: value for name, value in CLAIMS.items() if name != number}


WRONG_TOKENS = [
    ("nothing", b""),
    ("cut off", TOKEN[:-1]),
    ("a byte after it", TOKEN + b"\x00"),
    ("tag 61 in front", b"\xd8\x3d" + TOKEN),
    ("tag 18 missing", TOKEN[1:]),
    ("typ of a pass", token(typ=65_101)),
    ("typ of the JWT form", token(typ="statuslist+jwt")),
    ("typ without application", token(typ="statuslist+cwt")),
    ("no kid", token(kid=False)),
    ("no sub", token(without(2))),
    ("no iat", token(without(6))),
    ("no status list", token(without(65_533))),
    ("an unknown claim", token({1: HOME, **CLAIMS})),
    ("sub as bytes", token({**CLAIMS, 2: b"u"})),
    ("iat negative", token({**CLAIMS, 6: -1})),
    ("iat a float", token({**CLAIMS, 6: float(AT)})),
    ("iat true", token({**CLAIMS, 6: True})),
    ("claims out of order", token(dict(reversed(CLAIMS.items())))),
    ("bits before lst", token({**CLAIMS, 65_533: {"bits": 2, "lst": deflate(b"\x00")}})),
    ("claims that are an array", token([URI])),
    ("an indefinite map", token(b"\xbf\xff")),
]


@pytest.mark.parametrize("data", [row[1] for row in WRONG_TOKENS], ids=[row[0] for row in WRONG_TOKENS])
def test_anything_but_one_strict_token_is_unreadable(data: bytes) -> None:
    assert read_status_list(token(), LISTS).uri == URI
    with pytest.raises(UnreadableStatement):
        read_status_list(data, LISTS)


@pytest.mark.parametrize("optional", [4, 65_534], ids=["exp", "ttl"])
def test_exp_and_ttl_may_be_left_out(optional: int) -> None:
    assert read_status_list(token(without(optional)), LISTS).uri == URI


WRONG_SIGNERS = [
    ("a pass key", key(HOME, "pass")),
    ("a statement key", key(HOME, "statement")),
    ("a bundle key", key(HOME, "bundle")),
    ("the root", key(HOME, "root")),
    ("a key of no list", key("forger")),
]


@pytest.mark.parametrize("signer", [row[1] for row in WRONG_SIGNERS], ids=[row[0] for row in WRONG_SIGNERS])
def test_a_list_not_signed_by_a_status_key_is_refused(signer: PrivateKey) -> None:
    with pytest.raises(StatementRefused):
        read_status_list(token(signer=signer), LISTS)


@pytest.mark.parametrize("place", range(0, len(TOKEN), 5))
def test_a_list_with_any_byte_altered_is_not_used(place: int) -> None:
    altered = TOKEN[:place] + bytes((TOKEN[place] ^ 1,)) + TOKEN[place + 1 :]
    with pytest.raises((UnreadableStatement, StatementRefused)):
        read_status_list(altered, LISTS)


@pytest.mark.parametrize(("not_before", "not_after"), [(AT + 1, None), (None, AT)])
def test_a_list_outside_the_window_of_its_key_is_refused(
    not_before: int | None, not_after: int | None
) -> None:
    entry = KeyEntry(key=SIGNER.public, usage=Usage.STATUS, not_before=not_before, not_after=not_after)
    keys = replace(key_list(HOME), entries=(pass_entry(), entry))
    with pytest.raises(StatementRefused):
        read_status_list(TOKEN, (keys,))


def test_a_list_signed_by_another_region_is_that_regions_and_not_the_issuers() -> None:
    forged = read_status_list(token(signer=key(HOST, "status")), LISTS)
    lists = StatusLists((forged,))
    assert forged.signer == HOST
    assert lists.find(HOME, StatusReference(uri=URI, index=0), at=AT) is None


def test_of_two_lists_of_one_uri_the_newer_stays_whatever_their_order() -> None:
    older = read_status_list(token({**CLAIMS, 6: AT - 1}), LISTS)
    newer = read_status_list(token(), LISTS)
    for given_lists in ((older, newer), (newer, older)):
        lists = StatusLists(given_lists)
        assert lists.find(HOME, StatusReference(uri=URI, index=0), at=AT) == newer
        assert len(lists) == 1


def test_a_list_is_found_only_by_the_whole_uri() -> None:
    lists = StatusLists((read_status_list(TOKEN, LISTS),))
    for uri in ("", URI[:-1], URI + "0", URI.upper(), " " + URI):
        assert lists.find(HOME, StatusReference(uri=uri, index=0), at=AT) is None
