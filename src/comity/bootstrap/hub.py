"""A hub made and opened: keys, records, officers, the repository (design section 3, issue of the hub)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from comity.bootstrap.clock import NodeClock
from comity.bootstrap.hub_file import hub_file_of
from comity.bootstrap.hub_folder import HubFolder
from comity.bootstrap.hub_keys import HubKeys, make_hub_keys, make_test_keyholders, open_hub_keys
from comity.bootstrap.key_store import open_key_store
from comity.bootstrap.region_store import create_store, database_kind, open_store, store_url
from comity.bootstrap.settings import NodeSettings
from comity.distribution.repository import Repository
from comity.distribution.root import KEYHOLDERS, RootKeys, assemble_root, make_root, sign_root
from comity.domain.instant import Instant
from comity.domain.region import NATION
from comity.errors import UsageError
from comity.hub.hub import Hub
from comity.officers.accounts import NewAccount, found_officers
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.audit import Act, record_acts
from comity.records.ports import KeyStore
from comity.storage.migration import upgrade

FIRST_OFFICERS: Final = (
    (("supervisor",), "Supervisor"),
    (("hub_officer", "supervisor"), "First hub officer"),
    (("hub_officer",), "Second hub officer"),
    (("national_authority",), "National authority"),
    (("key_custodian",), "Key custodian"),
)
"""Roles and display names of the first accounts: enough for every act that needs two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHub:
    """A hub's data opened: who signs, by which clock, in which folder, with which repository."""

    hub: Hub
    keys: HubKeys
    clock: Callable[[], Instant]
    folder: HubFolder
    settings: NodeSettings
    repository: Repository

    def close(self) -> None:
        """Let go of the records."""
        self.hub.store.close()

    def __enter__(self) -> OpenHub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeHub:
    """A hub just made: open, with its first officers and their enrolment codes."""

    opened: OpenHub
    officers: tuple[tuple[Officer, str], ...]


def open_hub(settings: NodeSettings) -> OpenHub:
    """Open a hub's data as the settings name it.

    Raises: UsageError when there is none, KeyStoreError for a wrong passphrase, StoreUnavailable,
    ClockRefused.
    """
    folder = HubFolder(path=settings.data)
    is_test = folder.read()
    if settings.demo and not is_test:
        raise UsageError(
            f"'{folder.path}' holds a real hub's data, which demo mode never touches",
            next_step="Leave out COMITY_DEMO, or name another folder.",
        )
    keys = open_hub_keys(open_key_store(settings, folder.keys))
    return _opened(settings, folder, keys, is_test=is_test)


def upgrade_hub(settings: NodeSettings) -> None:
    """Bring the tables of a hub up to this release. Raises: UsageError, StoreUnavailable."""
    folder = HubFolder(path=settings.data)
    folder.read()
    upgrade(store_url(settings, folder), may_create=False)


def init_hub(settings: NodeSettings) -> MadeHub:
    """Make a hub: keys, records, first officers; a test hub begins its repository too.

    Raises: UsageError when there is data already, KeyStoreError, StoreUnavailable.
    """
    folder = HubFolder(path=settings.data)
    folder.require_fresh()
    key_store = open_key_store(settings, folder.keys)
    folder.make()
    create_store(settings, folder).close()
    keys = make_hub_keys(key_store, draw=secrets.token_bytes)
    opened = _opened(settings, folder, keys, is_test=settings.demo)
    at = opened.clock()
    first = [
        NewAccount(display_name=name, roles=[Role(role) for role in roles], division=NATION)
        for roles, name in FIRST_OFFICERS
    ]
    with opened.hub.store.transaction() as transaction:
        if transaction.of(Officer).select(limit=1):
            raise UsageError(
                "this database holds the records of a hub or region already, and is not touched",
                next_step="Name an empty database, or restore the data folder that belongs to it.",
            )
        officers = found_officers(transaction, opened.hub, first, at=at)
        act = Act(actor="hub", act="found_hub", subject=keys.root.public.thumbprint.hex())
        record_acts(transaction, [act], at=at)
    if settings.demo:
        _begin_test_repository(opened, key_store, at=at)
    folder.complete(is_test=settings.demo, database=database_kind(settings, folder))
    return MadeHub(opened=opened, officers=officers)


def _opened(settings: NodeSettings, folder: HubFolder, keys: HubKeys, *, is_test: bool) -> OpenHub:
    hub = Hub(root=keys.root, is_test=is_test, store=open_store(settings, folder), draw=secrets.token_bytes)
    return OpenHub(
        hub=hub,
        keys=keys,
        clock=NodeClock(folder.clock, is_demo=settings.demo),
        folder=folder,
        settings=settings,
        repository=Repository(folder.repository, keys.online),
    )


def _begin_test_repository(opened: OpenHub, key_store: KeyStore, *, at: Instant) -> None:
    """TEST: begin the repository with keyholders whose keys the hub has; a real one begins by a ceremony."""
    keyholders = make_test_keyholders(key_store, KEYHOLDERS, draw=secrets.token_bytes)
    online = opened.keys.online
    named = RootKeys(
        keyholders=tuple(signer.public for signer in keyholders),
        targets=online.targets.public,
        snapshot=online.snapshot.public,
        timestamp=online.timestamp.public,
    )
    request = make_root(named, version=1, at=at)
    root = assemble_root(request, [sign_root(request, signer) for signer in keyholders])
    opened.repository.begin(root, hub_file_of(opened.hub, at=at), at=at)
