"""The register as pages: both languages, every date, no script, and nothing that is not in the read model."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.domain.catalogue import CATALOGUE
from comity.domain.instant import DAY, HOUR
from comity.domain.recognition import Step
from comity.domain.region import HUBEI, INNER_MONGOLIA
from comity.domain.rulebook import Rulebook
from comity.domain.texts import Text
from comity.server.register_pages.program import PROGRAM
from comity.server.register_pages.routes import preferred
from tests.register_app import register_app
from tests.register_seed import EFFECT, GUANGDONG, JOINED_AT, NOW, TIBET, Book, national_book

TEMPLATES = Path(__file__).parents[2] / "src/comity/server/register_pages/templates"
PAGES = (
    "/",
    "/?host=440000",
    "/matrix",
    "/pairs/150000/440000",
    "/pairs/150000/420000",
    "/pairs/440000/310000",
    "/pairs/150000/150000",
    "/regions",
    "/regions/150000",
    "/regions/330000",
    "/regions/540000",
    "/regions/330000/rulebooks/1",
    "/regions/330000/rulebooks/3?against=1",
    "/national",
    "/feeds",
    "/verify",
)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(register_app(national_book()))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("as_of", ["", "2020-03-10", "2020-03-18", "2020-12-31"])
def test_every_page_answers_in_both_languages_for_every_date(
    client: TestClient, path: str, lang: str, as_of: str
) -> None:
    if as_of:
        path += f"{'&' if '?' in path else '?'}as_of={as_of}"
    answer = client.get(f"/{lang}{path}")

    if "rulebooks" in path and as_of in ("2020-03-10", "2020-03-18"):
        assert answer.status_code in (200, 404), "that version was not known then"
        return
    assert answer.status_code == 200
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in answer.text
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert not re.search(r" on[a-z]+=", answer.text)
    assert 'hreflang="zh-Hans"' in answer.text
    assert 'hreflang="en"' in answer.text


def test_a_page_may_load_nothing_but_its_stylesheet(client: TestClient) -> None:
    answer = client.get("/zh/")
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    sheet = re.search(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
    assert sheet is not None
    style = client.get(sheet[1])
    assert style.status_code == 200
    assert "immutable" in style.headers["cache-control"]


def test_every_text_a_template_asks_for_is_in_the_catalogue() -> None:
    asked = {
        key
        for template in TEMPLATES.glob("*.html")
        for key in re.findall(r'\bt\("([a-z_.0-9]+)"[,)]', template.read_text(encoding="utf-8"))
    }

    assert len(asked) > 60
    assert sorted(key for key in asked if key not in CATALOGUE) == []


def test_the_list_tells_whom_inner_mongolia_recognises_since_when_c2_1(client: TestClient) -> None:
    page = client.get("/zh/").text

    assert "截至" in page
    assert "承认27个地区" in page
    assert 'href="/zh/pairs/150000/440000">广东省</a>' in page
    assert "武汉市除外" in page


def test_a_reply_alone_is_told_as_a_reply_c2_1() -> None:
    book = Book()
    for region in (INNER_MONGOLIA, GUANGDONG):
        book.join(region, JOINED_AT)
    book.step(INNER_MONGOLIA, GUANGDONG, Step.INVITED, EFFECT)
    book.step(INNER_MONGOLIA, GUANGDONG, Step.REPLIED, EFFECT)
    page = TestClient(register_app(book)).get("/en/").text

    assert "recognises no other region" in page
    assert "The other side has replied" in page


def test_a_past_date_is_told_as_it_was_known_then_c3_3(client: TestClient) -> None:
    page = client.get("/zh/pairs/150000/420000?as_of=2020-03-20").text

    assert "转办" in page
    assert "已解除限制" not in page, "the release was published later"
    assert "之后才收到的文件不计在内" in page


def test_a_link_keeps_the_date_that_is_looked_at(client: TestClient) -> None:
    page = client.get("/zh/?as_of=2020-03-20").text

    assert "/zh/pairs/150000/440000?as_of=2020-03-20" in page
    assert 'href="/en/?as_of=2020-03-20"' in page


def test_a_rulebook_is_told_in_words_with_what_became_tighter_c2_2(client: TestClient) -> None:
    page = client.get("/en/regions/330000/rulebooks/2").text

    assert "Tighter" in page
    assert "close contact of a case, symptoms" in page
    assert "home observation" in page
    assert "No rulebook can name green" in page


def test_a_looser_version_is_told_as_looser(client: TestClient) -> None:
    page = client.get("/en/regions/330000/rulebooks/3").text

    assert "Looser" in page
    assert "Tighter" not in page


def test_the_history_names_signer_times_version_clause_and_digest_c2_1(client: TestClient) -> None:
    page = client.get("/en/pairs/440000/310000").text
    digest = re.search(r'href="/statements/([0-9a-f]{64})\.cbor"', page)

    assert "reports a deviation" in page
    assert "clear close contacts at different times" in page
    assert digest is not None
    assert client.get(f"/statements/{digest[1]}.cbor").status_code == 200


def test_the_national_page_tells_dates_and_who_applies_them_c3_3(client: TestClient) -> None:
    page = client.get("/zh/national").text

    assert "2020-04-08 00:00" in page
    assert "国务院联防联控机制 12345" in page
    assert f'href="/zh/pairs/150000/{HUBEI}"' in page


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de,en;q=0.5", "en"),
        ("fr", "zh"),
        ("en;q=0.2,zh-TW;q=0.9", "zh"),
        ("en;q=x", "zh"),
    ],
)
def test_the_root_leads_to_the_language_asked_for(client: TestClient, accepted: str, lang: str) -> None:
    answer = client.get("/", headers={"accept-language": accepted}, follow_redirects=False)

    assert preferred(accepted) == lang
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/{lang}/"
    assert answer.headers["vary"] == "accept-language"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/zh/nothing", 404),
        ("/en/pairs/150000/999999", 404),
        ("/zh/regions/330000/rulebooks/9", 404),
        ("/zh/regions/330000/rulebooks/x", 404),
        ("/zh/?host=1", 404),
        ("/zh/?as_of=yesterday", 422),
        ("/zh/?as_of=2020-03-19T00:00:00", 422),
        ("/zh/?as_of=0000-00-00", 422),
    ],
)
def test_what_is_not_there_is_told_as_a_page(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_written_in_an_address_comes_back_escaped(client: TestClient) -> None:
    page = client.get('/zh/?host=150000&as_of=2020-03-20&against="><script>alert(1)</script>').text

    assert "<script" not in page


def test_a_page_is_known_by_its_etag_and_given_plain_to_who_takes_no_gzip(client: TestClient) -> None:
    answer = client.get("/zh/matrix", headers={"accept-encoding": "gzip"})
    plain = client.get("/zh/matrix", headers={"accept-encoding": "identity"})

    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert answer.text == plain.text
    again = client.get("/zh/matrix", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


def test_a_new_statement_is_on_the_page_at_once() -> None:
    book = Book()
    for region in (INNER_MONGOLIA, GUANGDONG):
        book.join(region, JOINED_AT)
    app = register_app(book)
    client = TestClient(app)
    assert "未开始" in client.get("/zh/pairs/150000/440000").text
    app.state.register._looked = -1.0

    book.recognise(INNER_MONGOLIA, GUANGDONG, EFFECT)

    assert "互认中" in client.get("/zh/pairs/150000/440000").text


def test_every_page_of_a_test_hub_says_test_and_of_a_real_one_none_does(client: TestClient) -> None:
    real = TestClient(register_app(national_book(is_test=False)))

    assert "这是测试平台" in client.get("/zh/matrix").text
    assert "这是测试平台" not in real.get("/zh/matrix").text


@pytest.mark.parametrize("page", ["/regions/440000", "/regions/440000/rulebooks/1"])
def test_c2_2_a_rulebook_of_the_emergency_lane_is_marked_with_its_reason(page: str) -> None:
    book, reason = Book(), Text(zh="聚集性疫情", en="An outbreak <here>")
    book.join(GUANGDONG, NOW - DAY)
    book.rule(Rulebook(region=GUANGDONG, version=1, valid_to=NOW + DAY, emergency=reason), NOW - HOUR)
    client = TestClient(register_app(book))

    english, chinese = client.get(f"/en{page}").text, client.get(f"/zh{page}").text

    assert "Emergency, with shortened notice, because" in english
    assert "An outbreak &lt;here&gt;" in english
    assert "紧急规定" in chinese
    assert "聚集性疫情" in chinese


def test_c2_2_the_reason_of_an_emergency_is_in_the_json_and_the_feeds_too() -> None:
    book, reason = Book(), Text(zh="聚集性疫情", en="An outbreak here")
    book.join(GUANGDONG, NOW - DAY)
    book.rule(Rulebook(region=GUANGDONG, version=1, valid_to=NOW + DAY, emergency=reason), NOW - HOUR)
    client = TestClient(register_app(book))
    told = {"zh": reason.zh, "en": reason.en}

    version = client.get("/api/register/regions/440000/rulebooks/1").json()["rulebook"]
    in_force = client.get("/api/register/regions/440000").json()["rulebook"]
    change = client.get("/api/register/changes?limit=1").json()["changes"][0]
    feed = client.get("/feeds/en/440000.json").json()["items"][0]

    assert (version["emergency"], in_force["emergency"], change["reason"]) == (told, told, told)
    assert "Reason: An outbreak here" in feed["content_text"]
    assert "原因：聚集性疫情" in client.get("/feeds/zh/440000.atom").text


def test_settled_rule_5_why_a_region_stops_taking_part_is_in_the_json() -> None:
    book, reason = Book(), Text(zh="标准不同", en="Other standards")
    book.join(GUANGDONG, NOW - DAY)
    book.leave(GUANGDONG, NOW - HOUR, ends=NOW + DAY, reason=reason)
    client = TestClient(register_app(book))

    member = client.get("/api/register/regions/440000").json()["member"]

    assert member["reason"] == {"zh": reason.zh, "en": reason.en}


def test_an_empty_register_has_its_pages_too() -> None:
    client = TestClient(register_app(Book()))

    for path in ("/", "/matrix", "/regions", "/regions/150000", "/national", "/feeds"):
        assert client.get(f"/zh{path}").status_code == 200


def test_the_program_on_the_page_verifies_what_the_register_gives(client: TestClient, tmp_path: Path) -> None:
    told = client.get("/api/register/statements").json()["statements"]
    wanted = {
        "membership.cbor": next(s for s in told if s["kind"] == "membership" and s["about"] == "150000"),
        "keys.cbor": next(s for s in told if s["kind"] == "key_list" and s["signed_by"] == "150000"),
        "word.cbor": next(
            s
            for s in told
            if s["kind"] == "recognition" and (s["signed_by"], s["about"]) == ("150000", "440000")
        ),
    }
    (tmp_path / "hub.cbor").write_bytes(client.get("/statements/hub.cbor").content)
    for name, statement in wanted.items():
        (tmp_path / name).write_bytes(client.get(statement["url"]).content)
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "program.py", "hub.cbor", *wanted, str(NOW), "test"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert wanted["word.cbor"]["digest"] in ran.stdout
    assert "issuer='440000'" in ran.stdout


def test_a_region_without_keys_is_told_as_such(client: TestClient) -> None:
    assert "No keys are published yet" in client.get(f"/en/regions/{TIBET}").text
