"""Every sentence people read, in Swedish and English, one YAML file per subject. The lowest layer: imports nothing."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
_FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same reader in C where it is there, eight times as fast: a bot that starts reads 3,700 sentences."""


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Return all sentences of a language by `file.key`."""
    found: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.yaml")):
        room = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        found |= {f"{path.stem}.{key}": text for key, text in room.items()}
    return found


def say(key: str, language: Language, /, **args: object) -> str:
    """Return a sentence with its arguments filled in. Raises: KeyError: no such sentence, or a missing argument."""
    return sentences(language)[key].format(**args)
