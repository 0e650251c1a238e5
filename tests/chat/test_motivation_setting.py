"""The motivation setting of a municipality (text, reference or either) on cards, in the form and when typing."""

import json

import pytest
from sqlmodel import select

from storage.tenants import TenantRow
from tests.chat.drive import opens
from tests.chat.harness import Chat, Room

TEXT, PLACE = "Påhittat skäl: umgänget ställdes in", "Påhittad journalanteckning 3 maj"
ITEM = "child_not_heard_motivated"
BUTTONS = {
    "either": ["Spara", "Finns i akten", "Motivering saknas"],
    "text": ["Spara", "Motivering saknas"],
    "reference": ["Finns i akten", "Motivering saknas"],
}
FIELDS = {"either": ["motivation", "place"], "text": ["motivation"], "reference": ["place"]}


def sets(room: Room, by: str) -> None:
    def work(session: object) -> None:
        row = session.exec(select(TenantRow)).one()  # type: ignore[attr-defined]
        row.settings = json.dumps({"motivation": by})

    room.desk.run_now(work)


@pytest.fixture(params=list(BUTTONS))
def by(request: pytest.FixtureRequest, room: Room) -> str:
    sets(room, request.param)
    return str(request.param)


def at_the_motivation(anna: Chat) -> Chat:
    return opens(anna, violence="nej").presses("Nej")


def field_ids(anna: Chat) -> list[str]:
    return [element["id"] for element in anna.card["body"] if element["type"] == "Input.Text"]


def test_the_card_has_the_fields_and_buttons_the_municipality_allows_and_no_others(anna: Chat, by: str) -> None:
    at_the_motivation(anna)

    assert field_ids(anna) == FIELDS[by]
    assert anna.buttons[: len(BUTTONS[by])] == BUTTONS[by]
    assert not set(BUTTONS["either"]) - set(BUTTONS[by]) & set(anna.buttons)


def test_what_is_allowed_is_kept(anna: Chat, by: str) -> None:
    at_the_motivation(anna)
    if by == "reference":
        anna.presses("Finns i akten", {"Var i akten": PLACE})
    else:
        anna.presses("Spara", {"Motivering": TEXT})

    written = anna.written(ITEM)
    assert (written.choice, written.motivation_kind) == ("ja", "reference" if by == "reference" else "text")
    assert (written.motivation, written.place) == (("", PLACE) if by == "reference" else (TEXT, ""))


def test_that_there_is_none_may_always_be_said(anna: Chat, by: str) -> None:
    at_the_motivation(anna).presses("Motivering saknas")

    assert anna.stored(ITEM) == "nej"
    assert ITEM in anna.gaps()


def test_the_form_has_the_same_fields(anna: Chat, by: str) -> None:
    at_the_motivation(anna).types("formulär")

    named = {name.rpartition(".")[2] for name in field_ids(anna) if name.startswith(ITEM)}
    assert named == {"motivation": {"text"}, "place": {"place"}}.get(
        FIELDS[by][0] if by != "either" else "", {"text", "place"}
    )


@pytest.mark.parametrize("set_to", ["text", "reference"])
def test_a_card_from_before_the_setting_is_refused_in_words_and_nothing_is_kept(
    anna: Chat, room: Room, set_to: str
) -> None:
    at_the_motivation(anna)
    old = anna.shown
    sets(room, set_to)

    if set_to == "text":
        anna.presses("Finns i akten", {"Var i akten": PLACE}, on=old).sees("En hänvisning till akten räcker inte")
    else:
        anna.presses("Spara", {"Motivering": TEXT}, on=old).sees("motiveringar bara i akten")

    assert anna.stored(ITEM) == ""
    assert field_ids(anna) == FIELDS[set_to]


def test_in_the_form_too(anna: Chat, room: Room) -> None:
    at_the_motivation(anna).types("formulär")
    old = anna.shown
    sets(room, "reference")

    anna.presses("Spara", {f"{ITEM}.text": TEXT}, on=old).sees("motiveringar bara i akten")

    assert anna.stored(ITEM) == ""


def test_nothing_filled_in_is_told_what_to_fill_in(anna: Chat, by: str) -> None:
    at_the_motivation(anna)
    title = "Finns i akten" if by == "reference" else "Spara"
    told = {"either": "Skriv en motivering, eller", "text": "motiveringen här", "reference": "Skriv under Var i akten"}

    anna.presses(title).sees(told[by])


def test_a_typed_line_is_the_text_or_the_place(anna: Chat, by: str) -> None:
    at_the_motivation(anna).types(PLACE)

    written = anna.written(ITEM)
    assert (written.motivation, written.place) == (("", PLACE) if by == "reference" else (PLACE, ""))


def test_an_answer_typed_with_a_text_keeps_the_answer_and_says_why_not_the_text(anna: Chat, room: Room) -> None:
    sets(room, "reference")
    opens(anna, violence="nej").types(f"nej, {TEXT}").sees("motiveringar bara i akten").sees_no(TEXT)

    assert anna.stored("child_heard") == "nej"
    assert anna.stored(ITEM) == ""
    anna.is_asked(ITEM)
