"""A region node in memory for tests: fixed keys, a clock that a test sets, records that nobody keeps.

`RegionNode` holds what a test of a service or a route works with; `at` is the instant its clock shows.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from comity.domain.colour import PassClass
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.issuer import Issuer, IssuerKeys
from comity.issuance.key_ring import follow_keys
from comity.issuance.messages import messages_of
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey, IssuedPass
from comity.issuance.statements import StatementRow, find_newest, statement_row
from comity.issuance.vault import Vault
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.ports import R, Store
from comity.records.sessions import SessionKind, begin_session
from comity.records.statement_kinds import StatementKind
from comity.server.app import make_app
from comity.server.bounds import ServingBounds
from comity.server.node import Node
from comity.storage.memory import MemoryKeyStore, MemoryStore
from comity.trust.keys import KeyEntry, Usage
from comity.trust.membership import write_key_list
from tests import people
from tests.builders import AT, HOST, key, key_list, pass_entry, secret

PUBLIC_URL: Final = "https://node.example"


class Lots:
    """Random bytes that are the same in every run."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._drawn = 0

    def draw(self, length: int) -> bytes:
        """The next `length` bytes."""
        out = b""
        while len(out) < length:
            self._drawn += 1
            out += sha256(f"{self._label}/{self._drawn}".encode()).digest()
        return out[:length]


def make_issuer(region: RegionCode = HOST, store: Store | None = None) -> Issuer:
    """A region as issuer, with the keys of tests/builders.py; records in memory unless a store is given."""
    lots = Lots(region)
    keys = IssuerKeys(
        key_list=key_list(region),
        pass_entry=pass_entry(region),
        passes=key(region, Usage.PASS),
        status=key(region, Usage.STATUS),
        statements=key(region, Usage.STATEMENT),
        bundles=key(region, Usage.BUNDLE),
    )
    vault = Vault(keys={"vault-1": lots.draw(32)}, current="vault-1", finding=lots.draw(32), draw=lots.draw)
    kept = store or MemoryStore()
    return Issuer(region=region, is_test=True, keys=keys, store=kept, vault=vault, draw=lots.draw)


def make_key_store(region: RegionCode) -> MemoryKeyStore:
    """A key store with the keys of tests/builders.py, and a standby pass key."""
    keys = MemoryKeyStore()
    for usage in Usage:
        keys.add(region, usage, secret(region, usage))
    keys.add(region, Usage.PASS, secret(region, "standby"))
    keys.add(region, None, secret(region, "root"))
    return keys


def list_keys(issuer: Issuer, keys: MemoryKeyStore, *, at: Instant = AT) -> Issuer:
    """Publish, once, a key list with a standby before the pass key in use; give the issuer that knows it."""
    standby = KeyEntry(key=key(issuer.region, "standby").public, usage=Usage.PASS)
    listed = replace(key_list(issuer.region, standby, pass_entry(issuer.region)), version=2)
    data = write_key_list(listed, key(issuer.region, "root"), is_test=True)
    row = statement_row(StatementKind.KEY_LIST, issuer.region, 2, data, at=at)
    with issuer.store.transaction() as transaction:
        if find_newest(transaction, StatementKind.KEY_LIST, issuer.region) is None:
            transaction.of(StatementRow).add(row)
    return follow_keys(issuer, keys, at=at)


class RegionNode:
    """One region being served, in memory unless a store is given; a test sets `at`."""

    def __init__(
        self,
        folder: Path,
        *,
        region: RegionCode = HOST,
        at: Instant = AT,
        store: Store | None = None,
        public_url: str = PUBLIC_URL,
        is_demo: bool = False,
    ) -> None:
        self.at = at
        self.issuer = make_issuer(region, store)
        self.keys = make_key_store(region)
        self.node = Node(
            issuer=self.issuer,
            keys=self.keys,
            clock=lambda: self.at,
            published=folder,
            public_url=public_url,
            is_demo=is_demo,
        )

    def list_keys(self) -> None:
        """Publish a key list with a standby pass key."""
        self.issuer = self.node.issuer = list_keys(self.issuer, self.keys, at=self.at)

    def app(self) -> FastAPI:
        """The application of this node; it refuses nothing because the machine is busy."""
        return make_app(self.node, bounds=ServingBounds(per_minute=10**6, patience=10**6))

    def officer(self, *roles: Role, division: str = HOST) -> Officer:
        """Put an account in place."""
        officer = Officer(
            officer_id=self.issuer.new_id(),
            display_name="Desk",
            roles=tuple(str(role) for role in roles),
            division=division,
            is_active=True,
            added_at=self.at,
        )
        with self.issuer.store.transaction() as transaction:
            transaction.of(Officer).add(officer)
        return officer

    def close(self, officer: Officer) -> None:
        """Take an account away."""
        with self.issuer.store.transaction() as transaction:
            transaction.of(Officer).replace(replace(officer, is_active=False))

    def person(self, order: int = 1, *, division: str = "150102") -> HolderKey:
        """Register a person of nobody (tests/people.py)."""
        with self.issuer.store.transaction() as transaction:
            document = people.resident(order)
            known = register_person(
                transaction, self.issuer, document, people.name(order), division, at=self.at
            )
        return known.holder

    def paper_pass(self, holder: HolderKey) -> IssuedPass:
        """Give somebody a paper pass."""
        request = PassRequest(
            holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id=self.issuer.new_id()
        )
        return apply_for_pass(self.issuer, request, at=self.at).issued

    def find(self, kind: type[R], key: str) -> R:
        """Give a record that is there."""
        with self.issuer.store.reading() as transaction:
            found = transaction.of(kind).find(key)
        assert found is not None
        return found

    def told(self, holder: HolderKey) -> list[str]:
        """The text keys of what a holder was told, oldest first."""
        with self.issuer.store.reading() as transaction:
            return [message.text_key for message in reversed(messages_of(transaction, holder))]

    def token(self, who: Officer | str) -> str:
        """Sign an officer, or the resident of a holder key, in without a passkey."""
        kind, name = (
            (SessionKind.OFFICER, who.officer_id) if isinstance(who, Officer) else (SessionKind.RESIDENT, who)
        )
        with self.issuer.store.transaction() as transaction:
            return begin_session(transaction, self.issuer, kind, name, at=self.at)


def headers(token: str) -> dict[str, str]:
    """The header of a signed-in request."""
    return {"authorization": f"Bearer {token}"}
