"""The data folder of a node, a region's or the hub's: which file is where, and that it is made only once."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from comity.errors import UsageError

SQLITE: Final = "sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFolder:
    """Paths below one data folder; the file `ABOUT` is written last, so that its presence says: complete."""

    path: Path

    ABOUT: ClassVar[str] = "region.json"
    DATABASE: ClassVar[str] = "region.db"
    WHOSE: ClassVar[str] = "a region's data"
    START: ClassVar[str] = "comity serve region"

    @property
    def about(self) -> Path:
        """Whose data this is."""
        return self.path / self.ABOUT

    @property
    def keys(self) -> Path:
        """The key file: the keys that sign, and at a region those that seal people's data."""
        return self.path / "keys.cbor"

    @property
    def database(self) -> Path:
        """The SQLite database, where no other is named."""
        return self.path / self.DATABASE

    @property
    def clock(self) -> Path:
        """The highest time seen."""
        return self.path / "clock.json"

    @property
    def duties_lock(self) -> Path:
        """Held by the one process that does the duties."""
        return self.path / "duties.lock"

    def require_fresh(self) -> None:
        """Refuse a folder that holds data already. Raises: UsageError."""
        if self.about.exists():
            raise UsageError(
                f"'{self.path}' holds {self.WHOSE} already, and is not touched",
                next_step=f"Start it with `{self.START}`, or name another folder with --data.",
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

    def make_database(self) -> None:
        """Make the file of an SQLite database, for its owner alone. Raises: UsageError."""
        try:
            os.close(os.open(self.database, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError as error:
            raise UsageError(f"'{self.database}' cannot be made: {error.strerror}") from error

    def remove_database(self) -> None:
        """Remove an SQLite database that was not completed, with what SQLite puts beside it."""
        for beside in ("", "-wal", "-shm", "-journal"):
            self.database.with_name(self.database.name + beside).unlink(missing_ok=True)

    def require_sqlite(self) -> None:
        """Refuse to open data whose records are in PostgreSQL as if they lay here. Raises: UsageError."""
        try:
            database = json.loads(self.about.read_text(encoding="utf-8")).get("database", SQLITE)
        except (OSError, ValueError, AttributeError):
            return  # told by `read`
        if database != SQLITE:
            raise UsageError(
                f"the records are in {database}, says '{self.about}', and no database is named",
                next_step="Name it: --database-url postgresql://USER@HOST/NAME, or COMITY_DATABASE_URL.",
            )
