"""The settings of the identity provider, from the environment (docs/settings.md)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from comity.errors import UsageError

_PREFIX = "comity_identity_"


class IdentitySettings(BaseSettings):
    """Which provider proves identities, what it knows this region by, and how it names things."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore", env_ignore_empty=True)

    issuer: str | None = Field(default=None, max_length=512)
    client_id: str = Field(default="comity", max_length=256)
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    scope: str = Field(default="openid profile", pattern=r"^openid( [\x21\x23-\x5B\x5D-\x7E]+)*$")
    claim_kind: str = "document_kind"
    claim_number: str = "document_number"
    claim_name: str = "name"
    claim_division: str = "division"

    def secret(self) -> str | None:
        """Give the client secret, where one is set. Raises: UsageError."""
        if self.client_secret is not None:
            return self.client_secret.get_secret_value()
        if self.client_secret_file is None:
            return None
        try:
            return self.client_secret_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the secret file '{self.client_secret_file}' cannot be read",
                next_step="Check COMITY_IDENTITY_CLIENT_SECRET_FILE.",
            ) from error


def read_identity_settings() -> IdentitySettings:
    """Read the settings. Raises: UsageError naming the setting."""
    try:
        return IdentitySettings()
    except ValidationError as error:
        first = error.errors()[0]
        name = (_PREFIX + "_".join(str(part) for part in first["loc"])).upper()
        raise UsageError(
            f"{name}: {first['msg']}", next_step="docs/settings.md says what each setting takes."
        ) from error
