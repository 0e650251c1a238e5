"""Cases that belong together: who links them, who is asked, and what should come of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from tests.chat.card_hand import titles
from tests.year import check
from tests.year.done import Done
from tests.year.model import Case, Model
from tests.year.people import CHEF

if TYPE_CHECKING:
    from tests.year.town import Town


async def links(town: "Town") -> None:
    """Somebody links two cases of hers, or asks whether they may be; and whoever was asked says so, or does not."""
    chance = town.chance
    adults = [case.ref for case in town.model.cases.values() if case.adult]
    children = [case for case in town.model.cases.values() if not case.adult and case.lead]
    if adults and children:
        case, other = chance.choice(children), chance.choice(adults)
        pair = [case.ref, other]
        name = chance.choice([case.lead, *town.model.register.holders(CHEF, case.unit, town.now().date())])
        unlinks = (case.ref, other) in town.model.links and chance.random() < 0.4
        if chance.random() < 0.3:
            pair, name = pair[::-1], town.model.cases[other].lead
        word, what = ("koppla bort", "unlink") if unlinks else ("koppla", "link")
        await town.traffic.types(town.people[name], f"{word} {' '.join(pair)}", what, pair[0], other=pair[1])
    for person in town.people.values():
        prompts = [one for one in person.cards if one.loose]  # another card may ask beside what else it says
        asked = [one for one in prompts if one.card is not None and "Ja, koppla" in titles(one.card)]
        refs = check.REF.findall(check.as_text(asked[-1].card)) if asked else []
        if asked and chance.random() < 0.5 and refs[0] in town.model.cases:
            own = refs[0]
            of = [pair for pair, link in town.model.links.items() if own in pair and link[1] == own]
            named = [one for one in refs if one != own] or [one for pair in of for one in pair if one != own]
            if len(set(named)) == 1 and not {own, named[0]} & {*town.model.given_up}:  # the card names what was
                title = chance.choice(("Ja, koppla", "Ja, koppla", "Nej, koppla inte"))
                await town.traffic.presses(person, asked[-1], title, {}, own, named[0])
    check.links_are_right(town.database, town.model)


def linked(model: Model, case: Case, done: Done, now: datetime, reads: bool) -> None:
    """Link two cases, ask for it, answer that, or remove the link. Once refused, it may be asked for on a later day."""
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
