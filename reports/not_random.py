"""How many of the reviewers' lists come from rounds of the first decided cases, which are not a random sample."""

from checklists.rates import Share
from reports.selected import Selection, tenant_ids
from storage import people, round_cases, round_lists
from storage.desk import Session


def not_random(session: Session, selection: Selection) -> Share:
    """Return how many of the lists filled in for a round, among those selected, were for one that is not random."""
    wanted, by_method = selection.wanted(), {"first": 0, "random": 0}
    if wanted.role not in ("", round_cases.REVIEWER):
        return Share(0, 0)
    for tenant_id in tenant_ids(session, selection):
        names = people.unit_names(session, tenant_id)
        for row, method in round_lists.by_method(session, tenant_id, wanted.begun_from, wanted.begun_before):
            if wanted.checklist in ("", row.checklist) and wanted.unit in ("", names.get(row.unit_id)):
                by_method[method] += 1
    return Share(by_method["first"], sum(by_method.values()))
