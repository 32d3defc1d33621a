"""The routes of the key custodian: planned by one officer, closed by two, followed by every worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.codec import base45
from comity.codec.cose import read_sign1
from comity.codec.qrtext import PREFIX
from comity.domain.instant import DAY
from comity.issuance.key_rotation import KEY_LEAD
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from tests.region import RegionNode, headers


class Office:
    """A region with its key list, a custodian and a second officer of the whole region."""

    def __init__(self, folder: Path) -> None:
        self.region = RegionNode(folder)
        self.region.list_keys()
        self.custodian = self.region.officer(Role.KEY_CUSTODIAN)
        self.second = self.region.officer(Role.SECOND_OFFICER)
        self.client = TestClient(self.region.app())

    def post(self, who: Officer, path: str, body: Any = None) -> Any:
        return self.client.post(path, json=body, headers=headers(self.region.token(who)))

    def keys(self) -> dict[str, str]:
        answer = self.client.get("/keys", headers=headers(self.region.token(self.custodian)))
        return {row["state"]: row["kid"] for row in answer.json()["keys"] if row["usage"] == "pass"}

    def propose(self, by: Officer | None = None) -> Any:
        body = {"usage": "pass", "kid": self.keys()["current"], "reason": "stolen"}
        return self.post(by or self.custodian, "/keys/closings", body)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    with made.client:
        yield made


def online_kid(office: Office) -> str:
    holder = office.region.person(7)
    token = office.region.token(holder)
    text = office.client.post("/codes/online", headers=headers(token)).json()["text"]
    kid = read_sign1(base45.decode(text.removeprefix(PREFIX).encode())).header.kid
    assert kid is not None
    return kid.hex()


def test_a_planned_key_signs_when_its_time_has_come_without_a_restart(office: Office) -> None:
    answer = office.post(office.custodian, "/keys/rotations", {"usage": "pass"})

    assert answer.status_code == 201
    assert set(office.keys()) == {"planned", "current", "standby"}
    planned = office.keys()["planned"]
    office.region.at += KEY_LEAD
    office.region.node.follow_keys()
    assert office.region.node.issuer.keys.passes.kid.hex() == planned


def test_closing_a_key_takes_two_officers(office: Office) -> None:
    both = office.region.officer(Role.KEY_CUSTODIAN, Role.SECOND_OFFICER)
    path = f"/keys/closings/{office.propose(by=both).json()['closing_id']}/confirmation"

    alone = office.post(both, path)
    confirmed = office.post(office.second, path)
    again = office.post(office.second, path)

    assert (alone.status_code, confirmed.status_code, again.status_code) == (403, 200, 409)


def test_a_closed_key_signs_nothing_more_and_the_standby_does(office: Office) -> None:
    before, standby = office.keys()["current"], office.keys()["standby"]
    closing = office.propose().json()["closing_id"]

    answer = office.post(office.second, f"/keys/closings/{closing}/confirmation").json()

    assert answer["reissues"][0]["kid"] == before
    found = office.keys()
    assert (found["closed"], found["current"]) == (before, standby)
    assert found["standby"] not in (before, standby)
    office.client.app.state.hot_online.look()  # type: ignore[attr-defined]
    assert online_kid(office) == standby


def test_a_proposal_older_than_a_day_is_made_again(office: Office) -> None:
    path = f"/keys/closings/{office.propose().json()['closing_id']}/confirmation"
    office.region.at += DAY

    assert office.post(office.second, path).status_code == 409
    listed = office.client.get("/keys/closings", headers=headers(office.region.token(office.second)))
    assert listed.json() == []


def test_a_custodian_who_lost_the_role_has_proposed_nothing(office: Office) -> None:
    path = f"/keys/closings/{office.propose().json()['closing_id']}/confirmation"
    office.region.close(office.custodian)

    assert office.post(office.second, path).status_code == 409
