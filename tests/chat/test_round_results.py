"""What comes of a closed round: who is shown what, on every door; the workshop; measures of a round and on a Nej."""

import io
import zipfile
from collections.abc import Sequence
from datetime import timedelta

import pytest
from aiohttp import web

from actions import feedback, measures
from actions.origin import of_person
from bot.pages import export_link, round_page
from bot.pages.purposes import PURPOSES
from checklists.periods import year_of
from checklists.rates import Share, wilson
from dialogs.figures.addresses import PATHS
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfMeasure, OfRound
from dialogs.views.figures import LinksView
from dialogs.views.rounds import coded
from reports.reread import rereads
from reports.round_results import COLUMNS, result_rows
from reports.selected import Selection
from storage import links, people, round_readings, workshop
from storage import rounds as stored
from storage.cases import CaseRow
from storage.desk import Session
from storage.links import Link
from storage.measures import MeasureRow
from storage.rounds import RoundRow
from storage.workshop import WorkshopNoteRow
from tests.chat.closed_round import BOX, closed
from tests.chat.drive import fills
from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.read_drive import begins, reads, sent
from tests.chat.test_rounds import person, rows

CLEAR, BEST, VIEW = "decision_motivation_clear", "best_interests_in_analysis", "child_view_on_intervention"
SIX = ("pia", "pia", "per", "per", "pim", "paul")
STINA = ("stina", "Stina Chef", SOUTH, "unit_manager")


def said(pattern: str) -> list[dict[str, str]]:
    """Return the answers of as many cases: every case is clear, and j has Ja to the child being heard."""
    words = {"j": "ja", "n": "nej"}
    return [{CLEAR: "ja", BOX: words[one], BEST: "nej"} for one in pattern]


def opened(room: Room, name: str = "mona") -> Chat:
    """Open the closed round as whoever runs it."""
    return room.chat(name).installs().types("egenkontroll").presses("Öppna")


def pages(chat: Chat, *wanted: str) -> dict[str, str]:
    """Return what the links on the card in view give, as text. wanted: which; all of them by default."""
    view = chat.view
    assert isinstance(view, LinksView)
    return {link.what: fetched(chat.room, link.address) for link in view.links if not wanted or link.what in wanted}


def fetched(room: Room, address: str) -> str:
    """Return what a link gives to whom it was made for."""
    path, _, token = address.removeprefix(room.pages_url).partition("?l=")
    purpose = next(one for one in PURPOSES if one.path == path)

    def work(session: Session) -> bytes:
        link = links.look(session, token, purpose.name, room.now)
        assert link is not None
        body = purpose.render(session, link, "sv").body
        assert isinstance(body, bytes)
        return body

    body = room.desk.run_now(work)
    if body[:2] != b"PK":
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(one).decode() for one in book.namelist())


def exported(room: Room, unit: str = "") -> list[dict[str, str]]:
    """Return the rows of the file."""
    found = room.desk.run_now(lambda session: list(result_rows(session, Selection(unit=unit))))
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


# --- the group -------------------------------------------------------------------------------------------------------


def test_a_group_is_shown_strengths_and_faults_without_persons_and_cases_once_its_chef_shows_them(room: Room) -> None:
    closed(room, SIX * 2, said("jjjjjjjnnnnn"))
    pia, bo, cia = (room.chat(name).installs() for name in ("pia", "bo", "cia"))
    cecilia = opened(room, "cecilia").presses("Gruppvy")
    for chat in (pia, bo, cia):
        assert not chat.prompts()
    cecilia.presses("Visa för gruppen").sees("3 har fått besked om var resultatet finns.")
    for chat in (pia, bo, cia):
        chat.receives().sees("Omgången är stängd.").presses("Visa").sees("Granskade ärenden: 12.")
        chat.sees("Styrka · Ja i minst tre av fyra", "Att arbeta med · Ja i 7 av 12")
        chat.sees_no("SN 2026", "Pia", "Per Handläggare", "Cia Granskare", "Till omgången")
    text = pia.text
    assert text.index("tydlig motivering till beslut") < text.index("komma till tals under utredningen")
    assert [one.detail for one in room.events("round_shown")] == ["round:1 to 3"]


