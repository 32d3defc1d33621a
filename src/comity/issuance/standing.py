"""The standing of people: assessed again when evidence changes and when a time comes, and nobody else (C1.2).

Each change of colour is followed by the passes, told to the holder and recorded in the audit, all in one
transaction: there is no colour without its act. Who has no evidence is green and costs one row (settled rule
10). What a colour is to be is `domain.assessment`; what becomes of passes is `reissue`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from comity.domain.assessment import Assessment, assess
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.colour import Colour
from comity.domain.evidence import RiskMap
from comity.domain.instant import Instant
from comity.errors import NotPossibleNow
from comity.issuance.assessment_rulebooks import EVERY_VERSION, rulebook_in_force
from comity.issuance.changes import note_changes
from comity.issuance.evidence import (
    REGION_SOURCE,
    EvidenceRow,
    evidence_searches,
    read_evidence,
    risk_map,
    rows_in_effect,
)
from comity.issuance.issuer import Issuer
from comity.issuance.outdated_standings import IMPORTS_UNDER_WAY, find_outdated
from comity.issuance.records import HolderKey, Message, SetAside, Standing
from comity.issuance.reissue import follow_standings
from comity.issuance.standing_messages import message_of
from comity.records.audit import Act, record_acts
from comity.records.ports import Record, Search, Transaction
from comity.records.search import one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChange:
    """How somebody's standing changed; `before` is None for who had none."""

    holder: HolderKey
    before: Standing | None
    after: Standing

    @property
    def is_of_colour(self) -> bool:
        """Say whether colour or reason changed, which supersedes passes (settled rules 8 and 18)."""
        old = (Colour.GREEN, None) if self.before is None else (self.before.colour, self.before.reason)
        return old != (self.after.colour, self.after.reason)

    @property
    def is_of_grounds(self) -> bool:
        """Say whether anything changed that the holder is told: colour, reason, rule, basis or until."""
        return _grounds(self.before) != _grounds(self.after)


def lock_holders(transaction: Transaction, holders: Iterable[HolderKey]) -> None:
    """Take the locks of these holders, before anything of theirs is read to be changed."""
    transaction.lock(*(f"holder-{holder}" for holder in holders))


def reassess(
    transaction: Transaction,
    issuer: Issuer,
    holders: Sequence[HolderKey],
    *,
    at: Instant,
    actor: str,
    acts: Sequence[Act] = (),
) -> list[StandingChange]:
    """Assess holders again and let everything follow; the last thing a transaction does, for it records acts.

    `acts` are the caller's own, recorded with them. Raises: StoreUnavailable, ClockRefused, KeyStoreError.
    """
    changes, own = assess_again(transaction, issuer, holders, at=at, actor=actor)
    if acts or own:
        record_acts(transaction, [*acts, *own], at=at)
    return changes


def assess_again(
    transaction: Transaction, issuer: Issuer, holders: Sequence[HolderKey], *, at: Instant, actor: str
) -> tuple[list[StandingChange], list[Act]]:
    """Assess holders again, and give the changes and the acts, which the caller records last.

    1. Lock the holders; read evidence, risk areas and rulebook as they now are.
    2. Write each standing that says something else than before.
    3. Tell the workers, and the passes of those whose colour changed.
    4. Tell the holders.
    """
    wanted = list(dict.fromkeys(holders))
    lock_holders(transaction, wanted)  # 1
    before = _standings(transaction, wanted)
    found = assess_all(transaction, issuer, wanted, at=at)
    assessed = _compared(found, before, at=at)
    _write(transaction, assessed)  # 2
    return _follow_up(transaction, issuer, assessed, found.rulebook, at=at, actor=actor)  # 3, 4


def _compared(
    found: Assessments, before: Mapping[HolderKey, Standing], *, at: Instant
) -> list[StandingChange]:
    """Hold what was found against the standings before."""
    return [
        StandingChange(
            holder=holder,
            before=before.get(holder),
            after=_standing(holder, assessment, before.get(holder), origin=_origin(found, holder), at=at),
        )
        for holder, assessment in found.assessments.items()
    ]


