"""Evidence imports, first half: a file is loaded row by row and its effect is told, and nothing counts yet.

Rows are loaded in blocks under an import whose rows do not count; what a stop leaves behind is removed. The
effect is found by assessing everybody touched as if the rows counted. Releasing it is `import_release`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.evidence import RiskMap
from comity.domain.instant import HOUR, Instant
from comity.errors import InvalidInput, NotPossibleNow
from comity.issuance.assessment_rulebooks import rulebook_in_force
from comity.issuance.evidence import EvidenceRow, RiskAreaRow, risk_map
from comity.issuance.import_effect import SEARCH, Progress, bears, blocks, find_effect, mark_holders, silent
from comity.issuance.import_records import PENDING, EvidenceImport, ImportHolder, ImportKind, ImportState
from comity.issuance.import_rows import Row, RowReading
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal, one_of

BLOCK: Final = 5_000
"""Rows loaded in one transaction."""
BAD_ROWS_KEPT: Final = 10_000
ABANDONED_AFTER: Final = HOUR
"""Seconds without a block after which a load is taken for one that was cut off."""
BAD_ROWS_HEADER: Final = "line,reason\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One row as a file has it: the line it ends on, and its fields by column, or what is wrong with it."""

    line: int
    fields: Mapping[str, str] | None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """A file to be brought in: kind, source, SHA-256, and whether good rows count beside bad ones."""

    kind: ImportKind
    source_name: str
    digest: str
    accepts_good_rows: bool = False


def prepare_import(
    issuer: Issuer,
    officer: Officer,
    file: ImportFile,
    rows: Iterable[RawRow],
    *,
    at: Instant,
    progress: Progress = silent,
) -> EvidenceImport:
    """Load a file and find its effect; nobody's colour changes before it is released.

    1. One import at a time of one source; leftovers of a load that was cut off are removed.
    2. Every row is read; bad ones are kept as line and reason.
    3. With bad rows nothing stays, unless the file was sent with "accept good rows".
    4. Everybody touched is assessed as if the rows counted; with nothing new there is nothing to release.

    Raises: NotPermitted, InvalidInput, NotPossibleNow while another import of the source waits.
    """
    require(officer, Permission.IMPORT_EVIDENCE, division=issuer.region)
    load = _Load(issuer, _begin(issuer, officer, file, at=at), at, progress)  # 1
    try:
        for block in blocks(rows, BLOCK):  # 2
            load.take(block)
    except BaseException:
        drop(issuer, load.state.import_id, at=at)
        raise
    if load.state.bad_count and not file.accepts_good_rows:  # 3
        return _refuse(issuer, load.state, at=at)
    told = find_effect(issuer, load.state, at=at, progress=progress)  # 4
    prepared = replace(told, state=ImportState.PREPARED if told.new_rows else ImportState.DONE)
    with issuer.store.transaction() as transaction:
        _require_loading(transaction, prepared.import_id)
        transaction.of(EvidenceImport).replace(prepared)
        record_acts(transaction, [import_act(prepared, "import.prepared", officer.officer_id)], at=at)
    return prepared


def import_act(given: EvidenceImport, act: str, officer_id: str) -> Act:
    """Make the act of an officer on an import."""
    return Act(
        actor=f"officer:{officer_id}",
        act=act,
        subject=given.import_id,
        detail={
            "kind": str(given.kind),
            "digest": given.digest,
            "rows": given.rows,
            "new_rows": given.new_rows,
            "affected": given.affected,
            "turns": given.turns,
        },
    )


def discard(issuer: Issuer, import_id: str, *, at: Instant, officer_id: str | None = None) -> EvidenceImport:
    """Remove the rows of an import that never counted, and close it, as the act of an officer if one did it.

    Raises: NotPossibleNow.
    """
    with issuer.store.transaction() as transaction:
        transaction.lock(f"import-{import_id}")
        found = transaction.of(EvidenceImport).find(import_id)
        if found is None or found.state not in PENDING:
            raise NotPossibleNow("this import counts already, or was rejected")
        for kind in (EvidenceRow, RiskAreaRow, ImportHolder):
            transaction.of(kind).remove(equal("import_id", import_id))
        rejected = replace(found, state=ImportState.REJECTED, touched_at=at)
        transaction.of(EvidenceImport).replace(rejected)
        if officer_id is not None:
            record_acts(transaction, [import_act(rejected, "import.rejected", officer_id)], at=at)
    return rejected


def drop(issuer: Issuer, import_id: str, *, at: Instant) -> None:
    """Remove what was cut off or lapsed, unless somebody else is quicker."""
    with suppress(NotPossibleNow):
        discard(issuer, import_id, at=at)


def _begin(issuer: Issuer, officer: Officer, file: ImportFile, *, at: Instant) -> EvidenceImport:
    if not file.source_name.strip() or len(file.source_name) > 60:
        raise InvalidInput("a source has a name of 1 to 60 characters", field="source")
    with issuer.store.reading() as transaction:
        pending = transaction.of(EvidenceImport).select(one_of("state", PENDING))
    for each in pending:
        if each.state is ImportState.LOADING and each.touched_at + ABANDONED_AFTER <= at:
            drop(issuer, each.import_id, at=at)
    with issuer.store.transaction() as transaction:
        transaction.lock(f"import-source-{file.source_name}")
        waiting = transaction.of(EvidenceImport).select(
            one_of("state", PENDING), equal("source_name", file.source_name)
        )
        if waiting:
            raise NotPossibleNow(
                f"import {waiting[0].import_id} of this source is {waiting[0].state}",
                next_step="Release or reject it first.",
            )
        return add_import(
            transaction,
            issuer,
            officer,
            kind=file.kind,
            source_name=file.source_name,
            digest=file.digest,
            at=at,
        )


