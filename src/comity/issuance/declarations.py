"""Declarations: what people say of their own health and trips (用户健康信息申报、用户行程申报).

A declaration is kept as made and is evidence at once: symptoms, a contact, stays and arrivals. It tells of
the past, so nothing in it lies ahead. Temperature is no part of it: that belongs to other rules (rule 21).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias

from comity.domain.evidence import EvidenceKind, EvidenceSource, PresenceRecord
from comity.domain.instant import DAY, Instant
from comity.domain.region import is_area
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import InvalidInput, TooMany, UnknownRecord
from comity.issuance.evidence import EvidenceRow
from comity.issuance.issuer import Issuer
from comity.issuance.people import get_person, guardianships_of, require_carrier
from comity.issuance.records import HolderKey
from comity.issuance.standing import lock_holders, reassess
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import Where, at_least, equal

LOOKS_BACK: Final = 30 * DAY
"""Seconds that a declaration may go back."""
MOST_STAYS: Final = 20
MOST_A_DAY: Final = 20
SHOWN: Final = 50
"""Declarations given at once, newest first."""


class DeclarationKind(StrEnum):
    """Which of the two services it was made with."""

    HEALTH = "health"
    TRIP = "trip"


class Symptom(StrEnum):
    """The closed list of symptoms a person is asked for."""

    FEVER = "fever"
    DRY_COUGH = "dry_cough"
    FATIGUE = "fatigue"
    SORE_THROAT = "sore_throat"
    SHORT_BREATH = "short_breath"
    LOSS_OF_SMELL = "loss_of_smell"
    DIARRHOEA = "diarrhoea"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthDeclaration:
    """Symptoms with their onset, and the last contact with a case; nothing of both is "all well"."""

    symptoms: tuple[Symptom, ...] = ()
    symptoms_began_at: Instant | None = None
    last_contact_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredStay:
    """A stay in an area, `began_at <= t < ended_at`; who is still there says: until now."""

    area: str
    began_at: Instant
    ended_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredArrival:
    """An arrival in this region out of an area."""

    area: str
    arrived_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class TripDeclaration:
    """Where somebody stayed, and where they arrived from."""

    stays: tuple[DeclaredStay, ...] = ()
    arrivals: tuple[DeclaredArrival, ...] = ()


Declared: TypeAlias = HealthDeclaration | TripDeclaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One declaration as made; `content` is JSON."""

    declaration_id: str
    holder: HolderKey
    declared_by: HolderKey
    kind: DeclarationKind
    content: str
    declared_at: Instant

    TABLE: ClassVar[str] = "declaration"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder", "declared_at"),)


def declare(
    issuer: Issuer,
    declared: Declared,
    *,
    holder: HolderKey,
    carrier: HolderKey,
    at: Instant,
    actor: str | None = None,
) -> Declaration:
    """Keep a declaration of a holder, or of the guardian for a dependant, and assess the holder again.

    `actor` is the officer who wrote down what the holder said, where there is one.

    Raises: InvalidInput, UnknownRecord for somebody the carrier may not act for, TooMany.
    """
    is_health = isinstance(declared, HealthDeclaration)
    rows = (
        _health_rows(declared, at=at)
        if isinstance(declared, HealthDeclaration)
        else _trip_rows(declared, at=at)
    )
    with issuer.store.transaction() as transaction:
        lock_holders(transaction, [holder])
        get_person(transaction, holder)
        require_carrier(transaction, carrier, holder)
        _require_few(transaction, holder, at=at)
        declaration = Declaration(
            declaration_id=issuer.new_id(),
            holder=holder,
            declared_by=carrier,
            kind=DeclarationKind.HEALTH if is_health else DeclarationKind.TRIP,
            content=json.dumps(_content(declared), sort_keys=True, separators=(",", ":")),
            declared_at=at,
        )
        transaction.of(Declaration).add(declaration)
        evidence = [_evidence(declaration, number, row) for number, row in enumerate(rows)]
        transaction.of(EvidenceRow).add(*evidence)
        actor = actor or ("holder" if carrier == holder else "guardian")
        act = Act(
            actor=actor,
            act="declaration.made",
            subject=holder,
            detail={"kind": str(declaration.kind), "evidence": len(evidence)},
        )
        reassess(transaction, issuer, [holder], at=at, actor=actor, acts=[act])
    return declaration


def declarations_of(
    transaction: Transaction, holder: HolderKey, kind: DeclarationKind, *since: Where
) -> list[Declaration]:
    """List the newest declarations of a holder, newest first; `since` takes only the later ones."""
    return transaction.of(Declaration).select(
        equal("holder", holder),
        equal("kind", kind),
        *since,
        order=("declared_at",),
        newest_first=True,
        limit=SHOWN,
    )


