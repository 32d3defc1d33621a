"""The register as JSON: the same model as the pages, every text in zh and en, times in +08:00."""

from __future__ import annotations

from pydantic import BaseModel, Field

from comity.domain.national_rulebook import NationalRow
from comity.domain.recognition import Release
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.hub.pair_state import PairPeriod, PairState, PairStep
from comity.hub.register import Member
from comity.hub.register_change import ChangeKind, RegisterChange
from comity.hub.register_entry import RegisterEntry
from comity.hub.register_words import change_title, region_name, state_sentence, step_word
from comity.hub.rulebook_differences import Difference, Direction
from comity.hub.rulebook_words import RowWords
from comity.records.statement_kinds import StatementKind
from comity.server.register_source import RegisterView
from comity.server.words import Words, moment, words
from comity.trust.keys import KeyEntry, KeyList, Membership
from comity.trust.location import Location


class Stamp(BaseModel):
    """What every answer says of itself: the instant it is about, and the state of the register it is from."""

    as_of: str = Field(examples=["2020-03-20T12:00:00+08:00"])
    version: str = Field(description="a hash over all that was known", examples=["5f1c9d0a" * 4])
    is_test: bool = Field(description="true at a test hub")


class StatementView(BaseModel):
    """One signed statement; `digest` is the SHA-256 of the bytes at `url`."""

    kind: StatementKind
    signed_by: str = Field(description="a region, `hub` or `authority`", examples=["150000"])
    about: str | None = Field(examples=["440000"])
    version: int
    accepted_at: str
    clause: str
    digest: str = Field(examples=["8f14e45fceea167a5a36dedd4bea2543" * 2])
    url: str = Field(examples=[f"/statements/{'8f14e45fceea167a5a36dedd4bea2543' * 2}.cbor"])


class ChangeView(BaseModel):
    """What one statement changed."""

    kind: ChangeKind
    title: Words
    reason: Words | None
    effective_from: str
    statement: StatementView


class PeriodView(BaseModel):
    """What holds from an instant on; without one it has always held."""

    since: str | None
    step: PairStep
    areas_except: list[str]
    authority: str | None


class PairView(BaseModel):
    """One pair at an instant."""

    host: str
    issuer: str = Field(examples=["440000"])
    step: PairStep
    word: Words
    sentence: Words
    since: str | None
    areas_except: list[str]
    authority: str | None
    next: PeriodView | None = Field(description="what is announced")
    rests_on: str | None = Field(description="digest of the statement behind the state", examples=["8f" * 32])


class PairAnswer(BaseModel):
    """A pair with all its periods and all that was said about it."""

    stamp: Stamp
    pair: PairView
    timeline: list[PeriodView]
    history: list[ChangeView]


class HostAnswer(BaseModel):
    """One host and every other region."""

    stamp: Stamp
    host: str
    name: Words
    pairs: list[PairView]


class MatrixRow(BaseModel):
    """The steps of one host, in the order of `regions`."""

    host: str
    steps: list[PairStep]


class MatrixAnswer(BaseModel):
    """All pairs: a row a host, a column an issuer."""

    stamp: Stamp
    regions: list[str] = Field(examples=[["110000", "120000"]])
    rows: list[MatrixRow]


class KeyView(BaseModel):
    """One key of a region, by thumbprint (RFC 9679) in hex."""

    usage: str = Field(examples=["statement"])
    thumbprint: str = Field(examples=["8f14e45f" * 8])
    not_before: str | None
    not_after: str | None
    revoked_at: str | None


class MemberView(BaseModel):
    """What is known of one region."""

    region: str
    name: Words
    takes_part: bool
    member_from: str | None
    member_to: str | None
    reason: Words | None = Field(description="why its part ends, where it does (settled rule 5)")
    root_thumbprint: str | None = Field(examples=["8f14e45f" * 8])
    location: str | None = Field(examples=["https://node.example"])
    key_list_version: int | None
    keys: list[KeyView]


class MembersAnswer(BaseModel):
    """Every region."""

    stamp: Stamp
    members: list[MemberView]


class RowView(BaseModel):
    """One row of a rulebook in words; green has none (C2.3)."""

    colour: str = Field(examples=["yellow"])
    who: Words
    what: Words
    how_long: Words
    responsible: Words
    ends: Words
    appeal: Words
    onward: Words | None
    own_text: Words | None


class RulebookView(BaseModel):
    """One version of a region's rulebook."""

    valid_from: str | None
    valid_to: str | None
    emergency: Words | None = Field(description="the reason of one that took the emergency lane (C2.2)")
    validity_days: int
    status_max_age_device: int = Field(description="seconds")
    status_max_age_paper: int = Field(description="seconds")
    rows: list[RowView]
    statement: StatementView


class DifferenceView(BaseModel):
    """One thing said differently."""

    about: Words
    before: list[Words]
    after: list[Words]
    direction: Direction


class RulebookAnswer(BaseModel):
    """A version, and how it differs from `against`."""

    stamp: Stamp
    region: str
    rulebook: RulebookView
    against: int | None
    differences: list[DifferenceView]


class RegionAnswer(BaseModel):
    """One region with its rulebook in force and all versions."""

    stamp: Stamp
    member: MemberView
    rulebook: RulebookView | None
    versions: list[StatementView]


class ReleaseView(BaseModel):
    """From when passes are recognised, and but for which areas."""

    effective_from: str
    areas_except: list[str]


class ReferralView(BaseModel):
    """A host that refers an issuer; `binds` says that its referral says what the national rulebook says."""

    host: str
    step: PairStep
    binds: bool


