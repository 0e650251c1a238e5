"""Reminders in whole conversations: who is reminded of what and when, what is dropped, and who is told instead."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any, get_args

import pytest
from sqlmodel import select

from checklists.lifecycle import READER, State
from checklists.reminder_rules import Rule
from dialogs.messages import stand_in
from dialogs.messages.reminder_content import SENTENCES
from dialogs.messages.tell import PROMPT
from storage import outbox, tenants, trail
from storage.desk import Session
from storage.filled import FilledRow
from storage.outbox import OutboxRow
from storage.people import PersonRow
from storage.returns import ReturnRow, add
from storage.told_reminders import ToldRow
from tests.chat.drive import TEXTS, fills, opens
from tests.chat.harness import NORTH, REF, STOCKHOLM, TENANT, Chat, Room, object_id
from tests.chat.read_drive import begins, reads
from tests.chat.test_sending import ALL
from tests.sql.import_files import import_people
from tests.waiting import PATIENCE

REASON = "Påhittad kommentar som ingen påminnelse får visa"


def morning(day: str, clock: str = "08:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=STOCKHOLM)


ON_DUTY = ["doris@example.invalid"]


def sets(room: Room, ref: str = REF, **values: Any) -> None:
    """Set columns of a case; dates as ISO strings."""

    row = room.case(ref)

    def work(session: Session) -> None:
        case = session.merge(row)
        for name, value in values.items():
            setattr(case, name, date.fromisoformat(value) if name.endswith("_on") else value)
        trail.record(session, case.tenant_id, room.now, "cli:test", "dates_set", case_id=case.id)

    room.desk.run_now(work)


def joins(room: Room, name: str, role: str, unit: str = NORTH, first: str = "", last: str = "") -> Chat:
    """Register a made-up person, who installs the app."""
    columns = "tenant_id,object_id,email,name,unit,role,valid_from,valid_to"
    row = f"{TENANT},{object_id(name)},{name}@example.invalid,{name.title()} Påhittad,{unit},{role},{first},{last}"
    raw = f"{columns}\n{row}".encode()
    room.desk.run_now(lambda session: import_people(session, raw, frozenset(), room.now, "cli:test"))
    return room.chat(name).installs()


def sweeps_on(room: Room, day: str, clock: str = "08:00") -> None:
    room.now = morning(day, clock)
    room.sweeps()


@pytest.fixture
def cecilia(room: Room) -> Chat:
    return room.chat("cecilia").installs()


@pytest.fixture
def planned(anna: Chat, room: Room, cecilia: Chat) -> Chat:
    """Anna's basis, with gaps and the decision planned for Friday 29 May."""
    anna.installs()
    fills(opens(anna, **ALL), until="police_report_decided")
    sets(room, planned_decision_on="2026-05-29")
    return anna


# --- the bundle --------------------------------------------------------------------------------------------


def test_every_reminder_has_a_sentence_and_a_place_in_the_order() -> None:
    assert set(SENTENCES) == set(get_args(Rule))


def test_three_working_days_before_the_decision_the_worker_is_told_the_exact_gaps_and_the_chef_on_the_last(
    planned: Chat, room: Room, cecilia: Chat
) -> None:
    sweeps_on(room, "2026-05-25")
    assert planned.reminded() == cecilia.reminded() == 0

    sweeps_on(room, "2026-05-26")
    assert (planned.reminded(), cecilia.reminded()) == (1, 0)
    sweeps_on(room, "2026-05-28")
    assert (planned.reminded(), cecilia.reminded()) == (1, 1)

    for chat in (planned, cecilia):
        chat.sees("Påminnelse", REF, "Beslut är planerat till 2026-05-29.", "polisanmälan?")
        chat.sees_no("Har barnet kommit till tals", TEXTS["motivation"])
    assert planned.buttons == ["Ja", "Nej", "Ej tillämpligt", f"Öppna {REF}", "Påminn i morgon"]
    planned.presses(f"Öppna {REF}").is_asked("police_report_decided")


def test_each_of_the_two_days_is_told_once(planned: Chat, room: Room) -> None:
    mornings = [("2026-05-26", 1), ("2026-05-27", 0), ("2026-05-28", 1), ("2026-05-29", 0)]
    for day, count in mornings:
        sweeps_on(room, day)
        assert planned.reminded() == count, day
        room.sweeps()
        room.later(hours=3)
        room.sweeps()
        assert planned.reminded() == 0, "notified twice in a day"


def test_after_the_planned_day_the_worker_alone_is_asked_once_whether_it_was_decided(
    planned: Chat, room: Room, cecilia: Chat
) -> None:
    sweeps_on(room, "2026-06-01")

    assert planned.reminded() == 1
    planned.sees("Beslut var planerat till 2026-05-29. Är det fattat?")
    assert cecilia.reminded() == 0
    sweeps_on(room, "2026-06-02")
    assert planned.reminded() == 0


@pytest.mark.parametrize("name", ["decided_on", "closed_on"])
def test_a_decision_or_a_closing_answers_it(planned: Chat, room: Room, name: str) -> None:
    sets(room, **{name: "2026-05-29"})
    sweeps_on(room, "2026-06-01")

    assert planned.reminded() == 0


def test_a_gap_closed_before_the_message_goes_is_not_named_and_with_the_last_one_nothing_goes(
    planned: Chat, room: Room, cecilia: Chat
) -> None:
    sweeps_on(room, "2026-05-28")
    planned.types("fortsätt").presses("Ja")

    assert cecilia.reminded() == 1
    cecilia.sees("Finns en motivering till beslutet kring polisanmälan?").sees_no(
        "Har beslut tagits kring polisanmälan?"
    )

    fills(planned)
    assert planned.reminded() == 0
    assert room.scalar("select count(*) from outbox where state = 'dropped'") == 1


def test_what_fell_away_may_come_again_when_it_holds_again(planned: Chat, room: Room) -> None:
    sweeps_on(room, "2026-05-26")
    fills(planned)
    assert planned.reminded() == 0
    planned.types("ändra 10").presses("Motivering saknas")

    sweeps_on(room, "2026-05-27")

    assert planned.reminded() == 1


