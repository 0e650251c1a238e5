#!/usr/bin/env python3
"""Set Beslutskollen up and run it, with nothing but Python 3.11 or later on the machine.

python3 dev.py COMMAND [ARGUMENTS]

  setup   install into .venv (from requirements.lock) and node_modules (from package-lock.json)
  run     the bot with the try-out page and made-up people; arguments go to `app.py serve`
  test    the whole suite, or the folders of tests/ named first (`test unit` takes a minute); arguments go to pytest
  check   ruff, mypy and the import contracts
  bench   the benchmarks; arguments go to them
  trace   what one press of an answer runs through; -v names every call and statement
  faults  the fault programme, which keeps its figures in docs/faults.md; --small, --hours H, --mutants, --only T1,T2
  year    a simulated municipality's year for each seed; --seeds N, --seed S, --weeks W, --planted
"""

# Standard library only, and no recent syntax: an old Python must get as far as the message that it is too old.
from __future__ import annotations

import hashlib
import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)
STAMP = ".beslutskollen-stamp"
WINDOWS = os.name == "nt"
PYTEST_PLACES_ITSELF = ("-n", "--numprocesses", "-p", "--pdb")


class StopError(Exception):
    """The command cannot continue; the message says why and what to do."""


def check_python(version: tuple[int, ...]) -> None:
    """Raises: StopError: this Python is too old."""
    if version < OLDEST_PYTHON:
        found = ".".join(str(part) for part in version[:3])
        raise StopError(f"Python 3.11 or later is needed, this is {found}. Install a newer one and run dev.py with it.")


def program(root: Path, name: str) -> Path:
    """Return the path of a command in .venv."""
    return root / ".venv" / ("Scripts" if WINDOWS else "bin") / (name + ".exe" if WINDOWS else name)


