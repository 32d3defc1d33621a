"""A newcomer signs in through the demo provider, over plain HTTP, as a browser and an app would together.

A browser keeps a `Secure` cookie on loopback; a plain client does not, so it is carried by hand.
"""

from __future__ import annotations

import re
from html import unescape
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from comity.errors import ComityError

if TYPE_CHECKING:
    import httpx2

COOKIE: Final = "__Host-comity-sign-in"
_SEE_OTHER: Final = 303


def sign_in(client: httpx2.Client, person: int) -> str:
    """Sign in as the `person`-th sample person and give the bearer token. Raises: ComityError."""
    begun = _asked(client, "/sign-in", expects=_SEE_OTHER)
    cookie = f"{COOKIE}={SimpleCookie(begun.headers['set-cookie'])[COOKIE].value}"
    page = _asked(client, _path(begun.headers["location"]), expects=200)
    chosen = _asked(client, _choice(page.text, person), expects=_SEE_OTHER)
    back = _asked(client, _path(chosen.headers["location"]), expects=_SEE_OTHER, cookie=cookie)
    code = parse_qs(urlsplit(back.headers["location"]).fragment)["code"][0]
    session = client.post("/sign-in/session", json={"code": code}, headers={"cookie": cookie})
    if session.status_code != 201:
        raise ComityError(f"the demo could not sign in: {session.text}")
    return str(session.json()["token"])


def _asked(client: httpx2.Client, path: str, *, expects: int, cookie: str | None = None) -> httpx2.Response:
    headers = {} if cookie is None else {"cookie": cookie}
    answer = client.get(path, headers=headers, follow_redirects=False)
    if answer.status_code != expects:
        raise ComityError(f"the demo could not sign in: status {answer.status_code} on the way")
    return answer


def _choice(page: str, person: int) -> str:
    """Press the button of a person on the provider's page: the path that the browser asks next."""
    action = re.search(r'<form action="([^"]+)">', page)
    if action is None:
        raise ComityError("the demo provider's page has no people to choose from")
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    values = {name: unescape(value) for name, value in fields}
    return f"{action[1]}?{urlencode(values | {'person': person})}"


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
