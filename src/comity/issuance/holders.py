"""Holders as a pass shows them: masked name, last four of the document, and standing; opened in bulk.

Only here does issuing look into the vault, and nothing of it stays (settled rule 15).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.domain.claims import masked
from comity.domain.colour import Colour
from comity.domain.identity import LAST_CHARACTERS
from comity.domain.instant import Instant
from comity.issuance.issuer import Issuer
from comity.issuance.ports import Transaction
from comity.issuance.records import HolderKey, Person, Standing
from comity.issuance.search import one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody a pass is about, as much as stands on it."""

    holder: HolderKey
    masked_name: str
    last4: str
    division: str
    standing: Standing


def open_holders(
    transaction: Transaction, issuer: Issuer, holders: Sequence[HolderKey], *, at: Instant
) -> dict[HolderKey, Holder]:
    """Open the holders that are registered, assessed where they are not yet. Raises: KeyStoreError."""
    people = transaction.of(Person).select(one_of("holder", holders))
    known = transaction.of(Standing).select(one_of("holder", [person.holder for person in people]))
    standings = {standing.holder: standing for standing in known}
    for person in people:
        if person.holder not in standings:
            standings[person.holder] = _first_standing(transaction, person.holder, at=at)
    return {p.holder: _opened(issuer, p, standings[p.holder]) for p in people}


def _opened(issuer: Issuer, person: Person, standing: Standing) -> Holder:
    values = issuer.vault.open(person.sealed, vault_key=person.vault_key)
    return Holder(
        holder=person.holder,
        masked_name=masked(values["name"]),
        last4=values["number"][-LAST_CHARACTERS:],
        division=person.division,
        standing=standing,
    )


def _first_standing(transaction: Transaction, holder: HolderKey, *, at: Instant) -> Standing:
    standing = Standing(
        holder=holder,
        colour=Colour.GREEN,
        reason=None,
        rule=None,
        rulebook_version=0,
        basis=None,
        until=None,
        origin=None,
        since=at,
        assessed_at=at,
        changes=0,
    )
    transaction.of(Standing).add(standing)
    return standing
