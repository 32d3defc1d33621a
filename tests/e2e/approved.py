"""Approved pictures of the screens, kept in `looks/`: a screen beside its picture, with a tolerance.

`COMITY_LOOKS=write` takes the pictures anew; look at them before they are committed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageChops, ImageFilter, ImageStat

LOOKS: Final = Path(__file__).parent / "looks"
TOLERANCE: Final = 8.0
"""Mean difference of a colour, of 255, of pictures blurred first: fonts may differ, layout may not."""
PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 800}
WAYS: Final = [
    ("phone-zh-light", "zh-CN", "light", PHONE),
    ("phone-en-dark", "en-GB", "dark", PHONE),
    ("desk-zh-dark", "zh-CN", "dark", DESK),
    ("desk-en-light", "en-GB", "light", DESK),
]
"""Name, language, scheme and size in which every screen is looked at."""
_BLUR: Final = ImageFilter.BoxBlur(6)
_COLOURS: Final = 20
_MASKED: Final = "#808080"


def compared(page: Any, name: str, changing: Sequence[str] = ()) -> list[str]:
    """Give the screen's name with how far it is from its picture, if that is too far.

    What `changing` selects is covered: it says another thing each time.
    """
    page.mouse.move(0, 0)
    masks = [page.locator(each) for each in changing]
    taken = Image.open(BytesIO(page.screenshot(mask=masks, mask_color=_MASKED, animations="disabled")))
    path = LOOKS / f"{name}.png"
    if os.environ.get("COMITY_LOOKS") == "write":
        LOOKS.mkdir(exist_ok=True)
        taken.convert("P", palette=Image.Palette.ADAPTIVE, colors=_COLOURS).save(path, optimize=True)
    if not path.exists():
        return [f"{name}: no approved picture"]
    approved = Image.open(path)
    if approved.size != taken.size:
        return [f"{name}: {taken.size}, not {approved.size}"]
    pair = [each.convert("RGB").filter(_BLUR) for each in (approved, taken)]
    apart = max(ImageStat.Stat(ImageChops.difference(*pair)).mean)
    return [f"{name}: {apart:.1f}"] if apart > TOLERANCE else []
