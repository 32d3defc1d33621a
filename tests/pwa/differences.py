"""Mutated texts and files sent through both twins, and whatever they do not answer alike.

Three of five texts come from the mutations of the fuzzer before its own gate; the others are texts of the
vectors, as they are or mutated, before their own gate or another one, at another instant, with other lists or
none. With every hundred texts go some bundles, lists, deltas and anchors, mutated or properly signed with
something odd in them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Final

from comity.codec import base45
from comity.codec.qrtext import PREFIX
from comity.domain.colour import Colour
from comity.errors import ComityError
from tests.fuzz.files import bent_bundle, bent_delta, bent_list
from tests.fuzz.mutations import UNSIGNED, bent_bytes, wrongly_issued
from tests.fuzz.originals import GenuineText, genuine
from tests.fuzz.trial import originals
from tests.laws.situation import AT
from tests.pwa.twins import Answer, Request, ask_node, ask_python
from tests.pwa.vectors import all_vectors, asked, openings

MINUTE: Final = 60
DAY: Final = 86_400
SHIFTS: Final = (
    0,
    0,
    0,
    0,
    1,
    -1,
    59,
    60,
    61,
    -60,
    -61,
    120,
    121,
    DAY,
    -DAY,
    2 * DAY,
    7 * DAY,
    7 * DAY + 1,
    14 * DAY,
)
BLOCK: Final = 100
FILES: Final = 6
"""How many files follow every block of texts."""
BATCH: Final = 5_000
"""How many texts one process of Node answers."""
FUZZ_LISTS: Final = ("fuzz/0", "fuzz/1", "fuzz/list")
"""The status lists of the fuzzer's gate; deltas are made for the last of them."""
Ask = Callable[[Sequence[Request]], list[Answer]]


def fuzz_openings() -> list[Request]:
    """Open the fuzzer's gate and read its lists."""
    gate = originals()
    bundle = {"do": "bundle", "name": "fuzz", "data": gate.bundle.hex(), "anchor": gate.anchor_file.hex()}
    tokens = zip(FUZZ_LISTS, gate.all_lists, strict=True)
    return [
        bundle,
        *({"do": "list", "name": n, "bundle": "fuzz", "data": token.hex()} for n, token in tokens),
    ]


@cache
def shown_in_vectors() -> dict[str, list[tuple[Request, GenuineText | None]]]:
    """What the vectors ask, by the reason of the answer, each with its text taken apart where it can be."""
    found: dict[str, list[tuple[Request, GenuineText | None]]] = {}
    for name, vector in all_vectors():
        shown = (asked(name, vector), taken_apart(vector["text"]))
        found.setdefault(vector["reason"], []).append(shown)
    return found


def of_a_vector(rng: Random) -> tuple[Request, GenuineText | None]:
    """One of them, each reason as likely as the others."""
    return rng.choice(shown_in_vectors()[rng.choice(list(shown_in_vectors()))])


def taken_apart(text: str) -> GenuineText | None:
    """The messages of a readable text."""
    try:
        return genuine(text)
    except ComityError:
        return None


def a_text(rng: Random) -> Request:
    """One text before one gate."""
    says = None if rng.random() < 0.9 else str(rng.choice(tuple(Colour)))
    shift = rng.choice(SHIFTS)
    if rng.random() < 0.6:
        mutate = rng.choice((*UNSIGNED, wrongly_issued, wrongly_issued, wrongly_issued, wrongly_issued))
        text = mutate(rng, originals().texts)
        lists = [] if rng.random() < 0.1 else [*FUZZ_LISTS]
        return verifying(text, "fuzz", lists, AT + shift, says)
    request, parts = of_a_vector(rng)
    text = request["text"]
    if parts is not None and rng.random() < 0.5:
        text = rng.choice(UNSIGNED)(rng, (parts,))
    elif rng.random() < 0.2 and text.startswith(PREFIX):
        text = PREFIX + base45.encode(bent_bytes(rng, text.encode())).decode()
    place = of_a_vector(rng)[0] if rng.random() < 0.3 else request
    lists = place["lists"] if rng.random() < 0.8 else of_a_vector(rng)[0]["lists"]
    at = rng.choice((request["at"], place["at"])) + shift
    return verifying(text, place["bundle"], lists, at, request["issuer_says"] or says)


def verifying(text: str, bundle: str, lists: list[str], at: int, says: str | None) -> Request:
    """Ask for one decision."""
    return {"do": "verify", "text": text, "bundle": bundle, "lists": lists, "at": at, "issuer_says": says}


def a_file(rng: Random) -> list[Request]:
    """One mutated file; a bundle or a list that is taken has to answer some texts as well."""
    gate, is_signed = originals(), rng.random() < 0.7
    kind = rng.choice(("bundle", "bundle", "list", "delta", "anchor"))
    texts = [rng.choice(gate.texts).text for _ in range(2)]
    if kind == "bundle":
        data = bent_bundle(rng, gate.bundle) if is_signed else bent_bytes(rng, gate.bundle)
        anchor = None if rng.random() < 0.3 else gate.anchor_file.hex()
        opening = {"do": "bundle", "name": "bent", "data": data.hex(), "anchor": anchor}
        return [opening, *(verifying(text, "bent", [*FUZZ_LISTS], AT, None) for text in texts)]
    if kind == "list":
        data = bent_list(rng, gate.status_list) if is_signed else bent_bytes(rng, gate.status_list)
        reading = {"do": "list", "name": "bent/list", "bundle": "fuzz", "data": data.hex()}
        return [
            reading,
            *(verifying(text, "fuzz", ["bent/list", *FUZZ_LISTS[:2]], AT, None) for text in texts),
        ]
    if kind == "delta":
        data = bent_delta(rng, gate.delta) if is_signed else bent_bytes(rng, gate.delta)
        data = gate.delta if rng.random() < 0.2 else data
        return [{"do": "delta", "list": "fuzz/list", "bundle": "fuzz", "data": data.hex()}]
    data = gate.anchor_file if rng.random() < 0.3 else bent_bytes(rng, gate.anchor_file)
    return [{"do": "anchor", "data": data.hex()}]


def requests_of(rng: Random, count: int) -> list[Request]:
    """`count` texts and the files that go with them, after everything they need is opened."""
    requests = [*fuzz_openings(), *openings()]
    for place in range(count):
        if place % BLOCK == 0:
            for _ in range(FILES):
                requests += a_file(rng)
        requests.append(a_text(rng))
    return requests


def differences(count: int, *, seed: int, ask: Ask = ask_node) -> list[tuple[Request, Answer, Answer]]:
    """Ask both twins; give the requests with both answers where they differ."""
    found = []
    for start in range(0, count, BATCH):
        requests = requests_of(Random(f"{seed}/{start}"), min(BATCH, count - start))
        answers = zip(requests, ask_python(requests), ask(requests), strict=True)
        found += [each for each in answers if each[1] != each[2]]
    return found


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description="Mutate texts and files: both twins answer alike.")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2020)
    options = parser.parse_args()
    found = differences(options.count, seed=options.seed)
    print(f"twins: {options.count:,} texts (seed {options.seed}), {len(found)} answered differently")
    for request, python, node in found[:3]:
        print(
            json.dumps({"request": request, "python": python, "node": node}, ensure_ascii=True),
            file=sys.stderr,
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
