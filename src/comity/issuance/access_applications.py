"""Access applications (健康码调用申请): relying applications that may ask, once an officer has approved them.

An application registers its name, purpose, division and public key; an officer of the division approves,
suspends, resumes or closes it. It is let in by its signature alone and has no secret here. It may ask only
with a code that a person shows it, never with an identity number (docs/services.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.instant import Instant
from comity.domain.region import area_covers, is_area_code
from comity.errors import InvalidInput, NotPossibleNow, UnknownRecord
from comity.issuance.issuer import Issuer
from comity.issuance.signers import SIGNERS, next_generation
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.trust.algorithm import PublicKey


class ApplicationState(StrEnum):
    """Where an access application stands."""

    AWAITING = "awaiting"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    CLOSED = "closed"


MOVES: Final[dict[ApplicationState, frozenset[ApplicationState]]] = {
    ApplicationState.APPROVED: frozenset({ApplicationState.AWAITING, ApplicationState.SUSPENDED}),
    ApplicationState.SUSPENDED: frozenset({ApplicationState.APPROVED}),
    ApplicationState.CLOSED: frozenset(
        {ApplicationState.AWAITING, ApplicationState.APPROVED, ApplicationState.SUSPENDED}
    ),
}
"""From which states an officer may move an application into each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessApplication:
    """One relying application; `public_key` is an uncompressed point of P-256, 65 bytes."""

    application_id: str
    name: str
    purpose: str
    division: str
    public_key: bytes
    state: ApplicationState
    registered_at: Instant
    moved_at: Instant
    moved_by: str | None = None
    why: str | None = None

    TABLE: ClassVar[str] = "access_application"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("state",), ("division",))

    @property
    def thumbprint(self) -> str:
        """Thumbprint of the key (RFC 9679), 64 hexadecimal digits: compared with the applicant's own."""
        return PublicKey.of_point(self.public_key).thumbprint.hex()


def register_application(
    transaction: Transaction,
    issuer: Issuer,
    *,
    name: str,
    purpose: str,
    division: str,
    public_key: PublicKey,
    at: Instant,
) -> AccessApplication:
    """Register an application, which then waits for an officer. Raises: InvalidInput."""
    if not is_area_code(division) or not area_covers(issuer.region, division):
        raise InvalidInput(f"division: not a code of {issuer.region}", field="division", clause="C0")
    application = AccessApplication(
        application_id=issuer.new_id(),
        name=name,
        purpose=purpose,
        division=division,
        public_key=public_key.point,
        state=ApplicationState.AWAITING,
        registered_at=at,
        moved_at=at,
    )
    transaction.of(AccessApplication).add(application)
    act = Act(actor="application", act="application_registered", subject=application.application_id)
    record_acts(transaction, [act], at=at)
    return application


def move_application(
    transaction: Transaction,
    officer: Officer,
    application_id: str,
    to: ApplicationState,
    *,
    why: str,
    at: Instant,
) -> AccessApplication:
    """Approve, suspend, resume or close an application, with the officer's reason.

    Raises: UnknownRecord, NotPermitted, NotPossibleNow.
    """
    transaction.lock(f"application-{application_id}", SIGNERS)
    application = get_application(transaction, application_id)
    require(officer, Permission.APPROVE_ACCESS_APPLICATION, division=application.division)
    if application.state not in MOVES.get(to, ()):
        raise NotPossibleNow(f"an application that is {application.state} cannot become {to}")
    moved = replace(application, state=to, moved_at=at, moved_by=officer.officer_id, why=why)
    transaction.of(AccessApplication).replace(moved)
    next_generation(transaction)
    act = Act(actor=f"officer:{officer.officer_id}", act=f"application_{to}", subject=application_id)
    record_acts(transaction, [act], at=at)
    return moved


def get_application(transaction: Transaction, application_id: str) -> AccessApplication:
    """Give an application. Raises: UnknownRecord."""
    application = transaction.of(AccessApplication).find(application_id)
    if application is None:
        raise UnknownRecord("no access application has this id")
    return application


def list_applications(transaction: Transaction, officer: Officer) -> list[AccessApplication]:
    """List the applications of the officer's divisions. Raises: NotPermitted."""
    require(officer, Permission.APPROVE_ACCESS_APPLICATION)
    known = transaction.of(AccessApplication).select(order=("registered_at",))
    return [application for application in known if officer.covers(application.division)]


def find_approved_application(transaction: Transaction, application_id: str) -> AccessApplication | None:
    """Find an application that may ask now."""
    application = transaction.of(AccessApplication).find(application_id)
    return application if application and application.state is ApplicationState.APPROVED else None
