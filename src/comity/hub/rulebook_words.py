"""A rulebook in words, Chinese and English: who with which colour and reason meets what (C2.2).

Every row is told by its parts, and as one sentence; the built-in rows too, so that nobody has to know them. A
region's own text for a row is told beside, never instead: what is signed are the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.instant import HOUR
from comity.domain.rulebook import MeasureRow, Rulebook
from comity.domain.rulebook_document import ENDS_AT, words_of
from comity.domain.texts import Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWords:
    """One row in words: `who` meets `what`, `how_long`, by which body, until what, and where to appeal."""

    colour: Colour
    who: Text
    what: Text
    how_long: Text
    responsible: Text
    ends: Text
    appeal: Text
    onward: Text | None
    own_text: Text | None


def rulebook_words(rulebook: Rulebook) -> tuple[RowWords, ...]:
    """Tell every row of a rulebook, yellow first; together they cover every colour and reason."""
    return tuple(
        _row_words(row, reasons_words(reasons, is_rest=is_rest))
        for colour in (Colour.YELLOW, Colour.RED)
        for reasons, rows, is_rest in _groups(rulebook, colour)
        for row in rows
    )


def reasons_words(reasons: tuple[ColourReason, ...], *, is_rest: bool) -> Text:
    """Tell whom a row is for: the reasons it names, those no other row names, or every reason."""
    if len(reasons) == len(COLOUR_REASONS):
        return text("rulebook_words.any_reason")
    if is_rest:
        return text("rulebook_words.other_reasons")
    return joined(text(f"colour_reason.{reason}") for reason in reasons)


def row_sentence(row: MeasureRow) -> Text:
    """Tell what a row asks in one sentence."""
    words = _row_words(row, Text(zh="", en=""))
    return text(
        "rulebook_words.sentence",
        what=words.what,
        how_long=words.how_long,
        responsible=words.responsible,
        ends=words.ends,
        onward=text("rulebook_words.onward", onward=words.onward) if words.onward else "",
    )


def age_words(seconds: int) -> Text:
    """Tell an age limit in hours."""
    return text("rulebook_words.hours", hours=seconds // HOUR)


def joined(texts: Iterable[Text]) -> Text:
    """Join texts to a list."""
    parts = tuple(texts)
    return Text(zh="、".join(part.zh for part in parts), en=", ".join(part.en for part in parts))


def _groups(
    rulebook: Rulebook, colour: Colour
) -> Iterator[tuple[tuple[ColourReason, ...], tuple[MeasureRow, ...], bool]]:
    """Give the reasons that meet the same rows, those, and whether no row names these reasons."""
    named = {reason for row in rulebook.rows if row.colour is colour for reason in row.reasons}
    groups: dict[tuple[tuple[MeasureRow, ...], bool], list[ColourReason]] = {}
    for reason in sorted(COLOUR_REASONS, key=lambda each: each not in named):
        groups.setdefault((rulebook.rows_for(colour, reason), reason not in named), []).append(reason)
    for (rows, is_rest), reasons in groups.items():
        yield tuple(reasons), rows, is_rest


def _row_words(row: MeasureRow, who: Text) -> RowWords:
    key = "rulebook_words.days" if row.days is not None else "rulebook_words.open"
    return RowWords(
        colour=row.colour,
        who=who,
        what=text(f"measure_name.{row.kind}"),
        how_long=text(key) if row.days is None else text(key, days=row.days),
        responsible=text(f"responsible.{row.responsible}"),
        ends=text(f"ends.{row.ends}"),
        appeal=text(f"appeal.{row.appeal}"),
        onward=None if row.onward is None else _with_its_end(row.onward),
        own_text=_own_text(row),
    )


def _own_text(row: MeasureRow) -> Text | None:
    """Give the words a region wrote itself; the built-in ones, which publication fills in, are none."""
    if row.text is None or row.text == words_of(replace(row, text=None)):
        return None
    return _with_its_end(row.text)


def _with_its_end(words: Text) -> Text:
    """Put words for the end where a region's own text, or its way on, leaves a place for it."""
    end = text("rulebook_words.its_end")
    return Text(zh=words.zh.replace(ENDS_AT, end.zh), en=words.en.replace(ENDS_AT, end.en))
