"""What our code makes for the outside libraries to judge, as plain JSON.

Everything comes from one fixed seed, so that a disagreement can be looked at again. Bytes are hex.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from comity.codec import base45, cbor, cose
from comity.codec.cose import Header, Kid, Sign1
from comity.codec.cwt import CNF, COMITY, CRV, CTI, EC2, EXP, IAT, ISS, KTY, P256, STATUS, X, Y
from comity.codec.qrtext import UnverifiedPass, UnverifiedPresentation, read_text
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.scenario.federation import Federation
from comity.scenario.reader import read_scenario
from comity.scenario.run import EncounterResult, run_encounters
from comity.trust.algorithm import PrivateKey, PublicKey, private_key
from comity.trust.keys import Usage
from comity.trust.status import ENTRY_BITS, StatusArray, deflate, pack, write_status_list

Json = dict[str, Any]

SEED: Final = b"oracle"
ISSUER: Final = RegionCode("420000")
HOST: Final = RegionCode("150000")
LIST_URI: Final = "cm:420000/9"
BASE45_COUNT: Final = 10_000

_RECOGNISED_AT: Final = "2020-03-19T00:00:00+08:00"
_ISSUED_AT: Final = "2020-03-20T10:00:00+08:00"
_SHOWN_AT: Final = "2020-03-20T10:00:30+08:00"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ES384: Final = -35

_GREEN: Final = ""
_YELLOW: Final = 'colour = "yellow"\nreason = "close_contact"\narea = "420100"\n'
_RED: Final = 'colour = "red"\nreason = "confirmed_case"\nguardian = true\nname = "乌兰图雅"\n'
_COLOURS: Final = {"green": _GREEN, "yellow": _YELLOW, "red": _RED}
_TAMPERS: Final = {
    "device": ("signature", "payload", "truncated", "header", "unknown_key", "impersonation", "wrong_device"),
    "paper": ("signature", "payload", "truncated", "header", "unknown_key", "impersonation"),
    "online": ("signature", "payload", "truncated", "header", "unknown_key", "impersonation"),
}


def _scenario_text() -> str:
    lines = ['title = "What the outside libraries judge"\n']
    lines += [f'[[region]]\ncode = "{code}"\n' for code in (HOST, ISSUER)]
    lines.append(f'[[recognition]]\nhost = "{HOST}"\nissuer = "{ISSUER}"\npublished_at = {_RECOGNISED_AT}\n')
    for shown, tampers in _TAMPERS.items():
        for colour, more in _COLOURS.items():
            name = f"{shown}-{colour}"
            lines.append(
                f'[[pass]]\nid = "{name}"\nissuer = "{ISSUER}"\nissued_at = {_ISSUED_AT}\n'
                f'class = "{shown}"\n{more}'
            )
            lines += [_encounter(name, tamper) for tamper in ("", *tampers)]
    return "".join(lines)


def _encounter(name: str, tamper: str) -> str:
    suffix = f"-{tamper.replace('_', '-')}" if tamper else ""
    told = f'tamper = "{tamper}"\n' if tamper else ""
    return f'[[encounter]]\nid = "{name}{suffix}"\npass = "{name}"\nhost = "{HOST}"\nat = {_SHOWN_AT}\n{told}'


@dataclass(frozen=True, slots=True)
class Message:
    """One COSE_Sign1 of ours, or made from one of ours, the key to check it with and whether it holds."""

    name: str
    data: bytes
    key: PublicKey
    kid: Kid | None
    holds: bool


class Made:
    """A federation of two regions, its encounters, and everything made from them."""

    def __init__(self) -> None:
        self.federation = Federation(read_scenario(_scenario_text()), SEED)
        self.encounters: tuple[EncounterResult, ...] = tuple(
            run_encounters(self.federation.scenario, seed=SEED)
        )
        self.at: Instant = self.encounters[0].plan.at

    @cached_property
    def issuer_key(self) -> PrivateKey:
        """The one pass key of the issuer."""
        return self.federation.pass_key(self.federation.scenario.keys[ISSUER][0])

    @property
    def genuine(self) -> Iterator[EncounterResult]:
        """The encounters without tamper, one a pass."""
        return (each for each in self.encounters if each.plan.tamper is None)

    def phone(self, name: str) -> PrivateKey:
        """The phone of a device pass."""
        return self.federation.key("phone", name, "own")

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """Signed messages of every kind, each as made and in every altered form."""
        return tuple(each for name, data, key in self._signed() for each in _altered(name, data, key))

    def _signed(self) -> Iterator[tuple[str, bytes, PrivateKey]]:
        for each in self.genuine:
            name, shown = each.plan.pass_id, read_text(each.text, is_test=True)
            if isinstance(shown, UnverifiedPresentation):
                yield f"presentation {name}", _whole(shown.message), self.phone(name)
                shown = shown.inner
            yield f"pass {name}", _whole(shown.message), self.issuer_key
        federation = self.federation
        yield "bundle", federation.bundle(HOST, self.at), federation.key(HOST, Usage.BUNDLE)
        for bits, array in self.arrays.items():
            yield f"status list of {bits} bits", self.status_list(array), self.status_key

    @property
    def status_key(self) -> PrivateKey:
        """The issuer's key for status lists."""
        return self.federation.key(ISSUER, Usage.STATUS)

    def status_list(self, array: StatusArray) -> bytes:
        """A token of ours for an array."""
        return write_status_list(array, self.status_key, uri=LIST_URI, issued_at=self.at)

    @cached_property
    def statuses(self) -> dict[int, list[int]]:
        """For each size of entry, statuses that fill whole bytes and take every value."""
        random = Random(SEED)
        return {bits: [random.randrange(1 << bits) for _ in range(4_096)] for bits in ENTRY_BITS}

    @property
    def arrays(self) -> dict[int, StatusArray]:
        """The same, packed by us."""
        return {
            bits: pack(dict(enumerate(values)), size=len(values), bits=bits)
            for bits, values in self.statuses.items()
        }


