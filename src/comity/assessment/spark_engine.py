"""Apache Spark as the engine of the rules, for regions with a cluster: the same text, the same rows.

Needs the extra `spark` and Java 17 or newer. Every executor sees the evidence and the folder of the run under
the same paths. What Spark writes is put into one file, in order, by the DuckDB of the run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.assessment.duckdb_engine import DuckdbEngine, quoted
from comity.errors import MissingExtra, StoreUnavailable, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOCAL: Final = "local"
"""Beginning of the masters that start everything on this machine; these stay on the loopback interface."""

_TASKS_A_CORE: Final = 2
"""Parts a core into which rows are shuffled; the usual 200 would be most of the time of a file."""


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
        written = self.folder / "written"
        for name in tables:
            given = files.get(name) or [self._hand_over(name)]
            with _errors_told():
                self.session.read.parquet(*map(str, given)).createOrReplaceTempView(name)
        with _errors_told():
            self.session.sql(text).write.mode("overwrite").parquet(str(written))
        rows = f"SELECT * FROM read_parquet({quoted(written / '*.parquet')})"
        return self.engine.count_copied(f"{rows} ORDER BY {order}" if order else rows, path)

    def _hand_over(self, table: str) -> Path:
        """Write a table as DuckDB sees it into a file for Spark."""
        path = self.folder / f"{table}.parquet"
        self.engine.count_copied(f"SELECT * FROM {table}", path)
        return path


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
