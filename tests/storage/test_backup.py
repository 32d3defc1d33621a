"""Backup and restore: between both databases, of one moment, and nothing restored that is not proved."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from comity.domain.colour import Colour
from comity.errors import ComityError, FormatError, StoreUnavailable, UsageError
from comity.issuance.records import HolderKey, Person, Standing
from comity.officers.officers import Officer
from comity.records.counter import Counter
from comity.records.search import equal
from comity.storage import database_url
from comity.storage.backup import compare, read_backup, write_backup
from comity.storage.backup_files import MANIFEST, Manifest, read_manifest
from comity.storage.database_url import open_store
from tests.databases import PostgresqlServer

Damage: TypeAlias = Callable[[Path], object]
PEOPLE = 2_500


def fill(url: str) -> None:
    store = open_store(url)
    with store.transaction() as transaction:
        transaction.of(Person).add(
            *(
                Person(
                    holder=HolderKey(f"h{n}"),
                    sealed=bytes([n % 256]) * (n % 90),
                    vault_key="v",
                    division="1",
                    added_at=n,
                )
                for n in range(PEOPLE)
            )
        )
        transaction.of(Officer).add(
            *(
                Officer(
                    officer_id=f"o{n}",
                    display_name="苏和",
                    roles=("supervisor",) * n,
                    division="150000",
                    is_active=n % 2 == 0,
                    added_at=-n,
                )
                for n in range(4)
            )
        )
        transaction.of(Standing).add(
            Standing(
                holder=HolderKey("h1"),
                colour=Colour.GREEN,
                reason=None,
                rule=None,
                rulebook_version=1,
                basis=None,
                until=None,
                next_at=None,
                origin=None,
                since=1,
                assessed_at=1,
                changes=0,
            )
        )
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database with records in it."""
    found = str(request.getfixturevalue(f"{request.param}_url"))
    fill(found)
    return found


