"""Everything this region holds about one person, as JSON (Personal Information Protection Law, Article 45).

Kinds of records are found by their fields that name a holder, so that a new kind is in without a change here.
Name, number and what was said in corrections are opened; tokens, hashes and wrapped keys say nothing of the
person and are left out. A guardian has what is a dependant's since a consent that stands; an earlier guardian
has none of it. Acts of the audit are those on the person, their passes, cases and guardianships.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Final, TypeAlias, TypeVar

from comity.domain.instant import Instant, rfc3339
from comity.issuance.corrections import Correction, CorrectionEvent, said_in
from comity.issuance.declarations import Declaration
from comity.issuance.home_inquiries import HomeInquiry
from comity.issuance.issuer import Issuer
from comity.issuance.people import get_person, guardianships_of, open_person
from comity.issuance.records import HolderKey, IssuedPass, Person
from comity.issuance.retention import CLOCKS, KEPT, LINKED_CLOCKS
from comity.records.audit import Act, record_acts
from comity.records.audit_records import AuditRow
from comity.records.ports import Record, Transaction
from comity.records.search import equal, one_of
from comity.records.sessions import Session

_R = TypeVar("_R", bound=Record)

FORMAT: Final = "comity-person-export-1"
Exported: TypeAlias = "str | int | bool | None | list[Exported] | dict[str, Exported]"
"""A JSON value."""

_HIDDEN: Final = frozenset(
    {"token_hash", "state_hash", "browser_hash", "code_hash", "vault_key", "sealed", "chained", "contact"}
)
ABOUT_DEPENDANTS: Final[Mapping[type[Record], str]] = {
    IssuedPass: "issued_at",
    HomeInquiry: "asked_at",
    Declaration: "declared_at",
    Correction: "opened_at",
}
"""Kinds that name a guardian beside their `holder`, and the time by which the consent is looked at."""
_AUDIT_SUBJECTS: Final = 10_000


def export_person(issuer: Issuer, holder: HolderKey, *, actor: str, at: Instant) -> dict[str, Exported]:
    """Give everything held about a person; that it was given is audited first.

    Raises: UnknownRecord, KeyStoreError, StoreUnavailable.
    """
    with issuer.store.transaction() as transaction:
        get_person(transaction, holder)
        record_acts(transaction, [Act(actor=actor, act="export_person", subject=holder)], at=at)
    with issuer.store.reading() as transaction:
        person = get_person(transaction, holder)
        records: dict[str, Exported] = dict(_records(transaction, issuer, holder))
    details = open_person(issuer, person)
    return {
        "format": FORMAT,
        "region": issuer.region,
        "made_at": rfc3339(at),
        "person": {
            "holder": holder,
            "name": details.name,
            "document_kind": str(details.document.kind),
            "document_number": details.document.number,
            "division": person.division,
            "asked_region": person.asked_region,
            "added_at": rfc3339(person.added_at),
            "identity_proved_at": None if person.proved_at is None else rfc3339(person.proved_at),
        },
        "records": records,
    }


def holder_fields(kind: type[Record]) -> tuple[str, ...]:
    """Give the fields of a kind that name a holder."""
    if kind is Session:
        return ("who",)
    return tuple(each.name for each in fields(kind) if "HolderKey" in str(each.type))  # type: ignore[arg-type]


def record_kinds() -> tuple[type[Record], ...]:
    """Give every kind of record this region keeps (`retention`)."""
    return (*(clock.kind for clock in CLOCKS), *LINKED_CLOCKS, *KEPT)


def _records(transaction: Transaction, issuer: Issuer, holder: HolderKey) -> Iterator[tuple[str, Exported]]:
    """Give the records that name the person, by kind; empty kinds are left out."""
    subjects: list[str] = [holder]
    consents = {each.dependant: each.consented_at for each in guardianships_of(transaction, holder)}
    for kind in record_kinds():
        if kind is Person:
            continue
        own = [each for each in _own(transaction, kind, holder) if _may_have(each, holder, consents)]
        if own:
            yield kind.TABLE, [_as_json(record) for record in own]
            subjects += [str(getattr(record, fields(kind)[0].name)) for record in own]  # type: ignore[arg-type]
    asked = _own(transaction, Correction, holder)
    corrections = [each.correction_id for each in asked if _may_have(each, holder, consents)]
    said = _said(transaction, issuer, corrections)
    if said:
        yield CorrectionEvent.TABLE, said
    acts = transaction.of(AuditRow).select(one_of("subject", subjects[:_AUDIT_SUBJECTS]))
    yield AuditRow.TABLE, [_as_json(row) for row in acts]


def _own(transaction: Transaction, kind: type[_R], holder: HolderKey) -> list[_R]:
    found: dict[str, _R] = {}
    for name in holder_fields(kind):
        for record in transaction.of(kind).select(equal(name, holder)):
            found[str(getattr(record, fields(kind)[0].name))] = record  # type: ignore[arg-type]
    return list(found.values())


def _may_have(record: Record, holder: HolderKey, consents: Mapping[HolderKey, Instant]) -> bool:
    """Say whether a record is the person's to have: their own, or a dependant's under a consent."""
    since = ABOUT_DEPENDANTS.get(type(record))
    if since is None or getattr(record, "holder") == holder:  # noqa: B009 - of a record of any kind
        return True
    consented_at = consents.get(getattr(record, "holder"))  # noqa: B009
    return consented_at is not None and getattr(record, since) >= consented_at


def _said(transaction: Transaction, issuer: Issuer, corrections: Iterable[str]) -> list[Exported]:
    events = transaction.of(CorrectionEvent).select(one_of("correction_id", list(corrections)))
    opened: list[Exported] = []
    for event in events:
        shown = _as_json(event)
        if event.sealed is not None and event.vault_key is not None:
            shown["said"] = dict(said_in(issuer, event).items())
        opened.append(shown)
    return opened


def _as_json(record: Record) -> dict[str, Exported]:
    shown: dict[str, Exported] = {}
    for each in fields(record):  # type: ignore[arg-type]
        if each.name not in _HIDDEN:
            shown[each.name] = _value(getattr(record, each.name), is_instant="Instant" in str(each.type))
    return shown


def _value(value: object, *, is_instant: bool) -> Exported:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return rfc3339(value) if is_instant else value
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return [str(each) for each in value] if isinstance(value, tuple) else str(value)
