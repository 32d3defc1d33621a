"""Deterministic CBOR (RFC 8949 section 4.2.1), strict and bounded.

Statements are read whole by `read`. It is built on cbor2, which accepts more than Comity may: trailing
bytes, longer integers, built-in tags. So it runs with every tag refused, checks types and key order, and
compares its own re-encoding with the input: one value has exactly one spelling. Values are maps, arrays,
integers of 64 bits, byte strings, text, booleans and null; no floats, no tags, no undefined.

A pass has one fixed grammar and is read millions of times; `codec.cwt` and `codec.cose` follow that grammar
item by item with `read_head` and its companions, which accept nothing but the shortest spelling.
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
TEXT: Final = 3
ARRAY: Final = 4
MAP: Final = 5

_INT_RANGE: Final = (-(2**64), 2**64 - 1)
_SHORT_BYTES: Final = frozenset(bytes((BYTES << 5 | length,)) for length in range(24))
_SHORT_TEXTS: Final = frozenset(bytes((TEXT << 5 | length,)) for length in range(24))
"""Heads that hold the length of a string themselves, as most of those in a pass do."""
_HEADS: Final = {24: (1, 24), 25: (2, 0x100), 26: (4, 0x1_0000), 27: (8, 0x1_0000_0000)}
"""Additional information of a head: how many bytes follow it, and the least number they may hold."""


def _refuse(*_: object) -> Never:
    raise FormatError("CBOR: a tag where none is allowed")


_BUILT_IN_TAGS: Final = (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258)
_NO_TAGS: Final = dict.fromkeys((*_BUILT_IN_TAGS, 260, 261, 1004, 43000, 55799), _refuse)


def read(data: bytes) -> Value:
    """Decode one deterministic item.

    Raises: FormatError for anything else, with the rule it breaks.
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
    _check(value)
    return cast(Value, value)


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
    try:
        return cbor2.dumps(_sorted(value))
    except ValueError as error:
        raise FormatError("CBOR: text that is not Unicode") from error


def _check(value: object, *, ordered: bool = True, depth: int = 1) -> None:
    kind = type(value)
    if kind in (str, bytes, bool) or value is None:
        return
    if kind is int:
        if not _INT_RANGE[0] <= cast(int, value) <= _INT_RANGE[1]:
            raise FormatError("CBOR: an integer beyond 64 bits")
        return
    if depth > MAX_DEPTH:
        raise FormatError(f"CBOR: more than {MAX_DEPTH} containers inside one another")
    if kind is list:
        for item in cast(list[object], value):
            _check(item, ordered=ordered, depth=depth + 1)
    elif kind is dict:
        mapping = cast(dict[object, object], value)
        if not all(type(key) in (int, str) for key in mapping):
            raise FormatError("CBOR: a map key that is neither integer nor text")
        if ordered and list(mapping) != sorted(mapping, key=cbor2.dumps):
            raise FormatError("CBOR: map keys out of order")
        for key, item in mapping.items():
            _check(key, ordered=ordered, depth=depth)
            _check(item, ordered=ordered, depth=depth + 1)
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
        length, minimum = _HEADS[argument]
    except (IndexError, KeyError):
        raise FormatError("CBOR: cut off, or an indefinite length") from None
    end = start + 1 + length
    value = int.from_bytes(data[start + 1 : end], "big")
    if value < minimum or end > len(data):
        raise FormatError("CBOR: cut off, or a number longer than needed")
    return first >> 5, value, end


def read_unsigned(data: bytes, start: int) -> tuple[int, int]:
    """Read an unsigned integer at `start` and where the next item begins.

    Raises: FormatError.
    """
    major, value, end = read_head(data, start)
    if major != UNSIGNED:
        raise FormatError("CBOR: an unsigned integer was expected")
    return value, end


def read_byte_string(data: bytes, start: int) -> tuple[bytes, int]:
    """Read a definite byte string at `start` and where the next item begins.

    Raises: FormatError.
    """
    if data[start : start + 1] in _SHORT_BYTES:
        begin = start + 1
        end = begin + (data[start] & 0x1F)
    else:
        major, length, begin = read_head(data, start)
        end = begin + length
        if major != BYTES:
            raise FormatError("CBOR: a byte string was expected")
    if end > len(data):
        raise FormatError("CBOR: a byte string is cut off")
    return data[begin:end], end


def read_text_string(data: bytes, start: int) -> tuple[str, int]:
    """Read a definite text string at `start` and where the next item begins.

    Raises: FormatError, also for text that is not UTF-8.
    """
    if data[start : start + 1] in _SHORT_TEXTS:
        begin = start + 1
        end = begin + (data[start] & 0x1F)
    else:
        major, length, begin = read_head(data, start)
        end = begin + length
        if major != TEXT:
            raise FormatError("CBOR: a text string was expected")
    if end > len(data):
        raise FormatError("CBOR: a text string is cut off")
    try:
        return data[begin:end].decode(), end
    except UnicodeDecodeError as error:
        raise FormatError("CBOR: text that is not UTF-8") from error


def write_head(major: int, argument: int) -> bytes:
    """Write the shortest head of an item with this major type and argument."""
    if argument < 24:
        return bytes((major << 5 | argument,))
    for code, (length, _) in _HEADS.items():
        if argument < 1 << (8 * length):
            return bytes((major << 5 | code,)) + argument.to_bytes(length, "big")
    raise FormatError("CBOR: an argument beyond 64 bits")


def write_byte_string(content: bytes) -> bytes:
    """Write a definite byte string."""
    return write_head(BYTES, len(content)) + content
