"""Dependencies: locked by hash, listed with licences, and all of them used."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs import make_supply_lists as lists
from docs.make_runtime_lock import runtime_lock

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = ("app.py", "bot", "imports", "dialogs", "actions", "reports", "checklists", "storage", "texts", "tryout")
TESTS = ("dev.py", "docs", "manifest", "tests", "bench")
TOOLS = {"import-linter", "mypy", "pytest-asyncio", "pytest-cov", "pytest-xdist", "ruff", "types-pyyaml"}
"""Run as commands or loaded by name, never imported."""
NAMED = {"psycopg": ("storage/desk.py", "postgresql+psycopg://")}
"""The driver is selected by the database URL."""
ALLOWED = {
    *("MIT", "MIT-0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "MPL-2.0", "LGPL-3.0-only"),
    *("Apache-2.0 AND MIT", "MIT AND PSF-2.0", "Apache-2.0 OR BSD-3-Clause", "Apache-2.0 OR BSD-2-Clause"),
    "Apache-2.0 AND BSD-2-Clause",
}
"""Reviewed licences: compatible with EUPL-1.2 as used here, unmodified and as a library."""


@pytest.fixture(scope="module")
def parts() -> list[Any]:
    found: list[Any] = lists.parts()
    return found


def test_the_supply_lists_in_docs_match_the_locks(parts: list[Any]) -> None:
    told = "run .venv/bin/python docs/make_supply_lists.py"
    assert lists.SBOM.read_text(encoding="utf-8") == lists.sbom(parts), told
    assert lists.LICENCES.read_text(encoding="utf-8") == lists.licences(parts), told


def test_every_locked_package_is_in_the_sbom_with_its_version_and_a_licence() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE))
    listed = json.loads((ROOT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8"))["components"]

    assert {(c["name"], c["version"]) for c in listed if c["purl"].startswith("pkg:pypi/")} == locked
    assert len({c["purl"] for c in listed}) == len(listed)
    assert not [c["name"] for c in listed if not c["licenses"][0]["expression"]]


def test_every_package_is_locked_by_hash() -> None:
    for name in ("requirements.lock", "requirements-runtime.lock", "requirements-node.lock"):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
        assert not [block.split()[0] for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)]
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert not [path for path, package in packages.items() if path and "sha512-" not in package.get("integrity", "")]


def test_the_locks_name_packages_but_no_index() -> None:
    for name in ("requirements.lock", "requirements-runtime.lock", "requirements-node.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_production_installs_what_runs_and_nothing_else() -> None:
    lock = (ROOT / "requirements-runtime.lock").read_text(encoding="utf-8")

    assert lock == runtime_lock(), "run .venv/bin/python -m docs.make_runtime_lock"
    names = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert {"aiohttp", "psycopg-binary", "sqlmodel"} <= names
    assert not names & {"pytest", "mypy", "ruff", "playwright", "hypothesis", "jsonschema", "openpyxl"}


def test_everything_declared_is_locked_at_an_allowed_version() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = map(Requirement, [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]])

    assert not [str(one) for one in wanted if not one.specifier.contains(locked.get(canonicalize_name(one.name), "0"))]


def test_every_licence_has_been_reviewed(parts: list[Any]) -> None:
    assert not [(part.name, part.licence) for part in parts if part.licence not in ALLOWED]


def test_test_dependencies_are_not_used_in_production(parts: list[Any]) -> None:
    runs = {part.name for part in parts if part.runs}

    assert {"aiohttp", "cryptography", "sqlmodel", "pydantic"} <= runs
    assert not runs & {"pytest", "playwright", "hypothesis", "mypy", "adaptivecards"}


def imported(*places: str) -> set[str]:
    """Return the top-level names the sources import."""
    names: set[str] = set()
    for place in places:
        path = ROOT / place
        for source in [path] if path.is_file() else sorted(path.rglob("*.py")):
            names |= set(_imports(ast.parse(source.read_text(encoding="utf-8"))))
    return names


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def unused(wanted: list[str], *places: str) -> set[str]:
    """Return the declared packages that are never imported."""
    names, provides = imported(*places), packages_distributions()
    used: set[str] = {canonicalize_name(dist) for name in names for dist in provides.get(name, ())}
    used |= {name for name, (place, word) in NAMED.items() if word in (ROOT / place).read_text(encoding="utf-8")}
    return {str(canonicalize_name(Requirement(line).name)) for line in wanted} - used


def test_every_declared_package_is_imported_somewhere() -> None:
    assert unused(lists.declared(), *PRODUCTION) == set()


def test_every_package_for_development_is_imported_or_a_tool() -> None:

    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["dev"]

    assert unused(wanted, *TESTS) <= TOOLS


def test_the_bot_imports_nothing_it_does_not_declare() -> None:
    provides = packages_distributions()
    declared = {canonicalize_name(Requirement(line).name) for line in lists.declared()}
    # Part of another library's API: SQLModel exposes SQLAlchemy, aiohttp exposes yarl, Jinja exposes MarkupSafe.
    handed_on = {"sqlalchemy", "yarl", "markupsafe"}
    used = {canonicalize_name(dist) for name in imported(*PRODUCTION) for dist in provides.get(name, ())}

    assert used - declared - handed_on == set()


def test_a_package_nobody_imports_is_found() -> None:
    assert unused([*lists.declared(), "rich"], *PRODUCTION) == {"rich"}
