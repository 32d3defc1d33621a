"""Where the hub's judgement and its repository meet: what was accepted is what is ordered, and no more.

Who sends is known before anything is judged. A publication is then judged (`hub.acceptance`), tried on the
repository, and kept with the intent to order it (`hub.publication_intents`); then the repository is changed.
A process killed between the two leaves the intent, and the next start or publication follows it.
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
from comity.distribution.publication import Publication, read_publication, require_signed_by
from comity.distribution.repository import RepositoryChange
from comity.distribution.repository_folder import RepositoryFolder
from comity.distribution.repository_state import RepositoryState
from comity.distribution.statement_file import (
    StatementFile,
    peek_key_list,
    read_history_file,
    read_statement_file,
)
from comity.domain.instant import Instant
from comity.domain.region import NATION, RegionCode
from comity.domain.rulebook_document import refuse
from comity.errors import FormatError, NotPossibleNow, StatementRefused, StoreUnavailable, TrustError
from comity.hub.acceptance import accept_statements
from comity.hub.hub import Hub
from comity.hub.members import find_membership, memberships
from comity.hub.present_statements import check_whole
from comity.hub.publication_intents import end_intent, find_intent, note_publication, waiting_regions
from comity.hub.statements import AcceptedStatement, find_newest
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyList, Usage
from comity.trust.membership import read_key_list


def publish(opened: OpenHub, data: bytes) -> tuple[RegionCode, list[AcceptedStatement]]:
    """Judge what a region sent, keep it, and put it in order; give the region and what was new.

    1. It is no larger than it may be, of a member, and its metadata are signed by a live statement key of
       the region: before that, nothing in it costs more than two signatures.
    2. One publication of a region at a time; what a process that stopped has left is put in order first.
    3. What is in place already, byte for byte, is passed over.
    4. The statements hold, each by its kind, under the keys of now, and nothing in force is left out.
    5. The metadata hold by TUF: the next version, its own path.
    6. Statements and the intent to order them are kept together; then the repository is changed whole.

    Raises: PublicationRefused with the clause, UnreadableStatement, StatementRefused, NotPossibleNow,
    StoreUnavailable, KeyStoreError.
    """
    publication, at = read_publication(data), opened.clock()
    region = publication.region
    _state(opened)
    require_authentic(opened, publication, at=at)  # 1
    with RepositoryFolder(opened.folder.repository).locked(region):  # 2
        _finish(opened, region)
        if opened.repository.is_in_place(publication):  # 3
            return region, []
        rows = _judge(opened, publication, data, at=at)
        _finish(opened, region)  # 6
    return region, rows


def require_authentic(opened: OpenHub, publication: Publication, *, at: Instant) -> None:
    """Refuse a publication that no member signed, before anything of it costs time.

    1. The region takes part.
    2. One of its known statement keys signed the metadata, or a key of the list that comes along, which is
       newer and under the root of its membership.

    Raises: PublicationRefused, UnreadableStatement, StatementRefused.
    """
    hub, region = opened.hub, publication.region
    with hub.store.reading() as transaction:
        membership = find_membership(transaction, hub, region)
        row = find_newest(transaction, StatementKind.KEY_LIST, region)
    if membership is None or not membership.is_in_force(at):  # 1
        refuse("not_a_member", "C2.1", region=region)
    known = None if row is None else read_key_list(row.data, is_test=hub.is_test)
    try:
        require_signed_by(publication, () if known is None else _live_keys(known, at))  # 2
    except StatementRefused:
        brought = _brought_keys(publication, is_test=hub.is_test)
        if brought is None or brought.root.thumbprint != membership.root_thumbprint or brought == known:
            raise
        require_signed_by(publication, _live_keys(brought, at))


def _brought_keys(publication: Publication, *, is_test: bool) -> KeyList | None:
    """Give the key list that comes along, under whatever root; None where none can be read."""
    try:
        return read_key_list(peek_key_list(publication.files[CURRENT]), is_test=is_test)
    except (KeyError, FormatError, TrustError):
        return None


def finish_publications(opened: OpenHub) -> int:
    """Put in order what processes that stopped have accepted and not ordered; say how many publications.

    Raises: StoreUnavailable, KeyStoreError, StatementRefused.
    """
    with opened.hub.store.reading() as transaction:
        waiting = waiting_regions(transaction)
    finished = 0
    for region in waiting:
        with RepositoryFolder(opened.folder.repository).locked(region):
            finished += _finish(opened, region)
    return finished


def _judge(opened: OpenHub, publication: Publication, data: bytes, *, at: Instant) -> list[AcceptedStatement]:
    """Accept the statements of a publication, and note with them what the repository has to do."""
    region, state = publication.region, _state(opened)
    with opened.hub.store.transaction() as transaction:
        current, statements = _statements(opened, publication)
        rows = accept_statements(transaction, opened.hub, region, statements, at=at)  # 4
        check_whole(transaction, opened.hub, region, _all_of(current), at=at)
        _require_holds(transaction, opened.hub, current, at=at)
        keys = _live_keys(_key_list(transaction, opened.hub, region), at)
        new_keys = () if _is_delegated(state, region, keys) else keys
        change = RepositoryChange(keys={region: new_keys} if new_keys else {}, publications=(publication,))
        opened.repository.check(change, at=at)  # 5
        version = state.version_of(region) + 1
        note_publication(transaction, region, data, version=version, new_keys=new_keys, at=at)
    return rows


def _finish(opened: OpenHub, region: RegionCode) -> bool:
    """Do what a region's intent says, once; its lock is held. Says whether there was one."""
    with opened.hub.store.reading() as transaction:
        intent = find_intent(transaction, region)
    if intent is None:
        return False
    if opened.repository.version_of(region) < intent.version:
        change = RepositoryChange(
            keys={region: intent.new_keys} if intent.keys else {},
            publications=(read_publication(intent.body),),
            judged_at=intent.judged_at,
        )
        opened.repository.publish(change, at=opened.clock())
    with opened.hub.store.transaction() as transaction:
        end_intent(transaction, intent)
    return True


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
