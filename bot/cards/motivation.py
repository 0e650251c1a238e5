"""The motivation card: write it, say where in the case file it is, or that it is missing."""

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    aside_lines,
    card,
    header,
    notices,
    numbered,
    question_line,
    subtle,
    text,
    text_input,
)
from bot.cards.question import offered
from checklists.loader import all_facts, checklist_version
from dialogs.views.views import DoubtView, MotivationBy, MotivationView


def motivation_card(pen: Pen, view: MotivationView) -> Card:
    """Ask for a motivation; the server, not the card, decides what may be left empty."""
    asked = (view.checklist, view.version, view.items, view.about)
    words = asked_words(pen, *asked, given=view.given)
    if view.about:
        words = numbered(checklist_version(view.checklist, view.version).numbers[view.items[0]], words)
    body = [*header(pen, view.head), *notices(pen, view), question_line(words)]
    body.append(subtle(about_words(pen, *asked, given=view.given)))
    if view.current:
        body.append(text(pen.say("card.now", answer=pen.say("motivations." + view.current))))
    typed, place = (view.text, view.place) if pen.private else ("", "")
    body += inputs(pen, view.by, typed=("motivation", typed), place=("place", place))
    taken_over, ways_out = offered(view.nav)
    body += action_sets(pen, (*view.buttons, *taken_over), primary=1, nav=ways_out)
    body += aside_lines(pen, view.aside, inputs=True)
    return card(pen, body, view.refresh)


def doubt_card(pen: Pen, view: DoubtView) -> Card:
    """Ask whether what was typed is meant as the motivation; the words are not repeated."""
    asked = (view.checklist, view.version, view.items, view.about)
    title, why, args = pen.say("card.doubt_title"), "card.doubt", {"count": view.length}
    if view.other_child:
        title, why = pen.say("card.doubt_child_title", here=view.head.child), "card.doubt_child"
        args |= {"here": view.head.child, "child": view.other_child}
    body = [*header(pen, view.head), *notices(pen, view), question_line(title), text(pen.say(why, **args))]
    body.append(subtle(asked_words(pen, *asked)))
    return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1), view.refresh)


def inputs(pen: Pen, by: MotivationBy, *, typed: tuple[str, str], place: tuple[str, str]) -> list[Element]:
    """Return the fields this municipality uses. typed, place: id and value of each field."""
    made = []
    if by != "reference":
        names, label = pen.say("card.no_names"), pen.say("card.motivation")
        made.append(text_input(typed[0], label, value=typed[1], lines=True, hint=names))
    if by != "text":
        made.append(
            text_input(place[0], pen.say("card.place"), value=place[1], most=500, hint=pen.say("card.place_hint"))
        )
    return made


def asked_words(
    pen: Pen, checklist: str, version: int, items: tuple[str, ...], about: str, *, given: str = "nej"
) -> str:
    """Return the question asking for the motivation."""
    if about:
        return pen.ask(pen.item(checklist, version, items[0]))
    labels = ", ".join(pen.label(pen.item(checklist, version, item_id)) for item_id in items)
    grouped = pen.item(checklist, version, items[0]).group
    if grouped:
        return pen.say("card.why_not_informed", labels=labels)
    return pen.say("card.why_no", labels=labels, answer=pen.say("answers." + given))


def about_words(
    pen: Pen, checklist: str, version: int, items: tuple[str, ...], about: str, *, given: str = "nej"
) -> str:
    """Say which answer the motivation is for."""
    if about in all_facts():
        return pen.say("card.about", question=pen.fact(about), answer=pen.say("answers.nej"))
    if about:
        condition = pen.item(checklist, version, items[0]).when
        given = sorted(condition.values)[0] if condition else "ja"
        question = pen.question(pen.item(checklist, version, about))
        return pen.say("card.about", question=question, answer=pen.say("answers." + given))
    return pen.say("card.about_own", answer=pen.say("answers." + given))
