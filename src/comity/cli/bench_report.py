"""What `comity bench verify` promises and shows: the demands on each figure, the table, and progress.

A demand is a value to compare with, never a test: the program exits 0 whatever the figures are, since a
shared machine has no steady clock (docs/bench.md).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from rich.table import Table

Value: TypeAlias = float | int | bool | None
"""A figure; None where it could not be measured."""

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class _Demand:
    key: str
    sign: str
    limit: float
    what: str

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.sign == ">=" else value <= self.limit


_DEMANDS: Final = (
    _Demand("paper", ">=", 0.55, "paper pass, verify(), of the bare rate"),
    _Demand("online", ">=", 0.56, "online pass, verify(), of the bare rate"),
    _Demand("device", ">=", 0.50, "device pass, verify(), of half the bare rate"),
    _Demand("paper_block", ">=", 0.68, "paper passes, verify_block(), of the bare rate"),
    _Demand("online_block", ">=", 0.70, "online passes, verify_block(), of the bare rate"),
    _Demand("device_block", ">=", 0.62, "device passes, verify_block(), of half the bare rate"),
    _Demand("base45_x", ">=", 5, "base45 decode of 285 characters, times the base45 package"),
    _Demand("jobs2", ">=", 1.7, "a stream on two processes, times one in line"),
    _Demand("stream_mib", "<=", 110, "peak memory of a long stream, all processes, MiB"),
    _Demand("startup_x", "<=", 0.6, "one code as a process, of `import fastapi`"),
    _Demand("qr_online", "<=", 9, "QR version of the largest online pass, level M"),
    _Demand("qr_paper", "<=", 10, "QR version of the largest paper pass, level M"),
    _Demand("qr_paper_q", "<=", 13, "QR version of the largest paper pass, level Q"),
    _Demand("qr_device", "<=", 14, "QR version of the largest device pass, level M"),
    _Demand("list_encode_s", "<=", 2.5, "pack and deflate a national status list, seconds"),
    _Demand("list_kb", "<=", 245, "that list deflated, kB"),
    _Demand("lookup_ns", "<=", 300, "one status look-up in that list, ns"),
    _Demand("delta_kb", "<=", 10.5, "signed delta of 1,250 changes, kB"),
)

KEYS: Final = tuple(demand.key for demand in _DEMANDS)
"""The figures with a demand, in the order of the report."""


def in_order(figures: dict[str, Value]) -> dict[str, Value]:
    """Put the demanded figures first, in their order, and round what is measured to a readable length."""
    extras = [key for key in figures if key not in KEYS]
    return {key: _rounded(figures.get(key)) for key in (*KEYS, *extras)}


def _rounded(value: Value) -> Value:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def figures_table(figures: dict[str, Value]) -> Table:
    """Give the demanded figures as a table, each with its demand and whether it is met."""
    from rich.table import Table

    table = Table(title="comity bench verify")
    for heading, justify in (("figure", "left"), ("value", "right"), ("demand", "right"), ("", "left")):
        table.add_column(heading, justify="right" if justify == "right" else "left", no_wrap=True)
    table.add_column("what it is")
    for demand in _DEMANDS:
        value = figures[demand.key]
        table.add_row(
            demand.key, _cell(value), f"{demand.sign} {demand.limit:g}", _verdict(demand, value), demand.what
        )
    return table


def _cell(value: Value) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _verdict(demand: _Demand, value: Value) -> str:
    if value is None:
        return "not measured"
    return "ok" if demand.is_met(value) else "short"


def extras_lines(figures: dict[str, Value]) -> Iterator[str]:
    """Give the figures without a demand as plain lines."""
    return (f"{key}: {_cell(value)}" for key, value in figures.items() if key not in KEYS)


def tell(line: str) -> None:
    """Say on stderr what is being measured."""
    print(f"bench: {line}", file=sys.stderr, flush=True)


class CountReport:
    """Tells on stderr how far a long run is, its rate and the time left: every two seconds at most."""

    def __init__(self, total: int, *, of: str) -> None:
        self._total, self._of = total, of
        self._started = self._told = monotonic()

    def show(self, done: int) -> None:
        """Say how many are done, unless that has just been said."""
        moment = monotonic()
        if moment - self._told < (2 if sys.stderr.isatty() else 10):
            return
        self._told = moment
        each = (moment - self._started) / max(done, 1)
        minutes, seconds = divmod(round((self._total - done) * each), _MINUTE)
        tell(
            f"  {done:,} of {self._total:,} {self._of}, {1 / each:,.4g} a second,"
            f" {minutes}:{seconds:02} min left"
        )
