"""V6 to V10: the host's own published rules turn an authentic pass into an answer (C2.2).

A pure function of the pass, the host's bundle, its lists and the instant. One code path for local and
foreign passes (C3.1): only V6 looks at the issuer, and only at whether the host recognises it. Names and
ID digits are never looked at (C2.5).
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.domain.claims import PassClaims
from comity.domain.colour import Colour, PassClass
from comity.domain.decision import Decision, Freshness, Measure, ReasonCode, Source, SourceKind, Step
from comity.domain.instant import DAY, Instant
from comity.domain.rulebook import MeasureRow
from comity.domain.validity import CLOCK_LEEWAY, is_expired
from comity.trust.status import CURRENT, SUPERSEDED, SUSPENDED, VOID
from comity.verify.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class AuthenticPass:
    """Claims whose signature and showing held: only `verifier` makes one, after V5."""

    claims: PassClaims


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a step fails and, where one is behind it, the statement it rests on."""

    reason: ReasonCode
    source: Source | None = None
    authority: str | None = None
    detail: str | None = None


def decide(authentic: AuthenticPass, checkpoint: Checkpoint, *, issuer_says: Colour | None) -> Decision:
    """Answer an authentic pass by the host's rules, steps V6 to V10 in order.

    `issuer_says` is the issuer's own online answer, where one is in hand.
    """
    claims = authentic.claims
    refusal = _v6_recognised(claims, checkpoint)
    if refusal is not None:
        return _decision(Step.V6, refusal, checkpoint, claims)
    late = _v7_in_time(claims, checkpoint.at)
    if late is not None:
        return _decision(Step.V7, _Refusal(late), checkpoint, claims)
    refusal, freshness = _v8_current(claims, checkpoint, issuer_says)
    if refusal is not None:
        return _decision(Step.V8, refusal, checkpoint, claims, freshness, issuer_says)
    if claims.colour is Colour.GREEN:
        return _decision(Step.V10, _Refusal(ReasonCode.GREEN), checkpoint, claims, freshness)
    if checkpoint.rulebook is None:
        return _decision(Step.V9, _Refusal(ReasonCode.RULEBOOK_MISSING), checkpoint, claims, freshness)
    return _v10_measures(claims, checkpoint, freshness)


def _decision(
    step: Step,
    refusal: _Refusal,
    checkpoint: Checkpoint,
    claims: PassClaims,
    freshness: Freshness | None = None,
    issuer_says: Colour | None = None,
) -> Decision:
    return Decision(
        host=checkpoint.bundle.host,
        at=checkpoint.at,
        is_test=checkpoint.bundle.is_test,
        step=step,
        reason=refusal.reason,
        trust_freshness=checkpoint.trust_freshness,
        status_freshness=freshness,
        claims=claims,
        source=refusal.source,
        authority=refusal.authority,
        detail=refusal.detail,
        issuer_colour=issuer_says,
    )


def _v6_recognised(claims: PassClaims, checkpoint: Checkpoint) -> _Refusal | None:
    """V6: does the host recognise the issuer? A referral alone decides for its pair."""
    bundle, at = checkpoint.bundle, checkpoint.at
    if claims.issuer == bundle.host:
        return None
    referral = bundle.referrals.get(claims.issuer)
    if referral is not None:
        if referral.is_released(at, area=claims.area):
            return None
        source = Source(kind=SourceKind.REFERRAL, issuer=bundle.host, version=referral.version)
        return _Refusal(ReasonCode.REFERRED, source, referral.authority)
    recognition = bundle.recognitions.get(claims.issuer)
    if recognition is None or not recognition.is_in_force(at):
        fresh = checkpoint.trust_is_fresh
        return _Refusal(ReasonCode.NOT_RECOGNISED if fresh else ReasonCode.NOT_RECOGNISED_STALE_TRUST)
    if recognition.is_suspended(at):
        source = Source(kind=SourceKind.RECOGNITION, issuer=bundle.host, version=recognition.version)
        return _Refusal(ReasonCode.RECOGNITION_SUSPENDED, source)
    return None


