"""A filled-in checklist as an HTML page for the case file: self-contained, in Swedish, without scripts or requests."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reports.printed_page import gather
from reports.printed_words import WORDS
from storage import filled
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow

if TYPE_CHECKING:
    from jinja2 import Environment


def file_name(row: FilledRow) -> str:
    """Return the file name of a list's page: row ids and codes only, nothing that anyone has typed."""
    child = f"-barn-{row.child}" if row.child else ""
    return f"arende-{row.case_id}-{row.checklist}-{row.occasion}{child}-{row.role}-{row.id}.html"


def pages_of(session: Session, case: CaseRow, day: date) -> Iterator[tuple[str, str]]:
    """Yield (file name, HTML) of every filled-in list of a case. day: the date printed. Raises: SealBroken, KeyGone."""
    template = _templates().get_template("filled.html")
    for row in filled.of_case_all(session, case.id):
        yield file_name(row), template.render(page=gather(session, case, row, day), words=WORDS)


@cache
def _templates() -> "Environment":
    # Imported here because no turn of the chat needs it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
