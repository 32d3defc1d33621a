"""A process that hands a run over until it is killed: `python -m` this module URL RUN OFFICER.

It does what `comity region import-assessment` does, and writes a line for each step that it has taken.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine
from comity.assessment.handed_changes import check_run, handed_people
from comity.assessment.run_manifest import read_run
from comity.domain.instant import Instant
from comity.issuance.hand_over import prepare_hand_over
from comity.issuance.import_records import UNDER_WAY
from comity.issuance.import_release import apply_import
from comity.issuance.issuer import Issuer
from comity.issuance.subject_keys import DemoSubjects
from comity.officers.officers import Officer
from comity.storage.database_url import open_store
from tests.builders import AT
from tests.issuance.holding import holder
from tests.region import make_issuer

PEOPLE = 2_200
"""People of the run: three pieces, five batches."""
LATER: Instant = AT + 60


def subject(order: int) -> str:
    """How the run names the `order`-th person of nobody."""
    return f"p{order:05}"


def worker_issuer(url: str) -> Issuer:
    """The region over its records, with lots that no other process draws."""
    return replace(make_issuer(store=open_store(url)), draw=secrets.token_bytes)


def hand_over(issuer: Issuer, folder: Path, officer: Officer) -> str:
    """Prepare the run, or go on with what is there; give the state."""
    run = read_run(folder)
    with (
        tempfile.TemporaryDirectory() as spill,
        duckdb_engine(EngineBounds(memory_gib=0.5, threads=1, spill=Path(spill))) as engine,
    ):
        given = prepare_hand_over(
            issuer,
            officer,
            check_run(engine, run),
            handed_people(engine, run),
            at=LATER,
            subjects=DemoSubjects({subject(order): holder(issuer, order) for order in range(PEOPLE)}),
            progress=_tell,
        )
    if given.state in UNDER_WAY:
        given = apply_import(issuer, given.import_id, at=LATER, progress=_tell)
    return str(given.state)


def _tell(what: str, count: int) -> None:
    sys.stdout.write(f"{what} {count}\n")
    sys.stdout.flush()


def main() -> None:
    """Hand over as the command line says, and write the state at the end."""
    url, folder, officer_id = sys.argv[1:]
    issuer = worker_issuer(url)
    with issuer.store.reading() as transaction:
        officer = transaction.of(Officer).find(officer_id)
    assert officer is not None
    sys.stdout.write(f"end {hand_over(issuer, Path(folder), officer)}\n")


if __name__ == "__main__":
    main()
