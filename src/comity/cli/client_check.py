"""`comity client check`: answer a code of a region's own format by asking that region."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.screen import say, standard_input, warn
from comity.cli.verify import EXIT_CODES, spoken
from comity.errors import UsageError

_MAX_TEXT: Final = 2_048


def check_command(
    text: str | None = None,
    /,
    *,
    bundle: Path,
    formats: Path | None = None,
    stdin: bool = False,
    anchor: Path | None = None,
    host: str | None = None,
    as_json_text: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Answer a code of another format by its issuer's word and the host's rules.

    Exit code: 0 PASS, 10 CONTROL, 11 REFER, 12 REAPPLY, 13 REJECT, 14 UNDECIDED, 2 misuse.

    Parameters
    ----------
    text
        The text of the QR code. It is a secret of its holder: --stdin keeps it out of lists of processes.
    bundle
        The host's verifier bundle.
    formats
        File that names prefix and address of each format; default: COMITY_FOREIGN_FORMATS.
    stdin
        Read the text from standard input.
    anchor
        The host's root key pinned at enrolment; default: COMITY_ANCHOR.
    host
        Refuse a bundle that is not for this host.
    as_json_text
        Write the answer as JSON.
    """
    from comity.bootstrap.foreign_formats import FORMATS_SETTING, read_formats
    from comity.client.foreign_gate import ForeignGate
    from comity.verify.foreign_codes import foreign_as_json

    if (text is not None) is stdin:
        raise UsageError("exactly one input is expected: TEXT or --stdin")
    file = formats or (Path(os.environ[FORMATS_SETTING]) if os.environ.get(FORMATS_SETTING) else None)
    if file is None:
        raise UsageError("no formats are named", next_step="Give --formats FILE; docs/joining.md shows it.")
    pinned = bootstrap.open_pinned(bundle, anchor=anchor, host=host)
    if not pinned.is_pinned:
        warn("anchor not pinned")
    shown = text if text is not None else standard_input().read(_MAX_TEXT).decode("utf-8", "replace")
    gate = ForeignGate(read_formats(file, is_test=pinned.bundle.is_test), draw=os.urandom)
    answer = gate.answer(shown.strip("\r\n"), pinned.bundle, clock=bootstrap.now)
    if answer is None:
        raise UsageError(
            "this is no code of a format that is named", next_step="Use `comity verify` for health passes."
        )
    if as_json_text:
        print(json.dumps(foreign_as_json(answer), ensure_ascii=False, indent=2))
    else:
        say(spoken(answer.decision))
    return EXIT_CODES[answer.decision.outcome]
