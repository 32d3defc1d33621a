"""A national register to look at: 31 regions, the notice's own host and issuers, and one of every case.

Inner Mongolia invites all on 8 March 2020, replies arrive one by one, Hubei is referred and released by date.
Other hosts are less far along; Guangdong suspends one issuer, Zhejiang tightens and loosens its rulebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from comity.domain.colour import Colour, ColourReason
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.recognition import Recognition, RecognitionStep, Referral, Release, Step, Suspension
from comity.domain.region import HUBEI, INNER_MONGOLIA, RegionCode
from comity.domain.rulebook import Appeal, Ends, MeasureKind, MeasureRow, Responsible, Rulebook, StatusMaxAge
from comity.domain.texts import Text
from comity.hub.register import REGIONS, Register, read_register
from comity.hub.statements import AUTHORITY_SIGNED, HUB_SIGNED, AcceptedStatement, statement_id
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import Usage
from comity.trust.location import Location, write_location
from comity.trust.membership import write_membership
from comity.trust.national_statements import (
    NationalAuthority,
    write_national_authority,
    write_national_rulebook,
)
from comity.trust.recognition_statements import write_recognition, write_referral, write_signed_rulebook
from comity.trust.recognition_steps import write_step
from tests.builders import HUB, instant, key, membership, signed_key_list, signed_membership

JOINED_AT: Final = instant("2020-03-05T09:00:00+08:00")
INVITED_AT: Final = instant("2020-03-08T09:00:00+08:00")
PUBLISHED_AT: Final = instant("2020-03-18T18:00:00+08:00")
EFFECT: Final = instant("2020-03-19T00:00:00+08:00")
OPENING: Final = instant("2020-03-25T00:00:00+08:00")
WUHAN: Final = instant("2020-04-08T00:00:00+08:00")
NOW: Final = instant("2020-04-02T10:30:00+08:00")
"""When the register is looked at: Hubei outside Wuhan is released, Wuhan is announced."""

GUANGDONG: Final = RegionCode("440000")
ZHEJIANG: Final = RegionCode("330000")
SHANGHAI: Final = RegionCode("310000")
XINJIANG: Final = RegionCode("650000")
TIBET: Final = RegionCode("540000")
AUTHORITY: Final = key("authority")
BODY: Final = "国务院联防联控机制 12345"
RELEASES: Final = (
    Release(effective_from=OPENING, areas_except=("420100",)),
    Release(effective_from=WUHAN),
)


class Book:
    """What the hub has accepted so far; every version is the next of its line."""

    def __init__(self, *, is_test: bool = True) -> None:
        self.is_test = is_test
        self.statements: list[AcceptedStatement] = []
        self._versions: dict[tuple[StatementKind, str, str | None], int] = {}

    def next_version(self, kind: StatementKind, region: str, about: str | None = None) -> int:
        """Give the version the next statement of this line has."""
        return self._versions.get((kind, region, about), 0) + 1

    def accept(
        self, kind: StatementKind, data: bytes, *, region: str, at: Instant, about: str | None = None
    ) -> None:
        """Keep a statement as the hub does."""
        version = self.next_version(kind, region, about)
        self._versions[kind, region, about] = version
        self.statements.append(
            AcceptedStatement(
                statement_id=statement_id(kind, region, about, version),
                kind=kind,
                region=region,
                about=about,
                version=version,
                data=data,
                accepted_at=at,
                effective_from=at,
            )
        )

    def join(self, region: RegionCode, at: Instant) -> None:
        """Let a region join: membership, keys, location."""
        member = signed_membership(region, is_test=self.is_test)
        self.accept(StatementKind.MEMBERSHIP, member, region=HUB_SIGNED, about=region, at=at)
        keys = signed_key_list(region, is_test=self.is_test)
        self.accept(StatementKind.KEY_LIST, keys, region=region, at=at)
        location = Location(region=region, version=1, url=f"https://node-{region}.example")
        data = write_location(location, key(region, Usage.STATEMENT), is_test=self.is_test)
        self.accept(StatementKind.LOCATION, data, region=region, at=at)

    def leave(self, region: RegionCode, at: Instant, *, ends: Instant, reason: Text) -> None:
        """Let a region stop taking part from an instant on, for a reason."""
        version = self.next_version(StatementKind.MEMBERSHIP, HUB_SIGNED, region)
        said = replace(membership(region), version=version, member_to=ends, reason=reason)
        data = write_membership(said, HUB, is_test=self.is_test)
        self.accept(StatementKind.MEMBERSHIP, data, region=HUB_SIGNED, about=region, at=at)

    def step(
        self,
        host: RegionCode,
        issuer: RegionCode,
        step: Step,
        at: Instant,
        *,
        effective_from: Instant | None = None,
        reason: Text | None = None,
    ) -> None:
        """Let a host take a step."""
        kind = StatementKind.RECOGNITION_STEP
        said = RecognitionStep(
            host=host,
            issuer=issuer,
            version=self.next_version(kind, host, issuer),
            step=step,
            at=at,
            effective_from=effective_from,
            reason=reason,
        )
        data = write_step(said, key(host, Usage.STATEMENT), is_test=self.is_test)
        self.accept(kind, data, region=host, about=issuer, at=at)

    def steps(self, host: RegionCode, issuer: RegionCode, *, began: Instant, days: int) -> None:
        """Let a host invite, hear a reply after some days, and confirm a day later."""
        self.step(host, issuer, Step.INVITED, began)
        self.step(host, issuer, Step.REPLIED, began + days * DAY)
        self.step(host, issuer, Step.CONFIRMED, began + (days + 1) * DAY)

    def recognise(
        self,
        host: RegionCode,
        issuer: RegionCode,
        at: Instant,
        *,
        effective_from: Instant | None = None,
        suspension: Suspension | None = None,
        resumption: Suspension | None = None,
        published_at: Instant | None = None,
    ) -> None:
        """Let a host publish a recognition, or its next version."""
        kind = StatementKind.RECOGNITION
        said = Recognition(
            host=host,
            issuer=issuer,
            version=self.next_version(kind, host, issuer),
            published_at=at if published_at is None else published_at,
            effective_from=at if effective_from is None else effective_from,
            suspension=suspension,
            resumption=resumption,
        )
        data = write_recognition(said, key(host, Usage.STATEMENT), is_test=self.is_test)
        self.accept(kind, data, region=host, about=issuer, at=at)

    def refer(
        self, host: RegionCode, issuer: RegionCode, at: Instant, *, releases: tuple[Release, ...]
    ) -> None:
        """Let a host refer an issuer to the national requirement."""
        kind = StatementKind.REFERRAL
        version = self.next_version(kind, host, issuer)
        said = Referral(host=host, issuer=issuer, version=version, authority=BODY, releases=releases)
        data = write_referral(said, key(host, Usage.STATEMENT), is_test=self.is_test)
        self.accept(kind, data, region=host, about=issuer, at=at)

    def rule(self, rulebook: Rulebook, at: Instant) -> None:
        """Let a region publish its rulebook; the version is filled in."""
        kind = StatementKind.RULEBOOK
        said = replace(rulebook, version=self.next_version(kind, rulebook.region))
        data = write_signed_rulebook(said, key(said.region, Usage.STATEMENT), is_test=self.is_test)
        self.accept(kind, data, region=said.region, at=at)

    def require(self, releases: tuple[Release, ...], at: Instant, *, valid_from: Instant) -> None:
        """Let the national authority publish its rulebook about Hubei."""
        kind = StatementKind.NATIONAL_RULEBOOK
        said = NationalRulebook(
            version=self.next_version(kind, AUTHORITY_SIGNED),
            published_at=at,
            valid_from=valid_from,
            rows=(NationalRow(issuer=HUBEI, authority=BODY, releases=releases, names_areas=True),),
        )
        data = write_national_rulebook(said, AUTHORITY, is_test=self.is_test)
        self.accept(kind, data, region=AUTHORITY_SIGNED, at=at)

    def name_authority(self, at: Instant) -> None:
        """Let the hub's root name the national authority."""
        said = NationalAuthority(version=1, key=AUTHORITY.public, valid_from=at)
        data = write_national_authority(said, HUB, is_test=self.is_test)
        self.accept(StatementKind.NATIONAL_AUTHORITY, data, region=HUB_SIGNED, at=at)

    def register(self) -> Register:
        """Read the register of all of it."""
        statements = sorted(self.statements, key=lambda each: each.accepted_at)
        return read_register(statements, hub=HUB.public, is_test=self.is_test)


