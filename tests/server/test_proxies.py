"""Trusted proxies: whose word about the client counts, and whose does not."""

from __future__ import annotations

import pytest
from starlette.types import Scope

from comity.errors import UsageError
from comity.server.proxies import TrustedProxies

CLIENT, PROXY, FAR = "203.0.113.7", "10.1.0.9", "198.51.100.2"


def scope(address: str | None, *headers: tuple[str, str]) -> Scope:
    client = None if address is None else (address, 4711)
    return {"type": "http", "client": client, "headers": [(n.encode(), v.encode()) for n, v in headers]}


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        pytest.param(scope(CLIENT), CLIENT, id="nobody in between"),
        pytest.param(scope(FAR, ("x-forwarded-for", CLIENT)), FAR, id="a client that names another"),
        pytest.param(scope(PROXY, ("x-forwarded-for", CLIENT)), CLIENT, id="a trusted proxy"),
        pytest.param(scope(PROXY, ("x-forwarded-for", f"1.1.1.1, {CLIENT}")), CLIENT, id="a lie before it"),
        pytest.param(scope(PROXY, ("x-forwarded-for", f"{CLIENT}, 10.1.0.7")), CLIENT, id="two proxies"),
        pytest.param(
            scope(PROXY, ("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", CLIENT)), CLIENT, id="two lines"
        ),
        pytest.param(scope(PROXY, ("x-forwarded-for", "10.1.0.7")), "10.1.0.7", id="proxies alone"),
        pytest.param(scope(PROXY, ("x-forwarded-for", "")), PROXY, id="nothing said"),
        pytest.param(scope(PROXY, ("forwarded", f"for={CLIENT};proto=https")), CLIENT, id="forwarded"),
        pytest.param(
            scope(PROXY, ("forwarded", 'for=1.1.1.1, for="[2001:db8::7]:4711"')),
            "2001:db8::7",
            id="forwarded 6",
        ),
        pytest.param(scope(PROXY, ("forwarded", "for=_hidden")), PROXY, id="forwarded without address"),
        pytest.param(scope(None, ("x-forwarded-for", CLIENT)), CLIENT, id="a Unix socket"),
    ],
)
def test_the_client_is_the_first_address_from_the_right_that_is_no_trusted_proxy(
    asked: Scope, address: str
) -> None:
    assert TrustedProxies("127.0.0.1, 10.1.0.0/16").client_address(asked) == address


def test_with_no_proxy_trusted_nothing_that_is_said_counts() -> None:
    assert TrustedProxies("").client_address(scope("127.0.0.1", ("x-forwarded-for", CLIENT))) == "127.0.0.1"


def test_an_address_made_up_is_cut() -> None:
    asked = scope("127.0.0.1", ("x-forwarded-for", "x" * 5_000))

    assert len(TrustedProxies().client_address(asked)) == 45


def test_a_setting_that_is_no_address_is_told() -> None:
    with pytest.raises(UsageError, match="COMITY_TRUSTED_PROXIES"):
        TrustedProxies("proxy.example")
