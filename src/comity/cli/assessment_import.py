"""`comity region import-assessment`: the changes of an assessment run handed over to the region node.

Started again after a stop, it goes on where it was: loading, waiting for officers, reissuing, done. Colours
change when officers of the node release the import at their desks, as with every import.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from comity import bootstrap
from comity.cli.evidence_imports import make_progress, officer_of
from comity.cli.region import AsJson, Data, DatabaseUrl, opened_region
from comity.cli.screen import say
from comity.errors import InvalidInput, UsageError

if TYPE_CHECKING:
    from comity.assessment.duckdb_engine import DuckdbEngine
    from comity.issuance.import_records import EvidenceImport, HandOver
    from comity.issuance.issuer import Issuer
    from comity.issuance.subject_keys import SubjectKeys

_COLUMNS = ["subject", "document_kind", "document_number"]


def import_assessment_command(
    run: Path,
    /,
    *,
    officer: str,
    subjects: Path | None = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json_text: AsJson = False,
) -> int:
    """Hand over the changes of a run; nobody's colour changes before officers release them.

    Parameters
    ----------
    run
        Folder of a run of comity assess run; one that was held has been released.
    officer
        Account the run is brought for: an epidemiologist of the region.
    subjects
        TEST: CSV of subject, document_kind, document_number, for the people of an invented region.
    """
    from comity.assessment.handed_changes import check_run, handed_people
    from comity.assessment.run_manifest import read_run

    found = read_run(run)
    with _engine() as engine, opened_region(data, database_url) as opened:
        from comity.issuance.hand_over import get_hand_over, prepare_hand_over
        from comity.issuance.import_records import UNDER_WAY
        from comity.issuance.import_release import apply_import

        issuer, progress = opened.issuer, make_progress()
        given = prepare_hand_over(
            issuer,
            officer_of(issuer, officer),
            check_run(engine, found),
            handed_people(engine, found),
            at=opened.clock(),
            subjects=None if subjects is None else _listed(issuer, subjects),
            progress=progress,
        )
        if given.state in UNDER_WAY:
            given = apply_import(issuer, given.import_id, at=opened.clock(), progress=progress)
        _tell(given, get_hand_over(issuer, given.import_id), as_json_text=as_json_text)
    return 0


@contextmanager
def _engine() -> Iterator[DuckdbEngine]:
    from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine

    with tempfile.TemporaryDirectory(prefix="comity-") as spill:
        bounds = EngineBounds(memory_gib=1.0, threads=1, spill=Path(spill))
        with duckdb_engine(bounds) as engine:
            yield engine


def _listed(issuer: Issuer, path: Path) -> SubjectKeys:
    """TEST: read whose documents the subjects of an invented region stand for."""
    from comity.domain.identity import read_identity
    from comity.issuance.people import holder_of
    from comity.issuance.subject_keys import DemoSubjects

    if not issuer.is_test:
        raise UsageError(
            "in a real region the subjects of a run are the node's own keys, and no list names them",
            next_step="Leave out --subjects; evidence is delivered under these keys (docs/evidence-data.md).",
        )
    text = bootstrap.read_file(path, what="list of subjects").decode("utf-8", "replace")
    rows = csv.DictReader(text.splitlines())
    if list(rows.fieldnames or ()) != _COLUMNS:
        raise InvalidInput(
            f"the first line does not name the columns {', '.join(_COLUMNS)}", field="subjects"
        )
    return DemoSubjects(
        {
            row["subject"]: holder_of(
                issuer, read_identity(row["document_kind"], row["document_number"], allow_test=True)
            )
            for row in rows
        }
    )


def _tell(given: EvidenceImport, handed: HandOver, *, as_json_text: bool) -> None:
    told = {
        "import_id": given.import_id,
        "state": str(given.state),
        "number": handed.number,
        "people": given.rows,
        "unknown": handed.unknown,
        "foreign": handed.foreign,
        "affected": given.affected,
        "turns": given.turns,
        "clears": given.clears,
    }
    if as_json_text:
        print(json.dumps(told, indent=2))
        return
    say(
        f"Import {given.import_id}: {given.state}, hand-over {handed.number} "
        f"of the run with checksum {handed.run_checksum}\n"
        f"  {given.rows} people changed; {handed.unknown} not registered here, "
        f"{handed.foreign} of elsewhere\n"
        f"  {given.affected} people touched: {given.turns} turn yellow or red, {given.clears} turn green\n"
        f"  {_NEXT[str(given.state)]}"
    )


_NEXT = {
    "prepared": "Next: a second officer looks at it and releases it; then start this again, or let the node.",
    "held": "Next: a third officer releases it.",
    "done": "Handed over: everybody who changed is assessed, and their passes followed.",
}
