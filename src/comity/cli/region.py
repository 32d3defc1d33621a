"""`comity region`: make a region, bring it what others signed, look after its records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.region_settings import node_settings
from comity.cli.screen import say, warn
from comity.domain.region import RegionCode, get_region, is_issuer
from comity.errors import UsageError

if TYPE_CHECKING:
    from comity.bootstrap.region import OpenRegion
    from comity.records.audit_heads import NotedHead

FAULTY: Final = 1
"""Exit code of an audit that does not hold."""

Data = Annotated[Path | None, Parameter(help="Data folder of the region.")]
DatabaseUrl = Annotated[
    str | None, Parameter(help="PostgreSQL database; default: SQLite in the data folder.")
]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Write JSON.")]


def init_command(
    *,
    region: str,
    data: Data = None,
    database_url: DatabaseUrl = None,
    demo: Annotated[
        bool | None, Parameter(negative="", help="TEST: a region of the demo federation.")
    ] = None,
    as_json_text: AsJson = False,
) -> int:
    """Make a region: keys, records, first rulebooks, first officers. Refuses to run twice over data.

    The enrolment codes are shown once: each officer enrols a passkey with theirs within three days.

    Parameters
    ----------
    region
        Six-digit code, such as 150000.
    """
    settings = node_settings(asks_twice=True, region=region, data=data, database_url=database_url, demo=demo)
    from comity.bootstrap.region import init_region

    made = init_region(settings)
    made.region.close()
    officers = [
        {"officer_id": each.officer_id, "roles": list(each.roles), "enrolment_code": code}
        for each, code in made.officers
    ]
    if as_json_text:
        print(json.dumps({"region": region, "data": str(settings.data), "officers": officers}, indent=2))
        return 0
    mark = " [TEST 测试]" if settings.demo else ""
    words = (" --demo" if settings.demo else "") + (
        " --database-url URL, the same" if settings.database_url is not None else ""
    )
    say(f"{get_region(settings.region).name_en} ({region}){mark} is ready in {settings.data}.\n")
    say("First officers, with the code that enrols their first passkey, shown this once:")
    for each in officers:
        say(f"  {', '.join(each['roles']):<30} {each['enrolment_code']}")
    say(
        "\nNext:\n"
        f"  comity serve region --region {region} --data {settings.data}{words}\n"
        "  back up keys.cbor and its passphrase apart from each other (docs/operations.md)"
    )
    return 0


def import_statements_command(folder: Path, /, *, data: Data = None, database_url: DatabaseUrl = None) -> int:
    """Take over what the hub and other regions signed: memberships and key lists.

    Parameters
    ----------
    folder
        Folder of files *.cbor: the hub's root (hub.cbor, the first time), memberships, key lists.
    """
    if not folder.is_dir():
        raise UsageError(f"'{folder}' is not a folder of statements")
    files = {path.name: bootstrap.read_file(path, what="statement") for path in sorted(folder.glob("*.cbor"))}
    with opened_region(data, database_url) as opened:
        from comity.bootstrap.region import take_over

        taken = take_over(opened, files)
    say(f"{taken.new} new; taking part now: {', '.join(taken.members) or 'nobody'}")
    return 0


def recognise_command(other: str, /, *, data: Data = None, database_url: DatabaseUrl = None) -> int:
    """TEST: recognise another region at once. Real recognitions are published through the hub.

    Parameters
    ----------
    other
        Six-digit code of the region whose passes are recognised; 000000 for national passes.
    """
    if not is_issuer(other):
        raise UsageError(f"'{other}' is not the code of a region")
    with opened_region(data, database_url) as opened:
        from comity.bootstrap.region import recognise

        recognise(opened, RegionCode(other))
    say(f"{other} is recognised from now on")
    return 0


def verify_audit_command(
    *,
    against: Annotated[Path | None, Parameter(help="File of heads that were noted before.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json_text: AsJson = False,
) -> int:
    """Check the chain of the audit from its first row, and locate tampering. Exit code: 0 it holds, 1 not.

    With --against, it is also held against heads that were noted before: that its end was cut off with its
    heads, or that a lane was written anew, shows in no other way.
    """
    noted = [] if against is None else _read_noted(against)
    with opened_region(data, database_url) as opened:
        from comity.records.audit import verify_audit
        from comity.records.audit_heads import compare_heads

        with opened.issuer.store.reading() as transaction:
            check = verify_audit(transaction)
            faults = [*check.faults, *compare_heads(transaction, noted)]
    if as_json_text:
        found = [{"lane": each.lane, "place": each.place, "what": each.what} for each in faults]
        heads = [head.hex() for head in check.heads]
        print(json.dumps({"rows": check.rows, "faults": found, "heads": heads}, indent=2))
    else:
        for each in faults:
            warn(f"lane {each.lane}, place {each.place}: {each.what}")
        with_heads = "" if against is None else f" and {len(noted):,} noted heads"
        say(f"{check.rows} rows{with_heads}, {'the audit does NOT hold' if faults else 'the audit holds'}")
    return FAULTY if faults else 0


def audit_heads_command(*, data: Data = None, database_url: DatabaseUrl = None) -> int:
    """Print the heads of the audit as one line, to be kept where nobody who writes the database can write."""
    with opened_region(data, database_url) as opened:
        from comity.records.audit_heads import heads_line

        with opened.issuer.store.reading() as transaction:
            print(heads_line(transaction, at=opened.clock()))
    return 0


def _read_noted(file: Path) -> list[NotedHead]:
    from comity.records.audit_heads import read_heads

    text = bootstrap.read_file(file, what="file of heads").decode("utf-8", "replace")
    return list(read_heads(text.splitlines(keepends=True)))


def opened_region(data: Path | None, database_url: str | None) -> OpenRegion:
    """Open the region that the command line and the environment name. Raises: as `open_region`."""
    settings = node_settings(data=data, database_url=database_url)
    from comity.bootstrap.region import open_region

    return open_region(settings)
