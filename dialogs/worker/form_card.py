"""The view of the form."""

from collections.abc import Mapping

from actions.basis import Sheet
from checklists.route import Stop
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OnForm
from dialogs.views.views import Button, FormField, FormView, Line
from dialogs.worker.sheet_parts import head, listed


def form(
    sheet: Sheet, stops: tuple[Stop, ...], notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None
) -> FormView:
    """Return the form with these stops. typed: refused texts to show again, by input id."""
    items = [item_id for stop in stops for item_id in stop.items if sheet.may_choose(item_id)]
    at = OnForm(tuple(stop.key for stop in stops), dict(zip(items, sheet.revisions(items), strict=True)))
    return FormView(
        notices=notices,
        head=head(sheet),
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        fields=tuple(_field(sheet, stop, typed or {}) for stop in stops),
        by=sheet.motivation,
        save=Button(title=Line(say="buttons.save"), claim=claimed("save_form", at, **sheet.at)),
        nav=(),
        refresh=claimed("show_current", **sheet.at),
    )


def _field(sheet: Sheet, stop: Stop, typed: Mapping[str, str]) -> FormField:
    return FormField(
        kind="motivation" if stop.kind == "motivation" else "choice",
        stop=stop.key,
        items=tuple(listed(sheet, item_id) for item_id in stop.items if sheet.may_choose(item_id)),
        about=stop.about,
        text=typed.get(input_id(stop, "text"), ""),
        place=typed.get(input_id(stop, "place"), ""),
    )


def input_id(stop: Stop, name: str) -> str:
    """Return the id of a motivation's input: `text`, `place` or `missing`."""
    return f"{stop.items[0]}.{name}"