def test_a_list_nobody_has_begun_misses_everything(anna: Chat, room: Room) -> None:
    anna.types(f"ny {REF}")
    sets(room, planned_decision_on="2026-05-29")

    sweeps_on(room, "2026-05-26")

    assert anna.reminded() == 1
    anna.sees("Är det ett våldsärende?", "Har barnet kommit till tals under utredning?")
    anna.presses(f"Öppna {REF}").sees("Uppgifter som avgör")


def test_all_cases_of_a_morning_come_in_one_message_that_fits(anna: Chat, room: Room) -> None:
    for number in range(11):
        anna.types(f"ny SN 2026/{number}")
        sets(room, f"SN 2026/{number}", planned_decision_on="2026-05-29", children=3)

    sweeps_on(room, "2026-05-26")

    assert anna.reminded() == 1  # the oracle checks its size
    anna.sees(
        "SN 2026/0",
        "Barn 2: Har barnet kommit till tals",
        "Påminnelser finns också för:",
        "SN 2026/10: det som saknas i underlaget",
    )
    assert len(anna.buttons) == 9


def test_a_reader_who_chose_english_is_reminded_in_english(planned: Chat, room: Room) -> None:
    planned.types("språk en")
    sweeps_on(room, "2026-05-26")

    assert planned.reminded() == 1
    planned.sees(
        "Reminder", "The decision is planned for 2026-05-29.", "Has a decision been taken about a police report?"
    )
    assert planned.buttons == ["Yes", "No", "Not applicable", f"Open {REF}", "Remind me tomorrow"]


# --- when ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "clock", "swept"),
    [
        ("2026-05-26", "07:59", False),
        ("2026-05-26", "08:00", True),
        ("2026-05-26", "16:29", True),
        ("2026-05-26", "16:30", False),
        ("2026-05-23", "10:00", False),
        ("2026-06-19", "10:00", False),
    ],
)
def test_a_sweep_runs_in_office_hours_of_a_working_day(
    planned: Chat, room: Room, day: str, clock: str, swept: bool
) -> None:
    sweeps_on(room, day, clock)

    assert room.scalar("select count(*) from sweep") == swept


def test_a_morning_that_was_missed_is_caught_up(planned: Chat, room: Room) -> None:
    sweeps_on(room, "2026-05-27", "13:12")

    assert planned.reminded() == 1


def test_a_tenants_own_free_day_and_hours_are_heeded(planned: Chat, room: Room) -> None:
    settings = '{"free_days": ["2026-05-28"], "office_opens": "09:00"}'
    room.desk.run_now(lambda s: s.connection().exec_driver_sql("update tenant set settings = ?", (settings,)))

    sweeps_on(room, "2026-05-25", "08:59")
    assert planned.reminded() == 0
    sweeps_on(room, "2026-05-25", "09:00")
    assert planned.reminded() == 1


def test_what_could_not_go_before_the_office_closed_comes_the_next_morning_and_not_at_night(
    planned: Chat, room: Room
) -> None:
    sweeps_on(room, "2026-05-26", "16:29")
    room.now = morning("2026-05-26", "16:31")
    assert planned.reminded() == 0

    sweeps_on(room, "2026-05-27")
    assert planned.reminded() == 1


def test_yesterdays_message_is_not_sent_in_addition_to_todays(planned: Chat, room: Room) -> None:
    sweeps_on(room, "2026-05-26")
    room.now = morning("2026-05-27", "08:00")

    assert planned.reminded() == 0
    room.sweeps()
    assert planned.reminded() == 1


@pytest.mark.parametrize(("state", "comes"), [("waiting", 1), ("uncertain", 1), ("stopped", 1), ("sent", 0)])
def test_what_a_day_could_not_tell_for_certain_is_told_the_next(
    planned: Chat, room: Room, state: str, comes: int
) -> None:
    sweeps_on(room, "2026-05-28")
    room.desk.run_now(lambda s: s.connection().exec_driver_sql("update outbox set state = ?", (state,)))

    sweeps_on(room, "2026-05-28", "12:00")
    assert room.count(OutboxRow) == 2
    sweeps_on(room, "2026-05-29")

    assert planned.reminded() == comes
    room.later(hours=1)
    assert planned.reminded() == 0


# --- Påminn i morgon ---------------------------------------------------------------------------------------


def test_a_snoozed_bundle_comes_again_the_next_working_day_if_it_still_holds(planned: Chat, room: Room) -> None:
    sets(room, planned_decision_on="2026-06-02")
    sweeps_on(room, "2026-05-28")
    assert planned.reminded() == 1
    bundle = planned.shown
    planned.presses("Påminn i morgon").sees("Påminnelsen kommer igen 2026-05-29")
    planned.presses("Påminn i morgon", on=bundle).sees("2026-05-29")

    sweeps_on(room, "2026-05-29")
    assert planned.reminded() == 1
    planned.sees("Beslut är planerat till 2026-06-02.", "polisanmälan?").presses("Påminn i morgon").sees("2026-06-01")
    fills(planned.types("fortsätt"))
    sweeps_on(room, "2026-06-01")

    assert planned.reminded() == 0
    assert len(room.events("snoozed")) == 2


# --- the other rules ---------------------------------------------------------------------------------------


def test_a_list_nobody_reads_is_told_to_the_chef_and_then_to_the_manager(anna: Chat, room: Room, cecilia: Chat) -> None:
    boss = joins(room, "maria", "manager", unit="")
    fills(opens(anna, **ALL)).presses("Skicka till chef")

    sweeps_on(room, "2026-05-13")
    assert cecilia.reminded() == 0
    sweeps_on(room, "2026-05-15")  # the 14th is Ascension Day
    assert (cecilia.reminded(), boss.reminded()) == (1, 0)
    cecilia.sees("Underlaget skickades till chef 2026-05-12 och är inte läst än.")
    sweeps_on(room, "2026-05-18")
    assert (cecilia.reminded(), boss.reminded()) == (0, 0)
    sweeps_on(room, "2026-05-19")
    assert (cecilia.reminded(), boss.reminded(), anna.reminded()) == (0, 1, 0)
    boss.sees("fortfarande inte läst", REF).sees_no("Har barnet")
    assert boss.buttons == ["Påminn i morgon"]


