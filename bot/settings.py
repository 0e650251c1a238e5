"""Settings, read once in app.py and passed on. The bot does not start if they would leave it open or lose data."""

import contextlib
import difflib
import os
import re
import secrets
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.door.bearer import DEFAULT_ISSUER
from bot.door.key_ring import DEFAULT_METADATA_URL
from bot.door.service_hosts import DEFAULT_SERVICE_HOSTS, is_safe_source
from bot.pages.addresses import TAB
from bot.secret_files import SecretFiles, names_of_files
from bot.sending.proofs import check_token_file, read_certificate
from bot.tab.entra import DEFAULT_METADATA_URL as DEFAULT_TAB_METADATA_URL
from checklists.addresses import is_base_url, is_host, is_listed_host, is_loopback, is_page
from checklists.case_dates import calendar_day
from checklists.faults import Code, Refusal, fault, listed
from checklists.identity import address, entra_id
from checklists.program import IS_CHECKOUT, ROOT
from storage.database_address import is_readable, is_verified
from storage.sealing import parse_keys

TEAMS_JS = ROOT / "node_modules" / "@microsoft" / "teams-js" / "dist" / "umd" / "MicrosoftTeams.min.js"
VAR = (ROOT if IS_CHECKOUT else Path.cwd()) / "var"
MANAGED = "UserAssignedMSI"
APP_TYPES = ("SingleTenant", "MultiTenant", MANAGED)
DOTENV = ".env"
_FORMS = {
    "host": "127.0.0.1",
    "admin_host": "127.0.0.1",
    "database_url": "postgresql://NAME:PASSWORD@HOST/DATABASE, with @ : / ? # in the password as %40 %3A %2F %3F %23",
    "public_url": "https://bot.example.org",
    "service_hosts": "smba.trafficmanager.net,.teams.microsoft.com",
    "tab_resource": "api://bot.example.org/botid-APP-ID",
}
"""For each setting that is an address: how to write it."""
_LONGEST = {"municipality": 32, "privacy_contact": 200}
"""Characters; the first is the developer's name in the Teams package, whose limit it is."""


class BadSettings(Refusal):
    """The bot cannot start with these settings."""

    exit_code = 2


