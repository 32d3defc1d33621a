"""The hub being served in tests: an office of two, a repository in a folder, regions that publish."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.testclient import TestClient

from comity.bootstrap.hub import OpenHub
from comity.bootstrap.hub_file import hub_file_of
from comity.bootstrap.hub_folder import HubFolder
from comity.bootstrap.hub_keys import HubKeys
from comity.bootstrap.settings import read_settings
from comity.distribution.publication import sign_publication, write_publication
from comity.distribution.repository import Repository
from comity.distribution.statement_file import (
    HistoryFile,
    StatementFile,
    write_history_file,
    write_statement_file,
)
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.hub.membership_applications import MembershipApplication
from comity.officers.officers import Officer
from comity.records.ports import Store
from comity.records.sessions import SessionKind, begin_session
from comity.server.bounds import ServingBounds
from comity.server.hub_app import make_hub_app
from comity.server.hub_node import HubNode
from comity.trust.algorithm import PrivateKey
from comity.trust.keys import Usage
from tests.builders import AT, HUB, key, signed_key_list
from tests.distribution.hub import ONLINE, first_root
from tests.hub_office import CERTIFICATE, HubOffice, location
from tests.region import PUBLIC_URL

UNBOUNDED: Final = ServingBounds(in_hand=1_000, per_minute=1_000_000, seconds=60, patience=1_000)


class HubServer(HubOffice):
    """A hub with a repository; `node` is what its application serves."""

    def __init__(
        self, folder: Path, *, store: Store | None = None, at: Instant = AT, lots: str = "hub"
    ) -> None:
        super().__init__(store=store, at=at, lots=lots)
        place = HubFolder(path=folder)
        self.opened = OpenHub(
            hub=self.hub,
            keys=HubKeys(root=HUB, online=ONLINE),
            clock=lambda: self.at,
            folder=place,
            settings=read_settings(data=folder, public_url=PUBLIC_URL),
            repository=Repository(place.repository, ONLINE),
        )
        if not place.repository.exists():
            self.opened.repository.begin(first_root(at=at), hub_file_of(self.hub, at=at), at=at)
        self.node = HubNode(opened=self.opened)

    def app(self, bounds: ServingBounds = UNBOUNDED) -> FastAPI:
        """The application of this hub."""
        return make_hub_app(self.node, bounds=bounds)

    def token(self, officer: Officer) -> str:
        """Sign an officer in without a passkey."""
        with self.hub.store.transaction() as transaction:
            return begin_session(transaction, self.hub, SessionKind.OFFICER, officer.officer_id, at=self.at)

    def client(self) -> TestClient:
        """A client of the application."""
        return TestClient(self.app())


class Publisher:
    """One region that publishes: it keeps what it said, and signs the next version of its metadata."""

    def __init__(self, region: RegionCode, *, at: Instant = AT) -> None:
        self.region, self.at = region, at
        self.signer: PrivateKey = key(region, Usage.STATEMENT)
        self.version = 0
        self.key_list = signed_key_list(region)
        self.location = location(region)
        self.recognitions: dict[str, bytes] = {}
        self.referrals: dict[str, bytes] = {}
        self.rulebooks: list[bytes] = []
        self.history: list[bytes] = []

    def body(self, *, version: int | None = None) -> bytes:
        """The next publication, as sent."""
        self.version = self.version + 1 if version is None else version
        current = StatementFile(
            region=self.region,
            key_list=self.key_list,
            location=self.location,
            recognitions=tuple(self.recognitions.values()),
            referrals=tuple(self.referrals.values()),
            rulebooks=tuple(self.rulebooks),
        )
        files = {"current.cbor": write_statement_file(current)}
        if self.history:
            history = HistoryFile(region=self.region, statements=tuple(self.history))
            files["history.cbor"] = write_history_file(history)
        publication = sign_publication(self.region, self.version, files, self.signer, at=self.at)
        return write_publication(publication)


def application(region: RegionCode) -> dict[str, Any]:
    """What a region asks to take part with."""
    files = {
        "key_list": signed_key_list(region),
        "location": location(region),
        "certificate": CERTIFICATE,
    }
    encoded = {name: b64encode(data).decode() for name, data in files.items()}
    return {**encoded, "asked_by": "Provincial office"}


def proposal(asked: MembershipApplication) -> dict[str, Any]:
    """What an officer proposes to let a region in with."""
    return {"region": asked.region, "change": "admission", "application_id": asked.application_id}
