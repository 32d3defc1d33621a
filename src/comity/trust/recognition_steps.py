"""The host's steps towards recognising an issuer, or suspending it, as signed bytes (C2.1, settled rule 5).

Signed by a usage-`statement` key of the host, like its recognition. No gate reads a step and none changes
an answer; they are the public history of the pair, and the hub orders what may follow what.
"""

from __future__ import annotations

from comity.codec.cbor import Value
from comity.domain.instant import Instant
from comity.domain.recognition import RecognitionStep, Step
from comity.errors import UnreadableStatement
from comity.trust.keys import KeyList
from comity.trust.ports import Signer
from comity.trust.recognition_statements import own_region, signed_fields
from comity.trust.statements import Kind, write_statement


def write_step(step: RecognitionStep, host: Signer, *, is_test: bool) -> bytes:
    """Sign a step with the host's key."""
    reason: Value = None if step.reason is None else {"zh": step.reason.zh, "en": step.reason.en}
    fields: dict[str, Value | None] = {
        "host": step.host,
        "issuer": step.issuer,
        "version": step.version,
        "step": str(step.step),
        "at": step.at,
        "effective_from": step.effective_from,
        "reason": reason,
    }
    return write_statement(fields, Kind.RECOGNITION_STEP, host, is_test=is_test)


def read_step(data: bytes, keys: KeyList, *, at: Instant, is_test: bool) -> RecognitionStep:
    """Read a step signed by the region whose keys these are.

    Raises: UnreadableStatement, StatementRefused.
    """
    fields = signed_fields(data, Kind.RECOGNITION_STEP, keys, at=at, is_test=is_test)
    word = fields.text("step")
    if word not in tuple(Step):
        raise UnreadableStatement(f"recognition step: '{word}' is no step")
    step = RecognitionStep(
        host=own_region(fields.region("host"), keys),
        issuer=fields.issuer("issuer"),
        version=fields.integer("version"),
        step=Step(word),
        at=fields.instant("at"),
        effective_from=fields.optional_instant("effective_from"),
        reason=fields.optional_both_languages("reason"),
    )
    fields.finish()
    return step
