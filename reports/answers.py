"""The answers as rows: the newest revision of each, in the columns that can be imported again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from checklists.files import checklist_version
from checklists.model import OPEN
from checklists.rules import state
from storage import answers, cases, filled, people, tenants
from storage.answers import AnswerRow, Written
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.sealing import KeyGone, MasterGone

COLUMNS = (
    "tenant_id",
    "case_ref",
    "checklist",
    "role",
    "child",
    "item",
    "answer",
    "method",
    "motivation",
    "note",
    "answered_on",
    "unit",
    "version",
    "occasion",
    "question",
    "revision",
)
_STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which filled-in lists: empty or None means every one. Days are the day a list was begun, both counted."""

    checklist: str = ""
    unit: str = ""
    role: str = ""
    first: date | None = None
    last: date | None = None


def answer_rows(session: Session, selection: Selection) -> Iterator[list[str]]:
    """Give one row per answered item. Cases with protected identity are not listed. Raises: SealBroken, MasterGone."""
    for tenant in tenants.everyone(session):
        units = people.unit_names(session, tenants.key(tenant))
        for row in filled.all_of_tenant(session, tenants.key(tenant)):
            case = cases.get(session, tenants.key(tenant), row.case_id)
            assert case is not None
            if not case.protected_identity and _selected(row, units[row.unit_id], selection):
                yield from _of_list(session, tenant.entra_id, case, row, units[row.unit_id])


def _selected(row: FilledRow, unit: str, wanted: Selection) -> bool:
    begun = row.begun_at.astimezone(_STOCKHOLM).date()
    return (
        wanted.checklist in ("", row.checklist)
        and wanted.unit in ("", unit)
        and wanted.role in ("", row.role)
        and (wanted.first or begun) <= begun <= (wanted.last or begun)
    )


def _of_list(session: Session, tenant_id: str, case: CaseRow, row: FilledRow, unit: str) -> Iterator[list[str]]:
    checklist = checklist_version(row.checklist, row.version)
    known = cases.known_facts(session, row.case_id, row.child)
    stored = answers.latest(session, filled.filled_id(row))
    domain = {item_id: answers.to_domain(answer) for item_id, answer in stored.items()}
    for item in checklist.items:
        answer = stored.get(item.id)
        if answer is None or answer.choice == OPEN:
            continue
        counted = state(checklist, item, known, domain)
        yield [
            tenant_id,
            case.ref,
            row.checklist,
            row.role,
            str(row.child) if row.child else "",
            item.id,
            counted,
            *_texts(session, row, answer),
            (answer.answered_on or answer.at.astimezone(_STOCKHOLM).date()).isoformat(),
            unit,
            str(row.version),
            str(row.occasion),
            item.ask,
            str(answer.revision),
        ]


def _texts(session: Session, row: FilledRow, answer: AnswerRow) -> tuple[str, str, str]:
    try:
        written = answers.read(session, row, answer)
    except MasterGone:  # they can be had again: an export without them would pass for a whole one
        raise
    except KeyGone:  # disposed of; what was answered stays
        written = Written(answer.choice, option=answer.option)
    motivation = written.motivation
    if written.motivation_kind == "reference":
        motivation = f"Finns i akten: {written.place}" + (f". {written.motivation}" if written.motivation else "")
    elif written.place:
        motivation = f"{written.motivation} (Var i akten: {written.place})"
    how = checklist_version(row.checklist, row.version).by_id[answer.item_id].how
    options = {option.id: option.title for option in how.options} if how else {}
    return options.get(written.option, written.option), motivation, written.note or ""
