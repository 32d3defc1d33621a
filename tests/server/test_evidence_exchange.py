"""The route other regions send to, with a real message between two nodes (settled rule 11)."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.issuance.exchange_outbox import due_messages
from comity.issuance.exchange_records import FactState
from comity.server.app import make_app
from tests.builders import AT
from tests.issuance.holding import assess_now, contact, keep
from tests.issuance.neighbours import Neighbours, neighbours, register
from tests.pass_office import Clock, make_node


@pytest.fixture
def both() -> Neighbours:
    return neighbours()


@pytest.fixture
def client(both: Neighbours, tmp_path: Path) -> TestClient:
    return TestClient(make_app(make_node(both.shandong, tmp_path, Clock())), base_url="https://node.example")


def test_a_message_of_another_region_is_taken_in_and_then_known(both: Neighbours, client: TestClient) -> None:
    there, here = register(both.henan, "370100"), register(both.shandong, "370100")
    keep(both.henan, contact(there))
    assess_now(both.henan, there)
    both.work(both.henan, at=AT)
    with both.henan.store.reading() as transaction:
        (message,) = due_messages(transaction, at=AT)
    sealed = both.sealed(both.henan, message, at=AT)

    first = client.post("/evidence-exchange", content=sealed, headers={"content-type": "application/jose"})
    again = client.post("/evidence-exchange", content=sealed, headers={"content-type": "application/jose"})

    assert (first.status_code, first.json()) == (202, {"is_new": True})
    assert (again.status_code, again.json()) == (202, {"is_new": False})
    assert [fact.state for fact in both.facts(here)] == [FactState.ASKED]


@pytest.mark.parametrize("body", [b"", b"a.b.c.d.e", b"\xff\xfe", b"{}", b"." * 1_000, b"A" * 60_000])
def test_what_is_no_message_is_refused_as_such(client: TestClient, body: bytes) -> None:
    answer = client.post("/evidence-exchange", content=body, headers={"content-type": "application/jose"})

    assert answer.status_code == 422
    assert answer.json()["clause"] == "settled rule 11"


def test_a_message_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/evidence-exchange", content=b"A" * 70_000)

    assert answer.status_code == 413
