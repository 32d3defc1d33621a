"""`comity region import-evidence`: bring a file of evidence of any size; officers release it at their desks.

The command works on the data folder itself, so whoever runs it answers for the machine; the audit names the
account the file is brought for. Releasing is for signed-in officers, except in a test region.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from comity.cli.region import AsJson, Data, DatabaseUrl, opened_region
from comity.cli.screen import say, warn
from comity.errors import UnknownRecord, UsageError

if TYPE_CHECKING:
    from comity.issuance.import_records import EvidenceImport
    from comity.issuance.issuer import Issuer
    from comity.officers.officers import Officer

BAD_ROWS: Final = 1
"""Exit code of an import of which rows were bad and nothing was taken."""
_EVERY: Final = 1.0
"""Seconds between two lines of progress."""

Kind = Literal["cases", "contacts", "stays", "arrivals", "clearances", "risk_areas"]


def import_command(
    file: Path,
    /,
    *,
    kind: Kind,
    source: str,
    officer: str,
    accept_good_rows: Annotated[bool, Parameter(negative="")] = False,
    bad_rows: Path | None = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json_text: AsJson = False,
) -> int:
    """Load a file of evidence and tell its effect; nothing counts before officers release it.

    Exit code: 0 it is prepared, 1 rows were bad and nothing was taken.

    Parameters
    ----------
    file
        CSV in UTF-8 or Parquet, with the columns of its kind (docs/assessment.md).
    kind
        What the file holds.
    source
        Whose list it is, such as hohhot-cdc: one import of a source waits at a time.
    officer
        Account the file is brought for: an epidemiologist of the region.
    accept_good_rows
        Take the good rows where others are bad; otherwise one bad row refuses the file.
    bad_rows
        Where to write the bad rows, with line and reason; default: beside the file, ending in .bad.csv.
    """
    if not file.is_file():
        raise UsageError(f"'{file}' is not a file")
    with opened_region(data, database_url) as opened:
        from comity.issuance.import_records import ImportKind
        from comity.issuance.import_rows import COLUMNS
        from comity.issuance.imports import ImportFile, prepare_import
        from comity.storage.evidence_files import file_digest, read_rows

        given = ImportFile(
            kind=ImportKind(kind),
            source_name=source,
            digest=file_digest(file),
            accepts_good_rows=accept_good_rows,
        )
        prepared = prepare_import(
            opened.issuer,
            officer_of(opened.issuer, officer),
            given,
            read_rows(file, COLUMNS[given.kind]),
            at=opened.clock(),
            progress=make_progress(),
        )
    tell_import(prepared, as_json_text=as_json_text)
    return _give_bad_rows(prepared, bad_rows or file.with_name(f"{file.name}.bad.csv"))


def release_command(
    import_id: str,
    /,
    *,
    officer: str,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json_text: AsJson = False,
) -> int:
    """TEST: release a prepared or held import for an account. Real officers do it signed in.

    Parameters
    ----------
    import_id
        As `import-evidence` told it.
    officer
        Account of a second officer, another one for each step.
    """
    with opened_region(data, database_url) as opened:
        from comity.issuance.import_records import ImportState
        from comity.issuance.import_release import apply_import, confirm_import, get_import, release_import

        issuer, at = opened.issuer, opened.clock()
        if not issuer.is_test:
            raise UsageError(
                "in a real region imports are released by officers who are signed in",
                next_step="POST /evidence-imports/ID/release (docs/assessment.md).",
            )
        with issuer.store.reading() as transaction:
            state = get_import(transaction, import_id).state
        step = confirm_import if state is ImportState.HELD else release_import
        released = step(issuer, officer_of(issuer, officer), import_id, at=at)
        if released.state is ImportState.RELEASED:
            released = apply_import(issuer, import_id, at=at, progress=make_progress())
    tell_import(released, as_json_text=as_json_text)
    return 0


def officer_of(issuer: Issuer, officer_id: str) -> Officer:
    """Give an account by its id. Raises: UnknownRecord."""
    from comity.officers.officers import Officer

    with issuer.store.reading() as transaction:
        found = transaction.of(Officer).find(officer_id)
    if found is None:
        raise UnknownRecord("there is no account with this id")
    return found


def make_progress() -> Callable[[str, int], None]:
    """Make a progress that tells on standard error, at most once a second."""
    told = time.monotonic()

    def tell(what: str, count: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _EVERY:
            told = time.monotonic()
            print(f"comity: {what}: {count}", file=sys.stderr)

    return tell


def tell_import(given: EvidenceImport, *, as_json_text: bool) -> None:
    """Tell how an import stands."""
    if as_json_text:
        import json

        names = ("import_id", "rows", "good_rows", "new_rows", "affected", "turns", "clears")
        told = {name: getattr(given, name) for name in names}
        print(json.dumps({**told, "state": str(given.state), "bad_rows": given.bad_count}, indent=2))
        return
    say(
        f"Import {given.import_id}: {given.state}\n"
        f"  {given.rows} rows, {given.bad_count} of them bad, {given.new_rows} new\n"
        f"  {given.affected} people touched: {given.turns} turn yellow or red, {given.clears} turn green"
    )


def _give_bad_rows(given: EvidenceImport, path: Path) -> int:
    if not given.bad_count:
        return 0
    path.write_text(given.bad_rows, encoding="utf-8", newline="")
    warn(f"{given.bad_count} bad rows, with line and reason: {path}")
    from comity.issuance.import_records import ImportState

    if given.state is not ImportState.REJECTED:
        return 0
    warn("nothing was taken; correct the file, or take the good rows with --accept-good-rows")
    return BAD_ROWS
