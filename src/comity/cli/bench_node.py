"""What `comity bench region` measures with: a test region with people, sessions and a gate, and its servers.

Everything is made by the region's own services, so that what is measured is what a region does. Servers are
processes of their own on loopback; nothing else is reached.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.bootstrap.region import OpenRegion, init_region
from comity.bootstrap.settings import NodeSettings, read_settings
from comity.cli.bench_cores import Cores, started_on
from comity.domain.identity import DocumentKind, IdentityDocument, check_character, read_identity
from comity.domain.region import INNER_MONGOLIA
from comity.errors import ComityError
from comity.issuance.gates import EnrolledGate, enrol_gate, plan_gate
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.sessions import SessionKind, begin_session

DIVISION: Final = "150102"
UNBOUNDED_RATE: Final = 1_000_000
"""Requests a minute of one token: the bench asks for few people very often, which is counted all the same."""
_PER_DAY: Final = 1_000
_AT_ONCE: Final = 1_000
_NAMES: Final = ("张伟", "李娜", "王芳", "乌云其其格", "巴特尔")
_START_SECONDS: Final = 60
_LOOPBACK: Final = "127.0.0.1"


def sample_document(order: int) -> IdentityDocument:
    """Give the document of the `order`-th person of nobody, 0 <= order < 10,000,000."""
    division, sequence = divmod(order, _PER_DAY)
    first = f"99{division:04d}19820617{sequence:03d}"
    return read_identity(DocumentKind.RESIDENT_ID, first + check_character(first), allow_test=True)


def bench_settings(
    folder: Path, *, port: int, database_url: str | None = None, workers: int = 1
) -> NodeSettings:
    """Give the settings of the bench's region."""
    return read_settings(
        region=INNER_MONGOLIA,
        data=folder,
        port=port,
        workers=workers,
        demo=True,
        database_url=database_url,
        key_passphrase=secrets.token_hex(16),
        rate_per_minute=UNBOUNDED_RATE,
        log_level="warning",
    )


def make_region(settings: NodeSettings) -> OpenRegion:
    """Make the bench's region."""
    return init_region(settings).region


def add_people(region: OpenRegion, count: int, *, start: int = 0) -> list[HolderKey]:
    """Register people of nobody."""
    issuer, at = region.issuer, region.clock()
    holders: list[HolderKey] = []
    for first in range(start, start + count, _AT_ONCE):
        with issuer.store.transaction() as transaction:
            for order in range(first, min(first + _AT_ONCE, start + count)):
                name = _NAMES[order % len(_NAMES)]
                document = sample_document(order)
                person = register_person(transaction, issuer, document, name, DIVISION, at=at)
                holders.append(person.holder)
    return holders


def sign_in_all(region: OpenRegion, holders: Sequence[HolderKey]) -> list[str]:
    """Begin a session for each, and give the tokens."""
    at = region.clock()
    with region.issuer.store.transaction() as transaction:
        return [
            begin_session(transaction, region.issuer, SessionKind.RESIDENT, holder, at=at)
            for holder in holders
        ]


def add_officer(region: OpenRegion) -> Officer:
    """Add an officer with every role."""
    officer = Officer(
        officer_id=region.issuer.new_id(),
        display_name="TEST 测试",
        roles=tuple(str(role) for role in Role),
        division=INNER_MONGOLIA,
        is_active=True,
        added_at=region.clock(),
    )
    with region.issuer.store.transaction() as transaction:
        transaction.of(Officer).add(officer)
    return officer


def add_gate(region: OpenRegion) -> EnrolledGate:
    """Plan and enrol a gate."""
    officer, at, issuer = add_officer(region), region.clock(), region.issuer
    with issuer.store.transaction() as transaction:
        planned = plan_gate(transaction, issuer, officer, division=DIVISION, name="bench", at=at)
    with issuer.store.transaction() as transaction:
        return enrol_gate(transaction, issuer, planned.code, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchServer:
    """A server that listens on loopback; where it is kept on one core, its load is kept on `load_core`."""

    port: int
    process: subprocess.Popen[bytes]
    load_core: int | None


def free_port() -> int:
    """Find a port nobody listens at."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def served_region(settings: NodeSettings, cores: Cores | None = None) -> Iterator[BenchServer]:
    """Serve a region by `comity serve region`, as an operator does; `cores` keeps it apart from its load."""
    words = ["serve", "region", "--data", str(settings.data), "--port", str(settings.port), "--demo"]
    environment = _clean_environment() | {
        "COMITY_KEY_PASSPHRASE": settings.passphrase() or "",
        "COMITY_RATE_PER_MINUTE": str(settings.rate_per_minute),
        "COMITY_LOG_LEVEL": settings.log_level,
        "COMITY_WORKERS": str(settings.workers),
    }
    if settings.database_url is not None:
        environment["COMITY_DATABASE_URL"] = settings.database_url.get_secret_value()
    command = [sys.executable, "-m", "comity.cli.main", *words]
    with _started(command, environment, settings.port, cores) as server:
        yield server


@contextmanager
def served_bare(cores: Cores | None = None) -> Iterator[BenchServer]:
    """Serve the yardstick (`bench_bare`) by the same server."""
    port = free_port()
    words = ["--interface", "asgi", "--factory", "--no-ws", "--log-level", "warning", "--port", str(port)]
    command = [sys.executable, "-m", "granian", *words, "comity.cli.bench_bare:bare"]
    with _started(command, _clean_environment(), port, cores) as server:
        yield server


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], port: int, cores: Cores | None
) -> Iterator[BenchServer]:
    with started_on(cores.server if cores else None):
        process = subprocess.Popen(  # noqa: S603 - this very program
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
    try:
        _wait_for(port, process)
        yield BenchServer(port=port, process=process, load_core=cores.load if cores else None)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection((_LOOPBACK, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(1)  # the socket listens before the application is made
            return
    raise ComityError("a server of the bench did not start")


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("COMITY_")}
