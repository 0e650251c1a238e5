"""What a checklist is: data read from YAML, and what can be answered to it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from checklists.faults import Code, Refusal, fault, listed

Choice = Literal["ja", "nej", "delvis", "pagaende", "ej_tillampligt"]
"""What a person can answer. Stored rows also hold `fritext` (imports) and `obesvarad` (taken back)."""
CHOICES: tuple[Choice, ...] = ("ja", "nej", "delvis", "pagaende", "ej_tillampligt")
OPEN = "obesvarad"

ListId = Literal["decision_basis", "peer_review_bou", "rvt_case_round", "rvt_self_check", "sample_audit", "intake"]
Per = Literal["case", "child"]
CaseType = Literal["barn", "vuxen"]
CASE_TYPE = "case_type"
"""The name under which rules are told the type of the case, among the facts; it is always known."""
FilePart = Literal["fysisk", "digital"]
Role = Literal["case_worker", "unit_manager", "deputy", "peer_reviewer", "manager", "auditor", "admin"]
AnyRole = Literal[Role, ""]
"""A role, or empty: whichever, or none."""
Step = Literal[
    "orosanmalan",
    "skyddsbedomning",
    "forhandsbedomning",
    "utredning",
    "dokumentation",
    "beslut",
    "uppfoljning",
    "egenkontroll",
]
Criticism = Annotated[str, Field(pattern=r"^(B[1-4]|R[1-4]|N[1-8])$")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_]{3,60}$")]
Text = Annotated[str, Field(min_length=1, max_length=300)]
MOST_OPTIONS = 60
"""The most characters in the ids of the options given with one answer, commas included."""
Motivation = Literal["", "text", "reference", "missing"]
"""How an answer is motivated: not at all, by a text, by "finns i akten", or said to be missing."""


MOST_CHILDREN = 20
"""The most children of one case."""
MotivationBy = Literal["either", "text", "reference"]
"""How a municipality wants motivations given: as a text here, as a reference to the file, or either."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Data):
    """When something applies: one fact, item or type of case, or several joined by `all` or `any`."""

    fact: Id | None = None
    item: Id | None = None
    case_type: CaseType | None = None
    values: frozenset[Choice] = Field(default=frozenset(), alias="is")
    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        single = (self.fact, self.item, self.case_type)
        if sum(one is not None for one in single) + bool(self.all) + bool(self.any) != 1:
            raise Refusal(fault(Code.CONDITION_OF_SEVERAL))
        if (self.fact or self.item) and not self.values:
            raise Refusal(fault(Code.CONDITION_WITHOUT_IS))
        if self.case_type and self.values:
            raise Refusal(fault(Code.CASE_TYPE_WITH_IS))
        if self.fact and not self.values <= {"ja", "nej"}:
            raise Refusal(fault(Code.FACT_NOT_YES_NO))
        return self

    def leaves(self) -> Iterator["Condition"]:
        """Yield every condition on a single fact, item or type of case in this one."""
        if self.all or self.any:
            for part in self.all + self.any:
                yield from part.leaves()
        else:
            yield self


class Fact(_Data):
    """Something about the case or a child that decides which items apply: ja, nej or unknown."""

    id: Id
    per: Per
    ask: Text
    ask_en: Text


class Heading(_Data):
    """A section or a group of items, with the words that stand over it."""

    id: Id
    title: Text
    title_en: Text


class Option(_Data):
    """One way an answer came about, such as how a child was heard."""

    id: Id
    title: Text
    title_en: Text


class How(_Data):
    """How an answer came about: the question, the answers it is asked with, the options.

    several: more than one option may be given. required: without one the answer is a gap. other: the option
    for anything not among the options, put into words.
    """

    ask: Text
    ask_en: Text
    answers: frozenset[Choice] = Field(alias="on", min_length=1)
    options: tuple[Option, ...] = Field(min_length=1, max_length=6)
    several: bool = False
    required: bool = False
    other: Id | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids):
            raise Refusal(fault(Code.LISTED_TWICE, key="options"))
        if self.other and self.other not in ids:
            raise Refusal(fault(Code.VALUE_NOT_ONE_OF, key="other", allowed=listed(ids)))
        if self.several and len(",".join(ids)) > MOST_OPTIONS:
            raise Refusal(fault(Code.OPTIONS_TOO_LONG, most=MOST_OPTIONS))
        return self


class Day(_Data):
    """A date that may be given with an answer: the question and the answers it is asked with."""

    ask: Text
    ask_en: Text
    answers: frozenset[Choice] = Field(alias="on", min_length=1)


