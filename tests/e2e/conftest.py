"""A real browser before the register as it is served: Chromium of the system, driven by Playwright.

Where either is missing the tests are skipped and say why. The browser resolves no name but this machine's.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.architecture.source import ROOT
from tests.e2e.node_site import open_phone, region_site, unanswered

__all__ = ["open_phone", "region_site"]

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_START_SECONDS: Final = 60
OpenPage = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The browser, one for the whole run."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine; install the package chromium")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def hub() -> Iterator[str]:
    """The address of the register, served by granian as in operation."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "warning", "tests.register_app:serve"], cwd=ROOT, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/zh/", process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends:
        assert process.poll() is None, "the server ended before it answered"
        try:
            with urlopen(url, timeout=5):
                return
        except URLError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer in time")


@pytest.fixture
def open_page(browser: Any, hub: str) -> Iterator[OpenPage]:
    """Open an address in a window of its own; what the browser complains about fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_one(
        path: str, *, width: int = 1280, height: int = 900, scheme: str = "light", scripts: bool = True
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.extend(unanswered(request)))
        page.on("response", lambda answer: _note(answer, complaints))
        page.goto(hub + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def _note(answer: Any, complaints: list[str]) -> None:
    if answer.status >= 400:
        complaints.append(f"{answer.status}: {answer.url}")
