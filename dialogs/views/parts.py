"""What views are made of: sentences by key, buttons by claim, headings. Plain data."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Data(BaseModel):
    """Frozen plain data that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Claim(Data):
    """What a button stands for.

    item: a stop's key or an item id. revision: of each item it answers, joined by commas.
    """

    verb: str
    case: int = 0
    filled: int = 0
    item: str = ""
    revision: str = ""
    version: int = 0
    choice: str = ""


class Line(Data):
    """A sentence by its key in texts/, with its arguments."""

    say: str
    args: Mapping[str, str | int] = Field(default_factory=dict)


class Button(Data):
    """Something to press."""

    title: Line
    claim: Claim


class View(Data):
    """What all views share: lines said above the content (an echo, a refusal), and whether the card moves.

    remark: what the chef wrote when sending the list back; for its workers, never in a posted card.
    """

    notices: tuple[Line, ...] = ()
    remark: str = ""


class Head(Data):
    """Which list this is about. child 0: the child is not shown (there is one). done of total apply now."""

    case_ref: str
    child: int = 0
    done: int = 0
    total: int = 0


class Listed(Data):
    """One item of a list, with what is allowed and what is answered now (empty: nothing)."""

    item: str
    allowed: tuple[str, ...] = ()
    current: str = ""


class GapRow(Data):
    """One gap in words, with the button that leads to it. why is empty for one who has not read yet."""

    child: int = 0
    of: Literal["item", "fact"]
    id: str
    why: str
    button: Button | None = None
