"""The checkpoint looks as it was approved: every screen beside its picture in `looks/`, with a tolerance."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from comity.domain.instant import Instant
from comity.trust.interim_note import NOTE_LIFETIME, InterimNote, write_interim_note
from tests.e2e.approved import WAYS, compared
from tests.e2e.checkpoint_phone import camera, comes_true, enrol, film, picture, type_quickly
from tests.e2e.node_site import COUNTY, OpenPhone, RegionSite
from tests.e2e.test_checkpoint_looks import screens

_CHANGING: Final = ("[role=timer]",)
_CASE: Final = "a1b2c3d4e5f60718"
_UNREADABLE: Final = 24.0
"""So blurred that the code in the picture is not read, and the camera runs on."""
_PLAYS: Final = "document.querySelector('video')?.videoWidth > 0"


def written_note(site: RegionSite, *, at: Instant) -> str:
    """Give the text of an interim note of the region, good for a day."""
    with site.opened() as region:
        issuer = region.issuer
        note = InterimNote(
            region=issuer.region, division=COUNTY, case=_CASE, issued_at=at, expires_at=at + NOTE_LIFETIME
        )
        return write_interim_note(note, issuer.keys.statements, is_test=issuer.is_test)


@pytest.mark.parametrize(("name", "locale", "scheme", "size"), WAYS)
def test_every_screen_of_the_checkpoint_looks_as_it_was_approved(
    open_phone: OpenPhone,
    region_site: RegionSite,
    name: str,
    locale: str,
    scheme: str,
    size: dict[str, int],
) -> None:
    page = open_phone(
        "/checkpoint/", may_fail=True, locale=locale, color_scheme=scheme, viewport=size, is_mobile=False
    )
    apart = [
        each
        for screen in screens(page, region_site, says_why=False)
        for each in compared(page, f"checkpoint-{name}-{screen.lower()}", _CHANGING)
    ]

    assert apart == []


@pytest.mark.parametrize(("name", "locale", "scheme", "size"), WAYS)
def test_rule_16_the_screens_of_a_running_camera_and_of_an_interim_note_look_as_they_were_approved(
    browser: Any,
    region_site: RegionSite,
    tmp_path: Path,
    name: str,
    locale: str,
    scheme: str,
    size: dict[str, int],
) -> None:
    seen = film(tmp_path / "seen.mjpeg", [picture("nothing to read", blur=_UNREADABLE)])
    with camera(browser, region_site, seen, locale=locale, color_scheme=scheme, viewport=size) as page:
        enrol(page, region_site)
        assert comes_true(page, _PLAYS)
        apart = compared(page, f"checkpoint-{name}-camera")
        type_quickly(page, written_note(region_site, at=region_site.now()))
        page.locator(".over main h1").wait_for()
        apart += compared(page, f"checkpoint-{name}-note", (".over .lead",))

    assert apart == []
