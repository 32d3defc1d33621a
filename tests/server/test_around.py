"""What runs around every request: ids, headers, bounds, rates, shedding, problems, counts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from comity.server.app import make_app
from comity.server.around import SECURITY_HEADERS, Around
from comity.server.bounds import MAX_BODY, ServingBounds
from comity.server.hot_route import HotAnswer, HotRoute
from comity.server.load import Load
from comity.server.logs import configure_logs
from comity.server.metrics import metrics_text
from comity.server.route_classes import RouteClass, route_class
from tests.logs import identities_in
from tests.people import name, resident_number
from tests.region import RegionNode


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(RegionNode(tmp_path).node)) as client:
        yield client


def small_app(**bounds: Any) -> FastAPI:
    """An application of our own inside the same layer."""
    app = FastAPI()

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("张三 990101199003070038")

    @app.get("/slow")
    async def slow() -> None:
        await asyncio.sleep(30)

    @app.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(Around, bounds=ServingBounds(**bounds))
    return app


def test_every_answer_has_a_request_id_of_its_own_and_the_security_headers(client: TestClient) -> None:
    first, second = client.get("/health/live"), client.get("/no-such-route")

    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    for header, value in SECURITY_HEADERS:
        assert first.headers[header.decode()] == second.headers[header.decode()] == value.decode()


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/no-such-route", 404), ("DELETE", "/health/live", 405)]
)
def test_what_no_route_answers_is_a_problem(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_fault_tells_nothing_and_its_log_has_no_words_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    answer = TestClient(small_app()).get("/broken")

    logged = capsys.readouterr().err
    assert answer.status_code == 500
    assert answer.json()["title"] == "A fault in Comity"
    assert "张三" not in answer.text + logged
    fault = json.loads(logged.splitlines()[0])
    assert (fault["event"], fault["kind"]) == ("fault", "RuntimeError")


@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_body_over_the_bound_is_refused(says_its_length: bool) -> None:
    client = TestClient(small_app())
    parts = [b"x" * 2**16] * (MAX_BODY // 2**16)

    fits = client.post("/body", content=b"".join(parts) if says_its_length else iter(parts))
    too_large = client.post(
        "/body", content=b"".join(parts) + b"x" if says_its_length else iter([*parts, b"x"])
    )

    assert (fits.status_code, fits.json()) == (200, MAX_BODY)
    assert too_large.status_code == 413
    assert too_large.json()["type"] == "urn:comity:error:too-large"


def test_a_request_that_takes_too_long_is_told() -> None:
    answer = TestClient(small_app(seconds=0)).get("/slow")

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:comity:error:took-too-long"


def test_more_than_the_rate_is_refused_with_the_time_to_wait() -> None:
    client = TestClient(small_app(per_minute=2))

    statuses = [client.post("/body", headers={"authorization": "Bearer a"}).status_code for _ in range(3)]
    other = client.post("/body", headers={"authorization": "Bearer b"})
    refused = client.post("/body", headers={"authorization": "bearer a"})

    assert statuses == [200, 200, 429]
    assert other.status_code == 200
    assert int(refused.headers["retry-after"]) > 0


def test_extras_are_shed_first_and_the_colour_last() -> None:
    load = Load(bound=8)
    admitted = []
    for in_hand in range(9):
        load.in_hand = in_hand
        admitted.append({kind for kind in RouteClass if load.admits(kind)})

    assert admitted[3] == set(RouteClass)
    assert admitted[4] == {RouteClass.COLOUR, RouteClass.PASS, RouteClass.WATCH}
    assert admitted[6] == {RouteClass.COLOUR, RouteClass.WATCH}
    assert admitted[8] == {RouteClass.WATCH}


def test_a_late_loop_sheds_in_the_same_order() -> None:
    load = Load(bound=8, late=0.6)

    assert [kind for kind in RouteClass if load.admits(kind)] == [RouteClass.COLOUR, RouteClass.WATCH]


def test_a_shed_request_is_told_when_to_come_again() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("here")(scope, receive, send)

    around = Around(app, bounds=ServingBounds(in_hand=0))
    answer = TestClient(around).get("/supervision")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.json()["type"] == "urn:comity:error:overloaded"


def test_a_page_that_was_shed_asks_again_by_itself() -> None:
    around = Around(never, bounds=ServingBounds(in_hand=0))
    answer = TestClient(around).get("/sign-in", headers={"accept": "text/html"})

    assert answer.status_code == 503
    assert answer.headers["refresh"] == answer.headers["retry-after"] == "2"
    assert "系统繁忙" in answer.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/codes/online", RouteClass.COLOUR),
        ("/codes/verify", RouteClass.COLOUR),
        ("/status/1.cwt", RouteClass.COLOUR),
        ("/bundle", RouteClass.COLOUR),
        ("/codes", RouteClass.PASS),
        ("/codes/abc/print", RouteClass.PASS),
        ("/health-declarations", RouteClass.PASS),
        ("/sign-in/callback", RouteClass.PASS),
        ("/evidence-imports", RouteClass.IMPORT),
        ("/health/ready", RouteClass.WATCH),
        ("/supervision/extra-demands", RouteClass.EXTRA),
        ("/", RouteClass.EXTRA),
        ("", RouteClass.EXTRA),
    ],
)
def test_a_path_has_its_class(path: str, kind: RouteClass) -> None:
    assert route_class(path) is kind


async def never(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that is not to be reached."""
    raise AssertionError


