"""The paper pass as a sheet to print: its code, the masked name and last four, and what to do (rule 14).

Chinese and English, with Noto Sans SC embedded, cut down to the characters that stand there; the code at
level Q (ISO/IEC 18004), drawn as areas and not as a picture. No colour is printed, nor anything else that
could be taken for an answer: only a scan gives one. A4 holds a card to be folded; A6 is the card alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

import segno
from fontTools import subset
from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from pylopdf_fonts_zh_cn import sans_path

from comity.codec.qrtext import UnverifiedPass, read_message, write_text
from comity.domain.catalogue import CATALOGUE
from comity.domain.claims import PassClaims
from comity.domain.instant import BEIJING, plain_time
from comity.domain.region import REGION_CODES, get_region
from comity.domain.texts import Text, text
from comity.errors import FormatError
from comity.issuance.records import IssuedPass

_FONT: Final = "Noto Sans SC"
_QUIET: Final = 4
"""Modules of white around a code (ISO/IEC 18004 section 9.1)."""
_KNOWN_FONTS: Final = 512
"""Fonts kept, a few kilobytes each: one for every first character of a name."""


class SheetSize(StrEnum):
    """The paper to print on."""

    A4 = "a4"
    A6 = "a6"


_PAGES: Final = {SheetSize.A4: (210.0, 297.0), SheetSize.A6: (105.0, 148.0)}
_MARGIN: Final = 7.0
_CODE_SIDE: Final = 66.0
"""Millimetres of the code with its white border: a module of version 10 is 1 mm wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPass:
    """What stands on a sheet."""

    claims: PassClaims
    code: str
    is_test: bool


def read_paper(issued: IssuedPass, *, is_test: bool) -> PaperPass:
    """Read what stands on the sheet from the signed pass itself. Raises: FormatError."""
    read = read_message(issued.data, is_test=is_test)
    if not isinstance(read, UnverifiedPass):
        raise FormatError("not a pass that can be printed")
    return PaperPass(claims=read.claims, code=write_text(issued.data), is_test=is_test)


def draw_sheet(paper: PaperPass, size: SheetSize) -> bytes:
    """Draw the sheet as PDF."""
    width, height = _PAGES[size]
    pdf = FPDF(unit="mm", format=(width, height))
    pdf.set_creation_date(datetime.fromtimestamp(paper.claims.issued_at, BEIJING))
    pdf.set_title("Health pass")
    pdf.set_lang("zh-CN")
    pdf.set_auto_page_break(False)
    _add_font(pdf, paper.claims.masked_name)
    pdf.add_page()
    left = (width - _PAGES[SheetSize.A6][0]) / 2
    end = _draw_card(pdf, paper, left)
    _draw_words(pdf, ("paper.scan", "paper.carry", "paper.lost", "paper.changed"), size, left, end)
    return bytes(pdf.output())


def code_matrix(code: str) -> list[list[bool]]:
    """Give the modules of the code at level Q, dark ones true, without the white border."""
    made = segno.make(code, error="q", micro=False, boost_error=False)
    return [[bool(module) for module in row] for row in made.matrix]


def _draw_card(pdf: FPDF, paper: PaperPass, left: float) -> float:
    """Draw the card: title, code, and what is compared with the ID card; gives where it ends."""
    claims, inner = paper.claims, _PAGES[SheetSize.A6][0] - 2 * _MARGIN
    title, test = text("paper.title"), text("test_banner")
    banner = f"  [{test.zh} {test.en}]" if paper.is_test else ""
    _write(pdf, left + _MARGIN, _MARGIN - 1, inner, 10, f"{title.zh}  {title.en}{banner}", align="C")
    _draw_code(pdf, paper.code, left + (_PAGES[SheetSize.A6][0] - _CODE_SIDE) / 2, _MARGIN + 4)
    y = _MARGIN + 4 + _CODE_SIDE
    region = get_region(claims.issuer)
    rows: list[tuple[str, str]] = [
        ("paper.name", claims.masked_name),
        ("paper.last_four", claims.id_last4),
        ("paper.issuer", f"{region.name_zh} {region.name_en}"),
        ("paper.issued", plain_time(claims.issued_at)),
        ("paper.expires", plain_time(claims.expires_at)),
    ]
    if claims.is_guardian_held:
        rows.append(("paper.guardian", ""))
    for key, value in rows:
        label = text(key)
        y = _write(pdf, left + _MARGIN, y, inner, 8.5, f"{label.zh} {label.en}: {value}".rstrip(": "))
    return y + 1


def _draw_words(pdf: FPDF, keys: Iterable[str], size: SheetSize, left: float, y: float) -> None:
    """Write what to do, below the card; on A4 larger, and behind a line to cut or fold along."""
    page, points = _PAGES[size][0], 5.2 if size is SheetSize.A6 else 10.5
    x, width = (left + _MARGIN, page - 2 * left - 2 * _MARGIN)
    if size is SheetSize.A4:
        y, x, width = _PAGES[SheetSize.A6][1] + 8, 20, page - 40
        pdf.set_draw_color(150)
        pdf.set_dash_pattern(dash=2, gap=2)
        pdf.line(10, _PAGES[SheetSize.A6][1], page - 10, _PAGES[SheetSize.A6][1])
    for key in keys:
        words: Text = text(key)
        y = _write(pdf, x, y, width, points, words.zh)
        y = _write(pdf, x, y, width, points, words.en) + points * 0.12


def _draw_code(pdf: FPDF, code: str, x: float, y: float) -> None:
    """Draw the modules of the code, each run of dark ones in a row as one area."""
    matrix = code_matrix(code)
    side = _CODE_SIDE / (len(matrix) + 2 * _QUIET)
    pdf.set_fill_color(0)
    for row, modules in enumerate(matrix):
        begin: int | None = None
        for place, is_dark in enumerate([*modules, False]):
            if is_dark and begin is None:
                begin = place
            elif not is_dark and begin is not None:
                area = (x + (_QUIET + begin) * side, y + (_QUIET + row) * side, (place - begin) * side, side)
                pdf.rect(*area, style="F")
                begin = None


def _write(
    pdf: FPDF, x: float, y: float, width: float, points: float, words: str, *, align: str = "L"
) -> float:
    """Write words from x, y on, within a width in millimetres; gives where the next line begins."""
    pdf.set_font(_FONT, size=points)
    pdf.set_xy(x, y)
    pdf.multi_cell(width, points * 0.48, words, align=align, output=MethodReturnValue.HEIGHT)
    return pdf.get_y()


def _add_font(pdf: FPDF, masked_name: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=".otf") as file:
        file.write(_font_for(masked_name[:1]))
        file.flush()
        pdf.add_font(_FONT, fname=Path(file.name))


@lru_cache(maxsize=_KNOWN_FONTS)
def _font_for(first: str) -> bytes:
    """Cut the font down to what stands on every sheet and the first character of a name."""
    options = subset.Options(layout_features=[], name_IDs=[1, 2, 6], notdef_outline=True, hinting=False)
    font = subset.load_font(str(sans_path()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=_characters() + first)
    cutter.subset(font)
    made = BytesIO()
    font.save(made)
    font.close()
    return made.getvalue()


@lru_cache(maxsize=1)
def _characters() -> str:
    keys = [key for key in CATALOGUE if key.startswith("paper.")] + ["test_banner"]
    words = "".join("".join(CATALOGUE[key]) for key in keys)
    regions = (get_region(code) for code in REGION_CODES)
    plain = "".join(chr(code) for code in range(0x20, 0x7F))
    return words + "".join(region.name_zh + region.name_en for region in regions) + plain
