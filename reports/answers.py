"""`export --what answers`: the newest revision of every answer, in columns that can be imported again."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from checklists.cells import COLUMNS as COLUMNS_IN
from checklists.cells import DETAILS, write_cells
from checklists.loader import checklist_version
from checklists.model import OPEN, Answer, Item, Motivation, Written
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
        counted, place = applied.state(item.id), ""
        if answers.has_texts(answer):
            told = answers.for_export(session, row, answer)
            said, place = _said(item, told, counted), told.place
        else:
            kind = answer.motivation_kind
            said = _without_texts(row.checklist, row.version, item.id, answer.choice, answer.option, kind, counted)
        day, on = answers.day_of(answer).isoformat(), str(answer.day)[:10] if answer.day else ""
        details = (day, answer.option, on, place, row.file_part)
        rows.append((*whose, *said, *details, *where, item.question, str(answer.revision)))
    return rows


@lru_cache(maxsize=100)
def _as_counted(choice: str) -> Answer:
    """Return an answer for `Applied.state`, which depends on the choice alone."""
    return Answer(choice)


def _said(item: Item, told: Written, counted: str) -> tuple[str, ...]:
    cells = write_cells(item, told, counted)
    return item.id, cells.answer, cells.method, cells.motivation, cells.note


@lru_cache(maxsize=10_000)
def _without_texts(
    checklist: str, version: int, item: str, choice: str, option: str, kind: Motivation, counted: str
) -> tuple[str, ...]:
    """Return `_said` of an answer without texts. Cached, because few distinct ones occur many times."""
    told = answers.for_export_without_texts(choice, option, kind)
    return _said(checklist_version(checklist, version).by_id[item], told, counted)


def is_taken_back(answer: Stored) -> bool:
    """Return whether the newest revision takes an answer back, as opposed to an imported `obesvarad`."""
    return answer.choice == OPEN and answer.raw is None
