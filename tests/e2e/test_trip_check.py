"""The wallet's trip check before a hub: what Guangdong and Hubei have published answers the pass in hand."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from comity.cli.demo_nodes import DemoFederation, demo_federation
from comity.cli.demo_notice import BEGINS, DemoNotice, day
from comity.server import apps
from tests.e2e.wallet_steps import answer_well, apply, see_pass, send, sign_in

GUANGDONG, HUBEI = "440000", "420000"


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFederation]:
    """Hub and nodes in the evening of 18 March 2020: the list is published, and in force from the 19th on."""
    if not apps.is_built(apps.FOLDER, apps.WALLET):
        pytest.skip("the phone apps are not built; run make pwa")
    with demo_federation(tmp_path_factory.mktemp("demo"), begins_at=BEGINS) as made:
        notice = DemoNotice(made, lambda at, what: None)
        made.hub.make(secrets.token_bytes)
        made.hub.start()
        notice.begin()
        notice.collect_replies()
        notice.publish()
        made.serve_nodes()
        made.forward_to(day("03-18 20:00"))
        yield made


@pytest.fixture
def open_wallet(browser: Any, federation: DemoFederation) -> Iterator[Callable[[str], Any]]:
    """Open the wallet of Inner Mongolia's node on a small phone of its own."""
    contexts: list[Any] = []

    def open_one(locale: str) -> Any:
        phone = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
        contexts.append(browser.new_context(**phone, locale=locale))
        page = contexts[-1].new_page()
        page.goto(f"{federation.nodes[0].url}/wallet/")
        return page

    yield open_one
    for context in contexts:
        context.close()


def asked(page: Any, region: str, on: str) -> tuple[str, str]:
    """Ask about a region and a day; give outcome and all that is said."""
    page.goto(page.url.split("#")[0] + "#/trip")
    page.locator("select").select_option(region)
    page.locator("input[type=date]").fill(on)
    with page.expect_response(lambda answer: "/trip-check?" in answer.url):
        send(page)
    card = page.locator(f"section.card[data-region='{region}'][data-day='{on}']")
    card.wait_for()
    return card.locator("[data-outcome]").first.get_attribute("data-outcome"), card.inner_text()


def test_c3_1_c2_3_a_green_pass_passes_in_guangdong_from_the_19th_on_and_nothing_else_is_asked(
    open_wallet: Callable[[str], Any],
) -> None:
    page = open_wallet("zh-CN")
    apply(page, 0)

    (before, why), (after, words) = (asked(page, GUANGDONG, on) for on in ("2020-03-18", "2020-03-19"))

    assert (before, after) == ("REAPPLY", "PASS")
    assert "广东那天还不认您发码地区的健康码" in why
    assert "2020年3月19日在广东：凭绿码通行，不需要其他任何证明。" in words
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_c2_1_c3_3_hubei_has_published_no_recognition_and_no_measure_is_made_up(
    open_wallet: Callable[[str], Any],
) -> None:
    page = open_wallet("en-GB")
    apply(page, 1)

    outcome, words = asked(page, HUBEI, "2020-03-22")

    assert outcome == "REAPPLY"
    assert "Hubei does not recognise the passes of your region on that day" in words
    assert "apply for a pass there on arrival" in words
    assert page.locator("section.card li").count() == 0


def test_c2_2_c2_4_a_yellow_pass_meets_guangdongs_own_measures_and_one_that_ends_before_is_renewed(
    open_wallet: Callable[[str], Any],
) -> None:
    page = open_wallet("en-GB")
    sign_in(page, 2)
    answer_well(page)
    page.locator("fieldset").nth(1).locator("label").nth(1).click()
    send(page)
    see_pass(page)

    on_the_day, words = asked(page, GUANGDONG, "2020-03-22")
    late, why = asked(page, GUANGDONG, "2020-04-20")

    assert (on_the_day, late) == ("CONTROL", "REAPPLY")
    assert "14-day home observation" in words
    assert page.locator("a[href='#/correction']").count() == 0
    assert "Renew it before you set out" in why
    assert page.locator("a[href='#/renew']").count() == 1
