"""`comity assess synth`: a synthetic region of any size, so that nothing needs anybody's data."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from comity.cli.assess import Memory, Threads, make_progress
from comity.cli.region_words import read_time
from comity.cli.screen import say


def synth_command(
    *,
    people: int,
    seed: int,
    out: Path,
    on: str = "2020-03-20T12:00:00+08:00",
    faults: Annotated[bool, Parameter(negative="")] = False,
    memory_gib: Memory = 1.0,
    threads: Threads = 2,
) -> int:
    """Write the evidence of a synthetic region: households, commuting, holiday travel, outbreaks, noise.

    Parameters
    ----------
    people
        How many people; each has four travel records and a visit.
    seed
        The same seed gives the same region.
    out
        Folder of the tables; it is not there yet.
    on
        As of when, with offset: nothing lies after it.
    faults
        Put in rows that cannot be: reversed and overlapping windows, unknown areas, times ahead, doubles.
    """
    from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine
    from comity.assessment.synthetic import SyntheticRegion, make_region

    region = SyntheticRegion(people=people, seed=seed, at=read_time(on), has_faults=faults)
    with tempfile.TemporaryDirectory(prefix="comity-") as spill:
        bounds = EngineBounds(memory_gib=memory_gib, threads=threads, spill=Path(spill))
        with duckdb_engine(bounds) as engine:
            make_region(engine, region, out, progress=make_progress())
    say(f"A synthetic region of {people:,} people: {out}")
    return 0
