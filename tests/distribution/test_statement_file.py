"""The file behind a target: one spelling, bounded, and nothing in it believed by reading it."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest

from comity.codec import cbor
from comity.distribution.names import find_region, role_of
from comity.distribution.publication import MAX_PUBLICATION, read_publication, write_publication
from comity.distribution.statement_file import (
    HistoryFile,
    HubFile,
    StatementFile,
    read_history_file,
    read_hub_file,
    read_statement_file,
    write_history_file,
    write_hub_file,
    write_statement_file,
)
from comity.errors import FormatError
from tests.builders import HOME, HOST, HUB
from tests.distribution.hub import current_file, hub_file, publication


def test_what_is_written_is_read() -> None:
    file = StatementFile(region=HOST, key_list=b"keys", location=b"where", recognitions=(b"1", b"2"))
    bare = StatementFile(region=HOST, key_list=b"keys")
    history = HistoryFile(region=HOST, statements=(b"1", b"2"))
    hub = HubFile(hub=HUB.public, memberships=(b"m",), authority=b"a", rulebooks=(b"r",), national_keys=b"n")

    assert read_statement_file(write_statement_file(file), region=HOST) == file
    assert read_statement_file(write_statement_file(bare), region=HOST) == bare
    assert read_history_file(write_history_file(history), region=HOST) == history
    assert read_hub_file(write_hub_file(hub)) == hub


def test_a_publication_is_read_as_it_was_sent() -> None:
    sent = publication(HOST, 1)

    assert read_publication(write_publication(sent)) == sent


def test_a_role_names_its_region_and_no_other_does() -> None:
    assert find_region(role_of(HOST)) == HOST
    assert find_region("region-999999") is None
    assert find_region("targets") is None


def _packed(value: cbor.Value) -> bytes:
    return zlib.compress(cbor.write(value))


REFUSED: dict[str, Callable[[], object]] = {
    "not deflated": lambda: read_hub_file(b"\xa0"),
    "cut off": lambda: read_hub_file(hub_file()[:-1]),
    "bytes after it": lambda: read_hub_file(hub_file() + b"\0"),
    "a bomb": lambda: read_hub_file(zlib.compress(bytes(2**21))),
    "another region's": lambda: read_statement_file(current_file(HOME), region=HOST),
    "a field too many": lambda: read_statement_file(
        _packed({"region": HOST, "key_list": b"", "extra": 1}), region=HOST
    ),
    "no key list": lambda: read_statement_file(_packed({"region": HOST}), region=HOST),
    "too many statements": lambda: read_statement_file(
        _packed({"region": HOST, "key_list": b"", "referrals": [b""] * 201}), region=HOST
    ),
    "more members than regions and the nation": lambda: read_hub_file(
        _packed({"hub": HUB.public.point, "memberships": [b""] * 33})
    ),
    "too many past statements": lambda: read_history_file(
        _packed({"region": HOST, "statements": [b""] * 20_001}), region=HOST
    ),
    "a publication too large": lambda: read_publication(bytes(MAX_PUBLICATION + 1)),
    "a publication with a strange file": lambda: read_publication(
        cbor.write({"region": HOST, "metadata": b"", "files": {"other.cbor": b""}})
    ),
    "a publication without files": lambda: read_publication(cbor.write({"region": HOST, "metadata": b""})),
}


@pytest.mark.parametrize("title", REFUSED)
def test_what_is_no_such_file_is_refused(title: str) -> None:
    with pytest.raises(FormatError):
        REFUSED[title]()
