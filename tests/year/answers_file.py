"""Answers that come in from a file: what another system had, or somebody wrote down elsewhere."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from checklists.csv_in import BadCsv
from tests.chat.harness import TENANT
from tests.same_answer.own_count import AFTER, BASIS, INFORMED, MORE_THAN_YES_AND_NO
from tests.sql.import_files import file_of, import_answers
from tests.year import check
from tests.year.check import Fault
from tests.year.model import Case, Sheet, Value

if TYPE_CHECKING:
    from tests.year.town import Town

COLUMNS = ("tenant_id", "case_ref", "checklist", "role", "child", "item", "answer", "motivation", "answered_on")
WRITTEN = {"ja": "Ja", "nej": "Nej", "pagaende": "Pågående", "ej_tillampligt": "E/T"}
MOTIVATES = (*(item for item in AFTER if item.endswith("_motivated")), "child_not_communicated_motivated")
IMPORT = "import"
"""Who gives answers from files, as the model names it."""


async def comes_in(town: "Town") -> None:
    """A file with some answers of one child is brought in."""
    chance, now = town.chance, town.now()
    some = [case for case in town.model.cases.values() if not (case.adult or "closed_on" in case.dates)]
    if not some:
        return
    case = chance.choice(some)
    child = chance.randint(1, case.children)
    on = str(now.date() - timedelta(days=chance.choice((0, 3, 20)))) if child not in case.sheets else ""
    given = {item: _value(town, case, item) for item in chance.sample(BASIS, chance.choice((1, 2, 5)))}
    rows = [
        (TENANT, case.ref, "decision_basis", "case_worker", str(child), item, *written, on)
        for item, (written, _) in given.items()
    ]
    raw = file_of(rows, COLUMNS)
    refused = ""
    try:
        await town.stacks[0].desk.run(lambda session: import_answers(session, raw, frozenset({TENANT}), now, "cli:sim"))
    except BadCsv as bad:
        refused = str(bad)
    town.note("answers of", case.ref, child, *given, refused)
    if refused and not _is_late(case, child):
        raise Fault(f"answers of {case.ref} were refused: {refused}")
    if not refused:
        begun = date.fromisoformat(on) if on else now.date()
        _take(case, child, {item: value for item, (_, value) in given.items()}, begun, now)
    check.case_is_right(town.database, town.model, case.ref)
    if not refused and chance.random() < 0.3:
        again = await town.stacks[0].desk.run(
            lambda session: import_answers(session, raw, frozenset({TENANT}), now, "cli:sim")
        )
        if again.added or again.changed:
            raise Fault(f"the same answers of {case.ref} again: {again.changed} changed, {again.added} added")
        check.case_is_right(town.database, town.model, case.ref)


def _value(town: "Town", case: Case, item: str) -> tuple[tuple[str, str], Value]:
    """Return what a file says of a question, as answer and motivation, and what it means."""
    chance = town.chance
    if chance.random() < 0.1 and not case.protected:  # whatever somebody wrote is kept as she wrote it
        text = town.new_text()
        town.model.texts[text] = (case, IMPORT, town.now())
        return (text, ""), Value("fritext")
    choice = chance.choice(("ja", "nej", *MORE_THAN_YES_AND_NO.get(item, ())))
    if (choice == "ja" and item in MOTIVATES) or (choice == "nej" and item in INFORMED):
        how = chance.choice(("", "place", "place" if case.protected else "text"))
        if how == "place":
            return (WRITTEN[choice], "Finns i akten: blad 9"), Value(choice, "reference", place="blad 9")
        if how == "text":
            text = town.new_text()
            town.model.texts[text] = (case, IMPORT, town.now())
            return (WRITTEN[choice], text), Value(choice, "text", text)
    return (WRITTEN[choice], ""), Value(choice, "missing" if choice == "nej" and item in MOTIVATES else "")


def _is_late(case: Case, child: int) -> bool:
    """Return whether a child's list would begin after the others were sent."""
    return child not in case.sheets and any(sheet.status != "open" for sheet in case.sheets.values())


def _take(case: Case, child: int, given: Mapping[str, Value], begun: date, now: datetime) -> None:
    """Apply a file to the model: repeated answers change nothing, the others become revisions without a question."""
    sheet = case.sheets.setdefault(child, Sheet(begun))
    before = {item: case.exported(item, child) for item in given}
    for item, value in given.items():
        old = sheet.value(item)
        told, alike = (value.text, value.place), (old.text, old.place)
        repeats = item in sheet.revisions and value.choice in (old.choice, before[item]) and value.choice != "fritext"
        if not (repeats and told in (alike, ("", ""))):  # an empty cell changes nothing
            case.give_from_file(child, item, value, now)
