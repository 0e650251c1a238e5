"""Which card comes next, computed from the list, the facts and the stored answers. Stores nothing."""

from collections.abc import Mapping

from actions import answers
from actions.basis import Basis, Sheet
from checklists.model import How, Item, Written
from checklists.rights import VerbName
from checklists.route import Stop, before, is_open
from dialogs.chef import reading_cards
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OnAside, OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import (
    AnyView,
    Aside,
    Button,
    DetailView,
    GroupView,
    Line,
    MotivationView,
    QuestionView,
    SummaryView,
)
from dialogs.worker import facts_card, proposals, summary_card
from dialogs.worker.sheet_parts import head, listed
from storage import drafts, tenants


def go_on(context: TurnContext, basis: Basis, at: int = 0, after: str = "", notices: tuple[Line, ...] = ()) -> AnyView:
    """Return the next open card, or the summary when nothing is open; the facts card when no list has been begun."""
    if basis.is_reading:
        return reading_cards.where(context, basis, notices)
    if not basis.sheets:
        return facts_card.facts_card(context, basis, notices)
    found = basis.next_from(at, after)
    if found is None:
        return summary_card.summary(context, basis, notices)
    sheet, stop = found
    is_asked_why = stop.kind in ("motivation", "detail")  # straight after the answer that calls for it
    if sheet.filled.child > 1 and not is_asked_why and not basis.asked_facts(sheet.filled.child):
        return facts_card.child_facts(basis, sheet, notices)
    return card(context, sheet, stop, notices, basis)


def card(
    context: TurnContext, sheet: Sheet, stop: Stop, notices: tuple[Line, ...] = (), basis: Basis | None = None
) -> AnyView:
    """Return the view of one stop, with the chef's comment if the chef pointed at one of its questions.

    basis: if given, a sibling's answer is offered for copying.
    """
    if stop.kind == "question":
        view: AnyView = _question(context, sheet, stop, notices)
    elif stop.kind == "group":
        view = _group(sheet, stop, notices)
    elif stop.kind == "detail":
        view = detail(context, sheet, stop, notices)
    else:
        told = (Line(say="rounds.where"),) if not notices and waits_for_place(context, sheet, stop) else notices
        view = motivation(sheet, stop, told, *_begun(context, sheet, stop))
    if basis is not None and len(basis.sheets) > 1 and isinstance(view, QuestionView | MotivationView):
        view = view.model_copy(update={"nav": (*_same_as(context, basis, sheet, stop), *view.nav)})
    if any(item_id in sheet.answers and sheet.answers[item_id].returned for item_id in stop.items):
        return view.model_copy(update={"remark": summary_card.remark(context, sheet.filled.return_id)})
    return view


def of_item(context: TurnContext, sheet: Sheet, stop: Stop, item_id: str, *told: Line, basis: Basis) -> AnyView:
    """Return the view of a stop, when one particular item in it was asked for."""
    number = Line(say="change.one_of_several", args={"number": sheet.checklist.numbers[item_id]})
    several = (number,) if stop.kind == "group" and len(stop.items) > 1 else ()
    return naming(card(context, sheet, stop, told + several, basis), item_id)


def naming(view: AnyView, item_id: str) -> AnyView:
    """Return a card of several items, marked so that a single typed answer applies to this one."""
    return view.model_copy(update={"named": item_id}) if isinstance(view, GroupView) else view


def _same_as(context: TurnContext, basis: Basis, sheet: Sheet, stop: Stop) -> tuple[Button, ...]:
    """Return the button that copies another child's answer, if it has one; the text itself is on no card."""
    found = None if basis.is_reading else answers.sibling_with(context.session, basis, sheet, stop)
    if found is None:
        return ()
    other, content = found
    child = other.filled.child
    say = "buttons.same_as" if stop.kind == "question" else "buttons.same_reason_as"
    at = OnCard(stop.key, sheet.revisions(stop.items), offered(other, content, stop))
    title = Line(say=say, args={"child": child, "choice": content.choice})
    return (Button(title=title, claim=claimed("same_as", at, **sheet.at)),)


