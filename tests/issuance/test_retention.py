"""Retention and purge: every kind has its clock or its reason, and the end of data is counted and audited."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import cast

import pytest

import comity.issuance
from comity.domain.assessment_document import RULE_DAYS
from comity.domain.colour import Colour
from comity.domain.instant import DAY, HOUR
from comity.issuance.corrections import (
    Correction,
    CorrectionDecision,
    CorrectionEvent,
    CorrectionKind,
    CorrectionState,
    CorrectionStep,
)
from comity.issuance.declarations import Declaration
from comity.issuance.destruction import DestructionCause, DestructionRecord
from comity.issuance.evidence import EvidenceRow
from comity.issuance.extra_demands import DemandKind, DemandState, ExtraDemand
from comity.issuance.guardians import CONSENT_VERSION, Dependant, declare_dependant
from comity.issuance.issuer import Issuer
from comity.issuance.people import Guardianship, Relation
from comity.issuance.purge import purge
from comity.issuance.records import HolderKey, IssuedPass, Message, Person, Standing
from comity.issuance.retention import CLOCKS, EVIDENCE_KEPT, KEPT, LINKED_CLOCKS, PERSON_KEPT, RetentionClock
from comity.issuance.sign_in import PendingSignIn
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.ports import Record
from comity.records.search import equal
from comity.records.sessions import Session
from tests.architecture.source import document
from tests.builders import AT
from tests.issuance.holding import contact, keep, stay
from tests.people import name, resident
from tests.region import RegionNode, make_issuer

YEARS = 3 * 365 * DAY


def kinds() -> set[type[Record]]:
    """Every kind of record that issuance defines."""
    found: set[type[Record]] = set()
    for module in pkgutil.iter_modules(comity.issuance.__path__):
        named = importlib.import_module(f"comity.issuance.{module.name}")
        for kind in vars(named).values():
            if isinstance(kind, type) and is_dataclass(kind) and hasattr(kind, "TABLE"):
                found.add(cast("type[Record]", kind))
    return found


def count(issuer: Issuer, kind: type[Record]) -> int:
    with issuer.store.reading() as transaction:
        return len(transaction.of(kind).select())


def add(issuer: Issuer, *records: Record) -> None:
    with issuer.store.transaction() as transaction:
        for record in records:
            transaction.of(type(record)).add(record)


def standing(holder: HolderKey, colour: Colour, **changed: int | None) -> Standing:
    made = Standing(
        holder=holder,
        colour=colour,
        reason=None,
        rule=None,
        rulebook_version=1,
        basis=None,
        until=None,
        origin=None,
        since=AT,
        assessed_at=AT,
        changes=1,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def test_every_kind_of_record_has_one_clock_or_a_reason_to_stay() -> None:
    clocks = [(clock.kind, clock.where) for clock in CLOCKS]
    listed = [*{kind for kind, _ in clocks}, *LINKED_CLOCKS, *KEPT]

    missing = {kind.__name__ for kind in kinds() - set(listed)}

    assert not missing, f"give these a clock, or a reason to stay, in issuance/retention.py: {missing}"
    assert len(listed) == len(set(listed))
    assert len(clocks) == len(set(clocks))


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.kind.__name__)
def test_a_clock_looks_at_a_time_that_the_record_has(clock: object) -> None:
    found = next(each for each in CLOCKS if each is clock)
    names = {each.name: str(each.type) for each in fields(found.kind)}  # type: ignore[arg-type]

    assert "Instant" in names[found.since]
    assert all(where.field in names for where in found.where)
    assert found.why


def test_every_kind_is_in_docs_retention() -> None:
    text = document("retention.md")

    missing = [kind.TABLE for kind in kinds() if f"`{kind.TABLE}`" not in text]

    assert not missing, f"docs/retention.md has no row for: {missing}"


def test_c3_2_a_report_nobody_answers_goes_after_a_year_and_the_destruction_is_on_record() -> None:
    issuer = make_issuer()
    for order, state in enumerate((DemandState.OPEN, DemandState.ESCALATED, DemandState.ANSWERED)):
        add(
            issuer,
            ExtraDemand(
                demand_id=str(order),
                token_hash=str(order),
                division="150102",
                kind=DemandKind.TEST_RESULT,
                words="",
                reported_at=AT,
                due_at=AT + 3 * DAY,
                state=state,
                answered_at=AT + 364 * DAY if state is DemandState.ANSWERED else None,
            ),
        )

    early = purge(issuer, at=AT + 365 * DAY - 1)
    late = purge(issuer, at=AT + 365 * DAY)

    assert (early.counted(), late.counted()) == ({}, {"extra_demand": 2})
    with issuer.store.reading() as transaction:
        assert [each.demand_id for each in transaction.of(ExtraDemand).select()] == ["2"]
        acts = transaction.of(AuditRow).select(equal("act", "destroy"))
    assert late.destruction_id in {act.subject for act in acts}


def test_what_has_run_out_goes_and_what_has_a_second_left_stays() -> None:
    issuer = make_issuer()
    for order, ends_at in enumerate((AT - 1, AT, AT + 1)):
        add(issuer, PendingSignIn(state_hash=f"{order}", browser_hash="b", ends_at=ends_at))

    record = purge(issuer, at=AT)

    assert record.counted() == {"pending_sign_in": 2}
    assert count(issuer, PendingSignIn) == 1


def test_batches_take_everything(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    for order in range(25):
        holder = HolderKey(f"{order:032x}")
        add(
            region.issuer,
            Message(message_id=f"{order}", holder=holder, text_key="k", values="{}", made_at=AT - YEARS),
        )

    assert purge(region.issuer, at=AT, batch=10).counted() == {"message": 25}


def test_a_purge_is_in_the_audit_with_counts_and_nobodys_data(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    holder = region.person(1)
    region.token(holder)

    record = purge(region.issuer, at=AT + YEARS)

    with region.issuer.store.reading() as transaction:
        rows = transaction.of(AuditRow).select(equal("act", "destroy"))
        assert verify_audit(transaction).faults == ()
        assert transaction.of(DestructionRecord).find(record.destruction_id) == record
    assert [row.subject for row in rows] == [record.destruction_id]
    assert rows[0].detail == '{"cause":"retention","is_whole":true,"person":1,"session":1}'
    assert holder not in rows[0].detail


def test_a_second_purge_finds_nothing_to_do(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    region.token(region.person(1))
    purge(region.issuer, at=AT + YEARS)

    assert purge(region.issuer, at=AT + YEARS).counted() == {}


def test_a_purge_that_was_cut_off_is_closed_by_the_next_with_its_counts() -> None:
    issuer = make_issuer()
    cut = DestructionRecord(
        destruction_id="cut", cause=DestructionCause.RETENTION, began_at=AT, counts='{"session":7}'
    )
    add(issuer, cut)

    purge(issuer, at=AT + HOUR - 1)
    with issuer.store.reading() as transaction:
        assert transaction.of(DestructionRecord).find("cut") == cut
    purge(issuer, at=AT + HOUR)

    with issuer.store.reading() as transaction:
        assert transaction.of(DestructionRecord).find("cut") == replace(cut, ended_at=AT + HOUR)
        acts = transaction.of(AuditRow).select(equal("subject", "cut"))
    assert [act.detail for act in acts] == ['{"cause":"retention","is_whole":false,"session":7}']


def test_settled_rule_10_evidence_goes_only_while_its_holder_is_green() -> None:
    issuer = make_issuer()
    people = [HolderKey(f"{order:032x}") for order in range(5)]
    keep(issuer, *(contact(who, ref=f"contact-{order}") for order, who in enumerate(people)))
    add(
        issuer,
        standing(people[0], Colour.RED, next_at=AT + YEARS),
        standing(people[1], Colour.GREEN, next_at=AT + YEARS),
        standing(people[2], Colour.GREEN),
    )

    assert purge(issuer, at=AT + EVIDENCE_KEPT - 1).counted() == {}
    assert purge(issuer, at=AT + EVIDENCE_KEPT, batch=2).counted() == {"evidence": 3, "standing": 1}
    with issuer.store.reading() as transaction:
        left = {row.holder for row in transaction.of(EvidenceRow).select()}
    assert left == {people[0], people[1]}


def test_a_stay_counts_from_its_end() -> None:
    issuer = make_issuer()
    who = HolderKey("0" * 32)
    keep(issuer, stay(who, until=AT))

    assert purge(issuer, at=AT + EVIDENCE_KEPT - 1).counted() == {}
    assert purge(issuer, at=AT + EVIDENCE_KEPT).counted() == {"evidence": 1}


def test_a_stranger_with_a_standing_and_younger_evidence_keeps_both() -> None:
    issuer = make_issuer()
    who = HolderKey("0" * 32)
    keep(issuer, contact(who, at=AT, ref="old"), contact(who, at=AT + DAY, ref="young"))
    add(issuer, standing(who, Colour.GREEN))

    assert purge(issuer, at=AT + EVIDENCE_KEPT).counted() == {"evidence": 1}
    assert count(issuer, Standing) == 1


def test_a_person_goes_when_nothing_else_is_known_of_them(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    idle = region.person(1)
    add(region.issuer, standing(idle, Colour.GREEN))

    assert purge(region.issuer, at=AT + PERSON_KEPT - 1).counted() == {}
    assert purge(region.issuer, at=AT + PERSON_KEPT).counted() == {"person": 1, "standing": 1}


def test_a_person_who_signed_in_later_stays_from_then(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    person = region.find(Person, region.person(1))
    with region.issuer.store.transaction() as transaction:
        transaction.of(Person).replace(replace(person, proved_at=AT + DAY))

    assert purge(region.issuer, at=AT + PERSON_KEPT).counted() == {}
    assert purge(region.issuer, at=AT + PERSON_KEPT + DAY).counted() == {"person": 1}


@pytest.mark.parametrize("use", ["session", "evidence", "colour", "pass", "correction", "guardianship"])
def test_a_person_who_is_still_needed_stays(tmp_path: Path, use: str) -> None:
    region = RegionNode(tmp_path)
    holder, late = region.person(1), AT + PERSON_KEPT
    match use:
        case "session":
            session = Session(token_hash="t", kind="resident", who=holder, began_at=late, ends_at=late + DAY)  # type: ignore[arg-type]
            add(region.issuer, session)
        case "evidence":
            keep(region.issuer, contact(holder, at=late))
        case "colour":
            add(region.issuer, standing(holder, Colour.YELLOW))
        case "pass":
            region.at = late
            region.paper_pass(holder)
        case "correction":
            add(region.issuer, correction("c", holder, decided_at=None))
        case _:
            with region.issuer.store.transaction() as transaction:
                declare_dependant(transaction, region.issuer, holder, child(), at=late)
    purge(region.issuer, at=late)

    with region.issuer.store.reading() as transaction:
        assert transaction.of(Person).find(holder) is not None


def test_a_correction_takes_its_steps_with_it_and_an_open_one_keeps_them() -> None:
    issuer = make_issuer()
    holder = HolderKey("0" * 32)
    add(issuer, correction("done", holder, decided_at=AT), correction("open", holder, decided_at=None))
    add(issuer, event("done"), event("open"))

    record = purge(issuer, at=AT + 180 * DAY)

    assert record.counted() == {"correction": 1, "correction_event": 1}
    with issuer.store.reading() as transaction:
        left = [each.correction_id for each in transaction.of(CorrectionEvent).select()]
    assert left == ["open"]


def test_a_pass_stays_four_weeks_past_its_end(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    issued = region.paper_pass(region.person(1))

    purge(region.issuer, at=issued.expires_at + 28 * DAY - 1)
    assert count(region.issuer, IssuedPass) == 1
    purge(region.issuer, at=issued.expires_at + 28 * DAY)
    assert count(region.issuer, IssuedPass) == 0


def test_a_guardianship_that_stands_is_never_purged(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    guardian = region.person(1)
    with region.issuer.store.transaction() as transaction:
        declare_dependant(transaction, region.issuer, guardian, child(), at=AT)

    purge(region.issuer, at=AT + YEARS)

    assert count(region.issuer, Guardianship) == 1
    assert count(region.issuer, Person) == 2


def test_a_declaration_goes_after_eight_weeks() -> None:
    issuer = make_issuer()
    declared = Declaration(
        declaration_id="d",
        holder=HolderKey("0" * 32),
        declared_by=HolderKey("0" * 32),
        kind="health",  # type: ignore[arg-type]
        content="{}",
        declared_at=AT,
    )
    add(issuer, declared)

    assert purge(issuer, at=AT + 56 * DAY - 1).counted() == {}
    assert purge(issuer, at=AT + 56 * DAY).counted() == {"declaration": 1}


def child() -> Dependant:
    return Dependant(
        document=resident(9, born="20120101"),
        name=name(9),
        division="150102",
        relation=Relation.PARENT,
        consent_version=CONSENT_VERSION,
    )


def correction(key: str, holder: HolderKey, *, decided_at: int | None) -> Correction:
    is_decided = decided_at is not None
    return Correction(
        correction_id=key,
        holder=holder,
        asked_by=holder,
        kind=next(iter(CorrectionKind)),
        identity_field=None,
        issuer=None,
        division="150102",
        state=CorrectionState.DECIDED if is_decided else CorrectionState.OPEN,
        opened_at=AT,
        due_at=AT + DAY,
        decision=CorrectionDecision.UPHELD if is_decided else None,
        decided_at=decided_at,
    )


def event(key: str) -> CorrectionEvent:
    return CorrectionEvent(
        event_id=f"event-{key}",
        correction_id=key,
        number=1,
        at=AT,
        step=CorrectionStep.OPENED,
        by="holder",
        detail="{}",
        sealed=None,
        vault_key=None,
    )


def test_evidence_is_kept_longer_than_any_rule_counts_back_and_lasts() -> None:
    assert 2 * max(RULE_DAYS) * DAY < EVIDENCE_KEPT


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.kind.__name__)
def test_docs_retention_says_how_long(clock: RetentionClock) -> None:
    days = {0: "at once", 1: "a second", DAY: "a day"}
    span = days.get(clock.seconds, f"{clock.seconds // DAY} days")

    row = f"| `{clock.kind.TABLE}` | `{clock.since}` | {span} | {clock.why} |"
    assert row in document("retention.md"), f"docs/retention.md lacks: {row}"
