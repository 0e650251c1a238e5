"""Validates a Teams app package offline, and more strictly than Microsoft's schema does.

Source of keys and limits: Microsoft's Teams app manifest schema 1.25. Command titles and descriptions keep to the
lower limits of 1.17 (32 and 128 characters), which older clients were built for.
"""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.package import FILES, GUID, HTTPS, VERSION
from bot.pages.addresses import TAB
from checklists.replies import folded
from dialogs.turn.commands import COMMANDS

MOST_COMMANDS = 12
ICONS = {"color.png": 192, "outline.png": 32}
_SCHEMAS = r"https://developer\.microsoft\.com/json-schemas/teams/v1\.25/MicrosoftTeams\."
_LOCALIZED = re.compile(r"(name|description)\..*|bots\[.*\.(title|description)|staticTabs\[.*\.name")


def _words(most: int) -> str:
    return rf"(?s)(?=.*\S).{{1,{most}}}"


SHAPE: Mapping[str, Any] = {
    "$schema": _SCHEMAS + r"schema\.json",
    "manifestVersion": r"1\.25",
    "version": VERSION,
    "id": GUID,
    "developer": {"name": _words(32), "websiteUrl": HTTPS, "privacyUrl": HTTPS, "termsOfUseUrl": HTTPS},
    "name": {"short": _words(30), "full": _words(100)},
    "description": {"short": _words(80), "full": _words(4000)},
    "icons": {"color": r"color\.png", "outline": r"outline\.png"},
    "accentColor": r"#[0-9a-fA-F]{6}",
    "localizationInfo": {
        "defaultLanguageTag": "sv",
        "additionalLanguages": [{"languageTag": "en", "file": r"en\.json"}],
    },
    "bots": [
        {
            "botId": GUID,
            "scopes": ["personal"],
            "supportsFiles": False,
            "isNotificationOnly": False,
            "commandLists": [{"scopes": ["personal"], "commands": [{"title": _words(32), "description": _words(128)}]}],
        }
    ],
    "validDomains": [r"[a-z0-9-]+(\.[a-z0-9-]+)*"],
}
"""Every key manifest.json may contain, and a pattern for each string: the app requests nothing more of Teams."""
TAB_SHAPE: Mapping[str, Any] = {
    "staticTabs": [{"entityId": TAB, "name": _words(128), "contentUrl": HTTPS, "scopes": ["personal"]}],
    "webApplicationInfo": {"id": GUID, "resource": r"api://[A-Za-z0-9.:_/-]{1,200}"},
}
"""These as well, both or neither, where people can sign in to a tab."""


def check(package: bytes, host: str) -> list[str]:
    """Return the faults of a package, one sentence each; an empty list means it can be uploaded.

    host: the bot's own, the only one that Teams may trust.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            names = sorted(archive.namelist())
            if names != sorted(FILES):
                return [f"the package holds {', '.join(names)}; it must hold {', '.join(FILES)} and nothing else"]
            contents = {name: archive.read(name) for name in FILES}
        manifest, english = json.loads(contents["manifest.json"]), json.loads(contents["en.json"])
    except (zipfile.BadZipFile, ValueError) as error:
        return [f"the package cannot be read: {error}"]
    has_tab = isinstance(manifest, dict) and bool(TAB_SHAPE.keys() & manifest.keys())
    shape = {**SHAPE, **TAB_SHAPE} if has_tab else SHAPE
    faults = [f"manifest.json: {fault}" for fault in _shape_faults(manifest, shape, "")]
    if not isinstance(english, dict):
        faults.append("en.json: it must be an object")
    if not faults:  # the checks across fields rely on the right shape
        faults += [
            *_own_faults(manifest, host),
            *_english_faults(manifest, english),
            *_command_faults(manifest, english),
        ]
    return faults + [f"{name}: {fault}" for name, size in ICONS.items() for fault in _icon_faults(contents[name], size)]


# --- shape -------------------------------------------------------------------------------------------------


def _shape_faults(value: Any, shape: Any, path: str) -> Iterator[str]:
    if isinstance(shape, Mapping):
        keys = value.keys() if isinstance(value, dict) else set()
        yield from (f"{_below(path, key)} is missing" for key in sorted(shape.keys() - keys))
        yield from (f"{_below(path, key)} is no key of ours" for key in sorted(keys - shape.keys()))
        for key in sorted(keys & shape.keys()):
            yield from _shape_faults(value[key], shape[key], _below(path, key))
    elif isinstance(shape, list):
        items, most = value if isinstance(value, list) else [], MOST_COMMANDS if path.endswith(".commands") else 1
        if not 1 <= len(items) <= most:
            yield f"{path} must have 1 to {most} entries, not {len(items)}"
        for number, item in enumerate(items):
            yield from _shape_faults(item, shape[0], f"{path}[{number}]")
    elif isinstance(shape, bool):
        if value is not shape:
            yield f"{path} must be {str(shape).lower()}"
    elif not isinstance(value, str) or not re.fullmatch(shape, value):
        yield f"{path} is {value!r}, which does not match {shape}"


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shape_at(path: str) -> Any:
    shape: Any = {**SHAPE, **TAB_SHAPE}
    for step in re.findall(r"[^.\[\]]+", path):
        shape = shape[0] if step.isdigit() else shape[step]
    return shape


# --- consistency across fields and files -------------------------------------------------------------------


def _own_faults(manifest: Any, host: str) -> Iterator[str]:
    """Yield a fault if the bot's id is not the app's, or a host other than the bot's is listed."""
    if manifest["bots"][0]["botId"] != manifest["id"]:
        yield "manifest.json: bots[0].botId must be the id of the app"
    if manifest["validDomains"] != [host]:
        yield "manifest.json: validDomains must be the one host of the bot"
    if "staticTabs" in manifest:
        if urlsplit(manifest["staticTabs"][0]["contentUrl"]).hostname != host:
            yield "manifest.json: staticTabs[0].contentUrl must be on the host of the bot"
        if manifest["webApplicationInfo"]["id"] != manifest["id"]:
            yield "manifest.json: webApplicationInfo.id must be the id of the app"


