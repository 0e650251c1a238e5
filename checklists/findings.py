"""What the supervisory authority found, and where each finding stands: criticism, a demand to be answered, followed up.

Source: the mandate's report asks for the extent of criticism, demands and follow-up along the process. How far each
finding has come is the municipality's setting `findings`; one not named there is criticism.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, get_args

from pydantic import BaseModel

from checklists.case_dates import calendar_day
from checklists.faults import Code, Refusal, fault, listed, word
from checklists.files import DEFINITIONS, read_data
from checklists.model import Criticism, ListId, Text

Kind = Literal["kritik", "atgardskrav", "uppfoljd"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Finding(BaseModel, frozen=True, extra="forbid"):
    """One finding: its code, its words, and the lists of the units it was told to."""

    code: Criticism
    lists: tuple[ListId, ...]
    text: Text
    text_en: Text


class FindingsFile(BaseModel, extra="forbid"):
    """The file that names the findings."""

    findings: tuple[Finding, ...]


@cache
def all_findings() -> tuple[Finding, ...]:
    """Return every finding in the order of the file. Raises: BadFile: the file has a fault."""
    return read_data(FindingsFile, DEFINITIONS / "findings.yaml").findings


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a finding has come. day: of a demand, when its answer is due; of one followed up, when that was done."""

    kind: Kind = "kritik"
    day: date | None = None


def read_standings(said: Iterable[str]) -> Mapping[str, Standing]:
    """Return the standings by code, from `CODE:kritik`, `CODE:atgardskrav:DATE` and `CODE:uppfoljd:DATE`.

    Raises: Refusal: there is no such code or kind, a date is missing or wrong, or a code is named twice.
    """
    codes, found = {finding.code for finding in all_findings()}, dict[str, Standing]()
    for one in said:
        code, _, rest = one.partition(":")
        kind, _, day = rest.partition(":")
        known = next((name for name in KINDS if name == kind), None)
        if code not in codes:
            raise Refusal(fault(Code.NO_SUCH_FINDING, finding=word(code), allowed=listed(sorted(codes))))
        if known is None:
            raise Refusal(fault(Code.NO_SUCH_STANDING, finding=code, allowed=listed(KINDS)))
        if code in found:
            raise Refusal(fault(Code.FINDING_TWICE, finding=code))
        if (known == "kritik") == bool(day):
            wrong = Code.STANDING_WITH_DAY if day else Code.STANDING_WITHOUT_DAY
            raise Refusal(fault(wrong, finding=code, standing=known))
        found[code] = Standing(known, calendar_day(day))
        if day and found[code].day is None:
            raise Refusal(fault(Code.STANDING_WITHOUT_DAY, finding=code, standing=known))
    return found
