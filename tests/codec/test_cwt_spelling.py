"""A claim set has one spelling: whatever is read is written back byte for byte (RFC 8949 4.2.1)."""

from __future__ import annotations

from collections.abc import Iterator

import cbor2
import pytest

from comity.codec import cbor
from comity.codec.cwt import read_claims, write_claims
from comity.domain.claims import PassClaims
from comity.domain.colour import Colour, PassClass
from comity.errors import FormatError
from tests.builders import altered, claims

FULL = altered(claims(PassClass.DEVICE, Colour.RED), area="440100", is_guardian_held=True)
SETS = [
    ("every claim and place", FULL),
    ("green, with empty places before the area", altered(claims(), area="440100")),
    ("online, the shortest", claims(PassClass.ONLINE)),
]

COUNTS = {24: 1, 25: 2, 26: 4, 27: 8}
NESTED = 2
"""Items that a head of map or array with these arguments has per unit."""


def heads(data: bytes, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where each head in one item begins and ends, outermost first."""
    place, left = start, 1
    while left:
        first = data[place]
        major, short = first >> 5, first & 31
        end = place + 1 + COUNTS.get(short, 0)
        argument = short if short < 24 else int.from_bytes(data[place + 1 : end], "big")
        yield place, end
        left -= 1
        if major == 4:
            left += argument
        elif major == 5:
            left += NESTED * argument
        place = end + (argument if major in (2, 3) else 0)


def lengthened(data: bytes) -> Iterator[bytes]:
    """The item with one head after the other spelt in each longer way."""
    for start, end in heads(data):
        first = data[start]
        major, short = first >> 5, first & 31
        if major == 7:
            continue
        argument = short if short < 24 else int.from_bytes(data[start + 1 : end], "big")
        for code, length in COUNTS.items():
            if length > end - start - 1:
                head = bytes((major << 5 | code,)) + argument.to_bytes(length, "big")
                yield data[:start] + head + data[end:]


def indefinite(data: bytes) -> Iterator[bytes]:
    """The item with one head after the other made indefinite, with and without a break at the end."""
    for start, end in heads(data):
        if data[start] >> 5 in (2, 3, 4, 5):
            opened = data[:start] + bytes((data[start] | 31,)) + data[end:]
            yield opened
            yield opened + b"\xff"


def is_refused_or_the_one_spelling(data: bytes) -> bool:
    """Say whether the bytes are unreadable, or exactly what their claims are written as."""
    try:
        read = read_claims(data)
    except FormatError:
        return True
    return write_claims(read) == data and cbor2.dumps(cbor.read(data)) == data


@pytest.fixture(params=[row[1] for row in SETS], ids=[row[0] for row in SETS])
def payload(request: pytest.FixtureRequest) -> bytes:
    """A good claim set."""
    given: PassClaims = request.param
    data = write_claims(given)
    assert read_claims(data) == given
    assert cbor2.dumps(cbor.read(data)) == data
    return data


def test_a_head_longer_than_needed_anywhere_is_unreadable(payload: bytes) -> None:
    variants = list(lengthened(payload))
    assert len(variants) > 50
    for data in variants:
        with pytest.raises(FormatError):
            read_claims(data)


def test_an_indefinite_length_anywhere_is_unreadable(payload: bytes) -> None:
    for data in indefinite(payload):
        with pytest.raises(FormatError):
            read_claims(data)


def test_a_tag_anywhere_is_unreadable(payload: bytes) -> None:
    for start, _ in heads(payload):
        for tag in (b"\xc2", b"\xd2", b"\xd8\x1c", b"\xd8\x3d", b"\xd9\xd9\xf7"):
            with pytest.raises(FormatError):
                read_claims(payload[:start] + tag + payload[start:])


@pytest.mark.slow
def test_any_one_byte_changed_is_refused_or_is_another_good_spelling(payload: bytes) -> None:
    for place in range(len(payload)):
        for value in range(256):
            data = payload[:place] + bytes((value,)) + payload[place + 1 :]
            assert is_refused_or_the_one_spelling(data), (place, value)


def test_any_byte_put_in_or_left_out_is_refused_or_is_another_good_spelling(payload: bytes) -> None:
    for place in range(len(payload) + 1):
        assert is_refused_or_the_one_spelling(payload[:place] + payload[place + 1 :]), place
        for value in (0x00, 0x01, 0x18, 0x40, 0x60, 0x80, 0xA0, 0xC2, 0xF4, 0xF5, 0xF6, 0xF7, 0xFB, 0xFF):
            data = payload[:place] + bytes((value,)) + payload[place:]
            assert is_refused_or_the_one_spelling(data), (place, value)


def test_no_two_claims_or_places_can_change_places(payload: bytes) -> None:
    pairs = list(cbor2.loads(payload).items())
    for place in range(len(pairs) - 1):
        swapped = [*pairs[:place], pairs[place + 1], pairs[place], *pairs[place + 2 :]]
        with pytest.raises(FormatError):
            read_claims(cbor2.dumps(dict(swapped)))
