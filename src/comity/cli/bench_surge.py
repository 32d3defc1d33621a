"""Monday morning: ten times the load, clients that try again, and colours that change meanwhile.

A crowd asks for online passes over a thousand connections; who finds none free asks again a second later. In
the middle, some of the people turn yellow by an imported contact list. Every fiftieth answer is looked at:
five seconds after the change nobody may still be shown the old colour, and nobody else a new one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.bootstrap.region import OpenRegion
from comity.cli.bench_evidence import import_contacts
from comity.cli.bench_load import LoadAnswer, LoadPlan, LoadResult, begin_load, run_load
from comity.cli.bench_node import BenchServer
from comity.cli.bench_report import Value, tell
from comity.codec.qrtext import read_text
from comity.domain.colour import Colour
from comity.issuance.records import HolderKey
from comity.verify.authenticate import pass_of

TIMES: Final = 10
CROWD: Final = 1_000
"""Connections of the crowd: about what one worker lets in at once."""
SEEN_WITHIN: Final = 5.0
"""Seconds after which every worker shows a changed colour."""
KEPT_EVERY: Final = 50
CHANGED_OF: Final = 20
"""One in so many people turns yellow."""
CALM: Final = 0.5
"""Seconds within which every answer of a second comes when it is over."""
_AFTER_SECONDS: Final = 15.0
_START: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Who changed, and when, in seconds from the start: changed for certain after `seen_by`."""

    requests: frozenset[int]
    began: float
    ended: float


def measure_surge(
    region: OpenRegion,
    server: BenchServer,
    requests: Sequence[bytes],
    holders: Sequence[HolderKey],
    *,
    peak: float,
    seconds: float,
) -> dict[str, Value]:
    """Measure good answers under the surge, wrong colours, and the time until it is over."""
    tell(f"a surge of {TIMES} times the load for {seconds:g} s, with people who turn yellow meanwhile")
    finish = begin_load(
        LoadPlan(
            port=server.port,
            requests=requests,
            connections=CROWD,
            seconds=seconds,
            rate=TIMES * peak,
            retries=True,
            kept_every=KEPT_EVERY,
            core=server.load_core,
        )
    )
    began = time.monotonic()
    time.sleep(seconds / 3)
    change = _turn_some(region, holders, began)
    result = finish()
    wrong = sum(_is_wrong(answer, change) for answer in result.kept)
    after = _load_after(server, requests, rate=0.7 * peak)
    return {
        "surge_goodput": result.rate / peak,
        "surge_recovery_s": _recovery(after, 0.7 * peak),
        "surge_wrong_colours": wrong,
        "surge_looked_at": len(result.kept),
        "surge_offered_per_s": result.asked / seconds,
        "surge_refused": sum(count for status, count in result.statuses.items() if status >= 400),
    }


def _turn_some(region: OpenRegion, holders: Sequence[HolderKey], began: float) -> _Change:
    changed = range(0, len(holders), CHANGED_OF)
    started = time.monotonic() - began
    import_contacts(region, list(changed))
    return _Change(requests=frozenset(changed), began=started, ended=time.monotonic() - began)


def _is_wrong(answer: LoadAnswer, change: _Change) -> bool:
    """Say whether an answer shows a colour it may not; the load begins a second or two late."""
    if answer.status >= 400:
        return False
    text = str(json.loads(answer.body)["text"])
    colour = pass_of(read_text(text, is_test=True)).claims.colour
    if answer.request not in change.requests:
        return colour is not Colour.GREEN
    if answer.at < change.began - _START:
        return colour is not Colour.GREEN
    return answer.at > change.ended + SEEN_WITHIN and colour is Colour.GREEN


def _load_after(server: BenchServer, requests: Sequence[bytes], *, rate: float) -> LoadResult:
    return run_load(
        LoadPlan(
            port=server.port,
            requests=requests,
            connections=256,
            seconds=_AFTER_SECONDS,
            rate=rate,
            core=server.load_core,
        )
    )


def _recovery(after: LoadResult, rate: float) -> float:
    """Give the second from which on every answer came in time, and as many as were asked for."""
    seconds = int(after.seconds)
    for second in range(seconds - 1, -1, -1):
        is_calm = after.slowest_each_second.get(second, float("inf")) <= CALM
        if not is_calm or after.good_each_second.get(second, 0) < 0.9 * rate:
            return float(second + 1)
    return 0.0
