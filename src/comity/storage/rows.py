"""Records as rows: what a driver is given for a field, and the record made of what it gives back.

The work that depends on the class is done once a class (`shape_of`): a record is read and written for every
statement, and a million of them in an import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Final, Generic, TypeAlias, cast

from comity.records.ports import R, Record
from comity.records.search import Comparison, Where
from comity.storage.schema import RecordField, fields_of

Stored: TypeAlias = "str | int | bytes | bool | None"
"""What a driver takes and gives for one column."""
Row: TypeAlias = "tuple[Stored, ...]"
Turn: TypeAlias = "Callable[[Stored], object]"


class RowShape(Generic[R]):
    """How records of one class are turned into rows and back; the key is the first column."""

    def __init__(self, kind: type[R]) -> None:
        own = fields_of(kind)
        self.kind: Final = kind
        self.fields: Final = {each.name: each for each in own}
        self.names: Final = tuple(self.fields)
        self._values: Callable[[R], object] = attrgetter(*self.names)
        self._written = [(place, turn) for place, each in enumerate(own) if (turn := _writing(each))]
        self._read = [(place, turn) for place, each in enumerate(own) if (turn := _reading(each))]

    def row(self, record: R) -> Row:
        """Turn a record into a row."""
        values = cast("Row", self._values(record) if len(self.names) > 1 else (self._values(record),))
        if not self._written:
            return values
        row = list(values)
        for place, turn in self._written:
            if row[place] is not None:
                row[place] = cast("Stored", turn(row[place]))
        return tuple(row)

    def records(self, rows: Iterable[Sequence[Stored]]) -> list[R]:
        """Turn rows into records."""
        names, kind, read = self.names, self.kind, self._read
        made: list[R] = []
        for row in rows:
            values: list[object] = list(row)
            for place, turn in read:
                if row[place] is not None:
                    values[place] = turn(row[place])
            made.append(kind(**dict(zip(names, values, strict=True))))
        return made

    def sought(self, where: Where) -> list[Stored]:
        """Give the values a condition asks for, as the driver takes them; ONE_OF never means 'no value'."""
        turn = _writing(self.fields[where.field])
        values = [value if value is None or turn is None else turn(value) for value in where.values]
        if where.comparison is Comparison.ONE_OF:
            values = [value for value in values if value is not None]
        return cast("list[Stored]", values)


@cache
def shape_of(kind: type[R]) -> RowShape[R]:
    """Give the shape of a record class."""
    return RowShape(kind)


def kind_name(kind: type[Record]) -> str:
    """Name a kind of record for a message."""
    return kind.TABLE.replace("_", " ")


def _writing(field: RecordField) -> Turn | None:
    if field.words is not None:
        return _plain_text
    if field.plain is tuple:
        return _json
    return None


def _reading(field: RecordField) -> Turn | None:
    if field.words is not None:
        return cast("Turn", {word.value: word for word in field.words}.__getitem__)
    if field.plain is tuple:
        return _tuple
    if field.plain is bool:
        return bool
    return None


def _plain_text(word: object) -> str:
    """Drivers are quicker with a plain str than with a word of an enumeration."""
    return str.__str__(cast("str", word))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _tuple(value: Stored) -> tuple[str, ...]:
    return tuple(json.loads(cast("str", value)))
