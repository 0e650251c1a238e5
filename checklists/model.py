"""The data model of a checklist, as read from YAML, and of an answer to one of its items."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from checklists.faults import Code, Refusal, fault, listed

Choice = Literal["ja", "nej", "delvis", "pagaende", "ej_tillampligt"]
"""What a person can answer. Stored rows also hold `fritext` (imported text) and `obesvarad` (taken back)."""
CHOICES: tuple[Choice, ...] = ("ja", "nej", "delvis", "pagaende", "ej_tillampligt")
OPEN = "obesvarad"
STORED_CHOICES = frozenset((*CHOICES, OPEN, "fritext"))
"""What a stored row may hold: checked before it is written, and again when it is read."""

ListId = Literal["decision_basis", "peer_review_bou", "rvt_case_round", "rvt_self_check", "sample_audit", "intake"]
Per = Literal["case", "child"]
CaseType = Literal["barn", "vuxen"]
CASE_TYPE = "case_type"
"""The key of the case type among the facts that `rules.Applied` is given; unlike the others it is always known."""
CHILDREN = "children"
"""The same for whether there are children in the case."""
Children = Literal["none", "some"]
Clock = Literal["14d", "4m"]
FilePart = Literal["fysisk", "digital"]
Role = Literal["case_worker", "unit_manager", "deputy", "peer_reviewer", "manager", "auditor", "admin"]
AnyRole = Literal[Role, ""]
"""A role, or "" for any or none."""
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
Criticism = Annotated[str, Field(pattern=r"^(B[1-4]|R[1-4]|N[1-9])$")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_]{3,60}$")]
Text = Annotated[str, Field(min_length=1, max_length=300)]
HelpText = Annotated[str, Field(min_length=1, max_length=600)]
MOST_OPTIONS = 60
"""The width, in characters, of the column that holds an answer's option ids, joined by commas."""
Motivation = Literal["", "text", "reference", "missing"]
"""How an answer is motivated: not at all, by a text, by "finns i akten", or declared to be missing."""


MOST_CHILDREN = 20
"""The maximum number of children in one case."""
MotivationBy = Literal["either", "text", "reference"]
"""The form of motivation a municipality requires: a text here, a reference to the case file, or either."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Data):
    """When something applies: a test of one fact, item or case type, of whether there are children, or several tests
    joined by `all` or `any`.
    """

    fact: Id | None = None
    item: Id | None = None
    case_type: CaseType | None = None
    children: Children | None = None
    values: frozenset[Choice] = Field(default=frozenset(), alias="is")
    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        single = (self.fact, self.item, self.case_type, self.children)
        if sum(one is not None for one in single) + bool(self.all) + bool(self.any) != 1:
            raise Refusal(fault(Code.CONDITION_OF_SEVERAL))
        if (self.fact or self.item) and not self.values:
            raise Refusal(fault(Code.CONDITION_WITHOUT_IS))
        if (self.case_type or self.children) and self.values:
            raise Refusal(fault(Code.CASE_TYPE_WITH_IS))
        if self.fact and not self.values <= {"ja", "nej"}:
            raise Refusal(fault(Code.FACT_NOT_YES_NO))
        return self

    def leaves(self) -> Iterator["Condition"]:
        """Yield every test of a single thing in this condition, at any depth."""
        if self.all or self.any:
            for part in self.all + self.any:
                yield from part.leaves()
        else:
            yield self


class LegalRef(_Data):
    """A reference to a law; only verified ones are shown. checked: the day somebody looked it up, or tried to."""

    ref: Text
    checked: date
    verified: bool


class Help(_Data):
    """What a question means: what counts as Ja, what does not, and an example. law: the name of the rule behind it.

    It explains a question and never changes it: no answer, figure or signature depends on it. It may therefore be
    added to a version that lists are pinned to.
    """

    counts: HelpText
    counts_en: HelpText
    counts_not: HelpText
    counts_not_en: HelpText
    example: HelpText
    example_en: HelpText
    law: Text | None = None
    law_en: Text | None = None
    legal_refs: tuple[LegalRef, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, other in (("law", self.law_en), ("law_en", self.law)):
            if getattr(self, name) is None and (other is not None or self.legal_refs):
                raise Refusal(fault(Code.KEY_MISSING, key=name))
        return self


class Fact(_Data):
    """A property of the case or of a child that decides which items apply; its value is ja, nej or unknown."""

    id: Id
    per: Per
    ask: Text
    ask_en: Text
    help: Help | None = None


class Heading(_Data):
    """The heading of a section or of a group of items."""

    id: Id
    title: Text
    title_en: Text


class Option(_Data):
    """One way an answer came about, such as how a child was heard."""

    id: Id
    title: Text
    title_en: Text


class How(_Data):
    """A follow-up question about how an answer came about: its wording, the answers that trigger it, its options.

    several: more than one option may be chosen. required: the answer is a gap until one is chosen. other: the option
    that stands for anything else, described in the answer's method text.
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
    """An optional follow-up question about a date: its wording and the answers that trigger it.

    after: the options of `how` that trigger it, so that it costs no extra press; empty: the answer alone triggers it.
    against: the date of the case it is compared with; a difference is pointed out and has no other effect, so this may
    be added to a version in use.
    """

    ask: Text
    ask_en: Text
    answers: frozenset[Choice] = Field(alias="on", min_length=1)
    after: tuple[Id, ...] = ()
    against: Literal["received_on", "opened_on"] | None = None

    def is_asked(self, choice: str, options: str) -> bool:
        """Return whether the date is asked for after an answer. options: the chosen option ids, joined by commas."""
        return choice in self.answers and (not self.after or bool(set(self.after) & set(options.split(","))))


