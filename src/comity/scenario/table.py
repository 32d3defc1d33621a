"""Scenario files as TOML (1.0) with places: each table knows its name and the line of its header.

tomllib gives values but no lines, so headers are found in the text itself, with strings and comments
blanked out. A fraction of a second is looked for there too, since a parsed `.000` cannot be told.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Collection
from datetime import datetime
from typing import Final, Never, TypeVar

from comity.domain.instant import DAY, LAST_INSTANT, Instant, instant_of
from comity.domain.region import RegionCode, is_area_code, is_region
from comity.errors import ScenarioError

Word = TypeVar("Word", bound=str)

ID: Final = re.compile(r"[a-z0-9-]{1,40}")

_BLANKED: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_LATEST: Final = LAST_INSTANT - 366 * DAY
"""Latest time of a file: what is made then still ends before the last instant that can be written."""
_SHOWN: Final = 60
"""Characters of a wrong value that a message repeats."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_HEADER: Final = re.compile(r"^[ \t]*\[+[ \t]*([^\[\]]*?)[ \t]*\]+", re.MULTILINE)
_FRACTION: Final = re.compile(r"\d\d:\d\d:\d\d\.\d")
_KEY: Final = re.compile(r"([A-Za-z0-9_-]+)[ \t]*=[^=]*$")
_INLINE: Final = re.compile(r"^[ \t]*([A-Za-z0-9_.-]+)[ \t]*=[ \t]*\[[ \t]*(?:\{|$)", re.MULTILINE)


def _blank(found: re.Match[str]) -> str:
    """Blank a string or comment, keeping its line breaks, and keeping a bare name, as in `[["region"]]`."""
    bare = found[0][1:-1]
    return bare if _NAME.fullmatch(bare) else "_" + "\n" * found[0].count("\n")


class Places:
    """Where the tables of a file begin: line numbers of headers, by dotted name and occurrence."""

    def __init__(self, text: str) -> None:
        self._plain = _BLANKED.sub(_blank, text)
        self._ends = [found.start() for found in re.finditer("\n", self._plain)]
        self._headers: list[tuple[int, str]] = [
            (self._line(found.start(1)), re.sub(r"\s", "", found[1]))
            for found in _HEADER.finditer(self._plain)
        ]
        self._lines: dict[str, list[int]] = {}
        for line, header in self._headers:
            self._lines.setdefault(header, []).append(line)

    def _line(self, offset: int) -> int:
        return bisect_left(self._ends, offset) + 1

    def top(self, name: str, number: int) -> int:
        """Give the line of the number-th `[[name]]`, or of the line that names it another way, or 0."""
        lines = self._lines.get(name, [])
        if number < len(lines):
            return lines[number]
        named = re.search(rf"^[ \t]*\[*[ \t]*{re.escape(name)}\b", self._plain, re.MULTILINE)
        return self._line(named.start()) if named else 0

    def nested(self, parent: str, parent_line: int, name: str, number: int) -> int:
        """Give the line of the number-th `[[parent.name]]` after the parent's header."""
        parents, nested = self._lines.get(parent, []), self._lines.get(f"{parent}.{name}", [])
        place = bisect_right(nested, parent_line) + number
        following = bisect_right(parents, parent_line)
        end = parents[following] if following < len(parents) else len(self._ends) + 2
        return nested[place] if place < len(nested) and nested[place] < end else parent_line

    def refuse_fractions(self) -> None:
        """Refuse a time with a fraction of a second. Raises: ScenarioError."""
        found = _FRACTION.search(self._plain)
        if found is None:
            return
        line, before = self._line(found.start()), self._plain[: found.start()]
        key = _KEY.search(before[before.rfind("\n") + 1 :])
        inline = [(self._line(each.start(1)), each[1]) for each in _INLINE.finditer(before)]
        above = [(at, name) for at, name in self._headers if at <= line and name] or inline
        header_line, table = above[-1] if above else (line, "")
        raise ScenarioError(
            "a time has a fraction of a second; whole seconds are expected",
            table=table,
            key=key[1] if key else "",
            line=header_line,
        )


