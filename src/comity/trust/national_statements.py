"""The national rulebook and who may sign it, as signed bytes (C3.3).

Hub root -> national authority (its key) -> national rulebook. The hub's root names the authority and cannot
speak for it: a rulebook counts only under the authority's own key.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.codec.cbor import Value
from comity.domain.instant import Instant
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.errors import StatementRefused
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer
from comity.trust.recognition_statements import read_release, write_release
from comity.trust.statements import Fields, Kind, read_statement, write_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalAuthority:
    """The hub's word that `key` signs the national rulebook from `valid_from` on; the newest counts."""

    version: int
    key: PublicKey
    valid_from: Instant


def write_national_authority(authority: NationalAuthority, hub: Signer, *, is_test: bool) -> bytes:
    """Sign with the hub's root who the authority is."""
    fields: dict[str, Value | None] = {
        "version": authority.version,
        "key": authority.key.point,
        "from": authority.valid_from,
    }
    return write_statement(fields, Kind.NATIONAL_AUTHORITY, hub, is_test=is_test)


def read_national_authority(data: bytes, hub: PublicKey, *, is_test: bool) -> NationalAuthority:
    """Read who the authority is, as the hub's root signed it.

    Raises: UnreadableStatement, StatementRefused.
    """
    fields = read_statement(data, Kind.NATIONAL_AUTHORITY, is_test=is_test).signed_by(hub)
    authority = NationalAuthority(
        version=fields.integer("version"), key=fields.key("key"), valid_from=fields.instant("from")
    )
    fields.finish()
    return authority


def write_national_rulebook(rulebook: NationalRulebook, authority: Signer, *, is_test: bool) -> bytes:
    """Sign a national rulebook with the authority's key."""
    fields: dict[str, Value | None] = {
        "version": rulebook.version,
        "published_at": rulebook.published_at,
        "valid_from": rulebook.valid_from,
        "rows": [_write_row(row) for row in rulebook.rows],
    }
    return write_statement(fields, Kind.NATIONAL_RULEBOOK, authority, is_test=is_test)


def read_national_rulebook(data: bytes, authority: PublicKey, *, is_test: bool) -> NationalRulebook:
    """Read a national rulebook signed by the authority.

    Raises: UnreadableStatement, StatementRefused, also for two rows about one issuer.
    """
    fields = read_statement(data, Kind.NATIONAL_RULEBOOK, is_test=is_test).signed_by(authority)
    rulebook = NationalRulebook(
        version=fields.integer("version"),
        published_at=fields.instant("published_at"),
        valid_from=fields.instant("valid_from"),
        rows=tuple(_read_row(row) for row in fields.parts("rows")),
    )
    fields.finish()
    if len({row.issuer for row in rulebook.rows}) != len(rulebook.rows):
        raise StatementRefused("the national rulebook has two rows about one issuer")
    return rulebook


def _write_row(row: NationalRow) -> Value:
    return {
        "issuer": row.issuer,
        "authority": row.authority,
        "releases": [write_release(release) for release in row.releases],
        "names_areas": row.names_areas,
    }


def _read_row(fields: Fields) -> NationalRow:
    row = NationalRow(
        issuer=fields.region("issuer"),
        authority=fields.text("authority"),
        releases=tuple(read_release(release) for release in fields.parts("releases")),
        names_areas=fields.flag("names_areas"),
    )
    fields.finish()
    return row
