"""Retention periods, set by each municipality, and the day from which a case may be disposed of.

No case is disposed of until the municipality has set a period: which one applies to a child's file depends on things
the bot does not know (placement, date of birth), and the bot is not the system of record.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checklists.faults import Code, Refusal, fault, listed, word
from checklists.months import months_on


class BadPeriod(Refusal):
    """The period cannot be set."""


class Retention(BaseModel):
    """The retention periods of one municipality.

    case_months: months from `closed_on` that a case is kept, with its answers and texts; None: indefinitely.
    reply_days: for stored replies, from when they were given. message_days: for the content of sent messages.
    chat_days: for the last view shown in an inactive chat. draft_days: for drafts, from the closing of the case.
    leaver_months: months from the last day of a person's last role until her name, e-mail, account and chat are erased;
    None: never.
    printed_elsewhere: filled checklists reach the case file some other way, so disposal does not require a printout.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    case_months: int | None = Field(None, ge=1, le=1200)
    reply_days: int = Field(90, ge=1, le=3650)
    message_days: int = Field(30, ge=1, le=3650)
    chat_days: int = Field(30, ge=1, le=3650)
    draft_days: int = Field(14, ge=0, le=3650)
    leaver_months: int | None = Field(None, ge=1, le=1200)
    printed_elsewhere: bool = False

    def case_due_on(self, closed_on: date | None) -> date | None:
        """Return the first day a case may be disposed of; None if it is open, or no period is set."""
        if closed_on is None or self.case_months is None:
            return None
        return months_on(closed_on, self.case_months)

    def leaver_due(self, last: date, today: date) -> bool:
        """Return whether a leaver's period is over. last: the last day of her last role, `date.max` if she has one."""
        return self.leaver_months is not None and last < today and months_on(last, self.leaver_months) <= today


def pseudonym(row_id: int) -> str:
    """Return what stands for the name of somebody whose personal data are disposed of: her row, as in the trail."""
    return f"Tidigare medarbetare {row_id}"


def changed(stored: Mapping[str, Any], assignments: list[str]) -> dict[str, Any]:
    """Return the stored periods updated with assignments `name=value`: a number, ja or nej; empty resets to default.

    Raises: BadPeriod: an unknown period, or a value it cannot have.
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