def _follow_up(
    transaction: Transaction,
    issuer: Issuer,
    assessed: Sequence[StandingChange],
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
    actor: str,
) -> tuple[list[StandingChange], list[Act]]:
    """Tell workers, passes and holders of what changed; give the changes and the acts."""
    changes = [change for change in assessed if change.is_of_grounds]
    acts = [_act(change, actor) for change in changes]
    note_changes(transaction, [change.holder for change in changes], at=at)
    acts += _follow(transaction, issuer, [change for change in changes if change.is_of_colour], at=at)
    _tell(transaction, issuer, changes, rulebook, at=at)
    return changes, acts


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessments:
    """What the rulebook in force says of several holders, and the evidence it was asked about."""

    rulebook: AssessmentRulebook
    rows: Mapping[HolderKey, Sequence[EvidenceRow]]
    assessments: Mapping[HolderKey, Assessment]


def assess_all(
    transaction: Transaction,
    issuer: Issuer,
    holders: Sequence[HolderKey],
    *,
    at: Instant,
    with_import: str | None = None,
    risks: RiskMap | None = None,
    rulebook: AssessmentRulebook | None = None,
) -> Assessments:
    """Assess holders without writing anything; `with_import` takes the rows of a pending import too."""
    rulebook = rulebook or rulebook_in_force(transaction, issuer, at=at)
    rows = rows_in_effect(transaction, holders, with_import=with_import)
    found: dict[HolderKey, Assessment] = {}
    for holder, own in rows.items():
        evidence = [read_evidence(row) for row in own]
        if risks is None and evidence:
            risks = risk_map(transaction, at=at, with_import=with_import)
        covering = () if risks is None else risks.covering(evidence)
        found[holder] = assess(evidence, covering, rulebook, at=at)
    return Assessments(rulebook=rulebook, rows=rows, assessments=found)


def standing_searches(holders: Sequence[HolderKey]) -> tuple[Search[Record], ...]:
    """Name the searches of `standings_for` about holders of whom nothing is known yet."""
    return _known(holders), EVERY_VERSION, IMPORTS_UNDER_WAY, *evidence_searches(holders)


def standings_for(
    transaction: Transaction, issuer: Issuer, holders: Sequence[HolderKey], *, at: Instant
) -> tuple[dict[HolderKey, Standing], list[Act]]:
    """Give the standing of each applicant as of now, assessed where it is not current (settled rule 9).

    Who is set aside is given as they stand, and `require_assessed` refuses them. Gives the acts, which the
    caller records last. Raises: StoreUnavailable.
    """
    lock_holders(transaction, holders)
    known = _standings(transaction, holders)
    rulebook = rulebook_in_force(transaction, issuer, at=at)
    outdated = find_outdated(transaction, known.values())
    stale = [
        each
        for each in dict.fromkeys(holders)
        if not _is_current(known.get(each), rulebook.version, at, is_outdated=each in outdated)
    ]
    if not stale:
        return known, []
    found = assess_all(transaction, issuer, stale, at=at, rulebook=rulebook)
    assessed = _compared(found, known, at=at)
    _write(transaction, assessed, with_green=True)
    _, acts = _follow_up(transaction, issuer, assessed, rulebook, at=at, actor="region")
    return known | {change.holder: change.after for change in assessed}, acts


def find_or_assess(transaction: Transaction, issuer: Issuer, holder: HolderKey, *, at: Instant) -> Standing:
    """Give the standing of one applicant as of now; records the acts if it had to change.

    Raises: NotPossibleNow for who is set aside, StoreUnavailable, ClockRefused.
    """
    standings, acts = standings_for(transaction, issuer, [holder], at=at)
    if acts:
        record_acts(transaction, acts, at=at)
    return require_assessed(standings[holder])


def find_current(transaction: Transaction, holder: HolderKey, *, at: Instant) -> Standing | None:
    """Find a standing that still says what is so; None where the holder has to be assessed first.

    Raises: NotPossibleNow for who is set aside, StoreUnavailable.
    """
    standing = transaction.of(Standing).find(holder)
    if standing is None:
        return None
    require_assessed(standing)
    is_due = standing.next_at is not None and at >= standing.next_at
    return None if is_due or find_outdated(transaction, [standing]) else standing


def require_assessed(standing: Standing) -> Standing:
    """Give a standing that a colour may be given by. Raises: NotPossibleNow for who is set aside."""
    if standing.set_aside_at is not None:
        raise NotPossibleNow(
            "the records of this person cannot be assessed at the moment, so that no colour can be given",
            next_step="Take the manual path; the region is told, and tries again within the hour.",
            clause="settled rule 7",
        )
    return standing


