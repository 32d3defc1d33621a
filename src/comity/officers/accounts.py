"""Accounts of officers: added, given roles and closed by a supervisor, within the own division (C0).

Nobody changes their own account. Custody of keys is given only by who supervises the whole region. The
first accounts are founded with the region's data; after that there is no other door.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from comity.domain.instant import Instant
from comity.domain.region import NATION, area_covers, is_area_code, path_of
from comity.errors import InvalidInput, NotPermitted, NotPossibleNow, UnknownRecord
from comity.officers.enrolment import GivenCode, begin_enrolment, end_enrolments
from comity.officers.officers import Officer, require
from comity.officers.passkeys import PasskeyCredential
from comity.officers.permissions import HUB_ROLES, REGION_ROLES, Permission, Role
from comity.records.audit import Act, record_acts
from comity.records.ports import Keeper, Transaction
from comity.records.search import equal
from comity.records.sessions import Session

NAME_LENGTH: Final = 40
"""Characters of a display name at most."""
_FOUNDER: Final = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an account is asked for with."""

    display_name: str
    roles: Collection[Role]
    division: str


def found_officers(
    transaction: Transaction, keeper: Keeper, accounts: Sequence[NewAccount], *, at: Instant
) -> tuple[tuple[Officer, str], ...]:
    """Make a region's first accounts, with the enrolment code of each, shown once.

    Raises: NotPossibleNow when there are accounts already, InvalidInput without a supervisor of the region.
    """
    transaction.lock("officers")
    if transaction.of(Officer).select(limit=1):
        raise NotPossibleNow("there are officers already", next_step="Let a supervisor add others.")
    if not any(Role.SUPERVISOR in new.roles and new.division == keeper.division for new in accounts):
        raise InvalidInput("the first officers need a supervisor of the whole", field="roles")
    made = [_add(transaction, keeper, new, confirmed_by=_FOUNDER, at=at) for new in accounts]
    acts = [_act("region", "officer_added", officer) for officer, _ in made]
    record_acts(transaction, acts, at=at)
    return tuple((officer, given.code) for officer, given in made)


def add_officer(keeper: Keeper, supervisor: Officer, new: NewAccount, *, at: Instant) -> tuple[Officer, str]:
    """Add an account within the supervisor's division: it and its enrolment code, shown once.

    Raises: NotPermitted, InvalidInput.
    """
    _may_manage(keeper, supervisor, new.division, new.roles)
    with keeper.store.transaction() as transaction:
        officer, given = _add(transaction, keeper, new, confirmed_by=supervisor.officer_id, at=at)
        record_acts(transaction, [_act(_actor(supervisor), "officer_added", officer)], at=at)
    return officer, given.code


def change_roles(
    keeper: Keeper, supervisor: Officer, officer_id: str, roles: Collection[Role], *, at: Instant
) -> Officer:
    """Give an account other roles. Raises: NotPermitted, UnknownRecord, InvalidInput."""
    with keeper.store.transaction() as transaction:
        officer = _get_other(transaction, keeper, supervisor, officer_id)
        _may_manage(keeper, supervisor, officer.division, roles)
        changed = replace(officer, roles=_words(keeper, roles))
        transaction.of(Officer).replace(changed)
        record_acts(transaction, [_act(_actor(supervisor), "officer_roles_changed", changed)], at=at)
    return changed


def close_account(keeper: Keeper, supervisor: Officer, officer_id: str, *, at: Instant) -> Officer:
    """Close an account at once: sessions, passkeys and codes end; what it did stays recorded.

    Raises: NotPermitted, UnknownRecord.
    """
    with keeper.store.transaction() as transaction:
        officer = _get_other(transaction, keeper, supervisor, officer_id)
        closed = replace(officer, is_active=False)
        transaction.of(Officer).replace(closed)
        _end_access(transaction, officer_id)
        record_acts(transaction, [_act(_actor(supervisor), "officer_closed", closed)], at=at)
    return closed


