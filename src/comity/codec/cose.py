"""COSE_Sign1 (RFC 9052 section 4.2) as Comity uses it: tag 18, one signature of 64 bytes, typ always.

The protected header holds exactly alg (1), typ (16, RFC 9596) and, where an issuer signs, kid (4 bytes);
any other label, `crit` included, is unreadable. The unprotected map is empty, the payload is a byte
string, external_aad is empty. Signatures are only carried here; `trust` verifies them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple, NewType

from comity.codec import cbor
from comity.errors import FormatError

Kid = NewType("Kid", bytes)
"""First 4 bytes of the RFC 9679 thumbprint of a key; looked up only with issuer and usage."""

KID_LENGTH: Final = 4
SIGNATURE_LENGTH: Final = 64

_MAX_PROTECTED: Final = 256
"""Bytes of a protected header: far more than any of ours, few enough to remember a thousand of them."""
_ALG: Final = 1
_KID: Final = 4
_TYP: Final = 16
_OPENING: Final = b"\xd2\x84"
_EMPTY_MAP: Final = b"\xa0"
_SIGNATURE_HEAD: Final = b"\x58\x40"
_SIGNATURE_ITEM: Final = len(_SIGNATURE_HEAD) + SIGNATURE_LENGTH
_SIGNATURE1: Final = b"\x84\x6aSignature1"
_NO_AAD: Final = b"\x40"


class Header(NamedTuple):
    """The protected header: algorithm number, key id or None, and what kind of thing is signed."""

    alg: int
    kid: Kid | None
    typ: int | str


class Sign1(NamedTuple):
    """One signed message, read but not verified; `signed` is the Sig_structure under the signature."""

    header: Header
    protected: bytes
    payload: bytes
    signed: bytes
    signature: bytes


def signature_input(protected: bytes, payload: bytes) -> bytes:
    """Build the Sig_structure for context Signature1 with empty external_aad (RFC 9052 section 4.4)."""
    return _signature_prefix(protected) + cbor.write_byte_string(payload)


def _signature_prefix(protected: bytes) -> bytes:
    return _SIGNATURE1 + cbor.write_byte_string(protected) + _NO_AAD


def read_sign1(data: bytes) -> Sign1:
    """Read one tagged COSE_Sign1 that fills `data`.

    Raises: FormatError for any other shape, tag, header label or length.
    """
    if not data.startswith(_OPENING):
        raise FormatError("COSE: not one COSE_Sign1 with tag 18")
    if data[-_SIGNATURE_ITEM:-SIGNATURE_LENGTH] != _SIGNATURE_HEAD:
        raise FormatError("COSE: the message does not end with a signature of 64 bytes")
    protected, end = cbor.read_byte_string(data, len(_OPENING))
    if data[end : end + 1] != _EMPTY_MAP:
        raise FormatError("COSE: the unprotected header is not an empty map")
    payload, last = cbor.read_byte_string(data, end + 1)
    if last != len(data) - _SIGNATURE_ITEM:
        raise FormatError("COSE: bytes beside header, payload and signature")
    if len(protected) > _MAX_PROTECTED:
        raise FormatError("COSE: a protected header longer than any of ours")
    header, prefix = _open_header(protected)
    return Sign1(header, protected, payload, prefix + data[end + 1 : last], data[-SIGNATURE_LENGTH:])


@lru_cache(maxsize=1_024)
def _open_header(protected: bytes) -> tuple[Header, bytes]:
    """Read a header and prepare what stands before the payload in the Sig_structure."""
    return read_header(protected), _signature_prefix(protected)


def read_header(protected: bytes) -> Header:
    """Read a protected header: exactly alg and typ, with or without kid.

    Raises: FormatError.
    """
    fields = cbor.read_map(protected)
    if set(fields) not in ({_ALG, _TYP}, {_ALG, _KID, _TYP}):
        raise FormatError("COSE: protected header labels other than alg, kid and typ")
    alg, kid, typ = fields[_ALG], fields.get(_KID), fields[_TYP]
    if type(alg) is not int:
        raise FormatError("COSE: alg is not an integer")
    if _KID in fields and (type(kid) is not bytes or len(kid) != KID_LENGTH):
        raise FormatError("COSE: kid is not 4 bytes")
    if type(typ) is not int and type(typ) is not str:
        raise FormatError("COSE: typ is neither integer nor text")
    return Header(alg, Kid(kid) if type(kid) is bytes else None, typ)


def write_header(header: Header) -> bytes:
    """Write a protected header."""
    fields: dict[int | str, cbor.Value] = {_ALG: header.alg, _TYP: header.typ}
    if header.kid is not None:
        fields[_KID] = header.kid
    return cbor.write(fields)


def write_sign1(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """Put a signed message together; `protected` comes from `write_header`."""
    parts = (cbor.write_byte_string(part) for part in (payload, signature))
    return _OPENING + cbor.write_byte_string(protected) + _EMPTY_MAP + b"".join(parts)
