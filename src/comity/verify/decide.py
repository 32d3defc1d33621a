"""V6 to V10: the host's own published rules turn an authentic pass into an answer (C2.2).

A pure function of the pass, the host's bundle, its lists and the instant. One code path for local and
foreign passes (C3.1): only V6 looks at the issuer, and only at whether the host recognises it. Names and
ID digits are never looked at (C2.5).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from comity.domain.claims import PassClaims, word_of
from comity.domain.colour import GREEN, ONLINE, Colour
from comity.domain.decision import Decision, Freshness, Measure, ReasonCode, Source, SourceKind, Step
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode
from comity.domain.rulebook import MeasureRow, Rulebook
from comity.domain.validity import CLOCK_LEEWAY, is_expired
from comity.trust.status import CURRENT, SUPERSEDED, SUSPENDED, VOID
from comity.verify.checkpoint import Checkpoint


class AuthenticPass(NamedTuple):
    """Claims whose signature and showing held: only `verifier` makes one, after V5."""

    claims: PassClaims


class _Ground(NamedTuple):
    """Why a decision falls and, where one is behind it, the statement it rests on."""

    reason: ReasonCode
    source: Source | None = None
    authority: str | None = None
    detail: str | None = None


_GREEN: Final = _Ground(ReasonCode.GREEN)
_LAST: Final = Step.V10
_FRESH: Final = Freshness.FRESH
_NOT_NEEDED: Final = Freshness.NOT_NEEDED


def decide(authentic: AuthenticPass, checkpoint: Checkpoint, *, issuer_says: Colour | None) -> Decision:
    """Answer an authentic pass by the host's rules, steps V6 to V10 in order.

    `issuer_says` is the issuer's own online answer, where one is in hand.
    """
    claims = authentic.claims
    ground = _v6_recognised(claims, checkpoint)
    if ground is not None:
        return _decision(Step.V6, ground, checkpoint, claims)
    late = _v7_in_time(claims, checkpoint.at)
    if late is not None:
        return _decision(Step.V7, _Ground(late), checkpoint, claims)
    ground, freshness = _v8_current(claims, checkpoint, issuer_says)
    if ground is not None:
        decision = _decision(Step.V8, ground, checkpoint, claims, freshness)
        return decision._replace(issuer_colour=issuer_says)
    if claims.colour is GREEN:
        return _decision(_LAST, _GREEN, checkpoint, claims, freshness)
    if checkpoint.rulebook is None:
        return _decision(Step.V9, _Ground(ReasonCode.RULEBOOK_MISSING), checkpoint, claims, freshness)
    return _v10_measures(claims, checkpoint, checkpoint.rulebook, freshness)


def decide_not_current(
    issuer: RegionCode, checkpoint: Checkpoint, *, step: Step, reason: ReasonCode
) -> Decision:
    """Answer a code that its issuer itself says is not current: recognition first, then its word."""
    ground = _recognised_word(issuer, None, issuer, checkpoint)
    if ground is not None:
        step, reason = Step.V6, ground.reason
    ground = ground or _Ground(reason)
    freshness = _NOT_NEEDED if step is Step.V8 else None
    return _decision(step, ground, checkpoint, None, freshness)


def _decision(
    step: Step,
    ground: _Ground,
    checkpoint: Checkpoint,
    claims: PassClaims | None,
    freshness: Freshness | None = None,
) -> Decision:
    bundle = checkpoint.bundle
    reason, source, authority, detail = ground
    return Decision(
        bundle.host,
        checkpoint.at,
        bundle.is_test,
        step,
        reason,
        checkpoint.trust_freshness,
        freshness,
        claims,
        source=source,
        authority=authority,
        detail=detail,
    )


def _v6_recognised(claims: PassClaims, checkpoint: Checkpoint) -> _Ground | None:
    """V6: does the host recognise the issuer? A referral alone decides for its pair.

    A national pass needs the host's recognition of the national code. What the host says against the region
    it was converted from, a referral or a suspension, holds all the same (C3.3, ADR 0016).
    """
    region, area = word_of(claims)
    return _recognised_word(claims.issuer, area, region, checkpoint)


def _recognised_word(issuer: str, area: str | None, region: str, checkpoint: Checkpoint) -> _Ground | None:
    """Say what the host's statements lack on an issuer, and on the region whose word it passes on."""
    if issuer == checkpoint.bundle.host:
        return None
    if checkpoint.bundle.has_left(issuer, checkpoint.at):
        return _not_recognised(checkpoint)
    referral = checkpoint.bundle.referrals.get(region)
    if referral is not None and not referral.is_released(checkpoint.at, area=area):
        source = Source(kind=SourceKind.REFERRAL, issuer=referral.host, version=referral.version)
        return _Ground(ReasonCode.REFERRED, source, referral.authority)
    if region == issuer:
        return None if referral is not None else _recognised(issuer, checkpoint)
    ground = _recognised(issuer, checkpoint)
    return ground if ground is not None or referral is not None else _suspended(region, checkpoint)


