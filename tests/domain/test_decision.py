"""The decision type: its promise is what it has no place for, and what it hides until a step holds."""

from __future__ import annotations

import pytest

from comity.domain.claims import PassClaims
from comity.domain.colour import Colour, PassClass
from comity.domain.decision import RULINGS, Decision, Freshness, Measure, Outcome, ReasonCode, Route, Step
from comity.domain.rulebook import MeasureRow
from tests.builders import AT, HOST, altered, claims


def decision(step: Step, reason: ReasonCode, given: PassClaims | None = None) -> Decision:
    """A decision at a step."""
    return Decision(
        host=HOST,
        at=AT,
        is_test=True,
        step=step,
        reason=reason,
        trust_freshness=Freshness.FRESH,
        claims=given,
    )


def test_c2_3_c3_2_a_decision_and_a_measure_have_no_place_for_a_document_or_temperature() -> None:
    assert set(Decision.__annotations__) == {
        "host",
        "at",
        "is_test",
        "step",
        "reason",
        "trust_freshness",
        "status_freshness",
        "claims",
        "source",
        "measures",
        "authority",
        "issuer_colour",
        "detail",
    }
    assert set(Measure.__annotations__) == {"row", "ends_at"}
    assert set(MeasureRow.__annotations__) == {
        "colour",
        "reasons",
        "kind",
        "days",
        "responsible",
        "ends",
        "appeal",
        "onward",
        "text",
    }


@pytest.mark.parametrize("reason", list(ReasonCode))
def test_every_outcome_but_pass_has_a_way_on(reason: ReasonCode) -> None:
    ruling = RULINGS[reason]
    assert bool(ruling.routes) is (ruling.outcome is not Outcome.PASS)
    assert len(set(ruling.routes)) == len(ruling.routes)


def test_c2_3_pass_and_control_each_follow_from_one_reason_alone() -> None:
    found = [(r, RULINGS[r].outcome) for r in ReasonCode if RULINGS[r].outcome in ("PASS", "CONTROL")]
    assert found == [(ReasonCode.GREEN, Outcome.PASS), (ReasonCode.MEASURES_APPLY, Outcome.CONTROL)]


def test_c3_3_refer_leads_to_the_authority_and_to_nothing_else() -> None:
    found = [r for r in ReasonCode if RULINGS[r].outcome is Outcome.REFER]
    assert found == [ReasonCode.REFERRED]
    assert RULINGS[ReasonCode.REFERRED].routes == (Route.AUTHORITY,)


def test_c2_4_c2_7_after_expiry_and_void_both_home_and_host_are_offered() -> None:
    for reason in (ReasonCode.EXPIRED, ReasonCode.VOID):
        assert RULINGS[reason].routes == (Route.HOME, Route.HOST)


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.V10])
def test_a_claim_is_hidden_until_the_step_that_vouches_for_it(step: Step) -> None:
    given = decision(step, ReasonCode.EXPIRED, claims(PassClass.PAPER, Colour.RED))
    assert (given.issuer is not None) is (step > Step.V4)
    assert (given.pass_class is not None) is (step > Step.V4)
    assert given.compare_id is (step > Step.V4)
    assert (given.holder is not None) is (step > Step.V5)
    assert (given.colour is not None) is (step > Step.V8)
    assert given.steps == tuple((each, each < step) for each in Step if each <= step)


def test_green_skips_v9_and_yellow_does_not() -> None:
    green = decision(Step.V10, ReasonCode.GREEN, claims())
    yellow = decision(Step.V10, ReasonCode.MEASURES_APPLY, claims(PassClass.PAPER, Colour.YELLOW))
    assert [step for step, _ in green.steps] == [step for step in Step if step is not Step.V9]
    assert [step for step, _ in yellow.steps] == list(Step)
    assert all(held for _, held in (*green.steps, *yellow.steps))
    assert (green.colour, yellow.colour) == (Colour.GREEN, Colour.YELLOW)


@pytest.mark.parametrize("is_guardian_held", [False, True])
@pytest.mark.parametrize("pass_class", list(PassClass))
def test_the_id_is_compared_for_paper_and_for_guardian_held_passes(
    pass_class: PassClass, is_guardian_held: bool
) -> None:
    given = altered(claims(pass_class), is_guardian_held=is_guardian_held)
    expected = is_guardian_held or pass_class is PassClass.PAPER
    assert decision(Step.V10, ReasonCode.GREEN, given).compare_id is expected
