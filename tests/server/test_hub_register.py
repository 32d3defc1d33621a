"""What a region publishes at the hub stands in the public register at once, for everybody (C2.1)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from comity.bootstrap.hub_publication import order_hub_statements
from comity.bootstrap.hub_root import put_root
from comity.distribution.keys import metadata_key
from comity.distribution.root import make_root
from comity.server import register_source
from tests.builders import AT, HOME, HOST, key
from tests.distribution.hub import KEYHOLDERS, first_root, next_root, root_keys
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


def test_a_rotation_of_the_repositorys_root_is_on_the_page_and_in_the_interface(tmp_path: Path) -> None:
    hub = HubServer(tmp_path)
    newcomer, (leaver, *others) = key("sixth keyholder"), KEYHOLDERS
    after = next_root(first_root(), root_keys((*others, newcomer)), 2, KEYHOLDERS[1:4])
    put_root(hub.opened, after)
    with hub.client() as client:
        newest, first = client.get("/api/register/roots").json()["roots"]
        page, chinese = client.get("/en/verify").text, client.get("/zh/verify").text

        assert (newest["version"], newest["holds"], newest["threshold"]) == (2, True, 3)
        assert newest["came"] == [metadata_key(newcomer.public).keyid]
        assert newest["went"] == [metadata_key(leaver.public).keyid]
        assert newest["is_ordering_new"] is False
        assert (first["version"], first["holds"], first["came"]) == (1, True, [])
        assert client.get(newest["url"]).content == after
        assert sha256(after).hexdigest() == newest["digest"]
    for key_id in (*newest["came"], *newest["went"]):
        assert key_id in page
        assert key_id in chinese
    assert "3 of 5 keyholders must sign" in page


def test_a_root_that_too_few_keyholders_signed_is_told_as_such(tmp_path: Path) -> None:
    hub = HubServer(tmp_path)
    request = make_root(root_keys(), version=2, at=AT)
    (hub.node.published / "metadata" / "2.root.json").write_bytes(request)
    with hub.client() as client:
        newest = client.get("/api/register/roots").json()["roots"][0]
        page = client.get("/zh/verify").text

    assert (newest["version"], newest["holds"]) == (2, False)
    assert "签名人数不足" in page
