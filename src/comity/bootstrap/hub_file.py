"""The hub's own file in its repository, made of what it has accepted and signed."""

from __future__ import annotations

from comity.distribution.statement_file import HubFile, write_hub_file
from comity.domain.instant import Instant
from comity.hub.hub import Hub
from comity.hub.members import memberships
from comity.hub.national import current_national, find_authority


def hub_file_of(hub: Hub, *, at: Instant) -> bytes:
    """Write the hub's own file: its root key, every membership, authority and national rulebooks."""
    with hub.store.reading() as transaction:
        authority = find_authority(transaction, hub)
        file = HubFile(
            hub=hub.root.public,
            memberships=tuple(data for _, data in memberships(transaction, hub).values()),
            authority=None if authority is None else authority[1],
            rulebooks=current_national(transaction, hub, at=at),
        )
    return write_hub_file(file)
