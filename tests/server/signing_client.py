"""A small client that signs requests by RFC 9421, as gates and applications do, for tests and scripts.

Written apart from `comity.server.http_signatures`, straight from the RFC, so that each checks the other.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from hmac import new as new_hmac
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


@dataclass(frozen=True, kw_only=True)
class SigningClient:
    """One signer: its key id and tag, how it signs, and the public address it sends to."""

    keyid: str
    tag: str
    sign: Callable[[bytes], bytes]
    origin: str = "https://region.test"
    label: str = "sig1"
    nonce: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(18))
    covers: tuple[str, ...] = ("@method", "@authority", "@path", "@query")
    extra: str = ""

    @classmethod
    def of_gate(cls, gate_id: str, secret: bytes, **changes: Any) -> SigningClient:
        """A gate device with its HMAC secret."""
        sign = lambda base: new_hmac(secret, base, sha256).digest()  # noqa: E731
        return cls(keyid=gate_id, tag="comity-gate", sign=sign, **changes)

    @classmethod
    def of_enrolment(cls, device: dict[str, Any], **changes: Any) -> SigningClient:
        """A gate device by the answer of /gates/enrol."""
        return cls.of_gate(device["gate_id"], b64decode(device["secret"]), **changes)

    @classmethod
    def of_application(
        cls, application_id: str, key: ec.EllipticCurvePrivateKey, **changes: Any
    ) -> SigningClient:
        """A relying application with its P-256 key."""

        def sign(base: bytes) -> bytes:
            r, s = decode_dss_signature(key.sign(base, ec.ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")

        return cls(keyid=application_id, tag="comity-application", sign=sign, **changes)

    def but(self, **changes: Any) -> SigningClient:
        """The same client with something changed."""
        return replace(self, **changes)

    def fields(
        self, method: str, target: str, body: bytes = b"", *, created: int, nonce: str | None = None
    ) -> dict[str, str]:
        """The header fields that sign one request; `target` is path and query."""
        url = urlsplit(f"{self.origin}{target}")
        values = {
            "@method": method,
            "@authority": url.netloc,
            "@path": url.path,
            "@query": f"?{url.query}",
            "@target-uri": f"{self.origin}{target}",
        }
        fields: dict[str, str] = {}
        covered = list(self.covers)
        if body:
            digest = b64encode(sha256(body).digest()).decode()
            fields["content-digest"] = values["content-digest"] = f"sha-256=:{digest}:"
            fields["content-type"] = values["content-type"] = "application/json"
            covered.append("content-digest")
        names = " ".join(f'"{name}"' for name in covered)
        parameters = (
            f'({names});created={created};nonce="{nonce or self.nonce()}"'
            f';keyid="{self.keyid}";tag="{self.tag}"{self.extra}'
        )
        lines = [f'"{name}": {values[name]}' for name in covered]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        fields["signature-input"] = f"{self.label}={parameters}"
        fields["signature"] = f"{self.label}=:{b64encode(self.sign(base.encode())).decode()}:"
        return fields

    def post(self, client: Any, target: str, body: Any, *, created: int, **changes: Any) -> Any:
        """Send a signed POST through a test client."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = self.fields("POST", target, content, created=created)
        return client.post(target, content=content, headers=fields | changes)

    def get(self, client: Any, target: str, *, created: int) -> Any:
        """Send a signed GET through a test client."""
        return client.get(target, headers=self.fields("GET", target, created=created))
