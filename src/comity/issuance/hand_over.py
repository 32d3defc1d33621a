"""The changes of an assessment run as an import: loaded piece by piece, and nobody's colour before release.

Each person who changed gets the findings that now hold, or one row that says there are none; from the release
on these count and those of earlier runs do not (`evidence.rows_in_effect`). A piece is one transaction that
also notes how far it came, so that a load that was cut off goes on there. Release and reissue are those of
every import (`import_release`): by other officers, who are signed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import Final

from comity.domain.assessment_document import write_assessment_rulebook
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.domain.handed_run import HandedFinding, HandedPerson, HandedRun
from comity.domain.instant import Instant
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import NotPermitted, NotPossibleNow
from comity.issuance.assessment_rulebooks import rulebook_in_force
from comity.issuance.evidence import REGION_SOURCE, EvidenceRow
from comity.issuance.import_effect import SEARCH, Progress, blocks, find_effect, mark_holders, silent
from comity.issuance.import_records import (
    COUNTING,
    PENDING,
    EvidenceImport,
    HandOver,
    ImportKind,
    ImportState,
)
from comity.issuance.imports import add_import, import_act
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, Person
from comity.issuance.subject_keys import RegionSubjects, SubjectKeys
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import record_acts
from comity.records.ports import Transaction
from comity.records.search import differs, equal, one_of

RUNS: Final = "assessment"
"""The source name of every hand-over: one waits at a time."""
PIECE: Final = 1_000
"""People loaded in one transaction."""
_LOCK: Final = f"import-source-{RUNS}"
_REF_LENGTH: Final = 16


def prepare_hand_over(
    issuer: Issuer,
    officer: Officer,
    run: HandedRun,
    people: Iterable[HandedPerson],
    *,
    at: Instant,
    subjects: SubjectKeys | None = None,
    progress: Progress = silent,
) -> EvidenceImport:
    """Load the changes of a run and tell their effect; started again, go on where it stopped.

    1. An import of the run that is loaded already is given as it is.
    2. The run fits this region: its rules, its time, the officers its release names.
    3. It builds on what was handed over last, and nothing else waits.
    4. People piece by piece, after those an earlier start has loaded.
    5. The effect is found; other officers look at it and release it.

    Raises: NotPermitted, NotPossibleNow, StoreUnavailable.
    """
    require(officer, Permission.IMPORT_EVIDENCE, division=issuer.region)
    state = find_import_of(issuer, run)
    if state is not None and state.state is not ImportState.LOADING:  # 1
        return state
    _require_fitting(issuer, run, at=at)  # 2
    state = state or _begin(issuer, officer, run, at=at)  # 3
    keys = RegionSubjects() if subjects is None else subjects
    for piece in blocks(islice(iter(people), state.rows, None), PIECE):  # 4
        state = _load(issuer, state, piece, keys, at=at)
        progress("people", state.rows)
    told = find_effect(issuer, state, at=at, progress=progress)  # 5
    prepared = replace(told, state=ImportState.PREPARED if told.new_rows else ImportState.DONE, touched_at=at)
    with issuer.store.transaction() as transaction:
        _get_loading(transaction, state)
        transaction.of(EvidenceImport).replace(prepared)
        record_acts(transaction, [import_act(prepared, "import.prepared", officer.officer_id)], at=at)
    return prepared


def find_import_of(issuer: Issuer, run: HandedRun) -> EvidenceImport | None:
    """Find the import of a run that was not rejected."""
    with issuer.store.reading() as transaction:
        ids = [each.import_id for each in transaction.of(HandOver).select(equal("run_digest", run.digest))]
        found = transaction.of(EvidenceImport).select(
            one_of("import_id", ids), differs("state", ImportState.REJECTED)
        )
    return found[0] if found else None


def get_hand_over(issuer: Issuer, import_id: str) -> HandOver:
    """Give what is kept of a hand-over beside its import."""
    with issuer.store.reading() as transaction:
        return _get(transaction, import_id)


def _get(transaction: Transaction, import_id: str) -> HandOver:
    found = transaction.of(HandOver).find(import_id)
    assert found is not None  # noqa: S101 - written together with its import
    return found


def _require_fitting(issuer: Issuer, run: HandedRun, *, at: Instant) -> None:
    """Let in a run of this region, by the rules in force, of a time that has come, released by officers."""
    if run.region != issuer.region:
        raise NotPossibleNow(
            f"this run is one of {run.region}, not of {issuer.region}",
            next_step="Hand it over to the node of its own region.",
        )
    if run.at > at + CLOCK_LEEWAY:
        raise NotPossibleNow("this run is of a time ahead", next_step="Hand it over when its time has come.")
    with issuer.store.reading() as transaction:
        rulebook = rulebook_in_force(transaction, issuer, at=at)
        officers = transaction.of(Officer).select(one_of("officer_id", run.released_by))
    if write_assessment_rulebook(rulebook) != write_assessment_rulebook(run.rulebook):
        raise NotPossibleNow(
            f"this run went by other rules than version {rulebook.version}, which is in force here",
            next_step="Assess again by the assessment rulebook that the region has published.",
            clause="settled rule 10",
        )
    second = Permission.CONFIRM_ASSIGNMENT
    entitled = {each.officer_id for each in officers if each.may(second) and each.covers(issuer.region)}
    if entitled != set(run.released_by):
        raise NotPermitted(
            "this run was held, and who released it are not two second officers of this region",
            next_step="Let two second officers read what is unusual and release it by their account ids.",
            clause="settled rule 10",
        )


def _begin(issuer: Issuer, officer: Officer, run: HandedRun, *, at: Instant) -> EvidenceImport:
    """Note an import for a run that builds on the last one handed over, while no other waits."""
    with issuer.store.transaction() as transaction:
        transaction.lock(_LOCK)
        imports = {
            each.import_id: each for each in transaction.of(EvidenceImport).select(equal("source_name", RUNS))
        }
        waiting = next((each for each in imports.values() if each.state in PENDING), None)
        if waiting is not None:
            raise NotPossibleNow(
                f"import {waiting.import_id} of another run is {waiting.state}",
                next_step="Release or reject it first.",
            )
        handed = transaction.of(HandOver).select(order=("number",), newest_first=True)
        last = next((each for each in handed if imports[each.import_id].state in COUNTING), None)
        _require_next(run, last)
        begun = add_import(
            transaction,
            issuer,
            officer,
            kind=ImportKind.FINDINGS,
            source_name=RUNS,
            digest=run.digest,
            at=at,
        )
        transaction.of(HandOver).add(
            HandOver(
                import_id=begun.import_id,
                number=handed[0].number + 1 if handed else 1,
                run_digest=run.digest,
                run_checksum=run.checksum,
                assessed_at=run.at,
                released_by=run.released_by,
            )
        )
    return begun


def _require_next(run: HandedRun, last: HandOver | None) -> None:
    """Refuse a run whose changes are not those since the last hand-over: others would be left out."""
    if run.previous == (None if last is None else last.run_checksum):
        return
    if last is None:
        raise NotPossibleNow(
            "this run tells changes against another run, and none was handed over here yet",
            next_step=f"Hand over the run with checksum {run.previous} first, or assess without --previous.",
        )
    raise NotPossibleNow(
        f"this run does not build on the last one handed over, with checksum {last.run_checksum}",
        next_step="Hand over the runs between them first, or assess again with --previous of that run.",
    )


def _get_loading(transaction: Transaction, state: EvidenceImport) -> None:
    """Hold an import that is being loaded, as far as this start knows. Raises: NotPossibleNow."""
    transaction.lock(f"import-{state.import_id}")
    found = transaction.of(EvidenceImport).find(state.import_id)
    if found is None or found.state is not ImportState.LOADING or found.rows != state.rows:
        raise NotPossibleNow(
            "this import was rejected, or goes on in another process", next_step="Start it again."
        )


def _load(
    issuer: Issuer, state: EvidenceImport, piece: Sequence[HandedPerson], keys: SubjectKeys, *, at: Instant
) -> EvidenceImport:
    """Load some people in one transaction, which notes how far the import has come."""
    found = {keys.find_holder(each.subject): each for each in piece}
    mine = {holder: each for holder, each in found.items() if holder is not None}
    with issuer.store.transaction() as transaction:
        _get_loading(transaction, state)
        handed = _get(transaction, state.import_id)
        own = _on_record(transaction, mine.values())
        rows = [row for holder, each in mine.items() for row in _rows(holder, each, handed, own=own, at=at)]
        for some in blocks(rows, SEARCH):
            transaction.of(EvidenceRow).add(*some)
        mark_holders(transaction, state.import_id, mine)
        known = transaction.of(Person).select(one_of("holder", list(mine)))
        transaction.of(HandOver).replace(
            replace(
                handed,
                unknown=handed.unknown + len(mine) - len(known),
                foreign=handed.foreign + len(piece) - len(mine),
            )
        )
        loaded = replace(
            state,
            rows=state.rows + len(piece),
            good_rows=state.good_rows + len(piece),
            new_rows=state.new_rows + len(rows),
            touched_at=at,
        )
        transaction.of(EvidenceImport).replace(loaded)
    return loaded


def _on_record(transaction: Transaction, people: Iterable[HandedPerson]) -> set[str]:
    """Find which evidence this node has on record itself: what it says, or withdrew, needs no run."""
    refs = {finding.evidence_ref for each in people for finding in each.findings}
    found: set[str] = set()
    for some in blocks(sorted(refs), SEARCH):
        found.update(each.ref for each in transaction.of(EvidenceRow).select(one_of("ref", some)))
    return found


def _rows(
    holder: HolderKey, person: HandedPerson, handed: HandOver, *, own: set[str], at: Instant
) -> Iterator[EvidenceRow]:
    """Give the rows of one person: every finding, or that there is none."""
    findings = [each for each in person.findings if each.evidence_ref not in own]
    for finding in findings or (None,):
        source = RUNS if finding is None or finding.source.startswith(REGION_SOURCE) else finding.source
        yield EvidenceRow(
            ref=_ref(holder, handed, finding),
            holder=holder,
            kind=EvidenceKind.FINDING,
            source=EvidenceSource.IMPORT,
            source_name=source,
            began_at=handed.assessed_at if finding is None else finding.since,
            ended_at=None if finding is None else finding.ended_at,
            rule_id=None if finding is None else finding.rule_id,
            import_id=handed.import_id,
            added_at=at,
            hand_over=handed.number,
        )


def _ref(holder: HolderKey, handed: HandOver, finding: HandedFinding | None) -> str:
    said = [handed.import_id, holder]
    if finding is not None:
        said += [finding.evidence_table, finding.evidence_ref, finding.rule_id, str(finding.since)]
    return sha256("\0".join(said).encode()).digest()[:_REF_LENGTH].hex()
