"""The answer at a gate: outcome, reason, routes and measures (interface sections 1 and 3).

The type is the promise of C2.3 and C3.2: it has no place for another document, for a temperature
(settled rule 21) or for anything asked of a person who got PASS. Only PASS and CONTROL follow from a
colour; every other outcome carries routes and no measure (settled rules 7 and 16).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from comity.domain.claims import PassClaims
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.domain.rulebook import Appeal, Ends, MeasureKind, MeasureRow, Responsible


class Outcome(StrEnum):
    """The six answers."""

    PASS = "PASS"  # noqa: S105
    CONTROL = "CONTROL"
    REFER = "REFER"
    REAPPLY = "REAPPLY"
    REJECT = "REJECT"
    UNDECIDED = "UNDECIDED"


class Route(StrEnum):
    """A way on that a person who did not get PASS is offered."""

    HOME = "home"
    HOST = "host"
    REFRESH = "refresh"
    AUTHORITY = "authority"
    APPEAL = "appeal"
    MANUAL = "manual"


class Step(IntEnum):
    """The ten numbered steps, in order (design section 4)."""

    V1 = 1
    V2 = 2
    V3 = 3
    V4 = 4
    V5 = 5
    V6 = 6
    V7 = 7
    V8 = 8
    V9 = 9
    V10 = 10


class ReasonCode(StrEnum):
    """Why a decision is what it is: the codes of interface section 1, in its order."""

    UNREADABLE = "unreadable"
    CLOCK_WRONG = "clock_wrong"
    TRUST_STALE = "trust_stale"
    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_KEY_STALE_TRUST = "unknown_key_stale_trust"
    KEY_REVOKED = "key_revoked"
    BAD_SIGNATURE = "bad_signature"
    PRESENTATION_MISSING = "presentation_missing"
    CLASS_VIOLATION = "class_violation"
    BAD_PRESENTATION = "bad_presentation"
    PRESENTATION_STALE = "presentation_stale"
    REFERRED = "referred"
    NOT_RECOGNISED = "not_recognised"
    NOT_RECOGNISED_STALE_TRUST = "not_recognised_stale_trust"
    RECOGNITION_SUSPENDED = "recognition_suspended"
    ISSUED_IN_FUTURE = "issued_in_future"
    EXPIRED = "expired"
    STATUS_MISSING = "status_missing"
    VOID = "void"
    SUPERSEDED = "superseded"
    STATUS_STALE = "status_stale"
    UNDER_REVIEW = "under_review"
    COLOUR_ENDED = "colour_ended"
    CONTRADICTED = "contradicted"
    RULEBOOK_MISSING = "rulebook_missing"
    GREEN = "green"
    MEASURES_APPLY = "measures_apply"


class Ruling(NamedTuple):
    """What a reason code always leads to."""

    outcome: Outcome
    routes: tuple[Route, ...]
    clause: str


def _ruling(outcome: Outcome, clause: str, *routes: Route) -> Ruling:
    return Ruling(outcome=outcome, routes=routes, clause=clause)


RULINGS: Final = {
    ReasonCode.UNREADABLE: _ruling(Outcome.REJECT, "C2.2", Route.MANUAL),
    ReasonCode.CLOCK_WRONG: _ruling(Outcome.UNDECIDED, "C1.2", Route.MANUAL),
    ReasonCode.TRUST_STALE: _ruling(Outcome.UNDECIDED, "C1.2", Route.MANUAL),
    ReasonCode.UNKNOWN_KEY: _ruling(Outcome.REJECT, "C2.5", Route.REFRESH, Route.MANUAL),
    ReasonCode.UNKNOWN_KEY_STALE_TRUST: _ruling(Outcome.UNDECIDED, "C2.5", Route.MANUAL),
    ReasonCode.KEY_REVOKED: _ruling(Outcome.REAPPLY, "C2.5", Route.REFRESH),
    ReasonCode.BAD_SIGNATURE: _ruling(Outcome.REJECT, "C2.2", Route.REFRESH, Route.MANUAL),
    ReasonCode.PRESENTATION_MISSING: _ruling(Outcome.REJECT, "C2.2", Route.REFRESH),
    ReasonCode.CLASS_VIOLATION: _ruling(Outcome.REJECT, "C2.2", Route.REFRESH, Route.MANUAL),
    ReasonCode.BAD_PRESENTATION: _ruling(Outcome.REJECT, "C2.2", Route.REFRESH, Route.MANUAL),
    ReasonCode.PRESENTATION_STALE: _ruling(Outcome.REJECT, "C2.2", Route.REFRESH, Route.MANUAL),
    ReasonCode.REFERRED: _ruling(Outcome.REFER, "C3.3", Route.AUTHORITY),
    ReasonCode.NOT_RECOGNISED: _ruling(Outcome.REAPPLY, "C2.1", Route.HOST),
    ReasonCode.NOT_RECOGNISED_STALE_TRUST: _ruling(Outcome.UNDECIDED, "C2.1", Route.MANUAL),
    ReasonCode.RECOGNITION_SUSPENDED: _ruling(Outcome.REAPPLY, "C2.1", Route.HOST),
    ReasonCode.ISSUED_IN_FUTURE: _ruling(Outcome.REJECT, "C2.4", Route.REFRESH, Route.MANUAL),
    ReasonCode.EXPIRED: _ruling(Outcome.REAPPLY, "C2.4", Route.HOME, Route.HOST),
    ReasonCode.STATUS_MISSING: _ruling(Outcome.UNDECIDED, "C2.2", Route.MANUAL),
    ReasonCode.VOID: _ruling(Outcome.REAPPLY, "C2.7", Route.HOME, Route.HOST),
    ReasonCode.SUPERSEDED: _ruling(Outcome.REAPPLY, "C2.2", Route.REFRESH),
    ReasonCode.STATUS_STALE: _ruling(Outcome.UNDECIDED, "C2.2", Route.MANUAL),
    ReasonCode.UNDER_REVIEW: _ruling(Outcome.UNDECIDED, "C2.2", Route.HOME, Route.MANUAL),
    ReasonCode.COLOUR_ENDED: _ruling(Outcome.REAPPLY, "C2.2", Route.REFRESH),
    ReasonCode.CONTRADICTED: _ruling(Outcome.UNDECIDED, "C2.2", Route.APPEAL, Route.MANUAL),
    ReasonCode.RULEBOOK_MISSING: _ruling(Outcome.UNDECIDED, "C2.2", Route.MANUAL),
    ReasonCode.GREEN: _ruling(Outcome.PASS, "C2.3"),
    ReasonCode.MEASURES_APPLY: _ruling(Outcome.CONTROL, "C2.2", Route.APPEAL),
}
"""Outcome, routes and clause of every reason code (interface section 1)."""


class Freshness(StrEnum):
    """How old the signed data behind a decision is."""

    FRESH = "fresh"
    WARN = "warn"
    STALE = "stale"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


class SourceKind(StrEnum):
    """The kind of statement a decision rests on."""

    RECOGNITION = "recognition"
    REFERRAL = "referral"
    RULEBOOK = "rulebook"


class Source(NamedTuple):
    """The statement a decision rests on: its kind, the region that signed it, its version."""

    kind: SourceKind
    issuer: RegionCode
    version: int


class Measure(NamedTuple):
    """What a yellow or red person meets: a row of the host's rulebook with its end for this person."""

    row: MeasureRow
    ends_at: Instant

    @property
    def kind(self) -> MeasureKind:
        """What is required."""
        return self.row.kind

    @property
    def days(self) -> int | None:
        """Days from the basis of the colour, 1 to 21, or None while a hospital decides."""
        return self.row.days

    @property
    def responsible(self) -> Responsible:
        """The body that carries it out."""
        return self.row.responsible

    @property
    def ends(self) -> Ends:
        """What ends it."""
        return self.row.ends

    @property
    def appeal(self) -> Appeal:
        """Where to appeal."""
        return self.row.appeal


