"""Who takes part is decided by two officers of the hub and signed by its root (C1.2, settled rule 5).

One proposes, another approves what they have both read; only then is a membership signed. A region that
leaves, or whose part is suspended, takes part until the instant named: at least 24 hours ahead, so that
passes in flight are honoured until then. Only a root key in wrong hands ends a part at once. Nobody who set
out before is turned back: the reason is published and the manual path answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.instant import Instant
from comity.domain.recognition import SUSPENSION_NOTICE
from comity.domain.region import RegionCode
from comity.domain.rulebook_document import refuse
from comity.domain.texts import Text
from comity.errors import InvalidInput, NotPermitted, NotPossibleNow, UnknownRecord
from comity.hub.hub import Hub
from comity.hub.members import find_membership
from comity.hub.membership_applications import MembershipApplication, read_application
from comity.hub.publication_checks import require_revocations_kept
from comity.hub.statements import HUB_SIGNED, AcceptedStatement, accepted, accepted_row, find_newest
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import KeyList, Membership
from comity.trust.location import Location
from comity.trust.membership import read_key_list, write_membership

REASON_LENGTH: Final = 400


class MembershipChange(StrEnum):
    """What is proposed: to let a region in, to suspend its part, to lift that, or to let it leave."""

    ADMISSION = "admission"
    SUSPENSION = "suspension"
    READMISSION = "readmission"
    EXIT = "exit"


class MembershipState(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipProposal:
    """A change of who takes part: proposed by one officer, decided by another.

    `root` is the thumbprint both have compared. `is_compromised`: the region's root key is in wrong hands;
    `keeps_root`: it was, and both officers say that it is in the right hands again.
    """

    proposal_id: str
    region: RegionCode
    change: MembershipChange
    application_id: str | None
    root: str
    effective_from: Instant
    is_compromised: bool
    keeps_root: bool
    reason_zh: str
    reason_en: str
    state: MembershipState
    proposed_by: str
    proposed_at: Instant
    decided_by: str | None = None
    decided_at: Instant | None = None

    TABLE: ClassVar[str] = "membership_proposal"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("region", "state"), ("proposed_at",))

    @property
    def reason(self) -> Text | None:
        """Why, in words that are published; an admission needs none."""
        return Text(zh=self.reason_zh, en=self.reason_en) if self.reason_en else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What an officer proposes; an admission names its application."""

    region: RegionCode
    change: MembershipChange
    effective_from: Instant
    application_id: str | None = None
    reason: Text | None = None
    is_compromised: bool = False
    keeps_root: bool = False


def propose_membership(hub: Hub, officer: Officer, asked: Proposed, *, at: Instant) -> MembershipProposal:
    """Propose a change of who takes part; another officer has to approve it.

    Raises: NotPermitted, InvalidInput, UnknownRecord, NotPossibleNow, PublicationRefused.
    """
    require(officer, Permission.DECIDE_MEMBERSHIP, division=hub.division)
    with hub.store.transaction() as transaction:
        transaction.lock(f"membership-{asked.region}")
        waiting = equal("state", MembershipState.WAITING)
        if transaction.of(MembershipProposal).select(equal("region", asked.region), waiting):
            raise NotPossibleNow(
                f"a proposal about {asked.region} waits already", next_step="Decide it first."
            )
        root = _check(transaction, hub, asked, at=at)
        proposal = MembershipProposal(
            proposal_id=hub.new_id(),
            region=asked.region,
            change=asked.change,
            application_id=asked.application_id,
            root=root,
            effective_from=asked.effective_from,
            is_compromised=asked.is_compromised,
            keeps_root=asked.keeps_root,
            reason_zh="" if asked.reason is None else asked.reason.zh,
            reason_en="" if asked.reason is None else asked.reason.en,
            state=MembershipState.WAITING,
            proposed_by=officer.officer_id,
            proposed_at=at,
        )
        transaction.of(MembershipProposal).add(proposal)
        _record(transaction, officer, "propose_membership", proposal, at=at)
    return proposal


