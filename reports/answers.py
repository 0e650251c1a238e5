"""The answers as rows: the newest revision of each, in the columns that can be imported again."""

from collections.abc import Iterator

from checklists.cells import COLUMNS as COLUMNS_IN
from checklists.cells import write_cells
from checklists.files import checklist_version
from checklists.model import OPEN
from checklists.rules import state
from reports.selected import Run, Selection, each
from storage import answers
from storage.answers import AnswerRow
from storage.desk import Session
from storage.exported import Exported

COLUMNS = (*COLUMNS_IN, "unit", "version", "occasion", "question", "revision")


def answer_rows(run: Run, selection: Selection) -> Iterator[list[str]]:
    """Give one row per answered item. Cases with protected identity are not listed. Raises: SealBroken, KeyGone."""
    for rows in each(run, selection, _rows_of):
        yield from rows


def _rows_of(session: Session, tenant_id: str, one: Exported) -> list[list[str]]:
    row, checklist = one.filled, checklist_version(one.filled.checklist, one.filled.version)
    domain = {item_id: answers.to_domain(answer) for item_id, answer in one.answers.items()}
    rows = []
    for item in checklist.items:
        answer = one.answers.get(item.id)
        if answer is None or is_taken_back(answer):
            continue
        cells = write_cells(item, answers.told(session, row, answer), state(checklist, item, one.facts, domain))
        rows.append(
            [
                tenant_id,
                one.case.ref,
                row.checklist,
                row.role,
                str(row.child) if row.child else "",
                item.id,
                cells.answer,
                cells.method,
                cells.motivation,
                cells.note,
                answers.day_of(answer).isoformat(),
                one.unit,
                str(row.version),
                str(row.occasion),
                item.ask,
                str(answer.revision),
            ]
        )
    return rows


def is_taken_back(answer: AnswerRow) -> bool:
    """Say whether the newest revision says nothing: someone took an answer back. An import may say `obesvarad`."""
    return answer.choice == OPEN and answer.raw is None