def test_who_works_elsewhere_and_a_round_that_is_open_show_nothing(room: Room) -> None:
    row = closed(room, SIX, said("jjjnnn"))
    move_in(room.desk, STINA)
    for name in ("doris", "stina", "eva"):
        chat = room.chat(name)
        token = room.mint.sign(1, person(room, name), claimed("round_group", OfRound(row)))
        chat.types("hej").sends({"verb": "round_group", "token": token})
        if name == "eva":  # works in both units
            chat.sees("Granskade ärenden: 6.")
        else:
            chat.sees("Omgången eller ärendet har ändrats").sees_no("Styrka")
    cecilia = opened(room, "cecilia")
    shown = cecilia.shown
    room.desk.run_now(lambda session: setattr(session.get_one(RoundRow, row), "state", "open"))
    for title in ("Gruppvy", "Per enhet", "Workshop", "Sidor att skriva ut"):
        cecilia.presses(title, on=shown).sees("Omgången eller ärendet har ändrats")


@pytest.mark.parametrize(
    ("leads", "reviewers"),
    [
        (("pia", "pia", "per", "pim"), ("cia", "dan", "elsa")),
        (("pia", "pia", "pia", "per", "pim"), ("cia", "dan", "elsa")),
        (SIX, ("cia", "dan")),
    ],
)
def test_what_a_group_may_not_be_shown_is_on_no_door(
    room: Room, leads: Sequence[str], reviewers: Sequence[str]
) -> None:
    closed(room, leads, said("jnjnjn"[: len(leads)]), reviewers=reviewers)
    room.chat("pia").installs()
    mona = opened(room).presses("Gruppvy").sees("Resultatet visas för gruppen först när minst fem ärenden")
    mona.sees_no("Styrka", "Att arbeta med", "av 4", "av 5")
    assert "Visa för gruppen" not in mona.buttons
    found = pages(opened(room).presses("Sidor att skriva ut"))
    for what in ("group_page", "board_page", "workshop_page"):
        assert "Resultatet visas för gruppen först när minst fem" in found[what]
        assert "Ja i minst" not in found[what].replace("Ja i minst tre av fyra ärenden som", "")
        assert "komma till tals under utredningen?" not in found[what]
    of_group = [one for one in exported(room) if not one["unit"]]
    assert of_group == []
    assert f";{NORTH};" in found["csv"] if len(reviewers) == 2 else ";peer_review_bou;" not in found["csv"]
    workshop_card = opened(room).presses("Workshop").sees("Resultatet visas för gruppen först när minst fem")
    workshop_card.sees_no("Styrka")
    assert not room.chat("pia").prompts()


def test_a_token_to_show_the_group_what_it_may_not_be_shown_tells_nobody(room: Room) -> None:
    row = closed(room, SIX[:4], said("jnjn"))
    pia = room.chat("pia").installs()
    mona = opened(room)
    token = room.mint.sign(1, person(room, "mona"), claimed("round_show_group", OfRound(row)))
    mona.sends({"verb": "round_show_group", "token": token}).sees("Resultatet visas för gruppen först")
    assert not pia.prompts()
    assert not room.events("round_shown")


def test_planted_false_ja_are_counted_where_a_second_reading_found_them_and_the_board_is_told(room: Room) -> None:
    """Thirty cases read by two, of which the second finds every third Ja missing: what is said is what was planted."""
    ja = [{BOX: "ja"}] * 30
    closed(room, SIX * 5, ja, again=[{BOX: "nej" if number % 3 == 0 else "ja"} for number in range(30)], twice=100)
    found = room.desk.run_now(lambda session: rereads(session, 1, year_of(2026)))
    assert [(key[2:], share) for key, share in found.items()] == [(("peer_reviewer", BOX), Share(20, 30))]
    low, high = wilson(Share(20, 30))
    assert low <= 2 / 3 <= high
    board = pages(opened(room).presses("Sidor att skriva ut"), "board_page")["board_page"]
    assert "stod sig 20\u00a0av\u00a030 (66,7\u00a0%), (95 %: 48–80 %)" in board
    assert "Ja i minst tre av fyra" in board, "on paper all of them are Ja, and the two are not added up"


# --- by unit ---------------------------------------------------------------------------------------------------------


