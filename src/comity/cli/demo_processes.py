"""The processes of the demo: this very program, serving on loopback, ended with the demo or killed by it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from comity.errors import DownloadFailed, NotPossibleNow, UsageError

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

LOOPBACK: Final = "127.0.0.1"
_START_SECONDS: Final = 180
_STOP_SECONDS: Final = 20
_BUSY_SECONDS: Final = 60
_AGAIN_SECONDS: Final = 0.5
_LOG: Final = "node.log"


class DemoProcess:
    """One server of the demo; `words` are those of `comity serve`, `settings` those of its environment."""

    def __init__(self, data: Path, words: tuple[str, ...], settings: Mapping[str, str]) -> None:
        self.data: Final = data
        self._words, self._settings = words, settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_served(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; `wait_until_ready` says when it answers."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COMITY_")}
        with (self.data / _LOG).open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", "comity.cli.main", "serve", *self._words],
                env={**kept, **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, client: httpx2.Client) -> None:
        """Wait until it says that it is ready. Raises: UsageError."""
        import httpx2

        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self.is_served:
            try:
                if client.get("/health/ready").status_code == httpx2.codes.OK:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
        raise UsageError(
            f"the demo's server in '{self.data}' is not ready", next_step=f"Read {self.data / _LOG}."
        )

    def kill(self) -> None:
        """Kill it and what it started, at once (SIGKILL)."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def ask_to_stop(self) -> None:
        """Ask it to stop; `stop` waits for it."""
        if self._process is not None and self.is_served:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Stop it, in the end by force."""
        self.ask_to_stop()
        if self._process is None:
            return
        try:
            self._process.wait(_STOP_SECONDS)
            self._process = None
        except subprocess.TimeoutExpired:
            self.kill()


def patiently(ask: Callable[[], T]) -> T:
    """Ask again while a server does not answer, as one on a busy machine does. Raises: ComityError."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return ask()
        except (DownloadFailed, NotPossibleNow):
            if time.monotonic() > end:
                raise
            time.sleep(_AGAIN_SECONDS)


def free_ports(number: int) -> list[int]:
    """Find ports on loopback that nobody listens at."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def clear_folder(folder: Path, about: str) -> None:
    """Remove what an earlier demo left; anything else is left alone. Raises: UsageError.

    `about` is the file in the folder that says so.
    """
    if not folder.exists():
        return
    try:
        is_demo = json.loads((folder / about).read_text(encoding="utf-8"))["test"] is True
    except (OSError, ValueError, KeyError, TypeError):
        is_demo = False
    if not is_demo:
        raise UsageError(
            f"'{folder}' is there and not of an earlier demo", next_step="Name another folder with --out."
        )
    shutil.rmtree(folder)
