"""One word per concept: names are made of words of docs/glossary.md (style rule 3).

Names are those of modules and of public classes, split into words. The glossary is a table with the columns
term, zh, meaning and source; every word of its first column counts, so that a row may give the noun with its
verb ("decision, decide"). Beside it stand only the words listed here.
"""

from __future__ import annotations

import re
from typing import Final

from tests.architecture.source import document, source_files

STANDARD_WORDS: Final = frozenset(
    """
    base45 cbor cose cwt env sign1 json jsonl png pkcs11 postgresql rsgi sql sqlite toml cli url
    """.split()  # noqa: SIM905
)
"""Words of standards and formats, which stay as they are."""

PLAIN_WORDS: Final = frozenset(
    """
    algorithm answer app array attack begun bench bootstrap case check clock code command component
    context count data demo document draw entry error event example extra fault field file followed format
    given head header image init input inspect keeper kind line list lost main max memory missing new
    number option outage output page parameter part party picture place plan pool port print program private
    public purpose reader record report request result row run screen setting show size source stage step
    store stream table test text unknown value word worker writer
    """.split()  # noqa: SIM905
)
"""Plain English that means in Comity what it means everywhere."""

BARRED_WORDS: Final = frozenset(
    """
    manager helper util common base misc handler processor wrapper
    """.split()  # noqa: SIM905
)
"""Names that say the name has not been found yet (style rule 1)."""


def test_every_name_is_made_of_words_of_the_glossary() -> None:
    known = STANDARD_WORDS | PLAIN_WORDS | _glossary_words()

    strange = {word: where for word, where in _words_of_names().items() if word not in known}

    assert not strange, f"give these a row in docs/glossary.md, or use the word it has: {strange}"


def test_no_name_hides_that_it_has_not_been_found() -> None:
    vague = {word: where for word, where in _words_of_names().items() if word in BARRED_WORDS}

    assert not vague


def test_the_glossary_explains_every_term_and_says_where_it_is_from() -> None:
    rows = _glossary_rows()

    incomplete = [row for row in rows if len(row) != 4 or not all(row)]

    assert rows
    assert not incomplete


def test_the_glossary_has_each_term_once() -> None:
    terms = [row[0] for row in _glossary_rows()]

    assert len(set(terms)) == len(terms)


def _words_of_names() -> dict[str, str]:
    """Every word of a name, singular and in small letters, with one place where it stands."""
    words: dict[str, str] = {}
    for file in source_files():
        names = [file.name, *(kind.name for kind in file.classes() if not kind.name.startswith("_"))]
        for name in names:
            for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+[0-9]*", name):
                words.setdefault(_singular(word.lower()), f"{name} in {file.path}")
    return words


def _glossary_words() -> frozenset[str]:
    terms = " ".join(row[0] for row in _glossary_rows())
    return frozenset(_singular(word) for word in re.findall(r"[a-z0-9]+", terms.lower()))


def _glossary_rows() -> list[list[str]]:
    """The cells of every table of the glossary that begins `| term | zh |`."""
    tables = re.findall(
        r"^\|\s*term\s*\|\s*zh\s*\|.*\n\|[-:| ]+\|\n((?:\|.*\n?)*)", document("glossary.md"), re.MULTILINE
    )
    return [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for t in tables
        for line in t.splitlines()
    ]


def _singular(word: str) -> str:
    if word.endswith(("sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word
