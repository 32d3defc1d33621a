"""Migrations make exactly the tables of the record classes, on both databases, once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from comity.errors import StoreUnavailable, UsageError
from comity.records.counter import Counter
from comity.storage.database_url import open_store, read_url, sqlite_url
from comity.storage.migration import migrating, migration_config, upgrade
from comity.storage.schema import fields_of, metadata, record_kinds, table_of
from tests.databases import PostgresqlServer


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database can be made, or one without tables."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "region.db")
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    made = server.create()
    yield made
    server.drop(made)


def test_migrations_make_exactly_the_tables_of_the_record_classes(url: str) -> None:
    upgrade(url)

    with migrating(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []
        made = inspect(connection)
        for table in metadata().tables.values():
            assert made.get_pk_constraint(table.name)["constrained_columns"] == [next(iter(table.c)).name]
            defaults = [column["default"] for column in made.get_columns(table.name)]
            assert defaults == [None] * len(table.c)


def test_upgrading_again_changes_nothing_and_keeps_the_records(url: str) -> None:
    upgrade(url)
    store = open_store(url)
    with store.transaction() as transaction:
        transaction.of(Counter).add(Counter(name="kept", value=1))

    upgrade(url)

    with store.reading() as transaction:
        assert transaction.of(Counter).find("kept") == Counter(name="kept", value=1)
    store.close()


def test_several_may_upgrade_at_once(url: str) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            upgrade(url)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_going_back_leaves_no_table(url: str) -> None:
    upgrade(url)

    with migrating(url) as connection:
        command.downgrade(migration_config(connection), "base")

    with migrating(url) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    with migrating(url) as connection:
        connection.exec_driver_sql('CREATE TABLE "standing" (holder TEXT)')

    with pytest.raises(StoreUnavailable):
        upgrade(url)

    with migrating(url) as connection:
        assert inspect(connection).get_table_names() == ["standing"]


def test_a_database_made_between_releases_is_refused(url: str) -> None:
    upgrade(url)
    with migrating(url) as connection:
        connection.exec_driver_sql('DROP TABLE "standing"')

    with pytest.raises(StoreUnavailable, match=r"lacks standing\.") as refused:
        upgrade(url)

    assert "init" in refused.value.next_step or "again" in refused.value.next_step


def test_a_store_over_no_tables_says_so(url: str) -> None:
    with migrating(url):
        pass
    store = open_store(url)

    with pytest.raises(StoreUnavailable, match="tables"), store.reading() as transaction:
        transaction.of(Counter).select()
    store.close()


def test_a_store_over_no_file_says_so_and_makes_none(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "none.db"))

    with pytest.raises(StoreUnavailable, match="no database file"), store.transaction():
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_server_out_of_reach_says_so() -> None:
    store = open_store("postgresql://nobody:secret@127.0.0.1:1/none")

    with pytest.raises(StoreUnavailable) as refused, store.reading():
        pass

    assert "secret" not in str(refused.value)
    with pytest.raises(StoreUnavailable):
        upgrade("postgresql://nobody@127.0.0.1:1/none")


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_no_database_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        open_store(url)

    assert "nonsense" not in str(refused.value)


def test_the_driver_in_a_url_does_not_matter() -> None:
    assert read_url("postgresql+psycopg://host/db") == read_url("postgresql://host/db")


def test_every_record_class_has_a_table_and_a_key() -> None:
    for kind in record_kinds():
        table = table_of(kind)
        assert [column.name for column in table.primary_key] == [fields_of(kind)[0].name]
        assert not next(iter(table.primary_key)).nullable
        assert len(table.indexes) == len(kind.INDEXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """No record: a field that no column can hold."""

    key: str
    weight: float

    TABLE: ClassVar[str] = "strange"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


def test_a_record_with_a_field_no_column_can_hold_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Strange\.weight"):
        fields_of(Strange)
    with pytest.raises(LookupError, match="Strange"):
        table_of(Strange)
