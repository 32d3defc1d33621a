"""What a search for records asks of a field; several conditions are met together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Plain: TypeAlias = "str | int | bytes | bool | None"
"""What a field of a record holds, as far as it can be searched."""


class Comparison(StrEnum):
    """How a field is compared; a field without value meets only EQUAL to None and DIFFERS."""

    EQUAL = "equal"
    DIFFERS = "differs"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ONE_OF = "one_of"


@dataclass(frozen=True, slots=True)
class Where:
    """One condition on one field; `values` has one value, or any number for ONE_OF."""

    field: str
    comparison: Comparison
    values: tuple[Plain, ...]


def equal(field: str, value: Plain) -> Where:
    """The field is this value; None means that it has none."""
    return Where(field, Comparison.EQUAL, (value,))


def differs(field: str, value: Plain) -> Where:
    """The field is another value, or has none; None means that it has one."""
    return Where(field, Comparison.DIFFERS, (value,))


def at_most(field: str, value: str | int) -> Where:
    """The field has a value of at most this."""
    return Where(field, Comparison.AT_MOST, (value,))


def at_least(field: str, value: str | int) -> Where:
    """The field has a value of at least this."""
    return Where(field, Comparison.AT_LEAST, (value,))


def one_of(field: str, values: Collection[Plain]) -> Where:
    """The field is one of these values; of none, nothing meets it."""
    return Where(field, Comparison.ONE_OF, tuple(values))
