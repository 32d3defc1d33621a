"""The contracts of `issuance.ports.KeyStore` and `SecretStore`: every adapter keeps them alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes
from typing import TypeAlias

import pytest

from comity.codec.cose import Kid
from comity.errors import KeyStoreError
from comity.issuance.vault import make_vault, open_vault
from comity.records.ports import KeyStore, SecretStore, SecretUse
from comity.storage.keyfile import KeyFile
from comity.storage.memory import MemoryKeyStore
from comity.trust.keys import Usage
from tests.builders import HOME, HOST

Opener: TypeAlias = Callable[[], KeyStore]
SecretOpener: TypeAlias = Callable[[], SecretStore]

FIRST, SECOND = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture(params=["memory", "file", "file opened again"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Give a store; for a file opened again, each call opens what is on disk."""
    memory: KeyStore = MemoryKeyStore()
    path = tmp_path / "keys"
    if request.param == "memory":
        return lambda: memory
    once: KeyStore = KeyFile(path, passphrase="correct horse")
    if request.param == "file":
        return lambda: once
    return lambda: KeyFile(path, passphrase="correct horse")


def test_an_empty_store_has_no_keys(reopen: Opener) -> None:
    store = reopen()
    assert store.list_signers(HOME, Usage.PASS) == ()
    with pytest.raises(KeyStoreError):
        store.get_signer(HOME, Usage.PASS, Kid(b"none"))


def test_a_key_is_there_and_signs_once_add_has_returned(reopen: Opener) -> None:
    added = reopen().add(HOME, Usage.PASS, FIRST)
    found = reopen().get_signer(HOME, Usage.PASS, added.kid)
    assert (found.public, found.kid, found.alg) == (added.public, added.kid, -7)
    assert added.public.verifies(found.sign(b"message"), b"message")


def test_adding_the_same_secret_again_changes_nothing(reopen: Opener) -> None:
    first = reopen().add(HOME, Usage.PASS, FIRST)
    again = reopen().add(HOME, Usage.PASS, FIRST)
    assert first.kid == again.kid
    assert len(reopen().list_signers(HOME, Usage.PASS)) == 1


def test_keys_are_listed_oldest_first(reopen: Opener) -> None:
    kids = [reopen().add(HOME, Usage.PASS, secret).kid for secret in (SECOND, FIRST)]
    reopen().add(HOME, Usage.PASS, SECOND)
    assert [signer.kid for signer in reopen().list_signers(HOME, Usage.PASS)] == kids


@pytest.mark.parametrize("usage", [Usage.STATUS, Usage.STATEMENT, Usage.BUNDLE, None])
def test_a_key_serves_only_the_region_and_usage_it_was_added_for(reopen: Opener, usage: Usage | None) -> None:
    kid = reopen().add(HOME, Usage.PASS, FIRST).kid
    store = reopen()
    for region, other in ((HOME, usage), (HOST, Usage.PASS), (HOST, usage)):
        assert store.list_signers(region, other) == ()
        with pytest.raises(KeyStoreError):
            store.get_signer(region, other, kid)


def test_one_secret_may_be_kept_for_several_uses(reopen: Opener) -> None:
    uses = [(HOME, Usage.PASS), (HOME, None), (HOST, Usage.PASS)]
    for region, usage in uses:
        reopen().add(region, usage, FIRST)
    store = reopen()
    assert [len(store.list_signers(region, usage)) for region, usage in uses] == [1, 1, 1]


def test_the_root_of_a_region_is_kept_without_a_usage(reopen: Opener) -> None:
    kid = reopen().add(HOST, None, FIRST).kid
    assert reopen().get_signer(HOST, None, kid).kid == kid
    with pytest.raises(KeyStoreError):
        reopen().get_signer(HOST, Usage.PASS, kid)


def test_a_refusal_names_no_secret(reopen: Opener) -> None:
    reopen().add(HOME, Usage.PASS, FIRST)
    with pytest.raises(KeyStoreError) as refused:
        reopen().get_signer(HOME, Usage.PASS, Kid(b"none"))
    assert FIRST.hex() not in str(refused.value)


def test_secrets_are_listed_by_id_oldest_first_and_only_for_their_use(reopen: SecretOpener) -> None:
    names = [reopen().add_secret(HOME, SecretUse.VAULT, secret) for secret in (SECOND, FIRST, SECOND)]

    assert dict(reopen().list_secrets(HOME, SecretUse.VAULT)) == {names[0]: SECOND, names[1]: FIRST}
    assert names[0] == names[2]
    assert not reopen().list_secrets(HOME, SecretUse.FINDING)
    assert not reopen().list_secrets(HOST, SecretUse.VAULT)


def test_a_secret_of_another_length_is_refused(reopen: SecretOpener) -> None:
    with pytest.raises(KeyStoreError):
        reopen().add_secret(HOME, SecretUse.VAULT, b"short")


def test_a_vault_made_once_opens_what_it_sealed_before_and_after_a_rotation(reopen: SecretOpener) -> None:
    made = make_vault(reopen(), HOME, draw=token_bytes)
    before = made.seal({"name": "x"}, of="t:1")
    reopen().add_secret(HOME, SecretUse.VAULT, FIRST)

    rotated = make_vault(reopen(), HOME, draw=token_bytes)

    assert rotated.holder_key("kind", "1") == made.holder_key("kind", "1")
    assert rotated.current != made.current
    assert rotated.open(before, vault_key=made.current, of="t:1") == {"name": "x"}


def test_a_vault_opened_before_a_rotation_reads_what_is_sealed_after_it(reopen: SecretOpener) -> None:
    early = make_vault(reopen(), HOME, draw=token_bytes)
    reopen().add_secret(HOME, SecretUse.VAULT, FIRST)
    late = open_vault(reopen(), HOME, draw=token_bytes)

    assert early.open(late.seal({"name": "y"}, of="t:1"), vault_key=late.current, of="t:1") == {"name": "y"}


def test_there_is_no_vault_without_its_secrets(reopen: SecretOpener) -> None:
    with pytest.raises(KeyStoreError):
        open_vault(reopen(), HOME, draw=token_bytes)
