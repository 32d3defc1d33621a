"""The hub as the one who signs memberships and keeps what it accepted; its officers act for the nation.

It is a `Keeper` like a region, and holds nothing about any person but its officers. What regions say it
cannot sign: no key of theirs is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from comity.domain.region import NATION
from comity.records.ports import Store
from comity.trust.ports import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """One hub: its root key by the Signer port, its records; `draw(n)` gives n random bytes."""

    root: Signer
    is_test: bool
    store: Store
    draw: Callable[[int], bytes]

    @property
    def division(self) -> str:
        """What its officers lie within: the whole country."""
        return NATION

    def new_id(self) -> str:
        """Draw an id of 16 random bytes, in hexadecimal digits."""
        return self.draw(16).hex()