def _whole(message: Sign1) -> bytes:
    return cose.write_sign1(message.protected, message.payload, message.signature)


def _altered(name: str, data: bytes, signer: PrivateKey) -> Iterator[Message]:
    message = cose.read_sign1(data)
    kid, key = message.header.kid, signer.public
    yield Message(f"{name}, as made", data, key, kid, True)
    r, s = (int.from_bytes(half, "big") for half in (message.signature[:32], message.signature[32:]))
    yield Message(f"{name}, the other s", _resigned(message, _raw(r, _ORDER - s)), key, kid, True)
    stranger = private_key(b"stranger".ljust(40)).public
    yield Message(f"{name}, another key", data, stranger, kid, False)
    for what, signature in _wrong_signatures(message, signer, r, s):
        yield Message(f"{name}, {what}", _resigned(message, signature), key, kid, False)
    for what, protected in _wrong_headers(message.header):
        altered = cose.write_sign1(protected, message.payload, message.signature)
        yield Message(f"{name}, {what}", altered, key, cose.read_header(protected).kid, False)
    for place in (0, len(message.payload) // 2, len(message.payload) - 1):
        altered = cose.write_sign1(message.protected, _flipped(message.payload, place), message.signature)
        yield Message(f"{name}, payload byte {place}", altered, key, kid, False)


def _wrong_signatures(message: Sign1, signer: PrivateKey, r: int, s: int) -> Iterator[tuple[str, bytes]]:
    signature, parts = message.signature, (message.protected, message.payload)
    yield "first bit of the signature", _flipped(signature, 0, 0x80)
    yield "last bit of the signature", _flipped(signature, 63)
    yield "r and s swapped", _raw(s, r)
    yield "r zero", _raw(0, s)
    yield "s zero", _raw(r, 0)
    yield "r beyond the order", _raw(_ORDER, s)
    yield "all ones", b"\xff" * 64
    yield "signature in DER", encode_dss_signature(r, s)
    yield "signature of 63 bytes", signature[:-1]
    yield "signature of 65 bytes", signature + b"\x00"
    yield "no signature", b""
    yield "signed with external_aad", signer.sign(_structure("Signature1", *parts, aad=b"comity"))
    yield "signed as COSE_Sign", signer.sign(_structure("Signature", *parts))
    yield "the payload alone signed", signer.sign(message.payload)


def _wrong_headers(header: Header) -> Iterator[tuple[str, bytes]]:
    other = header.typ + 1 if isinstance(header.typ, int) else header.typ + "x"
    yield "another typ", cose.write_header(Header(header.alg, header.kid, other))
    yield "another alg", cose.write_header(Header(_ES384, header.kid, header.typ))
    if header.kid is not None:
        yield "another kid", cose.write_header(Header(header.alg, Kid(_flipped(header.kid, 3)), header.typ))


def _resigned(message: Sign1, signature: bytes) -> bytes:
    return cose.write_sign1(message.protected, message.payload, signature)


def _structure(context: str, protected: bytes, payload: bytes, *, aad: bytes = b"") -> bytes:
    return cbor.write([context, protected, aad, payload])


def _raw(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _flipped(data: bytes, place: int, mask: int = 1) -> bytes:
    return data[:place] + bytes((data[place] ^ mask,)) + data[place + 1 :]


# ---------------------------------------------------------------- as JSON


def as_json(made: Made) -> Json:
    """Everything for the outside libraries, in one document."""
    return {
        "passes": [_pass(made, each) for each in made.encounters],
        "messages": [_message(each) for each in made.messages],
        "to_sign": [_to_sign(made, each) for each in made.genuine],
        "lists": [
            {
                "bits": bits,
                "token": made.status_list(array).hex(),
                "size": array.size,
                **public(made.status_key.public, made.status_key.kid),
            }
            for bits, array in made.arrays.items()
        ],
        "broken_lists": [{"bits": bits, "lst": lst.hex()} for _, bits, lst in broken_lists(made)],
        "to_list": {
            "statuses": {str(bits): values for bits, values in made.statuses.items()},
            "uri": LIST_URI,
            "iat": made.at,
            **private(made.status_key),
        },
        "base45": {"bytes": [raw.hex() for raw in raws()], "texts": [text.hex() for text in texts()]},
    }


def _pass(made: Made, each: EncounterResult) -> Json:
    phone = made.phone(each.plan.pass_id).public if each.plan.pass_id.startswith("device") else None
    return {
        "name": each.plan.encounter_id,
        "text": each.text,
        "issuer": public(made.issuer_key.public, made.issuer_key.kid),
        "phone": None if phone is None else public(phone, None),
    }


def _message(each: Message) -> Json:
    return {"name": each.name, "data": each.data.hex(), **public(each.key, each.kid)}


def _to_sign(made: Made, each: EncounterResult) -> Json:
    inner = inner_pass(each.text)
    is_device = each.plan.pass_id.startswith("device")
    return {
        "name": each.plan.encounter_id,
        "typ": inner.message.header.typ,
        "claims": described(inner.message.payload),
        "shown_at": made.at,
        "issuer": private(made.issuer_key),
        "phone": private(made.phone(each.plan.pass_id)) if is_device else None,
    }


def inner_pass(text: str) -> UnverifiedPass:
    """The pass in a text, bare or inside a presentation."""
    shown = read_text(text, is_test=True)
    return shown.inner if isinstance(shown, UnverifiedPresentation) else shown


def described(payload: bytes) -> Json:
    """Claims by the names of RFC 8392 and RFC 8747, as JSON has them."""
    claims: dict[Any, Any] = dict(cbor.read_map(payload))
    phone = claims[CNF][1] if CNF in claims else None
    return {
        "iss": claims[ISS],
        "exp": claims[EXP],
        "iat": claims[IAT],
        "cti": claims[CTI].hex(),
        "cnf": None if phone is None else {"x": phone[X].hex(), "y_is_odd": phone[Y]},
        "status": claims[STATUS]["status_list"] if STATUS in claims else None,
        "comity": claims[COMITY],
    }


def public(key: PublicKey, kid: bytes | None) -> Json:
    """A public key as PEM and as a COSE_Key with both coordinates."""
    pem = key.native.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    cose_key = cbor.write({KTY: EC2, CRV: P256, X: key.x, Y: key.y})
    return {"pem": pem.decode(), "cose_key": cose_key.hex(), "kid": None if kid is None else kid.hex()}


def private(key: PrivateKey) -> Json:
    """A private key as PEM. Keys of a fixed seed: they are worth nothing."""
    pem = key.native.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"pem": pem.decode(), "kid": key.kid.hex()}


def broken_lists(made: Made) -> list[tuple[str, int, bytes]]:
    """Compressed arrays that nobody should read: what is wrong, bits, bytes."""
    whole = deflate(made.arrays[2].data)
    return [
        ("cut by one byte", 2, whole[:-1]),
        ("cut in half", 2, whole[: len(whole) // 2]),
        ("a wrong checksum", 2, _flipped(whole, len(whole) - 1)),
        ("raw deflate without the zlib frame", 2, whole[2:-4]),
        ("not compressed at all", 2, made.arrays[2].data),
        ("three bits", 3, whole),
    ]


# ---------------------------------------------------------------- base45


def raws() -> list[bytes]:
    """Random bytes of 0 to 64 bytes."""
    random = Random(SEED + b"bytes")
    return [random.randbytes(random.randrange(65)) for _ in range(BASE45_COUNT)]


def texts() -> list[bytes]:
    """Random texts: of the alphabet, some of them valid; and encoded bytes with one fault."""
    random = Random(SEED + b"texts")
    letters = base45.ALPHABET.decode()

    def any_text() -> bytes:
        return "".join(random.choices(letters, k=random.randrange(9))).encode()

    def faulty() -> bytes:
        text = bytearray(base45.encode(random.randbytes(1 + random.randrange(40))))
        text[random.randrange(len(text))] = random.randrange(256)
        return bytes(text)

    def cut() -> bytes:
        return base45.encode(random.randbytes(1 + random.randrange(40)))[: -1 - random.randrange(2)]

    kinds: tuple[Callable[[], bytes], ...] = (any_text, faulty, cut)
    return [random.choice(kinds)() for _ in range(BASE45_COUNT)]
