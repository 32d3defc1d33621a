"""A backup on disk: a file of rows for each table, and `manifest.json`, written last, with their hashes.

A file of rows is a sequence of blocks: four bytes of length (big-endian) and that many bytes of CBOR, an
array of rows, each an array of plain values in the order of the columns. It names no database: what came from
SQLite can be put into PostgreSQL and the other way round. Names of people are sealed in it as they were.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

import cbor2

from comity.errors import FormatError, UsageError
from comity.storage.rows import Row

FORMAT: Final = "comity-backup-1"
MANIFEST: Final = "manifest.json"
BLOCK_ROWS: Final = 1_000
MAX_BLOCK: Final = 2**28
"""Bytes of one block at most; a row of Comity is far below a hundredth of a thousandth of it."""
MAX_MANIFEST: Final = 2**20
_LENGTH: Final = 4
_DIGEST: Final = 2**256


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContent:
    """What one table holds: how many rows, and a digest that does not depend on their order.

    `digest` is the sum, modulo 2^256, of the SHA-256 of every row in CBOR; `sha256` is of the file of rows.
    """

    table: str
    columns: tuple[str, ...]
    rows: int
    digest: str
    sha256: str = ""

    def is_like(self, other: TableContent) -> bool:
        """Say whether another table holds the same rows."""
        return (self.table, self.columns, self.rows, self.digest) == (
            other.table,
            other.columns,
            other.rows,
            other.digest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds; `revision` names the migration whose tables these are."""

    revision: str
    tables: tuple[TableContent, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(each.rows for each in self.tables)


class RowDigest:
    """Counts rows and adds up their hashes."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, rows: Iterable[Row]) -> None:
        """Take in rows."""
        for row in rows:
            self._sum += int.from_bytes(sha256(cbor2.dumps(row)).digest(), "big")
            self.rows += 1

    def content(self, table: str, columns: tuple[str, ...], *, file_hash: str = "") -> TableContent:
        """Give what was taken in, as the content of a table."""
        digest = f"{self._sum % _DIGEST:064x}"
        return TableContent(table=table, columns=columns, rows=self.rows, digest=digest, sha256=file_hash)


def blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Cut rows into lists of BLOCK_ROWS."""
    following = iter(rows)
    while block := list(islice(following, BLOCK_ROWS)):
        yield block


def write_rows(path: Path, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> TableContent:
    """Write a file of rows; it is on disk when this returns. Raises: OSError."""
    counted, hashed = RowDigest(), sha256()
    with path.open("xb") as file:
        for block in blocks(rows):
            counted.add(block)
            data = cbor2.dumps(block)
            framed = len(data).to_bytes(_LENGTH, "big") + data
            hashed.update(framed)
            file.write(framed)
        file.flush()
        os.fsync(file.fileno())
    return counted.content(table, columns, file_hash=hashed.hexdigest())


def read_rows(path: Path, content: TableContent) -> Iterator[list[Row]]:
    """Read a file of rows, block by block; at its end the hash has been checked. Raises: FormatError."""
    hashed = sha256()
    try:
        with path.open("rb") as file:
            while (data := _block(file, path.name)) is not None:
                hashed.update(len(data).to_bytes(_LENGTH, "big") + data)
                yield _rows(data, len(content.columns), path.name)
    except OSError as error:
        raise FormatError(f"{path.name} of the backup cannot be read: {error.strerror}") from error
    if hashed.hexdigest() != content.sha256:
        raise FormatError(f"{path.name} of the backup is not as it was written")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, which makes the backup complete. Raises: OSError."""
    document = {"format": FORMAT, **asdict(manifest)}
    beside = folder / (MANIFEST + ".new")
    with beside.open("x", encoding="utf-8") as file:
        file.write(json.dumps(document, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.rename(folder / MANIFEST)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup. Raises: UsageError where there is none, FormatError."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST + 1)
    except OSError as error:
        raise UsageError(
            f"'{folder}' holds no complete backup: it has no {MANIFEST}", next_step="Check the path."
        ) from error
    try:
        document = json.loads(data[:MAX_MANIFEST])
        if document["format"] != FORMAT:
            raise FormatError(f"{MANIFEST} is of another format than {FORMAT}")
        tables = tuple(_content(each) for each in document["tables"])
        return Manifest(revision=str(document["revision"]), tables=tables)
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{MANIFEST} cannot be read as the manifest of a backup") from error


def _content(document: dict[str, object]) -> TableContent:
    if set(document) != {"table", "columns", "rows", "digest", "sha256"}:
        raise FormatError("a table of the manifest has not the fields it should have")
    columns = document["columns"]
    if not isinstance(columns, list) or not isinstance(document["rows"], int):
        raise FormatError("a table of the manifest has not the fields it should have")
    return TableContent(
        table=str(document["table"]),
        columns=tuple(str(name) for name in columns),
        rows=document["rows"],
        digest=str(document["digest"]),
        sha256=str(document["sha256"]),
    )


def _block(file: BinaryIO, name: str) -> bytes | None:
    head = file.read(_LENGTH)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) < _LENGTH or length > MAX_BLOCK:
        raise FormatError(f"{name} of the backup is cut or altered")
    data = file.read(length)
    if len(data) < length:
        raise FormatError(f"{name} of the backup is cut")
    return data


def _rows(data: bytes, width: int, name: str) -> list[Row]:
    try:
        rows = cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError) as error:
        raise FormatError(f"{name} of the backup is altered") from error
    if not isinstance(rows, list) or any(not isinstance(row, list) or len(row) != width for row in rows):
        raise FormatError(f"{name} of the backup has not the columns it should have")
    return cast("list[Row]", [tuple(row) for row in rows])
