"""`make bench-pwa`: figures of the phone apps as one JSON object, measured in Chromium before a real node.

A part is a function of browser and node that gives figures by name; add it to PARTS.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.sync_api import sync_playwright

from tests.e2e import bench_checkpoint, bench_core, bench_wallet
from tests.e2e.conftest import ARGUMENTS, BROWSERS
from tests.e2e.node_site import RegionSite, make_site

PARTS: Final[tuple[Callable[[Any, RegionSite], dict[str, float]], ...]] = (
    bench_core.figures,
    bench_wallet.figures,
    bench_checkpoint.figures,
)


def main() -> None:
    """Measure everything and print it. Raises: SystemExit where there is no Chromium."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit("bench-pwa: no Chromium on this machine; install the package chromium")
    figures: dict[str, float] = {}
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        site = make_site(Path(folder))
        try:
            site.start()
            browser = driver.chromium.launch(executable_path=found, args=list(ARGUMENTS))
            for part in PARTS:
                figures |= part(browser, site)
            browser.close()
        finally:
            site.stop()
            site.client.close()
    json.dump({name: round(value, 3) for name, value in figures.items()}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
