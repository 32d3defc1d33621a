"""What `comity bench` promises and shows: the demands on each figure, the tables, and progress.

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
class Demand:
    """A value to compare a figure with: at least (`>=`) or at most (`<=`) `limit`."""

    key: str
    sign: str
    limit: float
    what: str

    def is_met(self, value: float) -> bool:
        """Say whether a figure meets the demand."""
        return value >= self.limit if self.sign == ">=" else value <= self.limit


VERIFY_DEMANDS: Final = (
    Demand("paper", ">=", 0.55, "paper pass, verify(), of the bare rate"),
    Demand("online", ">=", 0.56, "online pass, verify(), of the bare rate"),
    Demand("device", ">=", 0.50, "device pass, verify(), of half the bare rate"),
    Demand("paper_block", ">=", 0.68, "paper passes, verify_block(), of the bare rate"),
    Demand("online_block", ">=", 0.70, "online passes, verify_block(), of the bare rate"),
    Demand("device_block", ">=", 0.62, "device passes, verify_block(), of half the bare rate"),
    Demand("base45_x", ">=", 5, "base45 decode of 285 characters, times the base45 package"),
    Demand("jobs2", ">=", 1.7, "a stream on two processes, times one in line"),
    Demand("stream_mib", "<=", 110, "peak memory of a long stream, all processes, MiB"),
    Demand("startup_x", "<=", 0.6, "one code as a process, of `import fastapi`"),
    Demand("qr_online", "<=", 9, "QR version of the largest online pass, level M"),
    Demand("qr_paper", "<=", 10, "QR version of the largest paper pass, level M"),
    Demand("qr_paper_q", "<=", 13, "QR version of the largest paper pass, level Q"),
    Demand("qr_device", "<=", 14, "QR version of the largest device pass, level M"),
    Demand("list_encode_s", "<=", 2.5, "pack and deflate a national status list, seconds"),
    Demand("list_kb", "<=", 245, "that list deflated, kB"),
    Demand("lookup_ns", "<=", 300, "one status look-up in that list, ns"),
    Demand("delta_kb", "<=", 10.5, "signed delta of 1,250 changes, kB"),
)

REGION_DEMANDS: Final = (
    Demand("online_ratio", ">=", 0.5, "online passes a second, of a bare route that signs once"),
    Demand(
        "verify_ratio", ">=", 0.5, "codes verified over HTTP, paper or device, of verify() in this process"
    ),
    Demand("applications_per_s", ">=", 400, "applications with PostgreSQL, a transaction each"),
    Demand("applications_batched_per_s", ">=", 1_500, "the same in batches of 100"),
    Demand("import_s", "<=", 120, "1,000,000 rows of evidence, 30,000 people assessed again, seconds"),
    Demand("republish_s", "<=", 8, "a status list of 25,000,000 published again, seconds"),
    Demand("delta_s", "<=", 1, "the signed delta of two such lists, seconds"),
    Demand("p99_over_mean", "<=", 6, "99th percentile of the mean, at 70 % of the peak, open loop"),
    Demand("surge_goodput", ">=", 0.9, "good answers under ten times the load, of the peak"),
    Demand("surge_recovery_s", "<=", 10, "seconds until it answers as before the surge"),
)

HUB_DEMANDS: Final = (
    Demand("sync_bytes", "<=", 250_000, "a first fetch of 31 regions, heads included, bytes"),
    Demand("sync_requests", "<=", 70, "its requests"),
    Demand("unchanged_bytes", "<=", 3_000, "a fetch that brings only a new timestamp, bytes"),
    Demand("unchanged_requests", "<=", 3, "its requests"),
    Demand("status_bytes_day", "<=", 15_000_000, "bodies of a day of 56 lists, followed hourly, bytes"),
    Demand("change_to_gate_s", "<=", 300, "a change until a connected gate has it, at the longest, seconds"),
    Demand("publish_s", "<=", 1, "one publication with 31 regions there, seconds"),
)

ASSESS_DEMANDS: Final = (
    Demand("join_ratio", "<=", 3, "a full run, of one join written by hand over the same files"),
    Demand("peak_gib", "<=", 6, "largest memory of a full run, GiB"),
    Demand("incremental_ratio", "<=", 0.15, "a run with 1 % new records, of a full run"),
    Demand("growth_exponent", "<=", 1.1, "x where the time of a full run grows as people to the x"),
    Demand("spark_equal", ">=", 1, "Spark gives the same rows and checksum"),
    Demand("explain_s", "<=", 1, "one person explained, seconds"),
)

KEYS: Final = tuple(demand.key for demand in VERIFY_DEMANDS)
"""The figures of `bench verify` with a demand, in the order of the report."""


def in_order(figures: dict[str, Value], demands: tuple[Demand, ...] = VERIFY_DEMANDS) -> dict[str, Value]:
    """Put the demanded figures first, in their order, and round what is measured to a readable length."""
    keys = [demand.key for demand in demands]
    extras = [key for key in figures if key not in keys]
    return {key: _rounded(figures.get(key)) for key in (*keys, *extras)}


def _rounded(value: Value) -> Value:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def figures_table(
    figures: dict[str, Value],
    demands: tuple[Demand, ...] = VERIFY_DEMANDS,
    title: str = "comity bench verify",
) -> Table:
    """Give the demanded figures as a table, each with its demand and whether it is met."""
    from rich.table import Table

    table = Table(title=title)
    for heading, justify in (("figure", "left"), ("value", "right"), ("demand", "right"), ("", "left")):
        table.add_column(heading, justify="right" if justify == "right" else "left", no_wrap=True)
    table.add_column("what it is")
    for demand in demands:
        value = figures[demand.key]
        table.add_row(
            demand.key, _cell(value), f"{demand.sign} {demand.limit:g}", _verdict(demand, value), demand.what
        )
    return table


def _cell(value: Value) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _verdict(demand: Demand, value: Value) -> str:
    if value is None:
        return "not measured"
    return "ok" if demand.is_met(value) else "short"


def extras_lines(figures: dict[str, Value], demands: tuple[Demand, ...] = VERIFY_DEMANDS) -> Iterator[str]:
    """Give the figures without a demand as plain lines."""
    keys = [demand.key for demand in demands]
    return (f"{key}: {_cell(value)}" for key, value in figures.items() if key not in keys)


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
