"""`registerutdrag`: everything about one case, for lead or chef, once secrecy is tried; each page in the trail."""

import inspect
import re

import pytest

from dialogs.views.views import ExtractView
from reports import case_extract
from reports.case_extract import rows_of
from storage.cases import CaseRow
from storage.desk import Session
from tests.chat.drive import TEXTS, opens
from tests.chat.harness import NORTH, REF, TENANT, Chat, Room, move_in
from tests.chat.lived import lived_once
from tests.chat.read_drive import begins, reads, sent
from tests.sql.import_files import import_cases
from texts import LANGUAGES, sentences

GIVEN = {"child_heard": "nej"}
NO_KINDS = {"import", "whole", "nej", "replaced"}
"""Other words of the source that follow an `else`."""


@pytest.fixture
@lived_once
def signed(room: Room) -> Room:
    """A case that was sent, read and signed."""
    sent(room, GIVEN)
    reads(begins(room.chat("cecilia"))).presses("Visa skillnader").presses("Signera")
    return room


def protected(room: Room) -> None:
    room.chat("anna").types(f"uppgifter {REF}").presses("Spara", {"protected_identity": "Ja"})


def shown(chat: Chat) -> list[tuple[str, str]]:
    """Press through all pages; return (what, value) of every row."""
    chat.types(f"registerutdrag {REF}").presses("Sekretessprövad")
    found = []
    for _ in range(99):
        assert isinstance(chat.view, ExtractView)
        found += [(row.what, row.value) for row in chat.view.rows]
        if "Visa fler" not in chat.buttons:
            return found
        chat.presses("Visa fler")
    raise AssertionError("it never ends")


@pytest.mark.parametrize("who", ["anna", "cecilia"])
def test_lead_and_chef_see_all_that_is_kept_after_saying_that_secrecy_was_tried(signed: Room, who: str) -> None:
    chat = signed.chat(who).types(f"registerutdrag {REF}")
    chat.sees("Pröva sekretessen").sees_no(TEXTS["motivation"])
    assert not signed.events("export"), "to be asked is not to be shown"

    found = shown(chat)
    assert TEXTS["motivation"] in [value for _, value in found]
    assert signed.events("export")[0].detail == "case"
    assert {event.case_id for event in signed.events("export")} == {signed.case().id}

    row_id = signed.case().id

    def whole(session: Session) -> list[tuple[str, str]]:
        rows = rows_of(session, session.get_one(CaseRow, row_id))
        as_seen = {"message", "signature"}
        return [
            (what, "" if kind in as_seen and (kind == "message" or what.endswith(": view")) else value)
            for kind, what, value, *_ in rows
        ]

    # Each page that is shown is an access, which the pages after it show as well.
    everything = signed.desk.run_now(whole)
    assert [row for row in found if row[0] != "export"] == [row for row in everything if row[0] != "export"]


def test_a_chef_is_shown_the_workers_answers_only_when_she_has_read_the_list_herself(room: Room) -> None:
    sent(room, GIVEN)
    cecilia = room.chat("cecilia")

    assert not any(what.startswith("Har barnet") for what, _ in shown(cecilia))
    cecilia.sees("Handläggarens svar i det underlag du ska läsa är inte med").sees_no(TEXTS["motivation"])
    assert TEXTS["motivation"] in [value for _, value in shown(room.chat("anna"))]

    reads(begins(cecilia)).presses("Visa skillnader")
    assert TEXTS["motivation"] in [value for _, value in shown(cecilia)]
    cecilia.sees_no("är inte med")

    room.chat("anna").types(f"ändra 7 {REF}").presses("Nej")
    assert TEXTS["motivation"] not in [value for _, value in shown(cecilia)]


