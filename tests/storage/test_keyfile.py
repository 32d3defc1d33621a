"""The encrypted key file: altered, cut or unwritable is refused, and a crash leaves the old file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import cbor2
import pytest

from comity.errors import KeyStoreError
from comity.storage.keyfile import KeyFile
from comity.trust.keys import Usage
from tests.builders import HOME

Damage: TypeAlias = Callable[[bytes], bytes]

SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))
PASSPHRASE = "correct horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A key file with one key."""
    path = tmp_path / "keys"
    KeyFile(path, passphrase=PASSPHRASE).add(HOME, Usage.PASS, SECRET)
    return path


def kept(path: Path) -> int:
    """How many keys the file on disk holds."""
    return len(KeyFile(path, passphrase=PASSPHRASE).list_signers(HOME, Usage.PASS))


def with_field(name: str, value: object) -> Damage:
    """Replace one field of the outer map."""

    def damage(data: bytes) -> bytes:
        fields = cbor2.loads(data)
        fields[name] = value
        return cbor2.dumps(fields)

    return damage


DAMAGES: list[tuple[str, Damage]] = [
    ("empty", lambda _: b""),
    ("cut by one byte", lambda data: data[:-1]),
    ("cut in half", lambda data: data[: len(data) // 2]),
    ("a byte after it", lambda data: data + b"\x00"),
    ("the last byte altered", lambda data: data[:-1] + bytes((data[-1] ^ 1,))),
    ("text", lambda _: b"-----BEGIN PRIVATE KEY-----"),
    ("an array", lambda _: b"\x80"),
    ("another format", with_field("format", "comity-keys-2")),
    ("another salt", with_field("salt", bytes(16))),
    ("no salt", with_field("salt", b"")),
    ("another nonce", with_field("nonce", bytes(12))),
    ("a nonce of one byte", with_field("nonce", b"x")),
    ("nothing sealed", with_field("sealed", b"")),
    ("a salt as text", with_field("salt", "x")),
]


@pytest.mark.parametrize("damage", [row[1] for row in DAMAGES], ids=[row[0] for row in DAMAGES])
def test_an_altered_or_cut_file_is_not_opened_and_not_touched(path: Path, damage: Damage) -> None:
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    with pytest.raises(KeyStoreError):
        KeyFile(path, passphrase=PASSPHRASE)
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("passphrase", ["", "correct horse ", "Correct horse", "\ud800"], ids=range(4))
def test_a_wrong_passphrase_opens_nothing(path: Path, passphrase: str) -> None:
    with pytest.raises(KeyStoreError) as refused:
        KeyFile(path, passphrase=passphrase)
    assert PASSPHRASE not in str(refused.value)


def test_no_secret_and_no_region_stands_in_the_file_in_clear(path: Path) -> None:
    data = path.read_bytes()
    assert SECRET not in data
    assert HOME.encode() not in data


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


def test_each_writing_takes_a_fresh_salt_and_nonce(path: Path) -> None:
    first = cbor2.loads(path.read_bytes())
    KeyFile(path, passphrase=PASSPHRASE).add(HOME, Usage.PASS, OTHER)
    second = cbor2.loads(path.read_bytes())
    assert first["salt"] != second["salt"]
    assert first["nonce"] != second["nonce"]


def test_a_file_that_is_a_folder_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreError):
        KeyFile(tmp_path, passphrase=PASSPHRASE)


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_a_key_is_not_added_where_the_folder_cannot_be_written(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = KeyFile(tmp_path / folder / "keys", passphrase=PASSPHRASE)
    with pytest.raises(KeyStoreError):
        store.add(HOME, Usage.PASS, SECRET)
    assert store.list_signers(HOME, Usage.PASS) == ()


def test_a_key_that_could_not_be_written_is_not_kept_and_the_old_file_stays(path: Path) -> None:
    old = path.read_bytes()
    store = KeyFile(path, passphrase=PASSPHRASE)
    path.with_name("keys.new").mkdir()  # stands in the way of the file written beside
    with pytest.raises(KeyStoreError):
        store.add(HOME, Usage.PASS, OTHER)
    assert path.read_bytes() == old
    assert len(store.list_signers(HOME, Usage.PASS)) == 1
    path.with_name("keys.new").rmdir()
    store.add(HOME, Usage.PASS, OTHER)
    assert kept(path) == 2


@pytest.mark.parametrize("length", [0, 10, 200])
def test_a_crash_while_writing_leaves_the_old_file_and_no_obstacle(path: Path, length: int) -> None:
    path.with_name("keys.new").write_bytes(path.read_bytes()[:length])
    assert kept(path) == 1
    KeyFile(path, passphrase=PASSPHRASE).add(HOME, Usage.PASS, OTHER)
    assert kept(path) == 2
    assert os.listdir(path.parent) == ["keys"]


def test_a_passphrase_that_is_no_text_keeps_nothing(tmp_path: Path) -> None:
    store = KeyFile(tmp_path / "keys", passphrase="\ud800")
    with pytest.raises(KeyStoreError):
        store.add(HOME, Usage.PASS, SECRET)


def test_a_secret_that_makes_no_key_is_refused_and_the_file_still_opens(path: Path) -> None:
    store = KeyFile(path, passphrase=PASSPHRASE)

    with pytest.raises(KeyStoreError, match="32"):
        store.add(HOME, Usage.PASS, b"short")

    assert len(KeyFile(path, passphrase=PASSPHRASE).list_signers(HOME, Usage.PASS)) == 1


def test_two_openers_of_one_file_keep_each_other_s_keys(path: Path) -> None:
    first, second = (KeyFile(path, passphrase=PASSPHRASE) for _ in range(2))

    first.add(HOME, Usage.STATUS, OTHER)
    second.add(HOME, Usage.BUNDLE, OTHER)

    again = KeyFile(path, passphrase=PASSPHRASE)
    assert len(again.list_signers(HOME, Usage.STATUS)) == len(again.list_signers(HOME, Usage.BUNDLE)) == 1