def parse(text: str) -> tuple[dict[str, object], Places]:
    """Parse TOML text and find its places.

    Raises: ScenarioError for text that is not TOML or has a fraction of a second.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise ScenarioError(f"not TOML: {error}") from error
    places = Places(text)
    places.refuse_fractions()
    return document, places


def _shown(value: object) -> str:
    """Show a wrong value in a message, cut short; a number may be too long to be written at all."""
    try:
        written = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return written if len(written) <= _SHOWN else written[:_SHOWN] + "..."


class Table:
    """Reads one table key by key; every getter raises ScenarioError naming table, key and line."""

    def __init__(self, values: object, *, name: str, line: int, places: Places, within: str = "") -> None:
        self.name, self.line, self.places, self._within = name, line, places, within
        if not isinstance(values, dict):
            raise ScenarioError(f"a table [[{name}]] is expected here", table=name, line=line)
        self._left: dict[str, object] = dict(values)

    def refuse(self, key: str, message: str) -> Never:
        """Refuse the value of `key`."""
        raise ScenarioError(message, table=self.name, key=self._within + key, line=self.line)

    def has(self, key: str) -> bool:
        """Say whether the key is there and has not been taken yet."""
        return key in self._left

    def _take(self, key: str) -> object:
        if key not in self._left:
            self.refuse(key, "this key is required and missing")
        return self._left.pop(key)

    def forbid(self, key: str, why: str) -> None:
        """Refuse `key` if it is there."""
        if self.has(key):
            self.refuse(key, why)

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text that is not empty."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "a text that is not empty is expected")
        return value

    def word(self, key: str, words: type[Word], default: Word | None = None) -> Word:
        """Take one word of a closed list."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key)
        allowed: Collection[str] = tuple(words)  # type: ignore[arg-type]
        if not isinstance(value, str) or value not in allowed:
            self.refuse(key, f"one of {', '.join(allowed)} is expected, not {_shown(value)}")
        return words(value)

    def identifier(self, key: str, default: str | None = None) -> str:
        """Take an id: lower-case letters, digits and hyphens, at most 40."""
        value = self.text(key, default)
        if not ID.fullmatch(value):
            self.refuse(key, "an id has 1 to 40 of a-z, 0-9 and hyphen")
        return value

    def region(self, key: str) -> RegionCode:
        """Take the code of one of the 31 regions."""
        value = self.text(key)
        if not is_region(value):
            self.refuse(key, f"'{value}' is none of the 31 province-level codes, such as 150000")
        return RegionCode(value)

    def time(self, key: str) -> Instant:
        """Take a time with offset, in whole seconds."""
        value = self._take(key)
        if not isinstance(value, datetime):
            self.refuse(key, "a time such as 2020-03-19T00:00:00+08:00 is expected, without quotes")
        try:
            instant = instant_of(value)
            if instant > _LATEST:
                self.refuse(key, "a time in the year 9997 or before is expected")
            return instant
        except (ValueError, OverflowError) as error:
            self.refuse(key, str(error))

    def optional_time(self, key: str, default: Instant | None = None) -> Instant | None:
        """Take a time that may be left out."""
        return self.time(key) if self.has(key) else default

    def integer(self, key: str, allowed: range, default: int | None = None) -> int:
        """Take a whole number of a range."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key)
        if type(value) is not int or value not in allowed:
            self.refuse(
                key, f"a whole number from {allowed[0]} to {allowed[-1]} is expected, not {_shown(value)}"
            )
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Take true or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "true or false is expected")
        return value

    def texts(self, key: str) -> list[str]:
        """Take an array of texts, empty when left out."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(key, "an array of texts is expected")
        return value

    def area(self, key: str) -> str:
        """Take a six-digit division code."""
        return self._area(key, self.text(key))

    def areas(self, key: str) -> tuple[str, ...]:
        """Take an array of six-digit division codes, empty when left out."""
        return tuple(self._area(key, item) for item in self.texts(key))

    def _area(self, key: str, value: str) -> str:
        if not is_area_code(value):
            self.refuse(key, f"'{value}' is not a division code of six digits")
        return value

    def tables(self, key: str) -> list[Table]:
        """Take the tables nested under this one."""
        value = self._left.pop(key, [])
        name = f"{self.name}.{key}"
        if not isinstance(value, list):
            raise ScenarioError(f"[[{name}]] is an array of tables", table=name, line=self.line)
        return [
            Table(
                item,
                name=name,
                line=self.places.nested(self.name, self.line, key, number),
                places=self.places,
            )
            for number, item in enumerate(value)
        ]

    def part(self, key: str) -> Table:
        """Take an inline table, empty when left out; errors in it name this table."""
        value = self._left.pop(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "a table such as {device = 48, paper = 48} is expected")
        return Table(value, name=self.name, line=self.line, places=self.places, within=f"{key}.")

    def finish(self) -> None:
        """Refuse keys that nobody took."""
        for key in self._left:
            self.refuse(key, "this key is not known here")


def top_tables(document: dict[str, object], name: str, places: Places) -> list[Table]:
    """Take the top-level `[[name]]` tables out of the document, none when there are none.

    Raises: ScenarioError when the name is used for something else.
    """
    value = document.pop(name, [])
    if not isinstance(value, list):
        raise ScenarioError(f"[[{name}]] is an array of tables", table=name, line=places.top(name, 0))
    return [
        Table(item, name=name, line=places.top(name, number), places=places)
        for number, item in enumerate(value)
    ]
