"""TEST: a region of statements only: keys in memory, no records, no node; it joins a test hub and publishes.

For demos and tests that need more regions than they can serve. It cannot list a status, so its only passes
are online ones, of 60 seconds.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Final

from comity.bootstrap.region_application import APPLICATIONS_PATH
from comity.client.posting import post
from comity.codec.qrtext import write_text
from comity.distribution.names import CURRENT
from comity.distribution.publication import sign_publication, write_publication
from comity.distribution.statement_file import StatementFile, write_statement_file
from comity.domain.claims import PASS_ID_LENGTH, PassClaims, PassId, masked
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.domain.validity import ONLINE_LIFETIME
from comity.trust.algorithm import private_key
from comity.trust.issue import check_claims, issue
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.location import Location, write_location
from comity.trust.membership import write_key_list

_SECRET_LENGTH: Final = 40


class DemoRegion:
    """TEST: one region of statements only; `url` is where its files would be."""

    def __init__(self, region: RegionCode, *, url: str, draw: Callable[[int], bytes]) -> None:
        self.region: Final = region
        self._draw, self._version = draw, 0
        root = private_key(draw(_SECRET_LENGTH))
        self._keys = {usage: private_key(draw(_SECRET_LENGTH)) for usage in Usage}
        self._entries = {usage: KeyEntry(key=key.public, usage=usage) for usage, key in self._keys.items()}
        keys = KeyList(region=region, version=1, root=root.public, entries=tuple(self._entries.values()))
        self._key_list = write_key_list(keys, root, is_test=True)
        place = Location(region=region, version=1, url=url)
        self._location = write_location(place, self._keys[Usage.STATEMENT], is_test=True)

    def apply(self, hub: str) -> None:
        """Ask the hub at this address to take part. Raises: RequestRefused, DownloadFailed."""
        files = {"key_list": self._key_list, "location": self._location, "certificate": b"TEST"}
        body = {name: b64encode(data).decode("ascii") for name, data in files.items()}
        asked = json.dumps(body | {"asked_by": "TEST"}).encode()
        post(hub, APPLICATIONS_PATH, asked, media_type="application/json")

    def publication(self, *, at: Instant) -> bytes:
        """Sign key list and place as the next version; give it as it is sent to the hub."""
        file = StatementFile(region=self.region, key_list=self._key_list, location=self._location)
        self._version += 1
        signed = sign_publication(
            self.region,
            self._version,
            {CURRENT: write_statement_file(file)},
            self._keys[Usage.STATEMENT],
            at=at,
        )
        return write_publication(signed)

    def online_pass(self, name: str, *, area: str | None = None, at: Instant) -> str:
        """Sign a green pass of 60 seconds for somebody who is nobody; give its text."""
        claims = PassClaims(
            issuer=self.region,
            pass_id=PassId(self._draw(PASS_ID_LENGTH)),
            issued_at=at,
            expires_at=at + ONLINE_LIFETIME,
            colour=Colour.GREEN,
            pass_class=PassClass.ONLINE,
            masked_name=masked(name),
            id_last4="0000",
            area=area,
        )
        checked = check_claims(claims, self._entries[Usage.PASS])
        return write_text(issue(checked, self._keys[Usage.PASS], is_test=True))
