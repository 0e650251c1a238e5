"""Random presses and typed lines: no errors, no dead ends, and the stored answers match the model."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from storage.inbox import InboxRow
from tests.chat.card_hand import button, gathered, inputs, titles
from tests.chat.conftest import Furnished
from tests.chat.drive import opens
from tests.chat.harness import REF, Room
from tests.chat.spoken_model import Model, Seen, seen
from texts import say

FACTS = ("violence", "child_placed", "intervention_decided", "child_communicated")
SHARED = ("violence", "intervention_decided")
CHOICES = {say(f"answers.{choice}", "sv"): choice for choice in ("ja", "nej", "pagaende", "ej_tillampligt")}
LINES = (
    ["fortsätt", "ångra", "ångra", "tillbaka", "paus", "vad saknas", "mina ärenden", "hjälp", "formulär", "uppgifter"]
    + ["ändra", "ny", f"ny {REF}", "?", "ändra 4 barn 2"]
    + [f"ändra {number}" for number in range(1, 13)]
)
ANSWERS = st.sampled_from(["ja", "nej", "unknown"])


class Walk(RuleBasedStateMachine):
    """One worker and one case with one or two children. She may press any card she has ever seen."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room
        self.anna, self.bo = room.chat("anna"), room.chat("bo")
        self.model = Model()
        self.cards: list[Seen] = []
        self.anna.replays = True
        self.children = 0
        self.texts = 0
        self.replayed = False
        self.disposed = 0
        """Number of answers disposed of with their case; their events remain."""

    @rule(children=st.integers(1, 2), facts=st.lists(ANSWERS, min_size=4, max_size=4))
    @precondition(lambda self: not self.children)
    def opens(self, children: int, facts: list[str]) -> None:
        said = dict(zip(FACTS, facts, strict=True))
        opens(self.anna, children=children, **said)
        self.children = children
        for child in range(1, children + 1):
            told = said if child == 1 else {name: said[name] for name in SHARED}
            self.model.facts[child] = {name: value for name, value in told.items() if value != "unknown"}
        self._look()

    @rule(line=st.sampled_from(LINES))
    @precondition(lambda self: self.children)
    def types_a_command(self, line: str) -> None:
        if line == "ångra":
            self.model.undo()
        self.anna.types(line)
        if line == "ångra" and self.anna.kind_or_nothing() == "menu" and "Beslutsunderlag" in self.anna.buttons:
            self.anna.presses("Beslutsunderlag")  # a file has begun another list, and nothing shows which is meant
        if line == "ångra" and self.anna.view is not None and self.anna.view.kind == "menu" and self.anna.view.asks:
            self.anna.presses("Ångra")
        self.replayed = False
        self._look()

    @rule(word=st.sampled_from(["ja", "nej"]))
    @precondition(lambda self: self.children and self.anna.kind() == "question" and not self.replayed)
    def types_an_answer(self, word: str) -> None:
        card = self.cards[-1]
        if card.answers(self.model) and self.model.may(card.child, card.items[0], word):
            self.model.choose(card.child, {card.items[0]: word})
        self.anna.types(word)
        self._look()

    @rule(
        pick=st.integers(0, 9), back=st.sampled_from([0, 0, 0, 1, 2, 5]), fill=st.lists(st.integers(0, 4), min_size=4)
    )
    @precondition(lambda self: self.cards)
    def presses(self, pick: int, back: int, fill: list[int]) -> None:
        card = self.cards[-1 - min(back, len(self.cards) - 1)]
        title = titles(card.shown.card)[pick % len(titles(card.shown.card))]
        if card.kind == "close" and title == "Avsluta":
            return  # closed cases are tested elsewhere
        if card.kind == "wrong_case" or title == "Ta bort listan":
            return  # so are a case that is withdrawn, or gets another number, and a list that is removed
        data = gathered(card.shown.card, button(card.shown.card, title), self._fields(card, title, fill))
        self._expect(card, title, data)
        acted = self.room.count(InboxRow)
        self.anna.sends(data, reply_to=card.shown.message)
        self.replayed = self.room.count(InboxRow) == acted
        self._look()

    @rule(child=st.integers(1, 2), name=st.sampled_from(FACTS), value=ANSWERS)
    @precondition(lambda self: self.children)
    def a_fact_changes(self, child: int, name: str, value: str) -> None:
        child = min(child, self.children)
        for at in self.model.facts if name in SHARED else (child,):
            self.model.facts[at].pop(name, None)
            self.model.facts[at] |= {name: value} if value != "unknown" else {}
        self.replayed = False
        self.anna.types("uppgifter").presses("Spara", {f"{name}.{0 if name in SHARED else child}": value})
        self._look()

    @rule()
    @precondition(lambda self: self.cards)
    def someone_else_presses(self) -> None:
        card, before = self.cards[-1].shown, self.room.count()
        self.bo.presses(titles(card.card)[0], on=card).sees("Du kan inte använda det här kortet")
        assert self.room.count() == before

    @rule(days=st.sampled_from([0.01, 1, 40]))
    def time_passes(self, days: float) -> None:
        self.room.later(days=days)

    # --- invariants ---------------------------------------------------------------------------------------------

    @invariant()
    def what_is_stored_is_what_was_said(self) -> None:
        for child in range(1, self.children + 1):
            _, rows, facts = self.anna.sheet(REF, child)
            stored = {item: (row.choice, row.revision, row.motivation_kind) for item, row in rows.items()}
            assert stored == {i: (a.choice, a.revision, a.motivation) for i, a in self.model.of(child).items()}
            assert facts == self.model.facts[child]

    @invariant()
    def every_revision_has_its_event(self) -> None:
        without = (
            "select count(*) from answer a where 1 != (select count(*) from event e where e.act = 'answered'"
            " and e.filled_id = a.filled_id and e.item_id = a.item_id and e.revision = a.revision)"
        )
        assert self.room.scalar(without) == 0
        answered = self.room.scalar("select count(*) from event where act = 'answered'")
        assert answered == self.room.count() + self.disposed

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        assert not self.children or self.anna.said or self.anna.buttons

    # --- presses in the model -----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Remember the card in view."""
        if self.anna.view is not None and not self.anna.said and self.anna.buttons:
            self.cards.append(seen(self.anna.shown, self.anna.view, self.model))

    def _fields(self, card: Seen, title: str, fill: list[int]) -> dict[str, str]:
        """Return the fields to fill in before a press: random choices and texts."""
        found = inputs(card.shown.card)
        if button(card.shown.card, title).get("associatedInputs") == "none":
            return {}
        if card.kind in ("group", "form"):
            sets = [(name, element["choices"]) for name, element in found.items() if "choices" in element]
            picked = zip(sets, fill, strict=False)
            return {name: choices[at % len(choices)]["value"] for (name, choices), at in picked if at < 4}
        if card.kind == "motivation":
            self.texts += 1
            return {name: f"Påhittad text {self.texts}" for name, at in zip(found, fill, strict=False) if at % 2}
        return {}

    def _expect(self, card: Seen, title: str, data: dict[str, str]) -> None:
        model = self.model
        given = {item: data[item] for item in card.items if data.get(item)}
        if data["verb"] == "how":
            child, item, revision = card.aside
            told = {item: replace(model.of(child)[item])}
            is_new = revision == model.revision(child, item)
            model.store(child, (told if is_new else {}) | card.kept_by_any_press(model, given))
        elif title == "Ångra":
            model.undo(card.echo)
        elif card.kind == "group" and title in ("Pausa", "Tillbaka", "Formulär"):
            model.store(card.child, card.kept_by_any_press(model, given))
        elif card.kind == "form" and title == "Spara":
            taken = {item: choice for item, choice in given.items() if card.still_open_for(model, item, choice)}
            model.choose(card.child, taken)
        elif card.kind in ("question", "group", "motivation") and card.answers(model):
            self._expect_answer(card, title, {card.items[0]: CHOICES[title]} if title in CHOICES else given, data)

    def _expect_answer(self, card: Seen, title: str, given: dict[str, str], data: dict[str, str]) -> None:
        model = self.model
        if card.kind == "motivation":
            text, place = data.get("motivation", ""), data.get("place", "")
            if title == "Motivering saknas":
                model.motivate(card.child, card.items, card.about, "missing")
            elif title == "Spara" and text:
                model.motivate(card.child, card.items, card.about, "text")
            elif title in ("Spara", "Finns i akten") and place:
                model.motivate(card.child, card.items, card.about, "reference")
        elif title in ("Spara", *CHOICES) and all(
            model.may(card.child, item, choice) for item, choice in given.items()
        ):
            model.choose(card.child, given)


def walk(furnished: Furnished, how: settings) -> None:
    class Here(Walk):
        def __init__(self) -> None:
            super().__init__(furnished.room())

    run_state_machine_as_test(Here, settings=how)


def test_no_walk_finds_an_error_a_dead_end_or_a_stray_answer(furnished: Furnished) -> None:
    walk(furnished, settings(max_examples=20, stateful_step_count=30))


@pytest.mark.slow
def test_no_long_walk_finds_an_error_a_dead_end_or_a_stray_answer(furnished: Furnished) -> None:
    walk(furnished, settings(max_examples=300, stateful_step_count=60))
