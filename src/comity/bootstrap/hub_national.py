"""The national rulebook brought to the hub on its own machine: named, signed, accepted, ordered (C3.3)."""

from __future__ import annotations

from contextlib import suppress

from comity.bootstrap.hub import OpenHub
from comity.bootstrap.hub_publication import order_hub_statements
from comity.domain.national_rulebook import NationalRulebook
from comity.errors import NotPossibleNow
from comity.hub.national import (
    accept_national_rulebook,
    find_authority,
    name_authority,
    national_rulebooks,
    rotate_authority,
)
from comity.trust.algorithm import PublicKey
from comity.trust.national_statements import write_national_rulebook
from comity.trust.ports import Signer


def name_national_authority(opened: OpenHub, key: PublicKey) -> int:
    """Name the authority's key with the hub's root, and give the version.

    Raises: NotPossibleNow where rulebooks stand under another key, StoreUnavailable.
    """
    with opened.hub.store.transaction() as transaction:
        known = find_authority(transaction, opened.hub)
        if known is not None and known[0].key != key and national_rulebooks(transaction, opened.hub):
            raise NotPossibleNow(
                "national rulebooks stand under another key, and nobody could read them under this one",
                next_step="Let the new key sign them again: comity hub national rotate FILE.",
                clause="C3.3",
            )
        named = name_authority(transaction, opened.hub, key, actor="hub", at=opened.clock())
    _order(opened)
    return named.version


def rotate_national_authority(opened: OpenHub, signer: Signer) -> tuple[int, int]:
    """Name another key of the authority; it signs again what holds: gives its version and how many rulebooks.

    Raises: NotPossibleNow, PublicationRefused, KeyStoreError, StoreUnavailable.
    """
    with opened.hub.store.transaction() as transaction:
        named, signed = rotate_authority(transaction, opened.hub, signer, actor="hub", at=opened.clock())
    _order(opened)
    return named.version, len(signed)


def publish_national(opened: OpenHub, rulebook: NationalRulebook, signer: Signer) -> None:
    """Sign a national rulebook with the authority's key, and let the hub accept it.

    Raises: PublicationRefused with the clause, StatementRefused, NotPossibleNow.
    """
    data = write_national_rulebook(rulebook, signer, is_test=opened.hub.is_test)
    with opened.hub.store.transaction() as transaction:
        accept_national_rulebook(transaction, opened.hub, data, actor="authority", at=opened.clock())
    _order(opened)


def _order(opened: OpenHub) -> None:
    with suppress(NotPossibleNow):  # before the ceremony of the root there is nothing to order in
        order_hub_statements(opened)
