"""The rows of an extract in plain words; the file has codes, for programs.

Every kind of row has its own words here; what a person wrote is returned as it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from bot.cards.parts import Pen
from bot.cards.summary import option_words
from checklists.loader import all_checklists, all_facts, newest
from checklists.model import Item
from dialogs.views.views import ExtractRow
from texts import sentences

_LIST = re.compile(r"(?P<list>\w+)(?: v(?P<version>\d+))?, occasion (?P<occasion>\d+)")
_ROUND = re.compile(
    r"round (?P<number>\d+), (?P<list>\w+) v(?P<version>\d+), decided (?P<first>\S+) to (?P<last>[\d-]+)(?P<rest>.*)"
)
_MEASURE = re.compile(r"(?P<list>\w+) v\d+, (?P<item>\w+), due (?P<due>[\d-]+)")
_EXTENSION = re.compile(r"(?P<limit>\w+), (?P<of>\w+), until (?P<until>[\d-]+), decided (?P<decided>[\d-]*)")
_CHILD = re.compile(r", barn (?P<child>\d+)$")
_REVISION = re.compile(r" \(revision (?P<revision>\d+)\)")
_CLOSED = re.compile(r" \(closed investigation (?P<number>\d+)\)")
_TO = re.compile(r"(?:made, )?to (?P<who>.*)")
_DRAWN = re.compile(r"(?P<how>drawn|replaced|in the frame)(?:, not reviewed: (?P<why>\w+))?")
BASIS = "decision_basis"
_STATUS = "status: "
_STATES = {"begun": "open", "seen": "read"}
"""The word for a moment or state of a list, where `states` names it otherwise."""
_PLAIN = ("option", "answered_on", "on", "motivation", "motivated", "place", "note", "method", "raw")
_OF_SIGNATURE = ("signed", "reason", "hash", "view", "voided")
_PARTS = {"answer": _PLAIN, "reading": _PLAIN, "signature": _OF_SIGNATURE}
"""The parts of a row, after its last colon, by the kinds of rows that have any."""


def what(pen: Pen, row: ExtractRow) -> str:
    """Return what a row is about."""
    whole, part = _parted(row)
    name, child, revision = whole, None, None
    if row.kind in ("fact", "list", "answer", "reading", "draft"):
        revision = _REVISION.search(name)
        name = _REVISION.sub("", name)
        child = _CHILD.search(name)
        name = _CHILD.sub("", name)
    words = [_NAMES.get(row.kind, _as_it_is)(pen, name)]
    if child:
        words.append(pen.say("card.child", child=child["child"]))
    if revision and revision["revision"] != "1":
        words.append(pen.say("extract.revision", number=revision["revision"]))
    return ", ".join(words) + (f" · {pen.say('extract.part_' + part)}" if part else "")


def value(pen: Pen, row: ExtractRow, words: str) -> str:
    """Return the value of a row. words: as stored, clipped if long; what a person wrote is returned unchanged."""
    whole, part = _parted(row)
    if part == "option" and (item := _questions().by_words.get(_question(whole))) is not None:
        return option_words(pen, item, words)
    if part == "motivated":
        return pen.say("motivations." + words)
    if part == "signed":
        return pen.say("printed.with_shortfall" if words == "with shortfall" else "extract.signed_whole")
    if part == "voided":
        return words.replace("T", " ")[:16]
    if part:
        return words
    return _VALUES.get(row.kind, _as_stored)(pen, row, words)


def by(pen: Pen, row: ExtractRow) -> str:
    """Return who did it: the roles of a person; or that it was a file, a command or the bot."""
    return _roles(pen, row.by_role)


def _roles(pen: Pen, codes: str) -> str:
    roles = [_said(pen, "roles." + role, _said(pen, "access.by_" + role, role)) for role in re.split(", ?", codes)]
    return ", ".join(filter(None, roles))


def _parted(row: ExtractRow) -> tuple[str, str]:
    """Return what a row is about, and which part of it: `motivation`, `reason`, `view`."""
    before, _, after = row.what.rpartition(": ")
    return (before, after) if before and after in _PARTS.get(row.kind, ()) else (row.what, "")


def _said(pen: Pen, key: str, otherwise: str) -> str:
    return sentences(pen.language).get(key, otherwise)


# --- what a row is about ---------------------------------------------------------------------------------------------


def _as_it_is(_pen: Pen, name: str) -> str:
    return name


def _case(pen: Pen, name: str) -> str:
    return pen.say("extract.case_" + name)


def _date(pen: Pen, name: str) -> str:
    closed, field = _CLOSED.search(name), _CLOSED.sub("", name)
    said = _said(pen, "card." + field, _said(pen, "printed.date_" + field, field))
    return f"{said}, {pen.say('extract.closed', number=closed['number'])}" if closed else said


def _fact(pen: Pen, name: str) -> str:
    fact = all_facts().get(name)
    return name if fact is None else fact.ask_en if pen.language == "en" else fact.ask


def _list(pen: Pen, name: str) -> str:
    found = _LIST.fullmatch(name)
    if found is None:
        return _asks(pen, name)
    said = pen.say("extract.of_list", list=_title(pen, found["list"]), occasion=found["occasion"])
    return said + (", " + pen.say("extract.version", number=found["version"]) if found["version"] else "")


def _asks(pen: Pen, question: str) -> str:
    """Return a question, which the file has in Swedish, in the language of the person."""
    item = _questions().by_words.get(question)
    return pen.question(item) if item is not None else question


def _extension(pen: Pen, name: str) -> str:
    found = _EXTENSION.fullmatch(name)
    if found is None:
        return name
    limit, of = pen.say("printed.limit_" + found["limit"]), pen.say("printed.class_" + found["of"])
    said = pen.say("printed.extension", limit=limit, until=found["until"], reason_class=of)
    return said + (", " + pen.say("extract.decided", day=found["decided"]) if found["decided"] else "")


def _round(pen: Pen, name: str) -> str:
    found = _ROUND.fullmatch(name)
    if found is None:
        return name
    days = {"first": found["first"], "last": found["last"]}
    title = _title(pen, found["list"])
    said = pen.say("extract.of_round", number=found["number"], list=title, version=found["version"], **days)
    return said + (", " + pen.say("extract.first_decided") if found["rest"] else "")


def _linked(pen: Pen, name: str) -> str:
    return pen.say("printed.protected") if name == "protected identity" else name


def _joint(pen: Pen, _name: str) -> str:
    return pen.say("extract.joint")


def _measure(pen: Pen, name: str) -> str:
    found = _MEASURE.fullmatch(name)
    item = _questions().of_list.get((found["list"], found["item"])) if found else None
    if found is None or item is None:
        return name
    return f"{pen.question(item)} {pen.say('extract.due', day=found['due'])}"


def _message(pen: Pen, name: str) -> str:
    kind, _, state = name.partition(", ")
    said = _said(pen, "extract.message_" + kind, pen.say("extract.message_prompt"))
    return f"{said}, {_said(pen, 'extract.state_' + state, '')}".rstrip(", ")


def _reminder(pen: Pen, name: str) -> str:
    return pen.say("reminders.of_" + name)


def _access(pen: Pen, name: str) -> str:
    return _said(pen, "access.act_" + name, pen.say("access.other"))


_NAMES: Mapping[str, Callable[[Pen, str], str]] = {
    "case": _case,
    "date": _date,
    "fact": _fact,
    "list": _list,
    "answer": _asks,
    "reading": _list,
    "draft": _asks,
    "extension": _extension,
    "reason": _as_it_is,
    "return": _list,
    "signature": _list,
    "review": _round,
    "linked": _linked,
    "joint": _joint,
    "measure": _measure,
    "message": _message,
    "reminder": _reminder,
    "access": _access,
}


# --- its value -------------------------------------------------------------------------------------------------------


def _as_stored(_pen: Pen, _row: ExtractRow, words: str) -> str:
    return words


def _of_case(pen: Pen, row: ExtractRow, words: str) -> str:
    if row.what == "case_type":
        return pen.say("extract.type_" + words)
    return _answered(pen, row, words) if row.what == "protected_identity" else words


def _answered(pen: Pen, _row: ExtractRow, words: str) -> str:
    return _said(pen, "answers." + words, words)


def _of_list(pen: Pen, row: ExtractRow, words: str) -> str:
    """Return a moment or the status of a list, or the answer to one of its questions."""
    if _LIST.match(row.what) is None:
        return _answered(pen, row, words)
    code = words.removeprefix(_STATUS)
    return pen.say("states." + _STATES.get(code, code))


def _drawn(pen: Pen, _row: ExtractRow, words: str) -> str:
    found = _DRAWN.fullmatch(words)
    if found is None:
        return words
    said, why = pen.say("extract.review_" + found["how"].rpartition(" ")[2]), found["why"]
    if not why:
        return said
    told = _said(pen, "rounds.why_" + why, _said(pen, "rounds.is_" + why, why))
    return f"{said}. {pen.say('extract.not_reviewed', why=told)}"


def _done(pen: Pen, _row: ExtractRow, words: str) -> str:
    to = _TO.fullmatch(words)
    return pen.say("extract.made", who=_roles(pen, to["who"])) if to else pen.say("extract.measure_" + words)


def _reminded(pen: Pen, _row: ExtractRow, words: str) -> str:
    to = _TO.fullmatch(words)
    return pen.say("extract.to", who=_roles(pen, to["who"])) if to else words


def _detail(pen: Pen, row: ExtractRow, words: str) -> str:
    """Return what an event was about: its question, child, limit or number; the numbers of rows stay in the file."""
    found = []
    for place, one in enumerate(words.split(", ")):
        fact, item = all_facts().get(one), _questions().by_id.get(one)
        if place == 0 and fact is not None:
            found.append(_fact(pen, one))
        elif place == 0 and item is not None:
            found.append(pen.question(item))
        elif one.startswith("child "):
            found.append(pen.say("card.child", child=one.removeprefix("child ")))
        elif row.what == "extended":
            found.append(pen.say("printed.limit_" + one.partition(" ")[0]))
        elif row.what in ("deletion_asked", "deletion_confirmed"):
            found.append(one)  # the number of the decision
        if "deputy_for" in one:
            found.append(pen.say("extract.as_deputy"))
    return ", ".join(found)


_VALUES: Mapping[str, Callable[[Pen, ExtractRow, str], str]] = {
    "case": _of_case,
    "fact": _answered,
    "list": _of_list,
    "answer": _answered,
    "reading": _of_list,
    "review": _drawn,
    "measure": _done,
    "reminder": _reminded,
    "access": _detail,
}


# --- questions -------------------------------------------------------------------------------------------------------


def _title(pen: Pen, list_id: str) -> str:
    of = newest(list_id)
    return of.title_en if pen.language == "en" else of.title


def _question(whole: str) -> str:
    return _CHILD.sub("", _REVISION.sub("", whole))


@dataclass(frozen=True, slots=True)
class _Questions:
    """The questions of all lists, as the newest version that has them asks them. by_id: the basis before others."""

    by_words: Mapping[str, Item]
    of_list: Mapping[tuple[str, str], Item]
    by_id: Mapping[str, Item]


@cache
def _questions() -> _Questions:
    lists = [checklist for _, checklist in sorted(all_checklists().items())]
    basis_last = sorted(lists, key=lambda one: one.id == BASIS)
    return _Questions(
        {item.question: item for checklist in lists for item in checklist.items},
        {(checklist.id, item.id): item for checklist in lists for item in checklist.items},
        {item.id: item for checklist in basis_last for item in checklist.items},
    )
