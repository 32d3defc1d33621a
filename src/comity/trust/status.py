"""The Token Status List in CWT form (draft-ietf-oauth-status-list-21): the status of credentials.

An array of 1, 2, 4 or 8 bits an entry, least significant bits first, deflated, signed by a usage-`status`
key of the region whose passes it is about. Two bits: 0 current, 1 void, 2 suspended, 3 superseded; never
a person's colour. The token is a COSE_Sign1 with tag 18 and without the CWT tag 61. Inflating is bounded.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.codec import cbor, cose
from comity.domain.claims import StatusReference
from comity.domain.instant import DAY, HOUR, LAST_INSTANT, Instant
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import FormatError, StatementRefused, UnreadableStatement
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.ports import Signer
from comity.trust.signing import message_holds, sign_message

CURRENT: Final = 0
VOID: Final = 1
SUSPENDED: Final = 2
SUPERSEDED: Final = 3

ENTRY_BITS: Final = (1, 2, 4, 8)
PASS_BITS: Final = 2
_MASKS: Final = {bits: (1 << bits) - 1 for bits in ENTRY_BITS}
TYP: Final = "application/statuslist+cwt"
MAX_ARRAY: Final = 64 * 2**20
"""Bytes a list may inflate to: 268 million entries of two bits."""
LIFETIME: Final = 7 * DAY
TTL: Final = HOUR

_SUB: Final = 2
_EXP: Final = 4
_IAT: Final = 6
_STATUS_LIST: Final = 65_533
_TTL: Final = 65_534
_LEVEL: Final = 9


@dataclass(frozen=True, slots=True)
class StatusArray:
    """The inflated array: `bits` an entry, `data` packed from the least significant bit."""

    bits: int
    data: bytes

    @property
    def size(self) -> int:
        """How many entries there is room for."""
        return len(self.data) * 8 // self.bits

    def find(self, index: int) -> int | None:
        """Find the status at a zero-based index of 0 or more; None outside the array."""
        bits = self.bits
        bit = index * bits
        try:
            return self.data[bit >> 3] >> (bit & 7) & _MASKS[bits]
        except IndexError:
            return None


def pack(statuses: Mapping[int, int], *, size: int, bits: int = PASS_BITS) -> StatusArray:
    """Pack the statuses that are not 0 into an array of `size` entries.

    Raises: ValueError for a status of more than `bits` bits or an index outside.
    """
    if bits not in ENTRY_BITS:
        raise ValueError("an entry has 1, 2, 4 or 8 bits")
    data = bytearray((size * bits + 7) // 8)
    limit = 1 << bits
    for index, status in statuses.items():
        if not 0 <= index < size or not 0 <= status < limit:
            raise ValueError("a status or index outside the array")
        bit = index * bits
        data[bit >> 3] |= status << (bit & 7)
    return StatusArray(bits, bytes(data))


def deflate(data: bytes) -> bytes:
    """Compress in the zlib format (RFC 1950), as small as zlib can."""
    return zlib.compress(data, _LEVEL)


def inflate(data: bytes, *, limit: int) -> bytes:
    """Decompress one whole zlib stream of at most `limit` bytes.

    Raises: UnreadableStatement for a broken, cut, overlong or trailing stream.
    """
    stream = zlib.decompressobj()
    try:
        raw = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise UnreadableStatement("the compressed data is broken") from error
    if len(raw) > limit:
        raise UnreadableStatement(f"the compressed data holds more than {limit} bytes")
    if not stream.eof or stream.unused_data:
        raise UnreadableStatement("the compressed data is cut off or has bytes after it")
    return raw


def inflate_start(data: bytes, *, length: int) -> bytes:
    """Decompress the first `length` bytes of a zlib stream, or all it holds. Raises: UnreadableStatement."""
    try:
        return zlib.decompressobj().decompress(data, length)
    except zlib.error as error:
        raise UnreadableStatement("the compressed data is broken") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A verified status list: whose it is (`signer`), its `uri`, when it was made and what it says."""

    signer: str
    key: KeyEntry
    uri: str
    issued_at: Instant
    array: StatusArray


