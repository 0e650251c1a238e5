"""Secrets from files: `NAME_FILE` names a file with the value of `NAME`, as container platforms provide secrets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from checklists.faults import Code, Refusal, fault

_LONGEST = 64 * 1024


class SecretFiles(PydanticBaseSettingsSource):
    """Reads every secret whose `NAME_FILE` is set in one of the given sources."""

    def __init__(self, settings_class: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_class)
        self._written = [source.env_vars for source in sources if isinstance(source, EnvSettingsSource)]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not used: `__call__` returns all values at once."""
        raise NotImplementedError

    def __call__(self) -> dict[str, Any]:
        """Return the secrets by field. Raises: Refusal: one cannot be read, or is set both ways."""
        found = {}
        for key, setting in _secrets(self.settings_cls):
            file = self._value(setting + "_FILE")
            if file:
                if self._value(setting):
                    raise Refusal(fault(Code.SECRET_TWICE, setting=setting))
                found[key] = _read(setting + "_FILE", Path(file))
        return found

    def _value(self, setting: str) -> str:
        return next((value for written in self._written if (value := written.get(setting.lower()))), "") or ""


def names_of_files(settings_class: type[BaseSettings]) -> list[str]:
    """Return the settings that name a secret's file."""
    return [f"{setting}_FILE" for _, setting in _secrets(settings_class)]


def _secrets(settings_class: type[BaseSettings]) -> Iterator[tuple[str, str]]:
    """Yield for each secret the key it is validated by, and its name as a setting."""
    for name, field in settings_class.model_fields.items():
        if field.annotation is SecretStr:
            alias = field.validation_alias
            yield (alias, alias) if isinstance(alias, str) else (name, "BK_" + name.upper())


def _read(setting: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LONGEST + 1)
        text = raw.decode("utf-8-sig").strip()
    except (OSError, ValueError):
        text = ""
    if not text or len(raw) > _LONGEST:
        raise Refusal(fault(Code.SECRET_FILE_UNREADABLE, setting=setting))
    return text