def assess_outdated(issuer: Issuer, holders: Sequence[HolderKey], *, at: Instant) -> bool:
    """Assess those of these people whom a released import has outdated, before their passes are read.

    Says whether there were any. Raises: StoreUnavailable, ClockRefused.
    """
    with issuer.store.reading() as transaction:
        outdated = find_outdated(transaction, _standings(transaction, holders).values())
    if outdated:
        with issuer.store.transaction() as transaction:
            _, acts = standings_for(transaction, issuer, sorted(outdated), at=at)
            if acts:
                record_acts(transaction, acts, at=at)
    return bool(outdated)


def _is_current(standing: Standing | None, version: int, at: Instant, *, is_outdated: bool) -> bool:
    """Evidence that changes is assessed at once, but for imports; else time and rules make a standing old."""
    if standing is None:
        return False
    if standing.set_aside_at is not None:
        return True  # it is tried again by a duty
    if is_outdated or standing.rulebook_version != version:
        return False
    return standing.next_at is None or at < standing.next_at


def _standings(transaction: Transaction, holders: Sequence[HolderKey]) -> dict[HolderKey, Standing]:
    return {each.holder: each for each in _known(holders).of(transaction)}


def _known(holders: Sequence[HolderKey]) -> Search[Standing]:
    return Search(Standing, (one_of("holder", holders),))


def _grounds(standing: Standing | None) -> tuple[object, ...]:
    if standing is None:
        return (Colour.GREEN, None, None, None, None)
    return (standing.colour, standing.reason, standing.rule, standing.basis, standing.until)


def _origin(found: Assessments, holder: HolderKey) -> str | None:
    """Give the region whose fact decides the colour, None for own evidence (settled rule 11)."""
    first = found.assessments[holder].decisive
    decisive = None if first is None else first.evidence_ref
    source = next((row.source_name for row in found.rows[holder] if row.ref == decisive), "")
    return source.removeprefix(REGION_SOURCE) if source.startswith(REGION_SOURCE) else None


def _standing(
    holder: HolderKey, found: Assessment, before: Standing | None, *, origin: str | None, at: Instant
) -> Standing:
    first = found.decisive
    grounds = (
        found.colour,
        first.reason if first else None,
        first.rule_id if first else None,
        first.basis if first else None,
        first.until if first else None,
    )
    is_same_colour = before is not None and before.colour is found.colour
    return Standing(
        holder=holder,
        colour=found.colour,
        reason=first.reason if first else None,
        rule=first.rule_id if first else None,
        rulebook_version=found.rulebook_version,
        basis=first.basis if first else None,
        until=first.until if first else None,
        origin=origin,
        since=before.since if before is not None and is_same_colour else at,
        assessed_at=at,
        changes=(before.changes if before else 0) + (1 if grounds != _grounds(before) else 0),
        next_at=found.next_at,
    )


def _write(transaction: Transaction, changes: Sequence[StandingChange], *, with_green: bool = False) -> None:
    """Write standings; who has none and is green with nothing to come gets one only `with_green`."""
    standings = transaction.of(Standing)
    cleared = [each.holder for each in changes if each.before and each.before.set_aside_at is not None]
    if cleared:
        transaction.of(SetAside).remove(one_of("holder", cleared))
    new = [
        change.after
        for change in changes
        if change.before is None and (with_green or _says_something(change.after))
    ]
    known = [change.after for change in changes if change.before is not None]
    if len(known) == 1:
        standings.replace(known[0])
    elif known:
        standings.remove(one_of("holder", [each.holder for each in known]))
        new += known
    if new:
        standings.add(*new, later=True)


def _says_something(standing: Standing) -> bool:
    return standing.colour is not Colour.GREEN or standing.next_at is not None


def _act(change: StandingChange, actor: str) -> Act:
    after = change.after
    return Act(
        actor=actor,
        act="standing.changed",
        subject=change.holder,
        detail={
            "from": str(Colour.GREEN if change.before is None else change.before.colour),
            "to": str(after.colour),
            "rule": after.rule,
            "rulebook": after.rulebook_version,
            "until": after.until,
        },
    )


def _follow(
    transaction: Transaction, issuer: Issuer, changes: Sequence[StandingChange], *, at: Instant
) -> list[Act]:
    """Let the passes follow."""
    standings = {change.holder: change.after for change in changes}
    return follow_standings(transaction, issuer, standings, at=at) if standings else []


def _tell(
    transaction: Transaction,
    issuer: Issuer,
    changes: Sequence[StandingChange],
    rulebook: AssessmentRulebook,
    *,
    at: Instant,
) -> None:
    if changes:
        told = (message_of(issuer.new_id(), each.before, each.after, rulebook, at=at) for each in changes)
        transaction.of(Message).add(*told)
