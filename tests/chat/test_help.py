"""`Vad räknas?` and `vad betyder 4`: what a question means; and questions that stand alone outside their card."""

import json
from collections.abc import Iterator

import pytest

from checklists.loader import all_checklists, all_facts
from checklists.model import Checklist, Help, Item
from dialogs.views.parts import Line
from dialogs.views.wording import line_words
from tests.chat.card_hand import elements, every_action
from tests.chat.drive import fills, opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.list_drive import CHILD, furnish
from tests.chat.read_drive import ALL, begins, reads, sent

LISTS = list(all_checklists().values())


def everything() -> Iterator[tuple[str, Help | None]]:
    for checklist in LISTS:
        for item in checklist.items:
            yield f"{checklist.id}/{item.id}", item.help
    for fact in all_facts().values():
        yield f"facts/{fact.id}", fact.help


@pytest.mark.parametrize(("name", "of"), list(everything()))
def test_every_item_and_fact_is_explained_and_its_example_is_made_up(name: str, of: Help | None) -> None:
    assert of is not None, name
    assert of.example.startswith("Påhittat: ")
    assert of.example_en.startswith("Made up: ")


def test_what_counts_opens_in_place_and_stores_nothing(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).sees_no("Räknas som Ja")
    before, events = room.count(), len(room.events())

    anna.presses("Vad räknas?").is_asked("child_heard").sees("Räknas som Ja", "spädbarn", "Räknas inte", "Påhittat:")
    anna.sees("Paragrafen är inte kontrollerad").sees_no("11 kap.")
    assert (room.count(), len(room.events())) == (before, events)
    anna.presses("Nej").is_asked("child_not_heard_motivated")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("vad betyder 4", "4 · "), ("Vad betyder 4?", "4 · "), ("what is 04", "4 · "), (f"vad betyder 9 {REF}", "9 · ")],
)
def test_it_is_asked_for_by_number(anna: Chat, typed: str, wanted: str) -> None:
    opens(anna, **ALL).types(typed.rstrip("?")).sees(wanted, "Räknas som Ja")
    assert anna.kind() == "help"


def test_without_a_number_it_is_the_question_shown_and_she_can_still_answer_it(anna: Chat) -> None:
    opens(anna, **ALL).types("vad betyder").sees("1 · Har barnet kommit till tals", "Räknas som Ja")
    anna.types("ja").is_asked("child_informed_report")


@pytest.mark.parametrize("line", ["vad betyder", "what is", "vad är?"])
def test_without_a_number_it_is_whatever_question_a_card_asks(anna: Chat, line: str) -> None:
    opens(anna, **ALL).presses("Nej").is_asked("child_not_heard_motivated").types(line).sees("2 · Finns en motivering")
    anna.types("hur menar du?").sees("Är det du skrev en motivering?").types(line).sees("2 · Finns en motivering")
    anna.types("ändra 1").presses("Kommentera").types(line).sees("1 · Har barnet kommit till tals")
    anna.types("ändra 4").types(line).sees("4 · ")


def test_without_a_number_where_no_question_is_shown_a_number_is_asked_for(anna: Chat) -> None:
    anna.types("vad betyder").sees("Skriv också frågans nummer", "från 1 till 12").sees_no("ingen fråga med det numret")
    opens(anna, **ALL).presses("Ja").types("what is").sees("Skriv också frågans nummer")
    anna.types("ja ja ja pågår").is_asked("communication_boxes_filled").types("mina ärenden").types("vad betyder")
    anna.sees("Skriv också frågans nummer")
    anna.types("language en").types("vad betyder").sees("Type the number of the question as well")


def test_it_works_without_a_case_and_names_a_number_that_is_none(room: Room, anna: Chat) -> None:
    anna.types("vad betyder 7").sees("kommuniceringsrutorna", "Räknas inte", "FL (2017:900) 25 §, kontrollerad")
    anna.types("vad betyder 99").sees("Det finns ingen fråga med det numret")
    room.chat("vera").types("what is 7").sees("Räknas som Ja")


