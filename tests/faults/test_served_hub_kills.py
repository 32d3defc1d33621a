"""The hub killed while two regions publish to it at once: a client follows after each kill, nothing is lost.

`comity serve hub` as everybody runs it, over loopback HTTP, killed by SIGKILL with all its processes.
COMITY_KILLS says how often; `make soak` asks for more.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Final

import pytest
from typing_extensions import override

from comity.bootstrap.hub import open_hub
from comity.bootstrap.region_hub import PUBLICATIONS_PATH
from comity.bootstrap.settings import read_settings
from comity.cli.demo_hub import DemoHub
from comity.cli.demo_processes import free_ports
from comity.client.http_source import HttpSource
from comity.client.posting import post
from comity.client.repository_client import RepositoryClient
from comity.domain.region import RegionCode
from comity.errors import ComityError, DownloadFailed
from comity.hub.statements import AcceptedStatement
from comity.records.audit import verify_audit
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from tests.builders import HOME, HOST
from tests.hub_office import rulebook
from tests.server.hub_server import Publisher, application

REGIONS: Final = (HOST, HOME)
PASSPHRASE: Final = "correct horse"
LONGEST: Final = 0.5
"""Seconds for which a hub that answers lives at most."""
PATIENCE: Final = 120.0
AGAIN: Final = 0.05


class Sender(Thread):
    """One region that publishes version after version; what is not answered is sent again, byte for byte."""

    def __init__(self, region: RegionCode, url: str, ended: Event) -> None:
        super().__init__(name=region, daemon=True)
        self._region, self._url, self._ended = region, url, ended
        self.acknowledged = 0
        self.refused: str | None = None

    @override
    def run(self) -> None:
        """Publish until the end."""
        while not self._ended.is_set() and self.refused is None:
            version = self.acknowledged + 1
            made = Publisher(self._region, at=int(time.time()))
            made.rulebooks.append(rulebook(self._region, version))
            body = made.body(version=version)
            while not self._ended.is_set() and not self._sent(body):
                time.sleep(AGAIN)
            if not self._ended.is_set():
                self.acknowledged = version

    def _sent(self, body: bytes) -> bool:
        try:
            post(self._url, PUBLICATIONS_PATH, body)
        except DownloadFailed:
            return False
        except ComityError as error:
            self.refused = str(error)
            return False
        return True


def follow(client: RepositoryClient, url: str) -> dict[RegionCode, int]:
    """Let a client follow the hub; everything holds. Give the newest rulebook of each region there."""
    source = HttpSource(f"{url}/repository")
    at = int(time.time())
    try:
        synced = client.sync(source, at=at)
    finally:
        source.close()
    assert dict(synced.refused) == {}
    federation = client.find_federation(at=at)
    assert federation is not None
    return {region: known.opened.rulebooks[-1].version for region, known in federation.regions.items()}


@pytest.mark.slow
def test_two_regions_publish_while_the_hub_is_killed_and_no_answered_publication_is_lost(
    tmp_path: Path,
) -> None:
    kills, lots, began = max(2, int(os.environ.get("COMITY_KILLS", "6")) // 4), Random(2020), time.monotonic()
    hub = DemoHub(tmp_path, port=free_ports(1)[0], passphrase=PASSPHRASE)
    hub.make(secrets.token_bytes)
    client, ended = RepositoryClient(tmp_path / "cache", root=hub.root.read_bytes()), Event()
    senders = {region: Sender(region, hub.url, ended) for region in REGIONS}
    try:
        hub.start()
        for region in REGIONS:
            asked = json.dumps(application(region)).encode()
            post(hub.url, "membership-applications", asked, media_type="application/json")
            hub.admit(region)
        for sender in senders.values():
            sender.start()
        for number in range(kills):
            before = {region: sender.acknowledged for region, sender in senders.items()}
            await_more(senders, before)
            time.sleep(lots.uniform(0, LONGEST))
            hub.process.kill()
            answered = {region: sender.acknowledged for region, sender in senders.items()}
            hub.start()
            there = follow(client, hub.url)
            assert all(there[region] >= version for region, version in answered.items())
            print(f"hub kills: {number + 1} of {kills}, {answered} published", file=sys.stderr)
        await_more(senders, {region: sender.acknowledged for region, sender in senders.items()})
        ended.set()
        for sender in senders.values():
            sender.join()
        there = follow(client, hub.url)
    finally:
        ended.set()
        hub.process.stop()

    check_records(hub, there)
    print(f"hub kills: {kills} in {time.monotonic() - began:.0f} s; {sum(there.values()):,} publications")
    for region, sender in senders.items():
        assert sender.refused is None
        assert there[region] >= sender.acknowledged > kills


def await_more(senders: dict[RegionCode, Sender], before: dict[RegionCode, int]) -> None:
    """Wait until every region has published once more."""
    end = time.monotonic() + PATIENCE
    while any(sender.acknowledged <= before[region] for region, sender in senders.items()):
        assert time.monotonic() < end, "the hub takes nothing in"
        assert [sender.refused for sender in senders.values()] == [None] * len(senders)
        time.sleep(AGAIN)


def check_records(hub: DemoHub, there: dict[RegionCode, int]) -> None:
    """Hold that the records have every version that can be fetched, once, and a whole audit."""
    settings = read_settings(data=hub.data, demo=True, key_passphrase=PASSPHRASE)
    with open_hub(settings) as opened, opened.hub.store.reading() as transaction:
        assert not verify_audit(transaction).faults
        for region in REGIONS:
            kept = transaction.of(AcceptedStatement).select(
                equal("kind", StatementKind.RULEBOOK), equal("region", region)
            )
            versions = sorted(row.version for row in kept)
            assert versions == list(range(1, len(versions) + 1))
            assert len(versions) >= there[region]
