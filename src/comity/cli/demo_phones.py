"""The phone apps in the demo: where wallet and checkpoint are, and the code that enrols the checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.cli.demo_regions import HUBEI
from comity.cli.picture import draw
from comity.domain.instant import Instant
from comity.errors import ComityError

if TYPE_CHECKING:
    from comity.cli.demo_nodes import DemoNode
    from comity.cli.demo_regions import DemoRegions

HUBEI_PICTURE: Final = "hubei-now.png"
DRAWN_EVERY: Final = 20
"""Seconds between two pictures: an online pass holds for 60."""
_YICHANG: Final = "420500"
ENROLMENT_PICTURE: Final = "enrol-checkpoint.png"
_COUNTY: Final = "150102"
_PLACE: Final = "DEMO: railway station, exit 2 火车站出口"
_MANIFESTS: Final = ("/wallet/app.webmanifest", "/checkpoint/app.webmanifest")
_FOUND: Final = 200
_CREATED: Final = 201


def phones_to_open(home: DemoNode, others: tuple[DemoNode, ...], out: Path) -> str:
    """Plan a gate at home, draw its enrolment code, and say what to open; how to build where nothing is.

    Raises: ComityError when the node plans no gate.
    """
    if any(home.client.get(path).status_code != _FOUND for path in _MANIFESTS):
        return "\nThe phone apps are not built; `make pwa` builds wallet and checkpoint.\n"
    text = _enrolment_code(home)
    picture = out / ENROLMENT_PICTURE
    picture.write_bytes(draw(text))
    wallets = [f"  wallet 亮码       {node.url}/wallet/" for node in (home, *others)]
    return "\n".join(
        [
            "",
            "The phone apps, in a browser (docs/phone-apps.md):",
            *wallets,
            f"  checkpoint 验码   {home.url}/checkpoint/",
            f"    enrol it by scanning {picture}, or by typing what it says:",
            f"    {text}",
            f"  a pass of Hubei, drawn anew every {DRAWN_EVERY} s from now on: {out / HUBEI_PICTURE}",
            "",
        ]
    )


def _enrolment_code(home: DemoNode) -> str:
    """Let an officer of the demo plan a gate; give the text of its enrolment code."""
    token, _ = home.officers()
    answer = home.client.post(
        "/gates",
        json={"division": _COUNTY, "name": _PLACE},
        headers={"authorization": f"Bearer {token}"},
    )
    if answer.status_code != _CREATED:
        raise ComityError(f"the demo could not plan a gate: status {answer.status_code}")
    return str(answer.json()["qr_text"])


def draw_hubei(regions: DemoRegions, out: Path, *, at: Instant) -> None:
    """Draw an online pass of somebody of Yichang in Hubei, as their phone would show it now."""
    text = regions.by_code[HUBEI].online_pass("王芳", area=_YICHANG, at=at)
    (out / HUBEI_PICTURE).write_bytes(draw(text))