def test_a_reading_that_is_finished_stops_it_and_one_from_before_the_sending_does_not(
    anna: Chat, room: Room, cecilia: Chat
) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")

    def reads(seen_at: datetime) -> None:
        def work(session: Session) -> None:
            mine = session.get_one(FilledRow, 1)
            row = FilledRow(**mine.model_dump(exclude={"id", "sent_at"}))
            row.role, row.person_id, row.status, row.seen_at = READER, 99, State.READ, seen_at
            session.add(row)

        room.desk.run_now(work)

    reads(morning("2026-05-12", "09:00"))
    sweeps_on(room, "2026-05-15")
    assert cecilia.reminded() == 1
    room.desk.run_now(
        lambda s: s.connection().exec_driver_sql("update filled_checklist set seen_at = '2026-05-12 11:00:00'")
    )
    cecilia.presses("Påminn i morgon")
    sweeps_on(room, "2026-05-18")
    assert cecilia.reminded() == 0


def returns_it(room: Room, at: datetime) -> None:
    def work(session: Session) -> None:
        mine = session.get_one(FilledRow, 1)
        mine.status = State.RETURNED
        row = ReturnRow(
            tenant_id=mine.tenant_id,
            case_id=mine.case_id,
            checklist=mine.checklist,
            occasion=1,
            person_id=6,
            role="unit_manager",
            at=at,
            nonce="n",
            comment=b"",
        )
        mine.return_id = add(session, row, REASON, [(1, "child_heard", 1)]).id

    room.desk.run_now(work)


def test_a_returned_list_left_alone_is_told_to_the_workers_once_with_the_questions(
    anna: Chat, bo: Chat, room: Room, cecilia: Chat
) -> None:
    bo.installs()
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    bo_id = room.scalar("select id from person where name like 'Bo %'")
    sets(room, co_id=bo_id)
    returns_it(room, room.now)

    sweeps_on(room, "2026-05-15")

    assert (anna.reminded(), bo.reminded(), cecilia.reminded()) == (1, 1, 0)
    bo.sees("återlämnades 2026-05-12", "Har barnet kommit till tals under utredning?").sees_no(REASON)
    sweeps_on(room, "2026-05-18")
    assert anna.reminded() == 0


def test_a_returned_list_that_was_touched_is_not(anna: Chat, room: Room) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    returns_it(room, room.now)
    room.later(hours=1)
    anna.types("ändra 1").presses("Nej")

    sweeps_on(room, "2026-05-15")

    assert anna.reminded() == 0


def test_fourteen_days_are_told_on_three_days_and_the_last_asks_for_the_reason(anna: Chat, room: Room) -> None:
    anna.types(f"ny {REF}")
    sets(room, received_on="2026-05-12")
    words = {
        "2026-05-22": "ska vara klar senast 2026-05-26",
        "2026-05-26": "ska vara klar senast 2026-05-26",
        "2026-05-27": "skulle ha varit klar 2026-05-26. Ange skälet",
    }
    sweeps_on(room, "2026-05-12", "15:30")
    assert anna.reminded() == 1  # SKYDD
    for day in range(13, 32):
        sweeps_on(room, f"2026-05-{day}")
        written = words.get(f"2026-05-{day}")
        assert anna.reminded() == bool(written), day
        if written:
            anna.sees(written)
            assert ("▲ Försenat" in anna.text) == (day == 27)


def test_violence_is_to_be_opened_at_once(anna: Chat, room: Room) -> None:
    opens(anna, violence="ja")
    sets(room, received_on="2026-05-12")
    sweeps_on(room, "2026-05-12", "11:00")
    anna.reminded()

    anna.sees("Våldsärende: utredning ska inledas utan dröjsmål, enligt kommunens mått senast 2026-05-13.")
    sweeps_on(room, "2026-05-12", "15:30")
    assert anna.reminded() == 1  # SKYDD
    sweeps_on(room, "2026-05-13")
    assert anna.reminded() == 1
    anna.sees("senast 2026-05-13.").sees_no("ange skälet")
    sweeps_on(room, "2026-05-15")  # the fourteenth is Ascension Day
    assert anna.reminded() == 1
    anna.sees(
        "Försenat: våldsärende, utredning skulle enligt kommunens mått ha inletts senast 2026-05-13.", "ange skälet"
    )


def test_four_months_what_was_under_way_and_the_follow_up(anna: Chat, room: Room) -> None:
    anna.installs()
    facts = {**ALL, "intervention_decided": "ja"}
    fills(opens(anna, **facts), {"child_informed_decision": "pagaende"})
    sets(room, opened_on="2026-02-09")

    sweeps_on(room, "2026-06-02")
    assert anna.reminded() == 1
    anna.sees("Utredningen ska vara klar senast 2026-06-09.")
    sets(room, decided_on="2026-06-05")
    sweeps_on(room, "2026-06-12")
    assert anna.reminded() == 1
    anna.sees("Beslutet fattades 2026-06-05.", "information").sees_no("Har barnet kommit till tals")
    sweeps_on(room, "2026-12-04")
    assert anna.reminded() == 1
    anna.sees("Det är sex månader sedan insatsen beslutades, 2026-06-05.")
    assert anna.buttons == [f"Öppna {REF}", "Påminn i morgon"]
    sweeps_on(room, "2027-06-04")
    assert anna.reminded() == 1
    anna.sees("Det är 12 månader sedan insatsen beslutades, 2026-06-05.")
    sets(room, closed_on="2027-06-15")
    sweeps_on(room, "2027-12-03")
    assert anna.reminded() == 0


def test_the_day_after_four_months_the_reason_is_asked_for_and_given_from_the_reminder(anna: Chat, room: Room) -> None:
    anna.installs()
    fills(opens(anna, **ALL))
    sets(room, opened_on="2026-02-09", planned_decision_on="2026-12-01")
    sweeps_on(room, "2026-06-10")
    assert anna.reminded() == 1
    anna.sees("Försenat: utredningen skulle ha varit klar 2026-06-09. Ange skälet").sees_no("Fatta beslut")

    anna.presses("Förläng").sees("Förläng")


# --- SKYDD -------------------------------------------------------------------------------------------------


