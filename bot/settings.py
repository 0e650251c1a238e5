"""Settings, read once in app.py and passed on. A combination that opens the bot or loses data does not start."""

import ipaddress
import secrets
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.door.bearer import DEFAULT_ISSUER
from bot.door.key_ring import DEFAULT_METADATA_URL
from bot.door.service_hosts import DEFAULT_SERVICE_HOSTS, is_safe_source
from storage.sealing import parse_keys

ROOT = Path(__file__).parent.parent
VAR = ROOT / "var"


class BadSettings(Exception):
    """The settings do not allow a start; the message is one line saying which and what to do."""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Settings(BaseSettings):
    """Everything configured from outside."""

    model_config = SettingsConfigDict(env_prefix="BK_", env_file=".env", extra="ignore", frozen=True)

    mode: Literal["dev", "production"] = "production"
    tenants: Annotated[frozenset[str], NoDecode] = frozenset()
    database_url: SecretStr = SecretStr(f"sqlite:///{VAR / 'beslutskollen.db'}")
    """Secret as a whole: a PostgreSQL address holds a password."""
    host: str = "127.0.0.1"
    port: int = Field(3978, validation_alias=AliasChoices("PORT", "port"), ge=0, le=65535)
    admin_port: int = Field(3979, ge=0, le=65535)
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")
    keys: SecretStr = SecretStr("")
    now: datetime | None = None
    app_id: str = Field("", validation_alias="MicrosoftAppId")
    app_password: SecretStr = Field(SecretStr(""), validation_alias="MicrosoftAppPassword")
    app_tenant_id: str = Field("", validation_alias="MicrosoftAppTenantId")
    app_type: str = Field("SingleTenant", validation_alias="MicrosoftAppType")
    openid_metadata_url: str = DEFAULT_METADATA_URL
    token_issuer: str = DEFAULT_ISSUER
    service_hosts: Annotated[frozenset[str], NoDecode] = DEFAULT_SERVICE_HOSTS

    @field_validator("tenants", "service_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("now")
    @classmethod
    def _has_offset(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("BK_NOW needs an offset, as in 2026-05-12T09:00:00+02:00")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_hex(cls, value: SecretStr) -> SecretStr:
        digits = value.get_secret_value()
        if digits and (len(digits) != 64 or not set(digits) <= set("0123456789abcdefABCDEF")):
            raise ValueError("BK_SECRET_KEY is 64 hex digits")
        return value

    @field_validator("keys")
    @classmethod
    def _is_keys(cls, value: SecretStr) -> SecretStr:
        if listed := value.get_secret_value():
            parse_keys(listed)
        return value

    @model_validator(mode="after")
    def _nothing_open(self) -> Self:
        if self.mode == "dev" and not _is_loopback(self.host):
            raise ValueError("BK_MODE=dev answers anyone, so BK_HOST must be 127.0.0.1")
        if self.mode == "production" and self.now is not None:
            raise ValueError("BK_NOW moves the clock and is for BK_MODE=dev only")
        return self

    def check_for_serving(self) -> None:
        """Say whether the bot may answer with these settings. Raises: BadSettings."""
        if not self.tenants:
            raise BadSettings("BK_TENANTS is empty: name the tenants the bot answers, comma-separated")
        if self.mode == "production":
            for name, value in (
                ("MicrosoftAppId", self.app_id),
                ("MicrosoftAppPassword", self.app_password.get_secret_value()),
            ):
                if not value:
                    raise BadSettings(f"{name} is not set: without it the bot would answer anyone")
            if self.app_type not in ("SingleTenant", "MultiTenant"):
                raise BadSettings("MicrosoftAppType is SingleTenant or MultiTenant")
            if self.app_type == "SingleTenant" and not self.app_tenant_id:
                raise BadSettings("MicrosoftAppTenantId is not set: a single-tenant bot needs it to sign in")
            if not is_safe_source(self.openid_metadata_url):
                raise BadSettings("BK_OPENID_METADATA_URL must be https: whoever changes the keys on the way is let in")
            self.secret()

    @property
    def database(self) -> str:
        """Return the database's address, with its password."""
        return self.database_url.get_secret_value()

    @property
    def pages_url(self) -> str:
        """Return the base address of the bot's pages: BK_PUBLIC_URL, in dev mode this machine; empty when unknown."""
        return self.public_url or (f"http://127.0.0.1:{self.port}" if self.mode == "dev" else "")

    def secret(self) -> bytes:
        """Return the secret for tokens and links; made once in dev mode. Raises: BadSettings."""
        return bytes.fromhex(
            self.secret_key.get_secret_value() or self._made("secret_key", "BK_SECRET_KEY", secrets.token_hex(32))
        )

    def master_keys(self) -> dict[str, bytes]:
        """Return the master keys, newest first; made once in dev mode. Raises: BadSettings."""
        fresh = "dev:" + b64encode(secrets.token_bytes(32)).decode()
        return parse_keys(self.keys.get_secret_value() or self._made("keys", "BK_KEYS", fresh))

    def _made(self, file_name: str, setting: str, fresh: str) -> str:
        if self.mode == "production":
            raise BadSettings(f"{setting} is not set: sealed texts could not be opened after a restart")
        path = VAR / file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="ascii") as file:
                path.chmod(0o600)
                file.write(fresh)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        return fresh


def read_settings(**changes: object) -> Settings:
    """Read the settings from the environment. Raises: BadSettings: one line that says what is wrong."""
    try:
        return Settings(**changes)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        where = name if name.startswith(("Microsoft", "PORT")) else "BK_" + name.upper()
        message = str(first["msg"]).removeprefix("Value error, ")
        raise BadSettings(f"{where}: {message}" if name and where not in message else message) from None
