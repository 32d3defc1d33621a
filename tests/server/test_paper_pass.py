"""The paper pass: what is printed can be read by people and by a scanner, and shows no colour (rule 14)."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from comity import StatusLists, open_bundle, read_status_list, verify
from comity.codec.qrtext import write_text
from comity.domain.colour import Colour, PassClass
from comity.domain.decision import Outcome
from comity.domain.instant import DAY
from comity.domain.texts import text
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, IssuedPass
from comity.server.app import make_app
from comity.server.paper_pass import PaperPass, SheetSize, code_matrix, draw_sheet, read_paper
from comity.trust.status import pack, write_status_list
from tests.builders import AT, HOME, bundle_parts, claims, key, list_uri, moment, sign_pass, signed_bundle
from tests.pass_office import LIST_SIZE, Clock, add_holder, make_issuer, make_node, sign_in

VERSION_13: int = 17 + 4 * 13
"""Modules of the largest code that may be printed (design section 3)."""


def streams(pdf: bytes) -> list[bytes]:
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(data) for data in found if data[:1] == b"\x78"]


def words_of(pdf: bytes) -> str:
    """The words of a sheet, as a reader takes them out: by the character map that is embedded."""
    page = streams(pdf)[0]
    pairs = re.findall(rb"^<([0-9A-F]{4})> <([0-9A-F]{4})>$", pdf, re.MULTILINE)
    known = {int(glyph, 16): chr(int(character, 16)) for glyph, character in pairs}
    lines = []
    for shown in re.findall(rb"\((.*?)(?<!\\)\) Tj", page, re.DOTALL):
        raw = re.sub(rb"\\(.)", lambda m: {b"n": b"\n", b"r": b"\r"}.get(m[1], m[1]), shown, flags=re.DOTALL)
        glyphs = [int.from_bytes(raw[place : place + 2], "big") for place in range(0, len(raw), 2)]
        lines.append("".join(known.get(glyph, "?") for glyph in glyphs))
    return "\n".join(lines)


def picture_of(pdf: bytes) -> Image.Image:
    """The areas of a sheet drawn as a printer would, ten dots a point."""
    image = Image.new("L", (3_000, 4_300), 255)
    pen = ImageDraw.Draw(image)
    for area in re.findall(rb"^([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re f$", streams(pdf)[0], re.MULTILINE):
        x, top, width, height = (10 * float(number) for number in area)
        pen.rectangle((x, 4_195 - top, x + width - 1, 4_195 - top + height - 1), fill=0)
    return image


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


@pytest.fixture
def holder(issuer: Issuer) -> HolderKey:
    return add_holder(issuer)


@pytest.fixture
def printed(issuer: Issuer, holder: HolderKey) -> IssuedPass:
    request = PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id="paper")
    return apply_for_pass(issuer, request, at=AT).issued


def test_the_code_on_the_sheet_is_scanned_and_passes_offline_in_another_region(printed: IssuedPass) -> None:
    sheet = draw_sheet(read_paper(printed, is_test=True), SheetSize.A6)

    scanned = zxingcpp.read_barcode(picture_of(sheet))

    bundle = open_bundle(signed_bundle(bundle_parts()))
    token = write_status_list(pack({}, size=LIST_SIZE), key(HOME, "status"), uri=list_uri(HOME), issued_at=AT)
    lists = StatusLists((read_status_list(token, bundle.key_lists),))
    assert scanned is not None
    assert scanned.ec_level == "Q"
    decision = verify(scanned.text, bundle, at=moment(AT), lists=lists)
    assert (decision.outcome, decision.compare_id) == (Outcome.PASS, True)


@pytest.mark.parametrize("size", list(SheetSize))
def test_the_sheet_says_in_both_languages_what_is_compared_and_what_to_do(
    size: SheetSize, printed: IssuedPass
) -> None:
    paper = read_paper(printed, is_test=True)

    words = words_of(draw_sheet(paper, size))

    assert f"姓名 Name: {paper.claims.masked_name}" in words
    assert f"Last four of the ID number: {paper.claims.id_last4}" in words
    assert "2020-04-03 12:00" in words
    flat = words.replace("\n", "").replace(" ", "")
    for key_ in ("paper.scan", "paper.lost", "paper.changed", "test_banner"):
        assert text(key_).zh.replace(" ", "") in flat
        assert text(key_).en.replace(" ", "") in flat


@pytest.mark.parametrize("colour", list(Colour))
def test_no_sheet_shows_a_colour(colour: Colour) -> None:
    given = claims(PassClass.PAPER, colour)
    paper = PaperPass(claims=given, code=write_text(sign_pass(given)), is_test=True)
    sheet = draw_sheet(paper, SheetSize.A4)

    assert not re.search(r"\b(green|yellow|red)\b|[绿黄红]", words_of(sheet), re.IGNORECASE | re.ASCII)
    paints = set(re.findall(rb"^(.*) (?:rg|RG|k|K)$", streams(sheet)[0], re.MULTILINE))
    assert not paints
    assert len(code_matrix(paper.code)) <= VERSION_13


def test_the_font_is_embedded_and_cut_down(printed: IssuedPass) -> None:
    sheet = draw_sheet(read_paper(printed, is_test=True), SheetSize.A4)

    assert b"/FontFile" in sheet
    assert len(sheet) < 60_000


def test_only_a_current_paper_pass_of_ones_own_is_printed(
    tmp_path: Path, issuer: Issuer, holder: HolderKey, printed: IssuedPass
) -> None:
    clock = Clock()
    client = TestClient(make_app(make_node(issuer, tmp_path, clock)))
    own, other = sign_in(issuer, holder), sign_in(issuer, add_holder(issuer, 1))
    address = f"/codes/{printed.pass_id}/paper.pdf"

    found = client.get(address, headers=own, params={"size": "a6"})
    refused = [client.get(address, headers=other).status_code, client.get(address).status_code]
    clock.at = AT + 14 * DAY
    expired = client.get(address, headers=own)

    assert found.status_code == 200
    assert found.content.startswith(b"%PDF-")
    assert found.headers["cache-control"] == "no-store"
    assert [*refused, expired.status_code] == [404, 401, 409]
