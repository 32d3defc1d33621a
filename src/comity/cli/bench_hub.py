"""`comity bench hub`: what it takes to follow 31 regions, to publish, and to follow their status lists.

Everything is genuine and goes over loopback HTTP: a repository of 31 regions that recognise each other, a
client that verifies all of it, a list of 25 million places with the changes of hours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Final

from cyclopts import Parameter

from comity.cli.bench_change import measure_change
from comity.cli.bench_gate import national_statuses, places
from comity.cli.bench_lists import CHANGES
from comity.cli.bench_report import HUB_DEMANDS, Value, extras_lines, figures_table, in_order, tell
from comity.cli.bench_repository import AT, REGIONS, key, make_bench_hub, publication, region_keys, served
from comity.cli.scenario import console
from comity.client.gate_sync import COUNTRY_EVERY, OWN_EVERY
from comity.client.http_source import HttpSource
from comity.client.repository_client import RepositoryClient
from comity.distribution.repository import RepositoryChange
from comity.distribution.status_index import IndexedList, write_index
from comity.domain.instant import DAY, HOUR
from comity.trust.delta import apply_delta, write_delta
from comity.trust.keys import Usage
from comity.trust.status import SUPERSEDED, StatusList, pack, read_status_list, write_status_list

LISTS: Final = 56
"""Status lists of the whole country: 1.4 thousand million places, 25 million a list."""
LOOKED_EVERY: Final = 20
"""Seconds between two looks of a region's node for changes of its lists (`status-lists` of its duties)."""
CACHED: Final = 60
"""Seconds for which a cache on the way may keep the index of lists."""
_HEADS: Final = 350
"""Bytes of the heads of one request and its answer, both ways: what nginx and this client send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCounts:
    """How much is measured: places of a list, hours of its changes, publications."""

    entries: int = 25_000_000
    hours: int = 4
    publications: int = 5


FULL: Final = HubCounts()
SHORT: Final = HubCounts(entries=200_000, hours=2, publications=2)


def hub_command(
    *, as_json_text: Annotated[bool, Parameter(name="--json")] = False, short: bool = False
) -> int:
    """Measure following and publishing at the size of the country.

    Exit code: 0 whatever the figures are; docs/bench.md explains them.

    Parameters
    ----------
    as_json_text
        Write the figures as one flat JSON object.
    short
        Small lists and few rounds: to see that it runs.
    """
    figures = measure(SHORT if short else FULL)
    if as_json_text:
        print(json.dumps(figures, indent=2))
    else:
        console().print(figures_table(figures, HUB_DEMANDS, "comity bench hub"))
        print("\n".join(extras_lines(figures, HUB_DEMANDS)))
    return 0


def measure(counts: HubCounts) -> dict[str, Value]:
    """Measure every figure, telling on stderr how far it is."""
    with TemporaryDirectory(prefix="comity-bench-") as folder:
        figures = _measure_sync(Path(folder), counts) | _measure_lists(counts)
        tell("a change of colour on its way from a node to a gate that looks every minute")
        figures["change_to_gate_node_s"] = measure_change(Path(folder) / "change", is_short=counts != FULL)
    return in_order(figures, HUB_DEMANDS)


def _measure_sync(folder: Path, counts: HubCounts) -> dict[str, Value]:
    """Measure a first fetch, one that brings nothing, and publications while 31 regions are there."""
    tell(f"a repository of {len(REGIONS)} regions, {len(REGIONS) - 1} recognitions each")
    hub = make_bench_hub(folder / "repository")
    client = RepositoryClient(folder / "cache", root=hub.root)
    with served(hub.folder) as address:
        source = HttpSource(address)
        began = perf_counter()
        client.sync(source, at=AT)
        sync_s = perf_counter() - began
        first = (source.traffic.requests, source.traffic.body_bytes + source.traffic.head_bytes)
        heads = source.traffic.head_bytes
        hub.repository.renew(at=AT + HOUR)
        client.sync(source, at=AT + HOUR)
        second = (source.traffic.requests, source.traffic.body_bytes + source.traffic.head_bytes)
        source.close()
    times = []
    for number in range(counts.publications):
        change = RepositoryChange(publications=(publication(REGIONS[0], number + 2, at=AT + HOUR),))
        began = perf_counter()
        hub.repository.publish(change, at=AT + HOUR)
        times.append(perf_counter() - began)
    return {
        "sync_bytes": first[1],
        "sync_requests": first[0],
        "unchanged_bytes": second[1] - first[1],
        "unchanged_requests": second[0] - first[0],
        "publish_s": max(times),
        "sync_s": sync_s,
        "sync_head_bytes": heads,
    }


def _measure_lists(counts: HubCounts) -> dict[str, Value]:
    """Measure the deltas of some hours of one list, and how long a change takes to reach a gate."""
    tell(f"{counts.hours} hours of a status list of {counts.entries:,}, {CHANGES:,} changes an hour")
    region = REGIONS[0]
    signer, keys = key(region, Usage.STATUS, "first"), region_keys(region)
    statuses = national_statuses(counts.entries)
    free = (place for place in places("changes", size=counts.entries) if place not in statuses)
    before = _edition(statuses, counts, AT)
    sizes: list[int] = []
    made_s = applied_s = 0.0
    for hour in range(1, counts.hours + 1):
        changed = islice(free, min(CHANGES, counts.entries // 100))
        statuses = statuses | dict.fromkeys(changed, SUPERSEDED)
        began = perf_counter()
        after = _edition(statuses, counts, AT + hour * HOUR)
        delta = write_delta(before, after, signer, is_test=True)
        made_s = max(made_s, perf_counter() - began)
        began = perf_counter()
        before = apply_delta(delta, before, keys, is_test=True)
        applied_s = max(applied_s, perf_counter() - began)
        sizes.append(len(delta))
    index = write_index(region, tuple(IndexedList(number=n, issued_at=AT, hourly_at=AT) for n in (1, 2)))
    rounds = DAY // COUNTRY_EVERY
    deltas = rounds * LISTS * sum(sizes) / len(sizes)
    return {
        "status_bytes_day": deltas + rounds * len(REGIONS) * len(index),
        "change_to_gate_s": LOOKED_EVERY + made_s + CACHED + OWN_EVERY + applied_s,
        "hour_delta_bytes": sum(sizes) / len(sizes),
        "status_head_bytes_day": float(rounds * (LISTS + len(REGIONS)) * _HEADS),
        "edition_s": made_s,
        "delta_apply_s": applied_s,
    }


def _edition(statuses: dict[int, int], counts: HubCounts, issued_at: int) -> StatusList:
    region = REGIONS[0]
    token = write_status_list(
        pack(statuses, size=counts.entries),
        key(region, Usage.STATUS, "first"),
        uri=f"cm:{region}/1",
        issued_at=issued_at,
    )
    return read_status_list(token, (region_keys(region),))
