"""The year's plan: rounds that are due, duties that turn red by themselves, and findings with their days."""

from datetime import date

import pytest

from checklists.rights import VerbName
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfMeasure
from reports.selected import Selection
from reports.year import COLUMNS, year_rows
from storage import tenants
from storage.desk import Session
from storage.measures import FindingRow
from storage.year import DutyRow
from tests.chat.card_hand import inputs
from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.round_drive import RUNS, adds, draws, furnish
from tests.chat.test_rounds import person, rows

EVERYTHING = Selection()
PLAN = {"Vad?": "Handlingsplanen utvärderas", "För vem?": "Hela organisationen", "Senast": "2026-06-15"}


@pytest.fixture
def managed(room: Room) -> Room:
    """A manager with the app, and a case in each of two units."""
    move_in(room.desk, RUNS, ("stina", "Stina Chef", SOUTH, "unit_manager"))
    takes_in(room, case_ref="SN 2026/0501", unit=NORTH, lead_email="anna@example.invalid")
    takes_in(room, case_ref="SN 2026/0502", unit=SOUTH, lead_email="doris@example.invalid")
    for name in ("mona", "cecilia", "stina"):
        room.chat(name).installs()
    return room


def plan(chat: Chat) -> Chat:
    """Open the year's plan."""
    return chat.types("egenkontroll").presses("Årets plan")


def told(room: Room, *names: str) -> dict[str, list[str]]:
    """Run the sweep, and return what each is told of the year, newest last."""
    room.now = room.now.replace(hour=8, minute=1)
    room.sweeps()
    found = {}
    for name in names:
        seen = [reply.view for reply in room.chat(name).prompts() if reply.view.kind == "reminder"]
        found[name] = [view.plan.say for view in seen if view.plan]
    return found


def red(chat: Chat) -> list[str]:
    """Return the lines that stand in red."""
    return [str(one["text"]) for one in chat.card["body"] if one.get("color") == "Attention"]


def exported(room: Room, selection: Selection = EVERYTHING) -> list[dict[str, str]]:
    found = room.desk.run_now(lambda session: list(year_rows(session, selection, room.now.date())))
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def test_a_duty_is_told_of_in_good_time_turns_red_by_itself_and_returns_when_it_is_done(managed: Room) -> None:
    room, mona, cecilia = managed, managed.chat("mona"), managed.chat("cecilia")
    plan(mona).sees("Ingen dag är satt för när handlingsplanen utvärderas.").presses("Ny uppgift")
    mona.presses("Spara", {**PLAN, "Senast": ""}).sees("Välj vad det är och för vem")
    mona.presses("Spara", {**PLAN, "Senast": "2026-05-01"}).sees("en dag som inte har passerat")
    mona.presses("Spara", {**PLAN, "Senast": "nån gång"}).sees("Senast: datumet kunde inte läsas")
    mona.presses("Spara", {**PLAN, "Hur ofta?": "Varje år"}).sees("Sparat, senast 2026-06-15.")
    mona.sees("Handlingsplanen utvärderas", "Hela organisationen").sees_no(
        "Ingen dag är satt för när handlingsplanen utv"
    )
    assert red(mona) == []

    plan(cecilia).sees("Handlingsplanen utvärderas", "senast 2026-06-15")
    assert "Gjort" not in cecilia.buttons, "the whole organisation's is the manager's to say"
    assert told(room, "mona", "cecilia") == {"mona": [], "cecilia": []}
    room.later(days=6)
    assert told(room, "mona", "cecilia") == {"mona": ["year.reminder"], "cecilia": []}
    room.later(days=29)
    assert told(room, "mona")["mona"][-1] == "year.reminder_late"
    mona.receives().sees("Årets plan: 1 att göra, varav försenade: 1.").presses("Årets plan")
    mona.sees("▲ Försenat: skulle ha gjorts 2026-06-15")
    mona.types("egenkontroll").sees("Försenat i årets plan: 2.", "Försenad: skulle ha öppnat 2026-05")
    assert [one["state"] for one in exported(room) if one["what"] == "utvardering"] == ["late"]

    [row] = rows(room, DutyRow)
    verbs: tuple[VerbName, ...] = ("duty_done", "duty_drop")
    for verb in verbs:
        for about in (row.id, 99):
            token = room.mint.sign(1, person(room, "cecilia"), claimed(verb, OfMeasure(about=about)))
            cecilia.sends({"verb": verb, "token": token}).sees("eller så är det någon annans")
    before = plan(mona).shown
    mona.presses("Gjort").sees("Noterat som gjort.", "senast 2027-06-15").sees_no("skulle ha gjorts")
    mona.presses("Ta bort", on=before).sees("Det har ändrats sedan kortet visades")
    states = {(one["due_on"], one["state"], one["done_on"]) for one in exported(room) if one["what"] == "utvardering"}
    assert states == {("2026-06-15", "done", "2026-06-16"), ("2027-06-15", "open", "")}
    plan(mona).presses("Ta bort").sees("Borttaget ur planen.").sees_no("2027-06-15")
    assert [one.act for one in room.events() if one.act.startswith("duty_")] == [
        *("duty_made", "duty_done", "duty_made", "duty_dropped")
    ]
    assert {one["unit"] for one in exported(room, Selection(unit=SOUTH))} == {SOUTH}


