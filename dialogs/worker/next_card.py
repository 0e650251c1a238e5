"""What comes next: a function of the list, the facts and the stored answers. Shows, stores nothing."""

from actions.basis import Basis, Sheet
from checklists.route import Stop
from checklists.rules import allowed
from dialogs.chef import reading_cards as show_reading
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Aside, Button, GroupView, Line, MotivationView, QuestionView
from dialogs.worker import facts_card as show_facts
from dialogs.worker import summary_card as show_summary
from storage import answers, drafts


def go_on(talk: Talk, basis: Basis, at: int = 0, after: str = "", notices: tuple[Line, ...] = ()) -> AnyView:
    """Return the next card that asks something, else the summary; the facts card where no list is begun."""
    if basis.is_reading:
        return show_reading.where(talk, basis, notices)
    if not basis.sheets:
        return show_facts.facts_card(talk, basis, notices)
    found = basis.next_from(at, after)
    if found is None:
        return show_summary.summary(talk, basis, notices)
    sheet, stop = found
    if sheet.filled.child > 1 and not basis.asked_facts(sheet.filled.child):
        return show_facts.child_facts(talk, basis, sheet, notices)
    return card(talk, sheet, stop, notices)


def card(talk: Talk, sheet: Sheet, stop: Stop, notices: tuple[Line, ...] = ()) -> AnyView:
    """Return the view of one card of a sheet, with what the chef wrote if she pointed at it."""
    if stop.kind == "question":
        view: AnyView = _question(sheet, stop, notices)
    elif stop.kind == "group":
        view = _group(sheet, stop, notices)
    else:
        view = motivation(sheet, stop, notices, *_begun(talk, sheet, stop))
    if any(item_id in sheet.answers and sheet.answers[item_id].returned for item_id in stop.items):
        return view.model_copy(update={"remark": show_summary.remark(talk, sheet.filled.return_id)})
    return view


def _begun(talk: Talk, sheet: Sheet, stop: Stop) -> tuple[str, str]:
    """Return what she has begun to write; of a motivation the chef sent back, what stands there, to go on from."""
    text, place = drafts.read(talk.session, sheet.filled, stop.items[0], talk.person_id)
    row = sheet.rows.get(stop.items[0])
    if text or place or row is None or not sheet.answers[row.item_id].returned:
        return text, place
    kept = answers.read(talk.session, sheet.filled, row)
    return kept.motivation, kept.place


def _question(sheet: Sheet, stop: Stop, notices: tuple[Line, ...]) -> QuestionView:
    item = sheet.checklist.by_id[stop.items[0]]
    revision = sheet.revisions(stop.items)
    choices = allowed(sheet.checklist, item, sheet.facts, sheet.answers)
    return QuestionView(
        notices=notices,
        head=sheet.head,
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        item=sheet.listed(item.id),
        answers=tuple(
            Button(title=Line(say="answers." + choice), claim=sheet.claim("answer", stop.key, revision, choice))
            for choice in choices
        ),
        nav=_nav(sheet, stop),
        refresh=sheet.claim("show_current"),
    )


def _group(sheet: Sheet, stop: Stop, notices: tuple[Line, ...]) -> GroupView:
    claim = sheet.claim("save_group", stop.key, sheet.revisions(stop.items))
    return GroupView(
        notices=notices,
        head=sheet.head,
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        group=sheet.checklist.by_id[stop.items[0]].group or "",
        items=tuple(sheet.listed(item_id) for item_id in stop.items),
        save=Button(title=Line(say="buttons.save"), claim=claim),
        nav=_nav(sheet, stop),
        refresh=sheet.claim("show_current"),
    )


def motivation(sheet: Sheet, stop: Stop, notices: tuple[Line, ...], text: str, place: str) -> MotivationView:
    """Return the card that asks for a motivation, with what she has begun to write."""
    revision = sheet.revisions(stop.items)
    titles = [("motivate", "save"), ("in_the_file", "in_the_file"), ("no_motivation", "no_motivation")]
    without = {"text": "in_the_file", "reference": "motivate"}.get(sheet.motivation)
    return MotivationView(
        notices=notices,
        head=sheet.head,
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        items=stop.items,
        about=stop.about,
        current="" if sheet.is_open(stop) else sheet.answers[stop.items[0]].motivation,
        by=sheet.motivation,
        text=text,
        place=place,
        buttons=tuple(
            Button(title=Line(say="buttons." + title), claim=sheet.claim(verb, stop.key, revision))
            for verb, title in titles
            if verb != without
        ),
        nav=_nav(sheet, stop),
        refresh=sheet.claim("show_current"),
    )


def _nav(sheet: Sheet, stop: Stop) -> tuple[Button, ...]:
    """Return the ways out of a card; a reservation is made to one question, so only its card has it."""
    verbs = ["back"] if sheet.stop_before(stop.key) else []
    verbs += ["pause"]
    verbs += [] if stop.kind == "motivation" else ["form"]
    verbs += ["comment"] if stop.kind == "question" else []
    return tuple(Button(title=Line(say="buttons." + verb), claim=sheet.claim(verb, stop.key)) for verb in verbs)


def with_aside(sheet: Sheet, view: AnyView, item_id: str) -> AnyView:
    """Return the next card with the question how the last answer came about: buttons that may be left alone."""
    item, row = sheet.checklist.by_id[item_id], sheet.rows.get(item_id)
    if item.how is None or row is None or row.choice not in item.how.answers or row.option:
        return view
    if not isinstance(view, QuestionView | GroupView):
        return view
    revision = sheet.revisions((item_id,))
    place = f"{sheet.checklist.id}/{sheet.checklist.version}/{item_id}"
    buttons = tuple(
        Button(
            title=Line(say="buttons.option", args={"item": place, "option": option.id}),
            claim=sheet.claim("how", f"question:{item_id}", revision, option.id),
        )
        for option in item.how.options
    )
    return view.model_copy(update={"aside": Aside(item=place, buttons=buttons)})
