"""`comity verify`: answer one code, or a stream of them (interface section 6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.interim_note import spoken_note
from comity.cli.screen import say, standard_input, standard_output, warn
from comity.domain.decision import Decision, Outcome
from comity.domain.instant import instant_of
from comity.domain.texts import text as words
from comity.errors import UsageError
from comity.trust.bundle import VerifierBundle
from comity.trust.interim_note import InterimNote
from comity.verify import GateAnswer, answer_as_json, answer_block, reason_text
from comity.verify.report import measure_text

EXIT_CODES: Final = {
    Outcome.PASS: 0,
    Outcome.CONTROL: 10,
    Outcome.REFER: 11,
    Outcome.REAPPLY: 12,
    Outcome.REJECT: 13,
    Outcome.UNDECIDED: 14,
}
"""Exit code of each outcome; 2 is misuse."""
MAX_STDIN: Final = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where the host's signed data is, and when the question is asked."""

    bundle: Path
    "The host's verifier bundle."
    status: Path | None = None
    "Folder of status lists; default: status/ beside the bundle."
    host: str | None = None
    "Refuse a bundle that is not for this host, such as 150000."
    anchor: Path | None = None
    "The host's root key pinned at enrolment; default: COMITY_ANCHOR."
    at: str | None = None
    "Decide as of this time, with offset; default: now."


def verify_command(
    text: str | None = None,
    /,
    *,
    image: Path | None = None,
    stdin: bool = False,
    jsonl: bool = False,
    as_json_text: Annotated[bool, Parameter(name="--json")] = False,
    options: Annotated[Options, Parameter(name="*")],
) -> int:
    """Answer a shown code by the host's rules.

    A good interim note (CMN1:) is told as such, with exit code 0; it is no Decision.

    Exit code: 0 PASS, 10 CONTROL, 11 REFER, 12 REAPPLY, 13 REJECT, 14 UNDECIDED, 2 misuse.

    Parameters
    ----------
    text
        The text of the QR code, beginning CM1:
    image
        A picture with the QR code, instead of the text.
    stdin
        Read the text from standard input.
    jsonl
        Read many texts from standard input, one a line; write one answer a line.
    as_json_text
        Write the answer as JSON.
    """
    if sum((text is not None, image is not None, stdin, jsonl)) != 1:
        raise UsageError("exactly one input is expected: TEXT, --image FILE, --stdin or --jsonl")
    at = parse_time(options.at)
    gate = bootstrap.open_gate(
        options.bundle, anchor=options.anchor, host=options.host, status=options.status
    )
    if not gate.is_pinned:
        warn("anchor not pinned")
    for warning in gate.warnings:
        warn(warning)
    if jsonl:
        from comity.cli.stream import answer_lines

        clock = bootstrap.now if options.at is None else lambda: at
        answer_lines(gate, clock, standard_input(), standard_output(), jobs=bootstrap.jobs())
        return 0
    shown = text if text is not None else _scan(image) if image is not None else _read_stdin()
    [answer] = answer_block([shown], gate.bundle, at=at, lists=gate.lists)
    if as_json_text:
        told = answer_as_json(answer, gate.bundle, at=at)
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        say(spoken_answer(answer, gate.bundle))
    return 0 if isinstance(answer, InterimNote) else EXIT_CODES[answer.outcome]


def parse_time(at: str | None) -> datetime:
    """Read a time with offset, or the clock. Raises: UsageError."""
    if at is None:
        return bootstrap.now()
    try:
        parsed = datetime.fromisoformat(at)
        instant_of(parsed)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--at '{at}' is no time with offset: {error}", next_step="Write it as 2020-03-19T00:00:00+08:00."
        ) from error
    return parsed


def _scan(image: Path) -> str:
    """Read the code from a picture; a picture without one is an empty text."""
    from comity.cli.picture import scan

    found = scan(image)
    passes = [each for each in found if each.startswith("CM1:")]
    if len(passes) > 1:
        raise UsageError(
            f"'{image}' shows {len(passes)} health passes", next_step="Take a picture of one pass at a time."
        )
    if not found:
        warn(f"no QR code was found in '{image}'")
    return passes[0] if passes else "".join(found[:1])


def _read_stdin() -> str:
    """Read a text of bounded length; what is cut off spoils it, but for line ends."""
    source = standard_input()
    start = source.read(MAX_STDIN)
    while more := source.read(MAX_STDIN):
        if more.strip(b"\r\n"):
            start += b"!"  # no pass has it, so that what is left cannot be one
            break
    return start.decode("utf-8", errors="replace")


def spoken_answer(answer: GateAnswer, bundle: VerifierBundle) -> str:
    """Put an answer into words to read out, Chinese and English."""
    if isinstance(answer, Decision):
        return spoken(answer)
    return "\n".join([*([test_banner()] if bundle.is_test else []), spoken_note(answer)])


def spoken(decision: Decision) -> str:
    """Put a decision into words to read out, Chinese and English."""
    outcome = words(f"outcome.{decision.outcome}")
    lines = [test_banner()] if decision.is_test else []
    lines.append(f"{decision.outcome}  {outcome.zh} / {outcome.en}")
    if decision.holder is not None:
        name, last_four = decision.holder
        lines.append(f"  {name}  ...{last_four}")
    if decision.compare_id:
        lines += _both("compare_id")
    why = reason_text(decision)
    lines += [f"  {why.zh}", f"  {why.en}", f"  ({decision.reason}, {decision.clause})"]
    for measure in decision.measures:
        told = measure_text(measure)
        lines += [f"  - {told.zh}", f"    {told.en}"]
    for route in decision.routes:
        lines += [f"  > {words(f'route.{route}').zh}", f"    {words(f'route.{route}').en}"]
    return "\n".join(lines)


def test_banner() -> str:
    """Say on every screen of a test federation that it is one (interface section 2)."""
    banner = words("test_banner")
    return f"[{banner.zh} {banner.en}]"


def _both(key: str) -> list[str]:
    told = words(key)
    return [f"  {told.zh}", f"  {told.en}"]
