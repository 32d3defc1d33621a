"""What the commands of a region node are told: words of the command line, the environment, a prompt."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from typing import TYPE_CHECKING

from comity.errors import MissingExtra

if TYPE_CHECKING:
    from comity.bootstrap.settings import NodeSettings


def node_settings(*, asks_twice: bool = False, **given: object) -> NodeSettings:
    """Read the settings of a node; what the command line gives comes first. Raises: MissingExtra, UsageError.

    With no passphrase set and somebody at a terminal, it is asked for, twice where it is new.
    """
    try:
        from comity.bootstrap.settings import read_settings
    except ModuleNotFoundError as error:
        raise MissingExtra("a region node", extra="services") from error
    settings = read_settings(**given)
    if settings.passphrase() is None and sys.stdin.isatty():
        asked = getpass("Passphrase of the key file: ")
        if asked and asks_twice and getpass("Again: ") != asked:
            asked = ""
        if asked:
            settings = read_settings(**given, key_passphrase=asked)
    return settings


def put_in_environment(settings: NodeSettings) -> None:
    """Hand the settings to the processes that this one starts."""
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        if value is None:
            continue
        secret = getattr(value, "get_secret_value", None)
        text = secret() if secret is not None else str(int(value) if isinstance(value, bool) else value)
        os.environ[f"COMITY_{name.upper()}"] = text
