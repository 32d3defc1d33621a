"""The hub's own file in its repository, made of what it has accepted and signed."""

from __future__ import annotations

from comity.distribution.statement_file import HubFile, write_hub_file
from comity.domain.instant import Instant
from comity.domain.region import NATION
from comity.hub.hub import Hub
from comity.hub.members import memberships
from comity.hub.national import current_national, find_authority
from comity.hub.statements import find_newest
from comity.records.statement_kinds import StatementKind


def hub_file_of(hub: Hub, *, at: Instant) -> bytes:
    """Write the hub's own file: its root key, memberships, authority, national rulebooks and keys."""
    with hub.store.reading() as transaction:
        authority = find_authority(transaction, hub)
        national = find_newest(transaction, StatementKind.KEY_LIST, NATION)
        file = HubFile(
            hub=hub.root.public,
            memberships=tuple(data for _, data in memberships(transaction, hub).values()),
            authority=None if authority is None else authority[1],
            rulebooks=current_national(transaction, hub, at=at),
            national_keys=None if national is None else national.data,
        )
    return write_hub_file(file)
