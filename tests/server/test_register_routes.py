"""The register for programs: the same as on the pages, as JSON, feeds and signed bytes."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from comity.domain.region import INNER_MONGOLIA, NATION
from comity.server.description import describe
from comity.server.register_feeds import _add
from tests.register_app import URL, register_app
from tests.register_seed import EFFECT, Book, national_book
from tests.server.test_description import examples_of

ATOM = "{http://www.w3.org/2005/Atom}"
QUESTIONS = (
    "/api/register/matrix",
    "/api/register/hosts/150000",
    "/api/register/pairs/150000/420000",
    "/api/register/regions",
    "/api/register/regions/330000",
    "/api/register/regions/330000/rulebooks/2",
    "/api/register/regions/330000/rulebooks/3?against=1",
    "/api/register/national",
    "/api/register/changes?limit=5",
    "/api/register/statements",
)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = register_app(national_book())
    describe(app, "The register.")
    return TestClient(app)


@pytest.mark.parametrize("path", QUESTIONS)
def test_every_question_is_answered_as_described_and_known_by_its_etag(client: TestClient, path: str) -> None:
    answer = client.get(path)
    described: dict[str, Any] = client.app.openapi()  # type: ignore[attr-defined]
    template = next(name for name in described["paths"] if _fits(name, path.partition("?")[0]))
    schema = described["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert answer.status_code == 200
    validator = jsonschema_rs.validator_for({**schema, "components": described["components"]})
    assert not [str(error) for error in validator.iter_errors(answer.json())]
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert client.get(path, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def _fits(template: str, path: str) -> bool:
    parts, given = template.split("/"), path.split("/")
    return len(parts) == len(given) and all(
        part == own or part.startswith("{") for part, own in zip(parts, given, strict=True)
    )


def test_every_example_of_the_description_holds(client: TestClient) -> None:
    described: dict[str, Any] = client.app.openapi()  # type: ignore[attr-defined]
    schemas = described["components"]["schemas"]
    for path, operations in described["paths"].items():
        media = operations["get"]["responses"]["200"]["content"].get("application/json")
        if media is None:
            continue
        found = examples_of(media, schemas)
        assert found, path
        validator = jsonschema_rs.validator_for({**media["schema"], "components": described["components"]})
        assert not [str(e) for example in found for e in validator.iter_errors(example)], path


def test_a_pair_is_told_with_what_comes_next_c3_3(client: TestClient) -> None:
    pair = client.get("/api/register/pairs/150000/420000").json()["pair"]

    assert pair["step"] == "released_in_part"
    assert pair["areas_except"] == ["420100"]
    assert pair["next"]["since"] == "2020-04-08T00:00:00+08:00"
    assert pair["next"]["step"] == "released"


def test_a_past_instant_is_answered_by_what_was_known_then(client: TestClient) -> None:
    answer = client.get("/api/register/pairs/150000/420000?as_of=2020-03-20T12:00:00%2B08:00").json()

    assert answer["stamp"]["as_of"] == "2020-03-20T12:00:00+08:00"
    assert answer["pair"]["step"] == "referred"
    assert answer["pair"]["next"] is None
    assert len(answer["history"]) == 1


def test_a_date_means_its_end(client: TestClient) -> None:
    assert client.get("/api/register/matrix?as_of=2020-03-18").json()["stamp"]["as_of"] == (
        "2020-03-18T23:59:59+08:00"
    )


def test_the_matrix_has_31_rows_of_31_steps(client: TestClient) -> None:
    matrix = client.get("/api/register/matrix").json()

    assert len(matrix["regions"]) == len(matrix["rows"]) == 31
    assert all(len(row["steps"]) == 31 for row in matrix["rows"])


def test_differences_are_told_with_their_direction_c2_2(client: TestClient) -> None:
    answer = client.get("/api/register/regions/330000/rulebooks/2").json()

    assert answer["against"] == 1
    assert [each["direction"] for each in answer["differences"]] == ["tighter", "tighter", "tighter"]


def test_every_statement_can_be_downloaded_and_is_what_its_digest_says(client: TestClient) -> None:
    told = client.get("/api/register/statements").json()["statements"]
    kinds = {statement["kind"]: statement for statement in told}

    assert len(kinds) == 9
    for statement in kinds.values():
        answer = client.get(statement["url"])
        assert sha256(answer.content).hexdigest() == statement["digest"]
        assert "immutable" in answer.headers["cache-control"]
        assert client.head(statement["url"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/statements/{'0' * 64}.cbor", 404),
        ("/statements/x.cbor", 422),
        ("/api/register/pairs/150000/999999", 404),
        ("/api/register/regions/330000/rulebooks/9", 404),
        ("/api/register/regions/330000/rulebooks/0", 422),
        ("/api/register/regions/330000/rulebooks/1?against=7", 404),
        ("/api/register/matrix?as_of=x", 422),
        ("/api/register/changes?host=999999", 404),
        ("/feeds/zh/999999.atom", 404),
        ("/feeds/fr/all.atom", 422),
    ],
)
def test_what_is_not_there_is_a_problem(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["all", "150000", "540000"])
def test_atom_has_what_rfc_4287_asks_for(client: TestClient, lang: str, name: str) -> None:
    answer = client.get(f"/feeds/{lang}/{name}.atom")
    feed = ElementTree.fromstring(answer.content)

    assert answer.headers["content-type"] == "application/atom+xml"
    assert feed.tag == f"{ATOM}feed"
    for needed in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{needed}")
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{URL}/feeds/{lang}/{name}.atom"  # type: ignore[union-attr]
    entries = feed.findall(f"{ATOM}entry")
    assert entries or name == "540000"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        for needed in ("id", "title", "updated", "author/{http://www.w3.org/2005/Atom}name", "summary"):
            assert entry.findtext(f"{ATOM}{needed}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_json_feed_is_of_version_1_1_and_links_to_pages_that_are_there(
    client: TestClient, lang: str
) -> None:
    answer = client.get(f"/feeds/{lang}/all.json")
    feed = answer.json()

    assert answer.headers["content-type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 100
    for item in feed["items"]:
        assert item["id"].startswith("urn:comity:statement:sha256:")
        assert item["content_text"]
    for item in feed["items"][::20]:
        assert client.get(item["url"].removeprefix(URL)).status_code == 200
        assert client.get(item["attachments"][0]["url"].removeprefix(URL)).status_code == 200


def test_a_feed_of_a_region_has_its_own_changes_and_the_national_ones(client: TestClient) -> None:
    feed = client.get("/feeds/en/150000.json").json()
    titles = " ".join(item["title"] for item in feed["items"])

    assert "Inner Mongolia" in titles
    assert "national rulebook" in titles
    assert "Guangdong publishes" not in titles


def test_the_nation_as_issuer_is_told_and_links_to_a_page_that_is_there() -> None:
    book = Book()
    book.join(NATION, EFFECT)
    client = TestClient(register_app(book))
    items = client.get("/feeds/en/all.json").json()["items"]

    assert items
    assert all(client.get(item["url"].removeprefix(URL)).status_code == 200 for item in items)
    for path in ("/en/", "/en/matrix", "/en/regions", "/zh/feeds", "/api/register/statements"):
        assert client.get(path).status_code == 200


def test_c2_1_which_host_recognises_national_passes_has_a_page_and_an_answer() -> None:
    book = Book()
    for member in (INNER_MONGOLIA, NATION):
        book.join(member, EFFECT)
    book.recognise(INNER_MONGOLIA, NATION, EFFECT)
    client = TestClient(register_app(book))

    told = client.get("/api/register/pairs/150000/000000").json()
    page = client.get("/en/pairs/150000/000000")
    items = client.get("/feeds/en/all.json").json()["items"]

    assert (told["pair"]["step"], len(told["history"])) == ("in_force", 1)
    assert page.status_code == 200
    assert "/pairs/000000/" not in page.text
    assert all(client.get(item["url"].removeprefix(URL)).status_code == 200 for item in items)
    assert client.get("/api/register/pairs/000000/150000").status_code == 404


def test_no_character_of_a_reason_spoils_a_feed() -> None:
    feed = ElementTree.Element("feed")

    _add(feed, "summary", "a\x00b\x1fc\ufffe 原因\n")

    assert ElementTree.fromstring(ElementTree.tostring(feed))[0].text == "a\ufffdb\ufffdc\ufffd 原因\n"
