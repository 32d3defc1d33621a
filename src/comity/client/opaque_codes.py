"""Opaque codes, checked online with their issuer: the worked example of a region's own format.

Many deployed codes are a prefix and a random token that says nothing by itself. The issuer is asked by POST
over HTTPS with the code in the body; its answer is an attested answer (`trust.attested_answers`), which the
caller verifies. One connection a question, no redirect, no decompression, bounded in time and length: a gate
that waits for a slow issuer is worse than the manual path. The token stands in no address, log or error.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from comity.domain.region import RegionCode
from comity.errors import DownloadFailed, UsageError
from comity.trust.attested_answers import MAX_ANSWER

ANSWER_SECONDS: Final = 3.0
"""Seconds an issuer has for the whole of its answer."""
PREFIX: Final = re.compile(r"[A-Z0-9]{2,8}:")
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_OWN_CODES: Final = "CM"
_MEDIA_TYPE: Final = "application/cbor"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueCodes:
    """The opaque codes of one region; see `verify.foreign_codes.ForeignCodes`.

    Raises: UsageError for a prefix or address that cannot be one. Plain http is for test federations.
    """

    issuer: RegionCode
    prefix: str
    url: str
    is_test: bool = False
    seconds: float = ANSWER_SECONDS
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if not PREFIX.fullmatch(self.prefix) or self.prefix.startswith(_OWN_CODES):
            raise UsageError(
                f"'{self.prefix}' cannot begin the codes of {self.issuer}",
                next_step="Name 2 to 8 capitals and digits with a colon, such as YKM:, and not CM1:.",
            )
        parts = urlsplit(self.url)
        schemes = ("https", "http") if self.is_test else ("https",)
        if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
            raise UsageError(
                f"'{self.url}' is no address at which {self.issuer} can be asked",
                next_step="Give one such as https://codes.example/answers, without a query.",
            )

    def reads(self, text: str) -> bool:
        """Say whether a text has the prefix and a token."""
        return text.startswith(self.prefix) and TOKEN.fullmatch(text[len(self.prefix) :]) is not None

    def ask(self, text: str, *, nonce: bytes) -> bytes:
        """Ask the issuer about a code. Raises: DownloadFailed, never with the code in it."""
        asked = json.dumps({"code": text, "nonce": nonce.hex()}).encode()
        try:
            with closing(self._connection()) as connection:
                connection.connect()
                watch = Timer(self.seconds, _cut, args=(connection.sock,))
                watch.daemon = True
                watch.start()
                try:
                    return self._answer(connection, asked)
                finally:
                    watch.cancel()
        except (OSError, http.client.HTTPException):
            raise DownloadFailed(f"{self.issuer} gives no answer that can be used") from None

    def _answer(self, connection: http.client.HTTPConnection, asked: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": _MEDIA_TYPE, "Accept-Encoding": "identity"}
        connection.request("POST", urlsplit(self.url).path or "/", body=asked, headers=headers)
        with connection.getresponse() as response:
            if response.status != http.client.OK or response.headers.get_content_type() != _MEDIA_TYPE:
                raise DownloadFailed(f"{self.issuer} does not answer what was asked", status=response.status)
            data = response.read(MAX_ANSWER + 1)
        if len(data) > MAX_ANSWER:
            raise DownloadFailed(f"{self.issuer} answers with more than {MAX_ANSWER} bytes")
        return data

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self.seconds)
        context = self.tls or ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=self.seconds, context=context)


def _cut(handle: socket.socket) -> None:
    """End a question that has had its time, whatever it is waiting for."""
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
