"""Where the keys of a hub are: an encrypted file, or a PKCS#11 module where one is named (docs/settings.md).

A region's keys stay in its file, which holds the secrets that seal people's data as well.
"""

from __future__ import annotations

from pathlib import Path

from comity.bootstrap.settings import NodeSettings
from comity.errors import UsageError
from comity.records.ports import KeyStore
from comity.storage.keyfile import KeyFile
from comity.storage.pkcs11_signer import Pkcs11KeyStore


def open_key_store(settings: NodeSettings, file: Path) -> KeyStore:
    """Open the keys as the settings name them; a module's PIN, or the passphrase of the file.

    Raises: UsageError when PIN or passphrase is not set, KeyStoreError, MissingExtra.
    """
    if settings.pkcs11_module is None:
        passphrase = settings.passphrase()
        if not passphrase:
            raise UsageError(
                "the key file needs a passphrase, and none is set",
                next_step="Set COMITY_KEY_PASSPHRASE_FILE (or COMITY_KEY_PASSPHRASE).",
            )
        return KeyFile(file, passphrase=passphrase)
    return Pkcs11KeyStore(str(settings.pkcs11_module), token=settings.pkcs11_token, pin=_pin(settings))


def _pin(settings: NodeSettings) -> str:
    if settings.pkcs11_pin is not None:
        return settings.pkcs11_pin.get_secret_value()
    try:
        pin = settings.pkcs11_pin_file
        if pin is not None:
            return pin.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the PIN file '{settings.pkcs11_pin_file}' cannot be read",
            next_step="Check COMITY_PKCS11_PIN_FILE.",
        ) from error
    raise UsageError(
        "the PKCS#11 token needs a PIN, and none is set",
        next_step="Set COMITY_PKCS11_PIN_FILE (or COMITY_PKCS11_PIN).",
    )
