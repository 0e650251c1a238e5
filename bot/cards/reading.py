"""The chef's cards: reading, differences, signing with a shortfall, sending back, what was signed."""

from bot.cards.parts import (
    Card,
    Element,
    Mark,
    Pen,
    action_sets,
    card,
    child_words,
    clipped,
    fitting,
    header,
    notices,
    numbered,
    reason_input,
    state_mark,
    subtle,
    text,
    top,
    written,
)
from bot.cards.summary import gap_box, option_words
from checklists.loader import checklist_version
from dialogs.views.chef import (
    Compared,
    ComparedSheet,
    Comparison,
    DifferencesView,
    ReadingView,
    ReturnView,
    ShortfallView,
    SignedView,
)

CHILDREN_SHOWN = 3


def reading_card(pen: Pen, view: ReadingView) -> Card:
    """Say that everything has been read, and offer the next steps."""
    body = [*header(pen, view.head, pen.say("reading.title")), *notices(pen, view)]
    body.append(text(pen.line(view.line)))
    return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1), view.refresh)


def differences_card(pen: Pen, view: DifferencesView) -> Card:
    """Show both sets of answers, differences first."""

    def make(most: int) -> Card:
        body = [*_top(pen, view.seen, "reading.differences_title"), *notices(pen, view)]
        body += _compared(pen, view.seen, view.first, most, "reading.column_reader")
        body.append(_gaps(pen, view.seen))
        body.append(subtle(pen.say("reading.signing_means")))
        return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1), view.refresh)

    return fitting(make)


def _top(pen: Pen, seen: Comparison, title: str) -> list[Element]:
    differing = sum(row.differs for sheet in seen.sheets for row in sheet.rows)
    say = "reading.mark_differ" if differing > 1 else "reading.mark_differs_once"
    mark = Mark(pen.say(say, count=differing), "Warning") if differing else Mark(pen.say("reading.mark_same"), "Good")
    return top(seen.case_ref, pen.say(title), mark)


def _signed_mark(pen: Pen, view: SignedView) -> Mark | None:
    return state_mark(pen, "voided" if view.voided else "signed")


def _compared(pen: Pen, seen: Comparison, first: int, most: int, whose: str) -> list[Element]:
    differing = sum(row.differs for sheet in seen.sheets for row in sheet.rows)
    count = "reading.differ" if differing != 1 else "reading.differs_once"
    body = [text(pen.say(count, count=differing) if differing else pen.say("reading.no_difference"))]
    for sheet in seen.sheets[first : first + CHILDREN_SHOWN]:
        body += _sheet(pen, seen, sheet, most, whose)
    return body


def _sheet(pen: Pen, seen: Comparison, sheet: ComparedSheet, most: int, whose: str) -> list[Element]:
    """Return one child's answers as a table of those that differ; equal ones are folded away."""
    body = [text(child_words(pen, sheet.child), weight="Bolder", style="heading", size="Medium")] if sheet.child else []
    facts = "  ·  ".join(f"{pen.fact(fact)} {pen.say('answers.' + value)}" for fact, value in sheet.facts)
    body.append(subtle(facts))
    numbers = checklist_version(seen.checklist, seen.version).numbers
    rows = sorted(sheet.rows, key=lambda row: numbers[row.item])
    apart, equal = [row for row in rows if not _is_equal(row)], [row for row in rows if _is_equal(row)]
    if apart:
        body.append(_table(pen, seen, apart, most, whose))
    if not equal:
        return body
    box_id = f"equal{sheet.child}"
    title = pen.say("reading.equal", count=len(equal))
    unfold: Element = {"type": "Action.ToggleVisibility", "title": title, "targetElements": [box_id]}
    if sheet.child:
        unfold["tooltip"] = f"{child_words(pen, sheet.child)}: {title}"
    folded = {
        "type": "Container",
        "id": box_id,
        "isVisible": False,
        "items": [_table(pen, seen, equal, most, whose)],
    }
    return [*body, {"type": "ActionSet", "actions": [unfold]}, folded]


def _is_equal(row: Compared) -> bool:
    """Return whether there is nothing to see on a row: both answered the same."""
    return not row.differs and bool(row.reader) == bool(row.worker)


def _table(pen: Pen, seen: Comparison, rows: list[Compared], most: int, whose: str) -> Element:
    """Return answers side by side, with a row of headings."""
    header = [pen.say(name) for name in ("reading.column_question", whose, "reading.column_worker")]
    cells = [[[text(words, weight="Bolder", size="Small")] for words in header]]
    cells += [_row(pen, seen, row, most) for row in rows]
    return {
        "type": "Table",
        "showGridLines": False,
        "spacing": "Small",
        "columns": [{"width": 5}, {"width": 3}, {"width": 4}],
        "rows": [
            {"type": "TableRow", "cells": [{"type": "TableCell", "items": items} for items in row]} for row in cells
        ],
    }


