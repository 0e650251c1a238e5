"""What `serve --demo` adds to a database without cases: made-up people, open cases in different states, a past year.

Everything is added by the ordinary imports; cases are sent to the chef, and sent back, by the ordinary actions.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from actions import lists, signing
from actions.basis import written
from actions.changes import Point
from actions.origin import of_person
from checklists.swedish_time import day_of
from imports.answers import ANSWERS
from imports.cases import CASES
from imports.common import Kind, Order
from imports.people import PEOPLE
from imports.steps import import_file
from storage import cases, people, tenants
from storage.desk import Desk, Session
from texts import say
from tryout import examples

CHEF = "cecilia.fiktiv@example.invalid"


def import_people(desk: Desk, file: Path, order: Order) -> None:
    """Import the made-up people."""
    import_file(desk, PEOPLE, file.read_bytes(), order)


def add_examples(desk: Desk, order: Order, told: Callable[[str], None]) -> bool:
    """Import the made-up cases and answers; return False if there are cases already. told: called with each step."""
    today = day_of(order.at)
    if desk.run_now(_has_cases):
        return False
    steps: tuple[tuple[str, Kind, Callable[[date], bytes]], ...] = (
        ("examples.cases", CASES, examples.cases_csv),
        ("examples.answers", ANSWERS, examples.answers_csv),
    )
    for words, kind, file in steps:
        told(say(words, "en"))
        import_file(desk, kind, file(today), order, rest=_never)
    desk.run_now(partial(_send, order=order, refs=examples.sent(today)))
    return True


def _never(_seconds: float) -> None:
    """Do not pause between the steps of an import: nobody else is using the database yet."""


def _has_cases(session: Session) -> bool:
    tenant = tenants.known(session, examples.TENANT)
    units = people.unit_names(session, tenant.id)
    return session.exec(cases.in_units(tenant.id, units).limit(1)).first() is not None


def _send(session: Session, order: Order, refs: tuple[str, str]) -> None:
    """Record that two of the cases were sent to the chef, and that she sent one of them back. Nobody is notified."""
    tenant_id = tenants.known(session, examples.TENANT).id
    chef = people.by_email(session, tenant_id, CHEF)
    for ref in refs:
        case = cases.find(session, tenant_id, ref)
        if case is None or chef is None or case.lead_id is None:
            raise LookupError(ref)
        moment = order.at - timedelta(days=2)
        lists.send(session, of_person(tenant_id, case.lead_id, moment), written(session, case))
        if ref == refs[-1]:
            worker = written(session, case)
            points = [
                Point(sheet.filled.id, sheet.filled.child, gap.id, sheet.rows[gap.id].revision)
                for sheet, gap in worker.all_gaps()
            ]
            back = of_person(tenant_id, chef.id, moment + timedelta(hours=2))
            signing.send_back(session, back, worker, say("examples.comment", "sv"), points, "")
