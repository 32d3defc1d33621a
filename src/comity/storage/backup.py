"""Backup and restore of a region's records, from one state while the node goes on, and proof of the copy.

The plan of a restore, all in one transaction of the new database: 1. the manifest is of these tables; 2. the
tables are empty; 3. the rows of every file go in, and its hash is that of the manifest; 4. what the tables
then hold is counted and digested by reading it back, and equals what the backup holds.

Keys and published files are no records: the command line puts them beside the backup.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from comity.errors import FormatError, StoreUnavailable, UsageError
from comity.records.ports import Record
from comity.storage.backup_files import (
    Manifest,
    RowDigest,
    TableContent,
    blocks,
    read_manifest,
    read_rows,
    write_manifest,
    write_rows,
)
from comity.storage.database import Database, DatabaseSession
from comity.storage.database_url import open_database
from comity.storage.migration import upgrade
from comity.storage.rows import Row
from comity.storage.schema import fields_of, record_kinds
from comity.storage.sql_texts import SqlTexts

LOADED_ROWS: Final = 20_000
"""Rows put into a table at a time."""


def write_backup(url: str, folder: Path) -> Manifest:
    """Write all records as of one moment into a new or empty folder; complete once its manifest is there.

    Raises: UsageError when the folder holds something or cannot be written, StoreUnavailable.
    """
    with _session(url, writes=False) as (database, session):
        revision = _revision(session)
        try:
            _require_new(folder)
            tables = tuple(
                write_rows(
                    folder / f"{kind.TABLE}.rows",
                    kind.TABLE,
                    _columns(kind),
                    _stored(database, session, kind),
                )
                for kind in record_kinds()
            )
            manifest = Manifest(revision=revision, tables=tables)
            write_manifest(folder, manifest)
        except OSError as error:
            raise UsageError(
                f"the backup cannot be written to '{folder}': {error.strerror}",
                next_step="Make room, or name another folder.",
            ) from error
    return manifest


def read_backup(folder: Path, url: str) -> Manifest:
    """Restore a backup into a database without records, whole or not at all, and prove the copy.

    Raises: UsageError when there is no backup or the database holds records, FormatError when a file is not
    as it was written, StoreUnavailable.
    """
    manifest = read_manifest(folder)
    upgrade(url)
    with _session(url, writes=True) as (database, session):
        _require_same_tables(session, manifest)  # 1
        own = [SqlTexts(kind, database.dialect) for kind in record_kinds()]
        _require_empty(session, own)  # 2
        for texts, content in zip(own, manifest.tables, strict=True):  # 3
            _load(session, texts, folder / f"{content.table}.rows", content)
        differing = _differing(manifest, _contents(database, session))  # 4
        if differing:
            raise FormatError(f"the restored copy differs from the backup in: {', '.join(differing)}")
    return manifest


def compare(url: str, manifest: Manifest) -> tuple[str, ...]:
    """Name the tables whose rows are not those of a backup; none when the database equals it.

    Raises: StoreUnavailable.
    """
    with _session(url, writes=False) as (database, session):
        return _differing(manifest, _contents(database, session))


@contextmanager
def _session(url: str, *, writes: bool) -> Iterator[tuple[Database, DatabaseSession]]:
    database = open_database(url)
    try:
        session = database.begin(writes=writes)
        try:
            yield database, session
        except BaseException:
            session.roll_back()
            raise
        session.commit()
    finally:
        database.close()


def _columns(kind: type[Record]) -> tuple[str, ...]:
    return tuple(each.name for each in fields_of(kind))


def _stored(database: Database, session: DatabaseSession, kind: type[Record]) -> Iterator[Row]:
    """Give the rows of a table, the same whichever database they are in."""
    flags = [place for place, each in enumerate(fields_of(kind)) if each.plain is bool]
    rows = session.stream(SqlTexts(kind, database.dialect).everything)
    if not flags:
        return rows
    return (
        tuple(bool(v) if place in flags and v is not None else v for place, v in enumerate(row))
        for row in rows
    )


def _contents(database: Database, session: DatabaseSession) -> Iterator[TableContent]:
    for kind in record_kinds():
        counted = RowDigest()
        for block in blocks(_stored(database, session, kind)):
            counted.add(block)
        yield counted.content(kind.TABLE, _columns(kind))


def _differing(manifest: Manifest, contents: Iterator[TableContent]) -> tuple[str, ...]:
    found = {each.table: each for each in contents}
    expected = {each.table: each for each in manifest.tables}
    return tuple(
        name
        for name in sorted(found.keys() | expected.keys())
        if name not in found or name not in expected or not found[name].is_like(expected[name])
    )


def _require_empty(session: DatabaseSession, tables: list[SqlTexts[Record]]) -> None:
    for texts in tables:
        if session.fetch(f"{texts.everything} LIMIT 1", ()):
            raise UsageError(
                "this database holds records already, and is not touched",
                next_step="Restore into an empty database.",
            )


def _load(session: DatabaseSession, texts: SqlTexts[Record], path: Path, content: TableContent) -> None:
    waiting: list[Row] = []
    for block in read_rows(path, content):
        waiting += block
        if len(waiting) >= LOADED_ROWS:
            _add(session, texts, waiting)
            waiting = []
    if waiting:
        _add(session, texts, waiting)


def _add(session: DatabaseSession, texts: SqlTexts[Record], rows: list[Row]) -> None:
    if session.add(texts, rows) != len(rows):
        raise FormatError(f"the backup has a key of {texts.shape.kind.TABLE} twice")


def _require_new(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"'{folder}' is not empty", next_step="Name a new folder for each backup.")


def _revision(session: DatabaseSession) -> str:
    """Give the last migration of the database."""
    return ", ".join(str(row[0]) for row in session.fetch("SELECT version_num FROM alembic_version", ()))


def _require_same_tables(session: DatabaseSession, manifest: Manifest) -> None:
    revision = _revision(session)
    own = [(kind.TABLE, _columns(kind)) for kind in record_kinds()]
    if manifest.revision != revision or [(each.table, each.columns) for each in manifest.tables] != own:
        raise StoreUnavailable(
            f"the backup has the tables of migration {manifest.revision}, this release those of {revision}",
            next_step="Restore it with the release that wrote it, then start the new release over the data.",
        )
