"""The workshop after a round: its prompts, and which of the round's figures are shown beside each."""

from collections.abc import Iterable, Sequence
from functools import cache

from pydantic import BaseModel

from checklists.loader import DEFINITIONS, read_data
from checklists.model import ListId, Text
from checklists.round_results import Found


class Prompt(BaseModel, frozen=True, extra="forbid"):
    """A prompt for discussion. lists: the checklists it is for; empty: all. questions: those shown, as list/item.

    faults: also show the questions that came out as faults. plan: what the group agrees on becomes measures.
    """

    id: str
    ask: Text
    ask_en: Text
    lists: tuple[ListId, ...] = ()
    questions: tuple[str, ...] = ()
    faults: bool = False
    plan: bool = False


class _File(BaseModel, extra="forbid"):
    prompts: tuple[Prompt, ...]


@cache
def _every() -> tuple[Prompt, ...]:
    return read_data(_File, DEFINITIONS / "workshop.yaml").prompts


def prompts(checklist: ListId) -> tuple[Prompt, ...]:
    """Return the prompts of a list's workshop, in their order."""
    return tuple(one for one in _every() if checklist in one.lists or not one.lists)


def beside(prompt: Prompt, checklist: ListId, found: Iterable[Found]) -> Sequence[Found]:
    """Return the results to show beside a prompt. found: those the group may be shown."""
    wanted = {one.partition("/")[2] for one in prompt.questions if one.startswith(checklist + "/")}
    return [one for one in found if one.item_id in wanted or (prompt.faults and one.side == "fault")]
