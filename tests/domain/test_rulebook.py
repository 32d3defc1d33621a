"""A rulebook: which rows a colour and reason meet, which version is in force, and that green has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, HOUR
from comity.domain.rulebook import (
    DEFAULT_ROWS,
    Appeal,
    Ends,
    MeasureKind,
    Responsible,
    StatusMaxAge,
    rulebook_in_force,
)
from tests.builders import AT, rulebook

YELLOW, RED = DEFAULT_ROWS[Colour.YELLOW], DEFAULT_ROWS[Colour.RED]
GENERAL = replace(YELLOW, days=3)
NAMED = replace(YELLOW, reasons=(ColourReason.SYMPTOMS, ColourReason.AREA_ARRIVAL), days=7)
SECOND = replace(YELLOW, reasons=(ColourReason.SYMPTOMS,), kind=MeasureKind.MEDICAL_REFERRAL)


def test_c2_3_green_has_no_row_to_meet() -> None:
    assert Colour.GREEN not in DEFAULT_ROWS


def test_the_built_in_rows_are_those_of_the_interface() -> None:
    assert (YELLOW.kind, YELLOW.days, YELLOW.responsible, YELLOW.ends, YELLOW.appeal) == (
        MeasureKind.HOME_OBSERVATION,
        14,
        Responsible.COMMUNITY,
        Ends.AFTER_DAYS,
        Appeal.HOME,
    )
    assert (RED.kind, RED.days, RED.responsible, RED.ends, RED.appeal) == (
        MeasureKind.CENTRAL_ISOLATION,
        14,
        Responsible.COUNTY_COMMAND,
        Ends.AFTER_DAYS,
        Appeal.HOME,
    )


@pytest.mark.parametrize("reason", list(ColourReason))
@pytest.mark.parametrize("colour", [Colour.YELLOW, Colour.RED])
def test_c2_2_a_rulebook_without_rows_keeps_the_built_in_ones(colour: Colour, reason: ColourReason) -> None:
    assert rulebook().rows_for(colour, reason) == (DEFAULT_ROWS[colour],)


def test_c2_2_rows_that_name_the_reason_replace_the_general_row_in_file_order() -> None:
    book = replace(rulebook(), rows=(SECOND, GENERAL, NAMED))
    assert book.rows_for(Colour.YELLOW, ColourReason.SYMPTOMS) == (SECOND, NAMED)
    assert book.rows_for(Colour.YELLOW, ColourReason.AREA_ARRIVAL) == (NAMED,)
    assert book.rows_for(Colour.YELLOW, ColourReason.CLOSE_CONTACT) == (GENERAL,)


def test_c2_2_a_colour_without_its_own_general_row_keeps_the_built_in_one() -> None:
    book = replace(rulebook(), rows=(NAMED,))
    assert book.rows_for(Colour.YELLOW, ColourReason.CLOSE_CONTACT) == (YELLOW,)
    assert book.rows_for(Colour.RED, ColourReason.SYMPTOMS) == (RED,)


def test_c2_2_several_general_rows_are_one_list() -> None:
    other = replace(YELLOW, kind=MeasureKind.HEALTH_MONITORING)
    book = replace(rulebook(), rows=(GENERAL, other))
    assert book.rows_for(Colour.YELLOW, ColourReason.SYMPTOMS) == (GENERAL, other)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "in_force"),
    [(None, None, True), (AT, None, True), (AT + 1, None, False), (None, AT, False), (None, AT + 1, True)],
)
def test_a_rulebook_holds_from_its_start_and_until_its_end(
    valid_from: int | None, valid_to: int | None, in_force: bool
) -> None:
    book = replace(rulebook(), valid_from=valid_from, valid_to=valid_to)
    assert book.is_in_force(AT) is in_force
    assert rulebook_in_force((book,), AT) == (book if in_force else None)


def test_the_newest_version_in_force_replaces_older_ones_and_gives_way_when_it_ends() -> None:
    old, new = rulebook(), replace(rulebook(), version=8, valid_from=AT, valid_to=AT + DAY)
    for books in ((old, new), (new, old)):
        assert rulebook_in_force(books, AT - 1) == old
        assert rulebook_in_force(books, AT) == new
        assert rulebook_in_force(books, AT + DAY) == old
    assert rulebook_in_force((), AT) is None


def test_the_age_limit_of_lists_is_48_hours_unless_the_class_has_its_own() -> None:
    ages = StatusMaxAge(device=24 * HOUR)
    assert ages.of(PassClass.DEVICE) == 24 * HOUR
    assert ages.of(PassClass.PAPER) == 48 * HOUR
