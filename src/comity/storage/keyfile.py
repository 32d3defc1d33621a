"""A key store in one encrypted file: scrypt (RFC 7914) for the passphrase, AES-256-GCM for the keys.

The file is deterministic CBOR {format, salt, nonce, sealed}; the sealed part lists the keys and
secrets with region and usage. It is written beside itself and renamed, so that a crash leaves the old
file or the new one. For keys in hardware there is another adapter of the same port.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from comity.codec import cbor
from comity.codec.cose import Kid
from comity.errors import FormatError, KeyStoreError
from comity.records.ports import SecretUse
from comity.storage.memory import MemoryKeyStore
from comity.trust.algorithm import private_key
from comity.trust.keys import Usage
from comity.trust.ports import Signer
from comity.trust.statements import Fields

FORMAT: Final = "comity-keys-1"
SALT_LENGTH: Final = 16
NONCE_LENGTH: Final = 12
KEY_LENGTH: Final = 32
SCRYPT_N: Final = 2**15
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1

_ROOT: Final = "root"
_SECRET_USES: Final = frozenset(str(use) for use in SecretUse)


class KeyFile:
    """Keys and secrets of regions in one file under a passphrase: see `KeyStore` and `SecretStore`.

    Raises: KeyStoreError when the file exists and cannot be opened with this passphrase.
    """

    def __init__(self, path: Path, *, passphrase: str) -> None:
        self._path = path
        self._passphrase = passphrase
        self._rows: list[tuple[str, str, bytes]] = []
        self._keys = MemoryKeyStore()
        self._taking_in = threading.Lock()
        self._read()

    def add(self, region: str, usage: Usage | None, secret: bytes) -> Signer:
        """Keep a new key; it is on disk when this returns, beside what others have added meanwhile."""
        try:
            private_key(secret)
        except ValueError as error:
            raise KeyStoreError(f"this secret makes no key: {error}") from error
        self._keep(region, _ROOT if usage is None else str(usage), secret)
        return self._keys.add(region, usage, secret)

    def get_signer(self, region: str, usage: Usage | None, kid: Kid) -> Signer:
        """Give the signer for one key, also one another process added. Raises: KeyStoreError."""
        try:
            return self._keys.get_signer(region, usage, kid)
        except KeyStoreError:
            with self._taking_in:
                self._read()
            return self._keys.get_signer(region, usage, kid)

    def list_signers(self, region: str, usage: Usage | None) -> tuple[Signer, ...]:
        """List the signers for a usage, oldest first."""
        return self._keys.list_signers(region, usage)

    def add_secret(self, region: str, use: SecretUse, secret: bytes) -> str:
        """Keep a new secret; it is on disk when this returns."""
        name = MemoryKeyStore().add_secret(region, use, secret)
        self._keep(region, str(use), secret)
        return name

    def list_secrets(self, region: str, use: SecretUse) -> dict[str, bytes]:
        """List the secrets of a use by id, oldest first, as the file has them by now."""
        with self._taking_in:
            self._read()
        return self._keys.list_secrets(region, use)

    def _keep(self, region: str, usage: str, secret: bytes) -> None:
        row = (region, usage, secret)
        with self._locked(), self._taking_in:
            self._read()
            if row not in self._rows:
                self._save([*self._rows, row])
                self._remember(*row)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes from writing meanwhile, by a lock on the folder."""
        try:
            lock = os.open(self._path.parent, os.O_RDONLY)
        except OSError as error:
            raise KeyStoreError(f"{self._path.name} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self) -> None:
        """Take in what the file holds by now; no file yet is an empty store."""
        try:
            data = self._path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise KeyStoreError(f"{self._path.name} cannot be read: {error.strerror}") from error
        for row in self._open(data):
            if row not in self._rows:
                self._remember(*row)

    def _remember(self, region: str, usage: str, secret: bytes) -> None:
        self._rows.append((region, usage, secret))
        if usage in _SECRET_USES:
            self._keys.add_secret(region, SecretUse(usage), secret)
        else:
            self._keys.add(region, None if usage == _ROOT else Usage(usage), secret)

    def _cipher(self, salt: bytes) -> AESGCM:
        scrypt = Scrypt(salt=salt, length=KEY_LENGTH, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P)
        try:
            return AESGCM(scrypt.derive(self._passphrase.encode()))
        except UnicodeEncodeError:
            raise KeyStoreError("the passphrase is not Unicode text") from None

    def _open(self, data: bytes) -> list[tuple[str, str, bytes]]:
        try:
            file = Fields(cbor.read_map(data), of=self._path.name)
            if file.text("format") != FORMAT:
                raise KeyStoreError(f"{self._path.name} is not a key file of this version")
            cipher = self._cipher(file.octets("salt"))
            opened = cipher.decrypt(file.octets("nonce"), file.octets("sealed"), FORMAT.encode())
            rows = Fields(cbor.read_map(opened), of=self._path.name).parts("keys")
            return [_checked(row.text("region"), row.text("usage"), row.octets("secret")) for row in rows]
        except InvalidTag:
            raise KeyStoreError(f"{self._path.name}: wrong passphrase, or the file was altered") from None
        except (FormatError, ValueError) as error:
            raise KeyStoreError(f"{self._path.name} cannot be read as a key file") from error

    def _save(self, rows: list[tuple[str, str, bytes]]) -> None:
        salt, nonce = secrets.token_bytes(SALT_LENGTH), secrets.token_bytes(NONCE_LENGTH)
        keys: list[cbor.Value] = [{"region": r, "usage": u, "secret": s} for r, u, s in rows]
        plain = cbor.write({"keys": keys})
        sealed = self._cipher(salt).encrypt(nonce, plain, FORMAT.encode())
        data = cbor.write({"format": FORMAT, "salt": salt, "nonce": nonce, "sealed": sealed})
        beside = self._path.with_name(self._path.name + ".new")
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            raise KeyStoreError(f"{self._path.name} cannot be written: {error.strerror}") from error


def _checked(region: str, usage: str, secret: bytes) -> tuple[str, str, bytes]:
    """Give a row as read. Raises: FormatError, ValueError for a use or a secret that is none."""
    if usage in _SECRET_USES:
        if len(secret) != KEY_LENGTH:
            raise FormatError(f"a secret of {len(secret)} bytes")
    elif usage != _ROOT and usage not in tuple(Usage):
        raise FormatError(f"a key with the unknown usage '{usage}'")
    else:
        private_key(secret)
    return region, usage, secret


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