def national_book(*, is_test: bool = True) -> Book:
    """The whole register, as described above."""
    book = Book(is_test=is_test)
    book.name_authority(JOINED_AT - DAY)
    for place, region in enumerate(REGIONS):
        if region != TIBET:
            book.join(region, JOINED_AT + place * HOUR)
    _inner_mongolia(book)
    for place, host in enumerate(REGIONS):
        if host not in (INNER_MONGOLIA, HUBEI, TIBET):
            _other_host(book, host, place)
    _suspension(book)
    for rulebook, at in _rulebooks():
        book.rule(rulebook, at)
    return book


def _inner_mongolia(book: Book) -> None:
    book.require((), PUBLISHED_AT - DAY, valid_from=EFFECT)
    book.require(RELEASES, EFFECT + 4 * DAY, valid_from=OPENING)
    book.refer(INNER_MONGOLIA, HUBEI, PUBLISHED_AT, releases=())
    book.refer(INNER_MONGOLIA, HUBEI, EFFECT + 4 * DAY + HOUR, releases=RELEASES)
    for place, issuer in enumerate(REGIONS):
        if issuer in (INNER_MONGOLIA, HUBEI):
            continue
        if issuer == TIBET:
            book.step(INNER_MONGOLIA, issuer, Step.INVITED, INVITED_AT)
        elif issuer == XINJIANG:
            book.step(INNER_MONGOLIA, issuer, Step.INVITED, INVITED_AT)
            book.step(INNER_MONGOLIA, issuer, Step.REPLIED, EFFECT + 12 * DAY)
        else:
            book.steps(INNER_MONGOLIA, issuer, began=INVITED_AT, days=1 + place % 8)
            late = place % 9 == 7
            at = EFFECT + 13 * DAY if late else PUBLISHED_AT
            book.recognise(INNER_MONGOLIA, issuer, at, effective_from=NOW + 2 * DAY if late else EFFECT)


