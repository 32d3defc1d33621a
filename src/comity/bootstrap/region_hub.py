"""A region and its hub: fetching what others publish, publishing what it says, watching what is served.

What is fetched is verified by the client room and taken over like files brought by hand; nothing of the hub
is needed for issuing, showing or verifying (settled rule 13).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from comity.bootstrap.region import OpenRegion
from comity.client.federation import Federation
from comity.client.http_source import HttpSource
from comity.client.ports import Source
from comity.client.posting import post
from comity.client.repository_client import RepositoryClient, Synced
from comity.domain.instant import MINUTE, Instant
from comity.errors import ComityError, RequestRefused, UsageError
from comity.issuance.bundle_publication import publish_bundle
from comity.issuance.hub_publication import (
    HubPublication,
    confirm_publication,
    find_publication,
    prepare_publication,
    withdraw_publication,
)
from comity.issuance.hub_state import HubState, find_fault, keep_hub_state
from comity.issuance.sealing import public_point
from comity.issuance.statement_imports import TakenOver, import_statements
from comity.issuance.statements import StatementRow, find_newest, statement_row
from comity.records.statement_kinds import StatementKind
from comity.trust.location import Location, read_location, write_location
from comity.trust.membership import write_hub_root

REPOSITORY_PATH: Final = "repository"
"""Below the hub's address: its repository."""
PUBLICATIONS_PATH: Final = "publications"
SYNC_EVERY: Final = 10 * MINUTE
"""Seconds between two fetches by a region's node."""
PUBLISH_EVERY: Final = MINUTE
"""Seconds between two looks whether there is something to publish."""

Send = Callable[[bytes], None]
"""Sends a publication to the hub. Raises: RequestRefused, DownloadFailed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionSynced:
    """What a fetch brought to a region: what was verified and taken over, and how it stands with its hub."""

    synced: Synced
    taken: TakenOver
    state: HubState


def hub_client(region: OpenRegion) -> RepositoryClient:
    """Give the client that follows the region's hub. Raises: UsageError where no root is known."""
    root = region.settings.hub_root
    if root is None:
        return RepositoryClient(region.folder.hub)
    try:
        return RepositoryClient(region.folder.hub, root=root.read_bytes())
    except OSError as error:
        raise UsageError(
            f"the hub's root '{root}' cannot be read: {error.strerror}", next_step="Check COMITY_HUB_ROOT."
        ) from error


def require_hub(region: OpenRegion) -> str:
    """Give the hub's address. Raises: UsageError."""
    if region.settings.hub_url is None:
        raise UsageError("no hub is named", next_step="Give --hub URL, or set COMITY_HUB_URL.")
    return region.settings.hub_url


def sync_region(region: OpenRegion, source: Source | None = None) -> RegionSynced:
    """Fetch from the hub, take over what was verified, look what the hub serves of this region, and publish.

    The bundle is made again with it. Raises: RepositoryRefused, DownloadFailed, StatementRefused, UsageError.
    """
    client, at = hub_client(region), region.clock()
    if source is not None:
        synced = client.sync(source, at=at)
    else:
        remote = HttpSource(f"{require_hub(region)}/{REPOSITORY_PATH}")
        try:
            synced = client.sync(remote, at=at)
        finally:
            remote.close()
    federation = client.find_federation(at=at)
    assert federation is not None  # noqa: S101 - the fetch just kept it
    issuer = region.issuer
    with issuer.store.transaction() as transaction:
        taken = import_statements(transaction, issuer, _files(federation), at=at, hub_as_of=federation.as_of)
        served = synced.state.regions.get(issuer.region)
        version = 0 if served is None else served.role_version
        warning = synced.refused.get(issuer.region) or find_fault(
            transaction,
            served_version=version,
            served_digest=None if served is None else served.digest,
            at=at,
        )
        state = keep_hub_state(
            transaction, synced_at=at, as_of=federation.as_of, served_version=version, warning=warning
        )
    publish_bundle(issuer, region.folder.published, at=at)
    return RegionSynced(synced=synced, taken=taken, state=state)


def publish_region(
    region: OpenRegion, added: Sequence[StatementRow] = (), *, send: Send | None = None
) -> int | None:
    """Publish what the region says, with these new statements; give the version, None where nothing was due.

    An earlier publication that was not answered is sent again first. What the hub refuses is withdrawn, and
    the new statements are then nowhere. Raises: RequestRefused, DownloadFailed (sent again next time).
    """
    send = send or _to_hub(require_hub(region))
    with region.issuer.store.reading() as transaction:
        pending = find_publication(transaction, is_confirmed=False)
    if pending is not None:
        _send(region, pending, send)
    at = region.clock()
    added = [*added, *_new_location(region, at=at)]
    with region.issuer.store.transaction() as transaction:
        publication = prepare_publication(
            transaction, region.issuer, added, hub_version=_served_version(region), at=at
        )
    if publication is None:
        return None
    _send(region, publication, send)
    publish_bundle(region.issuer, region.folder.published, at=at)
    return publication.version


def _send(region: OpenRegion, publication: HubPublication, send: Send) -> None:
    try:
        send(publication.body)
    except RequestRefused:
        with region.issuer.store.transaction() as transaction:
            withdraw_publication(transaction, publication)
        raise
    with region.issuer.store.transaction() as transaction:
        confirm_publication(transaction, region.issuer, publication, at=region.clock())


def _new_location(region: OpenRegion, *, at: Instant) -> list[StatementRow]:
    """Give a new location where address or exchange key are not as last said; none without an address."""
    issuer, url = region.issuer, region.settings.public_url
    if url is None:
        return []
    with issuer.store.reading() as transaction:
        known = find_newest(transaction, StatementKind.LOCATION, issuer.region)
    before = (
        None
        if known is None
        else read_location(known.data, issuer.keys.key_list, at=at, is_test=issuer.is_test)
    )
    own = issuer.exchange_keys[-1:]
    key = public_point(own[0]) if own else None
    if before is not None and before.url == url and before.exchange_key == key:
        return []
    location = Location(
        region=issuer.region,
        version=1 if before is None else before.version + 1,
        url=url,
        exchange_key=key,
    )
    data = write_location(location, issuer.keys.statements, is_test=issuer.is_test)
    return [statement_row(StatementKind.LOCATION, issuer.region, location.version, data, at=at)]


def _to_hub(url: str) -> Send:
    return lambda body: post(url, PUBLICATIONS_PATH, body)


def _served_version(region: OpenRegion) -> int:
    """Give the version of this region's metadata that the hub was last seen to serve."""
    try:
        state = hub_client(region).cache.find_state()
    except ComityError:
        return 0
    served = None if state is None else state.regions.get(region.issuer.region)
    return 0 if served is None else served.role_version


def _files(federation: Federation) -> dict[str, bytes]:
    """Give what a region takes over: the hub's key, memberships, and key lists that were verified."""
    files = {"hub.cbor": write_hub_root(federation.hub)}
    memberships = zip(federation.memberships, federation.hub_file.memberships, strict=True)
    files |= {f"membership-{region}.cbor": data for region, data in memberships}
    if federation.hub_file.national_keys is not None:
        files["key-list-nation.cbor"] = federation.hub_file.national_keys
    files |= {f"key-list-{region}.cbor": known.file.key_list for region, known in federation.regions.items()}
    return files
