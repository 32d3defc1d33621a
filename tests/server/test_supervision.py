"""What gates count, and what supervision sees of it: by county, scoped, with small numbers hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from comity.domain.instant import HOUR, rfc3339
from comity.domain.small_counts import hide_small
from comity.officers.permissions import Role
from tests.builders import AT
from tests.server.gate_node import COUNTY, OTHER_COUNTY, GateNode

COUNTS: Final[dict[str, Any]] = {
    "period": rfc3339(AT - HOUR),
    "looked_at": 320,
    "verified": {"PASS": 411, "CONTROL": 2},
    "refusals": [
        {"reason": "id_mismatch", "count": 12},
        {"reason": "another_law", "count": 1, "law": "railway safety"},
    ],
}


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


def counts_of(gate_node: GateNode, client: TestClient, division: str = "150000") -> dict[str, Any]:
    supervisor = gate_node.signed_in(Role.SUPERVISOR, division=division)
    found: dict[str, Any] = client.get("/supervision/counts", headers=supervisor).json()
    return found


def test_the_same_upload_twice_counts_once(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        first = gate.post(client, "/gate-counts", COUNTS, created=AT)
        second = gate.post(client, "/gate-counts", COUNTS, created=AT)
        other = gate.post(client, "/gate-counts", COUNTS | {"looked_at": 321}, created=AT)
        seen = counts_of(gate_node, client)

    assert (first.status_code, second.status_code, other.status_code) == (200, 200, 409)
    assert seen["counties"][0]["numbers"]["looked_at"] == 320


def test_looked_at_and_verified_are_counted_apart_and_small_numbers_hidden(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate_node.enrol(client).post(client, "/gate-counts", COUNTS, created=AT)

        numbers = counts_of(gate_node, client)["counties"][0]["numbers"]

    assert (numbers["looked_at"], numbers["verified_PASS"]) == (320, 411)
    assert (numbers["verified_CONTROL"], numbers["verified_REJECT"]) == (None, 0)
    assert (numbers["refused_id_mismatch"], numbers["refused_another_law"]) == (12, None)


REFUSED: Final[dict[str, dict[str, Any]]] = {
    "there is no other reason": {"refusals": [{"reason": "other", "count": 1}]},
    "another law is not named": {"refusals": [{"reason": "another_law", "count": 1}]},
    "a law is named for something else": {"refusals": [{"reason": "person_left", "count": 1, "law": "x"}]},
    "a reason twice": {"refusals": [{"reason": "person_left", "count": 1}] * 2},
    "more refused than passed": {"refusals": [{"reason": "person_left", "count": 732}]},
    "an hour that is not over": {"period": rfc3339(AT)},
    "not a whole hour": {"period": rfc3339(AT - HOUR - 1)},
    "a time without offset": {"period": "2020-03-20T11:00:00"},
    "an outcome that is none": {"verified": {"FEVER": 1}},
    "a negative number": {"looked_at": -1},
    "a temperature": {"temperature": 37},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_rule_19_counts_that_break_a_rule_are_refused(gate_node: GateNode, changes: dict[str, Any]) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/gate-counts", COUNTS | changes, created=AT)

    assert answer.status_code == 422


def test_a_supervisor_reads_the_counties_below_and_no_others(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        for division in (COUNTY, OTHER_COUNTY):
            gate_node.enrol(client, division).post(client, "/gate-counts", COUNTS, created=AT)

        all_counties = [row["division"] for row in counts_of(gate_node, client)["counties"]]
        below = [row["division"] for row in counts_of(gate_node, client, "150100")["counties"]]

    assert all_counties == [COUNTY, OTHER_COUNTY]
    assert below == [COUNTY]


@pytest.mark.parametrize("path", ["counts", "extra-demands", "manual-cases"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_only_supervisors_supervise(gate_node: GateNode, role: Role, path: str) -> None:
    with gate_node.served() as client:
        officer = gate_node.signed_in(role, division="150000")

        assert client.get(f"/supervision/{path}", headers=officer).status_code == 403


def test_extra_demands_below_ten_are_hidden_by_county(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        for division, times in ((COUNTY, 9), (OTHER_COUNTY, 10)):
            for _ in range(times):
                client.post("/extra-demands", json={"division": division, "kind": "quarantine"})
        supervisor = gate_node.signed_in(Role.SUPERVISOR, division="150000")

        seen = client.get("/supervision/extra-demands", headers=supervisor).json()

    assert [row["numbers"]["reported"] for row in seen["counties"]] == [None, 10]
    assert seen["totals"]["reported"] is None
    assert len(seen["reports"]) == 19


def test_manual_cases_are_counted_by_county(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        for _ in range(11):
            gate.post(client, "/manual-cases", {"reason": "trust_stale"}, created=AT)
        supervisor = gate_node.signed_in(Role.SUPERVISOR, division="150000")

        seen = client.get("/supervision/manual-cases", headers=supervisor).json()

    assert seen["counties"][0]["numbers"] == {"opened": 11, "open": 11, "ended": 0, "noted": 0}


def test_a_total_is_hidden_where_it_would_tell_a_hidden_number() -> None:
    assert hide_small({"a": 9, "b": 50}).total is None
    assert hide_small({"a": 9, "b": 8, "c": 50}).total == 67
    assert hide_small({"a": 2, "b": 3}).total is None
    assert hide_small({"a": 10, "b": 0}).total == 10
    assert dict(hide_small({"a": 0, "b": 1, "c": 9, "d": 10}).counts) == {
        "a": 0,
        "b": None,
        "c": None,
        "d": 10,
    }