def read_for_dependant(
    transaction: Transaction,
    guardian: HolderKey,
    guardianship_id: str,
    kind: DeclarationKind,
    *,
    at: Instant,
) -> list[Declaration]:
    """Give a guardian the newest declarations about a dependant since the consent, and record the reading.

    Raises: UnknownRecord for a guardianship that is another's or has ended.
    """
    standing = {each.guardianship_id: each for each in guardianships_of(transaction, guardian)}
    consent = standing.get(guardianship_id)
    if consent is None:
        raise UnknownRecord("there is no such dependant")
    since = at_least("declared_at", consent.consented_at)
    found = declarations_of(transaction, consent.dependant, kind, since)
    detail: dict[str, str | int] = {
        "kind": str(kind),
        "declarations": len(found),
        "guardianship": guardianship_id,
    }
    act = Act(actor="guardian", act="declaration.read", subject=consent.dependant, detail=detail)
    record_acts(transaction, [act], at=at)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """What one line of a declaration says."""

    kind: EvidenceKind
    began_at: Instant
    ended_at: Instant | None = None
    area: str | None = None


def _health_rows(declared: HealthDeclaration, *, at: Instant) -> list[_Statement]:
    rows = []
    if bool(declared.symptoms) is not (declared.symptoms_began_at is not None):
        raise InvalidInput(
            "symptoms and the time they began are given together, or neither", field="symptoms_began_at"
        )
    if len(set(declared.symptoms)) != len(declared.symptoms):
        raise InvalidInput("a symptom is named twice", field="symptoms")
    if declared.symptoms_began_at is not None:
        began_at = _past(declared.symptoms_began_at, "symptoms_began_at", at=at)
        rows.append(_Statement(kind=EvidenceKind.SYMPTOMS, began_at=began_at))
    if declared.last_contact_at is not None:
        last = _past(declared.last_contact_at, "last_contact_at", at=at)
        rows.append(_Statement(kind=EvidenceKind.CLOSE_CONTACT, began_at=last))
    return rows


def _trip_rows(declared: TripDeclaration, *, at: Instant) -> list[_Statement]:
    if not 1 <= len(declared.stays) + len(declared.arrivals) <= MOST_STAYS:
        raise InvalidInput(f"a declaration has 1 to {MOST_STAYS} stays and arrivals", field="stays")
    rows = []
    for stay in declared.stays:
        began_at, ended_at = _past(stay.began_at, "began_at", at=at), _past(stay.ended_at, "ended_at", at=at)
        if began_at >= ended_at:
            raise InvalidInput("a stay ends after it began", field="ended_at")
        area = _area(stay.area)
        rows.append(_Statement(kind=EvidenceKind.STAY, began_at=began_at, ended_at=ended_at, area=area))
    for arrival in declared.arrivals:
        arrived_at = _past(arrival.arrived_at, "arrived_at", at=at)
        rows.append(_Statement(kind=EvidenceKind.ARRIVAL, began_at=arrived_at, area=_area(arrival.area)))
    return rows


def _past(told: Instant, field: str, *, at: Instant) -> Instant:
    """Take a time within the last 30 days; a phone's clock may be a minute ahead."""
    if told > at + CLOCK_LEEWAY:
        raise InvalidInput(f"{field} lies ahead; a declaration tells of what has been", field=field)
    if told < at - LOOKS_BACK:
        raise InvalidInput(f"{field} is more than 30 days ago, which bears on nothing now", field=field)
    return min(told, at)


def _area(area: str) -> str:
    if not is_area(area):
        raise InvalidInput(
            "area is not a code of six digits in one of the provinces (GB/T 2260)", field="area"
        )
    return area


def _require_few(transaction: Transaction, holder: HolderKey, *, at: Instant) -> None:
    made = transaction.of(Declaration).select(
        equal("holder", holder), at_least("declared_at", at - DAY), limit=MOST_A_DAY
    )
    if len(made) >= MOST_A_DAY:
        raise TooMany(f"{MOST_A_DAY} declarations were made within a day", retry_after=DAY)


def _evidence(declaration: Declaration, number: int, row: _Statement) -> EvidenceRow:
    return EvidenceRow(
        ref=f"{declaration.declaration_id}-{number}",
        holder=declaration.holder,
        kind=row.kind,
        source=EvidenceSource.DECLARATION,
        source_name=str(declaration.kind),
        began_at=row.began_at,
        ended_at=row.ended_at,
        area=row.area,
        record=PresenceRecord.DECLARED if row.kind is EvidenceKind.STAY else None,
        added_at=declaration.declared_at,
    )


def _content(declared: Declared) -> Mapping[str, object]:
    if isinstance(declared, HealthDeclaration):
        return {
            "symptoms": sorted(str(symptom) for symptom in declared.symptoms),
            "symptoms_began_at": declared.symptoms_began_at,
            "last_contact_at": declared.last_contact_at,
        }
    stays: Sequence[Mapping[str, object]] = [
        {"area": each.area, "began_at": each.began_at, "ended_at": each.ended_at} for each in declared.stays
    ]
    arrivals = [{"area": each.area, "arrived_at": each.arrived_at} for each in declared.arrivals]
    return {"stays": stays, "arrivals": arrivals}
