"""The data folder of a region node: which file is where, and whose it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.domain.region import RegionCode, is_region
from comity.errors import UsageError
from comity.records.published_files import FOR_OWNER, put_file

_FORMAT: Final = 1
SQLITE: Final = "sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFolder:
    """Paths below one data folder; `region.json` is written last, so that its presence says: complete."""

    path: Path

    @property
    def about(self) -> Path:
        """Which region's data this is."""
        return self.path / "region.json"

    @property
    def keys(self) -> Path:
        """The key file: the keys that sign, and those that seal people's data."""
        return self.path / "keys.cbor"

    @property
    def database(self) -> Path:
        """The SQLite database, where no other is named."""
        return self.path / "region.db"

    @property
    def published(self) -> Path:
        """The static files."""
        return self.path / "published"

    @property
    def clock(self) -> Path:
        """The highest time seen."""
        return self.path / "clock.json"

    @property
    def hub(self) -> Path:
        """What was fetched from the hub."""
        return self.path / "hub"

    @property
    def audit_heads(self) -> Path:
        """The heads of the audit, noted every hour."""
        return self.path / "audit-heads"

    @property
    def duties_lock(self) -> Path:
        """Held by the one process that does the duties."""
        return self.path / "duties.lock"

    def require_fresh(self) -> None:
        """Refuse a folder that holds a region's data. Raises: UsageError."""
        if self.about.exists():
            raise UsageError(
                f"'{self.path}' holds a region's data already, and is not touched",
                next_step="Start it with `comity serve region`, or name another folder with --data.",
            )
        there = [path.name for path in (self.keys, self.database) if path.exists()]
        if there:
            raise UsageError(
                f"'{self.path}' has {', '.join(there)} of an init that did not finish, or of something else",
                next_step="Look what it is; remove the folder and run init again if it was never in use.",
            )

    def make(self) -> None:
        """Make the folder, for its owner alone. Raises: UsageError."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"'{self.path}' cannot be made: {error.strerror}") from error

    def complete(self, region: RegionCode, *, is_test: bool, database: str) -> None:
        """Write down, whole or not at all, that the folder is complete, whose it is, and on which database.

        Raises: StoreUnavailable.
        """
        about = {"format": _FORMAT, "region": region, "test": is_test, "database": database}
        put_file(self.path, self.about.name, (json.dumps(about) + "\n").encode(), mode=FOR_OWNER)

    def require_sqlite(self) -> None:
        """Refuse to open a region whose records are in PostgreSQL as if they lay here. Raises: UsageError."""
        try:
            database = json.loads(self.about.read_text(encoding="utf-8")).get("database", SQLITE)
        except (OSError, ValueError, AttributeError):
            return  # told by `read`
        if database != SQLITE:
            raise UsageError(
                f"the records are in {database}, says '{self.about}', and no database is named",
                next_step="Name it: --database-url postgresql://USER@HOST/NAME, or COMITY_DATABASE_URL.",
            )

    def read(self, *, expected: RegionCode | None) -> tuple[RegionCode, bool]:
        """Read whose data it is, and whether of a test federation. Raises: UsageError."""
        try:
            about = json.loads(self.about.read_text(encoding="utf-8"))
            region, is_test, form = str(about["region"]), about["test"] is True, about["format"]
        except FileNotFoundError:
            raise UsageError(
                f"'{self.path}' holds no region's data",
                next_step="Make it with `comity region init --region CODE --data DIR`.",
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"'{self.about}' cannot be read", next_step="Restore the backup.") from error
        if form != _FORMAT or not is_region(region):
            raise UsageError(f"'{self.about}' is of another version of Comity", next_step="Use that version.")
        if expected is not None and expected != region:
            raise UsageError(
                f"'{self.path}' is of region {region}, not {expected}",
                next_step="Name its own folder with --data.",
            )
        return RegionCode(region), is_test