def _other_host(book: Book, host: RegionCode, place: int) -> None:
    book.refer(host, HUBEI, EFFECT + 5 * DAY, releases=RELEASES)
    for other, issuer in enumerate(REGIONS):
        if issuer in (host, HUBEI, TIBET):
            continue
        began = INVITED_AT + ((place * 7 + other) % 13) * DAY
        far = (place * 5 + other * 3) % 11
        if far == 0:
            continue
        if far == 1:
            book.step(host, issuer, Step.INVITED, began)
        elif far == 2:
            book.step(host, issuer, Step.INVITED, began)
            book.step(host, issuer, Step.REPLIED, began + 2 * DAY)
        else:
            book.steps(host, issuer, began=began, days=1 + other % 3)
            if far > 3:
                at = began + (3 + other % 3) * DAY
                book.recognise(host, issuer, at, effective_from=at + DAY)


def _suspension(book: Book) -> None:
    told, at = NOW - 6 * DAY, NOW - 5 * DAY
    published = JOINED_AT + 20 * DAY
    suspension = Suspension(published_at=at, effective_from=at + 2 * DAY)
    reason = Text(
        zh="上海与广东核对发现，两地对密切接触者的解除时间不一致。暂停期间请通过人工通道办理。",
        en="A comparison found that the two regions clear close contacts at different times. "
        "Until it is settled, please use the manual path.",
    )
    book.step(GUANGDONG, SHANGHAI, Step.DEVIATION_REPORTED, told, effective_from=at + 2 * DAY, reason=reason)
    book.recognise(GUANGDONG, SHANGHAI, at, published_at=published, suspension=suspension)
    resumption = Suspension(published_at=NOW - HOUR, effective_from=NOW + 3 * DAY)
    book.recognise(
        GUANGDONG,
        SHANGHAI,
        NOW - HOUR,
        published_at=published,
        suspension=suspension,
        resumption=resumption,
    )


