"""What is told at once about linked cases: a question about linking, its answer, and what the other unit did."""

from collections.abc import Iterable, Mapping

from actions.changes import Change
from actions.origin import Origin
from checklists.access import Staff
from checklists.rights import VerbName
from dialogs.messages.tell import tell
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfLink
from dialogs.views.parts import Button, Line
from dialogs.views.views import MenuView, Unnamed
from dialogs.worker.linked_lines import LINK_ANSWERS
from storage import people
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow


def tell_of(session: Session, origin: Origin, case: CaseRow, other: CaseRow, change: Change, actor: str) -> None:
    """Tell the people on `case` what is asked or done about its link to `other`. actor: name of the one who did it."""
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    asked = change.notice == "link_asked"
    if change.notice == "link_refused":
        asker = change.link if staff.may_be_told(case, change.link) else 0
        found: Iterable[int] = () if other.protected_identity else (asker,)
    elif asked:
        found = [case.lead_id or 0, *staff.chefs(case)]
    else:
        found = [*staff.workers(case), *staff.chefs(case)]
    receivers = people.by_ids(session, origin.tenant_id, {one for one in found if staff.is_present(one)})
    for person in receivers:
        if person.id != origin.person_id:
            view = _asks(session, staff, person, case, other, change.link, actor) if asked else None
            view = view or _says(session, staff, person, case, other, str(change.notice), actor)
            tell(session, [person], view, now=origin.now, case=case.id)


def _asks(
    session: Session, staff: Staff, person: PersonRow, case: CaseRow, other: CaseRow, link_id: int, actor: str
) -> MenuView:
    args = {"name": actor, **_args(session, staff, person, case, other)}
    how = Line(say="linked.asks_how")
    bare = Line(say="linked.asks_protected", args=_bare(args))
    return MenuView(
        title=Line(say="linked.asks_title"),
        lines=(Line(say="linked.asks", args=args) if "other" in args else bare, how),
        buttons=tuple(_button("link_say", case, say, OfLink(link_id, 0, said)) for said, say in LINK_ANSWERS),
        unnamed=Unnamed(case=other.id, lines=(bare, how)) if "other" in args else None,
        only_if_hers=True,
    )


def _says(
    session: Session, staff: Staff, person: PersonRow, case: CaseRow, other: CaseRow, notice: str, actor: str
) -> MenuView:
    args = {"name": actor, **_args(session, staff, person, case, other)}
    bare = Line(say=f"linked.told_protected_{notice}", args=_bare(args))
    line = Line(say=f"linked.told_{notice}", args=args) if "other" in args else bare
    unnamed = Unnamed(case=other.id, lines=(bare,)) if "other" in args else None
    if notice == "link_ended":  # by a change to the other case, whose number may no longer exist
        line, unnamed = Line(say="linked.told_link_ended", args={"ref": args["ref"], "unit": args["unit"]}), None
    if notice == "link_refused":  # that a case has protected identity is told to nobody
        unnamed = Unnamed(case=other.id)
    return MenuView(
        title=Line(say="details.about", args={"ref": case.ref}),
        lines=(line,),
        buttons=(_button("linked", case, "buttons.linked"),),
        unnamed=unnamed,
        only_if_hers=True,
    )


def _bare(args: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in args.items() if name != "other"}


def _args(session: Session, staff: Staff, person: PersonRow, case: CaseRow, other: CaseRow) -> dict[str, str]:
    """Return what a message may say of the two cases; of one with protected identity, its unit alone."""
    unit = people.unit_names(session, case.tenant_id)[other.unit_id]
    sees = not other.protected_identity or person.id in staff.workers(other) or staff.reads(other, person.id)
    return {"ref": case.ref, "unit": unit, **({"other": other.ref} if sees else {})}


def _button(verb: VerbName, case: CaseRow, say: str, what: OfLink | None = None) -> Button:
    return Button(title=Line(say=say), claim=claimed(verb, what, case=case.id))
