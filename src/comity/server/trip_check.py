"""Trip check (出行前查询): what another region would answer to the own pass on a coming day.

The answer is that of a gate there (C2.2): by the destination's own rulebook, recognition and referral as its
region signed them and the hub passed them on. What this node does not know it says; it guesses no answer.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from comity.bootstrap.known_regions import KnownRegions
from comity.domain.decision import Decision, Outcome, ReasonCode
from comity.domain.instant import BEIJING, DAY, Instant, instant_of, plain_time, rfc3339
from comity.domain.national_rulebook import NationalRow, national_in_force
from comity.domain.region import RegionCode, get_region, is_region
from comity.domain.texts import Text, text
from comity.errors import ComityError, InvalidInput, NotPossibleNow
from comity.issuance.pass_life import own_pass, passes_in_hand
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.issuance.standing import assess_outdated
from comity.records.published_files import BUNDLE_FILE
from comity.server.access import Resident, ServingNode
from comity.server.decision_view import DecisionView
from comity.server.node import Node
from comity.server.words import Words, words
from comity.trust.bundle import Anchor, VerifierBundle, open_bundle
from comity.verify.report import as_json
from comity.verify.trip_check import KnownPass, foresee

router = APIRouter(tags=["trips"])

MOST_DAYS: Final = 60
"""Days ahead that are answered at most."""
_NOON: Final = time(12, tzinfo=BEIJING)
_WORDS: Final = {
    Outcome.PASS: "trip.pass",
    Outcome.CONTROL: "trip.control",
    Outcome.REFER: "trip.refer",
    Outcome.REAPPLY: "trip.reapply",
}
_AGAIN: Final = "Ask about today or one of the next 60 days."


class TripAnswer(BaseModel):
    """What a gate there would answer at noon of that day (today: now), with plain words to it."""

    region: Annotated[str, Field(examples=["440000"])]
    day: Annotated[str, Field(examples=["2020-03-25"])]
    is_known: Annotated[bool, Field(description="whether what that region has published is known here")]
    as_of: Annotated[
        str | None,
        Field(description="when the hub's word was verified", examples=["2020-03-20T12:00:00+08:00"]),
    ]
    decision: Annotated[DecisionView | None, Field(description="null where nothing is known")]
    after_renewal: Annotated[
        DecisionView | None,
        Field(
            description="where the pass ends before that day: the answer to one renewed in the same colour"
        ),
    ]
    words: Words
    notes: list[Words]


@router.get(
    "/trip-check",
    summary="What a region would answer to the own pass on a coming day",
    response_model=TripAnswer,
)
def check_trip(
    signed_in: Resident,
    node: ServingNode,
    response: Response,
    region: Annotated[str, Query(pattern=r"^[0-9]{6}$", examples=["440000"])],
    day: Annotated[date, Query(description="in Beijing time", examples=["2020-03-25"])],
    pass_id: Annotated[
        str | None,
        Query(pattern=r"^[0-9a-f]{16}$", description="one of several passes; left out, the newest own one"),
    ] = None,
) -> dict[str, Any]:
    """Answer by what regions and the national authority have published so far (C2.2, C3.3)."""
    now = node.clock()
    there, then = _region(region), _instant(day, now)
    held, known = _pass(node, signed_in, pass_id, now), node.find_regions(now)
    bundle = _bundle(node, there, known, at=then)
    response.headers["cache-control"] = "no-store"
    decision = after = None
    if bundle is not None:
        decision = foresee(held, bundle, at=then)
        if decision.reason is ReasonCode.EXPIRED:
            after = foresee(held, bundle, at=then, is_renewed=True)
    national = None if known is None else _national_row(known, node.issuer.region, then)
    return {
        "region": region,
        "day": day.isoformat(),
        "is_known": bundle is not None,
        "as_of": None if known is None else rfc3339(known.federation.as_of),
        "decision": None if decision is None else as_json(decision),
        "after_renewal": None if after is None else as_json(after),
        "words": words(_answer(decision, there, day)),
        "notes": [words(note) for note in _notes(known, after, national, is_ahead=then > now + DAY)],
    }


def _region(code: str) -> RegionCode:
    if not is_region(code):
        raise InvalidInput("there is no region with this code", field="region")
    return RegionCode(code)


def _instant(day: date, now: Instant) -> Instant:
    """Give the instant a day is answered for: its noon, today now. Raises: InvalidInput."""
    today = datetime.fromtimestamp(now, BEIJING).date()
    if not 0 <= (day - today).days <= MOST_DAYS:
        raise InvalidInput("this day is past, or too far ahead", field="day", next_step=_AGAIN)
    return now if day == today else instant_of(datetime.combine(day, _NOON))


def _pass(node: Node, signed_in: HolderKey, pass_id: str | None, now: Instant) -> KnownPass:
    """Give the pass that is asked about. Raises: UnknownRecord, NotPossibleNow."""
    assess_outdated(node.issuer, [signed_in], at=now)
    with node.store.reading() as transaction:
        if pass_id is not None:
            found = [own_pass(transaction, signed_in, pass_id)]
        else:
            found = [
                each for each in passes_in_hand(transaction, signed_in, at=now) if each.holder == signed_in
            ]
    current = next((each for each in found if each.state is PassState.CURRENT), None)
    if current is None:
        raise NotPossibleNow("there is no current pass to ask about", next_step="Apply for one first.")
    return _in_hand(current)


def _in_hand(issued: IssuedPass) -> KnownPass:
    return KnownPass(data=issued.data, list_index=issued.list_index)


def _bundle(
    node: Node, there: RegionCode, known: KnownRegions | None, *, at: Instant
) -> VerifierBundle | None:
    """Give what a gate there would carry; at home, what this node publishes itself."""
    issuer = node.issuer
    if there == issuer.region:
        try:
            data = (node.published / BUNDLE_FILE).read_bytes()
            return open_bundle(data, anchor=Anchor(host=there, root=issuer.keys.key_list.root))
        except (OSError, ComityError):
            return None
    return None if known is None else known.federation.bundle_of(there, issuer.keys.key_list, at=at)


def _national_row(known: KnownRegions, home: RegionCode, at: Instant) -> NationalRow | None:
    """Find what the national rulebook in force then says of the pass's region, unless it is released."""
    rulebook = national_in_force(known.national, at)
    row = None if rulebook is None else rulebook.find_row(home)
    is_released = row is not None and any(
        release.effective_from <= at and not release.areas_except for release in row.releases
    )
    return None if is_released else row


def _answer(decision: Decision | None, there: RegionCode, day: date) -> Text:
    """Say the answer in one sentence."""
    region = get_region(there)
    where = Text(zh=region.short_zh, en=region.name_en)
    if decision is None:
        return text("trip.unknown", region=where)
    when = Text(zh=f"{day.year}年{day.month}月{day.day}日", en=day.isoformat())
    key = _WORDS.get(decision.outcome, "trip.undecided")
    if decision.outcome is Outcome.REFER:
        return text(key, day=when, region=where, authority=decision.authority or "")
    return text(key, day=when, region=where)


def _notes(
    known: KnownRegions | None, after: Decision | None, national: NationalRow | None, *, is_ahead: bool
) -> list[Text]:
    """Say what the answer rests on, and what could change it."""
    notes: list[Text] = []
    if after is not None:
        notes.append(text("trip.expires"))
    if national is not None:
        home = get_region(national.issuer)
        where = Text(zh=home.short_zh, en=home.name_en)
        notes.append(text("trip.national", region=where, authority=national.authority))
    if known is not None:
        notes.append(text("trip.as_of", time=plain_time(known.federation.as_of)))
    if is_ahead:
        notes.append(text("trip.may_change"))
    return notes
