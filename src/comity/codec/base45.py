"""Base45 (RFC 9285): bytes in the alphabet of QR alphanumeric mode.

All groups are worked on at once: each group of three characters is one 24-bit lane of a single big
integer, so a whole text costs a handful of long multiplications instead of a loop.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from comity.errors import UnreadableText

ALPHABET: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_VALUES: Final = bytes(ALPHABET.find(c) if c in ALPHABET else 0xFF for c in range(256))
_BASE: Final = len(ALPHABET)


@lru_cache(maxsize=2_048)
def _masks(count: int) -> tuple[int, int]:
    """Give the masks of the lowest and of the highest byte of `count` lanes of 24 bits."""
    lowest = int.from_bytes(bytes((0xFF, 0, 0)) * count, "little")
    return lowest, lowest << 16


def decode(text: bytes) -> bytes:
    """Decode base45 text (ASCII bytes) of n characters into 2n/3 bytes.

    Raises: UnreadableText for a foreign character, a length of 3k + 1, or a group above 65,535 (or a
    last pair above 255): RFC 9285 sections 4 and 6.
    """
    values = text.translate(_VALUES)
    if 0xFF in values:
        raise UnreadableText("base45: a character outside the alphabet")
    groups, rest = divmod(len(values), 3)
    if rest == 1:
        raise UnreadableText("base45: a length no bytes can have")
    whole = groups * 3
    out = bytearray(2 * groups)
    if groups:
        mask, overflow = _masks(groups)
        packed = int.from_bytes(values[:whole], "little")
        high = (packed >> 16) & mask
        middle = (packed >> 8) & mask
        sums = ((high * _BASE + middle) * _BASE) + (packed & mask)
        if sums & overflow:
            raise UnreadableText("base45: a group above 65535")
        lanes = sums.to_bytes(whole, "little")
        out[0::2] = lanes[1::3]
        out[1::2] = lanes[0::3]
    if rest:
        last = values[whole] + _BASE * values[whole + 1]
        if last > 0xFF:
            raise UnreadableText("base45: a last group above 255")
        out.append(last)
    return bytes(out)


def encode(data: bytes) -> bytes:
    """Encode bytes as base45 text (ASCII bytes), three characters for every two bytes."""
    pairs, rest = divmod(len(data), 2)
    lanes = bytearray(3 * pairs)
    lanes[0::3] = data[1 : 2 * pairs : 2]
    lanes[1::3] = data[0 : 2 * pairs : 2]
    values = bytearray(_split(bytes(lanes), pairs))
    if rest:
        high, low = divmod(data[-1], _BASE)
        values += bytes((low, high))
    return bytes(values.translate(_CHARACTERS))


_CHARACTERS: Final = ALPHABET + bytes(256 - _BASE)


def _split(lanes: bytes, count: int) -> bytes:
    """Turn lanes holding 16-bit numbers n into lanes holding their three base-45 digits, low first.

    Quotients come from multiplying by a reciprocal in lanes of 48 bits: n * 46604 >> 21 is n // 45 for
    n < 2**16, and q * 1457 >> 16 is q // 45 for q < 1457.
    """
    if not count:
        return b""
    out = bytearray(3 * count)
    for start in (0, 1):
        wide = int.from_bytes(_spread(lanes, start, count), "little")
        half = (count - start + 1) // 2
        tens = _field(wide * 46_604 >> 21, half, 0xFFF)
        ones = wide - tens * _BASE
        hundreds = _field(tens * 1_457 >> 16, half, 0xFF)
        digits = ones + ((tens - hundreds * _BASE) << 8) + (hundreds << 16)
        raw = digits.to_bytes(6 * half, "little")
        for place in range(3):
            out[3 * start + place :: 6] = raw[place::6]
    return bytes(out)


def _spread(lanes: bytes, start: int, count: int) -> bytes:
    """Give every second lane, from `start`, in 48 bits of its own."""
    half = (count - start + 1) // 2
    spread = bytearray(6 * half)
    spread[0::6] = lanes[3 * start :: 6]
    spread[1::6] = lanes[3 * start + 1 :: 6]
    return bytes(spread)


@lru_cache(maxsize=2_048)
def _wide_lanes(count: int, value: int) -> int:
    return int.from_bytes(value.to_bytes(6, "little") * count, "little")


def _field(wide: int, count: int, mask: int) -> int:
    """Keep the low bits `mask` of each 48-bit lane."""
    return wide & _wide_lanes(count, mask)
