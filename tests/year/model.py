"""What should be true: the municipality as the contract describes it, in plain values.

Nothing here asks the product for a rule, a card or a row. Its questions are those written out by hand in
tests/same_answer/own_count.py; its calendar is the almanac. An act is applied when the simulator sees its transaction
committed; what it should have stored follows from what the person saw when she acted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from tests.same_answer import own_count
from tests.same_answer.own_count import AFTER, BASIS, FACTS, INFORMED, MORE_THAN_YES_AND_NO, OF_CHILD, ON_FACT
from tests.year.almanac import A_DAY, Almanac, months_on
from tests.year.register import Register

NO_ET_UNLESS_NO = {"child_informed_intervention": "intervention_decided", "police_report_decided": "violence"}
MOST_UNDO = 10
USUAL = {
    "gaps_first": 3,
    "gaps_last": 1,
    "unread": 2,
    "silent": 2,
    "untouched": 2,
    "assessment_first": 10,
    "four_months_first": 30,
    "four_months_last": 7,
    "ongoing": 5,
    "ongoing_again": 10,
    "follow_up_months": 6,
    "catch_up": 30,
}
"""When people are reminded of what, unless the municipality has decided otherwise; in days, working days, months."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Value:
    """An answer. kind: of its motivation, "" for none."""

    choice: str
    kind: str = ""
    text: str = ""
    place: str = ""


OPEN = Value("obesvarad")


@dataclass
class Act:
    """What one person stored at once. before: per item, what it replaced."""

    name: str
    person: str
    child: int
    before: dict[str, Value] = field(default_factory=dict)
    undone: bool = False
    at: datetime = NEVER


@dataclass
class Sheet:
    """One child's list. tops: per item, the acts that stand on one another, the newest last."""

    begun: date
    values: dict[str, Value] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    tops: dict[str, list[Act]] = field(default_factory=dict)
    points: set[str] = field(default_factory=set)
    status: str = "open"
    was_sent: bool = False
    was_returned: bool = False
    was_voided: bool = False
    signed: str = ""

    def value(self, item: str) -> Value:
        """Return what an item is answered now."""
        return self.values.get(item, OPEN)

    def write(self, item: str, value: Value) -> None:
        """Store a revision."""
        self.values[item] = value
        self.revisions[item] = self.revisions.get(item, 0) + 1

    def give(self, act: Act, item: str, value: Value) -> None:
        """Store a revision as part of an act."""
        act.before.setdefault(item, self.value(item))
        if act not in self.tops.setdefault(item, []):
            self.tops[item].append(act)
        self.write(item, value)


@dataclass
class Reading:
    """A chef's own lists. seen: she has been shown the workers' answers, and when last. ended: as things stand now."""

    sheets: dict[int, Sheet] = field(default_factory=dict)
    seen: datetime | None = None
    ended: bool = False


