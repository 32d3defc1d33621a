"""The network is cut before every step of the wallet: it says so, loses nothing entered, and goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from comity.domain.identity import check_character
from comity.domain.instant import DAY
from tests.e2e.node_site import COUNTY, OpenPhone, RegionSite
from tests.e2e.wallet_steps import answer_well, apply, open_screen, see_pass, send, sign_in

_CUT: Final = "现在连不上网络。"
_CHILD: Final = "99000020130405077"
_WORDS: Final = "那天我不在那里。"
_ENTERED: Final = """() => [...document.querySelectorAll("main input, main select, main textarea")].map(
  (each) => (each.type === "radio" || each.type === "checkbox" ? each.checked : each.value))"""
Do = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Step:
    """What a person enters on a screen, what is sent from it, and what is seen once it has arrived."""

    screen: str
    person: int
    send: Do
    arrives: Do
    enter: Do = field(default=lambda page: None)
    after: int = 0
    """Seconds that pass before."""


def _press(name: str) -> Do:
    return lambda page: page.get_by_role("button", name=name).first.click()


def _see(text: str) -> Do:
    return lambda page: page.get_by_text(text).first.wait_for()


def _child(page: Any) -> None:
    page.get_by_role("button", name="添加家人").click()
    page.get_by_label("姓名").fill("王小明")
    page.get_by_label("证件号码").fill(_CHILD + check_character(_CHILD))
    page.locator("form input[type=checkbox]").check()


def _statement(page: Any) -> None:
    page.locator("fieldset label").first.click()
    page.locator("textarea").fill(_WORDS)


def _trip(page: Any) -> None:
    page.locator("select").select_option("440000")


def _demand(page: Any) -> None:
    page.locator("select").select_option(COUNTY)
    page.locator("fieldset label").nth(1).click()
    page.locator("textarea").fill("要我开证明。")


def _withdraw(page: Any) -> None:
    _press("丢失，停用")(page)


STEPS: Final = {
    "declare": Step("apply", 0, send, _see("怎么办"), answer_well),
    "renew": Step("renew", 2, _press("现在续领"), _see("已续领"), after=10 * DAY),
    "add a dependant": Step("dependants", 1, send, _see("为家人申领"), _child),
    "correct": Step("correction", 4, send, _see("还剩23小时"), _statement),
    "withdraw": Step("lost", 3, _press("确定停用"), _see("已停用。"), _withdraw),
    "check a trip": Step("trip", 0, send, _see("广东的答复"), _trip),
    "report a demand": Step(
        "demand", 5, lambda page: page.locator("button[type=submit]").first.click(), _see("查询"), _demand
    ),
}


@pytest.mark.parametrize("title", STEPS)
def test_a_step_that_the_network_cut_off_says_so_keeps_what_was_entered_and_goes_on(
    open_phone: OpenPhone, region_site: RegionSite, title: str
) -> None:
    step = STEPS[title]
    page = open_phone("/wallet/", may_fail=True)
    apply(page, step.person)
    if step.after:
        region_site.forward(step.after)
        page.evaluate("() => dispatchEvent(new Event('online'))")
    open_screen(page, region_site, step.screen)
    step.enter(page)
    entered = page.evaluate(_ENTERED)

    page.context.set_offline(True)
    step.send(page)
    page.get_by_text(_CUT).first.wait_for()
    told = page.locator(".notice[role=status]").filter(has_text=_CUT).first.inner_text()
    kept = page.evaluate(_ENTERED)
    page.context.set_offline(False)
    step.send(page)
    step.arrives(page)

    assert kept == entered
    assert len(told) > len(_CUT)


def test_a_paper_pass_that_the_network_cut_off_is_had_afterwards(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    apply(page, 3)
    open_screen(page, region_site, "paper")
    page.context.set_offline(True)
    page.locator("main button").first.click()
    page.get_by_text(_CUT).first.wait_for()
    page.context.set_offline(False)
    with page.expect_download() as downloading:
        page.locator("main button").first.click()

    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("screen", ["dependants", "paper", "correction", "lost", "messages", "demand"])
def test_a_screen_opened_without_a_network_says_so_and_reads_on_once_it_is_back(
    open_phone: OpenPhone, region_site: RegionSite, screen: str
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    apply(page, 1)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.evaluate("(screen) => { location.hash = `#/${screen}` }", screen)
    page.get_by_text(_CUT).first.wait_for()
    page.context.set_offline(False)

    page.get_by_text(_CUT).first.wait_for(state="detached")
    page.evaluate("() => { location.hash = '#/' }")
    see_pass(page)


def test_a_person_who_signs_in_without_a_network_is_told_and_signs_in_afterwards(
    open_phone: OpenPhone,
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.locator("h1").wait_for()
    page.context.set_offline(True)
    page.get_by_text(_CUT).first.wait_for()
    page.context.set_offline(False)
    page.get_by_text(_CUT).first.wait_for(state="detached")
    sign_in(page, 2)

    page.get_by_role("heading", name="申领健康码").wait_for()
