"""The public way in: `verify(text, bundle, at=...) -> Decision`, one text or a block of them.

Every text takes the same phases: read (V1 to V3), the issuer's signature (V4), how it is shown (V5), decide
(V6 to V10). A block goes through them phase by phase, which keeps each phase's code and tables warm between
the costly signature checks. Any text gets a Decision, never an exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from comity.codec.qrtext import UnverifiedPass, read_text
from comity.domain.claims import PassClaims
from comity.domain.colour import Colour
from comity.domain.decision import Decision, ReasonCode, Step
from comity.domain.instant import instant_of
from comity.errors import UnreadableText
from comity.trust.bundle import VerifierBundle
from comity.trust.keys import KeyEntry
from comity.trust.status import NO_LISTS, StatusLists
from comity.verify.authenticate import Unverified, pass_of, v2_bundle, v3_key, v4_signature, v5_shown
from comity.verify.checkpoint import Checkpoint, open_checkpoint
from comity.verify.decide import AuthenticPass, decide


class _Keyed(NamedTuple):
    """What was read, the pass in it, and the key that should have signed it."""

    shown: Unverified
    unverified: UnverifiedPass
    entry: KeyEntry


def verify(
    text: str,
    bundle: VerifierBundle,
    *,
    at: datetime,
    lists: StatusLists = NO_LISTS,
    issuer_says: Colour | None = None,
) -> Decision:
    """Answer one shown text by the host's bundle at one instant (steps V1 to V10).

    `at` is an aware time; `lists` are the status lists at hand; `issuer_says` is the issuer's own online
    answer, where one is in hand. Any text gets a Decision.

    Raises: ValueError only for an `at` without offset or outside the years 1970 to 9998.
    """
    checkpoint = open_checkpoint(bundle, lists, instant_of(at))
    signed = _check_signature(_read(text, checkpoint), checkpoint)
    return _decide(_check_showing(signed, checkpoint), checkpoint, issuer_says)


def verify_block(
    texts: Sequence[str],
    bundle: VerifierBundle,
    *,
    at: datetime,
    lists: StatusLists = NO_LISTS,
) -> list[Decision]:
    """Answer many texts as `verify` would answer each, in order; blocks of about 100 are fastest.

    Raises: ValueError as `verify` does.
    """
    checkpoint = open_checkpoint(bundle, lists, instant_of(at))
    read = [_read(text, checkpoint) for text in texts]
    signed = [_check_signature(each, checkpoint) for each in read]
    authentic = [_check_showing(each, checkpoint) for each in signed]
    return [_decide(each, checkpoint, None) for each in authentic]


def _read(text: str, checkpoint: Checkpoint) -> _Keyed | Decision:
    """V1 to V3: everything before the first signature."""
    try:
        shown = read_text(text, is_test=checkpoint.bundle.is_test)
    except UnreadableText as unreadable:
        detail = None if unreadable.found is None else f"reason.unreadable.{unreadable.found}"
        return _refused(Step.V1, ReasonCode.UNREADABLE, checkpoint, detail=detail)
    blocked = v2_bundle(checkpoint)
    if blocked is not None:
        return _refused(Step.V2, blocked, checkpoint)
    unverified = pass_of(shown)
    key = v3_key(unverified, checkpoint)
    if isinstance(key, ReasonCode):
        return _refused(Step.V3, key, checkpoint)
    return _Keyed(shown, unverified, key)


def _check_signature(keyed: _Keyed | Decision, checkpoint: Checkpoint) -> _Keyed | Decision:
    """V4, for what came so far."""
    if type(keyed) is _Keyed and (bad := v4_signature(keyed.unverified, keyed.entry)) is not None:
        return _refused(Step.V4, bad, checkpoint)
    return keyed


def _check_showing(signed: _Keyed | Decision, checkpoint: Checkpoint) -> AuthenticPass | Decision:
    """V5, for what came so far."""
    if isinstance(signed, Decision):
        return signed
    shown, unverified, entry = signed
    if (bad := v5_shown(shown, entry, checkpoint.at)) is not None:
        return _refused(Step.V5, bad, checkpoint, claims=unverified.claims)
    return AuthenticPass(unverified.claims)


def _decide(
    authenticated: AuthenticPass | Decision, checkpoint: Checkpoint, issuer_says: Colour | None
) -> Decision:
    """V6 to V10, for what came so far."""
    if isinstance(authenticated, Decision):
        return authenticated
    return decide(authenticated, checkpoint, issuer_says=issuer_says)


def _refused(
    step: Step,
    reason: ReasonCode,
    checkpoint: Checkpoint,
    *,
    claims: PassClaims | None = None,
    detail: str | None = None,
) -> Decision:
    return Decision(
        host=checkpoint.bundle.host,
        at=checkpoint.at,
        is_test=checkpoint.bundle.is_test,
        step=step,
        reason=reason,
        trust_freshness=checkpoint.trust_freshness,
        claims=claims,
        detail=detail,
    )
