"""A token of SoftHSM2 for tests: made once a process, emptied for each test; skipped where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

MODULES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
TOKEN: Final = "comity-tests"
PIN: Final = "1234"


def find_module() -> str | None:
    """Find the module of SoftHSM2."""
    return next((path for path in MODULES if Path(path).exists()), None)


def make_token(folder: Path) -> str:
    """Make a token in a folder and give the module; skips where SoftHSM2 is not installed."""
    module, program = find_module(), shutil.which("softhsm2-util")
    if module is None or program is None:
        pytest.skip("SoftHSM2 is not installed (apt install softhsm2)")
    pytest.importorskip("pkcs11", reason="the extra 'pkcs11' is not installed")
    tokens = folder / "tokens"
    tokens.mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    words = ["--init-token", "--free", "--label", TOKEN, "--so-pin", PIN, "--pin", PIN]
    subprocess.run([program, *words], check=True, capture_output=True)
    return module


def empty_token(module: str) -> None:
    """Remove every key of the token; whoever was signed in to it no longer is."""
    import pkcs11

    pkcs11.unload(module)
    token = pkcs11.lib(module).get_token(token_label=TOKEN)
    with token.open(rw=True, user_pin=PIN) as session:
        for each in list(session.get_objects()):
            each.destroy()
