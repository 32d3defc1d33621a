"""A short run of the fuzzer, and that it would notice."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from comity.domain.decision import Outcome
from comity.verify import verify, verify_block
from tests.fuzz import trial
from tests.fuzz.mutations import UNSIGNED, Mutate
from tests.fuzz.originals import NOW
from tests.fuzz.trial import forgeries, originals, run_share, try_texts


def test_five_hundred_mutated_texts_and_files_and_nothing_escapes() -> None:
    assert run_share(seed=1, number=0, count=500) == []


def test_every_genuine_text_is_let_through() -> None:
    gate = originals()

    outcomes = Counter(verify(t.text, gate.gate, at=NOW, lists=gate.lists).outcome for t in gate.texts)

    assert outcomes == {Outcome.PASS: 9, Outcome.CONTROL: 18}


@pytest.mark.parametrize("mutate", dict.fromkeys(UNSIGNED))
def test_no_mutation_that_anyone_can_make_is_let_through(mutate: Mutate) -> None:
    rng = Random(7)

    texts = [mutate(rng, originals().texts) for _ in range(100)]

    assert try_texts(texts, may_pass=False) == []


def test_a_forgery_let_through_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, texts = originals(), [originals().texts[0].text]
    monkeypatch.setattr(trial, "genuine_bytes", frozenset)

    found = forgeries(texts, verify_block(texts, gate.gate, at=NOW, lists=gate.lists))

    assert [failure.kind for failure in found] == ["text"]


def test_a_seed_makes_the_same_texts() -> None:
    first, second = Random("3/0"), Random("3/0")

    for mutate in UNSIGNED:
        assert mutate(first, originals().texts) == mutate(second, originals().texts)
