"""A node for tests of gates: Inner Mongolia at noon of 20 March 2020, with officers and published files."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from comity.issuance.duties import DUTIES
from comity.issuance.issuer import Issuer, IssuerKeys
from comity.issuance.vault import Vault
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.audit_records import AuditRow
from comity.records.ports import Store
from comity.records.published_files import BUNDLE_FILE, STATUS_FOLDER
from comity.records.search import equal
from comity.records.sessions import SessionKind, begin_session
from comity.server.app import make_app
from comity.server.node import Node
from comity.storage.memory import MemoryStore
from comity.trust.keys import Usage
from comity.trust.status import CURRENT, pack, write_status_list
from comity.verify.foreign_codes import ForeignCodes
from tests import builders
from tests.builders import AT, HOME, HOST
from tests.server.signing_client import SigningClient

COUNTY: Final = "150102"
OTHER_COUNTY: Final = "150202"
URL: Final = "https://region.test"


def issuer(store: Store | None = None) -> Issuer:
    """Inner Mongolia with the keys of the test federation."""
    keys = IssuerKeys(
        key_list=builders.key_list(HOST),
        pass_entry=builders.pass_entry(HOST),
        passes=builders.key(HOST, Usage.PASS),
        status=builders.key(HOST, Usage.STATUS),
        statements=builders.key(HOST, Usage.STATEMENT),
        bundles=builders.key(HOST, Usage.BUNDLE),
    )
    vault = Vault(keys={"v1": bytes(32)}, current="v1", finding=b"f" * 32, draw=secrets.token_bytes)
    return Issuer(
        region=HOST,
        is_test=True,
        keys=keys,
        store=store or MemoryStore(),
        vault=vault,
        draw=secrets.token_bytes,
    )


@dataclass(kw_only=True)
class GateNode:
    """A node being served to a test client, whose clock the test sets."""

    folder: Path
    at: int = AT
    issuer: Issuer = field(default_factory=issuer)

    def __post_init__(self) -> None:
        self.node = Node(
            issuer=self.issuer,
            clock=lambda: self.at,
            published=self.folder / "published",
            public_url=URL,
            is_demo=True,
        )
        (self.node.published / STATUS_FOLDER).mkdir(parents=True)
        self.publish()

    def publish(self, status: int = CURRENT) -> None:
        """Publish the bundle and the lists of Inner Mongolia and Guangdong."""
        parts = builders.bundle_parts()
        (self.node.published / BUNDLE_FILE).write_bytes(builders.signed_bundle(parts))
        for region in (HOST, HOME):
            array = pack({builders.INDEX: status}, size=builders.LIST_SIZE)
            signer = builders.key(region, Usage.STATUS)
            token = write_status_list(array, signer, uri=builders.list_uri(region), issued_at=AT)
            (self.node.published / STATUS_FOLDER / f"{region}-1").write_bytes(token)

    @contextmanager
    def served(self, *formats: ForeignCodes) -> Iterator[TestClient]:
        """A client of the node, from start to shutdown; it knows these formats of other regions."""
        with TestClient(make_app(self.node, formats=formats), base_url=URL) as client:
            yield client

    def signed_in(self, *roles: Role, division: str = COUNTY) -> dict[str, str]:
        """The header of an officer with these roles who is signed in."""
        officer = Officer(
            officer_id=secrets.token_hex(8),
            display_name="测试",
            roles=tuple(role.value for role in roles),
            division=division,
            is_active=True,
            added_at=self.at,
        )
        with self.issuer.store.transaction() as transaction:
            transaction.of(Officer).add(officer)
            token = begin_session(
                transaction, self.issuer, SessionKind.OFFICER, officer.officer_id, at=self.at
            )
        return {"authorization": f"Bearer {token}"}

    def do_duties(self, *names: str) -> None:
        """Do these timed duties now."""
        for duty in DUTIES:
            if duty.name in names:
                duty.run(self.issuer, self.node.published, self.at)

    def acts(self, act: str) -> list[str]:
        """What an act was done to, as the audit has it."""
        with self.issuer.store.reading() as transaction:
            return [row.subject for row in transaction.of(AuditRow).select(equal("act", act))]

    def enrol(self, client: TestClient, division: str = COUNTY) -> SigningClient:
        """A gate of a county, planned and enrolled through the API."""
        manager = self.signed_in(Role.CHECKPOINT_MANAGER, division=division)
        planned = client.post("/gates", json={"division": division, "name": "Exit 2"}, headers=manager)
        code = planned.json()["enrolment_code"]
        device: dict[str, Any] = client.post("/gates/enrol", json={"enrolment_code": code}).json()
        return SigningClient.of_enrolment(device)
