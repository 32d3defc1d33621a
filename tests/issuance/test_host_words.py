"""What a region says as host: signed as the hub will take it; referrals follow the national rulebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from comity.domain.instant import DAY, HOUR
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.recognition import Release
from comity.domain.texts import Text
from comity.errors import PublicationRefused
from comity.issuance.host_words import HostWord, Wording, due_referrals, refer, say_word
from comity.issuance.issuer import Issuer
from comity.issuance.statements import StatementRow
from comity.trust.recognition_statements import read_referral
from tests.builders import AT, HOME, HOST, HUBEI, key_list
from tests.hub_office import HubOffice
from tests.region import make_issuer

REASON = Text(zh="标准不同", en="Other standards")
ROW = NationalRow(
    issuer=HUBEI,
    authority="Hubei provincial COVID-19 command",
    releases=(Release(effective_from=AT + 5 * DAY, areas_except=("420100",)),),
    names_areas=True,
)
NATIONAL = NationalRulebook(version=1, published_at=AT, valid_from=AT, rows=(ROW,))
LATER = replace(
    NATIONAL,
    version=2,
    rows=(replace(ROW, releases=(*ROW.releases, Release(effective_from=AT + 19 * DAY))),),
)


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


@pytest.fixture
def office() -> HubOffice:
    made = HubOffice()
    made.admit(HOST, HOME, HUBEI)
    return made


def say(issuer: Issuer, word: HostWord, *, at: int = AT, **more: object) -> StatementRow:
    """Say something, and keep it as the hub's answer lets it be kept."""
    with issuer.store.transaction() as transaction:
        row = say_word(transaction, issuer, Wording(word=word, issuer=HOME, **more), at=at)  # type: ignore[arg-type]
        transaction.of(StatementRow).add(row)
    return row


def test_c2_1_every_word_of_a_host_is_taken_by_the_hub_as_it_was_said(
    issuer: Issuer, office: HubOffice
) -> None:
    said = [
        say(issuer, HostWord.INVITE),
        say(issuer, HostWord.REPLY),
        say(issuer, HostWord.CONFIRM),
        say(issuer, HostWord.PUBLISH),
        say(issuer, HostWord.REPORT_DEVIATION, effective_from=AT + 25 * HOUR, reason=REASON),
        say(issuer, HostWord.SUSPEND, effective_from=AT + 25 * HOUR),
        say(issuer, HostWord.RESUME),
    ]

    taken = [office.publish(HOST, row.data)[0].kind for row in said]

    assert taken == [row.kind for row in said]


@pytest.mark.parametrize("word", [HostWord.REPLY, HostWord.PUBLISH, HostWord.SUSPEND, HostWord.RESUME])
def test_c2_1_what_may_not_follow_is_refused_before_anything_is_sent(issuer: Issuer, word: HostWord) -> None:
    with pytest.raises(PublicationRefused) as error:
        say(issuer, word)
    assert error.value.clause == "C2.1"


def test_settled_rule_5_a_suspension_without_notice_is_refused_before_anything_is_sent(
    issuer: Issuer,
) -> None:
    for word in (HostWord.INVITE, HostWord.REPLY, HostWord.CONFIRM, HostWord.PUBLISH):
        say(issuer, word)
    say(issuer, HostWord.REPORT_DEVIATION, effective_from=AT + DAY, reason=REASON)

    with pytest.raises(PublicationRefused) as error:
        say(issuer, HostWord.SUSPEND, effective_from=AT + DAY - 1)
    assert error.value.reason == "short_notice"


def test_c3_3_a_referral_is_a_copy_of_the_national_row(issuer: Issuer, office: HubOffice) -> None:
    office.national(NATIONAL)
    with issuer.store.transaction() as transaction:
        row = refer(transaction, issuer, HUBEI, NATIONAL, at=AT)

    assert office.publish(HOST, row.data)
    assert ROW.binds(read_referral(row.data, key_list(HOST), at=AT, is_test=True))


@pytest.mark.parametrize("national", [None, replace(NATIONAL, rows=())])
def test_c3_3_nobody_is_referred_without_a_national_requirement(
    issuer: Issuer, national: NationalRulebook | None
) -> None:
    with issuer.store.transaction() as transaction, pytest.raises(PublicationRefused) as error:
        refer(transaction, issuer, HUBEI, national, at=AT)
    assert error.value.reason == "no_national_requirement"


def test_c3_3_a_standing_referral_follows_the_next_national_rulebook(
    issuer: Issuer, office: HubOffice
) -> None:
    office.national(NATIONAL)
    with issuer.store.transaction() as transaction:
        row = refer(transaction, issuer, HUBEI, NATIONAL, at=AT)
        transaction.of(StatementRow).add(row)
        unchanged = due_referrals(transaction, issuer, NATIONAL, at=AT)
        changed = due_referrals(transaction, issuer, LATER, at=AT)

    office.publish(HOST, row.data)
    office.national(LATER)
    assert not unchanged
    assert [each.version for each in changed] == [2]
    assert office.publish(HOST, changed[0].data)


def test_c3_3_a_host_that_refers_nobody_is_not_made_to(issuer: Issuer) -> None:
    with issuer.store.transaction() as transaction:
        assert not due_referrals(transaction, issuer, NATIONAL, at=AT)


def test_a_rulebook_previewed_tells_who_would_meet_more(tmp_path: Path) -> None:
    from comity.domain.colour import Colour, ColourReason
    from comity.domain.rulebook import DEFAULT_ROWS, Rulebook
    from comity.scenario.rulebook_preview import rule_changes

    old = Rulebook(region=HOST, version=1)
    rows = (replace(DEFAULT_ROWS[Colour.YELLOW], reasons=(ColourReason.CLOSE_CONTACT,), days=21),)

    (change,) = rule_changes(replace(old, version=2, rows=rows), old)

    assert (change.colour, change.reason, change.is_tighter) == (
        Colour.YELLOW,
        ColourReason.CLOSE_CONTACT,
        True,
    )
