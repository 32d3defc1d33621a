"""Evidence imports, second half: released by other officers, and then everybody touched is assessed.

Nobody releases the own import. More than 20 people in an hour from one source, or by one of the two officers,
stop and ask a third (settled rule 10): the colours of many are never one desk's decision. From the instant of
the release all rows count at once; the people follow in batches, and a stop between two of them is taken up
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import NotPermitted, NotPossibleNow, UnknownRecord
from comity.issuance.assessment_rulebooks import rulebook_in_force
from comity.issuance.evidence import EvidenceRow, RiskAreaRow, risk_map
from comity.issuance.import_effect import (
    Progress,
    bears,
    find_effect,
    mark_holders,
    mark_stays,
    marked,
    people_of,
    replaced_areas,
    silent,
)
from comity.issuance.import_records import (
    COUNTING,
    PENDING,
    UNDER_WAY,
    EvidenceImport,
    HandOver,
    ImportHolder,
    ImportKind,
    ImportState,
)
from comity.issuance.imports import ABANDONED_AFTER, BLOCK, discard, drop, import_act
from comity.issuance.issuer import Issuer
from comity.issuance.outdated_standings import note_release
from comity.issuance.records import HolderKey
from comity.issuance.set_aside import assess_apart
from comity.issuance.standing import lock_holders, reassess
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, differs, equal, one_of

MOST_AN_HOUR: Final = 20
"""People one source may turn yellow or red in an hour before a third officer is asked (settled rule 10)."""
LAPSES_AFTER: Final = DAY
"""Seconds for which the effect told of an import holds."""
IMPORTS_EVERY: Final = 5
"""Seconds between looks for released imports whose people wait."""


def release_import(issuer: Issuer, officer: Officer, import_id: str, *, at: Instant) -> EvidenceImport:
    """Release a prepared import as second officer; held for a third when it turns many people.

    Raises: NotPermitted, UnknownRecord, NotPossibleNow.
    """
    require(officer, Permission.CONFIRM_ASSIGNMENT, division=issuer.region)
    _renew_effect(issuer, import_id, at=at)
    with issuer.store.transaction() as transaction:
        waiting = get_import(transaction, import_id)
        counted = (waiting.imported_by, officer.officer_id)
        transaction.lock(
            f"import-{import_id}",
            f"import-source-{waiting.source_name}",
            *(f"import-officer-{each}" for each in counted),
        )
        given = _in_state(transaction, import_id, ImportState.PREPARED, at=at)
        _require_another(officer, given.imported_by)
        if _asks_a_third(transaction, given, officer, at=at):
            held = replace(given, state=ImportState.HELD, released_by=officer.officer_id, touched_at=at)
            transaction.of(EvidenceImport).replace(held)
            record_acts(transaction, [import_act(held, "import.held", officer.officer_id)], at=at)
            return held
        return _release(transaction, issuer, replace(given, released_by=officer.officer_id), officer, at=at)


def confirm_import(issuer: Issuer, officer: Officer, import_id: str, *, at: Instant) -> EvidenceImport:
    """Release a held import as third officer. Raises: NotPermitted, UnknownRecord, NotPossibleNow."""
    require(officer, Permission.CONFIRM_ASSIGNMENT, division=issuer.region)
    with issuer.store.transaction() as transaction:
        transaction.lock(f"import-{import_id}")
        given = _in_state(transaction, import_id, ImportState.HELD, at=at)
        _require_another(officer, given.imported_by, given.released_by)
        return _release(transaction, issuer, replace(given, confirmed_by=officer.officer_id), officer, at=at)


def reject_import(issuer: Issuer, officer: Officer, import_id: str, *, at: Instant) -> EvidenceImport:
    """Reject an import that waits; who brought it may take it back. Raises: as `release_import`."""
    require(officer, Permission.FOLLOW_IMPORTS, division=issuer.region)
    with issuer.store.reading() as transaction:
        get_import(transaction, import_id)
    return discard(issuer, import_id, at=at, officer_id=officer.officer_id)


def get_import(transaction: Transaction, import_id: str) -> EvidenceImport:
    """Give one import. Raises: UnknownRecord."""
    found = transaction.of(EvidenceImport).find(import_id)
    if found is None:
        raise UnknownRecord("there is no import with this id")
    return found


def apply_import(
    issuer: Issuer, import_id: str, *, at: Instant, progress: Progress = silent, batches: int | None = None
) -> EvidenceImport:
    """Assess the people that a released import touches, batch by batch; repeating it is safe.

    1. Note again who is touched: evidence or rules may have come between the telling and the release.
    2. Assess the noted, each batch in one transaction that also takes them off the list; who cannot be
       assessed is set aside, and the others go on.

    Raises: NotPossibleNow for an import that is not released, StoreUnavailable.
    """
    _note_touched(issuer, import_id, at=at)  # 1
    done = 0
    while True:  # 2
        with issuer.store.reading() as transaction:
            holders = [each.holder for each in marked(transaction, import_id)]
            given = get_import(transaction, import_id)
        if not holders:
            return _finish(issuer, import_id, at=at)
        assess_apart(
            issuer,
            holders,
            partial(_assess_marked, issuer, given, at=at),
            at=at,
            actor=f"import:{import_id}",
            beside=partial(_unmark, import_id=import_id),
        )
        done += len(holders)
        progress("people", done)
        batches = None if batches is None else batches - 1
        if batches == 0:
            return given


def _assess_marked(
    issuer: Issuer, given: EvidenceImport, holders: Sequence[HolderKey], *, at: Instant
) -> None:
    """Assess those of these people that wait still, and take them off the list."""
    import_id = given.import_id
    with issuer.store.transaction() as transaction:
        transaction.lock(f"import-{import_id}")
        marks = [f"{import_id}-{holder}" for holder in holders]
        waiting = transaction.of(ImportHolder).select(one_of("mark", marks))
        lock_holders(transaction, [each.holder for each in waiting])
        transaction.of(ImportHolder).remove(one_of("mark", [each.mark for each in waiting]))
        people = people_of(transaction, given.kind, [each.holder for each in waiting])
        reassess(transaction, issuer, people, at=at, actor=f"import:{import_id}")


def _unmark(transaction: Transaction, holder: HolderKey, *, import_id: str) -> None:
    transaction.of(ImportHolder).remove(equal("mark", f"{import_id}-{holder}"))


def _finish(issuer: Issuer, import_id: str, *, at: Instant) -> EvidenceImport:
    """Close an import whose people are all assessed."""
    with issuer.store.transaction() as transaction:
        transaction.lock(f"import-{import_id}")
        given = get_import(transaction, import_id)
        if given.state is ImportState.DONE or marked(transaction, import_id):
            return given
        done = replace(given, state=ImportState.DONE, touched_at=at)
        transaction.of(EvidenceImport).replace(done)
        act = Act(actor="region", act="import.done", subject=import_id)
        record_acts(transaction, [act], at=at)
    return done


def _note_touched(issuer: Issuer, import_id: str, *, at: Instant) -> None:
    """Note who is touched by an import whose rows count now; who comes later sees them without it."""
    with issuer.store.reading() as transaction:
        given = get_import(transaction, import_id)
        is_outdated = _is_outdated(transaction, issuer, given, at=at)
    if given.state in (ImportState.ASSESSING, ImportState.DONE):
        return
    if given.state is not ImportState.RELEASED:
        raise NotPossibleNow(f"this import is {given.state}, not released")
    if given.kind is ImportKind.RISK_AREAS:
        mark_stays(issuer, given)
    elif is_outdated:
        _mark_again(issuer, given, at=at)
    with issuer.store.transaction() as transaction:
        transaction.lock(f"import-{import_id}")
        now = get_import(transaction, import_id)
        if now.state is ImportState.RELEASED:
            transaction.of(EvidenceImport).replace(replace(now, state=ImportState.ASSESSING))


def go_on_with_imports(issuer: Issuer, *, at: Instant) -> int:
    """Take up released imports that are not done, and drop what was cut off or lapsed; give how many."""
    with issuer.store.reading() as transaction:
        imports = transaction.of(EvidenceImport).select(one_of("state", (*UNDER_WAY, *PENDING)))
    count = 0
    for each in imports:
        if each.state in UNDER_WAY:
            apply_import(issuer, each.import_id, at=at)
        elif each.touched_at + (ABANDONED_AFTER if each.state is ImportState.LOADING else LAPSES_AFTER) <= at:
            drop(issuer, each.import_id, at=at)
        else:
            continue
        count += 1
    return count


def _in_state(transaction: Transaction, import_id: str, state: ImportState, *, at: Instant) -> EvidenceImport:
    given = get_import(transaction, import_id)
    if given.state is not state:
        raise NotPossibleNow(f"this import is {given.state}, not {state}")
    if given.touched_at + LAPSES_AFTER <= at:
        raise NotPossibleNow(
            "the effect told of this import is more than a day old", next_step="Reject it and bring it again."
        )
    return given


def _require_another(officer: Officer, *others: str | None) -> None:
    if officer.officer_id in others:
        raise NotPermitted(
            "an import is released by another officer than those who acted on it before",
            next_step="Ask another second officer to look at its effect and release it.",
            clause="settled rule 10",
        )


def _asks_a_third(transaction: Transaction, given: EvidenceImport, officer: Officer, *, at: Instant) -> bool:
    """Say whether an import turns too many people for two officers, or is of a run that was held."""
    handed = transaction.of(HandOver).find(given.import_id)
    if handed is not None and handed.released_by:
        return True
    return (
        bool(given.turns) and given.turns + _turned_lately(transaction, given, officer, at=at) > MOST_AN_HOUR
    )


def _turned_lately(transaction: Transaction, given: EvidenceImport, officer: Officer, *, at: Instant) -> int:
    """How many people the source, or one of the two officers, turned yellow or red within the last hour.

    Whoever brings a file names its source, so that the source alone would bound nobody.
    """
    counting = transaction.of(EvidenceImport).select(
        one_of("state", COUNTING), at_least("released_at", at - HOUR)
    )
    by_source = sum(each.turns for each in counting if each.source_name == given.source_name)
    by_officer = [
        sum(each.turns for each in counting if one in (each.imported_by, each.released_by))
        for one in (given.imported_by, officer.officer_id)
    ]
    return max(by_source, *by_officer)


def _release(
    transaction: Transaction, issuer: Issuer, given: EvidenceImport, officer: Officer, *, at: Instant
) -> EvidenceImport:
    """Let the rows count; from here on nobody's colour is given by what was assessed before."""
    is_noted = given.kind is not ImportKind.RISK_AREAS
    is_noted = is_noted and not _is_outdated(transaction, issuer, given, at=at)
    for row in replaced_areas(transaction, given):
        transaction.of(RiskAreaRow).replace(replace(row, withdrawn_at=at))
    released = replace(given, state=ImportState.RELEASED, released_at=at, touched_at=at)
    transaction.of(EvidenceImport).replace(released)
    note_release(transaction, released, is_noted=is_noted, at=at)
    record_acts(transaction, [import_act(released, "import.released", officer.officer_id)], at=at)
    return released


