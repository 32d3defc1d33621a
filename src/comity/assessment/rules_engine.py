"""Where the SQL text of a rulebook runs: on the DuckDB of the run itself, or elsewhere (`spark_engine`).

Reading, checking, counting and comparing stay with DuckDB; the text is the same for every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from comity.assessment.duckdb_engine import DuckdbEngine, engine_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of evidence of which is written what its rows alone meet.

    While it is given the run's DuckDB sees its good rows, and those of no other, under the name of its table.
    """

    table: str
    file: Path | None
    """The file where all its rows are good ones."""
    into: Path


class RulesEngine(Protocol):
    """Runs a half of the text and writes its rows."""

    @property
    def name(self) -> str:
        """The engine with its version, for the manifest."""
        ...

    @property
    def rows_at_once(self) -> int:
        """How many rows of evidence are met at once: files are given together until they have so many."""
        ...

    def write_each(
        self, text: str, parts: Iterable[Part], *, tables: Sequence[str], whole: Sequence[str]
    ) -> list[int]:
        """Write for each part the rows that the text gives of it, and give how many.

        `tables` are those that parts are of, `whole` what the text reads besides. Raises: as `write` does.
        """
        ...

    def write(
        self,
        text: str,
        path: Path,
        *,
        tables: Sequence[str],
        files: Mapping[str, Sequence[Path]],
        order: str = "",
    ) -> int:
        """Write the rows of a text into a Parquet file and give how many.

        `tables` are what the text reads, as the run's DuckDB sees them; those among `files` are the rows of
        these files as they stand. Raises: StoreUnavailable, UsageError, EvidenceRefused.
        """
        ...


@dataclass(frozen=True, slots=True)
class DuckdbRules:
    """The text on the DuckDB of the run."""

    engine: DuckdbEngine

    @property
    def name(self) -> str:
        """DuckDB with its version."""
        return f"duckdb {engine_version()}"

    @property
    def rows_at_once(self) -> int:
        """Each file alone: a statement costs next to nothing."""
        return 0

    def write_each(
        self, text: str, parts: Iterable[Part], *, tables: Sequence[str], whole: Sequence[str]
    ) -> list[int]:
        """Write the rows of each part while DuckDB sees it. Raises: as the protocol says."""
        return [self.engine.count_copied(text, part.into) for part in parts]

    def write(
        self,
        text: str,
        path: Path,
        *,
        tables: Sequence[str],
        files: Mapping[str, Sequence[Path]],
        order: str = "",
    ) -> int:
        """Write the rows of a text; DuckDB sees every table already. Raises: as the protocol says."""
        ordered = f"SELECT * FROM ({text}) ORDER BY {order}" if order else text
        return self.engine.count_copied(ordered, path)
