"""Keys in a PKCS#11 module, which signs and gives no private key out (PKCS#11 2.40; tested with SoftHSM2).

One token holds the keys of a node, found by label: `comity/DIVISION/USAGE/NUMBER`. Signing is ECDSA by the
module, with its own randomness; two signatures of one message differ and both hold. Needs the extra `pkcs11`.
"""

from __future__ import annotations

import threading
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from comity.codec.cose import Kid
from comity.errors import FormatError, KeyStoreError, MissingExtra
from comity.trust.algorithm import ES256, PublicKey, private_key
from comity.trust.keys import Usage
from comity.trust.ports import Signer

if TYPE_CHECKING:
    import pkcs11
    from pkcs11.types import SignMixin

P256_PARAMETERS: Final = bytes.fromhex("06082a8648ce3d030107")
"""The object identifier of P-256 (prime256v1), in DER."""
_PREFIX: Final = "comity"
_POINT: Final = b"\x04\x41"
"""DER: an octet string of the 65 bytes of an uncompressed point."""


class Pkcs11Signer:
    """One private key in the module: see `trust.ports.Signer`."""

    def __init__(self, store: Pkcs11KeyStore, label: str, public: PublicKey) -> None:
        self._store, self._label, self._public = store, label, public

    @property
    def alg(self) -> int:
        """COSE algorithm number of the key."""
        return ES256

    @property
    def kid(self) -> Kid:
        """Key id."""
        return self._public.kid

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Sign `message`: r || s, 64 bytes. Raises: KeyStoreError when the module cannot be reached."""
        return self._store.sign(self._label, message)


class Pkcs11KeyStore:
    """The keys of one token: see `records.ports.KeyStore`. Safe for several threads.

    Raises: KeyStoreError when module or token cannot be opened, MissingExtra.
    """

    def __init__(self, module: str, *, token: str, pin: str) -> None:
        try:
            import pkcs11
        except ModuleNotFoundError as error:
            raise MissingExtra("a PKCS#11 module", extra="pkcs11") from error
        self._pkcs11 = pkcs11
        self._lock = threading.Lock()
        try:
            found = pkcs11.lib(module).get_token(token_label=token)
            try:
                self._session: pkcs11.Session = found.open(rw=True, user_pin=pin)
            except pkcs11.UserAlreadyLoggedIn:  # this process is, and all of its sessions with it
                self._session = found.open(rw=True)
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise KeyStoreError(
                f"token '{token}' of the PKCS#11 module cannot be opened: {_name(error)}",
                next_step="Check COMITY_PKCS11_MODULE, COMITY_PKCS11_TOKEN and the PIN.",
            ) from error

    def add(self, region: str, usage: Usage | None, secret: bytes) -> Signer:
        """Put a key made of `secret` into the token, where it stays."""
        try:
            made = private_key(secret)
        except ValueError as error:
            raise KeyStoreError(f"this secret makes no key: {error}") from error
        with self._lock:
            known = self._found(region, usage)
            for label, public in known:
                if public == made.public:
                    return Pkcs11Signer(self, label, public)
            label = f"{_label(region, usage)}/{len(known):06}"
            number = made.native.private_numbers().private_value.to_bytes(32, "big")
            self._put(label, made.public, number)
        return Pkcs11Signer(self, label, made.public)

    def get_signer(self, region: str, usage: Usage | None, kid: Kid) -> Signer:
        """Give the signer for one key. Raises: KeyStoreError when there is none."""
        for signer in self.list_signers(region, usage):
            if signer.kid == kid:
                return signer
        raise KeyStoreError(f"{region} has no such key for {usage or 'root'}")

    def list_signers(self, region: str, usage: Usage | None) -> tuple[Signer, ...]:
        """List the signers for a usage, oldest first."""
        with self._lock:
            found = self._found(region, usage)
        return tuple(Pkcs11Signer(self, label, public) for label, public in found)

    def sign(self, label: str, message: bytes) -> bytes:
        """Sign with the key of a label. Raises: KeyStoreError."""
        with self._lock:
            try:
                key: SignMixin = self._session.get_key(  # type: ignore[assignment]  # a private key signs
                    object_class=self._pkcs11.ObjectClass.PRIVATE_KEY, label=label
                )
                signature = key.sign(sha256(message).digest(), mechanism=self._pkcs11.Mechanism.ECDSA)
            except self._pkcs11.PKCS11Error as error:
                raise KeyStoreError(f"the PKCS#11 module did not sign: {_name(error)}") from error
        return bytes(signature)

    def close(self) -> None:
        """Let go of the session."""
        with self._lock:
            self._session.close()

    def _put(self, label: str, public: PublicKey, secret: bytes) -> None:
        attribute, kind = self._pkcs11.Attribute, self._pkcs11.ObjectClass
        common = {
            attribute.KEY_TYPE: self._pkcs11.KeyType.EC,
            attribute.EC_PARAMS: P256_PARAMETERS,
            attribute.TOKEN: True,
            attribute.LABEL: label,
            attribute.ID: public.kid,
        }
        hidden = {
            attribute.CLASS: kind.PRIVATE_KEY,
            attribute.VALUE: secret,
            attribute.SIGN: True,
            attribute.SENSITIVE: True,
            attribute.EXTRACTABLE: False,
            attribute.PRIVATE: True,
        }
        shown = {
            attribute.CLASS: kind.PUBLIC_KEY,
            attribute.EC_POINT: _POINT + public.point,
            attribute.VERIFY: True,
        }
        try:
            self._session.create_object(common | hidden)
            self._session.create_object(common | shown)  # last: a key is there once its public half is
        except self._pkcs11.PKCS11Error as error:
            raise KeyStoreError(f"the PKCS#11 module does not take the key: {_name(error)}") from error

    def _found(self, region: str, usage: Usage | None) -> list[tuple[str, PublicKey]]:
        attribute, prefix = self._pkcs11.Attribute, f"{_label(region, usage)}/"
        try:
            objects = self._session.get_objects({attribute.CLASS: self._pkcs11.ObjectClass.PUBLIC_KEY})
            rows = [(str(each[attribute.LABEL]), bytes(each[attribute.EC_POINT])) for each in objects]
        except self._pkcs11.PKCS11Error as error:
            raise KeyStoreError(f"the PKCS#11 module cannot be read: {_name(error)}") from error
        return sorted((label, _public(point)) for label, point in rows if label.startswith(prefix))


def _label(region: str, usage: Usage | None) -> str:
    return f"{_PREFIX}/{region}/{usage or 'root'}"


def _public(point: bytes) -> PublicKey:
    try:
        return PublicKey.of_point(point.removeprefix(_POINT))
    except FormatError as error:
        raise KeyStoreError("the PKCS#11 module holds a key that is none of P-256") from error


def _name(error: Exception) -> str:
    return str(error) or type(error).__name__
