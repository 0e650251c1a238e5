"""Units that get another name, become part of one another and are closed, by the admin in the chat."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.chat.card_hand import inputs, titles
from tests.chat.harness import NORTH, SOUTH
from tests.year import check
from tests.year.check import Fault
from tests.year.done import Done
from tests.year.model import Model
from tests.year.people import WEST, choices

if TYPE_CHECKING:
    from tests.year.town import Town

NAMES = ("Barnenhet Ett (påhittad)", "Familjestöd Två (påhittad)", "Mottagning Tre (påhittad)", NORTH, SOUTH)


class Units:
    """What the admin does with units. Everything follows from the seed."""

    def __init__(self, town: "Town") -> None:
        self._town, self._chance = town, random.Random(f"units of {town.seed}")

    def plans(self) -> Iterator[tuple[date, Callable[[date], Any]]]:
        """Yield what is to happen on which day."""
        chance, days, first = self._chance, 7 * self._town.weeks, self._town.first
        for _ in range(chance.choice((0, 1, 1, 2))):
            yield first + timedelta(days=chance.randrange(days)), self._rename
        if chance.random() < 0.4:
            yield first + timedelta(days=chance.randrange(days)), self._merge
        closes = chance.randrange(days)
        for days_on in range(0, days, 9) if chance.random() < 0.6 else ():
            yield first + timedelta(days=closes + days_on), self._close

    async def _open(self) -> bool:
        """Go to the card of the units. Return whether it came."""
        town, ada = self._town, self._town.people["ada"]
        await town.traffic.types(ada, "administrera", "other")
        if ada.at is None or ada.at.card is None or "Enheter" not in titles(ada.at.card):
            return False
        await town.traffic.presses(ada, ada.at, "Enheter", {}, "")
        card = ada.at.card
        if card is None or "unit" not in inputs(card):
            return False
        model, today = town.model, town.now().date()
        found = {line for _, line in check.words(card) if " · öppna ärenden: " in line}
        wanted = {model.unit_line(unit, today) for unit in model.register.units(today)}
        if found != wanted:
            raise Fault(f"the units are {sorted(found)}, they should be {sorted(wanted)}")
        return True

    async def _press(self, title: str, fields: Mapping[str, str]) -> None:
        ada = self._town.people["ada"]
        if ada.at is not None and ada.at.card is not None and title in titles(ada.at.card):
            await self._town.traffic.presses(ada, ada.at, title, fields, "")

    def _one(self) -> str:
        ada = self._town.people["ada"]
        assert ada.at is not None
        assert ada.at.card is not None
        return self._chance.choice(choices(ada.at.card, "unit"))

    async def _rename(self, _day: date) -> None:
        if await self._open():
            await self._press("Byt namn", {"unit": self._one(), "name": self._chance.choice(NAMES)})

    async def _merge(self, _day: date) -> None:
        if await self._open():
            await self._press("Slå ihop", {"unit": self._one(), "into": self._one()})
            await self._press("Ja, slå ihop", {})

    async def _close(self, day: date) -> None:
        register = self._town.model.register
        if WEST in register.closed or WEST in (*register.merged, *register.merged.values()):
            return
        if self._chance.random() < 0.7:
            await self._town.office.closes_what_is_open(WEST)
        if await self._open():
            last = day - timedelta(days=self._chance.choice((0, 0, 1)))
            await self._press("Stäng enheten", {"unit": register.called[WEST], "last": str(last)})


def administer(model: Model, done: Done, today: date) -> None:
    """Apply an admin's press on the units to the model."""
    unit, told = model.register.unit, done.fields
    if done.title == "Byt namn":
        model.register.rename(unit(told["unit"]), told["name"])
    elif done.title == "Ja, slå ihop" and done.meant is not None:
        asked = done.meant.fields
        model.merge(unit(asked["unit"]), unit(asked["into"]), today)
    elif done.title == "Stäng enheten":
        model.close(unit(told["unit"]), date.fromisoformat(told["last"]))
