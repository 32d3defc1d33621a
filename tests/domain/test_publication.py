"""When a rulebook may be published: signer, version, notice of a tightening, the emergency lane."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.instant import DAY, HOUR
from comity.domain.publication import Publication, check_publication, tightenings
from comity.domain.rulebook import DEFAULT_ROWS, Ends, MeasureKind, Rulebook, StatusMaxAge
from comity.errors import PublicationRefused
from tests.builders import AT, HOME, HOST

OLD = Rulebook(region=HOST, version=1)
HEAVY = replace(DEFAULT_ROWS[Colour.YELLOW], kind=MeasureKind.CENTRAL_ISOLATION)
LIGHT = replace(DEFAULT_ROWS[Colour.YELLOW], kind=MeasureKind.HEALTH_MONITORING)
TIGHTER = replace(OLD, version=2, rows=(HEAVY,), valid_from=AT + 48 * HOUR)
LOOSER = replace(OLD, version=2, rows=(LIGHT,))
EMERGENCY = replace(TIGHTER, valid_from=AT, valid_to=AT + 7 * DAY)


def publication(rulebook: Rulebook, reason: str | None = None) -> Publication:
    """A publication now, by the region itself."""
    return Publication(rulebook=rulebook, signer=HOST, published_at=AT, emergency_reason=reason)


REFUSED: list[tuple[str, Publication, str]] = [
    ("another signer", replace(publication(LOOSER), signer=HOME), "wrong_signer"),
    ("a rulebook after another region's", publication(replace(LOOSER, region=HOME)), "wrong_signer"),
    ("the same version", publication(replace(LOOSER, version=1)), "version_not_next"),
    ("a version left out", publication(replace(LOOSER, version=3)), "version_not_next"),
    ("a tightening at once", publication(replace(TIGHTER, valid_from=None)), "too_late_notice"),
    ("a tightening in the past", publication(replace(TIGHTER, valid_from=AT - DAY)), "too_late_notice"),
    (
        "a tightening a second below 48 h",
        publication(replace(TIGHTER, valid_from=AT + 48 * HOUR - 1)),
        "too_late_notice",
    ),
    (
        "a tightening a second above 14 d",
        publication(replace(TIGHTER, valid_from=AT + 14 * DAY + 1)),
        "too_early",
    ),
    ("an emergency with an empty reason", publication(EMERGENCY, ""), "emergency_without_reason"),
    ("an emergency with a blank reason", publication(EMERGENCY, " \n"), "emergency_without_reason"),
    ("an endless emergency", publication(replace(EMERGENCY, valid_to=None), "x"), "emergency_too_long"),
    (
        "an emergency a second above 7 d",
        publication(replace(EMERGENCY, valid_to=AT + 7 * DAY + 1), "x"),
        "emergency_too_long",
    ),
    (
        "an emergency counted from its publication",
        publication(replace(EMERGENCY, valid_from=None, valid_to=AT + 7 * DAY + 1), "x"),
        "emergency_too_long",
    ),
]


@pytest.mark.parametrize(("given", "reason"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_publication_that_breaks_a_rule_is_refused_with_its_clause(given: Publication, reason: str) -> None:
    with pytest.raises(PublicationRefused) as refused:
        check_publication(given, previous=OLD)
    assert (refused.value.reason, refused.value.clause) == (reason, "C2.2")


def test_a_first_rulebook_is_version_1_and_may_be_as_tight_as_it_likes_at_once() -> None:
    check_publication(publication(replace(TIGHTER, version=1, valid_from=None)), previous=None)
    with pytest.raises(PublicationRefused):
        check_publication(publication(TIGHTER), previous=None)


ALLOWED: list[tuple[str, Publication]] = [
    ("a loosening at once", publication(LOOSER)),
    ("a loosening far ahead", publication(replace(LOOSER, valid_from=AT + 100 * DAY))),
    ("no change at once", publication(replace(OLD, version=2))),
    ("a tightening at 48 h", publication(TIGHTER)),
    ("a tightening at 14 d", publication(replace(TIGHTER, valid_from=AT + 14 * DAY))),
    ("an emergency of 7 d at once", publication(EMERGENCY, "outbreak at the border")),
]


@pytest.mark.parametrize("given", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_a_publication_within_the_rules_is_accepted(given: Publication) -> None:
    check_publication(given, previous=OLD)


YELLOW = tuple((Colour.YELLOW, reason) for reason in COLOUR_REASONS)
EVERY = (*YELLOW, *((Colour.RED, reason) for reason in COLOUR_REASONS))
LONGER = replace(DEFAULT_ROWS[Colour.YELLOW], days=15)
NAMED = replace(HEAVY, reasons=(ColourReason.SYMPTOMS,))
AT_WILL = replace(DEFAULT_ROWS[Colour.YELLOW], ends=Ends.ISSUER_RELEASE)
OPEN = replace(DEFAULT_ROWS[Colour.YELLOW], kind=MeasureKind.MEDICAL_REFERRAL, days=None)

TIGHTENINGS: list[tuple[str, Rulebook, Rulebook, tuple[tuple[Colour, ColourReason], ...]]] = [
    ("nothing", OLD, OLD, ()),
    ("a heavier kind", replace(OLD, rows=(HEAVY,)), OLD, YELLOW),
    ("a lighter kind", replace(OLD, rows=(LIGHT,)), OLD, ()),
    ("a day more", replace(OLD, rows=(LONGER,)), OLD, YELLOW),
    ("a day less", OLD, replace(OLD, rows=(LONGER,)), ()),
    ("an open end", replace(OLD, rows=(OPEN,)), OLD, YELLOW),
    ("an end that another decides", replace(OLD, rows=(AT_WILL,)), OLD, YELLOW),
    ("an end that comes by itself", OLD, replace(OLD, rows=(AT_WILL,)), ()),
    ("one reason", replace(OLD, rows=(NAMED,)), OLD, ((Colour.YELLOW, ColourReason.SYMPTOMS),)),
    (
        "a second row, no heavier, is one demand more",
        replace(OLD, rows=(DEFAULT_ROWS[Colour.YELLOW], LIGHT)),
        OLD,
        YELLOW,
    ),
    ("a heavier row beside a lighter", replace(OLD, rows=(LIGHT, HEAVY)), OLD, YELLOW),
    (
        "lighter but longer",
        replace(OLD, rows=(replace(LIGHT, days=21),)),
        OLD,
        YELLOW,
    ),
    ("a shorter list age", replace(OLD, status_max_age=StatusMaxAge(device=24 * HOUR)), OLD, EVERY),
    ("a longer list age", replace(OLD, status_max_age=StatusMaxAge(paper=7 * DAY)), OLD, ()),
]


@pytest.mark.parametrize(
    ("new", "old", "expected"), [row[1:] for row in TIGHTENINGS], ids=[row[0] for row in TIGHTENINGS]
)
def test_a_tightening_is_told_for_each_colour_and_reason_it_meets(
    new: Rulebook, old: Rulebook, expected: tuple[tuple[Colour, ColourReason], ...]
) -> None:
    assert tightenings(new, old) == expected


def test_what_an_emergency_brought_in_cannot_stay_without_notice() -> None:
    stays = replace(EMERGENCY, version=3, valid_from=None, valid_to=None)

    with pytest.raises(PublicationRefused) as refused:
        check_publication(publication(stays), previous=EMERGENCY, standing=OLD)

    assert refused.value.reason == "too_late_notice"


def test_after_an_emergency_the_old_rules_come_back_at_once() -> None:
    check_publication(publication(replace(OLD, version=3)), previous=EMERGENCY, standing=OLD)


def test_an_emergency_a_year_ahead_is_none() -> None:
    later = AT + 365 * DAY
    book = replace(EMERGENCY, valid_from=later, valid_to=later + 7 * DAY)

    with pytest.raises(PublicationRefused) as refused:
        check_publication(publication(book, "outbreak next year"), previous=OLD)

    assert refused.value.reason == "too_early"