def approve_membership(
    hub: Hub, officer: Officer, proposal_id: str, *, root: str, at: Instant, keeps_root: bool = False
) -> MembershipProposal:
    """Approve what another officer proposed, naming the thumbprint that was compared; the root signs it.

    A root that was in wrong hands comes back only if who approves says so (`keeps_root`) like who proposed.

    Raises: NotPermitted, UnknownRecord, NotPossibleNow, PublicationRefused.
    """
    with hub.store.transaction() as transaction:
        proposal = _waiting(transaction, hub, officer, proposal_id)
        if proposal.root != root:
            raise NotPossibleNow(
                "this is not the thumbprint that was proposed",
                next_step="Compare the thumbprint with the region again; decline the proposal if it differs.",
            )
        if proposal.keeps_root and not keeps_root:
            raise NotPossibleNow(
                f"the root of {proposal.region} was reported to be in wrong hands, and would come back",
                next_step="Say in your approval that it is in the right hands again, or decline.",
            )
        asked = Proposed(
            region=proposal.region,
            change=proposal.change,
            effective_from=max(proposal.effective_from, at),
            application_id=proposal.application_id,
            reason=proposal.reason,
            is_compromised=proposal.is_compromised,
            keeps_root=proposal.keeps_root,
        )
        _check(transaction, hub, asked, at=at)
        _sign(transaction, hub, asked, at=at)
        return _decide(transaction, officer, proposal, MembershipState.APPROVED, at=at)


def decline_membership(hub: Hub, officer: Officer, proposal_id: str, *, at: Instant) -> MembershipProposal:
    """Decline a proposal, or take back one's own; its application is decided with it.

    Raises: NotPermitted, UnknownRecord, NotPossibleNow.
    """
    with hub.store.transaction() as transaction:
        proposal = _waiting(transaction, hub, officer, proposal_id, may_be_own=True)
        _close_application(transaction, proposal.application_id)
        return _decide(transaction, officer, proposal, MembershipState.DECLINED, at=at)


def membership_proposals(
    transaction: Transaction, *, state: MembershipState | None = None
) -> list[MembershipProposal]:
    """List proposals, oldest first."""
    where = () if state is None else (equal("state", state),)
    return transaction.of(MembershipProposal).select(*where, order=("proposed_at",))


def _waiting(
    transaction: Transaction, hub: Hub, officer: Officer, proposal_id: str, *, may_be_own: bool = False
) -> MembershipProposal:
    require(officer, Permission.DECIDE_MEMBERSHIP, division=hub.division)
    found = transaction.of(MembershipProposal).find(proposal_id)
    if found is None:
        raise UnknownRecord("there is no proposal with this id")
    transaction.lock(f"membership-{found.region}", f"publications-{found.region}")
    found = transaction.of(MembershipProposal).find(proposal_id) or found
    if found.state is not MembershipState.WAITING:
        raise NotPossibleNow(f"this proposal is {found.state} already")
    if not may_be_own and found.proposed_by == officer.officer_id:
        raise NotPermitted(
            "who takes part is decided by two officers, and this is your own proposal",
            next_step="Ask another officer of the hub to read and approve it.",
        )
    return found


def _check(transaction: Transaction, hub: Hub, asked: Proposed, *, at: Instant) -> str:
    """Check a change against what is signed by now, and give the thumbprint of the root it is about."""
    membership = find_membership(transaction, hub, asked.region)
    if asked.effective_from < at:
        raise InvalidInput("a change takes effect now or later", field="effective_from", clause="C2.1")
    if asked.change is MembershipChange.ADMISSION:
        if membership is not None and (membership.member_to is None or membership.member_to > at):
            raise NotPossibleNow(f"{asked.region} takes part already")
        return _trusted(transaction, asked, _application(transaction, asked).root)
    if membership is None:
        raise NotPossibleNow(f"{asked.region} does not take part")
    is_ended = membership.member_to is not None
    if asked.change is MembershipChange.READMISSION:
        if not is_ended:
            raise NotPossibleNow(f"the part of {asked.region} has no end to be lifted")
        return _trusted(transaction, asked, membership.root_thumbprint.hex())
    if is_ended:
        raise NotPossibleNow(f"the part of {asked.region} has an end already")
    _check_reason(asked)
    if not asked.is_compromised and asked.effective_from - at < SUSPENSION_NOTICE:
        refuse("short_notice", "settled rule 5")
    return membership.root_thumbprint.hex()


def _trusted(transaction: Transaction, asked: Proposed, root: str) -> str:
    """Give the root a region is to come back under; one that was in wrong hands needs the officers' word."""
    if root in _compromised_roots(transaction, asked.region) and not asked.keeps_root:
        raise NotPossibleNow(
            f"the root of {asked.region} was reported to be in wrong hands",
            next_step="Let the region apply with a new root, or let two officers say that this one is safe.",
            clause="settled rule 4",
        )
    return root


