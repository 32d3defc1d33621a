"""SQL as text for one database, made by SQLAlchemy Core from the tables once for each shape and kept.

A shape is a record class with the fields and comparisons of a search, but not its values: what a driver is
then given is a text it has prepared before, and a list of values. Running it past SQLAlchemy's own execution
saves about half the time of a short statement.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    LargeBinary,
    String,
    Text,
    UnaryExpression,
    any_,
    bindparam,
    delete,
    false,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from comity.records.ports import R, Record, Search
from comity.records.search import Comparison, Where
from comity.storage.rows import Row, RowShape, Stored, shape_of
from comity.storage.schema import table_of

KEPT_SHAPES: Final = 4_096
"""Searches whose text is kept; a region has a few hundred."""

ConditionShape: TypeAlias = "tuple[str, Comparison, int]"
"""Field, comparison, and how many values: 0 for 'no value', else 1, or their number where it matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShape:
    """How what is found is ordered, and whether only the first are wanted."""

    fields: tuple[str, ...] = ()
    newest_first: bool = False
    is_limited: bool = False


class SqlTexts(Generic[R]):
    """The statements on one record class in one dialect."""

    def __init__(self, kind: type[R], dialect: Dialect) -> None:
        self._dialect = dialect
        self._table = table_of(kind)
        self._is_postgresql = dialect.name == "postgresql"
        self._kept: dict[tuple[tuple[ConditionShape, ...], OrderShape | None], str] = {}
        columns = list(self._table.c)
        key = columns[0]
        self.shape: Final[RowShape[R]] = shape_of(kind)
        self.key: Final = key.name
        self.insert: Final = self._insert()
        by_key = select(*columns).where(key == _value("v0", key))
        self.find: Final = self._text(by_key, ["v0"])
        values = {c.name: _value(f"c{n}", c) for n, c in enumerate(columns[1:])}
        replaced = update(self._table).where(key == _value("v0", key)).values(values)
        self.replace: Final = self._text(replaced, [*(f"c{n}" for n in range(len(values))), "v0"])

    @property
    def copy(self) -> str:
        """The text that opens a COPY of whole rows into a PostgreSQL table."""
        quote = self._dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in self.shape.names)
        return f"COPY {quote(self._table.name)} ({names}) FROM STDIN (FORMAT BINARY)"

    @property
    def types(self) -> list[str]:
        """The PostgreSQL types of the columns, as COPY needs to know them."""
        return [_type_name(column.type) for column in self._table.c]

    @property
    def everything(self) -> str:
        """The text that gives all rows, in no order."""
        return self._text(select(*self._table.c), [])

    def select(
        self, where: tuple[Where, ...], order: OrderShape, limit: int | None
    ) -> tuple[str, list[object]]:
        """Give the text and the values of a search."""
        conditions, values = self._conditions(where)
        if limit is not None:
            values.append(limit)
        return self._select(conditions, order), values

    def search(self, search: Search[Record]) -> tuple[str, list[object]]:
        """Give the text and the values of a search that was named before."""
        return self.select(search.where, OrderShape(fields=search.order), None)

    def remove(self, where: tuple[Where, ...]) -> tuple[str, list[object]]:
        """Give the text and the values of a removal."""
        conditions, values = self._conditions(where)
        return self._remove(conditions), values

    def replacing(self, row: Row) -> tuple[Stored, ...]:
        """Give the values of `replace` for a row: the key stands last."""
        return (*row[1:], row[0])

    def _conditions(self, where: tuple[Where, ...]) -> tuple[tuple[ConditionShape, ...], list[object]]:
        shapes: list[ConditionShape] = []
        values: list[object] = []
        for each in where:
            sought, comparison = self.shape.sought(each), each.comparison
            if comparison is Comparison.ONE_OF and len(sought) == 1:
                comparison = Comparison.EQUAL  # a plan that PostgreSQL makes once, and not for each list
            if comparison is Comparison.ONE_OF and self._takes_lists(each.field):
                shapes.append((each.field, comparison, 1))
                values.append(sought if self._is_postgresql else json.dumps(sought))
                continue
            present = [value for value in sought if value is not None]
            shapes.append((each.field, comparison, len(present)))
            values.extend(present)
        return tuple(shapes), values

    def _takes_lists(self, field: str) -> bool:
        """An array in PostgreSQL, a JSON list in SQLite, which has no bytes."""
        return self._is_postgresql or not isinstance(self._table.c[field].type, LargeBinary)

    def _select(self, shapes: tuple[ConditionShape, ...], order: OrderShape) -> str:
        kept = self._kept.get((shapes, order))
        if kept is not None:
            return kept
        conditions, names = self._clauses(shapes)
        found = select(*self._table.c).where(*conditions)
        for name in dict.fromkeys((*order.fields, self.key)):
            found = found.order_by(self._ordered(name, newest_first=order.newest_first))
        text = self._text(found, names)
        if order.is_limited:
            text += " LIMIT %s" if self._is_postgresql else " LIMIT ?"
        return self._keep((shapes, order), text)

    def _remove(self, shapes: tuple[ConditionShape, ...]) -> str:
        kept = self._kept.get((shapes, None))
        if kept is not None:
            return kept
        conditions, names = self._clauses(shapes)
        return self._keep((shapes, None), self._text(delete(self._table).where(*conditions), names))

    def _keep(self, key: tuple[tuple[ConditionShape, ...], OrderShape | None], text: str) -> str:
        if len(self._kept) >= KEPT_SHAPES:
            self._kept.clear()
        self._kept[key] = text
        return text

    def _clauses(self, shapes: tuple[ConditionShape, ...]) -> tuple[list[ColumnElement[bool]], list[str]]:
        clauses: list[ColumnElement[bool]] = []
        names: list[str] = []
        for field, comparison, count in shapes:
            column = self._table.c[field]
            own = [f"v{len(names) + n}" for n in range(count)]
            names += own
            clauses.append(self._clause(column, comparison, own))
        return clauses, names

    def _clause(
        self, column: Column[object], comparison: Comparison, names: list[str]
    ) -> ColumnElement[bool]:
        if comparison is Comparison.ONE_OF:
            return self._one_of(column, names)
        if not names:
            return column.is_(None) if comparison is Comparison.EQUAL else column.is_not(None)
        value = _value(names[0], column)
        match comparison:
            case Comparison.EQUAL:
                return column == value
            case Comparison.DIFFERS:
                return column.is_distinct_from(value)
            case Comparison.AT_MOST:
                return column <= value
            case Comparison.AT_LEAST:
                return column >= value

    def _one_of(self, column: Column[object], names: list[str]) -> ColumnElement[bool]:
        if self._is_postgresql:
            return column == any_(bindparam(names[0], type_=ARRAY(_element_type(column))))
        if isinstance(column.type, LargeBinary):
            return column.in_([_value(name, column) for name in names]) if names else false()
        listed = func.json_each(bindparam(names[0], type_=String())).table_valued("value")
        return column.in_(select(listed.c.value))

    def _ordered(self, name: str, *, newest_first: bool) -> UnaryExpression[object]:
        """No value comes first, and last when the order is turned round: said where the database differs."""
        column = self._table.c[name]
        ordered = column.desc() if newest_first else column.asc()
        if not self._is_postgresql or not column.nullable:
            return ordered
        return ordered.nulls_last() if newest_first else ordered.nulls_first()

    def _insert(self) -> str:
        """One row; a key that is there already is passed over, which the count of rows then tells."""
        insert = postgresql.insert if self._is_postgresql else sqlite.insert
        names = [f"c{n}" for n in range(len(self.shape.names))]
        values = {c.name: _value(name, c) for c, name in zip(self._table.c, names, strict=True)}
        return self._text(insert(self._table).values(values).on_conflict_do_nothing(), names)

    def _text(self, statement: ClauseElement, names: list[str]) -> str:
        """Write a statement whose values come in the order of `names`."""
        compiled = statement.compile(dialect=self._dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - statements compile to SQL
        if (compiled.positiontup or []) != names:
            raise AssertionError(f"values in the order {compiled.positiontup}, expected {names}")
        return compiled.string


def _value(name: str, column: Column[object]) -> BindParameter[object]:
    return bindparam(name, type_=_plain_type(column))


def _plain_type(column: Column[object]) -> TypeEngine[object]:
    """The type of a value that is compared with a column: without the collation, which is the column's."""
    return cast("TypeEngine[object]", String()) if isinstance(column.type, String) else column.type


def _element_type(column: Column[object]) -> TypeEngine[object]:
    """The type of one of several values, of the name that a driver gives it: TEXT, not VARCHAR."""
    return cast("TypeEngine[object]", Text()) if isinstance(column.type, String) else column.type


def _type_name(column_type: TypeEngine[object]) -> str:
    names = {BigInteger: "int8", LargeBinary: "bytea", Boolean: "bool"}
    return next((name for kind, name in names.items() if isinstance(column_type, kind)), "text")
