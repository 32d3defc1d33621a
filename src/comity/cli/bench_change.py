"""How long a change of colour takes to a connected gate: a real node, a real gate, their default intervals.

A contact list is released right after the gate has looked, which is the worst moment; then the gate looks
again every minute, as `comity client gate --watch` does, until the old pass is superseded there.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity import bootstrap
from comity.cli.client_gate import supply
from comity.cli.demo_processes import LOOPBACK, DemoProcess, free_ports, patiently
from comity.cli.demo_sign_in import sign_in
from comity.client.gate_sync import OWN_EVERY
from comity.domain.decision import ReasonCode
from comity.domain.instant import DAY, Instant, rfc3339
from comity.domain.region import INNER_MONGOLIA
from comity.errors import ComityError
from comity.trust.bundle import read_anchor
from comity.verify import verify

if TYPE_CHECKING:
    import httpx2

    from comity.bootstrap.region import OpenRegion

LONGEST: Final = 5
"""Looks of a gate after which a change is taken for lost."""
_PERSON: Final = 0
_STEP: Final = 10
"""Seconds by which the clock is put forward at once where waiting is skipped."""
_STEP_SECONDS: Final = 0.5


def measure_change(folder: Path, *, is_short: bool) -> float:
    """Give the seconds, by the node's clock, until the gate answers a change made right after it looked.

    With `is_short` the node's clock is put forward in steps instead of waiting, so that its work seems twenty
    times as slow. Raises: ComityError.
    """
    import httpx2

    from comity.bootstrap.region import init_region, sign_in_for_demo
    from comity.bootstrap.settings import read_settings

    passphrase, (port,) = secrets.token_hex(16), free_ports(1)
    url, data = f"http://{LOOPBACK}:{port}", folder / "node"
    settings = read_settings(region=INNER_MONGOLIA, data=data, demo=True, key_passphrase=passphrase)
    words = ("region", "--region", INNER_MONGOLIA, "--data", str(data), "--port", str(port), "--demo")
    with init_region(settings).region as region, httpx2.Client(base_url=url, timeout=60) as client:
        officers = sign_in_for_demo(region), sign_in_for_demo(region)
        process = DemoProcess(data, words, {"COMITY_KEY_PASSPHRASE": passphrase})
        process.start()
        try:
            process.wait_until_ready(client)
            gate = _Gate(folder / "gate", url, client.get("/anchor").content, region)
            return _measure(gate, client, officers, _skip(region) if is_short else time.sleep)
        finally:
            process.stop()


class _Gate:
    """A gate of the region, which fetches as `comity client gate` does and answers from its files."""

    def __init__(self, folder: Path, url: str, anchor: bytes, region: OpenRegion) -> None:
        folder.mkdir(parents=True)
        self._folder, self._url, self._region = folder, url, region
        self._anchor_file = folder / "anchor.cbor"
        self._anchor_file.write_bytes(anchor)
        self._anchor = read_anchor(anchor)

    def now(self) -> Instant:
        """Read the clock of the region."""
        return self._region.clock()

    def answer(self, text: str) -> ReasonCode:
        """Fetch what is new, and answer a code."""
        at = self.now()
        patiently(lambda: supply(self._anchor, self._url, self._folder, at=at, own_only=True))
        gate = bootstrap.open_gate(
            self._folder / "gate" / "bundle.cbor", anchor=self._anchor_file, host=None, status=None
        )
        return verify(text, gate.bundle, at=datetime.fromtimestamp(at, UTC), lists=gate.lists).reason


def _measure(
    gate: _Gate, client: httpx2.Client, officers: tuple[str, str], wait: Callable[[float], None]
) -> float:
    """Give a person a paper pass, let the gate pass it, change the colour, and look until the gate knows.

    Raises: ComityError.
    """
    headers = {"authorization": f"Bearer {sign_in(client, _PERSON)}"}
    asked = {"request_id": secrets.token_hex(8), "pass_class": "paper"}
    text = str(client.post("/codes", json=asked, headers=headers).raise_for_status().json()["text"])
    _look_until(gate, text, ReasonCode.GREEN, wait)
    _turn_yellow(client, officers, gate.now())
    began = gate.now()
    _look_until(gate, text, ReasonCode.SUPERSEDED, wait)
    return float(gate.now() - began)


def _look_until(gate: _Gate, text: str, reason: ReasonCode, wait: Callable[[float], None]) -> None:
    for _ in range(LONGEST):
        if gate.answer(text) is reason:
            return
        wait(OWN_EVERY)
    raise ComityError(f"the gate did not answer '{reason}' in {LONGEST} looks")


def _turn_yellow(client: httpx2.Client, officers: tuple[str, str], at: Instant) -> None:
    from comity.bootstrap.demo_people import demo_people

    document = demo_people()[_PERSON].document
    bringing, releasing = ({"authorization": f"Bearer {token}"} for token in officers)
    rows = f"{document.kind},{document.number},{rfc3339(at - DAY)}\r\n"
    prepared = client.post(
        "/evidence-imports?kind=contacts&source=bench",
        content="document_kind,document_number,last_contact_at\r\n" + rows,
        headers=bringing | {"content-type": "text/csv"},
    ).raise_for_status()
    path = f"/evidence-imports/{prepared.json()['import_id']}/release"
    client.post(path, headers=releasing).raise_for_status()


def _skip(region: OpenRegion) -> Callable[[float], None]:
    """Put the node's clock forward in steps instead of waiting."""

    def wait(seconds: float) -> None:
        end = region.clock() + int(seconds)
        while (left := end - region.clock()) > 0:
            region.clock.put_forward(min(_STEP, left))
            time.sleep(_STEP_SECONDS)

    return wait
