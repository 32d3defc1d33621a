"""Online passes: signed for 60 seconds from what a worker remembers of a holder (V5, C2.2).

What stays the same between two passes of one holder is checked and written once; only the times and the pass
id change. A worker forgets a holder as soon as it reads that something of theirs changed, so that no colour
is shown for longer than the watch is behind; who watches, and refuses when it cannot, is in
`server.hot_online`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.codec import base45, cbor
from comity.codec.cose import Header, signature_input, write_header, write_sign1
from comity.codec.cwt import CTI, IAT
from comity.codec.qrtext import PASS_TYP, PREFIX, TEST_OFFSET
from comity.domain.claims import PASS_ID_LENGTH, PassClaims, PassId, masked
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import LAST_INSTANT, Instant, rfc3339
from comity.domain.validity import CLOCK_LEEWAY, ONLINE_LIFETIME
from comity.errors import ClockRefused, NotPossibleNow, SigningRefused
from comity.issuance.changes import changes_since, generation
from comity.issuance.home_inquiries import answered_until
from comity.issuance.issuer import Issuer
from comity.issuance.people import get_person, home_of, open_person, require_carrier
from comity.issuance.records import HolderKey, Standing
from comity.issuance.standing import find_current, find_or_assess
from comity.records.ports import Transaction
from comity.records.sessions import SessionKind, get_session
from comity.trust.issue import CheckedClaims, check_claims
from comity.trust.ports import Signer

MOST_VIEWS: Final = 50_000
"""Holders a worker remembers at most, a kilobyte each; the one remembered longest makes room."""
CHANGES_AT_ONCE: Final = 5_000
"""Changes a worker reads at once; when there are more, it forgets everybody."""
_FOUR_BYTES: Final = 0x1A
_FIRST_INSTANT: Final = 0x1_0000
_LAST_ONLINE: Final = 0xFFFF_FFFF - ONLINE_LIFETIME
_CTI_HEAD: Final = cbor.write(CTI) + cbor.write_head(cbor.BYTES, PASS_ID_LENGTH)
_BETWEEN: Final = cbor.write(IAT) + bytes((_FOUR_BYTES,))
_RETRIES: Final = 5


class OnlineTemplate:
    """Checked claims of an online pass, cut where the times and the pass id stand."""

    __slots__ = ("_entry", "_message_head", "_payload_head", "_payload_tail", "_signed_head", "_signer")

    def __init__(self, checked: CheckedClaims, signer: Signer, *, is_test: bool) -> None:
        claims, payload = checked.claims, checked.payload
        self._entry, self._signer = checked.entry, signer
        _, end = cbor.read_text_string(payload, 2)
        self._payload_head = payload[: end + 1] + bytes((_FOUR_BYTES,))
        between = 4 + len(_BETWEEN) + 4 + len(_CTI_HEAD) + PASS_ID_LENGTH
        self._payload_tail = payload[len(self._payload_head) + between :]
        if self._payload(claims.issued_at, claims.pass_id) != payload:
            raise SigningRefused("an online pass of another form than the one that is cut")
        typ = PASS_TYP + (TEST_OFFSET if is_test else 0)
        protected = write_header(Header(signer.alg, checked.entry.kid, typ))
        self._signed_head = signature_input(protected, payload)[: -len(payload)]
        self._message_head = write_sign1(protected, payload, b"")[: -len(payload) - 1]

    def sign(self, pass_id: bytes, *, at: Instant) -> bytes:
        """Sign the pass of this moment: the text of its code, as ASCII.

        Raises: SigningRefused when the key may not sign now, KeyStoreError.
        """
        entry, signer = self._entry, self._signer
        if not entry.may_sign_at(at) or entry.is_revoked(at) or signer.kid != entry.kid:
            raise SigningRefused("this key is not a pass key, or not at this time")
        payload = self._payload(at, pass_id)
        signature = signer.sign(self._signed_head + payload)
        return _PREFIX + base45.encode(self._message_head + payload + _SIGNATURE_HEAD + signature)

    def _payload(self, at: Instant, pass_id: bytes) -> bytes:
        if not _FIRST_INSTANT <= at <= _LAST_ONLINE:
            raise SigningRefused("a time at which no online pass is signed")
        times = (at + ONLINE_LIFETIME).to_bytes(4, "big") + _BETWEEN + at.to_bytes(4, "big")
        return self._payload_head + times + _CTI_HEAD + pass_id + self._payload_tail


_PREFIX: Final = PREFIX.encode()
_SIGNATURE_HEAD: Final = b"\x58\x40"


@dataclass(frozen=True, slots=True)
class OnlineView:
    """What a worker remembers of one holder behind one session, good for `at < ends_at`."""

    holder: HolderKey
    session_holder: HolderKey
    colour: Colour
    template: OnlineTemplate
    ends_at: Instant


class OnlineDesk:
    """The views of one worker; safe to use from several threads."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._views: dict[tuple[bytes, bytes], OnlineView] = {}
        self._keys_of: dict[HolderKey, set[tuple[bytes, bytes]]] = {}
        self._lock = threading.Lock()
        self._generation = -1
        self._highest: Instant = 0

    def find(self, token: bytes, holder: bytes, *, at: Instant) -> OnlineView | None:
        """Find what is remembered for a session and a holder; an empty holder is who signed in."""
        view = self._views.get((token, holder))
        return view if view is not None and at < view.ends_at else None

    def sign(self, view: OnlineView, *, at: Instant) -> bytes:
        """Sign the pass of this moment. Raises: ClockRefused, SigningRefused, KeyStoreError."""
        if at > self._highest:
            self._highest = at
        elif at < self._highest - CLOCK_LEEWAY:
            raise ClockRefused(f"the clock says {rfc3339(at)}, but {rfc3339(self._highest)} has been seen")
        return view.template.sign(self._issuer.draw(PASS_ID_LENGTH), at=at)

    def open(self, token: bytes, holder: bytes, *, at: Instant) -> OnlineView:
        """Read what is needed of a session and a holder, assessed as of now, and remember it.

        Raises: NotSignedIn, UnknownRecord, NotPossibleNow, SigningRefused, StoreUnavailable.
        """
        view: OnlineView | None = None
        for _ in range(_RETRIES):
            issuer = self._issuer
            with issuer.store.reading() as transaction:
                now = generation(transaction)
                session = get_session(transaction, token.decode("latin-1"), SessionKind.RESIDENT, at=at)
                carrier = HolderKey(session.who)
                about = HolderKey(holder.decode("latin-1")) if holder else carrier
                require_carrier(transaction, carrier, about)
                standing = find_current(transaction, about, at=at)
                ends_at = min(session.ends_at, self._answered_until(transaction, about, at))
                if standing is not None:
                    view = self._view(transaction, issuer, carrier, standing, ends_at, at)
            if view is None:
                with issuer.store.transaction() as transaction:
                    get_person(transaction, about)
                    standing = find_or_assess(transaction, issuer, about, at=at)
                    view = self._view(transaction, issuer, carrier, standing, ends_at, at)
            if self._remember((token, holder), view, issuer, now):
                return view
            view = None
        raise SigningRefused("the holder's standing changes faster than it can be read")

    def _answered_until(self, transaction: Transaction, holder: HolderKey, at: Instant) -> Instant:
        """Refuse a visitor whose home region was not asked (settled rule 17). Raises: NotPossibleNow."""
        home = home_of(get_person(transaction, holder))
        until = answered_until(transaction, self._issuer, holder, home, at=at)
        if until is None:
            raise NotPossibleNow(
                "the home region of a visitor is asked before a code is given here",
                next_step="Show the code of your home region, which counts here; or apply at /codes.",
                clause="settled rule 17",
            )
        return until

    def _view(
        self,
        transaction: Transaction,
        issuer: Issuer,
        carrier: HolderKey,
        standing: Standing,
        ends_at: Instant,
        at: Instant,
    ) -> OnlineView:
        is_green = standing.colour is Colour.GREEN
        details = open_person(issuer, get_person(transaction, standing.holder))
        claims = PassClaims(
            issuer=issuer.region,
            pass_id=PassId(issuer.draw(PASS_ID_LENGTH)),
            issued_at=at,
            expires_at=at + ONLINE_LIFETIME,
            colour=standing.colour,
            pass_class=PassClass.ONLINE,
            masked_name=masked(details.name),
            id_last4=details.document.last4,
            reason=None if is_green else standing.reason,
            basis=None if is_green else standing.basis,
            until=None if is_green else standing.until,
            origin=None if is_green else standing.origin,
            is_guardian_held=carrier != standing.holder,
        )
        checked = check_claims(claims, issuer.keys.pass_entry)
        return OnlineView(
            standing.holder,
            carrier,
            standing.colour,
            OnlineTemplate(checked, issuer.keys.passes, is_test=issuer.is_test),
            min(ends_at, LAST_INSTANT if standing.next_at is None else standing.next_at),
        )

    def use(self, issuer: Issuer) -> None:
        """Go on with another issuer, once the keys changed: what is remembered was checked for the old."""
        with self._lock:
            if issuer is self._issuer:
                return
            self._issuer = issuer
            self._views.clear()
            self._keys_of.clear()

    def _remember(
        self, key: tuple[bytes, bytes], view: OnlineView, issuer: Issuer, read_at_generation: int
    ) -> bool:
        """Keep a view, unless changes were followed meanwhile that it may not have seen."""
        with self._lock:
            if read_at_generation < self._generation or issuer is not self._issuer:
                return False
            if len(self._views) >= MOST_VIEWS:
                self._drop(next(iter(self._views)))
            self._views[key] = view
            for holder in (view.holder, view.session_holder):
                self._keys_of.setdefault(holder, set()).add(key)
        return True

    def follow(self) -> None:
        """Read which holders changed since the last time, and forget them. Raises: StoreUnavailable."""
        with self._issuer.store.reading() as transaction:
            now = generation(transaction)
            if now == self._generation:
                return
            changes = changes_since(transaction, self._generation, limit=CHANGES_AT_ONCE)
        with self._lock:
            # The first read forgets nobody; a gap in the numbers, or too many of them, forgets everybody.
            if self._generation >= 0 and len(changes) == now - self._generation:
                self._forget(change.holder for change in changes)
            else:
                self._views.clear()
                self._keys_of.clear()
            self._generation = now

    def _forget(self, holders: Iterable[HolderKey]) -> None:
        for holder in holders:
            for key in tuple(self._keys_of.get(holder, ())):
                self._drop(key)

    def _drop(self, key: tuple[bytes, bytes]) -> None:
        view = self._views.pop(key, None)
        if view is None:
            return
        for holder in {view.holder, view.session_holder}:
            keys = self._keys_of.get(holder)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._keys_of[holder]
