"""What a press or a typed line ought to do, by the contract, to the model.

Each function is told what the person saw when she acted and what holds as her act is committed: an act on something
that has been answered since changes nothing, and the rest is stored as a new revision.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.same_answer.own_count import FACTS, INFORMED, OF_CHILD
from tests.year.model import Act, Case, Model, Sheet, Value

CHOICES = {
    "Ja": "ja",
    "Nej": "nej",
    "Delvis": "delvis",
    "Pågår": "pagaende",
    "Ej tillämpligt": "ej_tillampligt",
    "Vet inte": "unknown",
}
DATES = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on")
SITTING = timedelta(hours=2)
Seen = Mapping[str, Any]


def snapshot(case: Case | None) -> dict[str, Any]:
    """Return what a card that is made now is tied to."""
    if case is None:
        return {}
    return {
        "answers": {child: dict(sheet.revisions) for child, sheet in case.sheets.items()},
        "readings": {
            name: {child: dict(sheet.revisions) for child, sheet in reading.sheets.items()}
            for name, reading in case.readings.items()
        },
        "facts": dict(case.fact_revisions),
        "children": case.children,
        "dates": dict(case.dates),
        "rest": (case.co, case.protected),
        "status": (case.status, case.waits_since, case.returns, case.signatures),
        "undo": {act.person: act.name for act in case.acts if not act.undone},
    }


@dataclass
class Done:
    """Something a person did. kind, what: a typed command or a pressed verb. view, seen: of the card she pressed.

    other: the second case it is about. title, data: of the button, and what it sent. made_by: the act her card was the
    answer to. applied: it is committed; after: what held then. shows: the act whose reply she got, an earlier one if
    she repeated it.
    """

    name: str
    person: str
    ref: str
    kind: str
    what: str
    text: str = ""
    view: Any = None
    seen: Seen = field(default_factory=dict)
    title: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    made_by: str = ""
    meant: "Done | None" = None
    applied: bool = False
    after: Seen = field(default_factory=dict)
    shows: str = ""
    other: str = ""


def apply(model: Model, done: Done, unit: str, now: datetime, reads: bool) -> None:
    """Let the model do what was done. unit: where a new case would belong. reads: she reads the case, as its chef."""
    case = model.cases.get(done.ref)
    for value in (done.text, *done.data.values()):
        for text in re.findall(r"Påhittad text \d+ om läget", value):
            model.texts[text] = (done.ref, done.person, now)
    if done.kind == "text" and done.what == "new" and case is None:
        model.cases[done.ref] = Case(done.ref, unit, done.person)
        return
    if case is None:
        return
    if done.what in ("link", "unlink", "link_say"):
        _links(model, case, done, now, reads)
    elif done.kind == "text":
        _typed(case, done, now, reads)
    elif done.view is not None:
        verb = _VERBS.get(done.what)
        if verb is not None and ("closed_on" not in case.dates or done.what == "reopen"):
            verb(case, done, now, reads)


# --- linked cases ---------------------------------------------------------------------------------------------------


def _links(model: Model, case: Case, done: Done, now: datetime, reads: bool) -> None:
    """Link two cases, ask to link them, answer that, or unlink them. After a refusal, ask again on another day."""
    other = model.cases.get(done.other)
    if other is None or other.adult == case.adult:
        return
    pair = (other.ref, case.ref) if case.adult else (case.ref, other.ref)
    state, asked, on = model.links.get(pair, ("", "", date.min))
    closed, today = "closed_on" in case.dates or "closed_on" in other.dates, now.date()
    model.met.add(pair)
    if done.what == "unlink":
        if state == "linked" and "closed_on" not in case.dates:
            del model.links[pair]
    elif done.what == "link_say":
        if (state, asked) == ("asked", case.ref) and (reads or done.person == case.lead):
            if done.title == "Ja, koppla" and not closed:
                model.links[pair] = ("linked", case.ref, on)
            elif done.title != "Ja, koppla":
                model.links[pair] = ("refused", case.ref, on)
    elif closed or state == "linked":
        return
    elif model.reads(done.person, other, today) or model.works_on(done.person, other, today):
        model.links[pair] = ("linked", "", today)
    elif (state, asked) == ("asked", case.ref) and not other.protected and (reads or done.person == case.lead):
        model.links[pair] = ("linked", asked, on)
    elif state != "asked" and on != today:
        model.links[pair] = ("asked", other.ref, today)


# --- typed ----------------------------------------------------------------------------------------------------------


def _typed(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if "closed_on" in case.dates:
        return
    if reads and done.text.split()[0] in ("fortsätt", "formulär"):
        _read(case, done, now, reads)
    if done.what == "undo":
        act = case.act_to_undo(done.person)
        given = now - _given(act, now) if act is not None else timedelta()
        if act is not None and case.status in ("", "open", "returned") and given <= SITTING:
            _undo(case, act, done, now)
    elif done.what == "answer":
        choice, _, text = done.text.partition(", ")
        item, child = done.view.item.item, _child(done.view)
        given_now = {item: Value(choice)}
        if text and not case.protected:
            given_now["child_not_heard_motivated"] = Value("ja", "text", text)
        if choice in case.allowed(item, child) and case.applies(item, child):
            _give(case, done, child, given_now, now)


def _given(act: Act | None, now: datetime) -> datetime:
    return act.at if act is not None else now


def _undo(case: Case, act: Act | None, done: Done, now: datetime) -> None:
    if act is None or not case.may_undo(act):
        return
    if case.stops_at_signature(done.person, act.child, act.before):
        return
    case.undo(act, now)


# --- a worker's presses ---------------------------------------------------------------------------------------------


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
    """Store what has changed, unless she must be asked first; return whether it was stored."""
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


def _facts(case: Case, done: Done, now: datetime, reads: bool) -> None:
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
    if signed and any(case.fact(name, child) != value for name, value in values.items()):
        return
    for name, value in values.items():
        case.set_fact(name, child, value, now, now.date())
    if view.children:
        number = int(done.data.get("children") or case.children)
        planned = done.data.get("planned", "")
        if planned:
            case.dates["planned_decision_on"] = date.fromisoformat(planned)
        if number > case.children:
            case.children = number
            case._case_changed(now)
    case.begin(now.date())


def _contradicts(case: Case, done: Done, shown: list[str], child: int) -> bool:
    """Return whether a card that is out of date contradicts what is stored."""
    stands = {"children": str(case.children)}
    if "planned_decision_on" in case.dates:
        stands["planned"] = str(case.dates["planned_decision_on"])
    for name in shown:
        stands[name] = _stands(case, (name, child if name in OF_CHILD else 0))
    return any(done.data.get(name) and done.data[name] != value for name, value in stands.items())


def _answer(case: Case, done: Done, now: datetime, reads: bool) -> None:
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


def _group(case: Case, done: Done, now: datetime, reads: bool) -> None:
    sheet, then = _sheet(case, done, reads, now)
    items, child = [one.item for one in done.view.items], _child(done.view)
    if sheet is None or not _is_fresh(sheet.revisions, then, items):
        return
    given = {item: done.data[item] for item in items if done.data.get(item)}
    if all(choice in case.allowed(item, child) for item, choice in given.items()):
        _give(case, done, child, {item: Value(choice) for item, choice in given.items()}, now)


def _form(case: Case, done: Done, now: datetime, reads: bool) -> None:
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
                break  # she is asked; the rest of this row waits for her confirmation
            else:
                case._write(act, child, item, Value(choice), now)
    if act.before and not reads:
        case.acts.append(act)


def _motivation(case: Case, done: Done, now: datetime, reads: bool) -> None:
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
    if kind == "text" and not text and place:
        kind = "reference"
    if (kind == "text" and not text) or (kind == "reference" and not place):
        return
    if case.protected and text and kind != "missing":
        return
    if kind == "missing":
        text = place = ""
    given = {}
    for item in view.items:
        choice = ("nej" if kind == "missing" else "ja") if view.about else sheet.value(item).choice
        given[item] = Value(choice, kind, text, place)
    _give(case, done, child, given, now)


def _undo_pressed(case: Case, done: Done, now: datetime, reads: bool) -> None:
    name = done.seen.get("undo", {}).get(done.person, "") if done.view.kind == "menu" else done.made_by
    if name:
        _undo(case, case.act_to_undo(done.person, name), done, now)


def _send(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if case.status in ("open", "returned", "voided"):
        case.send(now)


def _drop(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if not any(sheet.revisions or sheet.was_sent for sheet in case.sheets.values()):
        case.sheets.clear()


def _anyway(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if done.seen.get("status") != snapshot(case)["status"] or not case.is_signed:
        return
    case.confirmed.add((done.person, case.signatures))
    meant = done.meant
    if meant is None or meant.what in ("motivate", "in_the_file") or meant.kind == "text":
        return
    again = Done(done.name, done.person, done.ref, meant.kind, meant.what, view=meant.view, seen=meant.seen)
    again.title, again.data, again.made_by = meant.title, meant.data, meant.made_by
    _VERBS[meant.what](case, again, now, reads)


# --- a chef's presses -----------------------------------------------------------------------------------------------


def _read(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if reads and case.status in ("sent", "voided"):
        case.reading_of(done.person, now.date())


def _differences(case: Case, done: Done, now: datetime, reads: bool) -> None:
    reading = case.readings.get(done.person)
    if not reads or reading is None or case.status not in ("sent", "voided"):
        return
    case.reading_of(done.person, now.date())
    if case.is_read_by(done.person) and not reading.ended:
        reading.seen, reading.ended = now, True


def _may_sign(case: Case, done: Done, reads: bool) -> bool:
    reading = case.readings.get(done.person)
    if not reads or reading is None or not reading.ended or case.status not in ("sent", "voided"):
        return False
    now = snapshot(case)
    return all(now[name] == done.seen.get(name) for name in ("answers", "facts", "children"))


def _sign(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if _may_sign(case, done, reads) and not case.all_gaps():
        case.sign(done.person, "whole")
        case.readings[done.person].ended = True


def _shortfall(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if _may_sign(case, done, reads) and case.all_gaps() and done.data.get("reason"):
        case.sign(done.person, "shortfall")


def _return(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if not reads or case.status not in ("sent", "voided") or not done.data.get("comment"):
        return
    if done.seen.get("status") != snapshot(case)["status"]:
        return
    case.returned, case.touched = now, False
    case.returns += 1
    for sheet in case.sheets.values():
        sheet.status, sheet.was_returned = "returned", True


# --- the case itself ------------------------------------------------------------------------------------------------


def _details(case: Case, done: Done, now: datetime, reads: bool) -> None:
    now_stands = snapshot(case)
    if any(done.seen.get(name) != now_stands[name] for name in ("facts", "dates", "rest", "children")):
        return
    signed = case.is_signed and (done.person, case.signatures) not in case.confirmed
    told = {name: value for name, value in done.data.items() if name.split(".")[0] in FACTS and value}
    if signed and any(_stands(case, _place(name)) != value for name, value in told.items()):
        return  # she is asked first, and nothing of the card is stored
    case.protected = {"ja": True, "nej": False}.get(done.data.get("protected_identity", ""), case.protected)
    for name in DATES:
        if done.data.get(name):
            case.dates[name] = date.fromisoformat(done.data[name])
    for name in FACTS:
        for child in range(1, case.children + 1) if name in OF_CHILD else (0,):
            if value := done.data.get(f"{name}.{child}"):
                case.set_fact(name, child, value, now, now.date())
    if co := done.data.get("co_worker"):
        names = {str(row): name for row, name in done.view.workers}
        case.co = done.data.get("co_name", "") if co in names else ""


def _stands(case: Case, at: tuple[str, int]) -> str:
    """Return a fact as it was given: `unknown` is not the same as never given, which is empty."""
    return case.facts.get(at) or ("unknown" if at in case.fact_revisions else "")


def _place(name: str) -> tuple[str, int]:
    fact, child = name.split(".")
    return fact, int(child)


def _extension(case: Case, done: Done, now: datetime, reads: bool) -> None:
    given = [done.data.get(name, "") for name in ("limit", "reason_class", "decided_on", "until")]
    if all(given) and done.data.get("reason"):
        limit, grounds, decided, until = given
        case.extensions.append((limit, grounds == "grounds", date.fromisoformat(decided), date.fromisoformat(until)))


def _closing(case: Case, done: Done, now: datetime, reads: bool) -> None:
    case.dates["closed_on"] = date.fromisoformat(done.data["closed_on"])


def _decided(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if "decided_on" not in case.dates:
        case.dates["decided_on"] = now.date()


_VERBS = {
    "save_facts": _facts,
    "answer": _answer,
    "save_group": _group,
    "save_form": _form,
    "motivate": _motivation,
    "in_the_file": _motivation,
    "no_motivation": _motivation,
    "undo": _undo_pressed,
    "send": _send,
    "drop_list": _drop,
    "change_anyway": _anyway,
    "read": _read,
    "differences": _differences,
    "sign": _sign,
    "save_shortfall": _shortfall,
    "save_return": _return,
    "save_details": _details,
    "save_extension": _extension,
    "save_closing": _closing,
    "decided_today": _decided,
}
CHANGES = frozenset(_VERBS) - {"read", "differences"}
"""The verbs that store something of the case."""
