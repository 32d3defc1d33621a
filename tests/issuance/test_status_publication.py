"""Status lists: published on every change and every hour, and whole after a kill between any two steps."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from comity.distribution.status_index import DELTAS_FOLDER, delta_file, list_file
from comity.domain.colour import PassClass
from comity.domain.instant import DAY, HOUR
from comity.errors import ClockRefused
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.issuer import Issuer
from comity.issuance.pass_life import (
    SuspensionReason,
    VoidReason,
    restore_pass,
    suspend_pass,
    void_pass,
)
from comity.issuance.records import IssuedPass, PassState
from comity.issuance.status_publication import STATUSES, PublishedList, publish_status
from comity.records.published_files import STATUS_FOLDER
from comity.trust.delta import apply_delta
from comity.trust.status import CURRENT, SUSPENDED, VOID, StatusList, read_status_list
from tests.builders import AT, HOME
from tests.pass_office import add_holders, make_issuer


def issue_papers(issuer: Issuer, how_many: int) -> list[IssuedPass]:
    return [
        apply_for_pass(
            issuer,
            PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id="paper"),
            at=AT,
        ).issued
        for holder in add_holders(issuer, how_many)
    ]


def void(issuer: Issuer, issued: IssuedPass, *, at: int) -> None:
    with issuer.store.transaction() as transaction:
        void_pass(transaction, issuer, issued.pass_id, VoidReason.LOST, at=at, actor="holder")


def read_list(issuer: Issuer, folder: Path, number: int = 1) -> StatusList:
    data = (folder / STATUS_FOLDER / list_file(HOME, number)).read_bytes()
    return read_status_list(data, (issuer.keys.key_list,))


def read_delta(folder: Path, from_iat: int, number: int = 1) -> bytes:
    return (folder / DELTAS_FOLDER / delta_file(HOME, number, from_iat)).read_bytes()


def test_a_list_says_of_each_pass_where_it_stands(tmp_path: Path) -> None:
    issuer = make_issuer()
    voided, suspended, restored, left = issue_papers(issuer, 4)
    void(issuer, voided, at=AT + 1)
    with issuer.store.transaction() as transaction:
        theft = SuspensionReason.SUSPECTED_THEFT
        for issued in (suspended, restored):
            suspend_pass(transaction, issuer, issued.pass_id, theft, at=AT + 1, actor="officer:1")
        restore_pass(transaction, issuer, restored.pass_id, at=AT + 2, actor="officer:1")

    publish_status(issuer, tmp_path, at=AT + 3)

    published = read_list(issuer, tmp_path)
    found = [published.array.find(each.list_index) for each in (voided, suspended, restored, left)]
    assert found == [VOID, SUSPENDED, CURRENT, CURRENT]
    assert (published.uri, published.issued_at) == (f"cm:{HOME}/1", AT + 3)


def test_every_state_but_current_has_its_number() -> None:
    assert set(STATUSES) == set(PassState) - {PassState.CURRENT}


def test_a_list_is_published_on_a_change_and_after_an_hour_and_not_in_between(tmp_path: Path) -> None:
    issuer = make_issuer()
    first, _ = issue_papers(issuer, 2)

    counts = [publish_status(issuer, tmp_path, at=AT + 1), publish_status(issuer, tmp_path, at=AT + 20)]
    void(issuer, first, at=AT + 30)
    counts += [publish_status(issuer, tmp_path, at=AT + 40), publish_status(issuer, tmp_path, at=AT + 60)]
    counts += [publish_status(issuer, tmp_path, at=AT + 40 + HOUR)]

    assert counts == [1, 0, 1, 0, 1]


def test_a_delta_leads_from_each_list_to_the_next(tmp_path: Path) -> None:
    issuer = make_issuer()
    first, _ = issue_papers(issuer, 2)
    publish_status(issuer, tmp_path, at=AT + 1)
    before = read_list(issuer, tmp_path)
    void(issuer, first, at=AT + 2)

    publish_status(issuer, tmp_path, at=AT + 3)

    after = apply_delta(read_delta(tmp_path, AT + 1), before, issuer.keys.key_list, is_test=True)
    assert after.array == read_list(issuer, tmp_path).array
    assert after.array.find(first.list_index) == VOID


def test_a_change_in_the_second_of_the_last_list_makes_a_later_list(tmp_path: Path) -> None:
    issuer = make_issuer()
    first, _ = issue_papers(issuer, 2)
    publish_status(issuer, tmp_path, at=AT + 1)
    void(issuer, first, at=AT + 1)

    publish_status(issuer, tmp_path, at=AT + 1)

    assert read_list(issuer, tmp_path).issued_at == AT + 2


def test_a_clock_that_steps_back_an_hour_signs_no_list(tmp_path: Path) -> None:
    issuer = make_issuer()
    issue_papers(issuer, 2)
    publish_status(issuer, tmp_path, at=AT + 2 * HOUR)
    data = (tmp_path / STATUS_FOLDER / list_file(HOME, 1)).read_bytes()
    with issuer.store.transaction() as transaction:
        transaction.of(PublishedList).replace(
            PublishedList(list_number=1, issued_at=AT + 2 * HOUR, generation=-1)
        )

    with pytest.raises(ClockRefused):
        publish_status(issuer, tmp_path, at=AT + HOUR)

    assert (tmp_path / STATUS_FOLDER / list_file(HOME, 1)).read_bytes() == data


def test_an_expired_pass_leaves_its_list_and_an_old_delta_the_folder(tmp_path: Path) -> None:
    issuer = make_issuer()
    first, _ = issue_papers(issuer, 2)
    void(issuer, first, at=AT + 1)
    publish_status(issuer, tmp_path, at=AT + 2)
    publish_status(issuer, tmp_path, at=AT + 2 + HOUR)

    publish_status(issuer, tmp_path, at=AT + 14 * DAY)

    assert read_list(issuer, tmp_path).array.find(first.list_index) == CURRENT
    assert sorted(path.name for path in (tmp_path / DELTAS_FOLDER).iterdir()) == []


def test_a_full_list_is_retired_when_all_its_passes_have_expired(tmp_path: Path) -> None:
    issuer = make_issuer(list_size=2, block=1)
    issue_papers(issuer, 3)
    publish_status(issuer, tmp_path, at=AT + DAY)
    before = sorted(path.name for path in (tmp_path / STATUS_FOLDER).iterdir())

    publish_status(issuer, tmp_path, at=AT + 14 * DAY)

    lists = [list_file(HOME, number) for number in (1, 2)]
    assert before == lists
    assert [path.name for path in (tmp_path / STATUS_FOLDER).iterdir()] == lists[-1:]


def publish_and_die(issuer: Issuer, folder: Path, *, at: int, step: int) -> bool:
    """Publish in a child that kills itself at the `step`-th touch of the disk; says whether it did."""
    child = os.fork()
    if not child:
        left = step

        def watch(event: str, args: tuple[object, ...]) -> None:
            nonlocal left
            if event in ("open", "os.rename", "os.remove", "os.mkdir"):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            publish_status(issuer, folder, at=at)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_kill_between_any_two_steps_leaves_lists_that_hold(tmp_path: Path) -> None:
    issuer = make_issuer()
    first, second, _ = issue_papers(issuer, 3)
    publish_status(issuer, tmp_path, at=AT + 1)
    before = read_list(issuer, tmp_path)
    void(issuer, first, at=AT + 2)

    deaths = 0
    while publish_and_die(issuer, tmp_path, at=AT + 3 + deaths, step=deaths):
        deaths += 1
        lying = read_list(issuer, tmp_path)
        assert lying.array.find(first.list_index) in (CURRENT, VOID)
        for path in (tmp_path / DELTAS_FOLDER).glob("4*"):
            if path.name == delta_file(HOME, 1, before.issued_at):
                led = apply_delta(path.read_bytes(), before, issuer.keys.key_list, is_test=True)
                assert led.array.find(first.list_index) == VOID
    void(issuer, second, at=AT + 50)
    publish_status(issuer, tmp_path, at=AT + 60)

    after = read_list(issuer, tmp_path)
    assert deaths >= 5
    assert [after.array.find(each.list_index) for each in (first, second)] == [VOID, VOID]
    assert not [path for path in (tmp_path / STATUS_FOLDER).iterdir() if path.name.startswith(".")]


def test_a_list_that_was_damaged_on_disk_is_replaced_without_a_delta(tmp_path: Path) -> None:
    issuer = make_issuer()
    first, _ = issue_papers(issuer, 2)
    publish_status(issuer, tmp_path, at=AT + 1)
    path = tmp_path / STATUS_FOLDER / list_file(HOME, 1)
    path.write_bytes(path.read_bytes()[:-1])
    void(issuer, first, at=AT + 2)

    publish_status(issuer, tmp_path, at=AT + 3)

    assert read_list(issuer, tmp_path).array.find(first.list_index) == VOID
    assert not (tmp_path / DELTAS_FOLDER).exists()


def test_the_record_of_a_publication_is_made_once_for_each_list(tmp_path: Path) -> None:
    issuer = make_issuer()
    issue_papers(issuer, 2)
    for later in range(3):
        publish_status(issuer, tmp_path, at=AT + 1 + later * HOUR)

    with issuer.store.reading() as transaction:
        (noted,) = transaction.of(PublishedList).select()
    assert noted == replace(noted, list_number=1, issued_at=AT + 1 + 2 * HOUR)
