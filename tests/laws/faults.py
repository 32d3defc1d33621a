"""What can be wrong at each step, one fault a row, and the reason it leads to (interface section 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from comity.domain.claims import StatusReference
from comity.domain.colour import COLOURS, Colour, PassClass
from comity.domain.decision import ReasonCode, Step
from comity.domain.instant import DAY
from comity.domain.recognition import Referral, Release, Suspension
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from tests.laws.situation import AT, GUANGDONG, PLACES, Showing, Situation, a_pass, recognised
from tests.laws.strategies import SUPERSEDED, SUSPENDED, VOID

DEVICE, PAPER, ONLINE = PassClass.DEVICE, PassClass.PAPER, PassClass.ONLINE
MEASURED: Final = (Colour.YELLOW, Colour.RED)
LISTED: Final = (DEVICE, PAPER)


def good(pass_class: PassClass, colour: Colour) -> Situation:
    """A recognised pass with which nothing is wrong, at a gate whose host has the built-in rulebook."""
    situation = Situation(claims=a_pass(GUANGDONG, pass_class, colour))
    recognition, rulebook = recognised(situation.host, GUANGDONG), Rulebook(region=situation.host, version=1)
    return replace(situation, recognition=recognition, rulebook=rulebook)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong: the reason it leads to, what it makes of a good situation, and on which passes."""

    step: Step
    reason: ReasonCode
    make: Callable[[Situation], Situation]
    classes: tuple[PassClass, ...] = (DEVICE, PAPER, ONLINE)
    colours: tuple[Colour, ...] = COLOURS


def changed(**values: Any) -> Callable[[Situation], Situation]:
    return lambda s: replace(s, **values)


def claimed(**values: Any) -> Callable[[Situation], Situation]:
    return lambda s: replace(s, claims=s.claims._replace(**values))


def started(issued_at: int) -> Callable[[Situation], Situation]:
    """Another moment of issue, the lifetime kept."""
    return lambda s: claimed(
        issued_at=issued_at, expires_at=issued_at + s.claims.expires_at - s.claims.issued_at
    )(s)


def suspended(s: Situation) -> Situation:
    assert s.recognition is not None
    stop = Suspension(published_at=AT - 3 * DAY, effective_from=AT)
    return replace(s, recognition=replace(s.recognition, suspension=stop))


def not_yet_in_force(s: Situation) -> Situation:
    assert s.recognition is not None
    return replace(s, recognition=replace(s.recognition, effective_from=AT + 1))


def referred(*releases: Release) -> Callable[[Situation], Situation]:
    def make(s: Situation) -> Situation:
        issuer = RegionCode(s.claims.issuer)
        referral = Referral(host=s.host, issuer=issuer, version=1, authority="国务院", releases=releases)
        return replace(s, referral=referral)

    return make


def outside(s: Situation) -> Situation:
    assert s.claims.status is not None
    reference: StatusReference = replace(s.claims.status, index=PLACES)
    return replace(s, claims=s.claims._replace(status=reference))


def contradicted(s: Situation) -> Situation:
    return replace(s, issuer_says=next(colour for colour in COLOURS if colour is not s.claims.colour))


def one_second_late(s: Situation) -> Situation:
    return replace(s, list_issued_at=AT - 2 * DAY - 1)


def of(
    step: Step, reason: ReasonCode, *makes: Callable[[Situation], Situation], **limits: object
) -> list[Fault]:
    return [Fault(step=step, reason=reason, make=make, **limits) for make in makes]  # type: ignore[arg-type]