class Settings(BaseSettings):
    """Everything configured from outside."""

    model_config = SettingsConfigDict(
        env_prefix="BK_", env_file=DOTENV, env_file_encoding="utf-8-sig", extra="ignore", frozen=True
    )

    mode: Literal["dev", "production"] = "production"
    tenants: Annotated[frozenset[str], NoDecode] = frozenset()
    database_url: SecretStr = SecretStr(f"sqlite:///{VAR / 'beslutskollen.db'}")
    """Secret as a whole: a PostgreSQL address holds a password."""
    host: str = "127.0.0.1"
    port: int = Field(3978, validation_alias=AliasChoices("PORT", "port"), ge=0, le=65535)
    admin_host: str = "127.0.0.1"
    admin_port: int = Field(3979, ge=0, le=65535)
    keep_alive_seconds: float = Field(10.0, ge=1, le=600)
    public_url: str = ""
    municipality: str = ""
    privacy_contact: str = ""
    first_admin: str = ""
    """E-mail of the first administrator, who adds the others; TENANT:E-MAIL if there are several tenants. Has no effect
    once there is an administrator."""
    import_folder: str = ""
    privacy_url: str = ""
    terms_url: str = ""
    website_url: str = ""
    secret_key: SecretStr = SecretStr("")
    keys: SecretStr = SecretStr("")
    trail_key: SecretStr = SecretStr("")
    now: datetime | None = None
    app_id: str = Field("", validation_alias="MicrosoftAppId")
    app_password: SecretStr = Field(SecretStr(""), validation_alias="MicrosoftAppPassword")
    app_tenant_id: str = Field("", validation_alias="MicrosoftAppTenantId")
    app_type: str = Field("SingleTenant", validation_alias="MicrosoftAppType")
    app_certificate: SecretStr = SecretStr("")
    """PEM: a certificate and its key, in place of the password."""
    federated_token_file: str = ""
    """The file in which the platform keeps renewing a token. Read at each use, unlike the secrets in `NAME_FILE`."""
    secret_ends: date | None = None
    """The last day of the password, as shown in Entra; the bot has no way to look it up."""
    identity_endpoint: str = Field("", validation_alias="IDENTITY_ENDPOINT")
    identity_header: SecretStr = Field(SecretStr(""), validation_alias="IDENTITY_HEADER")
    openid_metadata_url: str = DEFAULT_METADATA_URL
    token_issuer: str = DEFAULT_ISSUER
    service_hosts: Annotated[frozenset[str], NoDecode] = DEFAULT_SERVICE_HOSTS
    tab_resource: str = ""
    """The Application ID URI of the app registration; empty: there is no tab."""
    tab_metadata_url: str = DEFAULT_TAB_METADATA_URL
    teams_js: str = str(TEAMS_JS)
    """The file of TeamsJS, which the pages of the tab load from the bot itself."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read secrets from files as well."""
        files = SecretFiles(settings_cls, env_settings, dotenv_settings)
        return init_settings, files, env_settings, dotenv_settings

    @field_validator("tenants", "service_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("tenants")
    @classmethod
    def _as_compared(cls, value: frozenset[str]) -> frozenset[str]:
        return frozenset(map(entra_id, value))

    @field_validator("app_id", "app_tenant_id")
    @classmethod
    def _as_issued(cls, value: str) -> str:
        return entra_id(value)

    @field_validator("host", "admin_host")
    @classmethod
    def _is_host(cls, value: str, info: ValidationInfo) -> str:
        if not is_host(value):
            raise _no_address(info)
        return value

    @field_validator("public_url")
    @classmethod
    def _is_base(cls, value: str, info: ValidationInfo) -> str:
        if value and not is_base_url(value):
            raise _no_address(info)
        return value.rstrip("/")

    @field_validator("tab_resource")
    @classmethod
    def _is_resource(cls, value: str, info: ValidationInfo) -> str:
        if value and not re.fullmatch(r"api://[A-Za-z0-9.:_/-]{1,200}", value):
            raise _no_address(info)
        return value

    @field_validator("service_hosts")
    @classmethod
    def _are_hosts(cls, value: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        if not value or not all(map(is_listed_host, value)):
            raise _no_address(info)
        return frozenset(host.lower() for host in value)

    @field_validator("municipality", "privacy_contact")
    @classmethod
    def _is_line(cls, value: str, info: ValidationInfo) -> str:
        plain, longest = " ".join(value.split()), _LONGEST[info.field_name or ""]
        if len(plain) > longest or not plain.isprintable():
            raise BadSettings(fault(Code.LINE_TOO_LONG, setting=_setting(info), longest=longest))
        return plain

    @field_validator("privacy_url", "terms_url", "website_url")
    @classmethod
    def _is_page(cls, value: str, info: ValidationInfo) -> str:
        if value and not is_page(value):
            raise BadSettings(fault(Code.NO_PAGE, setting=_setting(info)))
        return value

    @field_validator("secret_ends", mode="before")
    @classmethod
    def _is_day(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        day = calendar_day(value.strip()) if value.strip() else None
        if day is None and value.strip():
            raise BadSettings(fault(Code.NOT_A_DAY).of("BK_SECRET_ENDS"))
        return day

    @field_validator("now")
    @classmethod
    def _has_offset(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise BadSettings(fault(Code.NOW_WITHOUT_OFFSET, setting="BK_NOW"))
        return value

    @field_validator("secret_key", "trail_key")
    @classmethod
    def _is_hex(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        digits = value.get_secret_value()
        if digits and (len(digits) != 64 or not set(digits) <= set("0123456789abcdefABCDEF")):
            raise BadSettings(fault(Code.SECRET_NOT_HEX, setting=f"BK_{info.field_name}".upper()))
        return value

    @field_validator("keys")
    @classmethod
    def _is_keys(cls, value: SecretStr) -> SecretStr:
        if listed := value.get_secret_value():
            parse_keys(listed)
        return value

    @model_validator(mode="after")
    def _first_admin_is_one(self) -> Self:
        if self.first_admin and self.tenants and self.first_admin_of() is None:
            raise BadSettings(fault(Code.FIRST_ADMIN_WRONG))
        return self

    def first_admin_of(self) -> tuple[str, str] | None:
        """Return tenant and e-mail of the first admin; None if none is set, or it cannot be read."""
        tenant, _, email = self.first_admin.rpartition(":")
        tenant = entra_id(tenant) or (next(iter(self.tenants)) if len(self.tenants) == 1 else "")
        if tenant not in self.tenants or not all(email.partition("@")) or len(email.split()) != 1:
            return None
        return tenant, address(email)

    @model_validator(mode="after")
    def _nothing_open(self) -> Self:
        for setting, host in (("BK_HOST", self.host), ("BK_ADMIN_HOST", self.admin_host)):
            if self.mode == "dev" and not is_loopback(host):
                raise BadSettings(fault(Code.DEV_NOT_HERE, setting=setting))
        if self.mode == "production" and not is_verified(self.database):
            if not is_readable(self.database):
                raise BadSettings(
                    fault(Code.SETTING_NO_ADDRESS, setting="BK_DATABASE_URL", form=_FORMS["database_url"])
                )
            raise BadSettings(fault(Code.DATABASE_IN_THE_OPEN, setting="BK_DATABASE_URL"))
        if self.mode == "production" and self.now is not None:
            raise BadSettings(fault(Code.NOW_IN_PRODUCTION))
        return self

    def check_for_serving(self) -> None:
        """Check that the bot may serve with these settings. Raises: BadSettings."""
        if not self.tenants:
            raise BadSettings(fault(Code.NO_TENANTS))
        if self.mode == "production":
            for setting, value in (("MicrosoftAppId", self.app_id), ("BK_TOKEN_ISSUER", self.token_issuer.strip())):
                if not value:
                    raise BadSettings(fault(Code.ANYONE_ANSWERED, setting=setting))
            if self.app_type not in APP_TYPES:
                raise BadSettings(fault(Code.SETTING_NOT_ONE_OF, setting="MicrosoftAppType", allowed=listed(APP_TYPES)))
            self._check_proof()
            if self.app_type == "SingleTenant" and not self.app_tenant_id:
                raise BadSettings(fault(Code.CANNOT_SIGN_IN))
            if not is_safe_source(self.openid_metadata_url):
                raise BadSettings(fault(Code.KEYS_NOT_HTTPS))
            if self.public_url and not self.public_url.lower().startswith("https://"):
                raise BadSettings(fault(Code.PUBLIC_NOT_HTTPS))
            newest = next(iter(self.master_keys().values()))
            own = (("BK_SECRET_KEY", self.secret()), ("BK_KEYS", newest), ("BK_TRAIL_KEY", self.trail()))
            for setting, key in own:
                if not any(key):
                    raise BadSettings(fault(Code.KEY_OF_ZEROS, setting=setting))
        if self.tab_resource:
            self._check_tab()

    def _check_tab(self) -> None:
        """Check that people can sign in to the tab. Raises: BadSettings."""
        for setting, value in (("MicrosoftAppId", self.app_id), ("BK_PUBLIC_URL", self.pages_url)):
            if not value:
                raise BadSettings(fault(Code.TAB_NEEDS, setting=setting))
        if not is_safe_source(self.tab_metadata_url):
            raise BadSettings(fault(Code.KEYS_NOT_HTTPS))
        if not Path(self.teams_js).is_file():
            raise BadSettings(fault(Code.NO_TEAMS_JS, file=self.teams_js))

    def _check_proof(self) -> None:
        """Check that the bot can prove who it is, in exactly one way. Raises: BadSettings."""
        certificate = self.app_certificate.get_secret_value()
        proofs = {
            "MicrosoftAppPassword": self.app_password.get_secret_value(),
            "BK_APP_CERTIFICATE": certificate,
            "BK_FEDERATED_TOKEN_FILE": self.federated_token_file,
        }
        given = [name for name, value in proofs.items() if value]
        if self.app_type == MANAGED:
            if given:
                raise BadSettings(fault(Code.NO_PROOF_NEEDED, settings=listed(given)))
            pair = {"IDENTITY_ENDPOINT": self.identity_endpoint, "IDENTITY_HEADER": self.identity_header}
            alone = [name for name, value in pair.items() if value]
            if len(alone) == 1:
                [other] = pair.keys() - {*alone}
                raise BadSettings(fault(Code.ENDPOINT_ALONE, setting=alone[0], other=other))
            return
        if not given:
            raise BadSettings(fault(Code.ANYONE_ANSWERED, setting="MicrosoftAppPassword"))
        if len(given) > 1:
            raise BadSettings(fault(Code.SEVERAL_PROOFS, settings=listed(given)))
        try:
            if certificate:
                read_certificate(certificate)
            if self.federated_token_file:
                check_token_file(Path(self.federated_token_file))
        except Refusal as refused:
            raise BadSettings(*refused.faults) from None

    @property
    def database(self) -> str:
        """Return the database's address, with its password."""
        return self.database_url.get_secret_value()

    @property
    def pages_url(self) -> str:
        """Return the base address of the bot's pages: BK_PUBLIC_URL, in dev mode this machine; empty when unknown."""
        return self.public_url or (f"http://127.0.0.1:{self.port}" if self.mode == "dev" else "")

    @property
    def tab_url(self) -> str:
        """Return the address that opens the tab in Teams; empty when there is none."""
        return f"https://teams.microsoft.com/l/entity/{self.app_id}/{TAB}" if self.tab_resource else ""

    @property
    def base_path(self) -> str:
        """Return the path of BK_PUBLIC_URL, without a slash at its end; empty when it has none."""
        return urlsplit(self.public_url).path

    def secret(self) -> bytes:
        """Return the secret for tokens and links; generated once in dev mode. Raises: BadSettings."""
        return bytes.fromhex(
            self.secret_key.get_secret_value() or self._made("secret_key", "BK_SECRET_KEY", secrets.token_hex(32))
        )

    def master_keys(self) -> dict[str, bytes]:
        """Return the master keys, newest first; generated once in dev mode. Raises: BadSettings."""
        fresh = "dev:" + b64encode(secrets.token_bytes(32)).decode()
        return parse_keys(self.keys.get_secret_value() or self._made("keys", "BK_KEYS", fresh))

    def lacks_master_keys(self) -> bool:
        """Return whether there is no master key: none is set, and only dev mode generates one."""
        return self.mode == "production" and not self.keys.get_secret_value()

    def trail(self) -> bytes:
        """Return the key of the trail; generated once in dev mode. Raises: BadSettings."""
        if self.mode == "production" and not self.trail_key.get_secret_value():
            raise BadSettings(fault(Code.TRAIL_KEY_MISSING))
        return bytes.fromhex(
            self.trail_key.get_secret_value() or self._made("trail_key", "BK_TRAIL_KEY", secrets.token_hex(32))
        )

    def _made(self, file_name: str, setting: str, fresh: str) -> str:
        if self.mode == "production":
            raise BadSettings(fault(Code.NOTHING_LASTS, setting=setting))
        path = VAR / file_name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError), path.open("x", encoding="ascii") as file:
                file.write(fresh)
            return path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise BadSettings(fault(Code.CANNOT_READ, file=path, why=error.strerror)) from None


def read_settings(**changes: object) -> Settings:
    """Read the settings from the environment. Raises: BadSettings: the first that is wrong."""
    try:
        return Settings(**changes)  # type: ignore[arg-type]
    except ValidationError as error:
        raise _refused(error.errors()[0]) from None
    except Refusal as refused:
        raise BadSettings(*refused.faults) from None
    except (OSError, UnicodeDecodeError):  # nothing else is read here
        raise BadSettings(fault(Code.DOTENV_UNREADABLE)) from None


def unknown_settings() -> Iterator[tuple[str, list[str]]]:
    """Yield each name that looks like a setting of ours but is none, with the settings it resembles, nearest first."""
    known = {_name(name, field.validation_alias) for name, field in Settings.model_fields.items()}
    known |= set(names_of_files(Settings))
    by_case = {name.upper(): name for name in known}
    written = DotEnvSettingsSource(Settings).env_vars
    for found in sorted({name.upper() for name in (*os.environ, *written)} - by_case.keys()):
        if found.startswith(("BK_", "MICROSOFTAPP")):
            near = difflib.get_close_matches(found, by_case, cutoff=0.0)
            yield found, [by_case[name] for name in near]


def _name(field: str, alias: object) -> str:
    if isinstance(alias, str):
        return alias
    return "BK_" + field.upper() if alias is None else "PORT"


def _no_address(info: ValidationInfo) -> BadSettings:
    form = _FORMS[info.field_name or ""]
    return BadSettings(fault(Code.SETTING_NO_ADDRESS, setting=_setting(info), form=form))


def _setting(info: ValidationInfo) -> str:
    return "BK_" + (info.field_name or "").upper()


def _refused(detail: Any) -> BadSettings:
    """Return what pydantic found, in our words and without the value."""
    context = detail.get("ctx", {})
    if isinstance(context.get("error"), Refusal):
        return BadSettings(*context["error"].faults)
    name = str(detail["loc"][0])
    setting = name if name.startswith(("Microsoft", "PORT", "IDENTITY")) else "BK_" + name.upper()
    if detail["type"] == "literal_error":
        allowed = listed(re.findall(r"'([^']*)'", context["expected"]))
        return BadSettings(fault(Code.SETTING_NOT_ONE_OF, setting=setting, allowed=allowed))
    if setting in ("PORT", "BK_ADMIN_PORT"):
        return BadSettings(fault(Code.SETTING_NO_PORT, setting=setting))
    if setting == "BK_NOW":
        return BadSettings(fault(Code.NOW_WITHOUT_OFFSET, setting=setting))
    return BadSettings(fault(Code.SETTING_WRONG, setting=setting))


def tombstones_beside(database_url: str) -> Path:
    """Return the path of the tombstone file that is used when none is named."""
    is_file = database_url.startswith("sqlite:///")
    return (Path(database_url.removeprefix("sqlite:///")).parent if is_file else VAR) / "disposed.jsonl"