def add_import(
    transaction: Transaction,
    issuer: Issuer,
    officer: Officer,
    *,
    kind: ImportKind,
    source_name: str,
    digest: str,
    at: Instant,
) -> EvidenceImport:
    """Record an import that begins to load, under the rules in force."""
    begun = EvidenceImport(
        import_id=issuer.new_id(),
        kind=kind,
        source_name=source_name,
        digest=digest,
        state=ImportState.LOADING,
        imported_by=officer.officer_id,
        began_at=at,
        touched_at=at,
        rulebook_version=rulebook_in_force(transaction, issuer, at=at).version,
    )
    transaction.of(EvidenceImport).add(begun)
    return begun


@dataclass(slots=True)
class _Load:
    """One load on its way: what was read so far, and the people it touches."""

    issuer: Issuer
    state: EvidenceImport
    at: Instant
    progress: Progress
    rulebook: AssessmentRulebook = field(init=False)
    risks: RiskMap = field(init=False)
    reading: RowReading = field(init=False)

    def __post_init__(self) -> None:
        with self.issuer.store.reading() as transaction:
            self.rulebook = rulebook_in_force(transaction, self.issuer, at=self.at)
            self.risks = risk_map(transaction, at=self.at)
        self.reading = RowReading(
            issuer=self.issuer,
            kind=self.state.kind,
            source_name=self.state.source_name,
            import_id=self.state.import_id,
            at=self.at,
        )

    def take(self, block: Sequence[RawRow]) -> None:
        """Load one block in one transaction."""
        good: dict[str, Row] = {}
        bad: list[tuple[int, str]] = []
        count = 0
        for raw in block:
            try:
                if raw.fields is None:
                    raise InvalidInput(raw.fault, field="line")
                row = self.reading.read(raw.fields)
            except InvalidInput as error:
                bad.append((raw.line, str(error)))
            else:
                count += 1
                good[row.ref] = row
        with self.issuer.store.transaction() as transaction:
            _require_loading(transaction, self.state.import_id)
            new = _unknown(transaction, good)
            _keep(transaction, new, self._marks(new))
            self.state = replace(
                self.state,
                rows=self.state.rows + len(block),
                good_rows=self.state.good_rows + count,
                new_rows=self.state.new_rows + len(new),
                bad_rows=_with_bad(self.state, bad),
            )
            transaction.of(EvidenceImport).replace(self.state)
        self.progress("rows", self.state.rows)

    def _marks(self, rows: Iterable[Row]) -> set[HolderKey]:
        return {
            row.holder
            for row in rows
            if isinstance(row, EvidenceRow) and bears(row, self.risks, self.rulebook, at=self.at)
        }


def _require_loading(transaction: Transaction, import_id: str) -> None:
    """Hold an import that is being loaded. Raises: NotPossibleNow when it was rejected meanwhile."""
    transaction.lock(f"import-{import_id}")
    found = transaction.of(EvidenceImport).find(import_id)
    if found is None or found.state is not ImportState.LOADING:
        raise NotPossibleNow("this import was rejected while it was loaded", next_step="Bring it again.")


def _unknown(transaction: Transaction, good: Mapping[str, Row]) -> list[Row]:
    """Leave out what is on record already, whichever import brought it."""
    known: set[str] = set()
    for refs in blocks(good, SEARCH):
        known.update(row.ref for row in transaction.of(EvidenceRow).select(one_of("ref", refs)))
        known.update(row.ref for row in transaction.of(RiskAreaRow).select(one_of("ref", refs)))
    return [row for ref, row in good.items() if ref not in known]


def _keep(transaction: Transaction, rows: Sequence[Row], touched: Iterable[HolderKey]) -> None:
    transaction.of(EvidenceRow).add(*(row for row in rows if isinstance(row, EvidenceRow)))
    transaction.of(RiskAreaRow).add(*(row for row in rows if isinstance(row, RiskAreaRow)))
    for row in rows[:1]:
        if row.import_id is not None:
            mark_holders(transaction, row.import_id, touched)


def _with_bad(state: EvidenceImport, bad: Sequence[tuple[int, str]]) -> str:
    """Add bad rows to the CSV of them, as far as it is kept."""
    if not bad:
        return state.bad_rows
    room = max(0, BAD_ROWS_KEPT - state.bad_count)
    written = io.StringIO(newline="")
    csv.writer(written).writerows(bad[:room])
    return (state.bad_rows or BAD_ROWS_HEADER) + written.getvalue()


def _refuse(issuer: Issuer, state: EvidenceImport, *, at: Instant) -> EvidenceImport:
    discard(issuer, state.import_id, at=at)
    refused = replace(state, state=ImportState.REJECTED, touched_at=at)
    with issuer.store.transaction() as transaction:
        transaction.of(EvidenceImport).replace(refused)
    return refused
