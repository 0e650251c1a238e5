"""`export --what follow_up`: each follow-up round against the round it follows up, question by question.

Two counts with their 95 % intervals, and one sentence; below twenty cases in either no percentages. Of a case read by
two the first reading counts; nothing in a row says which case, whose, or who read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checklists.loader import checklist_version
from checklists.rates import Share, wilson
from checklists.round_compare import Compared, compared, in_cases
from reports.figures import decimal, percent, question
from reports.selected import Selection, tenant_ids
from storage import contributions, people, rounds
from storage.desk import Session
from storage.rounds import RoundRow
from texts import Language, say

NOWHERE = -1
"""A unit that this municipality does not have."""
COLUMNS = (
    *("round", "baseline", "unit", "checklist", "version", "item", "question", "finding"),
    *("before_ja", "before_of", "before_low", "before_high", "before_pct", "before_low_pct", "before_high_pct"),
    *("after_ja", "after_of", "after_low", "after_high", "after_pct", "after_low_pct", "after_high_pct"),
    *("difference_low_pct", "difference_high_pct", "verdict", "sentence"),
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A closed follow-up round and its baseline, compared. gone: reviewed cases of them that are not there any more."""

    row: RoundRow
    baseline: RoundRow
    questions: tuple[Compared, ...]
    gone: int

    def count(self, verdict: str) -> int:
        """Return of how many questions this is said."""
        return sum(one.found.verdict == verdict for one in self.questions)


def follow_up(session: Session, row: RoundRow, unit_id: int = 0) -> FollowUp | None:
    """Return a round compared with the one it follows up, None if there is none or one of them is not closed.

    unit_id: of the cases of one unit alone; 0 for all.
    """
    baseline = rounds.get(session, row.tenant_id, row.baseline_id) if row.baseline_id else None
    if baseline is None or row.state != "closed" or baseline.state != "closed":
        return None
    checklist = checklist_version(row.checklist, row.version)
    (before, of_before), (after, of_after) = (_states(session, one, unit_id) for one in (baseline, row))
    gone = 0 if unit_id else baseline.done + row.done - of_before - of_after
    return FollowUp(row, baseline, compared(checklist, before, after), gone)


def _states(session: Session, row: RoundRow, unit_id: int) -> tuple[list[str], int]:
    """Return the states of a round's lists, and of how many cases they are."""
    read = [one for one, case in rounds.read_first(session, row.id) if unit_id in (0, case.unit_id)]
    found = contributions.of_cases(session, sorted({one.case_id for one in read}))
    states = [found[one.case_id, one.id].item_states for one in read]
    return states, len({one.case_id for one in read})


def sentence(one: Compared, language: Language = "sv") -> str:
    """Return what may be said of a question."""
    return say("rounds.compared_" + one.found.verdict, language, needed=one.found.needed)


def follow_up_rows(session: Session, selection: Selection) -> Iterator[list[str]]:
    """Yield one row per question of each closed follow-up round that opened in the period, by round."""
    for tenant_id in tenant_ids(session, selection):
        units = {name: unit_id for unit_id, name in people.unit_names(session, tenant_id).items()}
        for row in reversed(rounds.every(session, tenant_id)):
            is_in = (selection.first or row.opens_on) <= row.opens_on <= (selection.last or row.opens_on)
            here = units.get(selection.unit, NOWHERE) if selection.unit else 0
            found = follow_up(session, row, here) if is_in else None
            if found is not None and selection.checklist in ("", row.checklist):
                yield from _rows(session, found, selection.unit)


def _rows(session: Session, found: FollowUp, unit: str) -> Iterator[list[str]]:
    names = [rounds.name_of(session, one) for one in (found.row, found.baseline)]
    for one in found.questions:
        yield [
            *(*names, unit, found.row.checklist, str(found.row.version), one.item_id),
            *(question(found.row.checklist, one.item_id), " ".join(one.criticism)),
            *_of(one.found.before, with_percent=one.in_percent),
            *_of(one.found.after, with_percent=one.in_percent),
            *(*_ends(one), one.found.verdict, sentence(one)),
        ]


def _ends(one: Compared) -> tuple[str, str]:
    """Return the ends of the difference's interval in percentage points, empty where there are too few cases."""
    found = one.difference
    return (str(found[1]), str(found[2])) if found is not None else ("", "")


def _of(share: Share, *, with_percent: bool) -> list[str]:
    ends = [str(end) for end in in_cases(share)] if share.n else ["", ""]
    shown = [percent(share), *map(decimal, wilson(share))] if with_percent else ["", "", ""]
    return [str(share.k), str(share.n), *ends, *shown]
