"""An edition an hour of every list, the delta from hour to hour, and the index of all lists."""

from __future__ import annotations

from pathlib import Path

from comity.distribution.status_index import (
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    INDEX_FILE,
    IndexedList,
    delta_file,
    list_file,
    read_index,
)
from comity.domain.instant import DAY, HOUR, MINUTE
from comity.issuance.hourly_status import HOURLY_DELTAS_KEPT, find_list
from comity.issuance.issuer import Issuer
from comity.issuance.status_publication import publish_status
from comity.trust.delta import apply_delta
from comity.trust.status import StatusList
from tests.builders import AT, HOME
from tests.issuance.test_status_publication import issue_papers, read_list, void
from tests.pass_office import make_issuer


def _index(folder: Path) -> tuple[IndexedList, ...]:
    return read_index((folder / INDEX_FILE).read_bytes(), region=HOME)


def test_the_edition_of_an_hour_stays_until_an_hour_has_passed(tmp_path: Path) -> None:
    issuer = make_issuer()
    first, second = issue_papers(issuer, 2)
    publish_status(issuer, tmp_path, at=AT)
    void(issuer, first, at=AT + MINUTE)
    publish_status(issuer, tmp_path, at=AT + MINUTE)
    assert _index(tmp_path) == (IndexedList(number=1, issued_at=AT + MINUTE, hourly_at=AT),)
    void(issuer, second, at=AT + HOUR)
    publish_status(issuer, tmp_path, at=AT + HOUR)

    assert _index(tmp_path) == (IndexedList(number=1, issued_at=AT + HOUR, hourly_at=AT + HOUR),)


def test_the_delta_of_an_hour_leads_from_one_hour_to_the_next(tmp_path: Path) -> None:
    issuer = make_issuer()
    papers = issue_papers(issuer, 3)
    publish_status(issuer, tmp_path, at=AT)
    before = _hourly(issuer, tmp_path)
    for minute, issued in enumerate(papers, 1):
        void(issuer, issued, at=AT + minute * MINUTE)
        publish_status(issuer, tmp_path, at=AT + minute * MINUTE)
    publish_status(issuer, tmp_path, at=AT + 2 * HOUR)

    delta = (tmp_path / HOURLY_DELTAS_FOLDER / delta_file(HOME, 1, AT)).read_bytes()
    after = apply_delta(delta, before, issuer.keys.key_list, is_test=True)

    assert after.array == read_list(issuer, tmp_path).array
    assert after.issued_at == _hourly(issuer, tmp_path).issued_at == AT + 2 * HOUR


def test_deltas_of_hours_stay_for_two_days(tmp_path: Path) -> None:
    issuer = make_issuer()
    issue_papers(issuer, 1)
    for at in (AT, AT + HOUR):
        publish_status(issuer, tmp_path, at=at)
    assert list((tmp_path / HOURLY_DELTAS_FOLDER).iterdir())

    publish_status(issuer, tmp_path, at=AT + HOURLY_DELTAS_KEPT + DAY)

    names = {path.name for path in (tmp_path / HOURLY_DELTAS_FOLDER).iterdir()}
    assert delta_file(HOME, 1, AT) not in names


def _hourly(issuer: Issuer, folder: Path) -> StatusList:
    found = find_list(issuer, folder / HOURLY_FOLDER / list_file(HOME, 1))
    assert found is not None
    return found
