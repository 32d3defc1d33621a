"""Check the documents: every relative link in a Markdown file leads to a file, and to a heading of it.

Addresses outside the repository are not fetched. Exit 0 when all lead somewhere, 1 otherwise.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

ROOT: Final = Path(__file__).resolve().parent.parent
_LINK: Final = re.compile(
    r"!?\[[^\]]*\]\(<?([^()\s<>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE
)
_CODE: Final = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_FENCE: Final = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    """Every Markdown file of the repository outside hidden folders and what tools installed."""
    found = (path for path in ROOT.rglob("*.md") if "node_modules" not in path.parts)
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(ROOT).parts))


@cache
def anchors(document: Path) -> frozenset[str]:
    """The names under which the headings of a document can be linked to."""
    names: dict[str, int] = {}
    for heading in _HEADING.findall(_FENCE.sub("", document.read_text(encoding="utf-8"))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        seen = names.get(name, 0)
        names[name] = seen + 1
        if seen:
            names[f"{name}-{seen}"] = 1
    return frozenset(names)


def broken_links(document: Path) -> Iterator[str]:
    """Name every relative link of a document that leads nowhere."""
    for match in _LINK.finditer(_CODE.sub("", document.read_text(encoding="utf-8"))):
        link = match[1] or match[2]
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.is_relative_to(ROOT) or not target.exists():
            yield f"{link}: no such file"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{link}: no such heading"


def main() -> int:
    """Check every document and say what was found."""
    found = documents()
    wrong = [f"{d.relative_to(ROOT)}: {fault}" for d in found for fault in broken_links(d)]
    print("\n".join(wrong) if wrong else f"{len(found)} documents: every link between them leads somewhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
