"""Sending a publication to the hub: one request, bounded, its refusal told in the hub's own words."""

from __future__ import annotations

import http.client
import json
import ssl
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from comity.client.http_source import cut
from comity.errors import DownloadFailed, RequestRefused, UsageError

PATIENCE: Final = 60.0
"""Seconds for the hub's next byte: it checks a publication and writes it to disk before it answers."""
DEADLINE: Final = 180.0
"""Seconds for the whole of it: who answers byte by byte holds up nobody else."""
MAX_ANSWER: Final = 2**16
_TAKEN_IN: Final = (200, 201, 202, 204)


def post(
    url: str, path: str, body: bytes, *, media_type: str = "application/cbor", deadline: float = DEADLINE
) -> None:
    """Send a body to an address below the hub's.

    Raises: RequestRefused when the hub refuses it for what it says, DownloadFailed when it cannot be reached
    or did not say: then it may have been taken in.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"'{url}' is no address of a hub", next_step="Give one such as https://hub.example.")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=PATIENCE)
    watch = None
    try:
        connection.connect()
        watch = Timer(deadline, cut, args=(connection.sock,))
        watch.daemon = True
        watch.start()
        connection.request("POST", f"{parts.path.rstrip('/')}/{path}", body, {"Content-Type": media_type})
        response = connection.getresponse()
        answer = response.read(MAX_ANSWER)
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        raise DownloadFailed(f"the hub at {parts.hostname} did not answer") from error
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()
    if response.status in _TAKEN_IN:
        return
    if 400 <= response.status < 500 and response.status not in (408, 429):
        _tell(answer, response.status)
    raise DownloadFailed(f"the hub answers {response.status}", status=response.status)


def _tell(answer: bytes, status: int) -> None:
    """Raise the hub's refusal. Raises: RequestRefused."""
    try:
        problem = json.loads(answer)
        detail, next_step, clause = problem["detail"], problem.get("next_step"), problem.get("clause")
    except (ValueError, KeyError, TypeError, AttributeError):
        detail, next_step, clause = f"without a reason that can be read ({status})", None, None
    raise RequestRefused(
        f"the hub refuses it: {detail}",
        next_step=None if next_step is None else str(next_step),
        clause=None if clause is None else str(clause),
    )
