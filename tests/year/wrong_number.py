"""Cases opened under a wrong number, or by mistake: put right, merged with an empty one, withdrawn."""

from datetime import datetime
from typing import TYPE_CHECKING

from tests.chat.card_hand import inputs, titles
from tests.year.done import Done
from tests.year.model import Case, Model
from tests.year.people import CHEF, Person

if TYPE_CHECKING:
    from tests.year.town import Town

SAVES, WITHDRAWS = "Spara", "Dra tillbaka ärendet"


async def puts_right(town: "Town") -> None:
    """Somebody sees that a case has a wrong number, or should not be there."""
    chance, today = town.chance, town.now().date()
    some = [case for case in town.model.cases.values() if not (case.adult or "closed_on" in case.dates)]
    if not some:
        return
    case = chance.choice(some)
    who = [name for name in (case.lead, *town.model.register.holders(CHEF, case.unit, today), "ada") if name]
    person = town.people[chance.choice(who)]
    await town.traffic.types(person, f"fel nummer {case.ref}", "look", case.ref)
    if not (_is_shown(person, SAVES) and person.at is not None and "case_ref" in inputs(person.at.card or {})):
        return  # the answer may be late: another card is before her
    if chance.random() < 0.35:
        await _withdraws(town, person, case)
        return
    town.numbers["case"] += 1
    ref = f"SN {town.first.year}/{town.numbers['case']:04}"
    others = [one for one in some if one.unit == case.unit and one is not case]
    empty = [one.ref for one in others if not one.is_begun]
    if chance.random() < 0.4 and empty:
        ref = chance.choice(empty)
    elif chance.random() < 0.2 and others:
        ref = chance.choice(others).ref
    elif chance.random() < 0.3 and (free := town.model.free()):
        ref = chance.choice(free)
    assert person.at is not None
    await town.traffic.presses(person, person.at, SAVES, {"case_ref": ref}, case.ref, ref)


async def _withdraws(town: "Town", person: Person, case: Case) -> None:
    for _ in range(2):  # she is asked first if something is written in it
        if _is_shown(person, WITHDRAWS) and person.at is not None:
            await town.traffic.presses(person, person.at, WITHDRAWS, {}, case.ref)


def _is_shown(person: Person, title: str) -> bool:
    return person.at is not None and person.at.card is not None and title in titles(person.at.card)


def may(model: Model, name: str, case: Case, now: datetime) -> bool:
    """Return whether somebody may put a case's number right: its lead, its chef, the admin."""
    day = now.date()
    if any(one.role == "admin" for one in model.register.held(name, day)) or model.reads(name, case, day):
        return True
    return name == case.lead and model.works_on(name, case, day)


def put_right(model: Model, case: Case, done: Done, now: datetime) -> None:
    """Apply a press on the wrong-number card to the model."""
    if done.seen.get("ref") != case.ref or not may(model, done.person, case, now):
        return
    if done.what == "withdraw":
        asked = done.view.kind == "menu"
        if not case.was_sent and (asked or not case.is_begun):
            model.withdraw(case, now.date())
        return
    ref = done.data["case_ref"]
    there = model.cases.get(ref)
    if there is None:
        model.renumber(case, ref)
    elif there is not case and may(model, done.person, there, now):
        model.merge_into(case, there, done.person, now)
