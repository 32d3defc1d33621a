"""The Decision as the API describes it: the JSON object of docs/verification-steps.md, every key present;
and that of an interim note, which is no Decision.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field


class TextView(BaseModel):
    """The same words in Chinese and English."""

    zh: str
    en: str


class HolderView(BaseModel):
    """What is compared with an ID card: masked name and last four characters."""

    name: str
    id_last4: str


class SourceView(BaseModel):
    """The statement a decision rests on."""

    kind: str
    issuer: str
    version: int


class ReasonView(BaseModel):
    """Why the decision is what it is."""

    code: str
    clause: str
    source: SourceView | None
    text: TextView


class MeasureView(BaseModel):
    """One measure of the host's rulebook, with its end for this person; only for CONTROL."""

    kind: str
    days: int | None
    responsible: str
    ends: str
    ends_at: str
    appeal: str
    text: TextView


class StepView(BaseModel):
    """One of the ten steps, and whether it held."""

    step: str
    ok: bool


class FreshnessView(BaseModel):
    """How old the signed data behind the decision is."""

    trust: str
    status: str | None


class DecisionView(BaseModel):
    """The answer to one shown code: PASS, CONTROL, REFER, REAPPLY, REJECT or UNDECIDED."""

    model_config = ConfigDict(populate_by_name=True)

    outcome: str
    host: str
    issuer: str | None
    pass_class: str | None = Field(alias="class")
    holder: HolderView | None
    colour: str | None
    compare_id: bool
    authority: str | None
    measures: list[MeasureView]
    routes: list[str]
    reasons: list[ReasonView]
    steps: list[StepView]
    freshness: FreshnessView
    test: bool
    decided_at: str


class NoteView(BaseModel):
    """What a good interim note says; the person goes on, no measure may follow (settled rule 16)."""

    region: str
    division: str
    case: str
    expires_at: str
    text: TextView


class NoteAnswerView(BaseModel):
    """The answer to a good interim note: no Decision, since a note has no colour."""

    interim_note: NoteView
    host: str
    test: bool
    decided_at: str


GATE_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"model": DecisionView | NoteAnswerView}}
"""What a route for gates tells of its answer."""
DECISION_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"model": DecisionView}}
"""What a route that answers with a Decision tells of its answer."""
