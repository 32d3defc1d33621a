"""What a monitor reads: counts and times by route and status, never by person (Prometheus text format)."""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The folder in which several workers keep their counts for each other."""
MEDIA_TYPE: Final = CONTENT_TYPE_LATEST

REQUESTS: Final = Counter("comity_requests", "Requests answered.", labelnames=("route", "method", "status"))
SECONDS: Final = Histogram(
    "comity_request_seconds",
    "Seconds from request to answer.",
    labelnames=("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SHED: Final = Counter("comity_requests_shed", "Requests refused for too much load.", labelnames=("kind",))
DUTIES: Final = Counter("comity_duties", "Timed duties done.", labelnames=("duty", "outcome"))

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_counts: dict[tuple[str, str, int], Counter] = {}
_times: dict[str, Histogram] = {}


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the template, never the path with its ids."""
    method = method if method in _METHODS else "other"  # else a client would fill the memory with methods
    key = (route, method, status)
    counter = _counts.get(key)
    if counter is None:
        counter = _counts[key] = REQUESTS.labels(route, method, str(status))
    counter.inc()
    histogram = _times.get(route)
    if histogram is None:
        histogram = _times[route] = SECONDS.labels(route)
    histogram.observe(seconds)


def metrics_text() -> bytes:
    """Write all counts, those of the other workers too."""
    if MULTIPROCESS not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
