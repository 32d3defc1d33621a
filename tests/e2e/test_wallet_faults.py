"""The wallet when something goes wrong: network cut, clock wrong, storage gone, two windows, an update."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from comity.domain.decision import Outcome
from comity.server import apps
from tests.e2e.node_site import OpenPhone, RegionSite
from tests.e2e.wallet_steps import STORED, answer_well, answered, apply, see_pass, send, shown_text, sign_in

_SHIFTED = "(() => {{ const real = Date.now; Date.now = () => real.call(Date) + {ms}; }})()"
_HOUR = 3_600_000


def _lost(route: Any) -> None:
    """The request arrives, the answer is lost."""
    route.fetch()
    route.abort()


def _cut(route: Any) -> None:
    """The request does not arrive."""
    route.abort()


@pytest.mark.parametrize("cut", [_lost, _cut], ids=["the answer is lost", "the request is lost"])
@pytest.mark.parametrize("step", ["health-declarations", "codes"])
def test_an_application_that_the_network_cut_off_is_sent_again_and_gets_one_pass(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path, step: str, cut: Callable[[Any], None]
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    sign_in(page, 2)
    answer_well(page)
    page.route(
        f"**/{step}", lambda route: cut(route) if route.request.method == "POST" else route.continue_()
    )
    send(page)
    page.get_by_text("现在连不上网络。").wait_for()
    page.unroute(f"**/{step}")
    send(page)
    see_pass(page)

    assert answered(region_site, shown_text(page, tmp_path)).outcome is Outcome.PASS


def test_a_sign_in_that_the_network_cut_off_says_so_and_begins_again(open_phone: OpenPhone) -> None:
    page = open_phone("/wallet/", may_fail=True)
    page.route("**/sign-in/session", _cut)
    sign_in(page, 2)
    page.get_by_text("现在连不上网络。").wait_for()
    page.unroute("**/sign-in/session")
    page.get_by_role("link", name="返回").click()
    sign_in(page, 2)

    page.get_by_role("heading", name="申领健康码").wait_for()


@pytest.mark.parametrize("ms", [_HOUR, -_HOUR], ids=["an hour ahead", "an hour behind"])
def test_a_phone_whose_clock_is_wrong_by_an_hour_signs_the_time_of_the_node(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path, ms: int
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    page.context.add_init_script(_SHIFTED.format(ms=ms))
    page.reload()
    apply(page, 2)
    page.get_by_text("已按发码地区的时间自动校正").wait_for()

    assert answered(region_site, shown_text(page, tmp_path)).outcome is Outcome.PASS


def test_a_clock_set_back_without_a_network_is_said_to_be_unsure(open_phone: OpenPhone) -> None:
    page = open_phone("/wallet/", may_fail=True)
    apply(page, 2)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.context.add_init_script(_SHIFTED.format(ms=-_HOUR))
    page.reload()
    see_pass(page)

    page.get_by_text("无法核对手机时间").wait_for()
    page.context.set_offline(False)


def test_a_phone_whose_storage_was_cleared_begins_again_and_gets_a_pass(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    apply(page, 3)
    tool = page.context.new_cdp_session(page)
    tool.send("Storage.clearDataForOrigin", {"origin": region_site.url, "storageTypes": "all"})
    page.reload()
    apply(page, 3)

    assert answered(region_site, shown_text(page, tmp_path)).outcome is Outcome.PASS


def test_signing_out_in_one_window_empties_the_other_and_wipes_the_phone(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/wallet/")
    apply(page, 3)
    other = page.context.new_page()
    other.goto(region_site.wallet)
    see_pass(other)
    page.goto(f"{region_site.wallet}#/sign-out")
    page.get_by_role("button", name="退出并删除").click()
    for window in (page, other):
        window.locator("a[href='../sign-in']").wait_for()

    assert set(page.evaluate(STORED)) <= {"clock", "node"}
    assert page.evaluate("() => Object.keys(localStorage)") == ["comity-language"]
    cached = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((each) => each.url)))).flat()"
    )
    assert all(address.startswith(region_site.wallet) for address in cached)
    assert page.context.cookies() == []


def test_two_windows_show_the_same_pass_and_one_of_them_applies_for_both(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/")
    sign_in(page, 3)
    other = page.context.new_page()
    other.goto(region_site.wallet)
    answer_well(other)
    answer_well(page)
    send(page)
    see_pass(page)
    see_pass(other)

    assert answered(region_site, shown_text(other, tmp_path)).outcome is Outcome.PASS


@contextmanager
def newer_wallet() -> Iterator[None]:
    """A newer edition of the wallet's service worker is published, for as long as this lasts."""
    worker = apps.FOLDER / apps.WALLET / "service-worker.js"
    before = worker.read_bytes()
    worker.write_bytes(before + b"\n// a newer edition\n")
    try:
        yield
    finally:
        worker.write_bytes(before)


def test_a_newer_wallet_waits_while_a_pass_is_shown_and_is_taken_by_the_person(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    apply(page, 3)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    see_pass(page)
    with newer_wallet():
        page.evaluate("() => navigator.serviceWorker.ready.then((found) => found.update().then(() => true))")
        page.get_by_text("新版本已就绪").wait_for()
        assert page.locator("main.pass svg.qr").is_visible()
        page.locator("main.pass a[href='#/more']").click()
        page.get_by_role("button", name="更新到新版本").click()
        page.locator("main").first.wait_for()
        page.goto(region_site.wallet)
        see_pass(page)
