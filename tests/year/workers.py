"""What case workers do at their clients: open cases, fill in, send, put dates right, ask for more time."""

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.chat.card_hand import Card, inputs, titles
from tests.chat.harness import NORTH
from tests.same_answer.own_count import FACTS
from tests.year.chefs import why
from tests.year.done import CHOICES
from tests.year.model import Case
from tests.year.people import Person, Shown, choices, verb_of

if TYPE_CHECKING:
    from tests.year.town import Town

ASIDE = {"how", "unlink"}
"""Verbs that nobody presses here: details beside an answer, and what is about another case as well."""
NEVER = {
    "Kommentera",
    "Eget samtal",
    "Observation",
    "Via annan",
    "Fel ärendenummer",
    "Kopplade ärenden",
    "Text till akten",
}


class Workers:
    """The case workers of a town. Everything they do follows from the seed."""

    def __init__(self, town: "Town") -> None:
        self._town, self._chance = town, town.chance

    def case_for(self, person: Person) -> str:
        """Return the case she sits down with: one of hers, or a new one."""
        mine = [
            case.ref
            for case in self._town.model.cases.values()
            if person.name in (case.lead, case.co) and "closed_on" not in case.dates and not case.adult
        ]
        if not mine or (len(mine) < 7 and self._chance.random() < 0.3):
            self._town.numbers["case"] += 1
            if (free := self._town.model.free()) and self._chance.random() < 0.3:
                return self._chance.choice(free)
            return f"SN {self._town.first.year}/{self._town.numbers['case']:04}"
        return self._chance.choice(mine)

    async def works(self, person: Person, ref: str) -> None:
        """A worker sits down with a case, for some minutes."""
        chance = self._chance
        if ref not in self._town.model.cases:
            await self._town.traffic.types(person, f"ny {ref}", "new", ref)
        for _ in range(chance.randint(3, 14)):
            await asyncio.sleep(chance.randint(4, 90))
            await self._town.languages.may_switch(person)
            case, shown = self._town.model.cases.get(ref), person.at
            if case is None or "closed_on" in case.dates:
                return
            old = [one for one in person.cards if one.card is not None and not one.loose and one.of is case]
            if old and chance.random() < 0.06:
                await self._presses_something(person, chance.choice(old), ref)
            elif shown is None or shown.card is None or shown.of is not case or shown.loose or chance.random() < 0.12:
                await self._town.traffic.types(person, *self._command(case, day=self._town.now().date()))
            elif shown.view.kind == "summary" and chance.random() < 0.4:
                await self._town.traffic.types(person, f"fortsätt {ref}", "look", ref)
            elif shown.view.kind == "question" and shown is person.asked and chance.random() < 0.15:
                await self._types_answer(person, shown, ref)
            else:
                await self._presses_something(person, shown, ref)

    def _command(self, case: Case, day: date) -> tuple[str, str, str]:
        word = self._chance.choice(
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
                *(f"ändra {self._chance.randint(1, 12)}", "tillbaka", "paus", "vad saknas"),
            )
        )
        return f"{word} {case.ref}", "undo" if word == "ångra" else "look", case.ref

    async def _types_answer(self, person: Person, shown: Shown, ref: str) -> None:
        word = self._chance.choice(("ja", "nej"))
        if word == "nej" and shown.view.item.item == "child_heard" and self._chance.random() < 0.6:
            word = f"nej, {self._town.new_text()}"
        await self._town.traffic.types(person, word, "answer", ref, shown)

    async def _presses_something(self, person: Person, shown: Shown, ref: str) -> None:
        """Press a button of a card as somebody might who wants to get on with it."""
        chance, view = self._chance, shown.view
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
                fields["planned"] = str(self._town.now().date() + timedelta(days=chance.randint(3, 130)))
        elif view.kind == "question":
            answers = [one for one in there if one in CHOICES]
            title = chance.choice(answers + ["Ja"] * ("Ja" in answers)) if chance.random() < 0.93 else title
        elif view.kind == "group":
            title = "Spara"
            fields = {one.item: chance.choice(choices(shown.card, one.item)) for one in view.items}
        elif view.kind == "motivation":
            ways = ("Spara", "Spara", "Finns i akten", "Motivering saknas")
            title = chance.choice([one for one in ways if one in there])  # not every municipality takes every form
            fields = {} if title == "Motivering saknas" else {"place": "blad 12"}
            fields |= {"motivation": self._town.new_text()} if title == "Spara" else {}
            if chance.random() < 0.5:
                fields.pop("place", None)
            fields = {name: value for name, value in fields.items() if name in inputs(shown.card)}
        elif view.kind == "form":
            title = "Spara"
            for row in view.fields if not view.reading else ():
                for one in row.items if row.kind == "choice" and chance.random() < 0.7 else ():
                    fields[one.item] = chance.choice(choices(shown.card, one.item))
        elif view.kind in ("summary", "missing") and "Skicka till chef" in there:
            title = "Skicka till chef" if chance.random() < 0.6 else title
        elif view.kind == "details":
            title, fields = self._details(self._town.model.cases[ref], shown.card)
        elif view.kind == "extend":
            title, fields = "Spara", self._extension(view, self._town.model.cases[ref])
        elif view.kind == "close":
            title, fields = "Avsluta", {"closed_on": str(self._town.now().date())}
        elif view.kind == "menu" and chance.random() < 0.7:
            title = next((one for one in there if one in ("Ändra ändå", "Ångra")), title)
        alike = [one for one in there if one.startswith("Samma ")]
        if alike and chance.random() < 0.3:
            title, fields = alike[0], {}
        if title in there and title not in NEVER and verb_of(shown.card, title) not in ASIDE:
            await self._town.traffic.presses(person, shown, title, fields, ref)
        else:
            case = self._town.model.cases[ref]
            await self._town.traffic.types(person, *self._command(case, self._town.now().date()))

    def _details(self, case: Case, card: Card) -> tuple[str, dict[str, str]]:
        chance, today, at = self._chance, self._town.now().date(), case.dates
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
            other = {"anna": "Bo Påhittad", "bo": "Anna Påhittad"}.get(case.lead)
            if other in choices(card, "co_worker"):
                fields["co_worker"] = other
        if chance.random() < (0.02 if case.protected else 0.06):
            fields["protected_identity"] = "Nej" if case.protected else "Ja"
        return "Spara", fields

    def _extension(self, view: Any, case: Case) -> dict[str, str]:
        today = self._town.now().date()
        limit = "4m" if "opened_on" in case.dates else "14d"
        fields = {"limit": limit, "reason_class": self._chance.choice(("grounds", "organisation"))}
        return fields | {
            **why(self._town, view, "reason"),
            "decided_on": str(today),
            # Now and then no later than the limit itself, which extends nothing.
            "until": str(max(today, case.limit(limit) or today) + timedelta(days=self._chance.randint(0, 40))),
        }
