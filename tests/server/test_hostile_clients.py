"""Clients that mean harm: made-up tokens and methods, slow bodies, guessed codes, a provider that hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import scrypt
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from comity.errors import NotSignedIn, ProviderUnavailable
from comity.officers import recovery
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.officers.recovery import begin_recovery, draw_sheet, give_sheet
from comity.records.ports import Transaction
from comity.server.app import make_app
from comity.server.around import Around
from comity.server.bounds import ServingBounds
from comity.server.openid import MOST_AT_ONCE, PAUSE, OpenIDProvider, ProviderAccount
from comity.server.proxies import TrustedProxies
from comity.server.route_classes import OPEN_PATHS
from comity.storage.memory import MemoryStore
from tests.builders import AT
from tests.region import RegionNode


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    bounds = ServingBounds(per_minute=3, patience=10**6)
    with TestClient(make_app(RegionNode(tmp_path).node, bounds=bounds)) as client:
        yield client


def test_a_token_made_up_for_every_request_passes_no_limit_where_no_token_is_asked_for(
    client: TestClient,
) -> None:
    statuses = [
        client.post(
            "/officers/recovery",
            json={"officer_id": "somebody", "code": "1-AAAA-AAAA"},
            headers={"authorization": f"Bearer {number}"},
        ).status_code
        for number in range(5)
    ]

    assert statuses == [401, 401, 401, 429, 429]


def test_every_open_path_is_one_of_the_table_of_who_may_ask() -> None:
    """Anybody, or a region whose signature is in the body: nobody shows credentials first."""
    told = Path("docs/authorisation.md").read_text(encoding="utf-8")

    def is_told(path: str) -> bool:
        return any(f" {path}` | {asker} |" in told for asker in ("anybody", "region"))

    assert [path for path in OPEN_PATHS if not is_told(path)] == []


def test_behind_a_proxy_on_this_machine_each_client_is_counted_for_itself() -> None:
    seen: Scope = {"type": "http", "headers": [(b"x-forwarded-for", b"10.0.0.1, 203.0.113.7")]}

    proxies = TrustedProxies()
    assert proxies.client_address({**seen, "client": ("127.0.0.1", 4711)}) == "203.0.113.7"
    assert proxies.client_address({**seen, "client": ("198.51.100.2", 4711)}) == "198.51.100.2"


def test_methods_made_up_do_not_fill_the_metrics(client: TestClient) -> None:
    for number in range(2):
        client.request(f"MADE{number}", "/health/live")

    text = client.get("/metrics").text

    assert 'method="other"' in text
    assert "MADE" not in text


def test_no_answer_sends_a_browser_where_the_host_header_says(client: TestClient) -> None:
    answer = client.get("/me/", headers={"host": "evil.example"}, follow_redirects=False)

    assert answer.status_code == 404


async def _reads_and_answers(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await asyncio.sleep(0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _ask(around: Around, receive: Receive, *, path: str = "/corrections") -> int:
    """Send one POST through the layer and give the status."""
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": [], "client": ("a", 1)}
    await around(scope, receive, send)
    return statuses[0]


async def _at_once() -> Message:
    return {"type": "http.request", "body": b"{}", "more_body": False}


def test_bodies_that_come_slowly_keep_nobody_out() -> None:
    async def run() -> int:
        around = Around(_reads_and_answers, bounds=ServingBounds(in_hand=4, patience=10**6))
        never = asyncio.Event()

        async def slowly() -> Message:
            await never.wait()
            return await _at_once()

        slow = [asyncio.create_task(_ask(around, slowly)) for _ in range(10)]
        await asyncio.sleep(0)
        status = await _ask(around, _at_once)
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return status

    assert asyncio.run(run()) == 200


def test_when_slow_bodies_come_in_all_at_once_what_is_too_much_is_refused() -> None:
    here = asyncio.Event()

    async def run() -> list[int]:
        around = Around(_reads_and_answers, bounds=ServingBounds(in_hand=4, patience=10**6))

        async def together() -> Message:
            await here.wait()
            return await _at_once()

        asked = [asyncio.create_task(_ask(around, together)) for _ in range(10)]
        await asyncio.sleep(0)
        here.set()
        return await asyncio.gather(*asked)

    statuses = asyncio.run(run())

    assert 503 in statuses
    assert 200 in statuses


class OneWriter(MemoryStore):
    """Records that tell whether somebody writes: an adapter of the port like any other."""

    def __init__(self) -> None:
        super().__init__()
        self.is_writing = False

    @override
    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with super().transaction() as transaction:
            self.is_writing = True
            try:
                yield transaction
            finally:
                self.is_writing = False


def test_a_guessed_recovery_code_is_hashed_while_nobody_waits_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = OneWriter()
    region = RegionNode(tmp_path, store=store)
    officer = region.officer(Role.SUPERVISOR)
    with store.transaction() as transaction:
        sheet = draw_sheet(region.issuer)
        give_sheet(transaction, officer.officer_id, sheet)
        code = sheet.codes[0]
    hashed: list[bool] = []

    def watched(secret: bytes, *, salt: bytes, n: int, r: int, p: int) -> bytes:
        hashed.append(store.is_writing)
        return scrypt(secret, salt=salt, n=n, r=r, p=p)

    monkeypatch.setattr(recovery, "scrypt", watched)
    with pytest.raises(NotSignedIn):
        begin_recovery(region.issuer, officer.officer_id, "1-AAAA-AAAA-AAAA-AAAA", at=AT)
    with pytest.raises(NotSignedIn):
        begin_recovery(region.issuer, "nobody", code, at=AT)
    begin_recovery(region.issuer, officer.officer_id, code, at=AT)

    assert hashed == [False, False]
    assert region.find(Officer, officer.officer_id).is_active


class Hanging(httpx2.BaseTransport):
    """A provider that answers when it is let go, and then with nothing of use."""

    def __init__(self) -> None:
        self.asked = 0
        self.goes_on = threading.Event()

    @override
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        self.goes_on.wait(10)
        return httpx2.Response(500)


def test_a_provider_that_hangs_is_asked_once_and_holds_few_threads() -> None:
    transport = Hanging()
    provider = OpenIDProvider(
        ProviderAccount(issuer="https://id.example", client_id="comity"), allow_test=True, transport=transport
    )
    told: list[str] = []

    def begin(at: int = AT) -> None:
        try:
            provider.authorization_url(state="s", nonce="n", challenge="c", redirect_uri="https://x", at=at)
        except ProviderUnavailable as error:
            told.append(str(error))

    threads = [threading.Thread(target=begin) for _ in range(MOST_AT_ONCE + 3)]
    for each in threads:
        each.start()
    while len(told) < 3:  # those beyond the few are told while the others still wait
        threads[0].join(0.05)
    transport.goes_on.set()
    for each in threads:
        each.join()
    during = transport.asked
    begin(AT + PAUSE)

    assert (len(told), during, transport.asked) == (MOST_AT_ONCE + 4, 1, 2)
