"""Another region for tests in a browser: issues real passes and signs real status lists, without a node.

Its keys are those of tests/builders.py. What it publishes is put where the serving node gives on what it
fetched from other regions, so that a gate reads it from there as in operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from comity.bootstrap.demo_hub import demo_membership
from comity.codec.qrtext import write_text
from comity.distribution.status_index import (
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    INDEX_FILE,
    IndexedList,
    delta_file,
    list_file,
    write_index,
)
from comity.domain.claims import PassClaims, PassId, StatusReference, masked
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode
from comity.records.published_files import COUNTRY_FOLDER, put_file
from comity.trust.algorithm import PrivateKey
from comity.trust.delta import write_delta
from comity.trust.issue import check_claims, issue, present
from comity.trust.keys import Usage
from comity.trust.status import StatusList, pack, read_status_list, write_status_list
from tests.builders import PHONE, key, key_list, pass_entry, signed_key_list

LIST_SIZE: Final = 1_000


class ForeignRegion:
    """A region whose passes are shown at gates of the serving node; `published` is that node's folder."""

    def __init__(self, region: RegionCode, published: Path) -> None:
        self.region: Final = region
        self._folder = published / COUNTRY_FOLDER / region
        self._published: StatusList | None = None
        self._issued = 0

    def statements(self) -> dict[str, bytes]:
        """Give its membership of the demo hub and its key list, to be taken over."""
        root = key_list(self.region).root
        return {
            f"membership-{self.region}.cbor": demo_membership(self.region, root),
            f"key-list-{self.region}.cbor": signed_key_list(self.region),
        }

    def paper_pass(
        self,
        *,
        at: Instant,
        name: str = "张伟",
        colour: Colour = Colour.GREEN,
        index: int = 0,
        area: str | None = None,
    ) -> str:
        """Give the text of a paper pass issued at `at`, as it is printed."""
        return write_text(self._issue(PassClass.PAPER, at, name, colour, index, area))

    def device_pass(
        self,
        *,
        at: Instant,
        shown_at: Instant | None = None,
        name: str = "张伟",
        colour: Colour = Colour.GREEN,
        index: int = 0,
        area: str | None = None,
        phone: PrivateKey = PHONE,
        by: PrivateKey | None = None,
    ) -> str:
        """Give the text of a device pass issued at `at` and shown at `shown_at` (the same) by its phone.

        `by` is another phone that signs the showing.
        """
        data = self._issue(PassClass.DEVICE, at, name, colour, index, area, phone)
        shown = present(data, by or phone, shown_at=at if shown_at is None else shown_at, is_test=True)
        return write_text(shown)

    def publish_lists(self, statuses: Mapping[int, int] | None = None, *, at: Instant) -> None:
        """Publish its list as an edition of an hour, with the delta from the edition before."""
        signer = key(self.region, Usage.STATUS)
        token = write_status_list(
            pack(dict(statuses or {}), size=LIST_SIZE),
            signer,
            uri=f"cm:{self.region}/1",
            issued_at=at,
        )
        after, before = read_status_list(token, (key_list(self.region),)), self._published
        put_file(self._folder / HOURLY_FOLDER, list_file(self.region, 1), token)
        if before is not None and before.issued_at < at:
            delta = write_delta(before, after, signer, is_test=True)
            name = delta_file(self.region, 1, before.issued_at)
            put_file(self._folder / HOURLY_DELTAS_FOLDER, name, delta)
        entry = IndexedList(number=1, issued_at=at, hourly_at=at)
        put_file(self._folder, INDEX_FILE, write_index(self.region, (entry,)))
        self._published = after

    def _issue(
        self,
        pass_class: PassClass,
        at: Instant,
        name: str,
        colour: Colour,
        index: int,
        area: str | None,
        phone: PrivateKey = PHONE,
    ) -> bytes:
        self._issued += 1
        claims = PassClaims(
            issuer=self.region,
            pass_id=PassId(self._issued.to_bytes(8, "big")),
            issued_at=at,
            expires_at=at + 14 * DAY,
            colour=colour,
            pass_class=pass_class,
            masked_name=masked(name),
            id_last4="0007",
            device_key=phone.as_device_key() if pass_class is PassClass.DEVICE else None,
            status=StatusReference(uri=f"cm:{self.region}/1", index=index),
            area=area,
        )
        if colour is not Colour.GREEN:
            claims = claims._replace(
                reason=ColourReason.CLOSE_CONTACT, basis=at, until=at + 14 * DAY, origin=self.region
            )
        entry = replace(pass_entry(self.region), max_validity=30 * DAY)
        return issue(check_claims(claims, entry), key(self.region, Usage.PASS), is_test=True)
