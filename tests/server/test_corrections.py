"""Corrections over HTTP: a clock that never closes, officers who did not set the colour, reasons, relief."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.colour import Colour
from comity.domain.instant import DAY, HOUR
from comity.issuance.corrections import CorrectionEvent, escalate_overdue, relief_of
from comity.issuance.duties import DUTIES
from comity.issuance.evidence import EvidenceRow
from comity.issuance.people import open_person
from comity.issuance.records import HolderKey, IssuedPass, PassState, Person, Standing
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from comity.trust.interim_note import read_interim_note
from tests.region import RegionNode
from tests.server.desks import Desks

SAID = "That was my cousin, not I."
REASONS = "The list named another person of this name."


@pytest.fixture
def region(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path)


@pytest.fixture
def desks(region: RegionNode) -> Iterator[Desks]:
    with TestClient(region.app()) as client:
        yield Desks(region, client)


@pytest.fixture
def holder(region: RegionNode) -> HolderKey:
    return region.person()


def ask(desks: Desks, asker: HolderKey, **changed: Any) -> Any:
    return desks.post(asker, "/corrections", {"kind": "colour", "statement": SAID} | changed)


def decide(desks: Desks, opened: Any, by: Any, decision: str = "upheld", **changed: Any) -> Any:
    body = {"decision": decision, "reasons": REASONS} | changed
    return desks.post(by, f"/corrections/{opened.json()['correction_id']}/decision", body)


def assigned(desks: Desks) -> str:
    """Make the first person yellow and give the reference of the evidence."""
    confirmed = desks.confirm(desks.propose())
    return f"assignment-{confirmed.json()['assignment_id']}"


def test_a_disputed_colour_turns_green_when_its_evidence_is_annulled(
    region: RegionNode, desks: Desks, holder: HolderKey
) -> None:
    ref = assigned(desks)
    opened = ask(desks, holder)

    case = desks.get(desks.third, f"/corrections/{opened.json()['correction_id']}/case").json()
    decided = decide(desks, opened, desks.third, "evidence_annulled", evidence=[ref])

    assert [row["ref"] for row in case["evidence"]] == [ref]
    assert (decided.json()["state"], decided.json()["seconds_left"]) == ("decided", 0)
    assert region.find(Standing, holder).colour is Colour.GREEN
    assert region.find(EvidenceRow, ref).withdrawn_at == region.at
    seen = desks.get(holder, f"/corrections/{opened.json()['correction_id']}").json()
    assert [event["step"] for event in seen["events"]] == ["opened", "decided"]
    assert seen["events"][0]["said"] == {"statement": SAID}
    assert seen["events"][1]["said"] == {"reasons": REASONS}
    assert {"message.correction_opened", "message.correction_evidence_annulled"} <= set(region.told(holder))
    with region.issuer.store.reading() as transaction:
        acts = [row.act for row in transaction.of(AuditRow).select()]
        assert verify_audit(transaction).faults == ()
    assert {"correction.opened", "evidence.annulled", "correction.decided"} <= set(acts)


def test_an_officer_who_set_the_colour_does_not_decide_about_it(desks: Desks, holder: HolderKey) -> None:
    assigned(desks)
    opened = ask(desks, holder)

    refused = [decide(desks, opened, officer).status_code for officer in (desks.proposer, desks.second)]

    assert refused == [403, 403]
    assert decide(desks, opened, desks.third).status_code == 200


def test_the_clock_is_shown_and_hands_over_to_the_supervisor_without_closing(
    region: RegionNode, desks: Desks, holder: HolderKey
) -> None:
    opened = ask(desks, holder)
    path = f"/corrections/{opened.json()['correction_id']}"
    assert opened.json()["seconds_left"] == 24 * HOUR

    region.at += 24 * HOUR - 1
    last_second = desks.get(holder, path).json()
    region.at += 1
    overdue = desks.get(holder, path).json()
    late_officer = decide(desks, opened, desks.third)
    written = [escalate_overdue(region.issuer, at=region.at) for _ in range(2)]
    region.at += 100 * DAY
    much_later = desks.get(holder, path).json()

    assert (last_second["state"], last_second["seconds_left"]) == ("open", 1)
    assert (overdue["state"], overdue["seconds_left"]) == ("escalated", 0)
    assert late_officer.status_code == 403
    assert written == [1, 0]
    assert much_later["state"] == "escalated"
    assert [event["step"] for event in much_later["events"]] == ["opened", "escalated"]
    assert "message.correction_escalated" in region.told(holder)
    assert decide(desks, opened, desks.supervisor).json()["state"] == "decided"


def test_the_escalation_is_a_duty_of_the_region() -> None:
    assert {"corrections", "suspensions"} <= {duty.name for duty in DUTIES}


def test_what_was_said_is_sealed(region: RegionNode, desks: Desks, holder: HolderKey) -> None:
    ask(desks, holder)

    with region.issuer.store.reading() as transaction:
        (event,) = transaction.of(CorrectionEvent).select()
    assert event.sealed is not None
    assert SAID.encode() not in event.sealed
    assert SAID not in event.detail


def test_nobody_else_sees_a_correction(region: RegionNode, desks: Desks, holder: HolderKey) -> None:
    path = f"/corrections/{ask(desks, holder).json()['correction_id']}"
    stranger = region.person(2)
    elsewhere = region.officer(Role.SUPERVISOR, division="150200")

    assert desks.get(stranger, path).status_code == 404
    assert desks.get(stranger, "/corrections").json() == []
    assert desks.get(elsewhere, f"{path}/case").status_code == 403
    assert desks.get(elsewhere, "/corrections/queue").json() == []
    assert ask(desks, stranger, holder=holder).status_code == 404


@pytest.mark.parametrize(
    ("flaw", "field"),
    [
        ({"statement": " "}, "statement"),
        ({"kind": "identity"}, "identity_field"),
        ({"identity_field": "name"}, "identity_field"),
        ({"kind": "identity", "identity_field": "name"}, "name"),
        ({"kind": "identity", "identity_field": "division", "proposed": "000000"}, "division"),
        ({"kind": "foreign_colour"}, "issuer"),
        ({"kind": "foreign_colour", "issuer": "150000"}, "issuer"),
        ({"issuer": "440000"}, "issuer"),
    ],
)
def test_a_dispute_says_what_its_kind_needs_and_no_more(
    desks: Desks, holder: HolderKey, flaw: dict[str, Any], field: str
) -> None:
    refused = ask(desks, holder, **flaw)

    assert refused.status_code == 422
    assert refused.json()["field"] == field


def test_one_correction_of_a_kind_is_open_at_a_time(desks: Desks, holder: HolderKey) -> None:
    opened = ask(desks, holder)
    second = ask(desks, holder)
    decide(desks, opened, desks.third)

    assert second.status_code == 409
    assert ask(desks, holder).status_code == 201
    assert decide(desks, opened, desks.third).status_code == 409


@pytest.mark.parametrize(
    ("decision", "evidence"),
    [
        ("evidence_annulled", []),
        ("evidence_annulled", ["assignment-of-somebody-else"]),
        ("upheld", ["assignment-of-somebody-else"]),
        ("identity_corrected", []),
        ("referred_to_issuer", []),
    ],
)
def test_a_decision_fits_the_kind_and_names_evidence_that_counts(
    desks: Desks, holder: HolderKey, decision: str, evidence: list[str]
) -> None:
    opened = ask(desks, holder)

    refused = decide(desks, opened, desks.third, decision, evidence=evidence)

    assert refused.status_code == 422


def test_rule_18_a_corrected_name_supersedes_the_passes_that_show_the_old_one(
    region: RegionNode, desks: Desks, holder: HolderKey
) -> None:
    issued = region.paper_pass(holder)
    opened = ask(desks, holder, kind="identity", identity_field="name", proposed="李娜")

    decided = decide(desks, opened, desks.third, "identity_corrected")

    assert decided.status_code == 200
    assert open_person(region.issuer, region.find(Person, holder)).name == "李娜"
    after = region.find(IssuedPass, issued.pass_id)
    assert (after.state, after.state_reason) == (PassState.SUPERSEDED, "identity")


def test_a_wrong_document_ends_the_passes_and_rewrites_no_number(
    region: RegionNode, desks: Desks, holder: HolderKey
) -> None:
    issued = region.paper_pass(holder)
    before = region.find(Person, holder)
    opened = ask(desks, holder, kind="identity", identity_field="document")

    decide(desks, opened, desks.third, "identity_corrected")

    assert region.find(IssuedPass, issued.pass_id).state is PassState.SUPERSEDED
    assert region.find(Person, holder) == before


def test_a_corrected_division_leaves_the_passes_alone(
    region: RegionNode, desks: Desks, holder: HolderKey
) -> None:
    issued = region.paper_pass(holder)
    opened = ask(desks, holder, kind="identity", identity_field="division", proposed="150202")

    decide(desks, opened, desks.third, "identity_corrected")

    assert region.find(Person, holder).division == "150202"
    assert region.find(IssuedPass, issued.pass_id).state is PassState.CURRENT


def test_rule_11_a_foreign_colour_goes_to_its_issuer_with_a_clock_and_interim_passage(
    region: RegionNode, desks: Desks, holder: HolderKey
) -> None:
    opened = ask(desks, holder, kind="foreign_colour", issuer="440000")
    path = f"/corrections/{opened.json()['correction_id']}"
    region.at += HOUR

    relieved = desks.post(desks.third, f"{path}/relief", {"hours": 24}).json()
    referred = decide(desks, opened, desks.third, "referred_to_issuer").json()

    assert relieved["relief"]["text"]["zh"]
    keys = region.issuer.keys.key_list
    note = read_interim_note(relieved["relief"]["note"], keys, at=region.at, is_test=True)
    assert (note.case, note.expires_at) == (opened.json()["correction_id"], region.at + 24 * HOUR)
    assert (referred["state"], referred["seconds_left"]) == ("referred", 24 * HOUR)
    with region.issuer.store.reading() as transaction:
        assert relief_of(transaction, holder, at=region.at) is not None
        assert relief_of(transaction, holder, at=region.at + 24 * HOUR) is None
    region.at += 24 * HOUR
    assert escalate_overdue(region.issuer, at=region.at) == 1
    assert desks.get(holder, path).json()["relief"] is None
    assert decide(desks, opened, desks.supervisor).json()["state"] == "decided"
    assert [event["step"] for event in desks.get(holder, path).json()["events"]] == [
        "opened",
        "relief_granted",
        "referred",
        "escalated",
        "decided",
    ]


def test_rule_11_interim_passage_is_for_another_regions_colour_and_at_most_a_day(
    desks: Desks, holder: HolderKey
) -> None:
    own = f"/corrections/{ask(desks, holder).json()['correction_id']}/relief"

    assert desks.post(desks.third, own, {"hours": 24}).status_code == 409
    assert desks.post(desks.third, own, {"hours": 25}).status_code == 422


def test_evidence_that_was_annulled_still_stands_on_record(
    region: RegionNode, desks: Desks, holder: HolderKey
) -> None:
    ref = assigned(desks)
    decide(desks, ask(desks, holder), desks.third, "evidence_annulled", evidence=[ref])

    with region.issuer.store.reading() as transaction:
        assert len(transaction.of(EvidenceRow).select(equal("holder", holder))) == 1
