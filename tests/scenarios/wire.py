"""The wire format written a second time, small and naive, so that it can be written wrongly on purpose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ALG, KID, TYP = 1, 4, 16
ISS, EXP, IAT, CTI, CNF, STATUS, COMITY = 1, 4, 6, 7, 8, 65535, -65537
PRESENTATION_TYP = 65102


def unbase45(text: str) -> bytes:
    out = b""
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        number = sum(ALPHABET.index(letter) * 45**place for place, letter in enumerate(group))
        out += number.to_bytes(len(group) - 1, "big")
    return out


def base45(data: bytes) -> str:
    out = ""
    for start in range(0, len(data), 2):
        group = data[start : start + 2]
        number = int.from_bytes(group, "big")
        for _ in range(len(group) + 1):
            number, digit = divmod(number, 45)
            out += ALPHABET[digit]
    return out


def as_text(message: bytes) -> str:
    return "CM1:" + base45(message)


def plain(value: Any) -> bytes:
    """Shortest, definite CBOR in the order in which it is given."""
    return cbor2.dumps(value)


def pairs(items: Iterable[tuple[Any, Any]]) -> bytes:
    """A map in the order given, repeated keys allowed."""
    rows = [plain(key) + plain(value) for key, value in items]
    return bytes([0xA0 + len(rows)]) + b"".join(rows)


@dataclass(frozen=True, slots=True)
class Message:
    """A COSE_Sign1, taken apart; each piece is the CBOR that stands on the wire."""

    header: dict[Any, Any]
    payload: bytes
    signature: bytes

    @classmethod
    def read(cls, message: bytes) -> Message:
        assert message[:2] == b"\xd2\x84", "a tagged COSE_Sign1"
        header, unprotected, payload, signature = cbor2.loads(message[1:])
        assert not unprotected
        return cls(dict(cbor2.loads(header)), payload, signature)

    @property
    def claims(self) -> dict[Any, Any]:
        return dict(cbor2.loads(self.payload))

    @property
    def inner(self) -> Message:
        """The pass inside a presentation."""
        return Message.read(self.presented[1])

    @property
    def presented(self) -> list[Any]:
        return list(cbor2.loads(self.payload))

    def build(
        self,
        *,
        start: bytes = b"\xd2\x84",
        header: bytes | None = None,
        unprotected: bytes = b"\xa0",
        payload: bytes | None = None,
        signature: bytes | None = None,
        end: bytes = b"",
    ) -> bytes:
        """The message with these pieces of CBOR exchanged."""
        return b"".join(
            (
                start,
                plain(plain(self.header)) if header is None else header,
                unprotected,
                plain(self.payload) if payload is None else payload,
                plain(self.signature) if signature is None else signature,
                end,
            )
        )

    def with_header(self, header: bytes | dict[Any, Any]) -> bytes:
        return self.build(header=plain(header if isinstance(header, bytes) else plain(header)))

    def with_payload(self, payload: bytes | dict[Any, Any] | list[Any]) -> bytes:
        return self.build(payload=plain(payload if isinstance(payload, bytes) else plain(payload)))

    def with_claims(self, **changes: Any) -> bytes:
        """Claims by name replaced; `None` takes a claim away."""
        merged = self.claims | {globals()[name.upper()]: value for name, value in changes.items()}
        return self.with_payload({key: value for key, value in merged.items() if value is not None})

    def with_signature(self, r: int | None = None, s: int | None = None) -> bytes:
        old_r, old_s = (int.from_bytes(self.signature[at : at + 32], "big") for at in (0, 32))
        values = (old_r if r is None else r, old_s if s is None else s)
        return self.build(signature=plain(b"".join(value.to_bytes(32, "big") for value in values)))

    @property
    def mirrored(self) -> bytes:
        """The other valid signature: n - s for s."""
        return self.with_signature(s=P256_ORDER - int.from_bytes(self.signature[32:], "big"))


def present(phone: ec.EllipticCurvePrivateKey, t: Any, inner: bytes, alg: int) -> bytes:
    """A presentation of any bytes, properly signed by this phone."""
    message = Message({ALG: alg, TYP: PRESENTATION_TYP}, plain([t, inner]), b"")
    to_sign = plain(["Signature1", plain(message.header), b"", message.payload])
    r, s = utils.decode_dss_signature(phone.sign(to_sign, ec.ECDSA(SHA256())))
    return message.build(signature=plain(r.to_bytes(32, "big") + s.to_bytes(32, "big")))
