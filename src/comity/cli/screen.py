"""What reaches a person's terminal: plain characters only, and always writable.

Texts of codes and unsigned files may hold control or direction-changing characters that would move the
cursor, rename the window or reverse what is read; on a screen they are shown as their code.
"""

from __future__ import annotations

import io
import sys
import unicodedata
from pathlib import Path
from typing import BinaryIO, Final

from comity.errors import UsageError

_KEPT: Final = "\n"
_SHOWN_AS_CODE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def plain(text: str) -> str:
    """Replace control, format and surrogate characters by their code, such as `<1B>`; keep line ends."""
    return "".join(
        f"<{ord(c):02X}>" if c not in _KEPT and unicodedata.category(c) in _SHOWN_AS_CODE else c for c in text
    )


def say(text: str) -> None:
    """Print for a person on standard output."""
    print(plain(text))


def warn(text: str) -> None:
    """Print for a person on standard error."""
    print(plain(f"comity: {text}"), file=sys.stderr)


def standard_input() -> io.BufferedIOBase:
    """Give standard input as bytes. Raises: UsageError when it is closed."""
    source = None if sys.stdin is None else sys.stdin.buffer
    if not isinstance(source, io.BufferedIOBase):
        raise UsageError("standard input is closed", next_step="Give the text itself, or pipe it in.")
    return source


def standard_output() -> BinaryIO:
    """Give standard output as bytes. Raises: UsageError when it is closed."""
    if sys.stdout is None:
        raise UsageError("standard output is closed", next_step="Send the answers to a file or a pipe.")
    return sys.stdout.buffer


def write_utf8() -> None:
    """Make both outputs UTF-8 whatever the terminal says, so that Chinese text never fails to print."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def program_name() -> str:
    """Name the program as the reader can call it from here."""
    started = Path(sys.argv[0]).absolute()
    here = Path.cwd()
    return str(started.relative_to(here)) if started.is_relative_to(here) else "comity"
