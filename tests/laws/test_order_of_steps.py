"""The first step that fails decides and is the last one run: no later one changes that."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.colour import COLOURS, PASS_CLASSES, Colour, PassClass
from comity.domain.decision import RULINGS, ReasonCode, Step
from comity.verify import as_json
from tests.laws.faults import FAULTS, Fault, faults_at, good, spoiled
from tests.laws.situation import answer

Faults = dict[Step, Fault | None]
MANY = settings(max_examples=200, deadline=None)


def verdict(colour: Colour) -> ReasonCode:
    return ReasonCode.GREEN if colour is Colour.GREEN else ReasonCode.MEASURES_APPLY


@st.composite
def faults(draw: st.DrawFn, pass_class: PassClass, colour: Colour, after: Step | None = None) -> Faults:
    """A fault or none for every step, or for every step after one."""
    steps = [step for step in Step if after is None or step > after]
    return {step: draw(st.sampled_from([None, None, *faults_at(step, pass_class, colour)])) for step in steps}


def first(found: Faults) -> Fault | None:
    return next((found[step] for step in sorted(found) if found[step] is not None), None)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.step.name}-{fault.reason}")
def test_each_fault_alone_leads_to_its_reason_at_its_step(fault: Fault) -> None:
    for pass_class in fault.classes:
        for colour in fault.colours:
            decision = answer(fault.make(good(pass_class, colour)))

            assert (decision.step, decision.reason) == (fault.step, fault.reason)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("pass_class", PASS_CLASSES)
def test_without_a_fault_the_colour_decides(pass_class: PassClass, colour: Colour) -> None:
    decision = answer(good(pass_class, colour))

    assert (decision.step, decision.reason) == (Step.V10, verdict(colour))


@MANY
@given(st.data(), st.sampled_from(PASS_CLASSES), st.sampled_from(COLOURS))
def test_of_any_faults_together_the_first_step_decides(
    data: st.DataObject, pass_class: PassClass, colour: Colour
) -> None:
    found = data.draw(faults(pass_class, colour))

    decision = answer(spoiled(good(pass_class, colour), found))

    expected = first(found)
    reason = verdict(colour) if expected is None else expected.reason
    assert decision.reason is reason
    assert decision.step is (Step.V10 if expected is None else expected.step)
    assert (decision.outcome, decision.routes) == (RULINGS[reason].outcome, RULINGS[reason].routes)


@MANY
@given(st.data(), st.sampled_from(PASS_CLASSES), st.sampled_from(COLOURS), st.sampled_from(COLOURS))
def test_nothing_that_a_later_step_would_look_at_changes_a_report(
    data: st.DataObject, pass_class: PassClass, colour: Colour, other_colour: Colour
) -> None:
    fault = data.draw(st.sampled_from([f for f in FAULTS if pass_class in f.classes and colour in f.colours]))
    other = other_colour if fault.step < Step.V8 else colour
    before = {fault.step: fault}
    better = spoiled(good(pass_class, colour), before)
    worse = spoiled(
        good(pass_class, other), {**data.draw(faults(pass_class, other, after=fault.step)), **before}
    )

    one, other_one = as_json(answer(better)), as_json(answer(worse))
    if fault.step is Step.V1:
        one, other_one = one | {"freshness": None}, other_one | {"freshness": None}
    assert other_one == one
