"""A case opened under a wrong reference: put right, withdrawn, or asked for and handed over."""

from datetime import datetime, time

from actions import cases as case_acts
from actions import wrong_case as acts
from actions.changes import Change, record
from checklists import access
from checklists.errors import RefTaken, UserError
from checklists.free_text import shown_again
from checklists.rights import READER, RELATIONS, Right
from checklists.swedish_time import STOCKHOLM
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import AsShown, OnDetails, ToPerson
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import ask_ref, command_button, open_button, refused
from dialogs.views.views import Button, Head, Line, MenuView, SayView, WrongCaseView
from dialogs.worker.case_details import keep
from dialogs.worker.fill_checklist import SHOW
from storage import cases, people, trail
from storage.cases import CaseRow

_MAY = {"case_worker": ("lead",), **READER, "admin": RELATIONS}
WRONG_CASE = Right("wrong_case", "case", _MAY)
SAVE_REF = Right("save_ref", "case", _MAY)
WITHDRAW = Right("withdraw", "case", _MAY)
_SURE = "|sure"
"""Appended to the reference in the button that confirms."""
_ASKED = "|asked "
"""Between the case's reference and the one that was asked about, in the button that saves that one all the same."""
HAND_OVER = Right("hand_over", "case", READER)
ASK_CHEF = Right("ask_chef", "self", {"case_worker": RELATIONS})


# --- a wrong reference -----------------------------------------------------------------------------------------------


def typed(context: TurnContext, rest: str) -> Reaction:
    """Show the card for the named case, or the last one used."""
    if rest:
        return _card(context, find_case.row_by_ref(context, rest, WRONG_CASE))
    case = find_case.last_touched(context, WRONG_CASE)
    return _card(context, find_case.row(context, case.id, WRONG_CASE)) if case is not None else ask_ref("fel nummer")


def pressed(context: TurnContext, press: Press[OnDetails]) -> Reaction:
    """Show the card, from a button; what is filled in on the details card is kept."""
    case = find_case.row(context, press.case, WRONG_CASE)
    if not press.what.shown:
        return _card(context, case)
    kept, again = keep(context, find_case.by_id(context, case.id, WRONG_CASE), press)
    return kept.before(again or _card(context, case))


def _card(
    context: TurnContext, case: CaseRow, notices: tuple[Line, ...] = (), text: str = "", asked: str = ""
) -> WrongCaseView:
    """Return the card. text: what was filled in. asked: the reference it asks about, saved if it is filled in again."""
    newest = AsShown(case.ref, trail.newest_of_case(context.session, case.id))
    save = AsShown(f"{case.ref}{_ASKED}{asked}", newest.newest) if asked else newest
    buttons = [Button(title=Line(say="buttons.save"), claim=claimed("save_ref", save, case=case.id))]
    if not acts.is_sent(context.session, case):
        buttons.append(Button(title=Line(say="buttons.withdraw"), claim=claimed("withdraw", newest, case=case.id)))
    return WrongCaseView(
        notices=notices,
        head=Head(case_ref=case.ref),
        ref=case.ref,
        text=shown_again(text, context.origin.lets),
        buttons=(*buttons, command_button("hjälp", "buttons.help")),
        refresh=claimed("show_current", case=case.id) if access.may_use(SHOW, context.roles, case) else None,
    )


