"""Guardians: who carries the passes of children and elders on the own phone (settled rule 14).

One guardian has at most ten dependants, and a dependant one guardian. The guardian names the dependant's
document, states the relation, and consents to a text of which the version is kept. Whoever proved the own
identity, to the provider or to a clerk, is nobody's dependant until a clerk who sees them allows it: else
knowing a number would be enough to see a colour. A guardian's word on where somebody lives keeps no region
from being asked (rule 17).
With the end of it the passes on the guardian's phone are superseded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from comity.domain.identity import IdentityDocument
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode, area_covers
from comity.errors import InvalidInput, NotPossibleNow, TooMany, UnknownRecord
from comity.issuance.changes import note_changes
from comity.issuance.issuer import Issuer
from comity.issuance.pending_sign_ins import sign_out_everywhere
from comity.issuance.people import (
    Guardianship,
    Relation,
    dependants_of,
    find_guardianship,
    get_person_in,
    guardianships_of,
    holder_of,
    home_of,
    open_person,
    read_name,
    register_person,
)
from comity.issuance.records import HolderKey, Person
from comity.issuance.reissue import withdraw_carried
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act
from comity.records.ports import Transaction
from comity.records.search import at_least, equal

MOST_DEPENDANTS: Final = 10
MOST_BEGUN: Final = 2 * MOST_DEPENDANTS
"""Guardianships one person begins within 30 days: else ending them would open one number after another."""
BEGUN_WITHIN: Final = 30 * DAY
CONSENT_VERSION: Final = 2
"""The version of the text `guardian.consent`; raise it with every change of the text."""
_CLAUSE: Final = "settled rule 14"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependant:
    """Whom a guardian declares: document, name, home, relation, and the version of the text consented to."""

    document: IdentityDocument
    name: str = field(repr=False)
    division: str
    relation: Relation
    consent_version: int


def declare_dependant(
    transaction: Transaction, issuer: Issuer, guardian: HolderKey, dependant: Dependant, *, at: Instant
) -> tuple[Guardianship, tuple[Act, ...]]:
    """Record a guardianship, and give the acts of it; declaring the same person again changes nothing.

    1. The consent is to the text as it stands.
    2. Nobody is the own guardian, a guardian is no dependant, and a dependant has no dependants.
    3. The dependant has no other guardian, never proved the own identity, and goes by this name if known.
    4. The guardian has fewer than ten, and has not begun and ended many lately.

    Raises: InvalidInput, NotPossibleNow, TooMany.
    """
    if dependant.consent_version != CONSENT_VERSION:  # 1
        raise InvalidInput(
            f"consent is asked for version {CONSENT_VERSION} of the text", field="consent_version"
        )
    holder = holder_of(issuer, dependant.document)
    if holder == guardian:  # 2
        raise InvalidInput("the document is the guardian's own", field="number")
    transaction.lock(f"holder-{guardian}", f"holder-{holder}")
    if find_guardianship(transaction, guardian) is not None or dependants_of(transaction, holder):
        raise NotPossibleNow(
            "a guardian is nobody's dependant, and a dependant nobody's guardian", clause=_CLAUSE
        )
    standing = find_guardianship(transaction, holder)  # 3
    if standing is not None and standing.guardian == guardian:
        return standing, ()
    if standing is not None or _is_own_person(transaction, issuer, holder, dependant.name):
        raise NotPossibleNow(
            "this person has another guardian, signs in alone, has been to a clerk, or goes by another name",
            next_step="Compare name and number; let the person come with you to a clerk, who can allow it.",
            clause=_CLAUSE,
        )
    if len(guardianships_of(transaction, guardian)) >= MOST_DEPENDANTS:  # 4
        raise NotPossibleNow(
            f"a guardian has at most {MOST_DEPENDANTS} dependants",
            next_step="End one guardianship first, or let another relative carry this person.",
            clause=_CLAUSE,
        )
    begun = transaction.of(Guardianship).select(
        equal("guardian", guardian), at_least("consented_at", at - BEGUN_WITHIN + 1), limit=MOST_BEGUN
    )
    if len(begun) >= MOST_BEGUN:
        raise TooMany(f"a guardian begins at most {MOST_BEGUN} guardianships in 30 days", retry_after=DAY)
    return _begin(transaction, issuer, guardian, dependant, at=at)


def end_guardianship(
    transaction: Transaction, guardian: HolderKey, guardianship_id: str, *, at: Instant
) -> list[Act]:
    """End a guardianship, by the guardian; give the acts. Raises: UnknownRecord."""
    found = transaction.of(Guardianship).find(guardianship_id)
    if found is None or found.guardian != guardian:
        raise UnknownRecord("there is no such dependant")
    transaction.lock(f"holder-{guardian}", f"holder-{found.dependant}")
    standing = find_guardianship(transaction, found.dependant)
    if standing is None or standing.guardianship_id != guardianship_id:
        raise UnknownRecord("there is no such dependant")
    return _end(transaction, standing, at=at)


def release_dependant(
    transaction: Transaction, dependant: HolderKey, *, at: Instant, actor: str = "holder"
) -> list[Act]:
    """End the guardianship, if any, of somebody who proved who they are and is locked; give the acts."""
    found = find_guardianship(transaction, dependant)
    return [] if found is None else _end(transaction, found, at=at, actor=actor)


def allow_guardian(
    transaction: Transaction,
    issuer: Issuer,
    officer: Officer,
    document: IdentityDocument,
    *,
    at: Instant,
) -> Act:
    """Let a clerk, who has the person before them, allow a guardian to somebody who has proved who they are.

    The person's own sessions end, and the codes for others. Raises: NotPermitted, UnknownRecord, outside the
    division too (C0).
    """
    require(officer, Permission.HELP_APPLICANTS)
    holder = holder_of(issuer, document)
    transaction.lock(f"holder-{holder}")
    person = get_person_in(transaction, holder, officer)
    transaction.of(Person).replace(replace(person, proved_at=None))
    sign_out_everywhere(transaction, holder)
    note_changes(transaction, (holder,), at=at)
    return Act(actor=f"officer:{officer.officer_id}", act="allow_guardian", subject=holder)


def _is_own_person(transaction: Transaction, issuer: Issuer, holder: HolderKey, name: str) -> bool:
    """Whether somebody known has proved the own identity, or goes by another name than the guardian says."""
    person = transaction.of(Person).find(holder)
    if person is None:
        return False
    return person.proved_at is not None or open_person(issuer, person).name != read_name(name)


def _begin(
    transaction: Transaction, issuer: Issuer, guardian: HolderKey, dependant: Dependant, *, at: Instant
) -> tuple[Guardianship, tuple[Act, ...]]:
    person = register_person(
        transaction,
        issuer,
        dependant.document,
        dependant.name,
        dependant.division,
        at=at,
        asked_region=_asked_region(transaction, issuer, guardian, dependant),
    )
    guardianship = Guardianship(
        guardianship_id=issuer.new_id(),
        guardian=guardian,
        dependant=person.holder,
        relation=dependant.relation,
        consent_version=dependant.consent_version,
        consented_at=at,
    )
    transaction.of(Guardianship).add(guardianship)
    return guardianship, (_act("begin_guardianship", guardianship),)


def _asked_region(
    transaction: Transaction, issuer: Issuer, guardian: HolderKey, dependant: Dependant
) -> RegionCode | None:
    """Say who is asked about somebody whom a guardian says to live here, which proves nothing (rule 17).

    The region that gave the dependant's number; for documents that name none, the guardian's own home.
    """
    if not area_covers(issuer.region, dependant.division):
        return None  # the home that was declared is asked
    person = transaction.of(Person).find(guardian)
    lives_with = issuer.region if person is None else home_of(person)
    asked = dependant.document.registered_in or lives_with
    return None if asked == issuer.region else asked


def _end(
    transaction: Transaction, guardianship: Guardianship, *, at: Instant, actor: str = "holder"
) -> list[Act]:
    """End it, and take the passes on the guardian's phone with it."""
    ended = replace(guardianship, ended_at=at)
    transaction.of(Guardianship).replace(ended)
    carried = withdraw_carried(transaction, ended.guardian, ended.dependant, at=at)
    return [_act("end_guardianship", ended, actor=actor), *carried]


def _act(what: str, guardianship: Guardianship, *, actor: str = "holder") -> Act:
    detail = {"guardianship": guardianship.guardianship_id, "relation": str(guardianship.relation)}
    return Act(actor=actor, act=what, subject=guardianship.dependant, detail=detail)
