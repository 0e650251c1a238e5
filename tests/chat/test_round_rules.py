"""What a round refuses, and what it does when somebody cannot go on: each on every door."""

from datetime import timedelta

import pytest
from sqlmodel import select

from checklists.frame_file import COLUMNS
from reports.rounds import round_rows
from reports.selected import Selection
from storage import answers
from storage.calibrations import CalibrationRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.raised import RaisedRow
from storage.round_cases import RoundCaseRow
from storage.round_readings import ReadingRow
from storage.round_reviewers import ConsentRow, RoundReviewerRow
from storage.rounds import RoundRow
from tests.chat.card_hand import button, gathered
from tests.chat.harness import NORTH, SOUTH, TENANT, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.lived import lived_once
from tests.chat.round_drive import adds, calibrates, drawn_for, draws, furnish, refs
from tests.chat.test_motivation_setting import sets
from tests.chat.test_rounds import declares, opens, person, rows
from tests.sql.import_files import import_answers

SVEN = ("sven", "Sven Granskare", SOUTH, "peer_reviewer")
STINA = ("stina", "Stina Chef", SOUTH, "unit_manager")


@lived_once
def begun(room: Room, *names: str, cases: int = 2, twice: int = 0) -> Chat:
    """Start a round with these reviewers; Ada and Ben lead the first two cases."""
    furnish(room, cases=cases, protected=0)
    for name in names:
        room.chat(name).installs()
    mona = draws(room.chat("mona").installs(), twice=twice)
    adds(mona, *names)
    return mona.presses("Starta omgång")


def forges(chat: Chat, title: str, fields: dict[str, str], of: Chat | None = None) -> Chat:
    """Press a button with fields that are not on its card; of: on somebody else's card."""
    card = (of or chat).card
    return chat.sends({**gathered(card, button(card, title), {}), **fields})


def test_who_is_not_calibrated_begins_on_no_door(room: Room) -> None:
    begun(room, "cia", "dan")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    doors: tuple[str, ...] = (f"ny kollegial granskning {ref}", f"ny {ref}", f"fortsätt kollegial granskning {ref}")
    doors += (f"formulär kollegial granskning {ref}", f"vad saknas kollegial granskning {ref}")

    assert cia.types(doors[0]).sees("Säg först om du har haft ärendet.").buttons.count("Jag har inte haft ärendet") == 1
    declares(cia, ref).sees("Påhittad akt")
    for door in doors:
        cia.types(door)
        assert cia.kind_or_nothing() not in ("question", "form", "facts", "summary"), door
    drawn_for(cia)
    assert "Börja granska" not in cia.buttons
    assert rows(room, FilledRow) == []

    cia.presses("Kalibrera").presses("Spara").sees("Frågor som saknar svar: 10.")
    calibrates(cia)
    opens(cia, ref)
    assert cia.kind() == "question"
    cia.types(f"fortsätt kollegial granskning {ref}")
    assert cia.kind() == "question"
    assert [(one.round_id, one.version) for one in rows(room, FilledRow)] == [(1, 2)]


def test_a_case_of_a_round_is_nobody_elses_and_two_readers_see_nothing_of_each_other(room: Room) -> None:
    begun(room, "cia", "dan", cases=1, twice=100)
    ref = refs()[0]
    for name in ("cia", "dan"):
        chat = room.chat(name)
        declares(chat, ref)
        calibrates(chat)
        opens(chat, ref).presses("Ja" if name == "cia" else "Nej")
    room.chat("dan").sees("Motivering")
    room.chat("dan").types("nej").sees("varje Nej och Delvis ha en motivering")
    view = room.chat("dan").view
    assert view is not None
    assert view.kind == "motivation"
    item = view.items[0]
    form = room.chat("dan").types(f"formulär kollegial granskning {ref}")
    forges(form, "Spara", {f"{item}.missing": "true"}).sees("varje Nej och Delvis ha en motivering")
    orders = [room.chat(name).view.head.case_ref for name in ("cia", "dan")]  # type: ignore[union-attr]
    assert orders == [ref, ref]
    assert len({one.person_id for one in rows(room, FilledRow)}) == 2

    assert (
        room.chat("elsa").types(f"ny kollegial granskning {ref}").said
        == room.chat("elsa").types("ny kollegial granskning SN 2026/9999").said
    )


