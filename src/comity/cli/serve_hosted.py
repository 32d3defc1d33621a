"""`comity serve hosted`: many regions on one machine, each in processes of its own behind one front.

What serves a region has that region's settings, keys and records and no other's; the front has none. A region
that does not start, or ends, is started again by itself, and the others go on.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from comity.cli.screen import warn
from comity.cli.serve import METRICS_FOLDER, STOP_SECONDS, granian_server, prepare_metrics, require_free
from comity.errors import MissingExtra

if TYPE_CHECKING:
    from comity.bootstrap.hosting import HostedRegion

TARGET: Final = "comity.server.hosted_main:serve"
SITES_SETTING: Final = "COMITY_HOSTED_SITES"
PORT: Final = 8150
_NODE: Final = "comity.cli.hosted_region"
_AGAIN_SECONDS: Final = 2.0
_LONGEST_WAIT: Final = 30.0
_LOOK_SECONDS: Final = 0.2


def hosted_command(folder: Path, /, *, host: str = "127.0.0.1", port: int = PORT, workers: int = 1) -> int:
    """Serve every region of a folder until stopped (Ctrl-C or SIGTERM), each apart from the others.

    Parameters
    ----------
    folder
        Folder with one data folder a region, named by its code, made by `comity region init`; the settings
        of each are in its file settings.env.
    host
        Address to listen at.
    port
        Port to listen at.
    workers
        Processes that pass requests on.
    """
    try:
        from comity.bootstrap.hosting import read_hosting
    except ModuleNotFoundError as error:
        raise MissingExtra("serving hosted regions", extra="services") from error
    hosting = read_hosting(folder, url=f"http://{host}:{port}")
    for name, refusal in hosting.refused.items():
        warn(f"{name} is not served: {refusal}\n  {refusal.next_step}")
    require_free(host, port)
    server = granian_server(TARGET, host=host, port=port, socket=None, workers=workers, interface="asgi")
    with _sockets() as sockets:
        prepare_metrics(sockets / METRICS_FOLDER)
        _name_sites(hosting.regions, sockets)
        with _served_regions(hosting.regions, sockets):
            server.serve()
    return 0


@contextmanager
def _sockets() -> Iterator[Path]:
    """Give a folder for sockets, for this user alone, and short: a socket's path has 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="comity-hosted-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _socket(sockets: Path, hosted: HostedRegion) -> Path:
    return sockets / f"{hosted.region}.sock"


def _name_sites(regions: Sequence[HostedRegion], sockets: Path) -> None:
    sites = [
        {"region": each.region, "url": each.url, "socket": str(_socket(sockets, each))} for each in regions
    ]
    file = sockets / "sites.json"
    file.write_text(json.dumps(sites), encoding="utf-8")
    os.environ[SITES_SETTING] = str(file)


@contextmanager
def _served_regions(regions: Sequence[HostedRegion], sockets: Path) -> Iterator[None]:
    """Keep the processes of every region running until the block ends."""
    machine, ended = dict(os.environ), Event()
    keepers = [
        Thread(
            target=_keep_region,
            args=(each, each.environment(machine, socket=_socket(sockets, each)), ended),
            name=each.region,
        )
        for each in regions
    ]
    for each in regions:
        print(
            f"{each.region}{' [TEST 测试]' if each.is_test else ''} at {each.url}, log in {each.log}",
            flush=True,
        )
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        ended.set()
        for keeper in keepers:
            keeper.join()


def _keep_region(hosted: HostedRegion, environment: dict[str, str], ended: Event) -> None:
    """Run the region's processes; when they end by themselves, run them again, less and less often."""
    wait = _AGAIN_SECONDS
    while not ended.is_set():
        with open(hosted.log, "ab", opener=_owners_alone) as log:
            process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", _NODE],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not ended.wait(_LOOK_SECONDS) and process.poll() is None:
            pass
        if ended.is_set():
            _stop(process)
            return
        warn(f"{hosted.region} ended ({process.returncode}), see {hosted.log}; it is started again")
        ended.wait(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


def _owners_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Let requests in hand be finished, then end all that is left of the region's processes."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS + 5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
