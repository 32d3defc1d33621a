"""People: registered by an identity document, found by keyed hash, opened by the vault (settled rule 15).

Name, kind and number are sealed together; the division is where somebody lives, never what an identity number
begins with (C2.5). Registering the same document again changes nothing. Who may act for whom is here too;
how a guardianship begins and ends is in `guardians`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.identity import IdentityDocument, read_identity
from comity.domain.instant import Instant
from comity.domain.region import AreaCode, RegionCode, is_area_code, is_region
from comity.errors import InvalidInput, KeyStoreError, NotPossibleNow, UnknownRecord
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, Person
from comity.officers.officers import Officer
from comity.records.audit import Act
from comity.records.ports import Transaction
from comity.records.search import equal

MAX_NAME: Final = 64
"""Characters of a name after normalisation (Unicode NFC, one space between words)."""
_MAX_RAW_NAME: Final = 4 * MAX_NAME
_NAME_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Pd", "Po", "Zs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """What the vault keeps of a person: the name, and the document that proves it."""

    name: str = field(repr=False)
    document: IdentityDocument


class Relation(StrEnum):
    """What the guardian is to the dependant."""

    PARENT = "parent"
    CHILD = "child"
    GRANDPARENT = "grandparent"
    SPOUSE = "spouse"
    APPOINTED = "appointed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardianship:
    """One guardian for one dependant: what was consented to, and when it ended, if it did."""

    guardianship_id: str
    guardian: HolderKey
    dependant: HolderKey
    relation: Relation
    consent_version: int
    consented_at: Instant
    ended_at: Instant | None = None

    TABLE: ClassVar[str] = "guardianship"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("guardian",), ("dependant",))


def register_person(
    transaction: Transaction,
    issuer: Issuer,
    document: IdentityDocument,
    name: str,
    division: str,
    *,
    at: Instant,
    asked_region: RegionCode | None = None,
) -> Person:
    """Give the person of a document, added now if nobody has it yet; `asked_region` as in `Person`.

    Raises: InvalidInput for a name or division that is none.
    """
    known, place = read_name(name), read_division(division)
    holder = holder_of(issuer, document)
    transaction.lock(f"holder-{holder}")
    found = transaction.of(Person).find(holder)
    if found is not None:
        return found
    person = Person(
        holder=holder,
        sealed=_sealed(issuer, PersonDetails(name=known, document=document)),
        vault_key=issuer.vault.current,
        division=place,
        added_at=at,
        asked_region=asked_region,
    )
    transaction.of(Person).add(person)
    return person


def holder_of(issuer: Issuer, document: IdentityDocument) -> HolderKey:
    """Give the key under which the holder of a document is found, registered or not."""
    return issuer.vault.holder_key(document.kind, document.number)


def open_person(issuer: Issuer, person: Person) -> PersonDetails:
    """Open what is sealed of a person. Raises: KeyStoreError for an altered record or a lost key."""
    of = _bound_to(person.holder)
    opened = issuer.vault.open(person.sealed, vault_key=person.vault_key, of=of)
    document = read_identity(opened["kind"], opened["number"], allow_test=True)
    if holder_of(issuer, document) != person.holder:
        raise KeyStoreError("what is sealed of a person is another's: the record was altered")
    return PersonDetails(name=opened["name"], document=document)


def get_person(transaction: Transaction, holder: HolderKey) -> Person:
    """Give the person with this key. Raises: UnknownRecord."""
    found = transaction.of(Person).find(holder)
    if found is None:
        raise UnknownRecord("this region knows nobody by that key")
    return found


def home_of(person: Person) -> RegionCode:
    """Say which region is asked about somebody: where they live, or that of a guardian's unproved word."""
    return RegionCode(person.asked_region or f"{person.division[:2]}0000")


def guardianships_of(transaction: Transaction, guardian: HolderKey) -> list[Guardianship]:
    """List the guardianships of a guardian that stand, oldest first."""
    return transaction.of(Guardianship).select(
        equal("guardian", guardian), equal("ended_at", None), order=("consented_at",)
    )


