"""Apache Spark as the engine of the rules, for regions with a cluster: the same text, the same rows.

Needs the extra `spark` and Java 17 or newer. Every executor sees the evidence and the folder of the run under
the same paths. What Spark writes is put into one file, in order, by the DuckDB of the run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.assessment.duckdb_engine import DuckdbEngine, read_parquet
from comity.assessment.evidence_tables import EVIDENCE_TABLES
from comity.assessment.rules_engine import Part
from comity.assessment.rules_sql import MET_COLUMNS
from comity.errors import MissingExtra, StoreUnavailable, UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_LOCAL: Final = "local"
"""Beginning of the masters that start everything on this machine; these stay on the loopback interface."""

_TASKS_A_CORE: Final = 2
"""Parts a core into which rows are shuffled; the usual 200 would be most of the time of a file."""

_ROWS_AT_ONCE: Final = 50_000_000
"""Rows of evidence that one statement meets; a run that was stopped does at most so many again."""

_COLUMNS: Final = {
    name: ", ".join(f"{column} {'STRING' if kind == 'VARCHAR' else kind}" for column, kind in columns)
    for name, columns in (
        *((table.name, [(c.name, c.kind.sql_type) for c in table.columns]) for table in EVIDENCE_TABLES),
        ("met", MET_COLUMNS),
    )
}
"""The columns of each table as Spark wants them told."""
_TOLD_APART: Final = (
    *(
        "SUBSTRING(evidence_ref, INSTR(evidence_ref, ':') + 1) AS evidence_ref"
        if name == "evidence_ref"
        else name
        for name, _ in MET_COLUMNS
    ),
    "CAST(SUBSTRING_INDEX(evidence_ref, ':', 1) AS INT) AS part",
)

_PLAIN_PATHS: Final = {"__globPaths__": "false"}
"""A path is never a pattern, which could match the files of another folder."""
_ADDRESS: Final = "REPLACE(_metadata.file_path, ':///', ':/')"
"""The file a row is from; Spark spells the same address with one slash or with three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkRules:
    """The text on Spark; `engine` is the DuckDB of the run, `folder` lies where the executors see it."""

    session: SparkSession
    engine: DuckdbEngine
    folder: Path

    @property
    def name(self) -> str:
        """Spark with its version."""
        return f"spark {self.session.version}"

    @property
    def rows_at_once(self) -> int:
        """Many files: a statement costs seconds, whatever its size."""
        return _ROWS_AT_ONCE

    def write_each(
        self, text: str, parts: Iterable[Part], *, tables: Sequence[str], whole: Sequence[str]
    ) -> list[int]:
        """Write the rows of all parts with one statement. Raises: as `RulesEngine` says.

        A reference carries the number of its part through the statement, so that the rows of a part are those
        it has alone, and are told apart at the end.
        """
        given = [
            (part, part.file or self._hand_over(part.table, f"part-{number}"))
            for number, part in enumerate(parts)
        ]
        for table in whole:
            self._show(table, [self._hand_over(table, table)])
        for table in tables:
            files = {number: file for number, (part, file) in enumerate(given) if part.table == table}
            self._show_numbered(table, files)
        written = self.folder / "written"
        with _errors_told():
            found = self.session.sql(text).selectExpr(*_TOLD_APART)
            found.write.mode("overwrite").partitionBy("part").parquet(str(written))
        return [self._gather(written / f"part={number}", part.into) for number, (part, _) in enumerate(given)]

    def write(
        self,
        text: str,
        path: Path,
        *,
        tables: Sequence[str],
        files: Mapping[str, Sequence[Path]],
        order: str = "",
    ) -> int:
        """Write the rows of a text: Spark into a folder, DuckDB from there. Raises: as `RulesEngine` says."""
        for name in tables:
            self._show(name, files.get(name) or [self._hand_over(name, name)])
        written = self.folder / "written"
        with _errors_told():
            self.session.sql(text).write.mode("overwrite").parquet(str(written))
        rows = f"SELECT * FROM {read_parquet(written)}"
        return self.engine.count_copied(f"{rows} ORDER BY {order}" if order else rows, path)

    def _hand_over(self, table: str, name: str) -> Path:
        """Write a table as DuckDB sees it into a file for Spark."""
        path = self.folder / f"{name}.parquet"
        self.engine.count_copied(f"SELECT * FROM {table}", path)
        return path

    def _show(self, table: str, files: Sequence[Path]) -> None:
        """Let Spark see files under the name of a table; with its columns told it need not look for them."""
        with _errors_told():
            self._read(table, files).createOrReplaceTempView(table)

    def _show_numbered(self, table: str, files: Mapping[int, Path]) -> None:
        """Let Spark see files, each reference with the number of its file before it."""
        with _errors_told():
            if not files:
                self.session.createDataFrame([], _COLUMNS[table]).createOrReplaceTempView(table)
                return
            spelt = {self._read(table, [file]).inputFiles()[0]: number for number, file in files.items()}
            pairs = ", ".join(
                f"{_literal(name.replace(':///', ':/', 1))}, '{number}'" for name, number in spelt.items()
            )
            number = f"COALESCE(element_at(map({pairs}), {_ADDRESS}), RAISE_ERROR({_ADDRESS}))"
            rows = self._read(table, list(files.values()))
            rows.selectExpr(
                *(f"{number} || ':' || ref AS ref" if name == "ref" else name for name in rows.columns)
            ).createOrReplaceTempView(table)

    def _read(self, table: str, files: Sequence[Path]) -> DataFrame:
        return self.session.read.options(**_PLAIN_PATHS).schema(_COLUMNS[table]).parquet(*map(str, files))

    def _gather(self, folder: Path, into: Path) -> int:
        """Put what Spark wrote of a part into one file; of a part that met nothing it wrote nothing."""
        if folder.exists():
            return self.engine.count_copied(f"FROM {read_parquet(folder)}", into)
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in MET_COLUMNS)
        return self.engine.count_copied(f"SELECT {columns} WHERE FALSE", into)


def _literal(text: str) -> str:
    """Write a text as a literal of Spark's SQL, which knows the backslash."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def spark_is_here() -> bool:
    """Say whether Spark and a Java for it are installed."""
    return find_spec("pyspark") is not None and _java_is_here()


def _java_is_here() -> bool:
    return shutil.which("java") is not None or "JAVA_HOME" in os.environ


@contextmanager
def spark_rules(engine: DuckdbEngine, *, master: str, folder: Path) -> Iterator[SparkRules]:
    """Start Spark, or reach the cluster. Raises: MissingExtra, UsageError, StoreUnavailable."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtra("assessing a region on Spark", extra="spark") from error

    if not _java_is_here():
        raise UsageError(
            "Spark needs Java 17 or newer, and none was found",
            next_step="Install a Java runtime, or run with --engine duckdb.",
        )
    if master.startswith(_LOCAL):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with _errors_told():
        session = SparkSession.builder.master(master).config(map=_settings(folder)).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        tasks = session.sparkContext.defaultParallelism * _TASKS_A_CORE
        session.conf.set("spark.sql.shuffle.partitions", str(tasks))
    try:
        yield SparkRules(session=session, engine=engine, folder=folder)
    finally:
        session.stop()


def _settings(folder: Path) -> dict[str, bool | float | int | str | None]:
    return {
        "spark.app.name": "comity assess",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }


@contextmanager
def _errors_told() -> Iterator[None]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise StoreUnavailable(
            "Spark could not start, or not run the rules",
            next_step="Read what Spark wrote above; then run again, or with --engine duckdb.",
        ) from error
