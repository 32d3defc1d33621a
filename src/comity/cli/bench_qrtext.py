"""The QR text: how fast base45 is read, and how large the codes of the largest honest passes are."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import Final

from comity.cli.bench_gate import AT, claims_of, make_federation, text_of
from comity.cli.bench_report import Value, tell
from comity.cli.bench_verification import one_core
from comity.codec import base45
from comity.domain.claims import StatusReference, masked
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY
from comity.domain.region import INNER_MONGOLIA
from comity.errors import MissingExtra

CHARACTERS: Final = 285
_REPEATS: Final = 100
_LIST_URI: Final = "cm:150000/1"
"""The form Comity gives its lists; one list has room for every pass of a region."""
_LONG_URI: Final = "cm:150000/1234567890"
"""Twenty characters, the longest a region should use."""
_LARGEST_INDEX: Final = 24_999_999
_LARGEST_NAME: Final = "欧阳娜娜"
"""Four characters of a name are shown at most."""
_VERSION_MODULES: Final = (17, 4)
"""A symbol of version v is 17 + 4v modules wide (ISO/IEC 18004 section 5.3.1)."""


def measure_base45(*, rounds: int) -> dict[str, Value]:
    """Measure the decoding of one text against the package `base45`."""
    tell(f"base45, {rounds} rounds")
    data = bytes(number * 89 & 0xFF for number in range(CHARACTERS * 2 // 3))
    text = base45.encode(data)
    try:
        from base45 import b45decode
    except ImportError:
        tell("base45_x needs the package base45: pip install base45")
        return {"base45_x": None}
    ours, theirs = base45.decode(text), b45decode(text)
    if not ours == theirs == data:
        raise AssertionError("the two decoders disagree")
    with one_core():
        times = [(_time(base45.decode, text), _time(b45decode, text)) for _ in range(rounds)]
    own, package = (min(each) for each in zip(*times, strict=True))
    return {"base45_x": package / own, "base45_us": own / 1_000}


def _time(decode: Callable[[bytes], bytes], text: bytes) -> float:
    began = perf_counter_ns()
    for _ in range(_REPEATS):
        decode(text)
    return (perf_counter_ns() - began) / _REPEATS


def measure_codes() -> dict[str, Value]:
    """Draw the largest honest pass of every class and give the QR versions."""
    tell("QR codes of the largest passes")
    online, paper, device = (
        largest_text(each) for each in (PassClass.ONLINE, PassClass.PAPER, PassClass.DEVICE)
    )
    with_long_uri = largest_text(PassClass.PAPER, uri=_LONG_URI)
    try:
        return {
            "qr_online": qr_version(online, level="M"),
            "qr_paper": qr_version(paper, level="M"),
            "qr_paper_q": qr_version(paper, level="Q"),
            "qr_device": qr_version(device, level="M"),
            "qr_paper_uri20": qr_version(with_long_uri, level="M"),
            "qr_online_characters": len(online),
            "qr_paper_characters": len(paper),
            "qr_device_characters": len(device),
        }
    except MissingExtra as error:
        tell(f"{error}; {error.next_step}")
        return {}


def largest_text(pass_class: PassClass, *, uri: str = _LIST_URI) -> str:
    """Give the text of a yellow pass with everything a pass can say."""
    federation = make_federation()
    claims = claims_of(federation, pass_class, 0, index=0)._replace(
        issuer=INNER_MONGOLIA,
        colour=Colour.YELLOW,
        masked_name=masked(_LARGEST_NAME),
        id_last4="123X",
        reason=ColourReason.AREA_ARRIVAL,
        basis=AT - DAY,
        until=AT + 13 * DAY,
        origin="420000",
        area="150102",
        is_guardian_held=True,
    )
    if claims.status is not None:
        claims = claims._replace(status=StatusReference(uri=uri, index=_LARGEST_INDEX))
    return text_of(federation, claims, phone="0")


def qr_version(text: str, *, level: str) -> int:
    """Draw a text as a QR code and give its version, from the side length of the symbol.

    Raises: MissingExtra without the extra `image`.
    """
    try:
        import zxingcpp
    except ImportError as error:
        raise MissingExtra("Drawing QR pictures", extra="image") from error
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    side: int = zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False).shape[0]
    least, step = _VERSION_MODULES
    return (side - least) // step