def test_a_report_is_told_of_two_hours_after_it_was_entered_and_once(anna: Chat, room: Room, cecilia: Chat) -> None:
    anna.types(f"ny {REF}")  # at 10:42
    sets(room, received_on="2026-05-12")
    for clock in ("10:42", "12:41"):
        sweeps_on(room, "2026-05-12", clock)
        assert anna.reminded() == cecilia.reminded() == 0

    sweeps_on(room, "2026-05-12", "12:42")
    room.sweeps()

    assert anna.reminded() == cecilia.reminded() == 1
    anna.sees("Skyddsbedömning i dag", REF, "2026-05-12", "Har en omedelbar skyddsbedömning gjorts?")
    assert anna.buttons == ["Ja", "Nej", f"Öppna {REF}"]
    for day, clock in (("2026-05-12", "15:30"), ("2026-05-12", "23:00"), ("2026-05-13", "15:30")):
        sweeps_on(room, day, clock)
        assert anna.reminded() == cecilia.reminded() == 0


def test_one_entered_late_in_the_day_is_told_of_at_half_past_three(anna: Chat, room: Room, cecilia: Chat) -> None:
    room.now = morning("2026-05-12", "14:40")
    anna.types(f"ny {REF}")
    sets(room, received_on="2026-05-12")
    sweeps_on(room, "2026-05-12", "15:29")
    assert anna.reminded() == cecilia.reminded() == 0
    sweeps_on(room, "2026-05-12", "15:30")
    assert anna.reminded() == cecilia.reminded() == 1

    room.now = morning("2026-05-12", "16:05")
    anna.types("ny SN 2026/2")
    sets(room, "SN 2026/2", received_on="2026-05-12")
    room.sweeps()
    assert anna.reminded() == cecilia.reminded() == 1


def test_outside_office_hours_the_chef_is_told_at_once_and_the_worker_when_the_office_opens(
    anna: Chat, room: Room, cecilia: Chat
) -> None:
    room.now = morning("2026-05-16", "23:40")  # a Saturday night
    anna.types(f"ny {REF}")
    sets(room, received_on="2026-05-16")

    room.sweeps()
    room.sweeps()
    assert (anna.reminded(), cecilia.reminded()) == (0, 1)

    sweeps_on(room, "2026-05-18")
    assert (anna.reminded(), cecilia.reminded()) == (1, 0)
    anna.sees("En anmälan kom in 2026-05-16.", "Har en omedelbar skyddsbedömning gjorts?")


def test_a_report_that_came_since_the_last_working_day_is_told_of_too(anna: Chat, room: Room, cecilia: Chat) -> None:
    room.now = morning("2026-05-18", "08:30")  # a Monday
    for number, day in ((1, "14"), (2, "15"), (3, "17")):  # the fourteenth is Ascension Day
        anna.types(f"ny SN 2026/{number}")
        sets(room, f"SN 2026/{number}", received_on=f"2026-05-{day}")
    sweeps_on(room, "2026-05-18", "10:29")
    assert cecilia.reminded() == 0
    sweeps_on(room, "2026-05-18", "10:30")
    assert cecilia.reminded() == 2
    told = [f"{reply.view.cases}" for reply in cecilia.received]  # type: ignore[union-attr]
    assert not [view for view in told if "SN 2026/1" in view]


def test_outside_office_hours_who_is_on_duty_is_told_in_the_chefs_place(anna: Chat, room: Room, cecilia: Chat) -> None:
    room.desk.run_now(lambda session: tenants.set_setting(tenants.known(session, TENANT), "out_of_hours", ON_DUTY))
    doris = room.chat("doris").installs()
    for number, day in ((1, "16"), (2, "16"), (3, "18")):
        anna.types(f"ny SN 2026/{number}")
        sets(room, f"SN 2026/{number}", received_on=f"2026-05-{day}", protected_identity=number == 2)
    room.now = morning("2026-05-16", "23:40")  # a Saturday night

    room.sweeps()
    assert (anna.reminded(), doris.reminded(), cecilia.reminded()) == (0, 1, 1)
    doris.sees("Skyddsbedömning i dag", "SN 2026/1", "Har en omedelbar skyddsbedömning gjorts?")
    assert doris.buttons == []
    cecilia.sees("SN 2026/2")

    room.now = morning("2026-05-18", "10:00")
    room.sweeps()
    assert (doris.reminded(), cecilia.reminded()) == (0, 2)  # of the night, and of today's


def test_a_report_from_before_the_last_working_day_or_with_an_answer_is_not(
    anna: Chat, room: Room, cecilia: Chat
) -> None:
    anna.types(f"ny {REF}")
    sets(room, received_on="2026-05-08")
    sweeps_on(room, "2026-05-12", "15:30")
    assert cecilia.reminded() == 0

    anna.types("ny SN 2026/2")
    sets(room, "SN 2026/2", received_on="2026-05-12")
    row = "insert into filled_checklist (tenant_id, case_id, unit_id, checklist, version, occasion, child, role, {})"
    row = row.format("person_id, round_id, file_part, status, begun_at")
    values = "values (1, 2, 1, 'intake', 1, 1, 0, 'case_worker', 0, 0, '', 'open', '2026-05-12 08:00:00')"
    answer = (
        "insert into answer (tenant_id, filled_id, item_id, revision, choice, option, motivation_kind, at, act, {})"
    )
    answered = "values (1, 1, 'protection_assessment_made', 1, 'ja', '', '', '2026-05-12 08:00:00', '', '')"

    def work(session: Session) -> None:
        session.connection().exec_driver_sql(f"{row} {values}")
        session.connection().exec_driver_sql(f"{answer.format('undo_of')} {answered}")

    room.desk.run_now(work)
    sweeps_on(room, "2026-05-12", "15:45")
    assert cecilia.reminded() == 0


# --- who ---------------------------------------------------------------------------------------------------


def test_the_deputy_is_told_in_the_chefs_place_while_one_is_named(planned: Chat, room: Room, cecilia: Chat) -> None:
    deputy = joins(room, "disa", "deputy", first="2026-05-01", last="2026-05-29")

    sweeps_on(room, "2026-05-28")
    assert (cecilia.reminded(), deputy.reminded()) == (0, 1)
    sets(room, planned_decision_on="2026-06-05")
    sweeps_on(room, "2026-06-04")
    assert (cecilia.reminded(), deputy.reminded()) == (1, 0)


