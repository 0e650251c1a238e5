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

    Raises: ValueError: there is no such code or kind, a date is missing or wrong, or a code is named twice.
    """
    codes, found = {finding.code for finding in all_findings()}, dict[str, Standing]()
    for one in said:
        code, _, rest = one.partition(":")
        kind, _, day = rest.partition(":")
        known = next((name for name in KINDS if name == kind), None)
        if code not in codes:
            raise ValueError(f"there is no finding {code}; there are {', '.join(sorted(codes))}")
        if known is None:
            raise ValueError(f"{code}: write one of {', '.join(KINDS)} after the colon")
        if code in found:
            raise ValueError(f"{code} is named twice")
        if (known == "kritik") == bool(day):
            raise ValueError(f"{code}: {'takes no date' if day else f'{kind} needs a date, {code}:{kind}:2026-09-01'}")
        try:
            found[code] = Standing(known, _date(day) if day else None)
        except ValueError:
            raise ValueError(f"{code}: {day} is not a date; write it as 2026-09-01") from None
    return found


def _date(text: str) -> date:
    found = date.fromisoformat(text)
    if found.isoformat() != text:  # Python accepts other notations as well
        raise ValueError
    return found
