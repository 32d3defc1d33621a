"""Status lists over HTTP: static, cached by ETag, and the same bytes a gate verifies with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from comity import read_status_list
from comity.domain.colour import PassClass
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.issuer import Issuer
from comity.issuance.pass_life import VoidReason, void_pass
from comity.issuance.records import IssuedPass
from comity.issuance.status_publication import publish_status
from comity.server.app import make_app
from comity.server.open_file import OpenFile, OpenFileAnswer
from comity.trust.delta import apply_delta
from comity.trust.status import CURRENT, VOID
from tests.builders import AT, HOME
from tests.pass_office import add_holder, make_issuer, make_node

LIST = f"/status/{HOME}-1.cbor"


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


@pytest.fixture
def issued(issuer: Issuer) -> IssuedPass:
    holder = add_holder(issuer)
    request = PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id="paper")
    return apply_for_pass(issuer, request, at=AT).issued


@pytest.fixture
def client(tmp_path: Path, issuer: Issuer, issued: IssuedPass) -> TestClient:
    publish_status(issuer, tmp_path, at=AT + 1)
    return TestClient(make_app(make_node(issuer, tmp_path)))


def test_a_list_is_fetched_once_and_then_only_asked_for(client: TestClient) -> None:
    first = client.get(LIST)
    again = client.get(LIST, headers={"if-none-match": first.headers["etag"]})
    head = client.head(LIST)

    assert (first.status_code, again.status_code, head.status_code) == (200, 304, 200)
    assert first.headers["content-type"] == "application/statuslist+cwt"
    assert "max-age=60" in first.headers["cache-control"]
    assert again.headers["etag"] == head.headers["etag"] == first.headers["etag"]
    assert (again.content, head.content) == (b"", b"")


def test_after_a_loss_list_and_delta_say_the_same(
    client: TestClient, issuer: Issuer, issued: IssuedPass, tmp_path: Path
) -> None:
    keys = (issuer.keys.key_list,)
    before, tag = read_status_list(client.get(LIST).content, keys), client.get(LIST).headers["etag"]
    with issuer.store.transaction() as transaction:
        void_pass(transaction, issuer, issued.pass_id, VoidReason.LOST, at=AT + 5, actor="holder")
    publish_status(issuer, tmp_path, at=AT + 20)

    whole = client.get(LIST, headers={"if-none-match": tag})
    delta = client.get(f"/status-deltas/{HOME}-1-{before.issued_at}.cbor")

    after = apply_delta(delta.content, before, keys[0], is_test=True)
    assert whole.status_code == 200
    assert after.array == read_status_list(whole.content, keys).array
    assert [each.array.find(issued.list_index) for each in (before, after)] == [CURRENT, VOID]


@pytest.mark.parametrize("name", [f"/status/{HOME}-9.cbor", f"/status-deltas/{HOME}-1-1.cbor"])
def test_what_is_not_published_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(name).status_code == 404


def test_a_list_that_was_cut_off_is_gone_on_with_while_it_is_the_same_edition(client: TestClient) -> None:
    whole = client.get(LIST)
    tag, size = whole.headers["etag"], len(whole.content)

    rest = client.get(LIST, headers={"range": "bytes=10-", "if-range": tag})
    other = client.get(LIST, headers={"range": "bytes=10-", "if-range": '"older"'})
    past = client.get(LIST, headers={"range": f"bytes={size}-"})

    assert (rest.status_code, rest.content) == (206, whole.content[10:])
    assert rest.headers["content-range"] == f"bytes 10-{size - 1}/{size}"
    assert (other.status_code, other.content) == (200, whole.content)
    assert (past.status_code, past.headers["content-range"]) == (416, f"bytes */{size}")


def test_what_is_sent_is_the_edition_that_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "list.cbor"
    path.write_bytes(b"old" * 10)
    file = OpenFile(path)
    (tmp_path / "new").write_bytes(b"another")
    (tmp_path / "new").replace(path)
    scope = {"type": "http", "method": "GET", "headers": []}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    response = OpenFileAnswer(file, Request(scope), media_type="x/y", headers={"etag": file.tag})
    asyncio.run(response(scope, receive, send))

    assert b"".join(each.get("body", b"") for each in sent) == b"old" * 10
    assert dict(sent[0]["headers"])[b"content-length"] == b"30"
