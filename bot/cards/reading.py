"""The chef's cards: reading, differences, signing with a shortfall, sending back, what was signed."""

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    child_words,
    clipped,
    fitting,
    head_lines,
    heading,
    notices,
    subtle,
    text,
    text_input,
    written,
)
from bot.cards.summary import gap_words, option_words
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
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("reading.title"))]
    body.append(text(pen.line(view.line)))
    return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1), view.refresh)


def differences_card(pen: Pen, view: DifferencesView) -> Card:
    """Show both sets of answers, differences first."""

    def make(most: int) -> Card:
        body = [subtle(view.seen.case_ref), *notices(pen, view), heading(pen.say("reading.differences_title"))]
        body += _compared(pen, view.seen, view.first, most, "reading.column_reader")
        body += _gaps(pen, view.seen)
        body.append(subtle(pen.say("reading.signing_means")))
        return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1), view.refresh)

    return fitting(make)


def _compared(pen: Pen, seen: Comparison, first: int, most: int, whose: str) -> list[Element]:
    differing = sum(row.differs for sheet in seen.sheets for row in sheet.rows)
    count = "reading.differ" if differing != 1 else "reading.differs_once"
    body = [text(pen.say(count, count=differing) if differing else pen.say("reading.no_difference"))]
    for sheet in seen.sheets[first : first + CHILDREN_SHOWN]:
        body += _sheet(pen, seen, sheet, most, whose)
    return body


def _sheet(pen: Pen, seen: Comparison, sheet: ComparedSheet, most: int, whose: str) -> list[Element]:
    """Return one child's answers as a table, where they differ first; equal ones are folded away."""
    body = [text(child_words(pen, sheet.child), weight="Bolder", style="heading")] if sheet.child else []
    facts = "  ·  ".join(f"{pen.fact(fact)} {pen.say('answers.' + value)}" for fact, value in sheet.facts)
    body.append(subtle(facts))
    numbers = checklist_version(seen.checklist, seen.version).numbers
    rows = sorted(sheet.rows, key=lambda row: numbers[row.item])
    header = [pen.say(name) for name in ("reading.column_question", whose, "reading.column_worker")]
    apart = [row for row in rows if not _is_equal(row)]
    if apart:
        body.append(_columns(header, weight="Bolder"))
    for row in apart:
        body += _row(pen, seen, row, numbers[row.item], most)
    equal = [element for row in rows if _is_equal(row) for element in _row(pen, seen, row, numbers[row.item], most)]
    if not equal:
        return body
    box_id = f"equal{sheet.child}"
    title = pen.say("reading.equal", count=len(rows) - len(apart))
    unfold = {"type": "Action.ToggleVisibility", "title": title, "targetElements": [box_id]}
    box = {
        "type": "Container",
        "id": box_id,
        "isVisible": False,
        "items": [_columns(header, weight="Bolder"), *equal],
    }
    return [*body, {"type": "ActionSet", "actions": [unfold]}, box]


def _is_equal(row: Compared) -> bool:
    """Return whether there is nothing to see on a row: both answered the same."""
    return not row.differs and bool(row.reader) == bool(row.worker)


def _columns(cells: list[str], **look: str) -> Element:
    """Return one row of the table: the question, the reader's answer, the worker's."""
    columns = [
        {"type": "Column", "width": width, "items": [text(words, spacing="None", **look)]}
        for words, width in zip(cells, ("stretch", "70px", "120px"), strict=True)
    ]
    return {"type": "ColumnSet", "columns": columns, "spacing": "Small"}


def _row(pen: Pen, seen: Comparison, row: Compared, number: int, most: int) -> list[Element]:
    item = pen.item(seen.checklist, seen.version, row.item)
    said = [pen.say("motivations." + row.motivation)] if row.motivation else []
    if pen.private and row.motivation == "text" and row.text and not row.place:
        said.append(pen.say("motivations.only_here"))
    said += [option_words(pen, item, row.option)] if row.option else []
    more = f" ({', '.join(said)})" if said else ""
    reader, worker = (pen.say("answers." + side) if side else "–" for side in (row.reader, row.worker))
    look = {"weight": "Bolder"} if row.differs else {}
    rows = [_columns([f"{number}. {pen.question(item)}", reader, worker + more], **look)]
    if pen.private:
        labels = (("card.motivation", row.text), ("card.place", row.place), ("card.note", row.note))
        texts = [(pen.say(key), words) for key, words in labels]
        texts.append((pen.say("reading.own_note"), row.reader_note))
        rows += [written(label, clipped(words, most)) for label, words in texts if words]
    return rows


def _gaps(pen: Pen, seen: Comparison) -> list[Element]:
    if not seen.gaps:
        return [text(pen.say("card.no_gaps"))]
    lines = [text(gap_words(pen, seen.checklist, seen.version, gap), spacing="Small") for gap in seen.gaps[:15]]
    more = len(seen.gaps[15:])
    lines += [text(pen.say("prompts.more", count=more), spacing="Small")] if more else []
    return [text(pen.say("card.gaps_title"), weight="Bolder"), *lines]


def shortfall_card(pen: Pen, view: ShortfallView) -> Card:
    """Ask why the chef signs although something is missing."""
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("reading.shortfall_title"))]
    body += [text(gap_words(pen, view.checklist, view.version, gap), spacing="Small") for gap in view.gaps]
    body += [text(pen.say("prompts.more", count=view.more_gaps), spacing="Small")] if view.more_gaps else []
    typed = view.text if pen.private else ""
    hint = pen.say("card.no_names")
    body.append(text_input("reason", pen.say("card.reason"), value=typed, lines=True, hint=hint))
    body.append(subtle(pen.say("reading.signing_means")))
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def return_card(pen: Pen, view: ReturnView) -> Card:
    """Ask for a comment and for the questions to look at again."""
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("reading.return_title"))]
    typed = view.text if pen.private else ""
    hint = pen.say("card.no_names")
    body.append(text_input("comment", pen.say("card.note"), value=typed, lines=True, hint=hint))
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
        body = [subtle(view.seen.case_ref), *notices(pen, view), heading(pen.say("reading.seen_title"))]
        role = pen.say("reading.as_" + view.role)
        body.append(text(pen.say("reading.seen_by", name=view.who, role=role, time=view.at)))
        body += [text(pen.say("reading.seen_voided", time=view.voided), weight="Bolder")] if view.voided else []
        if view.shortfall:
            body.append(text(pen.say("reading.seen_shortfall")))
            body += [written(pen.say("card.reason"), clipped(view.reason, most))] if view.reason and pen.private else []
        body += _compared(pen, view.seen, view.first, most, "reading.column_then")
        body += _gaps(pen, view.seen)
        whole = pen.say("reading.hash_whole" if view.is_whole else "reading.hash_broken")
        body += [text(whole), subtle(pen.say("reading.hash", hash=view.hash))]
        return card(pen, body + action_sets(pen, view.buttons, inputs=False))

    return fitting(make)
