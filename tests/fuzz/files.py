"""Mutations of what a gate loads: bundles, status lists, deltas and anchors, badly or properly signed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import cbor2

from comity.codec import cose
from comity.trust.algorithm import PrivateKey
from comity.trust.bundle import open_bundle, read_anchor
from comity.trust.delta import apply_delta
from comity.trust.status import StatusLists, deflate, read_status_list
from comity.verify import as_json, verify_block
from tests.fuzz.mutations import a_value, bent, bent_bytes, spelled
from tests.fuzz.originals import HOST, NOW, Originals
from tests.laws.situation import GUANGDONG, key

NESTED: Final[dict[str, Callable[[dict[str, Any]], PrivateKey]]] = {
    "memberships": lambda fields: key("hub"),
    "key_lists": lambda fields: key(str(fields.get("region", HOST)), "root"),
    "recognitions": lambda fields: key(HOST, "statement"),
    "referrals": lambda fields: key(HOST, "statement"),
    "rulebooks": lambda fields: key(HOST, "statement"),
}
"""The statements in a bundle and who signs them."""


def signed_again(data: bytes, payload: bytes, signer: PrivateKey) -> bytes:
    protected = cose.read_sign1(data).protected
    return cose.write_sign1(protected, payload, signer.sign(cose.signature_input(protected, payload)))


def bent_statement(rng: Random, data: bytes, signer: PrivateKey) -> bytes:
    fields = bent(rng, cbor2.loads(cose.read_sign1(data).payload))
    return signed_again(data, spelled(rng, fields), signer)


def bent_bundle(rng: Random, data: bytes) -> bytes:
    """A bundle with a field bent, or a statement in it, all properly signed."""
    fields: dict[str, Any] = dict(cbor2.loads(cose.read_sign1(data).payload))
    name = rng.choice([*NESTED, ""])
    if name:
        inside, place = list(fields[name]), rng.randrange(len(fields[name]))
        signer = NESTED[name](cbor2.loads(cose.read_sign1(inside[place]).payload))
        inside[place] = bent_statement(rng, inside[place], signer)
        fields[name] = inside
    else:
        fields = bent(rng, fields)
    return signed_again(data, spelled(rng, fields), key(HOST, "bundle"))


def bent_list(rng: Random, data: bytes) -> bytes:
    claims: Any = cbor2.loads(cose.read_sign1(data).payload)
    if rng.random() < 0.4:
        packed = deflate(rng.randbytes(rng.randrange(200)))
        claims[65_533] = {
            "bits": rng.choice((1, 2, 4, 8, 3, 0, -1, a_value(rng, 0))),
            "lst": rng.choice((packed, bent_bytes(rng, packed), packed + b"\0")),
        }
    else:
        claims = bent(rng, claims)
    return signed_again(data, spelled(rng, claims), key(GUANGDONG, "status"))


def bent_delta(rng: Random, data: bytes) -> bytes:
    fields: Any = cbor2.loads(cose.read_sign1(data).payload)
    if rng.random() < 0.6:
        fields["changes"] = deflate(
            bytes(rng.choice((0x80, 0xFF, 1, 0, 9)) for _ in range(rng.randrange(12)))
        )
    else:
        fields = bent(rng, fields)
    return signed_again(data, spelled(rng, fields), key(GUANGDONG, "status"))


def try_bundle(rng: Random, originals: Originals, data: bytes | None) -> None:
    """Open a bundle; one that opens must answer every genuine text."""
    data = bent_bundle(rng, originals.bundle) if data is None else data
    bundle = open_bundle(data, anchor=originals.anchor, host=HOST)
    texts = [each.text for each in rng.choices(originals.texts, k=3)]
    for decision in verify_block(texts, bundle, at=NOW, lists=originals.lists):
        as_json(decision)


def try_list(rng: Random, originals: Originals, data: bytes | None) -> None:
    """Read a status list; one that is read must answer every genuine text."""
    data = bent_list(rng, originals.status_list) if data is None else data
    lists = StatusLists((read_status_list(data, originals.gate.key_lists),))
    texts = [each.text for each in rng.choices(originals.texts, k=3)]
    for decision in verify_block(texts, originals.gate, at=NOW, lists=lists):
        as_json(decision)


def try_delta(rng: Random, originals: Originals, data: bytes | None) -> None:
    data = bent_delta(rng, originals.delta) if data is None else data
    apply_delta(data, originals.before, originals.keys, is_test=True)


def try_anchor(rng: Random, originals: Originals, data: bytes | None) -> None:
    if data is None:
        data = spelled(rng, bent(rng, cbor2.loads(originals.anchor_file)))
    read_anchor(data)