def test_who_is_not_calibrated_gets_in_by_no_forged_press_and_no_file(room: Room) -> None:
    begun(room, "cia", "dan")
    cia, dan = room.chat("cia"), room.chat("dan")
    hers, his = drawn_for(cia)[0], drawn_for(dan)[0]
    declares(dan, his)
    calibrates(dan)
    drawn_for(dan)
    declares(cia, hers)

    forges(cia, "Börja granska", {}, of=dan).sees("använda det här kortet")  # his token is no key of hers
    drawn_for(cia)
    forges(cia, "Kalibrera", {"verb": "review_begin"}).sees("använda det här kortet")
    cia.presses("Kalibrera")
    forges(cia, "Spara", {"verb": "review_begin"}).sees("använda det här kortet")
    cia.presses("Spara").sees("Frågor som saknar svar: 10.")
    for line in ("ja", "nej", "1"):
        assert cia.types(line).kind_or_nothing() not in ("question", "form", "motivation"), line
    assert rows(room, FilledRow) == []

    file = f"tenant_id,case_ref,checklist,role,child,item,answer\n{TENANT},{hers},peer_review_bou,peer_reviewer,,"
    raw = f"{file}child_heard_in_prelim,ja\n".encode()
    room.desk.run_now(lambda session: import_answers(session, raw, frozenset({TENANT}), room.now, "cli:test"))
    assert [(one.person_id, one.round_id) for one in rows(room, FilledRow)] == [(0, 0)], "no round has it"
    assert "Börja granska" not in cia.types("granska").buttons
    room.chat("mona").types("egenkontroll").sees("0 av 2 granskade.")


def test_a_calibration_that_is_too_old_stops_a_review_that_is_begun_and_keeps_what_was_answered(room: Room) -> None:
    begun(room, "cia", "dan")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    declares(cia, ref)
    calibrates(cia)
    opens(cia, ref).presses("Ja")
    card, kept = cia.shown, room.count()

    def ages(session: Session) -> None:
        session.exec(select(CalibrationRow)).one().at = room.now - timedelta(days=370)

    room.desk.run_now(ages)
    cia.presses("Ja", on=card).sees("Det du har svarat finns kvar.")
    for line in (
        "ja",
        f"fortsätt kollegial granskning {ref}",
        f"formulär kollegial granskning {ref}",
        f"ändra 1 {ref}",
    ):
        assert cia.types(line).kind_or_nothing() not in ("question", "form", "motivation"), line
    cia.types("granska").sees("Kalibrera först")
    assert room.count() == kept
    calibrates(cia.presses("Kalibrera").sees("Påhittad akt 2"))
    assert cia.types("granska").presses("Fortsätt").kind() == "question"
    assert room.count() == kept


def test_what_cannot_be_matched_says_why_and_whom_to_ask_and_a_loan_needs_both_chefs(room: Room) -> None:
    furnish(room, cases=2, protected=0)
    move_in(room.desk, SVEN, STINA)
    for name in ("mona", "cecilia", "stina", "sven", "ada"):
        room.chat(name).installs()
    mona, cecilia, stina = room.chat("mona"), room.chat("cecilia"), room.chat("stina")
    draws(mona, twice=0).presses("Lägg till").sees("Välj någon som får granska.")
    adds(mona, "ada").presses("Starta omgång").sees("Går inte att matcha").sees("För få kan granska SN 2026/0501")
    mona.sees("Ben Granskare").sees("Sven Granskare").sees("Båda cheferna ska säga ja")
    assert rows(room, ReadingRow) == []

    mona.presses("Fråga cheferna").sees("Cheferna är tillfrågade.")
    adds(mona, "sven").presses("Starta omgång").sees("Går inte att matcha")
    assert "Fråga cheferna" not in mona.buttons
    cecilia.receives().sees("från en annan enhet").presses("Ja").sees("säger ja till Sven Granskare")
    asked = stina.receives().sees("i din enhet").shown
    stina.presses("Nej").sees("säger nej")
    mona.types("egenkontroll").presses("Öppna").presses("Starta omgång").sees("Går inte att matcha")
    stina.presses("Ja", on=asked).sees("säger ja")
    assert {one.said for one in rows(room, ConsentRow)} == {"yes"}
    mona.types("egenkontroll").presses("Öppna").presses("Starta omgång").sees("Omgången har startat")
    sven = room.chat("sven")
    drawn_for(sven)
    sven.sees("bekräfta att du har behörighet till akten")


