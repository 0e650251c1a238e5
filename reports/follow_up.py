"""`export --what follow_up`: each follow-up round against the round it follows up, question by question.

Two counts with their 95 % intervals, and one sentence; below twenty cases in either no percentages. The counts are
those of the management view, by the same rule: for a case read by two the first reading counts, and a question whose
cases are all, or nearly all, one worker's has none. Nothing in a row says which case it was, whose, or who read it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checklists.loader import checklist_version
from checklists.rates import Share, wilson
from checklists.round_compare import Compared, compared, in_cases
from reports.figures import decimal, percent, question
from reports.round_results import Results, results
from reports.selected import Selection, tenant_ids
from storage import rounds
from storage.desk import Session
from storage.rounds import RoundRow
from texts import Language, say

COLUMNS = (
    *("round", "baseline", "unit", "checklist", "version", "item", "question", "finding"),
    *("before_ja", "before_of", "before_low", "before_high", "before_pct", "before_low_pct", "before_high_pct"),
    *("after_ja", "after_of", "after_low", "after_high", "after_pct", "after_low_pct", "after_high_pct"),
    *("difference_low_pct", "difference_high_pct", "verdict", "sentence"),
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A closed follow-up round and its baseline, compared.

    hidden: how many questions are not shown, as too few cases or case workers are behind them in one of the rounds.
    gone: how many reviewed cases of the rounds no longer exist.
    """

    row: RoundRow
    baseline: RoundRow
    questions: tuple[Compared, ...]
    hidden: int
    gone: int

    def count(self, verdict: str) -> int:
        """Return the number of questions with this verdict."""
        return sum(one.found.verdict == verdict for one in self.questions)


def follow_up(session: Session, row: RoundRow, unit: str = "") -> FollowUp | None:
    """Return a round compared with the one it follows up, None if there is none or one of them is not closed.

    unit: the name of a unit, to compare its cases alone; empty for all.
    """
    baseline = rounds.if_sound(session, row.tenant_id, row.baseline_id)
    if baseline is None or row.state != "closed" or baseline.state != "closed":
        return None
    checklist = checklist_version(row.checklist, row.version)
    before, after = results(session, baseline), results(session, row)
    questions = compared(checklist, _shares(before, unit), _shares(after, unit))
    hidden = len(checklist.asked["peer_reviewer"]) - len(questions)
    gone = 0 if unit else baseline.done + row.done - before.reviewed - after.reviewed
    return FollowUp(row, baseline, questions, hidden, gone)


def _shares(of: Results, unit: str) -> Mapping[str, Share]:
    """Return the shares management is shown of a round, by question: of all its units, or of one."""
    return next((one.shares for one in of.units if one.name == unit), {}) if unit else of.together


def sentence(one: Compared, language: Language = "sv") -> str:
    """Return the conclusion about a question, as a sentence."""
    return say("rounds.compared_" + one.found.verdict, language, needed=one.found.needed)


def follow_up_rows(session: Session, selection: Selection) -> Iterator[list[str]]:
    """Yield one row per question of each closed follow-up round that opened in the period, by round."""
    for tenant_id in tenant_ids(session, selection):
        for row in reversed(rounds.every(session, tenant_id)):
            is_in = (selection.first or row.opens_on) <= row.opens_on <= (selection.last or row.opens_on)
            found = follow_up(session, row, selection.unit) if is_in else None
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
    ends = [str(end) for end in in_cases(share)]
    shown = [percent(share), *map(decimal, wilson(share))] if with_percent else ["", "", ""]
    return [str(share.k), str(share.n), *ends, *shown]
