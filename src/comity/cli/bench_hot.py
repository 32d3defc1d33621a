"""The hot routes of `comity bench region`: one region on SQLite, one worker, one after the other.

Online passes are asked for with the server on one core and its load on another; verification has the machine.
"""

from __future__ import annotations

from pathlib import Path

from comity.cli.bench_cores import two_cores
from comity.cli.bench_counts import RegionCounts
from comity.cli.bench_node import (
    add_gate,
    add_people,
    bench_settings,
    free_port,
    make_region,
    served_bare,
    served_region,
    sign_in_all,
)
from comity.cli.bench_report import Value, tell
from comity.cli.bench_routes import measure_online, measure_tail, measure_verify_route, online_requests
from comity.cli.bench_surge import measure_surge


def measure_hot_routes(folder: Path, counts: RegionCounts) -> dict[str, Value]:
    """Measure the online pass, verification, the tail of times and a surge."""
    settings = bench_settings(folder, port=free_port())
    tell(f"a region with {counts.people:,} people, served by one worker on SQLite")
    with make_region(settings) as region:
        holders = add_people(region, counts.people)
        requests = online_requests(sign_in_all(region, holders), settings.port)
        gate = add_gate(region)
        with served_region(settings) as server:
            figures = measure_verify_route(region, server, gate, rounds=counts.rounds, seconds=counts.seconds)
        cores = two_cores()
        with served_region(settings, cores) as server:
            with served_bare(cores) as bare:
                rates = measure_online(server, bare, requests, rounds=counts.rounds, seconds=counts.seconds)
            figures |= {
                "online_ratio": rates.ours / rates.bare,
                "online_per_s": rates.ours,
                "bare_per_s": rates.bare,
            }
            figures |= measure_tail(server, requests, peak=rates.ours, seconds=counts.tail_seconds)
            figures |= measure_surge(
                region, server, requests, holders, peak=rates.ours, seconds=counts.surge_seconds
            )
    return figures
