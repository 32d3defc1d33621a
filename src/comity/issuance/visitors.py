"""Visitors: people of another region who apply here, after their home region was asked (C2.7, rule 17).

The question goes out when nobody holds a transaction. What the home region knows becomes evidence, is
assessed by the host's own rules and then the pass is issued; after 24 hours without an answer it is issued
without. What waits is looked at again by a duty.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.domain.evidence import AreaArrival, AreaStay, EvidenceKind, EvidenceSource, HealthEvent
from comity.domain.instant import Instant
from comity.domain.region import RegionCode, get_region
from comity.domain.texts import Text, text
from comity.errors import InvalidInput, NotPossibleNow, RequestRefused, UnknownRecord
from comity.issuance.application import (
    Answer,
    GrantedPass,
    PassRequest,
    WaitingApplication,
    apply_for_passes,
)
from comity.issuance.evidence import REGION_SOURCE, EvidenceRow
from comity.issuance.home_inquiries import HomeInquiry, InquiryState
from comity.issuance.home_region import HomeAnswer
from comity.issuance.issuer import Issuer
from comity.issuance.messages import tell
from comity.issuance.people import get_person, open_person
from comity.issuance.phone_keys import RenewalProof, uncompressed
from comity.issuance.records import Person
from comity.issuance.standing import reassess
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import differs


def apply(issuer: Issuer, request: PassRequest, *, at: Instant) -> GrantedPass | WaitingApplication:
    """Apply for a pass as resident or visitor; a visitor's application may wait for the home region.

    Raises: InvalidInput, UnknownRecord, NotPossibleNow, SigningRefused, ClockRefused, StoreUnavailable.
    """
    answer = apply_for_passes(issuer, [request], at=at)[0]
    if isinstance(answer, WaitingApplication):
        answer = _go_on(issuer, answer.inquiry, at=at)
    if isinstance(answer, RequestRefused):
        raise answer
    return answer


def continue_waiting(issuer: Issuer, *, at: Instant) -> int:
    """Go on with every application that waits, and say how many passes were issued."""
    with issuer.store.reading() as transaction:
        open_ones = transaction.of(HomeInquiry).select(
            differs("state", InquiryState.CLOSED), order=("asked_at",)
        )
    count = 0
    for inquiry in open_ones:
        answer = _go_on(issuer, inquiry, at=at)
        if isinstance(answer, WaitingApplication):
            continue
        with issuer.store.transaction() as transaction:
            _close(transaction, issuer, inquiry, answer, at=at)
        count += isinstance(answer, GrantedPass)
    return count


def _go_on(issuer: Issuer, inquiry: HomeInquiry, *, at: Instant) -> Answer:
    """Ask if there is no answer yet; once it is there, or its time is over, deal with the application."""
    if inquiry.state is InquiryState.ASKED:
        with issuer.store.reading() as transaction:
            document = open_person(issuer, get_person(transaction, inquiry.holder)).document
        facts = issuer.home.current_facts(RegionCode(inquiry.home), document, at=at)
        if facts is None and at < inquiry.awaited_until:
            return WaitingApplication(inquiry=inquiry)
        with issuer.store.transaction() as transaction:
            _conclude(transaction, issuer, inquiry, facts, at=at)
    return apply_for_passes(issuer, [_request(inquiry)], at=at)[0]


def _conclude(
    transaction: Transaction, issuer: Issuer, inquiry: HomeInquiry, facts: HomeAnswer | None, *, at: Instant
) -> None:
    """Keep the answer, or that there was none, and assess the visitor by what it says."""
    transaction.lock(f"holder-{inquiry.holder}")
    inquiries = transaction.of(HomeInquiry)
    known = inquiries.find(inquiry.inquiry_id)
    if known is None or known.state is not InquiryState.ASKED:
        return
    state = InquiryState.UNANSWERED if facts is None else InquiryState.ANSWERED
    inquiries.replace(replace(known, state=state, concluded_at=at))
    rows = [] if facts is None else [_row(inquiry, place, e, at) for place, e in enumerate(facts.evidence)]
    if rows:
        transaction.of(EvidenceRow).add(*rows)
    act = Act(
        actor=f"region:{inquiry.home}",
        act=f"home_{state}",
        subject=inquiry.holder,
        detail={"evidence": len(rows)},
    )
    holders = [inquiry.holder] if rows else []
    reassess(transaction, issuer, holders, at=at, actor=f"region:{inquiry.home}", acts=[act])


def _row(
    inquiry: HomeInquiry, place: int, evidence: HealthEvent | AreaStay | AreaArrival, at: Instant
) -> EvidenceRow:
    """Keep a fact of the home region as evidence of this one."""
    row = EvidenceRow(
        ref=f"home:{inquiry.inquiry_id}:{place}",
        holder=inquiry.holder,
        kind=EvidenceKind.STAY,
        source=EvidenceSource.IMPORT,
        source_name=f"{REGION_SOURCE}{inquiry.home}",
        began_at=at,
        added_at=at,
    )
    if isinstance(evidence, HealthEvent):
        return replace(row, kind=EvidenceKind(str(evidence.reason)), began_at=evidence.happened_at)
    if isinstance(evidence, AreaArrival):
        return replace(row, kind=EvidenceKind.ARRIVAL, began_at=evidence.arrived_at, area=evidence.area)
    return replace(
        row,
        began_at=evidence.began_at,
        ended_at=evidence.ended_at,
        area=evidence.area,
        record=evidence.record,
    )


def _close(
    transaction: Transaction, issuer: Issuer, inquiry: HomeInquiry, answer: Answer, *, at: Instant
) -> None:
    """Close an inquiry whose application was dealt with, and tell the visitor of the pass or the refusal."""
    transaction.lock(f"holder-{inquiry.holder}")
    known = transaction.of(HomeInquiry).find(inquiry.inquiry_id)
    if known is None or known.state is InquiryState.CLOSED:
        return
    transaction.of(HomeInquiry).replace(replace(known, state=InquiryState.CLOSED))
    values = {"class": text(f"class.{inquiry.pass_class}")}
    if isinstance(answer, GrantedPass):
        tell(transaction, issuer, inquiry.holder, "message.visitor_pass_issued", values, at=at)
    elif isinstance(answer, RequestRefused) and transaction.of(Person).find(inquiry.holder) is not None:
        region = get_region(inquiry.home)
        values |= {"region": Text(zh=region.name_zh, en=region.name_en), "why": _why(answer)}
        tell(transaction, issuer, inquiry.holder, "message.visitor_refused", values, at=at)
        act = Act(actor="region", act="visitor_refused", subject=inquiry.holder, detail={"why": answer.code})
        record_acts(transaction, [act], at=at)


def _why(refusal: RequestRefused) -> Text:
    """Say in plain words why an application that waited was not granted."""
    for kind, word in _REFUSALS.items():
        if isinstance(refusal, kind):
            return text(f"visitor_refused.{word}")
    return text("visitor_refused.other")


_REFUSALS: Final = {NotPossibleNow: "pass", InvalidInput: "key", UnknownRecord: "carrier"}


def _request(inquiry: HomeInquiry) -> PassRequest:
    return PassRequest(
        holder=inquiry.holder,
        carrier=inquiry.carrier,
        pass_class=inquiry.pass_class,
        device_key=uncompressed(inquiry.device_point),
        next_device_key=uncompressed(inquiry.next_device_point),
        renewal=_renewal(inquiry),
        request_id=inquiry.request_id,
    )


def _renewal(inquiry: HomeInquiry) -> RenewalProof | None:
    if inquiry.renewed_pass is None or inquiry.renewal_signature is None:
        return None
    return RenewalProof(pass_id=inquiry.renewed_pass, signature=inquiry.renewal_signature)
