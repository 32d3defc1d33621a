"""A process that publishes until it is killed: `python -m tests.faults.hub_worker FOLDER URL [FILE]`.

With FILE it gets stuck when it is about to write that file of the repository, `*` being the next version.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from comity.bootstrap.hub_publication import publish
from comity.storage.database_url import open_store
from tests.builders import HOST
from tests.hub_office import rulebook
from tests.server.hub_server import HubServer, Publisher

ROUNDS = 400


def publisher(version: int) -> Publisher:
    """The region as it publishes version after version, a loosening at a time."""
    made = Publisher(HOST)
    made.version = version - 1
    made.rulebooks.append(rulebook(HOST, version))
    return made


def _block(folder: Path, name: str) -> None:
    """Put a pipe that nobody reads where this process will write a file before it puts it in place."""
    os.mkfifo(folder / f".new-{os.getpid()}-{name}")


def main() -> None:
    """Publish from the version after the one that stands, and say before each which."""
    hub = HubServer(Path(sys.argv[1]), store=open_store(sys.argv[2]), lots=f"worker {os.getpid()}")
    begun = hub.opened.repository.version_of(HOST) + 1
    if len(sys.argv) > 3:
        _block(hub.opened.folder.repository / "metadata", sys.argv[3].replace("*", str(begun)))
    for version in range(begun, begun + ROUNDS):
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()
        publish(hub.opened, publisher(version).body())


if __name__ == "__main__":
    main()
