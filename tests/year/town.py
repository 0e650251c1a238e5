"""One municipality's year: who works there, what they do, what goes wrong, and what must hold all the time."""

import asyncio
import gc
import hashlib
import json
import logging
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from bot.door.inbound import read_activity
from reports import answers, checklists, rates
from reports.selected import Selection
from tests.chat.card_hand import Card, button, gathered, inputs, titles
from tests.chat.harness import NORTH, SOUTH, STOCKHOLM, TENANT, object_id, people_csv
from tests.migrated import put_database
from tests.same_answer.own_count import FACTS
from tests.sql.import_files import import_cases, import_people
from tests.wire.door import recorded
from tests.year import acts, check
from tests.year.acts import Done, snapshot
from tests.year.almanac import A_DAY, works
from tests.year.channel import Channel, Delivery
from tests.year.check import Fault
from tests.year.machine import SimulatedClock, SimulatedLoop, predictable
from tests.year.model import Case, Model, Post
from tests.year.office import Office
from tests.year.stack import SHOWN, TURN, Stack, Taken

ROLES = (
    ("anna", NORTH, "case_worker"),
    ("bo", NORTH, "case_worker"),
    ("doris", SOUTH, "case_worker"),
    ("cecilia", NORTH, "unit_manager"),
    ("sven", SOUTH, "unit_manager"),
    ("mona", "", "manager"),
    ("ada", "", "admin"),
    ("vera", "", "auditor"),
    ("greta", NORTH, "peer_reviewer"),
)
DEPUTY = ("dag", NORTH, "deputy")
STRANGER = "okand"
SAYS = {
    "case_worker": ("mina ärenden", "hjälp", "vad betyder 4", "åtgärder", "tack!"),
    "unit_manager": ("att läsa", "enhetens ärenden", "ersättare", "rapport", "egenkontroll"),
    "deputy": ("att läsa", "enhetens ärenden", "hjälp"),
    "manager": ("rapport", "exportera", "egenkontroll", "åtgärder", "hjälp"),
    "admin": ("administrera", "hjälp"),
    "auditor": ("granska", "hjälp", "mina ärenden"),
    "peer_reviewer": ("granska", "hjälp"),
    "": ("hej", "mina ärenden", "att läsa", "rapport"),
}
MOST_TRIES = 6


@dataclass
class Shown:
    """A message as a person's client shows it. view: what it is; seen: what held as it was made; by: the act."""

    message: str
    card: Card | None
    view: Any
    seen: Mapping[str, Any]
    by: str
    loose: bool = False


@dataclass
class Person:
    """Somebody at her client. at: what she looks at. meant: what she did that she was asked about."""

    name: str
    unit: str
    role: str
    cards: list[Shown] = field(default_factory=list)
    at: Shown | None = None
    asked: Shown | None = None
    meant: Done | None = None
    heard: dict[tuple[str, str, str], tuple[date, bool]] = field(default_factory=dict)
    """What she has been reminded of, by case, rule and occasion: when last, and whether the bot knows that it came."""
    bundles: set[date] = field(default_factory=set)
    has_app: bool = False
    thanked: bool = False

    @property
    def chat(self) -> str:
        """The id of her chat with the bot."""
        return f"a:personal-{self.name}"


@cache
def _named() -> tuple[tuple[str, str, str, str], ...]:
    return tuple((name, f"{name.title()} Påhittad", unit, role) for name, unit, role in ROLES)


