"""Errors as problem details: every kind of error has its status, and framework errors are told plainly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import comity.errors
from comity.errors import ComityError, RequestRefused
from comity.server.app import make_app
from comity.server.problems import status_of
from tests.region import RegionNode


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(RegionNode(tmp_path).node)) as client:
        yield client


def test_a_body_that_is_no_json_is_told_with_its_place(client: TestClient) -> None:
    answer = client.post("/sign-in/session", content=b"{", headers={"content-type": "application/json"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == "body"
    assert answer.json()["detail"] == "the body is not JSON, at character 1"
    assert answer.json()["next_step"]


def test_an_unknown_key_is_named(client: TestClient) -> None:
    answer = client.post("/sign-in/session", json={"code": "ab" * 32, "colour": "green"})

    assert answer.status_code == 422
    assert answer.json()["field"] == "colour"


def test_an_address_or_method_that_is_not_there_is_told_with_what_to_do_next(client: TestClient) -> None:
    nowhere = client.get("/nowhere")
    wrong_method = client.delete("/codes")

    assert (nowhere.status_code, wrong_method.status_code) == (404, 405)
    assert all(answer.json()["detail"] and answer.json()["next_step"] for answer in (nowhere, wrong_method))


def test_no_refusal_of_a_request_is_told_as_a_fault() -> None:
    kinds = [
        kind
        for kind in vars(comity.errors).values()
        if isinstance(kind, type) and issubclass(kind, RequestRefused) and kind is not RequestRefused
    ]

    assert kinds
    assert all(status_of(kind.__new__(kind)) != 500 for kind in kinds)


def test_what_nobody_foresaw_is_a_fault() -> None:
    assert status_of(ComityError("x")) == 500