@dataclass(eq=False)
class Case:
    """One case. facts: by name and child, 0 for the whole case. protected: its people's identities are.

    adult: an adult's case, which is only linked here: nobody fills in anything in it.
    """

    ref: str
    unit: str
    lead: str
    co: str = ""
    protected: bool = False
    adult: bool = False
    children: int = 1
    facts: dict[tuple[str, int], str] = field(default_factory=dict)
    fact_revisions: dict[tuple[str, int], int] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    violence_first: date | None = None
    parted: set[str] = field(default_factory=set)
    """Those who had it before a file gave it to somebody else; they are told that they no longer do."""
    violence_since: date | None = None
    extensions: list[tuple[str, bool, date, date]] = field(default_factory=list)
    """limit, on lawful grounds, decided, until."""
    sheets: dict[int, Sheet] = field(default_factory=dict)
    waits_since: datetime | None = None
    returned: datetime | None = None
    returns: int = 0
    touched: bool = False
    signed_values: dict[int, dict[str, Value]] = field(default_factory=dict)
    followed: dict[tuple[int, str], datetime] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    confirmed: set[tuple[str, int]] = field(default_factory=set)
    is_signed: bool = False
    signatures: int = 0
    key: int = field(default_factory=count().__next__)
    """Identifies it even when its number changes."""
    read_days: dict[str, date] = field(default_factory=dict)
    not_yet: list[tuple[date, date]] = field(default_factory=list)
    """Of which decision `Inte än` was said to a reminder, and on which day."""

    @property
    def status(self) -> str:
        """Of the workers' lists together: that of the one that has come least far; "" before any is begun."""
        found = {sheet.status for sheet in self.sheets.values()}
        return next((one for one in ("open", "returned", "voided", "sent", "signed") if one in found), "")

    @property
    def was_sent(self) -> bool:
        """Whether a list has ever left the one who writes it."""
        return bool(self.readings) or any(sheet.was_sent for sheet in self.sheets.values())

    @property
    def is_begun(self) -> bool:
        """Whether anything is written in it."""
        return self.was_sent or bool(self.extensions) or any(sheet.revisions for sheet in self.sheets.values())

    def takes(self, days: Mapping[str, date]) -> bool:
        """Return whether further dates are consistent with those it has."""
        at = {**self.dates, **days}
        pairs = [("opened_on", "decided_on"), ("decided_on", "started_on")]
        pairs += [("received_on", "opened_on")] if "received_on" not in days else []
        new = [(first, last) for first, last in pairs if first in days or last in days]
        return not any(first in at and last in at and at[first] > at[last] for first, last in new)

    # --- questions ------------------------------------------------------------------------------------------------

    def fact(self, name: str, child: int) -> str:
        """Return a fact, "" while it is unknown."""
        return self.facts.get((name, child if name in OF_CHILD else 0), "")

    def applies(self, item: str, child: int, of: Sheet | None = None) -> bool:
        """Return whether a question is to be asked now."""
        sheet = of or self.sheets[child]
        if item in AFTER:
            before, wanted = AFTER[item]
            return self.applies(before, child, sheet) and sheet.value(before).choice == wanted
        if item in ON_FACT:
            name, wanted = ON_FACT[item]
            return self.fact(name, child) == wanted
        return True

    def allowed(self, item: str, child: int) -> tuple[str, ...]:
        """Return the answers that a question takes now."""
        found = ("ja", "nej", *MORE_THAN_YES_AND_NO.get(item, ()))
        name = NO_ET_UNLESS_NO.get(item)
        if name and self.fact(name, child) != "nej":
            return tuple(choice for choice in found if choice != "ej_tillampligt")
        return found

    def counts(self, item: str, value: Value, child: int) -> bool:
        """Return whether an answer is one as the facts are now: a fact that is unknown hides none."""
        if value.choice == "ej_tillampligt":
            return self.fact(NO_ET_UNLESS_NO.get(item, ""), child) != "ja"
        return value.choice != "obesvarad"

    def exported(self, item: str, child: int) -> str:
        """Return what a question of a begun list counts as."""
        value = self.sheets[child].value(item)
        if not self.applies(item, child):
            return "ej_tillampligt"
        return value.choice if self.counts(item, value, child) else "obesvarad"

    def gaps(self, child: int) -> set[str]:
        """Return what is missing of one child's list: questions and facts."""
        found = {name for name in FACTS if not self.fact(name, child)}
        sheet = self.sheets.get(child) or Sheet(date.min)
        for item in BASIS:
            value = sheet.value(item)
            if not self.applies(item, child, sheet):
                continue
            if not self.counts(item, value, child):
                found.add(item)
            elif value.choice == "nej" and item in INFORMED:
                found |= set() if value.text or value.place else {item}
            elif value.choice == "nej" and item != "child_heard":
                found.add(item)
        return found

    def all_gaps(self) -> set[tuple[int, str]]:
        """Return what is missing of the case."""
        return {(child, gap) for child in range(1, self.children + 1) for gap in self.gaps(child)}

    # --- what is done -----------------------------------------------------------------------------------------------

    def begin(self, day: date) -> None:
        """Begin a list for each child that has none."""
        for child in range(1, self.children + 1):
            self.sheets.setdefault(child, Sheet(day))

    def set_fact(self, name: str, child: int, value: str, now: datetime, day: date) -> None:
        """Store a fact if it is another than before; `unknown` the first time is one as well."""
        at = (name, child if name in OF_CHILD else 0)
        old = self.facts.get(at, "") or ("unknown" if at in self.fact_revisions else "")
        if value == old:
            return
        self.facts.pop(at, None)
        if value != "unknown":
            self.facts[at] = value
        self.fact_revisions[at] = self.fact_revisions.get(at, 0) + 1
        if name == "violence":
            first = {"nej": None, "ja": self.violence_first or day}
            self.violence_first = first.get(value, self.violence_first)
            self.violence_since = self.violence_first if value == "ja" else None
        self._case_changed(now)
        self.touched = True

    def _case_changed(self, now: datetime) -> None:
        if all(sheet.status == "open" for sheet in self.sheets.values()):
            return
        for reading in self.readings.values():
            reading.ended = False
        self._void(now)

    def _void(self, now: datetime) -> None:
        if self.is_signed:
            self.is_signed, self.waits_since = False, now
            for sheet in self.sheets.values():
                sheet.signed = ""
                if sheet.status == "signed":
                    sheet.status, sheet.was_voided = "voided", True

    def voids(self, child: int, item: str, value: Value) -> bool:
        """Return whether a new answer takes a signature with it."""
        was, now = self.signed_values.get(child, {}).get(item, OPEN), self.sheets[child].value(item)
        if was.choice != "pagaende":
            return True
        if value.choice == now.choice:
            return not (now.choice == "nej" and value.kind != now.kind)
        if now.choice == "pagaende":
            return not (value.choice in ("ja", "ej_tillampligt") or (value.choice == "nej" and self.is_decided))
        return value != was

    @property
    def is_decided(self) -> bool:
        """Whether the decision has been taken."""
        return "decided_on" in self.dates

    def stops_at_signature(self, person: str, child: int, given: Mapping[str, Value]) -> bool:
        """Return whether she has to be asked first, because the signature would not stand."""
        if not self.is_signed or (person, self.signatures) in self.confirmed:
            return False
        return any(self.voids(child, item, value) for item, value in given.items())

    def give(self, person: str, name: str, child: int, given: Mapping[str, Value], now: datetime) -> None:
        """Store one act of a worker's; repeating what is stored changes nothing."""
        act = Act(name, person, child, at=now)
        for item, value in given.items():
            self._write(act, child, item, value, now)
        if act.before:
            self.acts.append(act)

    def _write(self, act: Act | None, child: int, item: str, value: Value, now: datetime) -> None:
        sheet = self.sheets[child]
        if sheet.status == "signed" and not self.voids(child, item, value):
            if value.choice in ("ja", "ej_tillampligt"):
                self.followed[child, item] = now
            else:
                self.followed.pop((child, item), None)
            self._store(act, sheet, item, value)
            return
        self._store(act, sheet, item, value)
        if sheet.status == "open":
            return
        for reading in self.readings.values():
            hers = reading.sheets.get(child)
            if reading.seen and hers is not None:
                reading.ended = False
                if hers.value(item) != OPEN:
                    hers.write(item, OPEN)
        self._void(now)

    def _store(self, act: Act | None, sheet: Sheet, item: str, value: Value) -> None:
        if act is None:
            sheet.write(item, value)
        else:
            sheet.give(act, item, value)
        sheet.points.discard(item)
        self.touched = True

    def give_from_file(self, child: int, item: str, value: Value, now: datetime) -> None:
        """Store an answer from a file: nobody's act, and nothing older can be undone past it."""
        self._write(Act("", "", child, at=now), child, item, value, now)

    def act_to_undo(self, person: str, name: str = "") -> Act | None:
        """Return which of a person's acts `Ångra` takes back: her last, or the one the button stands beside."""
        mine = [act for act in self.acts if act.person == person][-MOST_UNDO:]
        return next((act for act in reversed(mine) if not act.undone and name in ("", act.name)), None)

    def may_undo(self, act: Act) -> bool:
        """Return whether nothing has been answered on top of it."""
        return all(self.sheets[act.child].tops[item][-1] is act for item in act.before)

    def undo(self, act: Act, now: datetime) -> None:
        """Take an act back, as new revisions."""
        act.undone = True
        for item, value in act.before.items():
            self.sheets[act.child].tops[item].pop()
            self._write(None, act.child, item, value, now)

    def send(self, now: datetime) -> None:
        """Hand the lists over to the chef."""
        self.waits_since, self.returned = now, None
        for sheet in self.sheets.values():
            sheet.status, sheet.was_sent = "sent", True

    def reading_of(self, person: str, day: date) -> Reading:
        """Begin or go on with a reading."""
        reading = self.readings.setdefault(person, Reading())
        for child in range(1, self.children + 1):
            reading.sheets.setdefault(child, Sheet(day))
        return reading

    def is_read_by(self, person: str) -> bool:
        """Return whether a reader has answered all that applies to her."""
        reading = self.readings[person]
        return all(
            self.counts(item, sheet.value(item), child)
            for child, sheet in reading.sheets.items()
            for item in BASIS
            if self.applies(item, child, sheet)
        )

    def is_read(self) -> bool:
        """Return whether a chef has read it since it came to wait for her."""
        since = self.waits_since
        return any(one.ended and one.seen and since and one.seen >= since for one in self.readings.values())

    def sign(self, person: str, how: str) -> None:
        """Sign what is there now."""
        for sheet in self.sheets.values():
            sheet.status = "signed"
            sheet.signed = how
        self.is_signed = True
        self.signatures += 1
        self.signed_values = {child: dict(sheet.values) for child, sheet in self.sheets.items()}
        self.followed.clear()

    def limit(self, of: str) -> date | None:
        """Return the last day of a clock without extensions, None if it has none."""
        received, opened, decided = map(self.dates.get, ("received_on", "opened_on", "decided_on"))
        if of == "4m":
            return months_on(opened, 4) if opened else None
        during = received and opened and opened < received and (decided is None or received <= decided)
        return received + timedelta(days=14) if received and not during else None


