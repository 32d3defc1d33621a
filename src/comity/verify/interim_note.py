"""An interim note shown at a gate: held against the key lists of the bundle (settled rules 11 and 16).

A note is no pass: it has no colour, and no Decision follows from it. Who shows a good one goes on. What is
not a good note is answered like any other text (`verifier`); online and offline answers come from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from comity.domain.decision import Decision
from comity.domain.instant import Instant, instant_of, plain_time, rfc3339
from comity.domain.texts import Text
from comity.domain.texts import text as words
from comity.errors import FormatError, TrustError
from comity.trust.bundle import VerifierBundle
from comity.trust.interim_note import NOTE_PREFIX, InterimNote, claimed_region, read_interim_note
from comity.trust.status import NO_LISTS, StatusLists
from comity.verify.report import Json, as_json
from comity.verify.verifier import verify_block

GateAnswer: TypeAlias = Decision | InterimNote
"""What a gate is told of a text: a Decision, or a good interim note."""


def answer_block(
    texts: Sequence[str], bundle: VerifierBundle, *, at: datetime, lists: StatusLists = NO_LISTS
) -> list[GateAnswer]:
    """Answer many texts in order: a good interim note as itself, all else as `verify_block` does.

    Raises: ValueError as `verify` does.
    """
    answers: list[GateAnswer] = list(verify_block(texts, bundle, at=at, lists=lists))
    for place, text in enumerate(texts):
        if text.startswith(NOTE_PREFIX) and (note := find_note(text, bundle, at=instant_of(at))) is not None:
            answers[place] = note
    return answers


def find_note(text: str, bundle: VerifierBundle, *, at: Instant) -> InterimNote | None:
    """Find what a text says as an interim note of a region in the bundle; None for anything else."""
    text = text.rstrip("\r\n")
    try:
        region = claimed_region(text, is_test=bundle.is_test)
        for key_list in bundle.key_lists:
            if key_list.region == region:
                note = read_interim_note(text, key_list, at=at, is_test=bundle.is_test)
                return note if note.issued_at <= at < note.expires_at else None
    except (FormatError, TrustError):
        pass
    return None


def note_text(note: InterimNote) -> Text:
    """Say what follows from a good note, plainly enough to be read out at a gate."""
    return words("manual.note_holds", until=plain_time(note.expires_at))


def answer_as_json(answer: GateAnswer, bundle: VerifierBundle, *, at: datetime) -> dict[str, Json]:
    """Give an answer as a JSON object: a Decision as `as_json` does; a note has no outcome."""
    if isinstance(answer, Decision):
        return as_json(answer)
    return {
        "interim_note": note_as_json(answer),
        "host": bundle.host,
        "test": bundle.is_test,
        "decided_at": rfc3339(instant_of(at)),
    }


def note_as_json(note: InterimNote) -> dict[str, Json]:
    """Give what a good note says as a JSON object."""
    told = note_text(note)
    return {
        "region": note.region,
        "division": note.division,
        "case": note.case,
        "expires_at": rfc3339(note.expires_at),
        "text": {"zh": told.zh, "en": told.en},
    }
