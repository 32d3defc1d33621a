"""Where other people's test vectors lie: `$COMITY_VECTORS`. They are read there and never copied."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

VARIABLE: Final = "COMITY_VECTORS"


def document(name: str) -> dict[str, Any]:
    """Read one file of vectors, or skip the module and say what to set.

    A variable that is set but leads nowhere is a fault, not a reason to skip.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"set {VARIABLE} to a folder that holds {name} to run these", allow_module_level=True)
    found: dict[str, Any] = json.loads((Path(folder) / name).read_text(encoding="utf-8"))
    return found
