"""A region node put together: made once by `init_region`, opened by whoever serves it or works on it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from comity.bootstrap.clock import NodeClock
from comity.bootstrap.demo_hub import demo_hub, demo_membership
from comity.bootstrap.region_folder import RegionFolder
from comity.bootstrap.region_keys import make_keys
from comity.bootstrap.region_store import create_store, database_kind, open_store
from comity.bootstrap.settings import NodeSettings
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.domain.validity import VALIDITY_DAYS
from comity.errors import UsageError
from comity.issuance.bundle_publication import publish_bundle
from comity.issuance.exchanged_home import ExchangedHome
from comity.issuance.home_region import NoAnswer
from comity.issuance.issuer import Issuer
from comity.issuance.key_ring import keys_in_use
from comity.issuance.sealing import exchange_key
from comity.issuance.statement_imports import TakenOver, import_statements
from comity.issuance.statements import (
    StatementRow,
    find_rulebook,
    get_key_list,
    publish_recognition,
    publish_rulebook,
    statement_row,
)
from comity.issuance.vault import KEY_LENGTH, make_vault, open_vault
from comity.officers.accounts import NewAccount, found_officers
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.audit import Act, record_acts
from comity.records.ports import SecretUse
from comity.records.search import equal
from comity.records.sessions import SessionKind, begin_session
from comity.records.statement_kinds import StatementKind
from comity.storage.keyfile import KeyFile
from comity.trust.membership import write_hub_root, write_key_list


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRegion:
    """A region's data opened: who issues, from which key file, by which clock, in which folder."""

    issuer: Issuer
    keys: KeyFile
    clock: NodeClock
    folder: RegionFolder
    settings: NodeSettings

    def close(self) -> None:
        """Let go of the records."""
        self.issuer.store.close()

    def __enter__(self) -> OpenRegion:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRegion:
    """A region just made: open, with its first officers and their enrolment codes."""

    region: OpenRegion
    officers: tuple[tuple[Officer, str], ...]


def open_region(settings: NodeSettings) -> OpenRegion:
    """Open a region's data as the settings name it.

    Raises: UsageError when there is none or it is another region's, KeyStoreError for a wrong passphrase,
    StoreUnavailable, ClockRefused.
    """
    folder = RegionFolder(path=settings.data)
    expected = settings.region if "region" in settings.model_fields_set else None
    region, is_test = folder.read(expected=expected)
    if settings.demo and not is_test:
        raise UsageError(
            f"'{folder.path}' holds a real region's data, which demo mode never touches",
            next_step="Leave out COMITY_DEMO, or name another folder.",
        )
    keys = KeyFile(folder.keys, passphrase=require_passphrase(settings))
    clock = NodeClock(folder.clock, is_demo=settings.demo)
    store = open_store(settings, folder)
    with store.reading() as transaction:
        key_list = get_key_list(transaction, region, is_test=is_test)
        rulebook = find_rulebook(transaction, region, key_list, at=clock(), is_test=is_test)
    made: list[Issuer] = []
    issuer = Issuer(
        region=region,
        is_test=is_test,
        exchange_keys=_exchange_keys(keys, region),
        home=NoAnswer() if settings.hub_url is None else ExchangedHome(lambda: made[0]),
        keys=keys_in_use(keys, key_list, at=clock()),
        store=store,
        vault=open_vault(keys, region, draw=secrets.token_bytes),
        draw=secrets.token_bytes,
        validity_days=VALIDITY_DAYS if rulebook is None else rulebook.validity_days,
    )
    made.append(issuer)
    return OpenRegion(issuer=issuer, keys=keys, clock=clock, folder=folder, settings=settings)


def _exchange_keys(keys: KeyFile, region: RegionCode) -> tuple[EllipticCurvePrivateKey, ...]:
    """Give the keys that open what other regions seal to this one, the newest last."""
    return tuple(exchange_key(each) for each in keys.list_secrets(region, SecretUse.EXCHANGE).values())


FIRST_OFFICERS: Final = (
    (("supervisor",), "Supervisor"),
    (("second_officer", "supervisor"), "Second supervisor"),
    (("second_officer",), "Second officer"),
    (("epidemiologist",), "Epidemiologist"),
    (("key_custodian",), "Key custodian"),
)
"""Roles and display names of the first accounts: enough for every act that needs two or three people."""


