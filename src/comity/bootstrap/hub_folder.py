"""The data folder of the hub: key file, records, and the repository that everybody fetches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from comity.bootstrap.data_folder import DataFolder
from comity.errors import UsageError
from comity.records.published_files import FOR_OWNER, put_file

HUB_DATA: Final = Path("comity-hub")
"""Where the hub's data is, unless another folder is named."""
HUB_PORT: Final = 8149
"""Where the hub listens, unless another port is named."""
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFolder(DataFolder):
    """Paths below the hub's data folder; `hub.json` is written last, so that its presence says: complete."""

    ABOUT: ClassVar[str] = "hub.json"
    DATABASE: ClassVar[str] = "hub.db"
    WHOSE: ClassVar[str] = "a hub's data"
    START: ClassVar[str] = "comity serve hub"

    @property
    def repository(self) -> Path:
        """The static files that regions and clients fetch."""
        return self.path / "repository"

    def complete(self, *, is_test: bool, database: str) -> None:
        """Write down, whole or not at all, that the folder is complete, and on which database.

        Raises: StoreUnavailable.
        """
        about = {"format": _FORMAT, "test": is_test, "database": database}
        put_file(self.path, self.about.name, (json.dumps(about) + "\n").encode(), mode=FOR_OWNER)

    def read(self) -> bool:
        """Say whether it is of a test federation. Raises: UsageError when there is no hub's data."""
        try:
            about = json.loads(self.about.read_text(encoding="utf-8"))
            is_test, form = about["test"] is True, about["format"]
        except FileNotFoundError:
            raise UsageError(
                f"'{self.path}' holds no hub's data", next_step="Make it with `comity hub init --data DIR`."
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"'{self.about}' cannot be read", next_step="Restore the backup.") from error
        if form != _FORMAT:
            raise UsageError(f"'{self.about}' is of another version of Comity", next_step="Use that version.")
        return is_test