def test_management_sees_units_but_not_one_that_is_one_workers_and_a_chef_her_own(room: Room) -> None:
    move_in(
        room.desk, STINA, ("sven", "Sven Granskare", SOUTH, "peer_reviewer"), ("doris", "Doris", SOUTH, "case_worker")
    )
    leads = (*SIX, "doris", "doris")
    units = [NORTH] * 6 + [SOUTH] * 2
    closed(room, leads, said("jjnnnnnn"), units=units, reviewers=("cia", "dan", "elsa", "sven"))
    mona = opened(room).presses("Per enhet").sees(NORTH, "6 av 6 granskade.", "4 (2/6)")
    mona.sees("4. Har barn och ungdomar fått komma till tals under utredningen?")
    mona.sees(SOUTH, "2 av 2 granskade.", "svaren visas inte: de skulle visa hur det gick för någon enskild")
    mona.sees_no("Alla enheter", "(0/2)", "(2/8)")
    found = pages(mona.presses("Sidor att skriva ut"), "management_page")
    assert ">2/6<" in found["management_page"].replace(" ", "").replace("<span>", "").replace("</span>", "")
    assert "2/8" not in found["management_page"]
    assert "0/2" not in found["management_page"].replace("2026", "")
    assert {one["unit"] for one in exported(room)} == {"", NORTH}

    stina = room.chat("stina").installs().types("egenkontroll").sees_no("Ingen omgång finns än.")
    stina.sees("Våren 2026", "omfattar även andra enheter").presses("Gruppvy").presses("Per enhet").sees(SOUTH)
    row = 1
    token = room.mint.sign(1, person(room, "stina"), claimed("round_management", OfRound(row)))
    stina.types("hej").sends({"verb": "round_management", "token": token}).sees(SOUTH, "svaren visas inte")
    stina.sees_no(NORTH)
    mine = pages(stina.presses("Sidor att skriva ut"))
    assert NORTH not in mine["csv"]
    assert f'<th scope="row">{NORTH}' not in mine["management_page"]


def test_remedies_are_counted_by_unit_but_not_where_the_count_would_be_one_workers(room: Room) -> None:
    move_in(
        room.desk, STINA, ("sven", "Sven Granskare", SOUTH, "peer_reviewer"), ("doris", "Doris", SOUTH, "case_worker")
    )
    units = [NORTH] * 6 + [SOUTH] * 2
    closed(room, (*SIX, "doris", "doris"), said("jjnnnnnn"), units=units, reviewers=("cia", "dan", "elsa", "sven"))
    room.desk.run_now(lambda session: remedies(session, room))
    mona = (
        opened(room).presses("Per enhet").sees("åtgärder: 6, klara 0, försenade 0", "åtgärder: 0, klara 0, försenade 0")
    )
    page = pages(mona.presses("Sidor att skriva ut"), "board_page")["board_page"]
    assert "Åtgärder: <strong>6</strong>" in page


def remedies(session: Session, room: Room) -> None:
    """Make a remedy for the first Nej of each case."""
    row = stored.every(session, 1)[0]
    for reading in round_readings.readings(session, row.id):
        case = session.get_one(CaseRow, reading.case_id)
        [sheet] = feedback.read(session, row, case, reading).sheets
        origin = of_person(1, reading.person_id, room.now)
        assert case.lead_id is not None
        measures.for_answer(session, origin, sheet, measures.nej_in(sheet)[0], case.lead_id, room.now.date())


def test_whoever_fetches_a_file_gets_a_receipt(room: Room) -> None:
    closed(room, SIX, said("jjjnnn"))
    mona = opened(room).presses("Sidor att skriva ut")
    assert isinstance(mona.view, LinksView)
    address = next(link.address for link in mona.view.links if link.what == "csv")
    purpose = next(one for one in PURPOSES if one.name == "round_file")

    def uses(session: Session) -> None:
        link = links.use(session, address.partition("?l=")[2], purpose.name, room.now)
        assert link is not None
        purpose.receipt(session, link, room.now)

    room.desk.run_now(uses)
    mona.receives().sees("Siffrorna som CSV", "Hämtat: vad omgången Våren 2026 visade.", "10:42")


