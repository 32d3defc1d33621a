"""The phones of applications: which passes are on them, and whether the same phone asks again (rule 18).

A phone is known by the keys it deposited and by the keys of its passes, by nothing else. No key serves two
passes on a phone, whosever they are: those could be linked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from comity.domain.claims import DeviceKey
from comity.domain.colour import PassClass
from comity.domain.instant import DAY, Instant
from comity.issuance.pass_life import is_held
from comity.issuance.pass_request import PassRequest, keys_of
from comity.issuance.phone_keys import (
    PhoneKey,
    on_same_phone,
    phone_key,
    phone_keys_of,
    require_fresh,
    require_proof,
    require_undeposited,
)
from comity.issuance.records import HolderKey, IssuedPass
from comity.records.ports import Search, Transaction
from comity.records.search import at_least, one_of

KEYS_REMEMBERED: Final = 45 * DAY
"""Seconds from the issue of a pass for which its key serves no other."""


class Phones:
    """The phones of one transaction's applications, and what they deposit; the holders' locks are held."""

    def __init__(
        self,
        transaction: Transaction,
        region: str,
        passes: Mapping[HolderKey, Sequence[IssuedPass]],
        carriers: Sequence[HolderKey],
        *,
        at: Instant,
    ) -> None:
        self._transaction, self._region, self._at = transaction, region, at
        self._carried = _passes_on(transaction, carriers, at=at)
        on_phones = {
            issued.pass_id
            for some in (*passes.values(), *self._carried.values())
            for issued in some
            if issued.pass_class is PassClass.DEVICE and is_held(issued, at=at)
        }
        self._next_keys = phone_keys_of(transaction, on_phones)
        self._deposited: dict[str, PhoneKey] = {}
        self._linked: list[str] = []

    def check_keys(self, request: PassRequest, known: Sequence[IssuedPass]) -> None:
        """Refuse a key of another pass on the phone, of whomever. Raises: InvalidInput."""
        carried = self._carried[request.carrier]
        others = [self._next_keys.get(each.pass_id) for each in carried if each.holder != request.holder]
        for key, field in keys_of(request):
            require_fresh(key, [*known, *carried], field=field)
            require_undeposited(key, [each for each in others if each is not None], field=field)

    def find_same(self, request: PassRequest, known: Sequence[IssuedPass]) -> list[IssuedPass]:
        """List a holder's passes on the phone that asks, oldest first. Raises: InvalidInput."""
        own = [issued for issued in known if issued.carrier == request.carrier]
        proof, key = request.renewal, request.device_key
        if proof is not None:
            require_proof(self._region, proof, key, request.request_id, own)
        if key is None:
            return []
        return on_same_phone(own, self._next_keys, key, None if proof is None else proof.pass_id)

    def link(self, request: PassRequest, known: Sequence[IssuedPass]) -> None:
        """Deposit the key of a proved renewal for the newest pass of its phone: it leads on from there."""
        if request.renewal is not None and request.device_key is not None:
            newest = self.find_same(request, known)[-1]
            self._linked.append(newest.pass_id)
            self._deposit(newest, request.device_key)

    def put(self, issued: IssuedPass, next_key: DeviceKey | None) -> None:
        """Put a pass just made on its phone, with the key deposited for the next."""
        self._carried[issued.carrier].append(issued)
        if next_key is not None:
            self._deposit(issued, next_key)

    def keep(self) -> None:
        """Keep what was deposited."""
        keys = self._transaction.of(PhoneKey)
        if self._linked:
            keys.remove(one_of("pass_id", self._linked))
        if self._deposited:
            keys.add(*self._deposited.values())

    def _deposit(self, issued: IssuedPass, key: DeviceKey) -> None:
        self._next_keys[issued.pass_id] = key
        self._deposited[issued.pass_id] = phone_key(issued, key, at=self._at)


def phone_search(carriers: Sequence[HolderKey], *, at: Instant) -> Search[IssuedPass]:
    """Name the search for the passes on the phones of these carriers, of whomever."""
    return Search(IssuedPass, (one_of("carrier", carriers), at_least("issued_at", at - KEYS_REMEMBERED)))


def _passes_on(
    transaction: Transaction, carriers: Sequence[HolderKey], *, at: Instant
) -> dict[HolderKey, list[IssuedPass]]:
    """Give the passes on the phones of these carriers, of whomever."""
    passes: dict[HolderKey, list[IssuedPass]] = {carrier: [] for carrier in carriers}
    for issued in phone_search(carriers, at=at).of(transaction):
        passes[issued.carrier].append(issued)
    return passes