def find_guardianship(transaction: Transaction, dependant: HolderKey) -> Guardianship | None:
    """Find who stands for a dependant at present."""
    found = transaction.of(Guardianship).select(equal("dependant", dependant), equal("ended_at", None))
    return found[0] if found else None


def dependants_of(transaction: Transaction, guardian: HolderKey) -> list[HolderKey]:
    """List whose passes somebody may carry beside the own, oldest first."""
    return [each.dependant for each in guardianships_of(transaction, guardian)]


def require_carrier(transaction: Transaction, carrier: HolderKey, holder: HolderKey) -> None:
    """Let somebody act for a holder: the holder, or the guardian with consent. Raises: UnknownRecord."""
    if carrier != holder and holder not in dependants_of(transaction, carrier):
        raise UnknownRecord("there is no such dependant")


def get_person_in(transaction: Transaction, holder: HolderKey, officer: Officer) -> Person:
    """Give a person who lives where an officer acts (C0). Raises: UnknownRecord, as for nobody."""
    person = get_person(transaction, holder)
    if not officer.covers(person.division):
        raise UnknownRecord("this region knows nobody by that key")
    return person


def rename_person(transaction: Transaction, issuer: Issuer, person: Person, name: str) -> Person:
    """Put another name to a person, after a correction or a new proof; the caller records the act.

    Live passes keep the old name until they are superseded (settled rule 18). Raises: InvalidInput.
    """
    details = replace(open_person(issuer, person), name=read_name(name))
    renamed = replace(person, sealed=_sealed(issuer, details), vault_key=issuer.vault.current)
    transaction.of(Person).replace(renamed)
    return renamed


def move_person(transaction: Transaction, person: Person, division: str) -> tuple[Person, Act]:
    """Let a person live in a division for certain, and give the act of it. Raises: InvalidInput."""
    moved = replace(person, division=read_division(division), asked_region=None)
    transaction.of(Person).replace(moved)
    return moved, Act(actor="holder", act="move", subject=person.holder, detail={"division": moved.division})


def require_no_arrival(issuer: Issuer, person: Person, division: str) -> None:
    """Refuse a visitor's own word that they live here now: else no home region would be asked (rule 17).

    Raises: NotPossibleNow.
    """
    if home_of(person) != issuer.region == RegionCode(f"{division[:2]}0000"):
        raise NotPossibleNow(
            "who comes to live here from another region is entered by an officer",
            next_step="Ask for a correction of the identity, field division; your own code counts meanwhile.",
            clause="settled rule 17",
        )


def read_name(text: str) -> str:
    """Read a name: normalised, letters of any script, marks, hyphens, dots and single spaces.

    Raises: InvalidInput that does not repeat it.
    """
    name = " ".join(unicodedata.normalize("NFC", text if len(text) <= _MAX_RAW_NAME else "").split())
    good = all(unicodedata.category(character) in _NAME_CATEGORIES for character in name)
    if not 1 <= len(name) <= MAX_NAME or not good or not _has_letter(name):
        raise InvalidInput(
            f"a name has 1 to {MAX_NAME} letters, with spaces, dots and hyphens between them", field="name"
        )
    return name


def read_division(code: str) -> AreaCode:
    """Read a division of one of the 31 regions (C0). Raises: InvalidInput."""
    if not is_area_code(code) or not is_region(f"{code[:2]}0000"):
        raise InvalidInput(
            "a division is six digits by GB/T 2260, in one of the 31 regions", field="division", clause="C0"
        )
    return code


def _has_letter(name: Iterable[str]) -> bool:
    return any(character.isalpha() for character in name)


def _sealed(issuer: Issuer, details: PersonDetails) -> bytes:
    document = details.document
    values = {"name": details.name, "kind": str(document.kind), "number": document.number}
    return issuer.vault.seal(values, of=_bound_to(holder_of(issuer, document)))


def _bound_to(holder: HolderKey) -> str:
    return f"{Person.TABLE}:{holder}"