def _rulebooks() -> Iterator[tuple[Rulebook, Instant]]:
    for region in (INNER_MONGOLIA, GUANGDONG, SHANGHAI):
        yield Rulebook(region=region, version=1), PUBLISHED_AT
    first = Rulebook(region=ZHEJIANG, version=1, validity_days=7, rows=(_MONITORED, _ISOLATED))
    yield first, PUBLISHED_AT
    tighter = replace(
        first,
        valid_from=NOW - 4 * DAY,
        status_max_age=StatusMaxAge(device=DAY, paper=2 * DAY),
        rows=(_MONITORED, _CONTACTS, _ISOLATED, _TREATED),
    )
    yield tighter, NOW - 7 * DAY
    looser = replace(
        tighter,
        valid_from=NOW + DAY,
        validity_days=14,
        status_max_age=StatusMaxAge(),
        rows=(replace(_MONITORED, days=3), replace(_CONTACTS, days=7), _ISOLATED, _TREATED),
    )
    yield looser, NOW - 2 * DAY
    yield Rulebook(region=INNER_MONGOLIA, version=2, valid_from=NOW - 3 * DAY, rows=(_AWAY,)), NOW - 6 * DAY


_MONITORED: Final = MeasureRow(
    colour=Colour.YELLOW,
    kind=MeasureKind.HEALTH_MONITORING,
    days=7,
    responsible=Responsible.COMMUNITY,
    ends=Ends.AFTER_DAYS,
    appeal=Appeal.HOST,
)
_CONTACTS: Final = MeasureRow(
    colour=Colour.YELLOW,
    reasons=(ColourReason.CLOSE_CONTACT, ColourReason.SYMPTOMS),
    kind=MeasureKind.HOME_OBSERVATION,
    days=14,
    responsible=Responsible.COUNTY_CDC,
    ends=Ends.MEDICAL_CLEARANCE,
    appeal=Appeal.HOST,
)
_ISOLATED: Final = MeasureRow(
    colour=Colour.RED,
    kind=MeasureKind.CENTRAL_ISOLATION,
    days=14,
    responsible=Responsible.COUNTY_COMMAND,
    ends=Ends.AFTER_DAYS,
    appeal=Appeal.HOME,
)
_TREATED: Final = MeasureRow(
    colour=Colour.RED,
    reasons=(ColourReason.CONFIRMED_CASE, ColourReason.SUSPECTED_CASE),
    kind=MeasureKind.MEDICAL_REFERRAL,
    days=None,
    responsible=Responsible.DESIGNATED_HOSPITAL,
    ends=Ends.MEDICAL_CLEARANCE,
    appeal=Appeal.HOST,
)
_AWAY: Final = MeasureRow(
    colour=Colour.RED,
    reasons=(ColourReason.AREA_ARRIVAL,),
    kind=MeasureKind.NO_ENTRY,
    days=14,
    responsible=Responsible.COUNTY_COMMAND,
    ends=Ends.ISSUER_RELEASE,
    appeal=Appeal.HOME,
    onward=Text(
        zh="乘免费接驳车返回，由旗县指挥部接送", en="a free bus back, arranged by the county command"
    ),
)
