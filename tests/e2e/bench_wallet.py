"""How heavy the wallet is and how soon it shows a pass: its figures for `make bench-pwa`."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any, Final

from comity.server import apps
from tests.e2e.node_site import RegionSite
from tests.e2e.wallet_steps import apply, see_pass

SLOW_4G: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
"""Lighthouse's "slow 4G": 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up."""
CPU_SLOWDOWN: Final = 4
_PHONE: Final = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
_IMPORTED: Final = re.compile(r"""(?:from|import)\s*["']\./([^"']+\.js)["']""")
_SINCE_START: Final = "() => performance.now() / 1000"


def shell_scripts() -> set[Path]:
    """Give the scripts that a start of the wallet needs: those of its page, and what they import at once."""
    folder = apps.FOLDER / apps.WALLET
    page = (folder / apps.INDEX).read_text(encoding="utf-8")
    found = {folder / each for each in re.findall(r'src="\./([^"]+\.js)"', page)}
    waiting = list(found)
    while waiting:
        script = waiting.pop()
        for name in _IMPORTED.findall(script.read_text(encoding="utf-8")):
            if (imported := script.parent / name) not in found:
                found.add(imported)
                waiting.append(imported)
    return found


def zipped(scripts: set[Path]) -> int:
    """Give the size of scripts as they are sent, in bytes."""
    return sum(len(gzip.compress(each.read_bytes(), mtime=0)) for each in scripts)


def figures(browser: Any, site: RegionSite) -> dict[str, float]:
    """Measure: sizes in kB, times in seconds from the start of the navigation to a code on the screen."""
    context = browser.new_context(**_PHONE, locale="zh-CN", base_url=site.url)
    page = context.new_page()
    page.goto(site.wallet)
    apply(page, 0)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    everything = set((apps.FOLDER / apps.WALLET / "assets").glob("*.js"))
    measured = {
        "wallet_gz": zipped(shell_scripts()) / 1_000,
        "wallet_all_gz": zipped(everything) / 1_000,
        "second_launch_offline_s": _offline(context, site),
        "first_qr_s_slow4g": _slow(context, page, site, cpu=1),
        "first_qr_s_slow4g_4x": _slow(context, page, site, cpu=CPU_SLOWDOWN),
    }
    context.close()
    return measured


def _offline(context: Any, site: RegionSite) -> float:
    """A launch with the network off, the shell in the cache."""
    context.set_offline(True)
    page = context.new_page()
    page.goto(site.wallet)
    see_pass(page)
    seconds: float = page.evaluate(_SINCE_START)
    page.close()
    context.set_offline(False)
    return seconds


def _slow(context: Any, before: Any, site: RegionSite, *, cpu: int) -> float:
    """A first load over a slow network: the pass is held, nothing of the app is in any cache."""
    tool = context.new_cdp_session(before)
    gone = "service_workers,cache_storage"
    tool.send("Storage.clearDataForOrigin", {"origin": site.url, "storageTypes": gone})
    tool.send("Network.clearBrowserCache")
    page = context.new_page()
    tool = context.new_cdp_session(page)
    tool.send("Network.enable")
    tool.send("Network.emulateNetworkConditions", SLOW_4G)
    tool.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    page.goto(site.wallet)
    see_pass(page)
    seconds: float = page.evaluate(_SINCE_START)
    page.close()
    return seconds