def test_what_nobody_receives_in_two_office_hours_is_told_to_the_manager_and_the_reviewer(room: Room) -> None:
    mona = begun(room, "cia", "dan")
    room.chat("cecilia").installs()
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    declares(cia, ref)
    calibrates(cia)
    opens(cia, ref).presses("Ta upp nu").presses("Ta upp nu").sees("Besked har gått till: Cecilia Fiktiv")
    cia.types("granska")
    opens_again = next(title for title in cia.buttons if title in ("Fortsätt", "Börja granska"))
    cia.presses(opens_again).presses("Ta upp nu").presses("Ta upp nu")
    assert len(rows(room, RaisedRow)) == 1, "the same matter"

    room.later(hours=1, minutes=59)
    room.sweeps()
    assert rows(room, RaisedRow)[0].late_at is None
    mona.prompts()
    before = len(mona.received)
    room.later(minutes=2)
    room.sweeps()
    room.sweeps()
    assert len(mona.prompts()) == before + 1
    assert cia.prompts()[-1].view.lines[0].say == "rounds.late"  # type: ignore[union-attr]
    mona.receives().sees("Ingen har tagit emot det på två kontorstimmar").presses("Mottaget").sees(
        "Mona Verksamhetschef"
    )
    room.chat("cecilia").receives().presses("Mottaget").sees("Mona Verksamhetschef")
    assert [one.act for one in room.events() if one.act.startswith("raised")] == [
        "raised",
        "raised_late",
        "raised_received",
    ]


def test_a_chef_with_a_tie_is_not_told_and_somebody_always_is(room: Room) -> None:
    mona = begun(room, "cia", "dan")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    declares(cia, ref)
    calibrates(cia)
    room.chat("cecilia").installs()
    takes_in(room, case_ref=ref, co_email="cecilia@example.invalid")
    takes_in(room, case_ref=ref, co_email="anna@example.invalid", lead_email="bo@example.invalid")

    opens(cia, ref).presses("Ta upp nu").presses("Ta upp nu").sees("Besked har gått till: Mona Verksamhetschef")
    assert not [one for one in room.chat("cecilia").prompts() if "rounds.raised" in str(one.view)]
    mona.receives().sees("Läs akten nu")


def test_the_reminder_comes_five_working_days_before_the_round_closes(room: Room) -> None:
    begun(room, "cia", "dan")
    cia = room.chat("cia")
    cia.prompts()
    room.later(days=20)  # 1 June; it closes on the 9th, and the 6th is a holiday and a Saturday
    room.now = room.now.replace(hour=8, minute=0)
    room.sweeps()
    assert cia.reminded() == 0
    room.later(days=1)
    room.sweeps()
    assert cia.reminded() == 1
    cia.sees("Granska senast 2026-06-09").presses("Granska")
    assert cia.view is not None
    assert cia.view.kind == "panel"
    room.later(days=1)
    room.sweeps()
    assert cia.reminded() == 0, "once"


