"""In which language, and in which form, an error is answered (RFC 9110 sections 12.5.1 and 12.5.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

CHINESE: Final = "zh-Hans"
ENGLISH: Final = "en"
_LONGEST: Final = 200
_READ: Final = frozenset({b"accept", b"accept-language"})
_WEIGHT: Final = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


def prefers_chinese(accept_language: str) -> bool:
    """Say whether Chinese is asked for before English; without a word about either it is English."""
    weights = _weights(accept_language)
    chinese = max((w for name, w in weights if name == "zh" or name.startswith("zh-")), default=0.0)
    english = max((w for name, w in weights if name == "en" or name.startswith("en-")), default=0.0)
    return chinese > english


def prefers_page(accept: str) -> bool:
    """Say whether a page is asked for before JSON, as browsers do."""
    weights = _weights(accept)
    pages = max((w for name, w in weights if name == "text/html"), default=0.0)
    json = max((w for name, w in weights if name.endswith(("/json", "+json"))), default=0.0)
    return pages > json


def _weights(text: str) -> list[tuple[str, float]]:
    """Read a list of wishes with their weights; what is written wrongly weighs nothing."""
    found: list[tuple[str, float]] = []
    for each in text[:_LONGEST].split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        told = [part[2:] for part in parameters if part.startswith("q=")]
        weight = told[0] if told else "1"
        found.append((name, float(weight) if _WEIGHT.fullmatch(weight) else 0.0))
    return found


@dataclass(frozen=True, slots=True)
class Wish:
    """How the answer to a request is wished for: in Chinese or not, as a page or not."""

    chinese: bool = False
    page: bool = False


def wish_of(scope: Scope) -> Wish:
    """Read the wish of a request."""
    told = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _READ}
    return Wish(
        chinese=prefers_chinese(told.get(b"accept-language", "")),
        page=scope["method"] == "GET" and prefers_page(told.get(b"accept", "")),
    )
