"""Load shedding by lateness: one pause of the machine turns nobody away, a loop that stays late does."""

from __future__ import annotations

import asyncio
import time

import pytest

from comity.server.load import LATE, Load
from comity.server.route_classes import RouteClass

PAUSE = LATE[RouteClass.EXTRA] + 0.2


async def stand_still(times: int) -> Load:
    """Give the load of a worker whose event loop stood still so many times, with a request in hand."""
    load = Load(bound=64, in_hand=1)
    load.watch()
    for _ in range(times):
        await asyncio.sleep(0)
        time.sleep(PAUSE)
        await asyncio.sleep(0)
    return load


def test_a_machine_that_stood_still_once_refuses_nobody() -> None:
    assert asyncio.run(stand_still(1)).admits(RouteClass.EXTRA)


@pytest.mark.parametrize(
    ("kind", "is_admitted"), [(RouteClass.EXTRA, False), (RouteClass.COLOUR, True), (RouteClass.WATCH, True)]
)
def test_a_loop_that_stays_late_refuses_extras_first(kind: RouteClass, is_admitted: bool) -> None:
    assert asyncio.run(stand_still(3)).admits(kind) is is_admitted
