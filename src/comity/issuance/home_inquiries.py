"""Inquiries: the question to a visitor's home region, and the application that waits for it (rule 17).

An application waits until the home region has answered, at most 24 hours; no answer by then is no evidence.
Asking and going on is in `visitors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.colour import PassClass
from comity.domain.instant import DAY, LAST_INSTANT, Instant
from comity.domain.region import RegionCode
from comity.errors import NotPossibleNow
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, IssuedPass
from comity.records.ports import Transaction
from comity.records.search import at_least, equal, one_of

ANSWER_AWAITED: Final = DAY
"""Seconds after which no answer is no evidence (settled rule 17)."""
ANSWER_HOLDS: Final = DAY
"""Seconds for which an answer serves further applications of the same person."""
MOST_WAITING: Final = 4
"""Applications of one person that wait at the same time."""


class InquiryState(StrEnum):
    """Where an inquiry stands; it is closed once the application was dealt with."""

    ASKED = "asked"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeInquiry:
    """One question, with the application that waits; the keys are compressed points of 33 bytes.

    `renewed_pass` and `renewal_signature` are the phone's proof that it has an earlier pass, if it gave one.
    """

    inquiry_id: str
    holder: HolderKey
    carrier: HolderKey
    home: str
    pass_class: PassClass
    device_point: bytes | None
    next_device_point: bytes | None
    request_id: str
    state: InquiryState
    asked_at: Instant
    concluded_at: Instant | None = None
    renewed_pass: str | None = None
    renewal_signature: bytes | None = None

    TABLE: ClassVar[str] = "home_inquiry"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder", "asked_at"), ("state", "asked_at"))

    @property
    def awaited_until(self) -> Instant:
        """When no answer becomes no evidence."""
        return self.asked_at + ANSWER_AWAITED

    def serves(self, at: Instant) -> bool:
        """Say whether it was concluded recently enough for another application."""
        return self.concluded_at is not None and at < self.concluded_at + ANSWER_HOLDS


def inquiries_of(
    transaction: Transaction, holders: Sequence[HolderKey], *, at: Instant
) -> dict[HolderKey, list[HomeInquiry]]:
    """Give the inquiries about these holders that wait or may still serve."""
    found: dict[HolderKey, list[HomeInquiry]] = {holder: [] for holder in holders}
    if found:
        since = at - ANSWER_AWAITED - ANSWER_HOLDS - DAY
        for inquiry in transaction.of(HomeInquiry).select(
            one_of("holder", holders), at_least("asked_at", since), order=("asked_at",)
        ):
            found[inquiry.holder].append(inquiry)
    return found


def answered_until(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, home: RegionCode, *, at: Instant
) -> Instant | None:
    """Say until when this region answers for somebody without asking the home region again (rule 17).

    Always for who lives here; for a visitor as long as the answer, or a pass that was issued after it; None
    when the home region has not been asked.
    """
    if home == issuer.region:
        return LAST_INSTANT
    asked = inquiries_of(transaction, [holder], at=at)[holder]
    ends = [each.concluded_at + ANSWER_HOLDS for each in asked if each.concluded_at is not None]
    issued = transaction.of(IssuedPass).select(equal("holder", holder), at_least("expires_at", at + 1))
    latest = max([*ends, *(each.expires_at for each in issued)], default=at)
    return latest if at < latest else None


def open_inquiry(known: Sequence[HomeInquiry], asked: HomeInquiry) -> HomeInquiry:
    """Open the inquiry of an application, or give the one it has. Raises: NotPossibleNow for too many."""
    waiting = [inquiry for inquiry in known if inquiry.state is InquiryState.ASKED]
    for inquiry in waiting:
        if (inquiry.request_id, inquiry.carrier) == (asked.request_id, asked.carrier):
            return inquiry
    if len(waiting) >= MOST_WAITING:
        raise NotPossibleNow("other applications of this person wait for the home region already")
    return asked
