"""The report as a card, with a chart where the client supports it or else a table; and the links of an export."""

from datetime import date

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    choice_set,
    clipped,
    notices,
    numbered,
    subtle,
    text,
    text_input,
    top,
    written,
)
from checklists.model import Item
from checklists.periods import Period
from checklists.rates import Share, wilson
from dialogs.views.figures import Asked, FigureRow, LinksView, ReportView, TileRow
from reports.figures import item_of, percent, versions_of

_BAR = 10
"""Characters in a full bar."""
_MOST_OF_LABEL = 24
"""Characters of a question beside its bar."""


def report_card(pen: Pen, view: ReportView) -> Card:
    """Show the figures of a unit and period, or offer to export them."""
    title = "report.offer_title" if view.offer_only else "report.title"
    body = [*notices(pen, view), *_head(pen, title, view.asked)]
    body += [text(pen.say("report.offer"))] if view.offer_only else []
    body += [subtle(pen.say("report_page.still_open", day=view.until))] if view.until else []
    body += _tiles(pen, view)
    body += [text(said) for said in view.sentences]
    asked = [row for row in view.rows if row.n]
    if asked:
        body += [text(pen.say("report.per_question"), weight="Bolder", separator=True), _chart(pen, view, asked)]
        body.append(subtle(pen.say("report.definition")))
        body += _again(pen, view, [row for row in asked if row.reread])
    left = [_question(pen, view, row) for row in view.rows if not row.n]
    body += [subtle(pen.say("report.applies_to_none", questions="; ".join(left)))] if left else []
    if view.units:
        units = {str(row_id): name or pen.say("report.everything") for row_id, name in view.units}
        body.append(choice_set("unit", pen.say("card.unit"), units, value=str(view.chosen), compact=True))
    span = str(Period(date.fromisoformat(view.asked.first), date.fromisoformat(view.asked.last)))
    hint = pen.say("report_page.period_hint")
    body.append(text_input("period", pen.say("report_page.period"), value=span, most=40, hint=hint))
    return card(pen, body + action_sets(pen, view.buttons))


def links_card(pen: Pen, view: LinksView) -> Card:
    """Show the links to the figures; a posted card only says how to get them."""
    of = view.asked
    title = pen.line(view.title) if view.title else pen.say("admin.register")
    head = top("", title) if of is None else _head(pen, "report.offer_title", of)
    body = [*notices(pen, view), *head]
    if view.links:
        how = "results.links" if view.title else "report.links" if of else "admin.register_how"
        body.append(text(pen.say(how)))
    elif not view.notices:
        body.append(text(pen.say("report.links_private")))
    named = [(link, pen.say("report.link_" + link.what)) for link in view.links]
    opens = [{"type": "Action.OpenUrl", "url": link.address, "title": words} for link, words in named]
    body += [{"type": "ActionSet", "actions": [one], "spacing": "Small"} for one in opens]
    # Where each leads, in words. The secret that makes it work once is on the button only.
    body += [written(words, link.address.partition("?")[0].partition("://")[2]) for link, words in named]
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))


def _tiles(pen: Pen, view: ReportView) -> list[Element]:
    """Return the headline figures, two side by side, each with the figure of the period before beneath it."""
    tiles = [_tile(pen, one) for one in view.tiles]
    pairs = [tiles[place : place + 2] for place in range(0, len(tiles), 2)]
    empty: Element = {"type": "Column", "width": "stretch", "items": []}
    return [{"type": "ColumnSet", "columns": pair if len(pair) > 1 else [*pair, empty]} for pair in pairs]


def _tile(pen: Pen, tile: TileRow) -> Element:
    items = [
        subtle(pen.say("report_page.tile_" + tile.name)),
        text(pen.say("card.progress", done=tile.k, total=tile.n), size="Large", weight="Bolder", spacing="None"),
    ]
    if tile.before_n:
        items.append(subtle(pen.say("report_page.tile_before", k=tile.before_k, n=tile.before_n)))
    if tile.extended:
        items.append(subtle(pen.say("report_page.tile_extended", n=tile.extended)))
    if tile.open_late:
        items.append(text(pen.say("report_page.tile_open_late", n=tile.open_late), spacing="None"))
    return {"type": "Column", "width": "stretch", "items": items}


def _head(pen: Pen, title: str, asked: Asked) -> list[Element]:
    unit = asked.unit or pen.say("report.everything")
    return top(pen.say("report.period", first=asked.first, last=asked.last), pen.say(title, unit=unit))


def _question(pen: Pen, view: ReportView, row: FigureRow) -> str:
    return pen.question(item_of(view.checklist, row.item))


def _chart(pen: Pen, view: ReportView, rows: list[FigureRow]) -> Element:
    """Return a bar chart as drawn by Teams; other clients show the fallback, a table with the same figures."""
    named = [(item_of(view.checklist, row.item), row) for row in rows]
    return {
        "type": "Chart.HorizontalBar",
        "title": pen.say("report.chart"),
        "displayMode": "AbsoluteNoAxis",
        "data": [
            {"x": f"{_short(pen, view, item)} ({_of(pen, row)})", "y": Share(row.k, row.n).tenths / 10}
            for item, row in named
        ],
        "fallback": {
            "type": "Container",
            "items": [_table_row(pen, _numbered(pen, view, item), row) for item, row in named],
        },
    }


def _again(pen: Pen, view: ReportView, rows: list[FigureRow]) -> list[Element]:
    """Return for each question the share answered and the share found on rereading: side by side, never merged."""
    if not rows:
        return []
    said = [_said_and_read(pen, _numbered(pen, view, item_of(view.checklist, row.item)), row) for row in rows]
    title = text(pen.say("report.again"), weight="Bolder", separator=True)
    return [title, *(text(one, spacing="Small") for one in said), subtle(pen.say("report.again_means"))]


def _said_and_read(pen: Pen, question: str, row: FigureRow) -> str:
    low, high = (round(100 * end) for end in wilson(Share(row.found, row.reread)))
    return pen.say(
        "report.again_row", question=question, k=row.k, n=row.n, found=row.found, reread=row.reread, low=low, high=high
    )


def _number(view: ReportView, item: Item) -> int:
    return next(of.numbers[item.id] for of in versions_of(view.checklist) if item.id in of.by_id)


def _numbered(pen: Pen, view: ReportView, item: Item) -> str:
    return numbered(_number(view, item), pen.question(item))


def _short(pen: Pen, view: ReportView, item: Item) -> str:
    """Return a question short enough to stand above its bar: a longer one would crowd out the bars."""
    return f"{_number(view, item)}. {clipped(pen.label(item), _MOST_OF_LABEL)}"


def _of(pen: Pen, row: FigureRow) -> str:
    return pen.say("card.progress", done=row.k, total=row.n)


def _table_row(pen: Pen, question: str, row: FigureRow) -> Element:
    """Return a question with k of n, a bar of characters and the percentage."""
    share = percent(Share(row.k, row.n))
    share = share if pen.language == "sv" else share.replace(",", ".")
    full = (2 * _BAR * row.k + row.n) // (2 * row.n)
    full = full if row.k in (0, row.n) else min(max(full, 1), _BAR - 1)  # only all of them fill the bar, none empty it
    bar = "█" * full + "░" * (_BAR - full)
    columns = (("stretch", [text(question)]), ("110px", [text(_of(pen, row)), subtle(f"{bar} {share}\u00a0%")]))
    return {
        "type": "ColumnSet",
        "separator": True,
        "spacing": "Small",
        "columns": [{"type": "Column", "width": width, "items": items} for width, items in columns],
    }
