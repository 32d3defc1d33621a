"""Passkeys: how officers sign in (W3C Web Authentication Level 3), verified by the `webauthn` package.

The user is verified by the device (PIN or finger), challenges live five minutes and serve once, and a sign
count that does not rise is refused and recorded: it may be a copy of the key. No attestation is asked for:
who may enrol is settled by the enrolment code, not by the maker of a device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from comity.domain.instant import MINUTE, Instant
from comity.errors import InvalidInput, NotSignedIn
from comity.officers.officers import Officer
from comity.records.audit import Act, record_acts
from comity.records.ports import Keeper, Transaction
from comity.records.search import at_most, equal
from comity.records.sessions import SessionKind, begin_session

CHALLENGE_LIFETIME: Final = 5 * MINUTE
"""Seconds in which a challenge can be answered."""
_CHALLENGE_LENGTH: Final = 32
_ALGORITHMS: Final = [COSEAlgorithmIdentifier.ECDSA_SHA_256, COSEAlgorithmIdentifier.EDDSA]
_MALFORMED: Final = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError)
"""What the package raises for a credential that is none: it does not promise its own errors alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """Where passkeys hold: the host name (`rp_id`) and the origin, both from the public address."""

    rp_id: str
    origin: str
    title: str

    @classmethod
    def at(cls, public_url: str, *, title: str) -> RelyingParty:
        """Give the relying party of a public address."""
        parts = urlsplit(public_url)
        return cls(rp_id=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}", title=title)


class ChallengePurpose(StrEnum):
    """What a challenge is for."""

    REGISTRATION = "registration"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyChallenge:
    """Random bytes to be signed once, within five minutes; `officer_id` for a registration."""

    challenge_id: str
    purpose: ChallengePurpose
    officer_id: str | None
    challenge: bytes
    ends_at: Instant

    TABLE: ClassVar[str] = "passkey_challenge"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("ends_at",),)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyCredential:
    """One passkey of an account; `public_key` is a COSE_Key, `credential_id` hexadecimal digits."""

    credential_id: str
    officer_id: str
    public_key: bytes
    sign_count: int
    added_at: Instant
    used_at: Instant | None

    TABLE: ClassVar[str] = "passkey_credential"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("officer_id",),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """A challenge given out: its id, and the options for the browser as JSON text."""

    challenge_id: str
    options: str


def begin_registration(
    transaction: Transaction, keeper: Keeper, party: RelyingParty, officer: Officer, *, at: Instant
) -> Ceremony:
    """Ask a device for a new passkey of an account."""
    challenge = _new_challenge(transaction, keeper, ChallengePurpose.REGISTRATION, officer.officer_id, at=at)
    options = generate_registration_options(
        rp_id=party.rp_id,
        rp_name=party.title,
        user_id=officer.officer_id.encode(),
        user_name=officer.officer_id,
        user_display_name=officer.display_name,
        challenge=challenge.challenge,
        timeout=CHALLENGE_LIFETIME * 1000,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=bytes.fromhex(own.credential_id))
            for own in passkeys_of(transaction, officer.officer_id)
        ],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return Ceremony(challenge_id=challenge.challenge_id, options=options_to_json(options))