def test_a_link_is_for_who_may_see_the_round_when_it_is_used() -> None:
    both = {"round": "1", "units": f"{NORTH}\n{SOUTH}", "what": "board_page"}
    held = {
        "manager": [("manager", "")],
        "one": [("unit_manager", NORTH)],
        "both": [("deputy", NORTH), ("deputy", SOUTH)],
    }

    assert [name for name, of in held.items() if round_page.allows(of, (), both)] == ["manager", "both"]  # type: ignore[arg-type]
    assert round_page.allows(held["one"], (), both | {"what": "group_page"})  # type: ignore[arg-type]
    assert not round_page.allows([("case_worker", NORTH)], (), both | {"what": "group_page"})
    assert not round_page.allows([("unit_manager", "Annan")], (), both | {"what": "management_page"})
    assert {"round", "round_file"} <= set(PATHS)


def test_the_file_is_chosen_by_unit_list_role_and_the_day_of_closing(either_room: Room) -> None:
    room = either_room
    closed(room, SIX * 2, said("jjjjjjjnnnnn"))

    def file(**chosen: object) -> list[list[str]]:
        selection = Selection(**chosen)  # type: ignore[arg-type]
        return room.desk.run_now(lambda session: list(result_rows(session, selection)))

    every = file()
    assert {cells[1] for cells in every} == {"", NORTH}
    assert {cells[1] for cells in file(unit=NORTH)} == {NORTH}
    assert file(unit=SOUTH) == file(checklist="sample_audit") == file(role="case_worker") == []
    assert file(role="peer_reviewer") == file(first=room.now.date()) == every
    assert file(last=room.now.date() - timedelta(days=1)) == []
    heard = {cells[1]: dict(zip(COLUMNS, cells, strict=True)) for cells in every if cells[4] == BOX}
    assert [heard[""][name] for name in ("side", "ja", "cases", "low_pct", "high_pct")] == [
        "fault",
        "7",
        "12",
        "32,0",
        "80,7",
    ]
    assert [heard[NORTH][name] for name in ("side", "ja", "cases")] == ["", "7", "12"]
    clear = next(cells for cells in every if cells[1] == "" and cells[4] == CLEAR)
    assert clear[6:] == ["strength", "", "", "", "", "slumpvis dragna"], "all of them: not said in numbers"


@pytest.mark.parametrize(("method", "label"), [("random", ""), ("first", "-inte-slumpvis")])
def test_a_fetched_file_says_that_the_cases_are_not_drawn_at_random(room: Room, method: str, label: str) -> None:
    closed(room, SIX * 2, said("jjjjjjjnnnnn"))
    room.raw.execute("update review_round set method = ?", (method,))
    mona = room.scalar("select id from person where name like 'Mona%'")
    scopes = (
        {"round": "1", "format": "csv"},
        {"unit": "", "first": "2026-01-01", "last": "2026-12-31", "format": "csv"},
    )

    def work(session: Session) -> list[web.Response]:
        pages = (round_page.file, export_link.render)
        links = (Link(1, mona, "", scope, room.now) for scope in scopes)
        return [page(session, link, "sv") for page, link in zip(pages, links, strict=True)]

    of_round, figures = room.desk.run_now(work)
    assert f"beslutskollen-omgang-1{label}.csv" in of_round.headers["Content-Disposition"]
    assert f"2026-12-31{label}.csv" in figures.headers["Content-Disposition"]
    assert isinstance(of_round.body, bytes)
    words = "de först beslutade, inte slumpvis dragna" if label else "slumpvis dragna"
    assert of_round.body.decode().count(words) == len(of_round.body.decode().strip().splitlines()) - 1


# --- the workshop ----------------------------------------------------------------------------------------------------


def test_the_workshop_goes_prompt_by_prompt_keeps_what_is_said_and_prints_it_or_room_for_it(room: Room) -> None:
    closed(room, SIX * 2, said("jjjjjjjnnnnn"))
    mona = (
        opened(room).presses("Workshop").sees("Workshop, Våren 2026: 1 av 6", "hur kommer det sig att vi inte inhämtar")
    )
    mona.presses("Spara", {"said": "640823-3234"}).sees("personnummer", "1 av 6")
    mona.presses("Spara", {"said": ""}).sees("1 av 6")
    mona.presses("Spara", {"said": "Vi frågar skolan för sent"}).sees("Sparat.", "2 av 6", "konstaterade brister?")
    mona.sees("Att arbeta med · Ja i 7 av 12", "Framgår barnets bästa").sees_no("tydlig motivering")
    mona.presses("Föregående fråga")
    assert mona.view is not None
    assert mona.view.kind == "panel"
    assert mona.view.fields[0].value == "Vi frågar skolan för sent"
    mona.presses("Spara", {"said": "Vi frågar skolan sent"})
    assert room.desk.run_now(lambda session: dict(workshop.texts(session, 1))) == {"W1": "Vi frågar skolan sent"}
    [row] = rows(room, WorkshopNoteRow)
    assert b"skolan" not in row.text
    pack = pages(opened(room).presses("Sidor att skriva ut"), "workshop_page")["workshop_page"]
    assert "Vi frågar skolan sent" in pack
    assert pack.count('class="lines"') == 4
    assert pack.count('class="room"') == 1, "the plan has columns"
    assert [one.detail for one in room.events("workshop_noted")] == ["round:1 W1", "round:1 W1"]


