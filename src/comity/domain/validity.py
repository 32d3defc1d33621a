"""How long things hold: passes, presentations, trust and status (C2.4, settled rules 1, 2, 13).

Limits are met at equality unless a name says otherwise; expiry has no leeway.
"""

from __future__ import annotations

from typing import Final

from comity.domain.instant import DAY, HOUR, Instant

VALIDITY_DAYS: Final = 14
"""Days a pass of Inner Mongolia is valid (C2.4); other regions may sign 1 to 30."""
VALIDITY_DAYS_RANGE: Final = range(1, 31)

CLOCK_LEEWAY: Final = 60
"""Seconds by which a pass, list, bundle or presentation may seem to come from the future."""
PRESENTATION_WINDOW: Final = 120
"""Seconds after which a phone's presentation is no longer this moment's (V5)."""
ONLINE_LIFETIME: Final = 60
"""Seconds an online pass lives: exp = iat + 60 (V5)."""

TRUST_WARN_AGE: Final = DAY
TRUST_MAX_AGE: Final = 7 * DAY
STATUS_MAX_AGE: Final = 48 * HOUR
"""Status list age limit when the host's rulebook names none (V8)."""
STATUS_MAX_AGE_RANGE: Final = (24 * HOUR, 7 * DAY)
KEY_MAX_VALIDITY: Final = 30 * DAY
"""Longest validity a pass key may sign when its entry names no other."""


def is_expired(expires_at: Instant, *, at: Instant) -> bool:
    """Say whether a pass has run out: valid while `issued_at <= at < expires_at` (settled rule 1)."""
    return at >= expires_at
