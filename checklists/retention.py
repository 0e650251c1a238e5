"""How long each kind of data is kept, and from which day it may be disposed of. Set by each municipality.

Nothing of a case is disposed of until the municipality has set a period: which one applies to a child's file depends on
things the bot does not know (placement, day of birth), and the bot is not the system of record.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checklists.faults import Code, Refusal, fault, listed, word
from checklists.months import months_on


class BadPeriod(Refusal):
    """A period that cannot be set."""


class Retention(BaseModel):
    """The periods of one municipality.

    case_months: months after `closed_on` that a case, with its answers and texts, is kept; None: for ever.
    reply_days: stored replies, from when they were given. message_days: the content of sent messages.
    chat_days: what was last shown in an inactive chat. draft_days: drafts, after the case was closed.
    printed_elsewhere: filled checklists are put in the file some other way, so disposal asks for no print.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    case_months: int | None = Field(None, ge=1, le=1200)
    reply_days: int = Field(90, ge=1, le=3650)
    message_days: int = Field(30, ge=1, le=3650)
    chat_days: int = Field(30, ge=1, le=3650)
    draft_days: int = Field(14, ge=0, le=3650)
    printed_elsewhere: bool = False

    def case_due_on(self, closed_on: date | None) -> date | None:
        """Return the first day a case may be disposed of; None: it is open, or no period is set."""
        if closed_on is None or self.case_months is None:
            return None
        return months_on(closed_on, self.case_months)


def changed(stored: Mapping[str, Any], assignments: list[str]) -> dict[str, Any]:
    """Return the stored periods with some set anew, each as `name=value` (a number, ja, nej, or empty: the default).

    Raises: BadPeriod: no such period, or not a value it can have.
    """
    new = dict(stored)
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        if name not in Retention.model_fields:
            raise BadPeriod(fault(Code.NO_SUCH_PERIOD, period=word(name), allowed=listed(Retention.model_fields)))
        new.pop(name, None)
        if value:
            new[name] = {"ja": True, "nej": False}.get(value, int(value) if value.isdecimal() else value)
    try:
        Retention.model_validate(new)
    except ValidationError as error:
        raise BadPeriod(fault(Code.PERIOD_WRONG, period=str(error.errors()[0]["loc"][0]))) from None
    return new
