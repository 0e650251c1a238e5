"""Who is to be reminded of what and when, and whether the bundles that arrive say just that."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tests.chat.card_hand import button, titles
from tests.year import clocks
from tests.year.check import Fault
from tests.year.model import Case
from tests.year.people import CHEF, Person

if TYPE_CHECKING:
    from tests.year.town import Town

AGAIN, NOT_YET = "Påminn i morgon", "Inte än"
WRONG_CLOCK = timedelta(seconds=100)
"""By how much a process's clock may be wrong, and how long a message may take from it."""


def due(town: "Town", day: date) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield who is to be told what today: person, case, rule, occasion, date."""
    for case in town.model.cases.values():
        for rule, audiences, mark, on in clocks.due(case, day, town.model.rules, town.model.almanac):
            for name in dict.fromkeys(one for audience in audiences for one in _audience(town, case, audience, day)):
                yield name, case.ref, rule, mark, str(on)


def _audience(town: "Town", case: Case, audience: str, day: date) -> list[str]:
    model = town.model
    deputies = [name for name in model.register.holders("deputy", case.unit, day) if town.people[name].has_app]
    if audience == "worker" and (found := [name for name in (case.lead, case.co) if model.register.held(name, day)]):
        return found
    chefs = model.register.holders(CHEF, case.unit, day)
    if audience in (
        "worker",
        "chef",
    ):  # nobody is a named chef's deputy here: of several she takes no place
        return [*chefs, *deputies] if len(chefs) > 1 else deputies or chefs
    return deputies or (chefs if case.protected else ["mona"])  # of a protected identity no manager is told


def hold(town: "Town", person: Person, found: Sequence[tuple[str, str, str]], *, sure: bool) -> None:
    """Check a bundle against what is due."""
    now = town.now()
    day = now.date()
    _is_in_office_hours(town, person, now)
    if day in person.bundles:
        raise Fault(f"{person.name} got a second bundle of reminders on {day}")
    person.bundles.add(day)
    today = {(ref, rule): (mark, on) for name, ref, rule, mark, on in due(town, day) if name == person.name}
    for ref, rule, on in found:
        if rule == "SKYDD":
            continue
        if (ref, rule) not in today:
            raise Fault(f"{person.name} was told of {rule} in {ref} on {day}, which is not due")
        mark, should = today[ref, rule]
        if on and on != should:
            raise Fault(f"{person.name} was told of {rule} in {ref} with the date {on}, it is {should}")
        key = town.model.cases[ref].key
        before = person.heard.get((key, rule, mark))
        if before is not None and before[1]:
            raise Fault(f"{person.name} was told twice of {rule} in {ref} ({mark}): on {before[0]} and {day}")
        person.heard[key, rule, mark] = (day, sure)


def _is_in_office_hours(town: "Town", person: Person, now: datetime) -> None:
    opens, closes = (datetime.combine(now.date(), one, now.tzinfo) for one in town.model.hours)
    if not town.model.almanac.works(now.date()) or not opens - WRONG_CLOCK <= now <= closes + WRONG_CLOCK:
        raise Fault(f"{person.name} was reminded at {now:%Y-%m-%d %H:%M}, when the offices are closed")


# --- told again tomorrow ----------------------------------------------------------------------------------------------


async def puts_off(town: "Town", day: date) -> None:
    """Some of those reminded today say `Inte än`; some would rather be reminded tomorrow."""
    for person in town.people.values():
        shown = person.bundle if day in person.bundles else None
        if (
            shown is not None
            and shown.card is not None
            and NOT_YET in titles(shown.card)
            and town.chance.random() < 0.6
        ):
            ref = button(shown.card, NOT_YET)["tooltip"].partition(": ")[2]
            await town.traffic.presses(person, shown, NOT_YET, {}, ref)
        if shown is not None and shown.card is not None and AGAIN in titles(shown.card) and town.chance.random() < 0.25:
            await town.traffic.presses(person, shown, AGAIN, {}, "")


def put_off(town: "Town", person: Person) -> None:
    """Apply the press to the model: on the next working day she is told again of all that still holds."""
    day = town.now().date()
    for what, (told, sure) in list(person.heard.items()):
        if told == day:
            del person.heard[what]
            person.later[what] = (town.model.almanac.workdays_on(day, 1), told, sure)


def is_over(town: "Town", day: date, today: Sequence[tuple[str, str, str, str, str]], *, surely: bool) -> None:
    """End what was put off until this day. today: what is due. surely: the sweep has told all of it.

    What is no longer due is never told again. A message about the rest may still be on its way.
    """
    due_now = {(name, town.model.cases[ref].key, rule, mark) for name, ref, rule, mark, _ in today}
    for person in town.people.values():
        for what, (until, told, sure) in list(person.later.items()):
            if until <= day:
                del person.later[what]
                if what not in person.heard and (person.name, *what) not in due_now:
                    person.heard[what] = (told, sure and surely)
