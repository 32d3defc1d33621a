"""What a region publishes at the hub stands in the public register at once, for everybody (C2.1)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from comity.bootstrap.hub_publication import order_hub_statements
from comity.server import register_source
from tests.builders import HOME, HOST
from tests.hub_office import Pair
from tests.server.hub_server import HubServer, Publisher


def test_c2_1_a_publication_is_on_the_page_in_the_feed_and_in_the_interface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_source, "LOOKS_EVERY", 0.0)
    hub = HubServer(tmp_path)
    hub.admit(HOST, HOME)
    order_hub_statements(hub.opened)
    pair, publisher = Pair(), Publisher(HOST)
    with hub.client() as client:
        publisher.history = pair.until_confirmed()
        client.post("/publications", content=publisher.body(), headers={"content-type": "application/cbor"})
        confirmed = client.get(f"/en/pairs/{HOST}/{HOME}").text

        recognition = pair.publication()
        publisher.recognitions[HOME] = recognition
        client.post("/publications", content=publisher.body(), headers={"content-type": "application/cbor"})
        told = client.get(f"/api/register/pairs/{HOST}/{HOME}").json()

        assert "not published yet" in confirmed
        assert told["pair"]["step"] in ("published", "in_force")
        digest = told["pair"]["rests_on"]
        assert digest == sha256(recognition).hexdigest()
        assert client.get(f"/statements/{digest}.cbor").content == recognition
        assert digest in client.get("/feeds/zh/all.atom").text
        page = client.get(f"/zh/?host={HOST}")
        assert "default-src 'none'; style-src 'self'" in page.headers["content-security-policy"]
        assert client.get("/", follow_redirects=False).headers["location"] == "/zh/"
