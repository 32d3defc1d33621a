"""The report of a run in a real browser: no request, no complaint, WCAG 2.2 AA, narrow, both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from comity.assessment.report import CHARTS
from comity.cli.demo_assessment import assess_demo_region
from tests.e2e.test_register import RULES

LOOKS: Final = (("zh", 1280, "light"), ("en", 1280, "dark"), ("zh", 320, "dark"), ("en", 320, "light"))
CHART_COUNT: Final = 6
_PEOPLE: Final = 20_000

OpenReport = Callable[..., Any]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the last of four runs, as the demo makes it."""
    if not CHARTS.is_file():
        pytest.skip("the charts were not built; run make pwa")
    found = assess_demo_region(tmp_path_factory.mktemp("demo"), people=_PEOPLE)
    assert found is not None
    return found


@pytest.fixture
def open_report(browser: Any, report: Path) -> Iterator[OpenReport]:
    """Open the report from the disk; what it asks for beyond itself, or the browser says, fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []
    address = report.as_uri()

    def open_one(lang: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale="zh-CN" if lang == "zh" else "en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url == address else complaints.append(asked.url))
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_no_rule_of_wcag_is_broken(open_report: OpenReport, lang: str, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page = open_report(lang, width=width, scheme=scheme)
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")

    found = axe.Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})

    broken = [
        (each["id"], each["help"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found.response["violations"]
    ]
    assert broken == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_is_cut_off_at_320_pixels(open_report: OpenReport, lang: str, *, scripts: bool) -> None:
    page = open_report(lang, width=320, scripts=scripts)
    page.locator("summary").first.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    cut = page.eval_on_selector_all(".wide", "all => all.filter(e => e.scrollWidth > e.clientWidth).length")
    assert cut == 0


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_every_chart_is_drawn(open_report: OpenReport, lang: str, width: int, scheme: str) -> None:
    page = open_report(lang, width=width, scheme=scheme)

    drawn = page.eval_on_selector_all(
        ".chart canvas",
        """all => all.filter(each => {
            const dots = each.getContext("2d").getImageData(0, 0, each.width, each.height).data;
            return dots.some(dot => dot !== 0);
        }).length""",
    )

    assert drawn == CHART_COUNT


def test_the_language_is_that_of_the_browser_and_can_be_chosen(open_report: OpenReport) -> None:
    page = open_report("zh")
    assert page.get_by_role("heading", level=1).inner_text() == "内蒙古自治区评定报告"
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"

    page.get_by_text("English", exact=True).click()

    assert page.get_by_role("heading", level=1).inner_text() == "Inner Mongolia: assessment report"
    assert page.evaluate("[document.documentElement.lang, document.title]") == [
        "en",
        "Inner Mongolia: assessment report",
    ]


def test_without_scripts_the_tables_and_the_choice_of_language_are_there(open_report: OpenReport) -> None:
    page = open_report("zh", scripts=False)
    assert page.locator("section table:visible").count() >= 5
    assert page.locator(".chart:visible").count() == 0

    page.get_by_text("English", exact=True).click()

    assert page.get_by_role("heading", level=1).inner_text() == "Inner Mongolia: assessment report"
