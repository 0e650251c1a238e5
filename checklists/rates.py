"""What one filled-in list or case contributes to the figures, and the statistics of a share.

A list contributes one character per item of its version. That is small enough to store beside the list, so that
exactly what it contributed can be subtracted when an answer or a fact changes.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

from checklists.case_dates import CaseDates
from checklists.deadlines import Extension, assessments, investigation, spans
from checklists.model import Checklist, Item, Role
from checklists.rules import Applied
from checklists.workdays import Workdays

NOT_ASKED = "-"
ONLY_HERE = "endast_i_boten"
"""The figure of motivations that are a text in the bot alone, counted on the question that holds the text."""
FIGURES_OF = {
    "j": ("ja",),
    "J": ("ja", "ja_med_forbehall"),
    "n": ("nej",),
    "N": ("nej", "nej_motiverat"),
    "b": ("ja", ONLY_HERE),
    "B": ("ja", "ja_med_forbehall", ONLY_HERE),
    "M": ("nej", "nej_motiverat", ONLY_HERE),
    "d": ("delvis",),
    "p": ("pagaende",),
    "f": ("fritext",),
    "e": ("ej_tillampligt",),
    "o": ("obesvarad",),
}
"""The figures that an item is counted in, by the one-character state of the item."""
_STATE_OF = {codes[0]: state for state, codes in FIGURES_OF.items() if len(codes) == 1}
ANSWERED = ("ja", "nej", "delvis", "pagaende", "fritext")
MOTIVATED = ("text", "reference")


def item_states(applied: Applied, role: Role) -> str:
    """Return the state of every item of the version, one character each in list order; `-` if not asked of the role."""
    asked = {item.id for item in applied.checklist.asked[role]}
    return "".join(_state(applied, item) if item.id in asked else NOT_ASKED for item in applied.checklist.items)


def _state(applied: Applied, item: Item) -> str:
    figure = applied.state(item.id)
    if figure == "ja":
        answer = applied.answers[item.id]
        return {(False, False): "j", (True, False): "J", (False, True): "b", (True, True): "B"}[
            answer.noted, answer.only_here
        ]
    if figure == "nej" and _is_motivated(applied, item):
        return "M" if applied.answers[item.id].only_here else "N"
    return _STATE_OF[figure]


def _is_motivated(applied: Applied, item: Item) -> bool:
    """Return whether a `nej` is motivated: in its own row, or by `ja` to the item that asks for the motivation."""
    sibling = applied.checklist.siblings.get(item.id)
    own = applied.answers[item.id].motivation in MOTIVATED
    return own or (sibling is not None and applied.state(sibling.id) == "ja")


def item_figures(checklist: Checklist, states: str) -> Iterator[tuple[str, str]]:
    """Yield (item id, figure) for everything that a list's item states are counted in."""
    for item, state in zip(checklist.items, states, strict=True):
        for code in FIGURES_OF.get(state, ()):
            yield item.id, code


