"""The conversations that depend most on the database, on SQLite and PostgreSQL."""

import pytest

from storage import tenants, trail
from storage.answers import AnswerRow
from tests.chat.drive import fills, opens
from tests.chat.harness import REF, Room

ALL = {"violence": "ja", "child_placed": "ja", "intervention_decided": "ja", "child_communicated": "nej"}
TEXTS = (
    "å ä ö Å Ä Ö é",
    "😀 👩\u200d👧 \u202bעברית\u202c مرحبا",
    "<at>Bo</at> **fet** 'citat' \"citat\" \\ % _ ; -- drop table answer",
    "rad ett\nrad två\ttabb",
    "ö" * 4000,
    "ord" + "😀" * 3997,
)


def test_a_whole_list_is_kept_sent_undone_and_sealed(either_room: Room) -> None:
    anna = opens(either_room.chat("anna"), **ALL)
    fills(anna, {"child_heard": "nej", "child_informed_decision": "nej"}).presses("Skicka till chef")

    assert anna.gaps() == []
    assert either_room.scalar("select status from filled_checklist") == "sent"
    anna.types("ångra").presses("Ångra")
    assert anna.stored("further_violence_risk_assessed") == "obesvarad"
    anna.types("mina ärenden").sees("Skickat till chef", "1 saknas")

    def sealed(session: object) -> tuple[object, int]:
        while trail.chain_new(session):  # type: ignore[arg-type]
            pass
        verdict = trail.verify(session, tenants.everyone(session)[0].id)  # type: ignore[arg-type]
        return verdict.bad, verdict.unchained

    assert either_room.desk.run_now(sealed) == (None, 0)


@pytest.mark.parametrize("text", TEXTS, ids=["letters", "far scripts", "markup", "lines", "4000", "4000 wide"])
def test_a_text_comes_out_as_it_went_in(either_room: Room, text: str) -> None:
    anna = opens(either_room.chat("anna"), **ALL).presses("Nej").presses("Tillbaka", Motivering=text)
    anna.types("fortsätt").is_asked("child_not_heard_motivated").presses("Spara")

    assert anna.written("child_not_heard_motivated").motivation == text
    assert text[:20] not in str(either_room.content())


def test_what_comes_twice_is_kept_once(either_room: Room) -> None:
    anna = opens(either_room.chat("anna"), **ALL)
    question = anna.shown
    said = anna.presses("Nej", on=question).text
    first = anna.last_id

    assert anna.presses("Nej", on=question, again=first).text == said
    assert anna.presses("Nej", on=question).text == said
    anna.presses("Ja", on=question).sees("Redan besvarad")
    anna.types("nej").types("nej", again=anna.last_id)

    assert anna.revisions("child_heard") == ["nej"]
    assert either_room.count(AnswerRow) == 2


def test_two_people_at_once_and_the_first_stands(either_room: Room) -> None:
    anna, bo = either_room.chat("anna"), either_room.chat("bo")
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types("fortsätt")
    bo.types(f"fortsätt {REF}").presses("Nej")

    anna.presses("Ja").sees("Redan besvarad")

    assert anna.revisions("child_heard") == ["nej"]


def test_a_personal_number_leaves_nothing_but_the_reply(either_room: Room) -> None:
    anna = opens(either_room.chat("anna"), **ALL).presses("Nej")
    reply = ("inbox", "outbox", "conversation")
    before = either_room.content_but(*reply)

    anna.types("Mamman 19121212-1212 ville inte").sees("Radera meddelandet")

    assert either_room.content_but(*reply) == before
    assert not [digits for digits in ("121212", "1212") if digits in either_room.kept_text()]


def test_typing_pausing_and_coming_back(either_room: Room) -> None:
    anna = (
        opens(either_room.chat("anna"), children=2, **ALL)
        .types("nej, barnet var påhittat på resa")
        .types("ja ja nej pågår")
    )
    anna.types("paus").sees("Pausad, 6 av").types(f"fortsätt {REF.lower()}")

    anna.is_asked("motivation of child_informed_intervention").types("ångra")
    assert anna.stored("child_informed_intervention") == "obesvarad"
    assert anna.written("child_not_heard_motivated").motivation == "barnet var påhittat på resa"
