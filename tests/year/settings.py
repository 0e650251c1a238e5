"""Settings that the admin changes in the chat: when people are reminded, and how a motivation is given."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from tests.chat.card_hand import inputs, titles
from tests.year import check, closed_chat
from tests.year.almanac import Almanac
from tests.year.database import Database
from tests.year.done import Done
from tests.year.model import Model
from tests.year.people import Shown

if TYPE_CHECKING:
    from tests.year.town import Town

SAYS = {
    "gaps_first": (1, 3, 6, 10),
    "gaps_last": (1, 2, 4),
    "unread": (1, 2, 4),
    "silent": (1, 2, 3),
    "untouched": (1, 2, 5),
    "assessment_first": (5, 8, 10, 12),
    "four_months_first": (14, 30, 45),
    "four_months_last": (3, 7, 20),
    "ongoing": (1, 5, 9),
    "ongoing_again": (2, 10, 15),
    "follow_up_months": (1, 2, 3, 6),
    "catch_up": (12, 30, 60),
}
FORMS = ("text", "reference", "either")
HOURS = {"office_opens": ("07:30", "08:00", "09:00"), "office_closes": ("15:00", "16:30", "17:00")}
WRONG = ("401", "-1", "tre", "2,5")
"""What no setting takes."""
ORDERED = (("gaps_first", "gaps_last"), ("four_months_first", "four_months_last"))
"""What comes first may not come last."""


class Settings:
    """What the admin does with settings. Everything follows from the seed."""

    def __init__(self, town: "Town") -> None:
        self._town, self._chance = town, random.Random(f"settings of {town.seed}")

    def plans(self) -> Iterator[tuple[date, Callable[[date], Any]]]:
        """Yield what is to happen on which day."""
        days = 7 * self._town.weeks
        for _ in range(self._chance.choice((0, 1, 2, 3, 5))):
            yield self._town.first + timedelta(days=self._chance.randrange(days)), self._change
        if self._chance.random() < 0.35:
            closes = self._chance.randrange(days)
            opens = closes + self._chance.choice((1, 1, 3, 5))
            yield self._town.first + timedelta(days=closes), self._closes_the_chat
            yield self._town.first + timedelta(days=opens), self._opens_the_chat

    async def _closes_the_chat(self, _day: date) -> None:
        shown = await self._looks()
        if shown is not None:
            fields = {"setting": "content", "value": "tab"}
            await self._town.traffic.presses(self._town.people["ada"], shown, "Spara", fields, "")

    async def _opens_the_chat(self, _day: date) -> None:
        if self._town.model.closed_at is not None:
            await closed_chat.opens(self._town)

    async def _looks(self) -> Shown | None:
        """Return the card of the settings, None if the admin does not come to it."""
        town, ada = self._town, self._town.people["ada"]
        await town.traffic.types(ada, "administrera", "other")
        if ada.at is None or ada.at.card is None or "Inställningar" not in titles(ada.at.card):
            return None
        await town.traffic.presses(ada, ada.at, "Inställningar", {}, "")
        return ada.at if ada.at.card is not None and "setting" in inputs(ada.at.card) else None

    async def _change(self, _day: date) -> None:
        town, ada, chance = self._town, self._town.people["ada"], self._chance
        shown = await self._looks()
        for _ in range(chance.choice((1, 1, 2))):
            if shown is None or shown.card is None or "setting" not in inputs(shown.card):
                return
            name = chance.choice([*SAYS, *HOURS, "free_days", "free_days", "motivation", "motivation"])
            value = chance.choice(WRONG) if chance.random() < 0.1 else self._value(name)
            await town.traffic.presses(ada, shown, "Spara", {"setting": name, "value": value}, "")
            shown = ada.at
            are_shown(shown.card if shown is not None else None, town.model)
            are_right(town.database, town.model)

    def _value(self, name: str) -> str:
        if name == "motivation":
            return self._chance.choice(FORMS)
        if name == "free_days":  # today as well, when most have been reminded already
            today = self._town.now().date()
            days = sorted({today + timedelta(days=self._chance.choice((0, 1, 1, 2, 3, 5, 8, 30))) for _ in range(3)})
            return ",".join(map(str, days[: self._chance.randint(0, 3)]))
        return str(self._chance.choice(HOURS[name] if name in HOURS else SAYS[name]))


def changed(model: Model, done: Done, now: datetime) -> None:
    """Apply an admin's press on the settings to the model; an invalid value changes nothing."""
    name, value = done.fields["setting"], done.fields["value"]
    if value in WRONG:
        return
    if name == "free_days":
        model.almanac = Almanac(frozenset(date.fromisoformat(day) for day in value.split(",") if day))
    elif name == "content":
        model.closed_at = now if value == "tab" else None
    elif name == "motivation":
        model.takes = value
    elif name in HOURS:
        told = {**dict(zip(HOURS, model.hours, strict=True)), name: time.fromisoformat(value)}
        opens, closes = told.values()
        model.hours = (opens, closes) if opens < closes else model.hours
    else:
        new = {**model.rules, name: int(value)}
        if all(new[first] >= new[last] for first, last in ORDERED):
            model.rules = new


def are_shown(card: Any, model: Model) -> None:
    """Raises: Fault: the admin is shown other settings than there are."""
    lines = [line.split(" = ") for _, line in check.words(card) if " = " in line]
    wanted = {name: value or "–" for name, value in _as_text(model).items()}
    check.same("settings shown", {name: value for name, value in lines if name in wanted}, wanted)


def are_right(database: Database, model: Model) -> None:
    """Raises: Fault: other settings are stored than were given."""
    stored = json.loads(database.ask("select settings from tenant")[0][0])
    found = {name: stored.get(name, usual) for name, usual in _as_text(Model()).items()}
    found["free_days"] = ",".join(found["free_days"])
    check.same("settings", {name: str(value) for name, value in found.items()}, _as_text(model))


def _as_text(model: Model) -> dict[str, str]:
    """Return the settings as the admin is shown them."""
    hours = dict(zip(HOURS, map(str, model.hours), strict=True))
    free = ",".join(sorted(map(str, model.almanac.own)))
    chosen = {"free_days": free, "motivation": model.takes, "content": "tab" if model.closed_at else "chat"}
    return {**{name: str(value) for name, value in model.rules.items()}, **hours, **chosen}
