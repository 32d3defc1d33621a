"""Status lists at the size of a large region: making one, looking one pass up, and what changed since."""

from __future__ import annotations

from itertools import islice
from time import perf_counter_ns
from typing import Final

from comity.cli.bench_gate import AT, HOME, HOST, make_federation, national_statuses, places, signed_list
from comity.cli.bench_report import Value, tell
from comity.cli.bench_verification import one_core
from comity.domain.instant import HOUR
from comity.trust.bundle import open_bundle
from comity.trust.delta import apply_delta, write_delta
from comity.trust.keys import Usage
from comity.trust.status import CURRENT, SUPERSEDED, StatusArray, deflate, pack, read_status_list

CHANGES: Final = 1_250
_KILO: Final = 1_000
_NANO: Final = 1_000_000_000
_LOOKUP_ROUNDS: Final = 100
_LOOKUPS: Final = 5_000


def measure_lists(*, entries: int, rounds: int) -> dict[str, Value]:
    """Measure a list of `entries` two-bit entries, 0.55 % of them set."""
    tell(f"a status list of {entries:,} entries, {rounds} rounds")
    statuses = national_statuses(entries)
    with one_core():
        times, size = [], 0
        for _ in range(rounds):
            began = perf_counter_ns()
            size = len(deflate(pack(statuses, size=entries).data))
            times.append(perf_counter_ns() - began)
    return {
        "list_encode_s": min(times) / _NANO,
        "list_kb": size / _KILO,
        **_measure_loaded(statuses, entries=entries, rounds=rounds),
    }


def _measure_loaded(statuses: dict[int, int], *, entries: int, rounds: int) -> dict[str, Value]:
    """Measure what a checkpoint does with the list: load, look up, apply a delta."""
    federation = make_federation()
    key_lists = open_bundle(federation.bundle(HOST, AT), anchor=federation.anchor(HOST)).key_lists
    tokens = [
        signed_list(federation, pack(given, size=entries), issued_at=issued_at)
        for given, issued_at in ((statuses, AT - HOUR), (_changed(statuses, entries), AT))
    ]
    began = perf_counter_ns()
    before, after = (read_status_list(token, key_lists) for token in tokens)
    load = (perf_counter_ns() - began) / len(tokens)
    delta = write_delta(before, after, federation.key(HOME, Usage.STATUS), is_test=True)
    own = next(each for each in key_lists if each.region == HOME)
    began = perf_counter_ns()
    if apply_delta(delta, before, own, is_test=True).array != after.array:
        raise AssertionError("the delta does not lead to the later list")
    return {
        "delta_kb": len(delta) / _KILO,
        "delta_apply_ms": (perf_counter_ns() - began) / 1_000_000,
        "list_load_ms": load / 1_000_000,
        "lookup_ns": _lookup(before.array, entries=entries, rounds=rounds),
    }


def _changed(statuses: dict[int, int], entries: int) -> dict[int, int]:
    """Give the statuses after as many passes were superseded as a region of this size sees in an hour."""
    free = (place for place in places("changes", size=entries) if place not in statuses)
    found = dict.fromkeys(islice(free, 2 * CHANGES), SUPERSEDED)
    return statuses | dict(islice(found.items(), min(CHANGES, entries // 10)))


def _lookup(array: StatusArray, *, entries: int, rounds: int) -> float:
    """Give the nanoseconds of one look-up at an index anywhere in the list."""
    find, best = array.find, float("inf")
    indexes = places("lookups", size=entries)
    with one_core():
        for _ in range(rounds * _LOOKUP_ROUNDS):
            wanted = list(islice(indexes, _LOOKUPS))
            began = perf_counter_ns()
            for index in wanted:
                find(index)
            best = min(best, (perf_counter_ns() - began) / _LOOKUPS)
    if find(next(place for place in indexes)) not in range(CURRENT, SUPERSEDED + 1):
        raise AssertionError("a look-up inside the list found nothing")
    return best
