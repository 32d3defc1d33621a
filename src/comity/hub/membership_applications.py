"""A region asks to take part: its key list under its own root, where it publishes, and who asks for it.

Nothing in an application is believed because it came: two officers of the hub look at the certificate and
compare the thumbprint of the root with the region by telephone before anything is signed (`membership`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final

from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import InvalidInput, NotPossibleNow, StatementRefused
from comity.hub.hub import Hub
from comity.hub.members import find_membership
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.trust.keys import KeyList, Usage
from comity.trust.location import Location, read_location
from comity.trust.membership import read_key_list

MAX_CERTIFICATE: Final = 2**16
"""Bytes of the certificate of who asks."""
MAX_WAITING: Final = 5
"""Applications of one region that may wait at once."""
NAME_LENGTH: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipApplication:
    """What a region sent: `certificate` proves who asks, such as a letter of appointment.

    `root` is the thumbprint of its root key in hexadecimal digits; `is_open` until it is decided.
    """

    application_id: str
    region: RegionCode
    root: str
    asked_by: str
    key_list: bytes
    location: bytes
    certificate: bytes
    submitted_at: Instant
    is_open: bool

    TABLE: ClassVar[str] = "membership_application"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("region", "is_open"),)

    @property
    def certificate_digest(self) -> str:
        """SHA-256 of the certificate."""
        return sha256(self.certificate).hexdigest()


def submit_application(
    hub: Hub, *, key_list: bytes, location: bytes, certificate: bytes, asked_by: str, at: Instant
) -> MembershipApplication:
    """Take in an application; sending the same again gives the one that waits.

    1. The key list is signed by the root it names and has one key of each usage.
    2. The location is signed by a statement key of that list.
    3. The region takes no part yet, or no more, or asks under the root it has.

    Raises: UnreadableStatement, StatementRefused, InvalidInput, NotPossibleNow.
    """
    keys = read_key_list(key_list, is_test=hub.is_test)  # 1
    if _live_usages(keys, at) != set(Usage):
        raise InvalidInput("the key list needs a key of each usage", field="key_list")
    place = read_location(location, keys, at=at, is_test=hub.is_test)  # 2
    name = asked_by.strip()
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise InvalidInput(f"who asks is named with 1 to {NAME_LENGTH} characters", field="asked_by")
    if not 1 <= len(certificate) <= MAX_CERTIFICATE:
        raise InvalidInput(f"a certificate of 1 to {MAX_CERTIFICATE} bytes is needed", field="certificate")
    application = MembershipApplication(
        application_id=hub.new_id(),
        region=place.region,
        root=keys.root.thumbprint.hex(),
        asked_by=name,
        key_list=key_list,
        location=location,
        certificate=certificate,
        submitted_at=at,
        is_open=True,
    )
    with hub.store.transaction() as transaction:
        transaction.lock(f"membership-{place.region}")
        return _keep(transaction, hub, application, at=at)


def open_applications(transaction: Transaction, region: str | None = None) -> list[MembershipApplication]:
    """List the applications that wait, oldest first."""
    own = () if region is None else (equal("region", region),)
    return transaction.of(MembershipApplication).select(equal("is_open", True), *own, order=("submitted_at",))


def read_application(
    application: MembershipApplication, *, at: Instant, is_test: bool
) -> tuple[KeyList, Location]:
    """Read the key list and location of an application, once more under the keys that are live at `at`.

    Raises: UnreadableStatement, NotPossibleNow for one whose keys have been closed while it waited.
    """
    keys = read_key_list(application.key_list, is_test=is_test)
    try:
        place = read_location(application.location, keys, at=at, is_test=is_test)
    except StatementRefused as error:
        raise _outdated(application) from error
    if _live_usages(keys, at) != set(Usage):
        raise _outdated(application)
    return keys, place


def _outdated(application: MembershipApplication) -> NotPossibleNow:
    return NotPossibleNow(
        f"a key that this application of {application.region} rests on has been closed since it was made",
        next_step="Decline it, and let the region apply again with its keys of now.",
        clause="settled rule 4",
    )


def _live_usages(keys: KeyList, at: Instant) -> set[Usage]:
    return {entry.usage for entry in keys.entries if not entry.is_revoked(at)}


def _keep(
    transaction: Transaction, hub: Hub, application: MembershipApplication, *, at: Instant
) -> MembershipApplication:
    waiting = open_applications(transaction, application.region)
    for each in waiting:
        if (each.key_list, each.location, each.certificate) == (
            application.key_list,
            application.location,
            application.certificate,
        ):
            return each
    membership = find_membership(transaction, hub, application.region)
    if membership is not None and membership.member_to is None:  # 3
        raise NotPossibleNow(
            f"{application.region} takes part already",
            next_step="Publish new keys and places as statements; no new application is needed.",
        )
    if len(waiting) >= MAX_WAITING:
        raise NotPossibleNow(
            f"{len(waiting)} applications of {application.region} wait already",
            next_step="Ask the hub's officers to decide them first.",
        )
    transaction.of(MembershipApplication).add(application)
    detail = {"region": application.region, "root": application.root}
    act = Act(
        actor="applicant", act="apply_for_membership", subject=application.application_id, detail=detail
    )
    record_acts(transaction, [act], at=at)
    return application
