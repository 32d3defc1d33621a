"""`comity region sync` and `comity region publish`: a region and its hub; a running node does both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from comity.cli.region import FAULTY, AsJson, Data, DatabaseUrl
from comity.cli.region_settings import node_settings
from comity.cli.screen import say, warn
from comity.domain.instant import rfc3339

if TYPE_CHECKING:
    from comity.bootstrap.region import OpenRegion

Hub = Annotated[str | None, Parameter(help="Address of the hub; default: COMITY_HUB_URL.")]
Root = Annotated[Path | None, Parameter(help="A root of the hub's repository, pinned the first time.")]


def sync_command(
    *,
    data: Data = None,
    database_url: DatabaseUrl = None,
    hub: Hub = None,
    root: Root = None,
    as_json_text: AsJson = False,
) -> int:
    """Fetch from the hub and take over what others signed. Exit code: 0 all held, 1 something did not."""
    with _opened(data, database_url, hub, root) as region:
        from comity.bootstrap.region_hub import sync_region

        done = sync_region(region)
    refused = dict(done.synced.refused)
    if as_json_text:
        print(
            json.dumps(
                {
                    "as_of": rfc3339(done.state.as_of),
                    "new": done.taken.new,
                    "members": list(done.taken.members),
                    "changed": list(done.synced.changed),
                    "refused": refused,
                    "served_version": done.state.served_version,
                    "warning": done.state.warning,
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for other, why in refused.items():
            warn(f"region {other} is left as it was: {why}")
        if done.state.warning is not None:
            warn(done.state.warning)
        say(f"{done.taken.new} new, as of {rfc3339(done.state.as_of)}")
        say(f"taking part now: {', '.join(done.taken.members) or 'nobody'}")
    return FAULTY if refused or done.state.warning is not None else 0


def publish_command(
    *,
    data: Data = None,
    database_url: DatabaseUrl = None,
    hub: Hub = None,
    root: Root = None,
    as_json_text: AsJson = False,
) -> int:
    """Sign and send the region's own statements, where they changed or were last signed a day ago."""
    with _opened(data, database_url, hub, root) as region:
        from comity.bootstrap.region_hub import publish_region

        version = publish_region(region)
    if as_json_text:
        print(json.dumps({"version": version}))
    elif version is None:
        say("nothing to publish: the hub has it all")
    else:
        say(f"version {version} is published")
    return 0


def _opened(data: Path | None, database_url: str | None, hub: str | None, root: Path | None) -> OpenRegion:
    settings = node_settings(data=data, database_url=database_url, hub_url=hub, hub_root=root)
    from comity.bootstrap.region import open_region

    return open_region(settings)


def opened_with_hub(data: Path | None, database_url: str | None, hub: str | None) -> OpenRegion:
    """Open the region with the hub that the command line or the environment names."""
    return _opened(data, database_url, hub, None)