def _english_faults(manifest: Any, english: Mapping[str, Any]) -> Iterator[str]:
    """Yield a fault for each string that is missing in English, or translated but not in the manifest."""
    shapes = {path: _shape_at(path) for path in _text_paths(manifest, "") if _LOCALIZED.fullmatch(path)}
    shapes["$schema"] = _SCHEMAS + r"Localization\.schema\.json"
    for fault in _shape_faults(english, shapes, ""):
        yield f"en.json: {fault}"


def _text_paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _text_paths(inner, _below(path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _text_paths(inner, f"{path}[{number}]")
    else:
        yield path


def _command_faults(manifest: Any, english: Mapping[str, Any]) -> Iterator[str]:
    """Yield a fault for each listed command the bot does not handle, or whose English title is another command."""
    handled = {folded(word): command.word for command in COMMANDS for word in (command.word, *command.aliases)}
    for number, command in enumerate(manifest["bots"][0]["commandLists"][0]["commands"]):
        title = command["title"]
        other = english.get(f"bots[0].commandLists[0].commands[{number}].title", title)
        if folded(title) not in handled:
            yield f"manifest.json: the bot handles no command {title!r}"
        elif handled.get(folded(str(other))) != handled[folded(title)]:
            yield f"en.json: {other!r} is not the command {title!r} in English"


# --- icons -------------------------------------------------------------------------------------------------


def _icon_faults(png: bytes, size: int) -> Iterator[str]:
    try:
        pixels = _pixels(png, size)
    except (ValueError, struct.error, zlib.error) as error:
        yield f"it must be a picture of {size} x {size} pixels drawn by manifest/draw_icons.py: {error}"
        return
    alphas = set(pixels[3::4])
    if size == ICONS["color.png"]:
        if alphas != {255}:
            yield "it must be opaque to its edges"
        return
    if not {0, 255} <= alphas or any(pixels[at : at + 3] != b"\xff\xff\xff" for at in range(0, len(pixels), 4)):
        yield "it must be white on transparent"


def _pixels(png: bytes, size: int) -> bytes:
    """Return the RGBA bytes of an icon in the format draw_icons.py writes.

    Raises: ValueError, struct.error, zlib.error: another format or size, or a damaged file.
    """
    width, height, *kind = struct.unpack_from(">IIBBBBB", png, 16)
    if png[:8] != b"\x89PNG\r\n\x1a\n" or kind != [8, 6, 0, 0, 0]:
        raise ValueError("it is not a PNG with eight bits each of red, green, blue and alpha")
    if (width, height) != (size, size):
        raise ValueError(f"it is {width} x {height}")
    packed, at = b"", 8
    while at < len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        packed += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    row = 1 + 4 * size
    rows = zlib.decompressobj().decompress(packed, row * size)
    if len(rows) != row * size or any(rows[::row]):
        raise ValueError("its rows are cut short or filtered")
    return b"".join(rows[start + 1 : start + row] for start in range(0, len(rows), row))
