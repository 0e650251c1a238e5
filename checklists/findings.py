"""The supervisory authority's findings, and the standing of each: criticism, a demand to be answered, or followed up.

The mandate requires reports on the extent of criticism, demands and follow-up along the process. The municipality
records each finding's standing in its setting `findings`; nothing is claimed about a finding not listed there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, get_args

from pydantic import BaseModel

from checklists.case_dates import calendar_day
from checklists.faults import Code, Refusal, fault, listed, word
from checklists.loader import DEFINITIONS, read_data
from checklists.model import Criticism, ListId, Text

Kind = Literal["kritik", "atgardskrav", "uppfoljd"]
KINDS: tuple[Kind, ...] = get_args(Kind)
AGAIN = "aterkommande"
Measure = Literal["direct", "indirect", "none", "measure"]
"""How a finding is measured: by questions about it, by a mere sign of it, not at all, or (`measure`) by measures."""


class Finding(BaseModel, frozen=True, extra="forbid"):
    """One finding. lists: the checklists filled in by the units that the finding was addressed to.

    indirect: the questions that cover it are at most a sign of it, so no figure is given. by_measure: it is about staff
    or competence, which no question about a case can show, so it needs a measure.
    """

    code: Criticism
    lists: tuple[ListId, ...]
    text: Text
    text_en: Text
    indirect: bool = False
    by_measure: bool = False

    def measured_by(self, questions: int) -> Measure:
        """Return how it is measured when this many questions cover it."""
        if not questions:
            return "measure" if self.by_measure else "none"
        return "indirect" if self.indirect else "direct"


class FindingsFile(BaseModel, extra="forbid"):
    """The shape of `findings.yaml`."""

    findings: tuple[Finding, ...]


@cache
def all_findings() -> tuple[Finding, ...]:
    """Return every finding, in file order. Raises: BadFile: the file is invalid."""
    return read_data(FindingsFile, DEFINITIONS / "findings.yaml").findings


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a finding has come; None: the municipality has not said.

    day: for a demand, when the answer is due; for a follow-up, when it was done. again: it was pointed out before.
    """

    kind: Kind | None = None
    day: date | None = None
    again: bool = False


def read_standings(said: Iterable[str]) -> Mapping[str, Standing]:
    """Parse `CODE:kritik`, `CODE:atgardskrav:DATE` and `CODE:uppfoljd:DATE` into standings by code.

    `:aterkommande` at the end says that it was pointed out before.

    Raises: Refusal: an unknown code or kind, a missing, superfluous or malformed date, or a code listed twice.
    """
    codes, found = {finding.code for finding in all_findings()}, dict[str, Standing]()
    for one in said:
        first, _, last = one.rpartition(":")
        code, _, rest = (first if last == AGAIN else one).partition(":")
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
        found[code] = Standing(known, calendar_day(day), again=last == AGAIN)
        if day and found[code].day is None:
            raise Refusal(fault(Code.STANDING_WITHOUT_DAY, finding=code, standing=known))
    return found
