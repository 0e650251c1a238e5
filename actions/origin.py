"""Who does something, when, and in which act: all that an action needs to know about its caller."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from checklists.privacy import LetThrough
from checklists.swedish_time import day_of

FILE = "import"
"""The actor of what comes from a file; the person who ran the command is recorded in a separate event."""


@dataclass(frozen=True)
class Origin:
    """The caller of an action: a person's turn, a file, a command, or the bot itself.

    actor: the name in the trail. person_id: row id of the person, None if it is nobody in the register. act: shared by
    everything stored together, so that it can be undone as a whole. today: the Swedish calendar date of `now`.
    ref_pattern: of the tenant's references, where texts may name them.
    """

    tenant_id: int
    actor: str
    now: datetime
    person_id: int | None = None
    act: str = field(default_factory=lambda: uuid4().hex)
    ref_pattern: str = ""
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", day_of(self.now))

    @property
    def lets(self) -> LetThrough:
        """Return what tells other digits from personal numbers in the texts that come with this act."""
        return LetThrough(self.today, self.ref_pattern)


def of_person(tenant_id: int, person_id: int, now: datetime, ref_pattern: str = "") -> Origin:
    """Return the origin of a person's turn."""
    return Origin(tenant_id, f"person:{person_id}", now, person_id, ref_pattern=ref_pattern)


def of_file(tenant_id: int, now: datetime) -> Origin:
    """Return the origin of one import; everything it stores is one act."""
    return Origin(tenant_id, FILE, now, act=f"{FILE}:{uuid4().hex}")
