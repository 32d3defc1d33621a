"""The keys of gates and relying applications, remembered by a worker for the hot route.

The signer generation is read again after 2 s; when it has risen, everything is forgotten. A gate that was
disabled is therefore out on every worker within 2 s. With the records out of reach the worker goes on with
the keys it knows (settled rule 13).
"""

from __future__ import annotations

from typing import Final

from comity.domain.instant import Instant
from comity.errors import NotSignedIn, StoreUnavailable
from comity.issuance.access_applications import find_approved_application
from comity.issuance.gates import find_enrolled_gate
from comity.issuance.signers import signer_generation
from comity.server.http_signatures import APPLICATION_TAG, GATE_TAG, VerificationKey
from comity.server.node import Node
from comity.server.signed_access import AWAIT_APPROVAL, ENROL, application_key, gate_key

SIGNERS_MAX_AGE: Final = 2
"""Seconds after which the generation is read again."""
_MAX_KNOWN: Final = 20_000


class KnownSigners:
    """Keys by tag and key id; one for each worker."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._keys: dict[tuple[str, str], VerificationKey] = {}
        self._generation = -1
        self._checked_at: Instant = -SIGNERS_MAX_AGE

    def get_key(self, tag: str, keyid: str, *, at: Instant) -> VerificationKey:
        """Give the key of who may sign now. Raises: NotSignedIn, StoreUnavailable for one not known yet."""
        if not 0 <= at - self._checked_at < SIGNERS_MAX_AGE:
            self._check_generation(at)
        known = self._keys.get((tag, keyid))
        return known if known is not None else self._read(tag, keyid)

    def _check_generation(self, at: Instant) -> None:
        try:
            with self._node.store.reading() as transaction:
                generation = signer_generation(transaction)
        except StoreUnavailable:
            self._checked_at = at  # not asked again for every request: that would hold all of them up
            return
        if generation != self._generation or len(self._keys) > _MAX_KNOWN:
            self._keys.clear()
            self._generation = generation
        self._checked_at = at

    def _read(self, tag: str, keyid: str) -> VerificationKey:
        key: VerificationKey | None = None
        with self._node.store.reading() as transaction:
            if tag == GATE_TAG:
                gate = find_enrolled_gate(transaction, keyid)
                key = None if gate is None else gate_key(self._node, gate)
            elif tag == APPLICATION_TAG:
                application = find_approved_application(transaction, keyid)
                key = None if application is None else application_key(application)
        if key is None:
            raise NotSignedIn(
                "no enrolled gate or approved application has this key id",
                next_step=AWAIT_APPROVAL if tag == APPLICATION_TAG else ENROL,
            )
        self._keys[tag, keyid] = key
        return key
