"""Statements: what regions and the hub sign for others to rely on, a typ and a version each.

A statement is a COSE_Sign1 with kid whose payload is one deterministic CBOR map with text keys. The
kinds and their numbers are in `Kind`; a test federation adds 100. Reading gives `UnverifiedStatement`:
its fields can be had only together with the key that signed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Never

from comity.codec import cbor, cose
from comity.codec.cbor import Value
from comity.codec.cose import Kid, Sign1
from comity.codec.qrtext import TEST_OFFSET
from comity.domain.instant import LAST_INSTANT, Instant
from comity.domain.region import RegionCode, is_area_code, is_issuer, is_region
from comity.domain.texts import Text
from comity.errors import FormatError, StatementRefused, UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer
from comity.trust.signing import message_holds, sign_message

LARGEST: Final = 2**53 - 1
"""The largest number in a statement: exact in every database and in JSON (RFC 7493 section 2.2)."""


class Kind(IntEnum):
    """What a statement states; the value is its typ."""

    MEMBERSHIP = 65_011
    KEY_LIST = 65_012
    RECOGNITION = 65_013
    REFERRAL = 65_014
    RULEBOOK = 65_015
    NATIONAL_RULEBOOK = 65_016
    STATUS_DELTA = 65_017
    BUNDLE = 65_018
    INTERIM_NOTE = 65_019
    RECOGNITION_STEP = 65_020
    LOCATION = 65_021
    EXCHANGE = 65_022
    NATIONAL_AUTHORITY = 65_023
    ATTESTED_ANSWER = 65_024


class Fields:
    """Reads the map of one statement key by key and refuses what is left over.

    Every getter raises UnreadableStatement for a missing key or a wrong type.
    """

    def __init__(self, fields: dict[int | str, Value], *, of: str) -> None:
        self._left = dict(fields)
        self._of = of

    def _refuse(self, name: str) -> Never:
        raise UnreadableStatement(f"{self._of}: field '{name}' is missing or not what it should be")

    def integer(self, name: str) -> int:
        """Take an integer from 0 to `LARGEST`."""
        value = self._left.pop(name, None)
        return value if type(value) is int and 0 <= value <= LARGEST else self._refuse(name)

    def instant(self, name: str) -> Instant:
        """Take an instant."""
        value = self.integer(name)
        return value if value <= LAST_INSTANT else self._refuse(name)

    def optional_instant(self, name: str) -> Instant | None:
        """Take an instant that may be left out."""
        return self.instant(name) if name in self._left else None

    def text(self, name: str) -> str:
        """Take a text."""
        value = self._left.pop(name, None)
        return value if type(value) is str else self._refuse(name)

    def region(self, name: str) -> RegionCode:
        """Take the code of one of the 31 regions."""
        value = self.text(name)
        return RegionCode(value) if is_region(value) else self._refuse(name)

    def issuer(self, name: str) -> RegionCode:
        """Take the code of one of the 31 regions or of the nation."""
        value = self.text(name)
        return RegionCode(value) if is_issuer(value) else self._refuse(name)

    def flag(self, name: str) -> bool:
        """Take a boolean."""
        value = self._left.pop(name, None)
        return value if type(value) is bool else self._refuse(name)

    def octets(self, name: str) -> bytes:
        """Take a byte string."""
        value = self._left.pop(name, None)
        return value if type(value) is bytes else self._refuse(name)

    def optional_octets(self, name: str) -> bytes | None:
        """Take a byte string that may be left out."""
        return self.octets(name) if name in self._left else None

    def key(self, name: str) -> PublicKey:
        """Take the 65 bytes of an uncompressed point of P-256 (SEC 1 section 2.3.3)."""
        point = self.octets(name)
        try:
            return PublicKey.of_point(point)
        except FormatError:
            self._refuse(name)

    def items(self, name: str) -> list[Value]:
        """Take an array, empty when left out."""
        value = self._left.pop(name, [])
        return value if type(value) is list else self._refuse(name)

    def optional_key(self, name: str) -> PublicKey | None:
        """Take a key that may be left out."""
        return self.key(name) if name in self._left else None

    def both_languages(self, name: str) -> Text:
        """Take a map of a text in zh and one in en, neither empty."""
        part = self._part(self._left.pop(name, None), name)
        words = Text(zh=part.text("zh"), en=part.text("en"))
        part.finish()
        return words if words.zh.strip() and words.en.strip() else self._refuse(name)

    def optional_both_languages(self, name: str) -> Text | None:
        """Take such a map that may be left out."""
        return self.both_languages(name) if name in self._left else None

    def all_octets(self, name: str) -> tuple[bytes, ...]:
        """Take an array of byte strings."""
        return tuple(item if type(item) is bytes else self._refuse(name) for item in self.items(name))

    def all_texts(self, name: str) -> tuple[str, ...]:
        """Take an array of texts."""
        return tuple(item if type(item) is str else self._refuse(name) for item in self.items(name))

    def area(self, name: str) -> str:
        """Take a six-digit division code."""
        value = self.text(name)
        return value if is_area_code(value) else self._refuse(name)

    def areas(self, name: str) -> tuple[str, ...]:
        """Take an array of six-digit division codes."""
        return tuple(area if is_area_code(area) else self._refuse(name) for area in self.all_texts(name))

    def parts(self, name: str) -> tuple[Fields, ...]:
        """Take an array of maps, each to be read in turn."""
        return tuple(self._part(item, name) for item in self.items(name))

    def part(self, name: str) -> Fields:
        """Take a map."""
        return self._part(self._left.pop(name, None), name)

    def has(self, name: str) -> bool:
        """Say whether a key is there."""
        return name in self._left

    def optional_part(self, name: str) -> Fields | None:
        """Take a map that may be left out."""
        return self._part(self._left.pop(name), name) if name in self._left else None

    def _part(self, item: Value, name: str) -> Fields:
        return Fields(item, of=f"{self._of}, {name}") if type(item) is dict else self._refuse(name)

    def rest(self) -> dict[str, Value]:
        """Take everything that is left."""
        rest, self._left = self._left, {}
        return {str(key): value for key, value in rest.items()}

    def finish(self) -> None:
        """Refuse fields that nobody took."""
        for name in self._left:
            self._refuse(str(name))


@dataclass(frozen=True, slots=True)
class UnverifiedStatement:
    """A statement as read; `kid` tells which key to ask for."""

    kind: Kind
    message: Sign1

    @property
    def kid(self) -> Kid | None:
        """Key id named in the header."""
        return self.message.header.kid

    def peek(self) -> Fields:
        """Give the fields before any signature is checked, to learn whom the statement claims to be of."""
        try:
            return Fields(cbor.read_map(self.message.payload), of=_name(self.kind))
        except FormatError as error:
            raise UnreadableStatement(f"{_name(self.kind)}: {error}") from error

    def signed_by(self, key: PublicKey | None) -> Fields:
        """Give the fields if `key` signed the statement.

        Raises: StatementRefused when it did not, or there is no such key.
        """
        if key is None or self.kid != key.kid or not message_holds(self.message, key):
            raise StatementRefused(f"{_name(self.kind)}: not signed by the key it must be signed by")
        return self.peek()


def read_statement(data: bytes, kind: Kind, *, is_test: bool) -> UnverifiedStatement:
    """Read a statement of one kind from its bytes.

    Raises: UnreadableStatement, also for another kind and for the other kind of federation.
    """
    try:
        message = cose.read_sign1(data)
    except FormatError as error:
        raise UnreadableStatement(f"{_name(kind)}: {error}") from error
    if message.header.typ != _typ(kind, is_test=is_test) or message.header.kid is None:
        raise UnreadableStatement(f"{_name(kind)}: this is another kind of file")
    return UnverifiedStatement(kind, message)


def read_kind(data: bytes, *, is_test: bool) -> Kind:
    """Tell which kind of statement these bytes are. Raises: UnreadableStatement."""
    try:
        typ = cose.read_sign1(data).header.typ
    except FormatError as error:
        raise UnreadableStatement(f"statement: {error}") from error
    found = next((kind for kind in Kind if typ == _typ(kind, is_test=is_test)), None)
    if found is None:
        raise UnreadableStatement("statement: this is another kind of file")
    return found


def write_statement(fields: dict[str, Value | None], kind: Kind, signer: Signer, *, is_test: bool) -> bytes:
    """Sign the fields that are not None as a statement.

    Raises: FormatError for a value CBOR cannot carry here, KeyStoreError.
    """
    present: dict[int | str, Value] = {key: value for key, value in fields.items() if value is not None}
    return sign_message(cbor.write(present), signer, typ=_typ(kind, is_test=is_test))


def _typ(kind: Kind, *, is_test: bool) -> int:
    return int(kind) + TEST_OFFSET if is_test else int(kind)


_NAMES: Final = {kind: kind.name.lower().replace("_", " ") for kind in Kind}


def _name(kind: Kind) -> str:
    return _NAMES[kind]
