"""From screen to screen: the wallet's is filmed by the checkpoint's camera, with the server gone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from tests.e2e.checkpoint_phone import ANSWER, FRAME, camera, enrol, film, picture
from tests.e2e.node_site import OpenPhone, RegionSite
from tests.e2e.wallet_steps import answered, apply, shown_text

SAID: Final = {
    "zh-CN": {"150000": ("内蒙古", "通行"), "440000": ("广东", "通行"), "420000": ("湖北", "转请主管部门")},
    "en-GB": {
        "150000": ("Inner Mongolia", "Pass"),
        "440000": ("Guangdong", "Pass"),
        "420000": ("Hubei", "Referred"),
    },
}
"""Region and outcome as the gate says them."""
_DARK: Final = 900
"""Frames before anybody shows anything: half a minute, in which the server is stopped."""
_EACH: Final = 90
_PATIENCE: Final = 120


def filmed_screen(page: Any) -> Image.Image:
    """The wallet's screen as a camera sees it."""
    screen = Image.open(BytesIO(page.screenshot(scale="device"))).convert("RGB")
    screen.thumbnail((FRAME[0], FRAME[1]))
    frame = Image.new("RGB", FRAME, "#707070")
    frame.paste(screen, ((FRAME[0] - screen.width) // 2, 0))
    return frame


@pytest.mark.parametrize("locale", list(SAID))
def test_c2_2_c2_5_c3_3_passes_of_three_regions_are_answered_from_their_screens_with_the_server_gone(
    browser: Any, open_phone: OpenPhone, region_site: RegionSite, tmp_path: Path, locale: str
) -> None:
    site, said = region_site, SAID[locale]
    wallet = open_phone("/wallet/", locale=locale, device_scale_factor=2)
    apply(wallet, list(SAID).index(locale))
    answered(site, shown_text(wallet, tmp_path))
    nothing = Image.new("RGB", FRAME, "#707070")
    shown = [
        filmed_screen(wallet),
        picture(site.guangdong.device_pass(at=site.now()), side=640),
        picture(site.hubei.paper_pass(at=site.now(), area="420100")),
    ]
    frames = [nothing] * _DARK + [each for each in shown for _ in range(_EACH)]
    seen: list[tuple[str, str]] = []
    with camera(browser, site, film(tmp_path / "shown.mjpeg", frames), locale=locale) as page:
        enrol(page, site)
        site.stop()
        try:
            for _ in range(_PATIENCE * 10):
                seen += _answer(page, said, after=seen)
                if len(seen) == len(said):
                    break
                page.wait_for_timeout(100)
        finally:
            site.start()

    assert seen == list(said.values())


def _answer(
    page: Any, said: dict[str, tuple[str, str]], *, after: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Give region and outcome of the answer on the screen, if it is another than the last one."""
    answer = page.locator(ANSWER)
    words = answer.inner_text() if answer.count() else ""
    found = [each for each in said.values() if all(word in words for word in each)]
    return found if found and found[-1:] != after[-1:] else []
