"""Reference model for state-machine tests: what a list should contain after a conversation, in plain dictionaries.

It knows the rules of lists (checklists/) but no dialogs, tokens or tables. An act counts if the question still applies,
the answer is allowed, and the question was not answered after the card was shown. Undo reverts one's own acts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from checklists.cells import FREE
from checklists.lifecycle import WRITER
from checklists.model import OPEN, Answer, Motivation
from dialogs.views.views import AnyView
from tests.asked import allowed, applicable, stops
from tests.chat.card_hand import titles
from tests.chat.harness import LIST, Shown

MOST_UNDO = 10
Place = tuple[int, str]
"""Child number and item id."""


@dataclass
class Model:
    """Answers by child and item, and for each act the values it replaced, emptied once it is undone."""

    facts: dict[int, dict[str, str]] = field(default_factory=dict)
    answers: dict[Place, Answer] = field(default_factory=dict)
    acts: list[dict[Place, Answer | None]] = field(default_factory=list)
    overtaken: set[int] = field(default_factory=set)
    """Indexes of acts partly overwritten by a file import; they cannot be undone."""
    words: dict[Place, str] = field(default_factory=dict)
    """The answers of files, as the newest had them."""

    def of(self, child: int) -> dict[str, Answer]:
        """Return a child's answers."""
        return {item: answer for (at, item), answer in self.answers.items() if at == child}

    def revision(self, child: int, item: str) -> int:
        """Return the number of revisions of an item."""
        answer = self.answers.get((child, item))
        return answer.revision if answer else 0

    def may(self, child: int, item: str, choice: str) -> bool:
        """Return whether an answer is allowed now."""
        return choice in allowed(LIST, LIST.by_id[item], self.facts[child], self.of(child))

    def store(self, child: int, given: Mapping[str, Answer]) -> None:
        """Apply one act."""
        if given:
            self.acts.append({(child, item): self.answers.get((child, item)) for item in given})
        for item, answer in given.items():
            self.answers[child, item] = replace(answer, revision=self.revision(child, item) + 1)

    def choose(self, child: int, given: Mapping[str, str]) -> None:
        """Apply choices; unchanged ones are ignored."""
        old = self.of(child)
        self.store(child, {item: Answer(c) for item, c in given.items() if item not in old or old[item].choice != c})

    def motivate(self, child: int, items: tuple[str, ...], about: str, how: Motivation) -> None:
        """Apply a motivation: as the answer of a motivation item, else on the items' own rows."""
        choice, old = "nej" if how == "missing" else "ja", self.of(child)
        self.store(child, {i: Answer(choice if about else old[i].choice, motivation=how) for i in items})

    def from_file(self, child: int, item: str, word: str, answer: Answer) -> None:
        """Apply an imported answer, which is not an act of hers. One without a motivation leaves the stored one.

        word: the answer as the file has it; two that are outside the scale are the same only if their words are.
        """
        place, old = (child, item), self.answers.get((child, item))
        self.overtaken |= {at for at, act in enumerate(self.acts) if place in act}
        is_same = old is not None and old.choice == answer.choice
        if is_same and answer.choice == FREE:
            is_same = self.words.get(place) == word
        if old is not None and is_same and answer.motivation in ("", "missing"):
            answer = replace(answer, motivation=old.motivation)
        self.words[place] = word
        self.answers[place] = replace(answer, revision=self.revision(child, item) + 1)

    def undo(self, place: int | None = None) -> None:
        """Undo the latest act not undone, or the one at `place`, if among the last ten."""
        first = max(0, len(self.acts) - MOST_UNDO)
        among = [at for at in range(first, len(self.acts)) if self.acts[at] and place in (None, at)]
        if not among:
            return
        act, later = self.acts[among[-1]], self.acts[among[-1] + 1 :]
        if among[-1] in self.overtaken or any(act.keys() & other.keys() for other in later):
            return
        for at, before in act.items():
            self.answers[at] = replace(before or Answer(OPEN), revision=self.answers[at].revision + 1)
        act.clear()


@dataclass(frozen=True)
class Seen:
    """A card as she saw it, and what the model knew then: its items' revisions, and the act its echo refers to."""

    shown: Shown
    kind: str
    child: int
    items: tuple[str, ...]
    about: str
    revisions: tuple[int, ...]
    echo: int
    aside: tuple[int, str, int]
    """If the card asks how an answer came about: the child, the item and the answer's revision; else nothing."""

    def answers(self, model: Model) -> bool:
        """Return whether its question can still be answered on it."""
        way = stops(LIST, WRITER, model.facts[self.child], model.of(self.child))
        same = next((stop for stop in way if stop.kind == self.kind and stop.items[0] == self.items[0]), None)
        return same is not None and tuple(model.revision(self.child, item) for item in same.items) == self.revisions

    def still_open_for(self, model: Model, item: str, choice: str) -> bool:
        """Return whether a form field still counts: applies, allowed, and not answered since by anyone."""
        facts, now = model.facts[self.child], model.of(self.child)
        applies = item in {asked.id for asked in applicable(LIST, WRITER, facts, now)}
        fresh = model.revision(self.child, item) == self.revisions[self.items.index(item)]
        return applies and fresh and model.may(self.child, item, choice)

    def kept_by_any_press(self, model: Model, given: Mapping[str, str]) -> dict[str, Answer]:
        """Return what a press that is no `Spara` stores of a group's choices: what nobody has answered since."""
        old = model.of(self.child)
        revisions = dict(zip(self.items, self.revisions, strict=True))
        fresh = {item: c for item, c in given.items() if model.revision(self.child, item) in (0, revisions[item])}
        if self.kind != "group" or not all(model.may(self.child, item, choice) for item, choice in fresh.items()):
            return {}
        return {item: Answer(c) for item, c in fresh.items() if item not in old or old[item].choice != c}


def seen(shown: Shown, view: AnyView, model: Model) -> Seen:
    """Return a card as seen now. Assumes a new database, where list ids follow the order of the children."""
    child, about, aside = 1, "", (0, "", 0)
    items: tuple[str, ...] = ()
    made: Any = view
    if view.kind in ("question", "group", "motivation", "form"):
        child = made.head.child or 1
    if view.kind == "question":
        items = (made.item.item,)
    elif view.kind == "group":
        items = tuple(listed.item for listed in made.items)
    elif view.kind == "motivation":
        items, about = made.items, made.about
    elif view.kind == "form":
        items = tuple(listed.item for field in made.fields for listed in field.items)
    if getattr(view, "aside", None) is not None:
        whose, item = made.aside.buttons[0].claim.filled, made.aside.item.split("/")[-1]
        aside = (whose, item, model.revision(whose, item))
    revisions = tuple(model.revision(child, item) for item in items)
    echo = len(model.acts) - 1 if "Ångra" in titles(shown.card) else -1
    return Seen(shown, view.kind, child, items, about, revisions, echo, aside)
