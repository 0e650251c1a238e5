"""One line that `doctor` prints."""

from dataclasses import dataclass

from checklists.faults import Fault


@dataclass(frozen=True, slots=True)
class Line:
    """What was looked at, and what was found: that it is well, a fault, or why it was not looked at."""

    about: str
    ok: str = ""
    fault: Fault | None = None
    left_out: str = ""

    def __str__(self) -> str:
        mark = "FAULT" if self.fault else "-" if self.left_out else "ok"
        said = str(self.fault) if self.fault else f"not looked at: {self.left_out}" if self.left_out else self.ok
        return f"{mark:<6} {self.about}: {said}"
