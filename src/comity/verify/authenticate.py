"""V2 to V5: is this what its issuer signed, shown rightly, now? Signatures are verified here.

Each step is one function that returns the reason it fails with, or None when it holds. Nothing here
looks at a colour, and nothing later can undo what is decided here.
"""

from __future__ import annotations

from typing import TypeAlias

from comity.codec.qrtext import UnverifiedPass, UnverifiedPresentation
from comity.domain.claims import PassClaims
from comity.domain.colour import DEVICE, ONLINE
from comity.domain.decision import Freshness, ReasonCode
from comity.domain.instant import Instant
from comity.domain.validity import CLOCK_LEEWAY, ONLINE_LIFETIME, PRESENTATION_WINDOW
from comity.trust.algorithm import ES256, device_signature_holds
from comity.trust.keys import KeyEntry
from comity.trust.signing import message_holds
from comity.verify.checkpoint import Checkpoint

Unverified: TypeAlias = UnverifiedPass | UnverifiedPresentation


def pass_of(shown: Unverified) -> UnverifiedPass:
    """Give the pass that was shown, bare or inside a presentation."""
    return shown.inner if isinstance(shown, UnverifiedPresentation) else shown


def v2_bundle(checkpoint: Checkpoint) -> ReasonCode | None:
    """V2: is the bundle usable at this instant?"""
    if checkpoint.bundle.issued_at > checkpoint.at + CLOCK_LEEWAY:
        return ReasonCode.CLOCK_WRONG
    if checkpoint.trust_freshness is Freshness.STALE:
        return ReasonCode.TRUST_STALE
    return None


def v3_key(unverified: UnverifiedPass, checkpoint: Checkpoint) -> KeyEntry | ReasonCode:
    """V3: is there a key of the issuer for this pass, in its window and not revoked?"""
    kid = unverified.message.header.kid
    claims = unverified.claims
    entry = None if kid is None else checkpoint.bundle.find_pass_key(claims.issuer, kid)
    if entry is None or not entry.may_sign_at(claims.issued_at):
        if checkpoint.trust_is_fresh:
            return ReasonCode.UNKNOWN_KEY
        return ReasonCode.UNKNOWN_KEY_STALE_TRUST
    return ReasonCode.KEY_REVOKED if entry.is_revoked(checkpoint.at) else entry


def v4_signature(unverified: UnverifiedPass, entry: KeyEntry) -> ReasonCode | None:
    """V4: does the issuer's signature hold, made with the key's algorithm?"""
    return None if message_holds(unverified.message, entry.key) else ReasonCode.BAD_SIGNATURE


def v5_shown(shown: Unverified, entry: KeyEntry, at: Instant) -> ReasonCode | None:
    """V5: is it shown as its class demands, by this phone, now?"""
    if isinstance(shown, UnverifiedPresentation):
        claims = shown.inner.claims
        if breaks_class_rules(claims, entry) or claims.pass_class is not DEVICE:
            return ReasonCode.CLASS_VIOLATION
        if not _phone_signed(shown):
            return ReasonCode.BAD_PRESENTATION
        is_now = -CLOCK_LEEWAY <= at - shown.shown_at <= PRESENTATION_WINDOW
        return None if is_now else ReasonCode.PRESENTATION_STALE
    claims = shown.claims
    if claims.pass_class is DEVICE:
        return ReasonCode.PRESENTATION_MISSING
    if breaks_class_rules(claims, entry):
        return ReasonCode.CLASS_VIOLATION
    if claims.pass_class is ONLINE and at >= claims.expires_at:
        return ReasonCode.PRESENTATION_STALE
    return None


def breaks_class_rules(claims: PassClaims, entry: KeyEntry) -> bool:
    """Say whether the claims break the rules of their class or go beyond what their key may sign."""
    pass_class = claims.pass_class
    lifetime = claims.expires_at - claims.issued_at
    is_online = pass_class is ONLINE
    return (
        (claims.device_key is not None) is not (pass_class is DEVICE)
        or (claims.status is None) is not is_online
        or (is_online and lifetime != ONLINE_LIFETIME)
        or lifetime > entry.max_validity
        or not entry.may_sign_for(claims.area)
    )


def _phone_signed(shown: UnverifiedPresentation) -> bool:
    message, key = shown.message, shown.inner.claims.device_key
    if key is None or message.header.alg != ES256:
        return False
    return device_signature_holds(key, message.signature, message.signed)
