"""Gate devices over HTTP: planned and disabled by a county's checkpoint manager, enrolled by the device."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import rfc3339
from comity.issuance import gates
from comity.issuance.gates import Gate, PlannedGate
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.http_signatures import GATE_TAG, HMAC_SHA256
from comity.server.node import Node
from comity.trust.bundle import Anchor, write_anchor

router = APIRouter(tags=["gates"])

Manager = Annotated[Officer, Depends(permitted(Permission.MANAGE_GATES))]


class GatePlan(BaseModel):
    """A gate to be planned."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"division": "150102", "name": "Railway station, exit 2"}]},
    )
    division: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="The county, six digits.")]
    name: Annotated[str, Field(min_length=1, max_length=80)]


class GateView(BaseModel):
    """A gate as its county's manager sees it."""

    gate_id: str
    division: str
    name: str
    state: str
    added_at: str
    enrolled_at: str | None
    disabled_at: str | None


class EnrolmentView(BaseModel):
    """A planned gate and its one-time code, shown once; `qr_text` is scanned by the device."""

    gate: GateView
    enrolment_code: str
    qr_text: str
    ends_at: str


class Enrolment(BaseModel):
    """The code by which a device enrols."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"enrolment_code": "KRSXG5DJNZTSAY3PMRSSA33OMUQHI2LN"}]},
    )
    enrolment_code: Annotated[str, Field(pattern=r"^[A-Z2-7]{32}$")]


class DeviceView(BaseModel):
    """What a device is given, once: its key, the anchor to pin, and where the signed files are."""

    gate_id: str
    division: str
    region: str
    is_test: bool
    secret: Annotated[str, Field(description="HMAC key of 32 bytes, base64.")]
    alg: str
    tag: str
    anchor: Annotated[str, Field(description="Anchor file, base64.")]
    bundle_url: str
    status_url: str


def view(gate: Gate) -> GateView:
    """Show a gate without anything secret."""
    return GateView(
        gate_id=gate.gate_id,
        division=gate.division,
        name=gate.name,
        state=gate.state,
        added_at=rfc3339(gate.added_at),
        enrolled_at=None if gate.enrolled_at is None else rfc3339(gate.enrolled_at),
        disabled_at=None if gate.disabled_at is None else rfc3339(gate.disabled_at),
    )


def _enrolment_view(node: Node, planned: PlannedGate) -> EnrolmentView:
    return EnrolmentView(
        gate=view(planned.gate),
        enrolment_code=planned.code,
        qr_text=gates.enrolment_text(node.issuer.region, planned.code, node.public_url),
        ends_at=rfc3339(planned.ends_at),
    )


@router.post("/gates", status_code=201)
def plan_gate(plan: GatePlan, node: ServingNode, manager: Manager) -> EnrolmentView:
    """Plan a gate in a county of your own and get its enrolment code, valid once and for 24 hours."""
    with node.store.transaction() as transaction:
        planned = gates.plan_gate(
            transaction, node.issuer, manager, division=plan.division, name=plan.name, at=node.clock()
        )
    return _enrolment_view(node, planned)


@router.get("/gates")
def list_gates(node: ServingNode, manager: Manager) -> list[GateView]:
    """List the gates of your counties."""
    with node.store.reading() as transaction:
        return [view(gate) for gate in gates.list_gates(transaction, manager)]


@router.post("/gates/enrol", status_code=201)
def enrol_gate(enrolment: Enrolment, node: ServingNode) -> DeviceView:
    """Enrol the device that holds a code: it gets its key this once."""
    issuer = node.issuer
    with node.store.transaction() as transaction:
        enrolled = gates.enrol_gate(transaction, issuer, enrolment.enrolment_code, at=node.clock())
    anchor = write_anchor(Anchor(host=issuer.region, root=issuer.keys.key_list.root))
    return DeviceView(
        gate_id=enrolled.gate.gate_id,
        division=enrolled.gate.division,
        region=issuer.region,
        is_test=issuer.is_test,
        secret=b64encode(enrolled.secret).decode(),
        alg=HMAC_SHA256,
        tag=GATE_TAG,
        anchor=b64encode(anchor).decode(),
        bundle_url=f"{node.public_url}/bundle",
        status_url=f"{node.public_url}/status/",
    )


@router.post("/gates/{gate_id}/enrolment-code", status_code=201)
def renew_enrolment(gate_id: str, node: ServingNode, manager: Manager) -> EnrolmentView:
    """Make a new code for a gate whose device is new; the old device is out once it is used."""
    with node.store.transaction() as transaction:
        planned = gates.renew_enrolment(transaction, node.issuer, manager, gate_id, at=node.clock())
    return _enrolment_view(node, planned)


@router.post("/gates/{gate_id}/disable")
def disable_gate(gate_id: str, node: ServingNode, manager: Manager) -> GateView:
    """Disable a gate for good: its signature no longer holds."""
    with node.store.transaction() as transaction:
        return view(gates.disable_gate(transaction, manager, gate_id, at=node.clock()))
