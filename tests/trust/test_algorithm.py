"""ES256 as a property of the key: thumbprints, hostile signatures, points off the curve."""

from __future__ import annotations

from hashlib import sha256

import pytest

from comity.codec.cose import Header, read_sign1, write_header
from comity.domain.claims import DeviceKey
from comity.errors import ComityError, FormatError
from comity.trust.algorithm import PublicKey, device_signature_holds, private_key
from comity.trust.signing import message_holds, sign_message
from tests.builders import PHONE, TEST_PASS_TYP, key, scalar_key

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
MESSAGE = b"what was signed"
KEY = key("any")
SIGNATURE = KEY.sign(MESSAGE)
R, S = SIGNATURE[:32], SIGNATURE[32:]
OFF_CURVE_X = next(
    x.to_bytes(32, "big")
    for x in range(1, 100)
    if pow(
        x**3 - 3 * x + 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B, FIELD // 2, FIELD
    )
    != 1
)


def number(value: int) -> bytes:
    """A number in the 32 bytes of half a signature."""
    return value.to_bytes(32, "big")


WRONG_SIGNATURES = [
    ("all zero", bytes(64)),
    ("r zero", bytes(32) + S),
    ("s zero", R + bytes(32)),
    ("r equal to the order", number(ORDER) + S),
    ("s equal to the order", R + number(ORDER)),
    ("r above the order", number(ORDER + 1) + S),
    ("s above the order", R + number(ORDER + 1)),
    ("r the greatest number", b"\xff" * 32 + S),
    ("s the greatest number", R + b"\xff" * 32),
    ("r and s one", number(1) + number(1)),
    ("r and s exchanged", S + R),
    ("r negated", number(ORDER - int.from_bytes(R, "big")) + S),
    ("the last bit flipped", SIGNATURE[:-1] + bytes((SIGNATURE[-1] ^ 1,))),
    ("the first bit flipped", bytes((SIGNATURE[0] ^ 0x80,)) + SIGNATURE[1:]),
    ("another key's", key("other").sign(MESSAGE)),
    ("another message's", KEY.sign(b"something else")),
]


@pytest.mark.parametrize("signature", [r[1] for r in WRONG_SIGNATURES], ids=[r[0] for r in WRONG_SIGNATURES])
def test_a_wrong_signature_does_not_hold_and_raises_nothing(signature: bytes) -> None:
    assert not KEY.public.verifies(signature, MESSAGE)
    assert not device_signature_holds(KEY.as_device_key(), signature, MESSAGE)


def test_a_right_signature_holds_with_low_and_with_high_s() -> None:
    mirrored = R + number(ORDER - int.from_bytes(S, "big"))
    assert mirrored != SIGNATURE
    for signature in (SIGNATURE, mirrored):
        assert KEY.public.verifies(signature, MESSAGE)
        assert device_signature_holds(KEY.as_device_key(), signature, MESSAGE)


def test_signing_is_deterministic_as_in_rfc_6979() -> None:
    # RFC 6979 A.2.5, curve P-256, SHA-256, message "sample"
    scalar = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    signer = scalar_key(scalar)
    assert signer.public.x.hex() == "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    assert signer.sign(b"sample").hex() == (
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    )


def test_the_thumbprint_is_that_of_rfc_9679() -> None:
    # RFC 9679 section 6
    published = PublicKey(
        bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"),
        bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"),
    )
    expected = "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
    assert published.thumbprint.hex() == expected
    assert published.kid.hex() == expected[:8]


def point(head: str, x: bytes, y: bytes) -> bytes:
    """A point with any head."""
    return bytes.fromhex(head) + x + y


