"""A gate that is shown a code of another format: finds whose it is, asks, and decides.

The answer is verified and decided by the pure `verify.foreign_codes`; here is only the asking. So that an
issuer that is slow does not hold up a gate that serves others, a bounded number of questions is under way at
once; beyond it a code counts as unanswered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import BoundedSemaphore
from typing import Final

from comity.errors import DownloadFailed
from comity.trust.attested_answers import NONCE_LENGTH, question_of
from comity.trust.bundle import VerifierBundle
from comity.verify.foreign_codes import ForeignCodes, ForeignDecision, ForeignQuestion, verify_foreign

MOST_ASKED: Final = 8
"""Questions to one issuer under way at once."""


class ForeignGate:
    """Answers codes of the formats it knows; safe to use from several threads."""

    def __init__(
        self, formats: Sequence[ForeignCodes], *, draw: Callable[[int], bytes], most_asked: int = MOST_ASKED
    ) -> None:
        self._formats = tuple(formats)
        self._draw = draw
        self._under_way = {codes.issuer: BoundedSemaphore(most_asked) for codes in self._formats}

    def reads(self, text: str) -> bool:
        """Say whether a text is a code of a format that is known here."""
        return self._find(text) is not None

    def answer(
        self, text: str, bundle: VerifierBundle, *, clock: Callable[[], datetime]
    ) -> ForeignDecision | None:
        """Answer a code as of the moment its issuer answered; None for a format that is not known."""
        codes = self._find(text)
        if codes is None:
            return None
        nonce = self._draw(NONCE_LENGTH)
        asked = ForeignQuestion(codes.issuer, question_of(text, nonce))
        return verify_foreign(asked, self._ask(codes, text, nonce), bundle, at=clock())

    def _ask(self, codes: ForeignCodes, text: str, nonce: bytes) -> bytes | None:
        under_way = self._under_way[codes.issuer]
        if not under_way.acquire(blocking=False):
            return None
        try:
            return codes.ask(text, nonce=nonce)
        except DownloadFailed:
            return None
        finally:
            under_way.release()

    def _find(self, text: str) -> ForeignCodes | None:
        return next((codes for codes in self._formats if codes.reads(text)), None)
