"""`rapport` and `exportera`: figures on a card for those who may see them, and links stored nowhere."""

import re
from datetime import UTC, date

import pytest
from sqlmodel import select

from bot.cards.render import render_card
from bot.pages.purposes import PURPOSES
from checklists.swedish_time import STOCKHOLM
from dialogs.turn.exchange import Reply
from storage import links as link_table
from storage import people
from storage.cases import CaseRow
from storage.desk import Session
from storage.inbox import InboxRow
from storage.links import LinkRow
from tests.chat.card_hand import as_sent, button, elements, inputs
from tests.chat.drive import fills, opens
from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.lived import lived_once
from tests.chat.read_drive import ALL, sent
from tests.sql.conftest import add_case

OTHERS = (
    ("david", "David Provsson", SOUTH, "unit_manager"),
    ("mona", "Mona Påhittad", "", "manager"),
    ("ada", "Ada Uppdiktad", "", "admin"),
)
DEPUTY, DAYS = ("dag", "Dag Vikariesson", NORTH, "deputy"), "2026-05-01,2026-05-20"
WHOLE, PERIOD = "Hela organisationen", "2026-01-01–2026-12-31"
ADDRESS = re.compile(r"https://bot\.example\.invalid(/[a-z]+)\?l=([A-Za-z0-9_.-]+)")


@pytest.fixture
@lived_once
def town(room: Room) -> Room:
    """Two lists in the north, one of them complete, and one begun in the south."""
    move_in(room.desk, *OTHERS)
    move_in(room.desk, DEPUTY, days=DAYS)
    sent(room)
    opens(room.chat("bo"), "SN 2026/0200", **ALL).presses("Nej")
    opens(room.chat("doris"), "SN 2026/0300", **ALL).presses("Ja")
    return room


def heard(chat: Chat) -> str:
    """Return the figure shown for the question whether the child was heard."""
    row = next(row for row in elements(chat.card) if row["type"] == "ColumnSet" and "kommit till tals" in str(row))
    return str(row["columns"][1]["items"][0]["text"])


def links(chat: Chat) -> list[tuple[str, str]]:
    return ADDRESS.findall(as_sent(chat.card))


# --- the card ----------------------------------------------------------------------------------------------


def test_a_manager_sees_the_whole_and_chooses_a_unit(town: Room) -> None:
    mona = town.chat("mona").types("rapport")
    mona.sees(f"Rapport: {WHOLE}", f"Period: {PERIOD}", "1 av 3 påbörjade checklistor är kompletta.", "Lägst andel Ja")
    assert heard(mona) == "2 av 3"

    mona.presses("Visa", Enhet=SOUTH).sees(f"Rapport: {SOUTH}", "0 av 1 påbörjade checklistor")
    assert heard(mona) == "1 av 1"
    mona.presses("Visa", Enhet=WHOLE).sees(f"Rapport: {WHOLE}")


def test_the_headline_figures_stand_first_with_what_is_late(town: Room) -> None:
    """Ten investigations were opened in January: eight decided in time, one too late, and one is still open."""

    def work(session: Session) -> None:
        unit = people.unit(session, 1, NORTH)
        assert unit is not None
        for number in range(10):
            case = CaseRow(tenant_id=1, unit_id=unit.id, ref=f"SN 2026/06{number:02}", opened_on=date(2026, 1, 2))
            case.decided_on = (date(2026, 4, 1), date(2026, 5, 4), None)[(number > 7) + (number > 8)]
            add_case(session, case)

    town.desk.run_now(work)
    mona = town.chat("mona").types("rapport")
    mona.sees("Har checklista", "0 av 9", "Kompletta underlag", "1 av 3", "Inom fyra månader", "8 av 10")
    mona.sees("1 pågår fast gränsen passerats")
    mona.types("rapport 2027").sees_no("Inom fyra månader", "Har checklista")


@pytest.mark.parametrize("who", ["cecilia", "dag"])
def test_a_chef_and_her_deputy_see_their_own_unit_and_no_other(town: Room, who: str) -> None:
    chat = town.chat(who).types("rapport 2026 kv 2")
    chat.sees(f"Rapport: {NORTH}", "Period: 2026-04-01–2026-06-30", "1 av 2 påbörjade checklistor")
    assert heard(chat) == "1 av 2"
    assert [*inputs(chat.card)] == ["period"], "there is no unit to choose"
    assert chat.buttons == ["Visa", "Exportera"]


def test_a_chef_of_two_units_chooses_between_them_and_gets_no_total(town: Room) -> None:
    move_in(town.desk, ("cecilia", "Cecilia Fiktiv", SOUTH, "unit_manager"))
    cecilia = town.chat("cecilia").types("rapport")

    assert [choice["title"] for choice in inputs(cecilia.card)["unit"]["choices"]] == [NORTH, SOUTH]
    cecilia.presses("Visa", Enhet=SOUTH).sees(f"Rapport: {SOUTH}")


