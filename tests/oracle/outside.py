# mypy: ignore-errors
"""The other side of `make oracle`: other people's libraries judge what Comity made, and make things for it.

Runs inside the venv of requirements/oracle.txt and imports nothing of Comity. Reads material.json and the
pictures in the folder named on the command line and writes answers.json there. An answer is what a library
did; whether that is right is judged by agreement.py.

What the libraries cannot do, and what stands in: python-cwt's keys need both coordinates of a point, so a
phone's key comes as such and the confirmation claim, which has only the sign of y, is compared. openvc-core
and token-status-list lack the current CWT form of the Token Status List (token-status-list has that of draft
02: claim 65534, no Sig_structure of RFC 9052). They do the arrays and their compression; python-cwt and the
COSE reader of openvc-core do the token around them.
"""

from __future__ import annotations

import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from importlib.metadata import version
from pathlib import Path

import base45
import cbor2
import cv2
from cwt import COSE, CWT, COSEKey
from openvc import cbor as openvc_cbor
from openvc import cose as openvc_cose
from openvc.status import token_status_list as openvc_status
from token_status_list import BitArray, IssuerStatusList

PACKAGES = (
    "base45",
    "cbor2",
    "cryptography",
    "cwt",
    "openvc-core",
    "opencv-python-headless",
    "token-status-list",
)
ES256 = -7
ALG, KID, TYP = 1, 4, 16
ISS, SUB, EXP, IAT, CTI, CNF = 1, 2, 4, 6, 7, 8
STATUS, STATUS_LIST, TTL, COMITY = 65535, 65533, 65534, -65537
PRESENTATION_AFTER_PASS = 1
FAULTS_OF_THIS_FILE = (AttributeError, ImportError, NameError)
SINCE_2020 = 100 * 366 * 86_400
"""Leeway for python-cwt's own clock: the passes are of March 2020."""


def outcome(judge, *arguments):
    """What a library says: true, false, or why it threw; every way of refusing counts as one."""
    try:
        return judge(*arguments)
    except FAULTS_OF_THIS_FILE:
        raise
    except Exception as error:  # noqa: BLE001 - each library has errors of its own
        return f"{type(error).__name__}: {error}"


# ---------------------------------------------------------------- COSE and CWT


def cwt_key(key, alg="ES256"):
    return COSEKey.from_pem(key["pem"], kid=bytes.fromhex(key["kid"] or "00000000"), alg=alg)


def python_cwt_holds(data, key):
    COSE.new().decode(data, [cwt_key(key)])
    return True


def openvc_holds(data, key):
    jwk = openvc_cose.cose_key_to_jwk(openvc_cbor.decode(bytes.fromhex(key["cose_key"])))
    return openvc_cose.verify_sign1(openvc_cose.parse_sign1(openvc_cbor.decode(data)), public_jwk=jwk)


def judge_message(message):
    data = bytes.fromhex(message["data"])
    return {"cwt": outcome(python_cwt_holds, data, message), "openvc": outcome(openvc_holds, data, message)}


def read_pass(shown, holds):
    """From the text to the claims without a line of Comity; `holds` is the signature check of one library."""
    data = base45.b45decode(shown["text"].removeprefix("CM1:"))
    message = cbor2.loads(data).value
    if KID not in cbor2.loads(message[0]):
        if not holds(data, shown["phone"]):
            return False
        data = cbor2.loads(message[2])[1]
    if not holds(data, shown["issuer"]):
        return False
    return described(cbor2.loads(cbor2.loads(data).value[2]))


def read_pass_by_cwt_layer(shown):
    """The same through python-cwt's CWT layer, which looks at the claims too."""
    data = base45.b45decode(shown["text"].removeprefix("CM1:"))
    if shown["phone"] is not None:
        data = cbor2.loads(COSE.new().decode(data, [cwt_key(shown["phone"])]))[1]
    return described(CWT.new(leeway=SINCE_2020).decode(data, [cwt_key(shown["issuer"])]))


def judge_pass(shown):
    return {
        "cwt": outcome(read_pass, shown, python_cwt_holds),
        "cwt_layer": outcome(read_pass_by_cwt_layer, shown),
        "openvc": outcome(read_pass, shown, openvc_holds),
    }


