"""One connection to PostgreSQL, as statements are sent along it: prepared, several at once, binary.

What is asked together goes out in one piece and is waited for once (libpq's pipeline mode); a statement asked
alone goes the same way. Values are turned into bytes here and not by psycopg's adaptation, which costs more
than the statement. It knows nothing of transactions.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from struct import pack
from typing import Final, TypeAlias, cast

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq.abc import PGresult

from comity.storage.rows import Row

MOST_PREPARED: Final = 1_000
"""Statements one connection keeps prepared; what comes later is sent whole each time."""
_TEXT, _BIGINT, _BYTEA, _BOOLEAN = 25, 20, 17, 16
_READABLE: Final = select.POLLIN | select.POLLHUP | select.POLLERR
_BINARY: Final = pq.Format.BINARY

Asked: TypeAlias = "tuple[str, Sequence[object]]"
"""A text with `%s` for each value, and the values."""


class PostgresqlLine:
    """What was prepared on one connection, and how it is asked; for one thread at a time."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._pg = connection.pgconn
        self._loading = Transformer.from_context(connection)
        self._prepared: dict[str, bytes] = {}
        self._numbers = 0
        self._poll = select.poll()

    @property
    def is_lost(self) -> bool:
        """Say whether the connection is of no more use."""
        return self._pg.status != pq.ConnStatus.OK

    def run(self, asked: Sequence[Asked]) -> list[PGresult]:
        """Run statements in order and give their results; after one that fails the others are not run.

        Raises: psycopg.Error, OverflowError, UnicodeEncodeError.
        """
        ready = [(text, [_encoded(value) for value in values]) for text, values in asked]
        fresh: list[str] = []
        self._pg.enter_pipeline_mode()
        try:
            is_answer = [kind for text, values in ready for kind in self._send(text, values, fresh)]
            self._pg.pipeline_sync()
            results = self._results()
        except psycopg.Error:
            for text in fresh:
                self._prepared.pop(text, None)
            raise
        finally:
            if not self.is_lost:
                self._pg.exit_pipeline_mode()
        return [result for result, wanted in zip(results, is_answer, strict=True) if wanted]

    def rows(self, result: PGresult) -> list[Row]:
        """Give the rows of a result."""
        self._loading.set_pgresult(result, format=_BINARY)
        return cast("list[Row]", self._loading.load_rows(0, result.ntuples, tuple))

    def _send(self, text: str, values: list[bytes | None], fresh: list[str]) -> tuple[bool, ...]:
        """Send a statement, prepared if need be; say of each result to come whether it is the answer."""
        name, formats = self._prepared.get(text), [_BINARY] * len(values)
        if name is not None:
            self._pg.send_query_prepared(name, values, formats, _BINARY)
            return (True,)
        if len(self._prepared) >= MOST_PREPARED:
            self._pg.send_query_params(_numbered(text), values, None, formats, _BINARY)
            return (True,)
        self._numbers += 1
        name = self._prepared[text] = b"comity%d" % self._numbers
        fresh.append(text)
        self._pg.send_prepare(name, _numbered(text))
        self._pg.send_query_prepared(name, values, formats, _BINARY)
        return (False, True)

    def _results(self) -> list[PGresult]:
        """Give the results of everything sent. Raises: psycopg.Error, the first there was."""
        results: list[PGresult] = []
        failed: psycopg.Error | None = None
        while self._pg.flush():
            self._wait(select.POLLOUT)
        while True:
            while self._pg.is_busy():
                self._wait(0)
            result = self._pg.get_result()
            if result is None:
                if self.is_lost:
                    raise failed or psycopg.OperationalError("the connection was lost")
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                break
            if result.status == pq.ExecStatus.FATAL_ERROR and failed is None:
                failed = _error_of(result)
            results.append(result)
        if failed is not None:
            raise failed
        return results

    def _wait(self, writable: int) -> None:
        """Wait until something has come, or can be sent; other threads go on meanwhile."""
        self._poll.register(self._pg.socket, _READABLE | writable)
        for _, event in self._poll.poll():
            if event & _READABLE:
                self._pg.consume_input()


def _error_of(result: PGresult) -> psycopg.Error:
    """Make the error of a result; one without SQLSTATE is libpq's own, about the connection."""
    if result.error_field(pq.DiagnosticField.SQLSTATE) is None:
        return psycopg.OperationalError(result.get_error_message())
    return error_from_result(result)


def _numbered(text: str) -> bytes:
    """Write `%s` as $1, $2 and so on, as the server reads them."""
    parts = text.split("%s")
    numbered = "".join(f"{part}${place}" for place, part in enumerate(parts[:-1], start=1)) + parts[-1]
    return numbered.replace("%%", "%").encode()


def _whole(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)


def _several(values: Sequence[object]) -> bytes | None:
    """Write values of one type as an array of one dimension; no value for none, which nothing is one of."""
    if not values:
        return None
    written = [_encoded(value) or b"" for value in values]
    head = pack("!iiiii", 1, 0, _ELEMENTS.get(type(values[0]), _TEXT), len(written), 1)
    return head + b"".join(pack("!i", len(value)) + value for value in written)


_ELEMENTS: Final[dict[type, int]] = {int: _BIGINT, bytes: _BYTEA, bool: _BOOLEAN}
_WRITING: Final[dict[type, Callable[..., bytes | None]]] = {
    str: str.encode,
    bytes: bytes,
    int: _whole,
    bool: lambda value: bytes((value,)),
    list: _several,
}


def _encoded(value: object) -> bytes | None:
    """Turn a value into the bytes of PostgreSQL's binary form."""
    if value is None:
        return None
    return _WRITING.get(type(value), str.encode)(value)
