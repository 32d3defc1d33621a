"""The nodes of the demo: Inner Mongolia and Guangdong, made anew, on loopback, each a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.domain.region import RegionCode
from comity.errors import UsageError

if TYPE_CHECKING:
    import httpx2

REGIONS: Final = (RegionCode("150000"), RegionCode("440000"))
PASSPHRASE_FILE: Final = "passphrase"  # noqa: S105
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 20
_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNode:
    """One node that is being served: where, its data, and what opens its keys."""

    region: RegionCode
    url: str
    data: Path
    passphrase: str
    client: httpx2.Client

    def officers(self) -> tuple[str, str]:
        """TEST: sign two officers in, as if by passkey, and give their tokens."""
        from comity.bootstrap.region import open_region, sign_in_for_demo
        from comity.bootstrap.settings import read_settings

        settings = read_settings(
            region=self.region, data=self.data, demo=True, key_passphrase=self.passphrase
        )
        with open_region(settings) as opened:
            return sign_in_for_demo(opened), sign_in_for_demo(opened)


@contextmanager
def demo_nodes(out: Path) -> Iterator[tuple[DemoNode, ...]]:
    """Make and serve the nodes; they end with the block. Raises: UsageError, MissingExtra."""
    import httpx2

    passphrase = secrets.token_hex(16)
    out.mkdir(parents=True, exist_ok=True)
    (out / PASSPHRASE_FILE).write_text(passphrase + "\n", encoding="utf-8")  # TEST keys only
    folders = {region: out / f"node-{region}" for region in REGIONS}
    ports = dict(zip(REGIONS, _free_ports(len(REGIONS)), strict=True))
    _make_regions(folders, passphrase)
    processes = [_serve(region, folders[region], ports[region], passphrase) for region in REGIONS]
    try:
        nodes = tuple(
            DemoNode(
                region=region,
                url=f"http://{_LOOPBACK}:{ports[region]}",
                data=folders[region],
                passphrase=passphrase,
                client=httpx2.Client(base_url=f"http://{_LOOPBACK}:{ports[region]}", timeout=30),
            )
            for region in REGIONS
        )
        for node, process in zip(nodes, processes, strict=True):
            _wait_until_ready(node, process)
        yield nodes
        for node in nodes:
            node.client.close()
    finally:
        _stop(processes)


def _make_regions(folders: dict[RegionCode, Path], passphrase: str) -> None:
    """Make every region, bring each what the others published, let them recognise each other."""
    from comity.bootstrap.region import init_region, recognise, take_over
    from comity.bootstrap.settings import read_settings

    for folder in folders.values():
        _clear(folder)
    made = {
        region: init_region(read_settings(region=region, data=folder, demo=True, key_passphrase=passphrase))
        for region, folder in folders.items()
    }
    for region, each in made.items():
        for other, folder in folders.items():
            if other != region:
                statements = (folder / "published" / "statements").glob("*.cbor")
                take_over(each.region, {path.name: path.read_bytes() for path in statements})
                recognise(each.region, other)
    for each in made.values():
        each.region.close()


def _clear(folder: Path) -> None:
    """Remove what an earlier demo left; anything else is left alone. Raises: UsageError."""
    if not folder.exists():
        return
    try:
        is_demo = json.loads((folder / "region.json").read_text(encoding="utf-8"))["test"] is True
    except (OSError, ValueError, KeyError, TypeError):
        is_demo = False
    if not is_demo:
        raise UsageError(
            f"'{folder}' is there and not of an earlier demo", next_step="Name another folder with --out."
        )
    shutil.rmtree(folder)


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind((_LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _serve(region: RegionCode, data: Path, port: int, passphrase: str) -> subprocess.Popen[bytes]:
    words = ("serve", "region", "--region", region, "--data", str(data), "--port", str(port), "--demo")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMITY_")}
    with (data / "node.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "comity.cli.main", *words],
            env=kept | {"COMITY_KEY_PASSPHRASE": passphrase},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_ready(node: DemoNode, process: subprocess.Popen[bytes]) -> None:
    import httpx2

    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if node.client.get("/health/ready").status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise UsageError(
        f"the demo node of {node.region} did not start", next_step=f"Read {node.data / 'node.log'}."
    )


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
