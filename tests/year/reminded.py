"""Who is to be reminded of what, and whether the bundles that arrive say just that."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tests.year import clocks
from tests.year.check import Fault
from tests.year.model import Case
from tests.year.people import CHEF, Person

if TYPE_CHECKING:
    from tests.year.town import Town


def due(town: "Town", day: date) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield who is to be told what today: person, case, rule, occasion, date."""
    for case in town.model.cases.values():
        for rule, audiences, mark, on in clocks.due(case, day, town.model.rules):
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
    """Hold a bundle against what is due."""
    day = town.now().date()
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
