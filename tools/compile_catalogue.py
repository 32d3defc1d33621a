"""Compile locales/*.po into src/comity/domain/catalogue.py and pwa/*/catalogue.ts (`make texts`).

The pure rooms read no disk, so the words people see are committed as modules: one for Python, and for each
room of the phone apps one with the keys it shows. The plan:
1. read both catalogues; 2. refuse a fuzzy, empty, doubled or missing text, and placeholders that differ;
3. write the modules, or with `--check` exit 1 when a committed one is not current.
"""

from __future__ import annotations

import argparse
import json
import string
import unicodedata
from pathlib import Path
from typing import Final

from babel.messages.pofile import PoFileError, read_po

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALES: Final = ROOT / "locales"
MODULE: Final = ROOT / "src" / "comity" / "domain" / "catalogue.py"
APPS: Final = ROOT / "pwa"
APP_KEYS: Final = {
    "words": ("reason", "measure", "responsible", "ends", "colour", "manual.note_holds"),
    "shared": ("app", "outcome", "colour", "colour_name", "class", "route"),
    "wallet": ("wallet", "colour_reason", "demand"),
    "checkpoint": ("checkpoint", "step", "manual", "refusal", "responsible", "appeal", "freshness"),
}
"""Rooms of the phone apps, and the keys that each shows: by their first word, or one by its whole name."""
LANGUAGES: Final = ("zh_Hans", "en")
LINE_LENGTH: Final = 110
PIECE_WIDTH: Final = 97
"""Columns of one piece of a long text, so that it fits a line; a Chinese character takes two."""
BREAKS: Final = " \uff0c\u3002\uff1b\uff1a"
"""A blank and the Chinese comma, stop, semicolon and colon: a piece may end after them."""

HEAD: Final = '''\
"""The words people see, by key: (Chinese, English).

Generated from locales/ by `make texts` (tools/compile_catalogue.py); change the words there, never here.
"""
# fmt: off

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CATALOGUE: Final[Mapping[str, tuple[str, str]]] = {
'''

APP_HEAD: Final = """\
// The words people see, by key: [Chinese, English].
// Generated from locales/ by `make texts` (tools/compile_catalogue.py); change the words there, never here.

export const CATALOGUE: Readonly<Record<string, readonly [string, string]>> = {
"""

NOT_CURRENT: Final = "{module} is not current with locales/: run `make texts`."


class CatalogueError(Exception):
    """Catalogues that cannot be compiled; the message is one fault a line."""


def read_texts(path: Path) -> dict[str, str]:
    """Read one PO file into texts by key.

    Raises: CatalogueError for a file that is no PO file, or a text that is fuzzy, empty or there twice.
    """
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except (OSError, PoFileError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} cannot be read: {error}") from error
    texts: dict[str, str] = {}
    faults: list[str] = []
    for message in catalogue:
        if not message.id:
            continue
        key, words = str(message.id), str(message.string)
        texts[key] = words
        if message.fuzzy:
            faults.append(f"{path.name}: {key} is marked fuzzy; settle its text")
        if not words or words != words.strip():
            faults.append(f"{path.name}: {key} is empty or has blanks at an end")
    written = path.read_text(encoding="utf-8").splitlines()
    for key in texts:
        if written.count(f'msgid "{key}"') > 1:
            faults.append(f"{path.name}: {key} is there twice; keep one")
    if faults:
        raise CatalogueError("\n".join(faults))
    return texts


def placeholders(words: str) -> frozenset[str]:
    """Give the names in braces. Raises: ValueError for braces that are no plain {name}."""
    names: set[str] = set()
    for _, name, spec, conversion in string.Formatter().parse(words):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"{{{name}}} is no plain name in braces")
        names.add(name)
    return frozenset(names)


def paired(zh: dict[str, str], en: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Join both languages, sorted by key. Raises: CatalogueError where they do not agree."""
    faults = [f"zh_Hans.po lacks {key}" for key in sorted(en.keys() - zh.keys())]
    faults += [f"en.po lacks {key}" for key in sorted(zh.keys() - en.keys())]
    for key in sorted(zh.keys() & en.keys()):
        try:
            if placeholders(zh[key]) != placeholders(en[key]):
                faults.append(f"{key}: the placeholders of the two languages differ")
        except ValueError as error:
            faults.append(f"{key}: {error}")
    if faults:
        raise CatalogueError("\n".join(faults))
    return {key: (zh[key], en[key]) for key in sorted(zh)}


def module_source(texts: dict[str, tuple[str, str]]) -> str:
    """Write the Python module: an entry on one line, or each language cut into pieces that fit."""
    return HEAD + "".join(_entry(key, zh, en) for key, (zh, en) in texts.items()) + "}\n"


def app_source(texts: dict[str, tuple[str, str]], shown: tuple[str, ...]) -> str:
    """Write the TypeScript module of one room of the phone apps."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(list(words), ensure_ascii=False)},\n"
        for key, words in texts.items()
        if key in shown or key.partition(".")[0] in shown
    ]
    return APP_HEAD + "".join(lines) + "};\n"


def _entry(key: str, zh: str, en: str) -> str:
    line = f"    {_quoted(key)}: ({_quoted(zh)}, {_quoted(en)}),\n"
    if _width(line) <= LINE_LENGTH:
        return line
    return f"    {_quoted(key)}: (\n        {_wrapped(zh)},\n        {_wrapped(en)},\n    ),\n"


def _wrapped(words: str) -> str:
    pieces = [_quoted(piece) for piece in _pieces(words)]
    return pieces[0] if len(pieces) == 1 else "(" + "\n         ".join(pieces) + ")"


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _pieces(words: str) -> list[str]:
    """Cut a text after a blank or a Chinese stop, into pieces of at most PIECE_WIDTH columns if it can."""
    chunks = [""]
    for character in words:
        chunks[-1] += character
        if character in BREAKS:
            chunks.append("")
    pieces = [""]
    for chunk in chunks:
        if pieces[-1] and _width(pieces[-1] + chunk) > PIECE_WIDTH:
            pieces.append("")
        pieces[-1] += chunk
    return pieces


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in words)


def main(arguments: list[str] | None = None) -> None:
    """Run the command. Raises: SystemExit with a sentence when not current, or with the faults found."""
    parser = argparse.ArgumentParser(description="Compile locales/*.po into the modules that programs read.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when not current")
    parser.add_argument(
        "--locales", type=Path, default=LOCALES, help="the directory with zh_Hans.po and en.po"
    )
    options = parser.parse_args(arguments)
    try:
        zh, en = (read_texts(options.locales / f"{language}.po") for language in LANGUAGES)
        texts = paired(zh, en)
    except CatalogueError as fault:
        raise SystemExit(str(fault)) from fault
    sources = {MODULE: module_source(texts)}
    sources |= {APPS / room / "catalogue.ts": app_source(texts, words) for room, words in APP_KEYS.items()}
    for module, source in sources.items():
        if not options.check:
            module.write_text(source, encoding="utf-8", newline="\n")
        elif not module.exists() or module.read_text(encoding="utf-8") != source:
            raise SystemExit(NOT_CURRENT.format(module=module.relative_to(ROOT)))


if __name__ == "__main__":
    main()