def test_what_is_said_at_the_workshop_is_for_who_runs_it_and_of_a_prompt_there_is(room: Room) -> None:
    row = closed(room, SIX, said("jjjnnn"))
    mona = opened(room).presses("Workshop")
    token = room.mint.sign(1, person(room, "mona"), claimed("workshop_note", OfRound(row, said="W9")))
    mona.sends({"verb": "workshop_note", "token": token, "said": "Något"}).sees("har ändrats sedan kortet visades")
    move_in(room.desk, STINA)
    stina = room.chat("stina").installs()
    token = room.mint.sign(1, person(room, "stina"), claimed("workshop_note", OfRound(row, said="W1")))
    stina.types("hej").sends({"verb": "workshop_note", "token": token, "said": "Något"}).sees("har ändrats")
    assert not rows(room, WorkshopNoteRow)


# --- measures --------------------------------------------------------------------------------------------------------


def test_a_measure_of_a_round_is_made_on_its_card_and_whether_it_helped_is_asked_until_it_is_said(room: Room) -> None:
    closed(room, SIX, said("jjjnnn"))
    bo, cecilia = room.chat("bo").installs(), room.chat("cecilia").installs()
    mona = opened(room).presses("Ny åtgärd").sees("Åtgärd efter omgången Våren 2026.")
    whole = {"Vad ska göras?": "Ny rutin för samtal", "Enhet": NORTH, "Ägare": "Bo Exempel", "Senast": "2026-05-20"}
    mona.presses("Spara", {**whole, "Följs upp": "2026-05-30"}).sees("från omgången Våren 2026", "följs upp 2026-05-30")
    [row] = rows(room, MeasureRow)
    assert (row.round_id, row.finding_id, row.code) == (1, None, "")
    opened(room).presses("Per enhet").sees("åtgärder: 1, klara 0, försenade 0")
    bo.types("åtgärder").sees("från omgången Våren 2026").presses("Klart")
    cecilia.types("åtgärder").presses("Kontrollerad").sees("Inga åtgärder väntar.")

    asked = []
    for day in (29, 30, 31):
        room.now = room.now.replace(day=day, hour=8, minute=1)
        room.sweeps()
        asked.append(reminded(cecilia))
    room.now = room.now.replace(month=6, day=1)
    room.sweeps()
    room.sweeps()
    assert (asked, reminded(cecilia), reminded(bo)) == ([0, 0, 0], 1, 0), "30 May is a Saturday"
    cecilia.types("åtgärder").sees("hjälpte den?")
    old = cecilia.shown
    cecilia.presses("Hjälpte inte").sees("åtgärden hjälpte inte. Behövs något annat?", "Inga åtgärder väntar.")
    cecilia.presses("Hjälpte", on=old).sees("Åtgärden har ändrats sedan kortet visades")
    assert [one.detail for one in room.events("measure_followed")] == [f"measure:{row.id} no"]
    page = pages(opened(room).presses("Sidor att skriva ut"), "board_page")["board_page"]
    assert "Ny rutin för samtal: klar och kontrollerad" in page
    assert "Bo Exempel" not in page


def reminded(chat: Chat) -> int:
    """Return how many reminders of measures she has had."""
    return sum(one.view.kind == "reminder" and one.view.measures is not None for one in chat.prompts())


