"""Which questions cover which criticism. Without this check a list that asks about none of it could report 100 %."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from checklists.findings import Finding, all_findings
from checklists.loader import DEFINITIONS
from checklists.model import Checklist

Lack = Literal["", "question", "direct", "measure"]
"""What a finding lacks: any question, one that asks about it directly, or a measure; "" if nothing."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A finding and the enabled items that cover it, each as `checklist_id/item_id`."""

    finding: Finding
    questions: tuple[str, ...]

    def lacks(self, measured: Collection[str]) -> Lack:
        """Return what it lacks. measured: the codes of the findings that the municipality has a measure for.

        A question that asks about the finding directly is enough, unless the finding is about staff or competence.
        """
        if self.finding.by_measure:
            return "" if self.finding.code in measured else "measure"
        if not self.questions:
            return "question"
        return "direct" if self.finding.indirect and self.finding.code not in measured else ""


def coverage(checklists: Sequence[Checklist]) -> tuple[Covered, ...]:
    """Return each finding these checklists should cover, with the enabled items that cover it (possibly none).

    A finding should be covered when it was addressed to units that fill in one of the checklists; if no finding names
    any of them, all should be; one about the staff always should be. Findings that are covered without having to be
    are included as well.
    """
    present = {checklist.id for checklist in checklists}
    demanded = {finding.code for finding in all_findings() if present & set(finding.lists)}
    found = []
    for finding in all_findings():
        questions = tuple(
            f"{checklist.id}/{item.id}"
            for checklist in checklists
            for item in checklist.items
            if item.enabled and finding.code in item.criticism
        )
        about_staff = finding.by_measure and not finding.lists
        if questions or about_staff or finding.code in demanded or not demanded:
            found.append(Covered(finding, questions))
    return tuple(found)


def newest_files() -> list[Path]:
    """Return the path of the newest version of each shipped checklist."""
    newest: dict[str, tuple[int, Path]] = {}
    for path in DEFINITIONS.glob("*.v*.yaml"):
        name, _, version = path.stem.rpartition(".v")
        if name != "facts":
            newest[name] = max(newest.get(name, (0, path)), (int(version), path))
    return sorted(path for _, path in newest.values())
