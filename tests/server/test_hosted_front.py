"""The front of hosted regions: whose a request is, what is handed on of it, and that nobody waits."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest
from starlette.types import Message, Receive, Scope, Send

from comity.errors import StoreUnavailable
from comity.server.hosted_front import HostedFront
from comity.server.hosted_sites import HostedSite
from tests.builders import HOME, HOST, HUBEI
from tests.server.hosted import ask

URLS: Final = {
    HOST: "https://nmg.example",
    HOME: "https://codes.example:8443/440000",
    HUBEI: "https://codes.example:8443/420000",
}


class Echo:
    """Stands for a region's node: tells which region it is and what it was handed."""

    def __init__(self, region: str) -> None:
        self.region = region

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [[name.decode(), value.decode()] for name, value in scope["headers"]]
        told = {"region": self.region, "path": scope["path"], "raw_path": scope["raw_path"].decode()}
        told |= {"headers": headers, "client": list(scope["client"])}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})


def front(**given: Any) -> HostedFront:
    sites = [HostedSite.at(url, region=region, node=Echo(region)) for region, url in URLS.items()]
    return HostedFront(sites, **given)


def handed(target: str, *fields: tuple[str, str], **given: Any) -> dict[str, Any]:
    """What the node of the region that is asked was handed."""
    status, content = ask(front(), target, *fields, **given)
    assert status == 200
    told: dict[str, Any] = json.loads(content)
    return told


@pytest.mark.parametrize(
    ("host", "target", "region", "path"),
    [
        ("nmg.example", "/anchor", HOST, "/anchor"),
        ("NMG.Example:443", "/anchor", HOST, "/anchor"),
        ("nmg.example", "/440000/anchor", HOST, "/440000/anchor"),
        ("nmg.example", "/a%2fb?q=1", HOST, "/a%2fb"),
        ("codes.example:8443", "/440000/anchor", HOME, "/anchor"),
        ("codes.example:8443", "/420000/440000/anchor", HUBEI, "/440000/anchor"),
        ("codes.example:8443", "/440000/../420000/anchor", HOME, "/../420000/anchor"),
        ("codes.example:8443", "/440000/", HOME, "/"),
    ],
)
def test_a_request_is_for_the_region_whose_name_and_path_it_has(
    host: str, target: str, region: str, path: str
) -> None:
    told = handed(target, ("host", host))

    assert (told["region"], told["raw_path"]) == (region, path)


@pytest.mark.parametrize(
    ("title", "target", "fields"),
    [
        ("no host", "/anchor", []),
        ("two hosts", "/anchor", [("host", "nmg.example"), ("host", "codes.example:8443")]),
        ("a list of hosts", "/anchor", [("host", "nmg.example, codes.example:8443")]),
        ("a name that ends alike", "/anchor", [("host", "evil-nmg.example")]),
        ("a name below", "/anchor", [("host", "a.nmg.example")]),
        ("a trailing dot", "/anchor", [("host", "nmg.example.")]),
        ("user information", "/anchor", [("host", "x@nmg.example")]),
        ("another port", "/anchor", [("host", "nmg.example:8443")]),
        ("no port", "/440000/anchor", [("host", "codes.example")]),
        ("an address in the name's place", "/anchor", [("host", "127.0.0.1")]),
        ("a forwarded host", "/anchor", [("host", "x.example"), ("x-forwarded-host", "nmg.example")]),
        ("forwarded", "/anchor", [("host", "x.example"), ("forwarded", "host=nmg.example")]),
        ("no region's path", "/150000/anchor", [("host", "codes.example:8443")]),
        ("a path that only begins alike", "/4400001/anchor", [("host", "codes.example:8443")]),
        ("the bare path", "/440000", [("host", "codes.example:8443")]),
        ("an encoded path", "/%34%340000/anchor", [("host", "codes.example:8443")]),
        ("two slashes", "//440000/anchor", [("host", "codes.example:8443")]),
        ("dots in front", "/./440000/anchor", [("host", "codes.example:8443")]),
        ("an absolute target", "https://nmg.example/anchor", [("host", "codes.example:8443")]),
    ],
)
def test_a_request_that_is_for_no_region_reaches_none(
    title: str, target: str, fields: list[tuple[str, str]]
) -> None:
    status, content = ask(front(), target, *fields)

    assert status == 404
    assert json.loads(content)["type"] == "urn:comity:error:unknown-record"


