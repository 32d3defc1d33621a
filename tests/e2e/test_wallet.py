"""The wallet as a resident uses it: a real node, a real browser, the code read from its picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from comity.bootstrap.demo_people import demo_people
from comity.domain.colour import Colour, PassClass
from comity.domain.decision import Outcome
from comity.domain.identity import check_character
from comity.domain.instant import DAY
from tests.e2e.node_site import COUNTY, OpenPhone, RegionSite
from tests.e2e.wallet_steps import STORED, answer_well, answered, apply, see_pass, send, shown_text, sign_in

_NO_KEYS = "crypto.subtle.generateKey = () => Promise.reject(new Error('no keys here'))"


def eventually(page: Any, site: RegionSite, folder: Path, outcome: Outcome) -> None:
    """A gate answers so to what is shown, once its lists have followed."""
    decision = answered(site, shown_text(page, folder))
    for _ in range(90):
        if decision.outcome is outcome:
            return
        page.wait_for_timeout(1_000)
        decision = answered(site, shown_text(page, folder))
    raise AssertionError(f"answered {decision.outcome} ({decision.reason})")


def test_c1_1_three_answers_and_the_pass_is_there_and_a_gate_lets_it_pass(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/")
    apply(page, 0)

    decision = answered(region_site, shown_text(page, tmp_path))

    assert (decision.outcome, decision.pass_class) == (Outcome.PASS, PassClass.DEVICE)
    assert page.locator("main.pass").get_attribute("data-colour") == "green"
    assert "绿码" in page.locator("h1").inner_text()
    assert page.locator("h1 svg.shape").count() == 1


def test_rule_12_the_shown_page_has_the_masked_name_and_nothing_else_of_the_person(
    open_phone: OpenPhone,
) -> None:
    page, person = open_phone("/wallet/"), demo_people()[0]
    apply(page, 0)

    shown = page.locator("body").inner_text()

    assert "乌***" in shown
    assert person.name not in shown
    assert person.document.number not in shown
    assert person.document.number not in page.content()


def test_c2_2_the_pass_is_shown_with_the_network_gone_from_the_second_launch_on(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    apply(page, 0)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    see_pass(page)

    page.get_by_text("现在没有网络，健康码照常可用。").wait_for()
    assert answered(region_site, shown_text(page, tmp_path)).outcome is Outcome.PASS
    page.locator("a[href='#/why']").click()
    page.get_by_text("没有网络，下面是码上写明的内容。").wait_for()
    page.context.set_offline(False)


def test_a_phone_that_keeps_no_keys_shows_an_online_pass_and_says_so(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/", may_fail=True)
    page.evaluate(f"() => {{ {_NO_KEYS}; }}")
    page.context.add_init_script(_NO_KEYS)
    apply(page, 1)

    page.get_by_text("这部手机不能保存密钥").wait_for()
    decision = answered(region_site, shown_text(page, tmp_path))

    assert (decision.outcome, decision.pass_class) == (Outcome.PASS, PassClass.ONLINE)
    page.reload()
    see_pass(page)


def test_c2_6_a_declared_contact_makes_the_pass_yellow_and_the_wallet_says_why(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/")
    sign_in(page, 4)
    answer_well(page)
    page.locator("fieldset").nth(1).locator("label").nth(1).click()
    send(page)
    see_pass(page)

    decision = answered(region_site, shown_text(page, tmp_path))
    assert (decision.outcome, decision.colour) == (Outcome.CONTROL, Colour.YELLOW)
    assert "密切接触者" in page.locator("main").inner_text()
    page.locator("a[href='#/why']").click()
    page.get_by_text("怎么办").wait_for()
    assert "黄码" in page.locator("main").inner_text()

    page.locator("a[href='#/correction']").click()
    page.locator("fieldset label").first.click()
    page.locator("textarea").fill("那天我不在那里。")
    send(page)
    page.get_by_text("还剩23小时").first.wait_for()


def test_a_change_of_colour_reaches_the_phone_by_its_deposited_key(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/")
    apply(page, 5)
    page.goto(f"{region_site.wallet}#/apply")
    answer_well(page)
    page.locator("fieldset").nth(1).locator("label").nth(1).click()
    send(page)
    page.get_by_text("怎么办").wait_for()
    page.goto(f"{region_site.wallet}#/")
    page.locator("main.pass[data-colour=yellow] svg.qr").wait_for()

    eventually(page, region_site, tmp_path, Outcome.CONTROL)


def test_c2_4_a_pass_is_renewed_on_the_same_phone_from_its_tenth_day_on(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page = open_phone("/wallet/")
    apply(page, 2)
    page.goto(f"{region_site.wallet}#/renew")
    page.get_by_text("起可以续领").wait_for()
    region_site.forward(10 * DAY)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    page.goto(f"{region_site.wallet}#/")
    see_pass(page)
    page.get_by_text("现在可以续领").wait_for()
    page.locator("main.pass a[href='#/renew']").click()
    page.get_by_role("button", name="现在续领").click()
    page.get_by_text("已续领").wait_for()
    page.locator("a.button.main[href='#/']").click()
    see_pass(page)

    assert page.get_by_text(re.compile("还有1[34]天有效")).is_visible()
    eventually(page, region_site, tmp_path, Outcome.PASS)


def test_rule_14_a_guardian_shows_the_pass_of_a_dependant(
    open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path
) -> None:
    page, first = open_phone("/wallet/"), "99000020130405077"
    apply(page, 1)
    page.goto(f"{region_site.wallet}#/dependants")
    page.get_by_role("button", name="添加家人").click()
    page.get_by_label("姓名").fill("王小明")
    page.get_by_label("证件号码").fill(first + check_character(first))
    page.locator("form input[type=checkbox]").check()
    send(page)
    page.get_by_role("heading", name="为家人申领").wait_for()
    answer_well(page)
    send(page)
    page.get_by_role("link", name="王**").click()
    see_pass(page)

    assert "由监护人代持" in page.locator("main").inner_text()
    assert "巴**" not in page.locator("main").inner_text()
    assert answered(region_site, shown_text(page, tmp_path)).outcome is Outcome.PASS


def test_rule_10_a_lost_phone_is_withdrawn_from_another_and_a_new_pass_had(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/wallet/")
    apply(page, 3)
    page.goto(f"{region_site.wallet}#/lost")
    page.get_by_role("button", name="丢失，停用").first.click()
    page.get_by_role("button", name="确定停用").click()
    page.get_by_text("已停用。").wait_for()
    page.goto(f"{region_site.wallet}#/")
    page.get_by_role("heading", name="申领健康码").wait_for()
    answer_well(page)
    send(page)
    see_pass(page)


def test_rule_14_a_paper_pass_is_downloaded_as_a_pdf(open_phone: OpenPhone, region_site: RegionSite) -> None:
    page = open_phone("/wallet/")
    apply(page, 3)
    page.goto(f"{region_site.wallet}#/paper")
    with page.expect_download() as downloading:
        page.locator("main button").first.click()
    saved = Path(downloading.value.path())

    assert saved.read_bytes().startswith(b"%PDF")


def test_c3_2_an_extra_demand_is_reported_without_a_sign_in_and_followed(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/wallet/#/demand")
    page.locator("select").select_option(COUNTY)
    page.locator("fieldset label").nth(1).click()
    send_button = page.locator("button[type=submit]").first
    assert "匿名" in send_button.inner_text()
    send_button.click()
    token = page.locator(".token").inner_text()
    page.locator("form input").last.fill(token)
    page.get_by_role("button", name="查询").click()

    page.get_by_text("旗县区尚未答复").wait_for()
    assert set(page.evaluate(STORED)) <= {"clock", "node"}


def test_c2_2_a_trip_check_tells_what_guangdong_and_home_would_answer(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/wallet/")
    apply(page, 0)
    page.goto(f"{region_site.wallet}#/trip")
    page.locator("select").select_option("150000")
    send(page)
    page.get_by_role("heading", name="内蒙古的答复").wait_for()
    assert page.locator("[data-outcome=PASS]").inner_text() == "通行"
    page.locator("select").select_option("440000")
    send(page)

    page.get_by_role("heading", name="广东的答复").wait_for()
    assert page.locator("section.card p.lead").inner_text() != ""


def test_c2_7_a_visitor_is_told_that_the_home_region_is_asked_and_nothing_has_to_be_done(
    open_phone: OpenPhone,
) -> None:
    page = open_phone("/wallet/")
    sign_in(page, 6)
    answer_well(page)
    send(page)

    page.get_by_role("heading", name="正在询问原发码地区").wait_for()
    page.get_by_text("会自动发码").wait_for()


def test_what_is_held_about_a_person_is_downloaded_and_taken_back(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page, person = open_phone("/wallet/"), demo_people()[0]
    apply(page, 0)
    page.goto(f"{region_site.wallet}#/held")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载我的资料").click()
    held = Path(downloading.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="删除我的资料").click()
    page.get_by_role("button", name="确定删除").click()
    page.get_by_text("您的资料已删除").wait_for()
    stored = set(page.evaluate(STORED))
    apply(page, 0)

    assert person.name in held
    assert stored <= {"clock", "node"}
