"""verify(any text) gives a Decision and never raises; a text that was altered is never let through."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from comity.codec import base45
from comity.codec.qrtext import MAX_CHARACTERS, PREFIX
from comity.domain.colour import COLOURS, PASS_CLASSES
from comity.domain.decision import Decision, Outcome, ReasonCode
from comity.trust.bundle import VerifierBundle
from comity.verify import as_json, verify, verify_block
from tests.laws.situation import AT, GUANGDONG, Situation, a_pass, bundle_of, lists_of, recognised, text_of

MANY = settings(max_examples=400, deadline=None)
LETTERS: Final = base45.ALPHABET.decode()


@cache
def gates() -> dict[str, Situation]:
    """Genuine texts of every class and colour, with where they would be let through."""
    made = [
        Situation(claims=a_pass(GUANGDONG, pass_class, colour))
        for pass_class in PASS_CLASSES
        for colour in COLOURS
    ]
    recognition = recognised(made[0].host, GUANGDONG)
    return {text_of(each): Situation(claims=each.claims, recognition=recognition) for each in made}


@cache
def gate() -> VerifierBundle:
    return bundle_of(next(iter(gates().values())))


def scan(text: str) -> Decision:
    lists = lists_of(next(iter(gates().values())), gate())
    return verify(text, gate(), at=datetime.fromtimestamp(AT, UTC), lists=lists)


@MANY
@given(st.text(max_size=200) | st.text(max_size=80).map(PREFIX.__add__))
@example("")
@example(PREFIX)
@example("\ud800")
@example(PREFIX + "\ud800")
@example(PREFIX + "0" * MAX_CHARACTERS)
@example("HC1:NCF")
@example("https://example.org/")
@example("\n\r\n")
def test_any_text_gets_a_decision(text: str) -> None:
    decision = scan(text)

    assert decision.reason is ReasonCode.UNREADABLE
    assert as_json(decision)["outcome"] == "REJECT"


@MANY
@given(st.text(LETTERS, max_size=300))
def test_any_base45_gets_a_decision(letters: str) -> None:
    assert scan(PREFIX + letters).reason is ReasonCode.UNREADABLE


@MANY
@given(st.binary(max_size=200).map(b"\xd2\x84".__add__))
def test_any_bytes_after_the_tag_get_a_decision(data: bytes) -> None:
    assert scan(PREFIX + base45.encode(data).decode()).outcome is Outcome.REJECT


@MANY
@given(st.data())
def test_a_genuine_text_altered_anywhere_gets_a_decision_and_never_passage(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(sorted(gates())))
    raw = bytearray(base45.decode(text.removeprefix(PREFIX).encode()))
    place = data.draw(st.integers(0, len(raw) - 1))
    length = data.draw(st.integers(0, 3))
    raw[place : place + length] = data.draw(st.binary(max_size=4))
    altered = PREFIX + base45.encode(bytes(raw)).decode()

    decision = scan(altered)

    if altered != text:
        assert decision.outcome is Outcome.REJECT


@MANY
@given(st.data())
def test_a_genuine_text_with_a_character_exchanged_gets_a_decision_and_never_passage(
    data: st.DataObject,
) -> None:
    text = data.draw(st.sampled_from(sorted(gates())))
    place = data.draw(st.integers(0, len(text) - 1))
    altered = text[:place] + data.draw(st.sampled_from(LETTERS + "_a\u00e9")) + text[place + 1 :]

    decision = scan(altered)

    if altered != text:
        assert decision.outcome is Outcome.REJECT


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*range(9)]) | st.text(max_size=20), max_size=30))
def test_a_block_answers_each_text_as_verify_alone_would(picks: list[int | str]) -> None:
    genuine = sorted(gates())
    texts = [genuine[pick] if isinstance(pick, int) else pick for pick in picks]
    lists = lists_of(next(iter(gates().values())), gate())

    together = verify_block(texts, gate(), at=datetime.fromtimestamp(AT, UTC), lists=lists)

    assert together == [scan(text) for text in texts]
