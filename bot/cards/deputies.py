"""The deputies, and the form for naming another."""

from bot.cards.parts import Card, Pen, action_sets, card, choice_set, date_input, notices, subtle, text, top
from dialogs.views.chef import DeputiesView


def deputies_card(pen: Pen, view: DeputiesView) -> Card:
    """List the deputies, with the form for a new one."""
    body = [*notices(pen, view), *top("", pen.say("deputies.title"))]
    if not view.deputies:
        body.append(text(pen.say("deputies.none")))
    for deputy in view.deputies:
        body.append(text(deputy.name, weight="Bolder", separator=True))
        words = [deputy.unit, pen.say("deputies.days", first=deputy.first, last=deputy.last)]
        words += [pen.say("deputies.for", name=deputy.stands_in_for)] if deputy.stands_in_for else []
        body.append(subtle(" · ".join(words)))
        body += action_sets(pen, (deputy.remove,), inputs=False)
    if view.no_app:
        body.append(text(pen.say("deputies.without_app", names=", ".join(view.no_app)), separator=True))
    body.append(text(pen.say("deputies.new"), weight="Bolder", separator=True))
    people = {str(row_id): name for row_id, name in view.people}
    body.append(choice_set("person", pen.say("deputies.person"), people, value=view.person, compact=True))
    if view.units:
        units = {str(row_id): name for row_id, name in view.units}
        body.append(choice_set("unit", pen.say("card.unit"), units, value=view.unit, compact=True))
    if view.chefs:
        chefs = {str(row_id): name for row_id, name in view.chefs}
        body.append(choice_set("stands_in_for", pen.say("deputies.chef"), chefs, value=view.chef, compact=True))
    body.append(date_input("first", pen.say("card.first"), view.first))
    body.append(date_input("last", pen.say("card.last"), view.last))
    body.append(subtle(pen.say("deputies.delegation")))
    return card(pen, body + action_sets(pen, (view.save,), primary=1))
