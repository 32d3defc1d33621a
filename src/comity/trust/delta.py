"""Signed deltas between two status lists, sparse: what changed, and nothing for what did not.

The changes are pairs (how many bytes to skip, XOR of the next byte), the first as LEB128, deflated. The
statement names the list, the two instants and the SHA-256 of the array before and after; any mismatch
means: fetch the full list. Why not the deflated XOR of the whole array: docs/adr/0005.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from comity.codec.cbor import Value
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.keys import KeyList, Usage
from comity.trust.ports import Signer
from comity.trust.statements import Kind, read_statement, write_statement
from comity.trust.status import MAX_ARRAY, StatusArray, StatusList, deflate, inflate

_MORE: Final = 0x80
_SEVEN: Final = 0x7F
_LONGEST_SKIP: Final = 28
_STRETCH: Final = 64
"""Bytes below which a differing stretch is compared one by one."""


def write_delta(before: StatusList, after: StatusList, signer: Signer, *, is_test: bool) -> bytes:
    """Sign the changes that turn `before` into `after`, two versions of one list.

    Raises: StatementRefused when they are not two versions of one list, in order.
    """
    same = (before.uri, before.array.bits, before.array.size) == (
        after.uri,
        after.array.bits,
        after.array.size,
    )
    if not same or after.issued_at <= before.issued_at:
        raise StatementRefused("a delta leads from one version of a list to a later one of the same size")
    fields: dict[str, Value | None] = {
        "uri": after.uri,
        "bits": after.array.bits,
        "from_iat": before.issued_at,
        "to_iat": after.issued_at,
        "before": sha256(before.array.data).digest(),
        "after": sha256(after.array.data).digest(),
        "changes": deflate(_changes(before.array.data, after.array.data)),
    }
    return write_statement(fields, Kind.STATUS_DELTA, signer, is_test=is_test)


def apply_delta(data: bytes, before: StatusList, keys: KeyList, *, is_test: bool) -> StatusList:
    """Turn a list into its next version by a delta that the list's own region signed.

    Raises: UnreadableStatement, StatementRefused: fetch the full list instead.
    """
    statement = read_statement(data, Kind.STATUS_DELTA, is_test=is_test)
    entry = None if statement.kid is None else keys.find(statement.kid, Usage.STATUS)
    fields = statement.signed_by(None if entry is None or keys.region != before.signer else entry.key)
    named = (fields.text("uri"), fields.integer("bits"), fields.instant("from_iat"), fields.octets("before"))
    known = (before.uri, before.array.bits, before.issued_at, sha256(before.array.data).digest())
    if entry is None or named != known:
        raise StatementRefused("status delta: made for another list or another version of it")
    issued_at, expected = fields.instant("to_iat"), fields.octets("after")
    raw = _apply(before.array.data, inflate(fields.octets("changes"), limit=MAX_ARRAY))
    fields.finish()
    if sha256(raw).digest() != expected or issued_at <= before.issued_at or not entry.may_sign_at(issued_at):
        raise StatementRefused("status delta: its result is not the list it promises")
    return StatusList(
        signer=before.signer,
        key=entry,
        uri=before.uri,
        issued_at=issued_at,
        array=StatusArray(before.array.bits, raw),
    )


def _differences(before: bytes, after: bytes) -> list[int]:
    """Give the places where two arrays of one length differ, found by halving equal stretches away."""
    stretches, places = [(0, len(before))], []
    while stretches:
        start, end = stretches.pop()
        if before[start:end] == after[start:end]:
            continue
        if end - start <= _STRETCH:
            places += [place for place in range(start, end) if before[place] != after[place]]
            continue
        middle = (start + end) // 2
        stretches += [(middle, end), (start, middle)]
    return places


def _changes(before: bytes, after: bytes) -> bytes:
    out, last = bytearray(), 0
    for place in _differences(before, after):
        skip, last = place - last, place + 1
        while skip > _SEVEN:
            out.append(skip & _SEVEN | _MORE)
            skip >>= 7
        out += bytes((skip, before[place] ^ after[place]))
    return bytes(out)


def _apply(before: bytes, changes: bytes) -> bytes:
    out, place, at, end = bytearray(before), 0, 0, len(changes)
    while at < end:
        skip = shift = 0
        while at < end and changes[at] & _MORE:
            skip |= (changes[at] & _SEVEN) << shift
            shift, at = shift + 7, at + 1
            if shift > _LONGEST_SKIP:
                raise UnreadableStatement("status delta: a skip beyond any array")
        if at + 2 > end:
            raise UnreadableStatement("status delta: cut off within a change")
        place += skip | changes[at] << shift
        if place >= len(out):
            raise UnreadableStatement("status delta: a change outside the array")
        out[place] ^= changes[at + 1]
        place, at = place + 1, at + 2
    return bytes(out)
