"""The wallet looks as it was approved: its screens beside the pictures in `looks/`, with a tolerance."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.e2e.approved import WAYS, compared
from tests.e2e.node_site import OpenPhone, RegionSite
from tests.e2e.wallet_steps import apply, open_screen

_CHANGING: Final = (".qr", ".time", ".who")
_WITHOUT_NOTICES: Final = """() => document.querySelectorAll(".notices").forEach(
  (each) => each.style.setProperty("display", "none"))"""


def _compared(page: Any, name: str) -> list[str]:
    page.evaluate(_WITHOUT_NOTICES)
    return compared(page, name, _CHANGING)


@pytest.mark.parametrize(("name", "locale", "scheme", "size"), WAYS)
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
    apart = _compared(page, f"{name}-welcome")
    apply(page, 0)
    apart += _compared(page, f"{name}-pass")
    for screen in ("why", "more", "apply", "demand"):
        open_screen(page, region_site, screen)
        apart += _compared(page, f"{name}-{screen}")

    assert apart == []