SOURCE = How(
    ask="Vad bygger svaret på?",
    ask_en="What is the answer based on?",
    on=frozenset({"ja"}),
    options=tuple(
        Option(id=f"source_{name}", title=title, title_en=title_en)
        for name, title, title_en in (
            ("talk", "Samtal med barnet", "Conversation with the child"),
            ("other_person", "Via annan", "Through someone else"),
            ("file_note", "Aktanteckning", "Note in the file"),
            ("else", "Annat", "Something else"),
        )
    ),
)
"""The question about the source behind a Ja, for the questions a municipality has listed in `ask_source`."""


class Item(_Data):
    """One question. Its id is stored with every answer, so it is never renamed.

    alone: the question worded to be read outside its card, where `ask` depends on the question before it; like `help`
    it may be added to a version in use, because it changes neither what is asked nor what is stored.
    wording: `source` when the source document has these words, `local` when they are ours. label: a short form, for a
    group card and where the source has only a noun phrase. only: a condition for each answer that may not always be
    given. motivates: the item or fact whose motivation this item asks for. unless: when it does not apply although
    `when` is met. computed: the clock whose outcome is proposed as the answer; a person confirms it. motivate_on: the
    answers motivated in this item's own row. gap_on: the answers that are gaps in themselves; gap_on_unmotivated: those
    that are gaps without a motivation. asked_of: the roles that are asked it; empty: everyone who answers the list.
    """

    id: Id
    ask: Text
    ask_en: Text
    alone: Text | None = None
    alone_en: Text | None = None
    help: Help | None = None
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
    unless: Condition | None = None
    computed: Clock | None = None
    only: Mapping[Choice, Condition] = Field(default_factory=dict)
    how: How | None = None
    day: Day | None = None
    motivates: Id | None = None
    motivate_on: frozenset[Choice] = frozenset()
    gap_on: frozenset[Choice] = frozenset()
    gap_on_unmotivated: frozenset[Choice] = frozenset()
    asked_of: tuple[Role, ...] = ()
    enabled: bool = True

    @cached_property
    def detailed(self) -> frozenset[Choice]:
        """The answers after which a separate card asks for details: several options, a required one, or a date."""
        own = self.how is not None and (self.how.several or self.how.required)
        of_how = self.how.answers if self.how and own else frozenset[Choice]()
        return of_how | (self.day.answers if self.day and not self.day.after else frozenset[Choice]())

    @cached_property
    def may_detail(self) -> frozenset[Choice]:
        """The answers that can lead to that card, including those where only some options ask for a date."""
        return self.detailed | (self.day.answers if self.day else frozenset[Choice]())

    @cached_property
    def ways(self) -> How | None:
        """The question about how the answer came about: the list's own, else the one about the source behind a Ja."""
        return self.how or (SOURCE if "ja" in self.answers and not self.motivates else None)

    @property
    def question(self) -> str:
        """The Swedish question as it stands alone."""
        return self.alone or self.ask

    @property
    def question_en(self) -> str:
        """The English question as it stands alone."""
        return self.alone_en or self.ask_en

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, other in (("alone", self.alone_en), ("alone_en", self.alone)):
            if getattr(self, name) is None and other is not None:
                raise Refusal(fault(Code.KEY_MISSING, key=name))
        ways = [option.id for option in self.how.options] if self.how else []
        if self.day and not set(self.day.after) <= set(ways):
            raise Refusal(fault(Code.VALUE_NOT_ONE_OF, key="after", allowed=listed(ways)))
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
    """One version of a checklist. An item's number is its position in the file, which never changes in a version.

    case_type: the cases it is for; None: all. file_parts: the parts of a case file that each get a list of their own;
    empty: one list for the whole file.
    """

    id: ListId
    version: int = Field(ge=1)
    title: Text
    title_en: Text
    source: Text
    per: Per
    answered_by: tuple[Role, ...] = Field(min_length=1)
    case_type: CaseType | None = None
    file_parts: tuple[FilePart, ...] = ()
    sections: tuple[Heading, ...] = Field(min_length=1)
    groups: tuple[Heading, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)

    @cached_property
    def by_id(self) -> dict[str, Item]:
        """The items by id."""
        return {item.id: item for item in self.items}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The fixed number of each item, from 1, by item id."""
        return {item.id: place for place, item in enumerate(self.items, start=1)}

    @cached_property
    def siblings(self) -> dict[str, Item]:
        """By id of an item or fact: the enabled item that asks for its motivation."""
        return {item.motivates: item for item in self.items if item.motivates and item.enabled}

    @cached_property
    def asked(self) -> dict[Role, tuple[Item, ...]]:
        """By role: the enabled items it is asked, in list order."""
        enabled = [item for item in self.items if item.enabled]
        return {role: tuple(i for i in enabled if not i.asked_of or role in i.asked_of) for role in get_args(Role)}

    def facts_used(self, role: Role) -> tuple[str, ...]:
        """Return the ids of the facts that this role's items depend on, in no particular order."""
        used: set[str] = set()
        for item in self.asked[role]:
            conditions = [item.when, item.unless, *item.only.values()]
            used |= {leaf.fact for condition in conditions if condition for leaf in condition.leaves() if leaf.fact}
        return tuple(used)

    def is_for(self, case_type: CaseType) -> bool:
        """Return whether the list is for cases of this type."""
        return self.case_type in (None, case_type)

    @cached_property
    def group(self) -> dict[str, Heading]:
        """The headings of the groups, by group id."""
        return {group.id: group for group in self.groups}


