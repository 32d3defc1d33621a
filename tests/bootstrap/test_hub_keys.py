"""The hub's keys: in an encrypted file, or in a PKCS#11 module where a setting names one."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.bootstrap.hub import OpenHub, init_hub, open_hub
from comity.bootstrap.hub_nation import NationalKeys, found_nation, rotate_nation
from comity.bootstrap.key_store import open_key_store
from comity.bootstrap.settings import NodeSettings, read_settings
from comity.client.folder_source import FolderSource
from comity.client.repository_client import RepositoryClient
from comity.errors import KeyStoreError, UsageError
from tests.softhsm import PIN, TOKEN, empty_token, make_token


def settings_in_module(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> NodeSettings:
    """The settings of a hub whose keys will lie in an empty token."""
    module = make_token(tmp_path_factory.mktemp("softhsm"))
    empty_token(module)
    return read_settings(
        data=tmp_path / "hub", demo=True, pkcs11_module=module, pkcs11_token=TOKEN, pkcs11_pin=PIN
    )


def test_a_hub_whose_keys_are_in_a_module_orders_a_repository_that_clients_follow(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = settings_in_module(tmp_path, tmp_path_factory)

    init_hub(settings).opened.close()

    with open_hub(settings) as opened:
        at = opened.clock()
        opened.repository.renew(at=at + 3_600)
    assert not (tmp_path / "hub" / "keys.cbor").exists()
    repository = tmp_path / "hub" / "repository"
    root = (repository / "metadata" / "1.root.json").read_bytes()
    client = RepositoryClient(tmp_path / "cache", root=root)
    assert client.sync(FolderSource(repository), at=at + 3_600).state.timestamp_version > 1


def test_c3_3_the_national_codes_keys_lie_in_the_module_too_and_are_rotated_there(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = settings_in_module(tmp_path, tmp_path_factory)
    init_hub(settings).opened.close()

    with open_hub(settings) as opened:
        first, second = found_nation(opened).entries
        converting = NationalKeys(opened)
        before = signs_with(opened, converting)
        rotate_nation(opened)
        after = signs_with(opened, converting)

    assert (before, after) == (first.kid, second.kid)
    assert not (tmp_path / "hub" / "keys.cbor").exists()


def signs_with(opened: OpenHub, converting: NationalKeys) -> bytes:
    """Sign with the national code's key of now, and give the key it says it is."""
    with opened.hub.store.reading() as transaction:
        issuer = converting(transaction)
    assert issuer is not None
    assert issuer.entry.key.verifies(issuer.signer.sign(b"a national pass"), b"a national pass")
    return issuer.entry.kid


def test_what_is_missing_to_open_the_keys_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMITY_KEY_PASSPHRASE", "COMITY_KEY_PASSPHRASE_FILE", "COMITY_PKCS11_PIN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="passphrase"):
        open_key_store(NodeSettings(), tmp_path / "keys")
    with pytest.raises(UsageError, match="PIN"):
        open_key_store(NodeSettings(pkcs11_module=tmp_path), tmp_path / "keys")
    absent = NodeSettings(pkcs11_module=tmp_path, pkcs11_pin_file=tmp_path / "absent")
    with pytest.raises(UsageError, match="PIN file"):
        open_key_store(absent, tmp_path / "keys")
    (tmp_path / "pin").write_text("1234\n")
    named = NodeSettings(pkcs11_module=tmp_path, pkcs11_pin_file=tmp_path / "pin")
    with pytest.raises(KeyStoreError):
        open_key_store(named, tmp_path / "keys")
