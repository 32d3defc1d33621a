"""The vectors, through the public API: whole Decisions and every stage, and no step or reason left out."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from comity import StatusLists, VerifierBundle, as_json, open_bundle, read_anchor, read_status_list, verify
from comity.codec import base45, cbor, cose
from comity.domain.colour import PASS_CLASSES, Colour
from comity.domain.decision import Outcome, ReasonCode, Step
from comity.scenario.plan import Tamper

FOLDER: Final = Path(__file__).resolve().parents[2] / "vectors"
Vector = dict[str, Any]
MESSAGE_KEYS: Final = {"protected", "alg", "typ", "signature_input", "signature"}


@cache
def file(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return read


@cache
def bundle(name: str, reference: str, anchor: str) -> VerifierBundle:
    kept = file(name)
    pinned = read_anchor(bytes.fromhex(kept["anchors"][anchor]))
    return open_bundle(bytes.fromhex(kept["bundles"][reference]), anchor=pinned, host=pinned.host)


NAMES: Final = sorted(path.name for path in FOLDER.glob("*.json"))
ALL: Final = [(name, vector) for name in NAMES for vector in file(name)["vectors"]]
every_vector = pytest.mark.parametrize(
    ("name", "vector"), ALL, ids=[f"{name.removesuffix('.json')}:{vector['name']}" for name, vector in ALL]
)


@every_vector
def test_the_decision_is_the_one_in_the_vector(name: str, vector: Vector) -> None:
    opened = bundle(name, vector["bundle"], vector["anchor"])
    tokens = [bytes.fromhex(file(name)["lists"][reference]) for reference in vector["lists"].values()]
    says = vector["issuer_says"]

    decision = verify(
        vector["text"],
        opened,
        at=datetime.fromisoformat(vector["at"]),
        lists=StatusLists(tuple(read_status_list(token, opened.key_lists) for token in tokens)),
        issuer_says=None if says is None else Colour(says),
    )

    assert as_json(decision) == vector["decision"]
    assert (decision.step.name, decision.reason) == (vector["step"], vector["reason"])


@every_vector
def test_each_stage_follows_from_the_one_before(name: str, vector: Vector) -> None:
    reached = vector["stages"]
    is_read = vector["step"] != "V1"

    assert set(reached) == {"bytes", "presentation", "pass"}
    assert (reached["pass"] is not None) is is_read
    if not is_read:
        assert reached["presentation"] is None
        return
    text = vector["text"].rstrip("\r\n")
    raw = base45.decode(text.removeprefix("CM1:").encode())
    assert raw.hex() == reached["bytes"]
    if reached["presentation"] is not None:
        shown_at, raw = follows(raw, reached["presentation"], {"shown_at"})
        assert shown_at == reached["presentation"]["shown_at"]
    claims = follows(raw, reached["pass"], {"kid", "payload", "claims"})
    assert cbor.write(claims).hex() == reached["pass"]["payload"]
    assert as_claims(claims) == reached["pass"]["claims"]
    protected = cbor2.loads(bytes.fromhex(reached["pass"]["protected"]))
    assert protected[4].hex() == reached["pass"]["kid"]


def follows(raw: bytes, told: dict[str, Any], more: set[str]) -> Any:
    """Take a message apart without our codec, compare it with what is told, and give its payload."""
    protected, unprotected, payload, signature = cbor2.loads(raw[1:])
    assert set(told) == MESSAGE_KEYS | more
    assert (raw[0], unprotected) == (0xD2, {})
    assert (protected.hex(), signature.hex()) == (told["protected"], told["signature"])
    assert cbor2.loads(protected)[1] == told["alg"]
    assert cbor2.loads(protected)[16] == told["typ"]
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    assert to_sign.hex() == told["signature_input"]
    return cbor2.loads(payload)


def as_claims(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): as_claims(held) for key, held in value.items()}
    return [as_claims(held) for held in value] if isinstance(value, list) else value


@every_vector
def test_the_issuer_signature_holds_just_where_v4_says_so(name: str, vector: Vector) -> None:
    read, step = vector["stages"]["pass"], Step[vector["step"]]
    if read is None or step < Step.V4:
        return
    opened = bundle(name, vector["bundle"], vector["anchor"])
    entry = opened.find_pass_key(read["claims"]["1"], cose.Kid(bytes.fromhex(read["kid"])))
    assert entry is not None
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(entry.key.x, "big"), int.from_bytes(entry.key.y, "big"), ec.SECP256R1()
    )

    holds = read["alg"] == -7 and verifies(
        numbers.public_key(), bytes.fromhex(read["signature"]), bytes.fromhex(read["signature_input"])
    )

    assert holds is (step > Step.V4)


def verifies(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def test_every_reason_code_every_step_every_outcome_and_every_class_has_a_vector() -> None:
    seen = [vector for _, vector in ALL]

    assert {vector["reason"] for vector in seen} == {str(code) for code in ReasonCode}
    assert {step["step"] for v in seen for step in v["decision"]["steps"]} == {s.name for s in Step}
    assert {vector["decision"]["outcome"] for vector in seen} == {str(outcome) for outcome in Outcome}
    assert {v["decision"]["class"] for v in seen} == {None, *(str(each) for each in PASS_CLASSES)}
    assert {v["decision"]["colour"] for v in seen} == {None, *(str(each) for each in Colour)}


def test_every_step_but_the_last_fails_in_the_file_of_its_name() -> None:
    for step in Step:
        names = [name for name in NAMES if name.startswith(f"{step.name.lower()}-")]

        assert len(names) == 1
        assert step.name in {vector["step"] for vector in file(names[0])["vectors"]}


def test_clock_wrong_has_a_vector_for_the_bundle_and_one_for_the_list() -> None:
    found = {vector["step"] for _, vector in ALL if vector["reason"] == "clock_wrong"}

    assert found == {"V2", "V8"}


def test_every_tamper_has_a_vector() -> None:
    told = " ".join(vector["shows"] for vector in file("tampers.json")["vectors"])

    assert [tamper for tamper in Tamper if f"tamper {tamper}," not in told] == []


def test_names_are_unique_and_every_shared_file_is_used() -> None:
    for name in NAMES:
        kept = file(name)
        names = Counter(vector["name"] for vector in kept["vectors"])
        lists = {reference for vector in kept["vectors"] for reference in vector["lists"].values()}

        assert max(names.values()) == 1
        assert set(kept["bundles"]) == {vector["bundle"] for vector in kept["vectors"]}
        assert set(kept["lists"]) == lists
        assert set(kept["anchors"]) == {vector["anchor"] for vector in kept["vectors"]}


def test_no_vector_is_large_and_all_together_are_at_most_a_megabyte_and_a_half() -> None:
    assert sum((FOLDER / name).stat().st_size for name in NAMES) <= 1_500_000
