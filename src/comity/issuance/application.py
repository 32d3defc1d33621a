"""Applying for a pass and renewing it: from request to usable pass with no officer in between (C1.1, C2.4).

One application, one answer: green, yellow and red get their pass alike, with the grounds inside. A renewal
assesses again and clears nothing by itself (settled rule 9); of the same colour it leaves the old pass to
expire, on another phone it replaces it (settled rule 18). Up to 100 applications share a transaction, and a
refusal of one is its own. The colour comes from `standing`, never from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from comity.codec.qrtext import write_text
from comity.domain.colour import Colour
from comity.domain.instant import DAY, Instant, plain_time, rfc3339
from comity.domain.region import get_region
from comity.domain.texts import Text, text
from comity.errors import InvalidInput, NotPossibleNow, RequestRefused, UnknownRecord
from comity.issuance.changes import note_changes
from comity.issuance.holders import Holder, holder_search, open_holders
from comity.issuance.home_inquiries import HomeInquiry, InquiryState, inquiries_of, open_inquiry
from comity.issuance.issuer import Issuer
from comity.issuance.messages import MessageValues, write_message
from comity.issuance.pass_life import (
    PassOrder,
    SupersessionReason,
    claims_in,
    is_held,
    keep_passes,
    make_pass,
    supersede,
)
from comity.issuance.pass_request import PassRequest as PassRequest
from comity.issuance.pass_request import check_form
from comity.issuance.people import require_carrier
from comity.issuance.phone_keys import compressed
from comity.issuance.phones import Phones, phone_search
from comity.issuance.records import HolderKey, IssuedPass, Message, PassState
from comity.issuance.standing import require_assessed, standing_searches, standings_for
from comity.issuance.status_places import Place
from comity.records.audit import Act, record_acts
from comity.records.ports import Search, Transaction
from comity.records.search import at_least, one_of

RENEWAL_WINDOW: Final = 4 * DAY
"""Seconds before its end from which a pass is renewed: from day 10 of 14."""
BATCH_LIMIT: Final = 100
"""Applications in one transaction at most."""
_RETRIED_FOR: Final = 45 * DAY
"""Seconds for which the same request gets the same answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedPass:
    """A pass as given; `is_new` says that this request made it, and not an earlier copy of it."""

    issued: IssuedPass
    is_new: bool

    @property
    def text(self) -> str:
        """The text of its code; a phone presents a device pass inside its own signature."""
        return write_text(self.issued.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingApplication:
    """A visitor's application that waits for the home region's answer (settled rule 17)."""

    inquiry: HomeInquiry


Answer: TypeAlias = GrantedPass | WaitingApplication | RequestRefused
"""What became of one application of several."""


def apply_for_pass(issuer: Issuer, request: PassRequest, *, at: Instant) -> GrantedPass:
    """Apply for a pass, or renew one; the same request again gets the same pass.

    A visitor's application that has to wait is kept and refused for now; `visitors.apply` says more of it.

    Raises: InvalidInput, UnknownRecord, NotPossibleNow, SigningRefused, ClockRefused, StoreUnavailable.
    """
    answer = apply_for_passes(issuer, [request], at=at)[0]
    if isinstance(answer, RequestRefused):
        raise answer
    if isinstance(answer, WaitingApplication):
        raise NotPossibleNow(
            f"the home region is being asked until {rfc3339(answer.inquiry.awaited_until)} at the latest",
            next_step="Nothing has to be done; the pass is issued by itself.",
            clause="C2.7",
        )
    return answer


def apply_for_passes(issuer: Issuer, requests: Sequence[PassRequest], *, at: Instant) -> list[Answer]:
    """Apply for up to 100 passes in one transaction; gives an answer for each, in order.

    Raises: InvalidInput for more than 100, SigningRefused, ClockRefused, StoreUnavailable.
    """
    if len(requests) > BATCH_LIMIT:
        raise InvalidInput(f"at most {BATCH_LIMIT} applications at once", field="requests")
    places = issuer.places.claim(issuer.store, len(requests), draw=issuer.draw, at=at)
    with issuer.store.transaction() as transaction:
        desk = _Desk(transaction, issuer, requests, places, at=at)
        answers = [desk.answer(request) for request in requests]
        desk.keep()
    issuer.places.give_back(places)
    return answers


def renewable_from(issued: IssuedPass) -> Instant:
    """Give the instant from which a pass may be renewed on the same phone: no gate measures it after its end.

    That is four days before it expires, or the end or review that a yellow or red one names (rule 20).
    """
    window = issued.expires_at - RENEWAL_WINDOW
    until = claims_in(issued).until
    return window if until is None else min(window, until)


class _Desk:
    """The applications of one transaction: what is known of their holders, and what is to be kept."""

    def __init__(
        self,
        transaction: Transaction,
        issuer: Issuer,
        requests: Sequence[PassRequest],
        places: list[Place],
        *,
        at: Instant,
    ) -> None:
        self._transaction, self._issuer, self._places, self._at = transaction, issuer, places, at
        holders = sorted({request.holder for request in requests})
        carriers = sorted({request.carrier for request in requests})
        transaction.lock(
            *(f"holder-{each}" for each in {*holders, *carriers}),
            ahead=(
                holder_search(holders),
                *standing_searches(holders),
                _pass_search(holders, at=at),
                phone_search(carriers, at=at),
            ),
        )
        self._holders = open_holders(transaction, issuer, holders)
        self._standings, self._acts = standings_for(transaction, issuer, list(self._holders), at=at)
        self._passes = _passes_of(transaction, holders, at=at)
        self._phones = Phones(transaction, issuer.region, self._passes, carriers, at=at)
        visitors = [each.holder for each in self._holders.values() if each.home != issuer.region]
        self._inquiries = inquiries_of(transaction, visitors, at=at)
        self._made: list[IssuedPass] = []
        self._asked: list[HomeInquiry] = []
        self._messages: list[Message] = []
        self._changed: list[HolderKey] = []

    def answer(self, request: PassRequest) -> Answer:
        """Answer one application.

        1. It has the form of its class.
        2. The holder is known, and the carrier is the holder or a guardian.
        3. The same request again gets the same pass.
        4. The phone's keys are fresh, for whomever it carries passes.
        5. No pass of the class is suspended, and none is too young to be renewed on the same phone.
        6. The home region of a visitor has been asked.
        7. The pass is made; what another phone holds is replaced.
        """
        try:
            check_form(request)  # 1
            holder = self._holders.get(request.holder)  # 2
            if holder is None:
                raise UnknownRecord("this person is not registered here")
            require_carrier(self._transaction, request.carrier, request.holder)
            require_assessed(self._standings[request.holder])
            known = self._passes[request.holder]
            for issued in known:  # 3
                if issued.request == request.request_id and issued.carrier == request.carrier:
                    return GrantedPass(issued=issued, is_new=False)
            self._phones.check_keys(request, known)  # 4
            replaced = self._replaced(request, known)  # 5
            waiting = self._waiting(request, holder)  # 6
            if waiting is not None:
                return waiting
            return GrantedPass(issued=self._make(request, holder, replaced), is_new=True)  # 7
        except RequestRefused as refusal:
            return refusal

    def _replaced(self, request: PassRequest, known: list[IssuedPass]) -> list[IssuedPass]:
        """Find the passes on another phone that the new one replaces. Raises: NotPossibleNow."""
        replaced, on_phone = list[IssuedPass](), self._phones.find_same(request, known)
        for issued in known:
            if issued.pass_class is not request.pass_class or not is_held(issued, at=self._at):
                continue
            if self._issuer.keys.is_closed(issued.kid, at=self._at):  # no gate reads it much longer
                continue
            if issued.state is PassState.SUSPENDED:
                raise NotPossibleNow(
                    "a pass of this class is suspended; that ends by itself within 24 hours",
                    next_step="Read the message about it; it is current again by itself, or apply then.",
                    clause="settled rule 10",
                )
            if request.device_key is None or issued in on_phone:
                if self._at < renewable_from(issued) and self._says_so_still(request.holder, issued):
                    raise NotPossibleNow(
                        f"the current pass is renewed from {rfc3339(renewable_from(issued))} on",
                        next_step="Use the current pass; if it is lost, void it first.",
                        clause="C2.4",
                    )
            else:
                replaced.append(issued)
        return replaced

    def _says_so_still(self, holder: HolderKey, issued: IssuedPass) -> bool:
        """Say whether a pass has the grounds of its holder's standing; else it is renewed at any time."""
        claims, standing = claims_in(issued), self._standings[holder]
        is_green = standing.colour is Colour.GREEN
        return is_green or (claims.basis, claims.until) == (standing.basis, standing.until)

    def _waiting(self, request: PassRequest, holder: Holder) -> WaitingApplication | None:
        """Ask a visitor's home region first, unless it has been asked lately. Raises: NotPossibleNow."""
        known = self._inquiries.get(request.holder)
        if known is None or any(inquiry.serves(self._at) for inquiry in known):
            return None
        inquiry = open_inquiry(known, self._inquiry(request, holder))
        if inquiry not in known:
            known.append(inquiry)
            self._asked.append(inquiry)
            self._acts.append(
                Act(actor="holder", act="home_asked", subject=request.holder, detail={"home": holder.home})
            )
            region = get_region(holder.home)
            values: MessageValues = {
                "region": Text(zh=region.name_zh, en=region.name_en),
                "when": plain_time(inquiry.awaited_until),
            }
            self._tell(request.holder, "message.home_asked", values)
        return WaitingApplication(inquiry=inquiry)

    def _inquiry(self, request: PassRequest, holder: Holder) -> HomeInquiry:
        proof = request.renewal
        return HomeInquiry(
            inquiry_id=self._issuer.new_id(),
            holder=request.holder,
            carrier=request.carrier,
            home=holder.home,
            pass_class=request.pass_class,
            device_point=compressed(request.device_key),
            next_device_point=compressed(request.next_device_key),
            request_id=request.request_id,
            state=InquiryState.ASKED,
            asked_at=self._at,
            renewed_pass=None if proof is None else proof.pass_id,
            renewal_signature=None if proof is None else proof.signature,
        )

    def _tell(self, holder: HolderKey, key: str, values: MessageValues) -> None:
        self._messages.append(write_message(self._issuer.new_id(), holder, key, values, at=self._at))

    def _make(self, request: PassRequest, holder: Holder, replaced: list[IssuedPass]) -> IssuedPass:
        """Make the pass; what it replaces is superseded."""
        self._phones.link(request, self._passes[request.holder])
        order = PassOrder(
            holder=request.holder,
            carrier=request.carrier,
            pass_class=request.pass_class,
            masked_name=holder.masked_name,
            last4=holder.last4,
            standing=self._standings[request.holder],
            device_key=request.device_key,
            request=request.request_id,
        )
        issued = make_pass(self._issuer, order, self._places.pop(), at=self._at)
        if replaced:
            self._tell(
                request.holder,
                "message.pass_on_another_phone",
                {"class": text(f"class.{request.pass_class}")},
            )
            self._acts += supersede(
                self._transaction, replaced, SupersessionReason.PHONE, at=self._at, actor="holder"
            )
            self._changed.append(request.holder)
            gone = {each.pass_id for each in replaced}
            known = self._passes[request.holder]
            self._passes[request.holder] = [each for each in known if each.pass_id not in gone]
        self._passes[request.holder].append(issued)
        self._phones.put(issued, request.next_device_key)
        self._made.append(issued)
        return issued

    def keep(self) -> None:
        """Keep what was made, then note the changes, then record the acts."""
        self._acts += keep_passes(self._transaction, self._made, actor="holder")
        self._phones.keep()
        for kind, rows in (
            (HomeInquiry, self._asked),
            (Message, self._messages),
        ):
            if rows:
                self._transaction.of(kind).add(*rows)
        note_changes(self._transaction, self._changed, at=self._at)
        if self._acts:
            record_acts(self._transaction, self._acts, at=self._at)


def _pass_search(holders: Sequence[HolderKey], *, at: Instant) -> Search[IssuedPass]:
    since = at_least("issued_at", at - _RETRIED_FOR)
    return Search(IssuedPass, (one_of("holder", holders), since), ("issued_at",))


def _passes_of(
    transaction: Transaction, holders: Sequence[HolderKey], *, at: Instant
) -> dict[HolderKey, list[IssuedPass]]:
    passes: dict[HolderKey, list[IssuedPass]] = {holder: [] for holder in holders}
    for issued in _pass_search(holders, at=at).of(transaction):
        passes[issued.holder].append(issued)
    return passes
