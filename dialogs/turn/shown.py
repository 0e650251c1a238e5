"""What was last shown in a chat: enough to interpret the next typed line. Holds nothing anyone wrote."""

from dialogs.views.chef import DifferencesView, ReadingView, ReturnView, ShortfallView
from dialogs.views.parts import Data
from dialogs.views.rounds import PanelView
from dialogs.views.views import (
    AnyView,
    AskRefView,
    Button,
    Claim,
    CloseView,
    CommentView,
    DecidedView,
    DetailsView,
    DetailView,
    DoubtView,
    ExtendView,
    FactsView,
    FormView,
    GroupView,
    HelpView,
    Listed,
    MenuView,
    MotivationView,
    QuestionView,
    SayView,
    SummaryView,
    WrongCaseView,
)


class Shown(Data):
    """A card that typed words can answer.

    at: a claim on the card, to find the place again. buttons: in the order shown, so that a number can choose one; of a
    group, those beside it alone, by title.
    items: the items of a group, or the facts. named: the item of a group that was asked for; of a card that is filled
    in by its fields alone, which card. wants: what else the card that begins a list asks for.
    """

    kind: str
    case_ref: str = ""
    at: Claim
    buttons: tuple[Button, ...] = ()
    items: tuple[Listed, ...] = ()
    named: str = ""
    wants: tuple[str, ...] = ()


def of(view: AnyView) -> Shown | None:
    """Return what typed words can answer on this view, None if nothing."""
    if isinstance(view, QuestionView):
        buttons = view.answers + view.nav + (view.aside.buttons if view.aside else ())
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.answers[0].claim, buttons=buttons)
    if isinstance(view, GroupView):
        at, ref, beside = view.save.claim, view.head.case_ref, view.aside.buttons if view.aside else ()
        return Shown(kind=view.kind, case_ref=ref, at=at, buttons=beside, items=view.items, named=view.named)
    if isinstance(view, MenuView) and (view.asks or view.chooses):
        return Shown(kind="yes_no" if view.asks else "choice", at=view.buttons[0].claim, buttons=view.buttons)
    if isinstance(view, DoubtView):
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.buttons[0].claim, buttons=view.buttons)
    if isinstance(view, MotivationView | DetailView):
        aside = view.aside if isinstance(view, MotivationView) else None
        buttons = view.buttons + view.nav + (aside.buttons if aside else ())
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.buttons[0].claim, buttons=buttons)
    if isinstance(view, AskRefView):
        return Shown(kind=view.kind, at=view.save.claim)
    if isinstance(view, SummaryView):
        buttons = view.buttons + (view.aside.buttons if view.aside else ())
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.refresh, buttons=buttons)
    if isinstance(view, FactsView):
        items = tuple(Listed(item=field.fact, current=field.current) for field in view.fields)
        if view.save.claim.verb == "begin_list":
            asked = {"received_on": view.received is not None, "children": view.asks_children, "akt_part": view.parts}
            wants = tuple(name for name, is_asked in asked.items() if is_asked)
            return Shown(kind="start", case_ref=view.head.case_ref, at=view.save.claim, items=items, wants=wants)
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.save.claim, items=items)
    if isinstance(view, ReadingView):
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.refresh, buttons=view.buttons)
    if isinstance(view, DifferencesView):
        return Shown(kind=view.kind, case_ref=view.seen.case_ref, at=view.refresh, buttons=view.buttons)
    if isinstance(view, ReturnView):
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.buttons[0].claim)
    if isinstance(view, PanelView) and view.buttons:
        return Shown(kind=view.kind, at=view.buttons[0].claim, buttons=view.buttons + view.nav)
    if isinstance(view, DecidedView):
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.buttons[-1].claim, buttons=view.buttons)
    if isinstance(view, CommentView):
        return Shown(kind=view.kind, case_ref=view.head.case_ref, at=view.buttons[0].claim)
    if isinstance(view, DetailsView | ExtendView | CloseView | WrongCaseView | ShortfallView):
        return Shown(kind="fields", case_ref=view.head.case_ref, at=view.buttons[0].claim, named=view.kind)
    if isinstance(view, FormView):
        named = "reading" if view.reading else view.kind
        return Shown(kind="fields", case_ref=view.head.case_ref, at=view.save.claim, named=named)
    return None


def only_tells(view: AnyView) -> bool:
    """Return whether a view only explains how to answer what was shown, which then still counts as last shown."""
    if isinstance(view, HelpView) or (isinstance(view, MenuView) and view.title.say == "typed.beside_title"):
        return True
    return isinstance(view, SayView) and all(line.say.startswith(("typed.", "errors.")) for line in view.notices)
