"""The cards for a case's details, an extension, the decision and closing."""

from bot.cards.group import now_line
from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    child_words,
    choice_set,
    date_input,
    header,
    notices,
    reason_input,
    subtle,
    text,
    text_input,
)
from dialogs.views.views import CloseView, DecidedView, DetailsView, ExtendView, FactField, WrongCaseView


def details_card(pen: Pen, view: DetailsView) -> Card:
    """Show what is known about a case, with fields to change it; those left empty change nothing."""
    body = [*header(pen, view.head, pen.say("card.details_title")), *notices(pen, view)]
    if view.closed:
        body.append(text(pen.say("common.closed_case")))
        body.append(subtle(pen.say("card.begin_anew_how", date=view.closed)))
        body += _dates(pen, view)
        return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)
    body.append(subtle(pen.say("card.details_how")))
    body += [subtle(pen.line(line)) for line in view.hints]
    body += [text(pen.line(line), spacing="Small") for line in view.linked]
    several = any(child > 1 for child, _ in view.facts)
    for child, field in view.facts:
        body += _fact(pen, child, field, several=several)
    if view.children or view.adult:
        number: Element = {"type": "Input.Number", "id": "children", "label": pen.say("card.children"), "max": 20}
        body.append({**number, "min": int(not view.adult), "value": view.children})
    yes_no = {"ja": pen.say("answers.ja"), "nej": pen.say("answers.nej")}
    body.append(choice_set("protected_identity", pen.say("card.protected_identity"), yes_no))
    body += now_line(pen, "ja" if view.protected else "nej")
    body += _dates(pen, view)
    if view.workers:
        workers = {"0": pen.say("card.no_co_worker"), **{str(row_id): name for row_id, name in view.workers}}
        body.append(choice_set("co_worker", pen.say("card.co_worker"), workers, compact=True))
        body += [subtle(pen.say("card.now", answer=view.co_worker))] if view.co_worker else []
    body += _reasons(pen, view)
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def _dates(pen: Pen, view: DetailsView) -> list[Element]:
    return [date_input(name, pen.say("card." + name), day) for name, day in view.dates]


def _reasons(pen: Pen, view: DetailsView) -> list[Element]:
    """Show the reasons for the case, with fields to add or remove one, where the municipality has named any."""
    made: list[Element] = []
    if view.choices:
        titles = {one: one for one in view.choices}
        reason, day = view.adds
        made.append(choice_set("case_reason", pen.say("card.case_reason"), titles, value=reason, compact=True))
        made.append(date_input("reason_on", pen.say("card.reason_on"), day))
    if view.reasons:
        kept = ", ".join(f"{reason} ({day})" for reason, day in view.reasons)
        made.append(subtle(pen.say("card.now", answer=kept)))
        gone = {f"{day} {reason}": f"{reason} ({day})" for reason, day in view.reasons}
        made.append(choice_set("reason_gone", pen.say("card.reason_gone"), gone, compact=True))
    return made


def _fact(pen: Pen, child: int, field: FactField, *, several: bool) -> list[Element]:
    label = pen.fact(field.fact)
    if child and several:
        label = f"{label} ({child_words(pen, child)})"
    answers = {"ja": pen.say("answers.ja"), "nej": pen.say("answers.nej"), "unknown": pen.say("answers.unknown")}
    return [choice_set(f"{field.fact}.{child}", label, answers), *now_line(pen, field.current)]


def extend_card(pen: Pen, view: ExtendView) -> Card:
    """Ask for the limit, the reason and the dates of an extension."""
    body = [*header(pen, view.head, pen.say("card.extend_title")), *notices(pen, view)]
    limits = {limit: pen.say("limits.l" + limit) for limit, _ in view.limits}
    body.append(choice_set("limit", pen.say("card.limit"), limits, value=view.limit))
    body += [subtle(pen.say("card.limit_ends", date=day)) for _, day in view.limits if day]
    classes = {name: pen.say("limits." + name) for name in ("grounds", "organisation")}
    body.append(choice_set("reason_class", pen.say("card.reason_class"), classes, value=view.reason_class))
    body.append(subtle(pen.say("card.reason_class_how")))
    body.append(reason_input(pen, "reason", "card.reason", view.text, in_file=view.in_file))
    body.append(date_input("decided_on", pen.say("card.extension_decided_on"), view.decided))
    body.append(date_input("until", pen.say("card.until"), view.until))
    return card(pen, body + action_sets(pen, view.buttons), view.refresh)


def decided_card(pen: Pen, view: DecidedView) -> Card:
    """Ask whether and when the decision was taken."""
    body = [*header(pen, view.head, pen.say("card.decided_title")), *notices(pen, view)]
    if view.planned:
        body.append(text(pen.say("card.decided_planned", date=view.planned)))
    body.append(subtle(pen.say("card.decided_how")))
    for name in ("decided_on", "planned_decision_on"):
        body.append({"type": "Input.Date", "id": name, "label": pen.say("card." + name)})
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def wrong_case_card(pen: Pen, view: WrongCaseView) -> Card:
    """Ask for the right reference of a case, and explain what withdrawing it means."""
    body = [*header(pen, view.head, pen.say("card.wrong_case_title")), *notices(pen, view)]
    body.append(subtle(pen.say("card.wrong_case_how")))
    body.append(text_input("case_ref", pen.say("card.case"), value=view.text or view.ref, most=64))
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def close_card(pen: Pen, view: CloseView) -> Card:
    """Ask for confirmation and the day before closing."""
    body = [*header(pen, view.head, pen.say("card.close_title")), *notices(pen, view)]
    body.append(text(pen.say("card.close_means")))
    body.append(date_input("closed_on", pen.say("card.closed_on"), view.day))
    return card(pen, body + action_sets(pen, view.buttons), view.refresh)
