"""Several reasons for a case, each from a day: added in the details, counted as the first and as the present one."""

from sqlmodel import select

from checklists.tenant_settings import parse_setting
from reports.case_extract import rows_of
from storage import tenants
from storage.case_reasons import CaseReasonRow
from storage.desk import Session
from storage.tenants import TenantRow
from tests.chat.harness import NORTH, REF, SOUTH, Chat, Room
from tests.chat.list_drive import takes_in

WORDS = "våld,missbruk,omsorgssvikt"


def names(room: Room, words: str = WORDS) -> None:
    def work(session: Session) -> None:
        tenants.set_setting(session.exec(select(TenantRow)).one(), "reasons", parse_setting("reasons", words))

    room.desk.run_now(work)


def took(room: Room, ref: str = REF, unit: str = NORTH) -> None:
    takes_in(room, case_ref=ref, unit=unit, lead_email="anna@example.invalid", received_on="2026-05-04")


def adds(anna: Chat, reason: str, day: str, ref: str = REF) -> Chat:
    return anna.types(f"uppgifter {ref}").presses("Spara", {"case_reason": reason, "reason_on": day})


def test_a_case_has_several_reasons_each_from_its_day_and_none_is_lost(room: Room, anna: Chat) -> None:
    names(room)
    took(room)
    adds(anna, "våld", "2026-05-04").sees("Sparat.", "våld (2026-05-04)")
    adds(anna, "missbruk", "").sees("våld (2026-05-04), missbruk (2026-05-12)")
    adds(anna, "missbruk", "2026-05-12")
    assert room.count(CaseReasonRow) == 2
    assert len(room.events("reason_added")) == 2
    adds(anna, "omsorgssvikt", "2026-05-13").sees("inte varit än")
    names(room, "annat")
    anna.types(f"uppgifter {REF}").sees("våld (2026-05-04), missbruk (2026-05-12)")
    adds(anna, "annat", "2026-05-01").sees("annat (2026-05-01), våld (2026-05-04)")


def test_they_are_counted_as_the_first_and_as_the_one_it_has_now(room: Room, anna: Chat) -> None:
    names(room)
    for ref, unit in ((REF, NORTH), ("SN 2026/0124", NORTH), ("SN 2026/0125", NORTH), ("SY 2026/0126", SOUTH)):
        took(room, ref, unit)
    for ref, reason, day in (
        (REF, "våld", "2026-05-04"),
        (REF, "missbruk", "2026-05-10"),
        ("SN 2026/0124", "våld", "2026-05-04"),
        ("SY 2026/0126", "omsorgssvikt", "2026-05-04"),
    ):
        adds(anna, reason, day, ref)
    cecilia = room.chat("cecilia").types("rapport")
    cecilia.sees(
        "Orsak till ärenden som kom in under perioden (2): missbruk 0 från början, 1 nu; våld 2 från början, 1 nu."
    )
    cecilia.types("rapport 2025").sees_no("Orsak till")


def test_where_the_municipality_has_named_none_nobody_is_asked(room: Room, anna: Chat) -> None:
    took(room)
    anna.types(f"uppgifter {REF}").sees_no("Orsak")
    adds_by_hand = {field["id"] for field in anna.card["body"] if "id" in field}
    assert not {"case_reason", "reason_on"} & adds_by_hand


def test_they_are_in_what_is_kept_about_the_case_and_keep_it_from_being_empty(room: Room, anna: Chat) -> None:
    names(room)
    took(room)
    adds(anna, "våld", "2026-05-04")
    case = room.case()
    rows = room.desk.run_now(lambda session: list(rows_of(session, case)))
    assert [row[:3] for row in rows if row[0] == "reason"] == [["reason", "våld", "2026-05-04"]]


def filled_in(anna: Chat) -> tuple[str, str]:
    """Return what stands in the two fields for another reason."""
    fields = {field["id"]: field.get("value", "") for field in anna.card["body"] if "id" in field}
    return fields["case_reason"], fields["reason_on"]


def test_what_is_refused_of_a_reason_is_said_and_stays_on_the_card(room: Room, anna: Chat) -> None:
    names(room)
    took(room)
    adds(anna, "", "2026-05-04").sees(
        "Ingen orsak är sparad, för ingen i kommunens lista är vald", "Allt annat på kortet är sparat"
    ).sees_no("Sparat.")
    assert filled_in(anna) == ("", "2026-05-04")
    adds(anna, "våld", "2026-05-14").sees("inte varit än")
    assert filled_in(anna) == ("våld", "2026-05-14")
    adds(anna, "våld", "12/5").sees("kunde inte läsas")
    assert filled_in(anna) == ("våld", "")
    anna.presses("Spara", {"reason_on": "2026-05-12"}).sees("våld (2026-05-12)")
    assert filled_in(anna) == ("", "")
    adds(anna, "våld", "")
    assert (filled_in(anna), room.count(CaseReasonRow)) == (("", ""), 1)
    card = anna.shown
    names(room, "annat")
    anna.presses("Spara", {"case_reason": "missbruk", "reason_on": "2026-05-04"}, on=card).sees(
        "ingen i kommunens lista"
    )
    assert filled_in(anna) == ("", "")


def test_one_that_was_added_by_mistake_is_taken_away_and_not_counted(either_room: Room) -> None:
    room, anna = either_room, either_room.chat("anna")
    names(room)
    took(room)
    adds(adds(anna, "missbruk", "2026-05-04"), "våld", "2026-05-10")
    card = anna.shown
    anna.presses(
        "Spara", {"reason_gone": "2026-05-04 missbruk", "case_reason": "omsorgssvikt", "reason_on": "2026-05-04"}
    )
    anna.sees("omsorgssvikt (2026-05-04), våld (2026-05-10)").sees_no("missbruk (")
    anna.presses("Spara", {"reason_gone": "2026-05-04 missbruk"}, on=card)
    assert [row.act for row in room.events() if row.act.startswith("reason_")] == [
        *("reason_added", "reason_added", "reason_removed", "reason_added")
    ]
    room.chat("cecilia").types("rapport").sees("omsorgssvikt 1 från början, 0 nu; våld 0 från början, 1 nu").sees_no(
        "missbruk"
    )
