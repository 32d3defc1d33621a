"""The camera of the checkpoint: codes are read however they are held, by no other reader than the own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.checkpoint_phone import ANSWER, camera, enrol, film, next_person, picture
from tests.e2e.node_site import OpenPhone, RegionSite

HELD: Final[dict[str, dict[str, float]]] = {
    "straight": {},
    "turned": {"turned": 33},
    "upside down": {"turned": 180},
    "far away": {"side": 300},
    "dim": {"light": 0.3},
    "blurred": {"blur": 1.6},
    "partly covered": {"covered": 0.12},
}


@pytest.mark.parametrize("title", HELD)
def test_a_code_is_read_however_it_is_held(
    browser: Any, region_site: RegionSite, tmp_path: Path, title: str
) -> None:
    text = region_site.guangdong.paper_pass(at=region_site.now())
    shown = film(tmp_path / "shown.mjpeg", [picture(text, **HELD[title])])

    with camera(browser, region_site, shown) as page:
        enrol(page, region_site)
        page.locator(ANSWER).wait_for()

        assert page.locator(ANSWER).get_attribute("data-outcome") == "PASS"


def test_c2_2_a_phone_shown_to_the_camera_is_answered_and_once(
    browser: Any, region_site: RegionSite, tmp_path: Path
) -> None:
    text = region_site.guangdong.device_pass(at=region_site.now())
    shown = film(tmp_path / "shown.mjpeg", [picture(text, side=640)])

    with camera(browser, region_site, shown) as page:
        enrol(page, region_site)
        page.locator(ANSWER).wait_for()
        page.wait_for_timeout(1_500)
        outcome = page.locator(ANSWER).get_attribute("data-outcome")
        next_person(page)

        assert outcome == "PASS"
        assert page.get_by_text("验码 1 人").count() == 1


def test_a_gate_is_enrolled_by_its_camera(browser: Any, region_site: RegionSite, tmp_path: Path) -> None:
    shown = film(tmp_path / "shown.mjpeg", [picture(region_site.enrolment_code())])

    with camera(browser, region_site, shown) as page:
        page.locator("[data-stage=fresh]").wait_for()

        assert page.get_by_text("内蒙古 150102").count() == 1


def test_a_reader_that_was_changed_on_the_way_is_not_run(
    browser: Any, region_site: RegionSite, tmp_path: Path
) -> None:
    text = region_site.guangdong.paper_pass(at=region_site.now())
    shown = film(tmp_path / "shown.mjpeg", [picture(text)])

    with camera(browser, region_site, shown, service_workers="block") as page:
        page.context.route("**/*.wasm", lambda route: _changed(route))
        page.reload()
        enrol(page, region_site)
        page.get_by_text("扫码程序没有通过核对").wait_for()

        assert page.locator(ANSWER).count() == 0


def test_without_a_camera_the_page_says_so_and_a_scanner_still_works(
    open_phone: OpenPhone, region_site: RegionSite
) -> None:
    page = open_phone("/checkpoint/", may_fail=True)
    enrol(page, region_site)

    assert page.get_by_text("摄像头").first.is_visible()


def _changed(route: Any) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.body() + b"\0")
