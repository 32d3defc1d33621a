"""Inner Mongolia's node in demo mode, with its apps, as `test_wallet*` has Granian serve it: records in memory.

Its calendar begins at noon of 20 March 2020 and goes on by itself; a test puts it forward by writing seconds
into a file of its folder.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from fastapi import FastAPI

from comity.server.app import make_app
from tests.builders import AT
from tests.server.gate_node import GateNode

FOLDER = "WALLET_NODE_FOLDER"
URL = "WALLET_NODE_URL"
FORWARD = "forward"


class WalletNode(GateNode):
    """A node whose time goes on."""

    def __post_init__(self) -> None:
        super().__post_init__()
        began, forward = time.time(), self.folder / FORWARD
        self.node.public_url = os.environ[URL]
        self.node.clock = lambda: AT + int(time.time() - began) + int(forward.read_text())


def serve() -> FastAPI:
    """Make it."""
    folder = Path(os.environ[FOLDER])
    (folder / FORWARD).write_text("0")
    return make_app(WalletNode(folder=folder).node)
