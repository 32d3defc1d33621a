"""Project Wycheproof: ECDSA P-256 with SHA-256 in the fixed-length form of COSE, every case of it.

What is not 64 bytes long never reaches the signature check: the COSE reader refuses it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest

from comity.codec import cose
from comity.codec.cose import Header, Kid
from comity.domain.claims import DeviceKey
from comity.errors import FormatError
from comity.trust.algorithm import ES256, PublicKey, device_signature_holds, signature_holds
from tests.outside_vectors.where import document

FILE: Final = "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json"
_SOME_HEADER: Final = cose.write_header(Header(ES256, Kid(b"\x00" * 4), 65_001))


class Case(NamedTuple):
    """One signature, over bytes of its own."""

    key: PublicKey
    message: bytes
    signature: bytes
    is_valid: bool


def _cases(vectors: dict[str, Any]) -> dict[str, Case]:
    return {
        f"{test['tcId']} {test['comment']}": Case(
            PublicKey.of_point(bytes.fromhex(group["publicKey"]["uncompressed"])),
            bytes.fromhex(test["msg"]),
            bytes.fromhex(test["sig"]),
            {"valid": True, "invalid": False}[test["result"]],
        )
        for group in vectors["testGroups"]
        for test in group["tests"]
    }


VECTORS: Final = document(FILE)
CASES: Final = _cases(VECTORS)


def _is_read(signature: bytes) -> bool:
    """Say whether the COSE reader lets a signature of this shape through."""
    try:
        message = cose.read_sign1(cose.write_sign1(_SOME_HEADER, b"", signature))
    except FormatError:
        return False
    return message.signature == signature


def test_no_case_of_the_file_is_left_out() -> None:
    assert len(CASES) == VECTORS["numberOfTests"] == 262
    assert {case.is_valid for case in CASES.values()} == {True, False}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_our_signature_check_agrees(case: Case) -> None:
    holds = _is_read(case.signature) and case.key.verifies(case.signature, case.message)

    assert holds is case.is_valid


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_check_of_a_phones_signature_agrees(case: Case) -> None:
    phone = DeviceKey(x=case.key.x, y_is_odd=bool(case.key.y[-1] & 1))

    holds = _is_read(case.signature) and device_signature_holds(phone, case.signature, case.message)

    assert holds is case.is_valid


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_even_without_the_reader_in_front_no_other_length_holds(case: Case) -> None:
    assert signature_holds(case.key.native, case.signature, case.message) is case.is_valid


def test_only_signatures_of_64_bytes_are_read() -> None:
    assert {len(case.signature) for case in CASES.values() if _is_read(case.signature)} == {64}
