"""Pictures of a workbook's printed pages, by LibreOffice and poppler: both are optional, and dev.py installs neither.

`.venv/bin/python -m docs.make_pictures` takes them with the others, and says so when it left them out.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

TOOLS = ("soffice", "pdftotext", "pdftoppm")
PAGES = {"Översikt": "workbook-overview.png", "Över tid": "workbook-over-time.png", "Frågor": "workbook-questions.png"}
"""Which pages are shown: the first page of each of these sheets, found by its footer; and the name of its picture."""
_DOTS = "90"
"""Dots per inch."""


def left_out() -> str:
    """Return a sentence that says which pictures are left out, and which tools are missing; empty if none is."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"left out: {', '.join(PAGES.values())} ({', '.join(missing)} not on this machine)" if missing else ""


def take(workbook: Path, folder: Path, pages: Mapping[str, str] = PAGES) -> list[str]:
    """Print a workbook, and write pictures of some of its pages into a folder; return their names.

    Raises: CalledProcessError: a tool failed. KeyError: a sheet has no page.
    """
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        profile = f"-env:UserInstallation=file://{work / 'profile'}"  # so that a running office is left alone
        _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name, str(workbook))
        printed = work / workbook.with_suffix(".pdf").name
        first = first_pages(_run("pdftotext", "-layout", str(printed), "-"))
        for sheet, picture in pages.items():
            at = str(first[sheet])
            one = ("-png", "-singlefile", "-r", _DOTS, "-f", at, "-l", at)
            _run("pdftoppm", *one, str(printed), str(folder / Path(picture).stem))
    return list(pages.values())


def first_pages(text: str) -> dict[str, int]:
    """Return the number of each sheet's first page, by its name in the footer. text: pages separated by form feeds."""
    found: dict[str, int] = {}
    for number, words in enumerate(text.split("\f"), start=1):
        for sheet in _footer(words):
            found.setdefault(sheet, number)
    return found


def _footer(words: str) -> Iterator[str]:
    """Yield the name of the sheet in the last line of a page: it is followed by the page's number, `3 (15)`."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if lines:
        yield lines[-1].rsplit("  ", maxsplit=1)[0].strip()


def _run(*words: str) -> str:
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=120)  # ours
    return done.stdout
