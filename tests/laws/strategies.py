"""Strategies: every claim, rulebook, statement and situation that can be, within its bounds."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from comity.codec.cbor import Value
from comity.domain.claims import DeviceKey, PassClaims, PassId, StatusReference
from comity.domain.colour import COLOUR_REASONS, COLOURS, PASS_CLASSES, Colour, ColourReason
from comity.domain.instant import DAY, HOUR, LAST_INSTANT, Instant
from comity.domain.recognition import Recognition, Referral, Release, Suspension
from comity.domain.region import INNER_MONGOLIA, REGION_CODES, RegionCode
from comity.domain.rulebook import Appeal, Ends, MeasureKind, MeasureRow, Responsible, Rulebook, StatusMaxAge
from comity.domain.texts import Text
from comity.trust.status import ENTRY_BITS, StatusArray, pack
from tests.laws.situation import AT, Showing, Situation, a_pass, recognised

REGIONS: Final = sorted(REGION_CODES)
INTEGERS: Final = st.integers(-(2**64), 2**64 - 1)
INSTANTS: Final = st.integers(0, LAST_INSTANT)
REGION: Final = st.sampled_from(REGIONS)
WORDS: Final = st.text(min_size=1, max_size=12).filter(lambda words: bool(words.strip()))
BOTH_LANGUAGES: Final = st.builds(Text, zh=WORDS, en=WORDS)
DIGITS: Final = "0123456789"
MEASURED: Final = (Colour.YELLOW, Colour.RED)


def cbor_values(depth: int = 7) -> st.SearchStrategy[Value]:
    """Every value the codec knows, with at most `depth` containers in one another."""
    plain: st.SearchStrategy[Value] = st.one_of(
        st.none(), st.booleans(), INTEGERS, st.binary(max_size=40), st.text(max_size=20)
    )
    if depth == 0:
        return plain
    inside = st.deferred(lambda: cbor_values(depth - 1))
    keys: st.SearchStrategy[int | str] = st.one_of(INTEGERS, st.text(max_size=8))
    lists: st.SearchStrategy[Value] = st.lists(inside, max_size=3).map(list)
    maps: st.SearchStrategy[Value] = st.dictionaries(keys, inside, max_size=3).map(dict)
    return st.one_of(plain, lists, maps)


def area_of(issuer: str) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=4, max_size=4).map(lambda rest: issuer[:2] + rest)


@st.composite
def claims(draw: st.DrawFn) -> PassClaims:
    """Every set of claims that can be written, sensible or not."""
    issuer = draw(REGION)
    issued_at = draw(st.integers(0, LAST_INSTANT - 1))
    colour = draw(st.sampled_from(COLOURS))
    reference = st.builds(
        StatusReference, uri=st.text(min_size=1, max_size=64), index=st.integers(0, 2**64 - 1)
    )
    bare = PassClaims(
        issuer=issuer,
        pass_id=PassId(draw(st.binary(min_size=8, max_size=8))),
        issued_at=issued_at,
        expires_at=draw(st.integers(issued_at + 1, LAST_INSTANT)),
        colour=colour,
        pass_class=draw(st.sampled_from(PASS_CLASSES)),
        masked_name=draw(st.text(min_size=1, max_size=4)),
        id_last4=draw(st.text(min_size=4, max_size=4)),
        device_key=draw(
            st.none() | st.builds(DeviceKey, x=st.binary(min_size=32, max_size=32), y_is_odd=st.booleans())
        ),
        status=draw(st.none() | reference),
        area=draw(st.none() | area_of(issuer)),
        is_guardian_held=draw(st.booleans()),
    )
    if colour is Colour.GREEN:
        return bare
    return bare._replace(
        reason=draw(st.sampled_from(COLOUR_REASONS)),
        basis=draw(INSTANTS),
        until=draw(INSTANTS),
        origin=draw(st.none() | REGION),
    )


@st.composite
def rows(draw: st.DrawFn) -> MeasureRow:
    """Every row that may be published."""
    kind = draw(st.sampled_from(list(MeasureKind)))
    days: st.SearchStrategy[int | None] = st.integers(1, 21)
    return MeasureRow(
        colour=draw(st.sampled_from(MEASURED)),
        reasons=tuple(draw(st.lists(st.sampled_from(COLOUR_REASONS), unique=True))),
        kind=kind,
        days=draw(st.none() | days if kind is MeasureKind.MEDICAL_REFERRAL else days),
        responsible=draw(st.sampled_from(list(Responsible))),
        ends=draw(st.sampled_from(list(Ends))),
        appeal=draw(st.sampled_from(list(Appeal))),
        onward=draw(BOTH_LANGUAGES) if kind is MeasureKind.NO_ENTRY else None,
        text=draw(BOTH_LANGUAGES),
    )


@st.composite
def rulebooks(draw: st.DrawFn, region: str | None = None, in_force_at: Instant | None = None) -> Rulebook:
    """Every rulebook that may be published, of a region and in force at an instant where these are given."""
    code = RegionCode(region) if region else draw(REGION)
    middle = draw(st.integers(1, LAST_INSTANT - 1)) if in_force_at is None else in_force_at
    ages = st.integers(24 * HOUR, 7 * DAY)
    return Rulebook(
        region=code,
        version=draw(st.integers(1, 2**32)),
        valid_from=draw(st.none() | st.integers(0, middle)),
        valid_to=draw(st.none() | st.integers(middle + 1, LAST_INSTANT)),
        validity_days=14 if code == INNER_MONGOLIA else draw(st.integers(1, 30)),
        status_max_age=StatusMaxAge(device=draw(ages), paper=draw(ages)),
        rows=tuple(draw(st.lists(rows(), max_size=5))),
    )


SUSPENSIONS: Final = st.none() | st.builds(Suspension, published_at=INSTANTS, effective_from=INSTANTS)
AREAS: Final = st.lists(st.text(DIGITS, min_size=6, max_size=6), max_size=3).map(tuple)
RECOGNITIONS: Final = st.builds(
    Recognition,
    host=st.just(INNER_MONGOLIA),
    issuer=REGION,
    version=st.integers(0, 2**32),
    published_at=INSTANTS,
    effective_from=INSTANTS,
    suspension=SUSPENSIONS,
    resumption=SUSPENSIONS,
)
REFERRALS: Final = st.builds(
    Referral,
    host=st.just(INNER_MONGOLIA),
    issuer=REGION,
    version=st.integers(0, 2**32),
    authority=st.text(max_size=20),
    releases=st.lists(st.builds(Release, effective_from=INSTANTS, areas_except=AREAS), max_size=3).map(tuple),
)


@st.composite
def status_arrays(draw: st.DrawFn, bits: int | None = None, size: int | None = None) -> StatusArray:
    width = draw(st.sampled_from(ENTRY_BITS)) if bits is None else bits
    places = draw(st.integers(1, 2_000)) if size is None else size
    statuses = st.dictionaries(st.integers(0, places - 1), st.integers(0, 2**width - 1), max_size=40)
    return pack(draw(statuses), size=places, bits=width)


VOID, SUSPENDED, SUPERSEDED = 1, 2, 3
TRUST_AGES: Final = st.sampled_from((0, HOUR, DAY, DAY + 1, 7 * DAY) * 3 + (-60, -61, 7 * DAY + 1))
LIST_AGES: Final = st.sampled_from((-60, 0, HOUR, DAY, DAY + 1, 2 * DAY, 2 * DAY + 1) * 2 + (-61, 7 * DAY))
"""Ages of bundles and lists on both sides of every limit, mostly within; below zero: from the future."""


@st.composite
def statuses_after_events(draw: st.DrawFn) -> int:
    """What a list says after any history of events that an issuer may record."""
    status = 0
    for _ in range(draw(st.integers(0, 4))):
        if status in (VOID, SUPERSEDED):
            break
        follow = (VOID, SUPERSEDED, 0) if status == SUSPENDED else (VOID, SUPERSEDED, SUSPENDED)
        status = draw(st.sampled_from(follow))
    return status


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any pass of a recognised foreign region at any gate, with anything else right or wrong."""
    host = draw(REGION)
    issuer = draw(REGION.filter(lambda code: code != host))
    pass_class, colour = draw(st.sampled_from(PASS_CLASSES)), draw(st.sampled_from(COLOURS))
    plain = a_pass(issuer, pass_class, colour)
    lifetime = plain.expires_at - plain.issued_at
    ages = (0, 1, lifetime // 2, lifetime - 1)
    issued_at = AT - draw(st.sampled_from(ages * 2 + (-61, -60, lifetime)))
    area = draw(st.none() | area_of(issuer))
    shown = plain._replace(
        issued_at=issued_at,
        expires_at=issued_at + lifetime,
        reason=None if plain.reason is None else draw(st.sampled_from(list(ColourReason))),
        basis=None if plain.basis is None else AT - draw(st.integers(0, 30 * DAY)),
        until=None if plain.until is None else AT + draw(st.sampled_from((0, 1, DAY, 14 * DAY))),
        area=area,
        is_guardian_held=draw(st.booleans()),
    )
    list_age = draw(
        st.sampled_from((False, True, True, True)).flatmap(
            lambda at_hand: LIST_AGES if at_hand else st.none()
        )
    )
    return Situation(
        host=host,
        claims=shown,
        bundle_issued_at=AT - draw(TRUST_AGES),
        hub_as_of=AT - draw(TRUST_AGES),
        key_not_before=draw(st.sampled_from((None, None, issued_at, issued_at, issued_at + 1))),
        key_revoked_at=draw(st.sampled_from((None,) * 5 + (AT, AT + 1))),
        key_areas=draw(st.sampled_from(((),) * 8 + ((f"{issuer[:2]}0000",), ("010100",)))),
        signature_is_forged=draw(st.sampled_from((False,) * 9 + (True,))),
        showing=draw(st.sampled_from([Showing.RIGHTLY] * 20 + list(Showing))),
        shown_at=AT - draw(st.sampled_from((0, 0, 0, -60, 120) * 2 + (-61, 121))),
        recognition=recognised(host, issuer),
        list_issued_at=None if list_age is None else AT - list_age,
        status=draw(st.just(0) | statuses_after_events()),
        issuer_says=draw(st.sampled_from((None, colour, *COLOURS))),
        rulebook=draw(st.none() | rulebooks(host, AT)),
    )
