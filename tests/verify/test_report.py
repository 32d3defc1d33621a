"""The Decision in JSON (interface section 3): which field is null until which step, ages, measures, texts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from comity import VerifierBundle, as_json, open_bundle, verify, verify_block
from comity.codec.qrtext import write_text
from comity.domain.claims import StatusReference
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.decision import RULINGS, Outcome, ReasonCode
from comity.domain.instant import DAY, HOUR, rfc3339
from comity.domain.rulebook import DEFAULT_ROWS, Ends, MeasureKind, MeasureRow, StatusMaxAge
from comity.domain.texts import Text
from comity.trust.status import SUSPENDED, VOID
from comity.verify.report import Json
from tests.builders import (
    AT,
    HOME,
    HOST,
    HUBEI,
    ISSUED_AT,
    Crossing,
    altered,
    bundle_parts,
    claims,
    crossing,
    key,
    moment,
    referral,
    rulebook,
    sign_pass,
    signed_bundle,
)
from tests.verify.rows import Row, signed
from tests.verify.rows_authentic import AUTHENTIC_ROWS
from tests.verify.rows_decided import DECIDED_ROWS

KEYS = [
    "outcome",
    "host",
    "issuer",
    "class",
    "holder",
    "colour",
    "compare_id",
    "authority",
    "measures",
    "routes",
    "reasons",
    "steps",
    "freshness",
    "test",
    "decided_at",
]
PAPER = crossing()
DEVICE = crossing(PassClass.DEVICE)
YELLOW = crossing(PassClass.PAPER, Colour.YELLOW)
RED = crossing(PassClass.DEVICE, Colour.RED)
ROWS = [*AUTHENTIC_ROWS, *DECIDED_ROWS]
UNREADABLE = ["", "\n", "https://example.org", "HC1:6BF", "CM1:", "CM1:BB8", "\ud800", "x" * 5_000]


def unreadable(text: str) -> dict[str, Json]:
    """The answer to a text that is no pass."""
    return as_json(verify(text, PAPER.bundle(), at=moment(AT)))


@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
def test_v1_anything_unreadable_is_rejected_with_the_manual_path(text: str) -> None:
    answer = unreadable(text)
    assert answer["outcome"] == "REJECT"
    assert answer["routes"] == ["manual"]
    assert answer["steps"] == [{"step": "V1", "ok": False}]
    assert (answer["issuer"], answer["holder"], answer["freshness"]) == (
        None,
        None,
        {"trust": "fresh", "status": None},
    )
    reasons = answer["reasons"]
    assert isinstance(reasons, list)
    assert isinstance(reasons[0], dict)
    assert (reasons[0]["code"], reasons[0]["clause"], reasons[0]["source"]) == ("unreadable", "C2.2", None)


def test_v1_comes_before_v2() -> None:
    old = replace(PAPER, bundle_at=AT - 30 * DAY).bundle()
    answer = as_json(verify("x", old, at=moment(AT)))
    assert answer["steps"] == [{"step": "V1", "ok": False}]
    assert answer["freshness"] == {"trust": "stale", "status": None}


def test_v1_a_test_pass_is_unreadable_with_a_real_bundle_and_the_reverse() -> None:
    for is_test in (True, False):
        gate = replace(PAPER).bundle() if is_test else real_bundle()
        text = write_text(sign_pass(claims(), is_test=not is_test))
        assert verify(text, gate, at=moment(AT)).reason == "unreadable"


def real_bundle() -> VerifierBundle:
    """The bundle of a real federation."""
    return open_bundle(signed_bundle(bundle_parts(is_test=False)))


def test_the_answer_says_whether_it_is_of_a_test_federation() -> None:
    assert as_json(PAPER.decide())["test"] is True
    assert as_json(verify("x", real_bundle(), at=moment(AT)))["test"] is False


@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_a_value_whose_step_failed_stays_null(row: Row) -> None:
    answer, given = as_json(row.given.decide()), row.given.claims
    failed = 99 if row.step == "V10" else int(row.step[1:])
    assert list(answer) == KEYS
    assert answer["issuer"] == (given.issuer if failed > 4 else None)
    assert answer["class"] == (given.pass_class if failed > 4 else None)
    assert answer["compare_id"] is (failed > 4 and given.pass_class is PassClass.PAPER)
    assert answer["holder"] == ({"name": "张*", "id_last4": "0007"} if failed > 5 else None)
    assert answer["colour"] == (given.colour if failed > 8 else None)
    assert bool(answer["measures"]) is (row.outcome == "CONTROL")
    assert (answer["authority"] is not None) is (row.outcome == "REFER")
    assert bool(answer["routes"]) is (row.outcome != "PASS")
    freshness = answer["freshness"]
    assert isinstance(freshness, dict)
    assert (freshness["status"] is None) is (failed < 8)
    assert (answer["host"], answer["decided_at"]) == (HOST, "2020-03-20T12:00:00+08:00")
    assert json.loads(json.dumps(answer, ensure_ascii=False)) == answer


def test_the_clock_and_the_missing_and_the_unread_have_rows_for_every_code() -> None:
    assert {row.code for row in ROWS} | {"unreadable"} == set(ReasonCode)
    assert set(RULINGS) == set(ReasonCode)
    assert {row.outcome for row in ROWS} == set(Outcome)


@pytest.mark.parametrize("pass_class", list(PassClass))
def test_the_id_is_compared_for_a_guardian_held_pass_of_any_class(pass_class: PassClass) -> None:
    given = crossing(pass_class)
    held = signed(given, is_guardian_held=True).decide()
    assert as_json(held)["compare_id"] is True
    assert held.outcome == "PASS"
    assert as_json(given.decide())["compare_id"] is (pass_class is PassClass.PAPER)


FRESHNESS: list[tuple[str, Crossing, str, str | None]] = [
    ("fresh at 24 h", replace(PAPER, bundle_at=AT - DAY), "fresh", "fresh"),
    ("warn at 24 h and a second", replace(PAPER, bundle_at=AT - DAY - 1), "warn", "fresh"),
    ("warn by its hub alone", replace(PAPER, hub_as_of=AT - DAY - 1), "warn", "fresh"),
    ("warn at 7 d", replace(PAPER, bundle_at=AT - 7 * DAY), "warn", "fresh"),
    ("stale at 7 d and a second", replace(PAPER, bundle_at=AT - 7 * DAY - 1), "stale", None),
    ("a bundle from the future is fresh", replace(PAPER, bundle_at=AT + DAY), "fresh", None),
    ("a hub from the future", replace(PAPER, hub_as_of=AT + DAY), "fresh", "fresh"),
    ("a list of 48 h", replace(PAPER, list_at=AT - 48 * HOUR), "fresh", "fresh"),
    ("a list above 48 h", replace(PAPER, list_at=AT - 48 * HOUR - 1), "fresh", "stale"),
    ("a stale list that says void", replace(PAPER, list_at=AT - 3 * DAY, status=VOID), "fresh", "stale"),
    ("a list from the future", replace(PAPER, list_at=AT + DAY), "fresh", "fresh"),
    ("no list", replace(PAPER, has_list=False), "fresh", "missing"),
    (
        "an index outside",
        signed(PAPER, status=StatusReference(uri="cm:440000/1", index=999)),
        "fresh",
        "missing",
    ),
    ("online", crossing(PassClass.ONLINE), "fresh", "not_needed"),
    (
        "online contradicted",
        replace(crossing(PassClass.ONLINE), issuer_says=Colour.RED),
        "fresh",
        "not_needed",
    ),
    ("before V8", replace(PAPER, recognitions=()), "fresh", None),
]


@pytest.mark.parametrize(
    ("given", "trust", "status"), [row[1:] for row in FRESHNESS], ids=[row[0] for row in FRESHNESS]
)
def test_the_ages_behind_an_answer_are_told(given: Crossing, trust: str, status: str | None) -> None:
    assert as_json(given.decide())["freshness"] == {"trust": trust, "status": status}


AGE_LIMITS = [
    (PassClass.DEVICE, StatusMaxAge(device=24 * HOUR), 24 * HOUR),
    (PassClass.DEVICE, StatusMaxAge(paper=24 * HOUR), 48 * HOUR),
    (PassClass.PAPER, StatusMaxAge(paper=7 * DAY), 7 * DAY),
    (PassClass.PAPER, StatusMaxAge(device=7 * DAY), 48 * HOUR),
]


@pytest.mark.parametrize(("pass_class", "ages", "limit"), AGE_LIMITS)
def test_c2_2_the_hosts_rulebook_sets_the_age_limit_of_lists(
    pass_class: PassClass, ages: StatusMaxAge, limit: int
) -> None:
    given = replace(crossing(pass_class), rulebooks=(replace(rulebook(), status_max_age=ages),))
    assert replace(given, list_at=AT - limit).decide().reason == "green"
    assert replace(given, list_at=AT - limit - 1).decide().reason == "status_stale"


def test_c2_2_a_rulebook_not_in_force_sets_no_limit() -> None:
    ages = StatusMaxAge(paper=24 * HOUR)
    later = replace(rulebook(), valid_from=AT + 1, status_max_age=ages)
    assert replace(PAPER, rulebooks=(later,), list_at=AT - 48 * HOUR).decide().reason == "green"


SOURCES: list[tuple[str, Crossing, dict[str, Json] | None]] = [
    ("measures", YELLOW, {"kind": "rulebook", "issuer": HOST, "version": 7}),
    (
        "a referral",
        replace(PAPER, claims=claims(issuer=HUBEI), referrals=(referral(),)),
        {"kind": "referral", "issuer": HOST, "version": 4},
    ),
    ("green", PAPER, None),
    ("no statement", replace(PAPER, recognitions=()), None),
    ("a status", replace(PAPER, status=SUSPENDED), None),
]


@pytest.mark.parametrize(("given", "source"), [row[1:] for row in SOURCES], ids=[row[0] for row in SOURCES])
def test_an_answer_names_the_statement_it_rests_on(given: Crossing, source: dict[str, Json] | None) -> None:
    reasons = as_json(given.decide())["reasons"]
    assert isinstance(reasons, list)
    assert isinstance(reasons[0], dict)
    assert reasons[0]["source"] == source


def test_c3_3_a_referral_names_the_authority_in_both_languages() -> None:
    answer = as_json(replace(PAPER, claims=claims(issuer=HUBEI), referrals=(referral(),)).decide())
    assert answer["authority"] == "Joint Mechanism, 12345"
    assert json.dumps(answer["reasons"]).count("Joint Mechanism, 12345") == 2


def measures(given: Crossing) -> list[tuple[str, int | None, str]]:
    """Kind, days and end of each measure."""
    return [(m.kind, m.days, rfc3339(m.ends_at)) for m in given.decide().measures]


def test_c2_2_measure_days_count_from_the_basis_and_end_with_until_at_the_latest() -> None:
    basis = AT - 3 * DAY
    for until, end in ((basis + 20 * DAY, basis + 14 * DAY), (basis + 5 * DAY, basis + 5 * DAY)):
        assert measures(signed(YELLOW, basis=basis, until=until)) == [
            ("home_observation", 14, rfc3339(end)),
        ]


def test_c2_2_a_measure_never_ends_before_the_answer() -> None:
    assert measures(signed(RED, basis=AT - 20 * DAY, until=AT + DAY)) == [
        ("central_isolation", 14, rfc3339(AT))
    ]


HOSPITAL = MeasureRow(
    colour=Colour.RED,
    reasons=(ColourReason.SYMPTOMS, ColourReason.CLOSE_CONTACT),
    kind=MeasureKind.MEDICAL_REFERRAL,
    days=None,
    responsible=DEFAULT_ROWS[Colour.RED].responsible,
    ends=Ends.MEDICAL_CLEARANCE,
    appeal=DEFAULT_ROWS[Colour.RED].appeal,
)
NO_ENTRY = replace(
    HOSPITAL, kind=MeasureKind.NO_ENTRY, days=1, onward=Text(zh="列车K1", en="train K1, station command")
)


def test_c2_2_rows_that_name_the_reason_replace_the_general_one_and_stay_in_order() -> None:
    given = replace(
        RED, rulebooks=(replace(rulebook(), rows=(NO_ENTRY, DEFAULT_ROWS[Colour.RED], HOSPITAL)),)
    )
    until = ISSUED_AT + 14 * DAY
    assert measures(given) == [
        ("no_entry", 1, rfc3339(AT)),
        ("medical_referral", None, rfc3339(until)),
    ]
    texts = json.dumps(as_json(given.decide())["measures"], ensure_ascii=False)
    assert "列车K1" in texts
    assert "train K1, station command" in texts
    assert "{" not in texts.replace('{"', "")


def test_c2_2_the_same_pass_meets_the_measures_of_each_hosts_own_rules() -> None:
    light = replace(DEFAULT_ROWS[Colour.YELLOW], kind=MeasureKind.HEALTH_MONITORING, days=3)
    other = replace(YELLOW, rulebooks=(replace(rulebook(), rows=(light,)),))
    assert [kind for kind, *_ in measures(YELLOW)] == ["home_observation"]
    assert [kind for kind, *_ in measures(other)] == ["health_monitoring"]


def test_c2_2_the_newest_rulebook_in_force_decides() -> None:
    light = replace(DEFAULT_ROWS[Colour.YELLOW], kind=MeasureKind.HEALTH_MONITORING)
    newer = replace(rulebook(), version=8, rows=(light,), valid_from=AT)
    for books in ((rulebook(), newer), (newer, rulebook())):
        assert [kind for kind, *_ in measures(replace(YELLOW, rulebooks=books))] == ["health_monitoring"]
    later = replace(newer, valid_from=AT + 1)
    given = replace(YELLOW, rulebooks=(rulebook(), later))
    assert [kind for kind, *_ in measures(given)] == ["home_observation"]


@pytest.mark.parametrize("colour", list(Colour))
def test_c2_5_the_answer_depends_on_no_name_or_id_digits(colour: Colour) -> None:
    given = crossing(PassClass.DEVICE, colour)
    other = signed(given, masked_name="乌***", id_last4="420X")
    first, second = as_json(given.decide()), as_json(other.decide())
    assert first.pop("holder") != second.pop("holder")
    assert first == second


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("pass_class", list(PassClass))
def test_c3_1_a_recognised_pass_gets_the_same_answer_as_a_local_one(
    pass_class: PassClass, colour: Colour
) -> None:
    foreign = as_json(crossing(pass_class, colour).decide())
    local = as_json(Crossing(claims=claims(pass_class, colour, issuer=HOST)).decide())
    assert (foreign.pop("issuer"), local.pop("issuer")) == (HOME, HOST)
    assert foreign == local


def test_a_block_is_answered_as_each_text_alone_and_in_order() -> None:
    bundle = PAPER.bundle()
    lists = PAPER.lists(bundle)
    texts = [PAPER.text(), "x", DEVICE.text(), replace(PAPER, signer=key("forger")).text(), YELLOW.text()]
    block = verify_block(texts, bundle, at=moment(AT), lists=lists)
    assert block == [verify(text, bundle, at=moment(AT), lists=lists) for text in texts]
    assert [each.reason for each in block] == [
        "green",
        "unreadable",
        "green",
        "unknown_key",
        "measures_apply",
    ]
    assert verify_block([], bundle, at=moment(AT)) == []


@pytest.mark.parametrize("given", [moment(AT).replace(tzinfo=None), moment(0).replace(year=1969)])
def test_a_time_without_offset_or_before_1970_is_misuse(given: datetime) -> None:
    with pytest.raises(ValueError, match="time"):
        verify("x", PAPER.bundle(), at=given)


def test_altered_claims_without_a_new_signature_are_a_bad_signature() -> None:
    good, better = PAPER.pass_bytes(), sign_pass(altered(claims(), expires_at=AT + 20 * DAY))
    spliced = write_text(better[:-64] + good[-64:])
    assert verify(spliced, PAPER.bundle(), at=moment(AT)).reason == "bad_signature"
