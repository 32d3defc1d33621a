"""Regions that exchange evidence: members of one hub, each with an exchange key; tests carry the messages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import ComityError
from comity.issuance.exchange_disputes import answer_disputes
from comity.issuance.exchange_facts import tell_homes
from comity.issuance.exchange_inbox import take_in
from comity.issuance.exchange_outbox import due_messages, note_taken, sign_outgoing
from comity.issuance.exchange_records import ExchangedFact, OutgoingMessage
from comity.issuance.exchanged_facts import facts_about, look_after_facts
from comity.issuance.exchanged_home import ExchangedHome
from comity.issuance.issuer import Issuer
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey
from comity.issuance.sealing import exchange_key, public_point, seal
from comity.issuance.statement_imports import import_statements
from comity.issuance.statements import StatementRow, statement_row
from comity.records.ports import Store
from comity.records.statement_kinds import StatementKind
from comity.trust.membership import write_hub_root
from tests import people
from tests.builders import AT, HUB, secret, signed_key_list, signed_membership
from tests.issuance.holding import assess_now, contact, keep
from tests.region import make_issuer

HENAN = RegionCode("410000")
SHANDONG = RegionCode("370000")


@dataclass
class Neighbours:
    """Two regions; `lost` names who cannot be reached."""

    henan: Issuer
    shandong: Issuer
    lost: set[RegionCode] = field(default_factory=set)

    def of(self, region: str) -> Issuer:
        """One of the two."""
        return self.henan if region == HENAN else self.shandong

    def work(self, issuer: Issuer, *, at: Instant) -> None:
        """What a region does by itself, before it sends."""
        tell_homes(issuer, at=at)
        look_after_facts(issuer, at=at)
        answer_disputes(issuer, at=at)

    def carry(self, *, at: Instant = AT, rounds: int = 4) -> list[OutgoingMessage]:
        """Let both work and send until nothing is on its way; give what was taken in."""
        carried: list[OutgoingMessage] = []
        for _ in range(rounds):
            for issuer in (self.henan, self.shandong):
                self.work(issuer, at=at)
                carried += self.send(issuer, at=at)
        return carried

    def send(self, issuer: Issuer, *, at: Instant) -> list[OutgoingMessage]:
        """Send what is due and reaches its receiver."""
        with issuer.store.reading() as transaction:
            due = due_messages(transaction, at=at)
        sent = []
        for message in due:
            if message.receiver in self.lost:
                continue
            self.deliver(self.sealed(issuer, message, at=at), message.receiver, at=at)
            with issuer.store.transaction() as transaction:
                note_taken(transaction, message)
            sent.append(message)
        return sent

    def sealed(self, issuer: Issuer, message: OutgoingMessage, *, at: Instant) -> str:
        """A message as it travels."""
        with issuer.store.reading() as transaction:
            data = sign_outgoing(transaction, issuer, message, at=at)
        return seal(data, public_point(self.of(message.receiver).exchange_keys[-1]))

    def deliver(self, text: str, receiver: str, *, at: Instant) -> bool:
        """Let a region take a message in."""
        issuer = self.of(receiver)
        return take_in(issuer, text, issuer.exchange_keys, at=at)

    def facts(self, holder: HolderKey) -> list[ExchangedFact]:
        """What Shandong was told of a holder."""
        with self.shandong.store.reading() as transaction:
            return facts_about(transaction, holder)


def neighbours(henan: Store | None = None, shandong: Store | None = None) -> Neighbours:
    """Henan and Shandong, members of the test hub."""
    return Neighbours(_member(HENAN, henan), _member(SHANDONG, shandong))


def _member(region: RegionCode, store: Store | None) -> Issuer:
    made: list[Issuer] = []
    issuer = replace(
        make_issuer(region, store),
        exchange_keys=(exchange_key(secret(region, "exchange")),),
        home=ExchangedHome(lambda: made[0]),
    )
    made.append(issuer)
    files = {"hub.cbor": write_hub_root(HUB.public)}
    for other in (HENAN, SHANDONG):
        files[f"membership-{other}"] = signed_membership(other)
        if other != region:
            files[f"keys-{other}"] = signed_key_list(other)
    with issuer.store.transaction() as transaction:
        row = statement_row(StatementKind.KEY_LIST, region, 1, signed_key_list(region), at=AT)
        transaction.of(StatementRow).add(row)
        import_statements(transaction, issuer, files, at=AT)
    return issuer


def register(issuer: Issuer, division: str, order: int = 0) -> HolderKey:
    """Register the `order`-th person of nobody as living in a division."""
    with issuer.store.transaction() as transaction:
        document, name = people.resident(order), people.name(order)
        return register_person(transaction, issuer, document, name, division, at=AT).holder


def refused(call: object) -> type[ComityError] | None:
    """The kind of refusal a call ends with."""
    try:
        call()  # type: ignore[operator]
    except ComityError as error:
        return type(error)
    return None


def told(both: Neighbours, *, at: Instant = AT) -> tuple[HolderKey, HolderKey]:
    """Henan finds a contact who lives in Shandong; gives the keys of the person in both regions."""
    there, here = register(both.henan, "370100"), register(both.shandong, "370100")
    keep(both.henan, contact(there, at=at))
    assess_now(both.henan, there, at=at)
    return there, here


def outgoing(issuer: Issuer, *, at: Instant = AT) -> list[OutgoingMessage]:
    """What a region is about to send."""
    with issuer.store.reading() as transaction:
        return due_messages(transaction, at=at)