def finish_registration(
    transaction: Transaction,
    party: RelyingParty,
    challenge: PasskeyChallenge,
    officer_id: str,
    credential: str,
    *,
    at: Instant,
) -> PasskeyCredential:
    """Keep the passkey a device made. Raises: InvalidInput, DuplicateRecord."""
    if challenge.officer_id != officer_id:
        raise NotSignedIn("this challenge was given to another account")
    try:
        verified: VerifiedRegistration = verify_registration_response(
            credential=credential,
            expected_challenge=challenge.challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _MALFORMED as error:
        raise InvalidInput("this passkey cannot be accepted", field="credential") from error
    kept = PasskeyCredential(
        credential_id=verified.credential_id.hex(),
        officer_id=officer_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        added_at=at,
        used_at=None,
    )
    transaction.of(PasskeyCredential).add(kept)
    return kept


def begin_sign_in(keeper: Keeper, party: RelyingParty, *, at: Instant) -> Ceremony:
    """Ask for a signature by any passkey; which accounts exist stays untold."""
    with keeper.store.transaction() as transaction:
        challenge = _new_challenge(transaction, keeper, ChallengePurpose.SIGN_IN, None, at=at)
    options = generate_authentication_options(
        rp_id=party.rp_id,
        challenge=challenge.challenge,
        timeout=CHALLENGE_LIFETIME * 1000,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(challenge_id=challenge.challenge_id, options=options_to_json(options))


def finish_sign_in(
    keeper: Keeper, party: RelyingParty, challenge_id: str, credential: str, *, at: Instant
) -> tuple[Officer, str]:
    """Begin a session for whoever answered the challenge: the account and the token.

    1. The challenge is one of ours, not older than five minutes, and is used up by this.
    2. The passkey belongs to an open account.
    3. Signature, host name, origin and verification of the user hold.
    4. The sign count has risen; else it is recorded and refused.

    Raises: NotSignedIn.
    """
    challenge = take_challenge(keeper, challenge_id, ChallengePurpose.SIGN_IN, at=at)  # 1
    with keeper.store.transaction() as transaction:
        passkey, officer = _passkey_and_officer(transaction, credential)  # 2
        transaction.lock(f"officer-{officer.officer_id}")
        passkey = transaction.of(PasskeyCredential).find(passkey.credential_id) or passkey
        verified = _verify(party, challenge, passkey, credential)  # 3
        token: str | None = None
        if _is_copied(passkey.sign_count, verified.new_sign_count):  # 4
            act = Act(actor="region", act="passkey_count_fell", subject=officer.officer_id)
            record_acts(transaction, [act], at=at)
        else:
            used = replace(passkey, sign_count=verified.new_sign_count, used_at=at)
            transaction.of(PasskeyCredential).replace(used)
            token = begin_session(transaction, keeper, SessionKind.OFFICER, officer.officer_id, at=at)
    if token is None:
        raise NotSignedIn(
            "the sign count of this passkey did not rise, as if it had been copied",
            next_step="Ask your supervisor; use another passkey or the recovery sheet.",
        )
    return officer, token


def take_challenge(
    keeper: Keeper, challenge_id: str, purpose: ChallengePurpose, *, at: Instant
) -> PasskeyChallenge:
    """Use a challenge up, whatever comes of it. Raises: NotSignedIn."""
    with keeper.store.transaction() as transaction:
        transaction.lock(f"challenge-{challenge_id}")
        challenge = transaction.of(PasskeyChallenge).find(challenge_id)
        transaction.of(PasskeyChallenge).remove(equal("challenge_id", challenge_id))
    if challenge is None or challenge.purpose is not purpose or at >= challenge.ends_at:
        raise NotSignedIn("this challenge is unknown, used or older than five minutes")
    return challenge


def passkeys_of(transaction: Transaction, officer_id: str) -> Sequence[PasskeyCredential]:
    """List the passkeys of an account, oldest first."""
    return transaction.of(PasskeyCredential).select(equal("officer_id", officer_id), order=("added_at",))


def _new_challenge(
    transaction: Transaction,
    keeper: Keeper,
    purpose: ChallengePurpose,
    officer_id: str | None,
    *,
    at: Instant,
) -> PasskeyChallenge:
    records = transaction.of(PasskeyChallenge)
    records.remove(at_most("ends_at", at))
    challenge = PasskeyChallenge(
        challenge_id=keeper.new_id(),
        purpose=purpose,
        officer_id=officer_id,
        challenge=keeper.draw(_CHALLENGE_LENGTH),
        ends_at=at + CHALLENGE_LIFETIME,
    )
    records.add(challenge)
    return challenge


def _passkey_and_officer(transaction: Transaction, credential: str) -> tuple[PasskeyCredential, Officer]:
    try:
        credential_id = parse_authentication_credential_json(credential).raw_id.hex()
    except _MALFORMED as error:
        raise InvalidInput("this is no answer of a passkey", field="credential") from error
    passkey = transaction.of(PasskeyCredential).find(credential_id)
    officer = None if passkey is None else transaction.of(Officer).find(passkey.officer_id)
    if passkey is None or officer is None or not officer.is_active:
        raise NotSignedIn("this passkey belongs to no open account")
    return passkey, officer


def _verify(
    party: RelyingParty, challenge: PasskeyChallenge, passkey: PasskeyCredential, credential: str
) -> VerifiedAuthentication:
    try:
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.challenge,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=-1,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise NotSignedIn("the answer of this passkey does not hold") from error


def _is_copied(known: int, told: int) -> bool:
    """Compare sign counts (Web Authentication section 7.2 step 22): zero means that a device keeps none."""
    return (known > 0 or told > 0) and told <= known
