"""Builds the wheel (PEP 517) with the standard library alone: it fetches nothing and always gives the same bytes."""

import base64
import csv
import hashlib
import io
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LEFT_OUT = ("__pycache__",)


class UnsupportedOperation(Exception):
    """Sources come from the repository, not as an sdist."""


def get_requires_for_build_wheel(config_settings: object = None) -> list[str]:
    """Return what building needs: nothing."""
    return []


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: object = None) -> str:
    """Write the metadata alone; return its folder."""
    project = _project()
    folder = _about(project)
    for name, content in _metadata(project).items():
        file = Path(metadata_directory) / folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def build_wheel(wheel_directory: str, config_settings: object = None, metadata_directory: object = None) -> str:
    """Build the wheel; return its file name."""
    project = _project()
    name = f"{project['name']}-{project['version']}-py3-none-any.whl"
    contents = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in _sources()}
    contents |= {f"{_about(project)}/{inner}": content for inner, content in _metadata(project).items()}
    contents[f"{_about(project)}/RECORD"] = _record(contents, f"{_about(project)}/RECORD")
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for inner, content in contents.items():
            info = zipfile.ZipInfo(inner, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            wheel.writestr(info, content)
    return name


def build_sdist(sdist_directory: str, config_settings: object = None) -> str:
    """Refuse: the repository is the source. Raises: UnsupportedOperation."""
    raise UnsupportedOperation


def _pyproject() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _project() -> dict[str, object]:
    return dict(_pyproject()["project"])


def _about(project: dict[str, object]) -> str:
    return f"{project['name']}-{project['version']}.dist-info"


def _sources() -> list[Path]:
    """Return the files that make up the program, without those for tests and tools."""
    found: list[Path] = []
    for named in _pyproject()["tool"]["beslutskollen"]["wheel"]:
        place = ROOT / named
        found += [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return [path for path in found if not any(part in _LEFT_OUT for part in path.parts)]


def _metadata(project: dict[str, object]) -> dict[str, bytes]:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        "License-File: LICENSE",
        f"Requires-Python: {project['requires-python']}",
    ]
    dependencies, scripts = project["dependencies"], project["scripts"]
    assert isinstance(dependencies, list)
    assert isinstance(scripts, dict)
    lines += [f"Requires-Dist: {one}" for one in dependencies]
    starts = ["[console_scripts]", *(f"{name} = {target}" for name, target in scripts.items())]
    kind = ["Wheel-Version: 1.0", "Generator: beslutskollen", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    return {
        "METADATA": _text(lines),
        "WHEEL": _text(kind),
        "entry_points.txt": _text(starts),
        "licenses/LICENSE": (ROOT / "LICENSE").read_bytes(),
    }


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _record(contents: dict[str, bytes], itself: str) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    for name, content in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.writerow([name, f"sha256={digest}", len(content)])
    rows.writerow([itself, "", ""])
    return out.getvalue().encode()
