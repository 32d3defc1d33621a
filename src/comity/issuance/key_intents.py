"""Keys about to be made: noted before the key store has them, so that a stop in between is seen and repaired.

A key store and the records are two places, and nothing makes both happen at once. So the note with the key's
id comes first, then the key, then in one transaction whatever puts it to use, its act, and the end of the
note. What is left of an interrupted change is settled at the next start of the duties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from comity.domain.instant import MINUTE, Instant
from comity.issuance.issuer import Issuer
from comity.records.audit import Act, record_acts
from comity.records.ports import KeyStore, SecretStore, SecretUse, Transaction
from comity.records.search import at_most, one_of
from comity.trust.algorithm import private_key
from comity.trust.keys import Usage
from comity.trust.ports import Signer

SECRET_LENGTH: Final = 40
"""Random bytes for a key: more than 32, so that reducing them leaves no trace."""
SETTLED_AFTER: Final = 10 * MINUTE
"""Seconds after which a note without end is of a process that stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIntent:
    """One key about to be made; `key_id` is its kid or the id of a secret, in hexadecimal digits."""

    key_id: str
    use: str
    actor: str
    begun_at: Instant

    TABLE: ClassVar[str] = "key_intent"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


def begin_keys(
    issuer: Issuer, keys: KeyStore, usages: Sequence[Usage], *, at: Instant, actor: str
) -> list[Signer]:
    """Note and make one key for each usage; the caller's transaction ends the notes by `end_intents`.

    Raises: KeyStoreError, StoreUnavailable; the notes stay then, and are settled later.
    """
    secrets = [issuer.draw(SECRET_LENGTH) for _ in usages]
    named = [
        (private_key(secret).kid.hex(), usage, secret) for usage, secret in zip(usages, secrets, strict=True)
    ]
    note_intents(issuer, [(key_id, str(usage)) for key_id, usage, _ in named], at=at, actor=actor)
    return [keys.add(issuer.region, usage, secret) for _, usage, secret in named]


def note_intents(issuer: Issuer, about: Sequence[tuple[str, str]], *, at: Instant, actor: str) -> None:
    """Note keys about to be made, by id and use, in a transaction of its own and in the audit."""
    with issuer.store.transaction() as transaction:
        transaction.of(KeyIntent).add(
            *(KeyIntent(key_id=key_id, use=use, actor=actor, begun_at=at) for key_id, use in about)
        )
        acts = [
            Act(actor=actor, act="key.begun", subject=key_id, detail={"use": use}) for key_id, use in about
        ]
        record_acts(transaction, acts, at=at)


def end_intents(transaction: Transaction, key_ids: Sequence[str]) -> None:
    """End the notes of keys that are in use from this transaction on."""
    transaction.of(KeyIntent).remove(one_of("key_id", key_ids))


def settle_intents(issuer: Issuer, keys: KeyStore, secrets: SecretStore, *, at: Instant) -> int:
    """Settle what interrupted changes of keys left, and say how many notes that were.

    A vault key that was kept seals already, so that its act is recorded now. A signing key that was kept
    stands in no key list and signs nothing; a new change makes its own. Raises: KeyStoreError.
    """
    with issuer.store.reading() as transaction:
        left = transaction.of(KeyIntent).select(at_most("begun_at", at - SETTLED_AFTER))
    if not left:
        return 0
    acts = [_settled(issuer, keys, secrets, intent) for intent in left]
    with issuer.store.transaction() as transaction:
        end_intents(transaction, [intent.key_id for intent in left])
        record_acts(transaction, acts, at=at)
    return len(left)


def _settled(issuer: Issuer, keys: KeyStore, secrets: SecretStore, intent: KeyIntent) -> Act:
    if intent.use == SecretUse.VAULT:
        is_kept = intent.key_id in secrets.list_secrets(issuer.region, SecretUse.VAULT)
        act = "add_vault_key" if is_kept else "key.not_kept"
    else:
        signers = keys.list_signers(issuer.region, Usage(intent.use))
        is_kept = any(signer.kid.hex() == intent.key_id for signer in signers)
        act = "key.unused" if is_kept else "key.not_kept"
    return Act(actor=intent.actor, act=act, subject=intent.key_id, detail={"use": intent.use, "late": True})
