"""The file that names which regions' own formats a gate knows, and at which address each issuer is asked.

TOML, one table a format: `[[format]]` with issuer, prefix and url. Another kind of format is an adapter of
its own (`verify.foreign_codes.ForeignCodes`) and another key here.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from comity.bootstrap import read_file
from comity.client.opaque_codes import OpaqueCodes
from comity.domain.region import RegionCode, is_region
from comity.errors import UsageError

FORMATS_SETTING: Final = "COMITY_FOREIGN_FORMATS"
_KEYS: Final = {"issuer", "prefix", "url"}
_NEXT_STEP: Final = "docs/joining.md shows the file."


def read_formats(path: Path, *, is_test: bool) -> tuple[OpaqueCodes, ...]:
    """Read the file. Raises: UsageError naming what is wrong with which format."""
    try:
        document = tomllib.loads(read_file(path, what="file of formats").decode())
    except (ValueError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"'{path}' is not TOML in UTF-8: {error}", next_step=_NEXT_STEP) from error
    tables = document.pop("format", None)
    if document or not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise UsageError(f"'{path}' has other tables than [[format]], or none", next_step=_NEXT_STEP)
    formats = tuple(_read_format(table, path, is_test=is_test) for table in tables)
    for names in ([each.prefix for each in formats], [each.issuer for each in formats]):
        if len(set(names)) != len(names):
            raise UsageError(f"'{path}' names a prefix or an issuer twice", next_step=_NEXT_STEP)
    return formats


def _read_format(table: dict[str, object], path: Path, *, is_test: bool) -> OpaqueCodes:
    if set(table) != _KEYS or not all(isinstance(value, str) for value in table.values()):
        raise UsageError(f"'{path}': a format has the texts issuer, prefix and url", next_step=_NEXT_STEP)
    issuer, prefix, url = (str(table[name]) for name in ("issuer", "prefix", "url"))
    if not is_region(issuer):
        raise UsageError(f"'{path}': '{issuer}' is not the code of a region", next_step=_NEXT_STEP)
    return OpaqueCodes(issuer=RegionCode(issuer), prefix=prefix, url=url, is_test=is_test)
