"""Residents sign in: to the identity provider and back, then a code used once for the session token.

Everything of one sign-in hangs on a secret in the browser's cookie: state, nonce and PKCE verifier come from
it and are not kept. So a state or code caught on the way is of no use in another browser, and nobody can be
signed in as somebody else by a link. Kept for ten minutes: hashes, and in the end the holder key.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from comity.domain.instant import MINUTE, Instant
from comity.domain.region import RegionCode
from comity.errors import NotSignedIn
from comity.issuance.changes import note_changes
from comity.issuance.guardians import release_dependant
from comity.issuance.identity_provider import IdentityProvider, ProvenIdentity
from comity.issuance.issuer import Issuer
from comity.issuance.pending_sign_ins import PendingSignIn as PendingSignIn
from comity.issuance.people import holder_of, open_person, read_name, register_person, rename_person
from comity.issuance.records import HolderKey, Person, Standing
from comity.issuance.reissue import follow_identity
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_most, equal
from comity.records.sessions import RESIDENT_SESSION, Session, SessionKind, begin_session, token_hash

SIGN_IN_LIFE: Final = 10 * MINUTE
"""Seconds from leaving for the provider to coming back."""
CODE_LIFE: Final = 2 * MINUTE
"""Seconds in which the code of the end is exchanged for a session."""
SECRET_LENGTH: Final = 32
_CODE_REFUSED: Final = "this sign-in code is unknown, used, of another browser, or too old"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInBegun:
    """Where the browser goes, and the secret that it keeps meanwhile."""

    url: str
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session begun: its token, which is not kept, whose it is, and when it ends."""

    token: str = field(repr=False)
    holder: HolderKey
    ends_at: Instant


def begin_sign_in(
    issuer: Issuer, provider: IdentityProvider, *, redirect_uri: str, at: Instant
) -> SignInBegun:
    """Begin a sign-in in one browser. Raises: ProviderUnavailable, StoreUnavailable."""
    browser, state = issuer.draw(SECRET_LENGTH).hex(), issuer.draw(SECRET_LENGTH).hex()
    url = provider.authorization_url(
        state=state,
        nonce=_derived(browser, state, "nonce"),
        challenge=_challenge(_derived(browser, state, "verifier")),
        redirect_uri=redirect_uri,
        at=at,
    )
    pending = PendingSignIn(
        state_hash=token_hash(state), browser_hash=token_hash(browser), ends_at=at + SIGN_IN_LIFE
    )
    with issuer.store.transaction() as transaction:
        transaction.of(PendingSignIn).add(pending)
    return SignInBegun(url=url, browser=browser)


def complete_sign_in(
    issuer: Issuer,
    provider: IdentityProvider,
    *,
    browser: str,
    state: str,
    code: str,
    redirect_uri: str,
    at: Instant,
) -> str:
    """Take what the provider sent back, and give the code for the session.

    1. The state is one given to this browser, less than ten minutes ago, and serves once.
    2. The provider turns its code into an identity.
    3. The person is registered, and by proving the own identity is nobody's dependant.

    Raises: NotSignedIn, ProviderUnavailable, InvalidInput, StoreUnavailable.
    """
    pending = _take(issuer, browser=browser, state=state, at=at)  # 1
    proven = provider.prove(  # 2
        code,
        verifier=_derived(browser, state, "verifier"),
        nonce=_derived(browser, state, "nonce"),
        redirect_uri=redirect_uri,
        at=at,
    )
    one_time = issuer.draw(SECRET_LENGTH).hex()
    with issuer.store.transaction() as transaction:  # 3
        holder, acts = _arrive(transaction, issuer, proven, at=at)
        transaction.of(PendingSignIn).replace(
            replace(pending, code_hash=token_hash(one_time), holder=holder, ends_at=at + CODE_LIFE)
        )
        record_acts(transaction, acts, at=at)
    return one_time


