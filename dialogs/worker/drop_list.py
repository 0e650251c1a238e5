"""Removing a list that was begun by mistake, as long as nothing in it has been answered."""

from actions import lists
from actions.basis import Basis
from checklists.rights import LIST_HOLDER, Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import AsShown
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import ask_ref, command_button
from dialogs.views.views import Line, MenuView
from dialogs.worker import next_card
from dialogs.worker.landing import open_case

DROP_LIST = Right("drop_list", "case", LIST_HOLDER)


def typed(context: TurnContext, rest: str) -> Reaction:
    """Remove the named list, or the one last shown."""
    basis = find_case.named_list(context, rest, DROP_LIST)
    if basis is None:
        return ask_ref("ta bort listan")
    return find_case.closed_case(context, basis.case) if basis.is_closed else _drop(context, basis)


def pressed(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Remove the list that was paused, from its button."""
    basis = open_case(context, press, DROP_LIST)
    if not isinstance(basis, Basis):
        return basis
    if press.what.state != str(basis.occasion) or not basis.sheets:
        return next_card.go_on(context, basis)
    return _drop(context, basis)


def _drop(context: TurnContext, basis: Basis) -> Reaction:
    """Remove the list. Raises: UserError: it may not be removed."""
    changes = lists.withdraw(context.session, context.origin, basis)
    is_hers = context.person_id in (basis.case.lead_id, basis.case.co_id)
    way = command_button("mina ärenden", "buttons.my_cases") if is_hers else command_button("hjälp", "buttons.help")
    said = "lists.dropped" if changes else "lists.none_to_drop"
    line = Line(say=said, args={"list": basis.list_id})
    return Done(
        MenuView(title=Line(say="details.about", args={"ref": basis.case.ref}), lines=(line,), buttons=(way,)), changes
    )


_WORDS = ("ta bort list", "ta bort underlaget", "ta bort utkastet", "ta bort checklistan", "släng listan")
_ENGLISH = ("delete list", "delete the list", "remove list", "remove the list", "delete draft", "delete the draft")
VERBS = (Verb(DROP_LIST, pressed, AsShown),)
COMMANDS = (Command("ta bort listan", (*_WORDS, *_ENGLISH), typed, DROP_LIST, maybe_ref, ("drop_list",)),)
