"""Download of the figures by one-time link, as CSV or Excel. Only aggregates of one municipality, never a case."""

import io
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from bot.pages import pages
from reports.csv_out import write_csv
from reports.not_random import not_random
from reports.rates import COLUMNS, rate_rows
from reports.selected import Selection
from reports.workbook import Wanted, write_workbook
from storage.desk import Session
from storage.links import Link
from texts import Language

T = TypeVar("T")
NOT_RANDOM = "-inte-slumpvis"
"""In the name of a file with figures of the first decided cases, where the file itself has no place to say it."""
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def render(session: Session, link: Link, language: Language) -> web.Response:
    """Return the file. The link's scope has unit (empty: all units), first and last day, and format (csv or xlsx)."""
    scope = link.scope
    first, last = (date.fromisoformat(scope[name]) for name in ("first", "last"))
    selection = Selection(unit=scope["unit"], first=first, last=last, tenant_id=link.tenant_id)
    label = NOT_RANDOM if not_random(session, selection).k else ""
    name = f"beslutskollen-{first.isoformat()}-{last.isoformat()}{label}.{scope['format']}"
    if scope["format"] == "xlsx":
        return pages.file(_workbook(session, Wanted(selection, last, language=language)), XLSX, name)
    out = io.StringIO(newline="")
    write_csv(out, COLUMNS, rate_rows(session, selection, last))
    return pages.file(out.getvalue().encode(), CSV, name)


def _workbook(session: Session, wanted: Wanted) -> bytes:
    def run(work: Callable[[Session], T]) -> T:
        return work(session)

    # The folder is readable by this user only, and deleted before the response is sent.
    with tempfile.TemporaryDirectory(prefix="bk-") as folder:
        path = Path(folder) / "export.xlsx"
        write_workbook(run, str(path), wanted)
        return path.read_bytes()
