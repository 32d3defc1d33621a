"""A good interim note in words to read out at a gate (settled rules 11 and 16)."""

from __future__ import annotations

from comity.domain.region import get_region
from comity.trust.interim_note import InterimNote
from comity.verify.interim_note import note_text


def spoken_note(note: InterimNote) -> str:
    """Put a note into words to read out, Chinese and English."""
    region, told = get_region(note.region), note_text(note)
    return f"{region.name_zh} / {region.name_en}\n  {told.zh}\n  {told.en}"
