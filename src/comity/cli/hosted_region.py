"""One region of `comity serve hosted`, in a process of its own: `python -m` this module.

It is `comity serve region` with the settings it was handed, and ends when whoever started it has ended.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from threading import Thread
from typing import Final

from comity.cli.main import run

_LOOK_SECONDS: Final = 0.5


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Serve the region until told to stop, and give the exit code of `comity serve region`."""
    Thread(target=_end_with, args=(os.getppid(),), name="parent", daemon=True).start()
    return run(["serve", "region"])


if __name__ == "__main__":
    sys.exit(main())
