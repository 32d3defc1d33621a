"""The contracts of `issuance.ports.KeyStore` and `SecretStore`: every adapter keeps them alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from comity.storage.pkcs11_signer import Pkcs11KeyStore
from comity.trust.keys import Usage
from tests.builders import HOME, HOST
from tests.softhsm import PIN, TOKEN, empty_token, make_token

Opener: TypeAlias = Callable[[], KeyStore]
SecretOpener: TypeAlias = Callable[[], SecretStore]

FIRST, SECOND = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The module of SoftHSM2 with a token for tests."""
    return make_token(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture(params=["memory", "file", "file opened again"])
def secret_reopen(request: pytest.FixtureRequest, tmp_path: Path) -> SecretOpener:
    """Give a store of secrets; for a file opened again, each call opens what is on disk."""
    memory = MemoryKeyStore()
    path = tmp_path / "keys"
    if request.param == "memory":
        return lambda: memory
    once = KeyFile(path, passphrase="correct horse")
    if request.param == "file":
        return lambda: once
    return lambda: KeyFile(path, passphrase="correct horse")


@pytest.fixture(params=["memory", "file", "file opened again", "softhsm2", "softhsm2 opened again"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Give a store; one opened again is, at each call, what was kept before."""
    memory, path = MemoryKeyStore(), tmp_path / "keys"
    if request.param == "memory":
        yield lambda: memory
    elif request.param == "file":
        once = KeyFile(path, passphrase="correct horse")
        yield lambda: once
    elif request.param == "file opened again":
        yield lambda: KeyFile(path, passphrase="correct horse")
    else:
        module = request.getfixturevalue("module")
        empty_token(module)
        opened = [Pkcs11KeyStore(module, token=TOKEN, pin=PIN)]

        def again() -> KeyStore:
            opened.append(Pkcs11KeyStore(module, token=TOKEN, pin=PIN))
            return opened[-1]

        yield again if request.param != "softhsm2" else lambda: opened[0]
        for each in opened:
            each.close()


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


def test_secrets_are_listed_by_id_oldest_first_and_only_for_their_use(secret_reopen: SecretOpener) -> None:
    names = [secret_reopen().add_secret(HOME, SecretUse.VAULT, secret) for secret in (SECOND, FIRST, SECOND)]

    assert dict(secret_reopen().list_secrets(HOME, SecretUse.VAULT)) == {names[0]: SECOND, names[1]: FIRST}
    assert names[0] == names[2]
    assert not secret_reopen().list_secrets(HOME, SecretUse.FINDING)
    assert not secret_reopen().list_secrets(HOST, SecretUse.VAULT)


def test_a_secret_of_another_length_is_refused(secret_reopen: SecretOpener) -> None:
    with pytest.raises(KeyStoreError):
        secret_reopen().add_secret(HOME, SecretUse.VAULT, b"short")


def test_a_vault_made_once_opens_what_it_sealed_before_and_after_a_rotation(
    secret_reopen: SecretOpener,
) -> None:
    made = make_vault(secret_reopen(), HOME, draw=token_bytes)
    before = made.seal({"name": "x"}, of="t:1")
    secret_reopen().add_secret(HOME, SecretUse.VAULT, FIRST)

    rotated = make_vault(secret_reopen(), HOME, draw=token_bytes)

    assert rotated.holder_key("kind", "1") == made.holder_key("kind", "1")
    assert rotated.current != made.current
    assert rotated.open(before, vault_key=made.current, of="t:1") == {"name": "x"}


def test_a_vault_opened_before_a_rotation_reads_what_is_sealed_after_it(secret_reopen: SecretOpener) -> None:
    early = make_vault(secret_reopen(), HOME, draw=token_bytes)
    secret_reopen().add_secret(HOME, SecretUse.VAULT, FIRST)
    late = open_vault(secret_reopen(), HOME, draw=token_bytes)

    assert early.open(late.seal({"name": "y"}, of="t:1"), vault_key=late.current, of="t:1") == {"name": "y"}


def test_there_is_no_vault_without_its_secrets(secret_reopen: SecretOpener) -> None:
    with pytest.raises(KeyStoreError):
        open_vault(secret_reopen(), HOME, draw=token_bytes)


def test_a_module_that_is_none_or_a_wrong_pin_is_told(module: str) -> None:
    empty_token(module)
    for path, token, pin in (("/nowhere.so", TOKEN, PIN), (module, "other", PIN), (module, TOKEN, "0000")):
        with pytest.raises(KeyStoreError):
            Pkcs11KeyStore(path, token=token, pin=pin)


def test_a_private_key_in_a_module_cannot_be_taken_out(module: str) -> None:
    import pkcs11

    empty_token(module)
    store = Pkcs11KeyStore(module, token=TOKEN, pin=PIN)
    store.add(HOME, None, FIRST)
    store.close()
    session = pkcs11.lib(module).get_token(token_label=TOKEN).open(user_pin=PIN)
    (key,) = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})
    with pytest.raises(pkcs11.PKCS11Error):
        key[pkcs11.Attribute.VALUE]
    session.close()
