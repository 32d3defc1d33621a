"""Roles, paths, lifetimes and bounds of the repository (TUF specification 1.0, sections 4 and 6; ADR 0014).

One uniquely named role per region, which can sign for its own path only; top-level `targets` is the one that
delegates. Whoever follows the country fetches `current.cbor` of each region; `history.cbor` is for the
register and for auditors.
"""

from __future__ import annotations

from typing import Final

from comity.domain.instant import DAY, HOUR
from comity.domain.region import RegionCode, is_region

CURRENT: Final = "current.cbor"
"""Everything of a region that is in force or to come."""
HISTORY: Final = "history.cbor"
"""Its steps and superseded versions."""
REGION_FILES: Final = (CURRENT, HISTORY)
HUB_PATH: Final = "hub/current.cbor"
"""The hub's own word: its key, memberships, the national rulebook."""

ROOT: Final = "root"
TIMESTAMP: Final = "timestamp"
SNAPSHOT: Final = "snapshot"
TARGETS: Final = "targets"

METADATA_FOLDER: Final = "metadata"
TARGETS_FOLDER: Final = "targets"

ROOT_LIFETIME: Final = 365 * DAY
TARGETS_LIFETIME: Final = 90 * DAY
SNAPSHOT_LIFETIME: Final = 7 * DAY
TIMESTAMP_LIFETIME: Final = DAY
REGION_LIFETIME: Final = 7 * DAY
"""Seconds a region's metadata holds; its node signs it again every day."""
TIMESTAMP_EVERY: Final = HOUR
"""Seconds after which the hub signs its timestamp again without any change."""

MAX_ROOT: Final = 2**16
MAX_TIMESTAMP: Final = 2**13
MAX_SNAPSHOT: Final = 2**16
MAX_TARGETS: Final = 2**18
MAX_REGION_METADATA: Final = 2**14
"""Bytes: a region's metadata name two files and carry a few signatures."""
MAX_CURRENT: Final = 2**18
MAX_HISTORY: Final = 2**21
"""Bytes of a file as deflated."""

_PREFIX: Final = "region-"


def role_of(region: RegionCode) -> str:
    """Give the role that signs for a region: `region-150000`."""
    return _PREFIX + region


def find_region(role: str) -> RegionCode | None:
    """Find the region whose role this is."""
    code = role.removeprefix(_PREFIX)
    return RegionCode(code) if role.startswith(_PREFIX) and is_region(code) else None


def target_path(region: RegionCode, name: str = CURRENT) -> str:
    """Give the path of a region's file: `regions/150000/current.cbor`."""
    return f"regions/{region}/{name}"


def delegated_paths(region: RegionCode) -> list[str]:
    """Give the only paths a region's role signs for: `regions/150000/*`."""
    return [target_path(region, "*")]


def max_length(name: str) -> int:
    """Give the bytes a region's file may have, deflated."""
    return MAX_CURRENT if name == CURRENT else MAX_HISTORY
