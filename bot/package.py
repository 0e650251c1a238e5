"""The Teams app package: a zip of four files, built from manifest/. `bot/package_check.py` says what is wrong with one.

Teams reads manifest.json (Swedish, the default language) and en.json at the top of the zip, beside the two icons.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checklists.faults import Code, Refusal, fault

SOURCE = Path(__file__).parent.parent / "manifest"
FILES = ("color.png", "en.json", "manifest.json", "outline.png")
GUID = r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
HTTPS = r"https://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::\d{1,5})?(?:/\S*)?"
"""An address; its first group is the host."""
VERSION = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"


class CannotPack(Refusal):
    """A package cannot be built with these settings."""


def build(app_id: str, public_url: str, version: str) -> bytes:
    """Return the package; the same arguments give the same bytes on every machine.

    Args: app_id: MicrosoftAppId, the id of the bot and of the app; public_url: BK_PUBLIC_URL, whose host is the
        only one the app names; version: three numbers, higher for every package that is uploaded.
    Raises: CannotPack: an argument is missing or cannot stand in a package.
    """
    if not re.fullmatch(GUID, app_id):
        raise CannotPack(fault(Code.NO_APP_ID))
    address = re.fullmatch(HTTPS, public_url)
    if address is None:
        raise CannotPack(fault(Code.NO_ADDRESS_OF_BOT))
    if not re.fullmatch(VERSION, version):
        raise CannotPack(fault(Code.VERSION_WRONG))
    values = {"app_id": app_id, "public_url": public_url, "host": address[1].lower(), "version": version}
    contents = {name: (SOURCE / name).read_bytes() for name in FILES}
    contents["manifest.json"] = _text(_filled(json.loads(contents["manifest.json"]), values))
    contents["en.json"] = _text(json.loads(contents["en.json"]))
    return zipped(contents)


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Return files as a zip without times, owners or compression: what these give differs between machines."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, contents[name])
    return out.getvalue()


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    """Put in the values where the template has `{name}` as a whole text."""
    if isinstance(part, dict):
        return {key: _filled(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [_filled(inner, values) for inner in part]
    if isinstance(part, str) and part.startswith("{"):
        return values[part.strip("{}")]
    return part


def _text(value: Any) -> bytes:
    """Write JSON anew, so that line ends of a checkout do not show in the package."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
