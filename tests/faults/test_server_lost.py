"""PostgreSQL lost under load: people are told (503, with when to try again), nothing answered is lost.

The node's process stays: when the database is back, it goes on (`tests/storage` tries the store alone).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.errors import StoreUnavailable
from comity.issuance.records import IssuedPass
from comity.server.app import make_app
from comity.storage.database_url import open_store
from comity.storage.migration import upgrade
from tests.builders import key
from tests.databases import PostgresqlServer
from tests.faults.ledger import check_colours, check_places
from tests.pass_office import add_holders, make_issuer, make_node, sign_in
from tests.server.test_code_making import point

PHONES = 4
PATIENCE = 30.0
"""Seconds within which a load makes the progress that is waited for."""


class Load:
    """Phones that apply and show at one node; who is refused with 503 asks the same again."""

    def __init__(self, client: TestClient, headers: list[dict[str, str]]) -> None:
        self._client, self._over = client, threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(n, h)) for n, h in enumerate(headers)]
        self.granted: dict[str, str] = {}
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.strange: list[object] = []

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, path: str, status: int, more: int) -> None:
        """Wait until a route has answered so many more times with a status."""
        target, end = self.statuses[path, status] + more, time.monotonic() + PATIENCE
        while self.statuses[path, status] < target and not self.strange:
            assert time.monotonic() < end, f"{path} does not answer {status}; so far {self.statuses}"
            time.sleep(0.01)

    def _ask(self, phone: int, headers: dict[str, str]) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            try:
                self._apply(f"{phone}-{number}", headers)
                self._post("/codes/online", None, headers)
            except BaseException as error:  # noqa: BLE001 - told to the test
                self.strange.append(error)
                return

    def _apply(self, request_id: str, headers: dict[str, str]) -> None:
        body = {
            "request_id": request_id,
            "pass_class": "device",
            "device_key": point(key("phone", request_id)),
            "next_device_key": point(key("next", request_id)),
        }
        while not self._over.is_set():
            pass_id = self._post("/codes", body, headers)
            if pass_id is not None:
                self.granted[request_id] = pass_id
                return

    def _post(self, path: str, body: dict[str, str] | None, headers: dict[str, str]) -> str | None:
        answer = self._client.post(path, json=body, headers=headers)
        self.statuses[path, answer.status_code] += 1
        found = answer.json()
        if answer.status_code in (200, 201):
            return str(found.get("pass_id"))
        if answer.status_code != 503 or found["type"] != f"urn:comity:error:{StoreUnavailable.code}":
            self.strange.append(found)
        if int(answer.headers["retry-after"]) < 1:
            self.strange.append(answer.headers)
        time.sleep(0.02)
        return None


@pytest.mark.slow
def test_a_database_that_dies_under_load_is_told_and_the_node_goes_on_when_it_is_back(
    own_server: PostgresqlServer, tmp_path: Path
) -> None:
    url = own_server.create()
    upgrade(url)
    store = open_store(url)
    issuer = make_issuer(store, list_size=5_000)
    headers = [sign_in(issuer, holder) for holder in add_holders(issuer, PHONES)]

    with TestClient(make_app(make_node(issuer, tmp_path))) as client, Load(client, headers) as load:
        load.wait_for("/codes", 201, 10)
        own_server.stop()
        load.wait_for("/codes", 503, 10)
        assert not client.get("/health/ready").is_success
        own_server.start()
        load.wait_for("/codes", 201, 10)
        own_server.control("restart", "-m", "immediate")
        load.wait_for("/codes", 201, 10)
        load.wait_for("/codes/online", 200, 4)

    assert load.strange == []
    with store.reading() as transaction:
        requests = {each.request: each.pass_id for each in transaction.of(IssuedPass).select()}
    assert load.granted.items() <= requests.items()
    assert check_places(store) <= len(load.granted) + PHONES
    check_colours(store)
    store.close()
