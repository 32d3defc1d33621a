"""Where the SQL text of a rulebook runs: on the DuckDB of the run itself, or elsewhere (`spark_engine`).

Reading, checking, counting and comparing stay with DuckDB; the text is the same for every engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from comity.assessment.duckdb_engine import DuckdbEngine, engine_version


class RulesEngine(Protocol):
    """Runs a half of the text and writes its rows."""

    @property
    def name(self) -> str:
        """The engine with its version, for the manifest."""
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
