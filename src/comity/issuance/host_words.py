"""What this region says about another as its host: the next step, recognition or referral (C2.1, C3.3).

Each is checked as the hub will check it, signed with the region's own key, and given as a row still to
be published: it counts once the hub has taken it in (`hub_publication`). A reply by itself changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from comity.domain.instant import Instant
from comity.domain.national_rulebook import NationalRulebook
from comity.domain.recognition import Recognition, RecognitionStep, Referral, Step, Suspension
from comity.domain.recognition_life import PairHistory, check_said, history_of
from comity.domain.region import RegionCode
from comity.domain.rulebook_document import refuse
from comity.domain.texts import Text
from comity.issuance.issuer import Issuer
from comity.issuance.statements import StatementRow, find_newest, statement_row
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.recognition_statements import (
    read_recognition,
    read_referral,
    write_recognition,
    write_referral,
)
from comity.trust.recognition_steps import read_step, write_step


class HostWord(StrEnum):
    """What a host can say about an issuer."""

    INVITE = "invite"
    REPLY = "reply"
    CONFIRM = "confirm"
    PUBLISH = "publish"
    REPORT_DEVIATION = "report_deviation"
    SUSPEND = "suspend"
    RESUME = "resume"
    REFER = "refer"


_STEPS = {
    HostWord.INVITE: Step.INVITED,
    HostWord.REPLY: Step.REPLIED,
    HostWord.CONFIRM: Step.CONFIRMED,
    HostWord.REPORT_DEVIATION: Step.DEVIATION_REPORTED,
}
FOR_TWO = frozenset({HostWord.PUBLISH, HostWord.SUSPEND, HostWord.RESUME, HostWord.REFER})
"""Words that change the answer at a gate: two officers say them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A word about an issuer, with when it shall take effect and why, where it needs that."""

    word: HostWord
    issuer: RegionCode
    effective_from: Instant | None = None
    reason: Text | None = None


def say_word(
    transaction: Transaction,
    issuer: Issuer,
    wording: Wording,
    *,
    national: NationalRulebook | None = None,
    at: Instant,
) -> StatementRow:
    """Sign a word of this region as host, to be published. Raises: PublicationRefused with the clause."""
    if wording.word is HostWord.REFER:
        return refer(transaction, issuer, wording.issuer, national, at=at)
    if wording.word in _STEPS:
        return _say_step(transaction, issuer, wording, at=at)
    return _say_recognition(transaction, issuer, wording, at=at)


def pair_history(transaction: Transaction, issuer: Issuer, other: str) -> PairHistory:
    """Give everything this region has said on the way to recognising another."""
    steps = [
        read_step(row.data, issuer.keys.key_list, at=row.published_at, is_test=issuer.is_test)
        for row in _own(transaction, issuer, StatementKind.RECOGNITION_STEP, other)
    ]
    recognitions = [
        read_recognition(row.data, issuer.keys.key_list, at=row.published_at, is_test=issuer.is_test)
        for row in _own(transaction, issuer, StatementKind.RECOGNITION, other)
    ]
    return history_of([*steps, *recognitions])


def refer(
    transaction: Transaction, issuer: Issuer, other: str, national: NationalRulebook | None, *, at: Instant
) -> StatementRow:
    """Copy the national row about another region into this region's referral, and sign it (C3.3).

    Raises: PublicationRefused where there is no national requirement about it.
    """
    row = None if national is None else national.find_row(other)
    if row is None:
        refuse("no_national_requirement", "C3.3")
    referral = Referral(
        host=issuer.region,
        issuer=row.issuer,
        version=_next_version(transaction, issuer, StatementKind.REFERRAL),
        authority=row.authority,
        releases=row.releases,
    )
    data = write_referral(referral, issuer.keys.statements, is_test=issuer.is_test)
    return _row(issuer, StatementKind.REFERRAL, referral.version, data, row.issuer, at)


def due_referrals(
    transaction: Transaction, issuer: Issuer, national: NationalRulebook, *, at: Instant
) -> list[StatementRow]:
    """Sign again the standing referrals that no longer say what the national rulebook in force says (C3.3).

    Only regions this host refers already: whether it refers one is its own word (settled rule 4).
    """
    due: list[StatementRow] = []
    rows = transaction.of(StatementRow).select(
        equal("kind", StatementKind.REFERRAL), equal("region", issuer.region), order=("version",)
    )
    newest = {row.about: row for row in rows if row.about is not None}
    for other, row in sorted(newest.items()):
        known = read_referral(row.data, issuer.keys.key_list, at=row.published_at, is_test=issuer.is_test)
        national_row = national.find_row(other)
        if national_row is None or national_row.binds(known):
            continue
        signed = refer(transaction, issuer, other, national, at=at)
        due.append(_numbered(issuer, signed, len(due), national_row.issuer, at))
    return due


def _numbered(issuer: Issuer, row: StatementRow, before: int, other: RegionCode, at: Instant) -> StatementRow:
    """Give a referral the version after those signed in the same breath."""
    if before == 0:
        return row
    known = read_referral(row.data, issuer.keys.key_list, at=at, is_test=issuer.is_test)
    referral = replace(known, version=known.version + before)
    data = write_referral(referral, issuer.keys.statements, is_test=issuer.is_test)
    return _row(issuer, StatementKind.REFERRAL, referral.version, data, other, at)


def _say_step(transaction: Transaction, issuer: Issuer, wording: Wording, *, at: Instant) -> StatementRow:
    said = RecognitionStep(
        host=issuer.region,
        issuer=wording.issuer,
        version=_next_version(transaction, issuer, StatementKind.RECOGNITION_STEP),
        step=_STEPS[wording.word],
        at=at,
        effective_from=wording.effective_from,
        reason=wording.reason,
    )
    check_said(said, pair_history(transaction, issuer, wording.issuer), at=at)
    data = write_step(said, issuer.keys.statements, is_test=issuer.is_test)
    return _row(issuer, StatementKind.RECOGNITION_STEP, said.version, data, wording.issuer, at)


def _say_recognition(
    transaction: Transaction, issuer: Issuer, wording: Wording, *, at: Instant
) -> StatementRow:
    history = pair_history(transaction, issuer, wording.issuer)
    said = _next_recognition(issuer, wording, history.newest, at)
    said = replace(said, version=_next_version(transaction, issuer, StatementKind.RECOGNITION))
    check_said(said, history, at=at)
    data = write_recognition(said, issuer.keys.statements, is_test=issuer.is_test)
    return _row(issuer, StatementKind.RECOGNITION, said.version, data, wording.issuer, at)


def _next_recognition(
    issuer: Issuer, wording: Wording, newest: Recognition | None, at: Instant
) -> Recognition:
    """Give the recognition as it shall stand; what may follow what is checked afterwards."""
    effect = at if wording.effective_from is None else wording.effective_from
    if wording.word is HostWord.PUBLISH:
        if newest is not None:
            refuse("wrong_order", "C2.1", step="published", before="published")
        return Recognition(
            host=issuer.region, issuer=wording.issuer, version=0, published_at=at, effective_from=effect
        )
    change = Suspension(published_at=at, effective_from=effect)
    if newest is None:
        refuse("wrong_order", "C2.1", step=str(wording.word), before="none")
    if wording.word is HostWord.SUSPEND:
        return replace(newest, suspension=change, resumption=None)
    if newest.suspension is None or newest.resumption is not None:
        refuse("wrong_order", "C2.1", step="resumed", before="published")
    return replace(newest, resumption=change)


def _own(transaction: Transaction, issuer: Issuer, kind: StatementKind, other: str) -> list[StatementRow]:
    return transaction.of(StatementRow).select(
        equal("kind", kind), equal("region", issuer.region), equal("about", other), order=("version",)
    )


def _next_version(transaction: Transaction, issuer: Issuer, kind: StatementKind) -> int:
    last = find_newest(transaction, kind, issuer.region)
    return 1 if last is None else last.version + 1


def _row(
    issuer: Issuer, kind: StatementKind, version: int, data: bytes, other: RegionCode, at: Instant
) -> StatementRow:
    return statement_row(kind, issuer.region, version, data, at=at, about=other)
