"""`comity client gate`: keep a gate supplied with its host's bundle and the status lists it needs.

`comity verify --bundle CACHE/gate/bundle.cbor` reads what it keeps; nothing else is needed offline.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.client import CACHE, REFUSED, AsJson, Cache, TestTime, time_of
from comity.cli.screen import say, warn
from comity.domain.instant import Instant, rfc3339
from comity.domain.region import RegionCode
from comity.errors import ComityError, UsageError
from comity.trust.bundle import Anchor, read_anchor

if TYPE_CHECKING:
    from comity.client.gate_sync import GateSynced

Watch = Annotated[
    bool, Parameter(negative="", help="Go on: the own region every minute, the others every hour.")
]


def gate_command(
    *,
    anchor: Annotated[Path, Parameter(help="Anchor file pinned at enrolment.")],
    node: Annotated[
        str | None, Parameter(help="Address of the gate's own region, where the hub's word is not here yet.")
    ] = None,
    cache: Cache = CACHE,
    watch: Watch = False,
    at: TestTime = None,
    as_json_text: AsJson = False,
) -> int:
    """Fetch the host's bundle and the lists of every region it recognises, by deltas where they chain.

    Where each region publishes comes from `comity client sync`. Exit code: 0 all new, 1 something stays old.
    """
    pinned = read_anchor(bootstrap.read_file(anchor, what="anchor file"))
    if at is not None and watch:
        raise UsageError("a gate that goes on has a time that goes on", next_step="Leave out --at.")
    code = _tell(supply(pinned, node, cache, at=time_of(at)), as_json_text)
    if not watch:
        return code
    from comity.client.gate_sync import COUNTRY_EVERY, OWN_EVERY

    country_at = time_of(None) + COUNTRY_EVERY
    while True:
        time.sleep(OWN_EVERY)
        now = time_of(None)
        own_only = now < country_at
        if not own_only:
            country_at = now + COUNTRY_EVERY
        try:
            _tell(supply(pinned, node, cache, at=now, own_only=own_only), as_json_text)
        except ComityError as error:
            warn(f"{error.title}: {error}")


def supply(
    anchor: Anchor, node: str | None, cache: Path, *, at: Instant, own_only: bool = False
) -> GateSynced:
    """Supply the gate that keeps its files in `cache` once. Raises: as `GateSync.sync`."""
    from comity.client.gate_folder import GateFolder
    from comity.client.gate_sync import GateSync
    from comity.client.http_source import HttpSource

    addresses = _addresses(cache, at=at)
    if node is not None:
        addresses[anchor.host] = node
    with ExitStack() as stack:
        made: dict[str, HttpSource] = {}

        def source(address: str) -> HttpSource:
            if address not in made:
                made[address] = HttpSource(address)
                stack.callback(made[address].close)
            return made[address]

        gate = GateSync(GateFolder(cache / "gate"), anchor, source)
        return gate.sync(addresses, at=at, own_only=own_only)


def _addresses(cache: Path, *, at: Instant) -> dict[RegionCode, str]:
    """Give where each region publishes, as the hub's word here says."""
    from comity.client.repository_client import RepositoryClient

    federation = RepositoryClient(cache).find_federation(at=at)
    return {} if federation is None else federation.addresses()


def _tell(synced: GateSynced, as_json_text: bool) -> int:
    if as_json_text:
        print(
            json.dumps(
                {
                    "host": synced.bundle.host,
                    "bundle_version": synced.bundle.version,
                    "hub_as_of": rfc3339(synced.bundle.hub_as_of),
                    "lists_by_delta": synced.by_delta,
                    "lists_whole": synced.whole,
                    "refused": dict(synced.refused),
                },
                ensure_ascii=False,
            )
        )
    else:
        for what, why in synced.refused.items():
            warn(f"{what} stays as it was: {why}")
        say(
            f"bundle version {synced.bundle.version} of {synced.bundle.host};"
            f" lists: {synced.by_delta} by delta, {synced.whole} whole"
        )
    return REFUSED if synced.refused else 0
