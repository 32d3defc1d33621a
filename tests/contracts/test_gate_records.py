"""What gates, cases and reports keep, on every kind of store: one day of a gate through the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.domain.instant import DAY, HOUR, rfc3339
from comity.errors import NotSignedIn
from comity.issuance.allowances import use_allowance
from comity.issuance.duties import DUTIES
from comity.issuance.extra_demands import ANSWER_CLOCK
from comity.issuance.gate_log import GateLog
from comity.issuance.nonces import UsedNonce, use_nonce
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.ports import Store
from comity.storage.database_url import open_store
from comity.storage.memory import MemoryStore
from tests.builders import AT, crossing
from tests.server.gate_node import COUNTY, GateNode, issuer

COUNTS: dict[str, Any] = {
    "period": rfc3339(AT - HOUR),
    "looked_at": 20,
    "verified": {"PASS": 30},
    "refusals": [{"reason": "another_law", "count": 10, "law": "铁路安全"}],
}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = (
        MemoryStore()
        if request.param == "memory"
        else open_store(request.getfixturevalue(f"{request.param}_url"))
    )
    yield opened
    opened.close()


def test_one_day_of_a_gate(store: Store, tmp_path: Path) -> None:
    gate_node = GateNode(folder=tmp_path, issuer=issuer(store))
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        supervisor = gate_node.signed_in(Role.SUPERVISOR, division="150000")
        answered = gate.post(client, "/codes/verify", {"text": crossing().text()}, created=AT).json()
        for _ in range(2):
            assert gate.post(client, "/gate-counts", COUNTS, created=AT).status_code == 200
        case = gate.post(client, "/manual-cases", {"reason": "referred"}, created=AT).json()
        demand = {"division": COUNTY, "kind": "quarantine", "contact": "138 0000 0000"}
        taken = client.post("/extra-demands", json=demand).json()

        gate_node.at = AT + ANSWER_CLOCK
        gate_node.do_duties("manual-cases", "extra-demands", "signed-requests")
        supervisor = gate_node.signed_in(Role.SUPERVISOR, division="150000")
        noted = gate.get(client, f"/manual-cases/{case['case_id']}", created=gate_node.at).json()
        followed = client.post("/extra-demands/follow", json={"token": taken["token"]}).json()
        counts = client.get("/supervision/counts", headers=supervisor).json()
        path = f"/supervision/extra-demands/{taken['demand']['demand_id']}/contact"
        contact = client.post(path, headers=supervisor).json()["contact"]

    with store.reading() as transaction:
        logged = [(row.device, row.outcome, row.count) for row in transaction.of(GateLog).select()]
        faults = verify_audit(transaction).faults
    assert answered["outcome"] == "PASS"
    assert noted["state"] == "noted"
    assert followed["is_escalated"]
    assert counts["counties"][0]["numbers"]["refused_another_law"] == 10
    assert contact == "138 0000 0000"
    assert logged == [(gate.keyid, "PASS", 1)]
    assert faults == ()


def test_a_nonce_counts_once_and_is_removed_in_time(store: Store, tmp_path: Path) -> None:
    gate_node = GateNode(folder=tmp_path, issuer=issuer(store))
    use_nonce(store, "gate", "a" * 16, until=AT + 120)
    use_nonce(store, "other", "a" * 16, until=AT + 120)

    with pytest.raises(NotSignedIn):
        use_nonce(store, "gate", "a" * 16, until=AT + 240)
    gate_node.at = AT + 120
    gate_node.do_duties("signed-requests")
    with store.reading() as transaction:
        kept = len(transaction.of(UsedNonce).select())
    gate_node.at = AT + DAY
    gate_node.do_duties("signed-requests")
    with store.reading() as transaction:
        left = len(transaction.of(UsedNonce).select())
    assert (kept, left) == (2, 0)


def test_an_allowance_begins_anew_when_its_window_is_over(store: Store) -> None:
    used = [use_allowance(store, "gate/minute", 1, lifetime=60, at=AT + second) for second in (0, 59, 60)]

    assert used == [1, 2, 1]


def test_the_duties_of_gates_are_among_those_of_the_region() -> None:
    assert {"manual-cases", "extra-demands", "signed-requests"} <= {duty.name for duty in DUTIES}