def test_it_is_the_question_of_the_list_she_has(room: Room) -> None:
    furnish(room)
    vera = room.chat("vera")
    vera.types("vad betyder 4").sees("4 · Finns löpande journalföring").types(f"ny stickprov {CHILD}")
    vera.types("vad betyder 4").sees("4 · Finns löpande journalföring").presses(f"Fortsätt {CHILD}")
    vera.is_asked("investigation_opened_without_delay").types(f"vad betyder 2 {CHILD}").sees(
        "2 · Framgår huruvida nämnden"
    )
    room.chat("greta").types("vad betyder 1").sees_no("Har barnet kommit till tals under utredning?")
    room.chat("cecilia").types("vad betyder 1").sees("1 · Har barnet kommit till tals")


def test_it_is_the_question_of_her_list_once_more_when_she_has_removed_it(room: Room) -> None:
    furnish(room)
    vera = room.chat("vera")
    vera.types(f"ny stickprov {CHILD}").types("vad betyder 4").sees("4 · Finns löpande journalföring")
    vera.types("ta bort listan").sees("listan är borttagen")

    vera.types("vad betyder 4").sees("4 · Finns löpande journalföring")
    vera.types("fortsätt").sees("Vilket ärende gäller det?")


def test_the_list_of_the_case_last_used_may_be_named_alone(room: Room, anna: Chat) -> None:
    opens(anna, **ALL).types("mina ärenden")

    anna.types("vad saknas beslutsunderlag").sees("Det här saknas", REF)
    assert anna.types("formulär underlag").kind() == "form"


def test_what_is_local_says_so(anna: Chat) -> None:
    opens(anna, **(ALL | {"violence": "ja"})).types("vad betyder 12").sees("Lokalt tillägg")


def test_the_facts_and_the_information_card_unfold_it_without_losing_what_is_filled_in(anna: Chat) -> None:
    anna.types(f"ny {REF}")
    for wanted in ("våldsärende", "orosanmälan"):
        unfold = [one for one in every_action(anna.card) if one["type"] == "Action.ToggleVisibility"]
        assert [one["title"] for one in unfold] == ["Vad räknas?"]
        [box] = [one for one in elements(anna.card) if one.get("id") == unfold[0]["targetElements"][0]]
        assert box["isVisible"] is False
        assert wanted in json.dumps(box, ensure_ascii=False)
        if wanted == "våldsärende":
            anna.presses("Spara").presses("Ja")


def test_it_is_whole_in_english(anna: Chat) -> None:
    anna.types("språk en")
    opens(anna, **ALL).presses("What counts?").sees("Counts as Yes", "Made up:", "infant")


# --- standing alone --------------------------------------------------------------------------------------------------


def leaning() -> Iterator[tuple[Checklist, Item]]:
    for checklist in LISTS:
        for item in checklist.items:
            yield checklist, item


@pytest.mark.parametrize(("checklist", "item"), [pytest.param(c, i, id=f"{c.id}/{i.id}") for c, i in leaning()])
def test_no_question_leans_on_another_outside_its_card(checklist: Checklist, item: Item) -> None:
    assert not item.question.startswith(("Om inte", "Finns motivering till det"))
    assert ";" not in item.question
    assert not item.question_en.startswith(("If not", "Is the reason for that"))
    line = Line(say="typed.echo", args={"ref": REF, "number": 1, "choice": "ja",
                                        "item": f"{checklist.id}/{checklist.version}/{item.id}"})  # fmt: skip
    assert item.question in line_words(line, "sv")


def test_gaps_prompts_and_returns_name_the_whole_question(room: Room, anna: Chat) -> None:
    cecilia = room.chat("cecilia").installs()
    whole = "Finns en motivering till varför barnet inte kommit till tals?"
    fills(opens(anna, **ALL), {"child_heard": "nej", "child_not_heard_motivated": "missing"})
    anna.types("vad saknas").sees(whole).sees_no("Om inte, finns")
    anna.presses("Skicka till chef")

    cecilia.receives().sees(whole)
    reads(begins(cecilia), {"child_heard": "nej"}).presses("Återlämna").sees(whole).sees_no("Om inte, finns")


def test_the_card_itself_keeps_the_words_of_the_source(anna: Chat) -> None:
    opens(anna, **ALL).presses("Nej").sees("Om inte, finns en motivering till varför?")


def test_neither_help_nor_alone_is_in_what_is_signed(room: Room) -> None:
    sent(room)
    cecilia = reads(begins(room.chat("cecilia"))).presses("Visa skillnader")
    seen = cecilia.view.seen.model_dump_json(by_alias=True)  # type: ignore[union-attr]

    for text in ("help", "alone", "Räknas", "kommit till tals"):
        assert text not in seen
