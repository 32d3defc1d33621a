"""TEST: the hub of the demo, whose key everybody knows, so that test regions can vouch for each other.

It signs for test federations only; a real region's statements can never be under it, since a test statement
has another typ.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from comity.domain.region import RegionCode
from comity.trust.algorithm import PrivateKey, PublicKey, private_key
from comity.trust.keys import Membership
from comity.trust.membership import write_membership

_LABEL: Final = b"Comity demo hub: TEST ONLY, this key is public"


def demo_hub() -> PrivateKey:
    """Give the key of the demo hub."""
    return private_key(sha256(_LABEL).digest())


def demo_membership(region: RegionCode, root: PublicKey) -> bytes:
    """Let the demo hub vouch for a test region, from the beginning of time."""
    membership = Membership(region=region, version=1, root_thumbprint=root.thumbprint, member_from=0)
    return write_membership(membership, demo_hub(), is_test=True)
