"""Both twins answer alike: 5,000 mutated texts and 300 mutated files; `make soak` sends 100,000 texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from comity.domain.decision import ReasonCode
from tests.pwa.differences import differences, requests_of
from tests.pwa.twins import Answer, Request, ask_node, ask_python


def test_five_thousand_mutated_texts_are_answered_alike_by_both_twins() -> None:
    assert differences(5_000, seed=2020) == []


def test_the_mutated_texts_meet_every_reason_and_files_that_are_refused_and_taken() -> None:
    requests = requests_of(Random("reasons"), 3_000)
    answers = list(zip(requests, ask_python(requests), strict=True))

    reasons = Counter(a["reasons"][0]["code"] for r, a in answers if r["do"] == "verify" and a != "no bundle")
    taken = Counter((r["do"], a == {"refused": r["do"]}) for r, a in answers if r["do"] != "verify")

    assert set(reasons) == {str(code) for code in ReasonCode}
    assert set(taken) == {
        (kind, refused) for kind in ("bundle", "list", "delta", "anchor") for refused in (True, False)
    }


def test_a_twin_that_answers_otherwise_would_be_noticed() -> None:
    def altered(requests: Sequence[Request]) -> list[Answer]:
        answers = ask_node(requests)
        answers[-1] = answers[-1] | {"compare_id": not answers[-1]["compare_id"]}
        return answers

    assert len(differences(10, seed=1, ask=altered)) == 1