@dataclass
class Model:
    """The whole municipality. gone: what was disposed of, as it stands in the figures for ever.

    rules: when people are reminded of what. hours: from and until when the offices are open. almanac: with the
    municipality's own free days. takes: the form of motivation that it takes: text, reference or either. closed_at:
    since when cases are read and written in the tab alone. months: how long a closed case is kept; 0 for ever. links:
    what a child's case and an adult's are to each other, with the case whose people are asked, and the day. met: every
    pair whose people have heard of each other. given_up: numbers that cases had, and have no more. withdrawn: cases
    that were opened by mistake, which count in no figure. languages: what those who have chosen one read.
    """

    cases: dict[str, Case] = field(default_factory=dict)
    texts: dict[str, tuple[Case, str, datetime]] = field(default_factory=dict)
    """By text: case, author, and when."""
    register: Register = field(default_factory=Register)
    gone: dict[str, own_count.Case] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=lambda: dict(USUAL))
    hours: tuple[time, time] = (time(8), time(16, 30))
    almanac: Almanac = field(default_factory=Almanac)
    takes: str = "either"
    closed_at: datetime | None = None
    months: int = 0
    given_up: list[str] = field(default_factory=list)
    withdrawn: list[Case] = field(default_factory=list)
    links: dict[tuple[str, str], tuple[str, str, date]] = field(default_factory=dict)
    met: set[tuple[str, str]] = field(default_factory=set)
    languages: dict[str, str] = field(default_factory=dict)

    def town(self, today: date) -> own_count.Town:
        """Return the same in the form that the figures are counted from by hand."""
        every = [*self.gone.values(), *map(_counted, self.cases.values())]
        return own_count.Town([replace(one, unit=self.register.called[one.unit]) for one in every], today)

    # --- units ------------------------------------------------------------------------------------------------------

    def unit_line(self, unit: str, today: date) -> str:
        """Return what the admin is shown of a unit."""
        line = f"{self.register.called[unit]} · öppna ärenden: {len(self.open_in(unit))}"
        closes = self.register.closed.get(unit)
        return f"{line} · stängs efter {closes - A_DAY}" if closes else line

    def open_in(self, unit: str) -> list[Case]:
        """Return the cases of a unit that are not closed."""
        return [case for case in self.cases.values() if case.unit == unit and "closed_on" not in case.dates]

    def merge(self, unit: str, into: str, today: date) -> None:
        """Make a unit part of another: its cases and figures are that one's, now and before."""
        if self.register.merge(unit, into, today):
            for case in self.cases.values():
                case.unit = into if case.unit == unit else case.unit
            for one in self.gone.values():
                one.unit = into if one.unit == unit else one.unit

    def close(self, unit: str, last: date) -> None:
        """Close a unit after a day, unless it has open cases."""
        if not self.open_in(unit):
            self.register.close(unit, last)

    # --- who may ----------------------------------------------------------------------------------------------------

    def reads(self, name: str, case: Case, day: date) -> bool:
        """Return whether somebody reads a case as its chef, or in her place."""
        chefs = [one.unit for one in self.register.held(name, day) if one.role in ("unit_manager", "deputy")]
        return case.unit in chefs and name not in (case.lead, case.co)

    def works_on(self, name: str, case: Case, day: date) -> bool:
        """Return whether somebody works on a case."""
        return name in (case.lead, case.co) and any(one.role == "case_worker" for one in self.register.held(name, day))

    def due_to_go(self, day: date) -> list[Case]:
        """Return the cases whose time is over."""
        return [
            case
            for case in (*self.cases.values(), *self.withdrawn)
            if self.months and "closed_on" in case.dates and months_on(case.dates["closed_on"], self.months) <= day
        ]

    def forget(self, case: Case) -> None:
        """Remove a case; what it contributes to the figures stays."""
        if case in self.withdrawn:
            self.withdrawn.remove(case)
            return
        self.gone[case.ref] = _counted(self.cases.pop(case.ref))
        self.gone[case.ref].is_listed = False
        self._unlink(case.ref)

    def _unlink(self, ref: str) -> None:
        self.links = {pair: link for pair, link in self.links.items() if ref not in pair}

    # --- wrong numbers ----------------------------------------------------------------------------------------------

    def now(self, case: Case | None) -> Case | None:
        """Return a case if it is still there."""
        return case if case is not None and self.cases.get(case.ref) is case else None

    def kept(self) -> set[str]:
        """Return every number of a case that is kept."""
        return {case.ref for case in (*self.cases.values(), *self.withdrawn)}

    def free(self) -> list[str]:
        """Return the numbers that a case had once and anyone may have now."""
        return [ref for ref in self.given_up if ref not in self.cases and ref not in self.gone]

    def withdraw(self, case: Case, today: date) -> None:
        """Take a case away that was opened by mistake; it is kept, closed, until its time is over."""
        del self.cases[case.ref]
        self._unlink(case.ref)
        case.dates["closed_on"] = today
        self.withdrawn.append(case)
        self.given_up.append(case.ref)

    def renumber(self, case: Case, ref: str) -> None:
        """Give a case another number; all that is its own goes with it."""
        old = case.ref
        self.cases = {ref if one is case else at: one for at, one in self.cases.items()}
        case.ref = ref
        self.links = {_put(pair, old, ref): (*_put(link[:2], old, ref), link[2]) for pair, link in self.links.items()}
        self.met |= {_put(pair, old, ref) for pair in self.met if old in pair}
        self.given_up.append(old)

    def merge_into(self, case: Case, empty: Case, person: str, now: datetime) -> None:
        """Give a case the place of an empty one, with what is known of that one alone."""
        days = {name: day for name, day in empty.dates.items() if name not in case.dates}
        children = max(case.children, empty.children)
        facts = {at: value for at, value in empty.facts.items() if at[1] <= children and at not in case.facts}
        stands = case.is_signed and (person, case.signatures) not in case.confirmed
        changes = bool(facts) or children > case.children
        if empty.is_begun or "closed_on" in empty.dates or not case.takes(days) or (changes and stands):
            return
        for pair, link in [one for one in self.links.items() if empty.ref in one[0] and one[1][0] == "linked"]:
            self.links[_put(pair, empty.ref, case.ref)] = (link[0], "", link[2])
        ref = empty.ref
        self.withdraw(empty, now.date())
        self.met |= {_put(pair, ref, case.ref) for pair in self.met if ref in pair}
        self.renumber(case, ref)
        case.dates |= days
        if children > case.children:
            case.children = children
            case._case_changed(now)
        for (name, child), value in facts.items():
            case.set_fact(name, child, value, now, now.date())
        if case.sheets and "closed_on" not in case.dates:
            case.begin(now.date())
        case.protected = case.protected or empty.protected

    def beside(self, ref: str) -> list[Case]:
        """Return the cases whose people may know of this one, as somebody has linked them, or asked to."""
        others = {one for pair in self.met if ref in pair for one in pair} - {ref}
        return [self.cases[one] for one in sorted(others) if one in self.cases]


def _put(pair: tuple[str, str], old: str, new: str) -> tuple[str, str]:
    return new if pair[0] == old else pair[0], new if pair[1] == old else pair[1]


def _counted(case: Case) -> own_count.Case:
    found = own_count.Case(case.ref, case.unit, case.children, dict(case.dates), dict(case.facts))
    found.extended = {of: (on, until) for of, lawful, on, until in case.extensions if lawful}
    found.is_listed, found.is_adult = not case.protected, case.adult
    for child, sheet in case.sheets.items():
        one = own_count.Filled("decision_basis", "case_worker", child, sheet.begun, _said(sheet))
        one.sent, one.signed = sheet.was_sent, sheet.signed
        one.returned, one.voided = sheet.was_returned, sheet.was_voided
        found.lists.append(one)
    for reading in case.readings.values():
        for child, sheet in reading.sheets.items():
            found.lists.append(own_count.Filled("decision_basis", "unit_manager", child, sheet.begun, _said(sheet)))
    return found


def _said(sheet: Sheet) -> dict[str, own_count.Said]:
    return {
        item: own_count.Said(value.choice, bool(value.text), bool(value.place))
        for item, value in sheet.values.items()
        if value != OPEN
    }
