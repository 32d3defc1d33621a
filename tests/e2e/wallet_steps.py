"""What a resident does in the wallet, and what can be seen of it: the steps that the tests of the wallet share."""

from __future__ import annotations

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
    "apply",
    "sign-out",
)
"""What stands after `#/` for every screen beside the pass."""
STORED: Final = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("comity-wallet");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const keys = asked.result.transaction("kept").objectStore("kept").getAllKeys();
    keys.onsuccess = () => { asked.result.close(); resolve(keys.result); };
  };
})"""
"""The names of what the wallet keeps."""


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
    """Answer a text of this region as a gate of it does, from published files alone."""
    site.client.get("/health/ready")
    bundle = open_bundle(site.client.get("/bundle").content, anchor=read_anchor(site.client.get("/anchor").content))
    token = site.client.get(f"/status/{HOST}-1.cbor").content
    lists = StatusLists((read_status_list(token, bundle.key_lists),))
    return verify(text, bundle, at=moment(site.now()), lists=lists)
