"""Issue a pass: check what is asked, then sign exactly that (C1.2, C2.4, settled rules 6 and 10).

The signer takes only `CheckedClaims`, and only `check_claims` makes them: class rules, grounds of yellow
and red, the validity and areas the key may sign. Randomness and time come in as parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.codec.cwt import write_claims
from comity.codec.qrtext import PASS_TYP, PRESENTATION_TYP, TEST_OFFSET, write_shown
from comity.domain.claims import PassClaims
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import Instant
from comity.domain.validity import ONLINE_LIFETIME
from comity.errors import FormatError, SigningRefused
from comity.trust.keys import KeyEntry, Usage
from comity.trust.ports import Signer
from comity.trust.signing import sign_message


@dataclass(frozen=True, slots=True)
class CheckedClaims:
    """Claims that may be signed with one key, and their bytes; made by `check_claims` alone."""

    claims: PassClaims
    entry: KeyEntry
    payload: bytes


def check_claims(claims: PassClaims, entry: KeyEntry) -> CheckedClaims:
    """Check that these claims may be signed with this key.

    1. The key is a pass key, not revoked, and the moment of issue lies in its window.
    2. The class has what it needs: a phone's key for device, a status for device and paper, and 60 s for
       online.
    3. Yellow and red have their grounds, green has none.
    4. Validity and area are within what the key may sign.
    5. A verifier can read them: every field has its form.

    Raises: SigningRefused.
    """
    at = claims.issued_at
    if entry.usage is not Usage.PASS or not entry.may_sign_at(at) or entry.is_revoked(at):  # 1
        raise SigningRefused("this key is not a pass key, or not at this time")
    is_device = claims.pass_class is PassClass.DEVICE  # 2
    is_online = claims.pass_class is PassClass.ONLINE
    lifetime = claims.expires_at - claims.issued_at
    if (claims.device_key is not None) is not is_device or (claims.status is None) is not is_online:
        raise SigningRefused(f"a pass of class {claims.pass_class} lacks something of its class, or has more")
    if is_online and lifetime != ONLINE_LIFETIME:
        raise SigningRefused(f"an online pass is valid for exactly {ONLINE_LIFETIME} seconds")
    grounds = (claims.reason, claims.basis, claims.until)  # 3
    expected = claims.colour is not Colour.GREEN
    if any((ground is not None) is not expected for ground in grounds):
        raise SigningRefused("yellow and red need reason, basis and until; green has none of them")
    if lifetime > entry.max_validity or not entry.may_sign_for(claims.area):  # 4
        raise SigningRefused("this key may not sign so long a validity, or not for this area")
    try:  # 5
        return CheckedClaims(claims, entry, write_claims(claims))
    except FormatError as error:
        raise SigningRefused(f"no verifier could read this pass: {error}") from error


def issue(checked: CheckedClaims, signer: Signer, *, is_test: bool) -> bytes:
    """Sign checked claims: the bytes of one pass.

    Raises: SigningRefused when the signer is not the key they were checked for, KeyStoreError.
    """
    if signer.kid != checked.entry.kid:
        raise SigningRefused("these claims were checked for another key")
    typ = PASS_TYP + (TEST_OFFSET if is_test else 0)
    return sign_message(checked.payload, signer, typ=typ)


def present(signed_pass: bytes, phone: Signer, *, shown_at: Instant, is_test: bool) -> bytes:
    """Let a phone sign a device pass for one moment: the bytes of a presentation."""
    typ = PRESENTATION_TYP + (TEST_OFFSET if is_test else 0)
    return sign_message(write_shown(shown_at, signed_pass), phone, typ=typ, with_kid=False)
