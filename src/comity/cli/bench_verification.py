"""The rates of `verify` and `verify_block`, as ratios to a bare signature check of the same messages.

Bare is one `public_key.verify(der, message, ECDSA(SHA256()))` of the package `cryptography`. All three are
interleaved in many short rounds on one core, so that whatever disturbs the machine disturbs all of them;
of each the best round counts, and the medians are given beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter_ns
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from comity.cli.bench_gate import BenchGate
from comity.cli.bench_report import Value, tell
from comity.cli.stream import BLOCK
from comity.codec.cose import SIGNATURE_LENGTH, signature_input
from comity.codec.qrtext import read_text
from comity.domain.colour import PassClass
from comity.domain.decision import Outcome
from comity.verify import verify, verify_block
from comity.verify.authenticate import pass_of

SINGLES: Final = 40
"""Texts that one round verifies one by one, and as many bare checks."""
ROUND: Final = SINGLES + BLOCK
"""Distinct texts that one round takes."""

_ES256: Final = ec.ECDSA(SHA256())
_HALF: Final = SIGNATURE_LENGTH // 2
_SIGNATURES: Final = {PassClass.DEVICE: 2, PassClass.ONLINE: 1, PassClass.PAPER: 1}
"""Signatures a text of each class carries: a phone signs the showing of a device pass."""

_BareCheck = tuple[bytes, bytes]


@dataclass(slots=True)
class _Times:
    """Nanoseconds for one item in every round."""

    bare: list[float] = field(default_factory=list)
    single: list[float] = field(default_factory=list)
    block: list[float] = field(default_factory=list)


def measure_verification(bench: BenchGate, *, rounds: int) -> dict[str, Value]:
    """Measure all classes; the figures are named as in docs/bench.md."""
    figures: dict[str, Value] = {}
    best_bare: list[float] = []
    for pass_class in bench.texts:
        tell(f"verify() and verify_block() of {pass_class} passes, {rounds} rounds")
        _refuse_unless_passed(bench, pass_class)
        with one_core():
            times = _measure(bench, pass_class, rounds)
        best_bare.append(min(times.bare))
        figures |= _ratios(pass_class, times)
    figures["bare_us"] = min(best_bare) / 1_000
    return figures


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core while it measures, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _ratios(pass_class: PassClass, times: _Times) -> dict[str, Value]:
    signatures = _SIGNATURES[pass_class]
    figures: dict[str, Value] = {}
    for key, ours in ((f"{pass_class}", times.single), (f"{pass_class}_block", times.block)):
        figures[key] = signatures * min(times.bare) / min(ours)
        figures[f"{key}_median"] = signatures * median(times.bare) / median(ours)
        figures[f"{key}_us"] = min(ours) / 1_000
    return figures


def _refuse_unless_passed(bench: BenchGate, pass_class: PassClass) -> None:
    """See that every text is genuine: the time of a refusal would be no measure."""
    texts, gate = bench.texts[pass_class], bench.gate
    if len(texts) < ROUND:
        raise ValueError(f"a round takes {ROUND} distinct texts")
    decisions = verify_block(texts, gate.bundle, at=bench.at, lists=gate.lists)
    strange = {decision.reason for decision in decisions if decision.outcome is not Outcome.PASS}
    if strange:
        raise AssertionError(f"the bench's own {pass_class} passes are answered {sorted(strange)}")


def _bare_checks(texts: Sequence[str]) -> list[_BareCheck]:
    """Give signature in DER and Sig_structure of the pass in every text."""
    checks: list[_BareCheck] = []
    for text in texts:
        message = pass_of(read_text(text, is_test=True)).message
        r, s = (int.from_bytes(half, "big") for half in _halves(message.signature))
        checks.append((encode_dss_signature(r, s), signature_input(message.protected, message.payload)))
    return checks


def _halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:_HALF], signature[_HALF:]


def _measure(bench: BenchGate, pass_class: PassClass, rounds: int) -> _Times:
    """Run the rounds, each on the next texts; results are kept until their round ends."""
    texts, key, times = bench.texts[pass_class], bench.pass_key.native, _Times()
    bundle, at, lists = bench.gate.bundle, bench.at, bench.gate.lists
    checks = _bare_checks(texts)
    for number in range(rounds):
        start = number * ROUND % (len(texts) - ROUND + 1)
        middle, end = start + SINGLES, start + ROUND

        began = perf_counter_ns()
        for signature, message in checks[start:middle]:
            key.verify(signature, message, _ES256)
        times.bare.append((perf_counter_ns() - began) / SINGLES)

        began = perf_counter_ns()
        kept = [verify(text, bundle, at=at, lists=lists) for text in texts[start:middle]]
        times.single.append((perf_counter_ns() - began) / SINGLES)

        began = perf_counter_ns()
        kept += verify_block(texts[middle:end], bundle, at=at, lists=lists)
        times.block.append((perf_counter_ns() - began) / BLOCK)
        del kept
    return times
