"""The fault programme's sizes, seeds, mutants and figures, as passed between `dev.py faults` and the tests."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

T = TypeVar("T")
Size = Literal["suite", "small", "full"]
SIZE, MUTANT, FIGURES = "BK_FAULTS", "BK_FAULTS_MUTANT", "BK_FAULTS_TO"
HOURS, SEED, SCALE = "BK_FAULTS_HOURS", "BK_FAULTS_SEED", "BK_FAULTS_SCALE"
"""Names in the environment: size, what is planted, the file of figures, hours of the soak, seed, share of full size."""
MUTANTS = {
    "T1": ("ack_first", "acknowledged and not there"),
    "T2": ("synchronous_normal", "acknowledged and not there"),
    "T3": ("no_inbox", "stored otherwise than in order"),
    "T4": ("acknowledged_and_rolled_back", "acknowledged and not there"),
    "T5": ("sent_again_blindly", "did not end as it must"),
    "T6": ("no_pace", "faster than allowed"),
    "T7": ("sent_again_blindly", "reminded twice"),
    "T8": ("says_ok", "while nothing can be stored"),
    "T13": ("normalised", "differs"),
    "T20": ("no_tombstones", "came back"),
    "T22": ("commits_in_between", "left something behind"),
    "T24": ("no_once", "put at other times"),
    "T25": ("leak", "grows"),
    "standby": ("asynchronous", "acknowledged and not there"),
}
"""By part: the planted fault it must detect, and the words in its failure when it does.

The faults are in planted.py and in the tests. A part that fails for another reason has not detected its fault.
"""


@dataclass(frozen=True)
class Programme:
    """The parameters that a part of the programme is run with."""

    part: str

    @property
    def size(self) -> Size:
        """Return the size: `suite` in the test suite, else the one the command was given."""
        found = os.environ.get(SIZE, "")
        return found if found in ("small", "full") else "suite"  # type: ignore[return-value]

    def of(self, suite: T, small: T, full: T) -> T:
        """Return the value for the size; a full number is scaled by the share asked for."""
        return {"suite": suite, "small": small, "full": self._share(full)}[self.size]

    @staticmethod
    def _share(full: T) -> T:
        share = float(os.environ.get(SCALE, "1"))
        return max(1, int(full * share)) if isinstance(full, int) else full  # type: ignore[return-value]

    @property
    def seed(self) -> int:
        """Return the first seed; a failed run is repeated by giving its own."""
        return int(os.environ.get(SEED, "1"))

    @property
    def hours(self) -> float:
        """Return how long the soak is."""
        return float(os.environ.get(HOURS, "2"))

    @property
    def mutant(self) -> str:
        """Return what is planted in this part, empty if nothing is."""
        part, _, name = os.environ.get(MUTANT, "").partition(":")
        return name if part == self.part else ""

    def figure(self, name: str, value: object) -> None:
        """Keep a figure for the table."""
        if to := os.environ.get(FIGURES):
            with Path(to).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"part": self.part, "name": name, "value": str(value)}) + "\n")
