"""Builds the Teams app package, a zip of four files from manifest/. `bot/package_check.py` validates one.

Teams reads manifest.json (Swedish, the default language), en.json and the two icons from the root of the zip.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.pages.addresses import PRIVACY, TAB, TERMS
from checklists.faults import Code, Refusal, fault

SOURCE = Path(__file__).parent.parent / "manifest"
FILES = ("color.png", "en.json", "manifest.json", "outline.png")
GUID = r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
HTTPS = r"https://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::\d{1,5})?(?:/\S*)?"
"""Pattern of an https URL; group 1 is the host."""
VERSION = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"

TAB_NAME, TAB_NAME_EN = "Ärenden och siffror", "Cases and figures"


class CannotPack(Refusal):
    """A package cannot be built with these settings."""


class NotOurs(ValueError):
    """A file is not a package of this bot."""


@dataclass(frozen=True, slots=True)
class Developer:
    """Whose app it is, as Teams shows it: the municipality. An empty field falls back on the bot's own value."""

    name: str = ""
    website: str = ""
    privacy: str = ""
    terms: str = ""


def build(
    app_id: str, public_url: str, version: str, developer: Developer = Developer(), tab_resource: str = ""
) -> bytes:
    """Build the package; the same arguments give the same bytes on every machine.

    Args: app_id: MicrosoftAppId, the id of both bot and app; public_url: BK_PUBLIC_URL, whose host becomes the app's
        only valid domain; version: three numbers, higher for each package uploaded (`next_version`); tab_resource:
        BK_TAB_RESOURCE, without which the app has no tab.
    Raises: CannotPack: an argument is missing or malformed.
    """
    if not re.fullmatch(GUID, app_id):
        raise CannotPack(fault(Code.NO_APP_ID))
    address = re.fullmatch(HTTPS, public_url)
    if address is None:
        raise CannotPack(fault(Code.NO_ADDRESS_OF_BOT))
    if not re.fullmatch(VERSION, version):
        raise CannotPack(fault(Code.VERSION_WRONG))
    own = public_url.rstrip("/")
    values = {"app_id": app_id, "host": address[1].lower(), "version": version}
    values["developer"] = developer.name or "Beslutskollen"
    values["privacy"] = developer.privacy or own + PRIVACY
    values["terms"] = developer.terms or own + TERMS
    values["website"] = developer.website or own + PRIVACY
    contents = {name: (SOURCE / name).read_bytes() for name in FILES}
    manifest = _filled(json.loads(contents["manifest.json"]), values)
    english = json.loads(contents["en.json"])
    if tab_resource:
        tab = {"entityId": TAB, "name": TAB_NAME, "contentUrl": f"{own}/{TAB}", "scopes": ["personal"]}
        manifest |= {"staticTabs": [tab], "webApplicationInfo": {"id": app_id, "resource": tab_resource}}
        english["staticTabs[0].name"] = TAB_NAME_EN
    contents["manifest.json"] = _text(manifest)
    contents["en.json"] = _text(english)
    return zipped(contents)


def next_version(package: bytes, before: bytes, first: str) -> str:
    """Return the version for a package that replaces another: the same if nothing else differs, otherwise a higher one.

    package: built with any version. before: the package uploaded last. first: this release's version, the lowest that a
        changed package gets.
    Raises: NotOurs: `before` is not a package of the same app.
    """
    old, new = _read(before), _read(package)
    was = _numbers(old)
    if old["manifest.json"].get("id") != new["manifest.json"]["id"] or was is None:
        raise NotOurs
    for contents in (old, new):
        contents["manifest.json"]["version"] = ""
    if old == new:
        return ".".join(map(str, was))
    higher = max((was[0], was[1], was[2] + 1), tuple(map(int, first.split("."))))
    return ".".join(map(str, higher))


def _read(package: bytes) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            contents: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
        contents["manifest.json"] = json.loads(contents["manifest.json"])
        contents["manifest.json"]["version"]
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError):
        raise NotOurs from None
    return contents


def _numbers(contents: Mapping[str, Any]) -> tuple[int, int, int] | None:
    found = re.fullmatch(VERSION, str(contents["manifest.json"]["version"]))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Return files as a zip without timestamps, owners or compression, which would differ between machines."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, contents[name])
    return out.getvalue()


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    """Replace strings in the template that consist of `{name}` and nothing else."""
    if isinstance(part, dict):
        return {key: _filled(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [_filled(inner, values) for inner in part]
    if isinstance(part, str) and part.startswith("{"):
        return values[part.strip("{}")]
    return part


def _text(value: Any) -> bytes:
    """Serialize JSON again, so that the line endings of a checkout do not affect the package."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
