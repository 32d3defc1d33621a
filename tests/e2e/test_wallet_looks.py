"""The wallet for every eye and hand: axe on every screen in both languages, sizes, installation."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.e2e.node_site import OpenPhone, RegionSite
from tests.e2e.wallet_steps import SCREENS, apply, open_screen

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SMALL: Final = """() => [...document.querySelectorAll("a.button, button, select, input, textarea, .ways a")]
  .filter((each) => each.getClientRects().length > 0)
  .map((each) => each.closest("label") ?? each)
  .filter((each) => each.getBoundingClientRect().height < 47.9)
  .map((each) => each.outerHTML.slice(0, 120))"""

_OVER_ITS_CARD: Final = """() => [...document.querySelectorAll(".card dd, .card p, .card li")]
  .filter((each) => {
    const [own, card] = [each, each.closest(".card")].map((one) => one.getBoundingClientRect());
    return own.right > card.right - 8;
  })
  .map((each) => each.outerHTML.slice(0, 120))"""


def violations(page: Any) -> list[str]:
    """What axe finds wrong on a page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    found = axe.Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_no_screen_has_a_fault_that_axe_finds_nor_a_small_target_nor_runs_over(
    open_phone: OpenPhone, region_site: RegionSite, locale: str, scheme: str
) -> None:
    size = {"width": 320, "height": 640}
    page = open_phone("/wallet/", locale=locale, color_scheme=scheme, viewport=size)
    page.locator("a[href='../sign-in']").wait_for()
    faults = {"welcome": violations(page) + page.evaluate(_SMALL)}
    apply(page, 0)
    faults["pass"] = violations(page) + page.evaluate(_SMALL)
    for screen in SCREENS:
        open_screen(page, region_site, screen)
        faults[screen] = violations(page) + page.evaluate(_SMALL) + page.evaluate(_OVER_ITS_CARD)
        width = page.evaluate("() => document.documentElement.scrollWidth")
        faults[screen] += [f"{width} px wide"] * (width > size["width"])

    assert {screen: found for screen, found in faults.items() if found} == {}


def test_the_wallet_can_be_installed(open_phone: OpenPhone) -> None:
    page = open_phone("/wallet/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    tool = page.context.new_cdp_session(page)
    manifest = tool.send("Page.getAppManifest")
    faults = tool.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert manifest["errors"] == []
    assert [each["errorId"] for each in faults if each["errorId"] != "in-incognito"] == []


def test_everything_can_be_done_with_the_keyboard_and_the_heading_is_read_out(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/wallet/")
    apply(page, 0)
    assert page.locator("[role=status]").first.inner_text() == "正在出示健康码：绿码。"
    page.goto(f"{region_site.wallet}#/more")
    page.locator("main h1").wait_for()
    assert page.evaluate("() => document.activeElement.tagName") == "H1"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="为什么是这个颜色").wait_for()


def test_the_language_is_changed_in_place_and_kept(open_phone: OpenPhone) -> None:
    page = open_phone("/wallet/", may_fail=True)
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="Sign in").wait_for()
    page.reload()

    page.get_by_role("link", name="Sign in").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
