"""`POST /codes/verify-foreign`: a code of a region's own format, for which the node asks that region.

Signed by an enrolled gate, and not on the hot route: it waits for another region, at most three seconds, and
of the questions to one region a bounded number is under way. Without an answer it is UNDECIDED and the manual
path. The text of the code is kept nowhere.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from comity.bootstrap.foreign_formats import FORMATS_SETTING, read_formats
from comity.client.foreign_gate import ForeignGate
from comity.errors import InvalidInput
from comity.issuance.gate_log import Verified, VerifiedBy
from comity.server.access import ServingNode
from comity.server.decision_view import DecisionView
from comity.server.hot_verify import hot_verifier
from comity.server.node import Node
from comity.server.signed_access import SignedGate
from comity.verify.foreign_codes import ForeignCodes, foreign_as_json

router = APIRouter(tags=["codes"])

PATH: Final = "/codes/verify-foreign"


class ForeignText(BaseModel):
    """What a gate scanned: a code that begins as one of the known formats does."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "YKM:7Rk2vXn0QbW4tLs9"}]}
    )
    text: Annotated[str, Field(min_length=1, max_length=2_048)]


class IssuersWordView(BaseModel):
    """Whose answer the decision rests on, when it was given, and the steps for which it stands alone."""

    issuer: str
    answered_at: str
    steps: list[str]


class ForeignDecisionView(DecisionView):
    """The Decision, with what rests on the issuer's word; None where no answer held."""

    rests_on: IssuersWordView | None


def install(app: FastAPI, node: Node, formats: tuple[ForeignCodes, ...] | None = None) -> None:
    """Give the application the formats it knows: these, or those of the file that is set.

    Raises: UsageError for a file that cannot be used.
    """
    named = os.environ.get(FORMATS_SETTING)
    if formats is None:
        formats = read_formats(Path(named), is_test=node.issuer.is_test) if named else ()
    app.state.foreign_gate = ForeignGate(formats, draw=node.issuer.draw)


@router.post(PATH, responses={200: {"model": ForeignDecisionView}}, response_model=None)
def verify_foreign_code(
    shown: ForeignText, request: Request, node: ServingNode, gate: SignedGate
) -> dict[str, Any]:
    """Answer a code of another format by its issuer's word and this region's rules."""
    foreign_gate, hot = request.app.state.foreign_gate, hot_verifier(request.app)
    assert isinstance(foreign_gate, ForeignGate)  # noqa: S101 - set when the app is made
    answer = foreign_gate.answer(
        shown.text, hot.bundle(), clock=lambda: datetime.fromtimestamp(node.clock(), UTC)
    )
    if answer is None:
        raise InvalidInput(
            "this is no code of a format that is known here",
            field="text",
            next_step="Send health passes (CM1:) to /codes/verify; take the manual path otherwise.",
        )
    outcome = answer.decision.outcome.value
    hot.log.count(Verified(gate.gate_id, answer.decision.at, VerifiedBy.FOREIGN_CODE, outcome))
    return foreign_as_json(answer)
