"""Numbers in statements end at the same place in both twins: 2^53 - 1, which JSON and every database hold."""

from __future__ import annotations

from typing import Any, Final

import cbor2
import pytest

from comity.codec import cose
from comity.domain.instant import LAST_INSTANT
from tests.fuzz.files import NESTED, signed_again
from tests.fuzz.originals import HOST
from tests.fuzz.trial import originals
from tests.laws.situation import key
from tests.pwa.twins import Request, ask_node, ask_python

NUMBERS: Final = {
    "0": (0, True),
    "2^53 - 1": (2**53 - 1, True),
    "2^53": (2**53, False),
    "2^63 - 1": (2**63 - 1, False),
    "2^63": (2**63, False),
    "2^64 - 1": (2**64 - 1, False),
    "-1": (-1, False),
}
"""Numbers beside the border, and whether a version may be so."""
INSTANTS: Final = {"the last instant": (LAST_INSTANT, True), "a second later": (LAST_INSTANT + 1, False)}


def _bundle(name: str, value: int) -> Request:
    """The fuzzer's bundle with one number in it changed, properly signed."""
    gate = originals()
    fields: dict[str, Any] = dict(cbor2.loads(cose.read_sign1(gate.bundle).payload)) | {name: value}
    return _opened(signed_again(gate.bundle, _spelled(fields), key(HOST, "bundle")))


def _bundle_with_recognition(value: int) -> Request:
    """The fuzzer's bundle with another version of one recognition in it, both properly signed."""
    gate = originals()
    fields: dict[str, Any] = dict(cbor2.loads(cose.read_sign1(gate.bundle).payload))
    first, *others = fields["recognitions"]
    told: dict[str, Any] = dict(cbor2.loads(cose.read_sign1(first).payload)) | {"version": value}
    changed = signed_again(first, _spelled(told), NESTED["recognitions"](told))
    fields["recognitions"] = [changed, *others]
    return _opened(signed_again(gate.bundle, _spelled(fields), key(HOST, "bundle")))


def _spelled(fields: dict[str, Any]) -> bytes:
    return cbor2.dumps(fields, canonical=True)


def _opened(data: bytes) -> Request:
    return {"do": "bundle", "name": "odd", "data": data.hex(), "anchor": originals().anchor_file.hex()}


@pytest.mark.parametrize("title", NUMBERS)
def test_both_twins_take_a_version_up_to_the_largest_number_and_no_other(title: str) -> None:
    value, is_taken = NUMBERS[title]
    requests = [_bundle("version", value), _bundle_with_recognition(value)]

    answers = ask_node(requests)

    assert answers == ask_python(requests)
    assert [answer != {"refused": "bundle"} for answer in answers] == [is_taken] * 2


@pytest.mark.parametrize("title", INSTANTS)
def test_both_twins_take_an_instant_up_to_the_last_and_no_other(title: str) -> None:
    value, is_taken = INSTANTS[title]
    requests = [_bundle("expires_at", value)]

    answers = ask_node(requests)

    assert answers == ask_python(requests)
    assert [answer != {"refused": "bundle"} for answer in answers] == [is_taken]