@dataclass(frozen=True, slots=True)
class Answer:
    """The newest revision of one answer, reduced to what the rules need.

    choice: a Choice, `fritext` or `obesvarad`. revision: from 1; 0 when nothing was ever stored. noted: it carries a
    note. has_method: an option or a method says how it came about; option: the former. returned: the chef pointed at
    it when sending the list back, and it has not been answered since; it still counts as answered. only_here: its
    motivation is a text in the bot, and nothing says where it is in the case file.
    """

    choice: str
    revision: int = 1
    motivation: Motivation = ""
    noted: bool = False
    has_method: bool = False
    option: str = ""
    returned: bool = False
    only_here: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The full content of one answer, texts in clear, whether given by a person, read from storage or from a file.

    choice: a Choice, `fritext` or `obesvarad`. place: where in the case file the motivation is found. note: the
    reservation or comment; None leaves the stored one unchanged. raw: the answer cell exactly as it was imported.
    option: the chosen option ids, comma-separated, in the checklist's order. method: how the answer came about in
    words, where the options do not cover it. day: the day asked for with the answer.
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
    day: date | None = None

    @property
    def only_here(self) -> bool:
        """Whether the motivation is a text kept here alone: nothing says that it is in the case file as well."""
        return self.motivation_kind == "text" and not self.place

    @property
    def answer(self) -> Answer:
        """The same reduced to what the rules need, as if it were stored."""
        has_method = bool(self.option or self.method)
        return Answer(
            self.choice,
            motivation=self.motivation_kind,
            noted=bool(self.note),
            has_method=has_method,
            option=self.option,
            only_here=self.only_here,
        )


NOTHING = Written(OPEN)
"""The content of an item that was never answered, or whose answer was taken back."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One reason why a list is not ready to be signed.

    id: of the item or fact. why: `unanswered`, `unknown`, `returned`, `unmotivated`, `no_method`, `bare` (in a round,
    a Nej or Delvis without a motivation or without its place in the file), or the choice that is itself a gap.
    """

    of: Literal["item", "fact"]
    id: str
    why: str
