"""Evidence imports and assessment rulebooks over HTTP: two officers, a third for many people (rule 10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.instant import DAY, rfc3339
from comity.issuance.import_release import MOST_AN_HOUR
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from tests.builders import AT
from tests.people import resident_number
from tests.region import RegionNode, headers

HEADER = "document_kind,document_number,last_contact_at"


class Desks:
    """An epidemiologist and two second officers at their desks."""

    def __init__(self, region: RegionNode, client: TestClient) -> None:
        self.region, self.client = region, client
        self.epidemiologist = region.officer(Role.EPIDEMIOLOGIST)
        self.second = region.officer(Role.SECOND_OFFICER)
        self.third = region.officer(Role.SECOND_OFFICER)

    def bring(self, *lines: str, by: Officer | None = None, **query: Any) -> Any:
        return self.client.post(
            "/evidence-imports",
            params={"kind": "contacts", "source": "hohhot-cdc", **query},
            content="\r\n".join([HEADER, *lines]).encode(),
            headers=headers(self.region.token(by or self.epidemiologist)) | {"content-type": "text/csv"},
        )

    def post(self, path: str, *, by: Officer, **body: Any) -> Any:
        sent = {"json": body} if body else {}
        return self.client.post(path, headers=headers(self.region.token(by)), **sent)  # type: ignore[arg-type]

    def get(self, path: str, *, by: Officer) -> Any:
        return self.client.get(path, headers=headers(self.region.token(by)))


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    region = RegionNode(tmp_path)
    with TestClient(region.app()) as client:
        yield Desks(region, client)


def contact(order: int) -> str:
    return f"resident_id,{resident_number(order)},{rfc3339(AT)}"


def test_settled_rule_10_a_list_turns_people_yellow_when_a_second_officer_released_it(desks: Desks) -> None:
    who = desks.region.person(0)
    brought = desks.bring(contact(0))

    assert (brought.status_code, brought.json()["state"], brought.json()["turns"]) == (201, "prepared", 1)
    own = headers(desks.region.token(who))
    assert desks.client.get("/health-query", headers=own).json()["colour"] == "green"

    path = f"/evidence-imports/{brought.json()['import_id']}"
    assert desks.post(f"{path}/release", by=desks.epidemiologist).status_code == 403
    released = desks.post(f"{path}/release", by=desks.second)

    assert (released.status_code, released.json()["state"]) == (200, "done")
    assert desks.client.get("/health-query", headers=own).json()["colour"] == "yellow"
    assert desks.region.told(who) == ["message.turned"]
    assert desks.get(path, by=desks.second).json() == released.json()
    assert desks.get("/evidence-imports", by=desks.epidemiologist).json() == [released.json()]


def test_settled_rule_10_many_people_at_once_are_held_for_a_third_officer(desks: Desks) -> None:
    brought = desks.bring(*(contact(order) for order in range(MOST_AN_HOUR + 1)))
    path = f"/evidence-imports/{brought.json()['import_id']}"

    assert desks.post(f"{path}/release", by=desks.second).json()["state"] == "held"
    assert desks.post(f"{path}/confirmation", by=desks.second).status_code == 403
    assert desks.post(f"{path}/confirmation", by=desks.third).json()["state"] == "done"
    assert desks.post(f"{path}/confirmation", by=desks.third).status_code == 409


def test_bad_rows_come_back_with_line_and_reason_and_no_number(desks: Desks) -> None:
    brought = desks.bring(contact(0), "resident_id,123,2020-03-19", contact(1))

    assert (brought.json()["state"], brought.json()["bad_rows"]) == ("rejected", 1)
    answer = desks.get(f"/evidence-imports/{brought.json()['import_id']}/bad-rows", by=desks.epidemiologist)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("line,reason\r\n3,")
    assert "123" not in answer.text.partition("\n")[2]


def test_good_rows_beside_bad_ones_are_taken_when_asked_and_the_rest_can_be_rejected(desks: Desks) -> None:
    brought = desks.bring(contact(0), "resident_id,123,2020-03-19", accept_good_rows=True).json()

    assert (brought["state"], brought["good_rows"], brought["bad_rows"]) == ("prepared", 1, 1)
    path = f"/evidence-imports/{brought['import_id']}/rejection"
    assert desks.post(path, by=desks.epidemiologist).json()["state"] == "rejected"


@pytest.mark.parametrize(
    ("title", "query", "status"),
    [
        ("another kind", {"kind": "depositors"}, 422),
        ("no source", {"source": ""}, 422),
        ("another form", {"kind": "risk_areas"}, 422),
        ("findings, which no file brings", {"kind": "findings"}, 422),
    ],
)
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(
    desks: Desks, title: str, query: dict[str, Any], status: int
) -> None:
    assert desks.bring(contact(0), **query).status_code == status, title


def test_only_officers_with_the_role_bring_release_or_look(desks: Desks) -> None:
    clerk = desks.region.officer(Role.APPLICANT_CLERK)
    county = desks.region.officer(Role.EPIDEMIOLOGIST, division="150102")

    assert desks.bring(contact(0), by=clerk).status_code == 403
    assert desks.bring(contact(0), by=desks.second).status_code == 403
    assert desks.bring(contact(0), by=county).status_code == 403
    assert desks.get("/evidence-imports", by=clerk).status_code == 403
    assert desks.client.get("/evidence-imports").status_code == 401
    assert desks.get("/evidence-imports/none", by=desks.second).status_code == 404


RULE = {
    "id": "close-contact",
    "reason": "close_contact",
    "colour": "yellow",
    "ends": {"after_days": 7},
    "text": {"zh": "密接：黄码7天", "en": "Contact: yellow for 7 days"},
}


def test_settled_rule_10_rules_are_read_by_everybody_and_published_by_a_second_officer(desks: Desks) -> None:
    (first,) = desks.client.get("/assessment-rulebooks").json()
    assert (first["version"], first["is_in_force"]) == (1, True)

    body = {"version": 2, "valid_from": rfc3339(AT + DAY), "rules": [RULE]}
    proposed = desks.post("/assessment-rulebooks", by=desks.epidemiologist, **body)
    assert proposed.status_code == 201
    assert len(desks.client.get("/assessment-rulebooks").json()) == 1
    waiting = desks.get("/assessment-rulebooks/proposals", by=desks.second).json()
    assert waiting == [proposed.json()]

    path, read = "/assessment-rulebooks/2/publication", proposed.json()["digest"]
    assert desks.post(path, by=desks.epidemiologist, digest=read).status_code == 403
    assert desks.post(path, by=desks.second, digest=read).json()["published_by"] == desks.second.officer_id
    desks.region.at = AT + DAY
    published = desks.client.get("/assessment-rulebooks").json()
    assert [(each["version"], each["is_in_force"]) for each in published] == [(1, False), (2, True)]


def test_settled_rule_10_a_rule_that_means_officer_is_refused_with_its_reason(desks: Desks) -> None:
    body = {"version": 2, "valid_from": rfc3339(AT), "rules": [{**RULE, "reason": "officer"}]}
    refused = desks.post("/assessment-rulebooks", by=desks.epidemiologist, **body)

    assert refused.status_code == 422
    assert (refused.json()["reason"], refused.json()["clause"]) == ("no_rule_type", "settled rule 10")
