"""The core of the phone apps in Chromium: every vector, mutated texts and files, beside its Python twin."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.e2e.core_page import ask, core_page
from tests.pwa.differences import differences
from tests.pwa.twins import CORE, ask_python
from tests.pwa.vectors import all_vectors, asked, openings


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    if not CORE.exists():
        pytest.skip("the core of the phone apps is not built; run `make pwa`")
    with core_page(browser) as opened:
        yield opened


def test_every_vector_gets_its_decision_in_chromium(page: Any) -> None:
    vectors, opening = list(all_vectors()), openings()

    answers = ask(page, [*opening, *(asked(name, vector) for name, vector in vectors)])

    assert answers[: len(opening)] == ask_python(opening)
    decisions = answers[len(opening) :]
    wrong = [
        (name, vector["name"], answer)
        for (name, vector), answer in zip(vectors, decisions, strict=True)
        if answer != vector["decision"]
    ]
    assert wrong == []


def test_five_thousand_mutated_texts_are_answered_in_chromium_as_by_the_python_twin(page: Any) -> None:
    assert differences(5_000, seed=360, ask=partial(ask, page)) == []
