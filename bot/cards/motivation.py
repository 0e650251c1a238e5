"""The motivation card: write it, or say where in the file it stands, or that it is missing."""

from bot.cards.parts import Card, Pen, action_sets, card, head_lines, heading, notices, subtle, text, text_input
from checklists.files import all_facts
from dialogs.views import MotivationView


def motivation_card(pen: Pen, view: MotivationView) -> Card:
    """Ask for a motivation; the server decides what may be left empty."""
    body = [*head_lines(pen, view.head), *notices(pen, view.notices), heading(_asked(pen, view))]
    body.append(subtle(_about(pen, view)))
    if view.current:
        body.append(text(pen.say("card.now", answer=pen.say("motivations." + view.current))))
    typed, place = (view.text, view.place) if pen.private else ("", "")
    body.append(
        text_input("motivation", pen.say("card.motivation"), value=typed, lines=True, hint=pen.say("card.no_names"))
    )
    body.append(text_input("place", pen.say("card.place"), value=place, most=500, hint=pen.say("card.place_hint")))
    body += action_sets(pen, view.buttons)
    body += action_sets(pen, view.nav)
    return card(pen, body, view.refresh)


def _asked(pen: Pen, view: MotivationView) -> str:
    if view.about:
        return pen.ask(pen.item(view.checklist, view.version, view.items[0]))
    labels = ", ".join(pen.label(pen.item(view.checklist, view.version, item_id)) for item_id in view.items)
    return pen.say("card.why_no", labels=labels)


def _about(pen: Pen, view: MotivationView) -> str:
    """Say which answer is to be motivated."""
    if view.about in all_facts():
        return pen.say("card.about_no", question=pen.fact(view.about))
    if view.about:
        item = pen.item(view.checklist, view.version, view.about)
        answer = pen.item(view.checklist, view.version, view.items[0]).when
        given = sorted(answer.values)[0] if answer else "ja"
        return pen.say("card.about", question=pen.ask(item), answer=pen.say("answers." + given))
    return pen.say("card.about_group")
