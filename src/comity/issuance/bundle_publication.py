"""The verifier bundle a region publishes for its own checkpoints, with its anchor and its statements.

Made from what is kept, on every change and at least every hour; checkpoints fetch it as a static file.
Without a membership there is no bundle: nobody could rely on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from comity.domain.instant import DAY, HOUR, Instant
from comity.issuance.hub_state import find_hub_state
from comity.issuance.issuer import Issuer
from comity.issuance.statement_imports import find_hub_root
from comity.issuance.statements import StatementRow, find_newest, newest_statements
from comity.records.counter import Counter
from comity.records.ports import Transaction
from comity.records.published_files import (
    ANCHOR_FILE,
    BUNDLE_FILE,
    STATEMENTS_FOLDER,
    PreparedFile,
    alone,
    prepare_file,
)
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.bundle import Anchor, BundleParts, write_anchor, write_bundle

BUNDLE_LIFETIME: Final = 7 * DAY
"""Seconds after which a bundle must have been fetched again (design section 3)."""
BUNDLE_EVERY: Final = HOUR
"""Seconds between two bundles without a change."""
_VERSION: Final = "bundle"
_LOCK_FILE: Final = ".bundle-publication"


def publish_bundle(issuer: Issuer, folder: Path, *, at: Instant) -> bool:
    """Make a new bundle and put it, the anchor and the own statements into the published folder.

    1. One process at a time; what a stopped one left half written goes.
    2. Everything is written beside its place while the version is taken.
    3. The transaction ends, so that no other bundle ever has this version.
    4. The files are put in place. A stop before it leaves the old bundle, and a version that nobody saw.

    False when the region is no member yet: then there is only the anchor. Raises: StoreUnavailable.
    """
    anchor = write_anchor(Anchor(host=issuer.region, root=issuer.keys.key_list.root))
    prepared: list[PreparedFile] = []
    with alone(folder, _LOCK_FILE):  # 1
        for left in (*folder.glob(f".{BUNDLE_FILE}.*"), *(folder / STATEMENTS_FOLDER).glob(".*")):
            left.unlink(missing_ok=True)
        try:
            with issuer.store.transaction() as transaction:  # 2
                transaction.lock("bundle")
                bundle = _make_bundle(transaction, issuer, at=at)
                for place, name, data in _files(transaction, issuer, anchor, bundle):
                    prepared.append(prepare_file(folder / place, name, data))
        except BaseException:  # 3
            for each in prepared:
                each.drop()
            raise
        for each in prepared:  # 4
            each.put()
    return bundle is not None


def _files(
    transaction: Transaction, issuer: Issuer, anchor: bytes, bundle: bytes | None
) -> Iterator[tuple[str, str, bytes]]:
    """Give folder, name and content of every file, the bundle last."""
    yield "", ANCHOR_FILE, anchor
    for kind in (StatementKind.HUB, StatementKind.MEMBERSHIP, StatementKind.KEY_LIST):
        row = _own(transaction, kind, issuer)
        if row is not None:
            yield STATEMENTS_FOLDER, f"{kind}.cbor", row.data
    if bundle is not None:
        yield "", BUNDLE_FILE, bundle


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
