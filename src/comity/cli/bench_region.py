"""`comity bench region`: what a region node does a second, as ratios within one run (docs/bench.md)."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from cyclopts import Parameter

from comity.cli.bench_counts import FULL, SHORT, RegionCounts
from comity.cli.bench_report import (
    REGION_DEMANDS,
    Value,
    extras_lines,
    figures_table,
    in_order,
)
from comity.cli.scenario import console
from comity.errors import MissingExtra


def region_command(
    *, as_json_text: Annotated[bool, Parameter(name="--json")] = False, short: bool = False
) -> int:
    """Measure a region node: hot routes, applications, imports, status lists, a surge.

    Exit code: 0 whatever the figures are; docs/bench.md explains them.

    Parameters
    ----------
    as_json_text
        Write the figures as one flat JSON object.
    short
        A small part of everything, in about a minute: to see that it runs, not how fast.
    """
    figures = measure(SHORT if short else FULL)
    if as_json_text:
        print(json.dumps(figures, indent=2))
    else:
        console().print(figures_table(figures, REGION_DEMANDS, "comity bench region"))
        print("\n".join(extras_lines(figures, REGION_DEMANDS)))
    return 0


def measure(counts: RegionCounts) -> dict[str, Value]:
    """Measure every figure, telling on stderr how far it is. Raises: MissingExtra."""
    try:
        from comity.cli.bench_hot import measure_hot_routes
        from comity.cli.bench_records import measure_records
    except ModuleNotFoundError as error:
        raise MissingExtra("the bench of a region", extra="services") from error
    with TemporaryDirectory(prefix="comity-bench-") as folder:
        figures = measure_hot_routes(Path(folder) / "hot", counts)
        figures |= measure_records(Path(folder) / "records", counts)
    return in_order(figures, REGION_DEMANDS)