class Decision(NamedTuple):
    """The answer of one host to one shown text at one instant.

    `step` is the last step run: for PASS and CONTROL it held, for every other outcome it failed.
    `claims` are set once V4 held; the properties hide each claim until the step that vouches for it.
    `detail` names a text more exact than the reason's own, such as `reason.unreadable.web_address`.
    """

    host: RegionCode
    at: Instant
    is_test: bool
    step: Step
    reason: ReasonCode
    trust_freshness: Freshness
    status_freshness: Freshness | None = None
    claims: PassClaims | None = None
    source: Source | None = None
    measures: tuple[Measure, ...] = ()
    authority: str | None = None
    issuer_colour: Colour | None = None
    detail: str | None = None

    @property
    def outcome(self) -> Outcome:
        """One of the six answers."""
        return RULINGS[self.reason].outcome

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways on, in the order to offer them; empty only for PASS."""
        return RULINGS[self.reason].routes

    @property
    def clause(self) -> str:
        """The clause of the notice behind the reason."""
        return RULINGS[self.reason].clause

    @property
    def is_final(self) -> bool:
        """Say whether every step held: the outcome follows from the colour."""
        return self.step is Step.V10

    def has_held(self, step: Step) -> bool:
        """Say whether `step` was run and held (green skips V9, which then counts as held)."""
        return step < self.step or self.is_final

    @property
    def issuer(self) -> str | None:
        """The region that signed the pass, once V4 held."""
        return self.claims.issuer if self.claims is not None and self.has_held(Step.V4) else None

    @property
    def pass_class(self) -> PassClass | None:
        """The class of the pass, once V4 held."""
        return self.claims.pass_class if self.claims is not None and self.has_held(Step.V4) else None

    @property
    def holder(self) -> tuple[str, str] | None:
        """Masked name and last four ID characters, once V5 held."""
        if self.claims is None or not self.has_held(Step.V5):
            return None
        return self.claims.masked_name, self.claims.id_last4

    @property
    def colour(self) -> Colour | None:
        """The colour, once V8 held: nothing stale or superseded is ever shown as a colour."""
        return self.claims.colour if self.claims is not None and self.has_held(Step.V8) else None

    @property
    def compare_id(self) -> bool:
        """Prompt the officer to compare the ID card: paper and guardian-held passes, once V4 held."""
        if self.claims is None or not self.has_held(Step.V4):
            return False
        return self.claims.pass_class is PassClass.PAPER or self.claims.is_guardian_held

    @property
    def steps(self) -> tuple[tuple[Step, bool], ...]:
        """The steps run, in order, each with whether it held."""
        green = self.reason is ReasonCode.GREEN
        ran = (s for s in Step if s <= self.step and not (green and s is Step.V9))
        return tuple((s, s < self.step or self.is_final) for s in ran)
