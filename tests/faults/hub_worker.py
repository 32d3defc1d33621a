"""A process that publishes until it is killed: `python -m tests.faults.hub_worker FOLDER URL`."""

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


def main() -> None:
    """Publish from the version after the one that stands, and say before each which."""
    hub = HubServer(Path(sys.argv[1]), store=open_store(sys.argv[2]), lots=f"worker {os.getpid()}")
    begun = hub.opened.repository.version_of(HOST) + 1
    for version in range(begun, begun + ROUNDS):
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()
        publish(hub.opened, publisher(version).body())


if __name__ == "__main__":
    main()
