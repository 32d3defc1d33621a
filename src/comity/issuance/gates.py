"""Gate devices: planned by a checkpoint manager, enrolled with a one-time code, disabled any time (C0).

A gate belongs to one county, and whoever manages it acts for that county. Its secret is shared with the node
for HMAC signatures: handed out once, kept sealed by the vault. What the gate verifies is not recorded here.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Final

from comity.domain.instant import DAY, Instant
from comity.errors import NotPossibleNow, NotSignedIn, UnknownRecord
from comity.issuance.counties import get_county
from comity.issuance.issuer import Issuer
from comity.issuance.signers import SIGNERS, next_generation
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal

ENROLMENT_PREFIX: Final = "CMG1"
ENROLMENT_LIFETIME: Final = DAY
"""Seconds for which an enrolment code can be used, once."""
GATE_SECRET_LENGTH: Final = 32
_CODE_LENGTH: Final = 20


class GateState(StrEnum):
    """Where a gate device stands."""

    PLANNED = "planned"
    ENROLLED = "enrolled"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One device at a checkpoint of a county; `sealed` holds its secret once it is enrolled."""

    gate_id: str
    division: str
    name: str
    state: GateState
    added_by: str
    added_at: Instant
    code_hash: str | None = None
    code_ends_at: Instant | None = None
    enrolled_at: Instant | None = None
    disabled_at: Instant | None = None
    sealed: bytes | None = None
    vault_key: str | None = None

    TABLE: ClassVar[str] = "gate"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("division",), ("code_hash",), ("vault_key",))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGate:
    """A gate that waits for its device, and the code that enrols it; the code is not kept."""

    gate: Gate
    code: str
    ends_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledGate:
    """A gate with the secret its device was given, this once."""

    gate: Gate
    secret: bytes


def enrolment_text(region: str, code: str, url: str) -> str:
    """Write what an enrolment code says: CMG1, region, code, and the address of the node."""
    return f"{ENROLMENT_PREFIX} {region} {code} {url}"


def plan_gate(
    transaction: Transaction, issuer: Issuer, officer: Officer, *, division: str, name: str, at: Instant
) -> PlannedGate:
    """Plan a gate in a county of the officer's own. Raises: NotPermitted, InvalidInput."""
    county = get_county(division, issuer.region)
    require(officer, Permission.MANAGE_GATES, division=county)
    code = _draw_code(issuer)
    gate = Gate(
        gate_id=issuer.new_id(),
        division=county,
        name=name,
        state=GateState.PLANNED,
        added_by=officer.officer_id,
        added_at=at,
        code_hash=_hash(code),
        code_ends_at=at + ENROLMENT_LIFETIME,
    )
    transaction.of(Gate).add(gate)
    _record(transaction, officer, "gate_planned", gate, at=at)
    return PlannedGate(gate=gate, code=code, ends_at=at + ENROLMENT_LIFETIME)


def renew_enrolment(
    transaction: Transaction, issuer: Issuer, officer: Officer, gate_id: str, *, at: Instant
) -> PlannedGate:
    """Make a new enrolment code: the device works on with its secret until the code is used.

    Raises: UnknownRecord, NotPermitted, NotPossibleNow for a disabled gate.
    """
    transaction.lock(f"gate-{gate_id}")
    gate = get_own_gate(transaction, officer, gate_id)
    if gate.state is GateState.DISABLED:
        raise NotPossibleNow("this gate is disabled", next_step="Plan a new gate for the device.")
    code = _draw_code(issuer)
    gate = replace(gate, code_hash=_hash(code), code_ends_at=at + ENROLMENT_LIFETIME)
    transaction.of(Gate).replace(gate)
    _record(transaction, officer, "gate_code_renewed", gate, at=at)
    return PlannedGate(gate=gate, code=code, ends_at=at + ENROLMENT_LIFETIME)


