"""Errors as problem details: every kind of error has its status, and framework errors are told plainly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import comity.errors
from comity.domain.catalogue import CATALOGUE
from comity.errors import ComityError, RequestRefused
from comity.server.app import make_app
from comity.server.problems import STATUS, status_of
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


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr, zh;q=0.1", "zh-Hans"),
        ("zh;q=0", "en"),
        ("*", "en"),
        (";;,q=,zh;q=x", "en"),
    ],
)
def test_a_problem_is_told_in_the_language_that_is_asked_for(
    client: TestClient, asked: str, language: str
) -> None:
    answer = client.get("/me", headers={"accept-language": asked})

    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    told = answer.json()
    assert told["type"] == "urn:comity:error:not-signed-in"
    if language == "en":
        assert told["title"] == "Not signed in"
    else:
        assert (told["title"], told["title_en"]) == ("未登录", "Not signed in")
        assert told["detail_en"] == "no session token was sent"


def test_every_error_that_a_request_may_meet_has_words_in_both_languages() -> None:
    missing = {kind.code for kind in STATUS if f"problem.{kind.code}.title" not in CATALOGUE}

    assert not missing


def test_a_browser_that_cannot_sign_in_sees_a_page_in_both_languages(client: TestClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

    page = client.get("/sign-in", headers=browser)
    app = client.get("/sign-in", headers={"accept": "application/json"})

    assert page.status_code == app.status_code == 503
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "身份认证服务不可用" in page.text
    assert "Identity provider not available" in page.text
    assert app.headers["content-type"] == "application/problem+json"
    assert client.get("/me", headers=browser).headers["content-type"] == "application/problem+json"
