"""C3.1, C2.3, C3.2, C2.5: a recognised pass is equal to our own, green meets nothing, names are not read."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.colour import (
    COLOUR_REASONS,
    COLOURS,
    PASS_CLASSES,
    Colour,
    ColourReason,
    PassClass,
)
from comity.domain.decision import Decision, Freshness, Outcome, ReasonCode, Step
from comity.domain.instant import DAY, HOUR
from comity.domain.recognition import Referral, Release
from comity.domain.region import RegionCode
from comity.verify import as_json
from comity.verify.report import Json
from tests.laws.faults import faults_at, good, spoiled
from tests.laws.situation import AT, Showing, Situation, a_pass, answer, recognised
from tests.laws.strategies import REGION, area_of, rulebooks, situations

MANY = settings(max_examples=150, deadline=None)
SOME = settings(max_examples=100, deadline=None)
IDS = st.text(min_size=4, max_size=4)


def at_home(situation: Situation) -> Situation:
    """The same person with the same pass of the host itself; all else stays."""
    host, shown = situation.host, situation.claims

    def moved(area: str) -> str:
        return host[:2] + area[2:]

    own = shown._replace(
        issuer=host,
        status=None if shown.status is None else replace(shown.status, uri=f"cm:{host}/1"),
        area=None if shown.area is None else moved(shown.area),
    )
    key_areas = tuple(moved(area) for area in situation.key_areas)
    return replace(situation, claims=own, key_areas=key_areas, recognition=None, referral=None)


def told(decision: Decision, *without: str) -> dict[str, Json]:
    """The whole report, but for what is named."""
    return {name: value for name, value in as_json(decision).items() if name not in without}


@MANY
@given(situations())
def test_c3_1_a_recognised_foreign_pass_and_a_local_one_get_the_same_answer(foreign: Situation) -> None:
    abroad, local = answer(foreign), answer(at_home(foreign))

    assert (abroad.outcome, abroad.measures, abroad.routes) == (local.outcome, local.measures, local.routes)
    assert told(abroad, "issuer") == told(local, "issuer")


@MANY
@given(st.data(), st.sampled_from(PASS_CLASSES), st.sampled_from(COLOURS), st.sampled_from(COLOUR_REASONS))
def test_c3_1_at_most_one_thing_wrong_and_the_same_answer_for_a_foreign_pass_and_a_local_one(
    data: st.DataObject, pass_class: PassClass, colour: Colour, reason: ColourReason
) -> None:
    right = good(pass_class, colour)
    grounded = right.claims._replace(reason=None if colour is Colour.GREEN else reason)
    foreign = replace(right, claims=grounded, rulebook=data.draw(rulebooks(right.host, AT)))
    step = data.draw(st.sampled_from([Step.V7, Step.V8, Step.V9, Step.V10]))
    fault = data.draw(st.sampled_from([None, *faults_at(step, pass_class, colour)]))
    foreign = spoiled(foreign, {step: fault})

    abroad, local = answer(foreign), answer(at_home(foreign))

    assert told(abroad, "issuer") == told(local, "issuer")


@SOME
@given(situations(), st.integers(0, 30 * DAY), st.booleans())
def test_c3_3_a_released_foreign_pass_and_a_local_one_get_the_same_answer(
    foreign: Situation, since: int, with_exceptions: bool
) -> None:
    issuer, area = foreign.claims.issuer, foreign.claims.area
    prefecture = "9900" if area is None else f"{(int(area[2:4]) + 1) % 100:02}00"
    excepted = () if area is None or not with_exceptions else (issuer[:2] + prefecture,)
    referral = Referral(
        host=foreign.host,
        issuer=RegionCode(issuer),
        version=1,
        authority="the national command",
        releases=(Release(effective_from=AT - since, areas_except=() if prefecture == "0000" else excepted),),
    )

    abroad = answer(replace(foreign, recognition=None, referral=referral))

    assert told(abroad, "issuer") == told(answer(at_home(foreign)), "issuer")


def green(host: str, issuer: str, pass_class: PassClass, trust_age: int, list_age: int) -> Situation:
    """Green, genuine, rightly shown, recognised, in time and current."""
    return Situation(
        host=RegionCode(host),
        claims=a_pass(issuer, pass_class, Colour.GREEN),
        bundle_issued_at=AT - trust_age,
        hub_as_of=AT - trust_age,
        recognition=None if host == issuer else recognised(RegionCode(host), issuer),
        list_issued_at=AT - list_age,
    )


@MANY
@given(
    REGION,
    REGION,
    st.sampled_from(PASS_CLASSES),
    st.integers(0, 7 * DAY),
    st.integers(-60, 24 * HOUR),
    st.booleans(),
    st.data(),
)
def test_c2_3_c3_2_green_passes_with_no_measure_under_every_rulebook_that_may_be_published(
    host: str,
    issuer: str,
    pass_class: PassClass,
    trust_age: int,
    list_age: int,
    with_rulebook: bool,
    data: st.DataObject,
) -> None:
    rulebook = data.draw(rulebooks(host)) if with_rulebook else None
    situation = green(host, issuer, pass_class, trust_age, list_age)

    decision = answer(replace(situation, rulebook=rulebook))

    assert (decision.outcome, decision.reason) == (Outcome.PASS, ReasonCode.GREEN)
    assert (decision.measures, decision.routes, decision.authority) == ((), (), None)


@SOME
@given(situations(), st.text(min_size=1, max_size=4), IDS)
def test_c2_5_no_name_and_no_id_digit_changes_anything_but_whom_to_greet(
    situation: Situation, name: str, id_last4: str
) -> None:
    other = situation.claims._replace(masked_name=name, id_last4=id_last4)

    decision = answer(replace(situation, claims=other))

    assert told(decision, "holder") == told(answer(situation), "holder")
    assert decision.holder in (None, (name, id_last4))


@SOME
@given(situations(), st.data())
def test_c2_5_no_area_changes_the_answer_where_no_referral_names_areas(
    situation: Situation, data: st.DataObject
) -> None:
    unlimited = replace(situation, key_areas=())
    area = data.draw(st.none() | area_of(situation.claims.issuer))

    decision = answer(replace(unlimited, claims=situation.claims._replace(area=area)))

    assert told(decision) == told(answer(unlimited))


@SOME
@given(situations(), st.data())
def test_c3_3_a_referral_that_excepts_no_area_answers_every_area_alike(
    situation: Situation, data: st.DataObject
) -> None:
    released = data.draw(st.sampled_from((AT - 1, AT, AT + 1)))
    referral = Referral(
        host=situation.host,
        issuer=RegionCode(situation.claims.issuer),
        version=1,
        authority="the national command",
        releases=(Release(effective_from=released),),
    )
    unlimited = replace(situation, key_areas=(), referral=referral)
    area = data.draw(st.none() | area_of(situation.claims.issuer))

    decision = answer(replace(unlimited, claims=situation.claims._replace(area=area)))

    assert told(decision) == told(answer(unlimited))


@MANY
@given(situations())
def test_c2_2_every_outcome_but_pass_has_a_route_and_only_control_has_measures(situation: Situation) -> None:
    decision = answer(situation)

    assert bool(decision.routes) is (decision.outcome is not Outcome.PASS)
    assert bool(decision.measures) is (decision.outcome is Outcome.CONTROL)
    assert (decision.authority is not None) is (decision.outcome is Outcome.REFER)
    for measure in decision.measures:
        assert decision.at <= measure.ends_at
        assert measure.row.colour is decision.colour


@SOME
@given(situations())
def test_a_report_shows_nothing_that_no_step_has_vouched_for(situation: Situation) -> None:
    decision = answer(situation)
    report, held = as_json(decision), {step for step, ok in decision.steps if ok}

    assert [step.name for step, _ in decision.steps] == [
        step.name
        for step in Step
        if step <= decision.step and not (decision.reason is ReasonCode.GREEN and step is Step.V9)
    ]
    assert (report["issuer"] is not None) is (report["class"] is not None) is (Step.V4 in held)
    assert (report["holder"] is not None) is (Step.V5 in held)
    assert (report["colour"] is not None) is (Step.V8 in held)
    assert (decision.status_freshness is not None) is (Step.V7 in held)
    if situation.showing is Showing.BARE and situation.claims.pass_class is PassClass.DEVICE:
        assert decision.step <= Step.V5
    if situation.list_issued_at is None and decision.status_freshness is not None:
        assert decision.status_freshness in (Freshness.MISSING, Freshness.NOT_NEEDED)
