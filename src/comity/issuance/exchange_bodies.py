"""The bodies of exchange messages: facts and evidence as small maps, read strictly (settled rule 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.domain.colour import COLOUR_REASONS, Colour, ColourReason
from comity.domain.evidence import (
    AreaArrival,
    AreaStay,
    EvidenceSource,
    HealthEvent,
    PresenceRecord,
)
from comity.domain.instant import Instant
from comity.errors import UnreadableStatement
from comity.trust.statements import Fields

MOST_FACTS: Final = 50
"""Facts about one person in one answer at most."""
ForeignEvidence: TypeAlias = HealthEvent | AreaStay | AreaArrival
"""What another region's fact can rest on: what happened to a person, never an officer's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A colour's ground as its region tells it: rule, evidence, basis and end."""

    fact_id: str
    colour: Colour
    reason: ColourReason
    rule: str
    rulebook_version: int
    evidence_ref: str
    evidence: ForeignEvidence
    basis: Instant
    until: Instant


def write_fact(fact: Fact) -> dict[str, Value]:
    """Write a fact."""
    return {
        "fact": fact.fact_id,
        "colour": str(fact.colour),
        "reason": str(fact.reason),
        "rule": fact.rule,
        "rulebook": fact.rulebook_version,
        "ref": fact.evidence_ref,
        "evidence": _keyed(evidence_fields(fact.evidence)),
        "basis": fact.basis,
        "until": fact.until,
    }


def read_fact(fields: Fields) -> Fact:
    """Read a fact. Raises: UnreadableStatement for one that is green, has no end, or rests on nothing."""
    colour, reason = fields.text("colour"), fields.text("reason")
    if colour not in (Colour.YELLOW, Colour.RED) or reason not in COLOUR_REASONS:
        raise UnreadableStatement("a fact is a ground for yellow or red")
    fact = Fact(
        fact_id=short_text(fields.text("fact")),
        colour=Colour(colour),
        reason=ColourReason(reason),
        rule=short_text(fields.text("rule")),
        rulebook_version=fields.integer("rulebook"),
        evidence_ref=short_text(fields.text("ref")),
        evidence=read_evidence_fields(fields.part("evidence")),
        basis=fields.instant("basis"),
        until=fields.instant("until"),
    )
    if fact.until <= fact.basis:
        raise UnreadableStatement("a fact ends after its basis")
    return fact


def evidence_fields(evidence: ForeignEvidence) -> dict[str, Value]:
    """Write a piece of evidence."""
    match evidence:
        case HealthEvent():
            return {"reason": str(evidence.reason), "at": evidence.happened_at}
        case AreaArrival():
            return {"area": evidence.area, "arrived": evidence.arrived_at}
        case AreaStay():
            return {
                "area": evidence.area,
                "record": str(evidence.record),
                "from": evidence.began_at,
                "to": evidence.ended_at,
            }


def read_evidence_fields(fields: Fields) -> ForeignEvidence:
    """Read a piece of evidence; its reference here is given later. Raises: UnreadableStatement."""
    evidence: ForeignEvidence
    source = EvidenceSource.IMPORT
    if fields.has("reason"):
        reason = fields.text("reason")
        if reason not in COLOUR_REASONS:
            raise UnreadableStatement("evidence with an unknown reason")
        at = fields.instant("at")
        evidence = HealthEvent(ref="", source=source, reason=ColourReason(reason), happened_at=at)
    elif fields.has("arrived"):
        area = fields.area("area")
        evidence = AreaArrival(ref="", source=source, area=area, arrived_at=fields.instant("arrived"))
    else:
        record = fields.text("record")
        if record not in tuple(PresenceRecord):
            raise UnreadableStatement("evidence of a stay by an unknown record")
        evidence = AreaStay(
            ref="",
            source=source,
            area=fields.area("area"),
            record=PresenceRecord(record),
            began_at=fields.instant("from"),
            ended_at=fields.instant("to"),
        )
    fields.finish()
    return evidence


def write_kept(evidence: ForeignEvidence) -> bytes:
    """Write a piece of evidence to be kept with a record."""
    return cbor.write(_keyed(evidence_fields(evidence)))


def read_kept(data: bytes) -> ForeignEvidence:
    """Read a piece of evidence that was kept."""
    return read_evidence_fields(Fields(cbor.read_map(data), of="evidence of another region"))


def _keyed(fields: dict[str, Value]) -> dict[int | str, Value]:
    keyed: dict[int | str, Value] = {}
    keyed.update(fields)
    return keyed


def short_text(text: str) -> str:
    """Give a text that is short enough to be a reference. Raises: UnreadableStatement."""
    if not 1 <= len(text) <= 100 or not text.isprintable():
        raise UnreadableStatement("a reference of 1 to 100 characters is expected")
    return text