def test_the_next_case_in_the_order_is_taken_when_one_cannot_be_reviewed(room: Room) -> None:
    furnish(room, cases=4, protected=0)
    for name in ("mona", "cia", "dan"):
        room.chat(name).installs()
    mona = draws(room.chat("mona"), per_unit=2, twice=0)
    adds(mona, "cia", "dan").presses("Starta omgång")
    for _ in range(2):
        mona.presses("Annan granskare").presses("Nästa ärende i ordningen").sees("är nästa i ordningen")
    mona.presses("Annan granskare").presses("Nästa ärende i ordningen").sees(
        "Det finns inga fler ärenden i enhetens ordning"
    )
    frame = rows(room, RoundCaseRow)
    assert sorted((one.drawn, one.replaced) for one in frame) == [(False, True)] * 2 + [(True, False)] * 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"Namn": ""}, "Namnet kan inte användas"),
        ({"Namn": "*stjärna*"}, "Namnet kan inte användas"),
        ({"Enheter": ""}, "Välj en checklista och minst en enhet."),
        ({"Checklista": ""}, "Välj en checklista och minst en enhet."),
        ({"Ärenden per enhet": "", "Beslutade från": "2026-04-01", "Beslutade till": "2026-03-01"}, "Dagarna är i fel"),
        ({"Stänger": "2026-05-01"}, "Dagarna är i fel ordning"),
        ({"Beslutade till": "2026-02-01"}, "Inget ärende i perioden kan dras"),
    ],
)
def test_a_round_that_cannot_be_made_says_what_to_do_and_keeps_the_rest(
    room: Room, fields: dict[str, str], told: str
) -> None:
    furnish(room, cases=1, protected=0)
    mona = draws(room.chat("mona"), fields).sees(told).sees("Inget på kortet är sparat.")

    assert rows(room, RoundRow) == []
    mona.presses(
        "Dra ärenden",
        {"Namn": "Rättad", "Enheter": NORTH, "Checklista": "Kollegial egenkontroll, barn och unga"} | DAYS,
    )
    mona.sees("Rättad")


DAYS = {
    "Checklista": "Kollegial egenkontroll, barn och unga",
    "Beslutade från": "2026-01-12",
    "Beslutade till": "2026-04-12",
    "Stänger": "2026-06-09",
}


def test_reviewers_are_changed_and_taken_out_before_the_start_and_old_buttons_do_nothing_after(room: Room) -> None:
    furnish(room, cases=2, protected=0)
    mona = draws(room.chat("mona"), twice=0)
    adds(mona, "cia", "dan", "elsa")
    adds(mona, "cia", **{"Tid, procent": "0"}).sees("0 procent")
    adds(mona, "dan", **{"Borta från": "2026-06-01"}).sees("Dagarna är i fel ordning, eller så saknas en av dem.")
    adds(mona, "dan", **{"Borta från": "2026-06-02", "Borta till": "2026-06-01"}).sees("Dagarna är i fel ordning")
    mona.presses("Ta bort", nth=2)
    assert {one.person_id for one in rows(room, RoundReviewerRow)} == {person(room, name) for name in ("cia", "dan")}
    before = mona.shown
    mona.presses("Starta omgång")
    assert {one.person_id for one in rows(room, ReadingRow)} == {person(room, "dan")}
    for title in ("Starta omgång", "Ta bort"):
        mona.presses(title, on=before)
    assert len(rows(room, RoundReviewerRow)) == 2
    assert len(rows(room, ReadingRow)) == 2


# --- what a Nej and a Delvis carry -----------------------------------------------------------------------------------


def asked_why(room: Room, choice: str = "nej") -> tuple[Chat, str, str]:
    """Bring Cia to the motivation card of her first question; return her chat, the case and the item."""
    begun(room, "cia", "dan")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    declares(cia, ref)
    calibrates(cia)
    opens(cia, ref)
    while choice.split(",")[0].split(" ")[0].capitalize() not in cia.buttons:  # the seed chooses which comes first
        cia.presses("Ja")
    cia.types(choice)
    view = cia.view
    assert view is not None
    assert view.kind == "motivation"
    return cia, ref, view.items[0]


def kept_of(room: Room, item: str) -> tuple[str, str, str, str]:
    """Return answer, motivation, its kind and where in the file, as the newest revision has them."""

    def read(session: Session) -> tuple[str, str, str, str]:
        row = session.exec(select(FilledRow)).one()
        kept = answers.read(session, row, answers.latest(session, row.id)[item])
        return kept.choice, kept.motivation, kept.motivation_kind, kept.place

    return room.desk.run_now(read)


TEXT, WHERE = "Barnets ord saknas i utredningen", "s. 4"


