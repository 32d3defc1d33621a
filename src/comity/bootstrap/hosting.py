"""Hosted regions: many regions in one folder, each with data, keys, database and address of its own.

A region without a system of its own is hosted (one of the three ways to join). Each is made by `comity region
init` in a sub-folder that is named by its code, and has its settings in the file `settings.env` there: what
is set for the machine reaches no region. What two regions would share is refused before anything is served.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from comity.bootstrap.region_folder import RegionFolder
from comity.bootstrap.region_store import store_url
from comity.bootstrap.settings import NodeSettings
from comity.domain.region import RegionCode, is_region
from comity.errors import ComityError, UsageError
from comity.storage.database_url import SQLITE, path_of, read_url

SETTINGS_FILE: Final = "settings.env"
_PREFIX: Final = "COMITY_"
_NOT_ITS_OWN: Final = frozenset({"REGION", "DATA", "HOST", "PORT", "SOCKET", "HOSTED_SITES"})
"""Settings that follow from the folder or belong to whoever serves all of them."""
_OTHERS_RIGHTS: Final = 0o077
_NOT_HANDED_ON: Final = ("COMITY_", "PROMETHEUS_", "PG")
"""Beginnings of variables of the machine that no region is handed; PG are those of libpq."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedRegion:
    """One region of a hosting folder, with its own settings as the environment would give them."""

    region: RegionCode
    is_test: bool
    folder: RegionFolder
    settings: Mapping[str, str]
    url: str

    @property
    def log(self) -> Path:
        """The log of its processes alone."""
        return self.folder.path / "node.log"

    def environment(self, machine: Mapping[str, str], *, socket: Path) -> dict[str, str]:
        """Give the environment of its processes, in which nothing is set for another region."""
        kept = {name: value for name, value in machine.items() if not name.startswith(_NOT_HANDED_ON)}
        return {
            **kept,
            **self.settings,
            "COMITY_REGION": self.region,
            "COMITY_DATA": str(self.folder.path.absolute()),
            "COMITY_PUBLIC_URL": self.url,
            "COMITY_SOCKET": str(socket),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """The regions that can be served, and by folder name what is wrong with those that cannot."""

    regions: tuple[HostedRegion, ...]
    refused: Mapping[str, ComityError]


def read_hosting(folder: Path, *, url: str) -> Hosting:
    """Read a hosting folder; `url` is where a test region without address of its own is reached.

    1. Each sub-folder named by a region's code holds that region's data, for its owner alone.
    2. Its settings are its own, and can be read.
    3. No two share a key file, a passphrase, a database or an address.
    4. Real regions have a host name each: browsers keep origins apart, not paths.

    What is wrong with one region (1, 2) concerns that region; what two share concerns all.

    Raises: UsageError for no region at all, and for 3 and 4.
    """
    regions, refused = list[HostedRegion](), dict[str, ComityError]()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not is_region(path.name):
            continue
        try:
            regions.append(_read_region(path, RegionCode(path.name), url))  # 1, 2
        except ComityError as error:
            refused[path.name] = error
    if not regions:
        raise UsageError(
            f"'{folder}' holds no region that can be served{_first_refusal(refused)}",
            next_step="Make one with `comity region init --region CODE --data FOLDER/CODE`.",
        )
    for what, of in _SHARED.items():  # 3
        _refuse_shared(regions, what, of)
    _refuse_shared_hosts(regions)  # 4
    return Hosting(regions=tuple(regions), refused=refused)


def _first_refusal(refused: Mapping[str, ComityError]) -> str:
    return "".join(f"; {name}: {error}" for name, error in list(refused.items())[:1])


def _read_region(path: Path, code: RegionCode, url: str) -> HostedRegion:
    folder = RegionFolder(path=path)
    _require_own(path)
    region, is_test = folder.read(expected=code)
    for file in (folder.about, folder.keys, folder.database):
        if file.is_symlink() or (file.exists() and file.stat().st_nlink > 1):
            raise UsageError(f"'{file}' is a link: what it leads to may be another region's")
    settings = _read_settings(path / SETTINGS_FILE)
    address = settings.get("COMITY_PUBLIC_URL")
    if address is None and not is_test:
        raise UsageError(
            f"region {region} has no address of its own",
            next_step=f"Set COMITY_PUBLIC_URL in '{path / SETTINGS_FILE}'.",
        )
    return HostedRegion(
        region=region,
        is_test=is_test,
        folder=folder,
        settings=settings,
        url=address or f"{url}/{region}",
    )


def _require_own(path: Path) -> None:
    """Refuse what others may read. Raises: UsageError."""
    facts = path.lstat()
    if path.is_symlink() or facts.st_uid != os.geteuid() or facts.st_mode & _OTHERS_RIGHTS:
        raise UsageError(
            f"'{path}' is a link, or others than its owner may look into it",
            next_step=f"chmod go= '{path}', as the user that serves.",
        )


def _read_settings(file: Path) -> dict[str, str]:
    """Read lines NAME=VALUE; empty ones and those that begin with # say nothing. Raises: UsageError."""
    if not file.exists():
        return {}
    _require_own(file)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UsageError(f"'{file}' cannot be read", next_step="Write lines NAME=VALUE in UTF-8.") from error
    found = dict[str, str]()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, is_set, value = line.partition("=")
        word = name.removeprefix(_PREFIX)
        if not is_set or word == name or name in found or word in _NOT_ITS_OWN:
            raise UsageError(
                f"'{file}', line {number}: not NAME=VALUE, there twice, or no setting of one hosted region",
                next_step="docs/operations.md says what a hosted region sets for itself.",
            )
        if value:
            found[name] = value.strip()
    return found


def _node_settings(hosted: HostedRegion) -> NodeSettings:
    """Give the settings that say where secrets and records are, whatever the machine's environment says."""
    settings = hosted.settings
    url, phrase, file = (
        settings.get(f"{_PREFIX}{name}") for name in ("DATABASE_URL", "KEY_PASSPHRASE", "KEY_PASSPHRASE_FILE")
    )
    return NodeSettings.model_construct(
        data=hosted.folder.path,
        database_url=None if url is None else SecretStr(url),
        key_passphrase=None if phrase is None else SecretStr(phrase),
        key_passphrase_file=None if file is None else Path(file),
    )


def _passphrase(hosted: HostedRegion) -> object:
    """Give what tells two passphrases apart, not the passphrase; None where there is none."""
    try:
        passphrase = _node_settings(hosted).passphrase()
    except UsageError:  # its own process tells
        return None
    return None if not passphrase else sha256(passphrase.encode()).digest()


def _database(hosted: HostedRegion) -> object:
    try:
        parts = read_url(store_url(_node_settings(hosted), hosted.folder))
    except UsageError:
        return None
    if parts.drivername == SQLITE:
        return str(path_of(parts).resolve())
    schema = parts.query.get("options", "")
    return (parts.host or "", parts.port or 5432, parts.database, schema)


_SHARED: Final[Mapping[str, Callable[[HostedRegion], object]]] = {
    "passphrase": _passphrase,
    "database": _database,
    "address": lambda hosted: hosted.url.lower(),
}


def _refuse_shared(regions: Iterable[HostedRegion], what: str, of: Callable[[HostedRegion], object]) -> None:
    whose = dict[object, RegionCode]()
    for hosted in regions:
        own = of(hosted)
        if own is None:
            continue
        other = whose.setdefault(own, hosted.region)
        if other != hosted.region:
            raise UsageError(
                f"regions {other} and {hosted.region} have the same {what}",
                next_step=f"Give each a {what} of its own; see its {SETTINGS_FILE}.",
            )


def _refuse_shared_hosts(regions: Iterable[HostedRegion]) -> None:
    """Let only test regions share a host name, by paths under one port. Raises: UsageError."""
    hosts = dict[str, HostedRegion]()
    for hosted in regions:
        url = urlsplit(hosted.url)
        other = hosts.setdefault(url.hostname or "", hosted)
        if other is hosted:
            continue
        if not (hosted.is_test and other.is_test):
            raise UsageError(
                f"regions {other.region} and {hosted.region} have the same host name",
                next_step="Give each region a host name of its own: a browser keeps names apart, not paths.",
            )
        if url.netloc != urlsplit(other.url).netloc or not url.path or not urlsplit(other.url).path:
            raise UsageError(
                f"test regions {other.region} and {hosted.region} at one host name have no path each",
                next_step="Give each a path of its own under one port, or a host name of its own.",
            )
