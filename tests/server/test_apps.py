"""The phone apps as served: types, caching, security policy, and nothing outside their folders."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from starlette.testclient import TestClient

from comity.domain.instant import rfc3339
from comity.server import apps
from comity.server.app import make_app
from comity.server.hosted_front import HostedFront
from comity.server.hosted_sites import HostedSite
from comity.server.node_app import NodeApp
from tests.builders import HOST
from tests.region import RegionNode
from tests.server.hosted import ask

SCRIPT: Final = "assets/index-Bx3_k-9Q.js"
FILES: Final = {
    "index.html": b"<!doctype html><title>app</title>" + b" " * 500,
    "app.webmanifest": b"{}",
    "service-worker.js": b"self.skipWaiting();",
    "icon.svg": b"<svg/>",
    SCRIPT: b"const one = 1;" * 100,
    "assets/zxing-DkX0Aa1b.wasm": b"\0asm" + b"\0" * 100,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "apps"
    for app in (apps.WALLET, apps.CHECKPOINT):
        for name, body in FILES.items():
            path = made / app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    (made / "secret.js").write_bytes(b"outside")
    (made / apps.WALLET / ".hidden.js").write_bytes(b"hidden")
    (made / apps.WALLET / "notes.key").write_bytes(b"of no kind that is served")
    (made / apps.WALLET / "away.js").symlink_to(made / "secret.js")
    return made


@pytest.fixture
def node(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path / "published")


@pytest.fixture
def app(node: RegionNode, folder: Path) -> NodeApp:
    made = make_app(node.node)
    apps.install(made, folder)
    return made


@pytest.fixture
def client(app: NodeApp) -> TestClient:
    return TestClient(app, base_url="https://node.example", follow_redirects=False)


@pytest.mark.parametrize("app_name", [apps.WALLET, apps.CHECKPOINT])
@pytest.mark.parametrize(
    ("name", "media_type", "cached"),
    [
        ("", "text/html; charset=utf-8", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("service-worker.js", "text/javascript; charset=utf-8", "no-cache"),
        ("app.webmanifest", "application/manifest+json", "no-cache"),
        ("icon.svg", "image/svg+xml", "no-cache"),
        (SCRIPT, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("assets/zxing-DkX0Aa1b.wasm", "application/wasm", "public, max-age=31536000, immutable"),
    ],
)
def test_each_file_has_its_type_and_only_hashed_names_are_kept_for_good(
    client: TestClient, app_name: str, name: str, media_type: str, cached: str
) -> None:
    answer = client.get(f"/{app_name}/{name}")
    head = client.head(f"/{app_name}/{name}")
    again = client.get(f"/{app_name}/{name}", headers={"if-none-match": answer.headers["etag"]})

    assert (answer.status_code, answer.content) == (200, FILES[name or "index.html"])
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (media_type, cached)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_policy_lets_nothing_run_or_load_that_the_node_does_not_serve(client: TestClient) -> None:
    headers = client.get("/checkpoint/").headers

    policy = dict(each.strip().partition(" ")[::2] for each in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "camera=()" in client.get("/wallet/").headers["permissions-policy"]


def test_a_new_edition_is_served_at_once(client: TestClient, folder: Path) -> None:
    before = client.get("/wallet/")
    (folder / apps.WALLET / "index.html").write_bytes(b"<!doctype html><title>newer</title>")

    after = client.get("/wallet/", headers={"if-none-match": before.headers["etag"]})

    assert (after.status_code, b"newer" in after.content) == (200, True)


def test_what_takes_gzip_gets_it_and_the_rest_gets_it_plain(client: TestClient) -> None:
    zipped = client.get(f"/wallet/{SCRIPT}", headers={"accept-encoding": "gzip"})
    plain = client.get(f"/wallet/{SCRIPT}", headers={"accept-encoding": "identity"})

    assert (zipped.headers["content-encoding"], zipped.content) == ("gzip", FILES[SCRIPT])
    assert int(zipped.headers["content-length"]) < len(FILES[SCRIPT])
    assert ("content-encoding" in plain.headers, plain.content) == (False, FILES[SCRIPT])
    assert plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path",
    [
        "/wallet/missing.js",
        "/wallet/..%2fsecret.js",
        "/wallet/%2e%2e/secret.js",
        "/wallet/assets/..%2f..%2fsecret.js",
        "/wallet/.hidden.js",
        "/wallet/notes.key",
        "/wallet/away.js",
        "/wallet/assets",
        "/wallet/assets/",
        "/wallet//etc/passwd",
        "/wallet/index.html%00.js",
        "/wallet/" + "a" * 4_000 + ".js",
    ],
)
def test_nothing_outside_an_app_and_no_other_kind_of_file_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert b"outside" not in answer.content


@pytest.mark.parametrize("name", [apps.WALLET, apps.CHECKPOINT])
def test_without_its_slash_an_app_is_redirected_beside_where_it_was_asked(
    client: TestClient, name: str
) -> None:
    answer = client.get(f"/{name}")

    assert (answer.status_code, answer.headers["location"]) == (308, f"{name}/")


@pytest.mark.parametrize("path", ["/wallet/", "/checkpoint/", f"/wallet/{SCRIPT}"])
def test_where_the_apps_were_not_built_a_page_says_how(node: RegionNode, tmp_path: Path, path: str) -> None:
    app = make_app(node.node)
    apps.install(app, tmp_path / "nothing")
    answer = TestClient(app).get(path)

    assert answer.status_code == 404
    assert "make pwa" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_of_the_node_leads_to_what_is_there(client: TestClient, node: RegionNode) -> None:
    there = client.get("/")
    (Path(client.app.state.apps) / apps.CHECKPOINT / "index.html").unlink()  # type: ignore[attr-defined]
    half = client.get("/")

    assert there.status_code == 200
    assert all(f'href="{name}"' in there.text for name in ("wallet/", "checkpoint/", "openapi.json"))
    assert "内蒙古自治区" in there.text
    assert ('href="wallet/"' in half.text, 'href="checkpoint/"' in half.text) == (True, False)


def test_a_sign_in_ends_in_the_wallet_with_what_stands_after_the_hash(client: TestClient) -> None:
    answer = client.get("/sign-in/complete")

    assert (answer.status_code, answer.headers["location"]) == (303, "../wallet/")


def test_hosted_regions_serve_the_apps_below_their_own_path(app: NodeApp) -> None:
    site = HostedSite.at("https://codes.example/150000", region=HOST, node=app)
    status, content = ask(HostedFront([site]), "/150000/wallet/app.webmanifest", ("host", "codes.example"))

    assert (status, json.loads(content)) == (200, {})


def test_a_node_that_is_no_test_says_nothing_of_a_test(node: RegionNode, folder: Path) -> None:
    real = replace(node.node, issuer=replace(node.issuer, is_test=False))
    told = make_app(real)
    apps.install(told, folder)

    assert "TEST" in TestClient(make_app(node.node)).get("/").text
    assert "TEST" not in TestClient(told).get("/").text


def test_a_phone_reads_the_time_of_the_node_and_keeps_no_copy(client: TestClient, node: RegionNode) -> None:
    answer = client.get("/clock")

    assert answer.json() == {"at": rfc3339(node.at), "region": HOST, "test": True}
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
