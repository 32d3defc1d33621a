"""The host's own word on other regions and on its rules, as signed bytes (C2.1, C3.3, settled rule 4).

Recognition, referral and rulebook are each signed by a usage-`statement` key of the host they speak for,
one that had not been revoked at the instant the reader gives: when the bundle holding them was made.
"""

from __future__ import annotations

from typing import cast

from comity.codec.cbor import Value
from comity.domain.instant import Instant
from comity.domain.recognition import Recognition, Referral, Release, Suspension
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.domain.rulebook_document import read_rulebook, write_rulebook
from comity.errors import StatementRefused
from comity.trust.keys import KeyList, Usage
from comity.trust.ports import Signer
from comity.trust.statements import Fields, Kind, read_statement, write_statement


def write_recognition(recognition: Recognition, host: Signer, *, is_test: bool) -> bytes:
    """Sign a recognition with the host's key."""
    fields: dict[str, Value | None] = {
        "host": recognition.host,
        "issuer": recognition.issuer,
        "version": recognition.version,
        "published_at": recognition.published_at,
        "effective_from": recognition.effective_from,
        "suspension": _write_suspension(recognition.suspension),
        "resumption": _write_suspension(recognition.resumption),
    }
    return write_statement(fields, Kind.RECOGNITION, host, is_test=is_test)


def read_recognition(data: bytes, keys: KeyList, *, at: Instant, is_test: bool) -> Recognition:
    """Read a recognition signed by the region whose keys these are.

    Raises: UnreadableStatement, StatementRefused.
    """
    fields = signed_fields(data, Kind.RECOGNITION, keys, at=at, is_test=is_test)
    recognition = Recognition(
        host=own_region(fields.region("host"), keys),
        issuer=fields.issuer("issuer"),
        version=fields.integer("version"),
        published_at=fields.instant("published_at"),
        effective_from=fields.instant("effective_from"),
        suspension=_read_suspension(fields.optional_part("suspension")),
        resumption=_read_suspension(fields.optional_part("resumption")),
    )
    fields.finish()
    return recognition


def write_referral(referral: Referral, host: Signer, *, is_test: bool) -> bytes:
    """Sign a referral with the host's key."""
    releases: list[Value] = [write_release(release) for release in referral.releases]
    fields: dict[str, Value | None] = {
        "host": referral.host,
        "issuer": referral.issuer,
        "version": referral.version,
        "authority": referral.authority,
        "releases": releases,
    }
    return write_statement(fields, Kind.REFERRAL, host, is_test=is_test)


def read_referral(data: bytes, keys: KeyList, *, at: Instant, is_test: bool) -> Referral:
    """Read a referral signed by the region whose keys these are.

    Raises: UnreadableStatement, StatementRefused.
    """
    fields = signed_fields(data, Kind.REFERRAL, keys, at=at, is_test=is_test)
    referral = Referral(
        host=own_region(fields.region("host"), keys),
        issuer=fields.region("issuer"),
        version=fields.integer("version"),
        authority=fields.text("authority"),
        releases=tuple(read_release(release) for release in fields.parts("releases")),
    )
    fields.finish()
    return referral


def write_signed_rulebook(rulebook: Rulebook, host: Signer, *, is_test: bool) -> bytes:
    """Sign a rulebook with the host's key."""
    document = cast("dict[str, Value | None]", write_rulebook(rulebook))
    return write_statement(document, Kind.RULEBOOK, host, is_test=is_test)


def read_signed_rulebook(data: bytes, keys: KeyList, *, at: Instant, is_test: bool) -> Rulebook:
    """Read a rulebook signed by the region whose keys these are.

    Raises: UnreadableStatement, StatementRefused, PublicationRefused.
    """
    rulebook = read_rulebook(signed_fields(data, Kind.RULEBOOK, keys, at=at, is_test=is_test).rest())
    own_region(rulebook.region, keys)
    return rulebook


def signed_fields(data: bytes, kind: Kind, keys: KeyList, *, at: Instant, is_test: bool) -> Fields:
    """Give the fields of a statement that a live statement key of these signed.

    Raises: UnreadableStatement, StatementRefused.
    """
    statement = read_statement(data, kind, is_test=is_test)
    return statement.signed_by(keys.find_unrevoked(statement.kid, Usage.STATEMENT, at))


def own_region(region: RegionCode, keys: KeyList) -> RegionCode:
    """Give the region a statement is of, if it is the one whose keys these are. Raises: StatementRefused."""
    if region != keys.region:
        raise StatementRefused(f"a statement of {region} signed by {keys.region}")
    return region


def _write_suspension(suspension: Suspension | None) -> Value:
    if suspension is None:
        return None
    return {"published_at": suspension.published_at, "effective_from": suspension.effective_from}


def _read_suspension(fields: Fields | None) -> Suspension | None:
    if fields is None:
        return None
    suspension = Suspension(
        published_at=fields.instant("published_at"), effective_from=fields.instant("effective_from")
    )
    fields.finish()
    return suspension


def write_release(release: Release) -> Value:
    """Write a release as a map inside a referral or a national rulebook."""
    return {"from": release.effective_from, "areas_except": list(release.areas_except)}


def read_release(fields: Fields) -> Release:
    """Read such a map. Raises: UnreadableStatement."""
    release = Release(effective_from=fields.instant("from"), areas_except=fields.areas("areas_except"))
    fields.finish()
    return release
