"""The timed duties of a region: what it does by itself, each at its own pace, in one process only.

A duty is safe to repeat: it looks at what is due and does that. One that fails is told and tried again at its
next turn; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.domain.instant import Instant
from comity.issuance.bundle_publication import BUNDLE_EVERY, publish_bundle
from comity.issuance.issuer import Issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to be done every so many seconds; `run` takes issuer, published folder and time."""

    name: str
    every_seconds: int
    run: Callable[[Issuer, Path, Instant], None]


def _bundle(issuer: Issuer, folder: Path, at: Instant) -> None:
    publish_bundle(issuer, folder, at=at)


DUTIES: Final[tuple[Duty, ...]] = (Duty(name="bundle", every_seconds=BUNDLE_EVERY, run=_bundle),)
"""Every duty of a region; each part of issuance adds its own."""
