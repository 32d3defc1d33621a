"""The evidence folder of a region: its files, their schema, row groups and hashes, checked before use.

A file has exactly the columns and types of its table. A broken file is told with the row group that cannot
be read. What single rows say is checked in `evidence_checks`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest
from itertools import accumulate
from pathlib import Path
from typing import Final

from comity.assessment.duckdb_engine import DuckdbEngine, parquet_groups, read_parquet
from comity.assessment.evidence_checks import EvidenceFault
from comity.assessment.evidence_tables import EVIDENCE_TABLES, EvidenceTable
from comity.errors import EvidenceRefused, UsageError

FAULTS_TOLD: Final = 10
"""Faults named in the message of a refusal."""
_HIDDEN: Final = "._"
"""What names begin with that programs write for themselves, such as `_SUCCESS`; Spark passes over them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """One Parquet file of a table: name in the folder, size in bytes, time of change in ns, SHA-256, rows."""

    table: str
    name: str
    size: int
    changed_ns: int
    digest: str
    row_groups: tuple[int, ...]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.row_groups)

    def row_group_of(self, row: int) -> int:
        """Give the row group a row is in; both count from 0."""
        return bisect_right(tuple(accumulate(self.row_groups)), row)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFolder:
    """The checked files of all tables, in order of table and name."""

    path: Path
    files: tuple[EvidenceFile, ...]

    def of(self, table: EvidenceTable) -> tuple[EvidenceFile, ...]:
        """Give the files of one table."""
        return tuple(file for file in self.files if file.table == table.name)


def open_evidence(
    engine: DuckdbEngine,
    path: Path,
    *,
    known: Mapping[str, EvidenceFile] | None = None,
    threads: int = 1,
) -> EvidenceFolder:
    """Open an evidence folder. What is `known` of a file of the same size and time of change is taken over.

    The others are hashed, as many at once as there are `threads`.

    Raises: UsageError, EvidenceRefused with everything that is missing, broken or of another shape.
    """
    if not path.is_dir():
        raise UsageError(f"'{path}' is not a folder of evidence")
    files: list[EvidenceFile] = []
    faults: list[EvidenceFault] = []
    for table in EVIDENCE_TABLES:
        found = _paths(path, table)
        faults += _strange(path, table)
        if not found:
            faults.append(EvidenceFault(file=f"{table.name}.parquet", what="the table is missing"))
        for each in found:
            name = each.relative_to(path).as_posix()
            before = (known or {}).get(name)
            if before is not None and _is_same(before, each, table):
                files.append(before)
                continue
            try:
                groups = _row_groups(engine, each, table)
            except EvidenceRefused as refused:
                faults.append(EvidenceFault(file=name, what=str(refused)))
                continue
            files.append(_file(each, name, table, groups))
    refuse(faults)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return EvidenceFolder(path=path, files=tuple(pool.map(partial(_hashed, path), files)))


def refuse(faults: Sequence[EvidenceFault | str], *, count: int | None = None) -> None:
    """Refuse evidence if there is anything wrong; `count` are all faults. Raises: EvidenceRefused."""
    if not faults:
        return
    told = tuple(fault if isinstance(fault, str) else fault.told for fault in faults)
    rest = (count or len(told)) - min(len(told), FAULTS_TOLD)
    lines = [*told[:FAULTS_TOLD], *([f"and {rest} more"] if rest else [])]
    raise EvidenceRefused("\n  ".join(lines), faults=told)


def find_broken_group(engine: DuckdbEngine, folder: EvidenceFolder, file: EvidenceFile) -> EvidenceFault:
    """Find the row group of a file at which reading fails, for a file that could not be read."""
    path, first = folder.path / file.name, 0
    for number, rows in enumerate(file.row_groups):
        try:
            engine.run(
                "CREATE OR REPLACE TABLE probe AS SELECT MIN(columns(*)) FROM "
                f"{read_parquet(path, with_places=True)} "
                f"WHERE file_row_number >= {first} AND file_row_number < {first + rows}"
            )
        except (EvidenceRefused, UsageError):
            return EvidenceFault(file=file.name, row_group=number, row=first, what="cannot be read from here")
        first += rows
    return EvidenceFault(file=file.name, what="cannot be read")


def _paths(folder: Path, table: EvidenceTable) -> list[Path]:
    single = folder / f"{table.name}.parquet"
    found = [single] if single.is_file() else []
    return found + sorted(each for each in (folder / table.name).glob("*.parquet") if each.is_file())


def _strange(folder: Path, table: EvidenceTable) -> Iterator[EvidenceFault]:
    """Tell what would be passed over in the folder of a table; notes of other programs may lie there."""
    for each in sorted((folder / table.name).glob("*")):
        is_table, is_hidden = each.suffix == ".parquet" and each.is_file(), each.name[0] in _HIDDEN
        if is_table == is_hidden:
            what = (
                "begins with . or _, which hides it from Spark"
                if is_hidden
                else "is no file that ends with .parquet, and would be passed over"
            )
            yield EvidenceFault(file=each.relative_to(folder).as_posix(), what=what)


def _row_groups(engine: DuckdbEngine, path: Path, table: EvidenceTable) -> tuple[int, ...]:
    """Check the schema of a file and give the rows of its groups. Raises: EvidenceRefused."""
    try:
        described = engine.rows(f"DESCRIBE SELECT * FROM {read_parquet(path)}")
        found = {str(row[0]): str(row[1]) for row in described}
        rows = tuple(int(row[1] or 0) for row in engine.rows(parquet_groups(path)))
    except EvidenceRefused as refused:
        raise EvidenceRefused("is no Parquet file that can be read") from refused
    wanted = {column.name: column.kind.sql_type for column in table.columns}
    wrong = [
        f"has no column {name} of type {kind}" for name, kind in wanted.items() if found.get(name) != kind
    ]
    wrong += [f"has a column too many, the {list(found).index(n) + 1}th" for n in found if n not in wanted]
    if wrong:
        raise EvidenceRefused("; ".join(wrong))
    return rows


def _is_same(known: EvidenceFile, path: Path, table: EvidenceTable) -> bool:
    """Say whether a file is the one that an earlier run has read, by its size and time of change."""
    state = path.stat()
    return (known.table, known.size, known.changed_ns) == (table.name, state.st_size, state.st_mtime_ns)


def _file(path: Path, name: str, table: EvidenceTable, groups: tuple[int, ...]) -> EvidenceFile:
    state = path.stat()
    return EvidenceFile(
        table=table.name,
        name=name,
        size=state.st_size,
        changed_ns=state.st_mtime_ns,
        digest="",
        row_groups=groups,
    )


def _hashed(folder: Path, file: EvidenceFile) -> EvidenceFile:
    """Hash a file that is not known."""
    if file.digest:
        return file
    with (folder / file.name).open("rb") as opened:
        return replace(file, digest=file_digest(opened, "sha256").hexdigest())
