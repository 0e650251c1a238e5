"""One municipality's year: its days, what runs behind them, what goes wrong, and what must hold all the time."""

import asyncio
import gc
import hashlib
import logging
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from reports import answers, checklists, rates
from reports.selected import Selection
from tests.chat.harness import NORTH, STOCKHOLM, TENANT, people_csv
from tests.sql.import_files import import_people
from tests.year import answers_file, check, chefs, closed_chat, reminded, wrong_number
from tests.year.almanac import A_DAY
from tests.year.channel import Channel
from tests.year.check import Fault
from tests.year.database import Database
from tests.year.languages import Languages
from tests.year.links import links
from tests.year.machine import SimulatedClock, SimulatedLoop, predictable
from tests.year.model import Model
from tests.year.office import Office
from tests.year.people import DEPUTY, ROLES, SAYS, STRANGER, Person, named
from tests.year.register import Post, Register
from tests.year.rounds import Rounds
from tests.year.stack import Stack
from tests.year.traffic import Traffic
from tests.year.workers import Workers


class Town:
    """One seed's municipality. weeks: how long it is followed. trace: all that happened, line by line. told: of
    that, what people were shown."""

    def __init__(self, seed: int, weeks: int, folder: Path, database: Database) -> None:
        self.seed, self.weeks = seed, weeks
        self.chance = random.Random(f"people of {seed}")
        first = date(2025, 1, 7) + self.chance.randrange(52) * 7 * A_DAY
        self.first = first - first.weekday() * A_DAY
        self.last = self.first + timedelta(days=7 * weeks - 1)
        self.loop = SimulatedLoop()
        self.start = datetime.combine(self.first, time(6), STOCKHOLM)
        self.clock = SimulatedClock(self.loop, self.start)
        self.model = Model(register=Register.of(Post(*row) for row in ROLES))
        self.trace: list[str] = []
        self.told: list[str] = []
        self.people = {name: Person(name, role) for name, _, role in (*ROLES, DEPUTY)}
        self.people[STRANGER] = Person(STRANGER, "")
        self.numbers = {"case": 0, "text": 0, "in": 0, "process": 0}
        self.database = database
        self.stacks: list[Stack] = []
        self.deputy = [
            (self.first + timedelta(days=start), self.first + timedelta(days=start + 13)) for start in (9, 93, 200)
        ]
        self.done = 0
        self.in_trouble = False
        self.fault: Fault | None = None
        self.office, self.languages = Office(self, folder), Languages(self)
        self.traffic, self.workers, self.rounds = Traffic(self), Workers(self), Rounds(self)

    # --- the run ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Live through the weeks. Raises: Fault: the product did something else than the model says."""
        asyncio.set_event_loop(self.loop)
        was, often = logging.root.manager.disable, gc.get_threshold()
        logging.disable(logging.CRITICAL)
        gc.set_threshold(50_000, 20, 50)  # most of what is made is gone by itself: looking for the rest takes an eighth
        try:
            with predictable(self.seed, self.loop, self.clock.now):
                self.loop.run_until_complete(self._lives())
        finally:
            logging.disable(was)
            gc.set_threshold(*often)
            for stack in self.stacks:
                stack.desk.close()
            asyncio.set_event_loop(None)
            self.loop.close()

    async def _lives(self) -> None:
        for place in range(2):
            self.stacks.append(self._process(place))
            await self.stacks[place].rounds("replica")
        await self._moves_in()
        await self.languages.begins()
        await self.office.begins()
        day = self.first
        while day <= self.last:
            await self._day(day)
            day += A_DAY
        await self.figures(self.last)

    def note(self, *words: object) -> None:
        """Write a line into the trace."""
        self.trace.append(f"{self.now():%m-%d %H:%M:%S} " + " ".join(map(str, words)))

    def now(self) -> datetime:
        """Return the right time, in Sweden."""
        return self.clock.now().astimezone(STOCKHOLM)

    def digest(self) -> str:
        """Return a hash of all that happened."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

    async def _until(self, moment: datetime) -> None:
        wait = (moment - self.now()).total_seconds()
        if wait > 0:
            await asyncio.sleep(wait)

    def _process(self, place: int) -> Stack:
        self.numbers["process"] += 1
        name = f"process-{self.numbers['process']}"
        clock = SimulatedClock(self.loop, self.start)
        clock.off = timedelta(seconds=self.chance.choice((0, 0, 0, 45, -45, 90, -90)))
        drawn = random.Random(f"{name} of {self.seed}")
        channel = Channel(drawn, lambda one: self._watch(self.traffic.delivered, one))
        told = partial(self._watch, self.traffic.told)
        return Stack(name, self.database, self.loop, clock, drawn, channel, told)

    async def _moves_in(self) -> None:
        desk, at = self.stacks[0].desk, self.now()
        raw = people_csv(*named())
        await desk.run(lambda session: import_people(session, raw, frozenset({TENANT}), at, "cli:sim"))
        for person in self.people.values():
            if person.name != STRANGER:
                await self.traffic.sends(self.traffic.activity(person, "installationUpdate.add"), None)

    # --- one day ----------------------------------------------------------------------------------------------------

    async def _day(self, day: date) -> None:
        chance = self.chance
        for stack in self.stacks:
            stack.channel.trouble = chance.choice((0.0, 0.0, 0.0, 0.1, 0.4))
        works, opens = self.model.almanac.works(day), datetime.combine(day, self.model.hours[0], STOCKHOLM)
        await self._until(opens - timedelta(minutes=15))
        for first, last in self.deputy:
            if day == first:
                await self.office.names(Post("dag", NORTH, "deputy", first, last))
        await self.office.day(day)
        is_late = works and self.model.closed_at is None and chance.random() < 0.06
        if not is_late and (works or chance.random() < 0.2):
            await self._sweep(day, opens)
            await reminded.puts_off(self, day)
        await self.office.in_the_chat(day)
        sittings = chance.choice((0, 0, 0, 1, 1)) if self.weeks > 8 else chance.choice((1, 2, 3))
        for number in range(sittings if works else chance.random() < 0.05):
            await self._until(datetime.combine(day, time(9 + 3 * number, chance.randrange(60)), STOCKHOLM))
            await self._sitting(day)
            await self._background()
        if is_late:
            await self._sweeps_late(day)
        for ref in self.model.cases:
            check.case_is_right(self.database, self.model, ref)
        if day.day == 28 or (self.weeks <= 8 and day.weekday() == 4):
            await self.figures(day)

    async def _background(self) -> None:
        stack = self.chance.choice(self.stacks)
        also = ("reminders",) if self.chance.random() < 0.2 and self.model.closed_at is None else ()
        self.must_work(await stack.rounds("outbox", "trail", "figures", *also), "the background")
        await self.settled()

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await self.settled()

    async def settled(self) -> None:
        for stack in self.stacks:
            await stack.settle()
        if self.fault is not None:
            raise self.fault

    def _watch(self, look: Callable[..., None], *what: Any) -> None:
        """Run a check inside the bot, which catches most exceptions: the first fault is kept until it can be raised."""
        try:
            look(*what)
        except Fault as fault:
            self.fault = self.fault or fault
        except Exception as error:  # the bot would take it for a fault of its own
            self.fault = self.fault or Fault(f"the model failed: {error!r}")

    def must_work(self, failed: Sequence[str], what: str) -> None:
        if failed and not self.in_trouble:
            raise Fault(f"{what} failed: {', '.join(failed)}")

    async def _sweep(self, day: date, opens: datetime) -> None:
        """Both processes sweep as the offices open; one may be killed in the middle of it."""
        works = self.model.almanac.works(day)
        before = {name: set(person.bundles) for name, person in self.people.items()}
        called = {name for name, person in self.people.items() if person.calls}
        for person in self.people.values():
            person.calls.clear()
        killed = works and self.chance.random() < 0.04
        if killed:
            self.stacks[0].fate = (self.chance.randint(1, 12), self.chance.choice(("begin", "end", "kept")))
            self.in_trouble = True
        must = list(reminded.due(self, day)) if works else []
        for minutes in (0, 13, 14, 17, 30, 45):
            if minutes == 0 and self.chance.random() < 0.8:
                continue  # ten minutes before the offices open nothing is sent
            if minutes == 14 and not killed and not self._waits() and self.chance.random() < 0.7:
                continue
            if minutes > 14 and not killed and not self._waits():
                break
            await self._until(opens + timedelta(minutes=minutes - 10))
            for place, stack in enumerate(self.stacks):
                if stack.is_dead:
                    await self.starts_again(place)
            names = ("replica", "reminders", "outbox") if minutes == 13 else ("reminders", "outbox")
            alone = not killed and self.chance.random() < 0.6
            who = [self.chance.choice(self.stacks)] if alone else self.stacks
            both = [stack.rounds(*names) for stack in who]
            found = await asyncio.gather(*both)
            self.must_work([one for some in found for one in some], "the sweep")
            await self.settled()
        self.stacks[0].fate = None
        for place, stack in enumerate(self.stacks):
            if stack.is_dead:
                await self.starts_again(place)
        self.in_trouble = False
        trouble = killed or any(stack.channel.trouble for stack in self.stacks)
        if not works and any(before[name] != person.bundles for name, person in self.people.items()):
            raise Fault(f"reminders were sent on {day}, when nobody works")
        if works and self.model.closed_at is not None:
            closed_chat.are_called(self, day, must, called, trouble=trouble)
        for name, ref, rule, mark, _ in must:
            heard = self.people[name].heard.get((self.model.cases[ref].key, rule, mark))
            if heard is None and not trouble:
                raise Fault(f"{name} was not reminded of {rule} in {ref} ({mark}) on {day}")
        if works:
            reminded.is_over(self, day, must, surely=not trouble)

    async def _sweeps_late(self, day: date) -> None:
        """Nobody swept in the morning: now it is too late to send what is due, or nearly; the next day tells it."""
        closes = datetime.combine(day, self.model.hours[1], STOCKHOLM)
        for minutes, names in ((-3, ("reminders",)), (3, ("reminders", "outbox"))):
            await self._until(closes + timedelta(minutes=minutes))
            self.must_work(await self.chance.choice(self.stacks).rounds(*names), "the late sweep")
            await self.settled()
        reminded.is_over(self, day, list(reminded.due(self, day)), surely=False)

    def _waits(self) -> bool:
        """Return whether messages are on their way."""
        query = "select count(*) from outbox where state in ('waiting', 'sending')"
        return bool(self.database.ask(query)[0][0])

    # --- what people do ---------------------------------------------------------------------------------------------

    def _deputises(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.deputy)

    async def _sitting(self, day: date) -> None:
        chance = self.chance
        if chance.random() < 0.1:
            await self.office.imports(day)
        if chance.random() < 0.06:
            await self.office.changes_a_case()
        if chance.random() < 0.12:
            await links(self)
        if chance.random() < 0.15:
            await self.rounds.goes_on()
            return
        if chance.random() < 0.1:
            await answers_file.comes_in(self)
        if chance.random() < 0.12:
            await wrong_number.puts_right(self)
        kind = chance.random()
        if kind < 0.66:
            person = self.people[chance.choice(("anna", "anna", "anna", "bo", "bo", "doris", "doris", "ylva"))]
            await self.workers.works(person, self.workers.case_for(person))
        elif kind < 0.92:
            readers = ["cecilia", "sven", *(["dag"] * 2 if self._deputises(day) else [])]
            await chefs.reads(self, self.people[chance.choice(readers)])
        else:
            person = self.people[chance.choice(sorted(self.people))]
            for _ in range(chance.randint(1, 3)):
                await self.says(person)
            if known := sorted({*self.model.cases, *self.model.gone}):
                ref = chance.choice(known)
                await self.traffic.types(
                    person, f"{chance.choice(('fortsätt', 'vad saknas', 'uppgifter'))} {ref}", "peek", ref
                )

    async def says(self, person: Person) -> None:
        """Say something of no case. Thanks twice in a row would be her motivation, where one was asked for."""
        await self.languages.may_switch(person, 0.15)
        words = [one for one in SAYS[person.role] if one != "tack!" or not person.thanked]
        said = self.chance.choice(words)
        await self.traffic.types(person, said, "other")
        person.thanked = said == "tack!"

    def new_text(self) -> str:
        self.numbers["text"] += 1
        return f"Påhittad text {self.numbers['text']} om läget"

    # --- its machines -----------------------------------------------------------------------------------------------

    async def revive(self) -> None:
        for place, stack in enumerate(self.stacks):
            if stack.is_dead:
                await self.starts_again(place)

    async def starts_again(self, place: int) -> None:
        trouble = self.stacks[place].channel.trouble
        await self.stacks[place].die()
        for person in self.people.values():  # it may not have come to note what it sent
            for what, (day, sure) in person.heard.items():
                person.heard[what] = (day, sure and day != self.now().date())
        self.stacks[place] = self._process(place)
        self.stacks[place].channel.trouble = trouble
        self.note("started again:", self.stacks[place].name)
        await asyncio.sleep(11)
        for stack in self.stacks:
            await stack.rounds("replica")

    # --- figures ----------------------------------------------------------------------------------------------------

    async def figures(self, day: date) -> None:
        """Count everything by hand, and compare with what is exported."""
        stack = self.stacks[0]
        self.must_work(await stack.rounds("figures"), "the figures")
        chosen = Selection(first=self.first, last=self.last)
        town = self.model.town(day)

        def read(session: Any) -> tuple[list[Any], list[Any], list[Any]]:
            every = rates.rate_rows(session, chosen, day, also=(check.ONLY_HERE,))
            given = [dict(zip((*rates.COLUMNS, check.ONLY_HERE), row, strict=True)) for row in every]
            rows = checklists.checklist_rows(session, chosen, day)
            listed = [dict(zip(checklists.COLUMNS, row, strict=True)) for row in rows]
            out = answers.answer_rows(lambda work: work(session), chosen)
            return given, listed, [dict(zip(answers.COLUMNS, row, strict=True)) for row in out]

        given, listed, exported = stack.desk.read_now(read)
        found, wanted = check.answers_found(exported), check.answers_wanted(self.model, self.first, self.last)
        check.same(f"answers of {day}", found, wanted)
        check.same(f"figures of {day}", check.rates_found(given), check.rates_wanted(town, self.first, self.last))
        check.same(f"lists of {day}", check.lists_found(listed), check.lists_wanted(town, self.first, self.last))
        self.office.gone_is_gone()
        self.note("figures", len(given), len(listed))