def _v7_in_time(claims: PassClaims, at: Instant) -> ReasonCode | None:
    """V7: has its time begun, and not run out? Online passes ran out in V5."""
    if claims.issued_at > at + CLOCK_LEEWAY:
        return ReasonCode.ISSUED_IN_FUTURE
    if claims.pass_class is not PassClass.ONLINE and is_expired(claims.expires_at, at=at):
        return ReasonCode.EXPIRED
    return None


def _v8_current(
    claims: PassClaims, checkpoint: Checkpoint, issuer_says: Colour | None
) -> tuple[_Refusal | None, Freshness]:
    """V8: is it still the issuer's word? The status list first, then the colour's own end."""
    refusal, freshness = None, Freshness.NOT_NEEDED
    if claims.pass_class is not PassClass.ONLINE:
        refusal, freshness = _listed_status(claims, checkpoint)
    if refusal is None and claims.until is not None and claims.until <= checkpoint.at:
        refusal = _Refusal(ReasonCode.COLOUR_ENDED)
    if refusal is None and issuer_says is not None and issuer_says is not claims.colour:
        refusal = _Refusal(ReasonCode.CONTRADICTED)
    return refusal, freshness


def _listed_status(claims: PassClaims, checkpoint: Checkpoint) -> tuple[_Refusal | None, Freshness]:
    """Look the pass up in its issuer's list; void and superseded hold even from a stale one."""
    at, reference = checkpoint.at, claims.status
    listed = None if reference is None else checkpoint.lists.find(claims.issuer, reference)
    if listed is None or reference is None or listed.key.is_revoked(at):
        return _Refusal(ReasonCode.STATUS_MISSING), Freshness.MISSING
    status = listed.array.find(reference.index)
    if status is None or status > SUPERSEDED:
        return _Refusal(ReasonCode.STATUS_MISSING), Freshness.MISSING
    is_stale = at - listed.issued_at > checkpoint.status_limit(claims.pass_class)
    freshness = Freshness.STALE if is_stale else Freshness.FRESH
    if listed.issued_at > at + CLOCK_LEEWAY:
        return _Refusal(ReasonCode.CLOCK_WRONG, detail="reason.clock_wrong_status"), freshness
    if status == CURRENT and not is_stale:
        return None, freshness
    if status == VOID:
        return _Refusal(ReasonCode.VOID), freshness
    if status == SUPERSEDED:
        return _Refusal(ReasonCode.SUPERSEDED), freshness
    if is_stale:
        return _Refusal(ReasonCode.STATUS_STALE), freshness
    assert status == SUSPENDED  # noqa: S101 - the only one left
    return _Refusal(ReasonCode.UNDER_REVIEW), freshness


def _v10_measures(claims: PassClaims, checkpoint: Checkpoint, freshness: Freshness) -> Decision:
    """V10: yellow and red meet the measures of the host's rulebook."""
    rulebook = checkpoint.rulebook
    if rulebook is None or claims.reason is None or claims.basis is None or claims.until is None:
        raise AssertionError("V9 and the claims reader let only grounded colours through")
    basis, until, at = claims.basis, claims.until, checkpoint.at
    rows = rulebook.rows_for(claims.colour, claims.reason)
    return Decision(
        host=checkpoint.bundle.host,
        at=at,
        is_test=checkpoint.bundle.is_test,
        step=Step.V10,
        reason=ReasonCode.MEASURES_APPLY,
        trust_freshness=checkpoint.trust_freshness,
        status_freshness=freshness,
        claims=claims,
        source=Source(kind=SourceKind.RULEBOOK, issuer=rulebook.region, version=rulebook.version),
        measures=tuple(Measure(row=row, ends_at=_ends_at(row, basis, until, at)) for row in rows),
    )


def _ends_at(row: MeasureRow, basis: Instant, until: Instant, at: Instant) -> Instant:
    """Days count from the basis of the colour, not from this border (settled rule 20)."""
    end = until if row.days is None else min(basis + row.days * DAY, until)
    return max(end, at)
