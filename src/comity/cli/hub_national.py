"""`comity hub national`: the authority's key, who is named, and the national rulebook it signs (C3.3)."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.hub import HubData, opened_hub
from comity.cli.hub_root import read_passphrase
from comity.cli.region import DatabaseUrl
from comity.cli.screen import say
from comity.domain.instant import Instant, instant_of
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.recognition import Release
from comity.domain.region import RegionCode, is_area_code, is_region
from comity.errors import UsageError

Keys = Annotated[Path, Parameter(help="Key file of the authority, of `comity hub national key`.")]


def key_command(file: Path, /) -> int:
    """Make the authority's key: FILE, encrypted, and FILE.pub to be named by the hub.

    Parameters
    ----------
    file
        The key file to make; it stays with the authority.
    """
    from comity.bootstrap.root_ceremony import make_keyholder, write_public_keys

    public = make_keyholder(file, passphrase=read_passphrase(asks_twice=True))
    beside = file.with_name(file.name + ".pub")
    beside.write_bytes(write_public_keys({"keyholder": public}))
    say(f"the key is in {file}; the hub names {beside}: comity hub national name {beside}")
    return 0


def name_command(public: Path, /, *, data: HubData = None, database_url: DatabaseUrl = None) -> int:
    """Name with the hub's root the key that signs the national rulebook from now on.

    Parameters
    ----------
    public
        Public key of the authority, compared with it by telephone.
    """
    from comity.bootstrap.root_ceremony import read_keyholder

    key = read_keyholder(public)
    with opened_hub(data, database_url) as opened:
        from comity.bootstrap.hub_national import name_national_authority

        version = name_national_authority(opened, key)
    say(f"the authority is named, version {version}; thumbprint {key.thumbprint.hex()}")
    return 0


def rotate_command(file: Path, /, *, data: HubData = None, database_url: DatabaseUrl = None) -> int:
    """Replace the authority's key: the hub's root names the new one, which signs again what holds (C3.3).

    Parameters
    ----------
    file
        The new key file, of `comity hub national key`; its thumbprint is compared with the authority.
    """
    from comity.bootstrap.root_ceremony import open_keyholder

    signer = open_keyholder(file, passphrase=read_passphrase())
    with opened_hub(data, database_url) as opened:
        from comity.bootstrap.hub_national import rotate_national_authority

        version, signed = rotate_national_authority(opened, signer)
    say(f"the authority is named, version {version}; thumbprint {signer.public.thumbprint.hex()}")
    say(f"signed again with the new key: {signed} of the national rulebook's versions")
    return 0


def publish_command(
    file: Path, /, *, keys: Keys, data: HubData = None, database_url: DatabaseUrl = None
) -> int:
    """Sign a national rulebook with the authority's key and bring it to the hub.

    Parameters
    ----------
    file
        The rulebook as TOML (docs/operations.md).
    """
    from comity.bootstrap.root_ceremony import open_keyholder

    signer = open_keyholder(keys, passphrase=read_passphrase())
    with opened_hub(data, database_url) as opened:
        from comity.bootstrap.hub_national import publish_national

        rulebook = read_national_file(file, at=opened.clock())
        publish_national(opened, rulebook, signer)
    say(f"version {rulebook.version} of the national rulebook is published")
    return 0


def read_national_file(file: Path, *, at: Instant) -> NationalRulebook:
    """Read a national rulebook as people write it. Raises: UsageError."""
    try:
        found = tomllib.loads(bootstrap.read_file(file, what="national rulebook").decode("utf-8"))
        starts = found.get("valid_from")
        return NationalRulebook(
            version=int(found["version"]),
            published_at=at,
            valid_from=at if starts is None else max(at, _time(starts)),
            rows=tuple(_row(row) for row in found["row"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"national rulebook '{file}' cannot be read: {error}",
            next_step="docs/operations.md shows one; version, and a [[row]] for each issuer.",
        ) from error


def _row(row: dict[str, object]) -> NationalRow:
    issuer, releases = str(row["issuer"]), row.get("releases", [])
    if not is_region(issuer) or not isinstance(releases, list):
        raise ValueError(f"'{issuer}' is not the code of a region, or its releases are no list")
    return NationalRow(
        issuer=RegionCode(issuer),
        authority=str(row["authority"]),
        releases=tuple(_release(each) for each in releases),
        names_areas=row.get("names_areas") is True,
    )


def _release(release: dict[str, object]) -> Release:
    areas = release.get("areas_except", [])
    if not isinstance(areas, list) or not all(isinstance(area, str) and is_area_code(area) for area in areas):
        raise ValueError("areas_except is a list of six-digit codes")
    return Release(effective_from=_time(release["from"]), areas_except=tuple(areas))


def _time(value: object) -> Instant:
    return instant_of(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))