# --- cases -----------------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """One contribution of a case or a list. value: a number of days or a date, 0 where the code needs none.

    day: the day whose period it is counted in.
    """

    code: str
    value: int
    day: date


EARLY_DAYS, SHORT_DAYS = 3, 10
"""A list is in use if it was begun at least the first number of days before the decision; a case that was decided
within the second number of days of opening is left out. Both are our reading."""


def case_marks(
    dates: CaseDates, extensions: Iterable[Extension], workdays: Workdays, basis_begun: date | None
) -> Iterator[Mark]:
    """Yield the contributions of one investigation of a case about a child; a case about an adult has none.

    basis_begun: the day its first decision basis was begun, None if it has none.

    `due`, and `without` if the case has no decision basis: on the day of the decision (value 1), else on the planned
    day (value 0), unless the case was closed before it. `in_use` for a decided case that ran long enough: value 1 if
    the basis was begun in good time. One per clock, on the day it began: `CLOCK_within`, `CLOCK_extended` or
    `CLOCK_late` with the number of days it ran, or `CLOCK_open` with its last day as an ordinal, because whether that
    has passed depends on the day of reading. One per span, named after it, on the day it began, with its number of
    days.
    """
    if not dates.about_child:
        return
    due = dates.decided_on or dates.planned_decision_on
    if due and not (dates.decided_on is None and dates.closed_on and dates.closed_on < due):
        decided = int(dates.decided_on is not None)
        yield Mark("due", decided, due)
        if basis_begun is None:
            yield Mark("without", decided, due)
    if dates.opened_on and dates.decided_on and (dates.decided_on - dates.opened_on).days > SHORT_DAYS:
        early = basis_begun is not None and (dates.decided_on - basis_begun).days >= EARLY_DAYS
        yield Mark("in_use", int(early), dates.decided_on)
    for clock in (*assessments(dates, extensions, workdays), investigation(dates, extensions)):
        if clock is None:
            continue
        if clock.stopped_on is None:
            yield Mark(f"{clock.limit}_open", clock.last_day.toordinal(), clock.began)
        else:
            yield Mark(f"{clock.limit}_{clock.ended}", clock.days_used(clock.stopped_on), clock.began)
    for span in spans(dates):
        yield Mark(span.name, span.days, span.began)


# --- marks on one question of a list: their code is `CODE.PLACE`, the place of the item in its version ---------------

AGREES, DIFFERS, WAITING, PENDING = "lika", "olika", "vantar", "ej_an"
FOLLOW_UP_DAYS = 5
NEVER_DUE = date.max.toordinal()


def agreement_marks(states: str, others: str, begun: date) -> Iterator[Mark]:
    """Yield `lika` or `olika` for each question of a chef's list that the worker of the same list answered too.

    others: the worker's item states; in another version nothing is compared. What applied to neither, or was left open
    by one, is not compared.
    """
    if len(states) != len(others):
        return
    for place, (state, other) in enumerate(zip(states, others, strict=True)):
        if not {state, other} & {NOT_ASKED, "o"} and not state == other == "e":
            same = FIGURES_OF[state][0] == FIGURES_OF[other][0]
            yield _on_item(place, AGREES if same else DIFFERS, 0, begun)


def as_signed(checklist: Checklist, states: str, concluded: Collection[str]) -> str:
    """Return a worker's item states as the chef read them: what was concluded as a follow-up was under way then."""
    if not concluded:
        return states
    pairs = zip(checklist.items, states, strict=True)
    return "".join("p" if item.id in concluded else state for item, state in pairs)


def open_marks(applied: Applied, states: str, decided: date | None, workdays: Workdays, begun: date) -> Iterator[Mark]:
    """Yield what is not due yet in a worker's list: `vantar` for what waits for a fact, `ej_an` for `pagaende`.

    The value of `ej_an` is the last day (as an ordinal) on which it is not due: it is asked for again FOLLOW_UP_DAYS
    working days after the decision, and before a decision it is not due at all.
    """
    last = workdays.after(decided, FOLLOW_UP_DAYS).toordinal() if decided else NEVER_DUE
    for place, (item, state) in enumerate(zip(applied.checklist.items, states, strict=True)):
        if state == "p":
            yield _on_item(place, PENDING, last, begun)
        elif state == "o" and applied.waits(item.id):
            yield _on_item(place, WAITING, 0, begun)


def _on_item(place: int, code: str, value: int, day: date) -> Mark:
    return Mark(f"{code}.{place}", value, day)


def item_of_mark(checklist: Checklist, code: str) -> tuple[str, str]:
    """Return (item id, code) of a mark on a question; ("", code) for one of a whole list."""
    name, dot, place = code.partition(".")
    return (checklist.items[int(place)].id, name) if dot else ("", code)


# --- shares ----------------------------------------------------------------------------------------------------------

_Z = NormalDist().inv_cdf(0.975)
_POWER = NormalDist().inv_cdf(0.8)


