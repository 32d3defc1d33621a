"""Evidence for tests of issuance: rows about people of nobody, and the region that keeps them."""

from __future__ import annotations

from comity.domain.evidence import EvidenceKind, EvidenceSource, PresenceRecord, RiskLevel
from comity.domain.instant import DAY, Instant
from comity.issuance.evidence import EvidenceRow, RiskAreaRow
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, Standing
from comity.issuance.standing import reassess
from tests.builders import AT
from tests.people import resident


def holder(issuer: Issuer, order: int = 0) -> HolderKey:
    """The holder key of a person of nobody."""
    document = resident(order)
    return issuer.vault.holder_key(document.kind, document.number)


def contact(who: HolderKey, *, at: Instant = AT, ref: str = "contact") -> EvidenceRow:
    """A close contact from a list."""
    return EvidenceRow(
        ref=f"{ref}-{who}",
        holder=who,
        kind=EvidenceKind.CLOSE_CONTACT,
        source=EvidenceSource.IMPORT,
        source_name="hohhot-cdc",
        began_at=at,
        added_at=at,
    )


def case(who: HolderKey, *, at: Instant = AT) -> EvidenceRow:
    """A confirmed case from a list."""
    return EvidenceRow(
        ref=f"case-{who}",
        holder=who,
        kind=EvidenceKind.CONFIRMED_CASE,
        source=EvidenceSource.IMPORT,
        source_name="hohhot-cdc",
        began_at=at,
        added_at=at,
    )


def stay(who: HolderKey, area: str = "110106", *, until: Instant = AT, ref: str = "stay") -> EvidenceRow:
    """A day in an area, shown by a ticket."""
    return EvidenceRow(
        ref=f"{ref}-{who}",
        holder=who,
        kind=EvidenceKind.STAY,
        source=EvidenceSource.IMPORT,
        source_name="rail",
        began_at=until - DAY,
        ended_at=until,
        area=area,
        record=PresenceRecord.TRANSPORT,
        added_at=until,
    )


def high_risk(area: str = "110106", *, ref: str = "risk") -> RiskAreaRow:
    """A high-risk area for a week before and after `AT`."""
    return RiskAreaRow(
        ref=ref,
        area=area,
        level=RiskLevel.HIGH,
        began_at=AT - 7 * DAY,
        ended_at=AT + 7 * DAY,
        source_name="beijing-cdc",
        import_id=None,
        added_at=AT,
    )


def keep(issuer: Issuer, *rows: EvidenceRow | RiskAreaRow) -> None:
    """Put rows in place without assessing anybody."""
    with issuer.store.transaction() as transaction:
        transaction.of(EvidenceRow).add(*(row for row in rows if isinstance(row, EvidenceRow)))
        transaction.of(RiskAreaRow).add(*(row for row in rows if isinstance(row, RiskAreaRow)))


def assess_now(issuer: Issuer, *holders: HolderKey, at: Instant = AT) -> None:
    """Assess these holders again."""
    with issuer.store.transaction() as transaction:
        reassess(transaction, issuer, holders, at=at, actor="region")


def standing_of(issuer: Issuer, who: HolderKey) -> Standing | None:
    """The standing of one holder, if there is one."""
    with issuer.store.reading() as transaction:
        return transaction.of(Standing).find(who)