def _renew_effect(issuer: Issuer, import_id: str, *, at: Instant) -> None:
    """Find the effect again where rules or risk areas have changed since it was told."""
    with issuer.store.reading() as transaction:
        given = get_import(transaction, import_id)
        version = rulebook_in_force(transaction, issuer, at=at).version
        is_outdated = _is_outdated(transaction, issuer, given, at=at)
    if given.state is not ImportState.PREPARED or not is_outdated:
        return
    if given.kind is not ImportKind.RISK_AREAS:
        _mark_again(issuer, given, at=at)
    told = find_effect(issuer, given, at=at)
    with issuer.store.transaction() as transaction:
        transaction.lock(f"import-{import_id}")
        if get_import(transaction, import_id).state is ImportState.PREPARED:
            transaction.of(EvidenceImport).replace(replace(told, rulebook_version=version))


def _is_outdated(transaction: Transaction, issuer: Issuer, given: EvidenceImport, *, at: Instant) -> bool:
    """Say whether rules or risk areas came into force since the rows of an import were looked at."""
    if rulebook_in_force(transaction, issuer, at=at).version != given.rulebook_version:
        return True
    newer = transaction.of(EvidenceImport).select(
        equal("kind", ImportKind.RISK_AREAS),
        one_of("state", COUNTING),
        at_least("released_at", given.began_at),
        differs("import_id", given.import_id),
        limit=1,
    )
    return bool(newer)


def _mark_again(issuer: Issuer, given: EvidenceImport, *, at: Instant) -> None:
    """Look at every row of an import anew: it may bear on somebody now."""
    after = ""
    while True:
        with issuer.store.transaction() as transaction:
            rulebook = rulebook_in_force(transaction, issuer, at=at)
            risks = risk_map(transaction, at=at)
            rows = transaction.of(EvidenceRow).select(
                equal("import_id", given.import_id),
                at_least("ref", after),
                order=("import_id", "ref"),
                limit=BLOCK,
            )
            touched = {row.holder for row in rows if bears(row, risks, rulebook, at=at)}
            mark_holders(transaction, given.import_id, touched)
        if len(rows) < BLOCK:
            return
        after = rows[-1].ref + "!"
