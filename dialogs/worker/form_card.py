"""The view of the form."""

from collections.abc import Iterator, Mapping

from actions.basis import Sheet
from checklists.lifecycle import WRITER
from checklists.route import Stop
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OnForm
from dialogs.views.views import Button, FormField, FormView, Line
from dialogs.worker.sheet_parts import head, listed, sections


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
        fields=tuple(field for stop in stops for field in _fields(sheet, stop, stops, typed or {})),
        sections=sections((sheet,)),
        by=sheet.motivation,
        forced=bool(sheet.sections),
        save=Button(title=Line(say="buttons.save"), claim=claimed("save_form", at, **sheet.at)),
        nav=(),
        refresh=claimed("show_current", **sheet.at),
    )


def _fields(sheet: Sheet, stop: Stop, stops: tuple[Stop, ...], typed: Mapping[str, str]) -> Iterator[FormField]:
    """Yield the fields of a stop. A detail that the question asks for is shown below it even before it is answered; one
    that is only offered, such as an outcome, is shown to the writer alone and once the question is answered.
    """
    item_id = stop.items[0]
    if stop.kind != "detail":
        yield _field(sheet, stop, typed)
    item, row = sheet.checklist.by_id[item_id], sheet.rows.get(item_id)
    offers = sheet.filled.role == WRITER and row is not None and row.choice in item.may_detail
    asks = stop.kind == "question" and (bool(item.detailed) or offers)
    if asks or (stop.kind == "detail" and not any(one.key == f"question:{item_id}" for one in stops)):
        yield FormField(
            kind="detail",
            stop=f"detail:{item_id}",
            items=(listed(sheet, item_id),),
            options=row.option if row else "",
            day=row.day.isoformat() if row and row.day else "",
            text=typed.get(f"{item_id}.method", ""),
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
