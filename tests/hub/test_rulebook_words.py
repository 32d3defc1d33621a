"""Rulebooks in words: everybody with yellow or red is told, and what became tighter is marked (C2.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.instant import DAY
from comity.domain.publication import tightenings
from comity.domain.rulebook import Ends, MeasureKind, MeasureRow, Responsible, Rulebook, StatusMaxAge
from comity.domain.rulebook_document import read_rulebook, write_rulebook
from comity.domain.texts import Text
from comity.hub.rulebook_differences import Direction, differences
from comity.hub.rulebook_words import rulebook_words
from tests.builders import HOST, rulebook
from tests.laws import strategies

TREATED = MeasureRow(
    colour=Colour.RED,
    reasons=(ColourReason.CONFIRMED_CASE,),
    kind=MeasureKind.MEDICAL_REFERRAL,
    days=None,
    responsible=Responsible.DESIGNATED_HOSPITAL,
    ends=Ends.MEDICAL_CLEARANCE,
    appeal=rulebook().rows_for(Colour.RED, ColourReason.SYMPTOMS)[0].appeal,
)


def published(book: Rulebook) -> Rulebook:
    """The rulebook as it is read after publication, with the words of every row filled in."""
    return read_rulebook(write_rulebook(book))


def shorter(book: Rulebook, days: int) -> Rulebook:
    rows = tuple(replace(row, days=days) for row in (book.rows or built_in()))
    return replace(book, rows=rows)


def built_in() -> tuple[MeasureRow, ...]:
    return tuple(
        rulebook().rows_for(colour, ColourReason.SYMPTOMS)[0] for colour in (Colour.YELLOW, Colour.RED)
    )


def test_the_built_in_rows_are_told_though_nobody_wrote_them() -> None:
    yellow, red = rulebook_words(rulebook())

    assert (yellow.who.en, yellow.what.zh, yellow.how_long.zh) == (
        "any reason",
        "居家观察",
        "14天，自赋码依据日期起算",
    )
    assert (red.what.en, red.responsible.zh) == ("isolation at a place provided", "县级防控指挥部")
    assert yellow.own_text is None


def test_named_reasons_come_first_and_the_rest_after_them() -> None:
    rows = rulebook_words(published(replace(rulebook(), rows=(TREATED,))))

    assert [(row.colour, row.who.en) for row in rows] == [
        (Colour.YELLOW, "any reason"),
        (Colour.RED, "confirmed case"),
        (Colour.RED, "any other reason"),
    ]
    assert rows[1].how_long.en == "as long as the doctor decides"


def test_a_region_s_own_words_are_told_beside_the_parts_and_the_built_in_ones_are_not() -> None:
    own = Text(zh="请在家，{ends_at}结束", en="Please stay at home until {ends_at}")
    rows = (replace(built_in()[0], text=own), built_in()[1])
    yellow, red = rulebook_words(published(replace(rulebook(), rows=rows)))

    assert yellow.own_text == Text(zh="请在家，截止时间结束", en="Please stay at home until the end date")
    assert red.own_text is None


@pytest.mark.parametrize(("days", "direction"), [(7, Direction.LOOSER), (21, Direction.TIGHTER)])
def test_more_days_are_tighter_and_fewer_looser(days: int, direction: Direction) -> None:
    found = differences(shorter(rulebook(), days), rulebook())

    assert [each.direction for each in found] == [direction, direction]
    assert found[0].about.en == "yellow: any reason"
    assert "14 days" in found[0].before[0].en
    assert f"{days} days" in found[0].after[0].en


def test_one_row_tighter_and_one_looser_are_told_each_as_what_it_is() -> None:
    yellow, red = built_in()
    new = replace(rulebook(), rows=(replace(yellow, days=21), replace(red, days=7)))

    assert [each.direction for each in differences(new, rulebook())] == [Direction.TIGHTER, Direction.LOOSER]


def test_another_body_alone_is_neither_tighter_nor_looser() -> None:
    new = replace(rulebook(), rows=(replace(built_in()[0], responsible=Responsible.COUNTY_CDC),))

    assert [each.direction for each in differences(new, rulebook())] == [Direction.NEITHER]


def test_a_shorter_age_limit_is_tighter_and_told_apart_from_the_rows() -> None:
    new = replace(rulebook(), status_max_age=StatusMaxAge(device=DAY))
    (found,) = differences(new, rulebook())

    assert found.direction is Direction.TIGHTER
    assert (found.before[0].en, found.after[0].zh) == ("48 hours", "24小时")


def test_the_same_rules_with_other_words_or_another_version_differ_in_nothing() -> None:
    old = published(rulebook(HOST))

    assert differences(replace(old, version=8), old) == ()
    assert differences(published(replace(old, rows=built_in())), old) == ()


@given(new=strategies.rulebooks(), old=strategies.rulebooks())
def test_tighter_is_marked_exactly_where_publication_says_so(new: Rulebook, old: Rulebook) -> None:
    new = replace(new, status_max_age=old.status_max_age)
    found = differences(new, old)

    tighter = any(each.direction in (Direction.TIGHTER, Direction.BOTH) for each in found)
    looser = any(each.direction in (Direction.LOOSER, Direction.BOTH) for each in found)

    assert tighter == bool(tightenings(new, old))
    assert looser == bool(tightenings(old, new))


@given(book=strategies.rulebooks())
def test_everybody_with_yellow_or_red_finds_a_row(book: Rulebook) -> None:
    rows = rulebook_words(book)

    for colour in (Colour.YELLOW, Colour.RED):
        told = [row for row in rows if row.colour is colour]
        wanted = {row for reason in COLOUR_REASONS for row in book.rows_for(colour, reason)}
        assert len(told) >= len({row.kind for row in wanted}) > 0


def test_a_way_on_that_leaves_a_place_for_the_end_is_told_in_words_as_well() -> None:
    way_on = Text(zh="列车接回，{ends_at}前有效", en="a train back, offered until {ends_at}")
    row = replace(TREATED, kind=MeasureKind.NO_ENTRY, days=7, ends=Ends.AFTER_DAYS, onward=way_on)

    told = rulebook_words(published(replace(rulebook(), rows=(row,))))

    (onward,) = [each.onward for each in told if each.onward is not None]
    assert "{" not in onward.zh + onward.en
