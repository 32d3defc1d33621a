"""How fast a gate answers, and how much it holds: the checkpoint's figures for `make bench-pwa`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from comity.server import apps
from tests.e2e.checkpoint_phone import camera, enrol, film, picture
from tests.e2e.node_site import RegionSite

CPU_SLOWDOWN: Final = 4
SHOWN: Final = 40
"""Answers to codes before the camera, of which the median is taken."""
FRAMES_EACH: Final = 10
SCANS: Final = 1_000
COUNTRY_LISTS: Final = 56
"""Lists of 25 million passes each for everybody in the country."""
LIST_BYTES: Final = 270_000
SCAN_ALL: Final = """async ([texts, many]) => {
    const answer = () => Number(document.querySelector(".answer")?.dataset.number ?? 0);
    const began = answer();
    for (let done = 1; done <= many; done++) {
        for (const key of [...texts[done % texts.length], "Enter"])
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
        for (let turn = 0; answer() < began + done; turn++) {
            if (turn > 5000) throw new Error(`no answer to scan ${done}`);
            await new Promise(go => setTimeout(go, 2));
        }
    }
}"""
"""Scans texts in turn, as a scanner that types, each after the answer to the one before."""
_TIMES: Final = """async many => {
    const times = new Map();
    while (times.size < many) {
        const {number, milliseconds} = document.querySelector(".answer")?.dataset ?? {};
        if (number !== undefined) times.set(number, Number(milliseconds));
        await new Promise(go => setTimeout(go, 20));
    }
    return [...times.values()];
}"""
_FILL: Final = """async ([many, length]) => {
    const opened = await new Promise((good, bad) => { const asked = indexedDB.open("comity-gate-lists");
        asked.onsuccess = () => good(asked.result); asked.onerror = bad; });
    const writing = opened.transaction("kept", "readwrite");
    for (let number = 1; number <= many; number++) {
        const packed = new Uint8Array(length);
        for (let at = 0; at < length; at += 65536)
            crypto.getRandomValues(packed.subarray(at, Math.min(length, at + 65536)));
        const region = `${110 + number}000`;
        writing.objectStore("kept").put({region, number, kid: "", uri: `cm:${region}/${number}`,
            issuedAt: 1, bits: 2, packed}, `${region}-${number}.cbor`);
    }
    await new Promise(done => { writing.oncomplete = done; });
    opened.close();
}"""
LEAST_WORKERS: Final = 2
"""The one that scans and the one that supplies; the service worker may be there too."""
_USAGE: Final = 2
"""The number of the question how much is held."""
LOOPS: Final = 15
_LOOP: Final = "const at = performance.now(); let sum = 0; for (let i = 0; i < 5e6; i++) sum += i % 7;"
_IN_WORKER: Final = f"""async () => {{
    const source = `{_LOOP} postMessage(performance.now() - at + sum * 0)`;
    const worker = new Worker(URL.createObjectURL(new Blob([source])));
    return await new Promise(done => {{ worker.onmessage = event => done(event.data); }});
}}"""


def heap(page: Any) -> float:
    """Give the MB of objects and array buffers of a page and its workers, once the garbage is collected."""
    tool = page.context.new_cdp_session(page)
    workers: list[str] = []
    told: dict[str, float] = {}

    def hear(event: Any) -> None:
        answer = json.loads(event["message"])
        if answer.get("id") == _USAGE:
            told[event["sessionId"]] = _held(answer["result"])

    tool.on("Target.attachedToTarget", lambda event: workers.append(event["sessionId"]))
    tool.on("Target.receivedMessageFromTarget", hear)
    tool.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False})
    for worker in workers:
        for number, method in ((1, "HeapProfiler.collectGarbage"), (_USAGE, "Runtime.getHeapUsage")):
            message = json.dumps({"id": number, "method": method})
            tool.send("Target.sendMessageToTarget", {"sessionId": worker, "message": message})
    tool.send("HeapProfiler.collectGarbage")
    held = _held(tool.send("Runtime.getHeapUsage"))
    while len(told) < len(workers):
        page.wait_for_timeout(20)
    tool.detach()
    assert len(workers) >= LEAST_WORKERS, "the scanner's worker was not measured"
    return (held + sum(told.values())) / 1e6


def _held(usage: Any) -> float:
    return float(usage["usedSize"] + usage["backingStorageSize"])


def figures(browser: Any, site: RegionSite) -> dict[str, float]:
    """Measure: milliseconds from frame to decision, kB of script, seconds to load the lists, MB gained."""
    scripts = (apps.FOLDER / apps.CHECKPOINT / "assets").glob("*.js")
    measured = {
        "checkpoint_gz": sum(len(gzip.compress(each.read_bytes(), mtime=0)) for each in scripts) / 1_000
    }
    texts = [site.guangdong.paper_pass(at=site.now(), index=place) for place in range(4)]
    with TemporaryDirectory() as folder:
        shown = film(Path(folder) / "shown.mjpeg", [picture(each) for each in texts], each=FRAMES_EACH)
        with camera(browser, site, shown) as page:
            enrol(page, site)
            measured["frame_ms"] = median(page.evaluate(_TIMES, SHOWN))
            tool = page.context.new_cdp_session(page)
            tool.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
            measured["frame_ms_4x"] = median(page.evaluate(_TIMES, SHOWN))
    page = browser.new_context(locale="zh-CN", base_url=site.url).new_page()
    measured["throttle_reaches_worker"] = _slowdown_of_worker(page)
    page.goto("/checkpoint/")
    enrol(page, site)
    page.evaluate(SCAN_ALL, [texts, 100])
    before = heap(page)
    page.evaluate(SCAN_ALL, [texts, SCANS])
    measured["heap_growth_mb"] = heap(page) - before
    page.evaluate(_FILL, [COUNTRY_LISTS, LIST_BYTES])
    page.reload()
    loaded = page.locator("[data-stage]")
    loaded.wait_for()
    measured["lists_load_s"] = float(loaded.get_attribute("data-milliseconds")) / 1_000
    page.context.close()
    return measured


def _slowdown_of_worker(page: Any) -> float:
    """Say by how much Chromium's slow-down of a page slows its workers: 1 is not at all."""
    page.goto("about:blank")
    before = _of_the_quickest(page)
    tool = page.context.new_cdp_session(page)
    tool.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    after = _of_the_quickest(page)
    tool.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return after / before


def _of_the_quickest(page: Any) -> float:
    """Milliseconds of the run that other programs disturbed least."""
    return min(float(page.evaluate(_IN_WORKER)) for _ in range(LOOPS))