def _compromised_roots(transaction: Transaction, region: RegionCode) -> set[str]:
    """Give the roots that two officers have called compromised, and none have trusted again since."""
    decided = transaction.of(MembershipProposal).select(
        equal("region", region), equal("state", MembershipState.APPROVED)
    )
    found: set[str] = set()
    for proposal in sorted(decided, key=lambda each: (each.decided_at or 0, each.proposed_at)):
        if proposal.is_compromised:
            found.add(proposal.root)
        elif proposal.keeps_root:
            found.discard(proposal.root)
    return found


def _check_reason(asked: Proposed) -> None:
    words = () if asked.reason is None else (asked.reason.zh, asked.reason.en)
    if not words or not all(1 <= len(each.strip()) <= REASON_LENGTH for each in words):
        raise InvalidInput(
            f"a published reason in Chinese and English of at most {REASON_LENGTH} characters is needed",
            field="reason",
            clause="settled rule 5",
        )


def _application(transaction: Transaction, asked: Proposed) -> MembershipApplication:
    application = (
        transaction.of(MembershipApplication).find(asked.application_id) if asked.application_id else None
    )
    if application is None or not application.is_open or application.region != asked.region:
        raise UnknownRecord("there is no open application of this region with this id")
    return application


def _sign(transaction: Transaction, hub: Hub, asked: Proposed, *, at: Instant) -> None:
    """Sign the next membership of the region; an admission brings its key list and location along."""
    before = find_membership(transaction, hub, asked.region)
    application = _application(transaction, asked) if asked.change is MembershipChange.ADMISSION else None
    membership = _next(asked, before, application)
    rows = [
        accepted_row(
            StatementKind.MEMBERSHIP,
            HUB_SIGNED,
            membership.version,
            write_membership(membership, hub.root, is_test=hub.is_test),
            at=at,
            about=asked.region,
            effective_from=asked.effective_from,
        )
    ]
    if application is not None:
        keys, place = read_application(application, at=at, is_test=hub.is_test)
        known = accepted(transaction, StatementKind.KEY_LIST, region=asked.region)
        lists = [read_key_list(row.data, is_test=hub.is_test) for row in known]
        require_revocations_kept(keys, lists, at)
        rows += _brought(transaction, application, keys, place, at)
        _close_application(transaction, application.application_id)
    transaction.of(AcceptedStatement).add(*rows)


def _next(
    asked: Proposed, before: Membership | None, application: MembershipApplication | None
) -> Membership:
    version = 1 if before is None else before.version + 1
    if before is None or application is not None:
        root = bytes.fromhex(application.root) if application is not None else b""
        return Membership(
            region=asked.region, version=version, root_thumbprint=root, member_from=asked.effective_from
        )
    if asked.change is MembershipChange.READMISSION:
        is_gap = before.member_to is not None and before.member_to <= asked.effective_from
        start = asked.effective_from if is_gap else before.member_from
        return replace(before, version=version, member_from=start, member_to=None, reason=None)
    return replace(before, version=version, member_to=asked.effective_from, reason=asked.reason)


def _brought(
    transaction: Transaction, application: MembershipApplication, keys: KeyList, place: Location, at: Instant
) -> list[AcceptedStatement]:
    """Give the rows of key list and location, where they are newer than what is known."""
    region = application.region
    brought = [
        (StatementKind.KEY_LIST, keys.version, application.key_list),
        (StatementKind.LOCATION, place.version, application.location),
    ]
    rows = []
    for kind, version, data in brought:
        known = find_newest(transaction, kind, region)
        if known is None or known.version < version:
            rows.append(accepted_row(kind, region, version, data, at=at))
        elif known.data != data:
            refuse("version_not_rising", "C2.1")
    return rows


def _close_application(transaction: Transaction, application_id: str | None) -> None:
    applications = transaction.of(MembershipApplication)
    found = None if application_id is None else applications.find(application_id)
    if found is not None:
        applications.replace(replace(found, is_open=False))


def _decide(
    transaction: Transaction,
    officer: Officer,
    proposal: MembershipProposal,
    state: MembershipState,
    *,
    at: Instant,
) -> MembershipProposal:
    decided = replace(proposal, state=state, decided_by=officer.officer_id, decided_at=at)
    transaction.of(MembershipProposal).replace(decided)
    _record(transaction, officer, f"membership_{state}", decided, at=at)
    return decided


def _record(
    transaction: Transaction, officer: Officer, act: str, proposal: MembershipProposal, *, at: Instant
) -> None:
    detail = {"region": proposal.region, "change": str(proposal.change), "root": proposal.root}
    acts = [Act(actor=f"officer:{officer.officer_id}", act=act, subject=proposal.proposal_id, detail=detail)]
    record_acts(transaction, acts, at=at)
