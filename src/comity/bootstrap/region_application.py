"""A region asks its hub to take part (C1.2)."""

from __future__ import annotations

import json
from base64 import b64encode

from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_hub import require_hub
from comity.client.posting import post
from comity.errors import UsageError
from comity.issuance.statements import StatementRow, find_newest, statement_row
from comity.records.statement_kinds import StatementKind
from comity.trust.location import Location, write_location

APPLICATIONS_PATH = "membership-applications"


def apply_for_membership(region: OpenRegion, *, certificate: bytes, asked_by: str) -> str:
    """Send the application and give the thumbprint of this region's root, in hexadecimal digits.

    Raises: UsageError without a public address, RequestRefused, DownloadFailed.
    """
    issuer, url = region.issuer, region.settings.public_url
    if url is None:
        raise UsageError(
            "where this region's node is reached is not set", next_step="Set COMITY_PUBLIC_URL, then apply."
        )
    with issuer.store.transaction() as transaction:
        key_list = find_newest(transaction, StatementKind.KEY_LIST, issuer.region)
        place = find_newest(transaction, StatementKind.LOCATION, issuer.region)
        if place is None:
            location = Location(region=issuer.region, version=1, url=url)
            data = write_location(location, issuer.keys.statements, is_test=issuer.is_test)
            place = statement_row(StatementKind.LOCATION, issuer.region, 1, data, at=region.clock())
            transaction.of(StatementRow).add(place)
    assert key_list is not None  # noqa: S101 - made with the region
    files = {"key_list": key_list.data, "location": place.data, "certificate": certificate}
    body = {name: b64encode(data).decode("ascii") for name, data in files.items()} | {"asked_by": asked_by}
    encoded = json.dumps(body).encode()
    post(require_hub(region), APPLICATIONS_PATH, encoded, media_type="application/json")
    return issuer.keys.key_list.root.thumbprint.hex()