def test_a_deputy_without_the_app_leaves_it_to_the_chef(planned: Chat, room: Room, cecilia: Chat) -> None:
    joins(room, "disa", "deputy", first="2026-05-01", last="2026-05-29")
    room.desk.run_now(
        lambda s: s.connection().exec_driver_sql("delete from conversation where channel_id like '%disa'")
    )

    sweeps_on(room, "2026-05-28")

    assert cecilia.reminded() == 1


def test_what_goes_past_the_chef_reaches_the_manager_when_no_deputy_has_the_app(
    anna: Chat, room: Room, cecilia: Chat
) -> None:
    boss = joins(room, "maria", "manager", unit="")
    joins(room, "disa", "deputy", first="2026-05-01", last="2026-05-29")
    room.desk.run_now(
        lambda s: s.connection().exec_driver_sql("delete from conversation where channel_id like '%disa'")
    )
    fills(opens(anna, **ALL)).presses("Skicka till chef")

    sweeps_on(room, "2026-05-19")

    assert boss.reminded() == 1
    boss.sees(REF, "fortfarande inte läst")


def test_of_a_protected_identity_it_reaches_the_chef_when_no_deputy_has_the_app(
    anna: Chat, room: Room, cecilia: Chat
) -> None:
    boss = joins(room, "maria", "manager", unit="")
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    sets(room, protected_identity=True)
    joins(room, "disa", "deputy", first="2026-05-01", last="2026-05-29")
    room.desk.run_now(
        lambda s: s.connection().exec_driver_sql("delete from conversation where channel_id like '%disa'")
    )

    sweeps_on(room, "2026-05-19")

    assert (cecilia.reminded(), boss.reminded()) == (1, 0)
    cecilia.sees(REF, "fortfarande inte läst")


def test_what_the_gone_workers_were_to_be_told_reaches_the_chef_when_no_deputy_has_the_app(
    planned: Chat, room: Room, cecilia: Chat
) -> None:
    joins(room, "disa", "deputy", first="2026-05-01", last="2026-06-29")
    room.desk.run_now(
        lambda s: s.connection().exec_driver_sql("delete from conversation where channel_id like '%disa'")
    )
    joins(room, "anna", "case_worker", last="2026-05-20")

    sweeps_on(room, "2026-06-01")

    assert cecilia.reminded() == 1
    cecilia.sees(REF, "Beslut var planerat till 2026-05-29")


def test_with_several_chefs_a_deputy_replaces_only_the_one_she_stands_in_for(
    planned: Chat, room: Room, cecilia: Chat
) -> None:
    other = joins(room, "carl", "unit_manager")
    deputy = joins(room, "disa", "deputy", first="2026-05-01", last="2026-06-27")

    sweeps_on(room, "2026-05-28")
    assert (cecilia.reminded(), other.reminded(), deputy.reminded()) == (1, 1, 1)
    room.desk.run_now(
        lambda s: s.connection().exec_driver_sql(
            "update role set stands_in_for_id = (select id from person where name like 'Carl%') where role = 'deputy'"
        )
    )
    sets(room, planned_decision_on="2026-06-05")
    sweeps_on(room, "2026-06-04")
    assert (cecilia.reminded(), other.reminded(), deputy.reminded()) == (1, 0, 1)


def test_a_chef_is_not_told_as_chef_of_a_case_of_her_own(room: Room, cecilia: Chat) -> None:
    joins(room, "cecilia", "case_worker")
    deputy = joins(room, "disa", "deputy", first="2026-05-01", last="2026-06-27")
    fills(opens(cecilia, **ALL)).presses("Skicka till chef")

    sweeps_on(room, "2026-05-15")

    assert (cecilia.reminded(), deputy.reminded()) == (0, 1)


def test_of_protected_identity_only_workers_chefs_and_deputies_are_told(anna: Chat, room: Room, cecilia: Chat) -> None:
    boss = joins(room, "maria", "manager", unit="")
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    sets(room, protected_identity=True)

    for day in ("2026-05-15", "2026-05-19", "2026-05-20"):
        sweeps_on(room, day)

    assert boss.reminded() == 0
    assert room.scalar("select count(*) from told where rule = 'TYST'") == 1
    boss_id = room.scalar("select id from person where name like 'Maria%'")
    assert room.scalar(f"select count(*) from told where person_id = {boss_id}") == 0


def test_identity_that_was_protected_after_the_sweep_is_heeded_at_sending(anna: Chat, room: Room) -> None:
    boss = joins(room, "maria", "manager", unit="")
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    for day in ("2026-05-15", "2026-05-19"):
        sweeps_on(room, day)
    sets(room, protected_identity=True)

    assert boss.reminded() == 0


def test_a_prompt_on_its_way_is_not_told_to_whoever_is_chef_no_more(anna: Chat, room: Room, cecilia: Chat) -> None:
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    joins(room, "cecilia", "unit_manager", first="2026-05-01", last="2026-05-12")
    room.now = morning("2026-05-13")

    assert cecilia.arrives() == 0


@pytest.mark.parametrize("protected", [False, True])
def test_that_nobody_reads_a_case_is_told_without_its_number_where_it_is_protected_by_then(
    anna: Chat, room: Room, protected: bool
) -> None:
    boss = joins(room, "maria", "manager", unit="")
    fills(opens(anna, **ALL)).presses("Skicka till chef")
    sets(room, protected_identity=protected)

    boss.receives().sees("Ett underlag saknar läsare", "är skickat för läsning")
    boss.sees_no(REF) if protected else boss.sees(REF)


@pytest.mark.parametrize("protected", [False, True])
def test_that_somebody_is_not_reached_is_told_without_the_number_of_a_case_that_is_protected_by_then(
    anna: Chat, room: Room, cecilia: Chat, protected: bool
) -> None:
    boss = joins(room, "maria", "manager", unit="")
    fills(opens(anna, **ALL)).presses("Skicka till chef")

    def hand_over(session: Session) -> None:
        query = select(OutboxRow).where(OutboxRow.kind == PROMPT, OutboxRow.state == outbox.WAITING)
        stand_in.hand_over(session, session.exec(query).one(), room.now)

    room.desk.run_now(hand_over)
    sets(room, protected_identity=protected)

    boss.receives().sees("Ett meddelande kom inte fram", "kunde inte nås i Teams")
    boss.sees_no(REF).sees("ett ärende med skyddade personuppgifter") if protected else boss.sees(REF)


