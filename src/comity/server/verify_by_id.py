"""`POST /codes/verify-by-id`: an ID card read at an enrolled gate, for somebody without a phone (rule 14).

Kind and number stand in the signed body, never in an address. The answer is the Decision of an online pass
made for this moment, with masked name and last four, or the interim passage the host grants (rule 11). Each
gate may look up so many cards a minute and a day.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from comity.codec.qrtext import write_text
from comity.domain.identity import DocumentKind, read_identity
from comity.domain.texts import Text, text
from comity.issuance.gate_log import Verified, VerifiedBy
from comity.issuance.id_cards import find_online_pass, find_relief
from comity.server.access import ServingNode
from comity.server.decision_view import DecisionView, NoteView, TextView
from comity.server.gate_limits import count_id_card
from comity.server.hot_verify import NOTE_SHOWN, hot_verifier
from comity.server.signed_access import SignedGate
from comity.verify import as_json
from comity.verify.interim_note import note_as_json, note_text

router = APIRouter(tags=["codes"])

NOT_FOUND = "NO_CURRENT_PASS"
"""What the log says when there was nothing to decide."""


class IdCard(BaseModel):
    """An identity document as the reader at the gate read it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "resident_id", "number": "990000199001010010"}]},
    )
    kind: DocumentKind
    number: Annotated[str, Field(min_length=1, max_length=32)]


class IdCardView(BaseModel):
    """The Decision; or an interim note, which has no colour; or neither where there is no current pass."""

    is_found: bool
    decision: DecisionView | None
    interim_note: NoteView | None
    routes: list[str]
    text: TextView


@router.post("/codes/verify-by-id", responses={200: {"model": IdCardView}}, response_model=None)
def verify_by_id(card: IdCard, request: Request, node: ServingNode, gate: SignedGate) -> dict[str, Any]:
    """Answer for the holder of an ID card; signed by an enrolled gate."""
    at, hot = node.clock(), hot_verifier(request.app)
    count_id_card(node, gate.gate_id)
    document = read_identity(card.kind, card.number, at=at, allow_test=node.issuer.is_test)
    made = find_online_pass(node.issuer, document, at=at)
    with node.store.reading() as transaction:
        note = find_relief(transaction, node.issuer, document, at=at)
    if note is not None:
        hot.log.count(Verified(gate.gate_id, at, VerifiedBy.ID_CARD, NOTE_SHOWN))
        told = note_as_json(note)
        return _answer(note_text(note), is_found=True, interim_note=told)
    if made is None:
        hot.log.count(Verified(gate.gate_id, at, VerifiedBy.ID_CARD, NOT_FOUND))
        routes = ["home", "host", "manual"]
        return _answer(text("id_card.no_current_pass"), is_found=False, routes=routes)
    decision = hot.decide(write_text(made), at=at)
    hot.log.count(Verified(gate.gate_id, at, VerifiedBy.ID_CARD, decision.outcome.value))
    told = as_json(decision)
    words = text(f"outcome.{decision.outcome}")
    return _answer(words, is_found=True, decision=told, routes=told["routes"])


def _answer(
    words: Text,
    *,
    is_found: bool,
    decision: Any = None,
    interim_note: Any = None,
    routes: Any = (),
) -> dict[str, Any]:
    return {
        "is_found": is_found,
        "decision": decision,
        "interim_note": interim_note,
        "routes": routes,
        "text": {"zh": words.zh, "en": words.en},
    }
