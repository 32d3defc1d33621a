"""DuckDB as the engine of a run: bounded in memory, reaching nothing but the files it is given.

What DuckDB says goes into the error tree: no room on the disk, too little memory, a file that is none. The
rules are not here; this engine runs the text of `rules_sql` as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from re import sub
from typing import TYPE_CHECKING, Final

from comity.errors import EvidenceRefused, MissingExtra, StoreUnavailable, UsageError

if TYPE_CHECKING:
    import duckdb

Cell = str | int | float | None
_PAGE: Final = 10_000
_NO_ROOM: Final = ("no space", "max_temp_directory_size", "disk full", "file size limit", "file too large")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineBounds:
    """What the engine may use: memory in GiB, threads, and the folder it spills into."""

    memory_gib: float
    threads: int
    spill: Path


class DuckdbEngine:
    """One connection; every statement of it raises errors of the tree alone."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, text: str) -> None:
        """Run a statement that gives nothing. Raises: StoreUnavailable, UsageError, EvidenceRefused."""
        with _errors_told():
            self._connection.execute(text)

    def rows(self, text: str) -> Iterator[tuple[Cell, ...]]:
        """Give the rows of a query page by page. Raises: as `run`."""
        with _errors_told():
            result = self._connection.cursor().execute(text)
        while True:
            with _errors_told():
                page: Sequence[tuple[Cell, ...]] = result.fetchmany(_PAGE)
            if not page:
                return
            yield from page

    def number(self, text: str) -> int:
        """Give the one number of a query. Raises: as `run`."""
        (row,) = self.rows(text)
        return int(row[0] or 0)

    def count_copied(self, text: str, path: Path) -> int:
        """Write the rows of a query into a Parquet file and give how many. Raises: as `run`."""
        written = f"TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)"
        with _errors_told():
            (count,) = self._connection.execute(f"COPY ({text}) {written}").fetchone() or (0,)
        return int(count)


@contextmanager
def duckdb_engine(bounds: EngineBounds) -> Iterator[DuckdbEngine]:
    """Open an engine within its bounds. Raises: MissingExtra, UsageError."""
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra("assessing a region", extra="services") from error

    if not 0.1 <= bounds.memory_gib <= 1_024 or not 1 <= bounds.threads <= 256:
        raise UsageError("memory is 0.1 to 1024 GiB, threads are 1 to 256")
    bounds.spill.mkdir(parents=True, exist_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": f"{int(bounds.memory_gib * 1024)}MiB",
        "threads": str(bounds.threads),
        "temp_directory": str(bounds.spill),
        "preserve_insertion_order": "false",
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        yield DuckdbEngine(connection)


def quoted(path: Path) -> str:
    """Write a path as a text of SQL, for a file that is written."""
    return "'" + str(path).replace("'", "''") + "'"


def read_parquet(*paths: Path, with_places: bool = False) -> str:
    """Write what reads exactly these files; of a folder, the Parquet files in it.

    A path is never a pattern, which could match the files of another folder, and what it looks like never
    becomes a column. `with_places` adds filename and file_row_number.
    """
    listed = ", ".join(_exactly(path) for path in paths)
    places = ", filename = true, file_row_number = true" if with_places else ""
    return f"read_parquet([{listed}], hive_partitioning = false{places})"


def parquet_groups(path: Path) -> str:
    """Write the query for number and rows of the row groups of exactly this file."""
    return (
        f"SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata({_exactly(path)})"
        " ORDER BY row_group_id"
    )


def _exactly(path: Path) -> str:
    literal = sub(r"([\[*?])", r"[\1]", str(path)).replace("'", "''")
    return f"'{literal}/*.parquet'" if path.is_dir() else f"'{literal}'"


def engine_version() -> str:
    """Give the version of DuckDB, for the manifest."""
    import duckdb

    return duckdb.__version__


@contextmanager
def _errors_told() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        if any(words in str(error).lower() for words in _NO_ROOM):
            raise _no_room() from error
        raise UsageError(
            "the memory allowed is too little for this region",
            next_step="Give more with --memory-gib; what was done so far is taken up again.",
        ) from error
    except duckdb.Error as error:
        if any(words in str(error).lower() for words in _NO_ROOM):
            raise _no_room() from error
        raise EvidenceRefused(
            "a file of evidence, or of a run, cannot be read",
            next_step="Check that the folders named are whole; put a run back from a copy, or run it again.",
        ) from error


def _no_room() -> StoreUnavailable:
    return StoreUnavailable(
        "there is no room on the disk for this run",
        next_step="Make room and run again: what is complete is taken up, and the last result stands.",
    )
