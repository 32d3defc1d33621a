"""The tables of a database, derived from the record classes: one class, one table.

Every record class of the rooms in `ROOMS` has a table, whichever part a database serves; `make migration`
writes it into the migrations. The first field is the primary key, the groups of `INDEXES` become indexes.
Texts compare by code point on both databases. There is no SQL by hand and no foreign key: what belongs
together is written in one transaction.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from types import NoneType
from typing import Final, cast, get_args, get_origin, get_type_hints

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, String, Table, Text

import comity.hub
import comity.issuance
import comity.officers
import comity.records
from comity.records.ports import Record

ROOMS: Final = (comity.records, comity.officers, comity.issuance, comity.hub)
"""The rooms whose records are kept."""
LONGEST_NAME: Final = 60
"""Characters of the name of an index; PostgreSQL cuts names after 63 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordField:
    """One field: the plain type it holds (str, int, bytes, bool or tuple), its words if they are closed."""

    name: str
    plain: type
    words: type[StrEnum] | None
    is_optional: bool


@cache
def fields_of(kind: type[Record]) -> tuple[RecordField, ...]:
    """Give the fields of a record class, the key first. Raises: TypeError for a field no table can hold."""
    hints = get_type_hints(kind)
    return tuple(_field(kind, each.name, hints[each.name]) for each in fields(kind))  # type: ignore[arg-type]


def _field(kind: type[Record], name: str, hint: object) -> RecordField:
    options = [each for each in get_args(hint) if each is not NoneType]
    is_optional = NoneType in get_args(hint)
    plain = options[0] if is_optional and len(options) == 1 else hint
    while hasattr(plain, "__supertype__"):  # a NewType
        plain = plain.__supertype__
    if get_origin(plain) is tuple and get_args(plain) == (str, ...):
        return RecordField(name=name, plain=tuple, words=None, is_optional=is_optional)
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return RecordField(name=name, plain=str, words=plain, is_optional=is_optional)
    if plain in (str, int, bytes, bool) and isinstance(plain, type):
        return RecordField(name=name, plain=plain, words=None, is_optional=is_optional)
    raise TypeError(f"{kind.__name__}.{name} is {hint}; a record has plain fields only")


@cache
def record_kinds() -> tuple[type[Record], ...]:
    """Give every kind of record that is kept, by name of its table."""
    found: dict[str, type[Record]] = {}
    modules = [each for room in ROOMS for each in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")]
    for each in modules:
        module = importlib.import_module(each.name)
        for kind in vars(module).values():
            if not isinstance(kind, type) or kind.__module__ != each.name or not hasattr(kind, "TABLE"):
                continue
            record = cast("type[Record]", kind)
            if is_dataclass(kind) and found.setdefault(record.TABLE, record) is not record:
                raise TypeError(f"two records are kept in {record.TABLE}; give {kind.__name__} its own TABLE")
    return tuple(kind for _, kind in sorted(found.items()))


@cache
def metadata() -> MetaData:
    """Give all tables, as SQLAlchemy and Alembic see them."""
    schema = MetaData()
    for kind in record_kinds():
        _add_table(schema, kind)
    return schema


@cache
def table_of(kind: type[Record]) -> Table:
    """Give the table of a record class. Raises: LookupError for a class that stands elsewhere."""
    if kind not in record_kinds():
        raise LookupError(f"{kind.__name__} has no table; a record is defined in a module of ROOMS")
    return metadata().tables[kind.TABLE]


def _add_table(schema: MetaData, kind: type[Record]) -> None:
    own = fields_of(kind)
    searched = {name for group in kind.INDEXES for name in group} | {own[0].name}
    columns = [
        Column(
            each.name,
            _column_type(each, is_searched=each.name in searched),
            primary_key=each is own[0],
            nullable=each.is_optional,
            autoincrement=False if each is own[0] else "auto",
        )
        for each in own
    ]
    table = Table(kind.TABLE, schema, *columns)
    for group in kind.INDEXES:
        Index(_index_name(kind.TABLE, group), *(table.c[name] for name in group))


def _column_type(field: RecordField, *, is_searched: bool) -> BigInteger | LargeBinary | Boolean | String:
    if field.plain is int:
        return BigInteger()
    if field.plain is bytes:
        return LargeBinary()
    if field.plain is bool:
        return Boolean()
    if field.words is not None or is_searched:
        return String().with_variant(String(collation="C"), "postgresql")
    return Text().with_variant(Text(collation="C"), "postgresql")


def _index_name(table: str, group: tuple[str, ...]) -> str:
    name = f"{table}_by_{'_'.join(group)}"
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{sha256(name.encode()).hexdigest()[:8]}"
