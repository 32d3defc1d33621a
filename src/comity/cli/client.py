"""`comity client`: follow the hub into a folder, carry a copy on a stick, see what is known."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.screen import plain, say, warn
from comity.domain.instant import DAY, HOUR, MINUTE, Instant, instant_of, rfc3339
from comity.errors import UsageError

if TYPE_CHECKING:
    from comity.client.federation import Federation
    from comity.client.repository_client import RepositoryClient, Synced
    from comity.verify.report import Json

REFUSED: Final = 1
"""Exit code: something of what was served did not hold and was left out."""
HUB_SETTING: Final = "COMITY_HUB_URL"
ROOT_SETTING: Final = "COMITY_HUB_ROOT"

Cache = Annotated[Path, Parameter(help="Folder that keeps what was fetched.")]
Root = Annotated[
    Path | None,
    Parameter(help="A root of the hub's repository, pinned the first time; default: COMITY_HUB_ROOT."),
]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Write JSON.")]
TestTime = Annotated[
    str | None,
    Parameter(name="--at", help="TEST: the time to go by, RFC 3339; with COMITY_DEMO=1 only."),
]
DEMO_SETTING: Final = "COMITY_DEMO"
CACHE: Final = Path("comity-cache")


def sync_command(
    *,
    hub: Annotated[str | None, Parameter(help="Address of the hub; default: COMITY_HUB_URL.")] = None,
    mirror: Annotated[
        str | None, Parameter(help="A mirror of its repository instead: address or folder.")
    ] = None,
    root: Root = None,
    cache: Cache = CACHE,
    at: TestTime = None,
    as_json_text: AsJson = False,
) -> int:
    """Fetch what the hub distributes and verify it. Exit code: 0 all held, 1 a region's file did not.

    What was fetched before stays where the new does not hold. A fetch that is cut off goes on next time.
    """
    moment, address = time_of(at), mirror or _hub_address(hub)
    return _tell(fetch(_client(cache, root), address, at=moment), as_json_text, moment)


def fetch(client: RepositoryClient, address: str, *, at: Instant) -> Synced:
    """Fetch from a repository at an address or in a folder. Raises: as `RepositoryClient.sync`."""
    from comity.client.folder_source import FolderSource
    from comity.client.http_source import HttpSource

    if "://" not in address:
        return client.sync(FolderSource(Path(address)), at=at, progress=_progress())
    source = HttpSource(address)
    try:
        return client.sync(source, at=at, progress=_progress())
    finally:
        source.close()


def export_command(file: Path, /, *, cache: Cache = CACHE) -> int:
    """Write a copy of what is known into one file, to be carried to where no network is.

    Parameters
    ----------
    file
        The file to write.
    """
    from comity.client.carry import repository_files, write_carried

    client = _client(cache, None)
    state = client.cache.find_state()
    if state is None:
        raise UsageError(f"'{cache}' holds nothing yet", next_step="Run `comity client sync` first.")
    data = write_carried(repository_files(client.cache, state))
    try:
        file.write_bytes(data)
    except OSError as error:
        raise UsageError(f"'{file}' cannot be written: {error.strerror}") from error
    say(f"{len(data):,} bytes, as of {rfc3339(state.as_of)}")
    return 0


def import_command(
    file: Path,
    /,
    *,
    root: Root = None,
    cache: Cache = CACHE,
    at: TestTime = None,
    as_json_text: AsJson = False,
) -> int:
    """Take over a copy that was carried here: by root, versions and age of at most 7 days.

    Parameters
    ----------
    file
        A file that `comity client export` wrote.
    """
    from comity.client.carry import read_carried

    source = read_carried(bootstrap.read_file(file, what="carried copy"))
    moment = time_of(at)
    synced = _client(cache, root).take_carried(source, at=moment, progress=_progress())
    return _tell(synced, as_json_text, moment)


def show_command(*, cache: Cache = CACHE, at: TestTime = None, as_json_text: AsJson = False) -> int:
    """Show what is known: who takes part, since when, and how old it is."""
    moment = time_of(at)
    federation = _client(cache, None).find_federation(at=moment)
    if federation is None:
        raise UsageError(f"'{cache}' holds nothing yet", next_step="Run `comity client sync` first.")
    shown = describe(federation, at=moment)
    if as_json_text:
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return 0
    mark = " [TEST 测试]" if federation.is_test else ""
    say(f"as of {shown['as_of']} ({shown['staleness']}, {_age(moment - federation.as_of)} old){mark}\n")
    for code, known in federation.regions.items():
        count = len(federation.recognised_by(code, at=moment))
        say(
            f"  {code}  version {known.role_version:>5}  recognises {count:>2}"
            f"  as of {rfc3339(known.as_of)} ({_stage(known.as_of, at=moment)})"
        )
    return 0


def describe(federation: Federation, *, at: Instant) -> dict[str, Json]:
    """Give what is known as plain values."""
    return {
        "test": federation.is_test,
        "as_of": rfc3339(federation.as_of),
        "age_s": at - federation.as_of,
        "staleness": _stage(federation.as_of, at=at),
        "hub": federation.hub.thumbprint.hex(),
        "regions": [
            {
                "region": code,
                "version": known.role_version,
                "as_of": rfc3339(known.as_of),
                "staleness": _stage(known.as_of, at=at),
                "is_member": known.membership.is_in_force(at),
                "url": None if known.opened.location is None else known.opened.location.url,
                "recognises": list(federation.recognised_by(code, at=at)),
                "rulebooks": [rulebook.version for rulebook in known.opened.rulebooks],
            }
            for code, known in federation.regions.items()
        ],
    }


def _tell(synced: Synced, as_json_text: bool, at: Instant) -> int:
    state = synced.state
    if as_json_text:
        print(
            json.dumps(
                {
                    "as_of": rfc3339(state.as_of),
                    "age_s": at - state.as_of,
                    "staleness": _stage(state.as_of, at=at),
                    "regions": sorted(state.regions),
                    "changed": list(synced.changed),
                    "refused": dict(synced.refused),
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for region, why in synced.refused.items():
            warn(f"region {region} is left as it was: {why}")
        say(
            f"{len(state.regions)} regions, {len(synced.changed)} changed, as of {rfc3339(state.as_of)}"
            f" ({_stage(state.as_of, at=at)}, {_age(at - state.as_of)} old)"
        )
    return REFUSED if synced.refused else 0


def _client(cache: Path, root: Path | None) -> RepositoryClient:
    from comity.client.repository_client import RepositoryClient as Client

    named = root or (Path(setting) if (setting := os.environ.get(ROOT_SETTING)) else None)
    if named is None:
        return Client(cache)
    return Client(cache, root=bootstrap.read_file(named, what="root of the hub"))


def _hub_address(hub: str | None) -> str:
    address = hub or os.environ.get(HUB_SETTING)
    if not address:
        raise UsageError("no hub is named", next_step="Give --hub URL or --mirror, or set COMITY_HUB_URL.")
    return f"{address.rstrip('/')}/repository"


def time_of(text: str | None) -> Instant:
    """Give the time of a test that is named, else that of the machine's clock. Raises: UsageError."""
    if text is None:
        return instant_of(bootstrap.now())
    if os.environ.get(DEMO_SETTING) != "1":
        raise UsageError(
            "--at is for test federations, and this is not demo mode",
            next_step=f"Leave it out; or set {DEMO_SETTING}=1 where the demo's time is meant.",
        )
    try:
        return instant_of(datetime.fromisoformat(text))
    except ValueError as error:
        raise UsageError(
            f"'{text}' is not a time such as 2020-03-19T00:00:00+08:00",
            next_step="Give date, time and offset.",
        ) from error


def _stage(as_of: Instant, *, at: Instant) -> str:
    from comity.client.staleness import stage_of

    return str(stage_of(as_of, at=at))


def _age(seconds: int) -> str:
    for length, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _progress() -> Callable[[int, int], None]:
    """Make a progress that tells on standard error, where somebody is looking."""
    if not sys.stderr.isatty():
        return lambda done, total: None

    def show(done: int, total: int) -> None:
        print(plain(f"\rregions {done} of {total}"), end="\n" if done == total else "", file=sys.stderr)

    return show
