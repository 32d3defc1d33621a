"""`comity region keys` and `comity region rotate`: the keys of a region, planned ahead or closed at once.

Whoever runs these holds the passphrase of the key file, and acts alone; the audit names them `region`. Over
HTTP closing a key takes two officers (docs/authorisation.md).
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from comity.cli.region import AsJson, Data, DatabaseUrl, opened_region
from comity.cli.screen import say, warn
from comity.domain.instant import Instant, rfc3339
from comity.errors import UsageError

if TYPE_CHECKING:
    from comity.bootstrap.region import OpenRegion
    from comity.issuance.key_reissue import KeyReissue
    from comity.trust.keys import Usage

_TOLD_EVERY: Final = 1.0
"""Seconds between two lines of progress."""


def show_keys_command(
    *, data: Data = None, database_url: DatabaseUrl = None, as_json_text: AsJson = False
) -> int:
    """Show every key of the key list: usage, window, and whether it signs, waits, ends or is closed."""
    with opened_region(data, database_url) as region:
        from comity.bootstrap.region_rotation import keys_now

        version, keys = keys_now(region)
    rows = [
        {
            "kid": key.entry.kid.hex(),
            "usage": str(key.entry.usage),
            "state": str(key.state),
            "not_before": _time(key.entry.not_before),
            "not_after": _time(key.entry.not_after),
            "closed_at": _time(key.entry.revoked_at),
        }
        for key in keys
    ]
    if as_json_text:
        print(json.dumps({"version": version, "keys": rows}, indent=2))
        return 0
    say(f"Key list, version {version}")
    for row in rows:
        window = f"{row['not_before'] or 'always':<26} {row['not_after'] or 'without end'}"
        say(f"  {row['kid']}  {row['usage']:<10} {row['state']:<9} {window}")
    return 0


def rotate_command(
    *,
    usage: Annotated[str, Parameter(help="pass, status, statement or bundle.")] = "pass",
    emergency: Annotated[bool, Parameter(negative="", help="Close a key at once.")] = False,
    kid: Annotated[str | None, Parameter(help="The key to close; default: the one in use.")] = None,
    resume: Annotated[bool, Parameter(negative="", help="Go on with passes of a closed key.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json_text: AsJson = False,
) -> int:
    """Plan the next key of a usage, which signs in seven days; or close one in an emergency, at once.

    An emergency closes the key in the key list, lets the standby sign, makes a new standby, publishes the
    bundle, and issues every live pass under the closed key again, travellers first. When it was cut off,
    --resume goes on with it; so do the duties of a running node.
    """
    from comity.trust.keys import Usage

    if usage not in tuple(Usage):
        raise UsageError(f"'{usage}' is no usage of a key: pass, status, statement or bundle")
    if (kid is not None and not emergency) or (resume and emergency):
        raise UsageError("--kid belongs to --emergency, and --resume stands alone")
    with opened_region(data, database_url) as region:
        if resume:
            return _reissue(region, {}, as_json_text=as_json_text)
        if emergency:
            return _close(region, Usage(usage), kid, as_json_text=as_json_text)
        return _plan(region, Usage(usage), as_json_text=as_json_text)


def _plan(region: OpenRegion, usage: Usage, *, as_json_text: bool) -> int:
    from comity.bootstrap.region_rotation import plan_key

    entry = plan_key(region, usage)
    if as_json_text:
        told = {"usage": str(usage), "kid": entry.kid.hex(), "not_before": _time(entry.not_before)}
        print(json.dumps(told, indent=2))
        return 0
    say(f"The {usage} key {entry.kid.hex()} is listed and signs from {_time(entry.not_before)} on.")
    say("Back up keys.cbor, and send the new key list to the hub; running workers follow by themselves.")
    return 0


def _close(region: OpenRegion, usage: Usage, kid: str | None, *, as_json_text: bool) -> int:
    from comity.bootstrap.region_rotation import close_region_key, waiting_reissues

    region, closed = close_region_key(region, usage, kid)
    current = {"pass": region.issuer.keys.passes, "status": region.issuer.keys.status}
    signer = current.get(str(usage))
    if not as_json_text:
        now = "" if signer is None else f"; {signer.kid.hex()} signs now"
        say(f"The {usage} key {closed} is closed{now}. The bundle is published; back up keys.cbor.")
    told = {"closed": closed}
    if waiting_reissues(region):
        return _reissue(region, told, as_json_text=as_json_text)
    if as_json_text:
        print(json.dumps(told, indent=2))
    return 0


def _reissue(region: OpenRegion, told: dict[str, str], *, as_json_text: bool) -> int:
    from comity.bootstrap.region_rotation import reissue_waiting

    works = reissue_waiting(region, tell=_Progress())
    if as_json_text:
        rows = [
            {"kid": work.kid, "stage": str(work.stage), "issued": work.issued, "told": work.told}
            for work in works
        ]
        print(json.dumps({**told, "reissues": rows}, indent=2))
        return 0
    for work in works:
        say(
            f"Passes of {work.kid}: {work.issued:,} issued again, {work.told:,} holders told to fetch theirs."
        )
        if work.ended_at is None:
            say("What workers signed in the last minute follows by the duties, or by --resume.")
    return 0


class _Progress:
    """Tells how far a reissue is, about once a second, on standard error."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._first: int | None = None

    def __call__(self, work: KeyReissue) -> None:
        done, now = work.issued + work.told, time.monotonic()
        if self._first is None:
            self._first = done
        if now - self._told >= _TOLD_EVERY:
            self._told = now
            rate = (done - self._first) / (now - self._began)
            warn(f"{work.stage}: {done:,} passes, {work.share:.0%} of all, {rate:,.0f}/s")


def _time(at: Instant | None) -> str | None:
    return None if at is None else rfc3339(at)
