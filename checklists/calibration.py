"""Calibration: a made-up file that every reviewer reads before a round's first case, and the quality lead's answers.

It is done once per reviewer and version of the list, and again after twelve months. Nobody's result is shown to anyone
else; only how many of all gave which answer.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from pydantic import BaseModel, ConfigDict

from checklists.loader import DEFINITIONS, checklist_version, read_data
from checklists.model import Item, ListId
from checklists.months import months_on

AGAIN_MONTHS = 12
NOT_ASKED = "ej_tillampligt"
LEAST_OTHERS = 3
"""With fewer others, who answered what could be worked out."""


class Key(BaseModel):
    """The quality lead's answer to one question, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str
    why: str
    why_en: str


class Akt(BaseModel):
    """A made-up file. text: its paragraphs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    checklist: ListId
    title: str
    title_en: str
    text: tuple[str, ...]
    text_en: tuple[str, ...]
    key: Mapping[str, Key]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    akts: tuple[Akt, ...]


@cache
def akts(checklist: ListId) -> tuple[Akt, ...]:
    """Return the made-up files of a list; () where there are none."""
    every = read_data(_File, DEFINITIONS / "calibration.yaml").akts
    return tuple(akt for akt in every if akt.checklist == checklist)


def akt(checklist: ListId, akt_id: str) -> Akt | None:
    """Return a made-up file by id, None if this list has no such file."""
    return next((one for one in akts(checklist) if one.id == akt_id), None)


def questions(of: Akt, version: int) -> tuple[Item, ...]:
    """Return the questions of a version that the file has answers to, in list order.

    All of them are asked at once, so that none tells the answer to another.
    """
    return tuple(item for item in checklist_version(of.checklist, version).asked["peer_reviewer"] if item.id in of.key)


def choices(item: Item) -> tuple[str, ...]:
    """Return what may be answered: the item's own answers, and that it does not apply."""
    own = tuple(str(choice) for choice in item.answers)
    return own if NOT_ASKED in own else (*own, NOT_ASKED)


def next_akt(checklist: ListId, done: Iterable[str]) -> Akt | None:
    """Return the file to read now: one not read before, else the one read longest ago. done: ids, oldest first."""
    every = akts(checklist)
    read = list(done)
    new = next((one for one in every if one.id not in read), None)
    return new or min(every, key=lambda one: _last(read, one.id), default=None)


def _last(read: list[str], akt_id: str) -> int:
    return len(read) - read[::-1].index(akt_id)


def is_calibrated(days: Iterable[date], today: date) -> bool:
    """Return whether a calibration still counts. days: when she did one with this version of the list."""
    return any(day > months_on(today, -AGAIN_MONTHS) for day in days)


def alike(of: Akt, answers: Mapping[str, str]) -> int:
    """Return how many answers match the quality lead's."""
    return sum(answers.get(item_id) == key.answer for item_id, key in of.key.items())
