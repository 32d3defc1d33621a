"""The keys of the hub: its root, which signs memberships, and those that order the repository.

They lie in one key file under names of their own. The keyholders' keys of the repository's root are not here
(ADR 0014), but for a test hub, which holds all of them so that it can be tried out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from comity.distribution.repository import OnlineKeys
from comity.errors import KeyStoreError
from comity.records.ports import KeyStore
from comity.trust.ports import Signer

_ROOT: Final = "hub"
_ORDERING: Final = ("hub-targets", "hub-snapshot", "hub-timestamp")
_KEYHOLDER: Final = "hub-keyholder"
_SECRET_LENGTH: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class HubKeys:
    """The hub's signers."""

    root: Signer
    online: OnlineKeys


def make_hub_keys(keys: KeyStore, *, draw: Callable[[int], bytes]) -> HubKeys:
    """Make the root and the three ordering keys. Raises: KeyStoreError."""
    for name in (_ROOT, *_ORDERING):
        keys.add(name, None, draw(_SECRET_LENGTH))
    return open_hub_keys(keys)


def make_test_keyholders(keys: KeyStore, count: int, *, draw: Callable[[int], bytes]) -> tuple[Signer, ...]:
    """TEST: make the keyholders' keys, in the hub's own key file. Raises: KeyStoreError."""
    return tuple(keys.add(_KEYHOLDER, None, draw(_SECRET_LENGTH)) for _ in range(count))


def open_hub_keys(keys: KeyStore) -> HubKeys:
    """Give the hub's signers. Raises: KeyStoreError when one is not at hand."""
    targets, snapshot, timestamp = (_newest(keys, name) for name in _ORDERING)
    online = OnlineKeys(targets=targets, snapshot=snapshot, timestamp=timestamp)
    return HubKeys(root=_newest(keys, _ROOT), online=online)


def _newest(keys: KeyStore, name: str) -> Signer:
    found = keys.list_signers(name, None)
    if not found:
        raise KeyStoreError(f"the key file has no key '{name}'", next_step="Restore the hub's key file.")
    return found[-1]
