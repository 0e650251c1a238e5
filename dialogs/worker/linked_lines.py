"""The lines about a linked case: its reference and unit, and what was assessed together; see `linked_cases`."""

from collections.abc import Iterable, Sequence

from checklists import access
from checklists.access import Held
from checklists.rights import LIST_HOLDER, Right
from dialogs.views.parts import Line
from storage import case_links, people
from storage.case_links import CaseLinkRow, JointRow
from storage.cases import CHILD_CASE, CaseRow
from storage.desk import Session

_SEES = Right("details", "case", LIST_HOLDER)
LINK_ANSWERS = (("ja", "buttons.link_yes"), ("nej", "buttons.link_no"))
"""The answers to the question whether two cases may be linked, each with its button title."""
_MOST = 3
"""The most joint assessments shown on a card, latest first; the case's extract has all of them."""


def named(session: Session, held: Iterable[Held], other: CaseRow) -> Line:
    """Return how the other case is named to a person: by unit alone if it is protected and she may not open it.

    held: the roles of the person.
    """
    unit = people.unit_names(session, other.tenant_id)[other.unit_id]
    if other.protected_identity and not access.may_use(_SEES, held, other):
        return Line(say="linked.protected", args={"unit": unit})
    return Line(say="linked.case", args={"ref": other.ref, "unit": unit})


def joint_rows(session: Session, row: CaseLinkRow) -> Sequence[JointRow]:
    """Return the latest joint assessments, as `joint_lines` names them."""
    return case_links.joint(session, row.adult_case_id, row.child_case_id)[:_MOST]


def joint_lines(session: Session, row: CaseLinkRow) -> tuple[Line, ...]:
    """Return one line for each of the latest joint assessments, or that there is none."""
    found = joint_rows(session, row)
    names = people.names_of(session, row.tenant_id, {one for each in found for one in (each.by_id, each.with_id)})
    lines = (
        Line(
            say="linked.joint",
            args={"date": one.day.isoformat(), "name": names.get(one.by_id, ""), "other": names.get(one.with_id, "")},
        )
        for one in found
    )
    return tuple(lines) or (Line(say="linked.no_joint"),)


def linked_lines(session: Session, held: Iterable[Held], case: CaseRow) -> tuple[Line, ...]:
    """Return the lines in a case's details about the cases it is linked to."""
    roles, links = tuple(held), case_links.of_case(session, case.id)
    if not links and case.case_type != CHILD_CASE and case.children:
        return (Line(say="linked.children_beside"),)
    return tuple(line for row, other in links for line in (named(session, roles, other), *joint_lines(session, row)))
