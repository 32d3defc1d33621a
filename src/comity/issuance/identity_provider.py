"""The port to whoever proves identities: a person goes there in the browser and comes back with a code.

The shape is that of OpenID Connect Core 1.0 with the code flow and PKCE (RFC 7636); which documents the
provider looks at is its own affair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from comity.domain.identity import IdentityDocument
from comity.domain.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenIdentity:
    """What a provider vouches for; `division` is where the person lives, if it says so."""

    document: IdentityDocument
    name: str = field(repr=False)
    division: str | None = None


class IdentityProvider(Protocol):
    """Who proves identities. Neither method changes anything in the region; asking again is safe.

    Raises: ProviderUnavailable when it cannot be reached or answers what no provider answers.
    """

    def authorization_url(
        self, *, state: str, nonce: str, challenge: str, redirect_uri: str, at: Instant
    ) -> str:
        """Give the address to which the browser is sent; `challenge` is S256 of the verifier."""
        ...

    def prove(
        self, code: str, *, verifier: str, nonce: str, redirect_uri: str, at: Instant
    ) -> ProvenIdentity:
        """Turn the code into an identity. Raises: NotSignedIn when it does not hold."""
        ...
