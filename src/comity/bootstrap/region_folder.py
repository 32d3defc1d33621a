"""The data folder of a region node: which file is where, and whose it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.bootstrap.data_folder import DataFolder
from comity.domain.region import RegionCode, is_region
from comity.errors import UsageError
from comity.records.published_files import FOR_OWNER, put_file

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFolder(DataFolder):
    """Paths below one data folder; `region.json` is written last, so that its presence says: complete."""

    @property
    def published(self) -> Path:
        """The static files."""
        return self.path / "published"

    @property
    def hub(self) -> Path:
        """What was fetched from the hub."""
        return self.path / "hub"

    @property
    def audit_heads(self) -> Path:
        """The heads of the audit, noted every hour."""
        return self.path / "audit-heads"

    def complete(self, region: RegionCode, *, is_test: bool, database: str) -> None:
        """Write down, whole or not at all, that the folder is complete, whose it is, and on which database.

        Raises: StoreUnavailable.
        """
        about = {"format": _FORMAT, "region": region, "test": is_test, "database": database}
        put_file(self.path, self.about.name, (json.dumps(about) + "\n").encode(), mode=FOR_OWNER)

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
