"""Telling home regions what this region knows against their people, and answering what they ask (rule 11).

A fact is a finding of the assessment: the published rule, the evidence, its basis and its end. It is told
when a visitor's standing rests on it, told again when its end changes, and taken back when nothing rests on
it any more. Officers' assignments stay here, and so does what other regions told: a region answers for its
own evidence only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from comity.codec.cbor import Value
from comity.domain.colour import Colour
from comity.domain.evidence import Assignment, Clearance
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.issuance.changes import changes_since
from comity.issuance.evidence import REGION_SOURCE, read_evidence
from comity.issuance.exchange_bodies import MOST_FACTS, Fact, write_fact
from comity.issuance.exchange_faults import ExchangeFaults
from comity.issuance.exchange_outbox import queue_message
from comity.issuance.exchange_records import SentFact
from comity.issuance.issuer import Issuer
from comity.issuance.people import home_of
from comity.issuance.records import HolderKey, Person
from comity.issuance.standing import assess_all, lock_holders
from comity.records.audit import Act, record_acts
from comity.records.counter import Counter
from comity.records.ports import Transaction
from comity.records.search import equal, one_of
from comity.trust.exchange import ExchangeKind

CHANGES_LOOKED_AT: Final = 500
"""Changes looked at in one go."""
_SEEN: Final = "exchange-change"


def current_facts(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, *, at: Instant
) -> tuple[Colour, list[Fact]]:
    """Give the colour of a holder as of now, and all facts it rests on, the decisive one first."""
    found = assess_all(transaction, issuer, [holder], at=at)
    assessment = found.assessments[holder]
    rows = {row.ref: row for row in found.rows[holder]}
    facts: list[Fact] = []
    for finding in assessment.findings:
        row = rows[finding.evidence_ref]
        evidence = read_evidence(row)
        if isinstance(evidence, Assignment | Clearance) or row.source_name.startswith(REGION_SOURCE):
            continue
        facts.append(
            Fact(
                fact_id=opaque(f"{finding.rule_id}\0{finding.evidence_ref}"),
                colour=finding.colour,
                reason=finding.reason,
                rule=finding.rule_id,
                rulebook_version=assessment.rulebook_version,
                evidence_ref=opaque(finding.evidence_ref),
                evidence=evidence,
                basis=finding.basis,
                until=finding.until,
            )
        )
    return assessment.colour, facts


def opaque(reference: str) -> str:
    """Give what stands for a reference elsewhere: the same for the same, and telling nothing of it."""
    return sha256(reference.encode()).hexdigest()[:32]


def answer_body(colour: Colour, facts: Sequence[Fact], *, first: str | None = None) -> dict[str, Value]:
    """Write an answer: the colour of now, and the facts it rests on; the one that is asked about comes first.

    There is room for `MOST_FACTS`: an answer that is full says nothing about a fact that is not in it.
    """
    written: list[Value] = []
    for fact in sorted(facts, key=lambda each: each.fact_id != first)[:MOST_FACTS]:
        keyed: dict[int | str, Value] = {}
        keyed.update(write_fact(fact))
        written.append(keyed)
    return {"colour": str(colour), "facts": written}


def tell_homes(issuer: Issuer, *, at: Instant, faults: ExchangeFaults | None = None) -> int:
    """Look at whose standing changed since the last time, and tell their home regions; say how many facts.

    Somebody about whom that fails holds up nobody else, and is looked at again until so many others changed.
    """
    apart = ExchangeFaults()
    with issuer.store.reading() as transaction:
        counter = transaction.of(Counter).find(_SEEN)
        changes = changes_since(transaction, 0 if counter is None else counter.value, limit=CHANGES_LOOKED_AT)
        holders = sorted({change.holder for change in changes})
        people = transaction.of(Person).select(one_of("holder", holders)) if holders else []
    told = 0
    for person in people:
        with apart.apart("tell"):
            if home_of(person) == issuer.region:
                continue
            with issuer.store.transaction() as transaction:
                told += _tell_home(transaction, issuer, person, at=at)
    if changes and (not apart.number or len(changes) == CHANGES_LOOKED_AT):
        with issuer.store.transaction() as transaction:
            _note_seen(transaction, changes[-1].number)
    if faults is not None:
        faults.by_step.update(apart.by_step)
    return told


def _tell_home(transaction: Transaction, issuer: Issuer, person: Person, *, at: Instant) -> int:
    """Tell what is new of one person, and take back what nothing rests on any more; say how many messages."""
    lock_holders(transaction, [person.holder])
    home = home_of(person)
    _, facts = current_facts(transaction, issuer, person.holder, at=at)
    known = {row.fact_id: row for row in transaction.of(SentFact).select(equal("holder", person.holder))}
    new = [fact for fact in facts if not _is_told(fact, known.get(fact.fact_id))]
    for fact in new:
        after = SentFact(
            fact_id=fact.fact_id, holder=person.holder, receiver=home, until=fact.until, sent_at=at
        )
        _keep(transaction, after, known.get(fact.fact_id))
        queue_message(
            transaction,
            issuer,
            home,
            ExchangeKind.FACT,
            write_fact(fact),
            holder=person.holder,
            until=fact.until,
            at=at,
        )
    standing = {fact.fact_id for fact in facts}
    gone = [row for row in known.values() if row.fact_id not in standing]
    told = len(new) + sum(_take_back(transaction, issuer, row, at=at) for row in gone)
    if told:
        detail: dict[str, str | int] = {"to": str(home), "facts": told}
        act = Act(actor="region", act="exchange.told", subject=person.holder, detail=detail)
        record_acts(transaction, [act], at=at)
    return told


def _is_told(fact: Fact, before: SentFact | None) -> bool:
    return before is not None and before.until == fact.until and before.lapsed_at is None


def _take_back(transaction: Transaction, issuer: Issuer, row: SentFact, *, at: Instant) -> bool:
    if row.lapsed_at is not None or row.until <= at:
        return False
    transaction.of(SentFact).replace(replace(row, lapsed_at=at))
    receiver, body = RegionCode(row.receiver), {"fact": row.fact_id}
    queue_message(transaction, issuer, receiver, ExchangeKind.LAPSE, body, until=row.until, at=at)
    return True


def _keep(transaction: Transaction, after: SentFact, before: SentFact | None) -> None:
    if before is None:
        transaction.of(SentFact).add(after)
    else:
        transaction.of(SentFact).replace(after)


def _note_seen(transaction: Transaction, number: int) -> None:
    after, counters = Counter(name=_SEEN, value=number), transaction.of(Counter)
    if counters.find(_SEEN) is None:
        counters.add(after)
    else:
        counters.replace(after)
