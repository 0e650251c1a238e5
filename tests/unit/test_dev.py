"""dev.py and the rules of the test suite, run in small temporary projects: real venvs and processes, no network."""

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import dev
from tests.waiting import PATIENCE

REPOSITORY = Path(dev.__file__).parent

APP = """
import os, signal, sys
try:
    print(os.getpid(), os.environ["BK_MODE"], *sys.argv[1:], flush=True)
    signal.pause()
except KeyboardInterrupt:
    sys.exit(7)
"""


def make_wheel(folder: Path, module: str = "made_up") -> str:
    """Create a wheel with one module in the folder and return the lock file text for it."""
    name = f"{module}-1.0"
    wheel = folder / f"{name}-py3-none-any.whl"
    files = {
        f"{module}.py": "KIND = 'invented'\n",
        f"{name}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n",
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{name}.dist-info/RECORD,,\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(text)}\n"
        archive.writestr(f"{name}.dist-info/RECORD", record)
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"--no-index\n--find-links {folder}\n{module}==1.0 --hash=sha256:{sha256}\n"


def make_project(factory: pytest.TempPathFactory) -> Path:
    """Create a project with dev.py, a lock of one local wheel, and a broken .venv."""
    root = factory.mktemp("project")
    shutil.copy(REPOSITORY / "dev.py", root)
    (root / "requirements.lock").write_text(make_wheel(factory.mktemp("wheels")))
    (root / "package.json").write_text("{}")
    (root / "package-lock.json").write_text("{}")
    (root / "app.py").write_text(APP)
    (root / ".venv").mkdir()
    (root / ".venv" / "remains").touch()
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a complete but empty .venv, because installing is slow."""
    root = make_project(tmp_path_factory)
    venv.create(root / ".venv", clear=True, symlinks=not dev.WINDOWS)
    dev.write_stamp(root / ".venv", dev.wanted_venv(root))
    return root


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose .venv was installed from its lock."""
    root = make_project(tmp_path_factory)
    dev.set_up_python(root)
    return root


def put_uv(folder: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int = 0) -> Path:
    """Put a uv first on PATH that creates real venvs and records what it is told to install; return the record."""
    calls = folder / "uv-calls"
    uv = folder / "uv"
    make = f'exec "{sys.executable}" -m venv --without-pip "$5"'
    uv.write_text(f'#!/bin/sh\nif [ "$1" = venv ]; then {make}; fi\necho "$@" >> "{calls}"\nexit {exit_code}\n')
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return calls


def put_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int = 0) -> Path:
    """Put an npm first on PATH that records its arguments; return the file."""
    calls = folder / "npm-calls"
    npm = folder / "npm"
    npm.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\nmkdir -p node_modules\nexit {exit_code}\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return calls


def dev_py(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, root / "dev.py", *words], capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 2), (3, 10, 13)])
def test_an_old_python_is_rejected_in_one_line_naming_its_version(version: tuple[int, int, int]) -> None:
    with pytest.raises(dev.StopError, match=r"^Python 3\.11 or later .* this is {}\.{}\.{}.*$".format(*version)):
        dev.check_python(version)


def test_python_3_11_and_later_are_taken() -> None:
    dev.check_python((3, 11, 0))
    dev.check_python((4, 0, 0))


@pytest.mark.parametrize("words", [[], ["tset"], ["--verbose"]])
def test_an_unknown_command_gets_the_usage_and_exit_2(words: list[str]) -> None:
    done = dev_py(REPOSITORY, *words)

    assert done.returncode == 2
    assert done.stdout == ""
    assert all(f"\n  {command} " in done.stderr for command in dev.COMMANDS)