class Item(_Data):
    """One question. Its id is stored with every answer, so it is never renamed."""

    id: Id
    ask: Text
    ask_en: Text
    answers: tuple[Choice, ...] = Field(min_length=1)
    section: Id
    step: Step
    wording: Literal["source", "local"]
    criticism: tuple[Criticism, ...] = ()
    label: Text | None = None
    label_en: Text | None = None
    hint: Text | None = None
    hint_en: Text | None = None
    group: Id | None = None
    when: Condition | None = None
    only: Mapping[Choice, Condition] = Field(default_factory=dict)
    how: How | None = None
    day: Day | None = None
    motivates: Id | None = None
    motivate_on: frozenset[Choice] = frozenset()
    gap_on: frozenset[Choice] = frozenset()
    gap_on_unmotivated: frozenset[Choice] = frozenset()
    asked_of: tuple[Role, ...] = ()
    enabled: bool = True

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        allowed = set(self.answers)
        if len(allowed) != len(self.answers):
            raise Refusal(fault(Code.LISTED_TWICE, key="answers"))
        naming: dict[str, Collection[Choice]] = {
            "motivate_on": self.motivate_on,
            "gap_on": self.gap_on,
            "gap_on_unmotivated": self.gap_on_unmotivated,
            "how": self.how.answers if self.how else (),
            "day": self.day.answers if self.day else (),
            "only": self.only,
        }
        for name, answers in naming.items():
            extra = set(answers) - allowed
            if extra:
                raise Refusal(fault(Code.ANSWER_NOT_ALLOWED, key=name, answers=listed(sorted(extra))))
        if set(self.only) == allowed:
            raise Refusal(fault(Code.ONLY_ON_EVERY))
        if self.motivates and not {"ja", "nej"} <= allowed:
            raise Refusal(fault(Code.MOTIVATES_ANSWERS))
        if self.motivates and (self.motivate_on or self.group or self.only):
            raise Refusal(fault(Code.MOTIVATES_OWN))
        return self


class Checklist(_Data):
    """A whole list in one version. An item's number is its place in the file, fixed in that version.

    file_parts: the parts of a case file that each get a list of their own; none: one list for all.
    """

    id: ListId
    version: int = Field(ge=1)
    title: Text
    title_en: Text
    source: Text
    per: Per
    answered_by: tuple[Role, ...] = Field(min_length=1)
    file_parts: tuple[FilePart, ...] = ()
    sections: tuple[Heading, ...] = Field(min_length=1)
    groups: tuple[Heading, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """Map item id to item."""
        return {item.id: item for item in self.items}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Map item id to its fixed number, from 1."""
        return {item.id: place for place, item in enumerate(self.items, start=1)}

    @cached_property
    def siblings(self) -> dict[str, Item]:
        """Map the id of a motivated item or fact to the enabled item that asks for its motivation."""
        return {item.motivates: item for item in self.items if item.motivates and item.enabled}

    @cached_property
    def asked(self) -> dict[Role, tuple[Item, ...]]:
        """Map a role to the enabled items put to it, in list order."""
        enabled = [item for item in self.items if item.enabled]
        return {role: tuple(i for i in enabled if not i.asked_of or role in i.asked_of) for role in get_args(Role)}

    def facts_used(self, role: Role) -> tuple[str, ...]:
        """Return the ids of the facts that something asked of this role depends on, in no order."""
        used: set[str] = set()
        for item in self.asked[role]:
            conditions = [item.when, *item.only.values()]
            used |= {leaf.fact for condition in conditions if condition for leaf in condition.leaves() if leaf.fact}
        return tuple(used)

    @cached_property
    def group(self) -> dict[str, Heading]:
        """Map the id of a group to its heading."""
        return {group.id: group for group in self.groups}


@dataclass(frozen=True, slots=True)
class Answer:
    """The newest revision of one answer, as the rules need it.

    choice: a Choice, `fritext` or `obesvarad`. revision: from 1, 0 when nothing was ever stored.
    noted: it has a reservation. told_how: it says how it came about (an option or a method in words).
    returned: the chef has pointed at it and it has not been answered since; it still counts as answered.
    """

    choice: str
    revision: int = 1
    motivation: Motivation = ""
    noted: bool = False
    told_how: bool = False
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A complete answer, texts in clear: as a person gives it, as it is stored, as a file holds it.

    choice: a Choice, `fritext` or `obesvarad`. option: ids of the options given, separated by commas, in the
    list's order. method: in words, where the options do not cover it. place: where in the file the motivation is.
    note: the reservation; None: unchanged. raw: the answer cell as a file had it.
    """

    choice: str
    motivation_kind: Motivation = ""
    motivation: str = ""
    place: str = ""
    note: str | None = None
    raw: str = ""
    option: str = ""
    answered_on: date | None = None
    method: str = ""


NOTHING = Written(OPEN)
"""A question that was never answered, or whose answer was taken back."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that stands between a list and a signature.

    of: item or fact. why: `unanswered`, `unknown`, `returned`, the answer that is a gap, `unmotivated`, or `no_method`.
    """

    of: Literal["item", "fact"]
    id: str
    why: str