def described(claims):
    phone = claims[CNF][1] if CNF in claims else None
    return {
        "iss": claims[ISS],
        "exp": claims[EXP],
        "iat": claims[IAT],
        "cti": claims[CTI].hex(),
        "cnf": None if phone is None else {"x": phone[-2].hex(), "y_is_odd": phone[-3]},
        "status": claims[STATUS]["status_list"] if STATUS in claims else None,
        "comity": claims[COMITY],
    }


def spelled(value):
    return cbor2.dumps(value, canonical=True)


def payload_of(claims):
    fields = {
        ISS: claims["iss"],
        EXP: claims["exp"],
        IAT: claims["iat"],
        CTI: bytes.fromhex(claims["cti"]),
        COMITY: claims["comity"],
    }
    if claims["cnf"] is not None:
        x = bytes.fromhex(claims["cnf"]["x"])
        fields[CNF] = {1: {1: 2, -1: 1, -2: x, -3: claims["cnf"]["y_is_odd"]}}
    if claims["status"] is not None:
        fields[STATUS] = {"status_list": claims["status"]}
    return spelled(fields)


def signed(payload, key, typ, *, with_kid=True, **unprotected):
    """Sign with python-cwt under Comity's header."""
    header = {ALG: ES256, **({KID: bytes.fromhex(key["kid"])} if with_kid else {}), TYP: typ}
    signer = COSE.new(deterministic_header=True)
    return signer.encode_and_sign(payload, cwt_key(key), protected=header, **unprotected)


def sign_pass(wanted):
    data = signed(payload_of(wanted["claims"]), wanted["issuer"], wanted["typ"])
    if wanted["phone"] is None:
        return {"pass": data.hex(), "shown": data.hex()}
    presentation = spelled([wanted["shown_at"], data])
    typ = wanted["typ"] + PRESENTATION_AFTER_PASS
    return {
        "pass": data.hex(),
        "shown": signed(presentation, wanted["phone"], typ, with_kid=False).hex(),
    }


def sign_what_is_not_ours(wanted):
    """Well signed messages that interface section 2 does not allow, by the right key."""
    payload, key, typ = payload_of(wanted["claims"]), wanted["issuer"], wanted["typ"]
    kid = bytes.fromhex(key["kid"])
    plain = signed(payload, key, typ)
    default = CWT.new().encode({ISS: wanted["claims"]["iss"]}, cwt_key(key), tagged=True)
    unsorted_payload = cbor2.dumps(dict(reversed(cbor2.loads(payload).items())))
    header = {ALG: ES256, TYP: typ}
    made = {
        "python-cwt's own default form": default,
        "inside the CWT tag 61": cbor2.dumps(cbor2.CBORTag(61, cbor2.loads(plain))),
        "untagged": plain[1:],
        "kid unprotected": COSE.new().encode_and_sign(
            payload, cwt_key(key), protected=header, unprotected={KID: kid}
        ),
        "no typ": COSE.new().encode_and_sign(payload, cwt_key(key), protected={ALG: ES256, KID: kid}),
        "typ of a real federation": signed(payload, key, typ - 100),
        "typ of a presentation": signed(payload, key, typ + PRESENTATION_AFTER_PASS),
        "claims out of order": signed(unsorted_payload, key, typ),
        "bytes after it": plain + b"\x00",
    }
    return {name: data.hex() for name, data in made.items()}


# ---------------------------------------------------------------- status lists


