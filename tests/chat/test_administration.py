"""The admin's day in chat: each of her tasks in at most six presses, without anything that stands in a case."""

import pytest
from sqlalchemy import text

from actions import deletions
from checklists.program import PROGRAM
from storage import outbox, tenants
from storage.deletions import DeletionRow
from storage.people import PersonRow
from tests.chat.drive import fills, opens
from tests.chat.harness import NORTH, REF, SOUTH, TENANT, Chat, Room, move_in
from tests.chat.read_drive import ALL, sent
from texts import LANGUAGES, sentences

ADMIN = ("ada", "Ada Uppdiktad", "", "admin")
SECRET_TEXT = "Barnet sov hos mormor (påhittat)"


@pytest.fixture
def room(either_room: Room) -> Room:
    """Each of her tasks is done on both databases."""
    return either_room


@pytest.fixture
def ada(room: Room) -> Chat:
    move_in(room.desk, ADMIN)
    chat = room.chat("ada").installs()
    chat.presses_made = 0
    return chat


def presses(chat: Chat, choices: int) -> None:
    """Check that a task took six presses at most. choices: in its fields, each of which counts as a press."""
    assert chat.presses_made + choices <= 6


def person(room: Room, name: str) -> int:
    return int(room.scalar(f"select id from person where name = '{name}'"))


def test_hello_and_help_lead_to_it_and_nobody_else_gets_it(room: Room, ada: Chat) -> None:
    ada.types("hej").sees("administrera").presses("Administrera").sees("Personer", "aldrig vad som står i ett ärende")
    ada.types("språk en")
    ada.types("admin").sees("Administer", "People")
    anna = room.chat("anna")
    anna.types("hej").sees_no("Administrera")
    anna.types("administrera").sees("ingår inte i din roll")
    assert [event.act for event in room.events("denied")] == ["denied"]


def test_somebody_is_added(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Lägg till person")
    new = {"name": "Nils Nyanställd", "email": "Nils@example.invalid", "role": "Handläggare", "unit": NORTH}
    ada.presses("Spara", new).sees("Nils Nyanställd är tillagd", "Handläggare", NORTH, "Saknar appen")
    presses(ada, 2)

    assert room.scalar("select email from person where name = 'Nils Nyanställd'") == "nils@example.invalid"
    assert len(room.events("person_added")) >= 1
    ada.types("administrera nils").sees("Nils Nyanställd")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nils"}, "ingen giltig e-postadress"),
        ({"name": ""}, "Fyll i namn"),
        ({"unit": ""}, "Välj en enhet"),
        ({"name": "Nils 19121212-1212"}, "personnummer"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_stored(
    room: Room, ada: Chat, wrong: dict[str, str], said: str
) -> None:
    before = room.count(PersonRow)
    ada.types("administrera").presses("Lägg till person")
    new = {"name": "Nils Nyanställd", "email": "nils@example.invalid", "role": "Handläggare", "unit": NORTH, **wrong}

    ada.presses("Spara", {key: value for key, value in new.items() if value}).sees(said, "Inget på kortet är sparat")

    assert room.count(PersonRow) == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "a@@b"}, "ingen giltig e-postadress"),
        ({"email": "<nils>@example.invalid"}, "ingen giltig e-postadress"),
        ({"email": "ni\u200bls@example.invalid"}, "ingen giltig e-postadress"),
        ({"email": "nils@exämple.invalid"}, "ingen giltig e-postadress"),
        ({"email": "anna@example.invalid"}, "används den redan av någon annan"),
        ({"name": "\u200b"}, "Fyll i namn"),
        ({"name": "..."}, "Fyll i namn"),
        ({"new_unit": "Barn och unga Norr (påhittad)"}, "nästan samma namn"),
        ({"new_unit": "\u200b"}, "Välj en enhet"),
        ({"new_unit": "#3"}, "utan # först"),
    ],
)
def test_odd_names_and_addresses_are_refused_and_nobody_is_renamed(
    room: Room, ada: Chat, wrong: dict[str, str], said: str
) -> None:
    before = room.content_but("conversation", "inbox")
    ada.types("administrera").presses("Lägg till person")
    new = {"name": "Nils Nyanställd", "email": "nils@example.invalid", "role": "Handläggare", "unit": NORTH, **wrong}

    ada.presses("Spara", new).sees(said, "Inget på kortet är sparat")

    after = room.content_but("conversation", "inbox")
    assert [after[table] for table in ("person", "role", "unit")] == [before[one] for one in ("person", "role", "unit")]