class NationalRowView(BaseModel):
    """The requirement for one issuer (C3.3)."""

    issuer: str
    name: Words
    authority: str = Field(examples=["12345"])
    names_areas: bool
    releases: list[ReleaseView]
    hosts: list[ReferralView]


class NationalAnswer(BaseModel):
    """The national rulebook in force, and all versions."""

    stamp: Stamp
    rulebook_version: int | None
    rows: list[NationalRowView]
    versions: list[StatementView]


class ChangesAnswer(BaseModel):
    """Changes, the newest first."""

    stamp: Stamp
    changes: list[ChangeView]


class StatementsAnswer(BaseModel):
    """Every statement that was known, in the order of acceptance."""

    stamp: Stamp
    left_out: int = Field(description="records of the hub that do not verify and are not shown")
    statements: list[StatementView]


def stamp(view: RegisterView, *, is_test: bool) -> Stamp:
    """Write what every answer says of itself."""
    return Stamp(as_of=_moment(view.at), version=view.register.version, is_test=is_test)


def statement_view(entry: RegisterEntry) -> StatementView:
    """Write an entry."""
    return StatementView(
        kind=entry.kind,
        signed_by=entry.signed_by,
        about=entry.about,
        version=entry.version,
        accepted_at=_moment(entry.accepted_at),
        clause=entry.clause,
        digest=entry.digest,
        url=f"/statements/{entry.digest}.cbor",
    )


def change_view(change: RegisterChange) -> ChangeView:
    """Write a change."""
    return ChangeView(
        kind=change.kind,
        title=words(change_title(change)),
        reason=None if change.reason is None else words(change.reason),
        effective_from=_moment(change.effective_from),
        statement=statement_view(change.entry),
    )


def period_view(period: PairPeriod) -> PeriodView:
    """Write a period."""
    standing = period.standing
    return PeriodView(
        since=moment(period.since),
        step=standing.step,
        areas_except=list(standing.areas_except),
        authority=standing.authority,
    )


def pair_view(state: PairState) -> PairView:
    """Write a pair."""
    return PairView(
        host=state.host,
        issuer=state.issuer,
        step=state.step,
        word=words(step_word(state.step)),
        sentence=words(state_sentence(state)),
        since=moment(state.since),
        areas_except=list(state.standing.areas_except),
        authority=state.standing.authority,
        next=None if state.next is None else period_view(state.next),
        rests_on=None if state.standing.entry is None else state.standing.entry.digest,
    )


def member_view(member: Member, view: RegisterView) -> MemberView:
    """Write what is known of a region."""
    said = None if member.membership is None else member.membership.said
    membership = said if isinstance(said, Membership) else None
    keys = None if member.key_list is None else member.key_list.said
    location = None if member.location is None else member.location.said
    return MemberView(
        region=member.region,
        name=words(region_name(member.region)),
        takes_part=member.takes_part(view.at),
        member_from=None if membership is None else moment(membership.member_from),
        member_to=None if membership is None else moment(membership.member_to),
        reason=None if membership is None or membership.reason is None else words(membership.reason),
        root_thumbprint=None if membership is None else membership.root_thumbprint.hex(),
        location=location.url if isinstance(location, Location) else None,
        key_list_version=keys.version if isinstance(keys, KeyList) else None,
        keys=[_key_view(entry) for entry in keys.entries] if isinstance(keys, KeyList) else [],
    )


def _key_view(entry: KeyEntry) -> KeyView:
    return KeyView(
        usage=str(entry.usage),
        thumbprint=entry.key.thumbprint.hex(),
        not_before=moment(entry.not_before),
        not_after=moment(entry.not_after),
        revoked_at=moment(entry.revoked_at),
    )


def rulebook_view(rulebook: Rulebook, entry: RegisterEntry, rows: tuple[RowWords, ...]) -> RulebookView:
    """Write a rulebook with its rows in words."""
    return RulebookView(
        valid_from=moment(rulebook.valid_from),
        valid_to=moment(rulebook.valid_to),
        emergency=None if rulebook.emergency is None else words(rulebook.emergency),
        validity_days=rulebook.validity_days,
        status_max_age_device=rulebook.status_max_age.device,
        status_max_age_paper=rulebook.status_max_age.paper,
        rows=[_row_view(row) for row in rows],
        statement=statement_view(entry),
    )


def _row_view(row: RowWords) -> RowView:
    return RowView(
        colour=str(row.colour),
        who=words(row.who),
        what=words(row.what),
        how_long=words(row.how_long),
        responsible=words(row.responsible),
        ends=words(row.ends),
        appeal=words(row.appeal),
        onward=None if row.onward is None else words(row.onward),
        own_text=None if row.own_text is None else words(row.own_text),
    )


def difference_view(difference: Difference) -> DifferenceView:
    """Write a difference."""
    return DifferenceView(
        about=words(difference.about),
        before=[words(each) for each in difference.before],
        after=[words(each) for each in difference.after],
        direction=difference.direction,
    )


def national_row_view(row: NationalRow, referring: tuple[tuple[PairState, bool], ...]) -> NationalRowView:
    """Write the requirement for one issuer."""
    return NationalRowView(
        issuer=row.issuer,
        name=words(region_name(RegionCode(row.issuer))),
        authority=row.authority,
        names_areas=row.names_areas,
        releases=[_release_view(release) for release in row.releases],
        hosts=[ReferralView(host=state.host, step=state.step, binds=binds) for state, binds in referring],
    )


def _release_view(release: Release) -> ReleaseView:
    return ReleaseView(
        effective_from=_moment(release.effective_from), areas_except=list(release.areas_except)
    )


def _moment(at: int) -> str:
    return moment(at) or ""