@dataclass(frozen=True, slots=True)
class Share:
    """A share: k of n, such as lists with Ja of lists the question applied to."""

    k: int
    n: int

    @property
    def part(self) -> float:
        """The share as a number from 0 to 1. Raises: ZeroDivisionError: n is 0."""
        return self.k / self.n

    @property
    def tenths(self) -> int:
        """The share in tenths of a per cent: half up, as a spreadsheet rounds; 1000 only for all, 0 only for none.

        Raises: ZeroDivisionError: n is 0.
        """
        found = (2000 * self.k + self.n) // (2 * self.n)
        return found if self.k in (0, self.n) else min(max(found, 1), 999)


def tenths_of(part: float) -> int:
    """Return a proportion (0–1) that is not a count of cases in tenths of a per cent, rounded as `Share.tenths`."""
    found = int(Decimal(repr(part)).scaleb(3).to_integral_value(ROUND_HALF_UP))
    return found if part in (0.0, 1.0) else min(max(found, 1), 999)


def wilson(share: Share) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share, both ends within 0–1.

    Raises: ZeroDivisionError: n is 0. Source: Wilson 1927; 5 of 5 gives 57–100 %.
    """
    part, n = share.part, share.n
    spread = _Z * sqrt(part * (1 - part) / n + _Z * _Z / (4 * n * n))
    middle, scale = part + _Z * _Z / (2 * n), 1 + _Z * _Z / n
    # At 0 of n and n of n one end is the share itself, which floating point would miss slightly.
    return max(0.0, min(part, (middle - spread) / scale)), min(1.0, max(part, (middle + spread) / scale))


Verdict = Literal["no_figures", "same", "too_few", "better", "worse", "other_version"]
"""The outcome of a comparison. `other_version`: the questions changed in between, so the shares are not comparable."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of comparing two shares. needed: cases per period that would show this difference; 0: unknown."""

    verdict: Verdict
    before: Share
    after: Share
    needed: int = 0


LEAST_TO_CLAIM = 5
"""With fewer cases on either side, no difference is claimed: chance can turn none of one into all of seven."""


def compare(before: Share, after: Share) -> Comparison:
    """Compare two independent shares, of periods or of rounds.

    A difference is claimed only of enough cases, and if Newcombe's 95 % interval for it, built from the two Wilson
    intervals, excludes zero; otherwise the verdict is `too_few`, with the number of cases that each side would need.
    """
    if not before.n or not after.n:
        return Comparison("no_figures", before, after)
    if before.k * after.n == after.k * before.n:
        return Comparison("same", before, after)
    low, high = difference(before, after)
    if min(before.n, after.n) < LEAST_TO_CLAIM or low <= 0 <= high:
        return Comparison("too_few", before, after, max(needed(before.part, after.part), LEAST_TO_CLAIM))
    return Comparison("better" if low > 0 else "worse", before, after)


def difference(before: Share, after: Share) -> tuple[float, float]:
    """Return Newcombe's 95 % interval for the difference between two independent shares, from -1 to 1.

    Raises: ZeroDivisionError: n of either is 0. Source: Newcombe 1998, method 10.
    """
    (low1, high1), (low2, high2) = wilson(before), wilson(after)
    middle = after.part - before.part
    low = middle - sqrt((after.part - low2) ** 2 + (high1 - before.part) ** 2)
    return low, middle + sqrt((high2 - after.part) ** 2 + (before.part - low1) ** 2)


def needed(before: float, after: float) -> int:
    """Return how many cases per period it takes to show a difference between two shares (0–1); 0 if they are equal.

    Normal approximation, two-sided 5 % significance, 80 % power: 0.6 against 0.8 takes 82.
    """
    if before == after:
        return 0
    middle = (before + after) / 2
    alike = _Z * sqrt(2 * middle * (1 - middle))
    apart = _POWER * sqrt(before * (1 - before) + after * (1 - after))
    return ceil(((alike + apart) / (after - before)) ** 2)


def median(counts: dict[int, int]) -> float | None:
    """Return the median of a frequency table (value to count); None if it is empty."""
    total = sum(counts.values())
    if not total:
        return None
    places, passed, found = ((total - 1) // 2, total // 2), 0, []
    for value in sorted(counts):
        found += [value for place in places if passed <= place < passed + counts[value]]
        passed += counts[value]
    return sum(found) / 2
