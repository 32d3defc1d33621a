"""The templates of the register's pages: one environment a language, escaping always on.

A template that names something it was not given fails at once; a text that is missing does too. Nothing here
knows HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from comity.domain.instant import BEIJING, Instant, plain_time, rfc3339
from comity.domain.region import RegionCode
from comity.domain.texts import Text, text
from comity.hub.pair_state import PairStep
from comity.hub.register_words import areas_words, change_title, region_name, short_name, signer_name
from comity.hub.rulebook_words import age_words

LANGUAGES: Final = {"zh": ("zh-Hans", "中文"), "en": ("en", "English")}
"""By code in addresses: language tag, and the name people look for."""
DEFAULT_LANGUAGE: Final = "zh"
_FOLDER: Final = files(__package__) / "templates"


def asset(name: str) -> bytes:
    """Give a file that lies with the templates."""
    return (_FOLDER / name).read_bytes()


@cache
def asset_path(name: str) -> str:
    """Give the address of such a file: its name with a hash of its bytes, so that it never changes."""
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}-{sha256(asset(name)).hexdigest()[:16]}.{ending}"


def render(template: str, lang: str, values: Mapping[str, object]) -> str:
    """Fill a template in one language."""
    return _environment(lang).get_template(template).render(values)


@cache
def _environment(lang: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: asset(name).decode()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tag = LANGUAGES[lang][0]

    def words(given: Text) -> str:
        return given.zh if lang == "zh" else given.en

    def told(key: str, /, **values: str | int | Text) -> str:
        return words(text(key, **values))

    environment.globals |= {
        "lang": lang,
        "html_lang": tag,
        "languages": [{"code": code, "tag": tag, "name": name} for code, (tag, name) in LANGUAGES.items()],
        "stylesheet": asset_path("register.css"),
        "icon": asset_path("icon.svg"),
        "sections": SECTIONS,
        "marks": {str(step): _mark(step, told(f"pair_step.{step}")) for step in PairStep},
        "t": told,
        "w": words,
        "when": when,
        "day": day,
        "region": lambda code: words(region_name(RegionCode(code))),
        "short": lambda code: words(short_name(RegionCode(code))),
        "areas": lambda areas: words(areas_words(areas)),
        "age": age_words,
        "title_of": change_title,
        "signer_of": signer_name,
    }
    return environment


SECTIONS: Final = (
    ("list", ""),
    ("matrix", "matrix"),
    ("regions", "regions"),
    ("national", "national"),
    ("feeds", "feeds"),
    ("verify", "verify"),
)
"""The navigation: name of a section and its address below the language."""


def when(at: Instant) -> Markup:
    """Write an instant in legal time, readable by people and programs."""
    return Markup('<time datetime="{}">{}</time>').format(rfc3339(at), plain_time(at))


def day(at: Instant) -> str:
    """Write the date of an instant."""
    return datetime.fromtimestamp(at, BEIJING).date().isoformat()


def _mark(step: PairStep, word: str) -> Markup:
    """Write the shape of a step with its word for those who do not see it, as it stands in the matrix."""
    return Markup('<svg aria-hidden="true"><use href="#m-{}"/></svg><span>{}</span>').format(step, word)
