"""The rows of an extract in plain words; the file has codes, for programs. A code without words is shown as it is."""

import re

from bot.cards.parts import Pen
from checklists.loader import all_facts, newest
from dialogs.views.views import ExtractRow
from texts import sentences

_LIST = re.compile(r"(?P<list>\w+)(?: v(?P<version>\d+))?, occasion (?P<occasion>\d+)")
_CHILD = re.compile(r", barn (?P<child>\d+)")
_REVISION = re.compile(r" \(revision (?P<revision>\d+)\)")
_CLOSED = re.compile(r" \(closed investigation (?P<number>\d+)\)")
_STATUS = "status: "
_STATES = {"begun": "open", "seen": "read"}
"""The word for a moment or state of a list, where `states` names it otherwise."""


def what(pen: Pen, row: ExtractRow) -> str:
    """Return what a row is about."""
    name, part = (row.what, "") if row.kind in ("case", "date", "fact", "access") else _parted(row.what)
    child = _CHILD.search(name)
    revision = _REVISION.search(name)
    plain = _REVISION.sub("", _CHILD.sub("", name))
    words = [_named(pen, row.kind, plain)]
    if child:
        words.append(pen.say("card.child", child=child["child"]))
    if revision and revision["revision"] != "1":
        words.append(pen.say("extract.revision", number=revision["revision"]))
    return ", ".join(words) + (f" · {_said(pen, f'extract.part_{part}', part)}" if part else "")


def value(pen: Pen, row: ExtractRow, words: str) -> str:
    """Return the value of a row. words: as stored, clipped if long; what a person wrote is returned unchanged."""
    if _parted(row.what)[1]:
        return words
    if words.startswith(_STATUS):
        return _state(pen, words.removeprefix(_STATUS), words)
    if row.kind in ("list", "reading") and _LIST.match(row.what):
        return _state(pen, words, words)
    if row.kind in ("case", "fact", "answer", "reading"):
        return _said(pen, "answers." + words, words)
    return words


def by(pen: Pen, row: ExtractRow) -> str:
    """Return who did it: the roles of a person; or that it was a file, a command or the bot."""
    codes = re.split(", ?", row.by_role)
    roles = [_said(pen, "roles." + role, _said(pen, "access.by_" + role, role)) for role in codes]
    return ", ".join(filter(None, roles))


def _named(pen: Pen, kind: str, name: str) -> str:
    if kind == "case":
        return _said(pen, "extract.case_" + name, name)
    if kind == "date":
        return _date(pen, name)
    if kind == "access":
        return _said(pen, "access.act_" + name, name)
    if kind == "fact" and (fact := all_facts().get(name)) is not None:
        return fact.ask_en if pen.language == "en" else fact.ask
    found = _LIST.match(name)
    if found is None:
        return name
    of = newest(found["list"])
    title = of.title_en if pen.language == "en" else of.title
    said = pen.say("extract.of_list", list=title, occasion=found["occasion"])
    if found["version"]:
        said += ", " + pen.say("extract.version", number=found["version"])
    return said + name[found.end() :]


def _date(pen: Pen, name: str) -> str:
    closed, field = _CLOSED.search(name), _CLOSED.sub("", name)
    said = _said(pen, "card." + field, _said(pen, "printed.date_" + field, field))
    return f"{said}, {pen.say('extract.closed', number=closed['number'])}" if closed else said


def _state(pen: Pen, code: str, otherwise: str) -> str:
    return _said(pen, "states." + _STATES.get(code, code), otherwise)


def _parted(text: str) -> tuple[str, str]:
    """Return what a row is about, and which part of it: `motivation`, `reason`, `view`."""
    before, sep, after = text.rpartition(": ")
    return (before, after) if sep and after.replace("_", "").isalpha() and after.islower() else (text, "")


def _said(pen: Pen, key: str, otherwise: str) -> str:
    return sentences(pen.language).get(key, otherwise)