def test_an_incomplete_venv_is_recreated_from_the_lock_with_hashes(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, calls = make_project(tmp_path_factory), put_uv(tmp_path, monkeypatch)

    dev.set_up_python(root)

    assert not (root / ".venv" / "remains").exists()
    assert dev.is_venv_finished(root)
    python = dev.program(root, "python")
    options = "--quiet --compile-bytecode --require-hashes"
    assert calls.read_text() == f"pip install {options} --python {python} -r requirements.lock\n"


def test_a_venv_into_which_nothing_could_be_installed_is_not_finished(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_project(tmp_path_factory)
    put_uv(tmp_path, monkeypatch, exit_code=1)

    with pytest.raises(dev.StopError, match=r"Could not install from requirements\.lock"):
        dev.set_up_python(root)

    assert not dev.is_venv_finished(root)


def test_pip_says_how_far_it_has_come_and_how_it_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "made.lock").write_text("one==1\ntwo==2\n", encoding="utf-8")
    lines = ("Collecting one", "  noise", "Collecting two", "Installing them")
    says = f"print({chr(10).join(lines)!r}); raise SystemExit(3)"

    assert dev.call_counting(tmp_path, "made.lock", sys.executable, "-c", says) == 3

    printed = capsys.readouterr().out
    assert "package 2, of at most 2" in printed
    assert "noise" not in printed


@pytest.mark.slow
def test_what_is_locked_is_actually_installed(installed: Path) -> None:
    assert not (installed / ".venv" / "remains").exists()
    assert subprocess.call([dev.program(installed, "python"), "-c", "import made_up"]) == 0


def test_a_finished_venv_is_left_as_it_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = project / ".venv" / "left-here"
    left.touch()

    dev.set_up_python(project)

    assert left.exists()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("spoil", ["lock", "python", "stamp"])
def test_a_venv_that_is_not_that_of_the_lock_is_not_taken_for_finished(
    project: Path, tmp_path: Path, spoil: str
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(project, root, symlinks=True)
    assert dev.is_venv_finished(root)

    if spoil == "lock":
        lock = root / "requirements.lock"
        lock.write_text(lock.read_text() + "# another\n")
    elif spoil == "python":
        dev.program(root, "python").unlink()
    else:
        (root / ".venv" / dev.STAMP).unlink()

    assert not dev.is_venv_finished(root)


@pytest.mark.slow
def test_a_package_that_is_not_the_hashed_one_is_refused(
    installed: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = make_wheel(tmp_path, "another")
    (tmp_path / "wrong.lock").write_text(f"{lock[: lock.index('sha256:')]}sha256:{'0' * 64}\n")

    with pytest.raises(dev.StopError, match=r"Could not install from .*wrong\.lock"):
        dev.install(installed, str(tmp_path / "wrong.lock"))

    assert "hash" in capfd.readouterr().err.lower()


def test_npm_packages_are_installed_once_per_lock_and_run_no_scripts(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = put_npm(tmp_path, monkeypatch)

    dev.set_up_node(project)
    dev.set_up_node(project)
    assert calls.read_text() == "ci --ignore-scripts --no-audit --no-fund\n"

    (project / "package-lock.json").write_text('{"another": 1}')
    dev.set_up_node(project)
    assert len(calls.read_text().splitlines()) == 2


def test_a_failing_npm_stops_run_but_only_skips_browser_tests(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_npm(tmp_path, monkeypatch, exit_code=1)
    shutil.rmtree(project / "node_modules", ignore_errors=True)

    with pytest.raises(dev.StopError, match="Could not install the npm packages"):
        dev.run(project, [])

    monkeypatch.delenv("BK_REQUIRE_ALL", raising=False)
    dev.set_up_tests(project)
    assert "Going on without them" in capsys.readouterr().out

    monkeypatch.setenv("BK_REQUIRE_ALL", "1")
    with pytest.raises(dev.StopError, match="Could not install the npm packages"):
        dev.set_up_tests(project)


@pytest.mark.parametrize(("given", "mode"), [(None, "dev"), ("production", "production")])
def test_run_becomes_the_demo_in_dev_mode_and_a_signal_reaches_it(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    given: str | None,
    mode: str,
) -> None:
    put_npm(tmp_path, monkeypatch)
    dev.set_up_node(project)
    monkeypatch.delenv("BK_MODE", raising=False)
    if given:
        monkeypatch.setenv("BK_MODE", given)

    command = [sys.executable, str(project / "dev.py"), "run", "--port", "0"]
    # A shell that runs the tests in the background has them ignore SIGINT, and so whatever they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        said = started.stdout.readline()
        started.send_signal(signal.SIGINT)
        try:
            _, errors = started.communicate(timeout=PATIENCE)
        finally:
            started.kill()

    assert said == f"{started.pid} {mode} serve --demo --port 0\n"
    assert started.returncode == 7
    assert errors == ""


def test_a_missing_bench_or_fault_programme_is_a_one_line_error(project: Path) -> None:
    for command in ("bench", "faults"):
        done = dev_py(project, command)

        assert done.returncode == 1
        assert done.stderr.startswith("There is no ")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (["unit"], ["tests/unit"]),
        (["unit", "same_answer", "-k", "clocks"], ["tests/unit", "tests/same_answer", "-k", "clocks"]),
        (["-k", "unit"], ["-k", "unit"]),
        (["tests/unit/test_dev.py", "unit"], ["tests/unit/test_dev.py", "unit"]),
        (["untit"], ["untit"]),
        ([], []),
    ],
)
def test_rooms_named_first_are_the_ones_that_run(given: list[str], taken: list[str]) -> None:
    assert dev.with_rooms(REPOSITORY, given) == taken


# --- the suite: missing dependencies are counted, or fail the run ----------------------------------------------------

SMALL_SUITE = """
import socket, pytest

@pytest.mark.postgres
@pytest.mark.parametrize("time", [1, 2])
def test_marked(time): pass

def test_by_fixture(postgres_database): pass

async def test_page(page): pass

@pytest.mark.slow
def test_long(): pass

def test_far():
    with socket.socket() as plug:
        for reach in (plug.connect, plug.connect_ex, lambda to: socket.getaddrinfo(*to)):
            with pytest.raises(RuntimeError, match="127.0.0.1 only"):
                reach(("192.0.2.1", 80))
"""


def run_small_suite(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a few tests under our conftest with neither PostgreSQL nor Chromium available."""
    (folder / "tests").mkdir()
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    for name in ("conftest.py", "waiting.py"):
        shutil.copy(REPOSITORY / "tests" / name, folder / "tests")
    (folder / "node_modules" / "adaptivecards").mkdir(parents=True)
    (folder / "node_modules" / "adaptivecards" / "package.json").touch()
    (folder / "tests" / "test_small.py").write_text(SMALL_SUITE)
    absent = {"BK_TEST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/none", "BK_TEST_CHROMIUM": "/not/there"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BK_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=folder, env=clean | absent | settings, capture_output=True, text=True, timeout=PATIENCE
    )


def test_tests_with_missing_dependencies_are_skipped_and_counted_also_in_parallel(tmp_path: Path) -> None:
    done = run_small_suite(tmp_path, "-n", "1")

    assert done.returncode == 0, done.stdout
    assert "Left out: 3 tests need PostgreSQL (set BK_TEST_POSTGRES_URL), 1 test needs Chromium" in done.stdout
    assert "1 passed, 5 skipped" in done.stdout


def test_missing_dependencies_fail_when_everything_is_required(tmp_path: Path) -> None:
    done = run_small_suite(tmp_path, "-n", "1", BK_REQUIRE_ALL="1")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "BK_REQUIRE_ALL=1, but these are not there: PostgreSQL" in done.stderr
    assert "passed" not in done.stdout


def test_a_long_test_runs_when_it_is_asked_for(tmp_path: Path) -> None:
    done = run_small_suite(tmp_path, "-m", "slow")

    assert "1 passed, 5 deselected" in done.stdout
