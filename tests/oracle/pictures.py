"""QR pictures: drawn by segno and by Comity (zxing-cpp), read by others.

segno only draws and zxing-cpp must not judge itself, so OpenCV reads both (in the outside venv), and
Comity reads what segno drew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import segno
from PIL import Image

from comity.cli.picture import MODULE_PIXELS, QUIET_ZONE, draw, scan

LEVELS: Final = ("M", "Q")
"""Error correction: M on a screen, Q on paper."""


def draw_all(folder: Path, texts: dict[str, str]) -> dict[str, str]:
    """Draw every text by both makers at both levels: the text of each file."""
    drawn: dict[str, str] = {}
    for name, text in texts.items():
        for level in LEVELS:
            by_segno, by_zxing = f"{name}-{level}-segno.png", f"{name}-{level}-zxing.png"
            code = segno.make_qr(text, error=level, boost_error=False)
            code.save(str(folder / by_segno), scale=MODULE_PIXELS, border=QUIET_ZONE // MODULE_PIXELS)
            (folder / by_zxing).write_bytes(draw(text, level=level))
            drawn |= {by_segno: text, by_zxing: text}
    return drawn


def read(path: Path) -> list[str]:
    """Read one picture as `comity verify --image` does."""
    return scan(path)


def size(path: Path) -> tuple[int, int]:
    """Pixels across and down, quiet zone and all."""
    with Image.open(path) as image:
        return image.size