def test_a_motivation_pressed_without_where_is_kept_and_where_is_asked_for(room: Room) -> None:
    cia, ref, item = asked_why(room)

    cia.presses("Spara", {"Motivering": TEXT}).sees("Skriv också var i akten")
    assert kept_of(room, item) == ("nej", TEXT, "text", "")
    cia.types(f"vad saknas kollegial granskning {ref}").sees("Motiveringen saknas, eller var i akten den finns.")
    cia.types(f"fortsätt kollegial granskning {ref}")
    cia.presses("Spara", {"Motivering": "", "Var i akten": WHERE})
    assert kept_of(room, item) == ("nej", TEXT, "text", WHERE)
    cia.types(f"vad saknas kollegial granskning {ref}")
    assert "Motiveringen saknas, eller var i akten den finns." not in cia.text


@pytest.mark.parametrize("choice", ["nej", "delvis"])
def test_a_motivation_typed_with_the_answer_is_one_and_the_next_line_says_where(room: Room, choice: str) -> None:
    cia, _, item = asked_why(room, f"{choice}, {TEXT}")

    cia.sees("Skriv också var i akten")
    assert kept_of(room, item) == (choice, TEXT, "text", "")
    cia.types("journalanteckning 12 maj")
    assert kept_of(room, item) == (choice, TEXT, "text", "journalanteckning 12 maj")
    assert cia.kind() == "question"


def test_a_short_place_is_asked_about_once_and_then_kept_beside_the_text(room: Room) -> None:
    cia, _, item = asked_why(room, f"nej {TEXT}")

    cia.types("s4")
    assert cia.kind() == "doubt"
    cia.presses("Spara som motivering")
    assert kept_of(room, item) == ("nej", TEXT, "text", "s4")


def test_finns_i_akten_says_both_and_beside_a_text_keeps_it(room: Room) -> None:
    cia, _, item = asked_why(room)

    cia.types(f"finns i akten, {WHERE}")
    assert kept_of(room, item) == ("nej", "", "reference", WHERE)
    assert cia.kind() == "question"
    cia.types(f"nej {TEXT}").sees("Skriv också var i akten")
    view = cia.view
    assert view is not None
    assert view.kind == "motivation"
    cia.types(f"finns i akten, {WHERE}")
    assert kept_of(room, view.items[0]) == ("nej", TEXT, "reference", WHERE)


def test_the_form_keeps_the_text_and_asks_for_where(room: Room) -> None:
    cia, ref, item = asked_why(room)

    cia.types(f"formulär kollegial granskning {ref}").presses("Spara", {f"{item}.text": TEXT})
    cia.sees("Skriv också var i akten")
    assert kept_of(room, item) == ("nej", TEXT, "text", "")
    cia.presses("Spara", {f"{item}.place": WHERE})
    assert kept_of(room, item) == ("nej", TEXT, "text", WHERE)
    assert "Skriv också var i akten" not in cia.text


def test_a_case_whose_people_got_protected_has_only_where(room: Room) -> None:
    cia, ref, item = asked_why(room)
    takes_in(room, case_ref=ref, protected_identity="ja")

    cia.presses("Spara", {"Motivering": TEXT})
    assert kept_of(room, item) == ("nej", "", "", "")
    assert TEXT not in cia.text


def test_a_municipality_that_has_motivations_written_here_asks_for_no_place(room: Room) -> None:
    sets(room, "text")
    cia, _, item = asked_why(room)

    cia.types(TEXT)
    assert kept_of(room, item) == ("nej", TEXT, "text", "")
    assert cia.kind() == "question"


def test_a_typed_answer_works_again_when_a_case_has_been_raised_and_received(room: Room) -> None:
    begun(room, "cia", "dan")
    cecilia = room.chat("cecilia").installs()
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    declares(cia, ref)
    calibrates(cia)
    opens(cia, ref).presses("Ta upp nu").presses("Ta upp nu")
    sent = cia.shown
    cia.types("nej").sees("Fortsätt " + ref).presses("Fortsätt " + ref)  # no question was shown last, so it asks which
    assert cia.kind() == "question"
    cecilia.receives().presses("Mottaget")
    cia.presses("Tillbaka till granskningen", on=sent)
    assert cia.kind() == "question"
    cia.types("nej").sees("Varför är svaret Nej")


