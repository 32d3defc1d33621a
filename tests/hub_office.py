"""A hub for tests: fixed keys, an office of two, regions that publish; in memory unless a store is given."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.domain.instant import HOUR, Instant
from comity.domain.national_rulebook import NationalRulebook
from comity.domain.recognition import Recognition, RecognitionStep, Step, Suspension
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.domain.texts import Text
from comity.hub.acceptance import accept_statements
from comity.hub.hub import Hub
from comity.hub.membership import (
    MembershipChange,
    MembershipProposal,
    Proposed,
    approve_membership,
    propose_membership,
)
from comity.hub.membership_applications import MembershipApplication, submit_application
from comity.hub.national import accept_national_rulebook, name_authority
from comity.hub.statements import AcceptedStatement
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.ports import Store
from comity.storage.memory import MemoryStore
from comity.trust.algorithm import PrivateKey
from comity.trust.keys import KeyList, Usage
from comity.trust.location import Location, write_location
from comity.trust.membership import write_key_list
from comity.trust.national_statements import write_national_rulebook
from comity.trust.recognition_statements import write_recognition, write_signed_rulebook
from comity.trust.recognition_steps import write_step
from tests.builders import AT, HOME, HOST, HUB, key, key_list
from tests.region import Lots

CERTIFICATE: Final = b"letter of appointment"
REASON: Final = Text(zh="标准不同", en="Other standards")
AUTHORITY: Final = key("national authority")


def location(region: RegionCode, *, version: int = 1) -> bytes:
    """Where a region publishes, signed."""
    place = Location(region=region, version=version, url=f"https://node.example/{region}")
    return write_location(place, key(region, Usage.STATEMENT), is_test=True)


class HubOffice:
    """One hub with two officers; a test sets `at`."""

    def __init__(self, *, store: Store | None = None, at: Instant = AT, lots: str = "hub") -> None:
        self.at = at
        self.hub = Hub(root=HUB, is_test=True, store=store or MemoryStore(), draw=Lots(lots).draw)
        self.first = self.officer(Role.HUB_OFFICER)
        self.second = self.officer(Role.HUB_OFFICER)

    def officer(self, *roles: Role) -> Officer:
        """Put an account in place."""
        officer = Officer(
            officer_id=self.hub.new_id(),
            display_name="Desk",
            roles=tuple(str(role) for role in roles),
            division=self.hub.division,
            is_active=True,
            added_at=self.at,
        )
        with self.hub.store.transaction() as transaction:
            transaction.of(Officer).add(officer)
        return officer

    def apply(
        self,
        region: RegionCode,
        *,
        keys: KeyList | None = None,
        root: PrivateKey | None = None,
        version: int = 1,
    ) -> MembershipApplication:
        """Let a region ask to take part: with its usual keys, or with these, signed by this root."""
        given = key_list(region) if keys is None else keys
        return submit_application(
            self.hub,
            key_list=write_key_list(given, root or key(region, "root"), is_test=True),
            location=location(region, version=version),
            certificate=CERTIFICATE,
            asked_by="Provincial office",
            at=self.at,
        )

    def propose_admission(self, application: MembershipApplication) -> MembershipProposal:
        """Propose to let in who asked with this application, from now on."""
        asked = Proposed(
            region=RegionCode(application.region),
            change=MembershipChange.ADMISSION,
            effective_from=self.at,
            application_id=application.application_id,
        )
        return propose_membership(self.hub, self.first, asked, at=self.at)

    def propose(
        self, region: RegionCode, change: MembershipChange, *, effective_from: Instant | None = None
    ) -> MembershipProposal:
        """Propose a change, an admission with a fresh application."""
        is_admission = change is MembershipChange.ADMISSION
        asked = Proposed(
            region=region,
            change=change,
            effective_from=self.at if effective_from is None else effective_from,
            application_id=self.apply(region).application_id if is_admission else None,
            reason=None if is_admission else REASON,
        )
        return propose_membership(self.hub, self.first, asked, at=self.at)

    def change(
        self, region: RegionCode, change: MembershipChange, *, effective_from: Instant | None = None
    ) -> MembershipProposal:
        """Propose and approve a change."""
        proposal = self.propose(region, change, effective_from=effective_from)
        return approve_membership(self.hub, self.second, proposal.proposal_id, root=proposal.root, at=self.at)

    def admit(self, *regions: RegionCode) -> None:
        """Let regions in."""
        for region in regions:
            self.change(region, MembershipChange.ADMISSION)

    def publish(self, region: RegionCode, *statements: bytes) -> list[AcceptedStatement]:
        """Let a region publish."""
        files = {f"{number}.cbor": data for number, data in enumerate(statements)}
        with self.hub.store.transaction() as transaction:
            return accept_statements(transaction, self.hub, region, files, at=self.at)

    def national(self, rulebook: NationalRulebook) -> NationalRulebook:
        """Name the authority, once, and let it publish."""
        with self.hub.store.transaction() as transaction:
            name_authority(transaction, self.hub, AUTHORITY.public, actor="test", at=self.at)
        data = write_national_rulebook(rulebook, AUTHORITY, is_test=True)
        with self.hub.store.transaction() as transaction:
            return accept_national_rulebook(transaction, self.hub, data, actor="test", at=self.at)


class Pair:
    """A host's word on an issuer, one after another: each method signs the next statement at `at`."""

    def __init__(self, *, host: RegionCode = HOST, issuer: RegionCode = HOME, at: Instant = AT) -> None:
        self.host, self.issuer, self.at = host, issuer, at
        self.signer: PrivateKey = key(host, Usage.STATEMENT)
        self.steps = 0
        self.recognition: Recognition | None = None

    def step(self, step: Step, *, reason: Text | None = None, effective_from: Instant | None = None) -> bytes:
        """Sign a step."""
        self.steps += 1
        said = RecognitionStep(
            host=self.host,
            issuer=self.issuer,
            version=self.steps,
            step=step,
            at=self.at,
            effective_from=effective_from,
            reason=reason,
        )
        return write_step(said, self.signer, is_test=True)

    def until_confirmed(self) -> list[bytes]:
        """Invite, note the reply, confirm."""
        return [self.step(step) for step in (Step.INVITED, Step.REPLIED, Step.CONFIRMED)]

    def publication(self, *, effective_from: Instant | None = None) -> bytes:
        """Publish the recognition."""
        self.recognition = Recognition(
            host=self.host,
            issuer=self.issuer,
            version=1,
            published_at=self.at,
            effective_from=self.at if effective_from is None else effective_from,
        )
        return self.signed()

    def report(self, *, notice: int = 25 * HOUR) -> bytes:
        """Report a deviation, a suspension to follow."""
        return self.step(Step.DEVIATION_REPORTED, reason=REASON, effective_from=self.at + notice)

    def suspension(self, *, notice: int = 25 * HOUR) -> bytes:
        """Suspend the recognition."""
        assert self.recognition is not None
        stop = Suspension(published_at=self.at, effective_from=self.at + notice)
        version = self.recognition.version + 1
        self.recognition = replace(self.recognition, version=version, suspension=stop, resumption=None)
        return self.signed()

    def resumption(self) -> bytes:
        """Resume the recognition at once."""
        assert self.recognition is not None
        end = Suspension(published_at=self.at, effective_from=self.at)
        version = self.recognition.version + 1
        self.recognition = replace(self.recognition, version=version, resumption=end)
        return self.signed()

    def signed(self) -> bytes:
        """The recognition as it stands."""
        assert self.recognition is not None
        return write_recognition(self.recognition, self.signer, is_test=True)


def rulebook(region: RegionCode = HOST, version: int = 1, **changed: object) -> bytes:
    """A region's rulebook, signed."""
    book = replace(Rulebook(region=region, version=version), **changed)  # type: ignore[arg-type]
    return write_signed_rulebook(book, key(region, Usage.STATEMENT), is_test=True)
