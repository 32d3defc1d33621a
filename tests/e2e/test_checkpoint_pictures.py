"""The checkpoint looks as it was approved: every screen beside its picture in `looks/`, with a tolerance."""

from __future__ import annotations

from typing import Final

import pytest

from tests.e2e.approved import WAYS, compared
from tests.e2e.node_site import OpenPhone, RegionSite
from tests.e2e.test_checkpoint_looks import screens

_CHANGING: Final = ("[role=timer]",)


@pytest.mark.parametrize(("name", "locale", "scheme", "size"), WAYS)
def test_every_screen_of_the_checkpoint_looks_as_it_was_approved(
    open_phone: OpenPhone,
    region_site: RegionSite,
    name: str,
    locale: str,
    scheme: str,
    size: dict[str, int],
) -> None:
    page = open_phone(
        "/checkpoint/", may_fail=True, locale=locale, color_scheme=scheme, viewport=size, is_mobile=False
    )
    apart = [
        each
        for screen in screens(page, region_site, says_why=False)
        for each in compared(page, f"checkpoint-{name}-{screen.lower()}", _CHANGING)
    ]

    assert apart == []