def fingerprint(*files: Path) -> str:
    """Return a hash of the files' contents. Raises: OSError: a file is missing."""
    return hashlib.sha256(b"\0".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def read_stamp(folder: Path) -> str:
    """Return the stamp of a completed folder, empty if it was never completed."""
    stamp = folder / STAMP
    return stamp.read_text(encoding="ascii") if stamp.is_file() else ""


def write_stamp(folder: Path, text: str) -> None:
    """Mark a folder as completed. Done last, so that an interrupted setup is repeated."""
    (folder / STAMP).write_text(text, encoding="ascii")


def call(root: Path, *command: str | Path) -> int:
    """Run a program in the project's folder and return its exit code; 127 if it cannot be started."""
    sys.stdout.flush()
    try:
        return subprocess.call([str(part) for part in command], cwd=root, stdin=subprocess.DEVNULL)
    except OSError as problem:
        print(problem, file=sys.stderr)
        return 127


def call_counting(root: Path, lock: str, *command: str | Path) -> int:
    """Run pip in the project's folder and return its exit code; show how far it has come instead of its output."""
    most = sum("==" in line for line in (root / lock).read_text(encoding="utf-8").splitlines())
    done = 0
    words = [str(part) for part in command]
    with subprocess.Popen(words, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as pip:
        for line in pip.stdout or ():
            if line.startswith("Collecting "):
                done += 1
                print(f"\r  package {done}, of at most {most}", end="", flush=True)
            elif line.startswith("Installing "):
                print("\n  installing them ...", flush=True)
    return pip.returncode


def hand_over(root: Path, *command: str | Path) -> int:
    """Replace this process with the program, which then receives the signals (on Windows: run it and wait)."""
    words = [str(part) for part in command]
    os.chdir(root)
    sys.stdout.flush()
    if not WINDOWS:
        os.execv(words[0], words)
    return subprocess.call(words)


# --- setting up -------------------------------------------------------------------------------------------------------


def wanted_venv(root: Path) -> str:
    """Return the stamp .venv should have, from the lock and its Python; empty if that Python does not run."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([program(root, "python"), "-c", ask], capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{fingerprint(root / 'requirements.lock')} {answer.stdout.strip()}"


def is_venv_finished(root: Path) -> bool:
    """Return whether .venv works and was installed from the current lock."""
    wanted = wanted_venv(root)
    return wanted != "" and read_stamp(root / ".venv") == wanted


def set_up_python(root: Path) -> None:
    """Recreate .venv from requirements.lock unless it is up to date. Raises: StopError."""
    if is_venv_finished(root):
        return
    venv = root / ".venv"
    uv = shutil.which("uv")
    print(f"Setting up .venv from requirements.lock with {'uv' if uv else 'pip'} ...")
    if not uv and importlib.util.find_spec("ensurepip") is None:
        raise StopError("This Python cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv")
    try:
        if venv.exists():
            shutil.rmtree(venv)
    except OSError as problem:
        raise StopError(f"Could not remove the old .venv: {problem}. Is something still running from it?") from problem
    # The base interpreter: the venv we were started from may be the one just removed.
    base = getattr(sys, "_base_executable", "") or sys.executable
    maker = [uv, "venv", "--quiet", "--python", base] if uv else [base, "-m", "venv"]
    if call(root, *maker, venv):
        raise StopError("Could not make .venv; the lines above say why.")
    install(root, "requirements.lock")
    write_stamp(venv, wanted_venv(root))


def install(root: Path, lock: str) -> None:
    """Install a lock with hashes into .venv. Raises: StopError."""
    python = program(root, "python")
    uv = shutil.which("uv")
    if uv:
        options = ["--quiet", "--compile-bytecode", "--require-hashes"]
        failed = call(root, uv, "pip", "install", *options, "--python", python, "-r", lock)
    else:
        # uv creates .venv without pip; ensurepip installs the one bundled with Python.
        failed = subprocess.call([python, "-c", "import pip"], stderr=subprocess.DEVNULL)
        failed = failed and call(root, python, "-m", "ensurepip")
        options = ["--disable-pip-version-check", "--no-input", "--require-hashes", "--progress-bar", "off"]
        failed = failed or call_counting(root, lock, python, "-m", "pip", "install", *options, "-r", lock)
    if failed:
        raise StopError(f"Could not install from {lock}; the lines above say why. Is the package index within reach?")


def set_up_node(root: Path) -> None:
    """Install the npm packages unless node_modules is up to date. Raises: StopError."""
    modules = root / "node_modules"
    wanted = fingerprint(root / "package.json", root / "package-lock.json")
    if read_stamp(modules) == wanted:
        return
    npm: str | Path | None = shutil.which("npm")
    if npm is None:
        npm = program(root, "npm")
        if not npm.exists():
            print("There is no npm here; installing one into .venv from requirements-node.lock ...")
            install(root, "requirements-node.lock")
    print("Installing the npm packages of package-lock.json ...")
    if call(root, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"):
        raise StopError(
            "Could not install the npm packages; the lines above say why. Is the npm registry within reach?\n"
            "The try-out page, the browser tests and the tab (TeamsJS) need them; the rest of the bot does not."
        )
    write_stamp(modules, wanted)


# --- commands: each takes the project's folder and the remaining arguments, and returns an exit code ------------------


def setup(root: Path, _arguments: list[str]) -> int:
    """Install everything."""
    set_up_python(root)
    set_up_node(root)
    print("Everything is installed. Next: python3 dev.py run")
    return 0


def run(root: Path, arguments: list[str]) -> int:
    """Start the bot with its try-out page; dev mode unless BK_MODE says otherwise."""
    set_up_python(root)
    set_up_node(root)
    os.environ.setdefault("BK_MODE", "dev")
    return hand_over(root, program(root, "python"), "app.py", "serve", "--demo", *arguments)


def set_up_tests(root: Path) -> None:
    """Install everything; npm packages may be missing, as the suite reports skipped tests. Raises: StopError."""
    set_up_python(root)
    try:
        set_up_node(root)
    except StopError as problem:
        if os.environ.get("BK_REQUIRE_ALL") == "1" or (root / "node_modules" / "adaptivecards").is_dir():
            raise
        print(f"{problem}\nGoing on without them.")


def with_rooms(root: Path, arguments: list[str]) -> list[str]:
    """Return the arguments with leading names of folders in tests/ replaced by their paths."""
    named = list(itertools.takewhile(lambda word: word.isidentifier() and (root / "tests" / word).is_dir(), arguments))
    return [f"tests/{room}" for room in named] + arguments[len(named) :]


def test(root: Path, arguments: list[str]) -> int:
    """Run the suite or the named folders, in three processes unless the arguments say otherwise.

    On two cores: a third of the time a process waits, for a browser, a database or another process.
    """
    set_up_tests(root)
    arguments = with_rooms(root, arguments)
    placed = any(argument.startswith(PYTEST_PLACES_ITSELF) for argument in arguments)
    spread = [] if placed else ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
    return hand_over(root, program(root, "python"), "-m", "pytest", *spread, *arguments)


def check(root: Path, _arguments: list[str]) -> int:
    """Run all checks, even if one fails, and name those that failed."""
    set_up_python(root)
    python = program(root, "python")
    checks: dict[str, list[str | Path]] = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "lint-imports": [program(root, "lint-imports")],
    }
    failed = []
    for name, command in checks.items():
        print(f"== {name}")
        if call(root, *command):
            failed.append(name)
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def bench(root: Path, arguments: list[str]) -> int:
    """Run the benchmarks."""
    if not (root / "bench" / "__main__.py").is_file():
        raise StopError("There is no bench/ here yet.")
    set_up_python(root)
    return hand_over(root, program(root, "python"), "-m", "bench", *arguments)


def trace(root: Path, arguments: list[str]) -> int:
    """Count what one press executes."""
    set_up_python(root)
    return hand_over(root, program(root, "python"), "-m", "bench.trace", *arguments)


def faults(root: Path, arguments: list[str]) -> int:
    """Run the fault programme."""
    if not (root / "tests" / "faults" / "__main__.py").is_file():
        raise StopError("There is no fault programme in tests/faults yet.")
    set_up_tests(root)
    return hand_over(root, program(root, "python"), "-m", "tests.faults", *arguments)


def year(root: Path, arguments: list[str]) -> int:
    """Simulate municipalities' years, and hold them against a model of the contract."""
    set_up_python(root)
    return hand_over(root, program(root, "python"), "-m", "tests.year", *arguments)


COMMANDS = {
    "setup": setup,
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "trace": trace,
    "faults": faults,
    "year": year,
}


def main(arguments: list[str]) -> int:
    """Run one command. Returns: 0 done, 1 failed or fixable by a person, 2 wrong usage, else a program's exit code."""
    try:
        check_python(sys.version_info[:3])
        if arguments[:1] in (["-h"], ["--help"]):
            print(__doc__)
            return 0
        if not arguments or arguments[0] not in COMMANDS:
            print(__doc__, file=sys.stderr)
            return 2
        return COMMANDS[arguments[0]](ROOT, arguments[1:])
    except StopError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