def test_a_monitor_asks_the_front_itself_at_an_address_that_is_no_regions() -> None:
    assert ask(front(), "/health/live", ("host", "127.0.0.1:8150")) == (200, b'{"status":"live"}')
    status, content = ask(front(), "/metrics", ("host", "127.0.0.1:8150"))

    assert status == 200
    assert b"comity_hosted_requests_total" in content


def test_of_all_cookies_a_region_is_handed_its_own() -> None:
    cookies = ("cookie", "a=1; __Host-comity-sign-in-440000=own; __Host-comity-sign-in-420000=other")
    more = ("cookie", "__Host-comity-sign-in=x;session=y")

    told = handed("/440000/sign-in", ("host", "codes.example:8443"), cookies, more)

    assert [value for name, value in told["headers"] if name == "cookie"] == [
        "__Host-comity-sign-in-440000=own"
    ]


def test_what_a_client_says_of_itself_is_not_handed_on_but_the_address_that_is_seen() -> None:
    said = [
        ("x-forwarded-for", "10.0.0.1"),
        ("x-real-ip", "10.0.0.1"),
        ("forwarded", "for=10.0.0.1"),
        ("connection", "authorization, close"),
        ("authorization", "Bearer x"),
        ("transfer-encoding", "chunked"),
        ("te", "trailers"),
    ]

    told = handed("/anchor", ("host", "nmg.example"), *said)
    behind_a_proxy = handed("/anchor", ("host", "nmg.example"), *said, client="127.0.0.1")

    assert told["headers"] == [
        ["host", "nmg.example"],
        ["x-forwarded-for", "192.0.2.7"],
        ["transfer-encoding", "chunked"],
    ]
    assert told["client"] == ["", 0]
    assert ["x-forwarded-for", "10.0.0.1"] in behind_a_proxy["headers"]


def test_a_region_that_is_slow_fills_its_own_share_and_nobody_elses() -> None:
    ended = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await ended.wait()
        await Echo(HOST)(scope, receive, send)

    both = HostedFront(
        [
            HostedSite.at(URLS[HOST], region=HOST, node=slow),
            HostedSite.at(URLS[HOME], region=HOME, node=Echo(HOME)),
        ],
        in_hand=2,
    )

    async def play() -> tuple[list[int], int, int, list[int]]:
        waiting = [asyncio.create_task(status_of(both, "nmg.example", "/codes")) for _ in range(2)]
        await asyncio.sleep(0)
        refused = await status_of(both, "nmg.example", "/codes")
        others = [await status_of(both, "codes.example:8443", "/440000/codes") for _ in range(5)]
        ended.set()
        first = list(await asyncio.gather(*waiting))
        return first, refused, await status_of(both, "nmg.example", "/codes"), others

    assert asyncio.run(play()) == ([200, 200], 503, 200, [200] * 5)


async def status_of(app: HostedFront, host: str, path: str) -> int:
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    fields = [(b"host", host.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "headers": fields}
    await app(scope | {"query_string": b"", "client": ("192.0.2.7", 1)}, receive, send)
    return int(told[0]["status"])


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (StoreUnavailable("gone"), "store-unavailable"),
        (RuntimeError("a fault"), "region-unavailable"),
    ],
)
def test_what_breaks_in_one_region_is_told_for_it_alone(raised: Exception, code: str) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise raised

    both = HostedFront(
        [
            HostedSite.at(URLS[HOST], region=HOST, node=broken),
            HostedSite.at(URLS[HOME], region=HOME, node=Echo(HOME)),
        ]
    )

    status, content = ask(both, "/codes", ("host", "nmg.example"))

    assert (status, json.loads(content)["type"]) == (503, f"urn:comity:error:{code}")
    assert ask(both, "/440000/codes", ("host", "codes.example:8443"))[0] == 200
