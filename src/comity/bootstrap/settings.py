"""The settings of a region node, from the environment (docs/settings.md); what a command names wins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from comity.domain.region import RegionCode, is_region
from comity.errors import UsageError

DATA: Final = Path("comity-data")
PORT: Final = 8150


def _region(value: str) -> RegionCode:
    if not is_region(value):
        raise ValueError("not the code of one of the 31 regions, such as 150000")
    return RegionCode(value)


class NodeSettings(BaseSettings):
    """What a node is told: where its data is, who reaches it how, and how much it takes on."""

    model_config = SettingsConfigDict(env_prefix="COMITY_", extra="ignore", env_ignore_empty=True)

    region: Annotated[RegionCode, BeforeValidator(_region)] = RegionCode("150000")
    data: Path = DATA
    database_url: SecretStr | None = None
    key_passphrase: SecretStr | None = None
    key_passphrase_file: Path | None = None
    pkcs11_module: Path | None = None
    pkcs11_token: str = "comity"  # noqa: S105 - the label of a token
    pkcs11_pin: SecretStr | None = None
    pkcs11_pin_file: Path | None = None
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+(/[^\s]*[^\s/])?$")
    hub_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+(/[^\s]*[^\s/])?$")
    hub_root: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=PORT, ge=1, le=65_535)
    socket: Path | None = None
    workers: int = Field(default=1, ge=1, le=64)
    demo: bool = False
    trusted_proxies: str = "127.0.0.1,::1"
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    rate_per_minute: int = Field(default=600, ge=1)
    in_flight: int = Field(default=64, ge=4)
    request_seconds: int = Field(default=30, ge=1, le=600)

    def passphrase(self) -> str | None:
        """Give the passphrase of the key files, where one is set. Raises: UsageError."""
        if self.key_passphrase is not None:
            return self.key_passphrase.get_secret_value()
        if self.key_passphrase_file is None:
            return None
        try:
            return self.key_passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the passphrase file '{self.key_passphrase_file}' cannot be read",
                next_step="Check COMITY_KEY_PASSPHRASE_FILE.",
            ) from error

    @property
    def url(self) -> str:
        """Where people reach the node, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"


def read_settings(**given: object) -> NodeSettings:
    """Read the settings; what is given and not None comes first. Raises: UsageError naming the setting."""
    try:
        return NodeSettings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "COMITY_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UsageError(
            f"{name}: {first['msg']}", next_step="docs/settings.md says what each setting takes."
        ) from error
