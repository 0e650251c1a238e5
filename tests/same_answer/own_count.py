"""The figures of a made-up town, counted by hand: nothing here asks the product for a rule.

What was put in is kept as plain values; every number of every surface follows from it by the words of the contract:
which questions apply, what an answer counts as, what is a gap, when a clock ran out, how a share is rounded. The two
checklists are written out again, as their readers understand them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt

INFORMED = tuple(f"child_informed_{what}" for what in ("report", "investigation", "intervention", "decision"))
BASIS = (
    *("child_heard", "child_not_heard_motivated", *INFORMED, "communication_boxes_filled"),
    *("child_not_communicated_motivated", "police_report_decided", "police_report_motivated", "health_check_done"),
    "further_violence_risk_assessed",
)
INTAKE = (
    *("protection_assessment_made", "protection_assessment_before_prelim", "protection_assessment_date_shown"),
    *("protection_assessment_signed", "violence_suspected", "investigation_opened_at_once", "witnessing_documented"),
    *("report_meeting_offered", "decision_within_14_days", "delay_reason_documented"),
    "child_best_interests_documented",
)
QUESTIONS = {"decision_basis": BASIS, "intake": INTAKE}
MORE_THAN_YES_AND_NO = {
    "child_informed_intervention": ("pagaende", "ej_tillampligt"),
    "child_informed_decision": ("pagaende",),
    "police_report_decided": ("ej_tillampligt",),
    "health_check_done": ("pagaende",),
    "report_meeting_offered": ("ej_tillampligt",),
    "decision_within_14_days": ("ej_tillampligt",),
}
AFTER = {  # the question is put when the one before it was answered so
    "child_not_heard_motivated": ("child_heard", "nej"),
    "police_report_motivated": ("police_report_decided", "ja"),
    "protection_assessment_before_prelim": ("protection_assessment_made", "ja"),
    "protection_assessment_date_shown": ("protection_assessment_made", "ja"),
    "protection_assessment_signed": ("protection_assessment_made", "ja"),
    "investigation_opened_at_once": ("violence_suspected", "ja"),
    "witnessing_documented": ("violence_suspected", "ja"),
    "delay_reason_documented": ("decision_within_14_days", "nej"),
}
ON_FACT = {
    "child_not_communicated_motivated": ("child_communicated", "nej"),
    "health_check_done": ("child_placed", "ja"),
    "further_violence_risk_assessed": ("violence", "ja"),
}
NOT_APPLICABLE_IF_NO = {"child_informed_intervention": "intervention_decided", "police_report_decided": "violence"}
ASKS_FOR_A_REASON = {*INFORMED, "report_meeting_offered"}
NO_IS_NO_GAP = {"child_heard", *INTAKE}
FACTS = ("violence", "child_placed", "intervention_decided", "child_communicated")
OF_CHILD = ("child_placed", "child_communicated")
STEP = {
    **dict.fromkeys(("child_heard", "child_informed_report", "child_informed_investigation"), "utredning"),
    **dict.fromkeys(("further_violence_risk_assessed", "investigation_opened_at_once"), "utredning"),
    **dict.fromkeys(("child_informed_intervention", "child_informed_decision"), "beslut"),
    **dict.fromkeys(("police_report_decided", "police_report_motivated"), "beslut"),
    **dict.fromkeys(("child_not_heard_motivated", "communication_boxes_filled"), "dokumentation"),
    **dict.fromkeys(("child_not_communicated_motivated", "protection_assessment_date_shown"), "dokumentation"),
    **dict.fromkeys(("protection_assessment_signed", "witnessing_documented"), "dokumentation"),
    "child_best_interests_documented": "dokumentation",
    "health_check_done": "uppfoljning",
    "violence_suspected": "orosanmalan",
    **dict.fromkeys(("protection_assessment_made", "protection_assessment_before_prelim"), "skyddsbedomning"),
    **dict.fromkeys(("report_meeting_offered", "decision_within_14_days"), "forhandsbedomning"),
    "delay_reason_documented": "forhandsbedomning",
}
STEPS = (
    *("orosanmalan", "skyddsbedomning", "forhandsbedomning", "utredning", "dokumentation", "beslut", "uppfoljning"),
    "egenkontroll",
)
FINDINGS = {  # what the authority found, and the questions that ask for it
    "B2": (*BASIS[:7], "child_not_communicated_motivated"),
    "B3": ("further_violence_risk_assessed",),
    "B4": ("police_report_decided", "police_report_motivated"),
    "N1": ("report_meeting_offered",),
    "N2": ("protection_assessment_made", "protection_assessment_before_prelim"),
    "N3": ("violence_suspected", "investigation_opened_at_once", "witnessing_documented"),
    "N4": ("decision_within_14_days", "delay_reason_documented"),
    "N5": ("child_best_interests_documented",),
    "N6": ("protection_assessment_date_shown",),
    "N7": ("protection_assessment_signed",),
}
COUNTED = ("ja", "nej", "nej_motiverat", "delvis", "pagaende", "fritext", "ej_tillampligt", "obesvarad")
ANSWERS = ("ja", "nej", "delvis", "pagaende", "fritext")

# Swedish holidays and the eves that are treated alike, as printed in an almanac.
FREE = {
    *("2024-12-24", "2024-12-25", "2024-12-26", "2024-12-31", "2025-01-01", "2025-01-06", "2025-04-18", "2025-04-21"),
    *("2025-05-01", "2025-05-29", "2025-06-06", "2025-06-20", "2025-12-24", "2025-12-25", "2025-12-26", "2025-12-31"),
    *("2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-06-19"),
}


@dataclass
class Said:
    """One answer. choice: as a file or a person gave it. text, place: where its motivation stands, if it has one.

    concludes: what was ongoing when the chef read it has come to this since, and the signature stands.
    """

    choice: str
    text: bool = False
    place: bool = False
    note: bool = False
    concludes: bool = False


@dataclass
class Filled:
    """One list. read_after: days from sending to the end of its reading. seen: a chef's, read to the end.

    sent, returned, voided: this list ever was, with the others of its case that there were then. signed: it is now.
    """

    checklist: str
    role: str
    child: int
    begun: date
    said: dict[str, Said] = field(default_factory=dict)
    sent: bool = False
    signed: str = ""
    returned: bool = False
    voided: bool = False
    read_after: int | None = None
    seen: bool = False


@dataclass
class Case:
    """One case. facts: by name and child, 0 for the whole case. extended: clock to (decided, until), on lawful grounds.

    closed: the dates of each investigation that was closed before the present one, oldest first. later: when another
    report came in, after the opening.
    is_listed: it is neither protected nor disposed of. It is counted all the same.
    """

    ref: str
    unit: str
    children: int = 1
    dates: dict[str, date] = field(default_factory=dict)
    facts: dict[tuple[str, int], str] = field(default_factory=dict)
    lists: list[Filled] = field(default_factory=list)
    extended: dict[str, tuple[date, date]] = field(default_factory=dict)
    closed: list[dict[str, date]] = field(default_factory=list)
    later: date | None = None
    is_adult: bool = False
    is_listed: bool = True

    def investigations(self) -> list[tuple[dict[str, date], list[date]]]:
        """Return the dates of each investigation, and the days when the decision bases it has were begun."""
        bases = [one.begun for one in self.lists if (one.role, one.checklist) == ("case_worker", "decision_basis")]
        every = [*self.closed, self.dates]
        starts = [min(day for name in ("received_on", "opened_on") if (day := one.get(name))) for one in every[1:]]
        return [
            (one, [day for day in bases if next_one is None or day < next_one])
            for one, next_one in zip(every, [*starts, None], strict=True)
        ]

    def fact(self, name: str, child: int) -> str:
        return self.facts.get((name, child if name in OF_CHILD else 0), "")


# --- one list --------------------------------------------------------------------------------------------------------


def states(case: Case, one: Filled) -> dict[str, str]:
    """Return what every question of a list counts as."""
    found: dict[str, str] = {}
    for item in QUESTIONS[one.checklist]:
        said, applies = one.said.get(item), "yes"
        if item in AFTER:
            before, wanted = AFTER[item]
            applies = "yes" if found[before] == wanted else "no"
        if item in ON_FACT:
            name, wanted = ON_FACT[item]
            known = case.fact(name, one.child)
            applies = "unknown" if not known else "yes" if known == wanted else "no"
        if applies == "no":
            found[item] = "ej_tillampligt"
        elif said is None or (said.choice == "ej_tillampligt" and _is_denied(case, one, item)):
            found[item] = "obesvarad"
        elif said.choice in ("ja", "nej", *MORE_THAN_YES_AND_NO.get(item, ())):
            found[item] = said.choice
        else:
            conditional = item in AFTER or item in ON_FACT
            takes_et = said.choice == "ej_tillampligt" and conditional and applies == "unknown"
            found[item] = "ej_tillampligt" if takes_et else "fritext"
    return found


def waits(case: Case, one: Filled) -> set[str]:
    """Return the questions that nobody answered because it is not known whether they apply."""
    return {
        item
        for item, (name, _) in ON_FACT.items()
        if item in QUESTIONS[one.checklist] and item not in one.said and not case.fact(name, one.child)
    }


def _is_denied(case: Case, one: Filled, item: str) -> bool:
    """The facts say that E/T is no answer to this question."""
    name = NOT_APPLICABLE_IF_NO.get(item)
    return name is not None and case.fact(name, one.child) == "ja"


def figures(case: Case, one: Filled) -> dict[str, Counter[str]]:
    """Return what every question of a list is counted in."""
    found: dict[str, Counter[str]] = {}
    counted = states(case, one)
    for item, state in counted.items():
        of, said = Counter({state: 1}), one.said.get(item, Said(""))
        reason = item == "child_heard" and counted["child_not_heard_motivated"] == "ja"
        if state == "nej" and (said.text or said.place or reason):
            of["nej_motiverat"] += 1
        if state == "ja" and said.note:
            of["ja_med_forbehall"] += 1
        if (state == "ja" or of["nej_motiverat"]) and said.text and not said.place:
            of["endast_i_boten"] += 1
        found[item] = of
    return found


def is_complete(case: Case, one: Filled) -> bool:
    """Nothing is missing: all facts are known, and each question that applies has an answer that is no gap."""
    if one.checklist == "decision_basis" and not all(case.fact(name, one.child) for name in FACTS):
        return False
    for item, state in states(case, one).items():
        said = one.said.get(item, Said(""))
        if state == "obesvarad":
            return False
        if state == "nej" and item in ASKS_FOR_A_REASON and not (said.text or said.place):
            return False
        if state == "nej" and item not in ASKS_FOR_A_REASON | NO_IS_NO_GAP:
            return False
        if item == "delay_reason_documented" and state == "ja":
            return False  # which kind of reason is never told in this town
    return True


# --- sums ------------------------------------------------------------------------------------------------------------


@dataclass
class Town:
    """All that was put in, on a day."""

    cases: list[Case]
    today: date

    def units(self) -> list[str]:
        """Unit names in Swedish order: å, ä, ö last."""
        place = {letter: chr(ord("z") + at) for at, letter in enumerate("åäö", start=1)}
        return sorted({case.unit for case in self.cases}, key=lambda name: [place.get(c, c) for c in name.casefold()])

    def lists(
        self, first: date, last: date, unit: str = "", role: str = "case_worker", checklist: str = "decision_basis"
    ) -> list[tuple[Case, Filled]]:
        return [
            (case, one)
            for case in self.cases
            for one in case.lists
            if first <= one.begun <= last and unit in ("", case.unit) and (one.role, one.checklist) == (role, checklist)
        ]

    def questions(
        self, first: date, last: date, unit: str = "", role: str = "case_worker", checklist: str = "decision_basis"
    ) -> dict[str, Counter[str]]:
        """Return the counts of every question that any list contains, in list order."""
        found: dict[str, Counter[str]] = {}
        lists = self.lists(first, last, unit, role, checklist)
        for item in QUESTIONS[checklist] if lists else ():
            found[item] = Counter()
            for case, one in lists:
                found[item].update(figures(case, one)[item])
        return found

    def whole(
        self, first: date, last: date, unit: str = "", role: str = "case_worker", checklist: str = "decision_basis"
    ) -> Counter[str]:
        """Return the counts of whole lists, and of cases on the workers' decision basis."""
        found: Counter[str] = Counter()
        for case, one in self.lists(first, last, unit, role, checklist):
            found["begun"] += 1
            found["complete"] += is_complete(case, one)
            found["sent"] += one.sent
            found["signed"] += bool(one.signed)
            found["signed_with_shortfall"] += one.signed == "shortfall"
            found["returned"] += one.returned
            found["voided"] += one.voided
        if (role, checklist) != ("case_worker", "decision_basis"):
            return found
        for case in self.of(unit):
            for dates, bases in case.investigations():
                decided, opened, closed = map(dates.get, ("decided_on", "opened_on", "closed_on"))
                due = decided or dates.get("planned_decision_on")
                if due and first <= due <= last and not (not decided and closed and closed < due):
                    found["due"] += 1
                    found["without_checklist"] += not bases
                    found["decided"] += bool(decided)
                    found["decided_without"] += bool(decided) and not bases
                if decided and opened and first <= decided <= last and (decided - opened).days > 10:
                    found["use_known"] += 1
                    found["begun_early"] += bool(bases) and (decided - min(bases)).days >= 3
        return found

    def of(self, unit: str = "") -> Iterator[Case]:
        return (case for case in self.cases if unit in ("", case.unit) and not case.is_adult)

    def times(self, first: date, last: date, unit: str = "") -> dict[str, tuple[Counter[str], list[int]]]:
        """Return each clock's outcomes, and the days of those that have ended, if it began in the period."""
        found: dict[str, tuple[Counter[str], list[int]]] = {
            name: (Counter(), []) for name in ("14d", "at_once", "4m", "opened_to_assigned", "decided_to_started")
        }
        for case in self.of(unit):
            for dates, _ in case.investigations():
                for name, began, outcome, days in self._clocks(case, dates):
                    if first <= began <= last:
                        found[name][0][outcome] += 1
                        found[name][1].extend([] if days is None else [days])
        return found

    def _clocks(self, case: Case, dates: dict[str, date]) -> Iterator[tuple[str, date, str, int | None]]:
        at = dates.get
        if dates is case.dates and case.later and (ended := at("decided_on")) and case.later > ended:
            limit = case.later + timedelta(days=14)
            extended = case.extended.get("14d")
            yield "14d", case.later, *self._ended(case.later, limit, extended, at("closed_on"))
        received, opened, closed, decided = at("received_on"), at("opened_on"), at("closed_on"), at("decided_on")
        if received:
            stops = [day for day in (opened, closed) if day and day >= received]
            stop = min(stops, default=None)
            if case.fact("violence", 0) == "ja":
                yield "at_once", received, *self._ended(received, _next_workday(received), None, stop)
            else:
                limit = received + timedelta(days=14)
                yield "14d", received, *self._ended(received, limit, case.extended.get("14d"), stop)
        if opened:
            limit = _four_months_on(opened)
            yield "4m", opened, *self._ended(opened, limit, case.extended.get("4m"), decided or closed)
            if assigned := at("assigned_on"):
                yield "opened_to_assigned", opened, "", max(0, (assigned - opened).days)
        if decided and (started := at("started_on")):
            yield "decided_to_started", decided, "", max(0, (started - decided).days)

    def _ended(
        self, began: date, limit: date, extended: tuple[date, date] | None, stop: date | None
    ) -> tuple[str, int | None]:
        last = limit
        if extended and began <= extended[0] <= limit:
            last = max(limit, extended[1])
        if stop is None:
            return ("open_late" if self.today > last else "open_within"), None
        days = (stop - began).days
        return ("within" if stop <= limit else "extended" if stop <= last else "late"), days

    def reading(self, first: date, last: date, unit: str = "") -> list[int]:
        """Return the days from sending to reading of the lists begun in the period."""
        return [one.read_after for _, one in self.lists(first, last, unit) if one.read_after is not None]

    def agreed(self, first: date, last: date, unit: str = "") -> dict[str, tuple[int, int]]:
        """Return per question how often chef and worker said the same, of where both said something, on one list.

        What was concluded after the signature was ongoing when they said it.
        """
        found: dict[str, list[bool]] = {item: [] for item in BASIS}
        for case, chefs in self.lists(first, last, unit, "unit_manager"):
            if not chefs.seen:
                continue
            kind = (chefs.checklist, "case_worker", chefs.child)
            [workers] = [one for one in case.lists if (one.checklist, one.role, one.child) == kind]
            mine, hers = states(case, workers), states(case, chefs)
            mine |= {item: "pagaende" for item, said in workers.said.items() if said.concludes}
            for item in BASIS:
                both = {mine[item], hers[item]}
                if "obesvarad" not in both and both != {"ej_tillampligt"}:
                    found[item].append(len(both) == 1)
        return {item: (sum(same), len(same)) for item, same in found.items() if same}

    def headline(self, first: date, last: date, unit: str = "") -> list[str]:
        """Return the questions that a headline may name: mostly known to apply, and none ongoing that may still be."""
        found = self.questions(first, last, unit)
        waiting: Counter[str] = Counter()
        ongoing: set[str] = set()
        for case, one in self.lists(first, last, unit):
            waiting.update(waits(case, one))
            due = max((day for dates, _ in case.investigations() if (day := dates.get("decided_on"))), default=None)
            for _ in range(5 if due else 0):
                due = _next_workday(due or self.today)
            if due is None or due >= self.today:
                ongoing |= {item for item, state in states(case, one).items() if state == "pagaende"}
        return [
            item
            for item, counts in found.items()
            if (n := applies(counts)) and item not in ongoing and 2 * waiting[item] < n
        ]

    def by_month(self, first: date, last: date, unit: str = "") -> dict[date, tuple[int, int]]:
        """Return the complete of the begun lists per calendar month."""
        found: dict[date, tuple[int, int]] = {}
        for case, one in self.lists(first, last, unit):
            k, n = found.get(one.begun.replace(day=1), (0, 0))
            found[one.begun.replace(day=1)] = (k + is_complete(case, one), n + 1)
        return found