def test_someone_without_the_app_is_told_when_she_has_it(planned: Chat, room: Room) -> None:
    joins(room, "carl", "unit_manager")
    room.desk.run_now(
        lambda s: s.connection().exec_driver_sql("delete from conversation where channel_id like '%carl'")
    )
    sweeps_on(room, "2026-05-28")
    carl = room.chat("carl").installs()

    sweeps_on(room, "2026-05-29")

    assert carl.reminded() == 1


def test_someone_who_removed_the_app_is_stood_in_for(planned: Chat, room: Room, cecilia: Chat) -> None:
    boss = joins(room, "maria", "manager", unit="")
    cecilia.removes()

    sweeps_on(room, "2026-05-28")

    assert (cecilia.reminded(), boss.reminded()) == (0, 1)
    boss.sees("Det här saknas i underlaget", REF)


def test_no_manager_stands_in_on_a_protected_case(planned: Chat, room: Room, cecilia: Chat) -> None:
    boss = joins(room, "maria", "manager", unit="")
    sets(room, protected_identity=True)
    cecilia.removes()

    sweeps_on(room, "2026-05-26")

    assert room.count(ToldRow) == 1
    assert (planned.reminded(), cecilia.reminded(), boss.reminded()) == (1, 0, 0)


def test_nothing_of_a_case_stands_in_the_outbox(planned: Chat, room: Room) -> None:
    sweeps_on(room, "2026-05-28")

    def views(session: Session) -> list[str]:
        rows = [session.get_one(OutboxRow, number) for number in (1, 2)]
        return [outbox.view_of(session, row) for row in rows if row.once]

    found = room.desk.run_now(views)
    assert len(found) == 2
    assert not [view for view in found if REF in view]


# --- mina ärenden ------------------------------------------------------------------------------------------


def test_my_cases_tells_the_nearest_clock_that_runs_and_what_follows_a_closed_one(anna: Chat, room: Room) -> None:
    anna.types(f"ny {REF}")
    sets(room, received_on="2026-05-04", planned_decision_on="2026-06-30")
    anna.types("mina ärenden").sees("Förhandsbedömningen ska vara klar 2026-05-18")

    sets(room, opened_on="2026-05-08")
    anna.types("mina ärenden").sees("Planerat beslut 2026-06-30").sees_no("Ny utredning")
    sets(room, earlier_closed_on="2026-05-05", planned_decision_on="2026-09-30")
    anna.types("mina ärenden").sees("Utredningstiden går ut 2026-09-08", "Ny utredning direkt efter en avslutad")


# --- both databases ----------------------------------------------------------------------------------------


def test_a_morning_on_either_database(either_room: Room) -> None:
    room = either_room
    anna, cecilia = room.chat("anna").installs(), room.chat("cecilia").installs()
    fills(opens(anna, **ALL), until="police_report_decided")
    sets(room, planned_decision_on="2026-05-29", received_on="2026-05-28")

    sweeps_on(room, "2026-05-28")
    room.sweeps()

    assert (anna.reminded(), cecilia.reminded()) == (2, 2)  # SKYDD and the bundle
    anna.sees("Det här saknas i underlaget").presses("Påminn i morgon")
    sweeps_on(room, "2026-05-29")
    assert (anna.reminded(), cecilia.reminded()) == (1, 0)
    assert room.count(ToldRow) == 4


def test_two_replicas_sweep_a_morning_once(either_room: Room) -> None:
    room = either_room
    anna = room.chat("anna").installs()
    for number in range(25):
        anna.types(f"ny SN 2026/{number}")
        sets(room, f"SN 2026/{number}", planned_decision_on="2026-05-29")
    room.now = morning("2026-05-26")
    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(room.sweeps) for _ in range(2)]:
            running.result(timeout=PATIENCE)

    assert anna.reminded() == 1
    assert room.count(ToldRow) == 25
    assert len(room.events("swept")) == 1


@pytest.mark.parametrize(
    ("around", "reminders"), [("2026-03-30T08:00", 1), ("2026-03-29T02:30", 0), ("2026-03-31T00:00", 1)]
)
def test_replicas_whose_clocks_are_ninety_seconds_apart_tell_everything_once(
    anna: Chat, room: Room, around: str, reminders: int
) -> None:
    """The first is the morning after the switch to summer time; the last is SKYDD for a report the night before it."""
    anna.installs()
    fills(opens(anna, **ALL), until="police_report_decided")
    sets(room, planned_decision_on="2026-04-02")
    middle = datetime.fromisoformat(around).replace(tzinfo=STOCKHOLM)
    if middle.hour == 0:
        sets(room, received_on="2026-03-30")
    told, chat = 0, room.chat("cecilia").installs() if middle.hour == 0 else anna
    for half_minutes in range(-10, 11):
        for skew in (-90, 90):
            room.now = middle + timedelta(seconds=30 * half_minutes + skew)
            room.sweeps()
            told += chat.reminded()

    assert told == reminders


# --- answered where it stands ----------------------------------------------------------------------------------------


def test_the_first_question_is_answered_in_the_reminder_with_one_press(planned: Chat, room: Room) -> None:
    sweeps_on(room, "2026-05-26")
    planned.receives().sees("Har beslut tagits kring polisanmälan?", "Hela meddelandet:")
    assert planned.buttons == ["Ja", "Nej", "Ej tillämpligt", f"Öppna {REF}", "Påminn i morgon"]
    card = planned.shown

    planned.presses("Ja").is_asked("police_report_motivated")
    assert planned.written("police_report_decided").choice == "ja"
    planned.presses("Nej", on=card).sees("Redan besvarad")
    assert planned.written("police_report_decided").choice == "ja"