def _recognised(issuer: str, checkpoint: Checkpoint) -> _Ground | None:
    """Say what the host's recognition lacks, by its own rows alone."""
    recognition = checkpoint.bundle.recognitions.get(issuer)
    if recognition is None or not recognition.is_in_force(checkpoint.at):
        return _not_recognised(checkpoint)
    return _suspended(issuer, checkpoint)


def _not_recognised(checkpoint: Checkpoint) -> _Ground:
    fresh = checkpoint.trust_is_fresh
    return _Ground(ReasonCode.NOT_RECOGNISED if fresh else ReasonCode.NOT_RECOGNISED_STALE_TRUST)


def _suspended(issuer: str, checkpoint: Checkpoint) -> _Ground | None:
    recognition = checkpoint.bundle.recognitions.get(issuer)
    if recognition is None or not recognition.is_suspended(checkpoint.at):
        return None
    source = Source(kind=SourceKind.RECOGNITION, issuer=recognition.host, version=recognition.version)
    return _Ground(ReasonCode.RECOGNITION_SUSPENDED, source)


def _v7_in_time(claims: PassClaims, at: Instant) -> ReasonCode | None:
    """V7: has its time begun, and not run out? Online passes ran out in V5."""
    if claims.issued_at > at + CLOCK_LEEWAY:
        return ReasonCode.ISSUED_IN_FUTURE
    if claims.pass_class is not ONLINE and is_expired(claims.expires_at, at=at):
        return ReasonCode.EXPIRED
    return None


def _v8_current(
    claims: PassClaims, checkpoint: Checkpoint, issuer_says: Colour | None
) -> tuple[_Ground | None, Freshness]:
    """V8: is it still the issuer's word? The status list first, then the colour's own end."""
    ground, freshness = None, _NOT_NEEDED
    if claims.pass_class is not ONLINE:
        ground, freshness = _listed_status(claims, checkpoint)
    if ground is None and claims.until is not None and claims.until <= checkpoint.at:
        ground = _Ground(ReasonCode.COLOUR_ENDED)
    if ground is None and issuer_says is not None and issuer_says != claims.colour:
        ground = _Ground(ReasonCode.CONTRADICTED)
    return ground, freshness


def _listed_status(claims: PassClaims, checkpoint: Checkpoint) -> tuple[_Ground | None, Freshness]:
    """Look the pass up in its issuer's list; void and superseded hold even from a stale one."""
    at, reference = checkpoint.at, claims.status
    listed = None if reference is None else checkpoint.lists.find(claims.issuer, reference, at=at)
    if listed is None or reference is None or listed.key.is_revoked(at):
        return _Ground(ReasonCode.STATUS_MISSING), Freshness.MISSING
    status = listed.array.find(reference.index)
    if status is None or status > SUPERSEDED:
        return _Ground(ReasonCode.STATUS_MISSING), Freshness.MISSING
    is_stale = at - listed.issued_at > checkpoint.status_limit(claims.pass_class)
    freshness = Freshness.STALE if is_stale else _FRESH
    if listed.issued_at > at + CLOCK_LEEWAY:
        return _Ground(ReasonCode.CLOCK_WRONG, detail="reason.clock_wrong_status"), freshness
    if status == CURRENT and not is_stale:
        return None, freshness
    if status == VOID:
        return _Ground(ReasonCode.VOID), freshness
    if status == SUPERSEDED:
        return _Ground(ReasonCode.SUPERSEDED), freshness
    if is_stale:
        return _Ground(ReasonCode.STATUS_STALE), freshness
    assert status == SUSPENDED  # noqa: S101 - the only one left
    return _Ground(ReasonCode.UNDER_REVIEW), freshness


def _v10_measures(
    claims: PassClaims, checkpoint: Checkpoint, rulebook: Rulebook, freshness: Freshness
) -> Decision:
    """V10: yellow and red meet the measures of the host's rulebook."""
    if claims.reason is None or claims.basis is None or claims.until is None:
        raise AssertionError("the claims reader lets only grounded colours through")
    basis, until, at = claims.basis, claims.until, checkpoint.at
    rows = rulebook.rows_for(claims.colour, claims.reason)
    source = Source(kind=SourceKind.RULEBOOK, issuer=rulebook.region, version=rulebook.version)
    applies = _Ground(ReasonCode.MEASURES_APPLY, source)
    measures = tuple(Measure(row=row, ends_at=_ends_at(row, basis, until, at)) for row in rows)
    return _decision(_LAST, applies, checkpoint, claims, freshness)._replace(measures=measures)


def _ends_at(row: MeasureRow, basis: Instant, until: Instant, at: Instant) -> Instant:
    """Days count from the basis of the colour, not from this border (settled rule 20)."""
    end = until if row.days is None else min(basis + row.days * DAY, until)
    return max(end, at)
