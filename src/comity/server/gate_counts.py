"""What gates count, uploaded by the hour: looked at, verified by outcome, refused by reason (rule 19)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from comity.domain.decision import Outcome
from comity.domain.instant import instant_of, rfc3339
from comity.errors import InvalidInput
from comity.issuance.gate_counts import MAX_COUNT, RefusalReason, Refusals, add_counts
from comity.server.access import ServingNode
from comity.server.signed_access import SignedGate

router = APIRouter(tags=["gates"])

Number = Annotated[int, Field(ge=0, le=MAX_COUNT)]


class RefusalsBody(BaseModel):
    """How often people who got PASS were refused for one reason; another law is named."""

    model_config = ConfigDict(extra="forbid")
    reason: RefusalReason
    count: Number
    law: Annotated[str, Field(min_length=1, max_length=120)] | None = None


class GateCountBody(BaseModel):
    """The counts of one whole hour that is over; `period` is its beginning."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "period": "2020-03-20T11:00:00+08:00",
                    "looked_at": 320,
                    "verified": {"PASS": 411, "CONTROL": 2, "REAPPLY": 9, "UNDECIDED": 1},
                    "refusals": [
                        {"reason": "id_mismatch", "count": 1},
                        {
                            "reason": "another_law",
                            "law": "Railway safety, temperature",
                            "count": 1,
                        },
                    ],
                }
            ]
        },
    )
    period: AwareDatetime
    looked_at: Number
    verified: dict[Outcome, Number]
    refusals: Annotated[list[RefusalsBody], Field(max_length=50)]


class GateCountView(BaseModel):
    """That the counts of an hour are there."""

    gate_id: str
    period: str
    uploaded_at: str


@router.post("/gate-counts")
def upload_counts(counts: GateCountBody, node: ServingNode, gate: SignedGate) -> GateCountView:
    """Upload the counts of one hour; the same once more changes nothing. Signed by the gate."""
    try:
        period = instant_of(counts.period)
    except ValueError as error:
        raise InvalidInput("period: outside the years 1970 to 9998", field="period") from error
    refusals = [Refusals(reason=each.reason, count=each.count, law=each.law) for each in counts.refusals]
    with node.store.transaction() as transaction:
        added = add_counts(
            transaction,
            gate,
            period=period,
            looked_at=counts.looked_at,
            verified=counts.verified,
            refusals=refusals,
            at=node.clock(),
        )
    return GateCountView(
        gate_id=gate.gate_id, period=rfc3339(added.period), uploaded_at=rfc3339(added.uploaded_at)
    )
