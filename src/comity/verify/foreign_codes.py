"""Codes of a region's own format: its attested answer decided by the same steps, and what rests on its word.

A region that keeps its own codes shares data instead (way one of docs/joining.md): its answer, signed and
fresh, takes the place of a pass. Recognition is by issuer as ever, the host's rules decide as ever (C3.1). An
adapter vouches for nothing; what counts is the issuer's signature. No answer, or one that does not hold, is
the fault of nobody at the gate: UNDECIDED and the manual path, never a colour (settled rule 7).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple, Protocol

from comity.codec.cose import Kid
from comity.domain.decision import Decision, ReasonCode, Step
from comity.domain.instant import instant_of, rfc3339
from comity.domain.region import RegionCode
from comity.domain.validity import CLOCK_LEEWAY, ONLINE_LIFETIME
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.attested_answers import (
    AttestedAnswer,
    AttestedState,
    UnverifiedAnswer,
    read_attested_answer,
)
from comity.trust.bundle import VerifierBundle
from comity.trust.keys import KeyEntry
from comity.trust.status import NO_LISTS
from comity.verify.authenticate import breaks_class_rules, v2_bundle
from comity.verify.checkpoint import Checkpoint, open_checkpoint
from comity.verify.decide import AuthenticPass, decide, decide_not_current
from comity.verify.report import Json, as_json


class ForeignCodes(Protocol):
    """The codes of one region with a format of its own, and the way to ask that region about one.

    What an adapter gives is verified like everything that comes from outside. It keeps the text of a code out
    of addresses, logs and errors: whoever has the text has the code.
    """

    @property
    def issuer(self) -> RegionCode:
        """The region whose codes these are."""
        ...

    def reads(self, text: str) -> bool:
        """Say whether a text looks like one of these codes."""
        ...

    def ask(self, text: str, *, nonce: bytes) -> bytes:
        """Ask the issuer about a code; the answer is bound to `question_of(text, nonce)`.

        Raises: DownloadFailed for an outage, a refusal or an answer out of bounds, in bounded time.
        """
        ...


class ForeignQuestion(NamedTuple):
    """Who was asked, and what the answer must be bound to."""

    issuer: RegionCode
    question: bytes


class ForeignDecision(NamedTuple):
    """A decision on a code of another format, and the answer it rests on, where one held."""

    decision: Decision
    answer: AttestedAnswer | None

    @property
    def rests_on_issuer(self) -> tuple[Step, ...]:
        """The steps that were run and for which the issuer's word stands alone.

        That it is a code of its own and unaltered (V1), that this person may show it (V5), that it is in time
        and current (V7, V8). The host itself checks trust, key, signature, recognition and rules.
        """
        if self.answer is None:
            return ()
        return tuple(step for step, _ in self.decision.steps if step in _ISSUERS_WORD)


_ISSUERS_WORD: Final = (Step.V1, Step.V5, Step.V7, Step.V8)
_NO_ANSWER, _NOT_SIGNED, _NOT_FRESH = (
    f"reason.status_missing.{word}" for word in ("no_answer", "answer_not_signed", "answer_not_fresh")
)


def verify_foreign(
    asked: ForeignQuestion, answer: bytes | None, bundle: VerifierBundle, *, at: datetime
) -> ForeignDecision:
    """Answer a code of another format by its issuer's word and the host's rules.

    1. V2: the bundle is usable.
    2. V3: there is an answer of the region that was asked, by a listed key that may sign at its time.
    3. V4: that key signed it.
    4. V5: it answers this question, at this moment, within what its key may sign.
    5. V6 to V10: a current code is decided as an online pass is; any other has no colour.

    Raises: ValueError as `verify` does.
    """
    checkpoint = open_checkpoint(bundle, NO_LISTS, instant_of(at))
    blocked = v2_bundle(checkpoint)  # 1
    if blocked is not None:
        return _undecided(checkpoint, Step.V2, blocked, None)
    unverified = _read(answer, bundle)
    entry = None if unverified is None else _key(unverified, asked, checkpoint)
    if unverified is None or entry is None:  # 2
        return _undecided(checkpoint, Step.V3, _MISSING, _NO_ANSWER if answer is None else _NOT_SIGNED)
    try:
        attested = unverified.signed_by(entry.key)  # 3
    except StatementRefused:
        return _undecided(checkpoint, Step.V4, _MISSING, _NOT_SIGNED)
    if not _is_for(attested, asked, entry, checkpoint):  # 4
        return _undecided(checkpoint, Step.V5, _MISSING, _NOT_FRESH)
    return ForeignDecision(_decided(attested, checkpoint), attested)  # 5


_MISSING: Final = ReasonCode.STATUS_MISSING


def _read(answer: bytes | None, bundle: VerifierBundle) -> UnverifiedAnswer | None:
    try:
        return None if answer is None else read_attested_answer(answer, is_test=bundle.is_test)
    except UnreadableStatement:
        return None


def _key(unverified: UnverifiedAnswer, asked: ForeignQuestion, checkpoint: Checkpoint) -> KeyEntry | None:
    kid: Kid | None = unverified.statement.kid
    if kid is None or unverified.answer.issuer != asked.issuer:
        return None
    entry = checkpoint.bundle.find_pass_key(asked.issuer, kid)
    if entry is None or not entry.may_sign_at(unverified.answer.answered_at):
        return None
    return None if entry.is_revoked(checkpoint.at) else entry


def _is_for(
    attested: AttestedAnswer, asked: ForeignQuestion, entry: KeyEntry, checkpoint: Checkpoint
) -> bool:
    is_now = -CLOCK_LEEWAY <= checkpoint.at - attested.answered_at < ONLINE_LIFETIME
    claims = attested.claims
    return (
        is_now
        and attested.question == asked.question
        and (claims is None or not breaks_class_rules(claims, entry))
    )


_NOT_CURRENT: Final = {
    AttestedState.EXPIRED: (Step.V7, ReasonCode.EXPIRED),
    AttestedState.VOID: (Step.V8, ReasonCode.VOID),
    AttestedState.SUPERSEDED: (Step.V8, ReasonCode.SUPERSEDED),
    AttestedState.UNDER_REVIEW: (Step.V8, ReasonCode.UNDER_REVIEW),
}


def _decided(attested: AttestedAnswer, checkpoint: Checkpoint) -> Decision:
    if attested.claims is not None:
        return decide(AuthenticPass(attested.claims), checkpoint, issuer_says=None)
    if attested.state is AttestedState.UNKNOWN:
        detail = "reason.unreadable.unknown_to_issuer"
        return _undecided(checkpoint, Step.V1, ReasonCode.UNREADABLE, detail).decision
    step, reason = _NOT_CURRENT[attested.state]
    return decide_not_current(attested.issuer, checkpoint, step=step, reason=reason)


def _undecided(checkpoint: Checkpoint, step: Step, reason: ReasonCode, detail: str | None) -> ForeignDecision:
    bundle = checkpoint.bundle
    decision = Decision(
        host=bundle.host,
        at=checkpoint.at,
        is_test=bundle.is_test,
        step=step,
        reason=reason,
        trust_freshness=checkpoint.trust_freshness,
        detail=detail,
    )
    return ForeignDecision(decision, None)


def foreign_as_json(foreign: ForeignDecision) -> dict[str, Json]:
    """Give the decision as JSON, with what rests on the issuer's word.

    The ID card is to be compared whenever there is a holder: the text of such a code can be copied.
    """
    told = as_json(foreign.decision)
    answer = foreign.answer
    rests: Json = None
    if answer is not None:
        rests = {
            "issuer": answer.issuer,
            "answered_at": rfc3339(answer.answered_at),
            "steps": [step.name for step in foreign.rests_on_issuer],
        }
    return {**told, "compare_id": told["holder"] is not None, "rests_on": rests}