def open_account(keeper: Keeper, supervisor: Officer, officer_id: str, *, at: Instant) -> tuple[Officer, str]:
    """Open a closed account again, or let it enrol anew: old passkeys end, a new code is given.

    Raises: NotPermitted, UnknownRecord.
    """
    with keeper.store.transaction() as transaction:
        officer = _get_other(transaction, keeper, supervisor, officer_id)
        opened = replace(officer, is_active=True)
        transaction.of(Officer).replace(opened)
        _end_access(transaction, officer_id)
        given = begin_enrolment(transaction, keeper, officer_id, confirmed_by=supervisor.officer_id, at=at)
        record_acts(transaction, [_act(_actor(supervisor), "officer_opened", opened)], at=at)
    return opened, given.code


def list_officers(transaction: Transaction, supervisor: Officer) -> list[Officer]:
    """List the accounts of the supervisor's division and below. Raises: NotPermitted."""
    require(supervisor, Permission.MANAGE_OFFICERS)
    known = transaction.of(Officer).select(order=("division", "added_at"))
    return [officer for officer in known if supervisor.covers(officer.division)]


def _add(
    transaction: Transaction, keeper: Keeper, new: NewAccount, *, confirmed_by: str, at: Instant
) -> tuple[Officer, GivenCode]:
    name = new.display_name.strip()
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise InvalidInput(f"a name of 1 to {NAME_LENGTH} characters is needed", field="display_name")
    is_inside = is_area_code(new.division) and area_covers(keeper.division, new.division)
    if not is_inside or not (path_of(new.division) or new.division == keeper.division):
        raise InvalidInput(f"this is no listed division of {keeper.division}", field="division", clause="C0")
    officer = Officer(
        officer_id=keeper.new_id(),
        display_name=name,
        roles=_words(keeper, new.roles),
        division=new.division,
        is_active=True,
        added_at=at,
    )
    transaction.of(Officer).add(officer)
    given = begin_enrolment(transaction, keeper, officer.officer_id, confirmed_by=confirmed_by, at=at)
    return officer, given


def _may_manage(keeper: Keeper, supervisor: Officer, division: str, roles: Collection[Role]) -> None:
    require(supervisor, Permission.MANAGE_OFFICERS, division=division)
    if Role.KEY_CUSTODIAN in roles and supervisor.division != keeper.division:
        raise NotPermitted("custody of keys is given by a supervisor of the whole region")


def _get_other(transaction: Transaction, keeper: Keeper, supervisor: Officer, officer_id: str) -> Officer:
    transaction.lock(f"officer-{officer_id}")
    officer = transaction.of(Officer).find(officer_id)
    if officer is None:
        raise UnknownRecord("there is no officer with this id")
    _may_manage(keeper, supervisor, officer.division, [Role(role) for role in officer.roles])
    if officer.officer_id == supervisor.officer_id:
        raise NotPermitted("nobody changes their own account", next_step="Ask another supervisor.")
    return officer


def _end_access(transaction: Transaction, officer_id: str) -> None:
    transaction.of(Session).remove(equal("who", officer_id))
    transaction.of(PasskeyCredential).remove(equal("officer_id", officer_id))
    end_enrolments(transaction, officer_id)


def _words(keeper: Keeper, roles: Collection[Role]) -> tuple[str, ...]:
    if not roles:
        raise InvalidInput("an account has at least one role", field="roles")
    if not set(roles) <= set(HUB_ROLES if keeper.division == NATION else REGION_ROLES):
        raise InvalidInput("a role of the hub in a region, or of a region at the hub", field="roles")
    return tuple(sorted({str(role) for role in roles}))


def _actor(officer: Officer) -> str:
    return f"officer:{officer.officer_id}"


def _act(actor: str, act: str, officer: Officer) -> Act:
    detail = {"roles": " ".join(officer.roles), "division": officer.division}
    return Act(actor=actor, act=act, subject=officer.officer_id, detail=detail)