@pytest.mark.parametrize("verb", ["Visa", "Exportera"])
def test_a_unit_that_is_not_hers_is_refused_and_told_in_the_trail(town: Room, verb: str) -> None:
    move_in(town.desk, ("cecilia", "Cecilia Fiktiv", SOUTH, "unit_manager"))
    cecilia = town.chat("cecilia").types("rapport")
    whole = str(town.scalar("select id from unit where name = ''"))
    for forged in (whole, "999", "-1", "²", "north"):
        data = dict(button(cecilia.card, verb)["data"])
        cecilia.sends(data | {"unit": forged}).sees("Det ingår inte i din roll")

    assert len(town.events("denied")) == 5
    assert town.count(LinkRow) == 0


@pytest.mark.parametrize("who", ["anna", "vera", "ada"])
@pytest.mark.parametrize("line", ["rapport", "exportera 2026", "report"])
def test_nobody_else_sees_figures(town: Room, who: str, line: str) -> None:
    town.chat(who).types(line).sees("Det ingår inte i din roll")

    assert len(town.events("denied")) == 1


def test_a_right_that_has_ended_stops_the_old_card(town: Room) -> None:
    move_in(town.desk, ("dag", "Dag Vikariesson", SOUTH, "deputy"), days="2026-05-01,2026-05-14")
    dag = town.chat("dag").types("rapport").presses("Visa", Enhet=SOUTH)
    card = dag.shown
    town.later(days=3)

    dag.presses("Visa", on=card).sees("Det ingår inte i din roll")
    dag.presses("Exportera", on=card).sees("Det ingår inte i din roll")
    assert town.count(LinkRow) == 0


@pytest.mark.parametrize("rest", ["hösten", "2026-13", "2026-03-31–2026-01-01", "2026 kv 5"])
@pytest.mark.parametrize("word", ["rapport", "exportera"])
def test_a_wrong_period_is_answered_with_how_one_is_written(town: Room, word: str, rest: str) -> None:
    town.chat("mona").types(f"{word} {rest}").sees("Perioden kunde inte läsas", "2026 kv 2")


@pytest.mark.parametrize("written", ["2025", "2026-06", "2026-01-01-2026-03-31", "2026-01-01–2026-03-31"])
def test_a_period_where_nothing_was_begun_says_so(town: Room, written: str) -> None:
    mona = town.chat("mona").types(f"rapport {written}").sees("Ingen checklista har påbörjats under perioden.")

    assert not [one for one in elements(mona.card) if one["type"].startswith("Chart.")]


def test_in_english_too(town: Room) -> None:
    mona = town.chat("mona").types("language en")
    mona.types("report 2026").sees("Report: The whole organisation", "1 of 3 checklists begun are complete", "2 of 3")
    mona.sees("Has the child been heard").presses("Export").sees("The figures as CSV", "within ten minutes")
    mona.types("report autumn").sees("The period could not be read")
    mona.types("help").sees("Write **report** for this year's figures")


def test_the_chart_has_a_bar_per_question_that_applies_and_the_rest_are_named(town: Room) -> None:
    mona = town.chat("mona").types("rapport")
    [chart] = [one for one in elements(mona.card) if one["type"].startswith("Chart.")]

    assert "(2 av 3)" in str(chart["data"][0]["x"])
    assert chart["data"][0]["y"] == 66.7
    mona.sees("███████░░░ 66,7\u00a0%")
    fills(opens(town.chat("eva"), "SN 2026/0400", **{**ALL, "child_communicated": "nej"}))
    assert mona.types("rapport").view is not None


def test_help_names_it_for_those_who_may(town: Room) -> None:
    for who in ("mona", "cecilia", "dag"):
        town.chat(who).types("hjälp").sees("Skriv **rapport**").presses("Rapport").sees("Rapport: ")
    town.chat("anna").types("hjälp").sees_no("rapport")


# --- export ------------------------------------------------------------------------------------------------


def test_the_links_come_in_the_answer_to_the_press_and_stand_nowhere_else(town: Room) -> None:
    mona = town.chat("mona").types("exportera 2026 kv 2").sees(f"Exportera: {WHOLE}", "Inga enskilda ärenden")
    assert links(mona) == []
    mona.presses("Exportera", Enhet=NORTH).sees(f"Exportera: {NORTH}", "inom tio minuter")

    found = links(mona)
    assert [path for path, _ in found] == ["/rapport", "/export", "/export"]
    assert len({token for _, token in found}) == 3
    scopes = town.desk.run_now(lambda session: [row.scope for row in session.exec(select(LinkRow)).all()])
    assert all(f'"unit": "{NORTH}"' in scope and '"first": "2026-04-01"' in scope for scope in scopes)
    secrets = [token.partition(".")[2] for _, token in found]
    assert not [secret for secret in secrets if secret in str(town.content())]
    assert [event.detail for event in town.events("link_made")] == ["report", "export", "export"]


def test_a_posted_card_never_holds_a_link(town: Room) -> None:
    mona = town.chat("mona").types("exportera")
    mona.submits("Exportera").sees("Länkarna visas bara för dig")

    assert town.count(LinkRow) == 0
    mona.types("exportera").presses("Exportera")
    assert links(mona)
    assert mona.view is not None
    reply = Reply(tenant_id=1, person_id=1, channel_user=mona.user, language="sv", view=mona.view)
    posted = render_card(reply, town.mint, private=False)
    assert posted is not None
    assert "?l=" not in as_sent(posted)