def test_a_units_duty_is_its_chefs_and_one_that_does_not_return_is_over(managed: Room) -> None:
    room, cecilia, stina = managed, managed.chat("cecilia"), managed.chat("stina")
    plan(cecilia).presses("Ny uppgift").sees_no("Hela organisationen")
    cecilia.presses("Spara", {"Vad?": "Utvecklingsforum", "För vem?": NORTH, "Senast": "2026-05-20"})
    cecilia.sees("Utvecklingsforum", "En gång")
    plan(stina).sees_no("Utvecklingsforum")
    assert told(room, "cecilia", "stina", "mona") == {"cecilia": ["year.reminder"], "stina": [], "mona": []}
    room.later(days=9)
    assert told(room, "mona")["mona"] == ["year.reminder_late"], "once it is late the manager is told too"
    plan(cecilia).presses("Gjort").sees_no("Utvecklingsforum", "senast")
    assert [row.done_by for row in rows(room, DutyRow)] == [person(room, "cecilia")]


def test_the_wheel_says_when_the_next_round_is_due_and_nags_only_whoever_holds_rounds(managed: Room) -> None:
    room, mona, cecilia = managed, managed.chat("mona"), managed.chat("cecilia")
    plan(mona).sees(f"ska öppna 2026-05: {NORTH}, {SOUTH}")
    mona.types("egenkontroll").sees(f"ska öppna 2026-05: {NORTH}, {SOUTH}")
    assert told(room, "cecilia", "mona") == {"cecilia": [], "mona": []}, "nobody has begun with rounds yet"

    plan(cecilia).presses("Årshjul").sees("Kommunens månader: 2, 5, 10.")
    cecilia.presses("Spara", {"Månader": "April, September"}).sees("Årshjulet är sparat.", "ska öppna 2026-09")
    mona.types("egenkontroll").presses("Årets plan").presses("Årshjul").sees(f"{NORTH}: 4, 9.")
    mona.presses("Spara", {"Månader": "Maj"}).sees("Välj vad det är och för vem")
    assert inputs(mona.card)["months"]["value"], "the months stand, as the card says"
    mona.presses("Spara", {"För vem?": SOUTH, "Månader": "Inga omgångar"})
    mona.sees_no(SOUTH).presses("Årshjul").sees(f"{SOUTH}: inga omgångar.")
    mona.presses("Spara", {"För vem?": SOUTH}).sees(f"ska öppna 2026-05: {SOUTH}")

    room.now = room.now.replace(month=9, day=1)
    assert told(room, "cecilia", "stina") == {"cecilia": ["year.reminder"], "stina": []}, "a wheel of its own"
    room.now = room.now.replace(month=10, day=1)
    assert told(room, "cecilia", "mona") == {
        "cecilia": ["year.reminder", "year.reminder_late"],
        "mona": ["year.reminder_late"],
    }
    plan(mona).sees(f"▲ Försenad: skulle ha öppnat 2026-09: {NORTH}")
    assert {(one["unit"], one["due_on"], one["state"]) for one in exported(room)} == {
        (NORTH, "2026-09-30", "late"),
        (SOUTH, "2026-10-31", "open"),
    }
    assert exported(room, Selection(last=date(2026, 9, 30)))[0]["unit"] == NORTH


def test_a_round_that_is_started_settles_its_month(room: Room) -> None:
    furnish(room, cases=1, protected=0)
    mona = room.chat("mona").installs()
    room.chat("cia").installs()
    room.chat("cecilia").installs()
    draws(mona, per_unit=1, twice=0)
    mona.types("egenkontroll").sees("ska öppna 2026-05").presses("Öppna")
    adds(mona, "cia").presses("Starta omgång").sees("Omgången har startat")
    mona.types("egenkontroll").sees("ska öppna 2026-10").sees_no("2026-05:")
    room.now = room.now.replace(month=10, day=1)
    assert told(room, "cecilia")["cecilia"] == ["year.reminder"], "rounds are held here, so the next is reminded of"
    room.desk.run_now(no_wheel)
    plan(mona).sees_no("ska öppna 20").presses("Årshjul").sees("Kommunen har inget årshjul.")


