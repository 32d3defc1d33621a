"""A region's vault rotated from the command line, while workers go on: see `issuance.vault_rotation`."""

from __future__ import annotations

import secrets

from comity.bootstrap.region import OpenRegion, open_region
from comity.bootstrap.settings import NodeSettings
from comity.issuance.key_intents import end_intents, note_intents
from comity.issuance.vault import KEY_LENGTH, secret_id
from comity.issuance.vault_rotation import rewrap_all
from comity.records.audit import Act, record_acts
from comity.records.ports import SecretUse


def add_vault_key(region: OpenRegion) -> str:
    """Add a vault key and give its id; whoever opens the region anew seals with it. Raises: KeyStoreError."""
    secret = secrets.token_bytes(KEY_LENGTH)
    note_intents(
        region.issuer, [(secret_id(secret), str(SecretUse.VAULT))], at=region.clock(), actor="region"
    )
    key = region.keys.add_secret(region.issuer.region, SecretUse.VAULT, secret)
    with region.issuer.store.transaction() as transaction:
        end_intents(transaction, [key])
        act = Act(actor="region", act="add_vault_key", subject=key)
        record_acts(transaction, [act], at=region.clock())
    return key


def rewrap_region(settings: NodeSettings) -> int:
    """Open the region anew and wrap everything again under its newest vault key; say how many records.

    Raises: KeyStoreError, StoreUnavailable, UsageError.
    """
    with open_region(settings) as region:
        return rewrap_all(region.issuer, at=region.clock())
