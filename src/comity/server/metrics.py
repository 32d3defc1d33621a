"""What a monitor reads: counts and times by route and status, never by person (Prometheus text format)."""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final
from weakref import WeakSet

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The folder in which several workers keep their counts for each other."""
MEDIA_TYPE: Final = CONTENT_TYPE_LATEST

REQUESTS: Final = Counter("comity_requests", "Requests answered.", labelnames=("route", "method", "status"))


class _Times(Histogram):
    def observe_many(self, counts: Sequence[int], total: float) -> None:
        """Add what was counted by bucket, and the sum of the times."""
        self._sum.inc(total)
        for bucket, number in zip(self._buckets, counts, strict=True):
            if number:
                bucket.inc(number)


_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SECONDS: Final = _Times(
    "comity_request_seconds",
    "Seconds from request to answer.",
    labelnames=("route",),
    buckets=_BUCKETS,
)
SHED: Final = Counter("comity_requests_shed", "Requests refused for too much load.", labelnames=("kind",))
HOSTED: Final = Counter(
    "comity_hosted_requests", "Requests passed on to hosted regions.", labelnames=("region", "status")
)
DUTIES: Final = Counter("comity_duties", "Timed duties done.", labelnames=("duty", "outcome"))
EXCHANGE_FAULTS: Final = Counter(
    "comity_exchange_faults", "Steps of the exchange that failed about one person.", labelnames=("step",)
)
HUB_AGE: Final = Gauge(
    "comity_hub_as_of_seconds",
    "Time as of when the hub's word was last verified, in seconds since 1970.",
    multiprocess_mode="mostrecent",
)
HUB_WARNING: Final = Gauge(
    "comity_hub_warning",
    "1 while the hub withholds, freezes or alters what this region published.",
    multiprocess_mode="mostrecent",
)

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_counts: dict[tuple[str, str, int], Counter] = {}
_times: dict[str, _Times] = {}


def known_method(method: str) -> str:
    """Give a method, or `other`: what clients make up fills no memory, and nothing of it stands in a log."""
    return method if method in _METHODS else "other"


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the template, never the path with its ids."""
    key = (route, method, status)
    counter = _counts.get(key)
    if counter is None:
        counter = _counts[key] = REQUESTS.labels(route, method, str(status))
    counter.inc()
    histogram = _times.get(route)
    if histogram is None:
        histogram = _times[route] = SECONDS.labels(route)
    histogram.observe(seconds)


class HotCount:
    """Good answers of a hot route, added up in memory and given to the counts twice a second."""

    def __init__(self, route: str, method: str) -> None:
        self._counter, self._times = REQUESTS.labels(route, method, "200"), SECONDS.labels(route)
        self._numbers, self._total, self._is_due = [0] * (len(_BUCKETS) + 1), 0.0, False
        _hot.add(self)

    def add(self, seconds: float) -> None:
        """Count one answer, on the event loop."""
        self._numbers[bisect_left(_BUCKETS, seconds)] += 1
        self._total += seconds
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(_GIVEN_EVERY, self.give)

    def give(self) -> None:
        """Give what was added up to the counts that a monitor reads."""
        numbers, total = self._numbers, self._total
        self._numbers, self._total, self._is_due = [0] * len(numbers), 0.0, False
        self._counter.inc(sum(numbers))
        self._times.observe_many(numbers, total)


_GIVEN_EVERY: Final = 0.5
_hot: Final = WeakSet[HotCount]()


def give_hot_counts() -> None:
    """Give the counts of this worker's hot routes to those who read: before they are read, and at the end."""
    for each in tuple(_hot):
        each.give()


def metrics_text() -> bytes:
    """Write all counts, those of the other workers too."""
    give_hot_counts()
    if MULTIPROCESS not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