def init_region(settings: NodeSettings) -> MadeRegion:
    """Make a region: keys, records, first rulebooks, first officers, and in demo mode its membership.

    Raises: UsageError when there is data already, KeyStoreError, StoreUnavailable.
    """
    folder = RegionFolder(path=settings.data)
    folder.require_fresh()
    passphrase = require_passphrase(settings)
    folder.make()
    store = create_store(settings, folder)
    with store.reading() as transaction:
        if transaction.of(StatementRow).select(limit=1):  # of this region, or of another
            raise UsageError(
                "this database holds the records of a region already, and is not touched",
                next_step="Name an empty database, or restore the data folder that belongs to it.",
            )
    clock = NodeClock(folder.clock, is_demo=settings.demo)
    at = clock()
    keys = KeyFile(folder.keys, passphrase=passphrase)
    root, key_list = make_keys(keys, settings.region, draw=secrets.token_bytes)
    keys.add_secret(settings.region, SecretUse.EXCHANGE, secrets.token_bytes(KEY_LENGTH))
    issuer = Issuer(
        region=settings.region,
        is_test=settings.demo,
        keys=keys_in_use(keys, key_list, at=at),
        store=store,
        vault=make_vault(keys, settings.region, draw=secrets.token_bytes),
        exchange_keys=_exchange_keys(keys, settings.region),
        draw=secrets.token_bytes,
    )
    signed = write_key_list(key_list, root, is_test=settings.demo)
    with_demo_hub = settings.demo and settings.hub_url is None
    officers = _begin_records(issuer, signed, with_demo_hub=with_demo_hub, at=at)
    publish_bundle(issuer, folder.published, at=at)
    folder.complete(settings.region, is_test=settings.demo, database=database_kind(settings, folder))
    region = OpenRegion(issuer=issuer, keys=keys, clock=clock, folder=folder, settings=settings)
    return MadeRegion(region=region, officers=officers)


def _begin_records(
    issuer: Issuer, key_list: bytes, *, with_demo_hub: bool, at: Instant
) -> tuple[tuple[Officer, str], ...]:
    """Keep the first statements and officers, all at once; give the officers with their codes.

    A test region that names a hub of its own joins that one, not the demo hub.
    """
    first = [
        NewAccount(display_name=name, roles=[Role(role) for role in roles], division=issuer.region)
        for roles, name in FIRST_OFFICERS
    ]
    with issuer.store.transaction() as transaction:
        row = statement_row(StatementKind.KEY_LIST, issuer.region, 1, key_list, at=at)
        transaction.of(StatementRow).add(row)
        officers = found_officers(transaction, issuer, first, at=at)
        publish_rulebook(transaction, issuer, Rulebook(region=issuer.region, version=1), at=at)
        if with_demo_hub:
            import_statements(transaction, issuer, demo_statements(issuer), at=at)
        act = Act(actor="region", act="publish_key_list", subject=row.statement_id)
        record_acts(transaction, [act], at=at)
    return officers


def demo_statements(issuer: Issuer) -> Mapping[str, bytes]:
    """TEST: give what the demo hub says for a test region."""
    return {
        "hub.cbor": write_hub_root(demo_hub().public),
        "membership.cbor": demo_membership(issuer.region, issuer.keys.key_list.root),
    }


def take_over(region: OpenRegion, files: Mapping[str, bytes]) -> TakenOver:
    """Take over statements of the hub and of other regions, and publish the bundle with them."""
    at = region.clock()
    with region.issuer.store.transaction() as transaction:
        taken = import_statements(transaction, region.issuer, files, at=at)
    publish_bundle(region.issuer, region.folder.published, at=at)
    return taken


def recognise(region: OpenRegion, other: RegionCode) -> None:
    """TEST: recognise another test region at once, and publish the bundle with it. Raises: UsageError."""
    if not region.issuer.is_test:
        raise UsageError("a real recognition is published through the hub, not by this command")
    at = region.clock()
    with region.issuer.store.transaction() as transaction:
        publish_recognition(transaction, region.issuer, other, at=at)
    publish_bundle(region.issuer, region.folder.published, at=at)


def sign_in_for_demo(region: OpenRegion) -> str:
    """TEST: begin a session for an officer with every role, as if by passkey; give its token.

    Raises: UsageError outside a test federation.
    """
    if not region.issuer.is_test:
        raise UsageError("officers of a real region sign in with their passkeys")
    at = region.clock()
    with region.issuer.store.transaction() as transaction:
        first = transaction.of(Officer).select(equal("division", region.issuer.region), limit=1)[0]
        officer = replace(
            first,
            officer_id=region.issuer.new_id(),
            display_name="TEST 测试",
            roles=tuple(str(role) for role in Role),
        )
        transaction.of(Officer).add(officer)
        token = begin_session(transaction, region.issuer, SessionKind.OFFICER, officer.officer_id, at=at)
        act = Act(actor="region", act="demo_sign_in", subject=officer.officer_id)
        record_acts(transaction, [act], at=at)
    return token


def require_passphrase(settings: NodeSettings) -> str:
    """Give the passphrase of the key file. Raises: UsageError when none is set."""
    passphrase = settings.passphrase()
    if not passphrase:
        raise UsageError(
            "the key file needs a passphrase, and none is set",
            next_step="Set COMITY_KEY_PASSPHRASE_FILE (or COMITY_KEY_PASSPHRASE), or run it at a terminal.",
        )
    return passphrase