def test_every_kind_of_row_has_a_heading() -> None:
    source = inspect.getsource(case_extract)
    found = re.findall(r'(?:yield \[\s*|\(\[|kind = )"(\w+)"|else "(\w+)"', source)
    kinds = {one for pair in found for one in pair if one}
    assert {"case", "date", "fact", "list", "reading", "linked", "joint", "measure", "reason", "access"} <= kinds
    for language in LANGUAGES:
        headed = {key.removeprefix("extract.kind_") for key in sentences(language) if key.startswith("extract.kind_")}
        assert kinds - NO_KINDS == headed


def test_codes_are_put_into_words_and_what_has_none_stands_as_it_is(signed: Room) -> None:
    anna = signed.chat("anna").types(f"registerutdrag {REF}").presses("Sekretessprövad")
    anna.sees("Skyddade personuppgifter: Nej", "Är det ett våldsärende?: ", "Beslutsunderlag, tillfälle 1, version")
    anna.sees("(Handläggare, ", "· motivering: ").sees_no("protected_identity", "case_worker", "occasion", "revision")
    assert shown(anna)
    anna.sees_no("case_opened", "unit_manager")


def test_days_of_a_closed_investigation_and_what_two_roles_did_are_in_words(room: Room) -> None:
    move_in(room.desk, ("bo", "Bo Exempel", NORTH, "unit_manager"))
    opens(room.chat("bo")).presses("Ja")
    days = "received_on,opened_on,decided_on,closed_on", "2026-01-05,2026-01-10,2026-03-01,2026-03-10"
    for names, said in (days, ("received_on", "2026-05-02")):
        raw = f"tenant_id,case_ref,{names}\n{TENANT},{REF},{said}\n".encode()
        room.desk.run_now(lambda s, raw=raw: import_cases(s, raw, frozenset(), room.now, "cli:test"))  # type: ignore[misc]

    bo = room.chat("bo").types(f"registerutdrag {REF}").presses("Sekretessprövad")

    bo.sees("Anmälan inkom, avslutad utredning 1: 2026-01-05", "Förra utredningen avslutad: 2026-03-10")
    bo.sees("Barn 1: Påbörjad (Handläggare, ", "(Handläggare, Chef, ")
    bo.sees_no("closed investigation", "begun", "unit_manager", "earlier_closed_on")


@pytest.mark.parametrize("written", ["status: open", "status: signed"])
def test_what_a_person_wrote_is_never_put_into_other_words(room: Room, written: str) -> None:
    anna = room.chat("anna")
    opens(anna, violence="nej").presses("Nej").presses("Spara", {"motivation": written})
    anna.types(f"registerutdrag {REF}").presses("Sekretessprövad").sees(f"· motivering: {written}")


def test_nobody_else_sees_it_and_a_protected_identity_is_the_chefs_alone(signed: Room) -> None:
    for who in ("bo", "doris", "vera"):
        signed.chat(who).types(f"registerutdrag {REF}")
        assert "Sekretessprövad" not in signed.chat(who).text
    anna = signed.chat("anna").types(f"registerutdrag {REF}")
    asked = anna.shown
    protected(signed)

    anna.presses("Sekretessprövad", on=asked).sees("tas fram av enhetens chef").sees_no(TEXTS["motivation"])
    anna.types(f"registerutdrag {REF}").sees("tas fram av enhetens chef")
    assert not signed.events("export")
    assert ("protected_identity", "ja") in shown(signed.chat("cecilia"))


def test_an_older_client_gets_a_sentence_since_the_card_would_stay_in_the_chat(signed: Room) -> None:
    anna = signed.chat("anna").types(f"utdrag {REF}")
    anna.submits("Sekretessprövad").sees("bara i Teams på datorn").sees_no(TEXTS["motivation"])
    assert not signed.events("export")


def test_a_case_that_is_closed_has_an_extract_and_one_that_is_not_named_is_asked_for(signed: Room) -> None:
    anna = signed.chat("anna").types(f"uppgifter {REF}").presses("Avsluta")
    anna.presses("Avsluta", {"Avslutat": str(signed.now.date())})
    assert ("closed_on", str(signed.now.date())) in shown(anna)
    signed.chat("cecilia").types("registerutdrag").sees("Sekretessprövad")
