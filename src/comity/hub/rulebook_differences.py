"""What two versions of a rulebook say differently, in words, and for whom it is tighter or looser (C2.2).

Tighter and looser are decided where publication decides them (`domain.publication.tightenings`), row by row;
here they are only told. Validity concerns a region's own passes and is neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.publication import tightenings
from comity.domain.rulebook import MeasureRow, Rulebook
from comity.domain.texts import Text, text
from comity.hub.rulebook_words import age_words, reasons_words, row_sentence

_Pair: TypeAlias = tuple[Colour, ColourReason]
_Rows: TypeAlias = tuple[MeasureRow, ...]


class Direction(StrEnum):
    """Whether somebody meets more, or nobody does and somebody less; both at once; neither."""

    TIGHTER = "tighter"
    LOOSER = "looser"
    BOTH = "both"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is said differently: about whom or what, before and after, and in which direction."""

    about: Text
    before: tuple[Text, ...]
    after: tuple[Text, ...]
    direction: Direction


def differences(new: Rulebook, old: Rulebook) -> tuple[Difference, ...]:
    """Tell what `new` says otherwise than `old`: rows first, then validity and age limits."""
    return (*_of_rows(new, old), *_of_numbers(new, old))


def _of_rows(new: Rulebook, old: Rulebook) -> list[Difference]:
    same_ages = replace(new, status_max_age=old.status_max_age)
    tighter, looser = frozenset(tightenings(same_ages, old)), frozenset(tightenings(old, same_ages))
    found: dict[tuple[Colour, _Rows, _Rows, Direction], list[ColourReason]] = {}
    for colour in (Colour.YELLOW, Colour.RED):
        for reason in COLOUR_REASONS:
            before, after = old.rows_for(colour, reason), new.rows_for(colour, reason)
            if _asked(before) != _asked(after):
                direction = _direction((colour, reason), tighter, looser)
                found.setdefault((colour, before, after, direction), []).append(reason)
    return [
        Difference(
            about=text(
                "rulebook_words.who",
                colour=text(f"colour.{colour}"),
                reasons=reasons_words(tuple(reasons), is_rest=False),
            ),
            before=tuple(row_sentence(row) for row in before),
            after=tuple(row_sentence(row) for row in after),
            direction=direction,
        )
        for (colour, before, after, direction), reasons in found.items()
    ]


def _of_numbers(new: Rulebook, old: Rulebook) -> list[Difference]:
    found = []
    if new.validity_days != old.validity_days:
        before, after = (text("rulebook_words.validity_days", days=book.validity_days) for book in (old, new))
        found.append(
            Difference(
                about=text("rulebook_words.validity"),
                before=(before,),
                after=(after,),
                direction=Direction.NEITHER,
            )
        )
    for name in ("device", "paper"):
        limits = (getattr(old.status_max_age, name), getattr(new.status_max_age, name))
        if limits[0] != limits[1]:
            found.append(
                Difference(
                    about=text(f"rulebook_words.status_age.{name}"),
                    before=(age_words(limits[0]),),
                    after=(age_words(limits[1]),),
                    direction=Direction.TIGHTER if limits[1] < limits[0] else Direction.LOOSER,
                )
            )
    return found


def _asked(rows: _Rows) -> tuple[MeasureRow, ...]:
    """Give rows without their reasons and own words, which change nothing for this pair."""
    return tuple(replace(row, reasons=(), text=None) for row in rows)


def _direction(pair: _Pair, tighter: frozenset[_Pair], looser: frozenset[_Pair]) -> Direction:
    if pair in tighter:
        return Direction.BOTH if pair in looser else Direction.TIGHTER
    return Direction.LOOSER if pair in looser else Direction.NEITHER
