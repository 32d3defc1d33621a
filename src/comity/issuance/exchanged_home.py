"""The home region of a visitor, asked through the exchange: the adapter of `home_region` (settled rule 17).

The question goes out with the next messages; the application waits for the answer 24 hours at most.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from comity.domain.identity import IdentityDocument
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode
from comity.errors import ComityError
from comity.issuance.exchange_facts import opaque
from comity.issuance.exchange_outbox import queue_message
from comity.issuance.exchange_records import HomeQuestion, OutgoingMessage
from comity.issuance.exchanged_facts import read_framed
from comity.issuance.home_region import HomeAnswer
from comity.issuance.issuer import Issuer
from comity.issuance.people import holder_of
from comity.issuance.records import HolderKey
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.trust.exchange import ExchangeKind

QUESTION_HOLDS: Final = DAY
"""Seconds for which one question about a person is not asked again."""


class ExchangedHome:
    """Asks other regions; `issuer` gives the region that asks."""

    def __init__(self, issuer: Callable[[], Issuer]) -> None:
        self._issuer = issuer

    def current_facts(
        self, home: RegionCode, document: IdentityDocument, *, at: Instant
    ) -> HomeAnswer | None:
        """Ask for the current facts about a person; None while there is no answer."""
        issuer = self._issuer()
        holder = holder_of(issuer, document)
        key = f"{home}-{holder}"
        try:
            with issuer.store.transaction() as transaction:
                transaction.lock(f"home-{key}")
                questions = transaction.of(HomeQuestion)
                known = questions.find(key)
                if known is not None and at < known.asked_at + QUESTION_HOLDS:
                    if known.answered_at is None:
                        return None
                    return HomeAnswer(evidence=tuple(read_framed(known.evidence)))
                message = _ask(transaction, issuer, home, holder, at=at)
                asked = HomeQuestion(
                    key=key, question=message.message_id, holder=holder, home=home, asked_at=at
                )
                if known is None:
                    questions.add(asked)
                else:
                    questions.replace(asked)
        except ComityError:
            return None
        return None


def _ask(
    transaction: Transaction, issuer: Issuer, home: RegionCode, holder: HolderKey, *, at: Instant
) -> OutgoingMessage:
    """Queue the question with the visitor's id here, which stands in the audit of both regions."""
    visitor = opaque(holder)
    act = Act(
        actor="region",
        act="exchange.home_asked",
        subject=holder,
        detail={"to": str(home), "visitor": visitor},
    )
    message = queue_message(
        transaction, issuer, home, ExchangeKind.QUESTION, {"visitor": visitor}, holder=holder, at=at
    )
    record_acts(transaction, [act], at=at)
    return message