def begin_resident_session(issuer: Issuer, *, browser: str, code: str, at: Instant) -> SignedIn:
    """Exchange the code, once and in the browser that began, for a session. Raises: NotSignedIn."""
    with issuer.store.transaction() as transaction:
        transaction.lock(f"sign-in-{token_hash(code)}")
        found = transaction.of(PendingSignIn).select(equal("code_hash", token_hash(code)))
        pending = found[0] if found else None
        if pending is None or pending.holder is None or not _is_of(pending, browser, at=at):
            raise NotSignedIn(_CODE_REFUSED)
        transaction.lock(f"holder-{pending.holder}")
        if not transaction.of(PendingSignIn).remove(equal("state_hash", pending.state_hash)):
            raise NotSignedIn(_CODE_REFUSED)  # whoever signed this person out everywhere came first
        token = begin_session(transaction, issuer, SessionKind.RESIDENT, pending.holder, at=at)
    return SignedIn(token=token, holder=pending.holder, ends_at=at + RESIDENT_SESSION)


def end_session(transaction: Transaction, token: str, holder: HolderKey, *, at: Instant) -> None:
    """Sign one phone of a holder out; every worker forgets the session."""
    transaction.lock(f"holder-{holder}")
    transaction.of(Session).remove(equal("token_hash", token_hash(token)), equal("who", holder))
    note_changes(transaction, (holder,), at=at)


def forget_sign_ins(issuer: Issuer, *, at: Instant) -> int:
    """Remove the sign-ins that took too long, and say how many."""
    with issuer.store.transaction() as transaction:
        return transaction.of(PendingSignIn).remove(at_most("ends_at", at))


def _take(issuer: Issuer, *, browser: str, state: str, at: Instant) -> PendingSignIn:
    """Mark a sign-in as come back, so that its state serves once. Raises: NotSignedIn."""
    with issuer.store.transaction() as transaction:
        transaction.lock(f"sign-in-{token_hash(state)}")
        pending = transaction.of(PendingSignIn).find(token_hash(state))
        if pending is None or pending.is_used or not _is_of(pending, browser, at=at):
            raise NotSignedIn("this sign-in was not begun in this browser, is over, or took too long")
        used = replace(pending, is_used=True)
        transaction.of(PendingSignIn).replace(used)
    return used


def _is_of(pending: PendingSignIn, browser: str, *, at: Instant) -> bool:
    return at < pending.ends_at and hmac.compare_digest(pending.browser_hash, token_hash(browser))


def _arrive(
    transaction: Transaction, issuer: Issuer, proven: ProvenIdentity, *, at: Instant
) -> tuple[HolderKey, list[Act]]:
    """Let a person in who has proved who they are: known from now on, by the name that was proved."""
    holder, acts = holder_of(issuer, proven.document), list[Act]()
    transaction.lock(f"holder-{holder}")
    if transaction.of(Person).find(holder) is None:
        acts.append(Act(actor="holder", act="register", subject=holder))
    division = proven.division or issuer.region
    person = register_person(transaction, issuer, proven.document, proven.name, division, at=at)
    if open_person(issuer, person).name != read_name(proven.name):
        person = rename_person(transaction, issuer, person, proven.name)
        acts.append(Act(actor="holder", act="rename", subject=holder))
        standing = transaction.of(Standing).find(holder)
        if standing is not None:
            acts += follow_identity(transaction, issuer, holder, standing, at=at)
    transaction.of(Person).replace(replace(person, proved_at=at, asked_region=_asked_region(person, proven)))
    return holder, [*acts, *release_dependant(transaction, holder, at=at)]


def _asked_region(person: Person, proven: ProvenIdentity) -> str | None:
    """Say who is asked about somebody a guardian declared: nobody, unless the home is proved elsewhere."""
    if person.asked_region is None or proven.division is None:
        return None
    home = RegionCode(f"{proven.division[:2]}0000")
    return None if home == RegionCode(f"{person.division[:2]}0000") else home


def _derived(browser: str, state: str, what: str) -> str:
    """Derive a secret of one sign-in from the browser's: 43 characters of base64url (RFC 7636 4.1)."""
    digest = hmac.new(browser.encode(), f"{what}\0{state}".encode(), sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _challenge(verifier: str) -> str:
    """Give the S256 challenge of a verifier (RFC 7636 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