class StatusLists:
    """The verified lists a checkpoint has at hand, found by region and uri.

    Of several of one uri the newest counts whose key is not revoked and which is not from the future; only
    where there is none such, the newest of all.
    """

    __slots__ = ("_lists",)

    def __init__(self, lists: tuple[StatusList, ...] = ()) -> None:
        self._lists: dict[tuple[str, str], list[StatusList]] = {}
        for each in sorted(lists, key=lambda known: known.issued_at, reverse=True):
            self._lists.setdefault((each.signer, each.uri), []).append(each)

    def find(self, issuer: str, reference: StatusReference, *, at: Instant) -> StatusList | None:
        """Find the list that `issuer` signed for this reference and that is good at `at`."""
        known = self._lists.get((issuer, reference.uri))
        if known is None:
            return None
        for each in known:
            if not each.key.is_revoked(at) and each.issued_at <= at + CLOCK_LEEWAY:
                return each
        return known[0]

    def __len__(self) -> int:
        return len(self._lists)


NO_LISTS: Final = StatusLists()
"""What a checkpoint without any list has at hand."""


def write_status_list(array: StatusArray, signer: Signer, *, uri: str, issued_at: Instant) -> bytes:
    """Sign a status list token."""
    payload = cbor.write(
        {
            _SUB: uri,
            _EXP: issued_at + LIFETIME,
            _IAT: issued_at,
            _TTL: TTL,
            _STATUS_LIST: {"bits": array.bits, "lst": deflate(array.data)},
        }
    )
    return sign_message(payload, signer, typ=TYP)


def read_status_list(data: bytes, key_lists: tuple[KeyList, ...]) -> StatusList:
    """Read a status list token signed by a usage-`status` key of one of these regions.

    A key id may belong to several regions; the one whose key holds is the signer.

    Raises: UnreadableStatement, StatementRefused.
    """
    try:
        message = cose.read_sign1(data)
        uri, issued_at, status_list = _read_claims(message.payload)
        if message.header.typ != TYP or message.header.kid is None:
            raise FormatError("this is another kind of file")
        signer, entry = _signer(message, issued_at, key_lists)
        array = read_array(status_list)
    except FormatError as error:
        raise UnreadableStatement(f"status list: {error}") from error
    return StatusList(signer=signer, key=entry, uri=uri, issued_at=issued_at, array=array)


def issue_instant(data: bytes) -> Instant:
    """Read when a status list token says it was issued, before anything in it is checked or inflated.

    Raises: FormatError.
    """
    return _read_claims(cose.read_sign1(data).payload)[1]


def _signer(message: cose.Sign1, issued_at: Instant, key_lists: tuple[KeyList, ...]) -> tuple[str, KeyEntry]:
    """Find the region whose status key signed the list, before anything in it is inflated."""
    for key_list in key_lists:
        entry = key_list.find(message.header.kid, Usage.STATUS)
        if entry is not None and entry.may_sign_at(issued_at) and message_holds(message, entry.key):
            return key_list.region, entry
    raise StatementRefused("status list: not signed by a status key of any member region")


def _read_claims(payload: bytes) -> tuple[str, Instant, cbor.Value]:
    claims = cbor.read_map(payload)
    if not {_SUB, _IAT, _STATUS_LIST} <= set(claims) <= {_SUB, _EXP, _IAT, _STATUS_LIST, _TTL}:
        raise FormatError("other claims than sub, iat, exp, ttl and status_list")
    uri, issued_at = claims[_SUB], claims[_IAT]
    if type(uri) is not str or type(issued_at) is not int or not 0 <= issued_at <= LAST_INSTANT:
        raise FormatError("sub is not text or iat is not a time")
    if type(claims.get(_EXP, 0)) is not int or type(claims.get(_TTL, 0)) is not int:
        raise FormatError("exp or ttl is not a number")
    return uri, issued_at, claims[_STATUS_LIST]


def read_array(status_list: cbor.Value) -> StatusArray:
    """Read the status_list claim {bits, lst}, passing over an aggregation_uri.

    Raises: FormatError.
    """
    if type(status_list) is not dict or not {"bits", "lst"} <= set(status_list) <= {
        "bits",
        "lst",
        "aggregation_uri",
    }:
        raise FormatError("status_list is not a map of bits and lst")
    bits, compressed = status_list["bits"], status_list["lst"]
    if type(bits) is not int or bits not in ENTRY_BITS or type(compressed) is not bytes:
        raise FormatError("bits is not 1, 2, 4 or 8, or lst is not bytes")
    return StatusArray(bits, inflate(compressed, limit=MAX_ARRAY))
