"""What holds for every test: no network, the same Hypothesis profile, logs without people, no silent skip.

`COMITY_NO_SKIPS=1` turns every skip into a failure that names it; CI sets it where all inputs are at hand.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final, TypeVar

import pytest
from hypothesis import settings

from comity.storage.migration import upgrade
from tests.databases import (
    PostgresqlServer,
    make_model_file,
    make_sqlite_file,
    start_postgresql,
)
from tests.logs import collected_logs, identities_in
from tests.spark import SPARK_MISSING

_NO_SKIPS: Final = os.environ.get("COMITY_NO_SKIPS") == "1"
_LOOPBACK: Final = ("127.", "::1", "localhost")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

settings.register_profile("comity", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("comity")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line that the tests of Spark were left out, and what would bring them."""
    skipped = terminalreporter.getreports("skipped")
    if any(SPARK_MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"left out: {SPARK_MISSING}")


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Refuse every address but this machine's own: the suite passes with the network cut (style 23)."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    if host and not str(host).startswith(_LOOPBACK):
        raise RuntimeError(f"a test reached for the network: {event} {host}")


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def _logs_name_nobody() -> Iterator[None]:
    """Hold what every test logs against the identities of its people (settled rule 15)."""
    with collected_logs() as lines:
        yield
    found = identities_in("\n".join(lines))
    assert not found, f"the logs of this test name people: {found}"


def _refuse_skip(report: Report) -> Report:
    """Turn a skip into a failure where CI has all it takes to run the test."""
    if _NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"COMITY_NO_SKIPS=1 and {report.nodeid} was skipped: {why}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """See the report of every test, whichever phase skipped it."""
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """See the report of every module, for the one that skips as a whole."""
    return _refuse_skip((yield))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> PostgresqlServer:
    """A PostgreSQL server, one for all processes of the run; it stops with the last of them."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    return start_postgresql(shared)


@pytest.fixture(scope="session")
def postgresql_database(postgresql: PostgresqlServer) -> str:
    """A database of this process with all tables; tests ask for `postgresql_url`."""
    url = postgresql.create()
    upgrade(url)
    return url


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer, postgresql_database: str) -> str:
    """The URL of a PostgreSQL database with all tables and nothing in them, until the next test."""
    postgresql.empty(postgresql_database)
    return postgresql_database


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and nothing in them."""
    return make_model_file(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_url(sqlite_model: Path, tmp_path: Path) -> str:
    """The URL of an SQLite database of this test's own, with all tables and nothing in them."""
    return make_sqlite_file(tmp_path, sqlite_model)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[PostgresqlServer]:
    """A PostgreSQL server that a test may stop; it runs when the test ends."""
    server = start_postgresql(tmp_path)
    yield server
    server.stop()
