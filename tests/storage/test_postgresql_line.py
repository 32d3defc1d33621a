"""Statements along one connection: what libpq's pipeline gives back, and what it does after an error."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import DivisionByZero
from sqlalchemy.engine import make_url

from comity.storage import postgresql_line
from comity.storage.postgresql_database import connect
from comity.storage.postgresql_line import Asked, PostgresqlLine
from comity.storage.rows import Row


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[psycopg.Connection[Row]]:
    """A connection of one's own."""
    with connect(make_url(postgresql_url).set(drivername="postgresql").render_as_string(False)) as opened:
        yield opened


@pytest.fixture
def line(connection: psycopg.Connection[Row]) -> PostgresqlLine:
    """A line on it."""
    return PostgresqlLine(connection)


def rows(line: PostgresqlLine, *asked: Asked) -> list[list[Row]]:
    return [line.rows(result) for result in line.run(asked)]


def test_several_statements_are_answered_in_order(line: PostgresqlLine) -> None:
    asked = (
        ("SELECT %s::bigint + 1", [1]),
        ("SELECT 'a%%b'::text WHERE %s::boolean", [False]),
        ("SELECT 1", ()),
    )

    for _ in range(2):  # the second time they are prepared
        assert rows(line, *asked) == [[(2,)], [], [(1,)]]


def test_every_kind_of_value_goes_there_and_comes_back(line: PostgresqlLine) -> None:
    values = ["码😀", -(2**63), b"\x00\xff", True, None, ["a,{}", '"'], [1, -2], [b"\x00"]]
    kinds = ("text", "bigint", "bytea", "boolean", "bigint", "text[]", "bigint[]", "bytea[]")
    text = "SELECT " + ", ".join(f"%s::{kind}" for kind in kinds)

    assert rows(line, (text, values)) == [[tuple(values)]]
    assert rows(line, ("SELECT 1 WHERE 'a' = ANY(%s::text[])", [[]])) == [[]]


def test_after_a_statement_that_fails_the_others_are_not_run_and_the_line_goes_on(
    line: PostgresqlLine,
) -> None:
    line.run([("CREATE TEMPORARY TABLE seen (number bigint)", ())])
    failing: Asked = ("SELECT 1 / %s::bigint", [0])

    for _ in range(2):
        with pytest.raises(DivisionByZero):
            line.run([failing, ("INSERT INTO seen VALUES (1)", ())])

    assert rows(line, ("SELECT * FROM seen", ()), ("SELECT 1 / %s::bigint", [1])) == [[], [(1,)]]
    with pytest.raises(OverflowError):
        line.run([("SELECT %s::bigint", [2**63])])
    with pytest.raises(UnicodeEncodeError):
        line.run([("SELECT %s::text", ["\ud800"])])
    assert rows(line, ("SELECT 1", ())) == [[(1,)]]


def test_more_statements_than_are_kept_prepared_are_answered_all_the_same(
    line: PostgresqlLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_line, "MOST_PREPARED", 3)

    answers = rows(line, *((f"SELECT {number} + %s::bigint", [1]) for number in range(9)))

    assert answers == [[(number + 1,)] for number in range(9)]


def test_what_is_larger_than_every_buffer_goes_through(line: PostgresqlLine) -> None:
    large = b"\x01" * 4_000_000

    answers = rows(line, *[("SELECT %s::bytea", [large])] * 5)

    assert answers == [[(large,)]] * 5


def test_a_lost_connection_is_told(line: PostgresqlLine, connection: psycopg.Connection[Row]) -> None:
    with pytest.raises(psycopg.OperationalError):
        line.run([("SELECT pg_terminate_backend(pg_backend_pid())", ())])

    with pytest.raises(psycopg.OperationalError):
        line.run([("SELECT 1", ())])
    assert line.is_lost
