"""A case with protected identity: no free text is kept about its people, only where in the case file it is."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from checklists.free_text import MOST_WHERE
from storage import answers, drafts, extensions, returns, signatures
from storage.answers import AnswerRow
from storage.desk import Session
from storage.drafts import DraftRow
from storage.extensions import ExtensionRow
from storage.returns import ReturnRow
from storage.signatures import SignatureRow
from tests.chat.card_hand import button, gathered, inputs
from tests.chat.drive import fills, opens
from tests.chat.harness import REF, Chat, Room
from tests.chat.read_drive import ALL, begins, reads, sent

WORDS = "Påhittad text som bara får stå i akten"
PLACE = "Journalanteckning 12 maj"
WHY = "child_not_heard_motivated"
HINT = "Skriv inga namn eller personnummer"


def protect(room: Room, answer: str = "Ja") -> None:
    room.chat("anna").types(f"uppgifter {REF}").presses("Spara", {"protected_identity": answer})


def kept(room: Room) -> list[str]:
    """Return every text kept about the case beside its answers."""

    def work(session: Session) -> Iterator[str]:
        yield from (returns.comment_of(session, row) for row in session.exec(select(ReturnRow)))
        yield from (extensions.reason(session, row) for row in session.exec(select(ExtensionRow)))
        yield from (signatures.reason_of(session, row) for row in session.exec(select(SignatureRow)))

    return room.desk.run_now(lambda session: list(work(session)))


@pytest.fixture
def at_returning(room: Room) -> Chat:
    """A chef about to send a list back, or to sign it although something is missing."""
    sent(room, {"communication_boxes_filled": "nej"})
    return reads(begins(room.chat("cecilia"))).presses("Visa skillnader")


@pytest.mark.parametrize(
    ("title", "field", "said"),
    [("Återlämna", "comment", "Återlämnat till handläggaren"), ("Signera med brist", "reason", "Signerat med brist")],
)
def test_a_chef_says_where_in_the_file_her_words_are(
    at_returning: Chat, room: Room, title: str, field: str, said: str
) -> None:
    chef = at_returning.presses(title)
    assert field in inputs(chef.card)
    protect(room)

    chef.presses(title, {field: WORDS}).sees("ingen fri text", "Var i akten").sees_no(HINT)
    assert field not in inputs(chef.card)
    chef.presses(title, {"Var i akten": ""}).sees("Skriv texten i akten")
    assert kept(room) == []

    chef.presses(title, {"Var i akten": PLACE}).sees(said)
    assert kept(room) == [f"I akten: {PLACE}"]


def test_the_worker_reads_where_the_comment_is(at_returning: Chat, room: Room) -> None:
    protect(room)
    at_returning.presses("Återlämna").presses("Återlämna", {"Var i akten": PLACE})

    room.chat("anna").types("fortsätt").sees(f"I akten: {PLACE}")


def test_what_is_left_on_such_a_card_is_kept_only_if_it_is_a_place(at_returning: Chat, room: Room) -> None:
    chef = at_returning.presses("Återlämna")
    protect(room)
    chef.presses("Tillbaka", {"comment": WORDS})
    protect(room, "Nej")
    assert "value" not in inputs(chef.presses("Återlämna").card)["comment"]

    protect(room)
    chef.presses("Tillbaka")
    chef.presses("Återlämna").presses("Tillbaka", {"Var i akten": PLACE}).presses("Återlämna")
    assert inputs(chef.card)["comment.place"]["value"] == PLACE
    chef.presses("Tillbaka").presses("Signera med brist").presses("Tillbaka", {"Var i akten": PLACE})
    assert inputs(chef.presses("Signera med brist").card)["reason.place"]["value"] == PLACE


GIVEN = {
    "Tidsgräns": "Utredning, fyra månader",
    "Typ av skäl": "Synnerliga eller särskilda skäl",
    "Ny sista dag": "2026-10-01",
}


def test_an_extension_says_where_in_the_file_its_reason_is(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL))
    protect(room)
    anna.presses("Förläng").sees_no(HINT)

    forged = gathered(anna.card, button(anna.card, "Spara"), GIVEN | {"Var i akten": PLACE})
    anna.sends(forged | {"reason": WORDS}).sees("ingen fri text")
    assert inputs(anna.card)["until"]["value"] == "2026-10-01"
    anna.presses("Spara", GIVEN | {"Var i akten": ""}).sees("Skriv texten i akten")
    assert kept(room) == []
    anna.presses("Tillbaka", GIVEN | {"Var i akten": PLACE}).presses("Förläng")
    assert inputs(anna.card)["reason.place"]["value"] == PLACE

    anna.presses("Spara").sees("Förlängningen till 2026-10-01 är sparad.")
    assert kept(room) == [f"I akten: {PLACE}"]


def test_what_was_written_before_the_identity_was_protected_stays(at_returning: Chat, room: Room) -> None:
    at_returning.presses("Återlämna").presses("Återlämna", {"Kommentar": WORDS})
    protect(room)

    assert kept(room) == [WORDS]
    room.chat("anna").types("fortsätt").sees(WORDS)


def test_words_are_asked_for_again_once_the_identity_is_no_longer_protected(at_returning: Chat, room: Room) -> None:
    protect(room)
    chef = at_returning.presses("Återlämna")
    protect(room, "Nej")

    chef.presses("Återlämna", {"Var i akten": PLACE}).sees("Skriv något i fältet")
    chef.presses("Återlämna", {"Kommentar": WORDS})
    assert kept(room) == [WORDS]


def test_no_comment_is_offered_where_none_would_be_kept(room: Room) -> None:
    anna = opens(room.chat("anna"), REF, **ALL)
    before = anna.buttons
    protect(room)
    anna.types("ändra 1")
    assert ("Kommentera" in before, "Kommentera" in anna.buttons) == (True, False)


STORY = "Pappan (påhittad) slog barnet i köket och mamman flydde till sin syster, och barnet är rädd för honom"


def at_why(room: Room) -> Chat:
    """Return Anna where the reason of her Nej is asked for."""
    anna = opens(room.chat("anna"), REF, **ALL)
    return anna.types("nej").is_asked(WHY)


def everything(room: Room, item_id: str) -> list[tuple[str, str, str | None]]:
    """Return every text ever stored with an answer, oldest first: the motivation, the place and the note."""

    def work(session: Session) -> list[tuple[str, str, str | None]]:
        sheet = room.chat("anna")._read(session, REF, 1)[0]
        rows = session.exec(select(AnswerRow).where(AnswerRow.filled_id == sheet.id, AnswerRow.item_id == item_id))
        written = [answers.read(session, sheet, row) for row in rows]
        return [(one.motivation, one.place, one.note) for one in written]

    return room.desk.run_now(work)


@pytest.mark.parametrize(
    "line", [STORY, f"nej, {STORY}", "slog barnet", "nej, journalen saknas", f"finns i akten, {STORY} {STORY}"]
)
def test_a_line_is_a_place_only_if_it_names_one_and_is_no_longer_than_that(room: Room, line: str) -> None:
    anna = at_why(room)
    protect(room)
    anna.types("fortsätt").types(line).sees("ingen fri text").is_asked(WHY)
    assert everything(room, WHY) == []

    anna.types(f"finns i akten, {PLACE}")
    assert everything(room, WHY) == [("", PLACE, "")]


def test_new_words_for_what_was_motivated_before_are_refused_where_the_place_is_asked_for(room: Room) -> None:
    anna = at_why(room).presses("Spara", {"Motivering": WORDS, "Var i akten": PLACE})
    protect(room)

    anna.types("ändra 1").types(f"nej, {STORY}").sees("ingen fri text", "Var i akten").is_asked(WHY)

    anna.types(f"finns i akten, {PLACE} 2")
    assert everything(room, WHY)[-1] == ("", f"{PLACE} 2", "")


def test_a_note_beside_a_yes_is_sent_to_the_file_and_not_to_a_field_that_is_not_there(room: Room) -> None:
    anna = opens(room.chat("anna"), REF, **ALL)
    protect(room)

    anna.types("fortsätt").types(f"ja, men {STORY}").sees("ingen fri text", "Skriv den i akten.").sees_no("Var i akten")

    assert anna.stored("child_heard") == "ja"
    assert everything(room, "child_heard") == [("", "", "")]


def test_the_field_for_the_place_takes_no_story_either(room: Room) -> None:
    anna = at_why(room)
    protect(room)
    anna.types("fortsätt").presses("Finns i akten", {"Var i akten": f"{STORY} {STORY}"})
    anna.sees("ingen fri text", f"högst {MOST_WHERE} tecken")
    assert everything(room, WHY) == []
    anna.types("uppgifter").presses("Förläng")
    anna.presses("Spara", GIVEN | {"Var i akten": f"{STORY} {STORY}"}).sees("ingen fri text")
    assert kept(room) == []


@pytest.mark.parametrize("line", ["vad menas?", "tack?"])
def test_a_line_she_was_asked_about_before_is_no_place_afterwards(room: Room, line: str) -> None:
    anna = at_why(room).types(line)
    asked = anna.shown
    protect(room)
    anna.presses("Spara som motivering", on=asked).sees("ingen fri text")
    assert everything(room, WHY) == []


@pytest.mark.parametrize(("place", "choice"), [("", "nej"), (PLACE, "ja")])
def test_undo_writes_no_text_again(room: Room, place: str, choice: str) -> None:
    anna = at_why(room).presses("Spara", {"Motivering": WORDS, "Var i akten": place})
    anna.types("ändra 2").presses("Spara", {"Motivering": f"{WORDS} igen", "Var i akten": ""})
    before = everything(room, WHY)
    assert [text for text, _, _ in before] == [WORDS, f"{WORDS} igen"]
    protect(room)

    anna.types("ångra")
    assert everything(room, WHY) == [*before, ("", place, "")]
    assert anna.stored(WHY) == choice


def test_undo_gives_back_an_answer_without_words_whole(room: Room) -> None:
    anna = opens(room.chat("anna"), REF, **ALL)
    anna.types("ja").types("ändra 1").types("nej")
    protect(room)

    assert anna.types("ångra").stored("child_heard") == "ja"


@pytest.mark.parametrize("by", ["Pausa", "Tillbaka"])
def test_a_story_left_unsaved_where_a_place_belongs_is_not_kept_either(room: Room, by: str) -> None:
    anna = at_why(room)
    protect(room)
    anna.types("fortsätt").presses(by, {"Var i akten": f"{STORY} {STORY}"}).sees("Texten sparades inte")
    anna.types("ändra 2").sees_no(STORY[:30])
    anna.types("uppgifter").presses("Förläng").presses("Tillbaka", {"Var i akten": f"{STORY} {STORY}"})
    assert "value" not in inputs(anna.presses("Förläng").card)["reason.place"]
    assert all(STORY[:30] not in text for text in drafted(room))


@pytest.mark.parametrize(
    ("by", "after"), [("Pausa", "Allt annat är sparat"), ("Tillbaka", "1 · Har barnet kommit till tals")]
)
def test_a_text_left_unsaved_on_a_card_from_before_is_said_not_to_be_kept(room: Room, by: str, after: str) -> None:
    anna = at_why(room)
    before = anna.shown
    protect(room)

    anna.presses(by, {"Motivering": STORY, "Var i akten": "flik 3"}, on=before)

    anna.sees("Texten sparades inte", "finns kvar som utkast").sees_no("Allt är sparat")
    assert after in anna.text
    assert all(STORY[:30] not in text for text in drafted(room))


def drafted(room: Room) -> list[str]:
    """Return what every draft keeps, in clear."""

    def work(session: Session) -> list[str]:
        sheet = room.chat("anna")._read(session, REF, 1)[0]
        rows = session.exec(select(DraftRow)).all()
        return [part for row in rows for part in drafts.read(session, sheet, row.item_id, row.person_id)]

    return room.desk.run_now(work)
