"""Evidence files read row by row: CSV (RFC 4180) and Apache Parquet, each row with the line it stands on.

Bounded and strict: UTF-8, a header with exactly the columns asked for, no field longer than a screen line.
What a field means is checked elsewhere (`issuance.import_rows`); a line that is no row is given as its fault.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from comity.errors import InvalidInput
from comity.issuance.imports import RawRow

MOST_ROWS: Final = 5_000_000
LONGEST_FIELD: Final = 200
_BLOCK: Final = 2**20
_PAGE: Final = 10_000
_PARQUET: Final = b"PAR1"


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal digits."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[RawRow]:
    """Read the rows of a file, told from its first bytes to be CSV or Parquet.

    Raises: InvalidInput for a file that is neither, or without the right columns, or with too many rows.
    """
    with path.open("rb") as file:
        is_parquet = file.read(len(_PARQUET)) == _PARQUET
    rows = _read_parquet(path, columns) if is_parquet else _read_csv(path, columns)
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise InvalidInput(f"the file has more than {MOST_ROWS} rows; bring it in parts", field="file")
        yield row


def _read_csv(path: Path, columns: Sequence[str]) -> Iterator[RawRow]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = _header(next(reader, []), columns)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    yield RawRow(
                        line=reader.line_num, fields=None, fault="the quotes of this line are broken"
                    )
                    continue
                if cells:
                    yield _raw(reader.line_num, header, cells)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "the file is not UTF-8 text", field="file", next_step="Save it again as CSV in UTF-8."
        ) from error


def _header(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    given = [name.strip() for name in names]
    if sorted(given) != sorted(columns):
        raise InvalidInput(
            f"the first line does not name exactly these columns: {', '.join(columns)}", field="file"
        )
    return given


def _raw(line: int, header: Sequence[str], cells: Sequence[str]) -> RawRow:
    if len(cells) != len(header):
        fault = f"this line has {len(cells)} fields, where {len(header)} are named"
        return RawRow(line=line, fields=None, fault=fault)
    if max(map(len, cells)) > LONGEST_FIELD:
        return RawRow(line=line, fields=None, fault=f"a field is longer than {LONGEST_FIELD} characters")
    return RawRow(line=line, fields=dict(zip(header, map(str.strip, cells), strict=True)))


def _read_parquet(path: Path, columns: Sequence[str]) -> Iterator[RawRow]:
    """Read a Parquet file; the line of a row is its number from 1. Nothing but this file is reachable."""
    import duckdb  # here, since nothing else of the node needs it

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": "1GB",
        "threads": "1",
    }
    try:
        with duckdb.connect(":memory:", config=settings) as connection:
            found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            header = _header([str(row[0]) for row in found], columns)
            cells = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in header)
            rows = connection.execute(f"SELECT {cells} FROM read_parquet(?)", [str(path)])  # noqa: S608
            line = 0
            while page := rows.fetchmany(_PAGE):
                for row in page:
                    line += 1
                    yield _raw(line, header, ["" if cell is None else cell for cell in row])
    except duckdb.Error as error:
        raise InvalidInput("the file is no Parquet file that can be read", field="file") from error
