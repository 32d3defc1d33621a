"""A passkey in software: ES256, attestation none (W3C Web Authentication Level 3), for tests and scripts.

It makes what `PublicKeyCredential.toJSON()` gives in a browser. Each flaw that a test wants is an argument.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_UP, _UV, _AT = 0x01, 0x04, 0x40


class Authenticator:
    """One device with one passkey; `origin` is the page it believes to stand on."""

    def __init__(self, origin: str, *, label: str = "desk") -> None:
        seed = int.from_bytes(sha256(label.encode()).digest()) % (2**255) + 1
        self._key = ec.derive_private_key(seed, ec.SECP256R1())
        self.credential_id = sha256(b"id" + label.encode()).digest()
        self.origin = origin
        self.sign_count = 0
        self.user_handle = b""

    def register(self, options: dict[str, Any], *, is_user_verified: bool = True) -> dict[str, Any]:
        """Answer the options of a registration."""
        self.user_handle = _bytes(options["user"]["id"])
        client_data = self._client_data("webauthn.create", options["challenge"])
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self._cose_key()
        data = self._authenticator_data(options["rp"]["id"], _AT, is_user_verified) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {"clientDataJSON": _text(client_data), "attestationObject": _text(attestation)}
        )

    def sign_in(
        self, options: dict[str, Any], *, is_user_verified: bool = True, counts: bool = True
    ) -> dict[str, Any]:
        """Answer the options of a sign-in; a copy of the device does not count on."""
        self.sign_count += counts
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._authenticator_data(options["rpId"], 0, is_user_verified)
        signature = self._key.sign(data + sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": _text(client_data),
                "authenticatorData": _text(data),
                "signature": _text(signature),
                "userHandle": _text(self.user_handle),
            }
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _authenticator_data(self, rp_id: str, flags: int, is_user_verified: bool) -> bytes:
        flags |= _UP | (_UV if is_user_verified else 0)
        return sha256(rp_id.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4)

    def _cose_key(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        own = _text(self.credential_id)
        return {
            "id": own,
            "rawId": own,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