def save_ref(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Give the case its right reference: a free one, or that of an empty case this person may also put right."""
    case = find_case.row(context, press.case, SAVE_REF)
    shown, _, asked = press.what.state.partition(_ASKED)
    if shown != case.ref:
        return _card(context, case, (Line(say="facts.changed_meanwhile"),))
    text = press.inputs.get("case_ref", "")
    try:
        ref = find_case.reference(context, text)
        if bare := find_case.without_words(context, text):  # `ärende SN 2026/0124`: ask whether the words belong to it
            return _card(context, case, (Line(say="wrong_case.words"), Line(say="errors.none_saved")), bare)
        there = cases.find(context.session, context.tenant_id, ref)
        if there is None and ref != asked and (other := _almost(context, case, ref)):
            return _card(context, case, (Line(say="wrong_case.near", args={"ref": other}),), text, asked=ref)
        if there is None or there.id == case.id:
            changes = acts.rename(context.session, context.origin, case, ref)
        elif access.may_use(SAVE_REF, context.roles, there):
            changes = acts.merge(context.session, context.origin, case, there)
        else:
            raise RefTaken
    except UserError as error:
        return _card(context, case, refused(error), text)
    if not changes:
        return _card(context, case, (Line(say="wrong_case.same"),))
    line = Line(say="wrong_case.renamed", args={"old": shown, "ref": case.ref})
    return Done(_done(context, case, line), changes)


def _almost(context: TurnContext, case: CaseRow, ref: str) -> str:
    """Return the reference of another case that a new one is written almost like, "" if there is none to name to her.

    Cases she has no right to do not count: only `ny` says that a number is taken.
    """

    def may(other: CaseRow) -> bool:
        is_told = find_case.may_open(context, other) or find_case.may_be_named(context, other, SAVE_REF)
        return is_told and other.id != case.id

    return find_case.almost(context, ref, may)


def withdraw(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Withdraw the case from every list and figure; its number is free. Asks first if it has answers."""
    case = find_case.row(context, press.case, WITHDRAW)
    ref = case.ref
    if press.what.state not in (ref, ref + _SURE):
        return _card(context, case, (Line(say="facts.changed_meanwhile"),))
    if press.what.state == ref and acts.is_begun(context.session, case) and not acts.is_sent(context.session, case):
        return _asks(context, case)
    try:
        changes = acts.withdraw(context.session, context.origin, case)
    except UserError as error:
        return _card(context, case, refused(error))
    title, line = Line(say="details.about", args={"ref": ref}), Line(say="wrong_case.withdrawn", args={"ref": ref})
    return Done(MenuView(title=title, lines=(line,), buttons=(command_button("hjälp", "buttons.help"),)), changes)


def _asks(context: TurnContext, case: CaseRow) -> MenuView:
    """Ask whether a case in which something is answered is really to be withdrawn."""
    sure = AsShown(case.ref + _SURE, trail.newest_of_case(context.session, case.id))
    return MenuView(
        title=Line(say="details.about", args={"ref": case.ref}),
        lines=(Line(say="wrong_case.sure"),),
        buttons=(
            Button(title=Line(say="buttons.withdraw"), claim=claimed("withdraw", sure, case=case.id)),
            command_button("hjälp", "buttons.cancel"),
        ),
        asks=True,
    )


def _done(context: TurnContext, case: CaseRow, line: Line) -> MenuView:
    """Say what was done, with buttons for what comes next: the list, the details and the cases; else the help."""
    buttons: tuple[Button, ...] = ()
    if case.closed_on is None and access.may_use(SHOW, context.roles, case):
        is_hers = context.person_id in (case.lead_id, case.co_id)
        title = Line(say="buttons.continue_case" if is_hers else "buttons.open_case", args={"ref": case.ref})
        details = Button(title=Line(say="buttons.details"), claim=claimed("details", case=case.id))
        cases_ = ("mina ärenden", "buttons.my_cases") if is_hers else ("enhetens ärenden", "buttons.unit_cases")
        buttons = (open_button(case.id, title, "continue" if is_hers else "read"), details, command_button(*cases_))
    buttons = buttons or (command_button("hjälp", "buttons.help"),)
    return MenuView(title=Line(say="details.about", args={"ref": case.ref}), lines=(line,), buttons=buttons)


# --- a number that is taken ------------------------------------------------------------------------------------------


def taken(context: TurnContext, case: CaseRow) -> Reaction:
    """Say that a number is taken, and nothing more about the case; offer to ask its chef for it."""
    now = AsShown(context.today.isoformat(), trail.newest_of_case(context.session, case.id))
    asking = Button(title=Line(say="buttons.ask_chef"), claim=claimed("ask_chef", now, case=case.id))
    view = MenuView(
        title=Line(say="wrong_case.taken_title", args={"ref": case.ref}),
        lines=(Line(say="wrong_case.taken"),),
        buttons=(asking, command_button("mina ärenden", "buttons.my_cases")),
    )
    denied = Change("denied", case, detail="new")
    return Done(view, record(context.session, context.origin, denied))


def ask_chef(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Tell the chef of a case that somebody asks for it, at most once a day."""
    case = cases.get(context.session, context.tenant_id, press.case)
    if case is None:  # withdrawn, or put right, since the number was refused
        return SayView(notices=(Line(say="wrong_case.free_now"),))
    title = Line(say="wrong_case.taken_title", args={"ref": case.ref})
    menu = (command_button("mina ärenden", "buttons.my_cases"),)
    morning = datetime.combine(context.today, time(), STOCKHOLM)
    if trail.was_done(context.session, case.id, "case_asked_for", context.origin.actor, morning):
        return MenuView(title=title, lines=(Line(say="wrong_case.asked_already"),), buttons=menu)
    changes = acts.ask_for(context.session, context.origin, case)
    return Done(MenuView(title=title, lines=(Line(say="wrong_case.asked"),), buttons=menu), changes)


def hand_over(context: TurnContext, press: Press[ToPerson]) -> Reaction:
    """Make the one who asked the lead of the case; she and the previous lead are told."""
    case = find_case.row(context, press.case, HAND_OVER)
    asked = press.what.person_id
    workers = people.holders(context.session, context.tenant_id, case.unit_id, "case_worker", context.today)
    person = next((one for one in workers if one.id == asked), None)
    title = Line(say="details.about", args={"ref": case.ref})
    if person is None or case.closed_on is not None:
        return MenuView(title=title, lines=(Line(say="wrong_case.not_handed_over"),), buttons=())
    if case.lead_id != asked and trail.is_another(context.session, case.id, press.what.newest):
        line = Line(say="wrong_case.is_another", args={"name": person.name})
        details = Button(title=Line(say="buttons.details"), claim=claimed("details", case=case.id))
        return MenuView(title=title, lines=(line,), buttons=(details,))
    acting = context.acting_as(case)
    changes = case_acts.hand_over(context.session, context.origin, case, lead_id=person.id, co_id=None, acting=acting)
    line = Line(say="wrong_case.handed_over", args={"name": person.name})
    view = MenuView(title=title, lines=(line,), buttons=(open_button(case.id, Line(say="buttons.open"), "read"),))
    return Done(view, changes)


VERBS = (
    Verb(WRONG_CASE, pressed, OnDetails),
    Verb(SAVE_REF, save_ref, AsShown),
    Verb(WITHDRAW, withdraw, AsShown),
    Verb(ASK_CHEF, ask_chef, AsShown),
    Verb(HAND_OVER, hand_over, ToPerson),
)
COMMANDS = (Command("fel nummer", ("fel ärendenummer", "wrong number"), typed, WRONG_CASE, maybe_ref),)
