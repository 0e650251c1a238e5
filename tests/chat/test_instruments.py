"""Which assessment method the municipality has decided on: said at the question, held against the answer, counted."""

from sqlmodel import select

from checklists.tenant_settings import parse_setting
from storage import tenants
from storage.desk import Session
from storage.tenants import TenantRow
from tests.chat.harness import NORTH, Room
from tests.chat.list_drive import ADULT, CHILD, begins, furnish, presses_through, takes_in, types_through


def decides(room: Room, said: str) -> None:
    def work(session: Session) -> None:
        tenants.set_setting(session.exec(select(TenantRow)).one(), "instruments", parse_setting("instruments", said))

    room.desk.run_now(work)


METHOD = "standardised_method_used"


def test_the_rule_is_said_at_the_question_and_where_the_answer_lacks_it(room: Room) -> None:
    furnish(room)
    decides(room, "barn:bbic,vuxen:freda")
    vera = (
        begins(room.chat("vera"), "sample_audit", CHILD)
        .types("ja")
        .sees("Kommunen har bestämt att BBIC ska användas i barnärenden.")
    )
    vera.types("ja").types("freda").sees("svaret nämner det inte").is_asked("risk_protection_assessment_documented")
    vera.types("ändra 2").presses("Nej").sees("Kommunen har bestämt att BBIC", "nämner det inte")
    vera.types("ändra 2").types("ja, bbic och freda").sees_no("nämner det inte")
    vera.types("ändra 2").types("ja, freda").sees("nämner det inte")


def test_rule_and_practice_stand_in_the_report_by_list_and_role(either_room: Room) -> None:
    room = either_room
    furnish(room)
    decides(room, "barn:bbic,vuxen:freda,vuxen:asi")
    takes_in(room, case_ref="SN 2026/0701", unit=NORTH, lead_email="anna@example.invalid", intervention_decided="ja")
    takes_in(room, case_ref="SN 2026/0702", unit=NORTH, lead_email="anna@example.invalid", intervention_decided="ja")
    vera = room.chat("vera")
    presses_through(begins(vera, "sample_audit", CHILD))
    presses_through(begins(vera, "sample_audit", "SN 2026/0701"), {METHOD: "nej"})
    presses_through(begins(vera, "sample_audit", "SN 2026/0702"), {METHOD: "ej_tillampligt"})
    types_through(begins(vera, "sample_audit", ADULT), {METHOD: "delvis"})
    presses_through(begins(room.chat("greta"), "rvt_self_check", ADULT))

    room.chat("cecilia").types("rapport").sees("BBIC i barnärenden, som kommunen har bestämt: nämns i 1 av 2 besvarade")
    room.chat("cecilia").sees_no("FREDA i vuxenärenden")
    hugo = room.chat("hugo").types("rapport")
    hugo.sees("FREDA i vuxenärenden, som kommunen har bestämt: nämns i 0 av 1 besvarade listor (revisor).")
    hugo.sees("FREDA i vuxenärenden, som kommunen har bestämt: nämns i 1 av 1 besvarade listor (granskare).")
    hugo.sees("ASI i vuxenärenden, som kommunen har bestämt: nämns i 0 av 1 besvarade listor (revisor).")
    hugo.sees_no("ASI i vuxenärenden, som kommunen har bestämt: nämns i 0 av 1 besvarade listor (granskare).", "BBIC")


def test_where_nothing_is_decided_nothing_is_said(room: Room) -> None:
    furnish(room)
    vera = presses_through(begins(room.chat("vera"), "sample_audit", CHILD)).sees_no("bestämt")
    vera.types("ändra 2").sees_no("bestämt").presses("Nej").sees_no("bestämt")
    room.chat("cecilia").types("rapport").sees_no("bestämt")
