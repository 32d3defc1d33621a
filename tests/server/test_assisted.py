"""Applications made with a clerk: the same rules as for everybody, and the clerk in the audit (rule 14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.colour import Colour
from comity.domain.instant import DAY, rfc3339
from comity.issuance.pass_life import claims_in
from comity.issuance.people import open_person
from comity.issuance.records import HolderKey, IssuedPass, PassState, Person
from comity.officers.permissions import Role
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from tests.builders import AT
from tests.people import name, resident_number
from tests.region import RegionNode, headers

COUNTY = "150102"


class Desk:
    """A clerk of one county and the people who come."""

    def __init__(self, folder: Path) -> None:
        self.region = RegionNode(folder)
        self.clerk = self.region.officer(Role.APPLICANT_CLERK, division=COUNTY)
        self.client = TestClient(self.region.app())

    def apply(self, order: int = 1, **changed: Any) -> Any:
        body = {
            "kind": "resident_id",
            "number": resident_number(order),
            "name": name(order),
            "division": COUNTY,
            "health": {"symptoms": []},
            "consent_version": 1,
            "request_id": "r1",
        }
        own = headers(self.region.token(self.clerk))
        return self.client.post("/assisted-applications", json=body | changed, headers=own)

    def prove(self, holder: HolderKey) -> None:
        """Let somebody have signed in alone once."""
        with self.region.issuer.store.transaction() as transaction:
            person = self.region.find(Person, holder)
            transaction.of(Person).replace(replace(person, proved_at=AT))

    def declare(self, guardian: HolderKey, called: str) -> Any:
        """Let somebody say to be the guardian of the first person."""
        asked = {"kind": "resident_id", "number": resident_number(1), "name": called, "division": COUNTY}
        own = headers(self.region.token(guardian))
        body = asked | {"relation": "child", "consent_version": 2}
        return self.client.post("/dependants", json=body, headers=own)

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=headers(self.region.token(self.clerk)))

    def issued(self, answer: Any) -> IssuedPass:
        return self.region.find(IssuedPass, answer.json()["pass_id"])

    def acts(self, act: str) -> list[AuditRow]:
        with self.region.issuer.store.reading() as transaction:
            return transaction.of(AuditRow).select(equal("act", act))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    with made.client:
        yield made


def test_rule_14_somebody_without_a_phone_leaves_with_a_sheet(desk: Desk) -> None:
    answer = desk.apply()
    sheet = desk.get(f"/assisted-applications/{answer.json()['pass_id']}/paper.pdf")

    assert answer.status_code == 201
    assert set(answer.json()) == {"pass_id", "issued_at", "expires_at", "awaited_until"}
    assert sheet.content.startswith(b"%PDF")
    issued = desk.issued(answer)
    assert claims_in(issued).colour is Colour.GREEN
    assert open_person(desk.region.issuer, desk.region.find(Person, issued.holder)).name == name(1)
    (act,) = desk.acts("assisted.application")
    assert (act.actor, act.subject) == (f"officer:{desk.clerk.officer_id}", issued.holder)
    assert [row.actor for row in desk.acts("declaration.made")] == [act.actor]


def test_what_is_declared_at_the_desk_is_assessed_as_anywhere(desk: Desk) -> None:
    began = rfc3339(AT - DAY)

    answer = desk.apply(health={"symptoms": ["fever"], "symptoms_began_at": began})

    assert claims_in(desk.issued(answer)).colour is Colour.YELLOW
    assert desk.apply(2, colour="green").status_code == 422


def test_the_same_request_gets_the_same_pass_and_declares_nothing_twice(desk: Desk) -> None:
    first, again = desk.apply(), desk.apply()

    assert first.json() == again.json()
    assert len(desk.acts("declaration.made")) == len(desk.acts("assisted.application")) == 1


def test_c2_4_it_is_renewed_from_day_10_like_every_pass(desk: Desk) -> None:
    desk.apply()

    early = desk.apply(request_id="r2")
    desk.region.at += 10 * DAY
    late = desk.apply(request_id="r3")

    assert (early.status_code, late.status_code) == (409, 201)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({"division": "150202"}, 403, id="another county"),
        pytest.param({"division": "440103"}, 403, id="another region"),
        pytest.param({"name": "Somebody Else"}, 422, id="another name than the one on record"),
        pytest.param({"consent_version": 2}, 422, id="another text than the present one"),
        pytest.param({"health": {"symptoms": [], "holder": "0" * 32}}, 422, id="somebody else's declaration"),
        pytest.param({"number": "150102198206170000"}, 422, id="no such number"),
    ],
)
def test_what_may_not_be_entered_is_refused(desk: Desk, changed: dict[str, Any], status: int) -> None:
    desk.prove(desk.region.person(1, division=COUNTY))

    assert desk.apply(**changed).status_code == status
    assert not desk.acts("pass_issued")


def test_who_is_known_elsewhere_is_not_found(desk: Desk) -> None:
    holder = desk.region.person(1, division="150202")
    pass_id = desk.region.paper_pass(holder).pass_id

    assert desk.apply().status_code == 404
    assert desk.get(f"/assisted-applications/{pass_id}/paper.pdf").status_code == 404


def test_the_text_to_be_read_out_is_given_in_both_languages(desk: Desk) -> None:
    told = desk.get("/assisted-applications/consent").json()

    assert told["version"] == 1
    assert told["text"]["zh"]
    assert told["text"]["en"]


def test_rule_14_who_stood_before_a_clerk_is_nobodys_dependant_until_a_clerk_allows_it(desk: Desk) -> None:
    """Else name and number of an elder with a paper pass would be enough to see the colour."""
    issued = desk.issued(desk.apply())
    stranger, clerk = desk.region.person(2, division=COUNTY), headers(desk.region.token(desk.clerk))
    elder = {"kind": "resident_id", "number": resident_number(1)}

    refused = desk.declare(stranger, name(1))
    desk.client.post("/guardian-permissions", json=elder, headers=clerk)
    granted = desk.declare(stranger, name(1))

    assert desk.region.find(Person, issued.holder).proved_at is None
    assert (refused.status_code, granted.status_code) == (409, 201)
    assert "clerk" in refused.json()["next_step"]


def test_rule_14_a_guardian_whom_the_person_at_the_desk_does_not_want_is_ended_there(desk: Desk) -> None:
    """An elder without a phone cannot sign in to put an end to it."""
    stranger = desk.region.person(2, division=COUNTY)
    carried = desk.declare(stranger, name(1)).json()["holder"]
    body = {"request_id": "theirs", "pass_class": "paper", "holder": carried}
    own = headers(desk.region.token(stranger))
    theirs = desk.client.post("/codes", json=body, headers=own).json()["pass_id"]

    refused = desk.apply()
    granted = desk.apply(ends_guardianship=True)

    assert (refused.status_code, granted.status_code) == (409, 201)
    assert "ends_guardianship" in refused.json()["next_step"]
    assert desk.region.find(IssuedPass, theirs).state is PassState.VOID
    assert desk.issued(granted).holder == carried
    assert desk.declare(stranger, name(1)).status_code == 409
    assert [row.actor for row in desk.acts("end_guardianship")] == [f"officer:{desk.clerk.officer_id}"]


def test_the_name_in_the_document_outranks_what_a_guardian_once_said(desk: Desk) -> None:
    stranger = desk.region.person(2, division=COUNTY)
    desk.declare(stranger, "Somebody Else")

    issued = desk.issued(desk.apply(ends_guardianship=True))

    assert open_person(desk.region.issuer, desk.region.find(Person, issued.holder)).name == name(1)
    assert [row.subject for row in desk.acts("rename")] == [issued.holder]
