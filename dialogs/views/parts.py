"""The building blocks of views: sentences by key, buttons by claim, headings."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from checklists.model import ListId


class Data(BaseModel):
    """Base of all view data: frozen, and unknown fields are refused.

    cache_strings: the JSON parser remembers short strings for the whole process, and must not what people wrote.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", cache_strings="keys")


class Claim(Data):
    """What a button does and to what; signed in its token (`dialogs/turn/tokens.py`).

    case, filled: row ids, 0 where there is none; version: of the list. item, revision and choice hold the payload,
    whose meaning depends on the kind of press (`dialogs/turn/presses.py`). checklist: which list it is about; empty for
    the decision basis, as in the tokens of releases that had no other list.
    """

    verb: str
    case: int = 0
    filled: int = 0
    item: str = ""
    revision: str = ""
    version: int = 0
    choice: str = ""
    checklist: ListId | Literal[""] = ""

    @property
    def list_id(self) -> ListId:
        """The list it is about."""
        return self.checklist or "decision_basis"


class Line(Data):
    """A sentence: its key in texts/ and its arguments."""

    say: str
    args: Mapping[str, str | int] = Field(default_factory=dict)


class Button(Data):
    """A button: its title, and what pressing it does.

    about: for screen readers, what distinguishes it from others with the same title on the card; else empty.
    """

    title: Line
    claim: Claim
    about: str = ""


class View(Data):
    """Base of all views. notices: lines above the content, such as an echo or a refusal.

    remark: the chef's comment when sending the list back; for the workers only, never in a posted card.
    """

    notices: tuple[Line, ...] = ()
    remark: str = ""


class Head(Data):
    """The list a card is about. child 0: not shown, as there is only one. done, total: progress among what applies.

    checklist: list/version, empty for the decision basis. part: of the case file. by_hand: an auditor chose the case.
    state: of the list, as `checklists/lifecycle.State` names it; `reading` and `read` for a reader's; empty: not begun.
    """

    case_ref: str
    child: int = 0
    checklist: str = ""
    part: str = ""
    by_hand: bool = False
    done: int = 0
    total: int = 0
    state: str = ""


class SectionCount(Data):
    """How far one section of a list has come. id: of the section in the checklist; done, total: as in `Head`."""

    id: str
    done: int
    total: int


class Listed(Data):
    """One item with its allowed answers and its current one (empty: none)."""

    item: str
    allowed: tuple[str, ...] = ()
    current: str = ""


class GapRow(Data):
    """One gap, with a button that leads to it. why: empty for a reader who has not seen the answers yet."""

    child: int = 0
    of: Literal["item", "fact"]
    id: str
    why: str
    button: Button | None = None
