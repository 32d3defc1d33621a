"""Codes of another format: decided by the issuer's word and the host's rules, and undecided without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.recognition import Recognition, Referral
from comity.trust.algorithm import PrivateKey
from comity.trust.attested_answers import AttestedAnswer, AttestedState, question_of, write_attested_answer
from comity.trust.bundle import VerifierBundle
from comity.trust.keys import KeyEntry, Usage
from comity.verify import as_json
from comity.verify.foreign_codes import ForeignDecision, ForeignQuestion, foreign_as_json, verify_foreign
from tests.builders import (
    AT,
    HOME,
    HOST,
    Crossing,
    claims,
    key,
    moment,
    pass_entry,
    recognition,
    referral,
)

ASKED: Final = ForeignQuestion(HOME, question_of("YKM:abc", bytes(16)))
GREEN: Final = AttestedAnswer(
    issuer=HOME,
    question=ASKED.question,
    answered_at=AT,
    state=AttestedState.CURRENT,
    claims=claims(PassClass.ONLINE),
)


def coloured(colour: Colour) -> AttestedAnswer:
    return replace(GREEN, claims=claims(PassClass.ONLINE, colour))


def not_current(state: AttestedState) -> AttestedAnswer:
    return replace(GREEN, state=state, claims=None)


def written(answer: AttestedAnswer, signer: PrivateKey | None = None) -> bytes:
    return write_attested_answer(answer, signer or key(HOME, Usage.PASS), is_test=True)


def bundle(
    *,
    recognitions: tuple[Recognition, ...] = (recognition(),),
    referrals: tuple[Referral, ...] = (),
    entry: KeyEntry | None = None,
    made_at: Instant = AT,
) -> VerifierBundle:
    return Crossing(
        claims=claims(), recognitions=recognitions, referrals=referrals, entry=entry, bundle_at=made_at
    ).bundle()


def answered(
    answer: AttestedAnswer | bytes | None = GREEN,
    *,
    at: Instant = AT,
    with_bundle: VerifierBundle | None = None,
    asked: ForeignQuestion = ASKED,
) -> ForeignDecision:
    data = written(answer) if isinstance(answer, AttestedAnswer) else answer
    return verify_foreign(asked, data, with_bundle or bundle(), at=moment(at))


@pytest.mark.parametrize("colour", list(Colour))
def test_c3_1_a_code_of_another_format_gets_the_answer_of_an_online_pass(colour: Colour) -> None:
    foreign = answered(coloured(colour))
    online = Crossing(claims=claims(PassClass.ONLINE, colour)).decide()

    assert as_json(foreign.decision) == as_json(online)


def test_the_report_says_what_rests_on_the_issuers_word_and_asks_to_compare_the_id_card() -> None:
    told = foreign_as_json(answered())

    assert told["rests_on"] == {
        "issuer": "440000",
        "answered_at": "2020-03-20T12:00:00+08:00",
        "steps": ["V1", "V5", "V7", "V8"],
    }
    assert told["compare_id"] is True
    assert (told["class"], told["outcome"]) == ("online", "PASS")


def test_c2_1_recognition_is_by_issuer_for_a_code_of_another_format_too() -> None:
    assert answered(with_bundle=bundle(recognitions=())).decision.reason == "not_recognised"
    for state in AttestedState:
        if state not in ("current", "unknown"):
            foreign = answered(not_current(state), with_bundle=bundle(recognitions=()))
            assert foreign.decision.reason == "not_recognised"


def test_c3_3_a_referral_decides_for_a_code_of_another_format_too() -> None:
    stands = bundle(referrals=(referral(HOME),))
    for answer in (GREEN, not_current(AttestedState.EXPIRED)):
        foreign = answered(answer, with_bundle=stands)
        assert (foreign.decision.reason, foreign.decision.authority) == ("referred", "Joint Mechanism, 12345")


@pytest.mark.parametrize(
    ("state", "step", "reason", "outcome"),
    [
        (AttestedState.EXPIRED, "V7", "expired", "REAPPLY"),
        (AttestedState.VOID, "V8", "void", "REAPPLY"),
        (AttestedState.SUPERSEDED, "V8", "superseded", "REAPPLY"),
        (AttestedState.UNDER_REVIEW, "V8", "under_review", "UNDECIDED"),
        (AttestedState.UNKNOWN, "V1", "unreadable", "REJECT"),
    ],
)
def test_settled_rule_7_a_code_that_is_not_current_has_no_colour(
    state: AttestedState, step: str, reason: str, outcome: str
) -> None:
    foreign = answered(not_current(state))
    told = foreign_as_json(foreign)

    assert (foreign.decision.step.name, told["outcome"]) == (step, outcome)
    assert foreign.decision.reason == reason
    assert (told["colour"], told["holder"], told["compare_id"]) == (None, None, False)


def spoiled(answer: AttestedAnswer = GREEN) -> bytes:
    data = written(answer)
    return data[:-1] + bytes((data[-1] ^ 1,))


Given = Callable[[], ForeignDecision]
UNDECIDED: Final[list[tuple[str, str, str, Given]]] = [
    ("no answer", "V3", "no_answer", lambda: answered(None)),
    ("an empty answer", "V3", "answer_not_signed", lambda: answered(b"")),
    ("an answer that is none", "V3", "answer_not_signed", lambda: answered(b"green")),
    ("one key too far", "V3", "answer_not_signed", lambda: answered(written(GREEN, key("x")))),
    (
        "a status key",
        "V3",
        "answer_not_signed",
        lambda: answered(written(GREEN, key(HOME, Usage.STATUS))),
    ),
    (
        "another region's answer",
        "V3",
        "answer_not_signed",
        lambda: answered(asked=ForeignQuestion(HOST, ASKED.question)),
    ),
    (
        "a key before its window",
        "V3",
        "answer_not_signed",
        lambda: answered(with_bundle=bundle(entry=replace(pass_entry(), not_before=AT + 1))),
    ),
    (
        "a revoked key",
        "V3",
        "answer_not_signed",
        lambda: answered(with_bundle=bundle(entry=replace(pass_entry(), revoked_at=AT))),
    ),
    ("a spoiled signature", "V4", "answer_not_signed", lambda: answered(spoiled())),
    ("an old answer", "V5", "answer_not_fresh", lambda: answered(at=AT + 60)),
    (
        "an answer from the future",
        "V5",
        "answer_not_fresh",
        lambda: answered(at=AT - 61, with_bundle=bundle(made_at=AT - 61)),
    ),
    (
        "the answer to another question",
        "V5",
        "answer_not_fresh",
        lambda: answered(asked=ForeignQuestion(HOME, question_of("YKM:abd", bytes(16)))),
    ),
    (
        "the answer to another asking",
        "V5",
        "answer_not_fresh",
        lambda: answered(asked=ForeignQuestion(HOME, question_of("YKM:abc", bytes(15) + b"\1"))),
    ),
    (
        "a key that may not sign for this area",
        "V5",
        "answer_not_fresh",
        lambda: answered(with_bundle=bundle(entry=replace(pass_entry(), areas=("440100",)))),
    ),
]


@pytest.mark.parametrize(("title", "step", "detail", "given"), UNDECIDED, ids=[each[0] for each in UNDECIDED])
def test_settled_rule_7_an_answer_that_does_not_hold_leads_to_the_manual_path_and_never_to_a_colour(
    title: str, step: str, detail: str, given: Given
) -> None:
    foreign = given()
    told = foreign_as_json(foreign)

    assert (told["outcome"], told["routes"]) == ("UNDECIDED", ["manual"])
    assert foreign.decision.step.name == step
    assert foreign.decision.detail == f"reason.status_missing.{detail}"
    nothing = ("colour", "holder", "issuer", "class", "rests_on")
    assert [told[name] for name in nothing] == [None] * len(nothing)
    assert told["measures"] == []


def test_the_first_and_the_last_moment_of_an_answer() -> None:
    assert answered(at=AT + 59).decision.outcome == "PASS"
    assert answered(at=AT - 60, with_bundle=bundle(made_at=AT - 60)).decision.outcome == "PASS"


def test_settled_rule_13_old_trust_undecides_a_code_of_another_format_too() -> None:
    assert answered(with_bundle=bundle(made_at=AT - 7 * DAY - 1)).decision.reason == "trust_stale"
    assert answered(with_bundle=bundle(made_at=AT + HOUR)).decision.reason == "clock_wrong"
    assert answered(with_bundle=bundle(made_at=AT - 7 * DAY)).decision.outcome == "PASS"