def enrol_gate(transaction: Transaction, issuer: Issuer, code: str, *, at: Instant) -> EnrolledGate:
    """Let the device that holds the code in: it gets its secret, and the code is used up.

    Raises: NotSignedIn for a code that is unknown, used or has ended.
    """
    found = transaction.of(Gate).select(equal("code_hash", _hash(code)), limit=1)
    if found:
        transaction.lock(f"gate-{found[0].gate_id}", SIGNERS)
        found = transaction.of(Gate).select(equal("code_hash", _hash(code)), limit=1)
    if not found or found[0].state is GateState.DISABLED or at >= (found[0].code_ends_at or 0):
        raise NotSignedIn(
            "this enrolment code is unknown, used or has ended",
            next_step="Ask the county's checkpoint manager for a new code.",
        )
    secret = issuer.draw(GATE_SECRET_LENGTH)
    gate = replace(
        found[0],
        state=GateState.ENROLLED,
        code_hash=None,
        code_ends_at=None,
        enrolled_at=at,
        sealed=issuer.vault.seal({"secret": secret.hex()}, of=_bound_to(found[0].gate_id)),
        vault_key=issuer.vault.current,
    )
    transaction.of(Gate).replace(gate)
    next_generation(transaction)
    acts = [Act(actor=f"gate:{gate.gate_id}", act="gate_enrolled", subject=gate.gate_id)]
    record_acts(transaction, acts, at=at)
    return EnrolledGate(gate=gate, secret=secret)


def disable_gate(transaction: Transaction, officer: Officer, gate_id: str, *, at: Instant) -> Gate:
    """Disable a gate for good; again changes nothing. Raises: UnknownRecord, NotPermitted."""
    transaction.lock(f"gate-{gate_id}", SIGNERS)
    gate = get_own_gate(transaction, officer, gate_id)
    if gate.state is GateState.DISABLED:
        return gate
    gate = replace(
        gate,
        state=GateState.DISABLED,
        disabled_at=at,
        code_hash=None,
        code_ends_at=None,
        sealed=None,
        vault_key=None,
    )
    transaction.of(Gate).replace(gate)
    next_generation(transaction)
    _record(transaction, officer, "gate_disabled", gate, at=at)
    return gate


def list_gates(transaction: Transaction, officer: Officer) -> list[Gate]:
    """List the gates of the counties an officer manages. Raises: NotPermitted."""
    require(officer, Permission.MANAGE_GATES)
    return [
        gate for gate in transaction.of(Gate).select(order=("division",)) if officer.covers(gate.division)
    ]


def get_own_gate(transaction: Transaction, officer: Officer, gate_id: str) -> Gate:
    """Give a gate of a county the officer manages. Raises: UnknownRecord, NotPermitted."""
    require(officer, Permission.MANAGE_GATES)
    gate = transaction.of(Gate).find(gate_id)
    if gate is None or not officer.covers(gate.division):
        raise UnknownRecord("no gate of this account's counties has this id")
    return gate


def find_enrolled_gate(transaction: Transaction, gate_id: str) -> Gate | None:
    """Find a gate whose device may sign requests."""
    gate = transaction.of(Gate).find(gate_id)
    return gate if gate is not None and gate.state is GateState.ENROLLED else None


def open_secret(issuer: Issuer, gate: Gate) -> bytes:
    """Open the secret of an enrolled gate. Raises: KeyStoreError."""
    assert gate.sealed is not None  # noqa: S101 - enrolled gates have both
    assert gate.vault_key is not None  # noqa: S101
    opened = issuer.vault.open(gate.sealed, vault_key=gate.vault_key, of=_bound_to(gate.gate_id))
    return bytes.fromhex(opened["secret"])


def _bound_to(gate_id: str) -> str:
    return f"{Gate.TABLE}:{gate_id}"


def _draw_code(issuer: Issuer) -> str:
    return b32encode(issuer.draw(_CODE_LENGTH)).decode()


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()


def _record(transaction: Transaction, officer: Officer, act: str, gate: Gate, *, at: Instant) -> None:
    detail = {"division": gate.division}
    acts = [Act(actor=f"officer:{officer.officer_id}", act=act, subject=gate.gate_id, detail=detail)]
    record_acts(transaction, acts, at=at)
