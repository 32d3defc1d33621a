"""How long the core takes for a device pass: its figure for `make bench-pwa`."""

from __future__ import annotations

from typing import Any, Final

from comity.codec.qrtext import UnverifiedPresentation, read_text
from tests.e2e.core_page import core_page
from tests.e2e.node_site import RegionSite
from tests.fuzz.trial import originals
from tests.laws.situation import AT, key

TEXTS: Final = 100
ROUNDS: Final = 31


def figures(browser: Any, site: RegionSite) -> dict[str, float]:
    """Give verify_ratio: two bare WebCrypto verifies of what is in a device pass, of one `verify` of it.

    The median of rounds in turn; the keys of the bare ones are imported already. `verify_ratio_at_once` is
    beside two bare ones that run at the same time, as those in `verify` do.
    """
    del site
    gate = originals()
    shown = [
        {"text": each.text, "issuer": issuer_of(each.text), "phone": key("phone").public.point.hex()}
        for each in gate.texts
        if each.is_presentation and is_green(each.text)
    ]
    given = {
        "bundle": gate.bundle.hex(),
        "anchor": gate.anchor_file.hex(),
        "lists": [token.hex() for token in gate.all_lists],
        "at": AT,
        "shown": (shown * TEXTS)[:TEXTS],
        "rounds": ROUNDS,
    }
    with core_page(browser) as page:
        found: dict[str, float] = page.evaluate("given => measure(given)", given)
    return found


def issuer_of(text: str) -> str:
    """The point of the key that signed the pass in a text, in hex."""
    shown = read_text(text, is_test=True)
    assert isinstance(shown, UnverifiedPresentation)
    return key(shown.inner.claims.issuer, "pass").public.point.hex()


def is_green(text: str) -> bool:
    """Say whether the pass in a text is green, which a gate lets through."""
    shown = read_text(text, is_test=True)
    return isinstance(shown, UnverifiedPresentation) and shown.inner.claims.colour == "green"