def no_wheel(session: Session) -> None:
    tenants.set_setting(tenants.get(session, 1), "wheel", [])


def test_a_finding_is_answered_or_checked_or_closed_and_one_that_returns_says_so(managed: Room) -> None:
    room, mona, day = managed, managed.chat("mona"), "Svar eller nästa kontroll"
    demand = {"Fyndet, kort": "Barns delaktighet", "Vad är det?": "Åtgärdskrav", day: "2026-06-15"}
    mona.types("åtgärder").presses("Fynd").presses("Nytt fynd")
    mona.presses("Spara", {**demand, "Har det påtalats förut?": "Ja"})
    mona.sees("Åtgärdskrav, svar senast 2026-06-15", "Återkommande: har påtalats förut").presses("Nytt fynd")
    mona.presses("Spara", {"Fyndet, kort": "Stickprov", "Vad är det?": "Rekommendation", day: "2026-06-01"})
    mona.presses("Nytt fynd").presses("Spara", {"Fyndet, kort": "Eget", "Vad är det?": "Eget fynd"})
    assert mona.text.count("Återkommande") == 1
    assert "Kritik" not in mona.text, "nobody has said so"
    plan(mona).sees("Barns delaktighet", "Stickprov").sees_no("Eget")
    room.later(days=35)
    assert told(room, "mona")["mona"] == ["year.reminder_late"]
    mona.receives().sees("2 att göra, varav försenade: 2").presses("Årets plan").presses("Fynd")
    assert mona.text.count("Försenat: dagen har passerat") == 2

    seen = {"Underlag": "Tio akter", "Nästa kontroll": "2026-09-01"}
    mona.presses("Kontrollerad").presses("Spara", {**seen, "Underlag": ""}).sees("Skriv kort vad det är")
    mona.presses("Spara", {**seen, "Nästa kontroll": "2026-06-01"}).sees("en rekommendation en dag då den")
    mona.presses("Spara", seen)
    mona.sees("Kontrollen är sparad.", "underlag: Tio akter", "nästa kontroll 2026-09-01")
    old = mona.shown
    mona.types("åtgärder").presses("Fynd").presses("Besvarat").sees(
        "Fyndet är avslutat.", "Avslutat 2026-06-16"
    ).sees_no("Försenat: dagen")
    mona.presses("Besvarat", on=old).sees("Det har ändrats sedan kortet visades")
    mona.presses("Avsluta").sees("Fyndet är avslutat.")
    mona.presses("Kontrollerad", on=old).presses("Spara", {**seen, "Nästa kontroll": "2026-12-01"})
    mona.sees("Det har ändrats sedan kortet visades")
    assert [one.settled_on is not None for one in rows(room, FindingRow)] == [True, True, False]
    assert [one.act for one in room.events() if one.act.startswith("finding_")][3:] == [
        *("finding_checked", "finding_settled", "finding_settled")
    ]
    verbs: tuple[VerbName, ...] = ("finding_settle", "finding_check")
    for verb in verbs:
        token = room.mint.sign(1, person(room, "mona"), claimed(verb, OfMeasure(about=99)))
        mona.sends({"verb": verb, "token": token}).sees("Det har ändrats")


def test_one_of_the_authoritys_findings_that_returns_says_so_and_is_not_called_anything_before(managed: Room) -> None:
    room, mona = managed, managed.chat("mona")
    room.desk.run_now(_says)
    plan(mona).sees("B3 Risk för ytterligare våld", "Åtgärdskrav, svar senast 2026-05-08").sees_no("B2 ")
    assert len(red(mona)) == 1
    mona.types("åtgärder").presses("Fynd").sees("Kritik · Återkommande: har påtalats förut")
    mona.presses("Ny åtgärd").presses(
        "Spara", {"Vad ska göras?": "Rutin", "Enhet": NORTH, "Ägare": "Bo Exempel", "Senast": "2026-06-20"}
    )
    room.desk.run_now(lambda session: tenants.set_setting(tenants.get(session, 1), "findings", []))
    mona.presses("Fynd").sees("Kommunen har inte angett vad det är").sees_no("Kritik")


def _says(session: Session) -> None:
    tenants.set_setting(tenants.get(session, 1), "findings", ["B2:kritik:aterkommande", "B3:atgardskrav:2026-05-08"])