def test_going_on_from_a_new_card_shows_where_she_is_now(room: Room) -> None:
    begun(room, "cia", "dan")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    declares(cia, ref)
    calibrates(cia)
    opens(cia, ref)
    cia.presses("Ta upp nu").presses("Tillbaka till granskningen").presses("Ja")
    at = cia.view.item.item  # type: ignore[union-attr]
    cia.presses("Ta upp nu").presses("Tillbaka till granskningen").is_asked(at)
    cia.types("granska").presses("Fortsätt").is_asked(at)
    cia.presses("Ja")
    assert cia.view.item.item != at  # type: ignore[union-attr]
    at = cia.view.item.item  # type: ignore[union-attr]
    cia.types("granska").presses("Fortsätt").is_asked(at)


def test_what_is_drawn_in_an_open_round_is_in_no_other_and_what_is_only_begun_is_not_exported_as_reviewed(
    room: Room,
) -> None:
    mona = begun(room, "cia", "dan")
    draws(mona, {"Namn": "Andra omgången"}).sees("Inget ärende i perioden kan dras")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    declares(cia, ref)
    calibrates(cia)
    opens(cia, ref)

    found = room.desk.run_now(lambda session: list(round_rows(session, Selection())))
    assert {row[COLUMNS.index("reviewed")] for row in found} == {"nej"}


def test_when_a_reviewer_has_left_another_is_added_to_the_open_round_and_takes_over(room: Room) -> None:
    mona = begun(room, "cia", "dan")
    room.chat("elsa").installs()
    ref = drawn_for(room.chat("dan"))[0]
    move_in(room.desk, ("cia", "Cia Granskare", NORTH, "peer_reviewer"), days="2025-01-01,2026-05-11")

    mona.types("egenkontroll").presses("Öppna")
    place = [row.title.args["ref"] for row in mona.view.rows].index(ref)  # type: ignore[union-attr]
    mona.presses("Annan granskare", nth=place).sees("Ingen i omgången kan ta över")
    adds(mona, "elsa").presses("Annan granskare", nth=place)
    to = mona.view.fields[0].options[0].value  # type: ignore[union-attr]
    mona.presses("Byt granskare", {"to": to}).sees("Elsa Granskare granskar ärendet nu.")
    assert drawn_for(room.chat("elsa")) == [ref]
    assert drawn_for(room.chat("dan")) == []


def test_in_a_round_nothing_offers_a_missing_motivation_and_a_forged_one_says_nothing(
    room: Room,
) -> None:
    cia, ref, item = asked_why(room)
    assert "Motivering saknas" not in cia.buttons
    form = cia.types(f"formulär kollegial granskning {ref}")
    assert "Motivering saknas" not in form.text
    assert f"{item}.missing" not in str(form.card)
    forges(form, "Spara", {f"{item}.missing": "true"}).sees("varje Nej och Delvis ha en motivering")
    for line in ("nej", "motivering saknas"):
        cia.types(f"fortsätt kollegial granskning {ref}")
        cia.types(line)
        assert kept_of(room, item) == ("nej", "", "", ""), line
    assert "1 av" not in room.chat("mona").types("egenkontroll").text


def test_a_municipality_that_has_motivations_in_the_file_only_is_told_where_and_keeps_no_text(room: Room) -> None:
    sets(room, "reference")
    cia, ref, item = asked_why(room)

    cia.types(f"formulär kollegial granskning {ref}")
    assert f"{item}.text" not in str(cia.card)
    forges(cia, "Spara", {f"{item}.text": TEXT})
    assert kept_of(room, item) == ("nej", "", "", "")
    cia.types(f"fortsätt kollegial granskning {ref}")
    cia.presses("Finns i akten", {"Var i akten": WHERE})
    assert kept_of(room, item) == ("nej", "", "reference", WHERE)
    cia.types(f"vad saknas kollegial granskning {ref}")
    assert "Motiveringen saknas, eller var i akten den finns." not in cia.text


def test_the_titles_of_buttons_that_are_not_shown_lead_to_the_rounds_when_they_are_typed(room: Room) -> None:
    mona = begun(room, "cia", "dan")
    for line in ("ny omgång", "starta omgång", "Stäng omgång", "samstämmighet", "close round"):
        mona.types(line).sees("Omgångarna, den senaste först.")
    for line in ("börja granska", "Kalibrera"):
        room.chat("cia").types(line).sees("Att granska").sees("Kalibrera först")