@pytest.fixture
def backup(sqlite_url: str, tmp_path: Path) -> Path:
    """A backup of an SQLite database."""
    fill(sqlite_url)
    write_backup(sqlite_url, tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """Where an SQLite database can be made."""
    (tmp_path / "new").mkdir()
    return database_url.sqlite_url(tmp_path / "new" / "region.db")


def test_a_restored_copy_equals_what_was_backed_up(url: str, tmp_path: Path, empty: str) -> None:
    written = write_backup(url, tmp_path / "backup")

    restored = read_backup(tmp_path / "backup", empty)

    assert restored == written
    assert written.rows == PEOPLE + 5
    assert compare(empty, written) == ()
    first, second = open_store(url), open_store(empty)
    for kind in (Person, Officer, Standing):
        with first.reading() as here, second.reading() as there:
            assert here.of(kind).select() == there.of(kind).select()
    first.close()
    second.close()


def test_a_backup_of_sqlite_goes_into_postgresql_and_back(
    backup: Path, postgresql: PostgresqlServer, tmp_path: Path, empty: str
) -> None:
    large = postgresql.create()

    read_backup(backup, large)
    again = write_backup(large, tmp_path / "again")
    read_backup(tmp_path / "again", empty)

    assert compare(empty, read_manifest(backup)) == ()
    assert [each.digest for each in again.tables] == [each.digest for each in read_manifest(backup).tables]
    postgresql.drop(large)


def test_a_backup_is_of_one_moment_while_the_region_goes_on(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    with store.transaction() as transaction:
        transaction.of(Counter).add(Counter(name="going on", value=1))
        manifest = write_backup(url, tmp_path / "backup")

    assert [each.rows for each in manifest.tables if each.table == "counter"] == [0]
    assert compare(url, manifest) == ("counter",)
    store.close()


@pytest.mark.parametrize("change", ["added", "removed", "altered"])
def test_a_copy_that_differs_in_one_row_is_told_by_its_table(
    backup: Path, sqlite_url: str, change: str
) -> None:
    store = open_store(sqlite_url)
    with store.transaction() as transaction:
        people = transaction.of(Person)
        known = people.find("h7")
        assert known is not None
        changed = Person(holder=HolderKey("h7"), sealed=b"", vault_key="v", division="2", added_at=7)
        if change == "added":
            people.add(Person(holder=HolderKey("new"), sealed=b"", vault_key="v", division="2", added_at=7))
        elif change == "altered":
            people.replace(changed)
        else:
            people.remove(equal("holder", "h7"))
    store.close()

    assert compare(sqlite_url, read_manifest(backup)) == ("person",)


def test_a_folder_that_is_not_empty_is_not_touched(backup: Path, sqlite_url: str) -> None:
    with pytest.raises(UsageError):
        write_backup(sqlite_url, backup)


def test_a_database_with_records_is_not_touched(backup: Path, sqlite_url: str) -> None:
    with pytest.raises(UsageError):
        read_backup(backup, sqlite_url)


def test_a_database_that_is_not_there_is_told(tmp_path: Path, empty: str) -> None:
    with pytest.raises(StoreUnavailable):
        write_backup(empty, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def _alter(folder: Path) -> None:
    path = folder / "person.rows"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _cut(folder: Path) -> None:
    path = folder / "person.rows"
    path.write_bytes(path.read_bytes()[:-1])


def _double(folder: Path) -> None:
    path = folder / "person.rows"
    path.write_bytes(path.read_bytes() * 2)


def _edit(**changes: object) -> Damage:
    def damage(folder: Path) -> None:
        document = json.loads((folder / MANIFEST).read_text())
        person = next(each for each in document["tables"] if each["table"] == "person")
        for name, value in changes.items():
            (document if name in document else person)[name] = value
        (folder / MANIFEST).write_text(json.dumps(document))

    return damage


DAMAGES: list[tuple[str, Damage, type[ComityError]]] = [
    ("a byte altered", _alter, FormatError),
    ("the end cut off", _cut, FormatError),
    ("rows twice", _double, FormatError),
    ("a file emptied", lambda folder: (folder / "person.rows").write_bytes(b""), FormatError),
    ("a file missing", lambda folder: (folder / "person.rows").unlink(), FormatError),
    (
        "a block longer than any",
        lambda folder: (folder / "person.rows").write_bytes(b"\xff" * 9),
        FormatError,
    ),
    ("no manifest", lambda folder: (folder / MANIFEST).unlink(), UsageError),
    ("a manifest that is no JSON", lambda folder: (folder / MANIFEST).write_bytes(b"{"), FormatError),
    ("a manifest of another format", _edit(format="comity-backup-0"), FormatError),
    ("a manifest with other digests", _edit(digest="0" * 64), FormatError),
    ("a manifest with other counts", _edit(rows=1), FormatError),
    ("a manifest without tables", _edit(tables=[]), StoreUnavailable),
    ("tables of another release", _edit(revision="0000"), StoreUnavailable),
    ("columns of another release", _edit(columns=["holder"]), StoreUnavailable),
    ("a table that is a list", _edit(tables=[[]]), FormatError),
]


@pytest.mark.parametrize(("damage", "refusal"), [row[1:] for row in DAMAGES], ids=[row[0] for row in DAMAGES])
def test_a_backup_that_is_not_as_it_was_written_leaves_the_database_empty(
    backup: Path, empty: str, damage: Damage, refusal: type[ComityError]
) -> None:
    damage(backup)

    with pytest.raises(refusal):
        read_backup(backup, empty)

    if database_url.path_of(database_url.read_url(empty)).exists():
        store = open_store(empty)
        with store.reading() as transaction:
            assert transaction.of(Person).select() == []
        store.close()


def test_an_empty_region_can_be_backed_up(sqlite_url: str, tmp_path: Path, empty: str) -> None:
    manifest: Manifest = write_backup(sqlite_url, tmp_path / "backup")

    read_backup(tmp_path / "backup", empty)

    assert manifest.rows == 0
