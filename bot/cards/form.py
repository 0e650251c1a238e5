"""The form: many questions on one card. Current answers are shown as text, never preselected."""

from bot.cards.detail import fields
from bot.cards.group import choices, now_line
from bot.cards.motivation import about_words, asked_words, inputs
from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    choice_set,
    header,
    notices,
    section_head,
    subtle,
    text,
)
from bot.cards.question import marks
from bot.cards.summary import option_words
from checklists.loader import checklist_version
from dialogs.views.views import FormField, FormView


def form_card(pen: Pen, view: FormView) -> Card:
    """Ask all questions of the form on one card."""
    title = "reading.title" if view.reading else "card.form_title"
    body = [*header(pen, view.head, pen.say(title)), *notices(pen, view)]
    body += [text(pen.say("reading.how"))] if view.reading else []
    body.append(subtle(pen.say("card.form_how")))
    counts = {one.id: one for one in view.sections}
    for field in view.fields:
        count = counts.pop(pen.item(view.checklist, view.version, field.items[0].item).section, None)
        body += [section_head(pen, view.checklist, view.version, count)] if count else []
        body += _MADE[field.kind](pen, view, field)
    body += action_sets(pen, (view.save,), primary=1)
    body += action_sets(pen, view.nav)
    return card(pen, body, view.refresh)


def _choices(pen: Pen, view: FormView, field: FormField) -> list[Element]:
    made: list[Element] = []
    first = pen.item(view.checklist, view.version, field.items[0].item)
    if first.group:
        group = checklist_version(view.checklist, view.version).group[first.group]
        made.append(text(group.title_en if pen.language == "en" else group.title, weight="Bolder", separator=True))
    for listed in field.items:
        item = pen.item(view.checklist, view.version, listed.item)
        made.append(choice_set(item.id, pen.label(item), choices(pen, listed)))
        made += [*now_line(pen, listed.current), *marks(pen, item)]
    return made


def _detail(pen: Pen, view: FormView, field: FormField) -> list[Element]:
    item = pen.item(view.checklist, view.version, field.items[0].item)
    names = (f"{item.id}.options", f"{item.id}.method", f"{item.id}.day")
    current = field.items[0].current if field.items[0].current in item.may_detail else ""
    # What is stored is shown in words, not filled in: a field that is left alone must not store it again.
    kept = [option_words(pen, item, field.options)] if field.options else []
    kept += [field.day] if field.day else []
    now = [subtle(pen.say("card.now", answer=", ".join(kept)))] if kept else []
    return [*fields(pen, item, current, names, ("", field.text if pen.private else "", "")), *now]


def _motivation(pen: Pen, view: FormView, field: FormField) -> list[Element]:
    items = tuple(listed.item for listed in field.items)
    given = field.items[0].current or "nej"
    asked = asked_words(pen, view.checklist, view.version, items, field.about, given=given)
    prefix = items[0]
    typed, place = (field.text, field.place) if pen.private else ("", "")
    return [
        text(asked, weight="Bolder", separator=True),
        subtle(about_words(pen, view.checklist, view.version, items, field.about, given=given)),
        *inputs(pen, view.by, typed=(f"{prefix}.text", typed), place=(f"{prefix}.place", place)),
        *([] if view.forced else [_missing(pen, prefix)]),
    ]


def _missing(pen: Pen, prefix: str) -> Element:
    return {
        "type": "Input.Toggle",
        "id": f"{prefix}.missing",
        "title": pen.say("buttons.no_motivation"),
        "label": pen.say("card.or"),
        "valueOn": "true",
        "valueOff": "false",
        "value": "false",
    }


_MADE = {"choice": _choices, "motivation": _motivation, "detail": _detail}