def hot_client(answer: HotAnswer, **bounds: Any) -> TestClient:
    """A client of one hot route, /hot, of 8 bytes at most."""
    return TestClient(Around(never, bounds=ServingBounds(**bounds), hot=[HotRoute("/hot", 8, answer)]))


def test_a_hot_route_goes_past_the_application() -> None:
    async def hot(scope: Scope, body: bytes) -> bytes:
        return b'{"body":"%b"}' % body

    answer = hot_client(hot).post("/hot", content=b"here")

    assert answer.json() == {"body": "here"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "x-request-id" in answer.headers
    for header, value in SECURITY_HEADERS:
        assert answer.headers[header.decode()] == value.decode()


@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_hot_body_over_its_bound_is_refused(says_its_length: bool) -> None:
    async def hot(scope: Scope, body: bytes) -> bytes:
        return body

    answer = hot_client(hot).post(
        "/hot", content=b"123456789" if says_its_length else iter([b"12345", b"6789"])
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_hot_route_that_takes_too_long_or_fails_is_told() -> None:
    async def slow(scope: Scope, body: bytes) -> bytes:
        await asyncio.sleep(30)
        return body

    async def broken(scope: Scope, body: bytes) -> bytes:
        raise RuntimeError("张三")

    late, fault = hot_client(slow, seconds=0).post("/hot"), hot_client(broken).post("/hot")

    assert late.json()["type"] == "urn:comity:error:took-too-long"
    assert fault.status_code == 500
    assert "张三" not in fault.text
    assert "x-request-id" in fault.headers


def test_a_hot_route_is_shed_at_the_bound_and_counted_otherwise() -> None:
    async def hot(scope: Scope, body: bytes) -> bytes:
        return b"{}"

    shed, served = hot_client(hot, in_hand=0).post("/hot"), hot_client(hot).post("/hot")
    text = metrics_text().decode()

    assert (shed.status_code, shed.headers["retry-after"], served.status_code) == (503, "1", 200)
    assert 'comity_requests_total{method="POST",route="/hot",status="200"}' in text
    assert 'comity_request_seconds_count{route="/hot"}' in text


def test_metrics_count_by_the_template_of_the_route(client: TestClient) -> None:
    client.get("/health/live")

    text = client.get("/metrics").text

    assert 'comity_requests_total{method="GET",route="/health/live",status="200"}' in text


def test_a_node_that_is_no_member_yet_is_ready_and_says_so_of_every_part(client: TestClient) -> None:
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert set(answer.json()["parts"]) == {"records", "clock", "keys", "published"}


def test_the_description_tells_problems_and_ways_to_sign_in(client: TestClient) -> None:
    described = client.get("/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["tags"], f"{method} {path} has no tag"
            assert operation["summary"], f"{method} {path} has no summary"
            assert {"4XX", "5XX"} <= set(operation["responses"])
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_the_search_of_the_logs_finds_who_is_named() -> None:
    assert identities_in(f'{{"event": "signed in", "who": "{name(1)}"}}') == [name(1)]
    assert identities_in(f'{{"path": "/people/{resident_number(3)}"}}') == [resident_number(3)]
    assert identities_in('{"request_id": "c4d2b3eb0491000000ae", "ms": 1.2}') == []
