"""Every vector in the core of the phone apps, run by Node: whole decisions, and the stages in between."""

from __future__ import annotations

from tests.pwa.twins import ask_node, ask_python
from tests.pwa.vectors import all_vectors, asked, expected_stages, openings, staged


def test_every_vector_gets_its_decision_from_the_core_of_the_phone_apps() -> None:
    vectors = list(all_vectors())
    opening = openings()

    answers = ask_node([*opening, *(asked(name, vector) for name, vector in vectors)])

    assert answers[: len(opening)] == ask_python(opening)
    wrong = [
        (name, vector["name"], answer)
        for (name, vector), answer in zip(vectors, answers[len(opening) :], strict=True)
        if answer != vector["decision"]
    ]
    assert wrong == []


def test_every_vector_is_read_into_the_same_messages_or_not_at_all() -> None:
    vectors = [vector for _, vector in all_vectors()]

    answers = ask_node([staged(vector) for vector in vectors])

    for vector, answer in zip(vectors, answers, strict=True):
        if vector["stages"]["pass"] is None:
            assert answer == {"refused": "stages"}, vector["name"]
        else:
            claims = answer.pop("claims")
            assert answer == expected_stages(vector), vector["name"]
            told = vector["stages"]["pass"]["claims"]
            assert [claims["issuer"], claims["expiresAt"], claims["issuedAt"], claims["passId"]] == [
                told["1"],
                told["4"],
                told["6"],
                told["7"],
            ]
