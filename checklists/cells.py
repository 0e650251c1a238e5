"""One answer as the cells of a file, and back: writing an answer out and reading it back gives the same answer.

The rules of both directions: docs/decisions/0008. Source of the words: the auditor's appendix (Ja, Nej, Delvis,
Pågående, E/T, and "Ja. METOD").
"""

import re
from dataclasses import dataclass, replace

from checklists.csv_safe import safe
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
"""The columns that come in; an export has them first."""
FREE = "fritext"
WORDS = {"ja": "Ja", "nej": "Nej", "delvis": "Delvis", "pagaende": "Pågående", "ej_tillampligt": "E/T"}
"""How the auditor's table writes each answer."""
_CHOICE_OF = {choice: choice for choice in (*CHOICES, OPEN)} | {word.casefold(): code for code, word in WORDS.items()}
_YES_AND_METHOD = re.compile(r"ja\.\s*(?P<method>\S.*)", re.IGNORECASE | re.DOTALL)
_BETWEEN_METHODS = re.compile(r"\s*[,;/+&]\s*|\s+och\s+", re.IGNORECASE)
_IN_THE_FILE = "Finns i akten: "
_TEXT_AND_PLACE = re.compile(r"(?P<text>.+) \(Var i akten: (?P<place>.+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one answer, apart from which answer it is and when it was given."""

    answer: str
    method: str = ""
    motivation: str = ""
    note: str = ""

    def like(self, other: "Cells") -> bool:
        """Say whether the two would be written to a file alike."""
        return self._written() == other._written()

    def _written(self) -> tuple[str, ...]:
        return tuple(safe(cell).strip() for cell in (self.answer, self.method, self.motivation, self.note))


def read_cells(item: Item, cells: Cells) -> Written:
    """Read an answer. One outside the scale, or not allowed for this question, is kept as `fritext`."""
    choice, from_answer = _choice(item, cells.answer)
    method = ", ".join(dict.fromkeys(filter(None, (from_answer, cells.method))))
    option, words = _methods(item, choice, method)
    told = Written(choice, option=option, method=words, note=cells.note, raw=cells.answer)
    told = _motivation(told, cells.motivation)
    if item.motivates and choice == "nej" and not told.motivation_kind:
        return replace(told, motivation_kind="missing")
    return told


def _choice(item: Item, answer: str) -> tuple[str, str]:
    choice = _CHOICE_OF.get(answer.strip().casefold())
    if choice is not None:
        out_of_place = (
            choice == "ej_tillampligt" and item.when is not None
        )  # the file says that its condition was not met
        return (choice if choice in (*item.answers, OPEN) or out_of_place else FREE), ""
    found = _YES_AND_METHOD.fullmatch(answer.strip())
    if found and item.how and "ja" in item.how.answers and (item.how.other or _known(item.how, found["method"])):
        return "ja", found["method"]
    return FREE, ""


def _known(how: How, method: str) -> list[str | None]:
    """Return the option each method names, None where it names none; empty when no method is an option."""
    ids = {option.title.casefold(): option.id for option in how.options}
    ids |= {option.id: option.id for option in how.options}
    whole = ids.get(method.strip().casefold())
    parts: list[str | None] = [whole] if whole else []
    parts = parts or [ids.get(part.casefold()) for part in _BETWEEN_METHODS.split(method.strip())]
    return parts if any(parts) else []


def _methods(item: Item, choice: str, method: str) -> tuple[str, str]:
    """Return the options named, and the words where the options do not cover everything."""
    how = item.how
    if not method or how is None or choice not in how.answers:
        return "", method
    named = _known(how, method)
    found = [option.id for option in how.options if option.id in named]
    if found and None not in named and (how.several or len(found) == 1):
        return ",".join(found), ""
    if not how.several:
        return how.other or "", method
    if how.other and how.other not in found:
        found.append(how.other)
    return ",".join(found), method


def _motivation(told: Written, cell: str) -> Written:
    if not cell:
        return told
    place = cell[len(_IN_THE_FILE) :].strip()
    if place and cell.casefold().startswith(_IN_THE_FILE.casefold()):
        return replace(told, motivation_kind="reference", place=place)
    both = _TEXT_AND_PLACE.fullmatch(cell)
    if both:
        return replace(told, motivation_kind="text", motivation=both["text"], place=both["place"])
    return replace(told, motivation_kind="text", motivation=cell)


def write_cells(item: Item, told: Written, counted: str) -> Cells:
    """Write an answer. counted: the answer as figures count it; a text outside the scale is written as it came."""
    answer = (told.raw or FREE) if counted == FREE else counted
    return Cells(answer, method_words(item, told), _motivation_words(told), told.note or "")


def method_words(item: Item, told: Written) -> str:
    """Return how the answer came about, in words."""
    if told.method:
        return told.method
    titles = {option.id: option.title for option in item.how.options} if item.how else {}
    return ", ".join(titles.get(option, option) for option in told.option.split(","))


def _motivation_words(told: Written) -> str:
    if told.motivation_kind == "reference":
        return f"{_IN_THE_FILE}{told.place}" + (f". {told.motivation}" if told.motivation else "")
    return f"{told.motivation} (Var i akten: {told.place})" if told.place else told.motivation


def table_words(item: Item, told: Written, counted: str) -> str:
    """Return the answer as the auditor's table writes it: the cell as it came in, else as figures count it.

    A cell that came in as a code is put into words; a method from a column of its own follows its Ja.
    """
    method, choice = method_words(item, told), told.choice if told.raw else counted
    if told.raw and told.raw not in (*CHOICES, OPEN) and not (method and told.raw.casefold() == "ja"):
        return told.raw
    word = WORDS.get(choice, "")
    return f"{word}. {method}" if choice == "ja" and method else word
