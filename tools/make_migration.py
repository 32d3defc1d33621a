"""Write the migrations of the database from the record classes (`make migration`).

Until the first release there is one migration, 0001, written again whenever a record class changes; so two
people who each add a record run this once more after merging. From the first release on (`IS_RELEASED`) 0001
stays as it is, and `--next WORDS` writes the step from the last migration to the classes as they are, to be
read through before it is committed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateIndexOp, CreateTableOp, MigrateOperation, UpgradeOps
from sqlalchemy import Table

from comity.storage.database_url import sqlite_url
from comity.storage.migration import MIGRATIONS, migrating, migration_config
from comity.storage.schema import metadata

IS_RELEASED: Final = False
FIRST: Final = MIGRATIONS / "versions" / "0001_records.py"
HEAD: Final = '''\
"""The tables of the first release, written by `make migration`; change the record classes, never this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORD = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
BYTES = sa.LargeBinary()
FLAG = sa.Boolean()

'''
SHORTER: Final = (
    ("sa.String().with_variant(sa.String(collation='C'), 'postgresql')", "WORD"),
    ("sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')", "TEXT"),
    ("sa.BigInteger()", "NUMBER"),
    ("sa.LargeBinary()", "BYTES"),
    ("sa.Boolean()", "FLAG"),
)
"""What Alembic renders, and what stands for it in 0001."""
NOT_CURRENT: Final = "the migrations do not make the tables of the record classes: run `make migration`."


def first_migration() -> str:
    """Write 0001: a function for each table."""
    tables = sorted(metadata().tables.values(), key=lambda table: table.name)
    made = "".join(f"    _make_{table.name}()\n" for table in tables)
    dropped = "".join(f'    op.drop_table("{table.name}")\n' for table in reversed(tables))
    source = HEAD + "".join(_made(table) for table in tables)
    source += f'\n\ndef upgrade() -> None:\n    """Make the tables."""\n{made}'
    source += (
        f'\n\ndef downgrade() -> None:\n    """Remove the tables, with all that is in them."""\n{dropped}'
    )
    return _formatted(source)


def _made(table: Table) -> str:
    steps: list[MigrateOperation] = [CreateTableOp.from_table(table)]
    steps += [CreateIndexOp.from_index(each) for each in sorted(table.indexes, key=lambda i: str(i.name))]
    rendered = "\n".join(
        line
        for line in render_python_code(UpgradeOps(steps)).splitlines()
        if not line.strip().startswith("#")
    )
    for long, short in SHORTER:
        rendered = rendered.replace(long, short)
    return f"\n\ndef _make_{table.name}() -> None:\n{rendered}\n"


def _formatted(source: str) -> str:
    ruff = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(FIRST), "-"]
    return subprocess.run(ruff, input=source, capture_output=True, text=True, check=True).stdout


def is_current() -> bool:
    """Say whether the migrations make exactly the tables of the record classes."""
    if not IS_RELEASED:
        return FIRST.exists() and FIRST.read_text(encoding="utf-8") == first_migration()
    with (
        tempfile.TemporaryDirectory() as folder,
        migrating(sqlite_url(Path(folder) / "records")) as connection,
    ):
        command.upgrade(migration_config(connection), "head")
        return not compare_metadata(MigrationContext.configure(connection), metadata())


def write_next(words: str) -> None:
    """Write the step from the last migration to the record classes as they are."""
    with (
        tempfile.TemporaryDirectory() as folder,
        migrating(sqlite_url(Path(folder) / "records")) as connection,
    ):
        config = migration_config(connection)
        command.upgrade(config, "head")
        number = len(list(FIRST.parent.glob("[0-9]*.py"))) + 1
        command.revision(config, words, autogenerate=True, rev_id=f"{number:04}")


def main(arguments: list[str] | None = None) -> None:
    """Run the command. Raises: SystemExit with a sentence when not current."""
    parser = argparse.ArgumentParser(description="Write the migrations from the record classes.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when not current")
    parser.add_argument("--next", metavar="WORDS", help="after a release: the next migration, in a few words")
    options = parser.parse_args(arguments)
    if options.check:
        if not is_current():
            raise SystemExit(NOT_CURRENT)
    elif options.next:
        write_next(options.next)
    elif IS_RELEASED:
        raise SystemExit("0001 is released and stays as it is; write the next step with --next WORDS.")
    else:
        FIRST.write_text(first_migration(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
