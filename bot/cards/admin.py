"""The admin's cards: sections of lines, fields and buttons."""

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    choice_set,
    opening,
    plain_field,
    section_title,
    subtle,
)
from dialogs.views.admin import AdminField, AdminView


def admin_card(pen: Pen, view: AdminView) -> Card:
    """Show a title, its lines, and one section after the other."""
    body = opening(pen, view, view.title, view.lines)
    for section in view.sections:
        if section.heading is not None:
            body.append(section_title(pen.line(section.heading)))
        body += [subtle(pen.line(line)) for line in section.lines]
        body += [_field(pen, field) for field in section.fields]
        body += action_sets(pen, section.buttons, inputs=any(one.fields for one in view.sections))
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))


def _field(pen: Pen, field: AdminField) -> Element:
    label = pen.line(field.label)
    if field.kind == "choice":
        return choice_set(field.id, label, dict(field.choices), value=field.value, compact=True)
    return plain_field(field.kind, field.id, label, field.value, 200)
