"""What holds for every test: no network, the same Hypothesis profile, logs without people, no silent skip.

`COMITY_NO_SKIPS=1` turns every skip into a failure that names it; CI sets it where all inputs are at hand.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from typing import Final, TypeVar

import pytest
from hypothesis import settings

from tests.logs import collected_logs, identities_in

_NO_SKIPS: Final = os.environ.get("COMITY_NO_SKIPS") == "1"
_LOOPBACK: Final = ("127.", "::1", "localhost")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

settings.register_profile("comity", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("comity")


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
