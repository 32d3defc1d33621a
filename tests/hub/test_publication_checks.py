"""Key lists, rulebooks, referrals and the national rulebook at the hub: taken, or refused with the clause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity.domain.colour import Colour
from comity.domain.instant import DAY, HOUR
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.recognition import Referral, Release
from comity.domain.rulebook import DEFAULT_ROWS, Rulebook
from comity.domain.texts import Text
from comity.errors import NotPossibleNow, PublicationRefused, StatementRefused
from comity.hub.membership import MembershipChange, Proposed, approve_membership, propose_membership
from comity.hub.membership_applications import submit_application
from comity.hub.national import accept_national_rulebook, find_authority, national_rulebooks
from comity.hub.present_statements import check_whole
from comity.hub.statements import find_newest
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import write_key_list
from comity.trust.national_statements import write_national_rulebook
from comity.trust.recognition_statements import write_referral, write_signed_rulebook
from tests.builders import AT, HOME, HOST, HUB, HUBEI, instant, key, key_list
from tests.hub_office import AUTHORITY, CERTIFICATE, HubOffice, location

SIGNER = key(HOST, Usage.STATEMENT)
OUTSIDE_WUHAN = instant("2020-03-25T00:00:00+08:00")
WUHAN_TOO = instant("2020-04-08T00:00:00+08:00")
BODY = "Hubei provincial COVID-19 command"
ROW = NationalRow(
    issuer=HUBEI,
    authority=BODY,
    releases=(
        Release(effective_from=OUTSIDE_WUHAN, areas_except=("420100",)),
        Release(effective_from=WUHAN_TOO),
    ),
    names_areas=True,
)
NATIONAL = NationalRulebook(version=1, published_at=AT, valid_from=AT, rows=(ROW,))
TIGHTER = tuple(replace(DEFAULT_ROWS[colour], days=21) for colour in (Colour.YELLOW, Colour.RED))


@pytest.fixture
def office() -> HubOffice:
    made = HubOffice()
    made.admit(HOST, HOME, HUBEI)
    return made


def refused(office: HubOffice, *statements: bytes) -> tuple[str, str]:
    with pytest.raises(PublicationRefused) as error:
        office.publish(HOST, *statements)
    return error.value.reason, error.value.clause


def book(version: int = 1, **changed: object) -> bytes:
    made = replace(Rulebook(region=HOST, version=version), **changed)  # type: ignore[arg-type]
    return write_signed_rulebook(made, SIGNER, is_test=True)


def referral(version: int = 1, **changed: object) -> bytes:
    made = Referral(host=HOST, issuer=HUBEI, version=version, authority=BODY, releases=ROW.releases)
    return write_referral(replace(made, **changed), SIGNER, is_test=True)  # type: ignore[arg-type]


def listed(*entries: KeyEntry, version: int = 2) -> bytes:
    made = KeyList(region=HOST, version=version, root=key(HOST, "root").public, entries=entries)
    return write_key_list(made, key(HOST, "root"), is_test=True)


# ------------------------------------------------------------ rulebooks (design section 5)


def test_c2_2_the_first_rulebook_and_every_loosening_take_effect_at_once(office: HubOffice) -> None:
    looser = (replace(DEFAULT_ROWS[Colour.YELLOW], days=7),)

    assert [row.effective_from for row in office.publish(HOST, book(), book(2, rows=looser))] == [AT, AT]


def test_c2_2_a_tightening_is_published_48_hours_to_14_days_ahead(office: HubOffice) -> None:
    office.publish(HOST, book())

    assert refused(office, book(2, rows=TIGHTER)) == ("too_late_notice", "C2.2")
    assert refused(office, book(2, rows=TIGHTER, valid_from=AT + 48 * HOUR - 1)) == (
        "too_late_notice",
        "C2.2",
    )
    assert refused(office, book(2, rows=TIGHTER, valid_from=AT + 14 * DAY + 1)) == ("too_early", "C2.2")
    (row,) = office.publish(HOST, book(2, rows=TIGHTER, valid_from=AT + 48 * HOUR))
    assert row.effective_from == AT + 48 * HOUR


def test_c2_2_the_emergency_lane_has_a_published_reason_and_ends_by_itself(office: HubOffice) -> None:
    office.publish(HOST, book())
    reason = Text(zh="二连浩特聚集性疫情", en="Outbreak in Erenhot")

    assert refused(office, book(2, rows=TIGHTER, emergency=reason)) == ("emergency_too_long", "C2.2")
    assert office.publish(HOST, book(2, rows=TIGHTER, emergency=reason, valid_to=AT + 7 * DAY))
    assert refused(office, book(3, rows=TIGHTER)) == ("too_late_notice", "C2.2")
    assert office.publish(HOST, book(3))


def test_c2_2_the_version_is_the_next_one(office: HubOffice) -> None:
    office.publish(HOST, book())

    assert refused(office, book(3)) == ("version_not_next", "C2.2")
    assert refused(office, book(1, validity_days=14, rows=TIGHTER))[0] == "version_not_rising"


def test_settled_rule_4_another_region_signs_no_rulebook_of_ours(office: HubOffice) -> None:
    foreign = write_signed_rulebook(
        Rulebook(region=HOST, version=1), key(HOME, Usage.STATEMENT), is_test=True
    )

    assert refused(office, foreign) == ("another_regions_key", "settled rule 4")


# ------------------------------------------------------------ the national rulebook (C3.3)


def test_c3_3_the_authority_signs_and_the_hub_only_names_it(office: HubOffice) -> None:
    office.national(NATIONAL)

    with office.hub.store.reading() as transaction:
        assert national_rulebooks(transaction, office.hub) == (NATIONAL,)
        authority = find_authority(transaction, office.hub)
    assert authority is not None
    assert authority[0].key == AUTHORITY.public


@pytest.mark.parametrize("signer", [HUB, SIGNER])
def test_c3_3_nobody_else_signs_it(office: HubOffice, signer: object) -> None:
    office.national(NATIONAL)
    forged = write_national_rulebook(replace(NATIONAL, version=2), signer, is_test=True)  # type: ignore[arg-type]

    with office.hub.store.transaction() as transaction, pytest.raises(StatementRefused):
        accept_national_rulebook(transaction, office.hub, forged, actor="test", at=AT)


def test_c3_3_without_a_named_authority_there_is_no_national_rulebook(office: HubOffice) -> None:
    data = write_national_rulebook(NATIONAL, AUTHORITY, is_test=True)

    with office.hub.store.transaction() as transaction, pytest.raises(NotPossibleNow):
        accept_national_rulebook(transaction, office.hub, data, actor="test", at=AT)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"version": 1, "valid_from": AT + 1}, "version_not_rising"),
        ({"version": 2, "published_at": AT - HOUR}, "back_dated"),
        ({"version": 2, "valid_from": AT - 1}, "national_too_late"),
        ({"version": 2, "rows": ()}, "national_row_dropped"),
        ({"version": 2, "rows": (replace(ROW, names_areas=False),)}, "areas_not_named"),
    ],
)
def test_c3_3_a_national_rulebook_keeps_its_rows_and_its_times(
    office: HubOffice, changed: dict[str, object], reason: str
) -> None:
    office.national(NATIONAL)
    given = write_national_rulebook(replace(NATIONAL, **changed), AUTHORITY, is_test=True)  # type: ignore[arg-type]

    with office.hub.store.transaction() as transaction, pytest.raises(PublicationRefused) as error:
        accept_national_rulebook(transaction, office.hub, given, actor="test", at=AT)
    assert error.value.reason == reason


def test_c3_3_a_referral_copies_the_national_row(office: HubOffice) -> None:
    office.national(NATIONAL)

    assert office.publish(HOST, referral())


@pytest.mark.parametrize(
    "changed",
    [{"authority": "Somebody else"}, {"releases": ()}, {"releases": (Release(effective_from=AT),)}],
)
def test_c3_3_a_referral_that_departs_from_it_is_refused(office: HubOffice, changed: dict[str, Any]) -> None:
    office.national(NATIONAL)

    assert refused(office, referral(**changed)) == ("departs_from_national", "C3.3")


def test_c3_3_a_referral_that_stands_follows_the_national_row_of_an_issuer_that_has_left(
    office: HubOffice,
) -> None:
    office.national(NATIONAL)
    office.publish(HOST, referral())
    office.change(HUBEI, MembershipChange.EXIT, effective_from=AT + DAY)
    office.at = AT + 2 * DAY
    office.national(
        replace(
            NATIONAL,
            version=2,
            published_at=office.at,
            valid_from=office.at,
            rows=(replace(ROW, authority="State Council"),),
        )
    )

    assert office.publish(HOST, referral(2, authority="State Council"))


def test_c3_3_nobody_is_referred_without_a_national_requirement(office: HubOffice) -> None:
    assert refused(office, referral()) == ("no_national_requirement", "C3.3")
    office.national(NATIONAL)
    assert refused(office, referral(issuer=HOME)) == ("no_national_requirement", "C3.3")


# ------------------------------------------------------------ key lists (design section 3)


def test_a_new_pass_key_is_known_six_days_before_it_signs(office: HubOffice) -> None:
    fresh = KeyEntry(key=key("fresh").public, usage=Usage.PASS)

    with pytest.raises(StatementRefused):
        office.publish(HOST, listed(*key_list(HOST).entries, replace(fresh, not_before=AT + 6 * DAY - 1)))
    assert office.publish(HOST, listed(*key_list(HOST).entries, replace(fresh, not_before=AT + 6 * DAY)))


def test_a_standby_has_no_start_and_the_successor_of_a_closed_key_signs_at_once(office: HubOffice) -> None:
    first, *rest = key_list(HOST).entries
    standby = KeyEntry(key=key("standby").public, usage=Usage.PASS)
    successor = KeyEntry(key=key("successor").public, usage=Usage.PASS, not_before=AT)

    assert office.publish(HOST, listed(*key_list(HOST).entries, standby))
    closed = replace(first, revoked_at=AT)
    assert office.publish(HOST, listed(closed, *rest, standby, successor, version=3))


def test_a_revoked_key_never_comes_back(office: HubOffice) -> None:
    first, *rest = key_list(HOST).entries
    office.publish(HOST, listed(replace(first, revoked_at=AT), *rest))

    for again in (first, replace(first, revoked_at=AT + 1)):
        with pytest.raises(StatementRefused):
            office.publish(HOST, listed(again, *rest, version=3))
    with pytest.raises(StatementRefused):
        office.publish(HOST, listed(*rest, version=3))


def test_a_revoked_key_is_left_out_once_all_it_signed_has_expired_and_stays_away(office: HubOffice) -> None:
    first, *rest = key_list(HOST).entries
    office.publish(HOST, listed(replace(first, revoked_at=AT), *rest))
    office.at = AT + first.max_validity

    assert office.publish(HOST, listed(*rest, version=3))
    with pytest.raises(StatementRefused):
        office.publish(HOST, listed(first, *rest, version=4))


def test_a_key_list_under_another_root_is_refused(office: HubOffice) -> None:
    other = KeyList(region=HOST, version=2, root=key("other").public, entries=key_list(HOST).entries)
    data = write_key_list(other, key("other"), is_test=True)

    assert refused(office, data) == ("another_regions_key", "settled rule 4")


def test_what_a_revoked_statement_key_signs_is_refused_and_what_it_signed_stands(office: HubOffice) -> None:
    office.publish(HOST, book())
    entries = key_list(HOST).entries
    revoked = [replace(e, revoked_at=AT) if e.usage is Usage.STATEMENT else e for e in entries]
    new = KeyEntry(key=key("new statement").public, usage=Usage.STATEMENT)
    office.publish(HOST, listed(*revoked, new))

    assert refused(office, book(2)) == ("another_regions_key", "settled rule 4")
    by_new = write_signed_rulebook(Rulebook(region=HOST, version=2), key("new statement"), is_test=True)
    assert office.publish(HOST, by_new)


def test_what_a_closed_key_signed_is_signed_again_and_nothing_is_left_out(office: HubOffice) -> None:
    office.publish(HOST, book())
    entries = key_list(HOST).entries
    closed = [replace(e, revoked_at=AT) if e.usage is Usage.STATEMENT else e for e in entries]
    new = KeyEntry(key=key("new statement").public, usage=Usage.STATEMENT)
    keys = listed(*closed, new)
    again = write_signed_rulebook(Rulebook(region=HOST, version=1), key("new statement"), is_test=True)

    rows = office.publish(HOST, keys, again)

    assert [row.kind for row in rows] == ["key_list"]
    with office.hub.store.reading() as transaction:
        place = find_newest(transaction, StatementKind.LOCATION, HOST)
        assert place is not None
        check_whole(transaction, office.hub, HOST, [keys, again, place.data], at=AT)
        with pytest.raises(PublicationRefused):
            check_whole(transaction, office.hub, HOST, [keys, place.data], at=AT)


def test_a_region_that_came_back_under_a_new_root_publishes_again(office: HubOffice) -> None:
    office.publish(HOST, book())
    office.change(HOST, MembershipChange.EXIT, effective_from=AT + DAY)
    office.at = AT + 2 * DAY
    keys = replace(key_list(HOST), version=2, root=key("new root").public)
    asked = submit_application(
        office.hub,
        key_list=write_key_list(keys, key("new root"), is_test=True),
        location=location(HOST, version=2),
        certificate=CERTIFICATE,
        asked_by="Provincial office",
        at=office.at,
    )
    proposed = Proposed(
        region=HOST,
        change=MembershipChange.ADMISSION,
        effective_from=office.at,
        application_id=asked.application_id,
    )
    proposal = propose_membership(office.hub, office.first, proposed, at=office.at)
    approve_membership(office.hub, office.second, proposal.proposal_id, root=asked.root, at=office.at)

    assert office.publish(HOST, book(2))
    old = write_key_list(replace(key_list(HOST), version=3), key(HOST, "root"), is_test=True)
    assert refused(office, old) == ("another_regions_key", "settled rule 4")
