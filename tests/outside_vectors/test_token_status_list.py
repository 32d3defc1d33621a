"""The test vectors of draft-ietf-oauth-status-list: lists of 2^20 entries, and its two example tokens.

The draft's CBOR encodings and tokens are valid, but not deterministic CBOR, and its tokens carry kid outside
the signature. Comity's own reader is stricter: it refuses such a token, which is shown here too, and agrees
on everything inside it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any, Final

import cbor2
import pytest

from comity.codec import cbor, cose
from comity.errors import FormatError, UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.status import StatusArray, deflate, pack, read_array, read_status_list
from tests.outside_vectors.where import document

VECTORS: Final = document("token-status-list/vectors.json")
LISTS: Final[dict[int, dict[str, Any]]] = {vector["bits"]: vector for vector in VECTORS["vectors"]}
TOKENS: Final = ("example_status_list_cwt_hex", "example_referenced_token_cwt_hex")

EXAMPLE_KEY: Final = PublicKey(
    x=urlsafe_b64decode("I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo="),
    y=urlsafe_b64decode("6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M="),
)
"""The public key, kid "12", that the draft gives for all its examples."""

_STATUS: Final = 65_535
_STATUS_LIST: Final = 65_533

every_size = pytest.mark.parametrize("bits", LISTS)


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _from_json(bits: int) -> StatusArray:
    encoded = LISTS[bits]["json"]
    return read_array({"bits": encoded["bits"], "lst": _unpadded(encoded["lst"])})


def _from_cbor(bits: int) -> StatusArray:
    return read_array(cbor2.loads(bytes.fromhex(LISTS[bits]["cbor_hex"])))


def _nonzero(bits: int) -> dict[int, int]:
    return {int(index): status for index, status in LISTS[bits]["nonzero"].items()}


def _parts(name: str) -> tuple[bytes, dict[Any, Any], bytes, bytes]:
    token = cbor2.loads(bytes.fromhex(VECTORS[name]))
    assert token.tag == 18
    protected, unprotected, payload, signature = token.value
    return protected, unprotected, payload, signature


def test_every_size_of_entry_is_there() -> None:
    assert set(LISTS) == {1, 2, 4, 8}


@every_size
def test_every_entry_of_the_json_encoding_is_as_listed(bits: int) -> None:
    array, nonzero, size = _from_json(bits), _nonzero(bits), LISTS[bits]["size"]

    wrong = [index for index in range(size) if array.find(index) != nonzero.get(index, 0)]

    assert (array.bits, array.size) == (bits, size)
    assert not wrong


@every_size
def test_the_cbor_encoding_holds_the_same_list(bits: int) -> None:
    assert _from_cbor(bits) == _from_json(bits)


@every_size
def test_an_entry_outside_is_not_found(bits: int) -> None:
    assert _from_json(bits).find(LISTS[bits]["size"]) is None


@every_size
def test_we_pack_the_same_list(bits: int) -> None:
    packed = pack(_nonzero(bits), size=LISTS[bits]["size"], bits=bits)

    assert packed == _from_json(bits)
    assert read_array({"bits": bits, "lst": deflate(packed.data)}) == packed


@every_size
def test_the_drafts_order_of_keys_is_not_the_deterministic_one(bits: int) -> None:
    with pytest.raises(FormatError, match="order"):
        cbor.read(bytes.fromhex(LISTS[bits]["cbor_hex"]))


@pytest.mark.parametrize("name", TOKENS)
def test_the_signature_of_an_example_token_holds(name: str) -> None:
    protected, _, payload, signature = _parts(name)

    assert EXAMPLE_KEY.verifies(signature, cose.signature_input(protected, payload))


@pytest.mark.parametrize("name", TOKENS)
def test_an_example_token_with_one_bit_changed_does_not_hold(name: str) -> None:
    protected, _, payload, signature = _parts(name)
    altered = payload[:-1] + bytes((payload[-1] ^ 1,))

    assert not EXAMPLE_KEY.verifies(signature, cose.signature_input(protected, altered))


def test_the_example_list_is_the_one_of_section_4_1() -> None:
    claims: Any = cbor2.loads(_parts(TOKENS[0])[2])

    array = read_array(claims[_STATUS_LIST])

    assert "".join(str(array.find(index)) for index in range(array.size)) == "1001110111000101"


def test_the_example_reference_points_into_the_example_list() -> None:
    status_list: Any = cbor2.loads(_parts(TOKENS[0])[2])
    referenced: Any = cbor2.loads(_parts(TOKENS[1])[2])

    reference = referenced[_STATUS]["status_list"]

    assert reference["uri"] == status_list[2]
    assert read_array(status_list[_STATUS_LIST]).find(reference["idx"]) == 1


def test_the_example_list_token_as_a_whole_is_refused_for_its_unprotected_kid() -> None:
    entry = KeyEntry(key=EXAMPLE_KEY, usage=Usage.STATUS)
    keys = KeyList(region="420000", version=1, root=EXAMPLE_KEY, entries=(entry,))

    with pytest.raises(UnreadableStatement, match="unprotected header"):
        read_status_list(bytes.fromhex(VECTORS[TOKENS[0]]), (keys,))
