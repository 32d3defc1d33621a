"""Facts of other regions about people here: asked back, then evidence, then gone at their end (rule 11).

A fact is no colour: once its sender stands by it, its evidence is assessed by this region's own published
rules, and the person sees which region it came from. When the sender's own answer contradicts it, it counts
for nothing, the contradiction is named to the person, and the sender has 24 hours to explain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.domain.evidence import AreaArrival, AreaStay, EvidenceKind, EvidenceSource
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.region import RegionCode, get_region
from comity.domain.texts import Text
from comity.errors import StatementRefused
from comity.issuance.evidence import REGION_SOURCE, EvidenceRow, withdraw_evidence
from comity.issuance.exchange_bodies import (
    MOST_FACTS,
    Fact,
    ForeignEvidence,
    read_fact,
    read_kept,
    write_kept,
)
from comity.issuance.exchange_faults import ExchangeFaults
from comity.issuance.exchange_outbox import queue_message
from comity.issuance.exchange_records import ExchangedFact, FactState, HomeQuestion
from comity.issuance.issuer import Issuer
from comity.issuance.messages import MessageValues, tell
from comity.issuance.records import HolderKey, Person
from comity.issuance.standing import lock_holders, reassess
from comity.records.audit import Act
from comity.records.ports import Transaction
from comity.records.search import at_most, equal, one_of
from comity.trust.exchange import ExchangeKind
from comity.trust.statements import Fields

ASKED_EVERY: Final = HOUR
"""Seconds between two questions whether a fact still stands."""
EXPLAINED_WITHIN: Final = DAY
"""Seconds in which a sender explains why its own answer contradicts what it told (settled rule 11)."""
LIVE: Final = (FactState.ASKED, FactState.CONFIRMED)
LOOKED_AT: Final = 500
"""Facts looked at in one go."""


def take_fact(
    transaction: Transaction,
    issuer: Issuer,
    sender: RegionCode,
    holder: HolderKey,
    body: Fields,
    *,
    at: Instant,
) -> None:
    """Keep a fact that came in, and ask its sender whether it stands.

    Raises: UnreadableStatement, StatementRefused for a fact that was told of somebody else.
    """
    fact = read_fact(body)
    body.finish()
    lock_holders(transaction, [holder])
    key, facts = f"{sender}-{fact.fact_id}", transaction.of(ExchangedFact)
    known = facts.find(key)
    if known is not None and known.holder != holder:
        raise StatementRefused("a fact that was told of somebody else before")
    kept = ExchangedFact(
        key=key,
        sender=sender,
        fact_id=fact.fact_id,
        holder=holder,
        state=FactState.ASKED if known is None or known.state not in LIVE else known.state,
        colour=str(fact.colour),
        reason=str(fact.reason),
        rule=fact.rule,
        rulebook_version=fact.rulebook_version,
        evidence_ref=fact.evidence_ref,
        evidence=write_kept(fact.evidence),
        basis=fact.basis,
        until=fact.until,
        received_at=at if known is None else known.received_at,
        changed_at=at,
    )
    asked = _ask(transaction, issuer, kept, at=at)
    if known is None:
        facts.add(asked)
    else:
        facts.replace(asked)
    act = _act("exchange.fact_received", asked)
    reassess(transaction, issuer, [], at=at, actor=act.actor, acts=[act])


def take_lapse(
    transaction: Transaction, issuer: Issuer, sender: RegionCode, fact_id: str, *, at: Instant
) -> None:
    """Let a fact lapse that its sender took back."""
    known = transaction.of(ExchangedFact).find(f"{sender}-{fact_id}")
    if known is not None:
        end_fact(transaction, issuer, known.key, FactState.LAPSED, at=at)


def take_answer(
    transaction: Transaction, issuer: Issuer, sender: RegionCode, question: str, body: Fields, *, at: Instant
) -> None:
    """Follow an answer, on a fact that was told or on a visitor. Raises: UnreadableStatement.

    A full answer without the fact contradicts nothing: there was no more room, and it is asked about again.
    """
    if body.has("colour"):
        body.text("colour")
    facts = [read_fact(part) for part in body.parts("facts")[:MOST_FACTS]]
    body.finish()
    asked = [
        each
        for each in transaction.of(ExchangedFact).select(equal("question", question))
        if each.sender == sender and each.state in LIVE
    ]
    for found in asked:
        known = _lock_live(transaction, found.key)
        if known is None or known.question != question:
            continue
        standing = next((fact for fact in facts if fact.fact_id == known.fact_id), None)
        if standing is not None:
            _confirm(transaction, issuer, known, standing, at=at)
        elif len(facts) < MOST_FACTS:
            end_fact(transaction, issuer, known.key, FactState.CONTRADICTED, at=at)
    for inquiry in transaction.of(HomeQuestion).select(equal("question", question)):
        if inquiry.home == sender and inquiry.answered_at is None:
            kept = b"".join(_framed(write_kept(fact.evidence)) for fact in facts)
            transaction.of(HomeQuestion).replace(replace(inquiry, answered_at=at, evidence=kept))


def end_fact(transaction: Transaction, issuer: Issuer, key: str, state: FactState, *, at: Instant) -> None:
    """End a fact: its evidence counts no more, and the person is assessed again."""
    known = _lock_live(transaction, key)
    if known is None:
        return
    is_contradicted = state is FactState.CONTRADICTED
    ended = replace(
        known,
        state=state,
        changed_at=at,
        question=None,
        due_at=at + EXPLAINED_WITHIN if is_contradicted else None,
    )
    transaction.of(ExchangedFact).replace(ended)
    if known.state is FactState.CONFIRMED:
        withdraw_evidence(transaction, known.row_ref, at=at)
    if is_contradicted and transaction.of(Person).find(known.holder) is not None:
        values: MessageValues = {"region": region_words(known.sender), "hours": EXPLAINED_WITHIN // HOUR}
        tell(transaction, issuer, known.holder, "message.fact_contradicted", values, at=at)
    act = _act(f"exchange.fact_{state}", ended)
    holders = [known.holder] if known.state is FactState.CONFIRMED else []
    reassess(transaction, issuer, holders, at=at, actor=act.actor, acts=[act])


def _lock_live(transaction: Transaction, key: str) -> ExchangedFact | None:
    """Hold the person of a fact, and give the fact as it is then; None when it has ended."""
    found = transaction.of(ExchangedFact).find(key)
    if found is None:
        return None
    lock_holders(transaction, [found.holder])
    known = transaction.of(ExchangedFact).find(key)
    return known if known is not None and known.state in LIVE else None


def look_after_facts(issuer: Issuer, *, at: Instant, faults: ExchangeFaults | None = None) -> int:
    """Let facts lapse whose end has come, and ask again about those that count; say how many."""
    faults = faults or ExchangeFaults()
    with issuer.store.reading() as transaction:
        over = transaction.of(ExchangedFact).select(
            one_of("state", LIVE), at_most("until", at), limit=LOOKED_AT
        )
        counting = transaction.of(ExchangedFact).select(
            one_of("state", LIVE), at_most("asked_at", at - ASKED_EVERY), order=("asked_at",), limit=LOOKED_AT
        )
    for fact in over:
        with faults.apart("lapse"), issuer.store.transaction() as transaction:
            end_fact(transaction, issuer, fact.key, FactState.LAPSED, at=at)
    asked = 0
    for fact in counting:
        if fact.until <= at:
            continue
        with faults.apart("ask"), issuer.store.transaction() as transaction:
            lock_holders(transaction, [fact.holder])
            known = transaction.of(ExchangedFact).find(fact.key)
            if known is not None and known.state in LIVE:
                transaction.of(ExchangedFact).replace(_ask(transaction, issuer, known, at=at))
                asked += 1
    return len(over) + asked


def facts_about(transaction: Transaction, holder: HolderKey) -> list[ExchangedFact]:
    """List what other regions told of a holder, newest first."""
    return transaction.of(ExchangedFact).select(
        equal("holder", holder), order=("received_at",), newest_first=True
    )


def region_words(code: str) -> Text:
    """Give the name of a region in both languages."""
    region = get_region(code)
    return Text(zh=region.name_zh, en=region.name_en)


def read_framed(data: bytes) -> list[ForeignEvidence]:
    """Read pieces of evidence kept one after the other."""
    found: list[ForeignEvidence] = []
    while data:
        length = int.from_bytes(data[:2], "big")
        found.append(read_kept(data[2 : 2 + length]))
        data = data[2 + length :]
    return found


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _ask(transaction: Transaction, issuer: Issuer, fact: ExchangedFact, *, at: Instant) -> ExchangedFact:
    """Ask the sender whether a fact stands; the answer names the question."""
    message = queue_message(
        transaction,
        issuer,
        RegionCode(fact.sender),
        ExchangeKind.QUESTION,
        {"fact": fact.fact_id},
        at=at,
        until=min(fact.until, at + ASKED_EVERY),
    )
    return replace(fact, question=message.message_id, asked_at=at)


def _confirm(
    transaction: Transaction, issuer: Issuer, known: ExchangedFact, standing: Fact, *, at: Instant
) -> None:
    """Take a fact that stands as evidence; a changed end or basis counts from now on."""
    confirmed = replace(
        known,
        state=FactState.CONFIRMED,
        basis=standing.basis,
        until=standing.until,
        changed_at=at if known.state is FactState.ASKED else known.changed_at,
        question=None,
    )
    transaction.of(ExchangedFact).replace(confirmed)
    if known.state is FactState.CONFIRMED:
        return
    row, rows = evidence_row(confirmed, at=at), transaction.of(EvidenceRow)
    if rows.find(row.ref) is None:
        rows.add(row)
    else:
        rows.replace(row)
    act = _act("exchange.fact_confirmed", confirmed)
    reassess(transaction, issuer, [known.holder], at=at, actor=act.actor, acts=[act])


def evidence_row(fact: ExchangedFact, *, at: Instant) -> EvidenceRow:
    """Give the evidence that a confirmed fact is here; its source is the region that told it."""
    evidence = read_kept(fact.evidence)
    row = EvidenceRow(
        ref=fact.row_ref,
        holder=fact.holder,
        kind=EvidenceKind.STAY,
        source=EvidenceSource.IMPORT,
        source_name=f"{REGION_SOURCE}{fact.sender}",
        began_at=fact.basis,
        added_at=at,
    )
    if isinstance(evidence, AreaStay):
        return replace(
            row,
            began_at=evidence.began_at,
            ended_at=evidence.ended_at,
            area=evidence.area,
            record=evidence.record,
        )
    if isinstance(evidence, AreaArrival):
        return replace(row, kind=EvidenceKind.ARRIVAL, began_at=evidence.arrived_at, area=evidence.area)
    return replace(row, kind=EvidenceKind(str(evidence.reason)), began_at=evidence.happened_at)


def _act(act: str, fact: ExchangedFact) -> Act:
    return Act(
        actor=f"region:{fact.sender}",
        act=act,
        subject=fact.holder,
        detail={"fact": fact.fact_id, "rule": fact.rule, "until": fact.until},
    )
