"""The life of a recognition: what a host may say about an issuer next, and when (C2.1, settled rules 3 to 5).

invited, replied, confirmed, then published; a deviation is reported before a suspension, and a suspension
is ended by a resumption. Each is the host's own signed word: a reply by itself changes nothing. Pure: the
history comes in, a refusal with its clause comes out as an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from comity.domain.instant import MINUTE, Instant
from comity.domain.recognition import (
    EQUAL_SINCE,
    SUSPENSION_NOTICE,
    Recognition,
    RecognitionStep,
    Step,
    Suspension,
)
from comity.domain.region import INNER_MONGOLIA
from comity.domain.rulebook_document import refuse
from comity.domain.validity import CLOCK_LEEWAY

RECEIPT_WINDOW: Final = 15 * MINUTE
"""Seconds the time stated may lie before the hub's receipt (settled rule 3)."""

Said: TypeAlias = "RecognitionStep | Recognition"
"""What a host says about an issuer."""


class Life(StrEnum):
    """How far a pair has come; the words of a host that may follow are in `_FOLLOWS`."""

    NONE = "none"
    INVITED = "invited"
    REPLIED = "replied"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    REPORTED = "deviation_reported"
    SUSPENDED = "suspended"


class Turn(StrEnum):
    """What a new version of the recognition does; signed again, with another key, it changes nothing."""

    PUBLISH = "published"
    SUSPEND = "suspended"
    RESUME = "resumed"
    AGAIN = "signed_again"


