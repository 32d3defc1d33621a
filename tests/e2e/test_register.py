"""The public register in a real browser: WCAG 2.2 AA, narrow and wide, light and dark, without scripts."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any, Final

import pytest

from tests.e2e.conftest import OpenPage

PATHS: Final = (
    "/",
    "/?as_of=2020-03-20",
    "/matrix",
    "/pairs/440000/310000",
    "/pairs/150000/420000",
    "/regions",
    "/regions/150000",
    "/regions/330000/rulebooks/2",
    "/national",
    "/feeds",
    "/verify",
)
LOOKS: Final = (("zh", 1280, "light"), ("en", 320, "dark"))
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET: Final = 24
"""CSS pixels (WCAG 2.2, 2.5.8)."""


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_no_rule_of_wcag_is_broken(
    open_page: OpenPage, path: str, lang: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page = open_page(f"/{lang}{path}", width=width, scheme=scheme)

    found = axe.Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})

    broken = [
        (each["id"], each["help"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found.response["violations"]
    ]
    assert broken == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_cut_off_at_320_pixels(open_page: OpenPage, path: str, lang: str) -> None:
    page = open_page(f"/{lang}{path}", width=320, height=640)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", PATHS)
def test_headings_go_down_one_level_at_a_time(open_page: OpenPage, path: str) -> None:
    page = open_page(f"/en{path}")
    levels = page.eval_on_selector_all("h1,h2,h3,h4,h5,h6", "all => all.map(each => +each.tagName[1])")

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_matrix_keeps_its_headers_in_sight_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/zh/matrix", width=390, height=844)
    page.eval_on_selector(
        ".matrix", "each => { each.scrollIntoView({behavior: 'instant'}); each.scrollTo(700, 500); }"
    )
    frame = _box(page, ".matrix")

    row = page.locator(".matrix tbody tr").nth(20).locator("th").bounding_box()
    column = page.locator(".matrix thead th").nth(22).bounding_box()

    assert row is not None
    assert column is not None
    assert abs(row["x"] - frame["x"]) <= 2
    assert abs(column["y"] - frame["y"]) <= 2


def test_the_matrix_can_be_scrolled_by_keyboard_and_skipped(open_page: OpenPage) -> None:
    page = open_page("/en/matrix", width=390, height=844)
    page.focus(".matrix")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert _comes_true(page, "document.querySelector('.matrix').scrollLeft > 20")

    page.get_by_role("link", name="Skip the table").click()

    assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "by-region"


def test_every_cell_of_the_matrix_has_a_shape_and_a_word(open_page: OpenPage) -> None:
    page = open_page("/en/matrix")
    bare = page.eval_on_selector_all(
        ".matrix td", "all => all.filter(each => !each.querySelector('use') || !each.innerText.trim()).length"
    )

    assert page.locator(".matrix td").count() == 961
    assert bare == 0


@pytest.mark.parametrize("path", ["/", "/matrix", "/feeds", "/regions/330000"])
def test_targets_are_large_enough_to_touch(open_page: OpenPage, path: str) -> None:
    page = open_page(f"/en{path}", width=390)
    small = page.eval_on_selector_all(
        "a:not(.skip), button, input, select, [tabindex='0']",
        """(all, least) => all
            .map(each => [each.getBoundingClientRect(), each.outerHTML.slice(0, 80)])
            .filter(([box]) => box.height > 0 && box.height < least - 0.5)
            .map(([box, text]) => `${box.height} ${text}`)""",
        SMALLEST_TARGET,
    )

    assert small == []


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(open_page: OpenPage) -> None:
    page = open_page("/zh/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")

    assert skip.evaluate("each => each === document.activeElement")
    assert _box(page, ".skip")["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_is_always_visible(open_page: OpenPage) -> None:
    page = open_page("/zh/")
    for _ in range(14):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth), document.activeElement.type]; })()"
        )
        if style[2] != "date":  # the parts of a date have rings of the browser's own
            assert style[0] == "solid"
            assert style[1] >= 2


def test_a_host_and_a_date_are_chosen_without_scripts_c2_1(open_page: OpenPage) -> None:
    page = open_page("/zh/", scripts=False)
    page.select_option("#host", "440000")
    page.fill("#as_of", "2020-03-25")
    page.click("form button")

    assert "host=440000&as_of=2020-03-25" in page.url
    assert "广东省" in page.inner_text("h1")
    assert "之后才收到的文件不计在内" in page.inner_text("main")


def test_the_other_language_shows_the_same_page_at_the_same_date(open_page: OpenPage) -> None:
    page = open_page("/zh/pairs/150000/420000?as_of=2020-03-26", scripts=False)
    page.click(".language a")

    assert page.url.endswith("/en/pairs/150000/420000?as_of=2020-03-26")
    assert page.get_attribute("html", "lang") == "en"
    assert "except those of Wuhan" in page.inner_text("main")


def test_from_the_list_to_the_signed_bytes_in_three_steps(open_page: OpenPage) -> None:
    page = open_page("/en/", scripts=False)
    page.get_by_role("link", name="Guangdong", exact=True).click()
    assert "Passes of Guangdong in Inner Mongolia" in page.inner_text("h1")
    with page.expect_download() as download:
        page.locator(".digest").first.click()

    assert download.value.suggested_filename.endswith(".cbor")


def test_on_paper_there_is_no_navigation(open_page: OpenPage) -> None:
    page = open_page("/zh/")
    page.emulate_media(media="print")

    assert not page.is_visible("nav")
    assert not page.is_visible(".ask")
    assert page.is_visible(".names")


def _box(page: Any, selector: str) -> dict[str, float]:
    found: dict[str, float] | None = page.locator(selector).bounding_box()
    assert found is not None
    return found


def _comes_true(page: Any, expression: str, *, within: float = 5.0) -> bool:
    """Ask again until it holds: the pages' policy allows no `wait_for_function`, which evaluates later."""
    ends = time.monotonic() + within
    while not page.evaluate(expression):
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True
