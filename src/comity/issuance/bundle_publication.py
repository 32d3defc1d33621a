"""The verifier bundle a region publishes for its own checkpoints, with its anchor and its statements.

Made from what is kept, on every change and at least every hour; checkpoints fetch it as a static file.
Without a membership there is no bundle: nobody could rely on it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from comity.domain.instant import DAY, HOUR, Instant
from comity.issuance.hub_state import find_hub_state
from comity.issuance.issuer import Issuer
from comity.issuance.statement_imports import find_hub_root
from comity.issuance.statements import StatementRow, find_newest, newest_statements
from comity.records.counter import Counter
from comity.records.ports import Transaction
from comity.records.published_files import ANCHOR_FILE, BUNDLE_FILE, STATEMENTS_FOLDER, put_file
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.bundle import Anchor, BundleParts, write_anchor, write_bundle

BUNDLE_LIFETIME: Final = 7 * DAY
"""Seconds after which a bundle must have been fetched again (design section 3)."""
BUNDLE_EVERY: Final = HOUR
"""Seconds between two bundles without a change."""
_VERSION: Final = "bundle"


def publish_bundle(issuer: Issuer, folder: Path, *, at: Instant) -> bool:
    """Make a new bundle and put it, the anchor and the own statements into the published folder.

    False when the region is no member yet: then there is only the anchor. Raises: StoreUnavailable.
    """
    root = issuer.keys.key_list.root
    put_file(folder, ANCHOR_FILE, write_anchor(Anchor(host=issuer.region, root=root)))
    with issuer.store.transaction() as transaction:
        transaction.lock("bundle")
        own = [
            (f"{kind}.cbor", row.data)
            for kind in (StatementKind.HUB, StatementKind.MEMBERSHIP, StatementKind.KEY_LIST)
            if (row := _own(transaction, kind, issuer)) is not None
        ]
        bundle = _make_bundle(transaction, issuer, at=at)
        for name, data in own:
            put_file(folder / STATEMENTS_FOLDER, name, data)
        if bundle is not None:
            put_file(folder, BUNDLE_FILE, bundle)
    return bundle is not None


def _own(transaction: Transaction, kind: StatementKind, issuer: Issuer) -> StatementRow | None:
    return find_newest(transaction, kind, "hub" if kind is StatementKind.HUB else issuer.region)


def _make_bundle(transaction: Transaction, issuer: Issuer, *, at: Instant) -> bytes | None:
    hub = find_hub_root(transaction)
    if hub is None or find_newest(transaction, StatementKind.MEMBERSHIP, issuer.region) is None:
        return None
    members = newest_statements(transaction, StatementKind.MEMBERSHIP)
    regions = {row.region for row in members}
    key_lists = newest_statements(transaction, StatementKind.KEY_LIST)
    rulebooks = transaction.of(StatementRow).select(equal("kind", StatementKind.RULEBOOK))
    parts = BundleParts(
        host=issuer.region,
        version=_next_version(transaction),
        issued_at=at,
        hub_as_of=_hub_as_of(transaction, issuer, hub[1], at=at),
        expires_at=at + BUNDLE_LIFETIME,
        is_test=issuer.is_test,
        hub=hub[0],
        memberships=tuple(row.data for row in members),
        key_lists=tuple(row.data for row in key_lists if row.region in regions),
        recognitions=_data(transaction, StatementKind.RECOGNITION),
        referrals=_data(transaction, StatementKind.REFERRAL),
        rulebooks=tuple(row.data for row in rulebooks),
    )
    return write_bundle(parts, issuer.keys.bundles)


def _hub_as_of(transaction: Transaction, issuer: Issuer, brought_at: Instant, *, at: Instant) -> Instant:
    """Give when the hub's word was last verified: now, for a test region that never fetched from a hub."""
    state = find_hub_state(transaction)
    if state is not None:
        return state.as_of
    return at if issuer.is_test else brought_at


def _data(transaction: Transaction, kind: StatementKind) -> tuple[bytes, ...]:
    return tuple(row.data for row in newest_statements(transaction, kind))


def _next_version(transaction: Transaction) -> int:
    counters = transaction.of(Counter)
    known = counters.find(_VERSION)
    version = 1 if known is None else known.value + 1
    after = Counter(name=_VERSION, value=version)
    if known is None:
        counters.add(after)
    else:
        counters.replace(after)
    return version
