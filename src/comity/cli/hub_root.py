"""`comity hub root`: the ceremony by which three of five keyholders say which keys order the repository.

Every command reads and writes files; only `put` needs the hub. A keyholder signs on a machine of their own.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.screen import say
from comity.domain.instant import Instant, instant_of, rfc3339
from comity.errors import UsageError

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root

    from comity.verify.report import Json

THRESHOLD: Final = 3
Out = Annotated[Path, Parameter(help="The file to write.")]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Write JSON.")]


def key_command(file: Path, /) -> int:
    """Make a keyholder's key: FILE, encrypted, and FILE.pub to be handed on.

    Parameters
    ----------
    file
        The key file to make; it stays with its holder.
    """
    from comity.bootstrap.root_ceremony import make_keyholder, write_public_keys
    from comity.distribution.keys import metadata_key

    public = make_keyholder(file, passphrase=read_passphrase(asks_twice=True))
    _write(file.with_name(file.name + ".pub"), write_public_keys({"keyholder": public}))
    say(f"key {metadata_key(public).keyid} is in {file}; hand on {file.name}.pub")
    return 0


def create_command(
    *,
    keyholder: Annotated[list[Path], Parameter(help="Public key of a keyholder; five times.", negative="")],
    ordering: Annotated[Path, Parameter(help="The hub's ordering keys, of `comity hub root ordering`.")],
    out: Out,
    threshold: Annotated[int, Parameter(help="How many must sign.")] = THRESHOLD,
) -> int:
    """Make the request for the first root."""
    from comity.bootstrap.root_ceremony import read_keyholder, read_ordering
    from comity.distribution.root import RootKeys, make_root

    named = read_ordering(ordering)
    keys = RootKeys(
        keyholders=tuple(read_keyholder(each) for each in keyholder),
        threshold=threshold,
        targets=named["targets"],
        snapshot=named["snapshot"],
        timestamp=named["timestamp"],
    )
    return _request(out, make_root(keys, version=1, at=_now()))


def sign_command(
    request: Path,
    /,
    *,
    key: Annotated[Path, Parameter(help="The keyholder's key file.")],
    out: Out,
) -> int:
    """Sign a request with one keyholder's key, after showing what it says.

    Parameters
    ----------
    request
        The request for a root.
    """
    from tuf.api.metadata import Root

    from comity.bootstrap.root_ceremony import sign_request
    from comity.distribution.metadata import read_metadata
    from comity.distribution.names import MAX_ROOT

    data = bootstrap.read_file(request, what="request")
    _print(describe(read_metadata(data, Root, limit=MAX_ROOT)))
    _write(out, sign_request(data, key, passphrase=read_passphrase()))
    say(f"signed: hand on {out.name}")
    return 0


def assemble_command(
    request: Path,
    /,
    *signatures: Path,
    out: Out,
    after: Annotated[Path | None, Parameter(help="The root that this one follows.")] = None,
) -> int:
    """Put a request and the keyholders' signatures together to a root.

    Parameters
    ----------
    request
        The request for a root.
    signatures
        The signatures.
    """
    from comity.distribution.root import assemble_root

    given = [bootstrap.read_file(each, what="signature") for each in signatures]
    before = None if after is None else bootstrap.read_file(after, what="root")
    root = assemble_root(bootstrap.read_file(request, what="request"), given, before=before)
    _write(out, root)
    say(f"the root is in {out}; next: comity hub root put {out} --data DIR")
    return 0


def rotate_command(
    root: Path,
    /,
    *,
    out: Out,
    ordering: Annotated[Path | None, Parameter(help="New ordering keys of the hub.")] = None,
) -> int:
    """Make the request for the next root: another year, and other ordering keys where they are given.

    Parameters
    ----------
    root
        The present root.
    """
    from comity.bootstrap.root_ceremony import read_ordering
    from comity.distribution.root import make_root, read_root, root_keys

    present = read_root(bootstrap.read_file(root, what="root")).signed
    keys = root_keys(present)
    if ordering is not None:
        named = read_ordering(ordering)
        keys = replace(
            keys, targets=named["targets"], snapshot=named["snapshot"], timestamp=named["timestamp"]
        )
    return _request(out, make_root(keys, version=present.version + 1, at=_now()))


def replace_key_command(
    root: Path,
    /,
    *,
    lost: Annotated[str, Parameter(help="First digits of the key id that is lost.")],
    new: Annotated[Path, Parameter(help="Public key of the new keyholder.")],
    out: Out,
) -> int:
    """Make the request for the next root with another keyholder in place of a lost key.

    Parameters
    ----------
    root
        The present root.
    """
    from comity.bootstrap.root_ceremony import read_keyholder, replace_keyholder
    from comity.distribution.root import make_root, read_root, root_keys

    present = read_root(bootstrap.read_file(root, what="root")).signed
    keys = replace_keyholder(root_keys(present), lost, read_keyholder(new))
    return _request(out, make_root(keys, version=present.version + 1, at=_now()))


def show_command(file: Path, /, *, as_json_text: AsJson = False) -> int:
    """Show what a root or a request says, and who has signed it.

    Parameters
    ----------
    file
        A root or a request.
    """
    from tuf.api.metadata import Root

    from comity.distribution.metadata import read_metadata
    from comity.distribution.names import MAX_ROOT

    shown = describe(read_metadata(bootstrap.read_file(file, what="root"), Root, limit=MAX_ROOT))
    if as_json_text:
        print(json.dumps(shown, indent=2))
    else:
        _print(shown)
    return 0


def describe(metadata: Metadata[Root]) -> dict[str, Json]:
    """Give a root or a request as plain values."""
    from comity.distribution.metadata import expires_at

    root = metadata.signed
    holders = root.roles["root"]
    return {
        "version": root.version,
        "expires": rfc3339(expires_at(root)),
        "threshold": holders.threshold,
        "keyholders": list(holders.keyids),
        "signed_by": [keyid for keyid in holders.keyids if keyid in metadata.signatures],
        "ordering": {role: root.roles[role].keyids[0] for role in ("targets", "snapshot", "timestamp")},
    }


def _print(shown: dict[str, Json]) -> None:
    say(f"root version {shown['version']}, until {shown['expires']}, {shown['threshold']} must sign")
    for name in ("keyholders", "signed_by"):
        keys = shown[name]
        say(f"{name.replace('_', ' ')}:")
        for keyid in keys if isinstance(keys, list) else []:
            say(f"  {keyid}")
    ordering = shown["ordering"]
    for role, keyid in ordering.items() if isinstance(ordering, dict) else []:
        say(f"{role:<10} {keyid}")


def _request(out: Path, data: bytes) -> int:
    _write(out, data)
    say(f"the request is in {out}; each keyholder: comity hub root sign {out.name} --key FILE --out FILE.sig")
    return 0


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}") from error


def _now() -> Instant:
    return instant_of(bootstrap.now())


def read_passphrase(*, asks_twice: bool = False) -> str:
    """Give the passphrase of a keyholder's file: as set for every key file, else asked for."""
    file = os.environ.get("COMITY_KEY_PASSPHRASE_FILE")
    word = os.environ.get("COMITY_KEY_PASSPHRASE")
    if not word and file:
        word = bootstrap.read_file(Path(file), what="passphrase file").decode().rstrip("\r\n")
    if not word and sys.stdin.isatty():
        word = getpass("Passphrase of the key file: ")
        if asks_twice and getpass("Again: ") != word:
            word = ""
    if not word:
        raise UsageError(
            "the key file needs a passphrase, and none is set",
            next_step="Set COMITY_KEY_PASSPHRASE_FILE (or COMITY_KEY_PASSPHRASE), or run it at a terminal.",
        )
    return word
