"""A region as people have it: made, served and stopped by the program, asked over HTTP, on both databases.

The log of its processes is held against the identities of its people (settled rule 15), and what they are
given is answered offline by `comity verify`.
"""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from comity.bootstrap.demo_people import demo_people
from comity.cli.main import run
from tests.builders import key
from tests.cli.test_region import PASSPHRASE, free_port, init, ready, serving
from tests.logs import identities_in
from tests.server.newcomer import Newcomer, sign_in
from tests.server.test_code_making import point

PERSON = demo_people()[0]


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", PASSPHRASE)


def make_mistakes(client: httpx2.Client, newcomer: Newcomer) -> list[int]:
    """Send name and number everywhere they do not belong; give the statuses."""
    number, headers = PERSON.document.number, newcomer.headers
    named = {"kind": "resident_id", "number": number, "name": PERSON.name}
    return [
        client.get(f"/codes/{number}", headers=headers).status_code,
        client.get("/trip-check", params={"region": number, "day": PERSON.name}, headers=headers).status_code,
        client.get("/me", headers={"authorization": f"Bearer {number}", "x-request-id": number}).status_code,
        client.post("/codes", json=named, headers=headers).status_code,
        client.post("/dependants", json=named, headers=headers).status_code,
        client.post("/corrections", content=f"{PERSON.name} {number}".encode(), headers=headers).status_code,
        client.post("/codes/verify", json={"text": number}).status_code,
        client.request(f"FIND{number}", f"/people/{PERSON.name}/{number}").status_code,
    ]


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_rule_15_a_newcomer_is_served_verified_offline_and_named_in_no_log(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, port = tmp_path / "data", free_port()
    words: tuple[str, ...] = ()
    if database == "postgresql":
        words = ("--database-url", request.getfixturevalue("postgresql").create())
    assert init(data, "--demo", *words) == 0
    capsys.readouterr()

    with (tmp_path / "log").open("wb") as log, serving(data, port, *words, log=log.fileno()) as process:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            assert ready(client, process)
            newcomer = sign_in(client)
            request_for = {
                "request_id": "first",
                "pass_class": "device",
                "device_key": point(key("phone", "1")),
            }
            device = client.post("/codes", json=request_for, headers=newcomer.headers)
            paper = client.post(
                "/codes", json={"request_id": "p", "pass_class": "paper"}, headers=newcomer.headers
            )
            online = client.post("/codes/online", headers=newcomer.headers)
            mistakes = make_mistakes(client, newcomer)
            held = client.get("/me/export", headers=newcomer.headers).json()
            outcome = answered_offline(online.json()["text"], data, capsys)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0

    told = (tmp_path / "log").read_text(encoding="utf-8")
    assert (device.status_code, paper.status_code, outcome) == (201, 201, "PASS")
    assert held["person"]["document_number"] == PERSON.document.number
    assert all(400 <= status < 500 for status in mistakes), mistakes
    assert '"route": "/codes"' in told
    assert identities_in(told) == []
    assert PASSPHRASE not in told


def answered_offline(text: str, data: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Give the outcome of `comity verify` with the files the node has published."""
    published = data / "published"
    words = ["--bundle", published / "bundle.cbor", "--anchor", published / "anchor.cbor", "--json"]
    run(["verify", text, *(str(word) for word in words)])
    decision: dict[str, Any] = json.loads(capsys.readouterr().out)
    return str(decision["outcome"])
