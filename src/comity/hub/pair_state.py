"""The state of a pair of regions through time: what a host has said about an issuer, and what holds (C2.1).

A state is evaluated at an instant from the statements the hub had accepted by then, and nothing else: an
entry counts from its acceptance, and what it announces from the instant it names (settled rule 3). So a past
state is what was known and held then, and a coming one what is known today. The states of a pair, put one
after another, are its timeline; a change is where two of them differ.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from comity.domain.instant import Instant
from comity.domain.recognition import EQUAL_SINCE, Recognition, RecognitionStep, Referral, Step
from comity.domain.region import INNER_MONGOLIA, RegionCode
from comity.hub.register_entry import RegisterEntry

TakesPart: TypeAlias = Callable[[RegionCode, Instant], bool]
"""Says whether a region takes part at an instant."""


class PairStep(StrEnum):
    """How far a host has come with an issuer."""

    OWN = "own"
    NONE = "none"
    INVITED = "invited"
    REPLIED = "replied"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    REFERRED = "referred"
    RELEASED_IN_PART = "released_in_part"
    RELEASED = "released"
    OUTSIDE = "outside"


IN_EFFECT: Final = frozenset(
    {
        PairStep.IN_FORCE,
        PairStep.SUSPENDED,
        PairStep.REFERRED,
        PairStep.RELEASED_IN_PART,
        PairStep.RELEASED,
    }
)
"""States in which the host answers the issuer's passes by its own word; they need both to take part."""
RECOGNISED: Final = frozenset({PairStep.OWN, PairStep.IN_FORCE, PairStep.RELEASED, PairStep.RELEASED_IN_PART})
"""States in which a green pass of the issuer passes, in part where areas are excepted."""

_STEPS: Final = {
    Step.INVITED: PairStep.INVITED,
    Step.REPLIED: PairStep.REPLIED,
    Step.CONFIRMED: PairStep.CONFIRMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStanding:
    """What holds from an instant on: the step, areas still left out, the body to ask, the entry behind it."""

    step: PairStep
    areas_except: tuple[str, ...] = ()
    authority: str | None = None
    entry: RegisterEntry | None = None

    def says_the_same_as(self, other: PairStanding) -> bool:
        """Say whether people would be told the same."""
        return (self.step, self.areas_except, self.authority) == (
            other.step,
            other.areas_except,
            other.authority,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPeriod:
    """A standing and the instant it holds from; None where it has always held."""

    since: Instant | None
    standing: PairStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class PairState:
    """A pair at an instant: what holds, since when, and what is announced next."""

    host: RegionCode
    issuer: RegionCode
    standing: PairStanding
    since: Instant | None
    next: PairPeriod | None

    @property
    def step(self) -> PairStep:
        """How far the host has come with the issuer."""
        return self.standing.step


class PairTimeline:
    """The periods of one pair, oldest first."""

    def __init__(self, host: RegionCode, issuer: RegionCode, periods: Sequence[PairPeriod]) -> None:
        self._host, self._issuer = host, issuer
        self.periods = tuple(periods)
        self._since = [period.since or 0 for period in self.periods]

    def state_at(self, at: Instant) -> PairState:
        """Give the state at an instant."""
        place = max(bisect_right(self._since, at) - 1, 0)
        period = self.periods[place]
        coming = self.periods[place + 1] if place + 1 < len(self.periods) else None
        return PairState(
            host=self._host, issuer=self._issuer, standing=period.standing, since=period.since, next=coming
        )


def pair_timeline(
    host: RegionCode,
    issuer: RegionCode,
    entries: Sequence[RegisterEntry],
    *,
    takes_part: TakesPart,
    turns: Iterable[Instant] = (),
) -> PairTimeline:
    """Give the timeline of a pair from its entries, oldest first.

    `turns` are the instants at which host or issuer join or leave.
    """
    if host == issuer:
        return PairTimeline(host, issuer, [PairPeriod(since=None, standing=_OWN)])
    periods = [PairPeriod(since=None, standing=_NONE)]
    for instant in sorted({*turns, *(at for entry in entries for at in _instants_of(entry))}):
        standing = standing_at([entry for entry in entries if entry.accepted_at <= instant], instant)
        if standing.step in IN_EFFECT and not (takes_part(host, instant) and takes_part(issuer, instant)):
            standing = PairStanding(step=PairStep.OUTSIDE, entry=standing.entry)
        if not standing.says_the_same_as(periods[-1].standing):
            periods.append(PairPeriod(since=instant, standing=standing))
    return PairTimeline(host, issuer, periods)


_OWN: Final = PairStanding(step=PairStep.OWN)
_NONE: Final = PairStanding(step=PairStep.NONE)


def standing_at(entries: Sequence[RegisterEntry], at: Instant) -> PairStanding:
    """Give what holds at `at` by these entries of one pair, oldest first.

    1. A referral alone decides for its pair (settled rule 4).
    2. Else the newest recognition, once it is published.
    3. Else the newest step on the way there.
    """
    referral, recognition, step = _newest(entries)
    if referral is not None and isinstance(referral.said, Referral):  # 1
        return _referred(referral, referral.said, at)
    if recognition is not None and isinstance(recognition.said, Recognition):  # 2
        said = recognition.said
        if said.is_in_force(at):
            word = PairStep.SUSPENDED if said.is_suspended(at) else PairStep.IN_FORCE
            return PairStanding(step=word, entry=recognition)
        if said.published_at <= at:
            return PairStanding(step=PairStep.PUBLISHED, entry=recognition)
    if step is not None and isinstance(step.said, RecognitionStep):  # 3
        return PairStanding(step=_STEPS[step.said.step], entry=step)
    return _NONE


def _newest(
    entries: Sequence[RegisterEntry],
) -> tuple[RegisterEntry | None, RegisterEntry | None, RegisterEntry | None]:
    """Give the newest referral, recognition and step towards one."""
    found: dict[type[object], RegisterEntry] = {}
    for entry in entries:
        if isinstance(entry.said, RecognitionStep) and entry.said.step not in _STEPS:
            continue
        kept = found.get(type(entry.said))
        if kept is None or kept.version < entry.version:
            found[type(entry.said)] = entry
    return found.get(Referral), found.get(Recognition), found.get(RecognitionStep)


def _referred(entry: RegisterEntry, referral: Referral, at: Instant) -> PairStanding:
    release = referral.release_at(at)
    if release is None:
        return PairStanding(step=PairStep.REFERRED, authority=referral.authority, entry=entry)
    if release.areas_except:
        return PairStanding(
            step=PairStep.RELEASED_IN_PART,
            areas_except=release.areas_except,
            authority=referral.authority,
            entry=entry,
        )
    return PairStanding(step=PairStep.RELEASED, entry=entry)


def _instants_of(entry: RegisterEntry) -> Iterable[Instant]:
    """Give the instants at which an entry may change something."""
    accepted_at, said = entry.accepted_at, entry.said
    yield accepted_at
    announced: list[Instant] = []
    if isinstance(said, Recognition):
        announced = [said.published_at, said.effective_from]
        announced += [EQUAL_SINCE] if said.host == INNER_MONGOLIA else []
        announced += [turn.holds_from for turn in (said.suspension, said.resumption) if turn is not None]
    elif isinstance(said, Referral):
        announced = [release.effective_from for release in said.releases]
    yield from (at for at in announced if at > accepted_at)
