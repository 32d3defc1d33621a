"""Plain pages in Chinese and English, without scripts: what a browser sees that no app has opened.

Every page brings its own content security policy: nothing is loaded, the one style is allowed by its hash,
and forms go nowhere but here.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from comity.domain.texts import Text

_STYLE: Final = (
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "background:#fff}.mark{border:.3rem solid #b00020;padding:.5rem 1rem;font-weight:700}"
    "button{font:inherit;display:block;width:100%;text-align:start;padding:.8rem;margin:.5rem 0}"
    "[lang=en]{color:#333}a{display:block;padding:.8rem;margin:.5rem 0;border:1px solid}"
)
_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)


def page(title: Text, *parts: str, status: int = 200) -> HTMLResponse:
    """Make a page of parts that are HTML already (`words`, or written with `escape`)."""
    body = (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title.zh)} · {escape(title.en)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title.zh)}</h1><p lang=en>{escape(title.en)}</p>{''.join(parts)}</body></html>"
    )
    headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
    return HTMLResponse(body, status_code=status, headers=headers)


def words(text: Text, *, kind: str = "") -> str:
    """Write a text in both languages, as HTML."""
    opening = f'<div class="{kind}">' if kind else "<div>"
    return f"{opening}<p>{escape(text.zh)}</p><p lang=en>{escape(text.en)}</p></div>"


def link(address: str, text: Text) -> str:
    """Write a way to another page of this node, named in both languages, as HTML."""
    named = f"{escape(text.zh)} <span lang=en>{escape(text.en)}</span>"
    return f'<a href="{escape(address)}">{named}</a>'
