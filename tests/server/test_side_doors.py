"""Side doors over HTTP: suspension at most 24 h, voiding from a closed list, the holder told (rule 10)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.instant import DAY, HOUR
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.issuance.side_doors import end_due_suspensions
from comity.officers.permissions import Role
from tests.region import RegionNode
from tests.server.desks import Desks


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


@pytest.fixture
def pass_id(region: RegionNode, holder: HolderKey) -> str:
    return region.paper_pass(holder).pass_id


def suspend(desks: Desks, pass_id: str, by: Any = None, **changed: Any) -> Any:
    body = {"pass_id": pass_id, "reason": "suspected_theft", "hours": 24} | changed
    return desks.post(by or desks.proposer, "/pass-suspensions", body)


def void(desks: Desks, pass_id: str, by: Any = None, reason: str = "issued_in_error") -> Any:
    return desks.post(by or desks.second, "/pass-voidings", {"pass_id": pass_id, "reason": reason})


def state(region: RegionNode, pass_id: str) -> PassState:
    return region.find(IssuedPass, pass_id).state


def open_correction(desks: Desks, holder: HolderKey) -> str:
    opened = desks.post(holder, "/corrections", {"kind": "colour", "statement": "Not I."})
    return str(opened.json()["correction_id"])


def test_rule_10_a_suspension_ends_by_itself_after_24_hours_and_the_holder_is_told(
    region: RegionNode, desks: Desks, holder: HolderKey, pass_id: str
) -> None:
    suspended = suspend(desks, pass_id)
    assert (suspended.status_code, state(region, pass_id)) == (201, PassState.SUSPENDED)

    region.at += 24 * HOUR - 1
    assert end_due_suspensions(region.issuer, at=region.at) == 0
    region.at += 1
    assert end_due_suspensions(region.issuer, at=region.at) == 1

    assert state(region, pass_id) is PassState.CURRENT
    assert region.told(holder)[-2:] == ["message.pass_suspended", "message.pass_restored"]


def test_rule_10_one_cause_suspends_for_24_hours_in_all(
    region: RegionNode, desks: Desks, pass_id: str
) -> None:
    first = suspend(desks, pass_id, hours=10)
    desks.post(desks.proposer, f"/pass-suspensions/{first.json()['act_id']}/ending")
    region.at += 23 * HOUR
    second = suspend(desks, pass_id)
    region.at += HOUR
    end_due_suspensions(region.issuer, at=region.at)

    assert state(region, pass_id) is PassState.CURRENT
    assert second.status_code == 201
    assert suspend(desks, pass_id).status_code == 409


@pytest.mark.parametrize(
    "flaw",
    [
        {"reason": "other"},
        {"reason": "open_correction"},
        {"correction_id": "0" * 32},
        {"reason": "open_correction", "correction_id": "0" * 32},
        {"hours": 25},
        {"hours": 0},
    ],
)
def test_rule_10_only_an_open_correction_or_a_suspected_theft_suspends(
    region: RegionNode, desks: Desks, pass_id: str, flaw: dict[str, Any]
) -> None:
    assert suspend(desks, pass_id, **flaw).status_code == 422
    assert state(region, pass_id) is PassState.CURRENT


def test_rule_10_a_suspension_for_a_correction_ends_with_it(
    region: RegionNode, desks: Desks, holder: HolderKey, pass_id: str
) -> None:
    correction_id = open_correction(desks, holder)
    for_it = {"reason": "open_correction", "correction_id": correction_id}
    assert suspend(desks, pass_id, **for_it).status_code == 201

    decision = {"decision": "upheld", "reasons": "As recorded."}
    desks.post(desks.third, f"/corrections/{correction_id}/decision", decision)
    end_due_suspensions(region.issuer, at=region.at)

    assert state(region, pass_id) is PassState.CURRENT
    assert suspend(desks, pass_id, **for_it).status_code == 409


def test_a_suspension_for_somebody_elses_correction_is_refused(
    region: RegionNode, desks: Desks, pass_id: str
) -> None:
    other = open_correction(desks, region.person(2))

    refused = suspend(desks, pass_id, reason="open_correction", correction_id=other)

    assert refused.status_code == 422


@pytest.mark.parametrize("reason", ["lost", "stolen", "issued_in_error", "death", "holders_wish"])
def test_rule_10_an_officer_voids_from_the_closed_list_and_the_holder_is_told(
    region: RegionNode, desks: Desks, holder: HolderKey, pass_id: str, reason: str
) -> None:
    assert void(desks, pass_id, reason=reason).status_code == 201

    assert state(region, pass_id) is PassState.VOID
    assert region.told(holder)[-1] == "message.pass_void"


def test_rule_10_there_is_no_other_reason_to_void(desks: Desks, pass_id: str) -> None:
    assert void(desks, pass_id, reason="other").status_code == 422


def test_c0_side_doors_are_for_the_own_division(region: RegionNode, desks: Desks, pass_id: str) -> None:
    elsewhere = region.officer(Role.EPIDEMIOLOGIST, Role.SECOND_OFFICER, division="150200")

    assert suspend(desks, pass_id, elsewhere).status_code == 403
    assert void(desks, pass_id, elsewhere).status_code == 403


def test_rule_10_the_21st_act_within_an_hour_waits_for_another_officer(
    region: RegionNode, desks: Desks
) -> None:
    passes = [region.paper_pass(region.person(order)).pass_id for order in range(1, 23)]
    for pass_id in passes[:20]:
        void(desks, pass_id)

    stopped = void(desks, passes[20]).json()
    path = f"/pass-voidings/{stopped['act_id']}/confirmation"

    assert (stopped["state"], state(region, passes[20])) == ("stopped", PassState.CURRENT)
    assert desks.post(desks.second, path).status_code == 403
    listed = desks.get(desks.third, "/pass-voidings/stopped").json()
    assert [act["act_id"] for act in listed] == [stopped["act_id"]]
    assert desks.post(desks.third, path).status_code == 200
    assert state(region, passes[20]) is PassState.VOID
    region.at += HOUR
    assert void(desks, passes[21]).json()["state"] == "done"


def test_what_stopped_lapses_after_a_day(region: RegionNode, desks: Desks) -> None:
    passes = [region.paper_pass(region.person(order)).pass_id for order in range(1, 22)]
    stopped = [void(desks, pass_id) for pass_id in passes][-1].json()
    region.at += DAY

    path = f"/pass-voidings/{stopped['act_id']}/confirmation"

    assert desks.post(desks.third, path).status_code == 409
