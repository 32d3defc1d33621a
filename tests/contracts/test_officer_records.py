"""What officers do, on every kind of store: sign in, assign, correct, suspend; two at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.domain.colour import Colour
from comity.domain.instant import HOUR
from comity.errors import NotPossibleNow
from comity.issuance.assignments import AssignmentState, ManualAssignment, confirm_assignment
from comity.issuance.corrections import escalate_overdue
from comity.issuance.evidence import EvidenceRow
from comity.issuance.records import IssuedPass, PassState, Standing
from comity.issuance.side_doors import end_due_suspensions
from comity.officers.accounts import NewAccount, found_officers
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.ports import Store
from comity.storage.database_url import open_store
from comity.storage.memory import MemoryStore
from tests.region import PUBLIC_URL, RegionNode
from tests.server.authenticator import Authenticator
from tests.server.desks import Desks


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = (
        MemoryStore()
        if request.param == "memory"
        else open_store(request.getfixturevalue(f"{request.param}_url"))
    )
    yield opened
    opened.close()


@pytest.fixture
def region(store: Store, tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path, store=store)


@pytest.fixture
def desks(region: RegionNode) -> Iterator[Desks]:
    with TestClient(region.app()) as client:
        yield Desks(region, client)


def test_an_officer_enrols_and_signs_in(region: RegionNode) -> None:
    first = NewAccount(display_name="Supervision", roles=[Role.SUPERVISOR], division="150000")
    with region.issuer.store.transaction() as transaction:
        ((_, code),) = found_officers(transaction, region.issuer, [first], at=region.at)
    passkey = Authenticator(PUBLIC_URL)
    with TestClient(region.app()) as client:
        asked = client.post("/officers/enrolment/options", json={"code": code}).json()
        credential = passkey.register(asked["options"])
        enrolment = {"code": code, "challenge_id": asked["challenge_id"], "credential": credential}
        enrolled = client.post("/officers/enrolment", json=enrolment)
        asked = client.post("/officers/sign-in/options").json()
        answer = {"challenge_id": asked["challenge_id"], "credential": passkey.sign_in(asked["options"])}
        signed_in = client.post("/officers/sign-in", json=answer)

    assert (enrolled.status_code, signed_in.status_code) == (201, 200)
    assert len(enrolled.json()["recovery_codes"]) == 10


def test_a_colour_is_assigned_disputed_and_taken_back(region: RegionNode, desks: Desks) -> None:
    holder = region.person()
    issued = region.paper_pass(holder)
    suspended = desks.post(
        desks.proposer,
        "/pass-suspensions",
        {"pass_id": issued.pass_id, "reason": "suspected_theft", "hours": 2},
    )
    region.at += 2 * HOUR
    ended = end_due_suspensions(region.issuer, at=region.at)
    restored = region.find(IssuedPass, issued.pass_id).state
    confirmed = desks.confirm(desks.propose())
    yellow = region.find(Standing, holder).colour
    opened = desks.post(holder, "/corrections", {"kind": "colour", "statement": "Not I."})
    region.at += 24 * HOUR
    escalated = [escalate_overdue(region.issuer, at=region.at) for _ in range(2)]
    ruling = {
        "decision": "evidence_annulled",
        "reasons": "Another person of this name.",
        "evidence": [f"assignment-{confirmed.json()['assignment_id']}"],
    }
    path = f"/corrections/{opened.json()['correction_id']}"
    decided = desks.post(desks.supervisor, f"{path}/decision", ruling)
    seen = desks.get(holder, path).json()

    assert (suspended.status_code, ended, restored) == (201, 1, PassState.CURRENT)
    assert (yellow, escalated) == (Colour.YELLOW, [1, 0])
    assert decided.status_code == 200, decided.text
    assert region.find(Standing, holder).colour is Colour.GREEN
    assert [event["step"] for event in seen["events"]] == ["opened", "escalated", "decided"]
    assert seen["events"][0]["said"] == {"statement": "Not I."}
    with region.issuer.store.reading() as transaction:
        assert verify_audit(transaction, batch=5).faults == ()


def test_two_officers_who_confirm_at_once_make_one_piece_of_evidence(
    region: RegionNode, desks: Desks
) -> None:
    holder = region.person()
    assignment_id = desks.propose().json()["assignment_id"]

    def confirm(officer: Officer) -> bool:
        try:
            confirm_assignment(region.issuer, officer, assignment_id, at=region.at)
        except NotPossibleNow:
            return False
        return True

    with ThreadPoolExecutor(2) as officers:
        done = list(officers.map(confirm, [desks.second, desks.third]))

    assert sorted(done) == [False, True]
    assert region.find(ManualAssignment, assignment_id).state is AssignmentState.IN_EFFECT
    with region.issuer.store.reading() as transaction:
        assert [row.holder for row in transaction.of(EvidenceRow).select()] == [holder]
        assert verify_audit(transaction).faults == ()