_FOLLOWS: Final[dict[Step | Turn, Life]] = {
    Step.INVITED: Life.NONE,
    Step.REPLIED: Life.INVITED,
    Step.CONFIRMED: Life.REPLIED,
    Turn.PUBLISH: Life.CONFIRMED,
    Step.DEVIATION_REPORTED: Life.PUBLISHED,
    Turn.SUSPEND: Life.REPORTED,
    Turn.RESUME: Life.SUSPENDED,
}
"""What each word of the host must follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairHistory:
    """Everything a host has said about an issuer so far, each kind in order of version."""

    steps: tuple[RecognitionStep, ...] = ()
    recognitions: tuple[Recognition, ...] = ()

    @property
    def newest(self) -> Recognition | None:
        """The newest version of the recognition."""
        return self.recognitions[-1] if self.recognitions else None

    @property
    def life(self) -> Life:
        """How far the pair has come."""
        newest = self.newest
        if newest is None:
            return Life(self.steps[-1].step) if self.steps else Life.NONE
        if newest.suspension is not None and newest.resumption is None:
            return Life.SUSPENDED
        reports = sum(step.step is Step.DEVIATION_REPORTED for step in self.steps)
        suspended = {each.suspension for each in self.recognitions if each.suspension is not None}
        return Life.REPORTED if reports > len(suspended) else Life.PUBLISHED

    def with_said(self, said: Said) -> PairHistory:
        """Give the history with one more word of the host."""
        if isinstance(said, RecognitionStep):
            return PairHistory(steps=(*self.steps, said), recognitions=self.recognitions)
        return PairHistory(steps=self.steps, recognitions=(*self.recognitions, said))


def history_of(said: Iterable[Said]) -> PairHistory:
    """Put what a host has said about an issuer in order of version."""
    known = sorted(said, key=lambda each: each.version)
    return PairHistory(
        steps=tuple(each for each in known if isinstance(each, RecognitionStep)),
        recognitions=tuple(each for each in known if isinstance(each, Recognition)),
    )


def check_said(said: Said, history: PairHistory, *, at: Instant) -> None:
    """Check what a host says about an issuer; `at` is when the hub received it.

    1. It follows what it must follow.
    2. Nothing published before is rewritten.
    3. The time stated is that of now: at most 15 minutes ago.
    4. Nothing takes effect before its publication, nor before 19 March 2020 for Inner Mongolia.
    5. A suspension has 24 hours' notice; its report a reason and a time.

    Raises: PublicationRefused with the clause.
    """
    if said.host == said.issuer:
        refuse("own_region", "C3.1")
    turn = said.step if isinstance(said, RecognitionStep) else turn_of(said, history.newest)
    if turn is Turn.AGAIN:
        return
    if history.life != _FOLLOWS[turn]:  # 1
        refuse("wrong_order", "C2.1", step=str(turn), before=str(history.life))
    if isinstance(said, RecognitionStep):
        _check_step(said, at)
    else:
        _check_recognition(said, history.newest, turn, at)


def turn_of(new: Recognition, newest: Recognition | None) -> Turn:
    """Tell what a new version of a recognition does.

    Raises: PublicationRefused when it changes anything but the suspension or its end.
    """
    if newest is None:
        if new.suspension is not None or new.resumption is not None:
            refuse("wrong_order", "C2.1", step=str(Turn.SUSPEND), before=str(Life.NONE))
        return Turn.PUBLISH
    same = (new.published_at, new.effective_from) == (newest.published_at, newest.effective_from)
    if not same:  # 2
        refuse("history_rewritten", "C2.1")
    if (new.suspension, new.resumption) == (newest.suspension, newest.resumption):
        return Turn.AGAIN
    if new.suspension is not None and new.resumption is not None and new.suspension == newest.suspension:
        if newest.resumption is not None:
            refuse("wrong_order", "C2.1", step=str(Turn.RESUME), before=str(Life.PUBLISHED))
        return Turn.RESUME
    if new.suspension is None or new.resumption is not None or new.suspension == newest.suspension:
        refuse("history_rewritten", "C2.1")
    return Turn.SUSPEND


def _check_step(step: RecognitionStep, at: Instant) -> None:
    _require_now(step.at, at)  # 3
    if step.step is Step.DEVIATION_REPORTED:  # 5
        if step.reason is None or step.effective_from is None:
            refuse("report_without_reason", "settled rule 5")
        if step.effective_from - step.at < SUSPENSION_NOTICE:
            refuse("short_notice", "settled rule 5")
    elif step.effective_from is not None:
        _check_effect(step.host, step.at, step.effective_from)


def _check_recognition(new: Recognition, newest: Recognition | None, turn: Step | Turn, at: Instant) -> None:
    changed = changed_part(new, newest)
    _require_now(changed.published_at, at)  # 3
    if turn is Turn.SUSPEND:  # 5
        if changed.effective_from - changed.published_at < SUSPENSION_NOTICE:
            refuse("short_notice", "settled rule 5")
        return
    _check_effect(new.host, changed.published_at, changed.effective_from)  # 4


def changed_part(new: Recognition, newest: Recognition | None) -> Suspension:
    """Give the publication and effect of what a version changes."""
    if newest is None:
        return Suspension(published_at=new.published_at, effective_from=new.effective_from)
    part = new.resumption if new.resumption is not None else new.suspension
    return part or Suspension(published_at=new.published_at, effective_from=new.effective_from)


def _check_effect(host: str, stated: Instant, effective_from: Instant) -> None:
    if effective_from < stated:
        refuse("effect_before_publication", "C2.1")
    if host == INNER_MONGOLIA and effective_from < EQUAL_SINCE:
        refuse("before_equal_since", "C3.1")


def _require_now(stated: Instant, at: Instant) -> None:
    if not -RECEIPT_WINDOW <= stated - at <= CLOCK_LEEWAY:
        refuse("back_dated", "settled rule 3")


def in_order(said: Sequence[Said]) -> list[Said]:
    """Sort what came in together by the times it states, steps before recognitions of the same second."""
    return sorted(said, key=_stated)


def _stated(said: Said) -> tuple[Instant, bool, int]:
    if isinstance(said, RecognitionStep):
        return said.at, False, said.version
    part = said.resumption or said.suspension
    return said.published_at if part is None else part.published_at, True, said.version
