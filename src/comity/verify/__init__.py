"""Read, authenticate, decide: the ten numbered steps and their report. Pure."""

from comity.verify.interim_note import GateAnswer, answer_as_json, answer_block
from comity.verify.report import as_json, reason_text
from comity.verify.verifier import verify, verify_block

__all__ = [
    "GateAnswer",
    "answer_as_json",
    "answer_block",
    "as_json",
    "reason_text",
    "verify",
    "verify_block",
]
