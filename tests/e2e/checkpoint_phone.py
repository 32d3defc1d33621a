"""A gate's phone in tests: enrolled, shown codes by a scanner that types or by a camera that films a picture.

The camera is Chromium's own fake device; its film is made here from the code as it is really rendered.
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import segno
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from tests.e2e.conftest import BROWSERS
from tests.e2e.node_site import RegionSite

FRAME: Final = (1280, 720)
ANSWER: Final = ".answer"
_TYPE: Final = """text => { for (const key of [...text, "Enter"])
    document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})) }"""
_CAMERA: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
KEPT: Final = """async () => { const found = {};
    for (const {name} of await indexedDB.databases()) {
        const opened = await new Promise((good, bad) => { const asked = indexedDB.open(name);
            asked.onsuccess = () => good(asked.result); asked.onerror = bad; });
        const store = opened.transaction("kept").objectStore("kept");
        const all = what => new Promise(good => { what.onsuccess = () => good(what.result); });
        const [names, values] = [await all(store.getAllKeys()), await all(store.getAll())];
        names.forEach((key, place) => { found[name + "/" + key] = values[place]; });
        opened.close();
    }
    return JSON.stringify(found, (_, value) => value instanceof CryptoKey
        ? `extractable: ${value.extractable}` : value instanceof Uint8Array ? value.length : value) }"""
"""Everything an app keeps in its databases, as text; bytes by their number."""


def enrol(page: Any, site: RegionSite) -> None:
    """Enrol a device that shows the enrolment screen, and wait until it is supplied."""
    page.locator("main input").fill(site.enrolment_code())
    page.locator("main form button").click()
    page.locator("[data-stage=fresh]").wait_for()


def scan(page: Any, text: str) -> Any:
    """Type a code as a scanner does; give the answer that comes for it."""
    if page.locator(ANSWER).count():
        next_person(page)
    page.evaluate(_TYPE, text)
    answer = page.locator(ANSWER)
    answer.wait_for()
    return answer


def type_quickly(page: Any, text: str) -> None:
    """Type a code as a scanner does and wait for nothing."""
    page.evaluate(_TYPE, text)


def outcome(page: Any, text: str) -> tuple[str, str]:
    """Scan a code; give outcome and reason."""
    answer = scan(page, text)
    return answer.get_attribute("data-outcome"), answer.get_attribute("data-reason")


def next_person(page: Any) -> None:
    """Put the answer away."""
    page.locator(f"{ANSWER} footer button").last.click()
    page.locator(ANSWER).wait_for(state="detached")


def picture(
    text: str, *, turned: float = 0, light: float = 1, blur: float = 0, covered: float = 0, side: float = 560
) -> Image.Image:
    """Film a code on a grey table: `covered` is the part of its middle that a finger hides, by side."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=8, border=4)
    code = Image.open(drawn).convert("L").resize((int(side), int(side)), Image.Resampling.BILINEAR)
    if covered:
        hidden, middle = int(side * covered / 2), int(side * 0.6)
        ImageDraw.Draw(code).ellipse(
            (middle - hidden, middle - hidden, middle + hidden, middle + hidden), fill=150
        )
    code = code.rotate(turned, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=180)
    frame = Image.new("L", FRAME, 180)
    frame.paste(code, ((FRAME[0] - code.width) // 2, (FRAME[1] - code.height) // 2))
    if blur:
        frame = frame.filter(ImageFilter.GaussianBlur(blur))
    return ImageEnhance.Brightness(frame).enhance(light).convert("RGB")


def film(path: Path, pictures: Sequence[Image.Image], *, each: int = 1) -> Path:
    """Put pictures one after another into a film, which Chromium's fake camera plays again and again."""
    with path.open("wb") as file:
        for one in pictures:
            for _ in range(each):
                one.save(file, format="jpeg", quality=85)
    return path


@contextmanager
def camera(browser: Any, site: RegionSite, shown: Path, **given: Any) -> Iterator[Any]:
    """A phone whose camera plays a film; gives its page at the checkpoint."""
    found = next(path for name in BROWSERS if (path := shutil.which(name)))
    arguments = [*_CAMERA, f"--use-file-for-fake-video-capture={shown}"]
    started = browser.browser_type.launch(executable_path=found, args=arguments)
    try:
        phone = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN", "base_url": site.url}
        page = started.new_context(**{**phone, **given}).new_page()
        page.goto("/checkpoint/")
        yield page
    finally:
        started.close()


def comes_true(page: Any, expression: str, *, seconds: float = 10) -> bool:
    """Ask until it is true; the policy of the page allows no waiting inside it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if page.evaluate(expression):
            return True
        page.wait_for_timeout(50)
    return False
