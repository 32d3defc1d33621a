"""A federation of real keys and folders in one process: a hub, a home region, a host that recognises it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from comity import bootstrap
from comity.bootstrap.hub import OpenHub, init_hub
from comity.bootstrap.hub_members import admit_for_test
from comity.bootstrap.hub_publication import publish
from comity.bootstrap.region import OpenRegion, init_region
from comity.bootstrap.region_hub import publish_region, sync_region
from comity.bootstrap.region_words import say_through_hub
from comity.bootstrap.settings import NodeSettings, read_settings
from comity.client.folder_source import FolderSource
from comity.domain.decision import Decision
from comity.domain.region import RegionCode
from comity.hub.membership_applications import submit_application
from comity.issuance.host_words import HostWord, Wording
from comity.issuance.statements import StatementRow, find_newest, statement_row
from comity.records.statement_kinds import StatementKind
from comity.trust.location import Location, write_location
from comity.verify import verify
from tests.builders import HOME, HOST

PASSPHRASE = "correct horse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """A hub and two regions in one process, each with its folder; the host recognises the home."""

    hub: OpenHub
    settings: dict[RegionCode, NodeSettings]

    def send(self, body: bytes) -> None:
        """Take a publication in as the served hub does."""
        publish(self.hub, body)

    def follow(self, region: OpenRegion) -> None:
        """Publish what is due and fetch what is there, as a node's duties do."""
        publish_region(region, send=self.send)
        sync_region(region, FolderSource(self.hub.folder.repository))

    def join(self, region: OpenRegion) -> None:
        """Let a region in."""
        issuer, at = region.issuer, region.clock()
        place = Location(region=issuer.region, version=1, url="https://node.example")
        location = write_location(place, issuer.keys.statements, is_test=True)
        with issuer.store.transaction() as transaction:
            row = statement_row(StatementKind.LOCATION, issuer.region, 1, location, at=at)
            transaction.of(StatementRow).add(row)
            key_list = find_newest(transaction, StatementKind.KEY_LIST, issuer.region)
        assert key_list is not None
        submit_application(
            self.hub.hub, key_list=key_list.data, location=location, certificate=b"-", asked_by="-", at=at
        )
        admit_for_test(self.hub, issuer.region)

    def recognise(self, host: OpenRegion, issuer: RegionCode) -> None:
        """Let a host go all the way to the recognition of an issuer."""
        for word in (HostWord.INVITE, HostWord.REPLY, HostWord.CONFIRM, HostWord.PUBLISH):
            say_through_hub(host, Wording(word=word, issuer=issuer), send=self.send)

    def gate(self, text: str) -> Decision:
        """Show a code at a gate of the host, which has the host's bundle and the home's lists."""
        published, home = (self.settings[region].data / "published" for region in (HOST, HOME))
        lists = home / "status"
        gate = bootstrap.open_gate(
            published / "bundle.cbor",
            anchor=published / "anchor.cbor",
            host=HOST,
            status=lists if lists.is_dir() else None,
        )
        return verify(text, gate.bundle, at=datetime.now(UTC), lists=gate.lists)


@contextmanager
def federation_in(folder: Path) -> Iterator[Federation]:
    """Make one in a folder: both regions joined, and the home recognised by the host."""
    read = partial(read_settings, demo=True, key_passphrase=PASSPHRASE)
    with ExitStack() as stack:
        hub = stack.enter_context(init_hub(read(data=folder / "hub")).opened)
        root = hub.folder.repository / "metadata" / "1.root.json"
        place = {"hub_url": "http://127.0.0.1:1", "hub_root": root}
        settings = {region: read(region=region, data=folder / region, **place) for region in (HOST, HOME)}
        made = Federation(hub=hub, settings=settings)
        regions = {region: stack.enter_context(init_region(settings[region]).region) for region in settings}
        for region in regions.values():
            made.join(region)
        for region in (*regions.values(), *regions.values()):
            made.follow(region)
        made.recognise(regions[HOST], HOME)
        yield made
