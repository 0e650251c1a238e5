"""Changing an answer by question number, at any time until the case is closed, even after the list was sent."""

import re

from actions.basis import Basis, Sheet
from checklists.lifecycle import State
from checklists.replies import read_answer
from checklists.rights import LIST_HOLDER, Right
from checklists.route import stop_of
from dialogs.chef.reading import enter
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Reaction, Verb
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import ask_ref
from dialogs.views.views import AnyView, Line
from dialogs.worker import facts_card, next_card, summary_card

CHANGE = Right("change", "case", LIST_HOLDER)
_WORDS = r"(?:(?:fråga|frågan|fraga|svar|svaret|nr|nummer|på|question|answer|no|the|to)\s+)*"
_MORE = r"(?:(?:\s*[,&+–-]\s*|\s+(?:och|and)\s+|\s+)\d{1,2}(?=[\s,&+–-]|$))*"
"""Further numbers, as in `4 och 5`: one question is shown at a time."""
_REST = re.compile(
    rf"{_WORDS}(?:(?P<number>\d{{1,3}}){_MORE}(?:[\s,:]+|$))?(?P<ref>.*?)(?:\s+(?:fråga|frågan|question)\s+(?P<last>\d{{1,3}}))?",
    re.IGNORECASE,
)

_TO = re.compile(
    r"(?P<rest>.*?)\s*(?P<to>\b(?:till|ska(?:ll)? (?:vara|bli)|borde vara|to|should be)\b|[:=,])?\s*(?P<said>\w+)",
    re.IGNORECASE,
)
_MOST_DIGITS = 3
"""The most digits in a question's number."""
_CHILD = re.compile(r"(?P<child>[1-9]\d?)?(?:(?:^|\s+)(?P<ref>\S.*))?", re.ASCII)


def change_typed(context: TurnContext, rest: str) -> Reaction:
    """Show a question by number, for the named or last used case and the named or last shown child."""
    child = find_case.child_in(rest)
    rest, said = _without_answer(find_case.without_child(rest))
    number, ref = _in_any_order(context, *parts(rest))
    basis = find_case.named_list(context, ref, CHANGE)
    if basis is None:
        return ask_ref("ändra")
    case = basis.case
    if basis.is_closed:
        return find_case.closed_case(context, case)
    if not basis.sheets:
        return enter(context, basis) if basis.is_reading else facts_card.facts_card(context, basis)
    if basis.is_reading and (not number or basis.state != State.BEGUN):
        return next_card.go_on(context, basis)
    if not number:
        return summary_card.summary(context, basis, (Line(say="fill.choose_question"),))
    if child and not 1 <= int(child) <= case.children:
        line = Line(say="change.no_such_child", args={"child": child, "most": case.children})
        return _all_of_it(context, basis, line)
    told = (Line(say="change.answer_here"),) if said else ()
    return _question(context, basis, _sheet(context, basis, child), int(number), told)


def _without_answer(rest: str) -> tuple[str, str]:
    """Split `1 till nej` into what to change and the word before the answer: `said` if there is no such word, "" if
    there is no answer. The answer itself is not stored: it is to be given on the card, once the question is seen.
    """
    found = _TO.fullmatch(rest.strip())
    said = read_answer(found["said"]) if found and found["rest"] else None
    if found is None or said is None or said.text:
        return rest, ""
    return found["rest"], found["to"] or "said"


def parts(rest: str) -> tuple[str, str]:
    """Split what follows the command into number and reference, as written and without the child; "" if missing."""
    found = _REST.fullmatch(find_case.without_child(rest))
    named = found.groupdict() if found else {}
    return named.get("number") or named.get("last") or "", named.get("ref") or ""


def _in_any_order(context: TurnContext, number: str, ref: str) -> tuple[str, str]:
    """Return number and reference, also where the number was written last: `SN 2026/0123 4`."""
    head, _, last = ref.rpartition(" ")
    is_last = not number and head and last.isascii() and last.isdigit() and len(last) <= _MOST_DIGITS
    if not is_last or find_case.bare(context, ref, CHANGE) or not find_case.bare(context, head, CHANGE):
        return number, ref
    return last, head


def _sheet(context: TurnContext, basis: Basis, child: str) -> Sheet:
    """Return the named child's sheet, or the one last shown, or the first."""
    if child:
        return next((sheet for sheet in basis.sheets if sheet.filled.child == int(child)), basis.sheets[0])
    shown = context.shown
    return (basis.sheet(shown.at.filled) if shown else None) or basis.sheets[0]


def _question(context: TurnContext, basis: Basis, sheet: Sheet, number: int, told: tuple[Line, ...]) -> AnyView:
    by_number = {sheet.checklist.numbers[item.id]: item.id for item in sheet.checklist.asked[sheet.filled.role]}
    if number not in by_number:
        line = Line(say="change.no_such_number", args={"most": max(by_number)})
        return _all_of_it(context, basis, line)
    stop = stop_of(sheet.way, by_number[number])
    if stop is None:
        return _all_of_it(context, basis, Line(say="change.does_not_apply", args={"number": number}))
    if not sheet.may_answer(stop):
        return next_card.go_on(context, basis, notices=(Line(say="reading.is_ended"),))
    return next_card.of_item(context, sheet, stop, by_number[number], *told, basis=basis)


def _all_of_it(context: TurnContext, basis: Basis, line: Line) -> AnyView:
    if basis.is_reading:
        return next_card.go_on(context, basis, notices=(line,))
    return summary_card.summary(context, basis, (line,))


def _whole(context: TurnContext, rest: str) -> bool:
    rest, said = _without_answer(find_case.without_child(rest))
    number, ref = parts(rest)
    return bool(number or not rest) and said != "said" and maybe_ref(context, ref)


def child_typed(context: TurnContext, rest: str) -> Reaction:
    """Continue with a child's list, in the named case or the one last used. An answer after it is not stored."""
    rest, said = _without_answer(rest)
    found = _CHILD.fullmatch(rest)
    child, ref = (found["child"] or "", found["ref"] or "") if found else ("", rest)
    basis = find_case.named_list(context, ref, CHANGE)
    if basis is None:
        return ask_ref("fortsätt")
    if basis.case.closed_on is not None:
        return find_case.closed_case(context, basis.case)
    sheet = next((sheet for sheet in basis.sheets if str(sheet.filled.child) == child), None)
    if sheet is None and child:
        line = Line(say="change.no_such_child", args={"child": child, "most": basis.case.children})
        return next_card.go_on(context, basis, notices=(line,))
    told = (Line(say="change.answer_here"),) if said else ()
    return next_card.go_on(context, basis, sheet.filled.id if sheet else 0, notices=told)


def _is_child(context: TurnContext, rest: str) -> bool:
    return rest.isascii() and rest.isdigit() and context.conversation.case_id is not None


VERBS: tuple[Verb, ...] = ()
COMMANDS = (
    Command("barn", ("child",), child_typed, CHANGE, _is_child),
    Command("ändra", ("change", "fråga", "question", "besvara", "svara", "answer"), change_typed, CHANGE, _whole),
)