def offered(other: Sheet, content: Written, stop: Stop) -> str:
    """Return what a button that copies another child's answer stands for: whose, which, and as it was written then.

    It copies nothing else: what has been written over since is another text under the same title.
    """
    return f"{other.filled.child}:{content.choice}:{other.rows[stop.items[0]].revision}"


def _begun(context: TurnContext, sheet: Sheet, stop: Stop) -> tuple[str, str]:
    """Return the draft text and place; else the stored ones to continue from, if the chef sent them back or, in a
    round, the place in the case file is missing.
    """
    item_id = stop.items[0]
    text, place = drafts.read(context.session, sheet.filled, item_id, context.person_id)
    if text or place or item_id not in sheet.rows:
        return text, place
    if not (sheet.answers[item_id].returned or (stop.where and sheet.answers[item_id].motivation)):
        return text, place
    kept = sheet.written(context.session, item_id)
    return kept.motivation, kept.place


def waits_for_place(context: TurnContext, sheet: Sheet, stop: Stop) -> str:
    """Return the stored text of a motivation that still lacks the place in the case file a round requires; or empty."""
    if not (stop.where and all(sheet.answers[item_id].only_here for item_id in stop.items)):
        return ""
    return sheet.written(context.session, stop.items[0]).motivation


def detail(
    context: TurnContext, sheet: Sheet, stop: Stop, notices: tuple[Line, ...], typed: Mapping[str, str] | None = None
) -> DetailView:
    """Return the card that asks for the detail of an answer. typed: what was filled in and refused, by input."""
    item_id = stop.items[0]
    item, kept = sheet.checklist.by_id[item_id], sheet.written(context.session, item_id)
    now = {"options": kept.option, "day": kept.day.isoformat() if kept.day else "", "text": kept.method} | dict(
        typed or {}
    )
    at = OnCard(stop.key, sheet.revisions(stop.items))
    save = Button(title=Line(say="buttons.save"), claim=claimed("save_detail", at, **sheet.at))
    skip = Button(title=Line(say="buttons.skip"), claim=claimed("skip_detail", at, **sheet.at))
    return DetailView(
        notices=notices,
        head=head(sheet),
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        item=listed(sheet, item_id),
        **now,
        buttons=(save,) if item.how and item.how.required else (save, skip),
        nav=_nav(sheet, stop),
        refresh=claimed("show_current", **sheet.at),
    )


def _question(context: TurnContext, sheet: Sheet, stop: Stop, notices: tuple[Line, ...]) -> QuestionView:
    at, item = sheet.revisions(stop.items), listed(sheet, stop.items[0])
    asked = sheet.checklist.by_id[item.item]
    return QuestionView(
        notices=notices,
        head=head(sheet),
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        item=item,
        answers=tuple(
            Button(
                title=Line(say="answers." + choice), claim=claimed("answer", OnCard(stop.key, at, choice), **sheet.at)
            )
            for choice in item.allowed
        ),
        proposed=proposals.line(context, sheet, item.item) if asked.computed or asked.how else None,
        nav=_nav(sheet, stop),
        refresh=claimed("show_current", **sheet.at),
    )


def _group(sheet: Sheet, stop: Stop, notices: tuple[Line, ...]) -> GroupView:
    at = OnCard(stop.key, sheet.revisions(stop.items))
    save = claimed("save_group", at, **sheet.at)
    return GroupView(
        notices=notices,
        head=head(sheet),
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        group=sheet.checklist.by_id[stop.items[0]].group or "",
        items=tuple(listed(sheet, item_id) for item_id in stop.items),
        save=Button(title=Line(say="buttons.save"), claim=save),
        nav=_nav(sheet, stop, at),
        refresh=claimed("show_current", **sheet.at),
    )


