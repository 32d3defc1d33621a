"""`comity serve region`: the node of one region, its workers and its timed duties."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from comity.cli.region_settings import node_settings, put_in_environment
from comity.cli.screen import warn
from comity.domain.region import get_region
from comity.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

    from comity.bootstrap.settings import NodeSettings

TARGET: Final = "comity.server.main:serve"
DUTIES: Final = "comity.server.duty_runner"
METRICS_SETTING: Final = "PROMETHEUS_MULTIPROC_DIR"
METRICS_FOLDER: Final = "metrics"
STOP_SECONDS: Final = 20
_AGAIN_SECONDS: Final = 2.0


def region_command(
    *,
    region: str | None = None,
    data: Path | None = None,
    database_url: str | None = None,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    demo: Annotated[bool | None, Parameter(negative="")] = None,
) -> int:
    """Serve one region until stopped (Ctrl-C or SIGTERM); requests in hand are finished first.

    Parameters
    ----------
    region
        Six-digit code; the data folder must be its own.
    data
        Data folder, made by `comity region init`.
    database_url
        PostgreSQL database; default: SQLite in the data folder.
    host
        Address to listen at.
    port
        Port to listen at.
    workers
        Processes that answer requests.
    demo
        TEST: demo mode, for data that was made in it.
    """
    settings = node_settings(
        region=region, data=data, database_url=database_url, host=host, port=port, workers=workers, demo=demo
    )
    _check(settings)
    put_in_environment(settings)
    prepare_metrics(settings.data / METRICS_FOLDER)
    run_server(settings, target=TARGET, duties=DUTIES, interface="rsgi")
    return 0


def _check(settings: NodeSettings) -> None:
    """Open and close everything once, so that what is wrong is told in one line. Raises: ComityError."""
    from comity.bootstrap.region import open_region
    from comity.bootstrap.region_store import upgrade_store

    upgrade_store(settings)
    opened = open_region(settings)
    name = get_region(opened.issuer.region)
    is_test = opened.issuer.is_test
    opened.close()
    if settings.socket is None:
        require_free(settings.host, settings.port)
    mark = " [TEST 测试]" if is_test else ""
    print(
        f"Comity{mark}: {name.name_en} ({name.code}) at {settings.url}, data in {settings.data}, "
        f"{settings.workers} worker(s); Ctrl-C stops",
        flush=True,
    )


def require_free(host: str, port: int) -> None:
    """Refuse an address that is taken. Raises: UsageError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"{host}:{port} cannot be listened at: {error.strerror}",
                next_step="Name another port with --port, or stop what listens there.",
            ) from error


def prepare_metrics(folder: Path) -> None:
    """Give the processes a folder to share their counts in, empty at the start."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ[METRICS_SETTING] = str(folder.absolute())


def run_server(settings: NodeSettings, *, target: str, duties: str, interface: str) -> None:
    """Serve an application, with the process of its duties beside it, until told to stop."""
    server = granian_server(
        target,
        host=settings.host,
        port=settings.port,
        socket=settings.socket,
        workers=settings.workers,
        interface=interface,
    )
    ended = Event()
    beside = Thread(target=_keep_duties, args=(ended, duties), name="duties")
    beside.start()
    try:
        server.serve()
    finally:
        ended.set()
        beside.join()


def granian_server(
    target: str, *, host: str, port: int, socket: Path | None, workers: int, interface: str
) -> AbstractServer[Any]:
    """Make the server of an application, at an address or, where one is named, at a Unix socket.

    `interface` is `rsgi` or `asgi`. Raises: MissingExtra.
    """
    try:
        import multiprocessing

        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server
    except ModuleNotFoundError as error:
        raise MissingExtra("serving", extra="services") from error
    multiprocessing.set_start_method("spawn", force=True)
    if socket is not None:
        socket.unlink(missing_ok=True)  # of a server that was killed
    return Server(
        target,
        address=host,
        port=port,
        uds=socket,
        uds_permissions=0o600,
        interface=Interfaces(interface),
        workers=workers,
        websockets=False,
        factory=True,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )


def _keep_duties(ended: Event, module: str) -> None:
    """Keep the process of the duties running; start it again when it ends by itself."""
    while not ended.is_set():
        process = subprocess.Popen([sys.executable, "-m", module])  # noqa: S603 - this very program
        while not ended.wait(0.2) and process.poll() is None:
            pass
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        elif not ended.wait(_AGAIN_SECONDS):
            warn("the process of the timed duties ended; it is started again")
