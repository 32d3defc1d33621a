"""The calendar of the demo is that of spring 2020: the apps go by the clock of the node, not by their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.cli.demo_notice import day
from comity.domain.decision import Outcome
from tests.e2e.node_site import RegionSite, make_site
from tests.e2e.wallet_steps import answered, apply, shown_text


@pytest.fixture
def site_of_2020(tmp_path: Path) -> Iterator[RegionSite]:
    site = make_site(tmp_path, begins_at=day("03-20 12:00"))
    try:
        site.start()
        yield site
    finally:
        site.stop()
        site.client.close()


def test_a_pass_applied_for_in_the_demos_year_is_shown_at_its_time(
    browser: Any, site_of_2020: RegionSite, tmp_path: Path
) -> None:
    site = site_of_2020
    page = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}).new_page()
    page.goto(site.wallet)

    apply(page, 0)
    decision = answered(site, shown_text(page, tmp_path))
    page.context.close()

    assert abs(site.now() - time.time()) > 5 * 365 * 86_400
    assert decision.outcome is Outcome.PASS
