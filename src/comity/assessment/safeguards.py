"""What stops a run before anything is published: too much changed, rules nobody published, one source.

Settled rule 10 and the Henan case: no desk, list or copied code colours many people by itself. What stops is
told with its numbers and asks for two officers; nothing here changes a colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from comity.assessment.run_manifest import Unusual, digest_of
from comity.domain.assessment_rules import AssessmentRulebook, default_assessment_rulebook
from comity.errors import UsageError

OFFICERS: Final = 2
"""Officers who release a run that was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """What passes unasked.

    `most_changed` is a share of the people of a division, counted from `fewest_changed` people on;
    `most_by_source` are the people one source alone may turn yellow or red in one run.
    """

    most_changed: float = 0.05
    fewest_changed: int = 20
    most_by_source: int = 200

    def __post_init__(self) -> None:
        """Refuse limits that nothing could pass over. Raises: UsageError."""
        if not 0 <= self.most_changed <= 1:
            raise UsageError(
                "the share of a division that may change unasked is no number from 0 to 1",
                next_step="Give a share: 0.05 are five in a hundred.",
            )
        if min(self.most_by_source, self.fewest_changed) < 0:
            raise UsageError(
                "the people who may change colour unasked are fewer than none",
                next_step="Give a number of people, 0 or more.",
            )


def unusual_rules(
    rulebook: AssessmentRulebook, published: Iterable[AssessmentRulebook]
) -> tuple[Unusual, ...]:
    """Say if a rulebook is none that was published; the example rulebook of a region counts as published."""
    example = default_assessment_rulebook(region=rulebook.region)
    known = {digest_of(each) for each in (example, *published)}
    if digest_of(rulebook) in known:
        return ()
    return (
        Unusual(
            kind="unpublished_rules",
            about=f"version {rulebook.version}",
            count=len(rulebook.rules),
            of=len(rulebook.rules),
            words="the rulebook is none that was published (settled rule 10)",
        ),
    )


def unusual_divisions(
    turned: Mapping[str, int], people: Mapping[str, int], limits: RunLimits
) -> Iterator[Unusual]:
    """Name the divisions of which too large a share changes colour."""
    for division, count in sorted(turned.items()):
        of = people.get(division, 0)
        if count >= limits.fewest_changed and count > limits.most_changed * of:
            yield Unusual(
                kind="division_changed",
                about=division,
                count=count,
                of=of,
                words=f"more than {limits.most_changed:.1%} of the division would change colour",
            )


def unusual_sources(turned: Mapping[str, int], limits: RunLimits) -> Iterator[Unusual]:
    """Name the sources on whose word alone too many people would turn yellow or red."""
    total = sum(turned.values())
    for source, count in sorted(turned.items()):
        if count > limits.most_by_source:
            yield Unusual(
                kind="one_source",
                about=source,
                count=count,
                of=total,
                words="so many people would turn yellow or red on the word of this source alone",
            )


def unusual_place_codes(people: Mapping[tuple[str, str], int], limits: RunLimits) -> Iterator[Unusual]:
    """Tell of many people with a scanned place code of a risk area; it colours nobody, so nothing stops."""
    for (source, area), count in sorted(people.items()):
        if count > limits.most_by_source:
            yield Unusual(
                kind="place_codes_alone",
                about=f"{source}, {area}",
                count=count,
                of=count,
                words="so many people show a scanned place code of this risk area; no colour rests on it",
                stops=False,
            )
