"""`export --what answers`: the newest revision of every answer, in columns that can be imported again."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from checklists.cells import COLUMNS as COLUMNS_IN
from checklists.cells import DETAILS, Cells, write_cells
from checklists.loader import checklist_version
from checklists.model import OPEN, Answer, Written
from checklists.rules import Applied
from reports.selected import Run, Selection, each
from storage import answers
from storage.answers import Stored
from storage.desk import Session
from storage.exported import Exported

COLUMNS = (*COLUMNS_IN, *DETAILS, "unit", "version", "occasion", "question", "revision")


def answer_rows(run: Run, selection: Selection) -> Iterator[Sequence[str]]:
    """Yield one row per answered item. Cases with protected identity are excluded. Raises: SealBroken, MasterGone."""
    for rows in each(run, selection, _rows_of):
        yield from rows


def _rows_of(session: Session, tenant_id: str, one: Exported) -> list[Sequence[str]]:
    row, checklist = one.filled, checklist_version(one.filled.checklist, one.filled.version)
    domain = {item_id: _as_counted(answer.choice) for item_id, answer in one.answers.items()}
    applied = Applied(checklist, one.facts, domain)
    whose = [tenant_id, row.ref, row.checklist, row.role, str(row.child) if row.child else ""]
    where = [row.unit, str(row.version), str(row.occasion)]
    rows: list[Sequence[str]] = []
    for item in checklist.items:
        answer = one.answers.get(item.id)
        if answer is None or is_taken_back(answer):
            continue
        counted = applied.state(item.id)
        place = ""
        if answers.has_texts(answer):
            told = answers.for_export(session, row, answer)
            cells, place = write_cells(item, told, counted), told.place
        else:
            told = answers.for_export_without_texts(answer.choice, answer.option, answer.motivation_kind)
            cells = _without_texts(row.checklist, row.version, item.id, told, counted)
        day, revision = answers.day_of(answer).isoformat(), str(answer.revision)
        said = (item.id, cells.answer, cells.method, cells.motivation, cells.note, day)
        details = (answer.option, str(answer.day or "")[:10], place, row.file_part)
        rows.append((*whose, *said, *details, *where, item.question, revision))
    return rows


@lru_cache(maxsize=100)
def _as_counted(choice: str) -> Answer:
    """Return an answer for `Applied.state`, which depends on the choice alone."""
    return Answer(choice)


@lru_cache(maxsize=10_000)
def _without_texts(checklist: str, version: int, item: str, told: Written, counted: str) -> Cells:
    """Return the cells of an answer without texts. Cached, because few distinct ones occur many times."""
    return write_cells(checklist_version(checklist, version).by_id[item], told, counted)


def is_taken_back(answer: Stored) -> bool:
    """Return whether the newest revision takes an answer back, as opposed to an imported `obesvarad`."""
    return answer.choice == OPEN and answer.raw is None
