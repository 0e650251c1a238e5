"""`administrera`: the admin's first card, and the page or action each button leads to."""

from collections.abc import Callable, Mapping

from dialogs.admin import deletion, pages, people_pages
from dialogs.admin.shown import ACT, ADMIN, EXPORT, PAGE, to_page
from dialogs.turn.declared import Command, Press, Reaction, Verb
from dialogs.turn.presses import AdminPage, OnAdmin
from dialogs.turn.turn_context import TurnContext
from dialogs.views.admin import AdminSection, AdminView
from dialogs.views.parts import Button, Line
from dialogs.views.ready_made import command_button

Page = Callable[[TurnContext, AdminPage, Mapping[str, str]], Reaction]
Action = Callable[[TurnContext, OnAdmin, Mapping[str, str]], Reaction]
_PAGES: Mapping[str, Page] = {**people_pages.PAGES, **pages.PAGES, **deletion.PAGES}
_ACTIONS: Mapping[str, Action] = {**people_pages.ACTIONS, **pages.ACTIONS}


def administer(context: TurnContext, rest: str) -> Reaction:
    """Show the admin's first card or, given a name or an e-mail address, the people who match."""
    return people_pages.found(context, AdminPage(people_pages.PEOPLE), {"who": rest}) if rest else first_card()


def first_card() -> AdminView:
    """Return the card that leads to everything."""
    return AdminView(
        title=Line(say="admin.title"),
        lines=(Line(say="admin.sees_no_content"),),
        sections=(
            _section(
                "admin.people",
                to_page("buttons.people", "people"),
                to_page("buttons.add_person", "add"),
                to_page("buttons.no_app", "no_app"),
                command_button("ersättare", "buttons.deputies"),
            ),
            _section(
                "admin.units_and_cases",
                to_page("buttons.units", "units"),
                command_button("fel nummer", "buttons.wrong_case"),
            ),
            _section(
                "admin.upkeep",
                to_page("buttons.sends", "sends"),
                to_page("buttons.skipped", "skipped"),
                to_page("buttons.log", "log"),
                to_page("buttons.disposal", "disposal"),
                to_page("buttons.settings", "settings"),
            ),
        ),
    )


def _section(title: str, *buttons: Button) -> AdminSection:
    return AdminSection(heading=Line(say=title), buttons=buttons)


def page(context: TurnContext, press: Press[AdminPage]) -> Reaction:
    """Show a page, or the first card in place of a page this release does not know."""
    found = _PAGES.get(press.what.name)
    return found(context, press.what, press.inputs) if found else first_card()


def act(context: TurnContext, press: Press[OnAdmin]) -> Reaction:
    """Do what the button says, or show the first card if this release does not know the action."""
    found = _ACTIONS.get(press.what.act.partition(":")[0])
    return found(context, press.what, press.inputs) if found else first_card()


VERBS = (
    Verb(PAGE, page, AdminPage, keeps=False),
    Verb(ACT, act, OnAdmin),
    Verb(EXPORT, people_pages.export_people, keeps=False),
)
COMMANDS = (Command("administrera", ("admin",), administer, ADMIN),)
