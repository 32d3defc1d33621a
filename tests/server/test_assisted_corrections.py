"""Corrections asked for at a desk: the clock of every correction, and the clerk does not decide (rule 14)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.officers.officers import Officer
from comity.officers.permissions import Role
from tests.people import resident_number
from tests.region import RegionNode, headers

COUNTY = "150102"


class Desk:
    """A clerk of one county, who decides corrections besides, and the people who come."""

    def __init__(self, folder: Path) -> None:
        self.region = RegionNode(folder)
        self.clerk = self.region.officer(Role.APPLICANT_CLERK, Role.EPIDEMIOLOGIST, division=COUNTY)
        self.client = TestClient(self.region.app())

    def ask(self, order: int = 1, **changed: Any) -> Any:
        asked = {"kind": "resident_id", "number": resident_number(order), "dispute": "colour"}
        asked |= {"statement": "I was not there."}
        own = headers(self.region.token(self.clerk))
        return self.client.post("/assisted-corrections", json=asked | changed, headers=own)

    def get(self, path: str, officer: Officer | None = None) -> Any:
        return self.client.get(path, headers=headers(self.region.token(officer or self.clerk)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    with made.client:
        yield made


def test_rule_14_somebody_without_a_phone_disputes_at_the_desk(desk: Desk) -> None:
    holder = desk.region.person(1, division=COUNTY)

    answer = desk.ask()
    shown = desk.get(f"/assisted-corrections/{answer.json()['correction_id']}")

    assert answer.status_code == 201
    assert shown.json()["seconds_left"] == 24 * 3_600
    (opened,) = shown.json()["events"]
    assert (opened["step"], opened["by"], opened["said"]) == (
        "opened",
        "officer",
        {"statement": "I was not there."},
    )
    assert desk.region.told(holder) == ["message.correction_opened"]


def test_rule_10_the_clerk_who_wrote_it_down_does_not_decide(desk: Desk) -> None:
    desk.region.person(1, division=COUNTY)
    path = f"/corrections/{desk.ask().json()['correction_id']}/decision"
    ruling = {"decision": "upheld", "reasons": "The contact list is right."}
    other = desk.region.officer(Role.EPIDEMIOLOGIST, division=COUNTY)

    own = desk.client.post(path, json=ruling, headers=headers(desk.region.token(desk.clerk)))
    others = desk.client.post(path, json=ruling, headers=headers(desk.region.token(other)))

    assert (own.status_code, others.status_code) == (403, 200)


def test_who_lives_elsewhere_or_is_not_known_is_not_found(desk: Desk) -> None:
    desk.region.person(1, division="150202")

    assert desk.ask().status_code == 404
    assert desk.ask(2).status_code == 404


def test_two_of_a_kind_are_not_open_at_once(desk: Desk) -> None:
    desk.region.person(1, division=COUNTY)

    assert (desk.ask().status_code, desk.ask().status_code) == (201, 409)