def applies(counts: Counter[str]) -> int:
    """Return how many lists a question applied to."""
    return sum(counts[code] for code in (*ANSWERS, "obesvarad"))


def _next_workday(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4 or str(day) in FREE:
        day += timedelta(days=1)
    return day


def _four_months_on(day: date) -> date:
    number = day.year * 12 + day.month - 1 + 4
    for length in (day.day, 30, 29, 28):
        try:
            return date(number // 12, number % 12 + 1, min(length, day.day))
        except ValueError:
            continue
    raise AssertionError(day)


# --- numbers ---------------------------------------------------------------------------------------------------------


def per_cent(k: int, n: int) -> str:
    """Return a share with one decimal, half up; 100,0 of all alone and 0,0 of none."""
    return _decimal(Fraction(k, n)) if n else ""


def _decimal(part: Fraction) -> str:
    tenths = int(part * 1000 + Fraction(1, 2))
    if 0 < part < 1:
        tenths = min(999, max(1, tenths))
    return f"{tenths // 10},{tenths % 10}"


def interval(k: int, n: int) -> tuple[str, str]:
    """Return the ends of the 95 % Wilson interval."""
    low, high = ends(k, n)
    return (
        _decimal(Fraction(0) if k == 0 else Fraction(low)),
        _decimal(Fraction(1) if k == n else Fraction(high)),
    )


def ends(k: int, n: int) -> tuple[float, float]:
    """Return the roots of (p - q)² = z² q (1 - q) / n."""
    z2 = 1.959963984540054**2
    a, b, c = n + z2, -(2 * k + z2), k * k / n
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def differs(before: tuple[int, int], after: tuple[int, int]) -> int:
    """Return 1 or -1 if a share has risen or fallen beyond chance (Newcombe's interval without zero in it), else 0.

    Of fewer than five cases nothing is said.
    """
    if before[1] < 5 or after[1] < 5:
        return 0
    p1, p2 = before[0] / before[1], after[0] / after[1]
    (low1, high1), (low2, high2) = ends(*before), ends(*after)
    if p2 - p1 - sqrt((p2 - low2) ** 2 + (high1 - p1) ** 2) > 0:
        return 1
    return -1 if p2 - p1 + sqrt((high2 - p2) ** 2 + (p1 - low1) ** 2) < 0 else 0


def middle(days: Iterable[int]) -> str:
    """Return the median with a decimal comma, "" of nothing."""
    line = sorted(days)
    if not line:
        return ""
    twice = line[(len(line) - 1) // 2] + line[len(line) // 2]
    return str(twice // 2) if twice % 2 == 0 else f"{twice // 2},5"
