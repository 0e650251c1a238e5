"""What a worker's typed line or press in her own list should do to the model, by the contract."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tests.same_answer.own_count import INFORMED, OF_CHILD
from tests.year import chef_acts
from tests.year.done import CHOICES, Done, stands
from tests.year.model import Act, Case, Sheet, Value

SITTING = timedelta(hours=2)


def typed(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if "closed_on" in case.dates:
        return
    if reads and done.text.split()[0] in ("fortsätt", "formulär"):
        chef_acts.read(case, done, now, reads)
    if done.what == "undo":
        act = case.act_to_undo(done.person)
        given = now - _given(act, now) if act is not None else timedelta()
        if act is not None and case.status in ("", "open", "returned") and given <= SITTING:
            _undo(case, act, done, now)
    elif done.what == "answer":
        typed_choice(case, done, done.text.partition(", ")[2], now)


def typed_choice(case: Case, done: Done, text: str, now: datetime) -> None:
    """Store what was typed as an answer. text: the motivation that came with it; after a yes to voiding, none."""
    if done.what != "answer":
        return
    choice, item, child = done.text.partition(", ")[0], done.view.item.item, _child(done.view)
    given = {item: Value(choice)}
    if text and done.form(case) != "reference":
        given["child_not_heard_motivated"] = Value("ja", "text", text)
    if choice in case.allowed(item, child) and case.applies(item, child):
        _give(case, done, child, given, now)


def _given(act: Act | None, now: datetime) -> datetime:
    return act.at if act is not None else now


def _undo(case: Case, act: Act | None, done: Done, now: datetime) -> None:
    if act is None or not case.may_undo(act):
        return
    if case.stops_at_signature(done.person, act.child, act.before):
        return
    case.undo(act, now)


def _child(view: Any) -> int:
    return view.head.child or 1


def _is_fresh(of: Mapping[str, int], then: Mapping[str, int], items: Any) -> bool:
    return all(of.get(item, 0) == then.get(item, 0) for item in items)


def _sheet(case: Case, done: Done, reads: bool, now: datetime) -> tuple[Sheet | None, Mapping[str, int]]:
    """Return the list that a press is about, and the revisions she saw."""
    child = _child(done.view)
    if reads:
        reading = case.readings.get(done.person)
        then = done.seen.get("readings", {}).get(done.person, {})
        return (reading.sheets.get(child) if reading else None), then.get(child, {})
    return case.sheets.get(child), done.seen.get("answers", {}).get(child, {})


def _give(case: Case, done: Done, child: int, given: Mapping[str, Value], now: datetime) -> bool:
    """Store whatever of it is new, unless she has to be asked first."""
    sheet = case.sheets[child]
    news = {
        item: value
        for item, value in given.items()
        if value.choice != sheet.value(item).choice or value.kind or item in sheet.points
    }
    if case.stops_at_signature(done.person, child, news):
        return False
    case.give(done.person, done.name, child, news, now)
    return True


def facts(case: Case, done: Done, now: datetime, reads: bool) -> None:
    view, child = done.view, _child(done.view)
    shown = [one.fact for one in view.fields]
    changed = not all(
        case.fact_revisions.get(at, 0) == done.seen.get("facts", {}).get(at, 0)
        for at in ((name, child if name in OF_CHILD else 0) for name in shown)
    )
    if changed and _contradicts(case, done, shown, child):
        return
    signed = case.is_signed and (done.person, case.signatures) not in case.confirmed
    values = {}
    for name in shown:
        at = (name, child if name in OF_CHILD else 0)
        said = done.data.get(name, "")
        if said or at not in case.fact_revisions:
            values[name] = said or "unknown"
    if signed and any((case.fact(name, child) or "unknown") != value for name, value in values.items()):
        return
    for name, value in values.items():
        case.set_fact(name, child, value, now, now.date())
    if view.children:
        number = int(done.data.get("children") or case.children)
        planned = done.data.get("planned", "")
        if planned:
            case.dates["planned_decision_on"] = date.fromisoformat(planned)
        if signed and number > case.children:
            return  # she is asked; what else is right on the card is saved
        if number > case.children:
            case.children = number
            case._case_changed(now)
    case.begin(now.date())


def _contradicts(case: Case, done: Done, shown: list[str], child: int) -> bool:
    """Return whether a card that is out of date says something else than what stands."""
    now = {"children": str(case.children)}
    if "planned_decision_on" in case.dates:
        now["planned"] = str(case.dates["planned_decision_on"])
    for name in shown:
        now[name] = stands(case, (name, child if name in OF_CHILD else 0))
    return any(done.data.get(name) and done.data[name] != value for name, value in now.items())


def answer(case: Case, done: Done, now: datetime, reads: bool) -> None:
    sheet, then = _sheet(case, done, reads, now)
    item, child, choice = done.view.item.item, _child(done.view), CHOICES.get(done.title, "")
    if sheet is None or not choice or not _is_fresh(sheet.revisions, then, [item]):
        return
    if not case.applies(item, child, sheet) or choice not in case.allowed(item, child):
        return
    if not reads:
        _give(case, done, child, {item: Value(choice)}, now)
    elif not case.readings[done.person].ended and sheet.value(item).choice != choice:
        sheet.write(item, Value(choice))


def group(case: Case, done: Done, now: datetime, reads: bool) -> None:
    sheet, then = _sheet(case, done, reads, now)
    items, child = [one.item for one in done.view.items], _child(done.view)
    if sheet is None or not _is_fresh(sheet.revisions, then, items):
        return
    given = {item: done.data[item] for item in items if done.data.get(item)}
    if all(choice in case.allowed(item, child) for item, choice in given.items()):
        _give(case, done, child, {item: Value(choice) for item, choice in given.items()}, now)


def form(case: Case, done: Done, now: datetime, reads: bool) -> None:
    sheet, then = _sheet(case, done, reads, now)
    child = _child(done.view)
    if sheet is None:
        return
    if reads and case.readings[done.person].ended:
        return
    act = Act(done.name, done.person, child, at=now)
    for row in done.view.fields:
        for item in [one.item for one in row.items] if row.kind == "choice" else ():
            choice = done.data.get(item, "")
            if not choice or not case.applies(item, child, sheet) or choice not in case.allowed(item, child):
                continue
            if sheet.value(item).choice == choice and item not in sheet.points:
                continue
            if sheet.revisions.get(item, 0) != then.get(item, 0) and item not in act.before:
                continue
            if reads:
                sheet.write(item, Value(choice))
            elif case.stops_at_signature(done.person, child, {item: Value(choice)}):
                break  # she is asked; what else stands in this row waits for her yes
            else:
                case._write(act, child, item, Value(choice), now)
    if act.before and not reads:
        case.acts.append(act)


def motivation(case: Case, done: Done, now: datetime, reads: bool) -> None:
    sheet, then = _sheet(case, done, reads, now)
    view, child = done.view, _child(done.view)
    if sheet is None or reads or not _is_fresh(sheet.revisions, then, view.items):
        return
    refused = [item for item in INFORMED if sheet.value(item).choice == "nej"]
    asked = view.items if view.about else [item for item in refused if not sheet.value(item).kind] or refused
    if tuple(view.items) != tuple(asked) or not all(case.applies(item, child) for item in view.items):
        return
    text, place = done.data.get("motivation", ""), done.data.get("place", "")
    kind = {"motivate": "text", "in_the_file": "reference", "no_motivation": "missing"}[done.what]
    form = done.form(case)
    if kind == "missing":
        text = place = ""
    elif (form == "reference" and text) or (form == "text" and (place or kind == "reference")):
        return
    if kind == "text" and not text and place:
        kind = "reference"
    if (kind == "text" and not text) or (kind == "reference" and not place):
        return
    given = {}
    for item in view.items:
        choice = ("nej" if kind == "missing" else "ja") if view.about else sheet.value(item).choice
        given[item] = Value(choice, kind, text, place)
    _give(case, done, child, given, now)


def same_as(case: Case, done: Done, now: datetime, reads: bool) -> None:
    """Take over what another child's list says: what the button said, if it still says so."""
    sheet, then = _sheet(case, done, reads, now)
    view, child = done.view, _child(done.view)
    said = re.fullmatch(r"Samma (?:som|motivering som) Barn (\d+)(?:: (.+))?", done.title)
    items = [view.item.item] if view.kind == "question" else list(view.items)
    if sheet is None or reads or said is None or not _is_fresh(sheet.revisions, then, items):
        return
    if not all(case.applies(item, child) for item in items):
        return
    hers = case.sheets[int(said[1])].value(items[0])
    form = done.form(case)
    first = [one for one, other in case.sheets.items() if one != child and _offers(case, child, other, view, form)]
    if first[:1] != [int(said[1])] or (said[2] and hers.choice != CHOICES[said[2]]):
        return
    if view.kind == "question":
        _give(case, done, child, {items[0]: Value(hers.choice)}, now)
        return
    given = {}
    for item in items:
        given[item] = Value("ja" if view.about else sheet.value(item).choice, hers.kind, hers.text, hers.place)
    _give(case, done, child, given, now)


def _offers(case: Case, child: int, other: Sheet, view: Any, form: str) -> bool:
    """Return whether another child's list has something that may stand here too."""
    if view.kind == "question":
        return other.value(view.item.item).choice in case.allowed(view.item.item, child)
    item = view.items[0]
    value = other.value(item)
    fits = ("text", "reference") if form == "either" else (form,)
    return value.kind in fits and (bool(view.about) or value.choice == case.sheets[child].value(item).choice)


def undo_pressed(case: Case, done: Done, now: datetime, reads: bool) -> None:
    name = done.seen.get("undo", {}).get(done.person, "") if done.view.kind == "menu" else done.made_by
    if name:
        _undo(case, case.act_to_undo(done.person, name), done, now)


def send(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if case.status in ("open", "returned", "voided"):
        case.send(now)


def drop(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if not any(sheet.revisions or sheet.was_sent for sheet in case.sheets.values()):
        case.sheets.clear()