WRONG_POINTS = [
    ("off the curve", point("04", KEY.public.x, KEY.public.x)),
    ("y off by one", point("04", KEY.public.x, KEY.public.y[:-1] + bytes((KEY.public.y[-1] ^ 1,)))),
    ("the origin", point("04", bytes(32), bytes(32))),
    ("x beyond the field", point("04", b"\xff" * 32, KEY.public.y)),
    ("compressed", point("02", KEY.public.x, b"")),
    ("hybrid", point("06", KEY.public.x, KEY.public.y)),
    ("infinity", b"\x00"),
    ("64 bytes", point("04", KEY.public.x, KEY.public.y)[:-1]),
    ("66 bytes", point("04", KEY.public.x, KEY.public.y + b"\x00")),
    ("without its head", KEY.public.x + KEY.public.y),
    ("nothing", b""),
]


@pytest.mark.parametrize("data", [row[1] for row in WRONG_POINTS], ids=[row[0] for row in WRONG_POINTS])
def test_a_public_key_is_an_uncompressed_point_on_the_curve(data: bytes) -> None:
    with pytest.raises(FormatError):
        PublicKey.of_point(data)


def test_a_public_key_is_read_as_it_was_written() -> None:
    assert PublicKey.of_point(KEY.public.point) == KEY.public


WRONG_DEVICE_KEYS = [
    ("x off the curve", DeviceKey(x=OFF_CURVE_X, y_is_odd=True)),
    ("x off the curve, y even", DeviceKey(x=OFF_CURVE_X, y_is_odd=False)),
    ("x equal to the field's prime", DeviceKey(x=number(FIELD), y_is_odd=True)),
    ("x beyond the field", DeviceKey(x=b"\xff" * 32, y_is_odd=True)),
    ("the other y", DeviceKey(x=KEY.public.x, y_is_odd=not KEY.as_device_key().y_is_odd)),
    ("another phone", PHONE.as_device_key()),
]


@pytest.mark.parametrize(
    "device_key", [row[1] for row in WRONG_DEVICE_KEYS], ids=[row[0] for row in WRONG_DEVICE_KEYS]
)
def test_no_signature_holds_for_a_wrong_device_key(device_key: DeviceKey) -> None:
    assert not device_signature_holds(device_key, SIGNATURE, MESSAGE)


@pytest.mark.parametrize("length", [0, 1, 31])
def test_a_secret_shorter_than_32_bytes_makes_no_key(length: int) -> None:
    with pytest.raises((ValueError, ComityError), match="32"):
        private_key(bytes(length))


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32, number(ORDER), number(ORDER - 1), b"\xff" * 40])
def test_any_secret_of_32_or_more_bytes_makes_a_working_key(secret: bytes) -> None:
    made = private_key(secret)
    assert made.public.verifies(made.sign(MESSAGE), MESSAGE)


@pytest.mark.parametrize("alg", [-8, -35, -36, -257, -37, 0, 7, -9])
def test_a_message_under_another_algorithm_than_its_keys_does_not_hold(alg: int) -> None:
    protected = write_header(Header(alg, KEY.kid, TEST_PASS_TYP))
    good = sign_message(MESSAGE, KEY, typ=TEST_PASS_TYP)
    assert message_holds(read_sign1(good), KEY.public)

    class OtherAlgorithm:
        kid, public = KEY.kid, KEY.public

        def __init__(self) -> None:
            self.alg = alg

        def sign(self, message: bytes) -> bytes:
            return KEY.sign(message)

    forged = read_sign1(sign_message(MESSAGE, OtherAlgorithm(), typ=TEST_PASS_TYP))
    assert forged.protected == protected
    assert KEY.public.verifies(forged.signature, forged.signed)
    assert not message_holds(forged, KEY.public)


@pytest.mark.parametrize("length", [0, 1, 100])
def test_a_message_holds_only_with_the_header_and_payload_that_were_signed(length: int) -> None:
    payload = sha256(bytes(length)).digest() * (length + 1)
    data = sign_message(payload, KEY, typ=TEST_PASS_TYP)
    for other in (
        sign_message(payload, KEY, typ=TEST_PASS_TYP + 1),
        sign_message(b"x", KEY, typ=TEST_PASS_TYP),
    ):
        spliced = read_sign1(other[:-64] + data[-64:])
        assert not message_holds(spliced, KEY.public)
