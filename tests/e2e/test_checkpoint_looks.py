"""The checkpoint for every eye and hand, and for a long day: axe on every screen, memory that stays flat."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final

import pytest

from comity.domain.colour import Colour
from tests.e2e.bench_checkpoint import SCAN_ALL, heap
from tests.e2e.checkpoint_phone import ANSWER, enrol, next_person, scan
from tests.e2e.node_site import OpenPhone, RegionSite
from tests.e2e.test_wallet_looks import violations

SCANS: Final = int(os.environ.get("COMITY_SCANS", "1000"))
"""Scans in a row; the soak test sets 10,000."""
MOST_GROWTH_MB: Final = 5
_NO_CAMERA: Final = ".finder.empty"
"""Stands once it is known that there is no camera."""
OUTCOMES: Final = ("PASS", "CONTROL", "REFER", "REAPPLY", "REJECT", "UNDECIDED")
_SENSED: Final = """() => { window.sensed = [];
    navigator.vibrate = pattern => { sensed.push(["vibrates", ...pattern]); return true; };
    const Own = window.OscillatorNode;
    window.OscillatorNode = class extends Own {
        start(at) { sensed.push([`${this.frequency.value} Hz`]); super.start(at); }
    }; }"""
"""Notes what is felt and heard, and lets it happen."""


def screens(page: Any, site: RegionSite, *, says_why: bool = True) -> Iterator[str]:
    """Go through every screen of the checkpoint, answers with their why; gives the name of the one shown."""
    page.locator("main input").wait_for()
    page.locator(_NO_CAMERA).wait_for(state="attached")
    yield "enrol"
    enrol(page, site)
    page.locator(_NO_CAMERA).wait_for(state="attached")
    yield "scan"
    at = site.now()
    shown = {
        "PASS": site.guangdong.device_pass(at=at, name="乌兰图雅"),
        "CONTROL": site.guangdong.paper_pass(at=at, colour=Colour.YELLOW),
        "REFER": site.hubei.paper_pass(at=at, area="420100"),
        "REAPPLY": site.guangdong.paper_pass(at=at - 15 * 86_400),
        "REJECT": "https://pass.example/green",
        "UNDECIDED": site.guangdong.paper_pass(at=at, index=5_000),
    }
    for outcome, text in shown.items():
        answer = scan(page, text)
        if says_why:
            answer.locator("summary").click()
        yield outcome
    page.locator(f"{ANSWER} footer button").first.click()
    page.locator("[data-case]").wait_for()
    yield "cases"
    page.locator("header button").first.click()
    page.locator("[data-stage]").click()
    page.locator("h1").wait_for()
    yield "supply"
    page.locator("header button").first.click()
    page.locator(".ways button").first.click()
    page.locator("main form").wait_for()
    yield "card"
    page.locator("header button").first.click()
    scan(page, shown["PASS"])
    page.locator(f"{ANSWER} footer button").first.click()
    page.locator("input[type=radio]").nth(1).click()
    yield "refuse"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_no_screen_has_a_fault_that_axe_finds_nor_runs_over(
    open_phone: OpenPhone, region_site: RegionSite, locale: str, scheme: str
) -> None:
    size = {"width": 320, "height": 640}
    page = open_phone("/checkpoint/", may_fail=True, locale=locale, color_scheme=scheme, viewport=size)
    faults = {
        name: [*violations(page), page.evaluate("document.documentElement.scrollWidth")]
        for name in screens(page, region_site)
    }

    assert faults == {name: [size["width"]] for name in faults}
    assert len(faults) == 12


def test_another_screen_begins_at_its_top_with_its_heading_read_out(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/checkpoint/", may_fail=True, locale="en-GB", viewport={"width": 320, "height": 480})
    enrol(page, region_site)
    page.locator(".ways button").first.scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    page.locator(".ways button").first.click()
    page.get_by_role("heading", name="ID card").wait_for()

    assert (scrolled > 0, page.evaluate("scrollY")) == (True, 0)
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_the_checkpoint_can_be_installed(open_phone: OpenPhone) -> None:
    page = open_phone("/checkpoint/", may_fail=True)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    tool = page.context.new_cdp_session(page)
    manifest = tool.send("Page.getAppManifest")
    hindrances = tool.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert manifest["errors"] == []
    assert [each["errorId"] for each in hindrances if each["errorId"] != "in-incognito"] == []


def test_every_outcome_sounds_and_feels_as_no_other_does(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/checkpoint/", may_fail=True)
    page.evaluate(_SENSED)
    felt: dict[str, str] = {}
    for outcome in screens(page, region_site, says_why=False):
        if outcome in OUTCOMES:
            felt[outcome] = page.evaluate("JSON.stringify(sensed.splice(0))")

    assert set(felt) == set(OUTCOMES)
    assert all("Hz" in each and "vibrates" in each for each in felt.values())
    assert len(set(felt.values())) == len(OUTCOMES)


def test_a_thousand_scans_in_a_row_gain_no_memory(open_phone: OpenPhone, region_site: RegionSite) -> None:
    page = open_phone("/checkpoint/", may_fail=True)
    enrol(page, region_site)
    texts = [region_site.guangdong.paper_pass(at=region_site.now(), index=place) for place in range(4)]
    page.evaluate(SCAN_ALL, [texts, 100])
    before = heap(page)
    page.evaluate(SCAN_ALL, [texts, SCANS])
    after = heap(page)
    next_person(page)
    print(f"{SCANS} scans: {before:.2f} MB before, {after:.2f} MB after")

    assert after - before < MOST_GROWTH_MB
