"""Changing an answer by its number, at any time until the case is closed, also after it was sent."""

import re

from actions.basis import Basis, Sheet, load
from checklists.rights import LIST_HOLDER, Right
from checklists.route import stop_of
from dialogs.chef.reading import enter
from dialogs.turn.declared import Command
from dialogs.turn.find_case import ask_ref, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Line
from dialogs.worker import facts_card as show_facts
from dialogs.worker import next_card as show
from dialogs.worker import summary_card as show_summary

CHANGE = Right("change", "case", LIST_HOLDER)
_REST = re.compile(
    r"(?:(?P<number>\d{1,3})(?:\s+|$))?(?P<ref>.*?)\s*(?:\b(?:barn|child)\s+(?P<child>\d{1,2}))?", re.IGNORECASE
)


def change_typed(talk: Talk, rest: str) -> AnyView:
    """Show the question with a number: of the case named or last touched, of the child named or last shown."""
    found = _REST.fullmatch(rest.strip())
    assert found is not None
    case = case_by_ref(talk, found["ref"], CHANGE) if found["ref"] else latest_case(talk, CHANGE)
    if case is None:
        return ask_ref("ändra")
    basis = load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    if not basis.sheets:
        return enter(talk, case) if basis.is_reading else show_facts.facts_card(talk, basis)
    if basis.is_reading and (not found["number"] or basis.status != "open"):
        return show.go_on(talk, basis)
    if not found["number"]:
        return show_summary.summary(talk, basis, (Line(say="fill.choose_question"),))
    if found["child"] and not 1 <= int(found["child"]) <= case.children:
        line = Line(say="change.no_such_child", args={"child": found["child"], "most": case.children})
        return _all_of_it(talk, basis, line)
    return _question(talk, basis, _sheet(talk, basis, found["child"]), int(found["number"]))


def _sheet(talk: Talk, basis: Basis, child: str | None) -> Sheet:
    """Return the named child's sheet, else the one last shown, else the first."""
    if child:
        return next((sheet for sheet in basis.sheets if sheet.filled.child == int(child)), basis.sheets[0])
    shown = talk.shown
    return (basis.sheet(shown.at.filled) if shown else None) or basis.sheets[0]


def _question(talk: Talk, basis: Basis, sheet: Sheet, number: int) -> AnyView:
    by_number = {sheet.checklist.numbers[item.id]: item.id for item in sheet.checklist.asked(sheet.filled.role)}
    if number not in by_number:
        line = Line(say="change.no_such_number", args={"most": max(by_number)})
        return _all_of_it(talk, basis, line)
    stop = stop_of(sheet.way, by_number[number])
    if stop is None:
        return _all_of_it(talk, basis, Line(say="change.does_not_apply", args={"number": number}))
    if not sheet.may_answer(stop):
        return show.go_on(talk, basis, notices=(Line(say="reading.is_ended"),))
    return show.card(talk, sheet, stop)


def _all_of_it(talk: Talk, basis: Basis, line: Line) -> AnyView:
    return show.go_on(talk, basis, notices=(line,)) if basis.is_reading else show_summary.summary(talk, basis, (line,))


def _whole(talk: Talk, rest: str) -> bool:
    found = _REST.fullmatch(rest.strip())
    return found is not None and bool(found["number"] or not rest) and maybe_ref(talk, found["ref"])


VERBS = ()
COMMANDS = (Command("ändra", ("change",), change_typed, CHANGE, _whole),)
