"""A newcomer: signs in as one of the sample people over plain HTTP, as a browser and an app would together.

It works with any client that sends requests and follows no redirect by itself: Starlette's test client, or
httpx2 against a node on this machine. A browser keeps a `Secure` cookie on loopback; a plain client does not,
so it is carried by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

COOKIE: Final = "__Host-comity-sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody signed in: the holder key, and the headers of further requests."""

    holder: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a signed-in request carries."""
        return {"authorization": f"Bearer {self.token}"}


def sign_in(client: httpx2.Client, person: int = 0) -> Newcomer:
    """Sign in as the `person`-th sample person: five requests, each as the answer before says."""
    begun = client.get("/sign-in", follow_redirects=False)
    assert begun.status_code == 303, begun.text
    cookie = cookie_of(begun)
    chosen = client.get(choice(client, begun.headers["location"], person), follow_redirects=False)
    assert chosen.status_code == 303, chosen.text
    back = client.get(path_of(chosen.headers["location"]), headers={"cookie": cookie}, follow_redirects=False)
    assert back.status_code == 303, back.text
    code = parse_qs(urlsplit(back.headers["location"]).fragment)["code"][0]
    answer = client.post("/sign-in/session", json={"code": code}, headers={"cookie": cookie})
    assert answer.status_code == 201, answer.text
    session = answer.json()
    return Newcomer(holder=session["holder"], token=session["token"])


def choice(client: httpx2.Client, authorize: str, person: int) -> str:
    """Open the provider's page and press the button of a person: the path that the browser asks next."""
    page = client.get(path_of(authorize))
    assert page.status_code == 200, page.text
    action = re.search(r'<form action="([^"]+)">', page.text)
    assert action is not None
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    values = {name: unescape(value) for name, value in fields}
    return f"{action[1]}?{urlencode(values | {'person': person})}"


def cookie_of(answer: httpx2.Response) -> str:
    """The cookie that an answer sets, as a request sends it back."""
    cookie = SimpleCookie(answer.headers["set-cookie"])
    return f"{COOKIE}={cookie[COOKIE].value}"


def path_of(address: str) -> str:
    """Path and query of an address, for a client that knows the host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
