"""An interim note shown at a gate: held against the key lists of the bundle, put into words (rules 11, 16).

A note is no pass: it has no colour and no Decision follows from it. Who shows a good one goes on.
"""

from __future__ import annotations

from datetime import datetime

from comity.domain.instant import instant_of, plain_time
from comity.domain.region import get_region
from comity.domain.texts import text as words
from comity.errors import FormatError, TrustError
from comity.trust.bundle import VerifierBundle
from comity.trust.interim_note import InterimNote, read_interim_note


def find_note(text: str, bundle: VerifierBundle, *, at: datetime) -> InterimNote | None:
    """Find what a text says as an interim note of a region in the bundle; None for anything else."""
    instant = instant_of(at)
    for key_list in bundle.key_lists:
        try:
            note = read_interim_note(text.strip(), key_list, at=instant, is_test=bundle.is_test)
        except (FormatError, TrustError):
            continue
        return note if note.issued_at <= instant < note.expires_at else None
    return None


def spoken_note(note: InterimNote) -> str:
    """Put a note into words to read out, Chinese and English."""
    region = get_region(note.region)
    until = plain_time(note.expires_at)
    told = words("manual.note_holds", until=until)
    return f"{region.name_zh} / {region.name_en}\n  {told.zh}\n  {told.en}"
