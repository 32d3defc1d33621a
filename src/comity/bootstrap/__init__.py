"""Settings and wiring: the only room that knows every other, the clock, randomness and the environment.

Here is what a gate needs, light to start; a region node is wired in the modules of this package, which only
its own commands import. Settings come from the environment (docs/settings.md).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from comity.domain.region import RegionCode
from comity.errors import ComityError, UsageError
from comity.trust.bundle import Anchor, VerifierBundle, open_bundle, read_anchor
from comity.trust.keys import KeyList
from comity.trust.status import NO_LISTS, StatusList, StatusLists, read_status_list

ANCHOR_SETTING: Final = "COMITY_ANCHOR"
JOBS_SETTING: Final = "COMITY_JOBS"
MAX_FILE: Final = 64 * 2**20
"""Bytes read from one bundle, anchor, status list or scenario file at most."""
_SEED_LENGTH: Final = 32
_KEPT_LISTS: Final = "lists"
"""Beside a bundle that `comity client gate` keeps: the lists it keeps."""
_NOTICE: Final = "notice.toml"


class Gate(NamedTuple):
    """What a checkpoint has at hand, opened: bundle, lists, whether its anchor was pinned, and warnings."""

    bundle: VerifierBundle
    is_pinned: bool
    lists: StatusLists = NO_LISTS
    warnings: tuple[str, ...] = ()


def now() -> datetime:
    """Read the clock, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def fresh_seed() -> bytes:
    """Draw a seed for a federation in memory: fresh keys every time."""
    import secrets  # here, since `comity verify` draws nothing and starts for every code

    return secrets.token_bytes(_SEED_LENGTH)


def jobs() -> int:
    """Give the number of processes for `verify --jsonl`. Raises: UsageError."""
    setting = os.environ.get(JOBS_SETTING)
    if setting is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not setting.isascii() or not setting.isdigit() or len(setting) > 3 or not 1 <= int(setting) <= 256:
        raise UsageError(f"{JOBS_SETTING} is a number of processes from 1 to 256, not '{setting[:40]}'")
    return int(setting)


def read_file(path: Path, *, what: str) -> bytes:
    """Read a whole file of bounded size. Raises: UsageError naming the file and what it should be."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable file name"
        raise UsageError(
            f"{what} '{path}' cannot be read: {reason}", next_step=f"Check the path of the {what}."
        ) from error
    if len(data) > MAX_FILE:
        raise UsageError(f"{what} '{path}' is larger than {MAX_FILE} bytes", next_step="Check the path.")
    return data


def open_gate(bundle: Path, *, anchor: Path | None, host: str | None, status: Path | None) -> Gate:
    """Open what a checkpoint has at hand.

    The anchor given, else the one set in COMITY_ANCHOR, else none: then the bundle's own root is taken and
    `is_pinned` is False. Lists come from `status`, else from `status/` beside the bundle. A list that cannot
    be read or is not vouched for is left out with a warning.

    Raises: UsageError, BundleRefused.
    """
    pinned = open_pinned(bundle, anchor=anchor, host=host)
    lists, warnings = _open_lists(status, bundle.parent / "status", pinned.bundle)
    return pinned._replace(lists=lists, warnings=warnings)


def open_pinned(bundle: Path, *, anchor: Path | None = None, host: str | None = None) -> Gate:
    """Open a bundle without lists, under the anchor given or set. Raises: UsageError, BundleRefused."""
    configured = os.environ.get(ANCHOR_SETTING)
    pinned = _open_anchor(anchor or (Path(configured) if configured else None))
    opened = open_bundle(
        read_file(bundle, what="bundle file"),
        anchor=pinned,
        host=None if host is None else RegionCode(host),
    )
    return Gate(bundle=opened, is_pinned=pinned is not None)


def _open_anchor(path: Path | None) -> Anchor | None:
    return None if path is None else read_anchor(read_file(path, what="anchor file"))


def _open_lists(
    given: Path | None, beside: Path, bundle: VerifierBundle
) -> tuple[StatusLists, tuple[str, ...]]:
    folder = given or beside
    kept = beside.with_name(_KEPT_LISTS)
    if given is None and not folder.is_dir() and kept.is_dir():
        from comity.client.kept_list import read_kept_list  # here, since most gates of files have none

        return _read_lists(kept, bundle, read_kept_list)
    if not folder.is_dir():
        if given is not None:
            raise UsageError(f"--status '{given}' is not a folder of status lists")
        return StatusLists(), ()
    return _read_lists(folder, bundle, read_status_list)


def _read_lists(
    folder: Path, bundle: VerifierBundle, read: Callable[[bytes, tuple[KeyList, ...]], StatusList]
) -> tuple[StatusLists, tuple[str, ...]]:
    lists: list[StatusList] = []
    warnings: list[str] = []
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        try:
            lists.append(read(read_file(path, what="status list"), bundle.key_lists))
        except ComityError as error:
            warnings.append(f"status list '{path.name}' is left out: {error}")
    return StatusLists(tuple(lists)), tuple(warnings)


def notice_file() -> Path:
    """Find the scenario that tells the notice: in the installed package, else in the source tree."""
    package = Path(__file__).parents[1]
    installed = package / _NOTICE
    return installed if installed.exists() else package.parents[1] / "scenarios" / _NOTICE
