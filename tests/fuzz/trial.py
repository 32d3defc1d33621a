"""One share of the trials: mutate, read or verify, and tell of whatever should not have happened."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from comity.codec import cose
from comity.codec.cose import Sign1
from comity.codec.cwt import write_claims
from comity.codec.qrtext import UnverifiedPresentation, read_text
from comity.domain.decision import Decision, Outcome, ReasonCode
from comity.errors import ComityError, FormatError
from comity.verify import as_json, verify, verify_block
from tests.fuzz.files import try_anchor, try_bundle, try_delta, try_list
from tests.fuzz.mutations import UNSIGNED, bent_bytes, wrongly_issued
from tests.fuzz.originals import NOW, Originals, make_originals

BLOCK: Final = 100
FILES: Final = 5
"""Of every 100 trials, how many are of bundles, lists, deltas and anchors."""
ISSUED: Final = 15
"""And how many are texts that a broken issuer signed, which may be let through but never raise."""
REPORTED: Final = 10
"""One decision in so many is also written as JSON, and every one that lets through."""
THROUGH: Final = (Outcome.PASS, Outcome.CONTROL)


@dataclass(frozen=True, slots=True)
class Failure:
    """What should not have happened, with what brought it about."""

    what: str
    kind: str
    offending: str


@cache
def originals() -> Originals:
    return make_originals()


def signed(message: Sign1) -> bytes:
    return cose.signature_input(message.protected, message.payload)


@cache
def genuine_bytes() -> frozenset[tuple[bytes, bytes]]:
    """What the signers of the genuine texts signed: outer and inner."""
    return frozenset((signed(t.outer), signed(t.inner)) for t in originals().texts)


def signed_bytes(text: str) -> tuple[bytes, bytes]:
    shown = read_text(text, is_test=True)
    if isinstance(shown, UnverifiedPresentation):
        return signed(shown.message), signed(shown.inner.message)
    return signed(shown.message), signed(shown.message)


def run_share(seed: int, number: int, count: int) -> list[Failure]:
    """Make `count` trials; the same seed and number make the same ones."""
    rng = Random(f"{seed}/{number}")
    failures: list[Failure] = []
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        files = size * FILES // 100
        issued = size * ISSUED // 100
        texts = [rng.choice(UNSIGNED)(rng, originals().texts) for _ in range(size - files - issued)]
        failures += try_texts(texts, may_pass=False)
        failures += try_texts([wrongly_issued(rng, originals().texts) for _ in range(issued)], may_pass=True)
        for _ in range(files):
            failures += try_file(rng)
    return failures


def try_texts(texts: list[str], *, may_pass: bool) -> list[Failure]:
    """Verify a block of texts: nothing is raised, and nothing forged is let through."""
    gate = originals()
    try:
        decisions = verify_block(texts, gate.gate, at=NOW, lists=gate.lists)
        for place, decision in enumerate(decisions):
            if decision.outcome in THROUGH or place % REPORTED == 0:
                as_json(decision)
    except Exception:  # noqa: BLE001 - this is what is looked for
        return [failure for text in texts if (failure := escaped(text)) is not None]
    return misspellings(texts, decisions) if may_pass else forgeries(texts, decisions)


def escaped(text: str) -> Failure | None:
    """Say whether this text alone makes verify raise."""
    try:
        as_json(verify(text, originals().gate, at=NOW, lists=originals().lists))
    except Exception:  # noqa: BLE001 - this is what is looked for
        return Failure(traceback.format_exc(), "text", repr(text))
    return None


def forgeries(texts: list[str], decisions: list[Decision]) -> list[Failure]:
    return [
        Failure(
            f"let through as {decision.outcome}, though its signed bytes are not genuine", "text", repr(text)
        )
        for text, decision in zip(texts, decisions, strict=True)
        if decision.outcome in THROUGH and signed_bytes(text) not in genuine_bytes()
    ]


def misspellings(texts: list[str], decisions: list[Decision]) -> list[Failure]:
    """Tell of claims that were read though they are not spelled as they must be."""
    read = (t for t, d in zip(texts, decisions, strict=True) if d.reason is not ReasonCode.UNREADABLE)
    return [failure for text in read if (failure := misspelled(text)) is not None]


def misspelled(text: str) -> Failure | None:
    shown = read_text(text, is_test=True)
    inner = shown.inner if isinstance(shown, UnverifiedPresentation) else shown
    try:
        if write_claims(inner.claims) == inner.message.payload:
            return None
    except FormatError:
        pass
    return Failure("read, though its claims are spelled otherwise than they are written", "text", repr(text))


def try_file(rng: Random) -> list[Failure]:
    """Mutate and read one file of the gate: only errors of the tree, and nothing unsigned is taken."""
    gate = originals()
    check, data = rng.choice(
        (
            (try_bundle, gate.bundle),
            (try_list, gate.status_list),
            (try_delta, gate.delta),
            (try_anchor, gate.anchor_file),
        )
    )
    is_signed = rng.random() < 0.5
    mutant = None if is_signed else bent_bytes(rng, data)
    state = rng.getstate()
    try:
        check(rng, gate, mutant)
    except ComityError:
        return []
    except Exception:  # noqa: BLE001 - this is what is looked for
        return [Failure(traceback.format_exc(), check.__name__, told(mutant, state))]
    if mutant is None or check is try_anchor or same_signed_bytes(mutant, data):
        return []
    return [Failure("taken, though its signed bytes are not genuine", check.__name__, told(mutant, state))]


def told(mutant: bytes | None, state: object) -> str:
    return f"made by Random with state {state}" if mutant is None else mutant.hex()


def same_signed_bytes(mutant: bytes, data: bytes) -> bool:
    try:
        return signed(cose.read_sign1(mutant)) == signed(cose.read_sign1(data))
    except FormatError:
        return False
