"""The facts card: the facts that decide which questions apply. Nothing is preselected; empty means unknown."""

from bot.cards.explained import folded_facts
from bot.cards.group import now_line
from bot.cards.parts import Card, Pen, action_sets, card, choice_set, date_input, header, notices, subtle
from dialogs.views.views import FactsView


def facts_card(pen: Pen, view: FactsView) -> Card:
    """Ask for the facts of a case, or of one further child."""
    starts = bool(view.head.checklist)
    title = pen.say("card.start_title" if starts else "card.facts_title")
    body = [*header(pen, view.head, title), *notices(pen, view)]
    if view.fields or not starts:
        body.append(subtle(pen.say("card.facts_why")))
    if view.received is not None:
        body.append(date_input("received_on", pen.say("card.received_on"), view.received))
    answers = {"ja": pen.say("answers.ja"), "nej": pen.say("answers.nej"), "unknown": pen.say("answers.unknown")}
    for field in view.fields:
        body.append(choice_set(field.fact, pen.fact(field.fact), answers))
        body += now_line(pen, field.current)
    if view.asks_children:
        number = {"type": "Input.Number", "id": "children", "label": pen.say("card.children"), "min": 0, "max": 20}
        body.append({**number, "value": view.children})
    elif view.children and not starts:
        label = pen.say("card.children")
        body.append(
            {"type": "Input.Number", "id": "children", "label": label, "min": 1, "max": 20, "value": view.children}
        )
        planned = {"type": "Input.Date", "id": "planned", "label": pen.say("card.planned")}
        body.append({**planned, "value": view.planned} if not view.planned_typed else planned)
    if view.parts:
        titles = {part: pen.say("lists.part_" + part) for part in view.parts}
        body.append(choice_set("akt_part", pen.say("card.akt_part"), titles, value=view.part))
    if view.units:
        units = {str(unit_id): name for unit_id, name in view.units}
        body.append(choice_set("unit", pen.say("card.unit"), units, value=str(view.unit), compact=True))
    body += action_sets(pen, (view.save, *view.nav), primary=1)
    body += folded_facts(pen.language, tuple(field.fact for field in view.fields))
    return card(pen, body, view.refresh)
