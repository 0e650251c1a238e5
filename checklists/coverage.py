"""Which question covers which criticism: a list that asks about none of it would still report 100 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checklists.files import DEFINITIONS
from checklists.findings import Finding, all_findings
from checklists.model import Checklist


@dataclass(frozen=True, slots=True)
class Covered:
    """A criticism and the enabled questions that cover it, each as `list/question`."""

    finding: Finding
    questions: tuple[str, ...]


def coverage(checklists: Sequence[Checklist]) -> tuple[Covered, ...]:
    """Return, for each criticism these lists should cover, which of their enabled questions do.

    They should cover what was addressed to the units that fill in one of them; lists of no unit should cover all.
    A criticism covered without need is included as well.
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
        if questions or finding.code in demanded or not demanded:
            found.append(Covered(finding, questions))
    return tuple(found)


def newest_files() -> list[Path]:
    """Return the shipped files of the newest version of each list."""
    newest: dict[str, tuple[int, Path]] = {}
    for path in DEFINITIONS.glob("*.v*.yaml"):
        name, _, version = path.stem.rpartition(".v")
        if name != "facts":
            newest[name] = max(newest.get(name, (0, path)), (int(version), path))
    return sorted(path for _, path in newest.values())
