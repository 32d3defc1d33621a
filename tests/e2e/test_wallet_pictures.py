"""The wallet looks as it was approved: its screens beside the pictures in `looks/`, with a tolerance.

`COMITY_LOOKS=write` takes the pictures anew; look at them before they are committed.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.e2e.node_site import OpenPhone, RegionSite
from tests.e2e.wallet_steps import apply, open_screen

LOOKS: Final = Path(__file__).parent / "looks"
TOLERANCE: Final = 8.0
"""Mean difference of a colour, of 255, of pictures blurred first: fonts may differ, layout may not."""
_BLUR: Final = ImageFilter.BoxBlur(6)
_CHANGING: Final = (".qr", ".time", ".who")
_WITHOUT_NOTICES: Final = """() => document.querySelectorAll(".notices").forEach(
  (each) => each.style.setProperty("display", "none"))"""
_PHONE: Final = {"width": 390, "height": 844}
_DESK: Final = {"width": 1280, "height": 800}
_MASKED: Final = "#808080"


def compared(page: Any, name: str) -> list[str]:
    """Give the screen's name with how far it is from its picture, if that is too far."""
    page.evaluate(_WITHOUT_NOTICES)
    page.mouse.move(0, 0)
    masks = [page.locator(each) for each in _CHANGING]
    taken = Image.open(BytesIO(page.screenshot(mask=masks, mask_color=_MASKED, animations="disabled")))
    path = LOOKS / f"{name}.png"
    if os.environ.get("COMITY_LOOKS") == "write":
        LOOKS.mkdir(exist_ok=True)
        taken.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(path, optimize=True)
    approved = Image.open(path)
    if approved.size != taken.size:
        return [f"{name}: {taken.size}, not {approved.size}"]
    pair = [each.convert("RGB").filter(_BLUR) for each in (approved, taken)]
    apart = max(ImageStat.Stat(ImageChops.difference(*pair)).mean)
    return [f"{name}: {apart:.1f}"] if apart > TOLERANCE else []


@pytest.mark.parametrize(
    ("name", "locale", "scheme", "size"),
    [
        ("phone-zh-light", "zh-CN", "light", _PHONE),
        ("phone-en-dark", "en-GB", "dark", _PHONE),
        ("desk-zh-dark", "zh-CN", "dark", _DESK),
        ("desk-en-light", "en-GB", "light", _DESK),
    ],
)
def test_the_screens_look_as_they_were_approved(
    open_phone: OpenPhone,
    region_site: RegionSite,
    name: str,
    locale: str,
    scheme: str,
    size: dict[str, int],
) -> None:
    page = open_phone("/wallet/", locale=locale, color_scheme=scheme, viewport=size, is_mobile=False)
    page.locator("h1").wait_for()
    page.locator(".mark").wait_for()
    apart = compared(page, f"{name}-welcome")
    apply(page, 0)
    apart += compared(page, f"{name}-pass")
    for screen in ("why", "more", "apply", "demand"):
        open_screen(page, region_site, screen)
        apart += compared(page, f"{name}-{screen}")

    assert apart == []
