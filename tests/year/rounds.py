"""Rounds of the unit's own review: drawn by the manager, read by reviewers, closed; and what should come of them.

Which cases may be drawn and in which order, which are read twice and by whom, is worked out again here, from the
round's seed and the contract.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tests.chat.card_hand import inputs, titles
from tests.year import check
from tests.year.check import Fault
from tests.year.done import CHOICES, Done
from tests.year.model import Case
from tests.year.people import Person, choices

if TYPE_CHECKING:
    from tests.year.town import Town

REVIEWERS = ("greta", "hugo")
LIST, LIST_TITLE = "peer_review_bou", "Kollegial egenkontroll, barn och unga"
BEGINS, GOES_ON = "Börja granska", "Fortsätt"
MOST_STEPS = 8
ALIKE = re.compile(r"Inga dubbelläsningar|(?P<same>\d+) av (?P<of>\d+) lika \((?P<percent>\d+) procent\)")


@dataclass
class Reading:
    """What one reviewer says of one case. given: by question, the choice and its revision."""

    case: Case
    person: str
    number: int
    given: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass
class Round:
    """One round. number: its row. state: draft, open or closed."""

    number: int
    name: str
    state: str = "draft"
    readings: list[Reading] = field(default_factory=list)


class Rounds:
    """The rounds of a town. Everything that is done in them follows from the seed."""

    def __init__(self, town: "Town") -> None:
        self._town, self._chance = town, random.Random(f"rounds of {town.seed}")
        self.made: list[Round] = []
        self._attempts = 0

    async def goes_on(self) -> None:
        """Begin a round, read in the one that is open, or close it."""
        now = next((one for one in self.made if one.state == "open"), None)
        if now is None:
            await self._begins()
        elif self._chance.random() < 0.85:
            await self._reviews(now, self._town.people[self._chance.choice(REVIEWERS)])
        else:
            await self._closes(now)
        self.are_right()
        if self.made and self._chance.random() < 0.3:
            await self._compares()

    # --- the manager ------------------------------------------------------------------------------------------------

    async def _press(self, person: Person, title: str, fields: Mapping[str, str] | None = None, ref: str = "") -> bool:
        if person.at is None or person.at.card is None or title not in titles(person.at.card):
            return False
        await self._town.traffic.presses(person, person.at, title, fields or {}, ref)
        return True

    async def _begins(self) -> None:
        town, mona = self._town, self._town.people["mona"]
        today = town.now().date()
        first, last = today - timedelta(days=150), today
        every = town.model.register.units(today)
        units = self._chance.sample(every, min(len(every), self._chance.choice((1, 2))))
        frame = [case for case in self._frame(units, first, last) if not case.protected]
        if not frame:
            return
        self._attempts += 1
        name, count, twice = f"Påhittad omgång {self._attempts}", self._chance.choice((1, 2, 3)), 50
        await town.traffic.types(mona, "egenkontroll", "other")
        if not await self._press(mona, "Ny omgång") or mona.at is None or mona.at.card is None:
            return
        fields = {
            "name": name,
            "checklist": LIST_TITLE,
            "units": ", ".join(town.model.register.called[unit] for unit in units),
            "period_first": str(first),
            "period_last": str(last),
            "per_unit": str(count),
            "twice": str(twice),
        }
        if "name" not in inputs(mona.at.card) or not await self._press(mona, "Dra ärenden", fields):
            return
        numbers = self._ask("select max(id) from review_round")
        if not numbers[0][0] or numbers[0][0] in {one.number for one in self.made}:
            raise Fault(f"no round was made of {[case.ref for case in frame]}")
        made = Round(numbers[0][0], name)
        self.made.append(made)
        drawn, of_two = self._draw_is_right(made, frame, count, twice)
        if mona.at is None or mona.at.card is None or "people" not in inputs(mona.at.card):
            return
        every = inputs(mona.at.card)["people"]["choices"]
        people = [str(one["value"]) for one in every if one["title"].split()[0].lower() in REVIEWERS]
        if await self._press(mona, "Lägg till", {"people": ", ".join(people)}) and await self._press(
            mona, "Starta omgång"
        ):
            self._start_is_right(made, drawn, of_two, today)

    def _frame(self, units: list[str], first: date, last: date) -> list[Case]:
        """Return the cases decided in a period in some units that no earlier round has reviewed.

        A case that was drawn but not reviewed, for a reason given at the closing, may be drawn again.
        """
        query = """select r.why_not from review_round_case r join cases c on c.id = r.case_id
            where c.ref = ? and round_id = ?"""
        read = {
            reading.case.key
            for one in self.made
            for reading in one.readings
            if ("",) in self._ask(query, reading.case.ref, one.number)
        }
        return [
            case
            for case in self._town.model.cases.values()
            if case.unit in units
            and not case.adult
            and first <= case.dates.get("decided_on", date.min) <= last
            and case.key not in read
        ]

    def _draw_is_right(self, made: Round, frame: list[Case], count: int, twice: int) -> tuple[list[Case], set[str]]:
        """Draw again, and compare. Return the drawn cases, and the references of those that two are to read."""
        seed = self._ask("select seed from review_round where id = ?", made.number)[0][0]
        by_unit: dict[str, list[Case]] = {}
        for case in frame:
            by_unit.setdefault(case.unit, []).append(case)
        drawn = [
            case for some in by_unit.values() for case in sorted(some, key=lambda case: _digest(seed, case.ref))[:count]
        ]
        of_two = sorted((case.ref for case in drawn), key=lambda ref: _digest(seed, "twice", ref))
        of_two = of_two[: -(-len(drawn) * twice // 100)]
        query = """select c.ref, r.drawn, r.twice from review_round_case r join cases c on c.id = r.case_id
            where round_id = ?"""
        found = {ref: (bool(is_drawn), bool(two)) for ref, is_drawn, two in self._ask(query, made.number)}
        wanted = {case.ref: (case in drawn, case.ref in of_two) for case in frame}
        check.same(f"the draw of {made.name}", found, wanted)
        return drawn, set(of_two)

    def _start_is_right(self, made: Round, drawn: list[Case], of_two: set[str], today: date) -> None:
        """Check that nobody was given a case she may not read."""
        query = """select r.id, c.ref, p.name from review_reading r join cases c on c.id = r.case_id
            join person p on p.id = r.person_id where round_id = ? order by r.id"""
        given = [(row, ref, name.split()[0].lower()) for row, ref, name in self._ask(query, made.number)]
        able = {case.ref: self._able(case, today) for case in drawn}
        short = [ref for ref, names in able.items() if len(names) < 1 + (ref in of_two)]
        if not given:
            if not short and len({tuple(names) for names in able.values()}) == 1:
                raise Fault(f"{made.name} was not started, although everybody may read everything")
            return
        made.state = "open"
        per_case = Counter(ref for _, ref, _ in given)
        check.same(f"readings of {made.name}", per_case, {case.ref: 1 + (case.ref in of_two) for case in drawn})
        for row, ref, name in given:
            if name not in able[ref]:
                raise Fault(f"{name} was given {ref} to read in {made.name}, which is not for her")
            made.readings.append(Reading(self._town.model.cases[ref], name, row))
        if len({(ref, name) for _, ref, name in given}) < len(given):
            raise Fault(f"somebody is to read a case twice in {made.name}")

    def _able(self, case: Case, today: date) -> list[str]:
        held = self._town.model.register.holders("peer_reviewer", case.unit, today)
        return [name for name in REVIEWERS if name in held and name not in (case.lead, case.co)]

    async def _closes(self, now: Round) -> None:
        mona = self._town.people["mona"]
        await self._town.traffic.types(mona, "egenkontroll", "other")
        if not await self._press(mona, "Öppna") or not await self._press(mona, "Stäng omgång"):
            return
        if mona.at is None or mona.at.card is None:
            return
        fields = dict.fromkeys(inputs(mona.at.card), "Tiden räckte inte")
        await self._press(mona, "Stäng omgång", fields)
        state = self._ask("select state from review_round where id = ?", now.number)[0][0]
        if state == "closed":
            now.state = "closed"

    async def _compares(self) -> None:
        """The manager looks at how far the two who read the same case agree."""
        town, mona = self._town, self._town.people["mona"]
        await town.traffic.types(mona, "egenkontroll", "other")
        if not await self._press(mona, "Öppna") or not await self._press(mona, "Samstämmighet"):
            return
        assert mona.at is not None
        lines = [line for _, line in check.words(mona.at.card)]
        if [line for line in lines if check.REF.search(line) or "greta" in line.lower() or "hugo" in line.lower()]:
            raise Fault(f"the comparison names a case or a person: {lines}")
        told = [match for line in lines if (match := ALIKE.search(line))]
        items = [row.title.args["item"].rpartition("/")[2] for row in mona.at.view.rows]
        if len(told) != len(items):
            raise Fault(f"{len(told)} results of {len(items)} questions are shown")
        found = {item: (int(one["same"] or 0), int(one["of"] or 0)) for item, one in zip(items, told, strict=True)}
        pairs = self._pairs()
        check.same("read by two", found, {item: pairs.get(item, (0, 0)) for item in items})
        if set(pairs) - {*items}:
            raise Fault(f"not shown of what two have answered: {set(pairs) - {*items}}")
        for (same, of), one in zip(found.values(), told, strict=True):
            if of and abs(100 * same / of - int(one["percent"])) > 0.5:
                raise Fault(f"{same} of {of} are {one['percent']} per cent")

    def _pairs(self) -> dict[str, tuple[int, int]]:
        """Return of how many cases two have answered a question, by question, and in how many of these alike."""
        found: dict[str, tuple[int, int]] = {}
        for made in self.made:
            kept = [one for one in made.readings if self._town.model.now(one.case) is not None]
            for one, other in combinations(kept, 2):
                for item in one.given.keys() & other.given.keys() if one.case is other.case else ():
                    same, of = found.get(item, (0, 0))
                    found[item] = (same + (one.given[item][0] == other.given[item][0]), of + 1)
        return found

    # --- a reviewer -------------------------------------------------------------------------------------------------

    async def _reviews(self, now: Round, person: Person) -> None:
        """A reviewer says of each case whether she has a tie to it, reads the made-up file, and reviews."""
        town = self._town
        await town.traffic.types(person, "granska", "other")
        if await self._press(person, "Jag har inte haft ärendet") and not await self._calibrates(person):
            return
        await town.traffic.types(person, "granska", "other")
        if await self._press(person, "Kalibrera"):
            await self._calibrates(person)
            await town.traffic.types(person, "granska", "other")
        if not (await self._press(person, BEGINS) or await self._press(person, GOES_ON)):
            return
        for _ in range(MOST_STEPS):
            shown = person.at
            head = getattr(shown.view, "head", None) if shown is not None else None
            if shown is None or shown.card is None or head is None or shown.view.kind != "question":
                return
            there = [one for one in titles(shown.card) if one in CHOICES]
            if not there or _list_of(shown.view) != LIST:
                return
            await town.traffic.presses(person, shown, self._chance.choice(there), {}, "")

    async def _calibrates(self, person: Person) -> bool:
        """Answer the questions about the made-up file, if it is shown. Return whether she can go on."""
        shown = person.at
        if shown is None or shown.card is None or "Spara" not in titles(shown.card):
            return True
        fields = {name: self._chance.choice(choices(shown.card, name)) for name in inputs(shown.card)}
        return await self._press(person, "Spara", fields)

    # --- what holds -------------------------------------------------------------------------------------------------

    def answered(self, done: Done) -> None:
        """Record what a reviewer says, once her transaction is committed."""
        choice = CHOICES.get(done.title, "")
        if done.what != "answer" or not choice or _list_of(done.view) != LIST:
            return
        reading = next((one for one in self._open(done.person) if one.case.ref == done.view.head.case_ref), None)
        if reading is not None and not reading.case.protected and self._declared(reading):
            item = done.view.item.item
            _, revision = reading.given.get(item, ("", 0))
            reading.given[item] = (choice, revision + 1)

    def _declared(self, reading: Reading) -> bool:
        """Return whether she has said that she has no tie to the case."""
        found = self._ask("select declared from review_reading where id = ?", reading.number)
        return found == [("none",)]

    def _open(self, person: str) -> Iterator[Reading]:
        for one in self.made:
            if one.state == "open":
                yield from (reading for reading in one.readings if reading.person == person)

    def drawn_for(self, person: str) -> set[str]:
        """Return the references that a reviewer may be shown because they were drawn for her."""
        return {reading.case.ref for reading in self._open(person)}

    def are_right(self) -> None:
        """Raises: Fault: other reviews are stored than were given, or by others, or in other cases."""
        query = """select c.ref, p.name, a.item_id, a.choice, a.revision from answer a
            join filled_checklist f on f.id = a.filled_id join cases c on c.id = f.case_id
            left join person p on p.id = f.person_id where f.role = 'peer_reviewer' order by a.revision"""
        found: dict[str, Any] = {}
        for ref, name, item, choice, revision in self._ask(query):
            found[f"{ref} {(name or '-').split()[0].lower()} {item}"] = (choice, revision)
        model = self._town.model
        wanted = {
            f"{reading.case.ref} {reading.person} {item}": told
            for made in self.made
            for reading in made.readings
            if model.now(reading.case) is not None
            for item, told in reading.given.items()
        }
        check.same("reviews", found, wanted)

    def _ask(self, query: str, *values: Any) -> list[Any]:
        return self._town.database.ask(query, *values)


def _digest(*parts: str) -> str:
    return sha256("|".join(parts).encode()).hexdigest()


def _list_of(view: Any) -> str:
    """Return which list a card of a question belongs to."""
    return str(getattr(view, "checklist", ""))
