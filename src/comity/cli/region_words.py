"""`comity region recognition` and `comity region apply`: this region's word on others, through the hub."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.region import Data, DatabaseUrl
from comity.cli.region_hub import Hub, opened_with_hub
from comity.cli.screen import say
from comity.domain.instant import Instant, instant_of
from comity.domain.region import NATION, RegionCode, get_region, is_issuer
from comity.domain.texts import Text
from comity.errors import UsageError

if TYPE_CHECKING:
    pass

Other = Annotated[
    str, Parameter(name="--issuer", help="Six-digit code of the region it is about; 000000: national passes.")
]
From = Annotated[str | None, Parameter(name="--from", help="When it takes effect, RFC 3339; default: now.")]
Zh = Annotated[str, Parameter(name="--reason-zh", help="The published reason in Chinese.")]
En = Annotated[str, Parameter(name="--reason-en", help="The published reason in English.")]


def invite_command(
    *, issuer: Other, data: Data = None, database_url: DatabaseUrl = None, hub: Hub = None
) -> int:
    """Invite another region to mutual recognition. Changes no answer at any gate."""
    return _say("invite", issuer, data, database_url, hub)


def reply_command(
    *, issuer: Other, data: Data = None, database_url: DatabaseUrl = None, hub: Hub = None
) -> int:
    """Note that the other region has replied. A reply alone changes nothing (C2.1)."""
    return _say("reply", issuer, data, database_url, hub)


def confirm_command(
    *, issuer: Other, data: Data = None, database_url: DatabaseUrl = None, hub: Hub = None
) -> int:
    """Confirm what was agreed; publication comes next."""
    return _say("confirm", issuer, data, database_url, hub)


def publish_command(
    *,
    issuer: Other,
    starts: From = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    hub: Hub = None,
) -> int:
    """Publish the recognition: from its effective time the other region's passes count here (C2.1)."""
    return _say("publish", issuer, data, database_url, hub, starts=starts)


def report_deviation_command(
    *,
    issuer: Other,
    starts: Annotated[str, Parameter(name="--from", help="When the suspension shall take effect, RFC 3339.")],
    reason_zh: Zh,
    reason_en: En,
    data: Data = None,
    database_url: DatabaseUrl = None,
    hub: Hub = None,
) -> int:
    """Report a deviation, with its reason; a suspension needs it first (settled rule 5)."""
    reason = Text(zh=reason_zh, en=reason_en)
    return _say("report_deviation", issuer, data, database_url, hub, starts=starts, reason=reason)


def suspend_command(
    *,
    issuer: Other,
    starts: Annotated[str, Parameter(name="--from", help="When it takes effect, 24 hours ahead, RFC 3339.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
    hub: Hub = None,
) -> int:
    """Suspend the recognition; passes in flight are honoured until it takes effect (settled rule 5)."""
    return _say("suspend", issuer, data, database_url, hub, starts=starts)


def resume_command(
    *,
    issuer: Other,
    starts: From = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    hub: Hub = None,
) -> int:
    """End a suspension."""
    return _say("resume", issuer, data, database_url, hub, starts=starts)


def refer_command(
    *, issuer: Other, data: Data = None, database_url: DatabaseUrl = None, hub: Hub = None
) -> int:
    """Apply the national rulebook to the other region's passes, as last fetched from the hub (C3.3)."""
    return _say("refer", issuer, data, database_url, hub)


def apply_command(
    *,
    certificate: Annotated[Path, Parameter(help="Proof of who asks, such as a letter of appointment.")],
    asked_by: Annotated[str, Parameter(help="Who asks, in a few words.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
    hub: Hub = None,
) -> int:
    """Ask the hub to take part: key list, place and certificate. COMITY_PUBLIC_URL says where the node is."""
    proof = bootstrap.read_file(certificate, what="certificate")
    with opened_with_hub(data, database_url, hub) as region:
        from comity.bootstrap.region_application import apply_for_membership

        root = apply_for_membership(region, certificate=proof, asked_by=asked_by)
    say(f"The application waits at the hub. This region's root, to be compared by telephone:\n  {root}")
    return 0


def _say(
    word: str,
    issuer: str,
    data: Path | None,
    database_url: str | None,
    hub: str | None,
    *,
    starts: str | None = None,
    reason: Text | None = None,
) -> int:
    if not is_issuer(issuer):
        raise UsageError(f"'{issuer}' is not the code of a region")
    with opened_with_hub(data, database_url, hub) as region:
        from comity.bootstrap.region_words import say_through_hub
        from comity.issuance.host_words import HostWord, Wording

        wording = Wording(
            word=HostWord(word),
            issuer=RegionCode(issuer),
            effective_from=None if starts is None else read_time(starts),
            reason=reason,
        )
        row = say_through_hub(region, wording)
    about = "the national code" if issuer == NATION else get_region(issuer).name_en
    say(f"{row.statement_id} is published: {word.replace('_', ' ')}, about {about}")
    return 0


def read_time(text: str) -> Instant:
    """Read an RFC 3339 time. Raises: UsageError."""
    try:
        return instant_of(datetime.fromisoformat(text))
    except ValueError as error:
        raise UsageError(
            f"'{text}' is not a time such as 2020-03-19T00:00:00+08:00",
            next_step="Give date, time and offset.",
        ) from error
