"""Convert one answer to the cells of a file and back, without loss: reading what was written gives the same answer.

The rules for both directions are in docs/decisions/0008. The words (Ja, Nej, Delvis, Pågående, E/T, "Ja. METOD") are
those of the auditor's appendix.
"""

import re
from collections.abc import Set
from dataclasses import dataclass, replace

from checklists.csv_safe import safe
from checklists.free_text import says_something
from checklists.model import CHOICES, OPEN, How, Item, Written

COLUMNS = (
    "tenant_id",
    "case_ref",
    "checklist",
    "role",
    "child",
    "item",
    "answer",
    "method",
    "motivation",
    "note",
    "answered_on",
)
"""The columns of an import file; an export begins with the same ones, and then DETAILS."""
DETAILS = ("option", "on", "place", "akt_part")
"""Columns that may be absent: how an answer came about, by id; its day; the motivation's place; part of the file."""
FREE = "fritext"
WORDS = {"ja": "Ja", "nej": "Nej", "delvis": "Delvis", "pagaende": "Pågående", "ej_tillampligt": "E/T"}
"""Each answer as the auditor's table spells it."""
_CHOICE_OF = {choice: choice for choice in (*CHOICES, OPEN)} | {word.casefold(): code for code, word in WORDS.items()}
_YES_AND_METHOD = re.compile(r"ja\.\s*(?P<method>\S.*)", re.IGNORECASE | re.DOTALL)
_BETWEEN_METHODS = re.compile(r"\s*[,;/+&]\s*|\s+och\s+", re.IGNORECASE)
_IN_THE_FILE = "Finns i akten: "
_TEXT_AND_PLACE = re.compile(r"(?P<text>.+) \(Var i akten: (?P<place>.+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cells:
    """The content cells of one answer; the key columns and `answered_on` are handled by the caller."""

    answer: str
    method: str = ""
    motivation: str = ""
    note: str = ""

    def like(self, other: "Cells") -> bool:
        """Return whether both would produce the same text in a file."""
        return self._written() == other._written()

    def _written(self) -> tuple[str, ...]:
        return tuple(" ".join(safe(cell).split()) for cell in (self.answer, self.method, self.motivation, self.note))


def read_cells(item: Item, cells: Cells) -> Written:
    """Parse an answer. One outside the scale, or not allowed for this question, becomes `fritext`."""
    choice, from_answer = _choice(item, cells.answer)
    method = ", ".join(dict.fromkeys(filter(None, (from_answer, cells.method))))
    option, words = _methods(item, choice, method)
    written = Written(choice, option=option, method=words, note=cells.note, raw=cells.answer)
    written = _motivation(written, cells.motivation)
    if item.motivates and choice == "nej" and not written.motivation_kind:
        return replace(written, motivation_kind="missing")
    return written


def kept(new: Written, old: Written, cleared: Set[str]) -> Written:
    """Return an answer with what its row leaves empty as it was stored, if both are the same answer.

    cleared: the columns in which the row says that there is nothing.
    """
    if new.choice != old.choice or (new.choice == FREE and new.raw != old.raw):
        return new
    if not (new.option or new.method or cleared & {"method", "option"}):
        new = replace(new, option=old.option, method=old.method)
    if new.motivation_kind in ("", "missing") and not cleared & {"motivation", "place"}:
        new = replace(new, motivation_kind=old.motivation_kind, motivation=old.motivation, place=old.place)
    if not new.note and "note" not in cleared:
        new = replace(new, note=old.note)
    if new.day is None and "on" not in cleared:
        new = replace(new, day=old.day)
    return replace(new, answered_on=new.answered_on or old.answered_on)


def _choice(item: Item, answer: str) -> tuple[str, str]:
    choice = _CHOICE_OF.get(answer.strip().casefold())
    if choice is not None:
        # `ej_tillampligt` on a conditional item is how a file says that the condition was not met.
        out_of_place = choice == "ej_tillampligt" and item.when is not None
        return (choice if choice in (*item.answers, OPEN) or out_of_place else FREE), ""
    found = _YES_AND_METHOD.fullmatch(answer.strip())
    if found and item.how and "ja" in item.how.answers and (item.how.other or _known(item.how, found["method"])):
        return "ja", found["method"]
    return FREE, ""


def _known(how: How, method: str) -> list[str | None]:
    """Split a method text and return the option id of each part, None for an unknown part; [] if all are unknown."""
    ids = {option.title.casefold(): option.id for option in how.options}
    ids |= {option.id: option.id for option in how.options}
    whole = ids.get(method.strip().casefold())
    parts: list[str | None] = [whole] if whole else []
    parts = parts or [ids.get(part.casefold()) for part in _BETWEEN_METHODS.split(method.strip())]
    return parts if any(parts) else []


def _methods(item: Item, choice: str, method: str) -> tuple[str, str]:
    """Return the option ids, comma-separated as named, and the text as written where they do not cover all of it."""
    how = item.ways
    if not method or how is None or choice not in how.answers:
        return "", method
    named = _known(how, method)
    found = [option for option in dict.fromkeys(named) if option is not None]
    if found and None not in named and (how.several or len(found) == 1):
        return ",".join(found), ""
    if not how.several:
        return how.other or "", method
    if how.other and how.other not in found:
        found.append(how.other)
    return ",".join(found), method


def _motivation(written: Written, cell: str) -> Written:
    if not says_something(cell):
        return written
    place = cell[len(_IN_THE_FILE) :].strip()
    if place and cell.casefold().startswith(_IN_THE_FILE.casefold()):
        return replace(written, motivation_kind="reference", place=place)
    both = _TEXT_AND_PLACE.fullmatch(cell)
    if both:
        return replace(written, motivation_kind="text", motivation=both["text"], place=both["place"])
    return replace(written, motivation_kind="text", motivation=cell)


def write_cells(item: Item, written: Written, counted: str) -> Cells:
    """Format an answer for an export.

    counted: the answer as figures count it (`Applied.state`). A `fritext` is written exactly as it was imported.
    """
    answer = (written.raw or FREE) if counted == FREE else counted
    return Cells(answer, method_words(item, written), _motivation_words(written), written.note or "")


def method_words(item: Item, written: Written) -> str:
    """Return the method or option of an answer in words, options by their Swedish titles."""
    if written.method:
        return written.method
    titles = {option.id: option.title for option in item.ways.options} if item.ways else {}
    return ", ".join(titles.get(option, option) for option in written.option.split(","))


def _motivation_words(written: Written) -> str:
    if written.motivation_kind == "reference":
        return f"{_IN_THE_FILE}{written.place}" + (f". {written.motivation}" if written.motivation else "")
    return f"{written.motivation} (Var i akten: {written.place})" if written.place else written.motivation


def table_words(item: Item, written: Written, counted: str) -> str:
    """Return the answer as the auditor's table spells it: the imported cell unchanged, else `counted` in words.

    Two kinds of imported cell are rewritten: an answer code becomes its word, and a plain Ja with a method in a column
    of its own becomes "Ja. METOD".
    """
    method, choice = method_words(item, written), written.choice if written.raw else counted
    if written.raw and written.raw not in (*CHOICES, OPEN) and not (method and written.raw.casefold() == "ja"):
        return written.raw
    word = WORDS.get(choice, "")
    return f"{word}. {method}" if choice == "ja" and method else word