def _row(pen: Pen, seen: Comparison, row: Compared, most: int) -> list[list[Element]]:
    """Return the cells of one question: itself with what was written about it, the reader's answer, the worker's."""
    item = pen.item(seen.checklist, seen.version, row.item)
    number = checklist_version(seen.checklist, seen.version).numbers[row.item]
    said = [pen.say("motivations." + row.motivation)] if row.motivation else []
    if pen.private and row.motivation == "text" and row.text and not row.place:
        said.append(pen.say("motivations.only_here"))
    said += [option_words(pen, item, row.option)] if row.option else []
    reader, worker = (pen.say("answers." + side) if side else "–" for side in (row.reader, row.worker))
    look = {"weight": "Bolder"} if row.differs else {}
    asked = [text(numbered(number, pen.question(item)))]
    asked += [subtle(f"{pen.say('reading.column_worker')}: {', '.join(said)}")] if said else []
    if pen.private:
        labels = (("card.motivation", row.text), ("card.place", row.place), ("card.note", row.note))
        texts = [(pen.say(key), words) for key, words in labels]
        texts.append((pen.say("reading.own_note"), row.reader_note))
        asked += [written(label, clipped(words, most)) for label, words in texts if words]
    return [asked, [text(reader, size="Small", **look)], [text(worker, size="Small", **look)]]


def _gaps(pen: Pen, seen: Comparison) -> Element:
    return gap_box(pen, seen.checklist, seen.version, seen.gaps[:15], _more(pen, len(seen.gaps[15:])))


def _more(pen: Pen, count: int) -> str:
    return pen.say("prompts.more", count=count) if count else ""


def shortfall_card(pen: Pen, view: ShortfallView) -> Card:
    """Ask why the chef signs although something is missing."""
    body = [*header(pen, view.head, pen.say("reading.shortfall_title")), *notices(pen, view)]
    body.append(gap_box(pen, view.checklist, view.version, view.gaps, _more(pen, view.more_gaps)))
    body.append(reason_input(pen, "reason", "card.reason", view.text, in_file=view.in_file))
    body.append(subtle(pen.say("reading.signing_means")))
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def return_card(pen: Pen, view: ReturnView) -> Card:
    """Ask for a comment and for the questions to look at again."""
    body = [*header(pen, view.head, pen.say("reading.return_title")), *notices(pen, view)]
    body.append(reason_input(pen, "comment", "card.note", view.text, in_file=view.in_file))
    numbers = checklist_version(view.checklist, view.version).numbers
    choices = []
    for row_id, child, item_id in view.questions:
        whose = f"{child_words(pen, child)}: " if child else ""
        question = pen.question(pen.item(view.checklist, view.version, item_id))
        choices.append({"title": f"{whose}{numbers[item_id]}. {question}", "value": f"{row_id}/{item_id}"})
    if choices:
        body.append(
            {
                "type": "Input.ChoiceSet",
                "id": "items",
                "label": pen.say("reading.point_at"),
                "style": "expanded" if len(choices) <= 15 else "compact",
                "isMultiSelect": True,
                "wrap": True,
                "choices": choices,
                **({"value": ",".join(view.marked)} if view.marked else {}),
            }
        )
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def signed_card(pen: Pen, view: SignedView) -> Card:
    """Show what was seen at a signature, with its hash."""

    def make(most: int) -> Card:
        body = [*top(view.seen.case_ref, pen.say("reading.seen_title"), _signed_mark(pen, view)), *notices(pen, view)]
        role = pen.say("reading.as_" + view.role)
        body.append(text(pen.say("reading.seen_by", name=view.who, role=role, time=view.at)))
        body += [text(pen.say("reading.seen_voided", time=view.voided), weight="Bolder")] if view.voided else []
        if view.shortfall:
            body.append(text(pen.say("reading.seen_shortfall")))
            body += [written(pen.say("card.reason"), clipped(view.reason, most))] if view.reason and pen.private else []
        body += _compared(pen, view.seen, view.first, most, "reading.column_then")
        body.append(_gaps(pen, view.seen))
        whole = pen.say("reading.hash_whole" if view.is_whole else "reading.hash_broken")
        body += [text(whole), subtle(pen.say("reading.hash", hash=view.hash))]
        return card(pen, body + action_sets(pen, view.buttons, inputs=False))

    return fitting(make)
