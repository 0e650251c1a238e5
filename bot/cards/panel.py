"""The panels of rounds: rows, fields and buttons."""

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
    text,
    text_input,
)
from dialogs.views.rounds import Option, PanelField, PanelRow, PanelView

LINE = 60
"""The longest text, in characters, whose field is a single line."""


def panel_card(pen: Pen, view: PanelView) -> Card:
    """Show a panel: its lines, its rows with their buttons, its fields, and the buttons of the whole."""
    body = opening(pen, view, view.title, view.lines)
    body += [text(paragraph, spacing="Small") for paragraph in view.words]
    for row in view.rows:
        body.append(section_title(pen.line(row.title)))
        body += [_about(pen, row)] if row.lines else []
        body += action_sets(pen, row.buttons, inputs=False)
    body += [_field(pen, field) for field in view.fields]
    body += action_sets(pen, view.buttons, inputs=bool(view.fields), primary=1)
    body += action_sets(pen, view.nav, inputs=False)
    return card(pen, body, view.refresh)


def _about(pen: Pen, row: PanelRow) -> Element:
    words = " · ".join(pen.line(line) for line in row.lines)
    return text(f"▲ {words}", color="Attention", spacing="Small", size="Small") if row.late else subtle(words)


def _field(pen: Pen, field: PanelField) -> Element:
    label = pen.line(field.label) if field.label else ""
    if field.item:
        checklist, version, item_id = field.item.split("/")
        label = pen.question(pen.item(checklist, int(version), item_id))
    if field.kind == "text" and field.most > LINE:
        return text_input(field.id, label, value=field.value, most=field.most, lines=True)
    if field.kind in ("date", "text"):
        return plain_field(field.kind, field.id, label, field.value, field.most)
    choices = {option.value: _title(pen, option) for option in field.options}
    made = choice_set(field.id, label, choices, value=field.value, compact=len(choices) > 6 and not field.several)
    return {**made, "isMultiSelect": True} if field.several else made


def _title(pen: Pen, option: Option) -> str:
    return pen.line(option.line) if option.line else option.name