def b64url(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def read_list(wanted):
    """Our token: signature by two libraries, then every entry by two others."""
    token, size = bytes.fromhex(wanted["token"]), wanted["size"]
    claims = cbor2.loads(COSE.new().decode(token, [cwt_key(wanted)]))
    bits, lst = claims[STATUS_LIST]["bits"], b64url(claims[STATUS_LIST]["lst"])
    array = BitArray.load({"bits": bits, "lst": lst})
    raw = openvc_status.decode_status_list(lst)
    resolved = {"status_list": {"bits": bits, "lst": lst}}
    last = openvc_status.check_token_status(
        {"status": {"status_list": {"idx": size - 1, "uri": claims[SUB]}}},
        resolve_status_list_token=lambda uri: resolved,
    )
    return {
        "openvc_signature": outcome(openvc_holds, token, wanted),
        "sub": claims[SUB],
        "iat": claims[IAT],
        "exp": claims[EXP],
        "ttl": claims[TTL],
        "bits": bits,
        "token-status-list": [array.get(index) for index in range(size)],
        "openvc-core": [openvc_status.get_status(raw, index, bits=bits) for index in range(size)],
        "openvc_last": last.status,
        "token-status-list beyond": outcome(array.get, size),
        "openvc-core beyond": outcome(lambda: openvc_status.get_status(raw, size, bits=bits)),
    }


def judge_broken_list(wanted):
    value = {"bits": wanted["bits"], "lst": b64url(bytes.fromhex(wanted["lst"]))}
    claims = {"status": {"status_list": {"idx": 0, "uri": "cm:420000/9"}}}
    check = openvc_status.check_token_status
    return {
        "token-status-list": outcome(lambda: BitArray.load(value).get(0)),
        "openvc-core": outcome(
            lambda: check(claims, resolve_status_list_token=lambda uri: {"status_list": value}).status
        ),
    }


def make_lists(wanted):
    """Arrays by two libraries, in tokens signed by python-cwt."""
    made = {}
    for bits, statuses in ((int(bits), statuses) for bits, statuses in wanted["statuses"].items()):
        array = BitArray.of_size(bits, len(statuses))
        raw = openvc_status.new_status_list(len(statuses), bits=bits)
        for index, status in enumerate(statuses):
            array.set(index, status)
            openvc_status.set_status(raw, index, status, bits=bits)
        text = openvc_status.encode_status_list(bytes(raw))
        made[f"token-status-list, {bits} bits"] = list_token(wanted, bits, array.compressed())
        made[f"openvc-core, {bits} bits"] = list_token(wanted, bits, base64url_bytes(text))
    return made


def base64url_bytes(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def list_token(wanted, bits, lst):
    claims = {
        SUB: wanted["uri"],
        EXP: wanted["iat"] + 86_400,
        IAT: wanted["iat"],
        TTL: 3_600,
        STATUS_LIST: {"bits": bits, "lst": lst},
    }
    return signed(spelled(claims), wanted, "application/statuslist+cwt").hex()


def old_list_token(wanted):
    """The CWT form that token-status-list has, of draft 02: ours must not take it for the current one."""
    issuer = IssuerStatusList.new(2, 1_024, strategy="linear")
    key = cwt_key(wanted)
    return issuer.sign_cwt(
        key.sign, alg="ES256", kid=bytes.fromhex(wanted["kid"]), iss="420000", sub=wanted["uri"]
    ).hex()


# ---------------------------------------------------------------- base45 and pictures


def decoded(text):
    try:
        return base45.b45decode(text).hex()
    except ValueError:
        return None


def read_picture(path):
    text, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    return text


def answers(folder):
    material = json.loads((folder / "material.json").read_text("utf-8"))
    return {
        "versions": {name: version(name) for name in PACKAGES},
        "passes": [judge_pass(each) for each in material["passes"]],
        "messages": [judge_message(each) for each in material["messages"]],
        "signed": [sign_pass(each) for each in material["to_sign"]],
        "not_ours": sign_what_is_not_ours(material["to_sign"][-1]),
        "lists": [outcome(read_list, each) for each in material["lists"]],
        "broken_lists": [judge_broken_list(each) for each in material["broken_lists"]],
        "made_lists": make_lists(material["to_list"]),
        "old_list": old_list_token(material["to_list"]),
        "base45": {
            "encoded": [base45.b45encode(bytes.fromhex(raw)).hex() for raw in material["base45"]["bytes"]],
            "decoded": [decoded(bytes.fromhex(text)) for text in material["base45"]["texts"]],
        },
        "pictures": {path.name: read_picture(path) for path in sorted(folder.glob("*.png"))},
    }


if __name__ == "__main__":
    place = Path(sys.argv[1])
    (place / "answers.json").write_text(json.dumps(answers(place)), encoding="utf-8")
