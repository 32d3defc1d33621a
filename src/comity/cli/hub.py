"""`comity hub`: make the hub and look after who takes part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.region import AsJson, DatabaseUrl
from comity.cli.region_settings import node_settings
from comity.cli.screen import say
from comity.domain.instant import rfc3339
from comity.domain.region import RegionCode, get_region, is_region
from comity.errors import UsageError

if TYPE_CHECKING:
    from comity.bootstrap.hub import OpenHub
    from comity.bootstrap.settings import NodeSettings

HubData = Annotated[Path | None, Parameter(name="--data", help="Data folder of the hub.")]


def init_command(
    *,
    data: HubData = None,
    database_url: DatabaseUrl = None,
    demo: Annotated[bool | None, Parameter(negative="", help="TEST: a hub of a test federation.")] = None,
    as_json_text: AsJson = False,
) -> int:
    """Make the hub: keys, records, first officers. Refuses to run twice over data.

    The enrolment codes are shown once: each officer enrols a passkey with theirs within three days.
    """
    settings = hub_settings(asks_twice=True, data=data, database_url=database_url, demo=demo)
    from comity.bootstrap.hub import init_hub

    made = init_hub(settings)
    made.opened.close()
    root = made.opened.keys.root.public.thumbprint.hex()
    officers = [
        {"officer_id": each.officer_id, "roles": list(each.roles), "enrolment_code": code}
        for each, code in made.officers
    ]
    if as_json_text:
        print(json.dumps({"data": str(settings.data), "root": root, "officers": officers}, indent=2))
        return 0
    mark = " [TEST 测试]" if settings.demo else ""
    say(f"The hub{mark} is ready in {settings.data}. Thumbprint of its root key:\n  {root}\n")
    say("First officers, with the code that enrols their first passkey, shown this once:")
    for each in officers:
        say(f"  {', '.join(each['roles']):<30} {each['enrolment_code']}")
    database = " --database-url URL, the same" if settings.database_url is not None else ""
    ceremony = "" if settings.demo else "  comity hub root ..., the ceremony of the repository's root\n"
    say(
        f"\nNext:\n{ceremony}  comity serve hub --data {settings.data}{database}\n"
        "  back up keys.cbor and its passphrase apart from each other (docs/operations.md)"
    )
    return 0


def nation_command(
    *,
    rotate: Annotated[bool, Parameter(negative="", help="Close the key that signs now.")] = False,
    data: HubData = None,
    database_url: DatabaseUrl = None,
) -> int:
    """Make the keys of the national code, with which the hub converts regions' answers; once.

    With --rotate, a key that is old or in wrong hands is closed at once: the standby, which every gate knows
    already, signs from then on, and another standby is listed.
    """
    with opened_hub(data, database_url) as opened:
        from comity.bootstrap.hub_nation import found_nation, rotate_nation

        keys = rotate_nation(opened) if rotate else found_nation(opened)
    if rotate:
        say(f"The national code's key is closed; key list {keys.version} is published. Back up keys.cbor.")
        return 0
    say(f"The national code has its keys. Thumbprint of its root:\n  {keys.root.thumbprint.hex()}\n")
    say("Next: back up keys.cbor. Hosts recognise 000000 by their own statement.")
    return 0


def list_members_command(
    *, data: HubData = None, database_url: DatabaseUrl = None, as_json_text: AsJson = False
) -> int:
    """List who takes part, and the applications that wait."""
    with opened_hub(data, database_url) as opened:
        from comity.hub.members import memberships
        from comity.hub.membership_applications import open_applications
        from comity.hub.register_words import region_name

        at = opened.clock()
        with opened.hub.store.reading() as transaction:
            members = memberships(transaction, opened.hub)
            waiting = open_applications(transaction)
    rows = [
        {
            "region": region,
            "takes_part": membership.is_in_force(at),
            "version": membership.version,
            "from": rfc3339(membership.member_from),
            "to": None if membership.member_to is None else rfc3339(membership.member_to),
            "root": membership.root_thumbprint.hex(),
        }
        for region, (membership, _) in members.items()
    ]
    asked = [
        {"application_id": each.application_id, "region": each.region, "root": each.root} for each in waiting
    ]
    if as_json_text:
        print(json.dumps({"members": rows, "applications": asked}, indent=2))
        return 0
    for row in rows:
        state = "takes part" if row["takes_part"] else "does not take part"
        until = "" if row["to"] is None else f" until {row['to']}"
        name = region_name(RegionCode(str(row["region"]))).en
        say(f"{row['region']}  {name:<16} {state} from {row['from']}{until}")
    for each in asked:
        say(f"{each['region']}  asks to take part under root {each['root']} ({each['application_id']})")
    if not rows and not asked:
        say("Nobody takes part yet, and nobody has asked to.")
    return 0


def admit_command(region: str, /, *, data: HubData = None, database_url: DatabaseUrl = None) -> int:
    """TEST: let a region in whose application waits, for two officers of a test hub.

    At a real hub two officers propose and approve it over HTTP (docs/operations.md).

    Parameters
    ----------
    region
        Six-digit code of the region that asked.
    """
    if not is_region(region):
        raise UsageError(f"'{region}' is not the code of a region")
    with opened_hub(data, database_url) as opened:
        from comity.bootstrap.hub_members import admit_for_test

        admit_for_test(opened, RegionCode(region))
    say(f"{get_region(region).name_en} ({region}) takes part from now on")
    return 0


def ordering_command(
    *,
    out: Annotated[Path, Parameter(help="The file to write.")],
    data: HubData = None,
    database_url: DatabaseUrl = None,
) -> int:
    """Write the public keys with which this hub orders its repository, for the request of a root."""
    with opened_hub(data, database_url) as opened:
        from comity.bootstrap.root_ceremony import ordering_keys

        written = ordering_keys(opened.keys.online)
    out.write_bytes(written)
    say(f"the ordering keys are in {out}")
    return 0


def put_root_command(file: Path, /, *, data: HubData = None, database_url: DatabaseUrl = None) -> int:
    """Put a root that enough keyholders signed in place: the first begins the repository, a next follows it.

    Parameters
    ----------
    file
        The root, of `comity hub root assemble`.
    """
    root = bootstrap.read_file(file, what="root")
    with opened_hub(data, database_url) as opened:
        from comity.bootstrap.hub_root import put_root

        version = put_root(opened, root)
    say(f"root {version} is in place, and everything is signed under it")
    return 0


def hub_settings(*, asks_twice: bool = False, **given: object) -> NodeSettings:
    """Read the settings of the hub; its data lies elsewhere than a region's. Raises: as `node_settings`."""
    settings = node_settings(asks_twice=asks_twice, **given)
    from comity.bootstrap.hub_folder import HUB_DATA, HUB_PORT

    changed: dict[str, object] = {}
    if "data" not in settings.model_fields_set:
        changed["data"] = HUB_DATA
    if "port" not in settings.model_fields_set:
        changed["port"] = HUB_PORT
    if not changed:
        return settings
    return settings.model_copy(update=changed)


def opened_hub(data: Path | None, database_url: str | None) -> OpenHub:
    """Open the hub that the command line and the environment name. Raises: as `open_hub`."""
    settings = hub_settings(data=data, database_url=database_url)
    from comity.bootstrap.hub import open_hub

    return open_hub(settings)
