"""What a region says as host, signed and published through its hub at once (C2.1, C3.3, settled rule 4)."""

from __future__ import annotations

from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_hub import Send, hub_client, publish_region
from comity.distribution.statement_file import HubFile
from comity.domain.instant import Instant
from comity.domain.national_rulebook import NationalRulebook, national_in_force
from comity.domain.rulebook import Rulebook
from comity.errors import NotPossibleNow
from comity.issuance.host_words import HostWord, Wording, due_referrals, say_word
from comity.issuance.region_rulebooks import next_rulebook
from comity.issuance.statements import StatementRow
from comity.trust.national_statements import read_national_authority, read_national_rulebook


def say_through_hub(region: OpenRegion, wording: Wording, *, send: Send | None = None) -> StatementRow:
    """Sign a word as host and publish it; what the hub refuses is nowhere afterwards.

    Raises: PublicationRefused, RequestRefused with the hub's clause, DownloadFailed, NotPossibleNow.
    """
    at = region.clock()
    national = find_national(region, at=at) if wording.word is HostWord.REFER else None
    with region.issuer.store.reading() as transaction:
        row = say_word(transaction, region.issuer, wording, national=national, at=at)
    publish_region(region, [row], send=send)
    return row


def publish_rulebook_through_hub(
    region: OpenRegion, rulebook: Rulebook, *, send: Send | None = None
) -> StatementRow:
    """Check, sign and publish the region's next rulebook. Raises: as `say_through_hub`."""
    with region.issuer.store.reading() as transaction:
        row = next_rulebook(transaction, region.issuer, rulebook, at=region.clock())
    publish_region(region, [row], send=send)
    return row


def follow_national(region: OpenRegion, *, send: Send | None = None) -> list[StatementRow]:
    """Copy the national rulebook in force into the referrals that stand, and publish them (C3.3)."""
    at = region.clock()
    national = find_national(region, at=at)
    if national is None:
        return []
    with region.issuer.store.reading() as transaction:
        rows = due_referrals(transaction, region.issuer, national, at=at)
    if rows:
        publish_region(region, rows, send=send)
    return rows


def find_national(region: OpenRegion, *, at: Instant) -> NationalRulebook | None:
    """Find the national rulebook in force, as last fetched and verified. Raises: NotPossibleNow."""
    federation = hub_client(region).find_federation(at=at)
    if federation is None:
        raise NotPossibleNow(
            "nothing was fetched from the hub yet", next_step="Fetch first: comity region sync."
        )
    return national_in_force(national_rulebooks(federation.hub_file, is_test=region.issuer.is_test), at)


def national_rulebooks(file: HubFile, *, is_test: bool) -> list[NationalRulebook]:
    """Read the national rulebooks of the hub's file. Raises: UnreadableStatement, StatementRefused."""
    if file.authority is None:
        return []
    authority = read_national_authority(file.authority, file.hub, is_test=is_test)
    return [read_national_rulebook(data, authority.key, is_test=is_test) for data in file.rulebooks]