def test_a_measure_of_a_round_is_for_a_unit_of_the_round_which_counts_it(room: Room) -> None:
    row = closed(room, SIX, said("jjjnnn"))
    mona = opened(room).presses("Ny åtgärd").sees(NORTH).sees_no(SOUTH)
    south = room.desk.run_now(lambda session: people.unit(session, 1, SOUTH).id)
    token = room.mint.sign(1, person(room, "mona"), claimed("measure_make", OfMeasure("round", row)))
    fields = {"what": "Ny rutin", "unit": coded(south), "owner": coded(person(room, "eva")), "due_on": "2026-05-20"}
    mona.sends({"verb": "measure_make", "token": token, **fields}).sees("Välj enhet")
    assert not rows(room, MeasureRow)


def test_a_measure_is_asked_about_again_after_five_working_days_and_by_nobody_who_only_owns_it(room: Room) -> None:
    closed(room, SIX, said("jjjnnn"))
    bo, cecilia = room.chat("bo").installs(), room.chat("cecilia").installs()
    mona = opened(room).presses("Ny åtgärd")
    whole = {"Vad ska göras?": "Ny rutin", "Enhet": NORTH, "Ägare": "Bo Exempel", "Senast": "2026-05-12"}
    mona.presses("Spara", {**whole, "Följs upp": "2026-05-13"})
    bo.types("åtgärder").presses("Klart")
    told = []
    for day in range(13, 29):
        room.now = room.now.replace(day=day, hour=8, minute=1)
        room.sweeps()
        told.append(reminded(cecilia))
    days = [13 + place for place, count in enumerate(told) if count > ([0, *told][place])]
    assert days == [13, 21, 28]
    bo.types("åtgärder").sees_no("Hjälpte")
    cecilia.types("åtgärder").sees("inte kontrollerad än", "hjälpte den?").presses("Hjälpte").sees("åtgärden hjälpte.")


def test_a_measure_is_shown_on_the_nej_it_came_from_to_who_may_know_of_it(room: Room) -> None:
    anna = sent(room)
    cecilia = reads(begins(room.chat("cecilia")), {"child_heard": "nej"}, otherwise="ja")
    cecilia.presses("Visa skillnader").sees_no("Åtgärd, fråga")
    cecilia.presses("Åtgärd").sees_no("åtgärd finns").presses("Handläggaren").presses("Senast 2026-05-19")
    cecilia.sees("åtgärd finns: senast 2026-05-19").presses("Tillbaka").sees("Åtgärd, fråga 1: senast 2026-05-19")
    anna.types("vad saknas SN 2026/0123")
    anna.types("fortsätt SN 2026/0123").sees("Åtgärd, fråga 1: senast 2026-05-19")
    room.later(days=10)
    anna.types("fortsätt SN 2026/0123").sees("Åtgärd, fråga 1: försenad, skulle ha varit klar 2026-05-19")


@pytest.mark.parametrize("name", ["vera", "cecilia"])
def test_whoever_answers_a_list_about_anothers_work_makes_a_measure_of_its_nej(room: Room, name: str) -> None:
    """The auditor's sample, and the chef's round of an adult's case: from the summary, in three presses."""
    lists = {"vera": ("stickprov", "SN 2026/0801", "barn"), "cecilia": ("kretsgenomgång", "SN 2026/0802", "vuxen")}
    words, ref, kind = lists[name]
    children = {} if kind == "barn" else {"children": "0"}
    takes_in(room, case_ref=ref, unit=NORTH, lead_email="anna@example.invalid", case_type=kind, **children)
    chat = room.chat(name).types(f"ny {words} {ref}")
    for _ in range(30):
        if chat.kind() == "summary":
            break
        if chat.kind() == "facts":
            chat.presses("Spara")
        elif "Nej" in chat.buttons:
            chat.presses("Nej")
        elif "Ej tillämpligt" in chat.buttons:
            chat.presses("Ej tillämpligt")
        else:
            chat.types("nej")
    anna = room.chat("anna").installs()
    chat.presses("Åtgärd").presses("Handläggaren").presses("Senast 2026-05-19").sees("Åtgärden är sparad")
    anna.receives().sees(f"I {ref} är något att rätta i akten")


def test_nothing_is_said_on_a_list_that_asks_nothing_of_the_kind(room: Room) -> None:
    chat = fills(room.chat("anna").types("ny SN 2026/0123"), {"child_heard": "nej"})
    chat.sees_no("Åtgärd, fråga")