class Town:
    """One seed's municipality. weeks: how long it is followed. trace: all that happened, line by line."""

    def __init__(self, seed: int, weeks: int, folder: Path) -> None:
        self.seed, self.weeks = seed, weeks
        self.chance = random.Random(f"people of {seed}")
        first = date(2025, 1, 7) + self.chance.randrange(52) * 7 * A_DAY
        self.first = first - first.weekday() * A_DAY
        self.last = self.first + timedelta(days=7 * weeks - 1)
        self.loop = SimulatedLoop()
        self.start = datetime.combine(self.first, time(6), STOCKHOLM)
        self.clock = SimulatedClock(self.loop, self.start)
        self.model = Model(posts=[Post(name, unit, role) for name, unit, role in ROLES])
        self.trace: list[str] = []
        self.people = {name: Person(name, unit, role) for name, unit, role in (*ROLES, DEPUTY)}
        self.people[STRANGER] = Person(STRANGER, "", "")
        self.pending: dict[str, Done] = {}
        self.numbers = {"case": 0, "text": 0, "in": 0, "process": 0}
        self.url = put_database(folder / "town.db")
        self.database = sqlite3.connect(folder / "town.db", isolation_level=None)
        self.blocker = sqlite3.connect(folder / "town.db", isolation_level=None, timeout=0)
        self.stacks: list[Stack] = []
        self.deputy = [
            (self.first + timedelta(days=start), self.first + timedelta(days=start + 13)) for start in (9, 93, 200)
        ]
        self.done = 0
        self.in_trouble = False
        self.fault: Fault | None = None
        self.office = Office(self, folder)
        self.first_done: dict[Any, tuple[Mapping[str, Any], str]] = {}

    # --- the run ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Live through the weeks. Raises: Fault: the product did something else than the model says."""
        asyncio.set_event_loop(self.loop)
        was, often = logging.root.manager.disable, gc.get_threshold()
        logging.disable(logging.CRITICAL)
        gc.set_threshold(
            50_000, 20, 50
        )  # most objects are freed without it, and the default takes an eighth of the time
        try:
            with predictable(self.seed, self.loop, self.clock.now):
                self.loop.run_until_complete(self._lives())
        finally:
            logging.disable(was)
            gc.set_threshold(*often)
            for stack in self.stacks:
                stack.desk.close()
            self.database.close()
            self.blocker.close()
            asyncio.set_event_loop(None)
            self.loop.close()

    async def _lives(self) -> None:
        for place in range(2):
            self.stacks.append(self._process(place))
            await self.stacks[place].rounds("replica")
        await self._moves_in()
        await self.office.begins()
        day = self.first
        while day <= self.last:
            await self._day(day)
            day += A_DAY
        await self._figures(self.last)

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
        channel = Channel(drawn, lambda one: self._watch(self._delivered, one))
        told = partial(self._watch, self._told)
        return Stack(name, self.url, self.loop, clock, drawn, channel, told)

    async def _moves_in(self) -> None:
        desk, at = self.stacks[0].desk, self.now()
        raw = people_csv(*_named())
        await desk.run(lambda session: import_people(session, raw, frozenset({TENANT}), at, "cli:sim"))
        for person in self.people.values():
            if person.name != STRANGER:
                await self._sends(self._activity(person, "installationUpdate.add"), None)

    # --- one day ----------------------------------------------------------------------------------------------------

    async def _day(self, day: date) -> None:
        chance = self.chance
        for stack in self.stacks:
            stack.channel.trouble = chance.choice((0.0, 0.0, 0.0, 0.1, 0.4))
        await self._until(datetime.combine(day, time(7, 45), STOCKHOLM))
        for first, last in self.deputy:
            if day == first:
                await self.office.names(Post("dag", NORTH, "deputy", first, last))
        await self.office.day(day)
        await self._until(datetime.combine(day, time(7, 50), STOCKHOLM))
        if works(day) or chance.random() < 0.2:
            await self._sweep(day)
        sittings = chance.choice((0, 0, 0, 1, 1)) if self.weeks > 8 else chance.choice((1, 2, 3))
        for number in range(sittings if works(day) else chance.random() < 0.05):
            await self._until(datetime.combine(day, time(9 + 3 * number, chance.randrange(60)), STOCKHOLM))
            await self._sitting(day)
            await self._background()
        for ref in self.model.cases:
            check.case_is_right(self.database, self.model, ref)
        if day.day == 28 or (self.weeks <= 8 and day.weekday() == 4):
            await self._figures(day)

    async def _background(self) -> None:
        stack = self.chance.choice(self.stacks)
        also = ("reminders",) if self.chance.random() < 0.2 else ()
        self._must_work(await stack.rounds("outbox", "trail", "figures", *also), "the background")
        await self._settled()

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await self._settled()

    async def _settled(self) -> None:
        for stack in self.stacks:
            await stack.settle()
        if self.fault is not None:
            raise self.fault

    def _watch(self, look: Callable[..., None], *what: Any) -> None:
        """Look at something from within the bot, which catches much: the first fault is kept until it can be raised."""
        try:
            look(*what)
        except Fault as fault:
            self.fault = self.fault or fault

    def _must_work(self, failed: Sequence[str], what: str) -> None:
        if failed and not self.in_trouble:
            raise Fault(f"{what} failed: {', '.join(failed)}")

    async def _sweep(self, day: date) -> None:
        """Both processes sweep as the offices open; one may be killed in the middle of it."""
        before = {name: set(person.bundles) for name, person in self.people.items()}
        killed = works(day) and self.chance.random() < 0.04
        if killed:
            self.stacks[0].fate = (self.chance.randint(1, 12), self.chance.choice(("begin", "end", "kept")))
            self.in_trouble = True
        must = list(self._due(day)) if works(day) else []
        for minutes in (0, 13, 14, 17, 30, 45):
            if minutes == 0 and self.chance.random() < 0.8:
                continue  # before the offices open nothing is sent
            if minutes == 14 and not killed and not self._waits() and self.chance.random() < 0.7:
                continue
            if minutes > 14 and not killed and not self._waits():
                break
            await self._until(datetime.combine(day, time(7, 50), STOCKHOLM) + timedelta(minutes=minutes))
            for place, stack in enumerate(self.stacks):
                if stack.is_dead:
                    await self._starts_again(place)
            names = ("replica", "reminders", "outbox") if minutes == 13 else ("reminders", "outbox")
            alone = not killed and self.chance.random() < 0.6
            who = [self.chance.choice(self.stacks)] if alone else self.stacks
            both = [stack.rounds(*names) for stack in who]
            found = await asyncio.gather(*both)
            self._must_work([one for some in found for one in some], "the sweep")
            await self._settled()
        self.stacks[0].fate = None
        for place, stack in enumerate(self.stacks):
            if stack.is_dead:
                await self._starts_again(place)
        self.in_trouble = False
        trouble = killed or any(stack.channel.trouble for stack in self.stacks)
        if not works(day) and any(before[name] != person.bundles for name, person in self.people.items()):
            raise Fault(f"reminders were sent on {day}, when nobody works")
        for name, ref, rule, mark, _ in must:
            heard = self.people[name].heard.get((ref, rule, mark))
            if heard is None and not trouble:
                raise Fault(f"{name} was not reminded of {rule} in {ref} ({mark}) on {day}")

    def _waits(self) -> bool:
        """Return whether messages are on their way."""
        query = "select count(*) from outbox where state in ('waiting', 'sending')"
        return bool(self.database.execute(query).fetchone()[0])

    def _due(self, day: date) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield who is to be told what today: person, case, rule, occasion, date."""
        for case in self.model.cases.values():
            for rule, audiences, mark, on in case.due(day):
                for name in dict.fromkeys(one for audience in audiences for one in self._audience(case, audience, day)):
                    yield name, case.ref, rule, mark, str(on)

    def _audience(self, case: Case, audience: str, day: date) -> list[str]:
        model = self.model
        deputies = [name for name in model.holders("deputy", case.unit, day) if self.people[name].has_app]
        if audience == "worker" and (found := [name for name in (case.lead, case.co) if model.held(name, day)]):
            return found
        if audience in ("worker", "chef") or case.protected:  # of a protected identity no manager is told
            return deputies or model.holders(CHEF, case.unit, day)
        return deputies or ["mona"]

    def _deputises(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.deputy)

    # --- what people do ---------------------------------------------------------------------------------------------

    async def _sitting(self, day: date) -> None:
        chance = self.chance
        if chance.random() < 0.1:
            await self._imports(day)
        if chance.random() < 0.06:
            await self.office.changes_a_case()
        if chance.random() < 0.12:
            await self._links()
        kind = chance.random()
        if kind < 0.66:
            person = self.people[chance.choice(("anna", "anna", "bo", "doris"))]
            await self._works(person, self._case_for(person))
        elif kind < 0.92:
            readers = ["cecilia", "sven", *(["dag"] * 2 if self._deputises(day) else [])]
            await self._reads(self.people[chance.choice(readers)])
        else:
            person = self.people[chance.choice(sorted(self.people))]
            for _ in range(chance.randint(1, 3)):
                await self._says(person)
            if known := sorted({*self.model.cases, *self.model.gone}):
                ref = chance.choice(known)
                await self._types(
                    person, f"{chance.choice(('fortsätt', 'vad saknas', 'uppgifter'))} {ref}", "peek", ref
                )

    async def _says(self, person: Person) -> None:
        """Say something about no case. A second thanks in a row would become a motivation, if one was asked for."""
        words = [one for one in SAYS[person.role] if one != "tack!" or not person.thanked]
        said = self.chance.choice(words)
        await self._types(person, said, "other")
        person.thanked = said == "tack!"

    def _case_for(self, person: Person) -> str:
        mine = [
            case.ref
            for case in self.model.cases.values()
            if person.name in (case.lead, case.co) and "closed_on" not in case.dates and not case.adult
        ]
        if not mine or (len(mine) < 7 and self.chance.random() < 0.3):
            self.numbers["case"] += 1
            return f"SN {self.first.year}/{self.numbers['case']:04}"
        return self.chance.choice(mine)

    async def _works(self, person: Person, ref: str) -> None:
        """A worker sits down with a case, for some minutes."""
        chance = self.chance
        if ref not in self.model.cases:
            await self._types(person, f"ny {ref}", "new", ref)
        for _ in range(chance.randint(3, 14)):
            await asyncio.sleep(chance.randint(4, 90))
            case, shown = self.model.cases.get(ref), person.at
            if case is None or "closed_on" in case.dates:
                return
            old = [one for one in person.cards if one.card is not None and not one.loose and _ref(one.view) == ref]
            if old and chance.random() < 0.06:
                await self._presses_something(person, chance.choice(old), ref)
            elif (
                shown is None or shown.card is None or _ref(shown.view) != ref or shown.loose or chance.random() < 0.12
            ):
                await self._types(person, *self._command(case, day=self.now().date()))
            elif shown.view.kind == "summary" and chance.random() < 0.4:
                await self._types(person, f"fortsätt {ref}", "look", ref)
            elif shown.view.kind == "question" and shown is person.asked and chance.random() < 0.15:
                await self._types_answer(person, shown, ref)
            else:
                await self._presses_something(person, shown, ref)

    def _command(self, case: Case, day: date) -> tuple[str, str, str]:
        word = self.chance.choice(
            (
                *(
                    "fortsätt",
                    "fortsätt",
                    "vad saknas",
                    "uppgifter",
                    "uppgifter",
                    "formulär",
                    "ångra",
                    "ångra",
                    "ändra 1",
                ),
                *(f"ändra {self.chance.randint(1, 12)}", "tillbaka", "paus", "vad saknas"),
            )
        )
        return f"{word} {case.ref}", "undo" if word == "ångra" else "look", case.ref

    async def _types_answer(self, person: Person, shown: Shown, ref: str) -> None:
        word = self.chance.choice(("ja", "nej"))
        if word == "nej" and shown.view.item.item == "child_heard" and self.chance.random() < 0.6:
            word = f"nej, {self._text()}"
        await self._types(person, word, "answer", ref, shown)

    def _text(self) -> str:
        self.numbers["text"] += 1
        return f"Påhittad text {self.numbers['text']} om läget"

    async def _types(
        self, person: Person, text: str, what: str, ref: str = "", shown: Shown | None = None, other: str = ""
    ) -> None:
        activity = self._activity(person, "message.text", text=text)
        done = Done(activity["id"], person.name, ref, "text", what, text, other=other)
        if shown is not None:
            done.view, done.seen = shown.view, shown.seen
        await self._sends(activity, done)

    async def _presses_something(self, person: Person, shown: Shown, ref: str) -> None:
        """Press a button of a card as somebody might who wants to get on with it."""
        chance, view = self.chance, shown.view
        assert shown.card is not None
        there = titles(shown.card)
        fields: dict[str, str] = {}
        title = chance.choice(there) if there else ""
        if view.kind == "facts":
            title = "Spara"
            fields = {one.fact: chance.choice(("Ja", "Nej", "Nej", "Vet inte", "Ja")) for one in view.fields}
            if view.children and chance.random() < 0.2:
                fields["children"] = str(min(3, view.children + 1))
            if view.children and chance.random() < 0.8:
                fields["planned"] = str(self.now().date() + timedelta(days=chance.randint(3, 130)))
        elif view.kind == "question":
            answers = [one for one in there if one in acts.CHOICES]
            title = chance.choice(answers + ["Ja"] * ("Ja" in answers)) if chance.random() < 0.93 else title
        elif view.kind == "group":
            title = "Spara"
            fields = {one.item: chance.choice(self._choices(shown.card, one.item)) for one in view.items}
        elif view.kind == "motivation":
            ways = ("Spara", "Spara", "Finns i akten", "Motivering saknas")
            title = chance.choice([one for one in ways if one in there])  # of a protected identity no text is taken
            fields = {} if title == "Motivering saknas" else {"place": "blad 12"}
            fields |= {"motivation": self._text()} if title == "Spara" else {}
        elif view.kind == "form":
            title = "Spara"
            for row in view.fields if row_is_plain(view) else ():
                for one in row.items if row.kind == "choice" and chance.random() < 0.7 else ():
                    fields[one.item] = chance.choice(self._choices(shown.card, one.item))
        elif view.kind in ("summary", "missing") and "Skicka till chef" in there:
            title = "Skicka till chef" if chance.random() < 0.6 else title
        elif view.kind == "details":
            title, fields = self._details(self.model.cases[ref], shown.card)
        elif view.kind == "extend":
            title, fields = "Spara", self._extension(self.model.cases[ref])
        elif view.kind == "close":
            title, fields = "Avsluta", {"closed_on": str(self.now().date())}
        elif view.kind == "menu" and chance.random() < 0.7:
            title = next((one for one in there if one in ("Ändra ändå", "Ångra")), title)
        if title in there and title not in NEVER and _verb(shown.card, title) not in ASIDE:
            await self._presses(person, shown, title, fields, ref)
        else:
            case = self.model.cases[ref]
            await self._types(person, *self._command(case, self.now().date()))

    def _choices(self, card: Card, item: str) -> list[str]:
        return [choice["title"] for choice in inputs(card)[item]["choices"]]

    def _details(self, case: Case, card: Card) -> tuple[str, dict[str, str]]:
        chance, today, at = self.chance, self.now().date(), case.dates
        there, what = titles(card), chance.random()
        if what < 0.1 and "Förläng" in there and ("opened_on" in at or "received_on" in at):
            return "Förläng", {}
        if "decided_on" in at and what < 0.35 and "Avsluta" in there:
            return "Avsluta", {}
        fields: dict[str, str] = {}
        if "received_on" not in at and "opened_on" not in at:
            fields["received_on"] = str(today - timedelta(days=chance.choice((0, 1, 3, 9))))
        elif "opened_on" not in at:
            fields["opened_on"] = str(max(at["received_on"], today - timedelta(days=chance.randint(0, 3))))
        elif "decided_on" not in at and chance.random() < 0.5:
            fields["decided_on"] = str(max(at["opened_on"], today - timedelta(days=chance.randint(0, 2))))
        elif "decided_on" in at and "started_on" not in at:
            fields["started_on"] = str(max(at["decided_on"], today))
        if "decided_on" not in at and chance.random() < 0.3:
            fields["planned_decision_on"] = str(today + timedelta(days=chance.randint(2, 60)))
        if chance.random() < 0.2:
            name = chance.choice([one for one in inputs(card) if one.split(".")[0] in FACTS])
            fields[name] = chance.choice(("Ja", "Nej", "Vet inte"))
        if not case.co and case.unit == NORTH and chance.random() < 0.25 and "co_worker" in inputs(card):
            other = {"anna": "Bo Påhittad", "bo": "Anna Påhittad"}[case.lead]
            if other in self._choices(card, "co_worker"):
                fields["co_worker"] = other
        if chance.random() < (0.02 if case.protected else 0.06):
            fields["protected_identity"] = "Nej" if case.protected else "Ja"
        return "Spara", fields

    def _extension(self, case: Case) -> dict[str, str]:
        today = self.now().date()
        limit = "4m" if "opened_on" in case.dates else "14d"
        fields = {"limit": limit, "reason_class": self.chance.choice(("grounds", "organisation"))}
        return fields | {
            "reason": self._text(),
            "decided_on": str(today),
            "until": str(today + timedelta(days=self.chance.randint(5, 60))),
        }

    async def _links(self) -> None:
        """Somebody links two cases, or asks whether they may be linked; whoever was asked may answer."""
        chance = self.chance
        adults = [case.ref for case in self.model.cases.values() if case.adult]
        children = [case for case in self.model.cases.values() if not case.adult and case.lead]
        if adults and children:
            case, other = chance.choice(children), chance.choice(adults)
            pair = [case.ref, other]
            name = chance.choice([case.lead, *self.model.holders(CHEF, case.unit, self.now().date())])
            unlinks = (case.ref, other) in self.model.links and chance.random() < 0.4
            if chance.random() < 0.3:
                pair, name = pair[::-1], self.model.cases[other].lead
            word, what = ("koppla bort", "unlink") if unlinks else ("koppla", "link")
            await self._types(self.people[name], f"{word} {' '.join(pair)}", what, pair[0], other=pair[1])
        for person in self.people.values():
            asked = [one for one in person.cards if one.card is not None and "Ja, koppla" in titles(one.card)]
            refs = check.REF.findall(check.as_text(asked[-1].card)) if asked else []
            if asked and chance.random() < 0.5 and refs[0] in self.model.cases:
                own = refs[0]
                of = [pair for pair, link in self.model.links.items() if own in pair and link[1] == own]
                named = [one for one in refs if one != own] or [one for pair in of for one in pair if one != own]
                if len(set(named)) == 1:
                    title = chance.choice(("Ja, koppla", "Ja, koppla", "Nej, koppla inte"))
                    await self._presses(person, asked[-1], title, {}, own, named[0])
        check.links_are_right(self.database, self.model)

    async def _reads(self, person: Person) -> None:
        """A chef reads what waits, and signs it or sends it back."""
        chance = self.chance
        waits = [
            case.ref
            for case in self.model.cases.values()
            if self._reads_case(person.name, case)
            and case.status in ("sent", "voided")
            and not case.dates.get("closed_on")
        ]
        if not waits:
            await self._says(person)
            return
        ref = chance.choice(waits)
        await self._types(person, f"fortsätt {ref}", "look", ref)
        for _ in range(14):
            await asyncio.sleep(chance.randint(4, 90))
            shown, case = person.at, self.model.cases[ref]
            if shown is None or shown.card is None or _ref(shown.view) != ref or shown.loose:
                return
            there = titles(shown.card)
            fields: dict[str, str] = {}
            wanted = ["Börja läsa", "Fortsätt läsa", "Visa skillnader", "Signera", "Signera med brist", "Återlämna"]
            if shown.view.kind == "form":
                wanted = ["Spara"]
                for row in shown.view.fields:
                    fields |= {
                        one.item: chance.choice(self._choices(shown.card, one.item))
                        for one in (row.items if row.kind == "choice" else ())
                    }
            elif shown.view.kind == "return":
                wanted, fields = ["Återlämna"], {"comment": self._text()}
                fields |= {"items": ""} if "items" in inputs(shown.card) else {}
            elif shown.view.kind == "shortfall":
                wanted, fields = ["Signera med brist"], {"reason": self._text()}
            elif chance.random() < 0.25 and "Återlämna" in there:
                wanted = ["Återlämna"]
            title = next((one for one in wanted if one in there), "")
            if not title or chance.random() < 0.05:
                return
            await self._presses(person, shown, title, fields, ref)
            del case

    def _reads_case(self, name: str, case: Case) -> bool:
        return self.model.reads(name, case, self.now().date())

    async def _presses(
        self, person: Person, shown: Shown, title: str, fields: Mapping[str, str], ref: str, other: str = ""
    ) -> None:
        assert shown.card is not None
        data = gathered(shown.card, button(shown.card, title), fields)
        value = {"action": {"type": "Action.Execute", "verb": data.get("verb", ""), "data": data}}
        activity = self._activity(person, "invoke.adaptiveCard-action", value=value, replyToId=shown.message)
        done = Done(activity["id"], person.name, ref, "press", data.get("verb", ""), "", shown.view, shown.seen, title)
        done.data, done.made_by, done.meant, done.other = dict(data), shown.by, person.meant, other
        if fields.get("co_worker"):
            done.data = {**done.data, "co_name": fields["co_worker"].split()[0].lower()}
        await self._sends(activity, done, shown)

    def _activity(self, person: Person, kind: str, **more: Any) -> dict[str, Any]:
        self.numbers["in"] += 1
        made = recorded(kind) | {"id": f"in-{self.numbers['in']}", "serviceUrl": "http://127.0.0.1:1/"}
        made["from"] = {"id": f"29:{person.name}", "aadObjectId": object_id(person.name)}
        made["channelData"] = {"tenant": {"id": TENANT}}
        made["conversation"] = {"conversationType": "personal", "tenantId": TENANT, "id": person.chat}
        return made | more

    async def _imports(self, day: date) -> None:
        """The case system's file comes in: a new case, or new dates of one."""
        chance = self.chance
        worker = chance.choice(("anna", "bo", "doris"))
        unit = self.people[worker].unit
        self.numbers["case"] += 1
        ref = f"SN {self.first.year}/{self.numbers['case']:04}"
        made = Case(ref, unit, worker)
        received = day - timedelta(days=chance.choice((0, 2, 9, 13)))
        made.dates["received_on"] = received
        if chance.random() < 0.6:
            made.dates["opened_on"] = day - timedelta(days=chance.choice((0, 0, 60, 93, 112)))
            made.dates["received_on"] = made.dates["opened_on"] - timedelta(days=chance.randint(0, 9))
        if chance.random() < 0.5:
            made.dates["planned_decision_on"] = day + timedelta(days=chance.randint(1, 50))
        row = {"tenant_id": TENANT, "case_ref": ref, "unit": unit, "lead_email": f"{worker}@example.invalid"}
        row |= {name: str(value) for name, value in made.dates.items()}
        if chance.random() < 0.15 and "opened_on" in made.dates:
            ended = max(made.dates["opened_on"], day - timedelta(days=chance.choice((0, 20, 40, 70))))
            made.dates |= {"decided_on": ended, "closed_on": ended}
            row |= {"decided_on": str(ended), "closed_on": str(ended)}
        for name in ("violence", "child_placed"):
            if value := chance.choice(("", "nej", "ja")):
                row[name] = value
                made.facts[name, int(name == "child_placed")] = value
                made.fact_revisions[name, int(name == "child_placed")] = 1
        if chance.random() < 0.06:
            row["protected_identity"], made.protected = "ja", True
        if row.get("violence") == "ja" and not (
            "opened_on" in made.dates and made.dates["opened_on"] < made.dates["received_on"]
        ):
            made.violence_since = made.dates["received_on"]
        raw = "\n".join((";".join(row), ";".join(row.values()))).encode()
        now = self.now()
        await self.stacks[0].desk.run(lambda session: import_cases(session, raw, frozenset({TENANT}), now, "cli:sim"))
        self.model.cases[ref] = made
        self.note("imported", ref)
        check.case_is_right(self.database, self.model, ref)

    # --- on its way to the bot, and back ----------------------------------------------------------------------------

    async def _sends(self, activity: dict[str, Any], done: Done | None, shown: Shown | None = None) -> None:
        """Bring one activity to the bot as the channel does: again until it is taken, now and then twice."""
        chance = self.chance
        if done is not None:
            self.pending[activity["id"]] = done
            self.note(done.person, done.kind, done.what, done.title or done.text)
        counts = done is not None and done.what == "undo" and chance.random() < 0.5
        if counts:  # the answer to be undone is in the figures by then, and must leave them
            self._must_work(await self.stacks[0].rounds("figures"), "the figures")
        trouble = self._breaks_something() if done is not None and self.weeks else ""
        twice = done is not None and chance.random() < 0.05
        place = chance.randrange(len(self.stacks))
        taken = Taken("")
        for tries in range(MOST_TRIES):
            stack = self.stacks[place]
            if trouble.startswith("killed") and not tries:
                stack.fate = (1, trouble.split()[1])
            coming: list[Any] = [self._takes(stack, activity)]
            if twice:
                coming.append(self._takes(self.stacks[1 - place], activity))
            elif trouble == "beside":
                coming.append(self.stacks[1 - place].rounds("figures", "outbox", "trail"))
            found = await asyncio.gather(*coming)
            taken = found[0]
            if taken.state == "taken":
                break
            if not trouble:
                raise Fault(f"an activity was {taken.state} although nothing was wrong: {done}")
            self._mend(trouble)
            await self._revive()
            await asyncio.sleep(chance.choice((2, 15)))
            place = chance.randrange(len(self.stacks))
        else:
            raise Fault(f"an activity was never taken: {done}")
        self._mend(trouble)
        await self._revive()
        await self._settled()
        self.done += 1
        if done is None:
            return
        if taken.answer is not None:
            self._answered(done, taken, shown)
        if counts:
            await self._figures(self.now().date())
        if done.kind == "press" and done.what in acts.CHANGES and chance.random() < 0.04:
            await self._again(activity, done)
        if chance.random() < 0.5:
            failed = await chance.choice(self.stacks).rounds("outbox", "trail")
            self._must_work(failed, "the outbox")
            await self._settled()

    async def _again(self, activity: dict[str, Any], done: Done) -> None:
        """The channel sends a press again under a new id, as it does after half a minute."""
        self.numbers["in"] += 1
        copy = activity | {"id": f"in-{self.numbers['in']}"}
        self.note("again", done.name)
        before = check.stored(self.database, done.ref)
        taken = await self._takes(self.stacks[self.chance.randrange(2)], copy)
        if taken.state != "taken":
            raise Fault(f"a copy was {taken.state}")
        check.same(f"a copy of {done.what} in {done.ref}", check.stored(self.database, done.ref), before)
        await self._settled()

    async def _takes(self, stack: Stack, activity: dict[str, Any]) -> Taken:
        taken = await stack.take(read_activity(json.dumps(activity).encode()))
        body = check.as_text(taken.answer.body) if taken.answer is not None else ""
        self.note(stack.name, activity["id"], taken.state, hashlib.sha256(body.encode()).hexdigest()[:12])
        return taken

    def _breaks_something(self) -> str:
        what = self.chance.random()
        if what < 0.03:
            self.in_trouble = True
            kind = self.chance.choice(("killed begin", "killed end", "killed kept", "full", "held", "beside", "beside"))
            if kind == "full":
                for stack in self.stacks:
                    stack.desk.fill_disk()
            if kind == "held":
                self.blocker.execute("begin immediate")
            self.note("trouble:", kind)
            return kind
        return ""

    def _mend(self, trouble: str) -> None:
        if trouble == "full":
            for stack in self.stacks:
                stack.desk.free_disk()
        if trouble == "held" and self.blocker.in_transaction:
            self.blocker.execute("rollback")
        for stack in self.stacks:
            stack.fate = None
        self.in_trouble = False

    async def _revive(self) -> None:
        for place, stack in enumerate(self.stacks):
            if stack.is_dead:
                await self._starts_again(place)

    async def _starts_again(self, place: int) -> None:
        trouble = self.stacks[place].channel.trouble
        await self.stacks[place].die()
        for person in self.people.values():  # it may have died before recording what it sent
            for what, (day, sure) in person.heard.items():
                person.heard[what] = (day, sure and day != self.now().date())
        self.stacks[place] = self._process(place)
        self.stacks[place].channel.trouble = trouble
        self.note("started again:", self.stacks[place].name)
        await asyncio.sleep(11)
        for stack in self.stacks:
            await stack.rounds("replica")

    def _told(self, stack: Stack, left: Mapping[Any, Any]) -> None:
        """A transaction is committed: let the model do what was done in it, and compare."""
        if TURN not in left:
            return
        turn, outcome = left[TURN]
        if outcome.reply is not None and outcome.reply.person_id:
            next(one for one in self.people.values() if one.chat == turn.channel_id).has_app = True
        done = self.pending.get(turn.activity_id)
        if done is None:
            return
        person = self.people[done.person]
        if not done.applied and outcome.result not in ("repeated", "failed"):
            done.applied = True
            case = self.model.cases.get(done.ref)
            day = turn.now.astimezone(STOCKHOLM).date()
            reads = case is not None and self.model.reads(person.name, case, day)
            unit = next((one.unit for one in self.model.held(person.name, day) if one.role == "case_worker"), "")
            if (case is None and unit) or reads or (case is not None and self.model.works_on(person.name, case, day)):
                acts.apply(self.model, done, unit, turn.now.astimezone(STOCKHOLM), reads)
        same = (done.person, tuple(sorted(done.data.items())) if done.data else done.name)
        if outcome.result == "repeated" and same in self.first_done:
            done.after, done.shows = self.first_done[same]
        else:
            done.after, done.shows = snapshot(self.model.cases.get(done.ref)), done.name
            self.first_done[same] = (done.after, done.name)
        person.asked = None
        self.note("kept by", stack.name, turn.activity_id, outcome.result)
        if done.ref:
            try:
                check.case_is_right(self.database, self.model, done.ref)
            except Fault as fault:
                raise Fault(f"after {done.person} {done.what} {done.title or done.text!r}: {fault}") from None

    def _answered(self, done: Done, taken: Taken, shown: Shown | None) -> None:
        """The response to a press has come: it takes the place of the pressed card."""
        person, reply = self.people[done.person], taken.reply
        assert taken.answer is not None
        body = taken.answer.body
        self._may_see(person, body, done)
        value = body.get("value")
        if reply is None or not isinstance(value, dict) or shown is None:
            return
        now = Shown(shown.message, value, reply.view, done.after, done.shows)
        self._looks(person, now)
        # What the reply to an earlier press shows is not what the bot asked last: nobody types an answer to it.
        person.asked = now if done.shows == done.name else None
        if done.what != "change_anyway":
            person.meant = done

    def _looks(self, person: Person, shown: Shown) -> None:
        person.at = shown
        person.cards = [*person.cards[-7:], shown]

    def _delivered(self, delivery: Delivery) -> None:
        """A message, or an update of one, has reached somebody's client."""
        reply, by = SHOWN.get()
        person = next(one for one in self.people.values() if one.chat == delivery.channel_id)
        text = check.as_text(delivery.body)
        told = hashlib.sha256(text.encode()).hexdigest()[:12]
        self.note(person.name, "gets", delivery.method, delivery.message, told)
        if leaked := check.TEXT.findall(text):
            raise Fault(f"a message to {person.name} holds what somebody wrote: {leaked[0]}")
        done = self.pending.get(by)
        self._may_see(person, delivery.body, done)
        found = [one["content"] for one in delivery.body.get("attachments", ())]
        card = found[0] if found else None
        view = reply.view if reply is not None else None
        ref = _ref(view)
        seen = done.after if done is not None else snapshot(self.model.cases.get(ref))
        now = Shown(delivery.message, card, view, seen, by, loose=not by)
        if delivery.method == "POST":
            self._looks(person, now)
            person.asked = now if by else None
            if (reminders := check.reminded(card)) is not None:
                self._reminded(person, reminders, sure=delivery.sure)
        elif person.at is not None and person.at.message == delivery.message:
            self._looks(person, now)

    def _reminded(self, person: Person, found: Sequence[tuple[str, str, str]], *, sure: bool) -> None:
        """Compare a bundle with what is due."""
        day = self.now().date()
        if day in person.bundles:
            raise Fault(f"{person.name} got a second bundle of reminders on {day}")
        person.bundles.add(day)
        due = {(ref, rule): (mark, on) for name, ref, rule, mark, on in self._due(day) if name == person.name}
        for ref, rule, on in found:
            if rule == "SKYDD":
                continue
            if (ref, rule) not in due:
                raise Fault(f"{person.name} was told of {rule} in {ref} on {day}, which is not due")
            mark, should = due[ref, rule]
            if on and on != should:
                raise Fault(f"{person.name} was told of {rule} in {ref} with the date {on}, it is {should}")
            before = person.heard.get((ref, rule, mark))
            if before is not None and before[1]:
                raise Fault(f"{person.name} was told twice of {rule} in {ref} ({mark}): on {before[0]} and {day}")
            person.heard[ref, rule, mark] = (day, sure)

    def _may_see(self, person: Person, body: Any, done: Done | None) -> None:
        """Check that a person may see all cases and texts in a message. Raises: Fault: she may not."""
        text = check.as_text(body)
        today = self.now().date()
        for ref in sorted(set(check.REF.findall(text))):
            case = self.model.cases.get(ref)
            if done is not None and (ref in done.text or ref == done.other):
                continue
            if ref in self.model.gone:
                raise Fault(f"{person.name} was shown {ref}, which is gone")
            if case is None or (person.role in ("manager", "admin") and not case.protected):
                continue
            known = [case, *(() if case.protected else self.model.beside(ref))]
            hers = (self.model.works_on(person.name, one, today) or self._reads_case(person.name, one) for one in known)
            if not any(hers):
                raise Fault(f"{person.name} was shown {ref}, which is not hers")
        for words in set(check.TEXT.findall(text)):
            ref, author, at = self.model.texts.get(words, ("", "", datetime.max.replace(tzinfo=UTC)))
            case = self.model.cases.get(ref)
            if author == person.name or case is None or person.name in (case.lead, case.co):
                continue
            reading = case.readings.get(person.name)
            knows = reading is not None and reading.seen is not None and reading.seen >= at
            if not self._reads_case(person.name, case) or not (knows or self.people[author].role != "case_worker"):
                raise Fault(f"{person.name} was shown a motivation of {ref} before she had read it")

    # --- figures ----------------------------------------------------------------------------------------------------

    async def _figures(self, day: date) -> None:
        """Count everything by hand, and compare with what is exported."""
        stack = self.stacks[0]
        self._must_work(await stack.rounds("figures"), "the figures")
        chosen = Selection(first=self.first, last=self.last)
        town = self.model.town(day)

        def read(session: Any) -> tuple[list[Any], list[Any], list[Any]]:
            given = [dict(zip(rates.COLUMNS, row, strict=True)) for row in rates.rate_rows(session, chosen, day)]
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


def row_is_plain(view: Any) -> bool:
    """Return whether a form is the worker's own."""
    return not view.reading


def _ref(view: Any) -> str:
    """Return the case a card is about, "" for none."""
    head = getattr(view, "head", None)
    seen = getattr(view, "seen", None)
    return str(head.case_ref if head else seen.case_ref if seen else getattr(view, "case_ref", ""))


def _verb(card: Card, title: str) -> str:
    return str(button(card, title)["data"].get("verb", ""))


ASIDE = {"how", "same_as"}
"""Presses that the simulation never makes: how an answer came about, and copying a sibling's."""
CHEF = "unit_manager"
NEVER = {
    "Kommentera",
    "Eget samtal",
    "Observation",
    "Via annan",
    "Fel ärendenummer",
    "Kopplade ärenden",
    "Text till akten",
}
