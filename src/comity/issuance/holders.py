"""Holders as a pass shows them: masked name and last four of the document, opened in bulk.

Only here does the making of passes look into the vault, and nothing else of it stays (settled rule 15).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.domain.claims import masked
from comity.domain.region import RegionCode
from comity.issuance.issuer import Issuer
from comity.issuance.people import home_of, open_person
from comity.issuance.records import HolderKey, Person
from comity.records.ports import Search, Transaction
from comity.records.search import one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody a pass is about, as much as stands on it, and which region is asked about them."""

    holder: HolderKey
    masked_name: str
    last4: str
    home: RegionCode


def holder_search(holders: Sequence[HolderKey]) -> Search[Person]:
    """Name the search of `open_holders`."""
    return Search(Person, (one_of("holder", holders),))


def open_holders(
    transaction: Transaction, issuer: Issuer, holders: Sequence[HolderKey]
) -> dict[HolderKey, Holder]:
    """Open the holders that are registered. Raises: KeyStoreError."""
    return {person.holder: _opened(issuer, person) for person in holder_search(holders).of(transaction)}


def _opened(issuer: Issuer, person: Person) -> Holder:
    details = open_person(issuer, person)
    return Holder(
        holder=person.holder,
        masked_name=masked(details.name),
        last4=details.document.last4,
        home=home_of(person),
    )
