"""How long the core takes for a device pass: its figure for `make bench-pwa`."""

from __future__ import annotations

from statistics import median
from typing import Any, Final

from comity.codec.qrtext import UnverifiedPresentation, read_text
from tests.e2e.core_page import core_page
from tests.e2e.node_site import RegionSite
from tests.fuzz.trial import originals
from tests.laws.situation import AT, key

TEXTS: Final = 100
ROUNDS: Final = 61


def figures(browser: Any, site: RegionSite) -> dict[str, float]:
    """Give verify_ratio: two bare WebCrypto verifies of what is in a device pass, of one `verify` of it.

    Both ways in turn, with the keys of the bare ones imported already. `verify_ratio` is by the time that the
    processor gave to the thread of the page, its garbage included and other programs left out;
    `verify_ratio_wall` is by the clock. Medians of the rounds.
    """
    del site
    with core_page(browser) as page:
        page.evaluate("given => prepare(given)", given())
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        turns = [(*turn(page, session, "verify"), *turn(page, session, "bare")) for _ in range(ROUNDS)]
    verify, verify_wall, bare, bare_wall = (median(column) for column in zip(*turns, strict=True))
    return {
        "verify_us": verify,
        "two_bare_us": bare,
        "verify_ratio": bare / verify,
        "verify_ratio_wall": bare_wall / verify_wall,
    }


def turn(page: Any, session: Any, way: str) -> tuple[float, float]:
    """Microseconds of one text when all are answered one way: of the processor, and by the clock."""
    begun = processor_seconds(session)
    wall: float = page.evaluate("way => take(way)", way)
    return (processor_seconds(session) - begun) * 1e6 / TEXTS, wall


def processor_seconds(session: Any) -> float:
    """How long the thread of the page has worked."""
    found = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in found if each["name"] == "TaskDuration"))


def given() -> dict[str, object]:
    """What the page is given: the gate of the fuzzer, and the green device passes shown there."""
    gate = originals()
    shown = [
        {"text": each.text, "issuer": issuer_of(each.text), "phone": key("phone").public.point.hex()}
        for each in gate.texts
        if each.is_presentation and is_green(each.text)
    ]
    return {
        "bundle": gate.bundle.hex(),
        "anchor": gate.anchor_file.hex(),
        "lists": [token.hex() for token in gate.all_lists],
        "at": AT,
        "shown": (shown * TEXTS)[:TEXTS],
    }


def issuer_of(text: str) -> str:
    """The point of the key that signed the pass in a text, in hex."""
    shown = read_text(text, is_test=True)
    assert isinstance(shown, UnverifiedPresentation)
    return key(shown.inner.claims.issuer, "pass").public.point.hex()


def is_green(text: str) -> bool:
    """Say whether the pass in a text is green, which a gate lets through."""
    shown = read_text(text, is_test=True)
    return isinstance(shown, UnverifiedPresentation) and shown.inner.claims.colour == "green"
