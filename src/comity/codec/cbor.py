"""Deterministic CBOR (RFC 8949 section 4.2.1), strict and bounded.

Built on cbor2, which accepts more than Comity may: trailing bytes, longer integers, built-in tags.
`read` therefore runs with every tag refused, checks types and key order, and compares its own
re-encoding with the input, so that one value has exactly one spelling. Values are maps, arrays,
integers of 64 bits, byte strings, text, booleans and null; no floats, no tags, no undefined.
"""

from __future__ import annotations

from typing import Final, Never, TypeAlias, cast

import cbor2

from comity.errors import FormatError

MAX_DEPTH: Final = 8
"""Containers inside one another (interface section 2)."""

Value: TypeAlias = "int | str | bytes | bool | None | list[Value] | dict[int | str, Value]"

UNSIGNED: Final = 0
BYTES: Final = 2

_INT_RANGE: Final = (-(2**64), 2**64 - 1)
_HEAD_LENGTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}
_HEAD_MINIMUM: Final = {24: 24, 25: 0x100, 26: 0x1_0000, 27: 0x1_0000_0000}


def _refuse(*_: object) -> Never:
    raise FormatError("CBOR: a tag where none is allowed")


_BUILT_IN_TAGS: Final = (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258)
_NO_TAGS: Final = dict.fromkeys((*_BUILT_IN_TAGS, 260, 261, 1004, 43000, 55799), _refuse)


def read_unchecked(data: bytes) -> Value:
    """Decode one item and compare its spelling, leaving types and key order to the caller's own checks.

    For callers that match the exact shape of the value afterwards; everyone else uses `read`.

    Raises: FormatError.
    """
    try:
        value = cbor2.loads(
            data,
            tag_hook=_refuse,
            semantic_decoders=_NO_TAGS,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        spelled = cbor2.dumps(value)
    except FormatError:
        raise
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise FormatError("CBOR: not one well-formed item") from error
    if spelled != data:
        raise FormatError("CBOR: not the deterministic spelling, or bytes after the item")
    return cast(Value, value)


def read(data: bytes) -> Value:
    """Decode one deterministic item.

    Raises: FormatError for anything else, with the rule it breaks.
    """
    value = read_unchecked(data)
    _check(value)
    return value


def read_map(data: bytes) -> dict[int | str, Value]:
    """Decode one deterministic map.

    Raises: FormatError, also when the item is no map.
    """
    value = read(data)
    if not isinstance(value, dict):
        raise FormatError("CBOR: a map was expected")
    return value


def write(value: Value) -> bytes:
    """Encode a value in its one deterministic spelling.

    Raises: FormatError for a value that `read` would refuse.
    """
    _check(value, ordered=False)
    return cbor2.dumps(_sorted(value))


def _check(value: object, *, ordered: bool = True) -> None:
    kind = type(value)
    if kind in (str, bytes, bool) or value is None:
        return
    if kind is int:
        if not _INT_RANGE[0] <= cast(int, value) <= _INT_RANGE[1]:
            raise FormatError("CBOR: an integer beyond 64 bits")
    elif kind is list:
        for item in cast(list[object], value):
            _check(item, ordered=ordered)
    elif kind is dict:
        mapping = cast(dict[object, object], value)
        if not all(type(key) in (int, str) for key in mapping):
            raise FormatError("CBOR: a map key that is neither integer nor text")
        if ordered and list(mapping) != sorted(mapping, key=cbor2.dumps):
            raise FormatError("CBOR: map keys out of order")
        for item in mapping.values():
            _check(item, ordered=ordered)
    else:
        raise FormatError("CBOR: a type that is not used here")


def _sorted(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=cbor2.dumps)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def read_head(data: bytes, start: int) -> tuple[int, int, int]:
    """Read the head of the item at `start`: major type, argument, and where the content begins.

    Raises: FormatError for a cut, indefinite, reserved or longer-than-needed head.
    """
    try:
        first = data[start]
        argument = first & 0x1F
        if argument < 24:
            return first >> 5, argument, start + 1
        length = _HEAD_LENGTHS[argument]
    except (IndexError, KeyError):
        raise FormatError("CBOR: cut off, or an indefinite length") from None
    end = start + 1 + length
    value = int.from_bytes(data[start + 1 : end], "big")
    if end > len(data) or value < _HEAD_MINIMUM[argument]:
        raise FormatError("CBOR: cut off, or a number longer than needed")
    return first >> 5, value, end


def read_byte_string(data: bytes, start: int) -> tuple[bytes, int]:
    """Read a definite byte string at `start` and where the next item begins.

    Raises: FormatError.
    """
    head = data[start] if start < len(data) else 0
    if 0x40 <= head < 0x58:
        begin, end = start + 1, start + 1 + (head & 0x1F)
    else:
        major, length, begin = read_head(data, start)
        end = begin + length
        if major != BYTES:
            raise FormatError("CBOR: a byte string was expected")
    if end > len(data):
        raise FormatError("CBOR: a byte string is cut off")
    return data[begin:end], end


def write_head(major: int, argument: int) -> bytes:
    """Write the shortest head of an item with this major type and argument."""
    if argument < 24:
        return bytes((major << 5 | argument,))
    for code, length in _HEAD_LENGTHS.items():
        if argument < 1 << (8 * length):
            return bytes((major << 5 | code,)) + argument.to_bytes(length, "big")
    raise FormatError("CBOR: an argument beyond 64 bits")


def write_byte_string(content: bytes) -> bytes:
    """Write a definite byte string."""
    return write_head(BYTES, len(content)) + content
