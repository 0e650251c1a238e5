"""Which reminders a case calls for on a day, and to whom, by the contract, the settings and the printed almanac."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from tests.same_answer.own_count import BASIS
from tests.year.almanac import A_DAY, Almanac, months_on
from tests.year.model import Case

Rules = Mapping[str, int]
Told = tuple[str, tuple[str, ...], str, date]
"""Rule, audiences, occasion, and the date it names."""


def due(case: Case, day: date, rules: Rules, almanac: Almanac) -> Iterator[Told]:
    """Yield what the day's sweep tells; see `Told`."""
    at = case.dates.get
    if case.adult:
        return
    if not at("closed_on"):
        yield from _clocks(case, day, rules, almanac)
        yield from _planned(case, day, rules, almanac)
        yield from _waiting(case, day, rules, almanac)
    decided = at("decided_on")
    if decided and not at("closed_on"):
        asks_on, said = asked_on(case, rules, almanac)
        if asks_on and _holds(day, rules, asks_on):
            yield "PAGAR", ("worker",), f"{decided} {said}", decided
        if case.fact("intervention_decided", 0) == "ja":
            step = rules["follow_up_months"]
            starts = {months: almanac.back_to_work(months_on(decided, months)) for months in range(step, 60, step)}
            newest = max((months for months, start in starts.items() if start <= day), default=0)
            if newest and _holds(day, rules, starts[newest]):
                yield "6M", ("worker",), f"{decided}:{newest}", decided
    if case.followed and case.status == "signed":
        last = max(case.followed.values())
        yield "UPPFOLJT", ("chef",), str(last), last.date()


def asked_on(case: Case, rules: Rules, almanac: Almanac) -> tuple[date | None, int]:
    """Return when an open case is next asked what became of what is under way, and how often that was put off."""
    decided = case.dates.get("decided_on")
    going = any(
        sheet.value(item).choice == "pagaende" and case.applies(item, child)
        for child, sheet in case.sheets.items()
        for item in BASIS
    )
    said = [on for of, on in case.not_yet if of == decided]
    if not going or decided is None or len(said) > 1:
        return None, len(said)
    since, after = (said[0], "ongoing_again") if said else (decided, "ongoing")
    return almanac.workdays_on(since, rules[after]), len(said)


def _planned(case: Case, day: date, rules: Rules, almanac: Almanac) -> Iterator[Told]:
    planned = case.dates.get("planned_decision_on")
    if planned is None or case.is_decided:
        return
    if case.all_gaps() and case.status != "signed":
        first, last = (almanac.workdays_on(planned, -rules[name]) for name in ("gaps_first", "gaps_last"))
        if last <= day <= planned:
            yield "LUCKOR", ("worker", "chef"), f"{planned} last", planned
        elif first <= day < last:
            yield "LUCKOR", ("worker",), f"{planned} first", planned
    if _holds(day, rules, almanac.workdays_on(planned, 1)):
        yield "BESLUT", ("worker",), str(planned), planned


def _waiting(case: Case, day: date, rules: Rules, almanac: Almanac) -> Iterator[Told]:
    if case.status in ("sent", "voided") and case.waits_since and not case.is_read():
        since = case.waits_since.date()
        unread = almanac.workdays_on(since, rules["unread"])
        if _holds(day, rules, unread):
            yield "OLAST", ("chef",), str(since), since
        if _holds(day, rules, almanac.workdays_on(unread, rules["silent"])):
            yield "TYST", ("deputy else manager",), str(since), since
    lies = case.status == "returned" and not case.touched
    if lies and case.returned and _holds(day, rules, almanac.workdays_on(case.returned.date(), rules["untouched"])):
        yield "ATER", ("worker",), str(case.returns), case.returned.date()


def _clocks(case: Case, day: date, rules: Rules, almanac: Almanac) -> Iterator[Told]:
    both = ("worker", "chef")
    first = timedelta(days=rules["assessment_first"])
    received, opened, decided = map(case.dates.get, ("received_on", "opened_on", "decided_on"))
    is_over = received and decided and decided < received  # a report after it has a clock of its own
    if received and not (opened and opened <= day and (opened >= received or not is_over)):
        known = case.violence_since
        if known:
            began = max(received, known)
            last = almanac.workdays_on(began, 1)
            late = {last + A_DAY, began + timedelta(days=15)}
            near = {began, last} | late
            days = {began, last, began + first, began + timedelta(days=14)}
        else:
            began, last = received, received + timedelta(days=14)
            for of, lawful, on, until in case.extensions:
                if of == "14d" and lawful and began <= on <= last:
                    last = max(received + timedelta(days=14), until)
            late, days = {last + A_DAY}, {began + first, last}
            near = late
        told = any(
            of == "14d" and on >= began and (known or not lawful or on > last) for of, lawful, on, _ in case.extensions
        )
        days |= set() if told else late
        starts = {one: almanac.on_to_work(one) if one in near else almanac.back_to_work(one) for one in days}
        if (found := _newest(day, rules, starts)) is not None:
            yield "14D", both, f"{began} {found}", last
    if opened and not decided:
        plain = last = months_on(opened, 4)
        for of, lawful, on, until in case.extensions:
            if of == "4m" and lawful and opened <= on <= last:
                last = max(plain, until)
        if day > last:
            told = any(
                of == "4m" and on >= opened and (not lawful or on > last) for of, lawful, on, _ in case.extensions
            )
            starts = {} if told else {last + A_DAY: almanac.on_to_work(last + A_DAY)}
        else:
            ahead = [last - timedelta(days=rules[name]) for name in ("four_months_first", "four_months_last")]
            starts = {one: almanac.back_to_work(one) for one in ahead}
        if (found := _newest(day, rules, starts)) is not None:
            yield "4M", both, f"{last} {found}", last


def _holds(day: date, rules: Rules, start: date) -> bool:
    return start <= day <= start + timedelta(days=rules["catch_up"])


def _newest(day: date, rules: Rules, starts: Mapping[date, date]) -> date | None:
    """Return the last of the days whose reminder has begun, unless that is too long ago."""
    begun = [(start, one) for one, start in starts.items() if start <= day]
    if not begun:
        return None
    start, one = max(begun)
    return one if _holds(day, rules, start) else None
