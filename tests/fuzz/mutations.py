"""Mutations of genuine texts: of their characters, of their bytes, and of the CBOR in them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import cbor2

from comity.codec import base45, cose
from comity.codec.qrtext import PREFIX
from comity.trust.algorithm import PrivateKey
from tests.fuzz.originals import REGIONS, GenuineText
from tests.laws.situation import AT, key

Texts = tuple[GenuineText, ...]
Mutate = Callable[[Random, Texts], str]

LETTERS: Final = base45.ALPHABET.decode()
TELLING: Final = bytes((0, 1, 0x17, 0x18, 0x1F, 0x40, 0x5F, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xD2, 0xF6, 0xFF))
"""Bytes that mean something at the head of a CBOR item."""
LABELS: Final = (1, 2, 3, 4, 5, 16, -1, 0, "kid", 15)
TYPES: Final = (65_001, 65_002, 65_101, 65_102, 65_118, "application/statuslist+cwt", -65_101, 61, None)
ALGORITHMS: Final = (-7, -8, -9, -35, -257, 5, 0, None, "ES256")


def as_text(raw: bytes) -> str:
    return PREFIX + base45.encode(raw).decode()


def a_value(rng: Random, depth: int = 3) -> Any:
    """Any value CBOR can write, also those Comity never reads."""
    kind = rng.randrange(14 if depth else 10)
    if kind < 3:
        return rng.choice(
            (0, 1, -1, 23, 24, 255, 256, 2**31, 2**53, 2**63, 2**64 - 1, -(2**64), 2**64, 2**80)
        )
    if kind == 3:
        return rng.randbytes(rng.choice((0, 1, 4, 7, 8, 9, 32, 33, 64, 65)))
    if kind == 4:
        return "".join(chr(rng.choice((48, 53, 42, 0x5F20, 0, 0x1F600))) for _ in range(rng.randrange(12)))
    if kind < 8:
        return rng.choice((None, True, False, cbor2.undefined, 0.0, -0.0, 1.5, float("nan"), float("inf")))
    if kind == 8:
        return rng.choice(("150000", "420000", "440000", "440100", "green", "status_list", "", "*"))
    if kind == 9:
        return cbor2.CBORTag(rng.choice((18, 24, 61, 99, 55_799)), rng.randrange(9))
    if kind < 12:
        return [a_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice((0, 1, 4, "a", "idx", b"k", None)): a_value(rng, depth - 1) for _ in range(3)}


def spelled(rng: Random, value: Any) -> bytes:
    """The value as CBOR, mostly with its keys in the order they must have."""
    return cbor2.dumps(value, canonical=rng.random() < 0.9)


def bent(rng: Random, value: Any) -> Any:
    """A value with one thing in it, however deep, exchanged, taken away, doubled or moved."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        items, place = list(value.items()), rng.randrange(len(value))
        name, held = items[place]
        action = rng.randrange(8)
        if action == 0:
            del items[place]
        elif action == 1:
            items.insert(place, (rng.choice((*LABELS, -65_538, "x")), a_value(rng)))
        elif action == 2:
            rng.shuffle(items)
        else:
            items[place] = (name, bent(rng, held))
        return dict(items)
    if isinstance(value, list) and value and rng.random() < 0.9:
        changed, place = list(value), rng.randrange(len(value))
        action = rng.randrange(8)
        if action == 0:
            del changed[place]
        elif action == 1:
            changed.insert(place, changed[rng.randrange(len(changed))])
        else:
            changed[place] = bent(rng, changed[place])
        return changed
    if isinstance(value, int) and rng.random() < 0.5:
        return value + rng.choice((-1, 1, 60, -60, 86_400, 2**32))
    return a_value(rng)


def bent_bytes(rng: Random, data: bytes) -> bytes:
    """Bytes with a few of them flipped, cut, put in, doubled, or their lengths told wrongly."""
    raw, action = bytearray(data), rng.randrange(9)
    place = rng.randrange(len(raw)) if raw else 0
    if not raw or action == 0:
        raw[place:place] = rng.randbytes(rng.randrange(1, 6))
    elif action <= 2:
        for _ in range(rng.choice((1, 1, 1, 2, 8))):
            raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    elif action == 3:
        del raw[place:]
    elif action == 4:
        del raw[place : place + rng.randrange(1, 9)]
    elif action == 5:
        raw[place] = rng.choice(TELLING)
    elif action == 6:
        raw[place:place] = raw[rng.randrange(len(raw)) :][: rng.randrange(1, 80)]
    else:
        lie_about_a_length(rng, raw)
    return bytes(raw)


def lie_about_a_length(rng: Random, raw: bytearray) -> None:
    """Find the head of a string, array or map and let it promise another length."""
    heads = [place for place, byte in enumerate(raw) if 2 <= byte >> 5 <= 5]
    if not heads:
        return
    place = rng.choice(heads)
    major = raw[place] & 0xE0
    width = rng.choice((0, 1, 2, 4, 8))
    if width == 0:
        raw[place] = major | rng.randrange(32)
    else:
        raw[place : place + 1] = bytes((major | 23 + (width.bit_length()),)) + rng.randbytes(width)


