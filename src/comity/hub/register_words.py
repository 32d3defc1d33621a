"""What the register tells of regions, pairs and changes, in Chinese and English (C2.1)."""

from __future__ import annotations

from collections.abc import Iterable

from comity.domain.instant import plain_time
from comity.domain.region import NATION, RegionCode, find_division, get_region, is_region
from comity.domain.texts import Text, text
from comity.hub.pair_state import PairState, PairStep
from comity.hub.register_change import RegisterChange
from comity.hub.register_entry import RegisterEntry
from comity.hub.rulebook_words import joined
from comity.hub.statements import AUTHORITY_SIGNED


def region_name(code: RegionCode) -> Text:
    """Give the full name of a region or of the nation; English has one name for it."""
    if code == NATION:
        return text("nation")
    region = get_region(code)
    return Text(zh=region.name_zh, en=region.name_en)


def short_name(code: RegionCode) -> Text:
    """Give the short name of a region or of the nation."""
    if code == NATION:
        return text("nation")
    region = get_region(code)
    return Text(zh=region.short_zh, en=region.name_en)


def areas_words(areas: Iterable[str]) -> Text:
    """Name areas, listed or not."""
    return joined(_area_name(area) for area in areas)


def _area_name(area: str) -> Text:
    if is_region(area):
        return short_name(area)
    division = find_division(area)
    if division is None:
        return text("area.unlisted", code=area)
    return Text(zh=division.name_zh, en=division.name_en)


def signer_name(entry: RegisterEntry) -> Text:
    """Name who signed an entry: a region, the hub, or the national authority."""
    if entry.region is not None:
        return region_name(entry.region)
    return text("register.authority" if entry.signed_by == AUTHORITY_SIGNED else "register.hub")


def step_word(step: PairStep) -> Text:
    """Give the word for a step."""
    return text(f"pair_step.{step}")


def state_sentence(state: PairState) -> Text:
    """Tell the state of a pair in one sentence."""
    return text(
        f"pair_step.{state.step}.told",
        host=short_name(state.host),
        issuer=short_name(state.issuer),
        since="" if state.since is None else plain_time(state.since),
        areas=areas_words(state.standing.areas_except),
        authority=state.standing.authority or "",
    )


def change_title(change: RegisterChange) -> Text:
    """Tell a change in one line."""
    nobody = Text(zh="", en="")
    return text(
        f"change.{change.kind}",
        host=nobody if change.host is None else short_name(change.host),
        issuer=nobody if change.issuer is None else short_name(change.issuer),
        version=change.entry.version,
    )


def change_detail(change: RegisterChange) -> Text:
    """Tell from when a change takes effect, what signed words it rests on, and its reason if it has one."""
    told = text(
        "change.detail",
        signer=signer_name(change.entry),
        accepted_at=plain_time(change.entry.accepted_at),
        effective_from=plain_time(change.effective_from),
        version=change.entry.version,
        clause=change.entry.clause,
    )
    if change.reason is None:
        return told
    reason = text("change.reason", reason=change.reason)
    return Text(zh=told.zh + reason.zh, en=f"{told.en} {reason.en}")
