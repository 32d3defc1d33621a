"""The ten steps (interface section 1): every row with its outcome, routes, clause and step, and the order.

Each row of `ROWS` is one crossing in which exactly one thing is wrong. Where a step has several rows,
`ORDERED` puts two wrongs into one crossing: the upper row answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity import Outcome, as_json
from comity.domain.colour import Colour
from comity.domain.instant import DAY
from comity.domain.region import RegionCode
from comity.trust.status import SUPERSEDED, SUSPENDED, VOID
from tests.builders import (
    AT,
    HOST,
    Crossing,
    key,
    recognition,
)
from tests.verify.rows import DEVICE, PAPER, SUSPENSION, YELLOW, Row, signed
from tests.verify.rows_authentic import AUTHENTIC_ROWS
from tests.verify.rows_decided import DECIDED_ROWS

ROWS = [*AUTHENTIC_ROWS, *DECIDED_ROWS]

ORDERED: list[tuple[str, Crossing, str]] = [
    (
        "V2: ahead of now before stale by its hub",
        replace(PAPER, bundle_at=AT + 61, hub_as_of=0),
        "clock_wrong",
    ),
    (
        "V5: class before phone",
        replace(signed(DEVICE, status=None), phone=key("thief"), shown_at=0),
        "class_violation",
    ),
    ("V5: phone before time", replace(DEVICE, phone=key("thief"), shown_at=0), "bad_presentation"),
    (
        "V6: unrecognised before suspended",
        replace(PAPER, recognitions=(replace(recognition(), published_at=AT + 1, suspension=SUSPENSION),)),
        "not_recognised",
    ),
    ("V8: missing before ended", replace(signed(YELLOW, until=AT), has_list=False), "status_missing"),
    ("V8: list ahead before void", replace(PAPER, list_at=AT + 61, status=VOID), "clock_wrong"),
    ("V8: list ahead before superseded", replace(PAPER, list_at=AT + 61, status=SUPERSEDED), "clock_wrong"),
    ("V8: void before ended", replace(signed(YELLOW, until=AT), status=VOID), "void"),
    (
        "V8: superseded before contradicted",
        replace(PAPER, status=SUPERSEDED, issuer_says=Colour.RED),
        "superseded",
    ),
    ("V8: stale before review", replace(PAPER, status=SUSPENDED, list_at=AT - 3 * DAY), "status_stale"),
    ("V8: stale before ended", replace(signed(YELLOW, until=AT), list_at=AT - 3 * DAY), "status_stale"),
    ("V8: review before ended", replace(signed(YELLOW, until=AT), status=SUSPENDED), "under_review"),
    (
        "V8: ended before contradicted",
        replace(signed(YELLOW, until=AT), issuer_says=Colour.RED),
        "colour_ended",
    ),
    ("V8 before V9", replace(YELLOW, issuer_says=Colour.RED, rulebooks=()), "contradicted"),
    ("V7 before V8", replace(signed(PAPER, expires_at=AT), status=VOID), "expired"),
    ("V6 before V7", replace(signed(PAPER, expires_at=AT), recognitions=()), "not_recognised"),
    ("V5 before V6", replace(DEVICE, shown_at=0, recognitions=()), "presentation_stale"),
    ("V4 before V5", replace(PAPER, spoils_signature=True, is_presented=True), "bad_signature"),
    ("V3 before V4", replace(PAPER, spoils_signature=True, signer=key("forger")), "unknown_key"),
    ("V2 before V3", replace(PAPER, bundle_at=AT - 8 * DAY, signer=key("forger")), "trust_stale"),
]

STEPS = [f"V{number}" for number in range(1, 11)]


@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_a_row_of_the_table_gives_its_outcome_routes_and_clause(row: Row) -> None:
    decision = row.given.decide()
    answer = as_json(decision)
    assert (decision.reason, decision.outcome, decision.clause) == (row.code, row.outcome, row.clause)
    assert answer["routes"] == list(row.routes)
    ran = [step for step in STEPS[: STEPS.index(row.step) + 1] if (row.code, step) != ("green", "V9")]
    is_final = row.step == "V10"
    assert answer["steps"] == [{"step": step, "ok": step != row.step or is_final} for step in ran]


@pytest.mark.parametrize(("given", "code"), [row[1:] for row in ORDERED], ids=[row[0] for row in ORDERED])
def test_of_two_wrongs_the_upper_row_answers(given: Crossing, code: str) -> None:
    assert given.decide().reason == code


def test_c2_1_recognition_is_directed_and_of_this_host() -> None:
    other = replace(recognition(), host=RegionCode(HOST), issuer=RegionCode("110000"))
    assert replace(PAPER, recognitions=(other,)).decide().reason == "not_recognised"


def test_the_issuers_own_word_may_come_as_a_plain_word() -> None:
    said: Any = "green"

    decision = replace(PAPER, issuer_says=said).decide()

    assert decision.outcome is Outcome.PASS
