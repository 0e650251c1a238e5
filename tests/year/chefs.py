"""What chefs do at their clients: read what waits, and sign it or send it back."""

import asyncio
from typing import TYPE_CHECKING, Any

from tests.chat.card_hand import inputs, titles
from tests.year.people import Person, choices

if TYPE_CHECKING:
    from tests.year.town import Town


def why(town: "Town", view: Any, name: str) -> dict[str, str]:
    """Return the reason somebody gives where a card asks for one: with protected identity, its place in the file."""
    return {f"{name}.place": "blad 12"} if view.in_file else {name: town.new_text()}


async def reads(town: "Town", person: Person) -> None:
    """A chef reads what waits, and signs it or sends it back."""
    chance = town.chance
    waits = [
        case.ref
        for case in town.model.cases.values()
        if town.model.reads(person.name, case, town.now().date())
        and case.status in ("sent", "voided")
        and not case.dates.get("closed_on")
    ]
    if not waits:
        await town.says(person)
        return
    ref = chance.choice(waits)
    await town.traffic.types(person, f"fortsätt {ref}", "look", ref)
    for _ in range(14):
        await asyncio.sleep(chance.randint(4, 90))
        await town.languages.may_switch(person)
        shown = person.at
        if shown is None or shown.card is None or shown.of is not town.model.cases[ref] or shown.loose:
            return
        there = titles(shown.card)
        fields: dict[str, str] = {}
        wanted = ["Börja läsa", "Fortsätt läsa", "Visa skillnader", "Signera", "Signera med brist", "Återlämna"]
        if shown.view.kind == "form":
            wanted = ["Spara"]
            for row in shown.view.fields:
                fields |= {
                    one.item: chance.choice(choices(shown.card, one.item))
                    for one in (row.items if row.kind == "choice" else ())
                }
        elif shown.view.kind == "return":
            wanted, fields = ["Återlämna"], why(town, shown.view, "comment")
            fields |= {"items": ""} if "items" in inputs(shown.card) else {}
        elif shown.view.kind == "shortfall":
            wanted, fields = ["Signera med brist"], why(town, shown.view, "reason")
        elif chance.random() < 0.25 and "Återlämna" in there:
            wanted = ["Återlämna"]
        title = next((one for one in wanted if one in there), "")
        if not title or chance.random() < 0.05:
            return
        await town.traffic.presses(person, shown, title, fields, ref)
