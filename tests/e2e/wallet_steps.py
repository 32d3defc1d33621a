"""What a resident does in the wallet, and what is seen of it: the steps that its tests share."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

from comity import Decision, StatusLists, open_bundle, read_status_list, verify
from comity.cli.picture import scan
from comity.trust.bundle import read_anchor
from tests.builders import HOST, moment
from tests.e2e.node_site import RegionSite

SCREENS: Final = (
    "why",
    "more",
    "renew",
    "dependants",
    "paper",
    "messages",
    "trip",
    "correction",
    "demand",
    "lost",
    "held",
    "apply",
    "sign-out",
)
"""What stands after `#/` for every screen beside the pass."""
_LIST_SECONDS: Final = 60
STORED: Final = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("comity-wallet");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const keys = asked.result.transaction("kept").objectStore("kept").getAllKeys();
    keys.onsuccess = () => { asked.result.close(); resolve(keys.result); };
  };
})"""
"""The names of what the wallet keeps."""


_LOADED: Final = {
    "why": "main section h2",
    "dependants": "main > button, main ul.plain li",
    "paper": "main button",
    "demand": "main option:nth-child(2)",
    "lost": "main ul.plain li",
}
"""What a screen shows once the node has answered, where it asks at once."""


def open_screen(page: Any, site: RegionSite, screen: str) -> None:
    """Open a screen, and wait until what it asks the node for is there."""
    page.goto(f"{site.wallet}#/{screen}")
    page.locator("main h1").wait_for()
    page.locator(_LOADED.get(screen, "main")).first.wait_for(state="attached")


def sign_in(page: Any, person: int) -> None:
    """Sign in from the first screen, as one of the sample people."""
    page.locator("a[href='../sign-in']").first.click()
    page.locator("button[name=person]").nth(person).click()
    page.wait_for_url("**/wallet/**")


def answer_well(page: Any) -> None:
    """Answer no to the three questions."""
    for question in range(3):
        page.locator("fieldset").nth(question).locator("label").first.click()


def send(page: Any) -> None:
    """Send the application."""
    page.locator("button[type=submit]").click()


def apply(page: Any, person: int) -> None:
    """Sign in, answer no three times, and have the pass."""
    sign_in(page, person)
    answer_well(page)
    send(page)
    see_pass(page)


def see_pass(page: Any) -> None:
    """Wait until a live code is shown."""
    page.locator("main.pass svg.qr").wait_for()


def shown_text(page: Any, folder: Path) -> str:
    """Read the code on the screen from its picture, as a scanner does."""
    picture = folder / "shown.png"
    page.locator("main.pass svg.qr").screenshot(path=str(picture), scale="device")
    return "".join(scan(picture))


def answered(site: RegionSite, text: str) -> Decision:
    """Answer a text of this region from published files alone; its first list takes a while."""
    ends = time.monotonic() + _LIST_SECONDS
    while True:
        decision = _answer(site, text)
        if decision.reason != "status_missing" or time.monotonic() > ends:
            return decision
        time.sleep(1)


def _answer(site: RegionSite, text: str) -> Decision:
    ask = site.client
    bundle = open_bundle(ask.get("/bundle").content, anchor=read_anchor(ask.get("/anchor").content))
    tokens = [each.read_bytes() for each in (site.settings.data / "published" / "status").glob(f"{HOST}-*")]
    lists = StatusLists(tuple(read_status_list(token, bundle.key_lists) for token in tokens))
    return verify(text, bundle, at=moment(site.now()), lists=lists)
