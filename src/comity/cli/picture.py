"""QR codes as pictures: drawn and read by zxing-cpp, kept by Pillow (extra `image`)."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import Final

from comity.errors import MissingExtra, UsageError

try:
    import zxingcpp
    from PIL import Image, ImageOps
except ImportError as error:  # pragma: no cover - only without the extra
    raise MissingExtra("Reading and drawing QR pictures", extra="image") from error

MODULE_PIXELS: Final = 6
QUIET_ZONE: Final = 24
"""White pixels around the code: four modules (ISO/IEC 18004 section 6.3.8)."""
MAX_PIXELS: Final = 64_000_000

_PICTURES: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_FORMATS: Final = zxingcpp.barcode_formats_from_str("QRCode")


def scan(path: Path) -> list[str]:
    """Read the texts of all QR codes in a picture file, in the order found.

    Raises: UsageError for a missing file or one that is no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_PICTURES) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise UsageError(f"'{path}' is larger than {MAX_PIXELS} pixels")
                picture = _flat(ImageOps.exif_transpose(opened))
    except FileNotFoundError:
        raise UsageError(f"picture '{path}' does not exist", next_step="Check the path.") from None
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise UsageError(
            f"'{path}' cannot be read as a picture", next_step="Give a PNG or JPEG of the code."
        ) from error
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=_FORMATS)]


def _flat(picture: Image.Image) -> Image.Image:
    """Give a picture in grey, what is transparent in it on white, as any viewer shows it."""
    if not picture.has_transparency_data:
        return picture.convert("L")
    layers = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers).convert("L")


def draw(text: str, *, level: str = "M") -> bytes:
    """Draw a text as a QR code at an error correction level: a PNG file."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    code = Image.fromarray(
        zxingcpp.write_barcode_to_image(barcode, scale=MODULE_PIXELS, add_quiet_zones=False)
    )
    picture = ImageOps.expand(code.convert("L"), border=QUIET_ZONE, fill=255)
    out = BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()
