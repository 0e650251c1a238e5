"""The wheel: built offline, installed into an empty environment, it migrates and packages, with its data outside."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import aiohttp
import pytest

from tests.browser.real_bot import RealBot, free_ports
from tests.conftest import ROOT
from tests.wire.issuer import APP_ID

PATIENCE = 120


def build(folder: Path) -> Path:
    words = ["wheel", "--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "pip", *words, "--wheel-dir", str(folder), str(ROOT)], check=True, timeout=PATIENCE
    )
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the installed program. The libraries are those of this environment; the code is the wheel's."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place, with_pip=False, symlinks=os.name == "posix")
    python = place / "bin" / "python"
    words = ["--python", str(python), "install", "--no-index", "--no-deps", "--quiet", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, timeout=PATIENCE)
    [site] = place.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return place / "bin" / "beslutskollen"


def run(program: Path, folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BK_", "Microsoft", "PYTHON"))}
    environment = kept | {"BK_MODE": "dev"} | settings
    return subprocess.run(
        [str(program), *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def test_the_same_sources_give_the_same_wheel_without_tests_and_tools(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {"tests", "docs", "bench", "dev.py", "deploy"}
    for needed in (
        "app.py",
        "texts/sv/common.yaml",
        "checklists/definitions/decision_basis.v1.yaml",
        "bot/pages/templates/sidor.css",
        "manifest/color.png",
        "storage/migrations/env.py",
    ):
        assert needed in names
    assert not [name for name in names if "__pycache__" in name]


def test_installed_it_helps_migrates_packages_and_looks_after_itself(program: Path, tmp_path: Path) -> None:
    helped = run(program, tmp_path, "--help")
    assert helped.returncode == 0, helped.stderr
    assert helped.stdout.startswith("usage: beslutskollen ")

    migrated = run(program, tmp_path, "migrate")
    assert (migrated.returncode, migrated.stderr) == (0, "")
    assert (tmp_path / "var" / "beslutskollen.db").is_file()
    [site] = program.parent.parent.glob("lib/python*/site-packages")
    assert not (site / "var").exists(), "data beside the code is gone with the next upgrade"

    packed = run(program, tmp_path, "package", MicrosoftAppId=APP_ID, BK_PUBLIC_URL="https://bot.kommunen.example")
    assert packed.returncode == 0, packed.stderr
    assert "version 0." in packed.stdout
    assert zipfile.is_zipfile(tmp_path / "beslutskollen.zip")

    looked = run(program, tmp_path, "doctor", BK_TENANTS="11111111-1111-4111-8111-111111111111")
    assert "ok     database: sqlite" in looked.stdout
    assert "(BK-405)" in looked.stdout, "nobody is registered yet"


def test_installed_it_goes_back_by_the_book(program: Path, tmp_path: Path) -> None:
    """The command of docs/uppgradera.md; only the program's name differs."""
    page = (ROOT / "docs" / "uppgradera.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^\d\. `\$BK (restore [^`]*)`", page, re.MULTILINE)
    words = line.replace("/säkert", str(tmp_path)).split()
    for before in (("migrate",), ("backup", words[1])):
        assert run(program, tmp_path, *before).returncode == 0
    (tmp_path / "var" / "beslutskollen.db").rename(tmp_path / "aside.db")
    restored = run(program, tmp_path, *words)

    assert (restored.returncode, restored.stderr) == (0, "")


async def test_installed_it_serves(program: Path, tmp_path: Path) -> None:
    port, admin_port = free_ports(2)
    more = {"BK_TENANTS": "11111111-1111-4111-8111-111111111111"}
    bot = RealBot(tmp_path, port, admin_port, more, arguments=(), program=program)
    await bot.start()
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/integritet") as answer:
            assert answer.status == 200
            assert "Hur länge de sparas" in await answer.text()
    finally:
        await bot.stop()
    assert bot.process is not None
    assert bot.process.returncode == 0


def test_the_code_that_ran_was_the_wheels(program: Path, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "LICENSE", tmp_path / "LICENSE")
    python = program.parent / "python"
    done = subprocess.run(
        [str(python), "-c", "import app, texts; print(app.__file__, texts.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=True,
    )
    assert all(str(program.parent.parent) in path for path in done.stdout.split())


def test_a_crash_names_places_in_the_bots_own_code_only(program: Path, tmp_path: Path) -> None:
    """Installed, the libraries lie in the same folder; a path of theirs would say nothing."""
    probe = (
        "import jinja2, storage.key_file as k, bot.logs as logs\n"
        "try:\n    k.write(None, None)\nexcept Exception as error:\n    print(logs.crash_line(error))\n"
        "print(*(logs._is_ours(logs._ROOT / name) for name in ('jinja2/utils.py', 'app.py')))\n"
    )
    done = subprocess.run(
        [str(program.parent / "python"), "-c", probe],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout.splitlines()[1] == "False True"
    assert "at storage/key_file.py:" in done.stdout
