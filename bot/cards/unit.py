"""The chef's card for one case of the unit."""

from bot.cards.parts import Card, Pen, action_sets, card, choice_set, notices, subtle, text, top
from dialogs.views.chef import UnitCaseView


def unit_case_card(pen: Pen, view: UnitCaseView) -> Card:
    """Show where a case stands, with fields for its lead and co-worker; those left empty change nothing."""
    body = [*notices(pen, view), *top("", pen.say("details.about", ref=view.head.case_ref))]
    body += [text(pen.line(line), spacing="Small") for line in view.lines]
    workers = {str(row_id): name for row_id, name in view.workers}
    body.append(choice_set("lead", pen.say("card.lead"), workers, value=view.chosen_lead, compact=True))
    body.append(subtle(pen.say("card.now", answer=view.lead or pen.say("card.no_co_worker"))))
    others = {"0": pen.say("card.no_co_worker"), **workers}
    body.append(choice_set("co_worker", pen.say("card.co_worker"), others, value=view.chosen_co_worker, compact=True))
    body.append(subtle(pen.say("card.now", answer=view.co_worker or pen.say("card.no_co_worker"))))
    body.append(subtle(pen.say("unit.handing_over")))
    return card(pen, body + action_sets(pen, view.buttons))
