"""The people who run a round, and those who are told when a reviewer raises a case."""

from datetime import date, datetime, timedelta

from checklists.access import Staff
from storage import people, round_ties
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow
from storage.rounds import RoundRow

RUNS = ("manager", "unit_manager", "deputy")


def year_ago(now: datetime) -> datetime:
    """Return the moment from which calibrations and double readings are pooled."""
    return now - timedelta(days=365)


def managers_of(session: Session, row: RoundRow, today: date) -> list[PersonRow]:
    """Return the person who made a round or, once she no longer runs rounds, the organisation's managers."""
    held = people.holdings_on(session, row.tenant_id, today)
    if any(one.person_id == row.made_by and one.role in RUNS for one in held):
        return people.by_ids(session, row.tenant_id, [row.made_by])
    return people.by_ids(session, row.tenant_id, Staff(held).managers())


def untied_chefs(session: Session, case: CaseRow, today: date) -> list[PersonRow]:
    """Return the chefs and deputies of a case's unit, without those who have a tie to the case."""
    held = people.holdings_on(session, case.tenant_id, today)
    ties = round_ties.ties(session, [case.id]).get(case.id, set())
    here = [one.person_id for one in held if one.unit_id == case.unit_id and one.role in ("unit_manager", "deputy")]
    return people.by_ids(session, case.tenant_id, [one for one in dict.fromkeys(here) if one not in ties])
