"""`comity verify` of one code as a whole process, against the start of a large import.

Both find their modules compiled, as an installed program does, whatever the environment says about that.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from time import perf_counter_ns
from typing import Final

from comity.cli.bench_gate import BenchGate
from comity.cli.bench_report import Value, tell
from comity.domain.colour import PassClass
from comity.errors import ComityError

_YARDSTICK: Final = "fastapi"
_MS: Final = 1_000_000
_LEAN: Final = """
import sys
from comity.cli.main import run
code = run(sys.argv[1:])
heavy = sorted({"rich", "numpy"} & set(sys.modules))
sys.exit(f"imported: {heavy}" if heavy else code)
"""


def measure_command(bench: BenchGate, *, rounds: int) -> dict[str, Value]:
    """Measure how long one verification takes as a process, interpreter and imports included."""
    tell(f"comity verify of one code as a process, {rounds} rounds")
    settings = _compiled(bench)
    words = [*bench.verify_words, bench.texts[PassClass.PAPER][0], "--json"]
    ours = [sys.executable, "-m", "comity.cli.main", *words]
    lean = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", _LEAN, *words], stdout=subprocess.DEVNULL, env=settings, check=False
    )
    figures: dict[str, Value] = {"startup_x": None, "startup_lean": lean.returncode == 0}
    theirs = [sys.executable, "-c", f"import {_YARDSTICK}"]
    if find_spec(_YARDSTICK) is None:
        tell(f"startup_x needs the package {_YARDSTICK}: pip install {_YARDSTICK}")
        theirs = [sys.executable, "-c", "pass"]
    for command in (ours, theirs):
        _time(command, settings)
    times = [(_time(ours, settings), _time(theirs, settings)) for _ in range(rounds)]
    own, other = (min(each) for each in zip(*times, strict=True))
    figures["startup_ms"] = own / _MS
    if find_spec(_YARDSTICK) is not None:
        figures |= {"startup_x": own / other, "startup_yardstick_ms": other / _MS}
    return figures


def _compiled(bench: BenchGate) -> dict[str, str]:
    """Give an environment in which the first run leaves compiled modules for the next."""
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return settings | {"PYTHONPYCACHEPREFIX": str(bench.folder / "compiled")}


def _time(command: list[str], settings: dict[str, str]) -> int:
    began = perf_counter_ns()
    ended = subprocess.run(  # noqa: S603 - this very program
        command, stdout=subprocess.DEVNULL, env=settings, check=False
    )
    taken = perf_counter_ns() - began
    if ended.returncode != 0:
        raise ComityError(f"a measured process ended with exit code {ended.returncode}")
    return taken