def test_a_question_on_a_card_with_fields_is_one_press_away(anna: Chat, room: Room) -> None:
    anna.installs()
    opens(anna, **ALL).presses("Ja")
    sets(room, planned_decision_on="2026-05-29")
    sweeps_on(room, "2026-05-26")

    anna.receives().presses("Besvara 3").is_asked("child_informed_report")


def test_the_chef_has_no_answers_in_hers(planned: Chat, room: Room, cecilia: Chat) -> None:
    sweeps_on(room, "2026-05-28")
    assert "Ja" not in cecilia.receives().buttons


def test_what_was_ongoing_is_answered_there(planned: Chat, room: Room) -> None:
    fills(planned.types("fortsätt"))
    planned.types("ändra 5").presses("Spara", {"child_informed_decision": "Pågår"})
    sets(room, decided_on="2026-05-20")
    sweeps_on(room, "2026-05-27")

    planned.receives().sees("Hur gick det?", "Har barnet fått information om beslutet?")
    planned.presses("Besvara 6").is_asked("child_informed_report")


# --- Inte än ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(anna: Chat, room: Room, cecilia: Chat) -> Chat:
    """Anna, reminded on 27 May of two answers that were under way in a signed case, decided on the 20th."""
    going = dict.fromkeys(("child_informed_decision", "health_check_done"), "pagaende")
    fills(opens(anna.installs(), **PLACED), going).presses("Skicka till chef")
    reads(begins(cecilia), going).presses("Visa skillnader").presses("Signera")
    sets(room, decided_on="2026-05-20")
    sweeps_on(room, "2026-05-27")
    cecilia.prompts().clear()
    return anna.receives()


def mornings(room: Room, chat: Chat, first: str, last: str) -> list[str]:
    """Return the days between two on which somebody is reminded."""
    days = [str(_day(first) + timedelta(days=n)) for n in range((_day(last) - _day(first)).days + 1)]
    found = []
    for day in days:
        sweeps_on(room, day)
        found += [day] * chat.reminded()
    return found


_day = date.fromisoformat
PLACED = {**ALL, "child_placed": "ja"}


def test_not_yet_leaves_it_under_way_and_asks_once_more_ten_working_days_later(
    asked: Chat, room: Room, cecilia: Chat
) -> None:
    assert asked.buttons == ["Besvara 6", "Inte än", f"Öppna {REF}", "Påminn i morgon"]
    answers, bundle = room.count(), asked.shown

    asked.presses("Inte än").sees("står kvar som Pågår. Jag frågar igen 2026-06-10.")
    asked.presses("Inte än", on=bundle).sees("Jag frågar igen 2026-06-10.")

    assert (room.count(), room.case().decided_on) == (answers, _day("2026-05-20"))
    assert not room.scalar("select count(*) from signature where voided_at is not null")
    event = room.events("still_ongoing")
    assert [(one.item_id, one.revision, one.detail) for one in event] == [("", None, "first")]
    assert mornings(room, asked, "2026-05-28", "2026-06-10") == ["2026-06-10"]
    asked.sees("Hur gick det?", "Har barnet fått information om beslutet?", "hälsoundersökning")
    assert cecilia.prompts() == []

    asked.presses("Inte än").sees("Jag påminner inte om det igen.")
    asked.presses("Inte än", on=bundle).sees("Jag frågar igen 2026-06-10.")  # the stored reply
    assert [one.detail for one in room.events("still_ongoing")] == ["first", "again"]
    assert mornings(room, asked, "2026-06-11", "2026-07-31") == []
    asked.types("mina ärenden").sees("2 står som Pågår")
    cecilia.types("enhetens ärenden").sees(REF).sees_no("Pågår")
    asked.types("mina ärenden").presses(f"Öppna {REF}").sees("Pågår")


def test_before_the_decision_no_list_says_what_is_under_way(anna: Chat) -> None:
    fills(opens(anna.installs(), **PLACED), {"health_check_done": "pagaende"})
    anna.types("mina ärenden").sees("Inget saknas").sees_no("Pågår")


def test_who_says_nothing_to_the_second_is_not_asked_again(asked: Chat, room: Room) -> None:
    asked.presses("Inte än")
    assert mornings(room, asked, "2026-05-28", "2026-07-31") == ["2026-06-10"]


def test_who_never_says_not_yet_is_asked_once(asked: Chat, room: Room) -> None:
    assert mornings(room, asked, "2026-05-28", "2026-07-31") == []


def test_what_is_answered_meanwhile_is_not_asked_again_and_an_answer_taken_back_is(asked: Chat, room: Room) -> None:
    asked.presses("Inte än")
    for number, item in (("6", "child_informed_decision"), ("11", "health_check_done")):
        asked.types(f"ändra {number} {REF}")
        asked.presses("Spara", {item: "Ja"}) if number == "6" else asked.presses("Ja")
    sweeps_on(room, "2026-06-10")
    assert asked.reminded() == 0

    asked.types("ångra").presses("Ångra")
    assert asked.stored("health_check_done") == "pagaende"
    sweeps_on(room, "2026-06-11")
    asked.receives().sees("hälsoundersökning").sees_no("Har barnet fått information om beslutet?")
    asked.presses("Inte än").sees("Jag påminner inte om det igen.")


def test_another_day_of_decision_is_asked_about_from_the_start(asked: Chat, room: Room) -> None:
    asked.presses("Inte än")
    asked.types(f"uppgifter {REF}").presses("Spara", {"Beslut fattat": "2026-05-25"}).sees("Sparat.")
    assert mornings(room, asked, "2026-05-28", "2026-06-12") == ["2026-06-01"]
    asked.presses("Inte än").sees("Jag frågar igen 2026-06-29.")
    assert mornings(room, asked, "2026-06-15", "2026-07-31") == ["2026-06-29"]


def test_not_yet_on_the_card_of_an_earlier_day_of_decision_keeps_the_new_one(asked: Chat, room: Room) -> None:
    sets(room, decided_on="2026-05-25")
    asked.presses("Inte än").sees("Jag frågar igen 2026-06-01.")
    assert room.events("still_ongoing") == []
    assert mornings(room, asked, "2026-05-28", "2026-06-12") == ["2026-06-01"]


