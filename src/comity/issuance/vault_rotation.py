"""Rotation of the vault: every sealed record wrapped again under the newest key, while the region goes on.

A rotation adds a key, after which whoever opens the vault anew seals with it; old keys stay readable, and a
process that does not know the new one yet reads it from the key store when it meets it. Records are wrapped
again in batches, and forward only: a process that still seals with an older key leaves newer ones alone. Old
keys are never taken out of the key store, since backups need them. Nothing is decrypted here but data keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from comity.domain.instant import MINUTE, Instant
from comity.issuance.corrections import CorrectionEvent
from comity.issuance.extra_demands import ExtraDemand
from comity.issuance.gates import Gate
from comity.issuance.issuer import Issuer
from comity.issuance.records import Person
from comity.records.audit import Act, record_acts
from comity.records.ports import Record, Transaction
from comity.records.search import equal, one_of

REWRAP_EVERY: Final = 10 * MINUTE
"""Seconds between two looks for records under an older key."""
COUNTED: Final = 10_000
"""How far the records of one kind under one key are counted."""
REWRAP_BATCH: Final = 500
"""Records of one transaction."""

SealedRecord = Person | CorrectionEvent | Gate | ExtraDemand
R = TypeVar("R", Person, CorrectionEvent, Gate, ExtraDemand)


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultUse:
    """How many records a vault key still wraps, each kind counted up to a bound."""

    key: str
    is_current: bool
    records: int


def rewrap_people(issuer: Issuer, *, limit: int = REWRAP_BATCH) -> int:
    """Wrap at most `limit` people again under the current key, and say how many.

    Raises: KeyStoreError, StoreUnavailable.
    """
    return _rewrap(issuer, Person, limit)


def rewrap_all(issuer: Issuer, *, at: Instant, limit: int = REWRAP_BATCH) -> int:
    """Wrap everything again that stands under an older key, in batches, and say how many records that was.

    Raises: KeyStoreError, StoreUnavailable; what was wrapped stays so.
    """
    total = 0
    while batch := _batch(issuer, limit):
        total += batch
    if total:
        act = Act(actor="region", act="rewrap_vault", subject=issuer.vault.current, detail={"records": total})
        with issuer.store.transaction() as transaction:
            record_acts(transaction, [act], at=at)
    return total


def vault_uses(transaction: Transaction, issuer: Issuer, *, limit: int = COUNTED) -> tuple[VaultUse, ...]:
    """Say of each vault key how much it still wraps."""
    current = issuer.vault.current
    return tuple(
        VaultUse(key=key, is_current=key == current, records=_count(transaction, key, limit=limit))
        for key in issuer.vault.keys
    )


def _batch(issuer: Issuer, limit: int) -> int:
    return (
        _rewrap(issuer, Person, limit)
        + _rewrap(issuer, CorrectionEvent, limit)
        + _rewrap(issuer, Gate, limit)
        + _rewrap(issuer, ExtraDemand, limit)
    )


def _rewrap(issuer: Issuer, kind: type[R], limit: int) -> int:
    vault, older, count = issuer.vault, _older(issuer), 0
    with issuer.store.reading() as transaction:
        found = transaction.of(kind).select(one_of("vault_key", older), limit=limit) if older else []
    if not found:
        return 0
    with issuer.store.transaction() as transaction:
        transaction.lock(*(lock_of(record) for record in found))
        records = transaction.of(kind)
        for each in found:
            record = records.find(key_of(each))
            sealed = None if record is None else sealed_of(record)
            if record is None or sealed is None or record.vault_key not in older:
                continue
            wrapped = vault.rewrap(sealed, vault_key=record.vault_key)
            records.replace(_with(record, wrapped, vault.current))
            count += 1
    return count


def _older(issuer: Issuer) -> list[str]:
    """List the keys that came before the one that seals here, as far as this process knows."""
    keys = list(issuer.vault.keys)
    return keys[: keys.index(issuer.vault.current)]


def sealed_of(record: SealedRecord) -> bytes | None:
    """Give what is sealed in a record."""
    return record.contact if isinstance(record, ExtraDemand) else record.sealed


def _with(record: R, sealed: bytes, key: str) -> R:
    if isinstance(record, ExtraDemand):
        return replace(record, contact=sealed, vault_key=key)
    return replace(record, sealed=sealed, vault_key=key)


def key_of(record: SealedRecord) -> str:
    """Give the key of a record."""
    match record:
        case Person():
            return record.holder
        case CorrectionEvent():
            return record.event_id
        case Gate():
            return record.gate_id
        case ExtraDemand():
            return record.demand_id


def lock_of(record: SealedRecord) -> str:
    """Give the name under which others lock a record before they change it."""
    match record:
        case Person():
            return f"holder-{record.holder}"
        case CorrectionEvent():
            return f"correction-{record.correction_id}"
        case Gate():
            return f"gate-{record.gate_id}"
        case ExtraDemand():
            return f"demand-{record.demand_id}"


def _count(transaction: Transaction, key: str, *, limit: int) -> int:
    kinds: tuple[type[Record], ...] = (Person, CorrectionEvent, Gate, ExtraDemand)
    return sum(len(transaction.of(kind).select(equal("vault_key", key), limit=limit)) for kind in kinds)