R = ReasonCode
FAULTS: Final = [
    *of(Step.V1, R.UNREADABLE, changed(text_is_cut=True)),
    *of(Step.V2, R.CLOCK_WRONG, changed(bundle_issued_at=AT + 61)),
    *of(
        Step.V2,
        R.TRUST_STALE,
        changed(bundle_issued_at=AT - 7 * DAY - 1),
        changed(hub_as_of=AT - 7 * DAY - 1),
    ),
    *of(
        Step.V3,
        R.UNKNOWN_KEY,
        changed(key_is_listed=False),
        lambda s: replace(s, key_not_before=s.claims.issued_at + 1),
        lambda s: replace(s, key_not_after=s.claims.issued_at),
    ),
    *of(Step.V3, R.KEY_REVOKED, changed(key_revoked_at=AT), changed(key_revoked_at=0)),
    *of(Step.V4, R.BAD_SIGNATURE, changed(signature_is_forged=True)),
    *of(Step.V5, R.PRESENTATION_MISSING, changed(showing=Showing.BARE), classes=(DEVICE,)),
    *of(Step.V5, R.CLASS_VIOLATION, changed(showing=Showing.WRAPPED), classes=(PAPER, ONLINE)),
    *of(Step.V5, R.CLASS_VIOLATION, changed(key_areas=("110100",))),
    *of(Step.V5, R.BAD_PRESENTATION, changed(showing=Showing.BY_ANOTHER_PHONE), classes=(DEVICE,)),
    *of(
        Step.V5,
        R.PRESENTATION_STALE,
        changed(shown_at=AT - 121),
        changed(shown_at=AT + 61),
        classes=(DEVICE,),
    ),
    *of(Step.V5, R.PRESENTATION_STALE, started(AT - 60), classes=(ONLINE,)),
    *of(Step.V6, R.NOT_RECOGNISED, changed(recognition=None), not_yet_in_force),
    *of(Step.V6, R.RECOGNITION_SUSPENDED, suspended),
    *of(
        Step.V6,
        R.REFERRED,
        referred(),
        referred(Release(effective_from=AT + 1)),
        referred(Release(effective_from=0), Release(effective_from=AT, areas_except=("110100",))),
    ),
    *of(Step.V7, R.ISSUED_IN_FUTURE, started(AT + 61)),
    *of(Step.V7, R.EXPIRED, claimed(expires_at=AT), started(AT - 14 * DAY), classes=LISTED),
    *of(
        Step.V8,
        R.STATUS_MISSING,
        changed(list_issued_at=None),
        changed(list_uri="cm:999999/1"),
        outside,
        classes=LISTED,
    ),
    *of(Step.V8, R.CLOCK_WRONG, changed(list_issued_at=AT + 61), classes=LISTED),
    *of(Step.V8, R.VOID, changed(status=VOID), classes=LISTED),
    *of(Step.V8, R.VOID, lambda s: one_second_late(replace(s, status=VOID)), classes=LISTED),
    *of(Step.V8, R.SUPERSEDED, changed(status=SUPERSEDED), classes=LISTED),
    *of(Step.V8, R.SUPERSEDED, lambda s: one_second_late(replace(s, status=SUPERSEDED)), classes=LISTED),
    *of(Step.V8, R.STATUS_STALE, one_second_late, classes=LISTED),
    *of(Step.V8, R.STATUS_STALE, lambda s: one_second_late(replace(s, status=SUSPENDED)), classes=LISTED),
    *of(Step.V8, R.UNDER_REVIEW, changed(status=SUSPENDED), classes=LISTED),
    *of(Step.V8, R.COLOUR_ENDED, claimed(until=AT), claimed(until=0), colours=MEASURED),
    *of(Step.V8, R.CONTRADICTED, contradicted),
    *of(Step.V9, R.RULEBOOK_MISSING, changed(rulebook=None), colours=MEASURED),
]


def faults_at(step: Step, pass_class: PassClass, colour: Colour) -> list[Fault]:
    return [f for f in FAULTS if f.step is step and pass_class in f.classes and colour in f.colours]


def spoiled(good: Situation, faults: Mapping[Step, Fault | None]) -> Situation:
    """A good situation with one fault a step; the earlier step's fault is made last, so that it stands."""
    for step in sorted(faults, reverse=True):
        fault = faults[step]
        good = good if fault is None else fault.make(good)
    return good
