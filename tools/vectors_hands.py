"""Passes written by hand, so that they can be wrong in one way only and properly signed all the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cbor2

from comity.codec import base45, cose
from comity.codec.qrtext import PREFIX, UnverifiedPresentation, read_text
from comity.domain.instant import Instant
from comity.trust.algorithm import PrivateKey

ALG, KID, TYP = 1, 4, 16


def plain(value: Any) -> bytes:
    """Spell a value shortest and with definite lengths, maps in the order given."""
    return cbor2.dumps(value)


def pairs(items: Iterable[tuple[Any, Any]]) -> bytes:
    """Spell a map in the order given, equal keys kept."""
    rows = [plain(key) + plain(value) for key, value in items]
    return bytes((0xA0 + len(rows),)) + b"".join(rows)


@dataclass(frozen=True, slots=True)
class Hands:
    """A genuine text taken apart, with the keys to sign it again."""

    issuer_key: PrivateKey
    phone_key: PrivateKey
    protected: bytes
    payload: bytes
    shown_at: Instant | None

    @classmethod
    def of(cls, text: str, *, issuer_key: PrivateKey, phone_key: PrivateKey) -> Hands:
        """Take a genuine text of a test federation apart."""
        shown = read_text(text, is_test=True)
        is_presentation = isinstance(shown, UnverifiedPresentation)
        inner = shown.inner if isinstance(shown, UnverifiedPresentation) else shown
        return cls(
            issuer_key,
            phone_key,
            inner.message.protected,
            inner.message.payload,
            shown.shown_at if is_presentation and isinstance(shown, UnverifiedPresentation) else None,
        )

    @property
    def header(self) -> dict[Any, Any]:
        """The protected header."""
        return dict(cbor2.loads(self.protected))

    @property
    def claims(self) -> dict[Any, Any]:
        """The claims."""
        return dict(cbor2.loads(self.payload))

    @property
    def places(self) -> list[Any]:
        """The Comity claim."""
        return list(self.claims[-65_537])

    def message(
        self, *, protected: bytes | None = None, payload: bytes | None = None, **items: bytes
    ) -> bytes:
        """Sign and put together; `items` replace whole pieces of CBOR: start, unprotected, end and so on."""
        protected = self.protected if protected is None else protected
        payload = self.payload if payload is None else payload
        signature = self.issuer_key.sign(cose.signature_input(protected, payload))
        return b"".join(
            (
                items.get("start", b"\xd2\x84"),
                items.get("header", plain(protected)),
                items.get("unprotected", b"\xa0"),
                items.get("content", plain(payload)),
                items.get("signature", plain(signature)),
                items.get("end", b""),
            )
        )

    def text(self, message: bytes) -> str:
        """Write the text of a message, carried by the phone where the genuine one was."""
        if self.shown_at is not None:
            message = self.carried(plain([self.shown_at, message]))
        return as_text(message)

    def carried(self, payload: bytes, header: dict[Any, Any] | None = None) -> bytes:
        """Sign a presentation with any payload and header."""
        protected = plain({ALG: -7, TYP: 65_102} if header is None else header)
        signature = self.phone_key.sign(cose.signature_input(protected, payload))
        return cose.write_sign1(protected, payload, signature)

    def with_header(self, header: bytes | dict[Any, Any]) -> str:
        """Give the text with another protected header, signed by the issuer."""
        return self.text(self.message(protected=header if isinstance(header, bytes) else plain(header)))

    def with_payload(self, payload: bytes | Any) -> str:
        """Give the text with another payload, signed by the issuer."""
        return self.text(self.message(payload=payload if isinstance(payload, bytes) else plain(payload)))

    def with_claims(self, changes: dict[int, Any]) -> str:
        """Give the text with claims replaced, or taken away by None, signed by the issuer."""
        merged = {**self.claims, **changes}
        ordered = sorted(merged.items(), key=lambda item: plain(item[0]))
        return self.with_payload({name: value for name, value in ordered if value is not None})

    def with_place(self, number: int, value: Any) -> str:
        """Give the text with one place of the Comity claim replaced, signed by the issuer."""
        places = self.places + [None] * (10 - len(self.places))
        places[number] = value
        while places[-1] is None:
            places.pop()
        return self.with_claims({-65_537: places})


def as_text(message: bytes) -> str:
    """Write any bytes as the text of a QR code."""
    return PREFIX + base45.encode(message).decode("ascii")
