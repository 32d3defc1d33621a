"""Rates: windows that end, and memory that does not grow."""

from __future__ import annotations

import pytest

from comity.errors import TooMany
from comity.server import rates
from comity.server.rates import MOST_CLIENTS, WINDOW, Rates, WindowCounts
from comity.server.route_classes import RouteClass


class Watch:
    """A monotonic clock that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(rates, "monotonic", watch)
    return watch


def test_a_client_may_ask_again_when_its_window_ended(watch: Watch) -> None:
    limits = Rates(2)
    for _ in range(2):
        limits.count(RouteClass.PASS, b"token", "192.0.2.1")
    with pytest.raises(TooMany):
        limits.count(RouteClass.PASS, b"token", "192.0.2.1")

    watch.now += WINDOW

    limits.count(RouteClass.PASS, b"token", "192.0.2.1")


def test_clients_whose_window_ended_are_forgotten(watch: Watch) -> None:
    counts = WindowCounts()
    for number in range(100):
        counts.incr(f"client-{number}", WINDOW)

    watch.now += WINDOW + 1
    counts.incr("another", WINDOW)

    assert len(counts) == 1
    assert (counts.get("client-1"), counts.get("another")) == (0, 1)


def test_tokens_made_up_fill_no_memory(watch: Watch) -> None:
    counts = WindowCounts()
    for number in range(MOST_CLIENTS + 100):
        counts.incr(f"client-{number}", WINDOW)

    assert len(counts) == MOST_CLIENTS
    assert (counts.get("client-99"), counts.get("client-100")) == (0, 1)


def test_monitors_are_limited_apart_from_everybody_at_their_address(watch: Watch) -> None:
    limits = Rates(2)
    for _ in range(2):
        limits.count(RouteClass.EXTRA, None, "192.0.2.1")
        limits.count(RouteClass.WATCH, b"any", "192.0.2.1")

    with pytest.raises(TooMany):
        limits.count(RouteClass.WATCH, b"another", "192.0.2.1")
    limits.count(RouteClass.WATCH, None, "192.0.2.2")
