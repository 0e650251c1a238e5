"""Which questions cover which criticism. Without this check a list that asks about none of it could report 100 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checklists.findings import Finding, all_findings
from checklists.loader import DEFINITIONS
from checklists.model import Checklist


@dataclass(frozen=True, slots=True)
class Covered:
    """A finding and the enabled items that cover it, each as `checklist_id/item_id`."""

    finding: Finding
    questions: tuple[str, ...]


def coverage(checklists: Sequence[Checklist]) -> tuple[Covered, ...]:
    """Return each finding these checklists should cover, with the enabled items that cover it (possibly none).

    A finding should be covered when it was addressed to units that fill in one of the checklists; if no finding names
    any of them, all should be. Findings that are covered without having to be are included as well.
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
    """Return the path of the newest version of each shipped checklist."""
    newest: dict[str, tuple[int, Path]] = {}
    for path in DEFINITIONS.glob("*.v*.yaml"):
        name, _, version = path.stem.rpartition(".v")
        if name != "facts":
            newest[name] = max(newest.get(name, (0, path)), (int(version), path))
    return sorted(path for _, path in newest.values())
