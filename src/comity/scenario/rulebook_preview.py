"""What a rulebook would change, for whom, before it is published (design section 5).

Two views: every (colour, reason) with what it meets before and after, and the encounters of a scenario at
this host, decided on the real path under both. Dates of the rulebooks are left aside: the preview asks what
would be if each were in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.decision import Decision
from comity.domain.publication import tightenings
from comity.domain.rulebook import MeasureRow, Rulebook
from comity.scenario.plan import Scenario
from comity.scenario.run import run_encounters


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What people of one colour and reason meet, before and after; tighter when they meet more."""

    colour: Colour
    reason: ColourReason
    before: tuple[MeasureRow, ...]
    after: tuple[MeasureRow, ...]
    is_tighter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterChange:
    """One encounter whose answer would be another."""

    encounter_id: str
    before: Decision
    after: Decision


def rule_changes(new: Rulebook, old: Rulebook) -> tuple[RuleChange, ...]:
    """Give every (colour, reason) that meets something else under `new` than under `old`."""
    tighter = set(tightenings(new, old))
    return tuple(
        RuleChange(
            colour=colour,
            reason=reason,
            before=old.rows_for(colour, reason),
            after=new.rows_for(colour, reason),
            is_tighter=(colour, reason) in tighter,
        )
        for colour in (Colour.YELLOW, Colour.RED)
        for reason in COLOUR_REASONS
        if old.rows_for(colour, reason) != new.rows_for(colour, reason) or (colour, reason) in tighter
    )


def encounter_changes(
    scenario: Scenario, new: Rulebook, old: Rulebook, *, seed: bytes
) -> Iterator[EncounterChange]:
    """Decide the encounters at the rulebook's region under both, and give those that differ."""
    own = tuple(each for each in scenario.encounters if each.host == new.region)
    if not own:
        return
    before, after = (
        run_encounters(
            replace(scenario, encounters=own, rulebooks={**scenario.rulebooks, new.region: _undated(book)}),
            seed=seed,
        )
        for book in (old, new)
    )
    for was, would_be in zip(before, after, strict=True):
        if _answer(was.decision) != _answer(would_be.decision):
            yield EncounterChange(
                encounter_id=was.plan.encounter_id, before=was.decision, after=would_be.decision
            )


def _undated(rulebook: Rulebook) -> Rulebook:
    return replace(rulebook, valid_from=None, valid_to=None)


def _answer(decision: Decision) -> tuple[object, ...]:
    return decision.outcome, decision.reason, decision.measures