def test_who_is_added_again_keeps_her_last_day_and_who_comes_back_begins_today(room: Room, ada: Chat) -> None:
    of = f"from role where person_id = {person(room, 'Anna Påhittad')}"
    again = {"name": "Anna Påhittad", "email": "Anna@example.invalid", "role": "Handläggare", "unit": NORTH}
    ada.types("administrera anna påhittad").presses("Slutar den dagen", {"last": "2026-06-30"})
    ada.types("administrera").presses("Lägg till person").presses("Spara", again).sees("har redan den rollen")
    assert str(room.scalar(f"select valid_to {of}")) == "2026-06-30"

    room.later(days=60)
    ada.types("administrera").presses("Lägg till person").presses("Spara", again).sees("2026-07-11–…")

    assert (str(room.scalar(f"select valid_from {of}")), room.scalar(f"select valid_to {of}")) == ("2026-07-11", None)
    assert len(room.events("role_was")) == 1, "when she was there before"


def test_somebody_is_added_to_a_unit_that_is_new(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Lägg till person")
    new = {"name": "Nils Nyanställd", "email": "nils@example.invalid", "role": "Handläggare", "new_unit": "Mottagning"}

    ada.presses("Spara", new).sees("Nils Nyanställd är tillagd", "Mottagning")

    assert room.scalar("select count(*) from unit where name = 'Mottagning'") == 1


def test_a_closed_unit_gets_nobody(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Enheter").presses("Stäng enheten", {"unit": SOUTH, "last": "2026-05-11"})
    ada.types("administrera").presses("Lägg till person")
    new = {"name": "Nils Nyanställd", "email": "nils@example.invalid", "role": "Handläggare", "new_unit": SOUTH}

    ada.presses("Spara", new).sees("Välj en enhet som används i dag")

    assert room.scalar("select count(*) from person where name = 'Nils Nyanställd'") == 0


def test_somebody_leaves_on_a_day_and_her_cases_are_handed_over(room: Room, ada: Chat) -> None:
    anna, bo = room.chat("anna"), room.chat("bo").installs()
    opens(anna, REF, **ALL).presses("Nej").types(SECRET_TEXT)
    opens(anna, "SN 2026/0200", **ALL)
    anna.types("uppgifter SN 2026/0200").presses("Spara", {"protected_identity": "Ja"})

    ada.types("administrera anna påhittad").presses("Slutar den dagen", {"last": "2026-05-31"})
    ada.sees("slutar 2026-05-31", REF, "Skyddade personuppgifter, nr").sees_no("SN 2026/0200", SECRET_TEXT, "Nej")
    ada.presses("Lämna över", {"to": "Bo Exempel (bo@example.invalid)"})
    presses(ada, 2)

    ada.sees("Överlämnade till Bo Exempel: 2")
    assert room.case().lead_id == person(room, "Bo Exempel")
    assert any(REF in str(reply.view) for reply in bo.receives().received)
    room.later(days=20)
    anna.types("mina ärenden").sees_no(REF)
    assert len(room.events("admin_listed")) == 1


def test_a_case_goes_only_to_a_case_worker_of_its_unit(room: Room, ada: Chat) -> None:
    opens(room.chat("anna"), REF, **ALL)
    ada.types("administrera anna påhittad").presses("Öppna ärenden")

    ada.presses("Lämna över").sees("eller inget är valt", "Inget på kortet är sparat")

    assert room.case().lead_id == person(room, "Anna Påhittad")


def test_where_nobody_can_take_over_a_case_that_is_said(room: Room, ada: Chat) -> None:
    opens(room.chat("anna"), REF, **ALL)
    for other in ("bo exempel", "eva två"):
        ada.types(f"administrera {other}").presses("Slutar den dagen", {"last": "2026-05-12"})
    room.later(days=1)

    ada.types("administrera anna påhittad").presses("Öppna ärenden").sees("ingen att lämna över till")

    assert "Lämna över" not in ada.buttons


def test_somebody_changes_unit_on_a_day(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Personer").presses("Sök", {"who": "bo@"})
    ada.presses("Byter enhet", {"unit": SOUTH, "first": "2026-06-01"})
    presses(ada, 2)

    ada.sees("Bo Exempel arbetar i", SOUTH, "2026-05-31")
    held = "select valid_from from role join unit on unit.id = unit_id where name = '{}' and person_id = {}"
    assert str(room.scalar(held.format(SOUTH, person(room, "Bo Exempel")))) == "2026-06-01"


def test_a_new_email_is_saved_and_one_that_is_taken_is_not(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Personer").presses("Sök", {"who": "bo exempel"})
    ada.presses("Spara e-post", {"email": "anna@example.invalid"}).sees("används den redan av någon annan")
    ada.presses("Spara e-post", {"email": "bo.exempel@example.invalid"}).sees("E-postadressen är sparad")
    presses(ada, 0)

    assert room.scalar("select email from person where name = 'Bo Exempel'") == "bo.exempel@example.invalid"


def test_two_rows_of_one_person_become_one_and_what_she_read_is_hers(room: Room, ada: Chat) -> None:
    move_in(room.desk, ("anna2", "Anna Påhittad", NORTH, "case_worker"))
    opens(room.chat("anna2"), REF, **ALL)

    ada.types("administrera").presses("Personer").presses("Sök", {"who": "anna@"})
    ada.presses("Samma person", {"other": "Anna Påhittad (anna2@example.invalid)"}).sees("anna2@example.invalid")
    ada.presses("Lägg ihop").sees("De två raderna är nu en")
    presses(ada, 1)

    room.chat("anna").types("mina ärenden").sees(REF)
    room.chat("anna2").types("mina ärenden").sees_no(REF)
    assert len(room.events("person_joined")) == 1


def test_a_unit_is_renamed_and_what_was_sent_is_still_its_chefs_to_read(room: Room, ada: Chat) -> None:
    cecilia = room.chat("cecilia").installs()
    sent(room)
    ada.types("administrera").presses("Enheter").presses("Byt namn", {"unit": NORTH, "name": "Barn Norra (påhittad)"})
    presses(ada, 1)

    ada.sees("heter nu Barn Norra (påhittad)")
    cecilia.types("att läsa").sees(REF)
    assert room.scalar("select count(*) from unit where merged_into_id is null and name <> ''") == 2


def test_units_are_merged_and_the_chef_of_the_one_reads_the_cases_of_both(room: Room, ada: Chat) -> None:
    cecilia = room.chat("cecilia").installs()
    opens(room.chat("doris"), REF, **ALL)
    ada.types("administrera").presses("Enheter").presses("Slå ihop", {"unit": SOUTH, "into": NORTH}).sees("ta tillbaka")
    ada.presses("Ja, slå ihop").sees("är nu en del av")
    presses(ada, 2)

    cecilia.types("enhetens ärenden").sees(REF)
    ada.types("administrera").presses("Enheter").sees_no(SOUTH)


def test_a_unit_with_open_cases_is_not_closed(room: Room, ada: Chat) -> None:
    opens(room.chat("doris"), REF, **ALL)
    ada.types("administrera").presses("Enheter").presses("Stäng enheten", {"unit": SOUTH, "last": "2026-05-31"})
    ada.sees("öppna ärenden: 1")
    room.chat("doris").types(f"uppgifter {REF}").presses("Avsluta").presses("Avsluta", Avslutat="2026-05-12")
    ada.presses_made = 0

    ada.types("administrera").presses("Enheter").presses("Stäng enheten", {"unit": SOUTH, "last": "2026-05-31"})

    presses(ada, 2)
    ada.sees("stängs efter 2026-05-31")


def test_a_unit_that_closes_later_is_there_until_then_and_may_close_earlier(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Enheter").presses("Stäng enheten", {"unit": SOUTH, "last": "2026-05-31"})
    ada.types("administrera").presses("Enheter").sees(f"{SOUTH} · öppna ärenden: 0 · stängs efter 2026-05-31")
    room.chat("doris").types(f"ny {REF}").sees("Uppgifter som avgör")
    ada.presses("Stäng enheten", {"unit": SOUTH, "last": "2026-06-30"}).sees("Välj en enhet som används")
    room.chat("doris").types(f"fel nummer {REF}").presses("Dra tillbaka ärendet")
    ada.presses("Stäng enheten", {"unit": SOUTH, "last": "2026-05-20"}).sees("stängs efter 2026-05-20")

    room.later(days=8)  # 2026-05-20
    ada.types("administrera").presses("Enheter").sees(SOUTH)
    room.later(days=1)
    ada.types("administrera").presses("Enheter").sees_no(SOUTH)


def test_a_wrong_reference_is_put_right(room: Room, ada: Chat) -> None:
    opens(room.chat("anna"), "SN 2026/0132", **ALL)
    ada.types("administrera").presses("Fel ärendenummer").presses("Öppna", {"case_ref": "SN 2026/0132"})
    ada.presses("Spara", {"case_ref": REF}).sees(f"Ärendet heter nu {REF}")
    presses(ada, 0)


def test_settings_are_shown_and_set_and_a_wrong_value_is_refused(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Inställningar").sees("office_opens = 08:00:00")
    ada.presses("Spara", {"setting": "office_opens", "value": "17:00"}).sees("Inget på kortet är sparat")
    ada.presses("Spara", {"setting": "office_opens", "value": "07:30"}).sees("office_opens är sparad", "07:30:00")
    presses(ada, 1)
    kept = room.desk.run_now(lambda s: tenants.settings(tenants.known(s, TENANT)).office_opens)
    assert kept.hour == 7


def test_who_lacks_the_app_is_listed(room: Room, ada: Chat) -> None:
    room.chat("anna").installs()
    ada.types("administrera").presses("Saknar appen").sees("Bo Exempel").sees_no("Anna Påhittad")
    presses(ada, 0)


def test_an_uncertain_message_is_sent_again_and_a_stopped_one_dropped(room: Room, ada: Chat) -> None:
    room.chat("cecilia").installs()
    sent(room, readers=())
    first = "case when id = (select min(id) from outbox)"
    stop = f"update outbox set state = {first} then '{outbox.UNCERTAIN}' else '{outbox.STOPPED}' end"
    room.desk.run_now(lambda session: session.connection().execute(text(stop)))
    left = int(room.scalar("select count(*) from outbox where state in ('uncertain', 'stopped')"))
    assert left >= 1
    ada.types("administrera").presses("Utskick").sees("Osäkert", REF).presses("Skicka igen").sees("skickas igen")
    presses(ada, 0)
    for _ in range(left - 1):
        ada.presses("Skicka inte")
    ada.sees("Inget utskick väntar")

    assert room.scalar("select count(*) from outbox where state = 'uncertain'") == 0


def test_a_case_left_out_of_the_reminders_is_listed_until_it_can_be_read(room: Room, ada: Chat) -> None:
    opens(room.chat("anna"), REF, **ALL)
    faulty = "update filled_checklist set version = 99"
    room.desk.run_now(lambda session: session.connection().execute(text(faulty)))
    room.later(days=1)
    room.sweeps()
    ada.types("administrera").presses("Överhoppade ärenden").sees(REF, "Sedan 2026-05-13")
    presses(ada, 0)

    mended = "update filled_checklist set version = 1"
    room.desk.run_now(lambda session: session.connection().execute(text(mended)))
    room.later(days=2)
    room.sweeps()

    ada.types("administrera").presses("Överhoppade ärenden").sees("Inget ärende är överhoppat")


def test_rows_that_cannot_be_read_are_listed_below_the_cases_until_they_are_mended(room: Room, ada: Chat) -> None:
    opens(room.chat("anna"), REF, **ALL)
    faulty, mended = ("update cases set case_type = 'kanske'", "update cases set case_type = 'barn'")
    room.desk.run_now(lambda session: session.connection().execute(text(faulty)))
    room.chat("anna").types("mina ärenden")
    ada.types("administrera").presses("Överhoppade ärenden")
    ada.sees("Inget ärende är överhoppat", "Oläsliga rader", "i tabellen cases", "Oläsligt: case_type", "skipped")
    ada.sees_no("kanske")

    room.desk.run_now(lambda session: session.connection().execute(text(mended)))
    ada.types("administrera").presses("Överhoppade ärenden").sees("Inget ärende är överhoppat")
    ada.sees_no("Oläsliga")


def test_a_long_list_of_rows_is_paged(room: Room, ada: Chat) -> None:
    for number in range(8):
        opens(room.chat("anna"), f"SN 2026/03{number:02}", **ALL)
    room.desk.run_now(lambda session: session.connection().execute(text("update cases set case_type = 'kanske'")))
    room.chat("anna").types("mina ärenden")
    ada.types("administrera").presses("Överhoppade ärenden")
    seen = ada.text.count("i tabellen cases")
    ada.presses("Visa fler")

    assert (seen, ada.text.count("i tabellen cases")) == (5, 3)


def test_what_is_past_its_period_is_listed_with_the_name_of_the_command(room: Room, ada: Chat) -> None:
    opens(room.chat("anna"), REF, **ALL)
    ada.types("administrera").presses("Gallring").sees("inte satt någon gallringsfrist")
    room.desk.run_now(lambda s: tenants.set_setting(tenants.known(s, TENANT), "retention", {"case_months": 1}))
    closed = "update cases set closed_on = '2026-01-15'"
    room.desk.run_now(lambda session: session.connection().execute(text(closed)))

    ada.types("administrera").presses("Gallring").sees(REF, "kan gallras från 2026-02-15", "app.py dispose")
    presses(ada, 0)
    assert len(room.events("disposal_listed")) == 2
    assert room.case().ref == REF


def test_the_log_shows_the_chain_and_the_months_sample(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Loggen").sees("Kedjade händelser", "verify-log", "Inget stickprov")
    presses(ada, 0)


def test_a_day_that_cannot_be_read_is_named_as_its_field_is(room: Room, ada: Chat) -> None:
    ada.types("administrera bo exempel").presses("Slutar den dagen", {"last": "i går"}).sees("Sista dag: datumet")
    ada.presses("Byter enhet", {"unit": SOUTH, "first": ""}).sees("Första dag i den nya enheten: dagen saknas")
    ada.types("administrera").presses("Enheter").presses("Stäng enheten", {"unit": SOUTH}).sees(
        "Sista dag: dagen saknas"
    )


def test_the_last_admin_cannot_leave(room: Room, ada: Chat) -> None:
    ada.types("administrera ada").presses("Slutar den dagen", {"last": "2026-05-31"}).sees(
        "ingen systemförvaltare kvar"
    )


def test_the_register_is_fetched_by_a_link_that_is_nowhere_stored(room: Room, ada: Chat) -> None:
    ada.types("administrera").presses("Personer").presses("Hämta registret")
    presses(ada, 0)
    ada.sees("Registret som fil", "Den fungerar en gång, i tio minuter", "bot.example.invalid/register")
    assert "Anna" not in ada.text
    [made] = room.events("link_made")
    assert made.detail == "people"
    assert "?l=" not in str(room.content())

    room.pages_url = ""
    ada.types("administrera").presses("Personer").presses("Hämta registret").sees("webbadress är inte inställd")
    ada.submits("Hämta registret").sees("Länken visas bara för dig").sees_no("register?l=")


# --- the monthly check of accesses -----------------------------------------------------------------------------------


def test_a_card_that_refreshes_by_itself_is_no_access(room: Room, ada: Chat) -> None:
    anna = opens(room.chat("anna"), REF, **ALL)
    before = len(room.events())

    anna.refreshes()

    assert len(room.events()) == before


def test_a_chef_checks_last_months_accesses_of_her_unit_and_a_manager_hers(room: Room, ada: Chat) -> None:
    move_in(room.desk, ("mona", "Mona Påhittad", "", "manager"))
    cecilia, mona = room.chat("cecilia").installs(), room.chat("mona").installs()
    fills(opens(room.chat("anna"), REF, **ALL), {"child_heard": "ja"})
    cecilia.types("loggkontroll").sees("ingen åtkomst att kontrollera för 2026-04")
    room.later(days=25)

    cecilia.types("loggkontroll").sees("Loggkontroll 2026-05", "Anna Påhittad", REF).sees_no("Cecilia Fiktiv")
    cecilia.presses("Följs upp").sees("Kontrollerade: 1 av 5")
    for _ in range(4):
        cecilia.presses("I ordning")
    cecilia.sees("Allt är kontrollerat: 5 av 5")
    assert len(room.events("log_checked")) == 5
    assert len(room.events("log_sampled")) == 1
    mona.types("log check").sees_no("Anna Påhittad")
    ada.types("administrera").presses("Loggen").sees("Kontrollerade: 5 av 5")


# --- one case deleted on the committee's decision ------------------------------------------------------------------

NUMBER = "SN § 45/2026"


def asks_for_deletion(ada: Chat, ref: str = REF, number: str = NUMBER) -> Chat:
    ada.types("administrera").presses("Gallring").presses("Radera ett ärende")
    return ada.presses("Begär radering", {"case_ref": ref, "decision": number})


def field(room: Room) -> str:
    return f"decision_{room.scalar('select id from deletion')}"


def test_one_case_is_deleted_by_two_with_the_number_typed_twice(room: Room, ada: Chat) -> None:
    move_in(room.desk, ("mona", "Mona Påhittad", "", "manager"))
    mona = room.chat("mona").installs()
    opens(room.chat("anna"), REF, **ALL).presses("Nej").types(SECRET_TEXT)
    ada.presses_made = 0

    asks_for_deletion(ada).sees("Raderingen är begärd", REF, "Väntar på att en verksamhetschef")
    presses(ada, 2)
    asks_for_deletion(ada).sees("redan begärd")
    ada.sees_no("Bekräfta radering")
    told = mona.receives().received[-1]
    assert REF not in str(told.view)
    mona.types("radering").sees(REF, "av Ada Uppdiktad").sees_no(SECRET_TEXT, NUMBER, "Begär radering")
    mona.presses("Bekräfta radering", {field(room): "SN § 54/2026"}).sees("inte det som begäran hänvisar till")
    mona.presses("Bekräfta radering", {field(room): "sn §45/2026"}).sees("raderas inom en minut")
    assert room.case().ref == REF

    assert room.desk.run_now(lambda session: deletions.take_away(session, room.now))

    assert room.scalar("select count(*) from cases") == 0
    room.chat("anna").types(f"öppna {REF}").sees("inget ärende med det numret")
    ada.types("radering").sees("Ingen radering är begärd").sees_no(REF)
    assert [len(room.events(act)) for act in ("deletion_asked", "deletion_confirmed", "disposed")] == [1, 1, 1]
    assert NUMBER in room.events("deletion_confirmed")[0].detail


def test_who_is_both_admin_and_manager_does_not_confirm_her_own(room: Room, ada: Chat) -> None:
    move_in(room.desk, ("ada", "Ada Uppdiktad", "", "manager"))
    opens(room.chat("anna"), REF, **ALL)
    asks_for_deletion(ada).sees("ingen verksamhetschef har appen").sees_no("Bekräfta radering")
    card = ada.shown

    ada.presses("Ta tillbaka begäran").sees("tillbakadragen")
    ada.presses("Ta tillbaka begäran", on=card).sees("tillbakadragen")
    assert room.count(DeletionRow) == 0


@pytest.mark.parametrize(
    ("ref", "number", "said"),
    [
        (REF, "", "Skriv beslutets nummer"),
        (REF, "enligt beslut", "Skriv beslutets nummer"),
        (REF, REF, "inte ärendets eget nummer"),
        (REF, "19121212-1212", "personnummer"),
        ("SN 2026/9999", NUMBER, "inget ärende med det numret"),
        ("", NUMBER, "Ärendenumret känns inte igen"),
        ("'; drop table cases", NUMBER, "Ärendenumret känns inte igen"),
    ],
)
def test_what_names_no_decision_or_no_case_asks_for_nothing(
    room: Room, ada: Chat, ref: str, number: str, said: str
) -> None:
    opens(room.chat("anna"), REF, **ALL)

    asks_for_deletion(ada, ref, number).sees(said)

    assert room.count(DeletionRow) == 0


def test_after_a_change_it_is_asked_anew_and_nobody_else_gets_it(room: Room, ada: Chat) -> None:
    move_in(room.desk, ("mona", "Mona Påhittad", "", "manager"))
    mona, anna = room.chat("mona").installs(), opens(room.chat("anna"), REF, **ALL)
    asks_for_deletion(ada)
    shown = mona.types("radering").shown
    anna.presses("Ja")

    mona.presses("Bekräfta radering", {field(room): NUMBER}, on=shown).sees("har ändrats sedan raderingen begärdes")
    mona.types("radering").sees("Begär på nytt").sees_no("Bekräfta radering")
    asks_for_deletion(ada).sees("Raderingen är begärd")
    mona.types("radering").presses("Ta tillbaka begäran").sees("tillbakadragen")
    anna.types("radering").sees("ingår inte i din roll")
    assert room.case().ref == REF


def test_more_requests_than_a_page_holds_are_all_reached(room: Room, ada: Chat) -> None:
    anna = room.chat("anna")
    for number in range(6):
        opens(anna, f"SN 2026/060{number}", **ALL)
        asks_for_deletion(ada, f"SN 2026/060{number}", f"SN § {number}")
    ada.types("radering").sees("Begärda: 6", "0604").sees_no("0605")
    ada.presses("Visa fler").sees("0605")


@pytest.mark.parametrize("page", ["Loggen", "Gallring"])
def test_what_the_operator_is_to_type_is_what_the_program_is_called(ada: Chat, page: str) -> None:
    ada.types("administrera").presses(page).sees(f": {PROGRAM} ")
    assert not [text for language in LANGUAGES for text in sentences(language).values() if "app.py" in text]
