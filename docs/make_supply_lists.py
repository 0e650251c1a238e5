"""Writes docs/sbom.cdx.json (CycloneDX) and docs/licences.md: `.venv/bin/python docs/make_supply_lists.py`.

Lists the packages of both locks, with the licences they declare. Without timestamp and serial number, so that the same
locks give the same bytes, which a test compares.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SBOM, LICENCES = ROOT / "docs" / "sbom.cdx.json", ROOT / "docs" / "licences.md"
# Installed on Windows only.
_STATED = {"colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
# Licences stated as free text, mapped to SPDX identifiers.
_SPDX = {
    "MIT License": "MIT",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software": "Apache-2.0",
    "Apache-2": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True, order=True)
class Part:
    """A locked package. kind: `pypi` or `npm`. runs: it is loaded by the bot in production."""

    kind: str
    name: str
    version: str
    licence: str
    runs: bool


def parts() -> list[Part]:
    """Return all packages of the locks, Python before npm, sorted by name."""
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    runs = needed(declared())
    found = [Part("pypi", name, version, licence_of(name), name in runs) for name, version in locked.items()]
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for path, package in packages.items():
        if path:
            name = path.rpartition("node_modules/")[2]
            found.append(Part("npm", name, package["version"], package.get("license", ""), runs=False))
    return sorted(found, key=lambda part: (part.kind != "pypi", part.name))


def declared() -> list[str]:
    """Return the bot's direct requirements from pyproject.toml."""
    wanted: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return wanted


def needed(wanted: Iterable[str]) -> set[str]:
    """Return the names of these requirements and all their dependencies, on any platform."""
    found: set[str] = set()
    pending = [Requirement(line) for line in wanted]
    while pending:
        requirement = pending.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if name in found and extras == {""}:
            continue
        found.add(name)
        for line in _requires(name):
            inner = Requirement(line)
            if inner.marker is None or any(_may_hold(inner, extra) for extra in extras):
                pending.append(inner)
    return found


def _requires(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # not for this platform, nor are its dependencies
        return []


def _may_hold(requirement: Requirement, extra: str) -> bool:
    """Return whether a requirement applies on any supported platform: Linux or Windows, oldest Python."""
    assert requirement.marker is not None
    python = {"extra": extra, "python_version": "3.11", "python_full_version": "3.11.0"}
    linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    windows = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
    return any(requirement.marker.evaluate({**python, **machine}) for machine in (linux, windows))


def licence_of(name: str) -> str:
    """Return a package's declared licence, as an SPDX expression where it has one."""
    if name in _STATED:
        return _STATED[name]
    stated = metadata(name)
    expression: str
    for expression in stated.get_all("License-Expression") or []:
        return expression
    classified = [
        line.removeprefix("License :: OSI Approved :: ").removesuffix(" License")
        for line in stated.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved :: ")
    ]
    free = " ".join(stated.get_all("License") or []).strip()
    words = free if free and "\n" not in free and len(free) < 60 else " AND ".join(classified)
    return _SPDX.get(words, words)


def sbom(found: Iterable[Part]) -> str:
    """Return the packages as CycloneDX 1.6 JSON."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    bot = {"type": "application", "bom-ref": "beslutskollen", "name": "beslutskollen", "version": version}
    components = [
        {
            "type": "library",
            "bom-ref": _purl(part),
            "name": part.name,
            "version": part.version,
            "scope": "required" if part.runs else "excluded",
            "licenses": [{"expression": part.licence}],
            "purl": _purl(part),
        }
        for part in found
    ]
    whole = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    return json.dumps({**whole, "metadata": {"component": bot}, "components": components}, indent=1) + "\n"


def _purl(part: Part) -> str:
    return f"pkg:{part.kind}/{part.name.replace('@', '%40')}@{part.version}"


def licences(found: Iterable[Part]) -> str:
    """Return the packages as a Markdown page: those that run in production, then those for building and testing."""
    found = list(found)
    lines = [
        "# Licences",
        "",
        "Made by `docs/make_supply_lists.py` from the locks; licences as each package says. The bot itself: EUPL-1.2.",
    ]
    titles = {True: "In production", False: "Only for the try-out page, tests and tools"}
    for runs, title in titles.items():
        lines += ["", f"## {title}", "", "| package | version | licence |", "|---|---|---|"]
        lines += [f"| {part.name} | {part.version} | {part.licence} |" for part in found if part.runs is runs]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    everything = parts()
    SBOM.write_text(sbom(everything), encoding="utf-8")
    LICENCES.write_text(licences(everything), encoding="utf-8")