def test_a_co_worker_who_says_it_too_changes_nothing_and_both_are_asked_again(anna: Chat, room: Room) -> None:
    bo = joins(room, "bo", "case_worker")
    fills(opens(anna.installs(), **PLACED), {"health_check_done": "pagaende"})
    row = room.desk.run_now(lambda s: s.exec(select(PersonRow.id).where(PersonRow.email == "bo@example.invalid")).one())
    sets(room, decided_on="2026-05-20", co_id=row)
    sweeps_on(room, "2026-05-27")
    assert (anna.reminded(), bo.reminded()) == (1, 1)
    first = bo.shown
    assert bo.buttons[-4:] == ["Pågår", "Inte än", f"Öppna {REF}", "Påminn i morgon"]

    anna.presses("Inte än")
    room.now = morning("2026-05-29")
    bo.presses("Inte än").sees("Jag frågar igen 2026-06-10.")
    assert len(room.events("still_ongoing")) == 1
    sweeps_on(room, "2026-06-10")
    assert (anna.reminded(), bo.reminded()) == (1, 1)
    second = bo.shown
    room.now = morning("2026-06-11")
    bo.presses("Inte än", on=first).sees("påminner inte om det igen")
    assert len(room.events("still_ongoing")) == 1, "to a reminder that the second has replaced"
    bo.presses("Inte än", on=second).sees("påminner inte om det igen")
    anna.presses("Inte än").sees("påminner inte om det igen")
    assert len(room.events("still_ongoing")) == 2
    bo.presses("Ja", on=first)
    assert bo.stored("health_check_done") == "ja"


def test_not_yet_to_a_closed_case_or_what_is_over_changes_nothing(asked: Chat, room: Room) -> None:
    bundle = asked.shown
    sets(room, closed_on="2026-05-27")
    asked.presses("Inte än").sees("Ärendet är avslutat")
    sets(room, closed_on="2026-05-27", decided_on="2026-05-20")
    room.desk.run_now(lambda s: s.connection().exec_driver_sql("update cases set closed_on = null, decided_on = null"))
    asked.presses("Inte än", on=bundle).sees(f"Påminnelsen om {REF} gäller inte längre.")
    assert room.events("still_ongoing") == []
    assert mornings(room, asked, "2026-06-10", "2026-06-12") == []


@pytest.mark.parametrize("line", ["inte än", "Inte ännu.", "nej, inte än", "not yet"])
@pytest.mark.parametrize("before", ["", f"ändra 1 {REF}", "mina ärenden"])
def test_not_yet_may_be_typed_to_a_reminder_that_asks_nothing_else(
    anna: Chat, room: Room, cecilia: Chat, line: str, before: str
) -> None:
    fills(opens(anna.installs(), **PLACED), {"health_check_done": "pagaende"})
    sets(room, decided_on="2026-05-20")
    room.now = morning("2026-05-26")
    anna.types(before) if before else None
    sweeps_on(room, "2026-05-27")
    answers = room.count(), anna.receives()

    room.later(hours=1)
    anna.types(line).sees("Jag frågar igen 2026-06-10.")
    assert (room.count(), len(room.events("still_ongoing"))) == (answers[0], 1)
    anna.types("mina ärenden").types(line).sees_no("Jag frågar igen")
    assert len(room.events("still_ongoing")) == 1


def test_typed_where_something_else_is_asked_too_it_is_asked_about(anna: Chat, room: Room, cecilia: Chat) -> None:
    anna.installs()
    for ref in (REF, "SN 2026/0777"):
        fills(opens(anna, ref, **PLACED), {"health_check_done": "pagaende"})
        sets(room, ref, decided_on="2026-05-20")
    sweeps_on(room, "2026-05-27")
    anna.receives()
    assert anna.buttons.count("Inte än") == 2
    bundle = anna.shown
    room.later(hours=1)

    anna.types("inte än")
    assert room.events("still_ongoing") == []
    anna.presses("Inte än", on=bundle).sees(f"Det som pågår i {REF}")


def test_not_yet_in_english(anna: Chat, room: Room, cecilia: Chat) -> None:
    fills(opens(anna.installs(), **PLACED), {"health_check_done": "pagaende"})
    anna.types("språk en")
    sets(room, decided_on="2026-05-20")
    sweeps_on(room, "2026-05-27")
    anna.receives().presses("Not yet").sees(f"What is ongoing in {REF} stays Ongoing. I will ask again on 2026-06-10.")
    sweeps_on(room, "2026-06-10")
    anna.receives().presses("Not yet").sees("I will not remind you of it again.")


def test_the_chef_who_is_reminded_in_a_workers_place_has_no_not_yet(anna: Chat, room: Room, cecilia: Chat) -> None:
    fills(opens(anna.installs(), **PLACED), {"health_check_done": "pagaende"})
    sets(room, decided_on="2026-05-20", lead_id=None)
    sweeps_on(room, "2026-05-27")
    assert "Inte än" not in cecilia.receives().sees("Hur gick det?").buttons


# --- many follow-ups -------------------------------------------------------------------------------------------------


def test_many_old_follow_ups_are_one_line(anna: Chat, room: Room) -> None:
    anna.installs()
    refs = [f"SN 2025/{number:04}" for number in range(1, 14)]
    for ref in refs:
        opens(anna, ref, **(ALL | {"intervention_decided": "ja"}))
        sets(room, ref, planned_decision_on="2026-01-01", decided_on="2025-12-01")
    sweeps_on(room, "2026-06-01")

    anna.receives().sees("Dags att följa upp insatsen i 13 ärenden, det äldsta beslutat 2025-12-01: SN 2025/0001,")
    assert not [title for title in anna.buttons if title.startswith("Öppna")]
    assert anna.text.count("följa upp") == 1


def test_a_few_follow_ups_are_told_one_by_one(anna: Chat, room: Room) -> None:
    anna.installs()
    for ref in ("SN 2025/0001", "SN 2025/0002"):
        opens(anna, ref, **(ALL | {"intervention_decided": "ja"}))
        sets(room, ref, planned_decision_on="2026-01-01", decided_on="2025-12-01")
    sweeps_on(room, "2026-06-01")

    assert {"Öppna SN 2025/0001", "Öppna SN 2025/0002"} <= set(anna.receives().buttons)