def motivation(sheet: Sheet, stop: Stop, notices: tuple[Line, ...], text: str, place: str) -> MotivationView:
    """Return the motivation card. text, place: what has been written so far."""
    at = OnCard(stop.key, sheet.revisions(stop.items))
    titles: list[tuple[VerbName, str]] = [
        ("motivate", "save"),
        ("in_the_file", "in_the_file"),
        ("no_motivation", "no_motivation"),
    ]
    without = {"text": "in_the_file", "reference": "motivate"}.get(sheet.motivation)
    return MotivationView(
        notices=notices,
        head=head(sheet),
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        items=stop.items,
        about=stop.about,
        given=sheet.answers[stop.items[0]].choice if stop.where else "nej",
        current="" if is_open(stop, sheet.applied) else sheet.answers[stop.items[0]].motivation,
        by=sheet.motivation,
        text=text,
        place=place,
        buttons=tuple(
            Button(title=Line(say="buttons." + title), claim=claimed(verb, at, **sheet.at))
            for verb, title in titles
            if verb != without and not (verb == "no_motivation" and sheet.sections)
        ),
        nav=_nav(sheet, stop),
        refresh=claimed("show_current", **sheet.at),
    )


def _nav(sheet: Sheet, stop: Stop, at: OnCard | None = None) -> tuple[Button, ...]:
    """Return the navigation buttons; only a question card has a comment, which is about one question.

    at: of a card with choices, which these buttons also store. In a round, every card can raise a child at risk.
    """
    verbs: list[VerbName] = ["back"] if sheet.filled.child > 1 or before(sheet.way, stop.key) else []
    verbs += ["pause"]
    verbs += [] if stop.kind in ("motivation", "detail") else ["form"]
    if stop.kind == "question":  # with protected identity no text is kept, so none is asked for
        verbs += ["what_counts"] if sheet.case.protected_identity else ["comment", "what_counts"]
    verbs += ["raise_now"] if sheet.sections else []
    if sheet.sections and stop.kind == "motivation" and sheet.answers[stop.items[0]].choice == "nej":
        verbs += ["measure"]
    at = at or OnCard(stop.key)
    return tuple(Button(title=Line(say="buttons." + verb), claim=claimed(verb, at, **sheet.at)) for verb in verbs)


def with_aside(context: TurnContext, sheet: Sheet, view: AnyView, stop: Stop) -> AnyView:
    """Add to the next card the optional question of how the answers on a stop came about."""
    items = to_ask_of(context, sheet, stop)
    beside = _beside(sheet, view)
    if not items or beside is None or not isinstance(view, QuestionView | GroupView | MotivationView | SummaryView):
        return view
    at, how = sheet.revisions(stop.items), sheet.checklist.by_id[items[0]].ways
    place = f"{sheet.checklist.id}/{sheet.checklist.version}/{items[0]}"
    buttons = tuple(
        Button(
            title=Line(say="buttons.option", args={"item": place, "option": option.id}),
            claim=claimed("how", OnAside(stop.key, at, option.id + beside), **sheet.at),
        )
        for option in (how.options if how else ())
    )
    return view.model_copy(update={"aside": Aside(item=place, buttons=buttons)})


def to_ask_of(context: TurnContext, sheet: Sheet, stop: Stop) -> list[str]:
    """Return the items of a stop about which `ways_asked` still has an optional question."""
    found = []
    for item_id in stop.items:
        item, row = sheet.checklist.by_id[item_id], sheet.rows.get(item_id)
        if row is None or row.option:
            continue
        how = ways_asked(context, sheet, item)
        if how is not None and row.choice in how.answers and not (how.several or how.required):
            found.append(item_id)
    return found


def ways_asked(context: TurnContext, sheet: Sheet, item: Item) -> How | None:
    """Return what is asked about how an answer came about: what the list asks or, if the municipality has marked the
    question, also the kind of source behind a Ja.
    """
    is_marked = f"{sheet.checklist.id}/{item.id}" in tenants.settings(context.tenant).ask_source
    return item.ways if is_marked else item.how


def _beside(sheet: Sheet, view: AnyView) -> str | None:
    """Return what a button about the last answer must carry about the card it is on, so that the input there is kept;
    None if it cannot be on that card, such as one of another child's list.
    """
    if isinstance(view, QuestionView | SummaryView):
        return ""
    if isinstance(view, GroupView) and view.save.claim.filled == sheet.filled.id:
        return f".{view.save.claim.revision}"
    if isinstance(view, MotivationView) and view.refresh.filled == sheet.filled.id:
        return f".motivation:{view.items[0]}"
    return None