def fetches(town: Room, token: str) -> None:
    """Use up an export link, as its page does."""
    [export] = [purpose for purpose in PURPOSES if purpose.name == "export"]

    def work(session: Session) -> None:
        link = link_table.use(session, token, "export", town.now)
        assert link is not None
        export.receipt(session, link, town.now.astimezone(UTC))

    town.desk.run_now(work)


def test_a_fetched_file_leaves_a_receipt_in_her_chat_and_no_link_in_it(town: Room) -> None:
    mona, cecilia = town.chat("mona"), town.chat("cecilia").types("hjälp")
    found = links(mona.types("exportera 2026 kv 2").presses("Exportera", Enhet=NORTH))
    fetches(town, found[1][1])

    mona.receives().sees("Siffrorna som CSV", f"Hämtat för {NORTH}, 2026-04-01–2026-06-30", "Var det inte du?")
    assert town.now.astimezone(STOCKHOLM).hour != town.now.astimezone(UTC).hour
    mona.sees(f"Klockan {town.now.astimezone(STOCKHOLM):%H:%M}")
    assert links(mona) == []
    mona.types("språk en")
    fetches(town, links(mona.types("export").presses("Export"))[2][1])
    mona.receives().sees("workbook", "Fetched for the whole organisation")
    cecilia.sees_no("Hämtat")


def test_the_period_can_be_written_on_the_card_and_a_wrong_one_is_told(town: Room) -> None:
    mona = town.chat("mona").types("rapport").sees(f"Period: {PERIOD}")
    mona.presses("Visa", Period="2025 kv 4", Enhet=NORTH).sees(f"Rapport: {NORTH}", "Period: 2025-10-01–2025-12-31")
    mona.presses("Visa", Period="nästa vår").sees("Perioden kunde inte läsas", "Inget har ändrats")
    cecilia = town.chat("cecilia").types("rapport")
    cecilia.presses("Visa", Period="2026-05").sees(f"Rapport: {NORTH}", "Period: 2026-05-01–2026-05-31")
    cecilia.presses("Exportera", Period="").sees("Period: 2026-05-01–2026-05-31")
    mona.types("exportera").presses("Exportera", Period="2026 kv 1", Enhet=SOUTH)
    scopes = town.desk.run_now(lambda session: [row.scope for row in session.exec(select(LinkRow)).all()])
    assert (
        sum(f'"first": "2026-01-01", "format": "csv", "last": "2026-03-31", "unit": "{SOUTH}"' in one for one in scopes)
        == 1
    )


def test_a_second_press_gives_new_links_and_a_second_delivery_the_same(town: Room) -> None:
    mona = town.chat("mona").types("exportera")
    card = mona.shown
    first = links(mona.presses("Exportera", on=card))
    again, rows = mona.last_id, town.count(LinkRow)
    assert links(mona.presses("Exportera", on=card, again=again)) == first
    assert town.count(LinkRow) == rows

    assert not set(links(mona.presses("Exportera", on=card))) & set(first)
    mona.presses("Rapport").sees(f"Rapport: {WHOLE}")


def test_without_an_address_no_link_is_made_and_she_reads_what_to_do(town: Room) -> None:
    town.pages_url = ""
    town.chat("mona").types("exportera").presses("Exportera").sees("webbadress är inte inställd")

    assert town.count(LinkRow) == 0
    assert town.count(InboxRow) > 0


def test_a_command_wins_only_as_a_whole_line(town: Room) -> None:
    """When a text is expected, a line that merely begins with the command is taken as the text."""
    move_in(town.desk, ("bo", "Bo Exempel", NORTH, "unit_manager"))
    bo = town.chat("bo").types("fortsätt SN 2026/0200").is_asked("child_not_heard_motivated")

    bo.types("rapport till skolan finns i akten").sees("kommit till tals? Ja.")
    bo.types("rapport 2026").sees("Rapport: ")


def test_a_month_with_a_word_before_it_may_be_of_the_text_that_is_awaited(town: Room) -> None:
    move_in(town.desk, ("bo", "Bo Exempel", NORTH, "unit_manager"))
    bo = town.chat("bo").types("fortsätt SN 2026/0200").is_asked("child_not_heard_motivated")
    bo.types("rapport i maj").sees_no("Period: ")
    town.chat("mona").types("rapport i maj").sees("Period: 2026-05-01–2026-05-31")


@pytest.mark.parametrize("line", ["rapport 2026 kv 2", "exportera 2026kv2", "Export 2026", "report Q2-2026"])
def test_a_command_with_a_period_wins_where_a_text_is_awaited(town: Room, line: str) -> None:
    move_in(town.desk, ("bo", "Bo Exempel", NORTH, "unit_manager"))
    bo = town.chat("bo").types("fortsätt SN 2026/0200").is_asked("child_not_heard_motivated")

    bo.types(line).sees("Period: 2026-")
    assert bo.kind() == "report"
    town.chat("bo").types("fortsätt SN 2026/0200").is_asked("child_not_heard_motivated")