def altered_characters(rng: Random, texts: Texts) -> str:
    text = rng.choice(texts).text
    place, action = rng.randrange(len(text)), rng.randrange(7)
    if action == 0:
        return text[:place] + chr(ord(text[place]) ^ 1 << rng.randrange(8)) + text[place + 1 :]
    if action == 1:
        return text[:place] + rng.choice(LETTERS) + text[place + 1 :]
    if action == 2:
        return text[:place]
    if action == 3:
        return text[:place] + text[place + rng.randrange(1, 5) :]
    if action == 4:
        return text[:place] + any_characters(rng, rng.randrange(1, 4)) + text[place:]
    if action == 5:
        return text[:place] + text[rng.randrange(len(text)) :]
    return rng.choice((text.lower(), text + "\n", "\ufeff" + text, text * 5, text[::-1], text + " "))


def any_characters(rng: Random, count: int) -> str:
    return "".join(chr(rng.choice((rng.randrange(128), rng.randrange(0x11_0000)))) for _ in range(count))


def two_texts_joined(rng: Random, texts: Texts) -> str:
    first, second = rng.choice(texts).raw, rng.choice(texts).raw
    cut = rng.randrange(len(first))
    return as_text(first[:cut] + second[rng.choice((cut, rng.randrange(len(second)))) :])


def altered_bytes(rng: Random, texts: Texts) -> str:
    return as_text(bent_bytes(rng, rng.choice(texts).raw))


def parts_exchanged(rng: Random, texts: Texts) -> str:
    """Header, payload and signature of three messages in one, maybe carried by a fourth."""
    parts = [rng.choice((each.outer, each.inner)) for each in rng.choices(texts, k=3)]
    message = cose.write_sign1(parts[0].protected, parts[1].payload, parts[2].signature)
    carrier = rng.choice(texts)
    if carrier.is_presentation and rng.random() < 0.3:
        shown_at = cbor2.loads(carrier.outer.payload)[0]
        payload = cbor2.dumps([shown_at, message])
        message = cose.write_sign1(carrier.outer.protected, payload, carrier.outer.signature)
    return as_text(message)


def altered_header(rng: Random, texts: Texts) -> str:
    chosen = rng.choice(texts)
    message = rng.choice((chosen.outer, chosen.inner))
    fields: dict[Any, Any] = dict(cbor2.loads(message.protected))
    label: Any = rng.choice((1, 4, 16, rng.choice(LABELS)))
    choices: dict[Any, Any] = {
        1: rng.choice(ALGORITHMS),
        4: rng.randbytes(rng.choice((3, 4, 4, 5))),
        16: rng.choice(TYPES),
    }
    fields[label] = choices.get(label, a_value(rng))
    protected = spelled(rng, fields) if rng.random() < 0.8 else bent_bytes(rng, message.protected)
    return as_text(cose.write_sign1(protected, message.payload, message.signature))


def altered_claims(rng: Random, texts: Texts) -> str:
    """Claims written again with something else in them, the signature left as it was."""
    chosen = rng.choice(texts)
    payload = spelled(rng, bent(rng, cbor2.loads(chosen.inner.payload)))
    message = cose.write_sign1(chosen.inner.protected, payload, chosen.inner.signature)
    if chosen.is_presentation:
        return as_text(carried(message, key("phone")))
    return as_text(message)


def noise(rng: Random, texts: Texts) -> str:
    del texts
    action, count = rng.randrange(4), rng.randrange(600)
    if action == 0:
        return any_characters(rng, count % 60)
    if action == 1:
        return PREFIX + "".join(rng.choices(LETTERS, k=count))
    start = b"\xd2\x84" if action == 2 else b"\xd2\x84\x4b\xa3\x01\x26\x04\x44"
    return as_text(start + rng.randbytes(count % 200))


def carried(message: bytes, phone: PrivateKey, shown_at: Any = None) -> bytes:
    """A presentation of any bytes, properly signed."""
    payload = cbor2.dumps([AT if shown_at is None else shown_at, message])
    protected = cbor2.dumps({1: -7, 16: 65_102})
    return cose.write_sign1(protected, payload, phone.sign(cose.signature_input(protected, payload)))


def wrongly_issued(rng: Random, texts: Texts) -> str:
    """What a broken issuer would properly sign: odd claims or header, and maybe an odd showing."""
    chosen = rng.choice(texts)
    payload, protected = chosen.inner.payload, chosen.inner.protected
    if rng.random() < 0.8:
        payload = spelled(rng, bent(rng, cbor2.loads(payload)))
    else:
        payload, protected = bent_bytes(rng, payload), bent_bytes(rng, protected)
    signer = key(rng.choice(REGIONS), "pass") if rng.random() < 0.2 else key(_issuer(chosen), "pass")
    message = cose.write_sign1(protected, payload, signer.sign(cose.signature_input(protected, payload)))
    if chosen.is_presentation or rng.random() < 0.1:
        shown_at = a_value(rng) if rng.random() < 0.2 else None
        message = carried(message, key("phone"), shown_at)
    return as_text(message)


def _issuer(chosen: GenuineText) -> str:
    return str(cbor2.loads(chosen.inner.payload)[1])


UNSIGNED: Final[tuple[Mutate, ...]] = (
    altered_characters,
    altered_characters,
    two_texts_joined,
    altered_bytes,
    altered_bytes,
    altered_bytes,
    parts_exchanged,
    altered_header,
    altered_claims,
    altered_claims,
    noise,
)
"""Mutations that anyone can make: none may be let through."""
