"""The words people see, in Chinese and English, by key (interface section 3: every text in zh and en).

The words live in locales/*.po and are compiled into `catalogue`, since a pure room reads no disk. Here
nothing chooses a language and nothing is translated: a text is always both, and the screen shows one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from comity.domain.catalogue import CATALOGUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same words in simplified Chinese and in English."""

    zh: str
    en: str


def text(key: str, /, **values: str | int | Text) -> Text:
    """Give the text of `key` with its {placeholders} filled; a `Text` fills each language with its own words.

    Raises: KeyError for a key that is not in the catalogue, or a placeholder without a value.
    """
    return _filled(key, values) if values else _fixed(key)


@cache
def _fixed(key: str) -> Text:
    return _filled(key, {})


def _filled(key: str, values: Mapping[str, str | int | Text]) -> Text:
    if key not in CATALOGUE:
        raise KeyError(f"no text has the key {key}; add it to locales/ and run `make texts`")
    zh, en = CATALOGUE[key]
    in_zh = {name: value.zh if isinstance(value, Text) else value for name, value in values.items()}
    in_en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    return Text(zh=zh.format_map(in_zh), en=en.format_map(in_en))
