"""RFC 9421 and RFC 9530: the RFC's own vectors, the strict reading, and what a signature must cover."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from comity.errors import NotSignedIn
from comity.server.http_signatures import (
    ALGORITHMS,
    ECDSA_P256_SHA256,
    GATE_TAG,
    HMAC_SHA256,
    MAX_FIELD,
    SIGNATURE_WINDOW,
    SignedMessage,
    UnverifiedSignature,
    VerificationKey,
    check_signature,
    read_signature,
    signature_base,
)
from comity.trust.algorithm import PublicKey
from tests.builders import AT
from tests.server.signing_client import SigningClient

SECRET: Final = b"s" * 32
KEY: Final = VerificationKey("g1", HMAC_SHA256, SECRET)
BODY: Final = json.dumps({"text": "CM1:"}).encode()
CLIENT: Final = SigningClient.of_gate("g1", SECRET)
NONCE: Final = "n" * 24


def message(fields: dict[str, str], **changes: Any) -> SignedMessage:
    given: dict[str, Any] = {
        "method": "POST",
        "origin": "https://region.test",
        "path": "/codes/verify",
        "query": "",
        "fields": fields,
        "body": BODY,
    }
    return SignedMessage(**(given | changes))


def signed(client: SigningClient = CLIENT, *, created: int = AT, nonce: str = NONCE) -> dict[str, str]:
    return client.fields("POST", "/codes/verify", BODY, created=created, nonce=nonce)


def check(fields: dict[str, str], *, at: int = AT, tag: str = GATE_TAG, **changes: Any) -> None:
    check_signature(read_signature(fields), message(fields, **changes), KEY, tag=tag, at=at)


def of_the_rfc(covered: tuple[str, ...], parameters: str) -> UnverifiedSignature:
    names = " ".join(f'"{name}"' for name in covered)
    return UnverifiedSignature(
        covered=covered,
        parameters=f"({names}){parameters}",
        created=1_618_884_473,
        nonce="",
        keyid="",
        tag="",
        alg=None,
        expires=None,
        signature=b"",
    )


def test_rfc_9421_b_2_5_hmac_sha256() -> None:
    secret = b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    )
    covered = ("date", "@authority", "content-type")
    fields = {"date": "Tue, 20 Apr 2021 02:07:55 GMT", "content-type": "application/json"}
    sent = message(fields, origin="https://example.com", path="/foo")

    base = signature_base(of_the_rfc(covered, ';created=1618884473;keyid="test-shared-secret"'), sent)

    given = b64decode("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=")
    assert ALGORITHMS[HMAC_SHA256](secret, given, base)
    assert not ALGORITHMS[HMAC_SHA256](secret, given[:-1] + b"\0", base)


def test_rfc_9421_b_2_4_ecdsa_p256_sha256() -> None:
    loaded = load_der_public_key(
        b64decode(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ=="
        )
    )
    assert isinstance(loaded, ec.EllipticCurvePublicKey)
    numbers = loaded.public_numbers()
    point = PublicKey(numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")).point
    base = (
        b'"@status": 200\n"content-type": application/json\n"content-digest": sha-512=:'
        b"mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n"
        b'"content-length": 23\n"@signature-params": ("@status" "content-type" "content-digest" '
        b'"content-length");created=1618884473;keyid="test-key-ecc-p256"'
    )
    given = b64decode(
        "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw=="
    )

    assert ALGORITHMS[ECDSA_P256_SHA256](point, given, base)
    assert not ALGORITHMS[ECDSA_P256_SHA256](point, given, base + b" ")
    assert not ALGORITHMS[ECDSA_P256_SHA256](point, given[:-1], base)


def test_rfc_9530_the_digest_of_hello_world() -> None:
    assert sha256(b'{"hello": "world"}').digest() == b64decode("X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")


@pytest.mark.parametrize("seconds", [-SIGNATURE_WINDOW, 0, SIGNATURE_WINDOW])
def test_a_good_signature_holds_within_its_window(seconds: int) -> None:
    check(signed(created=AT + seconds))


@pytest.mark.parametrize("seconds", [-SIGNATURE_WINDOW - 1, SIGNATURE_WINDOW + 1])
def test_a_signature_outside_its_window_is_refused(seconds: int) -> None:
    with pytest.raises(NotSignedIn, match="within 60 seconds"):
        check(signed(created=AT + seconds))


def test_the_target_uri_may_stand_for_authority_path_and_query() -> None:
    check(signed(CLIENT.but(covers=("@method", "@target-uri"))))


CHANGED: Final[dict[str, dict[str, Any]]] = {
    "another method": {"method": "PUT"},
    "another node": {"origin": "https://other.test"},
    "another path": {"path": "/codes/verify-by-id"},
    "another query": {"query": "a=1"},
    "another body": {"body": BODY + b" "},
}


@pytest.mark.parametrize("changes", CHANGED.values(), ids=CHANGED)
def test_a_signature_holds_for_its_own_request_only(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        check(signed(), **changes)


def test_a_signature_for_another_purpose_is_refused() -> None:
    with pytest.raises(NotSignedIn, match="another purpose"):
        check(signed(), tag="comity-application")


WRONG_CLIENTS: Final = {
    "no method": CLIENT.but(covers=("@authority", "@path", "@query")),
    "no path": CLIENT.but(covers=("@method", "@authority", "@query")),
    "no query": CLIENT.but(covers=("@method", "@authority", "@path")),
    "twice": CLIENT.but(covers=("@method", "@method", "@target-uri")),
    "another algorithm": CLIENT.but(extra=';alg="ecdsa-p256-sha256"'),
    "unknown algorithm": CLIENT.but(extra=';alg="none"'),
    "ended": CLIENT.but(extra=f";expires={AT}"),
    "parameter twice": CLIENT.but(extra=f";created={AT}"),
    "unknown parameter": CLIENT.but(extra=';other="a"'),
    "created as text": CLIENT.but(extra=';expires="5"'),
    "another secret": SigningClient.of_gate("g1", b"t" * 32),
    "another key id": CLIENT.but(keyid="g2"),
}


@pytest.mark.parametrize("client", WRONG_CLIENTS.values(), ids=WRONG_CLIENTS)
def test_a_signature_that_does_not_say_enough_is_refused(client: SigningClient) -> None:
    with pytest.raises(NotSignedIn):
        check(signed(client))


@pytest.mark.parametrize(("length", "holds"), [(15, False), (16, True), (64, True), (65, False)])
def test_a_nonce_has_16_to_64_characters(length: int, holds: bool) -> None:
    if holds:
        check(signed(nonce="n" * length))
    else:
        with pytest.raises(NotSignedIn):
            check(signed(nonce="n" * length))


def test_a_body_without_digest_is_refused() -> None:
    fields = CLIENT.fields("POST", "/codes/verify", created=AT, nonce=NONCE)
    with pytest.raises(NotSignedIn, match="content-digest"):
        check(fields)


GOOD: Final = signed()
MALFORMED: Final[dict[str, dict[str, str]]] = {
    "no input": {"signature-input": ""},
    "no signature": {"signature": ""},
    "two labels": {"signature": GOOD["signature"].replace("sig1", "sig2")},
    "two signatures": {"signature-input": GOOD["signature-input"] + ", " + GOOD["signature-input"]},
    "two spaces": {"signature-input": GOOD["signature-input"].replace(" ", "  ", 1)},
    "a space before": {"signature-input": " " + GOOD["signature-input"]},
    "a line after": {"signature-input": GOOD["signature-input"] + "\n"},
    "no parentheses": {"signature-input": GOOD["signature-input"].replace("(", "").replace(")", "")},
    "capital letters": {"signature-input": GOOD["signature-input"].replace("@method", "@Method")},
    "component parameters": {"signature-input": GOOD["signature-input"].replace('"@path"', '"@path";req')},
    "leading zero": {"signature-input": GOOD["signature-input"].replace("created=", "created=0")},
    "negative": {"signature-input": GOOD["signature-input"].replace("created=", "created=-")},
    "decimal": {"signature-input": GOOD["signature-input"].replace(f"{AT}", f"{AT}.0")},
    "escape in a text": {"signature-input": GOOD["signature-input"].replace(NONCE, NONCE[:-2] + '\\"')},
    "semicolon in a text": {"signature-input": GOOD["signature-input"].replace(NONCE, NONCE[:-1] + ";")},
    "no nonce": {"signature-input": GOOD["signature-input"].replace(f';nonce="{NONCE}"', "")},
    "no tag": {"signature-input": GOOD["signature-input"].replace(';tag="comity-gate"', "")},
    "too long": {"signature-input": GOOD["signature-input"] + ";" * MAX_FIELD},
    "signature too long": {"signature": f"sig1=:{'A' * MAX_FIELD}:"},
    "signature not base64": {"signature": "sig1=:****:"},
    "signature badly padded": {"signature": "sig1=:AAAAA:"},
    "signature bare": {"signature": GOOD["signature"].replace(":", "")},
    "another digest": {"content-digest": "sha-256=:" + "A" * 43 + "=:"},
    "digest by another algorithm": {"content-digest": GOOD["content-digest"].replace("256", "512")},
    "two digests": {"content-digest": GOOD["content-digest"] + ", " + GOOD["content-digest"]},
}


@pytest.mark.parametrize("changes", MALFORMED.values(), ids=MALFORMED)
def test_a_field_that_is_not_canonical_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(NotSignedIn):
        check(GOOD | changes)
