"""Cards for help and welcome, lists of cases, and asking which case."""

from bot.cards.parts import Card, Pen, action_sets, card, notices, subtle, text, text_input, top
from dialogs.views.views import AskRefView, CasesView, MenuView


def menu_card(pen: Pen, view: MenuView) -> Card:
    """Show a title, sentences and buttons."""
    body = [*notices(pen, view), *top("", pen.line(view.title)), *(text(pen.line(line)) for line in view.lines)]
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))


def cases_card(pen: Pen, view: CasesView) -> Card:
    """List a page of cases, with a button for each."""
    body = [*top("", pen.line(view.title)), *notices(pen, view)]
    body += action_sets(pen, view.choices, inputs=False)
    for line in view.cases:
        body.append(text(line.case_ref, weight="Bolder", style="heading", size="Default", separator=True))
        body.append(subtle(" · ".join([pen.line(line.status), *(pen.line(more) for more in line.lines)])))
        body += action_sets(pen, (line.button,), inputs=False)
    body += action_sets(pen, (view.more,) if view.more else (), inputs=False)
    return card(pen, body)


def ask_ref_card(pen: Pen, view: AskRefView) -> Card:
    """Ask for a case reference."""
    body = [*notices(pen, view), *top("", pen.say("card.ask_ref"))]
    body.append(text_input("case_ref", pen.say("card.case"), most=64, hint="SN 2026/0123"))
    return card(pen, body + action_sets(pen, (view.save,)))
