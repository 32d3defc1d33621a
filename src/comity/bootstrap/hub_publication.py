"""Where the hub's judgement and its repository meet: what was accepted is what is ordered, and no more.

A publication is judged first (`hub.acceptance`), tried on the repository, and kept; then the repository is
changed. A process killed between the two leaves statements kept that nobody can fetch yet: the region, which
got no answer, sends the same again, and both are as they should be.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from tuf.api.metadata import Targets

from comity.bootstrap.hub import OpenHub
from comity.bootstrap.hub_file import hub_file_of
from comity.distribution.keys import metadata_key
from comity.distribution.metadata import SHA256, read_metadata
from comity.distribution.names import (
    CURRENT,
    HISTORY,
    HUB_PATH,
    MAX_REGION_METADATA,
    role_of,
    target_path,
)
from comity.distribution.opened_statements import open_statements
from comity.distribution.publication import Publication, read_publication
from comity.distribution.repository import RepositoryChange
from comity.distribution.repository_folder import RepositoryFolder
from comity.distribution.repository_state import RepositoryState
from comity.distribution.statement_file import (
    StatementFile,
    read_history_file,
    read_statement_file,
)
from comity.domain.instant import Instant
from comity.domain.region import NATION, RegionCode
from comity.errors import NotPossibleNow, StatementRefused, StoreUnavailable
from comity.hub.acceptance import accept_statements
from comity.hub.hub import Hub
from comity.hub.members import find_membership, memberships
from comity.hub.present_statements import check_whole
from comity.hub.statements import AcceptedStatement, find_newest
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyList, Usage
from comity.trust.membership import read_key_list


def publish(opened: OpenHub, data: bytes) -> tuple[RegionCode, list[AcceptedStatement]]:
    """Judge what a region sent, keep it, and put it in order; give the region and what was new.

    1. The statements hold, each by its kind, under the keys of now, and nothing in force is left out.
    2. The metadata hold by TUF: signed by a live statement key of the region, the next version, its own path.
    3. The repository is changed whole.

    Raises: PublicationRefused with the clause, UnreadableStatement, StatementRefused, NotPossibleNow,
    StoreUnavailable, KeyStoreError.
    """
    publication, at = read_publication(data), opened.clock()
    region, state = publication.region, _state(opened)
    current, statements = _statements(opened, publication)
    with opened.hub.store.transaction() as transaction:
        rows = accept_statements(transaction, opened.hub, region, statements, at=at)  # 1
        check_whole(transaction, opened.hub, region, _all_of(current), at=at)
        _require_holds(transaction, opened.hub, current, at=at)
        keys = _live_keys(_key_list(transaction, opened.hub, region), at)
        change = RepositoryChange(
            keys={} if _is_delegated(state, region, keys) else {region: keys}, publications=(publication,)
        )
        opened.repository.check(change, at=at)  # 2
    opened.repository.publish(change, at=at)  # 3
    return region, rows


def order_hub_statements(opened: OpenHub) -> bool:
    """Put the hub's own word in order where it is not: memberships, national rulebook, keys of new members.

    Safe to repeat; says whether it changed anything. Raises: StoreUnavailable, KeyStoreError, NotPossibleNow.
    """
    at = opened.clock()
    state, hub_file = _state(opened), hub_file_of(opened.hub, at=at)
    with opened.hub.store.reading() as transaction:
        members = [
            region
            for region, (membership, _) in memberships(transaction, opened.hub).items()
            if region != NATION and membership.is_in_force(at) and not state.is_delegated(region)
        ]
        keys = {region: _live_keys(_key_list(transaction, opened.hub, region), at) for region in members}
    known = state.targets.targets.get(HUB_PATH)
    if known is not None and known.hashes[SHA256] == sha256(hub_file).hexdigest() and not keys:
        return False
    opened.repository.publish(RepositoryChange(keys=keys, hub_file=hub_file), at=at)
    return True


def _state(opened: OpenHub) -> RepositoryState:
    try:
        return opened.repository.state()
    except StoreUnavailable:
        if RepositoryFolder(opened.folder.repository).newest_root():
            raise
        raise NotPossibleNow(
            "the hub's repository has no root yet",
            next_step="Hold the ceremony of the root first: comity hub root (docs/operations.md).",
        ) from None


def _statements(opened: OpenHub, publication: Publication) -> tuple[StatementFile, dict[str, bytes]]:
    """Give the region's present statements, sent or known, and every statement to be judged."""
    region, files = publication.region, publication.files
    data = files.get(CURRENT)
    if data is None:
        data = _known_file(opened, publication)
    current = read_statement_file(data, region=region)
    past = read_history_file(files[HISTORY], region=region).statements if HISTORY in files else ()
    return current, {str(number): each for number, each in enumerate((*past, *_all_of(current)))}


def _known_file(opened: OpenHub, publication: Publication) -> bytes:
    """Give the present statements that the metadata name and that were not sent, since the hub has them."""
    path = target_path(publication.region)
    signed = read_metadata(publication.metadata, Targets, limit=MAX_REGION_METADATA).signed
    target = signed.targets.get(path)
    if target is None or SHA256 not in target.hashes:
        raise StatementRefused("the metadata do not name the region's present statements")
    folder = RepositoryFolder(opened.folder.repository)
    if not folder.target_file(path, target.hashes[SHA256]).exists():
        raise StatementRefused("the region's present statements are named and were not sent")
    return folder.read_target(path, target.hashes[SHA256])


def _require_holds(transaction: Transaction, hub: Hub, current: StatementFile, *, at: Instant) -> None:
    """Refuse a file that nobody could open, such as one with a statement under a key revoked since."""
    membership = find_membership(transaction, hub, current.region)
    if membership is not None:
        open_statements(current, membership, at=at, is_test=hub.is_test)


def _all_of(file: StatementFile) -> tuple[bytes, ...]:
    location = () if file.location is None else (file.location,)
    return (file.key_list, *location, *file.recognitions, *file.referrals, *file.rulebooks)


def _key_list(transaction: Transaction, hub: Hub, region: RegionCode) -> KeyList:
    row = find_newest(transaction, StatementKind.KEY_LIST, region)
    if row is None:
        raise StatementRefused(f"there is no key list of {region}")
    return read_key_list(row.data, is_test=hub.is_test)


def _live_keys(key_list: KeyList, at: Instant) -> tuple[PublicKey, ...]:
    """Give the statement keys a region publishes with now."""
    return tuple(
        entry.key
        for entry in key_list.entries
        if entry.usage is Usage.STATEMENT and entry.may_sign_at(at) and not entry.is_revoked(at)
    )


def _is_delegated(state: RepositoryState, region: RegionCode, keys: Iterable[PublicKey]) -> bool:
    """Say whether exactly these keys are the ones the region's role is delegated to."""
    delegations = state.targets.delegations
    role = None if delegations is None else (delegations.roles or {}).get(role_of(region))
    return role is not None and set(role.keyids) == {metadata_key(key).keyid for key in keys}
